//! VMs share nothing: stopping, cancelling, timing out or dropping one never touches another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bioxen_lua::testing::memory;
use bioxen_lua::{
    Engine, EngineConfig, ErrorKind, Failure, HostModule, Limits, OnStop, Outcome, Resource, Vm, VmConfig,
};

use crate::support::{engine, exec, integer, limited, text, vm};

fn for_milliseconds(time: u64) -> VmConfig {
    limited(Limits { time: Some(Duration::from_millis(time)), fuel: None, ..Limits::default() })
}

#[track_caller]
fn timed_out(outcome: &Outcome) {
    assert!(
        matches!(outcome.result, Err(Failure::Limit { resource: Resource::Time, .. })),
        "{:?}",
        outcome.result
    );
}

/// Counts in a global until it is stopped.
const SPIN: &str = "n = 0 while true do n = n + 1 end";

#[test]
fn deadlines_of_vms_on_threads_are_their_own() {
    let started = std::sync::Barrier::new(3);
    let run = |time: u64, chunk: &'static str| {
        let started = &started;
        move || {
            let mut vm = vm(for_milliseconds(time));
            started.wait();
            let start = Instant::now();
            (exec(&mut vm, chunk), start.elapsed())
        }
    };
    let counting = "local start = os.clock() repeat until os.clock() - start >= 0.6 return 'done'";
    std::thread::scope(|scope| {
        let short = scope.spawn(run(100, SPIN));
        let long = scope.spawn(run(400, SPIN));
        let fine = scope.spawn(run(20_000, counting));
        let (short, long, fine) = (short.join(), long.join(), fine.join());
        let ((short, short_time), (long, long_time)) = (short.expect("short"), long.expect("long"));
        timed_out(&short);
        timed_out(&long);
        assert!(
            short_time >= Duration::from_millis(100) && short_time < Duration::from_secs(1),
            "{short_time:?}"
        );
        assert!(
            long_time >= Duration::from_millis(400) && long_time < Duration::from_secs(4),
            "{long_time:?}"
        );
        assert_eq!(fine.expect("fine").0.value::<String>().expect("it finished"), "done");
    });
}

#[test]
fn deadlines_of_vms_on_one_thread_are_their_own() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (mut short, mut long) = (vm(for_milliseconds(100)), vm(for_milliseconds(400)));
        let mut fine = vm(for_milliseconds(60_000));
        let (short, long, fine) = tokio::join!(
            short.exec(SPIN),
            long.exec(SPIN),
            fine.exec("local s = 0 for i = 1, 20000000 do s = s + i end return s")
        );
        let (short, long) = (short.expect("an outcome"), long.expect("an outcome"));
        timed_out(&short);
        timed_out(&long);
        assert!(short.usage.time < Duration::from_millis(400), "{:?}", short.usage);
        assert!(long.usage.time >= Duration::from_millis(400), "{:?}", long.usage);
        assert_eq!(fine.expect("an outcome").value::<i64>().expect("it finished"), 200000010000000);
    });
}

#[test]
fn dropping_one_of_many_futures_leaves_the_others() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let run = |number: i64| {
            tokio::spawn(async move {
                let mut vm = vm(for_milliseconds(60_000));
                let chunk = format!("local s = 0 for i = 1, 5000000 do s = s + 1 end return {number}");
                vm.exec(chunk).await.expect("an outcome").value::<i64>().expect("it finished")
            })
        };
        let cancelled: Vec<_> = (0..5)
            .map(|_| tokio::spawn(async { vm(for_milliseconds(60_000)).exec(SPIN).await.map(|_| ()) }))
            .collect();
        let others: Vec<_> = (0..10).map(run).collect();
        tokio::task::yield_now().await;
        for task in &cancelled {
            task.abort();
        }
        for (number, task) in others.into_iter().enumerate() {
            assert_eq!(task.await.expect("it was not cancelled"), number as i64);
        }
        for task in cancelled {
            assert!(task.await.expect_err("it was cancelled").is_cancelled());
        }
    });
}

/// Polls a future a few times and drops it.
fn cancel(future: impl Future) {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    for _ in 0..5 {
        assert!(future.as_mut().poll(&mut context).is_pending());
    }
}

