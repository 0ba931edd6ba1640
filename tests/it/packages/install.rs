//! Packages in environments: installed, updated, removed, gone back from, and used in VMs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bioxen_lua::{
    Change, Dependents, Environment, Environments, ErrorKind, Fault, InstallOptions, PackageName, Progress,
    Repository, Requirement, Result,
};
use tempfile::TempDir;

use super::environments::{fails, open};
use super::rocks::{Rock, Shelf, everything};
use crate::support::{text, vm};

/// An environment that can install from a shelf.
struct Bench {
    home: TempDir,
    shelf: Shelf,
    environments: Environments,
    environment: Environment,
}

impl Bench {
    fn new(rocks: &[Rock]) -> Bench {
        let (home, shelf) = (tempfile::tempdir().expect("a folder"), Shelf::new(rocks));
        let environments = open(home.path());
        add(&environments, "shelf", shelf.path());
        let environment = environments.create("bio").wait().expect("made");
        Bench { home, shelf, environments, environment }
    }

    #[track_caller]
    fn install(&self, requirements: &[&str]) -> Change {
        install(&self.environment, requirements, InstallOptions::default()).expect("installed")
    }

    #[track_caller]
    fn refuses(&self, requirements: &[&str], kind: ErrorKind) -> String {
        let before = snapshot(self.home.path());
        let told = fails(install(&self.environment, requirements, InstallOptions::default()), kind);
        assert_eq!(snapshot(self.home.path()), before, "the environment was changed");
        told
    }

    /// `name version` of everything that is installed.
    fn installed(&self) -> Vec<String> {
        installed(&self.environment)
    }

    #[track_caller]
    fn is_whole(&self) {
        assert_eq!(self.environment.verify().wait().expect("read"), []);
    }

    #[track_caller]
    fn says(&self, chunk: &str, expected: &str) {
        let mut vm = vm(self.environment.vm_config().expect("a configuration"));
        assert_eq!(text(&mut vm, chunk), expected);
    }

    fn generation(&self) -> PathBuf {
        let number = self.environment.generations().wait().expect("read").current;
        self.home.path().join(format!("envs/bio/gen/{number:06}"))
    }
}

fn add(environments: &Environments, name: &str, folder: &Path) {
    let repository = Repository::new(name, folder.to_str().expect("text")).expect("an address");
    environments.repositories().add(repository).wait().expect("added");
}

fn install(environment: &Environment, requirements: &[&str], options: InstallOptions) -> Result<Change> {
    environment.install(&wanted(requirements), options).wait()
}

fn wanted(requirements: &[&str]) -> Vec<Requirement> {
    requirements.iter().map(|text| text.parse().expect("a requirement")).collect()
}

fn installed(environment: &Environment) -> Vec<String> {
    let packages = environment.packages().wait().expect("read");
    packages.iter().map(|package| format!("{} {}", package.name, package.version)).collect()
}

fn names(names: &[&str]) -> Vec<PackageName> {
    names.iter().map(|name| name.parse().expect("a name")).collect()
}

fn pairs<N: ToString, V: ToString>(pairs: &[(N, V)]) -> Vec<String> {
    pairs.iter().map(|(name, version)| format!("{} {}", name.to_string(), version.to_string())).collect()
}

/// Every file of the environments, with its content; what repositories keep may change.
fn snapshot(home: &Path) -> Vec<(String, Vec<u8>)> {
    let files = everything(home).into_iter().filter(|name| name.starts_with("envs"));
    files.map(|name| (name.clone(), fs::read(home.join(&name)).unwrap_or_default())).collect()
}

/// `assert` needs `say`, of which there are two versions.
fn rocks() -> Vec<Rock> {
    vec![
        Rock::plain("say", "1.3-1"),
        Rock::plain("say", "1.4-1"),
        Rock::plain("checks", "1.0-1").needs("say >= 1.3").module("checks.util", "return 'util'\n"),
    ]
}

