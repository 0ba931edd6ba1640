//! Functions of the host: what crosses, what goes wrong, and what happens to those that wait.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bioxen_lua::{
    Engine, ErrorKind, Failure, HostModule, Limits, OnStop, Resource, TenantId, Value, Values, Vm, VmConfig,
};
use serde::{Deserialize, Serialize};

use crate::support::{engine, exec, integer, limited, raised, text, vm};

fn with(module: HostModule) -> Vm {
    vm(VmConfig::default().module(module))
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Sample {
    name: String,
    reads: Vec<u32>,
    quality: Option<f64>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Kind {
    Dna,
    Rna { reversed: bool },
    Mixed(u8, u8),
}

#[test]
fn arguments_and_results_have_types() {
    let module = HostModule::new("m")
        .function("nothing", |_, ()| Ok::<_, String>(()))
        .function("one", |_, number: i64| Ok::<_, String>(number + 1))
        .function("pair", |_, (text, number): (String, f64)| Ok::<_, String>((number, text)))
        .function("maybe", |_, (a, b): (Option<i64>, Option<String>)| Ok::<_, String>((b, a)))
        .function("all", |_, values: Values| Ok::<_, String>(values))
        .function("count", |_, values: Values| Ok::<_, String>(values.0.len()))
        .function("sample", |_, mut sample: Sample| {
            sample.reads.push(9);
            sample.quality = sample.quality.map(|quality| quality / 2.0);
            Ok::<_, String>(sample)
        });
    let mut vm = with(module);
    let chunk = "local m = require('m') \
        assert(select('#', m.nothing()) == 0 and select('#', m.nothing(1, 2)) == 0) \
        assert(m.one(41) == 42 and math.type(m.one(41)) == 'integer') \
        local a, b, c = m.pair('x', 1.5) assert(a == 1.5 and b == 'x' and c == nil) \
        local b, a = m.maybe(nil, 'y') assert(b == 'y' and a == nil) \
        assert(select('#', m.maybe()) == 2) \
        assert(m.count() == 0 and m.count(nil, nil) == 2 and m.count(nil, 1, nil) == 3) \
        assert(select('#', m.all(1, nil, 'z', nil)) == 4 and select(3, m.all(1, nil, 'z', nil)) == 'z') \
        local s = m.sample{name = 'a', reads = {1, 2}, quality = 30, kind = {Rna = {reversed = true}}} \
        assert(s.name == 'a' and #s.reads == 3 and s.reads[3] == 9 and s.quality == 15 and s.kind.Rna.reversed) \
        local s = m.sample{name = 'b', reads = {}, kind = 'Dna'} \
        assert(s.quality == nil and s.kind == 'Dna') \
        local s = m.sample{name = 'c', reads = {}, kind = {Mixed = {1, 2}}} \
        assert(s.kind.Mixed[2] == 2) return 'fine'";
    assert_eq!(text(&mut vm, chunk), "fine");
}

#[test]
fn all_three_sorts_of_functions_answer() {
    let module = HostModule::new("m")
        .function("direct", |_, number: i64| Ok::<_, String>(number * 2))
        .blocking_function("blocking", |_, number: i64| {
            std::thread::sleep(Duration::from_millis(1));
            Ok::<_, String>(number * 3)
        })
        .async_function("asynchronous", |_, number: i64| async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok::<_, String>(number * 5)
        });
    let mut vm = with(module);
    assert_eq!(
        integer(&mut vm, "m = require('m') return m.direct(1) + m.blocking(1) + m.asynchronous(1)"),
        10
    );
    let many =
        "local s = 0 for i = 1, 50 do s = s + m.direct(i) + m.blocking(i) + m.asynchronous(i) end return s";
    assert_eq!(integer(&mut vm, many), 10 * 1275);
    let mixed = "local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(m.asynchronous(i)) end end) \
                 return co() + co() + co()";
    assert_eq!(integer(&mut vm, mixed), 30);
}

#[test]
fn errors_become_lua_errors_with_their_place() {
    let module = HostModule::new("m")
        .function("direct", |_, ()| Err::<(), _>("no luck"))
        .blocking_function("blocking", |_, ()| Err::<(), _>(std::io::Error::other("no luck")))
        .async_function("asynchronous", |_, ()| async { Err::<(), _>("no luck".to_string()) });
    let mut vm = with(module);
    for function in ["direct", "blocking", "asynchronous"] {
        let outcome = exec(&mut vm, &format!("require('m').{function}()"));
        assert_eq!(raised(&outcome), "chunk:1: no luck");
        let caught = format!("return select(2, pcall(require('m').{function}))");
        assert_eq!(text(&mut vm, &caught), "no luck");
    }
}

#[test]
fn panics_become_lua_errors() {
    let module = HostModule::new("m")
        .function("direct", |_, ()| -> Result<(), String> { panic!("direct") })
        .blocking_function("blocking", |_, ()| -> Result<(), String> { panic!("blocking") })
        .async_function("asynchronous", |_, ()| async {
            if true {
                panic!("asynchronous");
            }
            Ok::<(), String>(())
        })
        .async_function("before", |_, ()| {
            if true {
                panic!("before there is a future");
            }
            std::future::ready(Ok::<(), String>(()))
        });
    let mut vm = with(module);
    for function in ["direct", "blocking", "asynchronous", "before"] {
        let outcome = exec(&mut vm, &format!("x = 1 require('m').{function}()"));
        assert_eq!(raised(&outcome), "chunk:1: host function panicked");
        assert_eq!(integer(&mut vm, "return x"), 1);
    }
}

#[test]
fn wrong_arguments_are_lua_errors() {
    let module = HostModule::new("m")
        .function("number", |_, number: i64| Ok::<_, String>(number))
        .function("small", |_, number: u8| Ok::<_, String>(number))
        .async_function("asynchronous", |_, text: String| async move { Ok::<_, String>(text) })
        .function("large", |_, ()| Ok::<_, String>(u64::MAX))
        .function("nan", |_, ()| Ok::<_, String>(vec![f64::NAN]));
    let mut vm = with(module);
    for (call, message) in [
        ("number('x')", "bad argument: "),
        ("number()", "bad argument: "),
        ("number(1.5)", "bad argument: "),
        ("small(256)", "bad argument: "),
        ("asynchronous({})", "bad argument: "),
        ("large()", "bad result: 18446744073709551615 is larger than Lua's largest integer"),
        ("number(print)", "bad argument #1 to 'm.number' (a function cannot cross to the host)"),
        (
            "number(1, coroutine.create(print))",
            "bad argument #2 to 'm.number' (a thread cannot cross to the host)",
        ),
        (
            "number(1, 2, {{io.stdout}})",
            "bad argument #3 to 'm.number' (a userdata cannot cross to the host)",
        ),
    ] {
        let outcome = exec(&mut vm, &format!("require('m').{call}"));
        let raised = raised(&outcome);
        assert!(raised.contains(message), "{call}: {raised}");
    }
    assert_eq!(text(&mut vm, "local n = require('m').nan()[1] return tostring(n ~= n)"), "true");
}

#[test]
fn a_cycle_is_refused_on_its_way_to_the_host() {
    let mut vm = with(HostModule::new("m").function("all", |_, values: Values| Ok::<_, String>(values)));
    let outcome = exec(&mut vm, "local t = {} t.t = t require('m').all(t)");
    let message = raised(&outcome);
    assert!(message.contains("tables nested deeper than 100 levels (or a cycle)"), "{message}");
}

#[test]
fn results_too_deep_are_lua_errors() {
    let deep = |levels: usize| {
        (0..levels).fold(Value::Nil, |inner, _| {
            Value::Table(bioxen_lua::Table { sequence: vec![inner], pairs: Vec::new() })
        })
    };
    let module = HostModule::new("m").function("deep", move |_, levels: usize| Ok::<_, String>(deep(levels)));
    let mut vm = with(module);
    assert_eq!(text(&mut vm, "return type(require('m').deep(100))"), "table");
    let message = raised(&exec(&mut vm, "require('m').deep(101)"));
    assert!(message.contains("nested deeper than 100 levels"), "{message}");
}

#[test]
fn values_longer_than_the_transfer_buffer_cross_whole() {
    let module = HostModule::new("m").function("all", |_, values: Values| Ok::<_, String>(values));
    let mut vm = with(module);
    for size in [0, 1, 16_375, 16_376, 16_377, 16_383, 16_384, 16_385, 17 << 10, 32_768, 65_536, 900 << 10] {
        let chunk = format!(
            "local s = ('0123456789abcdef'):rep({size} // 16 + 1):sub(1, {size}) \
             local a, b, c = require('m').all(s, {{s:sub(1, 9), n = #s}}, true) \
             return a == s and b[1] == s:sub(1, 9) and b.n == #s and c"
        );
        assert_eq!(
            exec(&mut vm, &chunk).value::<Option<bool>>().expect("crossed"),
            Some(true),
            "{size} bytes"
        );
    }
    let table = "local t = {} for i = 1, 20000 do t[i] = i * 1.5 end local u = require('m').all(t) \
                 for i = 1, 20000 do assert(u[i] == i * 1.5) end return #u";
    assert_eq!(integer(&mut vm, table), 20_000);
}

#[test]
fn finalizers_may_call_the_host_while_values_cross() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let module = HostModule::new("m").function("all", |_, values: Values| Ok::<_, String>(values)).function(
        "finalized",
        move |_, text: String| {
            counted.fetch_add(1, Ordering::Relaxed);
            Ok::<_, String>(text.repeat(3000))
        },
    );
    let mut vm = with(module);
    let setup = "m = require('m') \
        local function again() setmetatable({}, {__gc = function() \
          local s = m.finalized('garbage') assert(#s == 21000 and s:find('^garbage')) again_() end}) end \
        function again_() if not stop then again() end end \
        for i = 1, 5 do again() end";
    exec(&mut vm, setup).value::<()>().expect("set up");
    for mode in [
        "collectgarbage('generational')",
        "collectgarbage('incremental', 10, 1000)",
        "collectgarbage('incremental', 50, 400, 4)",
    ] {
        let stress = format!(
            "{mode} for i = 1, 100 do \
               local t = {{}} for j = 1, 40 do t[j] = {{name = 'n' .. j .. '_' .. i, j, j + 0.5}} end \
               local long = ('<' .. i .. '>'):rep(i * 60) \
               local u, l = m.all(t, long) \
               assert(l == long) \
               for j = 1, 40 do assert(u[j].name == 'n' .. j .. '_' .. i and u[j][1] == j and u[j][2] == j + 0.5) end \
             end return 'fine'"
        );
        assert_eq!(text(&mut vm, &stress), "fine", "{mode}");
    }
    let before = calls.load(Ordering::Relaxed);
    assert!(before > 50, "the finalizers ran: {before}");
    // Arguments of calls and of chunks are decoded in the guest, where a collection may run too.
    exec(&mut vm, "function check(t, s) for i = 1, #t do assert(t[i] == 'v' .. i) end return #t + #s end");
    let list: Vec<String> = (1..=2000).map(|number| format!("v{number}")).collect();
    for _ in 0..50 {
        let outcome = vm.call("check", (list.clone(), "y".repeat(20_000))).wait().expect("an outcome");
        assert_eq!(outcome.value::<i64>().expect("nothing was damaged"), 22_000);
    }
    assert!(calls.load(Ordering::Relaxed) > before);
}

