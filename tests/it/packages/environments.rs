//! Environments on disk: made, listed, removed, gone back in, and given to VMs.

use std::fs;
use std::path::Path;
use std::time::Duration;

use bioxen_lua::testing::environments_on;
use bioxen_lua::{
    Environment, Environments, EnvironmentsConfig, ErrorKind, Result, StoredMount, Task, VmConfig,
};
use tempfile::TempDir;

use super::rocks::everything;
use crate::support::{engine, integer, text, vm};

pub fn open(root: &Path) -> Environments {
    Environments::open(engine(), root).expect("a folder")
}

fn made(name: &str) -> (TempDir, Environments, Environment) {
    let folder = tempfile::tempdir().expect("a folder");
    let environments = open(folder.path());
    let environment = environments.create(name).wait().expect("made");
    (folder, environments, environment)
}

#[track_caller]
pub fn fails<T>(result: Result<T>, kind: ErrorKind) -> String {
    let error = result.err().expect("it is refused");
    assert_eq!(error.kind(), kind, "{error}");
    error.to_string()
}

fn names(environments: &Environments) -> Vec<String> {
    let list = environments.list().wait().expect("listed");
    list.iter().map(|environment| environment.name().to_string()).collect()
}

#[test]
fn environments_have_names() {
    let (folder, environments, _) = made("bio");
    environments.create("a-1_b.c").wait().expect("made");
    assert_eq!(names(&environments), ["a-1_b.c", "bio"]);
    assert_eq!(environments.get("bio").wait().expect("there").name(), "bio");
    fails(environments.create("bio").wait(), ErrorKind::EnvironmentExists);
    assert!(fails(environments.get("biö").wait(), ErrorKind::InvalidName).contains("64"));
    for bad in ["", ".", "..", "../bio", "Bio", "a/b", ".new~x", "-x"] {
        fails(environments.create(bad).wait(), ErrorKind::InvalidName);
        fails(environments.remove(bad).wait(), ErrorKind::InvalidName);
    }
    environments.remove("bio").wait().expect("it is there");
    fails(environments.remove("bio").wait(), ErrorKind::EnvironmentNotFound);
    assert!(fails(environments.get("bio").wait(), ErrorKind::EnvironmentNotFound).contains("`bio`"));
    assert_eq!(names(&open(folder.path())), ["a-1_b.c"]);
}

#[test]
fn what_was_made_is_there_for_the_next_process() {
    let (folder, environments, environment) = made("bio");
    environment.set_variable("SPECIES", Some("E. coli")).wait().expect("set");
    drop((environments, environment));
    let environment = open(folder.path()).get("bio").wait().expect("it is there");
    let mut vm = vm(environment.vm_config().expect("a configuration"));
    assert_eq!(text(&mut vm, "return os.getenv('SPECIES')"), "E. coli");
}

#[test]
fn a_vm_sees_an_environment_and_nothing_else() {
    let (_folder, _, environment) = made("bio");
    let data = tempfile::tempdir().expect("a folder");
    fs::write(data.path().join("seq.lua"), "return 'from the mount'").expect("written");
    let stored = StoredMount::read_only(data.path(), "/data").expect("fits");
    environment.add_mount(stored.clone()).wait().expect("there");
    environment.set_variable("LANG", Some("C")).wait().expect("set");
    let mut seen = vm(environment.vm_config().expect("a configuration"));
    assert_eq!(
        text(&mut seen, "return package.path"),
        "/env/share/lua/5.4/?.lua;/env/share/lua/5.4/?/init.lua"
    );
    assert_eq!(text(&mut seen, "return tostring(pcall(require, 'seq'))"), "false");
    assert_eq!(text(&mut seen, "return (io.open('/data/seq.lua'):read('a'))"), "return 'from the mount'");
    assert_eq!(text(&mut seen, "return os.getenv('LANG')"), "C");

    environment.add_mount(stored.with_modules()).wait().expect("there");
    assert_eq!(environment.mounts().wait().expect("read").len(), 1);
    let mut seen = vm(environment.vm_config().expect("a configuration"));
    assert_eq!(text(&mut seen, "return require('seq')"), "from the mount");

    environment.remove_mount("/data").wait().expect("it is there");
    fails(environment.remove_mount("/data").wait(), ErrorKind::NotFound);
    environment.set_variable("LANG", None).wait().expect("gone");
    assert_eq!(environment.variables().wait().expect("read"), []);
    let mut seen = vm(environment.vm_config().expect("a configuration"));
    assert_eq!(text(&mut seen, "return tostring(io.open('/data/seq.lua'))"), "nil");
    assert_eq!(text(&mut seen, "return tostring(os.getenv('LANG'))"), "nil");
}

#[test]
fn what_cannot_be_given_to_a_vm_is_not_stored() {
    let (_folder, _, environment) = made("bio");
    for (name, value) in [("", "x"), ("a=b", "x"), ("a\0", "x"), ("a", "\0")] {
        fails(environment.set_variable(name, Some(value)).wait(), ErrorKind::InvalidConfig);
    }
    fails(StoredMount::read_only("/", "/env"), ErrorKind::InvalidConfig);
    fails(StoredMount::read_only("relative", "/data"), ErrorKind::InvalidConfig);
    let missing = StoredMount::read_only("/nowhere/at/all", "/data").expect("fits");
    fails(environment.add_mount(missing).wait(), ErrorKind::NotFound);
    assert!(environment.mounts().wait().expect("read").is_empty());
}

