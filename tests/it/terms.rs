//! How one chunk is run: its own time and fuel, its results printed, beside the standard streams; and what becomes
//! of a VM whose memory ran out.

use std::time::Duration;

use bioxen_lua::{
    Chunk, ErrorKind, Failure, Limits, Manager, ManagerConfig, OnStop, Resource, SessionState, Vm, VmConfig,
    VmId,
};

use crate::support::{engine, exec, integer, raised, vm};

const SPIN: &str = "while true do end";

fn rolling() -> Vm {
    vm(VmConfig::default().on_stop(OnStop::RollBack))
}

#[track_caller]
fn stopped_by(vm: &mut Vm, chunk: Chunk) -> (Resource, u64) {
    let outcome = vm.exec(chunk).wait().expect("an outcome");
    match outcome.result.expect_err("stopped") {
        Failure::Limit { resource, limit, .. } => (resource, limit),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_chunk_has_time_and_fuel_of_its_own() {
    let mut vm = rolling();
    exec(&mut vm, "n = 1");
    let late = Chunk::new(SPIN).time(Some(Duration::from_millis(20)));
    assert_eq!(stopped_by(&mut vm, late), (Resource::Time, 20));
    assert_eq!(stopped_by(&mut vm, Chunk::new(SPIN).fuel(Some(1_000_000))), (Resource::Fuel, 1_000_000));
    assert_eq!(stopped_by(&mut vm, Chunk::new("return 1").time(Some(Duration::ZERO))).0, Resource::Time);
    // The next chunk has the VM's limits again.
    assert_eq!(integer(&mut vm, "local s = 0 for i = 1, 1e6 do s = s + i end return n"), 1);
    let outcome = vm.exec(Chunk::new("return 2").fuel(Some(1_000_000))).wait().expect("an outcome");
    assert!((1..1_000_000).contains(&outcome.usage.fuel), "{:?}", outcome.usage);
}

#[test]
fn a_chunk_may_have_more_than_its_vm() {
    let limits = Limits { fuel: Some(100_000), time: Some(Duration::from_millis(1)), ..Limits::default() };
    let mut vm = vm(VmConfig::default().limits(limits).on_stop(OnStop::RollBack));
    let work = "local s = 0 for i = 1, 3e6 do s = s + i end return s";
    let more = Chunk::new(work).fuel(None).time(None);
    assert_eq!(vm.exec(more).wait().expect("an outcome").value::<f64>().expect("a sum"), 4_500_001_500_000.0);
    assert!(stopped_by(&mut vm, Chunk::new(work)).1 <= 100_000);
}

#[test]
fn a_manager_s_ceilings_hold_for_every_chunk() {
    let manager = Manager::new(engine(), ManagerConfig::default()).expect("a manager");
    let vm = manager.create_vm(VmId::new("one").expect("a name"), VmConfig::default()).expect("a VM");
    let refused = |chunk: Chunk| vm.exec(chunk).expect_err("refused").kind();
    assert_eq!(refused(Chunk::new("return 1").time(None)), ErrorKind::InvalidConfig);
    assert_eq!(refused(Chunk::new("return 1").time(Some(Duration::from_secs(6)))), ErrorKind::InvalidConfig);
    assert_eq!(refused(Chunk::new("return 1").fuel(Some(u64::MAX))), ErrorKind::InvalidConfig);
    let allowed = Chunk::new("return 1").time(Some(Duration::from_secs(5))).fuel(Some(1_000_000));
    assert_eq!(vm.exec(allowed).expect("queued").wait().expect("ran").value::<i64>().expect("one"), 1);
}

#[test]
fn results_are_printed_and_answered() {
    let mut vm = rolling();
    let mut echo = |source: &str| {
        let outcome = vm.exec(Chunk::new(source).echo().arguments((7, "x"))).wait().expect("an outcome");
        (outcome.stdout.to_text().into_owned(), outcome.result)
    };
    assert_eq!(echo("return 2 + 2"), ("4\n".into(), Ok(vec![4.into()])));
    assert_eq!(echo("io.write('a') return ..."), ("a7\tx\n".into(), Ok(vec![7.into(), "x".into()])));
    assert_eq!(echo("x = 1"), (String::new(), Ok(vec![])));
    assert_eq!(echo("return nil").0, "nil\n");
    let (printed, result) = echo("return 1, print");
    assert!(printed.starts_with("1\tfunction: "), "{printed}");
    assert!(matches!(result, Err(Failure::Conversion { .. })), "{result:?}");
    assert_eq!(echo("return setmetatable({}, {__tostring = function() return 'me' end})").0, "me\n");
    let (_, failed) = echo("print = nil return 1");
    assert!(
        matches!(&failed, Err(Failure::Raised { message, .. }) if message.contains("calling 'print'")),
        "{failed:?}"
    );
}

#[test]
fn many_results_are_printed() {
    let mut vm = rolling();
    let outcome =
        vm.exec(Chunk::new("return table.unpack({}, 1, 100000)").echo()).wait().expect("an outcome");
    assert_eq!(outcome.stdout.as_bytes().len(), 400_000);
    assert!(
        matches!(outcome.result, Err(Failure::Limit { resource: Resource::Result, .. }))
            || outcome.result.is_ok()
    );
}

#[test]
fn a_function_is_called_by_its_name() {
    let mut vm = rolling();
    exec(&mut vm, "bio = {} function bio.double(n) return 2 * n end");
    let call = |name: &str| Chunk::function(name).arguments(21).time(Some(Duration::from_secs(1)));
    assert_eq!(vm.exec(call("bio.double")).wait().expect("an outcome").value::<i64>().expect("42"), 42);
    assert_eq!(vm.exec(call("bio.none")).wait().expect_err("none").kind(), ErrorKind::NotFound);
    assert_eq!(vm.line(call("bio.double")).wait().expect_err("no source").kind(), ErrorKind::InvalidValue);
}

#[test]
fn a_chunk_runs_beside_a_session_s_streams() {
    let manager = Manager::new(engine(), ManagerConfig::default()).expect("a manager");
    let session =
        manager.create_session(VmId::new("one").expect("a name"), VmConfig::default()).expect("a session");
    let aside =
        |source: &str| session.vm().exec(Chunk::new(source).aside()).expect("queued").wait().expect("ran");
    session.send("print('first') x = 41").expect("sent").wait().expect("ran");
    let outcome = aside("print('aside') io.stderr:write('loud') x = x + 1 return x, io.read()");
    assert_eq!(outcome.stdout.to_text(), "aside\n");
    assert_eq!(outcome.stderr.to_text(), "loud");
    assert_eq!(outcome.value::<(i64, Option<String>)>().expect("results"), (42, None));
    assert_eq!(aside("x = 0 os.exit(3)").result, Err(Failure::Exit(3)));
    session.send("print(x)").expect("sent").wait().expect("ran");
    assert_eq!(session.read().expect("attached").to_text(), "first\n42\n");
    assert_eq!(session.status().state, SessionState::Idle);
}

#[test]
fn an_exit_aside_stops_a_vm_that_has_nothing_to_go_back_to() {
    let mut vm = vm(VmConfig::default());
    let outcome = vm.exec(Chunk::new("os.exit(2)").aside()).wait().expect("an outcome");
    assert_eq!(outcome.result, Err(Failure::Exit(2)));
    assert_eq!(vm.exec("return 1").wait().expect_err("stopped").kind(), ErrorKind::Stopped);
}

/// Fills the memory in pieces that stay reachable.
const FILL: &str = "full = {} while true do full[#full + 1] = string.rep('x', 50000) .. #full end";

#[test]
fn a_vm_that_ran_out_of_memory_goes_back() {
    let limits = Limits { memory: Some(4 << 20), ..Limits::default() };
    let mut vm = vm(VmConfig::default().limits(limits).on_stop(OnStop::RollBack));
    exec(&mut vm, "n = 1");
    let outcome = vm.exec(FILL).wait().expect("an outcome");
    assert_eq!(raised(&outcome), "not enough memory");
    assert!(outcome.out_of_memory);
    assert_eq!(integer(&mut vm, "assert(full == nil) return n"), 1);
    // What the script catches is its own business.
    let caught = vm.exec(format!("pcall(function() {FILL} end) local n = #full full = nil return n")).wait();
    let caught = caught.expect("an outcome");
    assert!(!caught.out_of_memory && caught.value::<i64>().expect("pieces") > 10);
    // Lua itself takes an error of just this text for one of memory.
    let said = vm.exec("n = 2 error('not enough memory', 0)").wait().expect("an outcome");
    assert!(said.out_of_memory);
    assert_eq!(integer(&mut vm, "return n"), 1);
    let other = vm.exec("n = 2 error('hardly enough memory', 0)").wait().expect("an outcome");
    assert!(!other.out_of_memory);
    assert_eq!(integer(&mut vm, "return n"), 2);
}

#[test]
fn a_vm_that_does_not_go_back_goes_on_in_a_full_memory() {
    let limits = Limits { memory: Some(4 << 20), ..Limits::default() };
    let mut vm = vm(VmConfig::default().limits(limits));
    let outcome = vm.exec(FILL).wait().expect("an outcome");
    assert!(outcome.out_of_memory);
    assert!(integer(&mut vm, "local n = #full full = nil return n") > 10);
}
