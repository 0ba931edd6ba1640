//! Sessions that outlive the process: what is on disk when, and how it comes back.

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

#[test]
fn copies_of_a_session_outlive_the_manager_too() {
    let folder = folder();
    let first = manager(&folder);
    let session = create(&first, "kept");
    send(&session, "n = 1 print('of the first')");
    let forks = session.fork(vec![id("one"), id("two")]).expect("queued").wait().expect("made");
    send(&session, "n = 2");
    check_copied(&folder, "one", "n", "1\n");
    send(&forks[0], "n = 3");
    let snapshot = forks[0].snapshot().expect("queued").wait().expect("taken");
    forks[1].restore(snapshot).expect("queued").wait().expect("restored and saved");
    check_copied(&folder, "two", "n", "3\n");
    first
        .create_session_from(
            id("three"),
            &forks[1].snapshot().expect("queued").wait().expect("taken"),
            each_call(),
        )
        .expect("a session");
    first.shutdown();
    let second = manager(&folder);
    for (name, n) in [("one", 3), ("two", 3), ("three", 3)] {
        check(&attach(&second, name), "n", &format!("{n}\n"));
    }
    check(&attach(&second, "kept"), "n", "of the first\n2\n");
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
fn a_state_of_another_guest_is_refused_and_left_alone() {
    let folder = folder();
    let first = manager(&folder);
    create(&first, "theirs");
    first.shutdown();
    let [file] = &files(&folder, "theirs")[..] else { panic!("one generation") };
    let bytes = fs::read(file).expect("a file");
    let guest = SessionRecord::peek(&bytes).expect("a header").guest;
    let ceilings = RecordCeilings { output: 0, input: 0, readers: 9, snapshot: 1 << 20 };
    let expected = Expected { guest: &guest, id: &id("theirs"), tenant: None, ceilings };
    let mut record = SessionRecord::decode(&bytes, &expected).expect("a record");
    record.header.guest[0] ^= 1;
    fs::write(file, record.encode()).expect("written");
    let bytes = fs::read(file).expect("a file");
    let second = manager(&folder);
    let message = fails(second.attach(&id("theirs")), ErrorKind::SnapshotGuest);
    assert!(message.contains(&format!("version {}", record.header.writer)), "{message}");
    fails(second.recover(&id("theirs")), ErrorKind::SnapshotGuest);
    assert_eq!(fs::read(file).expect("a file"), bytes);
    second.terminate(&id("theirs")).expect("removed, whatever is wrong with it");
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

// ---- when it is on disk ---------------------------------------------------------------------------

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

// ---- to disk and back -----------------------------------------------------------------------------

const MANY: usize = 50;

fn few_resident(folder: &TempDir) -> Manager {
    let config = ManagerConfig { resident_sessions: 3, ..config(folder.path()) };
    Manager::new(engine(), config).expect("a manager")
}

/// Waits until memory holds what it should, with sessions in use meanwhile: others are put away behind that.
#[track_caller]
fn settles(manager: &Manager, uses: impl Fn(), is_so: impl Fn(&[bioxen_lua::VmStatus]) -> bool) {
    let start = std::time::Instant::now();
    while !is_so(&manager.vms().expect("a manager that lives")) {
        assert!(start.elapsed().as_secs() < 60, "{:?}", manager.vms());
        uses();
        std::thread::yield_now();
    }
}

fn in_memory(vms: &[bioxen_lua::VmStatus]) -> usize {
    vms.iter().filter(|vm| vm.state != VmState::Stored).count()
}

#[test]
fn more_sessions_live_than_memory_holds() {
    let folder = folder();
    let manager = few_resident(&folder);
    for n in 0..MANY {
        let session = create(&manager, &format!("s{n}"));
        send(&session, &format!("n = {n} print('made')"));
    }
    settles(&manager, || drop(attach(&manager, "s49")), |vms| vms.len() <= 4 && in_memory(vms) <= 3);
    assert_eq!(manager.sessions().expect("listed").len(), MANY);
    for round in 1..3 {
        for n in (0..MANY).rev() {
            let session = attach(&manager, &format!("s{n}"));
            let before = if round == 1 { "made\n" } else { "" };
            check(&session, "n = n + 100 print(n)", &format!("{before}{}\n", n + 100 * round));
        }
    }
    settles(&manager, || drop(attach(&manager, "s0")), |vms| vms.len() <= 4 && in_memory(vms) <= 3);
    assert_eq!(manager.shutdown().unsaved, []);
}

#[test]
fn handles_to_sessions_on_disk_go_on() {
    let folder = folder();
    let manager = few_resident(&folder);
    let sessions: Vec<Session> = (0..MANY).map(|n| create(&manager, &format!("s{n}"))).collect();
    for (n, session) in sessions.iter().enumerate() {
        send(session, &format!("n = {n} print('made')"));
    }
    settles(&manager, || (), |vms| vms.len() == MANY && in_memory(vms) <= 3);
    let stored = sessions.iter().filter(|session| session.status().state == SessionState::Stored).count();
    assert!(stored >= MANY - 3, "{stored}");
    for (n, session) in sessions.iter().enumerate() {
        check(session, "print(n)", &format!("made\n{n}\n"));
        assert_eq!(session.vm().get::<usize>("n").expect("queued").wait().expect("a number"), n);
    }
    drop(sessions);
    settles(&manager, || drop(attach(&manager, "s0")), |vms| vms.len() <= 4);
    assert_eq!(manager.shutdown().unsaved, []);
    let next = few_resident(&folder);
    for n in 0..MANY {
        assert_eq!(text(&attach(&next, &format!("s{n}"))), "", "what was read on disk is saved");
    }
}

#[test]
fn a_session_in_use_is_not_put_away() {
    let folder = folder();
    let config = ManagerConfig { resident_sessions: 1, ..config(folder.path()) };
    let manager = Manager::new(engine(), config).expect("a manager");
    let reader = create(&manager, "reader");
    let job = reader.send("x = io.read() print(x)").expect("taken");
    while reader.status().state != SessionState::AwaitingInput {
        std::thread::yield_now();
    }
    for n in 0..5 {
        send(&create(&manager, &format!("s{n}")), "x = 1");
    }
    assert_eq!(reader.status().state, SessionState::AwaitingInput);
    send(&reader, "line");
    job.wait().expect("it has run");
    assert_eq!(text(&reader), "line\n");
}

#[test]
fn what_a_session_was_given_is_kept_on_the_way_through_the_disk() {
    let folder = folder();
    let config = ManagerConfig { resident_sessions: 1, ..config(folder.path()) };
    let manager = Manager::new(engine(), config).expect("a manager");
    let vm = VmConfig::default().var("PLACE", "here");
    let session = manager.create_session(id("kept"), SessionConfig { vm, ..each_call() }).expect("a session");
    send(&session, "n = 1");
    send(&create(&manager, "other"), "x = 1");
    settles(&manager, || (), |vms| in_memory(vms) <= 1);
    check(&session, "print(os.getenv('PLACE'), n)", "here\t1\n");
}

#[test]
fn clients_of_one_session_attach_at_once() {
    let folder = folder();
    let first = manager(&folder);
    send(&create(&first, "kept"), "n = 0");
    first.shutdown();
    let shared = |_: &VmId, _: Option<&TenantId>| {
        Ok(SessionConfig { second_client: SecondClient::Share, ..SessionConfig::default() })
    };
    let config = ManagerConfig { session_config: Some(Arc::new(shared)), ..config(folder.path()) };
    let second = Manager::new(engine(), config).expect("a manager");
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| send(&attach(&second, "kept"), "n = n + 1"));
        }
    });
    assert_eq!(attach(&second, "kept").vm().get::<i64>("n").expect("queued").wait().expect("a number"), 8);
}