#[test]
fn a_finalizer_that_calls_the_host_while_results_are_encoded() {
    let module = HostModule::new("m").function("echo", |_, text: String| Ok::<_, String>(text));
    let mut vm = with(module);
    let chunk = "m = require('m') collectgarbage('incremental', 10, 1000) \
        setmetatable({}, {__gc = function(o) m.echo(('#'):rep(9000)) setmetatable({}, getmetatable(o)) end}) \
        function make(n) local t = {} for i = 1, n do t[i] = {id = i, text = 'text' .. i} end return t, ('x'):rep(n * 10) end";
    exec(&mut vm, chunk).value::<()>().expect("set up");
    for _ in 0..10 {
        let outcome = vm.call("make", 1500).wait().expect("an outcome");
        let (list, long): (Vec<std::collections::BTreeMap<String, Value>>, String) =
            outcome.value().expect("two values");
        assert_eq!(long, "x".repeat(15_000));
        for (at, entry) in list.iter().enumerate() {
            assert_eq!(entry["id"], Value::Integer(at as i64 + 1));
            assert_eq!(entry["text"], Value::from(format!("text{}", at + 1).as_str()));
        }
    }
}

#[test]
fn a_blocking_function_that_outlives_its_time_is_counted_until_it_returns() {
    let engine = Engine::new().expect("an engine");
    let gate = Arc::new((Mutex::new(false), std::sync::Condvar::new()));
    let behind = gate.clone();
    let module = HostModule::new("m").blocking_function("wait", move |_, ()| {
        let (open, signal) = &*behind;
        let open = open.lock().expect("nobody panicked");
        drop(signal.wait_while(open, |open| !*open).expect("nobody panicked"));
        Ok::<_, String>(1)
    });
    let limits = Limits { host_call_time: Some(Duration::from_millis(50)), ..Limits::default() };
    let mut vm = Vm::new(&engine, limited(limits).module(module)).expect("a VM");
    assert_eq!(engine.busy_threads(), 0);
    let outcome = exec(&mut vm, "m = require('m') return select(2, pcall(m.wait))");
    assert_eq!(outcome.value::<String>().expect("caught"), "host function took longer than it may");
    assert_eq!(engine.busy_threads(), 1, "it still blocks");
    exec(&mut vm, "pcall(m.wait)");
    assert_eq!(engine.busy_threads(), 2);
    assert_eq!(integer(&mut vm, "return 7"), 7, "the VM goes on meanwhile");
    drop(vm);
    assert_eq!(engine.busy_threads(), 2, "dropping the VM stops no thread");
    *gate.0.lock().expect("nobody panicked") = true;
    gate.1.notify_all();
    while engine.busy_threads() > 0 {
        std::thread::yield_now();
    }
}

