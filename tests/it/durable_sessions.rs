//! Sessions that outlive the process: what is on disk when, and how it comes back.

use std::path::Path;

use bioxen_lua::{
    Engine, ErrorKind, Manager, ManagerConfig, Persistence, Saved, Sent, Session, SessionConfig,
    SessionState, VmConfig, VmId,
};
use tempfile::TempDir;

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

// ---- surviving the process -----------------------------------------------------------------------

#[test]
fn a_session_outlives_its_manager() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    let sent = send(&session, "n = 1; function up() n = n + 1 return n end");
    assert_eq!(sent.saved, Saved::OnDisk);
    check(&session, "up()", "2\n");
    first.shutdown();
    let second = manager(&folder);
    let session = attach(&second, "kept");
    check(&session, "up()", "3\n");
    check(&session, "print(session, n)", "nil\t3\n");
}

#[test]
fn output_that_nobody_has_read_is_replayed_once() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    check(&session, "print('read')", "read\n");
    send(&session, "print('not read')");
    first.shutdown();
    let second = manager(&folder);
    let session = attach(&second, "kept");
    let reading = session.read().expect("a client");
    assert_eq!((&*reading.to_text(), reading.lost, reading.next), ("not read\n", 0, 14));
    assert_eq!(session.read_from(0).expect("a client").to_text(), "read\nnot read\n");
    send(&session, "x = 1");
    drop(session);
    second.shutdown();
    let third = manager(&folder);
    assert_eq!(text(&attach(&third, "kept")), "");
}