#[test]
fn a_package_comes_with_what_it_needs() {
    let bench = Bench::new(&rocks());
    let change = bench.install(&["checks"]);
    assert_eq!(pairs(&change.added), ["checks 1.0-1", "say 1.4-1"]);
    assert_eq!(change.generation, 2);
    assert_eq!(bench.installed(), ["checks 1.0-1", "say 1.4-1"]);
    bench.is_whole();
    bench.says("return require('checks').version .. require('say').version", "1.0-11.4-1");
    bench.says("return require('checks.util')", "util");

    let packages = bench.environment.packages().wait().expect("read");
    let [checks, say] = packages.as_slice() else { panic!("{packages:?}") };
    assert!(checks.requested && !say.requested);
    assert_eq!(checks.license.as_deref(), Some("MIT"));
    assert_eq!(checks.repository, "shelf");
    assert_eq!(pairs(&checks.dependencies), ["say 1.4-1"]);
    assert_eq!(checks.modules.len(), 2);
    let rock = fs::read(bench.shelf.path().join("say-1.4-1.all.rock")).expect("it is there");
    assert_eq!(say.size, rock.len() as u64);
    let which =
        |module: &str| bench.environment.which(&module.parse().expect("a module")).wait().expect("read");
    assert_eq!(which("checks.util").map(|name| name.to_string()).as_deref(), Some("checks"));
    assert_eq!(which("nothing"), None);
    let files = bench.environment.files(&"say".parse().expect("a name")).wait().expect("read");
    assert!(files.contains(&"share/lua/5.4/say.lua".to_string()), "{files:?}");
    fails(bench.environment.files(&"nothing".parse().expect("a name")).wait(), ErrorKind::PackageNotFound);
}

#[test]
fn what_is_installed_already_changes_nothing() {
    let bench = Bench::new(&rocks());
    bench.install(&["checks"]);
    let before = snapshot(bench.home.path());
    assert!(bench.install(&["checks"]).is_empty());
    assert!(bench.install(&[]).is_empty());
    assert!(bench.install(&["checks"]).generation == 2);
    assert_eq!(snapshot(bench.home.path()), before);
    // Asked for by name it stays when nothing needs it any more.
    let change = bench.install(&["say >= 1.3"]);
    assert!(change.is_empty() && change.generation == 3);
    bench.environment.remove(&names(&["checks"]), Dependents::Keep).wait().expect("removed");
    assert_eq!(bench.installed(), ["say 1.4-1"]);
}

#[test]
fn a_plan_says_what_an_install_would_change() {
    let bench = Bench::new(&rocks());
    let plan = |requirements: &[&str], options: InstallOptions| {
        let before = snapshot(bench.home.path());
        let plan = bench.environment.plan(&wanted(requirements), options).wait();
        assert_eq!(snapshot(bench.home.path()), before, "the environment was changed");
        plan
    };
    let mut planned = plan(&["checks", "say < 1.4"], InstallOptions::default()).expect("a choice");
    assert_eq!(pairs(&planned.added), ["checks 1.0-1", "say 1.3-1"]);
    assert_eq!(planned.generation, 1);
    planned.generation = 2;
    assert_eq!(bench.install(&["checks", "say < 1.4"]), planned);

    assert!(plan(&["checks"], InstallOptions::default()).expect("a choice").is_empty());
    let planned = plan(&["say"], InstallOptions::default().upgrade()).expect("a choice");
    assert_eq!(planned.replaced.len(), 1, "{planned:?}");
    fails(plan(&["checks", "say >= 2"], InstallOptions::default()), ErrorKind::NoSolution);
    fails(plan(&["say"], InstallOptions::default().frozen()), ErrorKind::LockOutOfDate);
    fails(plan(&["nothing"], InstallOptions::default()), ErrorKind::PackageNotFound);
}

#[test]
fn a_running_vm_keeps_its_packages() {
    let mut bench = Bench::new(&rocks());
    bench.install(&["checks", "say < 1.4"]);
    let mut old = vm(bench.environment.vm_config().expect("a configuration"));
    bench.shelf.put(&Rock::plain("say", "1.5-1"));
    bench.install(&["say"]);
    assert_eq!(bench.installed(), ["checks 1.0-1", "say 1.3-1"], "what is locked stays");
    let change =
        bench.environment.update(&names(&["say"]), InstallOptions::default()).wait().expect("updated");
    let (name, from, to) = &change.replaced[0];
    assert_eq!((name.as_str(), from.as_str(), to.as_str()), ("say", "1.3-1", "1.5-1"));
    bench.says("return require('say').version", "1.5-1");
    for number in 0..6 {
        bench.install(&[["say >= 1.3", "say >= 1.4"][number % 2]]);
    }
    bench.environments.collect_garbage().wait().expect("collected");
    assert_eq!(text(&mut old, "return require('say').version"), "1.3-1", "it keeps its generation");
    let kept = bench.environment.generations().wait().expect("read").all;
    assert_eq!(kept.len(), 4, "the three newest, and the one that is seen: {kept:?}");
    drop(old);
    bench.environments.collect_garbage().wait().expect("collected");
    assert_eq!(bench.environment.generations().wait().expect("read").all.len(), 3);
    bench.is_whole();
}