#[test]
fn sessions_that_come_and_go_at_once_keep_their_state() {
    const THREADS: usize = 4;
    const TURNS: usize = 60;
    let folder = folder();
    let config = ManagerConfig { resident_sessions: 1, ..config(folder.path()) };
    let manager = Manager::new(engine(), config).expect("a manager");
    for n in 0..3 {
        send(&create(&manager, &format!("s{n}")), "n = 0");
    }
    let counts: Vec<AtomicUsize> = (0..3).map(|_| AtomicUsize::new(0)).collect();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (manager, counts) = (&manager, &counts);
            scope.spawn(move || {
                for turn in 0..TURNS {
                    let n = (thread + turn) % 3;
                    match manager.attach(&id(&format!("s{n}"))) {
                        Ok(session) => {
                            send(&session, "n = n + 1");
                            counts[n].fetch_add(1, Ordering::Relaxed);
                        }
                        Err(error) => assert_eq!(error.kind(), ErrorKind::Attached, "{error}"),
                    }
                }
            });
        }
    });
    for (n, count) in counts.iter().enumerate() {
        let count = count.load(Ordering::Relaxed);
        check(&attach(&manager, &format!("s{n}")), "print(n)", &format!("{count}\n"));
    }
}

#[test]
fn a_session_that_may_not_be_left_is_put_to_disk() {
    let folder = folder();
    let quota = Quota { detached_sessions: Some(1), ..Quota::default() };
    let manager =
        Manager::new(engine(), ManagerConfig { quota, ..config(folder.path()) }).expect("a manager");
    for name in ["a", "b", "c"] {
        let session = create(&manager, name);
        send(&session, "n = 1");
        drop(session);
    }
    for name in ["a", "b", "c"] {
        let session = attach(&manager, name);
        check(&session, "n", "1\n");
        drop(session);
    }
}

