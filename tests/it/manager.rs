//! Named VMs: order, names, what runs at once, how jobs are stopped, and how a manager ends.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use bioxen_lua::{ErrorKind, Failure, ManagedVm, Manager, ManagerConfig, VmConfig, VmId};

use crate::support::engine;

fn manager() -> Manager {
    Manager::new(engine(), ManagerConfig::default()).expect("a manager")
}

fn id(name: &str) -> VmId {
    VmId::new(name).expect("a good name")
}

#[track_caller]
fn create(manager: &Manager, name: &str) -> ManagedVm {
    manager.create_vm(id(name), VmConfig::default()).expect("a VM")
}

#[track_caller]
fn integer(vm: &ManagedVm, chunk: &str) -> i64 {
    let outcome = vm.exec(chunk).expect("the VM takes jobs").wait().expect("an outcome");
    outcome.value().unwrap_or_else(|error| panic!("{chunk}: {error}"))
}

/// Never ends by itself before the limits of a call.
const SPIN: &str = "while true do end";

#[test]
fn jobs_of_one_vm_run_in_order() {
    let manager = manager();
    let vm = create(&manager, "one");
    vm.exec("list = {}").expect("queued").wait().expect("ran");
    let jobs: Vec<_> =
        (1..=100).map(|at| vm.exec(format!("list[#list + 1] = {at}")).expect("queued")).collect();
    assert_eq!(integer(&vm, "for i = 1, 100 do assert(list[i] == i) end return #list"), 100);
    assert!(jobs.iter().all(|job| job.is_finished()));
}

#[test]
fn a_name_is_taken_once() {
    let manager = manager();
    let start = Barrier::new(64);
    let made: Vec<_> = std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..64)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    manager.create_vm(id("wanted"), VmConfig::default())
                })
            })
            .collect();
        tasks.into_iter().map(|task| task.join().expect("no panic")).collect()
    });
    assert_eq!(made.iter().filter(|result| result.is_ok()).count(), 1);
    for error in made.into_iter().filter_map(Result::err) {
        assert_eq!(error.kind(), ErrorKind::Exists);
    }
    assert_eq!(manager.vms().expect("a list").len(), 1);
}

#[test]
fn a_running_call_ends_when_its_vm_is_terminated() {
    let manager = manager();
    let vm = create(&manager, "spinning");
    let running = vm.exec(SPIN).expect("queued");
    let queued = vm.exec("return 1").expect("queued");
    let begun = Instant::now();
    manager.terminate(vm.id()).expect("it lives");
    for job in [running, queued] {
        assert_eq!(job.wait().expect_err("terminated").kind(), ErrorKind::Terminated);
    }
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert_eq!(vm.exec("return 1").expect_err("gone").kind(), ErrorKind::Terminated);
    assert_eq!(manager.get(vm.id()).expect_err("gone").kind(), ErrorKind::NotFound);
    assert_eq!(integer(&create(&manager, "spinning"), "return 1"), 1, "the name is free");
}

#[test]
fn cancelling_stops_one_job_only() {
    let manager = manager();
    let vm = create(&manager, "one");
    let running = vm.exec(SPIN).expect("queued");
    let queued = vm.exec("x = 1").expect("queued");
    queued.cancel();
    running.cancel();
    for job in [running, queued] {
        assert_eq!(job.wait().expect("an outcome").result, Err(Failure::Interrupted));
    }
    vm.reset().expect("queued").wait().expect("fresh");
    assert_eq!(integer(&vm, "assert(x == nil) return 1"), 1);
}

#[test]
fn dropping_a_manager_with_spinning_vms_ends_them() {
    let manager = manager();
    let jobs: Vec<_> =
        (0..100).map(|at| create(&manager, &format!("vm{at}")).exec(SPIN).expect("queued")).collect();
    let begun = Instant::now();
    drop(manager);
    assert!(begun.elapsed() < Duration::from_secs(2), "it took {:?}", begun.elapsed());
    for job in jobs {
        assert_eq!(job.wait().expect_err("terminated").kind(), ErrorKind::Terminated);
    }
}