#[test]
fn more_blocking_calls_than_threads_wait_for_one() {
    let config = bioxen_lua::EngineConfig { blocking_threads: 1, ..bioxen_lua::EngineConfig::default() };
    let engine = Engine::with(config).expect("an engine");
    let module = HostModule::new("m").blocking_function("work", |_, number: i64| {
        std::thread::sleep(Duration::from_millis(5));
        Ok::<_, String>(number)
    });
    std::thread::scope(|scope| {
        let tasks: Vec<_> = (0..4)
            .map(|number| {
                let config = VmConfig::default().module(module.clone());
                let mut vm = Vm::new(&engine, config).expect("a VM");
                scope.spawn(move || integer(&mut vm, &format!("return require('m').work({number})")))
            })
            .collect();
        for (number, task) in tasks.into_iter().enumerate() {
            assert_eq!(task.join().expect("it ended"), number as i64);
        }
    });
    assert_eq!(engine.busy_threads(), 0);
}

#[test]
fn functions_that_block_stop_no_file_and_no_input() {
    let config = bioxen_lua::EngineConfig { blocking_threads: 1, ..bioxen_lua::EngineConfig::default() };
    let engine = Engine::with(config).expect("an engine");
    let (begin, begun) = std::sync::mpsc::channel();
    let (open, opened) = std::sync::mpsc::channel::<()>();
    let opened = Mutex::new(opened);
    let module = HostModule::new("m").blocking_function("wait", move |_, ()| {
        begin.send(()).map_err(|error| error.to_string())?;
        let _ = opened.lock().map_err(|error| error.to_string())?.recv();
        Ok::<_, String>(7)
    });
    std::thread::scope(|scope| {
        let mut waiting = Vm::new(&engine, VmConfig::default().module(module)).expect("a VM");
        let waiting = scope.spawn(move || integer(&mut waiting, "return require('m').wait()"));
        begun.recv().expect("it began");
        let folder = tempfile::tempdir().expect("a folder");
        let config = VmConfig::default()
            .mount(bioxen_lua::Mount::read_write(folder.path(), "/data").expect("a mount"))
            .stdin(bioxen_lua::Stdin::reader(&b"42\n"[..]));
        let mut vm = Vm::new(&engine, config).expect("a VM");
        let chunk = "local f = assert(io.open('/data/x', 'w')) f:write(io.read('l')) f:close() \
            assert(os.rename('/data/x', '/data/y')) return tonumber(io.open('/data/y'):read('a'))";
        assert_eq!(integer(&mut vm, chunk), 42);
        drop(open);
        assert_eq!(waiting.join().expect("it ended"), 7);
    });
}

