//! Named VMs: order, names, what runs at once, how jobs are stopped, and what host functions may ask.

use std::sync::{Arc, Barrier, OnceLock, mpsc};
use std::time::{Duration, Instant};

use bioxen_lua::{
    Error, ErrorKind, Failure, HostModule, Job, Limits, ManagedVm, Manager, ManagerConfig, OnStop, Outcome,
    TenantId, Vm, VmConfig, VmId, VmState,
};

use crate::support::{engine, raised};

pub fn manager() -> Manager {
    Manager::new(engine(), ManagerConfig::default()).expect("a manager")
}

pub fn id(name: &str) -> VmId {
    VmId::new(name).expect("a good name")
}

#[track_caller]
pub fn create(manager: &Manager, name: &str) -> ManagedVm {
    manager.create_vm(id(name), VmConfig::default()).expect("a VM")
}

#[track_caller]
fn with(manager: &Manager, name: &str, module: HostModule) -> ManagedVm {
    manager.create_vm(id(name), VmConfig::default().module(module)).expect("a VM")
}

#[track_caller]
pub fn outcome(vm: &ManagedVm, chunk: &str) -> Outcome {
    vm.exec(chunk).expect("the VM takes jobs").wait().expect("an outcome")
}

#[track_caller]
pub fn integer(vm: &ManagedVm, chunk: &str) -> i64 {
    outcome(vm, chunk).value().unwrap_or_else(|error| panic!("{chunk}: {error}"))
}

#[track_caller]
fn text(vm: &ManagedVm, chunk: &str) -> String {
    outcome(vm, chunk).value().unwrap_or_else(|error| panic!("{chunk}: {error}"))
}

#[track_caller]
pub fn kind<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorKind {
    result.expect_err("an error").kind()
}

/// Never ends by itself before the limits of a call.
pub const SPIN: &str = "while true do end";

/// A function `m.wait` that waits until it is told, and tells when it begins.
struct Gate {
    module: HostModule,
    begun: mpsc::Receiver<()>,
    open: mpsc::Sender<()>,
}

impl Gate {
    fn new(blocking: bool) -> Gate {
        let (begin, begun) = mpsc::channel();
        let (open, opened) = mpsc::channel();
        let opened = std::sync::Mutex::new(opened);
        let wait = move |_: &mut bioxen_lua::Caller, ()| {
            begin.send(()).map_err(|error| error.to_string())?;
            // When the sender is gone the function ends too.
            let _ = opened.lock().map_err(|error| error.to_string())?.recv();
            Ok::<_, String>(7)
        };
        let module = HostModule::new("m");
        let module =
            if blocking { module.blocking_function("wait", wait) } else { module.function("wait", wait) };
        Gate { module, begun, open }
    }
}

#[test]
fn the_types_travel_between_threads() {
    fn travels<T: Send + Sync + 'static>() {}
    travels::<Manager>();
    travels::<ManagedVm>();
    travels::<Job>();
    travels::<Job<String>>();
}

#[test]
fn jobs_of_one_vm_run_in_order() {
    let manager = manager();
    let vm = create(&manager, "one");
    vm.exec("list = {}").expect("queued").wait().expect("ran");
    let jobs: Vec<_> =
        (1..=100).map(|at| vm.exec(format!("list[#list + 1] = {at}")).expect("queued")).collect();
    assert_eq!(integer(&vm, "for i = 1, 100 do assert(list[i] == i) end return #list"), 100);
    assert!(jobs.iter().all(Job::is_finished));
}

#[test]
fn a_vm_can_do_all_that_a_vm_can() {
    let manager = manager();
    let vm = create(&manager, "one");
    vm.set("x", 20).expect("queued").wait().expect("set");
    assert_eq!(vm.get::<i64>("x").expect("queued").wait().expect("there"), 20);
    assert_eq!(vm.line("x + 1").expect("queued").wait().expect("ran").stdout.to_text(), "21\n");
    outcome(&vm, "function double(n) return n * 2 end");
    let doubled = vm.call("double", 21).expect("queued").wait().expect("ran");
    assert_eq!(doubled.value::<i64>().expect("a number"), 42);
    assert_eq!(kind(vm.call("nobody", ()).expect("queued").wait()), ErrorKind::NotFound);
    vm.reset().expect("queued").wait().expect("fresh");
    assert_eq!(vm.get::<Option<i64>>("x").expect("queued").wait().expect("nil"), None);
    vm.run("print('bye')").expect("queued").wait().expect("ran");
    assert_eq!(kind(vm.exec("return 1").expect("queued").wait()), ErrorKind::Ended);
    assert_eq!(kind(vm.set("x", u64::MAX)), ErrorKind::InvalidValue);
}

