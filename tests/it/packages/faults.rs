//! Disks that fail at any step of a change: the environment is the one before or the one after, and whole.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bioxen_lua::testing::{Steps, environments_on};
use bioxen_lua::{
    Dependents, Environments, EnvironmentsConfig, ErrorKind, InstallOptions, Repository, Requirement, Result,
};
use tempfile::TempDir;

use super::environments::open;
use super::rocks::{Rock, Shelf, everything, quick_folder};
use crate::support::engine;

/// More steps than any change takes: a sweep that gets there has no end.
const MOST: u64 = 2_000;

type Change = fn(&Environments) -> Result<()>;

/// How a disk fails.
#[derive(Clone, Copy)]
enum Failing {
    /// Once.
    Once(io::ErrorKind),
    /// From then on.
    Always(io::ErrorKind),
}

fn requirement(text: &str) -> Requirement {
    text.parse().expect("a requirement")
}

/// A home with an environment that has packages, and what they are installed from.
fn prepared() -> (TempDir, Shelf) {
    let shelf = Shelf::new(&[
        Rock::plain("say", "1.3-1"),
        Rock::plain("say", "1.4-1"),
        Rock::plain("checks", "1.0-1").needs("say >= 1.3").module("checks.util", "return 1\n"),
    ]);
    let home = quick_folder();
    let environments = open(home.path());
    let repository = Repository::new("shelf", shelf.path().to_str().expect("text")).expect("an address");
    environments.repositories().add(repository).wait().expect("added");
    let environment = environments.create("bio").wait().expect("made");
    let install = |text| environment.install(&[requirement(text)], InstallOptions::default()).wait();
    install("say == 1.3").expect("installed");
    install("say >= 1.3").expect("installed");
    (home, shelf)
}

/// All that can be seen of the environments.
fn seen(environments: &Environments) -> Vec<String> {
    let mut seen = Vec::new();
    for environment in environments.list().wait().expect("listed") {
        assert_eq!(environment.verify().wait().expect("read"), []);
        environment.vm_config().expect("a configuration");
        seen.push(environment.name().to_string());
        seen.push(environment.lockfile().wait().expect("read"));
    }
    seen
}

fn copied(from: &Path) -> TempDir {
    let to = quick_folder();
    for name in everything(from).iter().map(String::as_str).chain(["lock", "locks"]) {
        let (from, to) = (from.join(name), to.path().join(name));
        if from.is_dir() {
            fs::create_dir_all(to).expect("made");
        } else {
            fs::copy(from, to).expect("copied");
        }
    }
    to
}

/// Steps of which the one of this number fails.
fn failing(at: u64, how: Failing, taken: Arc<AtomicU64>) -> Steps {
    Steps::new(move |_| {
        let number = taken.fetch_add(1, Ordering::Relaxed);
        match how {
            Failing::Once(kind) if number == at => Err(kind.into()),
            Failing::Always(kind) if number >= at => Err(kind.into()),
            _ => Ok(()),
        }
    })
}

#[track_caller]
fn sweep(change: Change, how: Failing) {
    let (prepared, _shelf) = prepared();
    let before = seen(&open(prepared.path()));
    let after = {
        let home = copied(prepared.path());
        change(&open(home.path())).expect("it works on a good disk");
        seen(&open(home.path()))
    };
    for at in 0..MOST {
        let home = copied(prepared.path());
        let taken = Arc::new(AtomicU64::new(0));
        let steps = failing(at, how, taken.clone());
        let environments = environments_on(engine(), EnvironmentsConfig::new(home.path()), steps)
            .expect("nothing is changed");
        let result = change(&environments);
        drop(environments);
        let environments = open(home.path());
        let now = seen(&environments);
        if taken.load(Ordering::Relaxed) <= at {
            result.expect("no step failed");
            assert_eq!(now, after);
            return;
        }
        if let Err(error) = &result {
            assert_eq!(error.kind(), ErrorKind::Storage, "step {at}: {error}");
        }
        assert!(now == after || (result.is_err() && now == before), "step {at}: {result:?}, {now:?}");
        let left = everything(home.path());
        let left_over =
            |name: &&String| name.contains('~') || name.contains(".tmp") || name.contains("unpublished");
        assert_eq!(left.iter().filter(left_over).collect::<Vec<_>>(), [""; 0], "step {at}");
        if now == before {
            change(&environments).unwrap_or_else(|error| panic!("step {at}, once more: {error}"));
            assert_eq!(seen(&environments), after, "step {at}");
        }
    }
    panic!("{MOST} steps and no end");
}

fn both(change: Change) {
    sweep(change, Failing::Once(io::ErrorKind::Other));
    sweep(change, Failing::Always(io::ErrorKind::StorageFull));
}

#[test]
fn installing_is_all_or_nothing() {
    both(|environments| {
        let environment = environments.get("bio").wait()?;
        environment.install(&[requirement("checks")], InstallOptions::default()).wait().map(|_| ())
    });
}

#[test]
fn updating_is_all_or_nothing() {
    both(|environments| {
        environments.get("bio").wait()?.update(&[], InstallOptions::default()).wait().map(|_| ())
    });
}

#[test]
fn removing_is_all_or_nothing() {
    both(|environments| {
        let environment = environments.get("bio").wait()?;
        environment.remove(&["say".parse()?], Dependents::Keep).wait().map(|_| ())
    });
}

#[test]
fn going_back_is_all_or_nothing() {
    both(|environments| environments.get("bio").wait()?.rollback(Some(1)).wait().map(|_| ()));
}

#[test]
fn making_and_removing_an_environment_is_all_or_nothing() {
    both(|environments| environments.create("new").wait().map(|_| ()));
    both(|environments| environments.remove("bio").wait());
}
