//! Sessions that outlive the process: what is on disk when, and how it comes back.

mod faults;
mod names;
mod outlive;
mod residents;
mod saving;

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bioxen_lua::testing::{Expected, RecordCeilings, SessionRecord, manager_on};
use bioxen_lua::{
    ErrorKind, Failure, HostModule, Limits, Manager, ManagerConfig, Mount, Persistence, Quota, Saved,
    SecondClient, Sent, Session, SessionConfig, SessionState, TenantId, VmConfig, VmId, VmState,
};
use tempfile::TempDir;

use crate::fault_disk::{EIO, ENOSPC, Fault, FaultDisk};
use crate::support::engine;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn config(folder: &Path) -> ManagerConfig {
    ManagerConfig { state_dir: Some(folder.join("states")), ..ManagerConfig::default() }
}

#[track_caller]
fn manager(folder: &TempDir) -> Manager {
    Manager::new(engine(), config(folder.path())).expect("a manager")
}

fn id(name: &str) -> VmId {
    VmId::new(name).expect("a good name")
}

fn each_call() -> SessionConfig {
    SessionConfig { persistence: Persistence::EachCall, ..SessionConfig::default() }
}

#[track_caller]
fn create(manager: &Manager, name: &str) -> Session {
    manager.create_session(id(name), each_call()).expect("a session")
}

#[track_caller]
fn attach(manager: &Manager, name: &str) -> Session {
    manager.attach(&id(name)).expect("it is there")
}

#[track_caller]
fn send(session: &Session, input: &str) -> Sent {
    session.send(input).expect("input is taken").wait().expect("it has run and is saved")
}

#[track_caller]
fn text(session: &Session) -> String {
    session.read().expect("a client").to_text().into_owned()
}

/// What a session prints for some input.
#[track_caller]
fn check(session: &Session, input: &str, output: &str) {
    let sent = send(session, input);
    assert_eq!(text(session), output, "{input}: {sent:?}");
}

#[track_caller]
fn fails<T>(result: bioxen_lua::Result<T>, kind: ErrorKind) -> String {
    let error = result.err().expect("an error");
    assert_eq!(error.kind(), kind, "{error}");
    error.to_string()
}

/// The state of a session as `sessions` lists it.
#[track_caller]
fn state(manager: &Manager, name: &str) -> Option<SessionState> {
    let all = manager.sessions().expect("a manager that lives");
    all.iter().find(|status| status.id == id(name)).map(|status| status.state)
}

/// The files of a session, the newest last.
fn files(folder: &TempDir, name: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.path().join("states")).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let own = |path: &PathBuf| {
        let file = path.file_name().unwrap_or_default().display().to_string();
        file.split_once('@').is_some_and(|(id, rest)| id == name && rest.ends_with(".state"))
    };
    let mut paths: Vec<PathBuf> = paths.filter(own).collect();
    paths.sort();
    paths
}

fn damage(path: &Path) {
    let mut bytes = fs::read(path).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).expect("written");
}

/// The newest state on disk as another process would find it now.
fn copied(folder: &TempDir) -> (TempDir, Manager) {
    let copy = tempfile::tempdir().expect("a folder");
    let states = copy.path().join("states");
    let mut builder = fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(&states).expect("made");
    for entry in fs::read_dir(folder.path().join("states")).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.file_name().display().to_string().ends_with(".state") {
            fs::copy(entry.path(), states.join(entry.file_name())).expect("copied");
        }
    }
    let found = manager(&copy);
    (copy, found)
}

#[track_caller]
fn check_copied(folder: &TempDir, name: &str, input: &str, output: &str) {
    let (_copy, found) = copied(folder);
    check(&attach(&found, name), input, output);
}
