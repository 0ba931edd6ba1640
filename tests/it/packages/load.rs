//! Packages in sessions: loaded by the name of the package, kept while others are installed.

use bioxen_lua::{
    Environment, ErrorKind, InstallOptions, Manager, ManagerConfig, Repository, Requirement, Session, VmId,
};
use tempfile::TempDir;

use super::environments::{fails, open};
use super::rocks::{Rock, Shelf};
use crate::support::engine;

/// An environment with everything on a shelf.
fn environment(rocks: &[Rock], wanted: &[&str]) -> (TempDir, Shelf, Environment) {
    let (home, shelf) = (tempfile::tempdir().expect("a folder"), Shelf::new(rocks));
    let environments = open(home.path());
    let repository = Repository::new("shelf", shelf.path().to_str().expect("text")).expect("an address");
    environments.repositories().add(repository).wait().expect("added");
    let environment = environments.create("bio").wait().expect("made");
    let wanted: Vec<Requirement> = wanted.iter().map(|text| text.parse().expect("a requirement")).collect();
    environment.install(&wanted, InstallOptions::default()).wait().expect("installed");
    (home, shelf, environment)
}

fn session(manager: &Manager, environment: &Environment) -> Session {
    let config = environment.vm_config().expect("a configuration");
    manager.create_session(VmId::new("package_vm").expect("a name"), config).expect("made")
}

#[track_caller]
fn check(session: &Session, input: &str, expected: &str) {
    session.send(format!("{input}\n")).expect("queued").wait().expect("read");
    assert_eq!(session.read().expect("there").to_text(), expected);
}

#[test]
fn a_package_is_loaded_by_its_name() {
    let rocks = [
        Rock::new("sums", "1.0-1").module("sums", "return { compute = function(n) return 2 * n end }\n"),
        Rock::new("bio-things", "1.0-1")
            .module("bio_things", "return { gc = require('bio_things.gc') }\n")
            .module("bio_things.gc", "return 'gc'\n"),
        Rock::new("two-things", "1.0-1").module("one.thing", "return 1\n").module("other", "return 2\n"),
        Rock::new("broken", "1.0-1").module("broken_inside", "error('inside')\n"),
    ];
    let wanted = ["sums", "bio-things", "two-things", "broken"];
    let (_home, _shelf, environment) = environment(&rocks, &wanted);
    let manager = Manager::new(engine(), ManagerConfig::default()).expect("a manager");
    let session = session(&manager, &environment);
    let load = |name: &str| session.load_package(name).expect("queued").wait();
    load("sums").expect("it is there");
    check(&session, "print(sums.compute(10))", "20\n");
    load("Bio-Things").expect("it is there");
    check(&session, "bio_things.gc, gc", "gc\tnil\n");
    load("two-things").expect("they are there");
    check(&session, "thing, other", "1\t2\n");
    load("one.thing").expect("it is a module");
    assert!(fails(load("broken"), ErrorKind::Failed).contains("inside"));
    assert!(fails(load("missing"), ErrorKind::NotFound).contains("`missing`"));
}

#[test]
fn another_environment_brings_its_packages() {
    let rocks =
        [Rock::plain("say", "1.3-1"), Rock::new("bio-things", "1.0-1").module("bio_things", "return 1\n")];
    let (_home, _shelf, environment) = environment(&rocks, &["say"]);
    let manager = Manager::new(engine(), ManagerConfig::default()).expect("a manager");
    let session = session(&manager, &environment);
    fails(session.load_package("bio-things").expect("queued").wait(), ErrorKind::NotFound);
    let wanted = ["bio-things".parse().expect("a requirement")];
    environment.install(&wanted, InstallOptions::default()).wait().expect("installed");
    fails(session.load_package("bio-things").expect("queued").wait(), ErrorKind::NotFound);
    let newer = environment.vm_config().expect("a configuration");
    session.set_environment(newer).expect("queued").wait().expect("it fits");
    session.load_package("bio-things").expect("queued").wait().expect("it is there now");
    check(&session, "bio_things", "1\n");
}
