//! Packages on disks that are full, read-only, or two: as the system itself has them.

use std::error::Error as _;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

use bioxen_lua::{
    Engine, EngineConfig, Environment, Environments, Error, ErrorKind, InstallOptions, PackageName,
    Repository, Requirement, Vm,
};
use libtest_mimic::Trial;

use crate::rocks::{Rock, Shelf};
use crate::{program, trial};

/// Bytes of a module; a disk of 4 MiB holds a few, each as it came and as it is installed.
const LARGE: usize = 300_000;
/// More packages than fit.
const MOST: usize = 30;

pub fn trials() -> Vec<Trial> {
    // Needs a kernel that lets users mount in a name space of their own, which containers often forbid.
    let may_mount = Command::new("unshare").args(["-rm", "true"]).stderr(Stdio::null()).status();
    if !may_mount.is_ok_and(|status| status.success()) {
        return Vec::new();
    }
    vec![
        trial("disks::packages_that_do_not_fit_leave_what_was", || {
            prepared("mount -t tmpfs -o size=4m,mode=700 none \"$1\"", "full");
        }),
        trial("disks::the_store_may_be_on_another_disk", || {
            prepared("mkdir \"$1/store\"; mount -t tmpfs -o size=16m none \"$1/store\"", "two");
        }),
        trial("disks::packages_on_a_read_only_disk_are_used_and_kept", read_only),
    ]
}

pub fn role(home: &Path, arguments: &[String]) {
    match arguments {
        [what] if what == "full" => fill(home),
        [what] if what == "two" => two(home),
        [what] if what == "read-only" => only_read(home),
        other => panic!("no such role: {other:?}"),
    }
}

fn prepared(preparation: &str, what: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    prepared_in(folder.path(), preparation, what);
}

/// Starts this program where a shell command has mounted something.
fn prepared_in(home: &Path, preparation: &str, what: &str) {
    let mut shell = Command::new("unshare");
    shell
        .args(["-rm", "sh", "-c"])
        .arg(format!("set -e; {preparation}; exec \"$0\" role:disks \"$1\" {what}"));
    let output = shell.arg(program()).arg(home).output().expect("sh runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn engine() -> Engine {
    Engine::with(EngineConfig { live_vms: 10, ..EngineConfig::default() }).expect("an engine")
}

/// An environment that can install from a shelf.
fn environment(engine: &Engine, home: &Path, shelf: &Shelf) -> (Environments, Environment) {
    let environments = Environments::open(engine, home).expect("opened");
    let repository = Repository::new("shelf", shelf.path().to_str().expect("text")).expect("an address");
    environments.repositories().add(repository).wait().expect("added");
    let environment = environments.create("bio").wait().expect("made");
    (environments, environment)
}

fn install(environment: &Environment, name: &str) -> bioxen_lua::Result<()> {
    let wanted: Requirement = name.parse().expect("a requirement");
    environment.install(&[wanted], InstallOptions::default()).wait().map(drop)
}

fn installed(environment: &Environment) -> usize {
    let faults = environment.verify().wait().expect("looked at");
    assert!(faults.is_empty(), "{faults:?}");
    environment.packages().wait().expect("listed").len()
}

/// Runs a module of a package in a VM.
#[track_caller]
fn check_module(engine: &Engine, environment: &Environment, name: &str) {
    let mut vm = Vm::new(engine, environment.vm_config().expect("a configuration")).expect("a VM");
    let outcome = vm.exec(format!("return require('{name}').version")).wait().expect("it runs");
    assert_eq!(outcome.value::<String>().expect("a version"), "1.0-1");
}

#[track_caller]
fn check(error: &Error, kind: io::ErrorKind) {
    assert_eq!(error.kind(), ErrorKind::Storage, "{error}");
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.downcast_ref::<io::Error>().is_some_and(|cause| cause.kind() == kind) {
            return;
        }
        source = cause.source();
    }
    panic!("{error}: expected {kind}");
}

fn large(at: usize) -> Rock {
    // Text that does not shrink much when it is packed.
    let mut number = at as u64 + 1;
    let letters = (0..LARGE).map(|_| {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'#' + (number >> 33) as u8 % 60)
    });
    let name = format!("large{at}");
    Rock::new(&name, "1.0-1")
        .module(&name, &format!("return {{ version = '1.0-1' }} --{}\n", letters.collect::<String>()))
}

fn fill(home: &Path) {
    let mut shelf = Shelf::new(&[Rock::plain("small", "1.0-1")]);
    (0..MOST).for_each(|at| shelf.put(&large(at)));
    let engine = engine();
    let (environments, environment) = environment(&engine, home, &shelf);
    install(&environment, "small").expect("it fits");
    let full = (0..MOST).find_map(|at| Some((at, install(&environment, &format!("large{at}")).err()?)));
    let (at, error) = full.expect("the disk is full");
    check(&error, io::ErrorKind::StorageFull);
    assert!(at > 1, "the disk held nothing");
    assert_eq!(installed(&environment), at + 1);
    check_module(&engine, &environment, "small");
    check_module(&engine, &environment, &format!("large{}", at - 1));

    let names: Vec<PackageName> = (0..at).map(|at| format!("large{at}").parse().expect("a name")).collect();
    environment.remove(&names, bioxen_lua::Dependents::Keep).wait().expect("removed");
    for _ in 0..4 {
        // Generations beyond those that are kept go, and with them what nothing else needs.
        environment.install(&[], InstallOptions::default().upgrade()).wait().expect("a new generation");
    }
    environments.collect_garbage().wait().expect("collected");
    assert_eq!(installed(&environment), 1);
}

fn two(home: &Path) {
    let device = |path: &Path| std::fs::metadata(path).expect("it is there").dev();
    assert_ne!(device(home), device(&home.join("store")), "two disks");
    let shelf = Shelf::new(&[Rock::plain("small", "1.0-1"), Rock::plain("other", "1.0-1").needs("small")]);
    let engine = engine();
    let (_environments, environment) = environment(&engine, home, &shelf);
    install(&environment, "other").expect("files are copied where they cannot be linked");
    assert_eq!(installed(&environment), 2);
    check_module(&engine, &environment, "small");
}

fn read_only() {
    let home = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::new(&[Rock::plain("small", "1.0-1"), Rock::plain("other", "1.0-1")]);
    let (_environments, environment) = environment(&engine(), home.path(), &shelf);
    install(&environment, "small").expect("installed");
    prepared_in(home.path(), "mount --bind \"$1\" \"$1\"; mount -o remount,ro,bind \"$1\"", "read-only");
    assert_eq!(installed(&environment), 1);
}

fn only_read(home: &Path) {
    let engine = engine();
    let environments = Environments::open(&engine, home).expect("a read-only folder is enough to look at");
    let environment = environments.get("bio").wait().expect("it is there");
    check_module(&engine, &environment, "small");
    assert_eq!(environment.packages().wait().expect("listed").len(), 1);
    check(
        &install(&environment, "other").expect_err("nothing can be written"),
        io::ErrorKind::ReadOnlyFilesystem,
    );
}
