//! Rolling back: after a hard stop a VM has the state before the call, whatever the call has done to it.

use std::fs;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bioxen_lua::{
    ErrorKind, Failure, HostModule, InterruptHandle, Limits, Mount, OnStop, Resource, Vm, VmConfig,
};

use crate::support::{exec, integer, text, vm};

fn config() -> VmConfig {
    let limits =
        Limits { fuel: Some(500_000_000), memory: Some(16 << 20), stdout: Some(10_000), ..Limits::default() };
    VmConfig::default().limits(limits).on_stop(OnStop::RollBack)
}

/// Everything that a script can see of a VM, as text.
const LOOK: &str = "
  local seen, out = {}, {}
  local function walk(v, depth)
    if type(v) ~= 'table' or seen[v] then return type(v) == 'table' and 'seen' or type(v) .. ':' ..
      ((type(v) == 'function' or type(v) == 'userdata' or type(v) == 'thread') and '' or (tostring(v):gsub('[^%g ]', '?'))) end
    seen[v] = true
    local keys = {}
    for k in next, v do keys[#keys + 1] = k end
    table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
    local parts = {}
    for _, k in ipairs(keys) do parts[#parts + 1] = tostring(k) .. '=' .. walk(v[k], depth + 1) end
    return '{' .. table.concat(parts, ',') .. '}'
  end
  return walk(_G, 0)";

/// A VM with a life behind it: tables, closures, a coroutine in the middle, metatables, big strings.
const LIFE: &str = "
  count = 0
  function bump() count = count + 1; return count end
  words = {}
  for i = 1, 300 do words[i] = 'word' .. i end
  co = coroutine.wrap(function() while true do coroutine.yield(bump()) end end)
  big = string.rep('GATTACA', 100000)
  guarded = setmetatable({}, {__index = function(_, k) return k .. '!' end})
  bump() co()";

#[track_caller]
fn rolls_back(vm: &mut Vm, chunk: &str) -> Failure {
    let before = text(vm, LOOK);
    let failure = exec(vm, chunk).result.expect_err("the chunk is stopped");
    assert!(failure.is_hard_stop(), "{failure}");
    assert_eq!(text(vm, LOOK), before, "after {chunk}");
    assert_eq!(integer(vm, "return #big"), 700_000);
    failure
}

const RUIN: &str = "
  count = -1; words = nil; big = nil; guarded = nil; co = nil
  for k in pairs(string) do string[k] = nil end
  collectgarbage()
  filler = {} for i = 1, 1000 do filler[i] = ('x'):rep(10) end ";

#[test]
fn every_hard_stop_goes_back() {
    let ruin = RUIN.replace("('x'):rep(10)", "{}");
    let mut vm = vm(config());
    exec(&mut vm, LIFE).value::<()>().unwrap();
    let fuel = rolls_back(&mut vm, &format!("{ruin} while true do end"));
    assert!(matches!(fuel, Failure::Limit { resource: Resource::Fuel, .. }));
    let stdout = rolls_back(&mut vm, &format!("{ruin} while true do print('flood') end"));
    assert!(matches!(stdout, Failure::Limit { resource: Resource::Stdout, .. }));
    let nested = "local function f() return pcall(f) end while true do f() end";
    rolls_back(&mut vm, &format!("{ruin} {nested}"));
    rolls_back(&mut vm, "local t = {} while true do pcall(function() t[#t + 1] = big .. #t end) end");
    assert_eq!(integer(&mut vm, "return co()"), 3);
}

#[test]
fn an_interrupt_and_a_deadline_go_back() {
    let limits = Limits { time: Some(Duration::from_millis(300)), ..Limits::default() };
    let mut vm = vm(VmConfig::default().limits(limits).on_stop(OnStop::RollBack));
    exec(&mut vm, LIFE).value::<()>().unwrap();
    assert!(matches!(
        rolls_back(&mut vm, "big = 1 while true do end"),
        Failure::Limit { resource: Resource::Time, .. }
    ));
    let stopper = Stopper::default();
    let config = VmConfig::default().on_stop(OnStop::RollBack).stdout(stopper.clone());
    let mut vm = crate::support::vm(config);
    *stopper.0.lock().unwrap() = Some(vm.interrupt_handle());
    exec(&mut vm, LIFE).value::<()>().unwrap();
    assert_eq!(rolls_back(&mut vm, "big = 1 print('stop me') while true do end"), Failure::Interrupted);
}

/// A writer that interrupts whoever writes to it.
#[derive(Clone, Default)]
struct Stopper(Arc<Mutex<Option<InterruptHandle>>>);

impl Write for Stopper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().as_ref().expect("a handle").interrupt();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_host_function_that_stops_the_call_leaves_the_state_before() {
    let module =
        HostModule::new("host").function("boom", |_, (): ()| -> Result<(), String> { panic!("boom") });
    let limits = Limits { host_calls: Some(10), ..Limits::default() };
    let mut vm = vm(VmConfig::default().limits(limits).module(module).on_stop(OnStop::RollBack));
    exec(&mut vm, LIFE).value::<()>().unwrap();
    let failure = rolls_back(&mut vm, "big = nil local h = require('host') while true do pcall(h.boom) end");
    assert!(matches!(failure, Failure::Limit { resource: Resource::HostCalls, .. }));
    assert_eq!(
        text(&mut vm, "return tostring(package.loaded.host)"),
        "nil",
        "the module was loaded in the call"
    );
}

#[test]
fn output_before_the_stop_is_kept_and_errors_undo_nothing() {
    let mut vm = vm(config());
    exec(&mut vm, LIFE).value::<()>().unwrap();
    let outcome = exec(&mut vm, "print('seen') io.write('held') words = nil while true do end");
    assert_eq!(outcome.stdout.to_text(), "seen\nheld");
    assert_eq!(integer(&mut vm, "return #words"), 300);
    assert!(exec(&mut vm, "words[1] = 'kept' error('no')").result.is_err());
    assert_eq!(text(&mut vm, "return words[1]"), "kept");
}

#[test]
fn going_back_again_and_again_takes_no_memory_away() {
    let mut vm = vm(config());
    exec(&mut vm, LIFE).value::<()>().unwrap();
    for round in 0..40 {
        assert_eq!(integer(&mut vm, "return bump()"), round + 3);
        let chunk =
            "local t = {} while true do t[#t + 1] = {#t} if #t > 50000 then while true do end end end";
        assert!(exec(&mut vm, chunk).result.is_err());
    }
    let memory = exec(&mut vm, "return 1").usage.memory;
    assert!(memory < 4 << 20, "{memory} bytes");
}

#[test]
fn random_calls_agree_with_a_model() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: u64| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed % below
    };
    let limits = Limits { fuel: Some(3_000_000), ..Limits::default() };
    let mut vm = vm(VmConfig::default().limits(limits).on_stop(OnStop::RollBack));
    exec(&mut vm, "t = {} for i = 1, 200 do t[i] = 0 end").value::<()>().unwrap();
    let mut model = vec![0_i64; 200];
    for step in 0..400 {
        let (at, to) = (random(200) as usize, random(1000) as i64);
        let change = format!(
            "t[{}] = {to} local junk = {{}} for i = 1, {} do junk[i] = {{}} end",
            at + 1,
            random(300)
        );
        if random(4) == 0 {
            assert!(exec(&mut vm, &format!("{change} while true do end")).result.is_err());
        } else {
            let outcome = exec(&mut vm, &change);
            outcome
                .value::<()>()
                .unwrap_or_else(|error| panic!("{step}: {change}: {error} {:?}", outcome.usage));
            model[at] = to;
        }
        if step % 20 == 0 {
            assert_eq!(exec(&mut vm, "return t").value::<Vec<i64>>().unwrap(), model, "step {step}");
        }
    }
}

