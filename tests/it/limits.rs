//! Every limit: just under it, just over it, and work goes on afterwards, after a reset and under
//! `OnStop::RollBack`.

use std::time::Duration;

use bioxen_lua::{
    Chunk, ErrorKind, Failure, HostModule, Limits, Mount, OnStop, Outcome, Resource, Value, Vm, VmConfig,
};
use tempfile::TempDir;

use crate::support::{engine, exec, integer, limited, raised, text, vm};

/// A chunk that stays under a limit and one that goes over it, each behind `x = 2` and some output.
#[track_caller]
fn check(config: VmConfig, under: &str, over: &str, stopped: impl Fn(&Outcome)) {
    let before = |chunk: &str| format!("x = 2 io.write('before') {chunk}");
    let mut discarding = vm(config.clone());
    let outcome = exec(&mut discarding, &before(under));
    assert!(outcome.result.is_ok(), "just under: {outcome:?}");
    let outcome = exec(&mut discarding, &before(over));
    stopped(&outcome);
    assert!(outcome.stdout.as_bytes().starts_with(b"before"), "output is kept: {outcome:?}");
    let hard = outcome.result.as_ref().err().is_some_and(Failure::is_hard_stop);
    goes_on_after_reset(discarding, hard);
    goes_on_under_roll_back(config, &before(over), hard, &stopped);
}

#[track_caller]
fn goes_on_after_reset(mut vm: Vm, hard: bool) {
    if hard {
        assert_eq!(vm.exec("return 1").wait().expect_err("stopped").kind(), ErrorKind::Stopped);
        assert_eq!(vm.get::<Value>("x").wait().expect_err("stopped").kind(), ErrorKind::Stopped);
    } else {
        assert_eq!(integer(&mut vm, "return x"), 2, "the VM goes on as it is");
    }
    vm.reset().expect("a VM can be reset");
    assert_eq!(text(&mut vm, "return type(x)"), "nil");
    assert_eq!(integer(&mut vm, "x = 3 return x"), 3);
}

#[track_caller]
fn goes_on_under_roll_back(config: VmConfig, over: &str, hard: bool, stopped: &impl Fn(&Outcome)) {
    let mut vm = vm(config.on_stop(OnStop::RollBack));
    exec(&mut vm, "x = 1");
    for _ in 0..2 {
        let outcome = exec(&mut vm, over);
        stopped(&outcome);
        assert!(outcome.stdout.as_bytes().starts_with(b"before"), "output is kept: {outcome:?}");
        let too_large = matches!(outcome.result, Err(Failure::Limit { resource: Resource::Result, .. }));
        let back = hard || too_large || outcome.out_of_memory;
        assert_eq!(integer(&mut vm, "return x"), if back { 1 } else { 2 });
    }
}

#[track_caller]
fn limit(outcome: &Outcome, resource: Resource) -> (u64, u64) {
    match outcome.result {
        Err(Failure::Limit { resource: which, used, limit }) if which == resource => (used, limit),
        ref other => panic!("expected the limit `{resource}`, got {other:?}"),
    }
}

fn tight(change: impl Fn(&mut Limits)) -> VmConfig {
    let mut limits = Limits::default();
    change(&mut limits);
    limited(limits).seed(7)
}

#[test]
fn memory() {
    // `string.rep` needs the size twice, beside the Lua state's own megabyte.
    let config = tight(|limits| limits.memory = Some(8 << 20));
    check(config, "local s = ('x'):rep(3300000)", "local s = ('x'):rep(4 << 20)", |outcome| {
        assert_eq!(raised(outcome), "not enough memory");
        assert!(outcome.usage.memory <= 8 << 20, "{:?}", outcome.usage);
    });
}

#[test]
fn memory_runs_out_as_an_error_that_can_be_caught() {
    let mut vm = vm(tight(|limits| limits.memory = Some(4 << 20)));
    let caught = "local ok, message = pcall(string.rep, 'x', 16 << 20) return tostring(ok) .. ' ' .. message";
    assert_eq!(text(&mut vm, caught), "false not enough memory");
    assert_eq!(integer(&mut vm, "return #('x'):rep(1 << 20)"), 1 << 20);
}

#[test]
fn the_first_throw_of_a_vm_finds_room_whatever_the_memory() {
    let fill = "local t = {} for i = 1, math.huge do t[i] = ('x'):rep(SIZE) .. i end";
    for memory in [Limits::MEMORY_FLOOR, (1 << 20) + 65_536, (2 << 20) + 4_096, 4 << 20] {
        for size in ["10", "1000", "40000"] {
            let mut vm = vm(tight(|limits| limits.memory = Some(memory)));
            let outcome = exec(&mut vm, &fill.replace("SIZE", size));
            assert_eq!(raised(&outcome), "not enough memory", "{memory} bytes, pieces of {size}");
            assert!(outcome.usage.memory <= memory);
            assert_eq!(integer(&mut vm, "return 1 + 1"), 2);
        }
    }
}