#[test]
fn a_configuration_keeps_its_packages_too() {
    let bench = Bench::new(&rocks());
    bench.install(&["say == 1.3"]);
    let config = bench.environment.vm_config().expect("a configuration");
    let again = config.clone();
    for number in 0..6 {
        bench.install(&[["say >= 1.3", "say >= 1.2"][number % 2]]);
    }
    bench.environment.update(&[], InstallOptions::default()).wait().expect("updated");
    drop(config);
    bench.environments.collect_garbage().wait().expect("collected");
    assert_eq!(text(&mut vm(again), "return require('say').version"), "1.3-1");
}

#[test]
fn packages_are_removed_with_what_nobody_needs() {
    let bench = Bench::new(&rocks());
    bench.install(&["checks"]);
    let remove = |list: &[&str], dependents| bench.environment.remove(&names(list), dependents).wait();
    let told = fails(remove(&["say"], Dependents::Keep), ErrorKind::PackageNeeded);
    assert!(told.contains("`checks`"), "{told}");
    fails(remove(&["nothing"], Dependents::Keep), ErrorKind::PackageNotFound);
    let change = remove(&["say"], Dependents::Remove).expect("removed");
    assert_eq!(pairs(&change.removed), ["checks 1.0-1", "say 1.4-1"]);
    assert!(bench.installed().is_empty());
    bench.says("return tostring(pcall(require, 'say'))", "false");
    bench.is_whole();
    bench.install(&["checks"]);
    let change = remove(&["checks"], Dependents::Keep).expect("removed");
    assert_eq!(pairs(&change.removed), ["checks 1.0-1", "say 1.4-1"]);
}

#[test]
fn an_earlier_generation_is_gone_back_to() {
    let bench = Bench::new(&rocks());
    bench.install(&["say == 1.3"]);
    bench.install(&["say == 1.4", "checks"]);
    assert_eq!(bench.environment.rollback(None).wait().expect("there is one"), 2);
    assert_eq!(bench.installed(), ["say 1.3-1"]);
    bench.says("return require('say').version", "1.3-1");
    bench.is_whole();
    let lock = fs::read_to_string(bench.home.path().join("envs/bio/env.lock")).expect("written");
    assert_eq!(bench.environment.lockfile().wait().expect("read"), lock);
    assert!(bench.install(&[]).is_empty(), "what was asked for was gone back to as well");
    assert_eq!(bench.environment.rollback(Some(3)).wait().expect("there is one"), 3);
    assert_eq!(bench.installed(), ["checks 1.0-1", "say 1.4-1"]);
    fails(bench.environment.rollback(Some(99)).wait(), ErrorKind::NotFound);
    bench.environment.rollback(Some(1)).wait().expect("there is one");
    fails(bench.environment.rollback(None).wait(), ErrorKind::NotFound);
    assert!(bench.installed().is_empty());
}

#[test]
fn what_cannot_be_installed_leaves_all_as_it_was() {
    let bench = Bench::new(
        &[
            rocks(),
            vec![
                Rock::plain("old", "1-1").needs("say < 1.4"),
                Rock::plain("twin", "1-1").module("say", "return 'twin'\n"),
                Rock::plain("lost", "1-1").needs("nowhere"),
                Rock::plain("bytes", "1-1").module("bytes.code", "\u{1b}Lua"),
            ],
        ]
        .concat(),
    );
    bench.install(&["say >= 1.4"]);
    bench.refuses(&["nothing"], ErrorKind::PackageNotFound);
    let told = bench.refuses(&["old"], ErrorKind::NoSolution);
    assert!(told.contains("old") && told.contains("say"), "{told}");
    bench.refuses(&["lost"], ErrorKind::NoSolution);
    assert!(bench.refuses(&["twin"], ErrorKind::ModuleConflict).contains("`say`"));
    bench.refuses(&["bytes"], ErrorKind::ArchiveUnsafe);
    bench.says("return require('say').version", "1.4-1");
}

