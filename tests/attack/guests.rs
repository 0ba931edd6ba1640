//! `tests/attack/guests`: guests that attack their host. The first lines of a file say what the host asks of the guest, under
//! what limits, and how that must end. Each is asked under both ways to go on after a stop, which must end alike.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use bioxen_hostile_guests::{CONTRACT, GUESTS, HostileGuest};
use bioxen_lua::testing::{CompiledGuest, engine_of};
use bioxen_lua::{
    Chunk, Engine, EngineConfig, Error, ErrorKind, Failure, HostModule, Limits, Manager, ManagerConfig,
    Mount, OnStop, Outcome, Stdin, Value, Values, Vm, VmConfig, VmId,
};

use crate::case::{Case, Ending, Stage, kind_of_error};
use crate::process;

/// Every engine is this large: one that a guest would break out of the bounds of.
const ENGINE: EngineConfig = EngineConfig { live_vms: 8, max_memory: 64 << 20, blocking_threads: 4 };

/// More than the transfer buffer of a guest takes, so that the guest is asked for memory.
const LONG: usize = 5_000;

/// How late each of several stops may be on a busy machine.
const LATE: Duration = Duration::from_millis(100);

/// Entries of `Outcome::denied`, and bytes of each, which a guest may fill.
const DENIED: (usize, usize) = (16, 3 * 256);

pub fn cases() -> Vec<Case> {
    let imports = CONTRACT.lines().filter_map(|line| line.strip_prefix("import ")?.split(' ').nth(1));
    for import in imports {
        let call = format!("(call ${import}");
        let attacked = GUESTS.iter().any(|guest| guest.source.contains(&call));
        assert!(attacked, "no guest attacks the import `{import}`");
    }
    GUESTS.iter().map(|guest| of(guest).unwrap_or_else(|error| panic!("{}: {error:#}", guest.name))).collect()
}

fn of(guest: &'static HostileGuest) -> Result<Case> {
    let header = Header::read(guest.source)?;
    let expect = header.expect.clone();
    Ok(Case::new(guest.name, expect, move |stage| attack(guest, &header, stage)))
}

/// What the first lines of a file say.
struct Header {
    expect: String,
    /// What the host asks.
    call: String,
    limits: Limits,
    /// The numbers that the guest answers with, if it matters which.
    result: Option<Vec<i64>>,
}

impl Header {
    fn read(source: &str) -> Result<Header> {
        let mut header = Header {
            expect: String::new(),
            call: "exec".into(),
            limits: Limits {
                memory: Some(4 << 20),
                fuel: Some(100_000_000),
                time: Some(Duration::from_secs(2)),
                host_calls: Some(10_000),
                result: Some(64 << 10),
                error_text: Some(16 << 10),
                ..Limits::default()
            },
            result: None,
        };
        for line in source.lines().map_while(|line| line.strip_prefix(";; ")) {
            let (key, value) = line.split_once(": ").context("a header has a value")?;
            match key {
                "expect" => header.expect = value.into(),
                "call" => header.call = value.into(),
                "limit" => value.split(' ').try_for_each(|limit| header.limit(limit))?,
                "result" => {
                    header.result = Some(value.split(' ').map(str::parse).collect::<Result<_, _>>()?);
                }
                "about" | "form" | "without" => {}
                other => bail!("unknown header `{other}`"),
            }
        }
        ensure!(!header.expect.is_empty(), "the first lines say what to expect");
        Ok(header)
    }

    fn limit(&mut self, limit: &str) -> Result<()> {
        let number = |text: &str, unit| {
            text.strip_suffix(unit).context("a unit")?.parse::<u64>().context(limit.to_string())
        };
        match limit.split_once('=').context("a limit has a value")? {
            ("time", value) => self.limits.time = Some(Duration::from_millis(number(value, "ms")?)),
            ("files", value) => self.limits.files = Some(number(value, "")?),
            ("disk", value) => self.limits.disk = Some(number(value, "KiB")? << 10),
            ("memory", value) => self.limits.memory = Some(number(value, "MiB")? << 20),
            (other, _) => bail!("unknown limit `{other}`"),
        }
        Ok(())
    }
}

/// How an attack went under one way to go on.
struct Attempt {
    kind: String,
    seen: Vec<u8>,
}

impl Attempt {
    fn of(result: Result<Outcome, Error>) -> Attempt {
        match result {
            Ok(outcome) => {
                let Ending { kind, seen, .. } = Ending::of_outcome(&outcome, Duration::ZERO, 0);
                Attempt { kind, seen }
            }
            Err(error) => Attempt::of_error(&error),
        }
    }