#[test]
fn fuel() {
    let work = "for i = 1, 1000 do y = i end";
    let measured = |fuel: u64| {
        let mut vm = vm(tight(|limits| limits.fuel = Some(fuel)));
        exec(&mut vm, work)
    };
    let used = measured(1_000_000_000).usage.fuel;
    assert!(used > 1000, "{used}");
    assert!(measured(used + 1).result.is_ok(), "just under");
    // The guest looks at its fuel at each loop and function, not at each instruction.
    let (over, allowed) = limit(&measured(used - 200), Resource::Fuel);
    assert_eq!(allowed, used - 200);
    assert!(over <= used);
    let config = tight(|limits| limits.fuel = Some(10_000_000));
    check(config, work, "while true do end", |outcome| {
        assert_eq!(limit(outcome, Resource::Fuel).1, 10_000_000);
    });
}

#[test]
fn fuel_repeats_in_seeded_runs() {
    let work = "local t = {} for i = 1, 2000 do t[i] = math.random(1000) end table.sort(t) print(t[1], #tostring(t)) \
                for k in pairs(_G) do io.write(k, ' ') end return require('host').echo('x')";
    let run = |seed: u64| {
        let config = VmConfig::default().seed(seed).module(echo());
        let mut vm = vm(config);
        let outcome = exec(&mut vm, work);
        (outcome.usage.fuel, outcome.stdout.to_text().into_owned())
    };
    assert_eq!(run(1), run(1));
    assert_eq!(run(2), run(2));
    assert_ne!(run(1), run(2));
}

#[test]
fn time() {
    let config = tight(|limits| limits.time = Some(Duration::from_millis(200)));
    let under = "local start = os.clock() repeat until os.clock() - start > 0.02";
    check(config, under, "while true do end", |outcome| {
        let (used, allowed) = limit(outcome, Resource::Time);
        assert_eq!(allowed, 200);
        assert!((200..2_000).contains(&used), "{used} ms");
    });
}

#[test]
fn time_covers_waiting_in_host_functions() {
    let config = tight(|limits| limits.time = Some(Duration::from_millis(200))).module(waiting());
    check(config, "require('wait').async(1)", "require('wait').async(60000)", |outcome| {
        limit(outcome, Resource::Time);
        assert!(outcome.usage.time < Duration::from_secs(2), "{:?}", outcome.usage);
    });
}

#[test]
fn stdout() {
    let config = tight(|limits| limits.stdout = Some(10));
    for over in ["io.write('56789')", "print('5678')", "io.stdout:setvbuf('no') io.write('5', '67', '89')"] {
        check(config.clone(), "io.write('6789')", over, |outcome| {
            let (used, allowed) = limit(outcome, Resource::Stdout);
            assert_eq!((used, allowed), (11, 10));
            assert_eq!(outcome.stdout.as_bytes().len(), 10, "{outcome:?}");
            assert_eq!(outcome.usage.stdout, 10);
        });
    }
}

#[test]
fn output_ends_exactly_at_its_ceiling() {
    for size in [1u64, 4095, 4096, 4097, 100_000] {
        let run = |written: u64| {
            let mut vm = vm(tight(|limits| limits.stdout = Some(size)));
            exec(&mut vm, &format!("for i = 1, {written} do io.write('x') end"))
        };
        let outcome = run(size);
        assert!(outcome.result.is_ok(), "{outcome:?}");
        assert_eq!(outcome.usage.stdout, size);
        let outcome = run(size + 1);
        limit(&outcome, Resource::Stdout);
        assert_eq!(outcome.stdout.as_bytes().len() as u64, size);
    }
}

#[test]
fn what_lies_in_the_guests_buffer_is_kept_at_a_stop() {
    let mut vm = vm(tight(|limits| limits.fuel = Some(10_000_000)).on_stop(OnStop::RollBack));
    let outcome = exec(&mut vm, "io.write('one ') print('two') io.write('three') while true do end");
    limit(&outcome, Resource::Fuel);
    assert_eq!(outcome.stdout.to_text(), "one two\nthree");
    assert_eq!(outcome.usage.stdout, 13);
    assert_eq!(exec(&mut vm, "io.write('four')").stdout.to_text(), "four", "nothing is printed twice");
}

