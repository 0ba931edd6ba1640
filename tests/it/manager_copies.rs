//! Copies of named VMs and of sessions: snapshots, restoring, forks, and another environment.

use std::sync::mpsc;
use std::thread;

use bioxen_lua::{
    Caller, ErrorKind, HostModule, Limits, ManagedVm, Manager, ManagerConfig, Mount, Persistence, Quota,
    SecondClient, Session, SessionConfig, SessionState, Snapshot, TenantId, VmConfig,
};

use crate::manager::{SPIN, create, id, integer, kind, manager, outcome};
use crate::support::engine;

#[track_caller]
fn snapshot(vm: &ManagedVm) -> Snapshot {
    vm.snapshot().expect("queued").wait().expect("a snapshot")
}

#[track_caller]
fn session(manager: &Manager, name: &str) -> Session {
    manager.create_session(id(name), VmConfig::default()).expect("a session")
}

/// What a session prints for some input.
#[track_caller]
fn answer(session: &Session, input: &str) -> String {
    session.send(input).expect("input is taken").wait().expect("it has run");
    session.read().expect("a client").to_text().into_owned()
}

fn with_quota(quota: Quota) -> Manager {
    Manager::new(engine(), ManagerConfig { quota, ..ManagerConfig::default() }).expect("a manager")
}

const COUNTER: &str = "local n = 0; function count() n = n + 1; return n end; count()";

// ---- named VMs ---------------------------------------------------------------------------------

#[test]
fn a_named_vm_is_copied_and_restored() {
    let manager = manager();
    let vm = create(&manager, "one");
    outcome(&vm, COUNTER);
    let taken = snapshot(&vm);
    let copy = manager.create_vm_from(id("two"), &taken, VmConfig::default()).expect("a copy");
    assert_eq!((integer(&vm, "return count()"), integer(&vm, "return count()")), (2, 3));
    assert_eq!(integer(&copy, "return count()"), 2, "it goes ways of its own");
    vm.restore(taken).expect("queued").wait().expect("restored");
    assert_eq!(integer(&vm, "return count()"), 2);
    let status = |name: &str| manager.get(&id(name)).expect("it is there").status().expect("it lives");
    assert!(status("one").memory > 0 && status("two").memory > 0);
    assert!(status("two").fuel < status("one").fuel, "each is counted for itself");
}

#[test]
fn a_snapshot_waits_for_the_jobs_before_it() {
    let manager = manager();
    let vm = create(&manager, "busy");
    let (open, opened) = mpsc::channel::<()>();
    let opened = std::sync::Mutex::new(opened);
    let wait = move |_: &mut Caller, ()| {
        let _ = opened.lock().map_err(|error| error.to_string())?.recv();
        Ok::<_, String>(())
    };
    let module = HostModule::new("m").blocking_function("wait", wait);
    let held = manager.create_vm(id("held"), VmConfig::default().module(module)).expect("a VM");
    let running = held.exec("x = 1; require('m').wait(); x = 2").expect("queued");
    let job = held.snapshot().expect("queued");
    let later = held.exec("x = 3").expect("queued");
    assert!(!job.is_finished(), "the VM is in the middle of a call");
    drop(open);
    let taken = job.wait().expect("a snapshot");
    running.wait().expect("it ended");
    later.wait().expect("it ended");
    vm.restore(taken).expect("queued").wait().expect("restored");
    assert_eq!(integer(&vm, "return x"), 2);
}

