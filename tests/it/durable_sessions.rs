//! Sessions that outlive the process: what is on disk when, and how it comes back.

use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bioxen_lua::{
    ErrorKind, Failure, HostModule, Limits, Manager, ManagerConfig, Mount, Persistence, Saved, Sent, Session,
    SessionConfig, SessionState, TenantId, VmConfig, VmId,
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
    assert_eq!(first.shutdown().unsaved, []);
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

/// The state of a session as `sessions` lists it.
#[track_caller]
fn state(manager: &Manager, name: &str) -> Option<SessionState> {
    let all = manager.sessions().expect("a manager that lives");
    all.iter().find(|status| status.id == id(name)).map(|status| status.state)
}

/// The files of a session, the newest last.
fn files(folder: &TempDir, name: &str) -> Vec<PathBuf> {
    let prefix = format!("{name}@");
    let entries = fs::read_dir(folder.path().join("states")).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let own =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.display().to_string().starts_with(&prefix));
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

#[test]
fn everything_of_a_lua_state_outlives_the_manager() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    send(&session, "text = ('x'):rep(100000)");
    send(&session, "t = setmetatable({}, { __index = function(_, k) return k .. '!' end })");
    send(&session, "co = coroutine.wrap(function() for i = 1, 9 do coroutine.yield(i) end end)");
    send(&session, "do local n = 10; function count() n = n + 1 return n end end");
    check(&session, "co() co() count()\nprint(co(), count())", "3\t12\n");
    first.shutdown();
    let second = manager(&folder);
    check(&attach(&second, "kept"), "print(co(), count(), t.a, #text)", "4\t13\ta!\t100000\n");
}

#[test]
fn a_statement_that_is_only_begun_goes_on_in_the_next_process() {
    let folder = folder();
    let first = manager(&folder);
    let (one, two) = (create(&first, "one"), create(&first, "two"));
    assert!(send(&one, "print(1,").unfinished.is_some());
    send(&two, "for i = 1, 2 do\nprint(i)\n");
    first.shutdown();
    let second = manager(&folder);
    let (one, two) = (attach(&second, "one"), attach(&second, "two"));
    assert_eq!(one.status().state, SessionState::Unfinished);
    check(
        &one,
        "nil,\n error('wrong'))",
        "stdin:3: wrong\nstack traceback:\n\t[C]: in function 'error'\n\tstdin:3: in main chunk\n\t[C]: in ?\n",
    );
    check(&two, "end", "1\n2\n");
}

#[test]
fn calls_beside_the_input_are_saved_too() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    session.vm().set("x", 7).expect("queued").wait().expect("set and saved");
    session.vm().exec("print(x) y = 8").expect("queued").wait().expect("run and saved");
    first.shutdown();
    let second = manager(&folder);
    let session = attach(&second, "kept");
    assert_eq!(text(&session), "7\n");
    check(&session, "print(x, y)", "7\t8\n");
}

#[test]
fn a_session_that_has_ended_can_still_be_read() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "over");
    assert_eq!(send(&session, "print('last words') os.exit(3)").exit, Some(3));
    first.shutdown();
    let second = manager(&folder);
    assert_eq!(state(&second, "over"), Some(SessionState::Ended(3)));
    let session = attach(&second, "over");
    assert_eq!(session.status().state, SessionState::Ended(3));
    assert_eq!(text(&session), "last words\n");
    fails(session.send("x = 1"), ErrorKind::Ended);
    fails(session.vm().exec("return 1").expect("queued").wait(), ErrorKind::Ended);
    fails(second.attach(&id("over")), ErrorKind::Attached);
    session.terminate().expect("it was there");
    assert_eq!(files(&folder, "over").len(), 0);
}

#[test]
fn a_call_that_was_stopped_leaves_the_state_before_it() {
    let folder = folder();
    let limits = Limits { fuel: Some(50_000_000), ..Limits::default() };
    let first = manager(&folder);
    let config = SessionConfig { vm: VmConfig::default().limits(limits), ..each_call() };
    let session = first.create_session(id("kept"), config).expect("a session");
    send(&session, "n = 1");
    assert!(matches!(send(&session, "n = 2 while true do end").last_failure, Some(Failure::Limit { .. })));
    text(&session);
    first.shutdown();
    check(&attach(&manager(&folder), "kept"), "n", "1\n");
}