#[test]
fn what_lies_in_the_guests_buffer_counts_against_the_ceiling() {
    let mut vm = vm(tight(|limits| {
        limits.fuel = Some(10_000_000);
        limits.stdout = Some(5);
    }));
    let outcome = exec(&mut vm, "io.write('1234567') while true do end");
    assert_eq!(outcome.stdout.to_text(), "12345");
    assert_eq!(outcome.usage.stdout, 5);
}

#[test]
fn stderr() {
    let config = tight(|limits| limits.stderr = Some(10));
    check(config, "io.stderr:write('0123456789')", "io.stderr:write('0123456789', 'x')", |outcome| {
        assert_eq!(limit(outcome, Resource::Stderr), (11, 10));
        assert_eq!(outcome.stderr.to_text(), "0123456789");
    });
}

#[test]
fn output_ceilings_cannot_be_caught() {
    let mut vm = vm(tight(|limits| limits.stdout = Some(100)));
    let outcome = exec(&mut vm, "pcall(function() for i = 1, 1000 do print(i) end end) error('went on')");
    limit(&outcome, Resource::Stdout);
}

#[test]
fn result() {
    let config = tight(|limits| limits.result = Some(1000));
    check(config.clone(), "return ('x'):rep(984)", "return ('x'):rep(985)", |outcome| {
        assert_eq!(limit(outcome, Resource::Result), (1001, 1000));
    });
    let many = "local t = {} for i = 1, N do t[i] = i end return t";
    check(config, &many.replace('N', "61"), &many.replace('N', "62"), |outcome| {
        limit(outcome, Resource::Result);
    });
}

#[test]
fn error_text() {
    let config = tight(|limits| limits.error_text = Some(50));
    let mut vm = vm(config);
    for (size, kept) in [(49, 49), (50, 50), (51, 50), (100_000, 50)] {
        let outcome = exec(&mut vm, &format!("error(('x'):rep({size}), 0)"));
        assert_eq!(raised(&outcome).len(), kept);
        let Err(Failure::Raised { traceback, .. }) = outcome.result else { panic!("raised") };
        assert!(traceback.len() <= 50, "{traceback}");
    }
    let outcome = exec(&mut vm, &format!("return {}", "x".repeat(200) + " y"));
    let Err(Failure::Syntax { message, .. }) = outcome.result else { panic!("syntax") };
    assert!(message.len() <= 50, "{message}");
}

#[test]
fn source() {
    for on_stop in [OnStop::Discard, OnStop::RollBack] {
        let mut vm = vm(tight(|limits| limits.source = Some(100)).on_stop(on_stop));
        assert!(exec(&mut vm, &format!("{:<100}", "x = 1")).result.is_ok());
        for outcome in [
            vm.exec(" ".repeat(101)).wait().expect("an outcome"),
            vm.line(" ".repeat(101)).wait().expect("an outcome"),
            vm.run(" ".repeat(101)).wait().expect("an outcome"),
        ] {
            assert_eq!(limit(&outcome, Resource::Source), (101, 100));
        }
        assert_eq!(integer(&mut vm, "return x"), 1);
        vm.reset().expect("reset");
        assert_eq!(text(&mut vm, "return type(x)"), "nil");
    }
}

fn echo() -> HostModule {
    HostModule::new("host")
        .function("echo", |_, text: String| Ok::<_, String>(text))
        .function("size", |_, text: bioxen_lua::Value| match text {
            Value::String(text) => Ok(text.as_bytes().len() as i64),
            _ => Err("not a string".to_string()),
        })
        .function("make", |_, size: usize| Ok::<_, String>("x".repeat(size)))
}

fn waiting() -> HostModule {
    HostModule::new("wait")
        .async_function("async", |_, milliseconds: u64| async move {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            Ok::<_, String>(())
        })
        .blocking_function("blocking", |_, milliseconds: u64| {
            std::thread::sleep(Duration::from_millis(milliseconds));
            Ok::<_, String>(())
        })
}

#[test]
fn host_calls() {
    let config = tight(|limits| limits.host_calls = Some(5)).module(echo());
    let calls = "local echo = require('host').echo for i = 1, N do pcall(echo, 'x') end";
    check(config, &calls.replace('N', "5"), &calls.replace('N', "6"), |outcome| {
        assert_eq!(limit(outcome, Resource::HostCalls), (6, 5));
    });
}

