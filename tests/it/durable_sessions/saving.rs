//! When a state is on disk.

use super::*;

#[test]
fn each_call_is_on_disk_when_it_ends() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    check_copied(&folder, "kept", "n", "nil\n");
    for n in 1..5 {
        send(&session, &format!("n = {n}"));
        check_copied(&folder, "kept", "n", &format!("{n}\n"));
    }
}

#[test]
fn on_idle_a_state_is_on_disk_soon_after() {
    let folder = folder();
    let first = manager(&folder);
    let config = SessionConfig { persistence: Persistence::OnIdle, ..SessionConfig::default() };
    let session = first.create_session(id("kept"), config).expect("a session");
    check_copied(&folder, "kept", "n", "nil\n");
    assert_eq!(send(&session, "n = 1").saved, Saved::Later);
    let created = files(&folder, "kept");
    // It is saved without being asked: the directory shows it.
    while files(&folder, "kept") == created {
        std::thread::yield_now();
    }
    check_copied(&folder, "kept", "n", "1\n");
}

#[test]
fn at_shutdown_a_state_is_on_disk_when_the_manager_ends() {
    let folder = folder();
    let first = manager(&folder);
    let config = SessionConfig { persistence: Persistence::AtShutdown, ..SessionConfig::default() };
    let session = first.create_session(id("kept"), config).expect("a session");
    assert_eq!(send(&session, "n = 1").saved, Saved::Later);
    check_copied(&folder, "kept", "n", "nil\n");
    assert_eq!(first.shutdown().unsaved, []);
    check_copied(&folder, "kept", "n", "1\n");
}

#[test]
fn dropping_the_manager_saves_what_changed() {
    let folder = folder();
    let first = manager(&folder);
    let config = SessionConfig { persistence: Persistence::AtShutdown, ..SessionConfig::default() };
    let session = first.create_session(id("kept"), config).expect("a session");
    send(&session, "n = 1 print('seen') print('not seen')");
    drop(first);
    let second = manager(&folder);
    let session = attach(&second, "kept");
    assert_eq!(text(&session), "seen\nnot seen\n");
    drop(session);
    drop(second);
    assert_eq!(text(&attach(&manager(&folder), "kept")), "", "what was read is not replayed");
}

#[test]
fn a_session_that_runs_when_the_manager_ends_is_saved_as_it_was_before() {
    let folder = folder();
    let config = ManagerConfig { limits: Limits::none(), ..config(folder.path()) };
    let first = Manager::new(engine(), config).expect("a manager");
    let vm = VmConfig::default().limits(Limits { time: None, fuel: None, ..Limits::default() });
    let config = SessionConfig { vm, persistence: Persistence::AtShutdown, ..SessionConfig::default() };
    let session = first.create_session(id("kept"), config).expect("a session");
    send(&session, "n = 1");
    let job = session.send("n = 2 print('on') while true do end").expect("taken");
    assert_eq!(session.read_some().wait().expect("output").to_text(), "on\n");
    assert_eq!(first.shutdown().unsaved, []);
    fails(job.wait(), ErrorKind::Terminated);
    check(&attach(&manager(&folder), "kept"), "n", "1\n");
}

#[test]
fn finalizers_that_do_not_end_do_not_hold_a_shutdown_up() {
    let folder = folder();
    let config = ManagerConfig { limits: Limits::none(), ..config(folder.path()) };
    let first = Manager::new(engine(), config).expect("a manager");
    let vm = VmConfig::default().limits(Limits { time: None, fuel: None, ..Limits::default() });
    let config = SessionConfig { vm, persistence: Persistence::AtShutdown, ..SessionConfig::default() };
    let session = first.create_session(id("kept"), config).expect("a session");
    send(&session, "n = 1 t = setmetatable({}, { __gc = function() while true do end end })");
    send(&session, "collectgarbage('stop') t = nil n = 2");
    assert_eq!(first.shutdown().unsaved, []);
    check_copied(&folder, "kept", "n", "2\n");
}