#[test]
fn different_vms_run_at_once() {
    let manager = manager();
    let meeting = Arc::new(Barrier::new(4));
    let module = HostModule::new("m").blocking_function("meet", move |_, ()| {
        meeting.wait();
        Ok::<_, String>(())
    });
    let jobs: Vec<_> = (0..4)
        .map(|at| {
            let vm = with(&manager, &format!("vm{at}"), module.clone());
            vm.exec("require('m').meet() return 1").expect("queued")
        })
        .collect();
    for job in jobs {
        assert_eq!(job.wait().expect("an outcome").value::<i64>().expect("they met"), 1);
    }
}

#[test]
fn spinning_vms_delay_no_other() {
    let manager = manager();
    let config = || VmConfig::default().limits(Limits { fuel: Some(10_000_000_000), ..Limits::default() });
    let spinning: Vec<_> = (0..20)
        .map(|at| manager.create_vm(id(&format!("spin{at}")), config()).expect("a VM").exec(SPIN))
        .collect();
    let ping = create(&manager, "ping");
    let mut times: Vec<_> = (0..200)
        .map(|_| {
            let begun = Instant::now();
            assert_eq!(integer(&ping, "return 1"), 1);
            begun.elapsed()
        })
        .collect();
    times.sort();
    let late = times[times.len() * 99 / 100];
    assert!(late < Duration::from_millis(100), "the 99th percentile is {late:?}");
    drop(spinning);
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
fn a_name_that_could_not_be_used_is_free() {
    let manager = manager();
    let bad = VmConfig::default().var("A=B", "");
    assert_eq!(kind(manager.create_vm(id("one"), bad)), ErrorKind::InvalidConfig);
    assert_eq!(kind(manager.get(&id("one"))), ErrorKind::NotFound);
    create(&manager, "one");
}

#[test]
fn bad_names_are_refused() {
    let long = "a".repeat(10 * 1024);
    for bad in ["", "../x", "a/b", "a..b", ".a", "-a", "ä", "a b", "a\0b", "a\n", "一", &long] {
        assert_eq!(kind(VmId::new(bad)), ErrorKind::InvalidId, "{bad:?}");
    }
    for good in ["a", "7", "A.b_c:d-e", &"a".repeat(128)] {
        VmId::new(good).expect("a good name");
    }
}

#[test]
fn unknown_names_are_not_found() {
    let manager = manager();
    let unknown = id("nobody");
    assert_eq!(kind(manager.get(&unknown)), ErrorKind::NotFound);
    assert_eq!(kind(manager.exec(&unknown, "return 1")), ErrorKind::NotFound);
    assert_eq!(kind(manager.interrupt(&unknown)), ErrorKind::NotFound);
    assert_eq!(kind(manager.terminate(&unknown)), ErrorKind::NotFound);
    let error = manager.get(&unknown).expect_err("an error").to_string();
    assert!(error.contains("`nobody`"), "{error}");
}

#[test]
fn a_terminated_vm_takes_nothing() {
    let manager = manager();
    let vm = create(&manager, "one");
    manager.terminate(vm.id()).expect("it lives");
    let after = create(&manager, "one");
    assert_eq!(kind(vm.exec("return 1")), ErrorKind::Terminated);
    assert_eq!(kind(vm.line("1")), ErrorKind::Terminated);
    assert_eq!(kind(vm.run("return 1")), ErrorKind::Terminated);
    assert_eq!(kind(vm.call("print", ())), ErrorKind::Terminated);
    assert_eq!(kind(vm.get::<i64>("x")), ErrorKind::Terminated);
    assert_eq!(kind(vm.set("x", 1)), ErrorKind::Terminated);
    assert_eq!(kind(vm.reset()), ErrorKind::Terminated);
    assert_eq!(kind(vm.interrupt()), ErrorKind::Terminated);
    assert_eq!(kind(vm.status()), ErrorKind::Terminated);
    assert_eq!(kind(vm.terminate()), ErrorKind::Terminated);
    assert_eq!(integer(&after, "return 1"), 1, "another VM of the name is not touched");
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
        assert_eq!(kind(job.wait()), ErrorKind::Terminated);
    }
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert_eq!(kind(manager.get(vm.id())), ErrorKind::NotFound);
    assert_eq!(integer(&create(&manager, "spinning"), "return 1"), 1, "the name is free");
}

#[test]
fn a_call_inside_a_host_function_ends_when_its_vm_is_terminated() {
    for blocking in [true, false] {
        let manager = manager();
        let gate = Gate::new(blocking);
        let vm = with(&manager, "one", gate.module);
        let job = vm.exec("require('m').wait()").expect("queued");
        gate.begun.recv().expect("it began");
        let begun = Instant::now();
        vm.terminate().expect("it lives");
        assert_eq!(kind(job.wait()), ErrorKind::Terminated);
        assert!(begun.elapsed() < Duration::from_secs(1));
        drop(gate.open);
    }
}