    fn of_error(error: &Error) -> Attempt {
        Attempt { kind: kind_of_error(error), seen: format!("{error} {error:?}").into_bytes() }
    }

    fn fine(seen: String) -> Attempt {
        Attempt { kind: "ok".into(), seen: seen.into_bytes() }
    }
}

fn attack(guest: &HostileGuest, header: &Header, stage: &Stage<'_>) -> Result<Ending> {
    // SAFETY: the build step of `bioxen-hostile-guests` has made these bytes so.
    let image = unsafe { CompiledGuest::new(guest.image) };
    let engine = match engine_of(image, ENGINE) {
        Ok(engine) => engine,
        Err(error) => return Ok(Ending::of_error(&error)),
    };
    let discard = attempt(&engine, header, stage, OnStop::Discard)?;
    let roll_back = attempt(&engine, header, stage, OnStop::RollBack)?;
    ensure!(
        discard.kind == roll_back.kind,
        "`{}` when stopped VMs are discarded, `{}` when they go back",
        discard.kind,
        roll_back.kind
    );
    // Twice the call, the next one and that after a reset: any of them may run to its end, and be as late as one.
    let deadline = (header.limits.time.unwrap_or_default() + LATE) * 6;
    // Copies and checkpoints hold as much again.
    let memory = header.limits.memory.unwrap_or_default() * 4;
    Ok(Ending { kind: discard.kind, deadline, memory, seen: [discard.seen, roll_back.seen].concat() })
}

fn attempt(engine: &Engine, header: &Header, stage: &Stage<'_>, on_stop: OnStop) -> Result<Attempt> {
    let config = config(stage, header.limits.clone())?.on_stop(on_stop);
    if header.call == "session" {
        return session(engine, config.clone());
    }
    if header.call == "quota" {
        return quota(engine, header, stage, config, &format!("{on_stop:?}"));
    }
    let mut vm = match Vm::new(engine, config) {
        Ok(vm) => vm,
        Err(error) => return Ok(Attempt::of_error(&error)),
    };
    let attempt = ask(&mut vm, header)?;
    come_back(&mut vm)?;
    Ok(attempt)
}

/// Asks what the file says.
fn ask(vm: &mut Vm, header: &Header) -> Result<Attempt> {
    let long = || Chunk::new(vec![b' '; LONG]);
    let done = |result: Result<(), Error>| match result {
        Ok(()) => Attempt::fine(String::new()),
        Err(error) => Attempt::of_error(&error),
    };
    Ok(match header.call.as_str() {
        "exec" => Attempt::of(checked(vm.exec("return 1").wait(), header)?),
        "long" => Attempt::of(checked(vm.exec(long()).wait(), header)?),
        "long twice" => Attempt::of(checked(vm.exec(long().name(vec![b'n'; LONG])).wait(), header)?),
        "echo" => Attempt::of(vm.exec(Chunk::new("return 1").echo()).wait()),
        "line" => Attempt::of(vm.line("1").wait()),
        "call" => Attempt::of(vm.call("a.b", (1, "two")).wait()),
        "run" => Attempt::of(vm.run("return 1").wait()),
        "get" => done(vm.get::<Value>("a.b").wait().map(drop)),
        "set" => done(vm.set("a.b", 1).wait()),
        "complete" => done(vm.complete("a.").wait().map(drop)),
        "snapshot" => done(vm.snapshot().wait().map(drop)),
        "copies" => done(copies(vm)),
        other => bail!("unknown call `{other}`"),
    })
}

/// The outcome, unless the guest answered other numbers than it should.
fn checked(result: Result<Outcome, Error>, header: &Header) -> Result<Result<Outcome, Error>> {
    let Ok(outcome) = &result else { return Ok(result) };
    let (entries, bytes) = DENIED;
    let bounded = outcome.denied.len() <= entries && outcome.denied.iter().all(|path| path.len() <= bytes);
    ensure!(bounded, "{} denied paths are told", outcome.denied.len());
    if let Err(Failure::Raised { message, traceback, .. }) = &outcome.result {
        let longest = 3 * header.limits.error_text.unwrap_or(u64::MAX); // of bytes that are no text
        ensure!(
            message.len().max(traceback.len()) as u64 <= longest,
            "the error is {} bytes long",
            message.len()
        );
    }
    if let (Some(expected), Ok(values)) = (&header.result, &outcome.result) {
        let answers: Vec<i64> = values
            .iter()
            .filter_map(|value| match value {
                Value::Integer(answer) => Some(*answer),
                _ => None,
            })
            .collect();
        ensure!(answers == *expected, "expected {expected:?}, got {answers:?}");
    }
    Ok(result)
}