#[test]
fn a_file_that_was_open_is_closed_and_a_stale_one_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "first\nsecond\n").unwrap();
    let mut vm = vm(config().mount(Mount::read_write(folder.path(), "/data").unwrap()));
    exec(&mut vm, "f = assert(io.open('/data/a')) assert(f:read() == 'first')").value::<()>().unwrap();
    assert!(exec(&mut vm, "while true do end").result.is_err());
    let chunk = "local g = assert(io.open('/data/b', 'w'))
      local data, why = f:read(100000)
      f:write('x') f:flush() g:close()
      return tostring(data == nil or not data:find('x'))";
    assert_eq!(text(&mut vm, chunk), "true");
    assert_eq!(fs::read_to_string(folder.path().join("b")).unwrap(), "");
}

#[test]
fn exit_ends_and_does_not_go_back() {
    let mut vm = vm(config());
    assert_eq!(exec(&mut vm, "x = 1 os.exit(4)").result, Err(Failure::Exit(4)));
    assert_eq!(vm.exec("return 1").wait().unwrap_err().kind(), ErrorKind::Ended);
}

#[test]
fn a_vm_that_grew_in_the_call_shrinks_with_it() {
    let limits = Limits { fuel: Some(3_000_000_000), ..Limits::default() };
    let mut vm = vm(VmConfig::default().limits(limits).on_stop(OnStop::RollBack));
    exec(&mut vm, "small = 1");
    assert!(exec(&mut vm, "big = ('x'):rep(20000000) while true do end").result.is_err());
    let memory = exec(&mut vm, "return small").usage.memory;
    assert!(memory < 4 << 20, "{memory} bytes");
    exec(&mut vm, "big = ('x'):rep(20000000)").value::<()>().unwrap();
    assert!(exec(&mut vm, "big = big:sub(2) while true do end").result.is_err());
    assert_eq!(integer(&mut vm, "return #big"), 20_000_000);
}

