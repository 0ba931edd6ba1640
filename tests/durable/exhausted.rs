//! A process that has used up what the system gives out: what needs more of it fails with an error that has a type,
//! what is there goes on, and everything works again when there is some.

use std::error::Error as _;
use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use bioxen_lua::{
    Engine, EngineConfig, Environments, Error, ErrorKind, HostModule, Manager, Mount, Vm, VmConfig,
};
use libtest_mimic::Trial;

use crate::rocks::{Rock, Shelf};
use crate::world::{World, id, integer, small_engine, text, workers};
use crate::{mappings, program, trial};

/// Bytes of a thread's stack in a process whose threads are to be used up.
const STACK: u64 = 256 << 20;
/// Address space that is left there: enough for everything but a stack.
const ROOM: u64 = STACK / 2;
/// More handles than a process may have by then.
const MOST_HANDLES: usize = 1_000;

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![trial("exhausted::without_handles_what_is_there_goes_on", || {
        prepared("ulimit -n 96", "handles");
    })];
    let found = Command::new("prlimit").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !found.is_ok_and(|status| status.success()) {
        eprintln!("skipped: tests that need `prlimit`");
        return trials;
    }
    trials.extend([
        trial("exhausted::without_threads_what_is_there_goes_on", || with_large_stacks("threads")),
        trial("exhausted::without_threads_nothing_is_started_half", || with_large_stacks("no-threads")),
        trial("exhausted::without_address_space_no_engine_is_made", || prepared(":", "space")),
        trial("exhausted::without_mappings_what_is_there_goes_on", || prepared(":", "mappings")),
    ]);
    trials
}

pub fn role(directory: &Path, arguments: &[String]) {
    match arguments {
        [what] if what == "handles" => without_handles(directory),
        [what] if what == "threads" => without_threads(directory),
        [what] if what == "no-threads" => nothing_half(),
        [what] if what == "space" => without_space(),
        [what] if what == "mappings" => mappings::without_mappings(),
        other => panic!("no such role: {other:?}"),
    }
}

/// The standard library reads there how large stacks of threads are.
fn with_large_stacks(what: &str) {
    prepared(&format!("export RUST_MIN_STACK={STACK}"), what);
}

/// Starts this program by way of a shell command that prepares the process.
fn prepared(preparation: &str, what: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{preparation}; exec \"$0\" role:exhausted \"$1\" {what}"));
    let output = shell.arg(program()).arg(folder.path()).output().expect("sh runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", output.status);
    // What somebody catches would be seen by nobody else.
    assert!(!told.contains("panicked at"), "{told}");
}

/// An error of a kind, with what the system said behind it.
#[track_caller]
fn check<T>(result: bioxen_lua::Result<T>, kind: ErrorKind, system: &[i32]) {
    let error = result.err().expect("there is no more");
    assert_eq!(error.kind(), kind, "{error:?}");
    let code = system_code(&error);
    assert!(code.is_some_and(|code| system.contains(&code)), "{error:?}: {code:?}");
}

fn system_code(error: &Error) -> Option<i32> {
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(code) = cause.downcast_ref::<io::Error>().and_then(io::Error::raw_os_error) {
            return Some(code);
        }
        source = cause.source();
    }
    None
}

// ---- handles ------------------------------------------------------------------------------------------

const EAGAIN: i32 = 11;
const EMFILE: i32 = 24;

fn without_handles(directory: &Path) {
    let mut world = World::new(directory);
    let engine = world.engine.clone();
    world.does_everything();
    let mut taken = Vec::new();
    let full = (0..MOST_HANDLES).find_map(|_| File::open("/dev/null").map(|file| taken.push(file)).err());
    assert_eq!(full.and_then(|error| error.raw_os_error()), Some(EMFILE));

    world.computes();
    let chunk = "local f, message = io.open('/data/x', 'w') return tostring(f) .. message";
    let message = text(&world.exec(chunk));
    assert!(message.starts_with("nil/data/x: "), "{message}");
    assert_eq!(integer(&world.exec("local m = require('m') return m.blocking(1) + m.asynchronous(1)")), 4);
    check(world.send("n = 2").map(|_| ()), ErrorKind::Storage, &[EMFILE]);
    check(Manager::new(&engine, workers(1)), ErrorKind::Engine, &[EMFILE]);
    check(Environments::open(&engine, directory.join("home")), ErrorKind::Storage, &[EMFILE]);
    // VMs need no handles.
    let vm = world.manager.create_vm(id("another"), VmConfig::default()).expect("a VM");
    assert_eq!(integer(&vm.exec("return 1").expect("queued").wait().expect("an outcome")), 1);
    vm.terminate().expect("it lives");
    let other = Engine::with(EngineConfig { live_vms: 2, ..EngineConfig::default() });
    assert!(
        other.as_ref().is_err_and(|error| error.kind() == ErrorKind::Engine) || other.is_ok(),
        "{other:?}"
    );

    drop(taken);
    assert_eq!(world.send("n = n - 1").expect("saved again"), 1, "what could not be saved was kept");
    world.does_everything();
    drop(Manager::new(&engine, workers(1)).expect("a manager"));
}

// ---- threads ------------------------------------------------------------------------------------------

/// Has the system refuse every thread from now on: there is no room for the stack of one.
fn refuse_threads() {
    allow_space(Some(address_space() + ROOM));
    let refused = thread::Builder::new().spawn(|| ()).expect_err("there is no room for it");
    assert_eq!(refused.raw_os_error(), Some(EAGAIN));
}

