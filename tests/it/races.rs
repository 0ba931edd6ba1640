//! Many threads at once, each against what a sequential model says.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use bioxen_lua::{
    ErrorKind, Failure, HostModule, ManagedVm, Manager, ManagerConfig, OnStop, Quota, VmConfig, VmId,
};

use crate::manager::{SPIN, create, id, integer, kind, manager};
use crate::support::engine;

/// Threads that operate on one manager.
const THREADS: u64 = 16;

/// Operations of all threads together, unless `BIOXEN_RANDOM_OPERATIONS` asks for more.
const OPERATIONS: u64 = 1_000_000;

/// Names that each thread has for itself, and names that all of them share.
const NAMES: u64 = 4;

/// Numbers that look random and repeat: xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}

fn operations() -> u64 {
    let more = std::env::var("BIOXEN_RANDOM_OPERATIONS").ok();
    more.map_or(OPERATIONS, |more| more.parse().expect("a number of operations"))
}

/// What one thread knows of its own VMs: the number of calls that each has had.
struct Model<'a> {
    manager: &'a Manager,
    thread: u64,
    random: Random,
    calls: HashMap<VmId, i64>,
    handles: HashMap<VmId, ManagedVm>,
}

impl Model<'_> {
    /// Most operations are cheap, so that threads meet often.
    fn step(&mut self) {
        let own = id(&format!("own-{}-{}", self.thread, self.random.below(NAMES)));
        match self.random.below(1_000) {
            0..900 => self.get(&own),
            900..930 => self.exec(&own),
            930..950 => self.handle(&own),
            950..970 => self.create(own),
            970..985 => self.terminate(&own),
            985..986 => self.list(),
            _ => {}
        }
    }

    fn get(&self, id: &VmId) {
        match self.calls.contains_key(id) {
            true => assert_eq!(self.manager.get(id).expect("it lives").id(), id),
            false => assert_eq!(kind(self.manager.get(id)), ErrorKind::NotFound),
        }
    }

    fn exec(&mut self, id: &VmId) {
        let result = self.manager.exec(id, "n = (n or 0) + 1 return n");
        let Some(calls) = self.calls.get_mut(id) else {
            return assert_eq!(kind(result), ErrorKind::NotFound);
        };
        *calls += 1;
        let outcome = result.expect("queued").wait().expect("an outcome");
        assert_eq!(outcome.value::<i64>().expect("a number"), *calls);
    }

    /// A handle outlives its VM, and then reaches no other one of that name.
    fn handle(&self, id: &VmId) {
        match (self.handles.get(id), self.calls.contains_key(id)) {
            (None, _) => {}
            (Some(handle), true) => drop(handle.status().expect("it lives")),
            (Some(handle), false) => assert_eq!(kind(handle.interrupt()), ErrorKind::Terminated),
        }
    }

    fn create(&mut self, id: VmId) {
        let made = self.manager.create_vm(id.clone(), VmConfig::default());
        match self.calls.contains_key(&id) {
            true => assert_eq!(kind(made), ErrorKind::Exists),
            false => {
                self.handles.insert(id.clone(), made.expect("the name is free"));
                self.calls.insert(id, 0);
            }
        }
    }

    fn terminate(&mut self, id: &VmId) {
        match self.calls.remove(id) {
            Some(_) => self.manager.terminate(id).expect("it lives"),
            None => assert_eq!(kind(self.manager.terminate(id)), ErrorKind::NotFound),
        }
    }

    fn list(&self) {
        let prefix = format!("own-{}-", self.thread);
        let list = self.manager.vms().expect("a list");
        let own = list.iter().filter(|vm| vm.id.as_str().starts_with(&prefix));
        let own: Vec<_> = own.map(|vm| vm.id.clone()).collect();
        let mut expected: Vec<_> = self.calls.keys().cloned().collect();
        expected.sort();
        assert_eq!(own, expected);
    }
}

/// Operations on names that all threads share: each answer is one of those that some order explains, and
/// the sums agree in the end.
fn shared_step(manager: &Manager, random: &mut Random, alive: &AtomicI64) {
    let name = id(&format!("shared-{}", random.below(NAMES)));
    match random.below(4) {
        0 => match manager.create_vm(name, VmConfig::default()) {
            Ok(_) => drop(alive.fetch_add(1, Ordering::SeqCst)),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Exists),
        },
        1 => match manager.terminate(&name) {
            Ok(()) => drop(alive.fetch_sub(1, Ordering::SeqCst)),
            Err(error) => assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Terminated)),
        },
        _ => match manager.exec(&name, "return 7").and_then(bioxen_lua::Job::wait) {
            Ok(outcome) => assert_eq!(outcome.value::<i64>().expect("a number"), 7),
            Err(error) => assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Terminated)),
        },
    }
}