#[test]
fn nothing_in_an_environment_can_be_changed_by_a_vm() {
    let (_folder, _, environment) = made("bio");
    let mut vm = vm(environment.vm_config().expect("a configuration"));
    for attempt in [
        "return tostring(io.open('/env/x', 'w'))",
        "return tostring(io.open('/env/env.lock', 'a'))",
        "return tostring(os.remove('/env/lease'))",
        "return tostring(os.rename('/env/env.lock', '/env/x'))",
        "return tostring(io.open('/env/../../../env.toml'))",
        "return tostring(io.open('/env/../000001/env.lock'))",
    ] {
        assert_eq!(text(&mut vm, attempt), "nil", "{attempt}");
    }
}

#[test]
fn an_environment_that_a_vm_sees_can_be_removed() {
    let (folder, environments, environment) = made("bio");
    let mut seen = vm(environment.vm_config().expect("a configuration"));
    environments.remove("bio").wait().expect("removed");
    assert!(names(&environments).is_empty());
    environments.create("bio").wait().expect("the name is free");
    // It goes on seeing its own.
    assert_eq!(integer(&mut seen, "return io.open('/env/wanted') and 1 or 0"), 1);
    open(folder.path());
    assert_eq!(integer(&mut seen, "return io.open('/env/wanted') and 1 or 0"), 1);
    drop(seen);
    open(folder.path());
    assert!(!everything(folder.path()).iter().any(|name| name.contains('~')));
}

#[test]
fn who_changes_what_somebody_else_changes_waits_and_gives_up() {
    let (folder, _, _) = made("bio");
    let lock = fs::File::open(folder.path().join("locks/bio")).expect("it was made");
    lock.lock().expect("free");
    let hasty = EnvironmentsConfig::new(folder.path()).patience(Duration::ZERO);
    let environments = Environments::open(engine(), hasty).expect("opened");
    let environment = environments.get("bio").wait().expect("looking is free");
    let told = fails(environment.set_variable("a", Some("b")).wait(), ErrorKind::EnvironmentBusy);
    assert!(told.contains("`bio`"), "{told}");
    environments.create("other").wait().expect("others are not touched");
    environment.vm_config().expect("looking is free");
    lock.unlock().expect("held");
    environment.set_variable("a", Some("b")).wait().expect("free");
}

#[test]
fn a_task_does_nothing_before_it_is_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let environments = open(folder.path());
    drop(environments.create("bio"));
    assert!(names(&environments).is_empty());
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let refused: Result<Environment> = environments.create("bio").wait();
        fails(refused, ErrorKind::WouldBlock);
        let task: Task<Environment> = environments.create("bio");
        task.await.expect("made");
    });
    assert_eq!(names(&environments), ["bio"]);
}

#[test]
fn settings_out_of_range_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for generations in [0, 1_001] {
        let config = EnvironmentsConfig::new(folder.path()).generations(generations);
        fails(Environments::open(engine(), config), ErrorKind::InvalidConfig);
    }
    fs::write(folder.path().join("file"), "").expect("written");
    fails(Environments::open(engine(), folder.path().join("file")), ErrorKind::Storage);
}

#[test]
fn a_damaged_environment_says_so_and_others_go_on() {
    let (folder, environments, _) = made("bio");
    environments.create("fine").wait().expect("made");
    for (file, text) in [("current", "x"), ("current", "99"), ("env.toml", "?")] {
        let path = folder.path().join("envs/bio").join(file);
        let before = fs::read(&path).expect("it is there");
        fs::write(&path, text).expect("written");
        let environments = open(folder.path());
        let bio = environments.get("bio").wait().expect("there");
        let told = fails(bio.vm_config(), ErrorKind::StoreCorrupt);
        assert!(told.contains("envs/bio"), "{told}");
        environments.get("fine").wait().expect("there").vm_config().expect("whole");
        fs::write(&path, before).expect("written");
        bio.vm_config().expect("whole again");
    }
}

/// What is refused on a disk that cannot be written.
#[test]
fn on_a_disk_that_cannot_be_written_environments_are_seen() {
    let (folder, environments, _) = made("bio");
    drop(environments);
    let read_only = || Err(std::io::Error::from(std::io::ErrorKind::ReadOnlyFilesystem));
    let environments = environments_on(
        engine(),
        EnvironmentsConfig::new(folder.path()),
        bioxen_lua::testing::Steps::new(move |_| read_only()),
    )
    .expect("opened");
    let bio = environments.get("bio").wait().expect("there");
    let config: VmConfig = bio.vm_config().expect("a configuration");
    vm(config);
    fails(bio.set_variable("a", Some("b")).wait(), ErrorKind::Storage);
    fails(environments.create("other").wait(), ErrorKind::Storage);
    fails(environments.remove("bio").wait(), ErrorKind::Storage);
    assert_eq!(names(&environments), ["bio"]);
}