/// Everything that can be made of a VM's state.
fn copies(vm: &mut Vm) -> Result<(), Error> {
    vm.exec("").wait()?;
    let snapshot = vm.snapshot().wait()?;
    let mut forks = vm.fork(2).wait()?;
    vm.restore(&snapshot)?;
    for vm in forks.iter_mut().chain([vm]) {
        vm.exec("").wait()?;
    }
    Ok(())
}

/// Whatever a guest did: the VM takes calls or says why not, and a reset makes it as it was.
fn come_back(vm: &mut Vm) -> Result<()> {
    let refused = |error: &Error| !matches!(error.kind(), ErrorKind::Engine | ErrorKind::InvalidConfig);
    if let Err(error) = vm.exec("return 2").wait() {
        ensure!(refused(&error), "the next call: {error}");
    }
    vm.reset().context("a reset")?;
    if let Err(error) = vm.exec("return 2").wait() {
        ensure!(refused(&error), "the call after a reset: {error}");
    }
    Ok(())
}

/// So many calls that each want another file, or more of one, and that are stopped in the middle.
fn quota(
    engine: &Engine,
    header: &Header,
    stage: &Stage<'_>,
    config: VmConfig,
    name: &str,
) -> Result<Attempt> {
    let mut vm = Vm::new(engine, config)?;
    let before = used(&stage.work.join("shared"))?;
    for call in 0..40 {
        let outcome = vm.exec(format!("{name}{call}")).wait()?;
        ensure!(matches!(outcome.result, Err(Failure::Trap(_))), "expected a trap: {:?}", outcome.result);
        vm.reset()?;
    }
    let after = used(&stage.work.join("shared"))?;
    let (names, bytes) = (after.0 - before.0, after.1 - before.1);
    let Limits { files, disk, .. } = header.limits;
    ensure!(names > 0, "the attack does nothing");
    ensure!(Some(names) <= files && Some(bytes) <= disk, "{names} names and {bytes} bytes were made");
    Ok(Attempt::fine(String::new()))
}

/// Names in a folder, and the bytes of its files.
fn used(folder: &Path) -> Result<(u64, u64)> {
    let mut used = (0, 0);
    for entry in std::fs::read_dir(folder)? {
        let about = entry?.path().symlink_metadata()?;
        used = (used.0 + 1, used.1 + if about.is_file() { about.len() } else { 0 });
    }
    Ok(used)
}

/// A session, which is sent three lines.
fn session(engine: &Engine, config: VmConfig) -> Result<Attempt> {
    let manager = Manager::new(engine, ManagerConfig::default())?;
    let session = manager.create_session(VmId::new("attacker")?, config.stdin(Stdin::default()))?;
    let sent = session.send("one\ntwo\nthree\n")?.wait();
    let seen = session.read()?.to_text().into_owned();
    drop((session, manager));
    Ok(match sent {
        Ok(sent) => Attempt::fine(format!("{seen} {sent:?}")),
        Err(error) => Attempt::of_error(&error),
    })
}

fn config(stage: &Stage<'_>, limits: Limits) -> Result<VmConfig> {
    let rules = stage.work.join("rules");
    let work = stage.work.join("shared");
    for folder in [&rules, &work] {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(rules.join("rule"), "one\n")?;
    // Somebody with a share in the folder planted these.
    for (link, target) in [("out", "../../canary"), ("up", "../..")] {
        let link = work.join(link);
        if link.symlink_metadata().is_err() {
            std::os::unix::fs::symlink(target, link)?;
        }
    }
    Ok(VmConfig::default()
        .limits(limits)
        .mount(Mount::read_write(&work, "/work")?)
        .mount(Mount::read_only(&rules, "/rules")?)
        .module(module())
        .var("LANG", "C")
        .stdin(Stdin::bytes("the input of the guest\n")))
}

fn module() -> HostModule {
    HostModule::new("host")
        .function("echo", |_, values: Values| Ok::<_, String>(values))
        .function("long", |_, ()| Ok::<_, String>("x".repeat(10_000)))
        .async_function("later", |_, values: Values| async move { Ok::<_, String>(values) })
        .async_function("never", |_, ()| std::future::pending::<Result<(), String>>())
        .function("panic_direct", |_, ()| panics())
        .blocking_function("panic_blocking", |_, ()| panics())
        .async_function("panic_async", |_, ()| async { panics() })
        .async_function("panic_at_once", |_, ()| -> std::future::Ready<Result<(), String>> {
            process::panic_on_purpose()
        })
}

/// A host function that has a bug.
fn panics() -> Result<(), String> {
    process::panic_on_purpose()
}
