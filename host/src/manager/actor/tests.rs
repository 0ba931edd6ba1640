//! What only those who hold an actor see.

use std::sync::atomic::AtomicUsize;

use super::*;
use crate::config::{OnStop, VmConfig};
use crate::engine::{Engine, EngineConfig};
use crate::func::HostModule;
use crate::manager::{Manager, ManagerConfig};
use crate::vm::Vm;

fn manager() -> (Engine, Manager) {
    let engine = Engine::with(EngineConfig { live_vms: 2, ..EngineConfig::default() }).expect("an engine");
    let manager = Manager::new(&engine, ManagerConfig::default()).expect("a manager");
    (engine, manager)
}

#[test]
fn cancelling_a_job_stops_all_its_calls() {
    let (_engine, manager) = manager();
    let module = HostModule::new("m")
        .async_function("wait", |_, ()| std::future::pending::<std::result::Result<(), String>>());
    let config = VmConfig::default().module(module).on_stop(OnStop::RollBack);
    let actor = manager.create(VmId::new("one").expect("a name"), config).expect("a VM");
    let (begin, begun) = std::sync::mpsc::channel();
    let job = actor.submit(Box::new(move |vm| {
        Box::pin(async move {
            begin.send(()).expect("the test waits");
            let spun = vm.exec("while true do end").await?.result;
            // It begins in the poll that ended the first one, and nobody wakes it.
            Ok([spun, vm.exec("require('m').wait()").await?.result])
        })
    }));
    let job = job.expect("queued");
    begun.recv().expect("it begins");
    let cancelled = Instant::now();
    job.cancel();
    let results = job.wait().expect("it began");
    assert!(cancelled.elapsed() < Duration::from_secs(2), "the deadline of the second call woke it");
    assert_eq!(results, [Err(Failure::Interrupted), Err(Failure::Interrupted)]);
}

#[test]
fn a_vm_that_was_put_away_comes_back_with_its_next_job() {
    let (engine, manager) = manager();
    let id = VmId::new("one").expect("a name");
    let actor = manager.create(id, VmConfig::default()).expect("a VM");
    let calls = Arc::new(AtomicUsize::new(0));
    let recall: Recall = {
        let (calls, engine) = (calls.clone(), engine.clone());
        Arc::new(move || {
            let (call, engine) = (calls.fetch_add(1, Ordering::Relaxed), engine.clone());
            Box::pin(async move {
                let mut vm = Vm::new(&engine, VmConfig::default())?;
                vm.exec("where = 'back'").await?;
                if call == 0 { Err(Error::new(ErrorKind::Storage, "not now")) } else { Ok(vm) }
            })
        })
    };
    let put = actor.put_away(Box::new(move |_| Box::pin(async move { Ok(recall) })));
    put.expect("queued").wait().expect("put away");
    let status = actor.status().expect("it lives");
    assert_eq!((status.state, status.memory), (VmState::Stored, 0));
    let where_is_it = || actor.submit_call(Box::new(|vm| Box::pin(vm.exec("return where")))).expect("queued");
    assert_eq!(where_is_it().wait().expect_err("not yet").kind(), ErrorKind::Storage);
    assert_eq!(actor.status().expect("it lives").state, VmState::Stored, "it can be asked again");
    let outcome = where_is_it().wait().expect("an outcome");
    assert_eq!(outcome.value::<String>().expect("text"), "back");
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    assert_eq!(actor.status().expect("it lives").state, VmState::Idle);
}

/// A waker of the host that does not keep its part of the contract.
struct Panics;

impl std::task::Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("a waker that panics");
    }
}

#[test]
fn a_waker_that_panics_ends_the_vm_and_leaves_nobody_waiting() {
    let (_engine, manager) = manager();
    let actor = manager.create(VmId::new("one").expect("a name"), VmConfig::default()).expect("a VM");
    let (go_on, waits) = tokio::sync::oneshot::channel::<()>();
    let first = actor.submit(Box::new(move |_| {
        Box::pin(async move {
            let _ = waits.await;
            Ok(())
        })
    }));
    let mut first = Box::pin(first.expect("queued"));
    let waker = std::task::Waker::from(Arc::new(Panics));
    assert!(first.as_mut().poll(&mut std::task::Context::from_waker(&waker)).is_pending());
    let second = actor.submit_call(Box::new(|vm| Box::pin(vm.exec("return 2")))).expect("queued");
    let (tell, told) = std::sync::mpsc::channel();
    let waiting = std::thread::spawn(move || {
        let ended = second.wait().map(|outcome| outcome.result.is_ok());
        tell.send(ended.map_err(|error| error.kind())).expect("the test waits");
    });
    go_on.send(()).expect("it waits");
    let second = told.recv_timeout(Duration::from_secs(20)).expect("it ends");
    assert_eq!(second.expect_err("the VM is gone"), ErrorKind::Terminated);
    waiting.join().expect("it ended");
    assert!(!actor.is_alive());
}