#[test]
fn a_vm_whose_future_was_dropped_is_stopped_or_rolled_back() {
    let mut discarding = vm(for_milliseconds(60_000));
    exec(&mut discarding, "x = 1");
    cancel(discarding.exec("x = 2 while true do end"));
    assert_eq!(discarding.exec("return x").wait().expect_err("stopped").kind(), ErrorKind::Stopped);
    discarding.reset().expect("reset");
    assert_eq!(text(&mut discarding, "return type(x)"), "nil");

    let mut rolling = vm(for_milliseconds(60_000).on_stop(OnStop::RollBack));
    exec(&mut rolling, "x = 1");
    for _ in 0..3 {
        cancel(rolling.exec("x = 2 while true do end"));
        assert_eq!(integer(&mut rolling, "return x"), 1);
    }
}

#[test]
fn a_future_that_was_never_polled_does_nothing() {
    let mut vm = vm(VmConfig::default());
    exec(&mut vm, "x = 1");
    drop(vm.exec("x = 2"));
    assert_eq!(integer(&mut vm, "return x"), 1);
}

#[test]
fn an_interrupt_stops_its_own_vm_only() {
    let mut stopped = vm(for_milliseconds(60_000).on_stop(OnStop::RollBack));
    let handle = stopped.interrupt_handle();
    std::thread::scope(|scope| {
        let other = scope.spawn(|| {
            let mut vm = vm(for_milliseconds(60_000));
            integer(&mut vm, "local s = 0 for i = 1, 20000000 do s = s + i end return s")
        });
        let running = scope.spawn(move || (exec(&mut stopped, SPIN), stopped));
        while !running.is_finished() {
            handle.interrupt();
            std::thread::yield_now();
        }
        let (outcome, mut stopped) = running.join().expect("it ended");
        assert_eq!(outcome.result, Err(Failure::Interrupted));
        assert_eq!(integer(&mut stopped, "return 1"), 1);
        assert_eq!(other.join().expect("it ended"), 200000010000000);
    });
}

#[test]
fn an_interrupt_between_calls_is_no_interrupt() {
    let mut vm = vm(VmConfig::default());
    let handle = vm.interrupt_handle();
    handle.interrupt();
    assert_eq!(integer(&mut vm, "return 1"), 1);
    handle.interrupt();
    assert_eq!(integer(&mut vm, "return 2"), 2);
}

#[test]
fn an_interrupt_reaches_a_vm_that_waits() {
    let waiting = Arc::new(AtomicBool::new(false));
    let seen = waiting.clone();
    let module = HostModule::new("wait").async_function("for_ever", move |_, ()| {
        seen.store(true, Ordering::SeqCst);
        std::future::pending::<Result<(), String>>()
    });
    let limits = Limits { time: Some(Duration::from_secs(60)), host_call_time: None, ..Limits::default() };
    let mut vm = vm(limited(limits).module(module));
    let handle = vm.interrupt_handle();
    std::thread::scope(|scope| {
        let running = scope.spawn(move || exec(&mut vm, "require('wait').for_ever()"));
        while !waiting.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        handle.interrupt();
        assert_eq!(running.join().expect("it ended").result, Err(Failure::Interrupted));
    });
}

#[test]
fn a_spinning_neighbour_leaves_room_for_many() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let spinning =
            tokio::spawn(async { vm(for_milliseconds(3_000)).exec(SPIN).await.expect("an outcome") });
        let start = Instant::now();
        let others: Vec<_> = (0..20)
            .map(|number| {
                tokio::spawn(async move {
                    let mut vm = vm(for_milliseconds(20_000));
                    let mut last = 0;
                    for turn in 0..10 {
                        let chunk =
                            format!("local s = 0 for i = 1, 10000 do s = s + 1 end return {number} + {turn}");
                        last = vm.exec(chunk).await.expect("an outcome").value::<i64>().expect("it finished");
                    }
                    last
                })
            })
            .collect();
        for (number, task) in others.into_iter().enumerate() {
            assert_eq!(task.await.expect("it ended"), number as i64 + 9);
        }
        let before = start.elapsed();
        assert!(before < Duration::from_secs(3), "all of them before the spinning one ends: {before:?}");
        timed_out(&spinning.await.expect("it ended"));
    });
}