#[test]
fn host_call_time() {
    let config = tight(|limits| limits.host_call_time = Some(Duration::from_millis(150))).module(waiting());
    for kind in ["async", "blocking"] {
        let call = |milliseconds: &str| format!("require('wait').{kind}({milliseconds})");
        check(config.clone(), &call("1"), &call("1500"), |outcome| {
            let message = raised(outcome);
            assert!(message.contains("host function took longer than it may"), "{message}");
            assert!(outcome.usage.time < Duration::from_millis(1500), "{:?}", outcome.usage);
        });
    }
}

#[test]
fn host_call_size() {
    let config = tight(|limits| limits.host_call_size = Some(1000)).module(echo());
    let under = "assert(require('host').size(('x'):rep(984)) == 984)";
    check(config.clone(), under, "require('host').size(('x'):rep(985))", |outcome| {
        let message = raised(outcome);
        assert!(message.contains("value too large to cross to the host"), "{message}");
    });
    let under = "assert(#require('host').make(984) == 984)";
    check(config, under, "require('host').make(985)", |outcome| {
        let message = raised(outcome);
        assert!(message.contains("results of a host function: too large"), "{message}");
    });
}

/// A writable folder at `/scratch`, and limits.
fn with_folder(folder: &TempDir, change: impl Fn(&mut Limits)) -> VmConfig {
    tight(change).mount(Mount::read_write(folder.path(), "/scratch").expect("the folder is there"))
}

#[test]
fn open_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = with_folder(&folder, |limits| limits.open_files = Some(3));
    let open = "files = nil collectgarbage() files = {} for i = 1, N do files[i] = assert(io.open('/scratch/' .. i, 'w')) end";
    check(config, &open.replace('N', "3"), &open.replace('N', "4"), |outcome| {
        let message = raised(outcome);
        assert!(message.contains("/scratch/4: No file descriptors available"), "{message}");
    });
}

#[test]
fn disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = with_folder(&folder, |limits| limits.disk = Some(100_000));
    let write = "local f = assert(io.open('/scratch/a', 'w')) assert(f:write(('x'):rep(N))) assert(f:close()) os.remove('/scratch/a')";
    check(config, &write.replace('N', "100000"), &write.replace('N', "100001"), |outcome| {
        let message = raised(outcome);
        assert!(message.contains("No space left on device"), "{message}");
    });
}

#[test]
fn nothing_is_written_of_what_does_not_fit() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut vm = vm(with_folder(&folder, |limits| limits.disk = Some(100)));
    let write = "f = assert(io.open('/scratch/a', 'a')) f:setvbuf('no') \
                 local ok, message = f:write(('x'):rep(N)) f:close() return tostring(ok and true) .. ' ' .. tostring(message)";
    let size = || std::fs::metadata(folder.path().join("a")).expect("it is there").len();
    assert_eq!(text(&mut vm, &write.replace('N', "60")), "true nil");
    assert_eq!(text(&mut vm, &write.replace('N', "41")), "nil No space left on device");
    assert_eq!(size(), 60);
    assert_eq!(text(&mut vm, &write.replace('N', "40")), "true nil");
    assert_eq!(size(), 100);
    vm.reset().expect("reset");
    assert_eq!(
        text(&mut vm, &write.replace('N', "1")),
        "nil No space left on device",
        "a reset gives nothing back"
    );
}

#[test]
fn files() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = with_folder(&folder, |limits| limits.files = Some(3));
    let make = "for i = 1, 9 do os.remove('/scratch/' .. i) end \
                for i = 1, N do assert(io.open('/scratch/' .. i, 'w')):close() end";
    check(config, &make.replace('N', "3"), &make.replace('N', "4"), |outcome| {
        let message = raised(outcome);
        assert!(message.contains("/scratch/4: No space left on device"), "{message}");
    });
}

#[test]
fn a_removed_file_makes_room_for_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut vm = vm(with_folder(&folder, |limits| limits.files = Some(1)));
    let turns = "for i = 1, 10 do assert(io.open('/scratch/a', 'w')):close() assert(not io.open('/scratch/b', 'w')) \
                 assert(os.remove('/scratch/a')) end return 'fine'";
    assert_eq!(text(&mut vm, turns), "fine");
}

#[test]
fn usage_is_exact_where_it_is_counted() {
    let mut vm = vm(VmConfig::default().module(echo()));
    let outcome = exec(
        &mut vm,
        "print('12345') io.write('678') io.stderr:write('90') for i = 1, 17 do require('host').echo('x') end",
    );
    assert!(outcome.result.is_ok());
    let usage = outcome.usage;
    assert_eq!((usage.stdout, usage.stderr, usage.host_calls), (9, 2, 17));
    assert!(usage.fuel > 17 * 2_000, "each call into the host costs: {usage:?}");
    assert!(usage.memory >= 128 << 10 && usage.memory < 8 << 20, "{usage:?}");
    assert!(usage.time > Duration::ZERO);
    let next = exec(&mut vm, "return 1").usage;
    assert_eq!((next.stdout, next.stderr, next.host_calls), (0, 0, 0));
    assert!(next.fuel < usage.fuel);
}