/// A function that waits until a door is opened, and says when it begins.
fn behind_a_door() -> (HostModule, std::sync::mpsc::Receiver<()>, std::sync::mpsc::Sender<()>) {
    let (begin, begun) = std::sync::mpsc::channel();
    let (open, opened) = std::sync::mpsc::channel::<()>();
    let door = Arc::new(Mutex::new(opened));
    let module = HostModule::new("m").blocking_function("wait", move |_, ()| {
        begin.send(()).map_err(|error| error.to_string())?;
        let _ = door.lock().map_err(|error| error.to_string())?.recv();
        Ok::<_, String>(7)
    });
    (module, begun, open)
}

#[test]
fn as_many_functions_as_may_block_stop_nobody_else() {
    let engine = Engine::new().expect("an engine");
    let blocked = engine.config().blocking_threads;
    assert_eq!(blocked, 32);
    let (module, begun, open) = behind_a_door();
    let config = bioxen_lua::ManagerConfig { limits: Limits::none(), ..bioxen_lua::ManagerConfig::default() };
    let manager = bioxen_lua::Manager::new(&engine, config).expect("a manager");
    let create = |name: &str, time: Option<Duration>, module: &HostModule| {
        let limits = Limits { time: None, host_call_time: time, ..Limits::default() };
        let id = bioxen_lua::VmId::new(name).expect("a good name");
        manager.create_vm(id, limited(limits).module(module.clone())).expect("a VM")
    };
    let jobs: Vec<_> = (0..blocked)
        .map(|at| {
            let job = create(&format!("blocked-{at}"), None, &module).exec("return require('m').wait()");
            begun.recv().expect("it began");
            job.expect("queued")
        })
        .collect();
    assert_eq!(engine.busy_threads(), blocked);

    let short = Some(Duration::from_millis(50));
    let late = create("late", short, &module);
    let late = late.exec("return select(2, pcall(require('m').wait))").expect("queued").wait();
    let late = late.expect("an outcome").value::<String>();
    assert_eq!(late.expect("caught"), "host function took longer than it may");
    let others = HostModule::new("m").function("direct", |_, ()| Ok::<_, String>(1)).async_function(
        "asynchronous",
        |_, ()| async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok::<_, String>(1)
        },
    );
    let other = create("other", None, &others);
    for _ in 0..100 {
        let chunk = "local m = require('m') local s = 0 for i = 1, 1e4 do s = s + 1 end \
                     return s + m.direct() + m.asynchronous()";
        let outcome = other.exec(chunk).expect("queued").wait().expect("an outcome");
        assert_eq!(outcome.value::<i64>().expect("a sum"), 10_002);
    }
    drop(open);
    for job in jobs {
        assert_eq!(job.wait().expect("an outcome").value::<i64>().expect("it returned"), 7);
    }
}

