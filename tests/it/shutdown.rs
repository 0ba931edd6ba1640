//! How managers end: in bounded time, from anywhere, with the threads they could not get back named.

use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use bioxen_lua::{ErrorKind, HostModule, Manager, ManagerConfig, Shutdown, VmConfig};

use crate::manager::{SPIN, create, id, kind, manager};
use crate::support::engine;

/// A manager that gives threads so little time that tests do not wait.
fn hurried() -> Manager {
    let config = ManagerConfig { shutdown_time: Duration::from_millis(100), ..ManagerConfig::default() };
    Manager::new(engine(), config).expect("a manager")
}

fn held(shutdown: &Shutdown) -> Vec<(&str, &str)> {
    let mut held: Vec<_> =
        shutdown.held.iter().map(|held| (held.vm.as_str(), held.function.as_str())).collect();
    held.sort_unstable();
    held
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
        assert_eq!(kind(job.wait()), ErrorKind::Terminated);
    }
}

#[test]
fn after_a_shutdown_everything_is_terminated() {
    let manager = manager();
    let vm = create(&manager, "one");
    let job = vm.exec(SPIN).expect("queued");
    assert_eq!(held(&manager.shutdown()), []);
    assert_eq!(kind(job.wait()), ErrorKind::Terminated);
    assert_eq!(kind(vm.exec("return 1")), ErrorKind::Terminated);
    assert_eq!(kind(manager.create_vm(id("two"), VmConfig::default())), ErrorKind::Terminated);
    assert_eq!(kind(manager.get(&id("one"))), ErrorKind::Terminated);
    assert_eq!(kind(manager.vms()), ErrorKind::Terminated);
    assert_eq!(manager.shutdown(), Shutdown::default(), "twice is once");
}

#[test]
fn functions_that_hold_threads_are_named() {
    let manager = hurried();
    let (begin, begun) = mpsc::channel::<()>();
    let (open, opened) = mpsc::channel::<()>();
    let opened = Arc::new(Mutex::new(opened));
    let wait = move |_: &mut bioxen_lua::Caller, ()| {
        begin.send(()).map_err(|error| error.to_string())?;
        let _ = opened.lock().map_err(|error| error.to_string())?.recv();
        Ok::<_, String>(())
    };
    let module = HostModule::new("m")
        .function("other", |_, ()| Ok::<_, String>(()))
        .function("direct", wait.clone())
        .blocking_function("blocking", wait);
    let config = VmConfig::default().module(module);
    let jobs: Vec<_> = [("one", "direct"), ("two", "blocking")]
        .into_iter()
        .map(|(name, function)| {
            let vm = manager.create_vm(id(name), config.clone()).expect("a VM");
            let chunk = format!("require('m').other() require('m').{function}()");
            let job = vm.exec(chunk).expect("queued");
            begun.recv().expect("it began");
            job
        })
        .collect();
    drop(config);
    let start = Instant::now();
    let shutdown = manager.shutdown();
    assert!(start.elapsed() < Duration::from_secs(1), "it took {:?}", start.elapsed());
    assert_eq!(held(&shutdown), [("one", "m.direct"), ("two", "m.blocking")]);
    for job in jobs {
        assert_eq!(kind(job.wait()), ErrorKind::Terminated);
    }
    drop(open);
}

#[test]
fn a_shutdown_waits_for_functions_that_end() {
    let manager = manager();
    let (begin, begun) = mpsc::channel();
    let module = HostModule::new("m").blocking_function("short", move |_, ()| {
        begin.send(()).map_err(|error| error.to_string())?;
        std::thread::sleep(Duration::from_millis(50));
        Ok::<_, String>(())
    });
    let vm = manager.create_vm(id("one"), VmConfig::default().module(module)).expect("a VM");
    drop(vm.exec("require('m').short()").expect("queued"));
    begun.recv().expect("it began");
    assert_eq!(held(&manager.shutdown()), []);
}

#[test]
fn managers_end_inside_runtimes() {
    let current = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    current.block_on(async {
        let manager = manager();
        let job = create(&manager, "one").exec(SPIN).expect("queued");
        drop(manager);
        assert_eq!(kind(job.await), ErrorKind::Terminated);
    });
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().expect("a runtime");
    let ended = threads.spawn(async {
        let manager = manager();
        let job = create(&manager, "one").exec(SPIN).expect("queued");
        assert_eq!(manager.shutdown(), Shutdown::default());
        drop(manager);
        kind(job.await)
    });
    assert_eq!(threads.block_on(ended).expect("no panic"), ErrorKind::Terminated);
}

#[test]
fn managers_end_on_their_own_threads() {
    for sort in ["direct", "blocking", "asynchronous"] {
        let last: Arc<Mutex<Option<Manager>>> = Arc::default();
        let (end, ended) = mpsc::channel();
        let drop_last = {
            let last = last.clone();
            move || {
                let manager = last.lock().map_err(|error| error.to_string())?.take();
                drop(manager);
                end.send(()).map_err(|error| error.to_string())
            }
        };
        let (direct, blocking, asynchronous) = (drop_last.clone(), drop_last.clone(), drop_last);
        let module = HostModule::new("m")
            .function("direct", move |_, ()| direct())
            .blocking_function("blocking", move |_, ()| blocking())
            .async_function("asynchronous", move |_, ()| std::future::ready(asynchronous()));
        let manager = hurried();
        let vm = manager.create_vm(id("one"), VmConfig::default().module(module)).expect("a VM");
        let begun = Instant::now();
        *last.lock().expect("not poisoned") = Some(manager);
        let job = vm.exec(format!("require('m').{sort}() while true do end")).expect("queued");
        assert_eq!(kind(job.wait()), ErrorKind::Terminated, "{sort}");
        ended.recv().expect("the function ended");
        assert!(begun.elapsed() < Duration::from_secs(1), "{sort}: it took {:?}", begun.elapsed());
    }
}