/// The checkpoint of a large change is taken in pieces, and a call that is dropped between two of them loses
/// none of what changed.
#[test]
fn a_checkpoint_that_is_dropped_half_way_is_finished_later() {
    let limits = Limits { fuel: Some(500_000_000), ..Limits::default() };
    let mut vm = vm(VmConfig::default().limits(limits).on_stop(OnStop::RollBack));
    exec(&mut vm, "t = {} for i = 1, 1000000 do t[i] = i end").value::<()>().unwrap();
    for round in 1..=5 {
        let change = format!("for i = 1, #t do t[i] = {round} end");
        exec(&mut vm, &change).value::<()>().unwrap();
        for polls in 0..round {
            let mut call = Box::pin(vm.exec("return 1"));
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            for _ in 0..polls {
                assert!(call.as_mut().poll(&mut context).is_pending(), "one poll is one piece of a MiB");
            }
        }
        let stopped = exec(&mut vm, "for i = 1, #t do t[i] = 'lost' end while true do end");
        assert!(stopped.result.is_err());
        let sum = integer(&mut vm, "local n = 0 for i = 1, #t do n = n + t[i] end return n");
        assert_eq!(sum, 1_000_000 * i64::from(round));
    }
}

#[test]
fn a_function_of_the_host_that_interrupts_its_vm_stops_it_there() {
    let stopper = Stopper::default();
    let own = stopper.clone();
    let stop = move |_: &mut bioxen_lua::Caller, ()| {
        own.0.lock().unwrap().as_ref().expect("a handle").interrupt();
        Err::<(), _>("stopped")
    };
    let module = HostModule::new("own").function("stop", stop);
    let mut vm = vm(VmConfig::default().module(module).on_stop(OnStop::RollBack));
    *stopper.0.lock().unwrap() = Some(vm.interrupt_handle());
    exec(&mut vm, LIFE).value::<()>().unwrap();
    // Nothing of the script runs behind it, which might end the call before anybody looks at the interrupt.
    assert_eq!(rolls_back(&mut vm, "big = 1 pcall(require('own').stop) big = 2"), Failure::Interrupted);
}