#[test]
fn nothing_of_a_dropped_vm_is_seen_by_a_new_one() {
    let config = EngineConfig { live_vms: 1, max_memory: 64 << 20, ..EngineConfig::default() };
    let engine = Engine::with(config).expect("an engine");
    let secret = "CANARY-7f3a";
    let fill =
        "local part = ... keep = {} for i = 1, 40 do keep[i] = (part .. i):rep(20000) end return #keep";
    // Strings that are made in one piece are the nearest that a script comes to memory it did not write.
    let look = "local part = ... \
                for size = 1, 40 do \
                  local all = {('y'):rep(100000 + size), string.pack('<!16i1Xi16', 1), ('z'):rep(size)} \
                  for i = 1, #all do if all[i]:find(part, 1, true) then return 'found' end end \
                end return 'nothing'";
    for turn in 0..20 {
        let secret = format!("{secret}{turn}-");
        let mut first = Vm::new(&engine, VmConfig::default()).expect("a VM");
        let chunk = bioxen_lua::Chunk::new(fill).arguments(secret.as_str());
        assert_eq!(first.exec(chunk).wait().expect("an outcome").value::<i64>().expect("filled"), 40);
        drop(first);
        let mut second = Vm::new(&engine, VmConfig::default()).expect("a VM");
        let chunk = bioxen_lua::Chunk::new(look).arguments(secret.as_str());
        let found = second.exec(chunk).wait().expect("an outcome").value::<String>().expect("looked");
        assert_eq!(found, "nothing");
    }
}

#[test]
fn a_full_engine_refuses_and_works_again() {
    let engine = Engine::with(EngineConfig { live_vms: 2, ..EngineConfig::default() }).expect("an engine");
    let mut first = Vm::new(&engine, VmConfig::default()).expect("the first");
    let second = Vm::new(&engine, VmConfig::default()).expect("the second");
    for _ in 0..3 {
        let error = Vm::new(&engine, VmConfig::default()).expect_err("the third");
        assert_eq!(error.kind(), ErrorKind::QuotaExceeded);
        assert!(error.to_string().contains("live_vms"), "{error}");
    }
    assert_eq!(integer(&mut first, "return pcall(error) and 1 or 2"), 2);
    drop(second);
    let mut third = Vm::new(&engine, VmConfig::default()).expect("room again");
    assert_eq!(integer(&mut third, "return pcall(error) and 1 or 2"), 2);
    first.reset().expect("a reset takes its own place");
    assert_eq!(integer(&mut first, "return pcall(error) and 1 or 2"), 2);
}

#[test]
fn every_place_of_an_engine_can_run_and_throw() {
    let engine = Engine::with(EngineConfig { live_vms: 50, ..EngineConfig::default() }).expect("an engine");
    let mut vms: Vec<_> = (0..50).map(|_| Vm::new(&engine, VmConfig::default()).expect("a VM")).collect();
    for _ in 0..3 {
        for (number, vm) in vms.iter_mut().enumerate() {
            let chunk = format!("x = (x or 0) + 1 pcall(error, {number}) return x * 1000 + {number}");
            assert_eq!(integer(vm, &chunk) % 1000, number as i64);
        }
    }
    for vm in &mut vms {
        assert_eq!(integer(vm, "return x"), 3);
    }
}

#[test]
fn a_vm_may_move_between_threads() {
    let mut vm = vm(VmConfig::default());
    for turn in 1..=5 {
        vm = std::thread::spawn(move || {
            assert_eq!(integer(&mut vm, "x = (x or 0) + 1 return x"), turn);
            vm
        })
        .join()
        .expect("it ran");
    }
}

#[test]
fn an_engine_outlives_its_handles() {
    let engine = Engine::new().expect("an engine");
    let mut vm = Vm::new(&engine, VmConfig::default()).expect("a VM");
    assert_eq!(engine.guest_digest(), self::engine().guest_digest());
    drop(engine);
    assert_eq!(integer(&mut vm, "return 1"), 1);
}