#[test]
fn a_fork_makes_all_names_or_none() {
    let manager = manager();
    let vm = create(&manager, "source");
    outcome(&vm, COUNTER);
    let names = |list: &[&str]| list.iter().map(|name| id(name)).collect::<Vec<_>>();
    let fork = |list: &[&str]| manager.fork_vm(&id("source"), names(list));
    let copies = fork(&["a", "b", "c"]).expect("queued").wait().expect("copies");
    assert_eq!(copies.iter().map(|vm| vm.id().as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert_eq!((integer(&copies[0], "return count()"), integer(&copies[2], "return count()")), (2, 2));
    assert_eq!(integer(&vm, "return count()"), 2);
    assert_eq!(kind(fork(&["d", "b"])), ErrorKind::Exists);
    assert_eq!(kind(fork(&["d", "d"])), ErrorKind::Exists);
    assert_eq!(kind(manager.fork_vm(&id("nobody"), names(&["d"]))), ErrorKind::NotFound);
    assert_eq!(manager.vms().expect("a list").len(), 4);
    assert!(fork(&[]).expect("queued").wait().expect("nothing").is_empty());
    copies[1].terminate().expect("it lives");
    fork(&["d", "b"]).expect("a name that is free again").wait().expect("copies");
}

#[test]
fn a_name_that_is_taken_while_a_fork_waits_is_refused_then() {
    let manager = manager();
    let vm = create(&manager, "source");
    let running = vm.exec("local n = 0; for i = 1, 3e7 do n = n + i end").expect("queued");
    let fork = manager.fork_vm(&id("source"), vec![id("first"), id("second")]).expect("free now");
    create(&manager, "second");
    running.wait().expect("it ended");
    assert_eq!(kind(fork.wait()), ErrorKind::Exists);
    assert_eq!(kind(manager.get(&id("first"))), ErrorKind::NotFound);
    create(&manager, "first");
}

#[test]
fn copies_are_counted_and_refused_as_others_are() {
    let manager = with_quota(Quota { vms: Some(3), ..Quota::default() });
    let vm = create(&manager, "source");
    let fork = |list: &[&str]| manager.fork_vm(&id("source"), list.iter().map(|name| id(name)).collect());
    assert_eq!(kind(fork(&["a", "b", "c"]).expect("queued").wait()), ErrorKind::QuotaExceeded);
    assert_eq!(manager.vms().expect("a list").len(), 1, "what was refused left nothing behind");
    fork(&["a", "b"]).expect("queued").wait().expect("just under");
    let taken = snapshot(&vm);
    let refused = manager.create_vm_from(id("c"), &taken, VmConfig::default());
    assert_eq!(kind(refused), ErrorKind::QuotaExceeded);
    manager.terminate(&id("a")).expect("it lives");
    manager.create_vm_from(id("c"), &taken, VmConfig::default()).expect("just under");
}

#[test]
fn a_snapshot_of_another_tenant_is_refused() {
    let manager = manager();
    let owned = |name: &str| VmConfig::default().tenant(TenantId::new(name).expect("a good name"));
    let vm = manager.create_vm(id("theirs"), owned("lab")).expect("a VM");
    let taken = snapshot(&vm);
    let refused = manager.create_vm_from(id("ours"), &taken, owned("clinic"));
    assert_eq!(kind(refused), ErrorKind::SnapshotOwner);
    assert_eq!(kind(manager.get(&id("ours"))), ErrorKind::NotFound, "the name is free");
    let other = manager.create_vm(id("ours"), owned("clinic")).expect("a VM");
    outcome(&other, "x = 1");
    let job = other.restore(taken.clone()).expect("queued");
    assert_eq!(kind(job.wait()), ErrorKind::SnapshotOwner);
    assert_eq!(integer(&other, "return x"), 1, "it is as before");
    assert_eq!(kind(manager.create_session_from(id("s"), &taken, owned("clinic"))), ErrorKind::SnapshotOwner);
    manager.create_session_from(id("s"), &taken, owned("lab")).expect("its own tenant");
}

#[test]
fn a_vm_without_a_state_gives_no_snapshot() {
    let manager = manager();
    let limits = Limits { fuel: Some(10_000_000), ..Limits::default() };
    let vm = manager.create_vm(id("stopped"), VmConfig::default().limits(limits)).expect("a VM");
    let taken = snapshot(&vm);
    vm.run("x = 1").expect("queued").wait().expect("it ended");
    assert_eq!(kind(vm.snapshot().expect("queued").wait()), ErrorKind::Ended);
    let fork = manager.fork_vm(&id("stopped"), vec![id("copy")]).expect("queued");
    assert_eq!(kind(fork.wait()), ErrorKind::Ended);
    vm.restore(taken.clone()).expect("queued").wait().expect("restored");
    outcome(&vm, SPIN);
    assert_eq!(kind(vm.snapshot().expect("queued").wait()), ErrorKind::Stopped);
    vm.restore(taken).expect("queued").wait().expect("restored");
    assert_eq!(integer(&vm, "return 1"), 1);
    vm.terminate().expect("it lives");
    assert_eq!(kind(vm.snapshot()), ErrorKind::Terminated);
    assert_eq!(kind(manager.fork_vm(&id("stopped"), vec![id("copy")])), ErrorKind::NotFound);
}

#[test]
fn terminating_against_copying_ends_in_a_copy_or_a_typed_error() {
    let manager = manager();
    let pair = |round: usize| [id(&format!("left{round}")), id(&format!("right{round}"))];
    for round in 0..200 {
        let vm = create(&manager, "source");
        outcome(&vm, "x = 7");
        let (taken, fork) = thread::scope(|scope| {
            let copying = scope.spawn(|| {
                let taken = vm.snapshot().and_then(|job| job.wait());
                let fork = manager.fork_vm(&id("source"), pair(round).to_vec());
                (taken, fork.and_then(|job| job.wait()))
            });
            (0..round * 20).for_each(|_| thread::yield_now());
            vm.terminate().expect("it lives");
            copying.join().expect("no panic")
        });
        if let Err(error) = taken {
            assert_eq!(error.kind(), ErrorKind::Terminated, "{error}");
        }
        let there: Vec<_> = manager.vms().expect("a list").into_iter().map(|status| status.id).collect();
        let there = pair(round).map(|name| there.contains(&name));
        match fork {
            Ok(copies) => {
                assert!(copies.iter().all(|copy| integer(copy, "return x") == 7));
                assert_eq!(there, [true, true]);
            }
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::Terminated | ErrorKind::NotFound), "{error}");
                assert_eq!(there, [false, false]);
            }
        }
    }
}