/// Bytes of address space that this process has.
fn address_space() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    pages.split(' ').next().and_then(|pages| pages.parse::<u64>().ok()).expect("a number") * 4096
}

/// Sets how much it may have.
fn allow_space(bytes: Option<u64>) {
    let limit = bytes.map_or("unlimited".into(), |bytes| bytes.to_string());
    let mut command = Command::new("prlimit");
    command.arg("--pid").arg(std::process::id().to_string()).arg(format!("--as={limit}:"));
    assert!(command.status().expect("it runs").success());
}

fn without_threads(directory: &Path) {
    let mut world = World::new(directory);
    let engine = world.engine.clone();
    let shelf = Shelf::new(&[Rock::plain("small", "1.0-1")]);
    let environments = Environments::open(&engine, directory.join("home")).expect("opened");
    let repository = bioxen_lua::Repository::new("shelf", shelf.path().to_str().expect("text"));
    environments.repositories().add(repository.expect("an address")).wait().expect("added");
    refuse_threads();

    world.does_everything();
    check(Manager::new(&engine, workers(1)), ErrorKind::Engine, &[EAGAIN]);
    check(Manager::new(&engine, workers(8)), ErrorKind::Engine, &[EAGAIN]);
    let environment = environments.create("bio").wait().expect("made");
    let wanted = ["small".parse().expect("a requirement")];
    environment.install(&wanted, bioxen_lua::InstallOptions::default()).wait().expect("installed");
    world.does_everything();

    allow_space(None);
    world.does_everything();
    drop(Manager::new(&engine, workers(8)).expect("a manager"));
}

/// An engine whose own threads were never needed before.
fn nothing_half() {
    let engine = small_engine();
    let module = HostModule::new("m")
        .function("direct", |_, number: i64| Ok::<_, String>(number + 1))
        .blocking_function("blocking", |_, number: i64| Ok::<_, String>(number + 1));
    let config = VmConfig::default().module(module);
    let mut vm = Vm::new(&engine, config.clone()).expect("a VM");
    // Its threads run, but none of its pool was needed.
    let started = small_engine();
    let folder = tempfile::tempdir().expect("a folder");
    let data = Mount::read_only(folder.path(), "/data").expect("a mount");
    let mut late = Vm::new(&started, config.clone().mount(data)).expect("a VM");
    let threads = || std::fs::read_dir("/proc/self/task").expect("Linux").count();
    refuse_threads();
    let before = threads();
    let chunk = "return require('m').blocking(1) + (io.open('/data/x') and 1 or 0)";
    assert_eq!(integer(&late.exec(chunk).wait().expect("an outcome")), 2);

    for _ in 0..10 {
        let caught = vm.exec("return select(2, pcall(require('m').blocking, 1))").wait().expect("an outcome");
        assert!(text(&caught).contains("cannot start the engine's threads"), "{caught:?}");
        assert_eq!(integer(&vm.exec("return require('m').direct(1)").wait().expect("an outcome")), 2);
        check(Manager::new(&engine, workers(4)), ErrorKind::Engine, &[EAGAIN]);
        let asynchronous = HostModule::new("a").async_function("f", |_, ()| async { Ok::<_, String>(()) });
        check(Vm::new(&engine, VmConfig::default().module(asynchronous)), ErrorKind::Engine, &[EAGAIN]);
        check(
            Environments::open(&engine, "/nowhere").and_then(|all| all.create("bio").wait().map(drop)),
            ErrorKind::Engine,
            &[EAGAIN],
        );
    }
    assert_eq!(threads(), before, "no thread was left by what could not be started");

    allow_space(None);
    assert_eq!(integer(&vm.exec("return require('m').blocking(1)").wait().expect("an outcome")), 2);
    let manager = Manager::new(&engine, workers(4)).expect("a manager");
    assert_eq!(
        integer(
            &manager
                .create_vm(id("one"), config)
                .and_then(|vm| vm.exec("return 1"))
                .expect("a VM")
                .wait()
                .expect("an outcome")
        ),
        1
    );
}

// ---- address space ------------------------------------------------------------------------------------

fn without_space() {
    let engine = small_engine();
    let mut vm = Vm::new(&engine, VmConfig::default()).expect("a VM");
    assert_eq!(integer(&vm.exec("n = 1 return n").wait().expect("an outcome")), 1);
    allow_space(Some(address_space() + (64 << 20)));
    for live_vms in [20, 1_000, 100_000] {
        let error = Engine::with(EngineConfig { live_vms, ..EngineConfig::default() }).expect_err("no room");
        assert_eq!(error.kind(), ErrorKind::Engine, "{error}");
    }
    // All that VMs need was reserved before.
    let mut others: Vec<Vm> = (0..19).map(|_| Vm::new(&engine, VmConfig::default()).expect("a VM")).collect();
    for other in &mut others {
        assert_eq!(
            integer(&other.exec("x = ('x'):rep(8 << 20) return #x").wait().expect("an outcome")),
            8 << 20
        );
    }
    assert_eq!(integer(&vm.exec("return n").wait().expect("an outcome")), 1);
    drop(others);
    allow_space(None);
    Engine::with(EngineConfig { live_vms: 2, ..EngineConfig::default() }).expect("an engine again");
}