#[test]
fn cancelling_stops_one_job_only() {
    let manager = manager();
    let vm = create(&manager, "one");
    let running = vm.exec(SPIN).expect("queued");
    let queued = vm.exec("x = 1").expect("queued");
    let other = vm.get::<i64>("x").expect("queued");
    queued.cancel();
    other.cancel();
    running.cancel();
    for job in [running, queued] {
        assert_eq!(job.wait().expect("an outcome").result, Err(Failure::Interrupted));
    }
    assert_eq!(other.wait().expect_err("no outcome").failure(), Some(&Failure::Interrupted));
    vm.reset().expect("queued").wait().expect("fresh");
    assert_eq!(integer(&vm, "assert(x == nil) return 1"), 1);
}

#[test]
fn cancelling_reaches_a_job_that_waits_in_the_host() {
    let manager = manager();
    let (begin, begun) = mpsc::channel();
    let module = HostModule::new("m").async_function("wait", move |_, ()| {
        let told = begin.send(());
        async move {
            told.map_err(|error| error.to_string())?;
            std::future::pending::<Result<(), String>>().await
        }
    });
    let config = VmConfig::default().module(module).on_stop(OnStop::RollBack);
    let vm = manager.create_vm(id("one"), config).expect("a VM");
    let job = vm.exec("require('m').wait()").expect("queued");
    let next = vm.exec("return 1").expect("queued");
    begun.recv().expect("it began");
    job.cancel();
    assert_eq!(job.wait().expect("an outcome").result, Err(Failure::Interrupted));
    assert_eq!(next.wait().expect("an outcome").value::<i64>().expect("not touched"), 1);
}

#[test]
fn interrupting_stops_what_runs_and_not_what_waits() {
    let manager = manager();
    let vm = manager.create_vm(id("one"), VmConfig::default().on_stop(OnStop::RollBack)).expect("a VM");
    let running = vm.exec(SPIN).expect("queued");
    let queued = vm.exec("return 1").expect("queued");
    manager.interrupt(vm.id()).expect("it lives");
    assert_eq!(running.wait().expect("an outcome").result, Err(Failure::Interrupted));
    assert_eq!(queued.wait().expect("an outcome").value::<i64>().expect("not touched"), 1);
    vm.interrupt().expect("nothing runs");
    assert_eq!(integer(&vm, "return 2"), 2, "an interrupt between two jobs stops none");
}

#[test]
fn dropping_a_job_lets_its_work_go_on() {
    let manager = manager();
    let vm = create(&manager, "one");
    drop(vm.exec("x = 1"));
    assert_eq!(integer(&vm, "return x"), 1);
}

#[test]
fn jobs_are_awaited_on_any_executor() {
    let manager = manager();
    let vm = create(&manager, "one");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let job = vm.exec("return 7").expect("queued");
        assert_eq!(job.await.expect("an outcome").value::<i64>().expect("a number"), 7);
        let job = vm.exec("return 7").expect("queued");
        assert_eq!(kind(job.wait()), ErrorKind::WouldBlock);
    });
}

#[test]
fn a_queue_has_an_end() {
    let manager = manager();
    let gate = Gate::new(true);
    let vm = with(&manager, "one", gate.module);
    let running = vm.exec("require('m').wait() n = 0").expect("queued");
    gate.begun.recv().expect("it began");
    let jobs: Vec<_> = (0..10_000).map(|_| vm.exec("n = n + 1").expect("there is room")).collect();
    let full = vm.exec("n = n + 1").expect_err("it is full");
    assert_eq!(full.kind(), ErrorKind::QueueFull);
    assert!(full.to_string().contains("10000 jobs wait for VM `one`"), "{full}");
    jobs[5_000].cancel();
    let last = vm.exec("n = n + 1").expect("what was cancelled waits no more");
    gate.open.send(()).expect("it waits");
    running.wait().expect("an outcome");
    last.wait().expect("an outcome");
    assert_eq!(integer(&vm, "return n"), 10_000);
}

#[test]
fn the_list_tells_what_vms_do_and_use() {
    let manager = manager();
    let lab = TenantId::new("lab").expect("a name");
    let idle = manager.create_vm(id("b-idle"), VmConfig::default().tenant(lab.clone())).expect("a VM");
    let running = create(&manager, "a-running");
    let job = running.exec(SPIN).expect("queued");
    outcome(&idle, "x = string.rep('x', 4 << 20)");
    let list = manager.vms().expect("a list");
    assert_eq!(list.iter().map(|vm| vm.id.as_str()).collect::<Vec<_>>(), ["a-running", "b-idle"]);
    assert_eq!((list[0].state, list[1].state), (VmState::Running, VmState::Idle));
    assert_eq!((list[0].tenant.as_ref(), list[1].tenant.as_ref()), (None, Some(&lab)));
    assert_eq!(idle.tenant(), Some(&lab));
    assert!(list[1].memory > 4 << 20 && list[0].memory < 4 << 20, "{list:?}");
    assert!(list[1].fuel > 1_000 && list[0].idle.is_zero(), "{list:?}");
    job.cancel();
    job.wait().expect("an outcome");
    assert_eq!(running.status().expect("it lives").state, VmState::Idle, "once the job has ended");
}