#[test]
fn a_rock_that_changed_since_it_was_locked_is_refused() {
    let mut bench = Bench::new(&rocks());
    bench.install(&["say == 1.3"]);
    let lock = fs::read(bench.home.path().join("envs/bio/env.lock")).expect("written");
    let settings = fs::read(bench.home.path().join("envs/bio/env.toml")).expect("written");
    bench.shelf.put(&Rock::plain("say", "1.3-1").module("evil", "return 1\n"));
    // Another machine, with the lock.
    let home = tempfile::tempdir().expect("a folder");
    let environments = open(home.path());
    add(&environments, "shelf", bench.shelf.path());
    let other = environments.create("bio").wait().expect("made");
    fs::write(home.path().join("envs/bio/env.lock"), &lock).expect("written");
    fs::write(home.path().join("envs/bio/env.toml"), &settings).expect("written");
    for options in [InstallOptions::default(), InstallOptions::default().frozen()] {
        let told = fails(install(&other, &[], options), ErrorKind::IntegrityMismatch);
        assert!(told.contains("say"), "{told}");
    }
    assert!(installed(&other).is_empty());
    bench.shelf.put(&Rock::plain("say", "1.3-1"));
    install(&other, &[], InstallOptions::default().frozen()).expect("it is the one that was locked");
    assert_eq!(installed(&other), ["say 1.3-1"]);
    assert_eq!(fs::read(home.path().join("envs/bio/env.lock")).expect("there"), lock);
}

#[test]
fn a_lock_is_kept_to_the_byte() {
    let bench = Bench::new(&rocks());
    let frozen = InstallOptions::default().frozen();
    bench.install(&["checks"]);
    assert!(install(&bench.environment, &[], frozen).expect("as it is").is_empty());
    fails(install(&bench.environment, &["say"], frozen), ErrorKind::LockOutOfDate);
    let path = bench.home.path().join("envs/bio/env.toml");
    let settings = fs::read_to_string(&path).expect("there");
    fs::write(&path, settings.replace("checks", "checks >= 1.0")).expect("written");
    fails(install(&bench.environment, &[], frozen), ErrorKind::LockOutOfDate);
    assert_eq!(
        bench.environment.verify().wait().expect("read"),
        [Fault::OutOfDate { file: "env.toml".into() }]
    );
    let removed = bench.environment.remove(&names(&["checks"]), Dependents::Keep).wait();
    fails(removed, ErrorKind::LockOutOfDate);
    bench.install(&[]);
    bench.is_whole();
    fails(install(&bench.environment, &[], frozen.upgrade()), ErrorKind::InvalidConfig);
    fails(bench.environment.update(&[], frozen).wait(), ErrorKind::InvalidConfig);
}

#[test]
fn what_somebody_changed_is_found() {
    let bench = Bench::new(&rocks());
    bench.install(&["checks"]);
    let generation = bench.generation();
    let say = generation.join("share/lua/5.4/say.lua");
    let content = fs::read(&say).expect("there");
    fs::remove_file(&say).expect("removed");
    let path = "share/lua/5.4/say.lua".to_string();
    let faults = || bench.environment.verify().wait().expect("read");
    assert_eq!(faults(), [Fault::Missing { path: path.clone() }]);
    fs::write(&say, "return 'evil'").expect("written");
    assert_eq!(faults(), [Fault::Changed { path }]);
    fs::write(&say, content).expect("written");
    fs::write(generation.join("share/lua/5.4/new.lua"), "").expect("written");
    assert_eq!(faults(), [Fault::Unknown { path: "share/lua/5.4/new.lua".into() }]);
    fs::remove_file(generation.join("share/lua/5.4/new.lua")).expect("removed");
    bench.is_whole();
    let lock = generation.join("env.lock");
    let text = fs::read_to_string(&lock).expect("there");
    fs::write(&lock, text.replace("1.4-1", "1.3-1")).expect("written");
    let faults = faults();
    assert!(faults.iter().any(|fault| matches!(fault, Fault::Disagreement { .. })), "{faults:?}");
    assert!(faults[0].to_string().contains("say") || faults.len() > 1);
}

#[test]
fn a_damaged_store_heals() {
    let bench = Bench::new(&rocks());
    bench.install(&["say == 1.3"]);
    for entry in everything(&bench.home.path().join("store")) {
        let path = bench.home.path().join("store").join(entry);
        if path.is_file() {
            fs::remove_file(&path).expect("removed");
            fs::write(&path, "damaged").expect("written");
        }
    }
    bench.is_whole();
    bench.install(&["say == 1.3", "checks"]);
    assert_eq!(bench.installed(), ["checks 1.0-1", "say 1.3-1"]);
    bench.is_whole();
}