// ---- sessions ----------------------------------------------------------------------------------

#[test]
fn a_session_is_copied_and_restored() {
    let manager = manager();
    let one = session(&manager, "one");
    assert_eq!(
        answer(&one, "co = coroutine.wrap(function() for i = 1, 9 do coroutine.yield(i) end end)\nco()"),
        "1\n"
    );
    drop(one.send("print('before')").expect("queued"));
    let taken = one.snapshot().expect("queued").wait().expect("a snapshot");
    assert_eq!(answer(&one, "co()"), "before\n2\n", "its output stays its own");
    let two = manager.create_session_from(id("two"), &taken, VmConfig::default()).expect("a session");
    assert_eq!(answer(&two, "co()"), "2\n", "output is no part of a snapshot");
    one.send("for i = 1, 2 do").expect("queued").wait().expect("it is begun");
    one.restore(taken).expect("queued").wait().expect("restored");
    assert_eq!(one.status().state, SessionState::Idle, "what was begun is dropped");
    assert_eq!(answer(&one, "co()"), "2\n");
}

#[test]
fn a_session_that_has_ended_goes_on_from_a_snapshot() {
    let manager = manager();
    let session = session(&manager, "ended");
    let taken = session.snapshot().expect("queued").wait().expect("a snapshot");
    session.send("os.exit(3)").expect("queued").wait().expect("it has run");
    assert_eq!(kind(session.send("1")), ErrorKind::Ended);
    assert_eq!(kind(session.snapshot().expect("queued").wait()), ErrorKind::Ended);
    session.restore(taken).expect("queued").wait().expect("restored");
    assert_eq!(answer(&session, "1"), "1\n");
}

#[test]
fn a_fork_of_a_session_has_its_state_and_settings_and_its_own_output() {
    let manager = manager();
    let config = SessionConfig {
        vm: VmConfig::default().var("LANG", "lua"),
        second_client: SecondClient::Share,
        ..SessionConfig::default()
    };
    let source = manager.create_session(id("source"), config).expect("a session");
    assert_eq!(answer(&source, "x = 1 print('seen')"), "seen\n");
    drop(source.send("x = x + 1 print('unread')").expect("queued"));
    let copies = source.fork(vec![id("a"), id("b")]).expect("queued").wait().expect("copies");
    for copy in &copies {
        assert_eq!(answer(copy, "x, os.getenv('LANG')"), "2\tlua\n");
    }
    assert_eq!(source.read().expect("a client").to_text(), "unread\n");
    manager.attach(&id("a")).expect("its settings let a second client in");
    assert_eq!(kind(source.fork(vec![id("c"), id("a")])), ErrorKind::Exists);
    assert_eq!(kind(manager.attach(&id("c"))), ErrorKind::NotFound);
    let plain = manager.fork_vm(&id("source"), vec![id("plain")]).expect("queued").wait().expect("a VM");
    assert_eq!(outcome(&plain[0], "print(x)").stdout.to_text(), "2\n", "its output is its own");
    assert_eq!(kind(manager.attach(&id("plain"))), ErrorKind::NotFound);
}

#[test]
fn another_environment_comes_under_the_same_state() {
    let manager = manager();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("codon.lua"), "return {start = 'ATG'}").expect("a file");
    let session = session(&manager, "moves");
    assert!(answer(&session, "x = 'kept' print(pcall(require, 'codon'))").starts_with("false"));
    let environment = VmConfig::default()
        .mount(Mount::read_only(folder.path(), "/lib").expect("a mount"))
        .var("LANG", "lua")
        .module(HostModule::new("m").function("f", |_: &mut Caller, ()| Ok::<_, String>(7)));
    session.set_environment(environment).expect("queued").wait().expect("it moved");
    let told = answer(&session, "x, require('codon').start, os.getenv('LANG'), require('m').f()");
    assert_eq!(told, "kept\tATG\tlua\t7\n", "its output goes where it went");
    let copies = session.fork(vec![id("copy")]).expect("queued").wait().expect("copies");
    assert_eq!(answer(&copies[0], "x, os.getenv('LANG')"), "kept\tlua\n", "a fork has it too");
    let twice = VmConfig::default().module(HostModule::new("m")).module(HostModule::new("m"));
    assert_eq!(kind(session.set_environment(twice).expect("queued").wait()), ErrorKind::InvalidConfig);
    assert_eq!(answer(&session, "x, os.getenv('LANG')"), "kept\tlua\n");
}