// ---- quotas ---------------------------------------------------------------------------------------

#[test]
fn a_state_over_the_quota_is_not_saved_and_the_old_one_stays() {
    let folder = folder();
    let quota = Quota { stored: Some(100_000), ..Quota::default() };
    let manager =
        Manager::new(engine(), ManagerConfig { quota, ..config(folder.path()) }).expect("a manager");
    let session = create(&manager, "kept");
    send(&session, "n = 1");
    let noise = "n = 2 t = {} for i = 1, 30000 do t[i] = math.random(0) end";
    let message = fails(session.send(noise).expect("taken").wait(), ErrorKind::QuotaExceeded);
    assert!(message.contains("the manager has") && message.contains("100000"), "{message}");
    check_copied(&folder, "kept", "n", "1\n");
    fails(session.send("n").expect("taken").wait(), ErrorKind::QuotaExceeded);
    assert_eq!(text(&session), "2\n", "it goes on in memory");
    send(&session, "t = nil");
    check_copied(&folder, "kept", "n", "2\n");
}

#[test]
fn what_is_on_disk_counts_before_anybody_asks_for_it() {
    let folder = folder();
    let lab = TenantId::new("lab").expect("a name");
    let theirs = |name: &str, manager: &Manager| {
        let vm = VmConfig::default().tenant(lab.clone());
        manager.create_session(id(name), SessionConfig { vm, ..each_call() })
    };
    let first = manager(&folder);
    let mut made = 0;
    for n in 0..5 {
        theirs(&format!("s{n}"), &first).expect("a session");
        made += files(&folder, &format!("s{n}"))
            .iter()
            .map(|file| file.metadata().expect("a file").len())
            .sum::<u64>();
    }
    first.shutdown();
    let config = |stored| ManagerConfig {
        tenant_quota: Quota { stored: Some(stored), ..Quota::of_a_tenant() },
        ..config(folder.path())
    };
    let second = Manager::new(engine(), config(made + 100)).expect("a manager");
    let message = fails(theirs("more", &second), ErrorKind::QuotaExceeded);
    assert!(message.contains("tenant `lab`"), "{message}");
    assert_eq!(state(&second, "more"), None, "no half-made session");
    create(&second, "of-nobody");
    second.terminate(&id("s0")).expect("it was there");
    theirs("more", &second).expect("there is room");
    second.shutdown();
    let third = Manager::new(engine(), config(10)).expect("a manager");
    let session = attach(&third, "s1");
    fails(session.send("x = 1").expect("taken").wait(), ErrorKind::QuotaExceeded);
}

// ---- disks that fail ------------------------------------------------------------------------------

/// More operations than any call makes.
const MOST_OPERATIONS: usize = 200;

fn on(disk: &FaultDisk) -> Manager {
    manager_on(
        engine(),
        ManagerConfig { resident_sessions: 1, ..ManagerConfig::default() },
        Arc::new(disk.clone()),
    )
    .expect("a manager")
}

/// A disk with the sessions `a`, in which `n` is 1, and `b`.
fn prepared() -> FaultDisk {
    let disk = FaultDisk::default();
    let manager = on(&disk);
    send(&create(&manager, "a"), "n = 1");
    create(&manager, "b");
    manager.shutdown();
    disk
}

/// Lets each operation of a call fail, once and from then on, and looks at what is left. Gives how many calls
/// failed.
fn sweep<T>(
    begin: impl Fn(&Manager) -> T,
    call: impl Fn(&Manager, &T) -> bioxen_lua::Result<()>,
    end: impl Fn(&Manager, T, bool),
    found: impl Fn(&Manager, bool),
) -> usize {
    let mut failed = 0;
    for code in [ENOSPC, EIO] {
        for fault in [Fault::Once as fn(usize, i32) -> Fault, Fault::From] {
            for at in 0..=MOST_OPERATIONS {
                assert!(at < MOST_OPERATIONS, "the call never ends");
                let disk = prepared();
                let manager = on(&disk);
                let begun = begin(&manager);
                disk.inject(fault(at, code));
                let result = call(&manager, &begun);
                let reached = disk.heal();
                if let Err(error) = &result {
                    assert_eq!(error.kind(), ErrorKind::Storage, "operation {at}: {error}");
                    failed += 1;
                }
                if let Some(stored) = disk.after_power_cut().next() {
                    found(&on(&stored), result.is_ok());
                }
                end(&manager, begun, result.is_ok());
                check_healed(&manager, &disk);
                if !reached {
                    break;
                }
            }
        }
    }
    failed
}