#[test]
fn a_folder_with_all_packages_serves_another_machine() {
    let bench = Bench::new(&rocks());
    bench.install(&["checks"]);
    let folder = tempfile::tempdir().expect("a folder");
    let mirror = folder.path().join("mirror");
    bench.environment.vendor(&mirror, None).wait().expect("written");
    fails(bench.environment.vendor(&mirror, None).wait(), ErrorKind::Exists);
    let home = tempfile::tempdir().expect("a folder");
    let environments = open(home.path());
    add(&environments, "mirror", &mirror);
    let other = environments.create("bio").wait().expect("made");
    let path = |file: &str| home.path().join("envs/bio").join(file);
    fs::copy(mirror.join("env.lock"), path("env.lock")).expect("copied");
    fs::copy(bench.home.path().join("envs/bio/env.toml"), path("env.toml")).expect("copied");
    install(&other, &[], InstallOptions::default().frozen().offline()).expect("installed");
    assert_eq!(installed(&other), bench.installed());
    assert_eq!(other.verify().wait().expect("read"), []);
}

#[test]
fn a_bill_of_materials_names_everything() {
    let bench = Bench::new(&rocks());
    bench.install(&["checks"]);
    let bill = bench.environment.export_cyclonedx().wait().expect("read");
    let bill: serde_json::Value = serde_json::from_str(&bill).expect("JSON");
    assert_eq!(bill["bomFormat"], "CycloneDX");
    let checks = &bill["components"][0];
    assert_eq!(checks["purl"], "pkg:luarocks/checks@1.0-1");
    assert_eq!(checks["licenses"][0]["license"]["name"], "MIT");
    assert_eq!(checks["hashes"][0]["content"].as_str().map(str::len), Some(64));
    assert_eq!(bill["dependencies"][0]["dependsOn"][0], "pkg:luarocks/say@1.4-1");
}

#[test]
fn work_says_how_far_it_is() {
    let bench = Bench::new(&rocks());
    let told: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let watch = told.clone();
    let environments = bench.environments.with_progress(move |progress| {
        watch.lock().expect("nobody panicked").push(progress.clone());
    });
    let environment = environments.get("bio").wait().expect("there");
    install(&environment, &["checks"], InstallOptions::default()).expect("installed");
    let told = std::mem::take(&mut *told.lock().expect("nobody panicked"));
    assert_eq!(told.first(), Some(&Progress::Resolving));
    let fetching = |progress: &&Progress| matches!(progress, Progress::Fetching { of: 2, .. });
    assert_eq!(told.iter().filter(fetching).count(), 2, "{told:?}");
    assert_eq!(told.last(), Some(&Progress::Installing { packages: 2 }));
}

/// The figures are a second and 50 ms; a busy machine has ten times as much.
#[test]
fn twelve_packages_are_installed_in_no_time() {
    let sizes = |number: usize| (0..15).map(move |module| format!("pack{number}.module{module}"));
    let rocks: Vec<Rock> = (0..12)
        .map(|number| {
            let rock = Rock::plain(&format!("pack{number}"), "1.0-1");
            sizes(number).fold(rock, |rock, module| rock.module(&module, &"-- text\n".repeat(500)))
        })
        .collect();
    let bench = Bench::new(&rocks);
    let wanted: Vec<String> = (0..12).map(|number| format!("pack{number}")).collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let start = Instant::now();
    assert_eq!(bench.install(&wanted).added.len(), 12);
    let cold = start.elapsed();
    assert!(cold < Duration::from_secs(10), "{cold:?}");
    let start = Instant::now();
    assert!(bench.install(&wanted).is_empty());
    let warm = start.elapsed();
    assert!(warm < Duration::from_millis(500), "{warm:?}");
    bench.is_whole();
}

#[test]
fn environments_do_not_see_each_other() {
    let bench = Bench::new(&rocks());
    bench.install(&["say == 1.3"]);
    let other = bench.environments.create("other").wait().expect("made");
    install(&other, &["say"], InstallOptions::default()).expect("installed");
    bench.says("return require('say').version", "1.3-1");
    assert_eq!(
        text(&mut vm(other.vm_config().expect("a configuration")), "return require('say').version"),
        "1.4-1"
    );
    bench.environments.remove("other").wait().expect("removed");
    bench.environments.collect_garbage().wait().expect("collected");
    bench.is_whole();
    bench.says("return require('say').version", "1.3-1");
}