#[test]
fn a_host_function_cannot_ask_its_own_vm() {
    let manager = manager();
    let own: Arc<OnceLock<ManagedVm>> = Arc::default();
    let ask = |own: &Arc<OnceLock<ManagedVm>>| {
        let own = own.clone();
        move || match own.get().expect("set before the call").exec("return 1") {
            Err(error) if error.kind() == ErrorKind::Busy => Ok::<_, String>(error.to_string()),
            other => Err(format!("expected an error, got {other:?}")),
        }
    };
    let (direct, blocking, asynchronous) = (ask(&own), ask(&own), ask(&own));
    let module = HostModule::new("m")
        .function("direct", move |_, ()| direct())
        .blocking_function("blocking", move |_, ()| blocking())
        .async_function("asynchronous", move |_, ()| {
            let asynchronous = asynchronous.clone();
            async move {
                tokio::task::yield_now().await;
                asynchronous()
            }
        });
    let vm = with(&manager, "one", module);
    own.set(vm.clone()).expect("once");
    for function in ["direct", "blocking", "asynchronous"] {
        let message = text(&vm, &format!("return require('m').{function}()"));
        assert!(message.starts_with("VM `one` waits for the host function"), "{message}");
    }
    assert_eq!(integer(&vm, "return 1"), 1);
}

#[test]
fn a_blocking_host_function_may_wait_for_another_vm() {
    let manager = manager();
    let other = create(&manager, "other");
    let module = HostModule::new("m")
        .blocking_function("ask", move |_, chunk: String| other.exec(chunk)?.wait()?.value::<i64>());
    let vm = with(&manager, "one", module);
    assert_eq!(integer(&vm, "return require('m').ask('return 6') + 1"), 7);
}

#[test]
fn a_panic_of_the_host_poisons_nothing() {
    struct Panics;
    impl std::io::Write for Panics {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            panic!("a writer of the host");
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let manager = manager();
    let module = HostModule::new("m")
        .function("direct", |_, ()| -> Result<(), String> { panic!("direct") })
        .blocking_function("blocking", |_, ()| -> Result<(), String> { panic!("blocking") });
    let config = VmConfig::default().module(module).stdout(Panics).on_stop(OnStop::RollBack);
    let vm = manager.create_vm(id("one"), config).expect("a VM");
    for function in ["direct", "blocking"] {
        let outcome = outcome(&vm, &format!("require('m').{function}()"));
        assert_eq!(raised(&outcome), "chunk:1: host function panicked");
    }
    outcome(&vm, "x = 1");
    let queued = |vm: &ManagedVm| vm.exec("return x").expect("queued");
    let job = vm.exec("x = 2 io.write('text') io.flush()").expect("queued");
    let next = queued(&vm);
    assert_eq!(kind(job.wait()), ErrorKind::Engine);
    assert_eq!(next.wait().expect("an outcome").value::<i64>().expect("rolled back"), 1);
    assert_eq!(integer(&create(&manager, "two"), "return 1"), 1);
}

#[test]
fn handles_do_not_keep_a_manager_alive() {
    let manager = manager();
    let vm = create(&manager, "one");
    drop(manager);
    assert_eq!(kind(vm.exec("return 1")), ErrorKind::Terminated);
}

#[test]
fn a_manager_has_its_own_threads_and_checks_its_settings() {
    for workers in [0, 1_025] {
        let config = ManagerConfig { workers, ..ManagerConfig::default() };
        assert_eq!(kind(Manager::new(engine(), config)), ErrorKind::InvalidConfig);
    }
    let config = ManagerConfig { workers: 1, ..ManagerConfig::default() };
    let manager = Manager::new(engine(), config).expect("a manager");
    let names = |chunk: &str| {
        let module = HostModule::new("m").function("thread", |_, ()| {
            Ok::<_, String>(std::thread::current().name().unwrap_or_default().to_string())
        });
        text(&with(&manager, "one", module), chunk)
    };
    assert_eq!(names("return require('m').thread()"), "bioxen-vms");
    let mut outside = Vm::new(engine(), VmConfig::default()).expect("a VM of no manager");
    outside.exec("return 1").wait().expect("an outcome");
}