#[test]
fn guests_that_compute_end_in_time_while_the_engines_timer_stands_still() {
    let engine = Engine::new().expect("an engine");
    let (open, opened) = std::sync::mpsc::channel::<()>();
    let opened = Arc::new(Mutex::new(opened));
    let module = HostModule::new("m").async_function("hold", move |_, ()| {
        let (opened, (held, holds)) = (opened.clone(), tokio::sync::oneshot::channel());
        // On the only thread that watches the engine's timers.
        drop(tokio::spawn(async move {
            let _ = held.send(());
            let _ = opened.lock().map(|opened| opened.recv());
        }));
        async move { holds.await.map_err(|error| error.to_string()) }
    });
    let mut holding = Vm::new(&engine, VmConfig::default().module(module)).expect("a VM");
    exec(&mut holding, "require('m').hold()").value::<()>().expect("the timer stands still");
    for _ in 0..5 {
        let limits = Limits { time: Some(Duration::from_millis(50)), fuel: None, ..Limits::default() };
        let mut vm = Vm::new(&engine, limited(limits)).expect("a VM");
        let start = Instant::now();
        let outcome = exec(&mut vm, "while true do pcall(error) end");
        assert!(matches!(outcome.result, Err(Failure::Limit { resource: Resource::Time, .. })));
        assert!(start.elapsed() < Duration::from_millis(550), "{:?}", start.elapsed());
        let limits = Limits { fuel: Some(10_000_000), time: None, ..Limits::default() };
        let mut vm = Vm::new(&engine, limited(limits)).expect("a VM");
        let outcome = exec(&mut vm, "while true do end");
        assert!(matches!(outcome.result, Err(Failure::Limit { resource: Resource::Fuel, .. })));
    }
    drop(open);
    assert_eq!(integer(&mut holding, "return 7"), 7);
}