/// Cycles of the test below.
const CANARIES: u32 = 10_000;

/// A VM that is rolled back has pages under write protection, by which the pool could take them for clean:
/// every other one is such.
#[test]
fn secrets_of_a_dropped_vm_are_not_found_in_the_next() {
    let engine = Engine::with(EngineConfig { live_vms: 1, ..EngineConfig::default() }).expect("an engine");
    let pages_of_next = || {
        let mut next = Vm::new(&engine, VmConfig::default()).expect("the slot is free");
        let snapshot = next.snapshot().wait().expect("a snapshot");
        let mut seen = Vec::new();
        crate::forge::with_pages(&snapshot.to_bytes(), |pages| seen = pages.to_vec());
        seen
    };
    for round in 0..CANARIES {
        let secret =
            format!("canary {round:08x} {:016x}", u64::from(round).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let on_stop = if round % 2 == 0 { OnStop::RollBack } else { OnStop::Discard };
        let mut vm = Vm::new(&engine, VmConfig::default().on_stop(on_stop)).expect("the slot is free");
        let large = if round % 100 < 2 { 40_000 } else { 400 };
        let fill = format!(
            "secret = '{secret}' text = secret:rep({large}) t = {{}} for i = 1, 50 do t[i] = secret .. i end"
        );
        vm.exec(fill.as_str()).wait().expect("it runs").value::<()>().expect("it is filled");
        for _ in 0..3 {
            vm.exec("t[1] = secret .. #t .. text:sub(1, 3000)").wait().expect("it runs");
        }
        if round == 0 {
            // The looking itself: in the VM's own snapshot the secret is found.
            let mut found = false;
            let own = vm.snapshot().wait().expect("a snapshot").to_bytes();
            crate::forge::with_pages(&own, |pages| found = contains(pages, secret.as_bytes()));
            assert!(found);
        }
        drop(vm);
        assert!(!contains(&pages_of_next(), secret.as_bytes()), "round {round}");
    }
}

/// Cycles of the test below, which looks at a hundred times as much.
const GROWN: u32 = 100;

/// A snapshot shows what a guest uses. This looks at all that one could read who has broken Lua, and at memory that is
/// new to the guest, byte by byte.
#[test]
fn memory_that_a_vm_grows_into_holds_nothing_of_the_one_before() {
    let engine = Engine::with(EngineConfig { live_vms: 1, ..EngineConfig::default() }).expect("an engine");
    for round in 0..GROWN {
        let secret =
            format!("canary {round:08x} {:016x}", u64::from(round).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let on_stop = if round % 2 == 0 { OnStop::RollBack } else { OnStop::Discard };
        let mut first = Vm::new(&engine, VmConfig::default().on_stop(on_stop)).expect("the slot is free");
        let size = [1, 4, 12][round as usize % 3] << 20;
        let chunk = format!(
            "local s = ... x = s:rep({size} // #s) t = {{}} for i = 1, 50 do t[i] = s .. i pcall(error, t[i]) end"
        );
        first.exec(bioxen_lua::Chunk::new(chunk).arguments(secret.as_str())).wait().expect("it is filled");
        if round % 5 == 0 {
            // Memory that runs out is left as it was in the middle of something.
            exec(
                &mut first,
                "local ok = pcall(error, x .. 1) while true do t[#t + 1] = x:sub(1, 3000) .. #t end",
            );
        } else {
            exec(&mut first, "t[1] = x:sub(1, 100000)");
        }
        if round == 1 {
            assert!(contains(memory(&first), secret.as_bytes()), "the looking itself");
        }
        drop(first);
        let mut next = Vm::new(&engine, VmConfig::default()).expect("the slot is free");
        let fresh = memory(&next).len();
        assert!(fresh > 0 && !contains(memory(&next), secret.as_bytes()), "round {round}");
        exec(&mut next, "y = ('y'):rep(1 << 10):rep(9 << 10) pcall(error, {})");
        assert!(memory(&next).len() > fresh + (9 << 20), "it has grown");
        assert!(!contains(memory(&next), secret.as_bytes()), "round {round}, grown");
    }
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window[0] == what[0] && window == what)
}