#[test]
fn what_finalizers_print_is_output() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    send(&session, "do local _ = setmetatable({}, { __gc = function() print('collected') end }) end");
    assert_eq!(text(&session), "collected\n", "the save collects garbage");
    first.shutdown();
    let session = attach(&manager(&folder), "kept");
    assert_eq!(session.read_from(0).expect("a client").to_text(), "collected\n");
}

// ---- names ---------------------------------------------------------------------------------------

#[test]
fn a_session_on_disk_has_its_name() {
    let folder = folder();
    let first = manager(&folder);
    send(&create(&first, "kept"), "x = 1");
    first.shutdown();
    let second = manager(&folder);
    fails(second.create_session(id("kept"), each_call()), ErrorKind::Exists);
    fails(second.create_session(id("kept"), VmConfig::default()), ErrorKind::Exists);
    fails(second.create_vm(id("kept"), VmConfig::default()), ErrorKind::Exists);
    fails(second.attach(&id("other")), ErrorKind::NotFound);
    second.get(&id("kept")).expect("it is there").exec("x = x + 1").expect("queued").wait().expect("run");
    check(&attach(&second, "kept"), "x", "2\n");
}

#[test]
fn terminating_removes_the_files() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "gone");
    send(&session, "x = 1");
    assert_eq!(files(&folder, "gone").len(), 2);
    session.terminate().expect("it was there");
    assert_eq!(files(&folder, "gone").len(), 0);
    fails(first.attach(&id("gone")), ErrorKind::NotFound);
    check(&create(&first, "gone"), "x", "nil\n");
    first.shutdown();
    let second = manager(&folder);
    second.terminate(&id("gone")).expect("it is on disk");
    assert_eq!(files(&folder, "gone").len(), 0);
    fails(second.terminate(&id("gone")), ErrorKind::NotFound);
    create(&second, "gone");
}

#[test]
fn a_running_session_is_terminated_with_its_files() {
    let folder = folder();
    let manager = Manager::new(engine(), ManagerConfig { limits: Limits::none(), ..config(folder.path()) })
        .expect("a manager");
    let vm = VmConfig::default().limits(Limits { time: None, fuel: None, ..Limits::default() });
    let session = manager.create_session(id("gone"), SessionConfig { vm, ..each_call() }).expect("a session");
    let job = session.send("print('on') while true do end").expect("taken");
    assert_eq!(session.read_some().wait().expect("output").to_text(), "on\n");
    session.terminate().expect("it was there");
    fails(job.wait(), ErrorKind::Terminated);
    manager.shutdown();
    assert_eq!(files(&folder, "gone").len(), 0);
}

#[test]
fn persistent_sessions_need_a_folder() {
    let manager = Manager::new(engine(), ManagerConfig::default()).expect("a manager");
    let message = fails(manager.create_session(id("x"), each_call()), ErrorKind::InvalidConfig);
    assert!(message.contains("`ManagerConfig::state_dir`"), "{message}");
    manager.create_session(id("x"), VmConfig::default()).expect("nothing is left of it");
    let config = ManagerConfig { resident_sessions: 0, ..ManagerConfig::default() };
    fails(Manager::new(engine(), config), ErrorKind::InvalidConfig);
}

#[test]
fn a_folder_belongs_to_one_manager_at_a_time() {
    let folder = folder();
    let first = manager(&folder);
    let message = fails(Manager::new(engine(), config(folder.path())), ErrorKind::InUse);
    assert!(message.contains(&std::process::id().to_string()), "{message}");
    let keeps = first.clone();
    first.shutdown();
    let second = manager(&folder);
    drop(second);
    manager(&folder);
    drop(keeps);
}

#[test]
fn other_sessions_stay_in_memory() {
    let folder = folder();
    let first = manager(&folder);
    let session = first.create_session(id("brief"), VmConfig::default()).expect("a session");
    assert_eq!(send(&session, "x = 1").saved, Saved::Never);
    first.shutdown();
    assert_eq!(files(&folder, "brief").len(), 0);
    fails(manager(&folder).attach(&id("brief")), ErrorKind::NotFound);
}

// ---- what comes back ------------------------------------------------------------------------------