#[test]
fn the_deadline_of_a_call_ends_its_waiting() {
    let dropped = Arc::new(AtomicBool::new(false));
    struct Noted(Arc<AtomicBool>);
    impl Drop for Noted {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let note = dropped.clone();
    let module = HostModule::new("m")
        .async_function("asynchronous", move |_, ()| {
            let noted = Noted(note.clone());
            async move {
                let _noted = noted;
                std::future::pending::<Result<(), String>>().await
            }
        })
        .blocking_function("blocking", |_, ()| {
            std::thread::sleep(Duration::from_secs(2));
            Ok::<_, String>(())
        });
    let limits = Limits { time: Some(Duration::from_millis(100)), ..Limits::default() };
    for function in ["asynchronous", "blocking"] {
        let mut vm = vm(limited(limits.clone()).module(module.clone()).on_stop(OnStop::RollBack));
        let start = Instant::now();
        let outcome = exec(&mut vm, &format!("pcall(require('m').{function}) while true do end"));
        assert!(start.elapsed() < Duration::from_secs(1), "{function}: {:?}", start.elapsed());
        assert!(
            matches!(outcome.result, Err(Failure::Limit { resource: Resource::Time, .. })),
            "{:?}",
            outcome.result
        );
        assert_eq!(integer(&mut vm, "return 1"), 1);
    }
    assert!(dropped.load(Ordering::SeqCst), "the function's future was dropped");
}

#[test]
fn a_function_knows_its_time_and_tenant() {
    let module = HostModule::new("m")
        .function("tenant", |caller, ()| Ok::<_, String>(caller.tenant().map(|tenant| tenant.to_string())))
        .function("time", |caller, ()| {
            Ok::<_, String>(caller.time_left().map(|left| left.as_millis() as i64))
        })
        .blocking_function("blocked_tenant", |caller, ()| {
            Ok::<_, String>(caller.tenant().map(|tenant| tenant.to_string()))
        })
        .async_function("async_tenant", |caller, ()| async move {
            Ok::<_, String>(caller.tenant().map(|tenant| tenant.to_string()))
        });
    let lab = TenantId::new("lab-7").expect("a valid name");
    let limits = Limits { time: Some(Duration::from_secs(20)), ..Limits::default() };
    let mut tenant = vm(limited(limits).module(module.clone()).tenant(lab));
    assert_eq!(text(&mut tenant, "return require('m').tenant()"), "lab-7");
    assert_eq!(text(&mut tenant, "return require('m').blocked_tenant()"), "lab-7");
    assert_eq!(text(&mut tenant, "return require('m').async_tenant()"), "lab-7");
    let left = integer(&mut tenant, "return require('m').time()");
    assert!((1..=10_000).contains(&left), "what is left of ten seconds: {left}");
    let mut nobody = vm(limited(Limits::none()).module(module));
    assert_eq!(
        text(&mut nobody, "return tostring(require('m').tenant()) .. tostring(require('m').time())"),
        "nilnil"
    );
}

#[test]
fn require_of_an_unknown_module_says_so() {
    let mut with_modules = with(HostModule::new("known"));
    let message = raised(&exec(&mut with_modules, "require('unknown')"));
    assert!(message.contains("module 'unknown' not found:"), "{message}");
    assert!(message.contains("no field package.preload['unknown']"), "{message}");
    assert!(message.contains("no host module 'unknown'"), "{message}");
    assert_eq!(text(&mut with_modules, "return type(require('known'))"), "table");
    let mut without = vm(VmConfig::default());
    let message = raised(&exec(&mut without, "require('unknown')"));
    assert!(!message.contains("host module"), "{message}");
    let nul = "return select(2, pcall(require, 'a\\0b')):find('not found') ~= nil and 'fine'";
    assert_eq!(text(&mut with_modules, nul), "fine");
    let long = "return #select(2, pcall(require, ('m'):rep(100000))) > 100000 and 'fine'";
    assert_eq!(text(&mut with_modules, long), "fine");
}

#[test]
fn a_module_is_loaded_once_and_belongs_to_the_script() {
    let mut vm = with(HostModule::new("m").function("one", |_, ()| Ok::<_, String>(1)));
    let chunk = "local m = require('m') assert(m == require('m') and package.loaded.m == m) \
                 m.one = function() return 2 end assert(require('m').one() == 2) \
                 package.loaded.m = nil return require('m').one()";
    assert_eq!(integer(&mut vm, chunk), 1);
}

#[test]
fn a_module_named_like_a_standard_one_does_not_take_its_place() {
    let module = HostModule::new("string").function("rep", |_, ()| Ok::<_, String>("host"));
    let mut vm = with(module);
    assert_eq!(text(&mut vm, "return require('string').rep('x', 3)"), "xxx");
    let asked = "package.loaded.string = nil return require('string').rep()";
    assert_eq!(text(&mut vm, asked), "host");
    assert_eq!(text(&mut vm, "return ('x'):rep(2)"), "xx");
}

#[test]
fn preloaded_modules_of_the_script_come_first() {
    let mut vm = with(HostModule::new("m").function("who", |_, ()| Ok::<_, String>("host")));
    let chunk = "package.preload.m = function() return {who = function() return 'script' end} end \
                 return require('m').who()";
    assert_eq!(text(&mut vm, chunk), "script");
}

#[test]
fn two_modules_or_functions_of_one_name_are_refused() {
    let function = |module: HostModule| module.function("f", |_, ()| Ok::<_, String>(()));
    let twice = VmConfig::default().module(HostModule::new("m")).module(HostModule::new("m"));
    assert_eq!(Vm::new(engine(), twice).expect_err("twice").kind(), ErrorKind::InvalidConfig);
    let twice = VmConfig::default().module(function(function(HostModule::new("m"))));
    assert_eq!(Vm::new(engine(), twice).expect_err("twice").kind(), ErrorKind::InvalidConfig);
}

#[test]
fn functions_survive_reset_and_roll_back() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    let module = HostModule::new("m")
        .function("count", move |_, ()| Ok::<_, String>(counted.fetch_add(1, Ordering::SeqCst)));
    let limits = Limits { fuel: Some(20_000_000), ..Limits::default() };
    let mut vm = vm(limited(limits).module(module).on_stop(OnStop::RollBack));
    exec(&mut vm, "m = require('m') f = m.count").value::<()>().expect("set up");
    exec(&mut vm, "f() while true do end");
    assert_eq!(integer(&mut vm, "return f()"), 1, "what the host did stays done");
    vm.reset().expect("reset");
    assert_eq!(integer(&mut vm, "return require('m').count()"), 2);
}

#[test]
fn poisoned_globals_do_not_reach_host_calls() {
    let mut vm = with(HostModule::new("m").function("double", |_, number: i64| Ok::<_, String>(number * 2)));
    let chunk = "local require, error = require, error \
        for name in pairs(_G) do if name ~= '_G' then _G[name] = function() error('poisoned') end end end \
        return require('m').double(21)";
    assert_eq!(integer(&mut vm, chunk), 42);
    let outcome = vm.call("nothing.there", ()).wait();
    assert_eq!(outcome.expect_err("missing").kind(), ErrorKind::NotFound);
    assert_eq!(vm.get::<Option<i64>>("absent").wait().expect("nil"), None);
}