#[test]
fn random_operations_agree_with_a_sequential_model() {
    let config = ManagerConfig { quota: Quota::none(), ..ManagerConfig::default() };
    let manager = Manager::new(engine(), config).expect("a manager");
    let alive = AtomicI64::new(0);
    let own = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (manager, alive, own) = (&manager, &alive, &own);
            scope.spawn(move || {
                let random = Random(0x9e37_79b9_7f4a_7c15 ^ (thread + 1));
                let (calls, handles) = (HashMap::new(), HashMap::new());
                let mut model = Model { manager, thread, random, calls, handles };
                for at in 0..operations() / THREADS {
                    model.step();
                    if at % 64 == 0 {
                        shared_step(manager, &mut model.random, alive);
                    }
                }
                own.fetch_add(model.calls.len() as u64, Ordering::SeqCst);
            });
        }
    });
    let list = manager.vms().expect("a list");
    let shared = list.iter().filter(|vm| vm.id.as_str().starts_with("shared-")).count();
    assert_eq!(shared as i64, alive.load(Ordering::SeqCst));
    assert_eq!((list.len() - shared) as u64, own.load(Ordering::SeqCst));
}

#[test]
fn every_job_ends_once_when_its_vm_is_terminated() {
    let manager = manager();
    for round in 0..10_000_u64 {
        let vm = create(&manager, "one");
        let jobs: Vec<_> = (0..3).filter_map(|at| vm.exec(format!("return {at}")).ok()).collect();
        assert_eq!(jobs.len(), 3);
        if round % 2 == 0 {
            std::thread::yield_now();
        }
        std::thread::scope(|scope| {
            let late = scope.spawn(|| vm.exec("return 3"));
            vm.terminate().expect("it lives");
            match late.join().expect("no panic") {
                Ok(job) => drop(job.wait()),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Terminated),
            }
        });
        let mut ended = false;
        for (at, job) in jobs.into_iter().enumerate() {
            match job.wait() {
                Ok(outcome) => {
                    assert!(!ended, "a job ran behind one that was terminated");
                    assert_eq!(outcome.value::<usize>().expect("a number"), at);
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Terminated);
                    ended = true;
                }
            }
        }
    }
}

#[test]
fn cancelling_hits_one_job_whenever_it_comes() {
    let manager = manager();
    let vm = manager.create_vm(id("one"), VmConfig::default().on_stop(OnStop::RollBack)).expect("a VM");
    for round in 0..3_000 {
        let first = vm.exec("for i = 1, 100 do end return 1").expect("queued");
        let second = vm.exec("return 2").expect("queued");
        (0..round % 50).for_each(|_| std::hint::spin_loop());
        first.cancel();
        let second = second.wait().expect("an outcome");
        assert_eq!(second.value::<i64>().expect("the next job is not touched"), 2);
        match first.wait().expect("an outcome").result {
            Ok(values) => assert_eq!(values.len(), 1),
            Err(failure) => assert_eq!(failure, Failure::Interrupted),
        }
    }
}

#[test]
fn cancelling_is_never_lost() {
    let manager = manager();
    let module = HostModule::new("m")
        .async_function("wait", |_, ()| std::future::pending::<Result<(), String>>())
        .function("short", |_, ()| Ok::<_, String>(()));
    let config = VmConfig::default().module(module).on_stop(OnStop::RollBack);
    let vm = manager.create_vm(id("one"), config).expect("a VM");
    integer(&vm, "m = require('m') return 1");
    for round in 0..1_000_u32 {
        let chunk = if round % 2 == 0 { SPIN } else { "m.wait()" };
        let job = vm.exec(chunk).expect("queued");
        match round % 4 {
            0 | 1 => {}
            _ => std::thread::sleep(Duration::from_micros(u64::from(round % 300))),
        }
        job.cancel();
        assert_eq!(job.wait().expect("an outcome").result, Err(Failure::Interrupted));
    }
}