#[test]
fn memory_is_counted_as_it_is_taken() {
    let mut vm = vm(VmConfig::default());
    let small = exec(&mut vm, "return 1").usage.memory;
    let large = exec(&mut vm, "s = ('x'):rep(10 << 20)").usage.memory;
    assert!(large >= small + (10 << 20), "{small} to {large}");
}

#[test]
fn errors_are_paid_for() {
    let mut vm = vm(VmConfig::default());
    let outcome = exec(&mut vm, "for i = 1, 100000 do pcall(error) end");
    assert!(outcome.usage.fuel >= 50_000_000, "{:?}", outcome.usage);
}

#[test]
fn contradictory_limits_are_refused() {
    let refused = |change: &dyn Fn(&mut Limits), name: &str| {
        let mut limits = Limits::default();
        change(&mut limits);
        let error = Vm::new(engine(), limited(limits)).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        assert!(error.to_string().contains(name), "{error}");
    };
    refused(&|limits| limits.memory = Some(Limits::MEMORY_FLOOR - 1), "`memory`");
    refused(&|limits| limits.memory = Some((1 << 32) + 1), "`memory`");
    refused(&|limits| limits.fuel = Some(0), "`fuel`");
    refused(&|limits| limits.time = Some(Duration::ZERO), "`time`");
    refused(&|limits| limits.host_call_time = Some(Duration::ZERO), "`host_call_time`");
}

#[test]
fn limits_may_be_lifted() {
    let mut vm = vm(limited(Limits::none()).module(echo()));
    let outcome = exec(
        &mut vm,
        "print(('x'):rep(3 << 20)) return ('y'):rep(3 << 20), require('host').size(('z'):rep(3 << 20))",
    );
    assert_eq!(outcome.stdout.as_bytes().len(), (3 << 20) + 1);
    let (text, size): (String, i64) = outcome.value().expect("two values");
    assert_eq!((text.len(), size), (3 << 20, 3 << 20));
}

#[test]
fn a_limit_of_nothing_allows_nothing() {
    let mut vm = vm(tight(|limits| {
        limits.stdout = Some(0);
        limits.host_calls = Some(0);
        limits.source = Some(20);
    })
    .on_stop(OnStop::RollBack)
    .module(echo()));
    assert_eq!(integer(&mut vm, "return 1"), 1);
    limit(&exec(&mut vm, "print(1)"), Resource::Stdout);
    let outcome = vm.exec(Chunk::new("require'host'.echo''")).wait().expect("an outcome");
    limit(&outcome, Resource::HostCalls);
}

/// The space of a file that is removed while it is open for reading is in use until it is closed.
#[test]
fn disk_counts_a_removed_file_that_is_still_read() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mount = bioxen_lua::Mount::read_write(folder.path(), "/scratch").expect("it can be mounted");
    let mut vm = vm(limited(Limits { disk: Some(1 << 20), ..Limits::default() }).mount(mount));
    let script = r#"
        local held = {}
        local function hold()
            local f = assert(io.open("/scratch/file", "wb"))
            f:setvbuf("no")
            local written, message = f:write(("x"):rep(700000))
            f:close()
            if not written then return message end
            held[#held + 1] = assert(io.open("/scratch/file", "rb"))
            os.remove("/scratch/file")
        end
        local first, second = hold(), hold()
        for _, f in ipairs(held) do f:close() end
        os.remove("/scratch/file")
        return first == nil, second, hold() == nil
    "#;
    let (first, second, third): (bool, String, bool) = exec(&mut vm, script).value().expect("it returns");
    assert!(first && third);
    assert_eq!(second, "No space left on device");
}

/// Source longer than the transfer buffer needs memory of the guest before anything runs.
#[test]
fn memory_that_is_full_refuses_a_long_source_as_lua_does() {
    let mut vm = vm(limited(Limits { memory: Some(8 << 20), ..Limits::default() }));
    exec(&mut vm, "keep = {} pcall(function() for i = 1, 1e9 do keep[i] = ('x'):rep(100) .. i end end)");
    let long = format!("return {}", " ".repeat(200_000));
    assert_eq!(raised(&exec(&mut vm, &long)), "not enough memory");
    exec(&mut vm, "keep = nil collectgarbage()");
    assert!(exec(&mut vm, &long).result.is_ok(), "there is room again");
}