#[test]
fn the_host_gives_a_session_that_comes_back_its_rights() {
    let folder = folder();
    fs::create_dir(folder.path().join("data")).expect("made");
    fs::write(folder.path().join("data/file"), "content").expect("written");
    let first = manager(&folder);
    let session = create(&first, "kept");
    send(&session, "answer = function() return require('host').answer() end");
    let data = folder.path().join("data");
    first.shutdown();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let given = move |id: &VmId, tenant: Option<&TenantId>| {
        assert_eq!((id.as_str(), tenant), ("kept", None));
        count.fetch_add(1, Ordering::Relaxed);
        let module = HostModule::new("host").function("answer", |_, ()| Ok::<_, Infallible>(42));
        let mount = Mount::read_only(&data, "/data")?;
        Ok(VmConfig::default().mount(mount).module(module).into())
    };
    let config = ManagerConfig { session_config: Some(Arc::new(given)), ..config(folder.path()) };
    let second = Manager::new(engine(), config).expect("a manager");
    assert_eq!(asked.load(Ordering::Relaxed), 0, "nothing is read at the start");
    let session = attach(&second, "kept");
    check(&session, "print(answer(), io.open('/data/file'):read('a'))", "42\tcontent\n");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    assert_eq!(send(&session, "x = 1").saved, Saved::OnDisk, "it stays persistent");
}

#[test]
fn a_session_comes_back_to_its_tenant_alone() {
    let folder = folder();
    let lab = TenantId::new("lab").expect("a name");
    let first = manager(&folder);
    let vm = VmConfig::default().tenant(lab.clone());
    let session = first.create_session(id("theirs"), SessionConfig { vm, ..each_call() }).expect("a session");
    send(&session, "x = 1");
    first.shutdown();
    let before = files(&folder, "theirs");
    for other in [None, Some("other")] {
        let other = other.map(|name| TenantId::new(name).expect("a name"));
        let given = move |_: &VmId, _: Option<&TenantId>| {
            let vm = VmConfig::default();
            Ok(other.iter().fold(vm, |vm, other| vm.tenant(other.clone())).into())
        };
        let config = ManagerConfig { session_config: Some(Arc::new(given)), ..config(folder.path()) };
        let second = Manager::new(engine(), config).expect("a manager");
        let message = fails(second.attach(&id("theirs")), ErrorKind::SnapshotOwner);
        assert!(message.contains("tenant `lab`"), "{message}");
        assert_eq!(files(&folder, "theirs"), before);
    }
    let third = manager(&folder);
    assert_eq!(third.sessions().expect("listed")[0].tenant.as_ref(), Some(&lab));
    assert_eq!(attach(&third, "theirs").status().tenant, Some(lab));
}

#[test]
fn a_damaged_session_leaves_the_others_alone() {
    let folder = folder();
    let first = manager(&folder);
    for name in ["a", "b", "c"] {
        let session = create(&first, name);
        send(&session, "n = 1");
        send(&session, "n = 2");
    }
    first.shutdown();
    let (older, newer) = match &files(&folder, "b")[..] {
        [older, newer] => (older.clone(), newer.clone()),
        other => panic!("{other:?}"),
    };
    damage(&newer);
    let bytes = fs::read(&newer).expect("a file");
    let second = manager(&folder);
    let message = fails(second.attach(&id("b")), ErrorKind::SnapshotDamaged);
    assert!(message.contains("is intact: recover"), "{message}");
    for name in ["a", "c"] {
        check(&attach(&second, name), "n", "2\n");
    }
    assert_eq!(fs::read(&newer).expect("a file"), bytes, "it is left as it is");
    fails(second.create_session(id("b"), each_call()), ErrorKind::Exists);
    second.recover(&id("b")).expect("an older state is intact");
    assert_eq!(files(&folder, "b"), [older]);
    check(&attach(&second, "b"), "n", "1\n");
    second.recover(&id("a")).expect("nothing is wrong with it");
    fails(second.recover(&id("d")), ErrorKind::NotFound);
}

#[test]
fn the_list_shows_what_is_on_disk() {
    let folder = folder();
    let first = manager(&folder);
    send(&create(&first, "a"), "x = ('x'):rep(1000)");
    create(&first, "b");
    first.shutdown();
    fs::write(&files(&folder, "b")[0], "nonsense").expect("written");
    let second = manager(&folder);
    create(&second, "c");
    let all = second.sessions().expect("listed");
    let shown: Vec<_> = all.iter().map(|status| (status.id.as_str(), status.state)).collect();
    assert_eq!(shown, [("a", SessionState::Stored), ("b", SessionState::Damaged), ("c", SessionState::Idle)]);
    assert!(all[0].memory > 0 && all[0].fuel > 0 && all[0].idle.is_some(), "{:?}", all[0]);
    let fuel = all[0].fuel;
    let session = attach(&second, "a");
    assert_eq!(session.status().fuel, fuel, "it goes on from there");
    assert_eq!(session.status().state, SessionState::Idle);
}