#[test]
fn the_lines_of_one_statement_count_their_fuel_once() {
    let (_engine, manager) = manager();
    let fuel = 200_000_000;
    let limits = crate::Limits { fuel: Some(fuel), ..crate::Limits::default() };
    let session = manager
        .create_session(VmId::new("one").expect("a name"), VmConfig::default().limits(limits))
        .expect("a session");
    let lines = format!("x = {{\n{}}}\n", "1,\n".repeat(200));
    let sent = session.send(&lines).expect("queued").wait().expect("it runs");
    assert_eq!((sent.statements, sent.failed), (1, 0), "{sent:?}");
    let used = session.vm().status().expect("it lives").fuel;
    assert!(used <= fuel, "one statement may use {fuel}, {used} were counted");
}

fn rolling_back(manager: &Manager) -> Arc<Actor> {
    let limits = crate::Limits { fuel: Some(100_000_000), ..crate::Limits::default() };
    let config = VmConfig::default().on_stop(OnStop::RollBack).limits(limits);
    manager.create(VmId::new("rolling").expect("a name"), config).expect("a VM")
}

fn run(actor: &Arc<Actor>, source: &'static str) -> Result<Outcome> {
    actor.submit_call(Box::new(move |vm| Box::pin(vm.exec(source)))).expect("queued").wait()
}

fn used(actor: &Actor) -> u64 {
    actor.status().expect("it lives").memory
}

#[test]
fn the_state_before_a_call_counts_as_soon_as_it_is_kept() {
    const SIZE: u64 = 8 << 20;
    let (_engine, manager) = manager();
    let actor = rolling_back(&manager);
    run(&actor, "x = ('x'):rep(1 << 10):rep(8 << 10)").expect("it runs").value::<()>().expect("nothing");
    let alone = used(&actor);
    let snapshot = actor.submit(Box::new(|vm| Box::pin(async move { vm.snapshot().await })));
    let snapshot = snapshot.expect("queued").wait().expect("a snapshot");
    assert!(used(&actor) >= alone + SIZE, "{} bytes, {alone} without a checkpoint", used(&actor));
    actor.submit(Box::new(|vm| Box::pin(async move { vm.reset() }))).expect("queued").wait().expect("fresh");
    assert!(used(&actor) < SIZE, "{}", used(&actor));
    let job = actor.submit(Box::new(move |vm| Box::pin(async move { vm.restore(&snapshot) })));
    job.expect("queued").wait().expect("restored");
    assert!(used(&actor) >= alone + SIZE, "{} bytes when it is restored", used(&actor));
    manager.terminate(actor.id()).expect("it lived");
    assert_eq!(manager.shared().tenants.accounts(None).memory.used(), 0);
}

#[test]
fn a_call_that_has_no_room_for_its_checkpoint_is_refused_until_there_is_some() {
    let engine = Engine::new().expect("an engine");
    let quota = crate::Quota { memory: Some(40 << 20), ..crate::Quota::default() };
    let manager = Manager::new(&engine, ManagerConfig { quota, ..ManagerConfig::default() });
    let manager = manager.expect("a manager");
    let ballast = VmId::new("ballast").expect("a name");
    let other = manager.create(ballast.clone(), VmConfig::default()).expect("a VM");
    let actor = rolling_back(&manager);
    run(&actor, "n = 1").expect("it runs");
    run(&actor, "x = ('x'):rep(1 << 10):rep(8 << 10); n = 2")
        .expect("it runs")
        .value::<()>()
        .expect("nothing");
    run(&other, "x = ('x'):rep(1 << 10):rep(8 << 10)").expect("it runs").value::<()>().expect("nothing");
    let before = used(&actor);
    for _ in 0..2 {
        assert_eq!(run(&actor, "n = 3").expect_err("no room").kind(), ErrorKind::QuotaExceeded);
        assert!(used(&actor) <= before, "{} bytes, {before} before it was refused", used(&actor));
    }
    manager.terminate(&ballast).expect("it lived");
    let stopped = run(&actor, "n = 4; x = nil; while true do end").expect("it runs");
    assert!(stopped.result.is_err());
    let state = run(&actor, "return n .. #x").expect("it runs").value::<String>().expect("text");
    assert_eq!(state, "28388608");
}