/// Saving works again, and what it saves is there in the next process.
#[track_caller]
fn check_healed(manager: &Manager, disk: &FaultDisk) {
    send(&attach(manager, "b"), "healed = 'b'");
    assert_eq!(manager.shutdown().unsaved, []);
    let next = on(disk);
    check(&attach(&next, "b"), "print(healed)", "b\n");
}

#[track_caller]
fn number(session: &Session) -> bioxen_lua::Result<i64> {
    session.vm().get("n").expect("queued").wait()
}

#[test]
fn a_send_that_cannot_be_saved_keeps_its_state_for_the_next_one() {
    let failed = sweep(
        |manager| attach(manager, "a"),
        |_, session| session.send("n = 2").expect("taken").wait().map(|_| ()),
        |_, session, _| check(&session, "m = n print(n, m)", "2\t2\n"),
        |found, saved| {
            let n = number(&attach(found, "a")).expect("a whole state");
            assert!(n == 2 || n == 1 && !saved, "{n}");
        },
    );
    assert!(failed >= 10, "{failed}");
}

#[test]
fn a_session_that_cannot_be_saved_is_not_made() {
    let failed = sweep(
        |_| (),
        |manager, ()| manager.create_session(id("new"), each_call()).map(|_| ()),
        |manager, (), made| {
            assert_eq!(state(manager, "new").is_some(), made);
            if !made {
                fails(manager.attach(&id("new")), ErrorKind::NotFound);
                create(manager, "new");
            }
            check(&attach(manager, "new"), "print(n)", "nil\n");
        },
        |found, made| assert!(!made || state(found, "new") == Some(SessionState::Stored)),
    );
    assert!(failed >= 10, "{failed}");
}

#[test]
fn a_session_that_cannot_be_read_can_be_read_later() {
    let failed = sweep(
        |_| (),
        |manager, ()| manager.attach(&id("a")).map(|_| ()),
        |manager, (), _| assert_eq!(number(&attach(manager, "a")).expect("a number"), 1),
        |found, _| assert_eq!(number(&attach(found, "a")).expect("a number"), 1),
    );
    assert!(failed >= 4, "{failed}");
}

#[test]
fn a_session_that_cannot_be_removed_is_there_or_gone() {
    let failed = sweep(
        |manager| attach(manager, "a"),
        |_, session| session.terminate(),
        |manager, session, gone| {
            fails(session.send("n = 2"), ErrorKind::Terminated);
            match manager.terminate(&id("a")) {
                Ok(()) => assert!(!gone),
                Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error}"),
            }
            create(manager, "a");
        },
        |found, gone| {
            if let Some(state) = state(found, "a") {
                assert!(!gone && state == SessionState::Stored, "{state:?}");
            }
        },
    );
    assert!(failed >= 6, "{failed}");
}

#[test]
fn a_session_on_its_way_to_disk_and_back_is_never_lost() {
    let failed = sweep(
        |manager| {
            let session = attach(manager, "a");
            check(&session, "print('x')", "x\n"); // what was read has to be saved
            session
        },
        |manager, session| {
            manager.attach(&id("b"))?; // it takes the only place in memory
            number(session).map(|n| assert_eq!(n, 1))
        },
        |_, session, _| assert_eq!(number(&session).expect("a number"), 1),
        |found, _| assert_eq!(number(&attach(found, "a")).expect("a number"), 1),
    );
    assert!(failed >= 10, "{failed}");
}

#[test]
fn a_disk_that_fails_at_the_end_is_told_of() {
    let disk = prepared();
    let manager = on(&disk);
    let session = attach(&manager, "a");
    disk.inject(Fault::From(0, EIO));
    fails(session.send("n = 2").expect("taken").wait(), ErrorKind::Storage);
    assert_eq!(manager.shutdown().unsaved, [id("a")]);
    disk.heal();
    assert_eq!(number(&attach(&on(&disk), "a")).expect("a number"), 1);
}