#[test]
fn a_client_that_left_copies_nothing() {
    let manager = manager();
    let session = session(&manager, "left");
    let taken = session.snapshot().expect("queued").wait().expect("a snapshot");
    session.detach().expect("attached");
    assert_eq!(kind(session.snapshot()), ErrorKind::Detached);
    assert_eq!(kind(session.restore(taken)), ErrorKind::Detached);
    assert_eq!(kind(session.fork(vec![id("a")])), ErrorKind::Detached);
    assert_eq!(kind(session.set_environment(VmConfig::default())), ErrorKind::Detached);
    assert_eq!(kind(session.export()), ErrorKind::Detached);
    assert_eq!(kind(session.import("")), ErrorKind::Detached);
}

// ---- on disk -----------------------------------------------------------------------------------

fn on_disk(folder: &tempfile::TempDir) -> Manager {
    let state_dir = Some(folder.path().join("states"));
    Manager::new(engine(), ManagerConfig { state_dir, ..ManagerConfig::default() }).expect("a manager")
}

fn persistent() -> SessionConfig {
    SessionConfig { persistence: Persistence::EachCall, ..SessionConfig::default() }
}

#[test]
fn copies_of_persistent_sessions_are_persistent() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = on_disk(&folder);
    let source = first.create_session(id("source"), persistent()).expect("a session");
    assert_eq!(answer(&source, "x = 1 print('seen')"), "seen\n");
    let taken = source.snapshot().expect("queued").wait().expect("a snapshot");
    first.create_session_from(id("from"), &taken, persistent()).expect("a session");
    source.send("x = 2").expect("queued").wait().expect("it has run");
    let _ = source.fork(vec![id("a"), id("b")]).expect("queued").wait().expect("copies");
    source.restore(taken).expect("queued").wait().expect("restored, and on disk");
    first.shutdown();
    let second = on_disk(&folder);
    for (name, x) in [("source", "1\n"), ("from", "1\n"), ("a", "2\n"), ("b", "2\n")] {
        assert_eq!(answer(&second.attach(&id(name)).expect("it is on disk"), "x"), x, "{name}");
    }
    second.shutdown();
    let third = on_disk(&folder);
    let source = third.attach(&id("source")).expect("it is on disk");
    assert_eq!(
        kind(source.fork(vec![id("c"), id("a")])),
        ErrorKind::Exists,
        "also of one that is on disk alone"
    );
    assert_eq!(kind(third.attach(&id("c"))), ErrorKind::NotFound);
}

#[test]
fn a_session_that_has_ended_goes_on_in_another_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = on_disk(&folder);
    let session = first.create_session(id("ended"), persistent()).expect("a session");
    assert_eq!(answer(&session, "x = 7 print(x)"), "7\n");
    let taken = session.snapshot().expect("queued").wait().expect("a snapshot");
    session.send("print('bye') os.exit(3)").expect("queued").wait().expect("it has run");
    first.shutdown();
    let second = on_disk(&folder);
    let session = second.attach(&id("ended")).expect("it is on disk");
    assert_eq!(session.status().state, SessionState::Ended(3));
    assert_eq!(kind(session.snapshot().expect("queued").wait()), ErrorKind::Ended);
    session.restore(taken).expect("queued").wait().expect("restored");
    assert_eq!(answer(&session, "x"), "bye\n7\n");
    second.shutdown();
    let session = on_disk(&folder).attach(&id("ended")).expect("it is on disk");
    assert_eq!(session.status().state, SessionState::Terminated, "its manager is gone");
    let third = on_disk(&folder);
    assert_eq!(answer(&third.attach(&id("ended")).expect("it is on disk"), "x"), "7\n");
}

#[test]
fn a_fork_that_is_refused_leaves_nothing_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let state_dir = Some(folder.path().join("states"));
    let quota = Quota { vms: Some(3), ..Quota::default() };
    let config = ManagerConfig { quota, state_dir, ..ManagerConfig::default() };
    let manager = Manager::new(engine(), config).expect("a manager");
    let source = manager.create_session(id("source"), persistent()).expect("a session");
    let fork = source.fork(vec![id("a"), id("b"), id("c")]).expect("queued");
    assert_eq!(kind(fork.wait()), ErrorKind::QuotaExceeded);
    let names: Vec<_> = manager.sessions().expect("listed").into_iter().map(|status| status.id).collect();
    assert_eq!(names, [id("source")]);
    manager.shutdown();
    let names: Vec<_> =
        on_disk(&folder).sessions().expect("listed").into_iter().map(|status| status.id).collect();
    assert_eq!(names, [id("source")]);
}
