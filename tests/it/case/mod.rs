//! One Lua file as a test: what its header asks for, and what must come of it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use bioxen_lua::{
    Chunk, Engine, Failure, Limits, Mount, Outcome, Resource, Stdin, Value, Values, Vm, VmConfig,
};

/// What must come of a file.
#[derive(Debug, Clone, PartialEq)]
enum Expect {
    Ok,
    Raised,
    Syntax,
    /// "not enough memory" is seen inside Lua, and the VM goes on.
    Memory,
    /// Fuel or time stops it.
    Cpu,
    /// It ends normally, or by fuel: it is at the edge of the fuel.
    OkOrCpu,
    /// A ceiling of an output stream stops it.
    Output,
    Exit(i32),
}

/// Hostile files that end otherwise than their first line says, each for a reason.
const MOVED: [(&str, Expect, &str); 4] = [
    ("A33_tcreate_ctor.lua", Expect::Ok, "the guest's heap makes the same work cheaper"),
    ("A68_str_intern.lua", Expect::Cpu, "the guest's heap wastes less, so the fuel ends before the memory"),
    (
        "A99_oom_in_gc.lua",
        Expect::OkOrCpu,
        "the heap fills its memory to the end, which takes about all the fuel",
    ),
    ("A96_warn.lua", Expect::Output, "standard error has a ceiling"),
];

/// A file and its header.
pub struct Case {
    name: String,
    source: String,
    expect: Expect,
    message: Option<String>,
    stderr: Option<String>,
    limits: Limits,
    stdin: Option<Vec<u8>>,
    mounts: Vec<String>,
    variables: Vec<(String, String)>,
    arguments: Vec<String>,
}

/// Limits under which the hostile files have the end that they name. Fuel decides, so that a busy machine
/// changes nothing; the time is ten times what the fuel lasts.
fn limits() -> Limits {
    Limits { fuel: Some(2_000_000_000), time: Some(Duration::from_secs(20)), ..Limits::default() }
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new().expect("an engine can be made"))
}

impl Case {
    pub fn read(file: &Path) -> Result<Case> {
        let source = String::from_utf8_lossy(&std::fs::read(file)?).into_owned();
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut case = Case {
            name,
            expect: Expect::Ok,
            message: None,
            stderr: None,
            limits: limits(),
            stdin: None,
            mounts: Vec::new(),
            variables: Vec::new(),
            arguments: Vec::new(),
            source: String::new(),
        };
        for (at, line) in source.lines().map_while(|line| line.strip_prefix("--- ")).enumerate() {
            let (key, value) =
                line.split_once(':').with_context(|| format!("header {line:?} has no value"))?;
            ensure!((at == 0) == (key == "expect"), "the first line, and no other, says what to expect");
            case.header(key, value.trim())?;
        }
        ensure!(source.starts_with("--- expect:"), "the first line says what to expect");
        if let Some((_, expect, _)) = MOVED.iter().find(|(name, ..)| *name == case.name) {
            case.expect = expect.clone();
        }
        case.source = source;
        Ok(case)
    }

    fn header(&mut self, key: &str, value: &str) -> Result<()> {
        match key {
            "expect" => self.expect = expectation(value)?,
            "message" => self.message = Some(value.to_string()),
            "stderr" => self.stderr = Some(value.to_string()),
            "memory" => self.limits.memory = Some(bytes(value)?),
            "stdout" => self.limits.stdout = Some(bytes(value)?),
            "fuel" => self.limits.fuel = Some(value.parse::<f64>()? as u64),
            "time" => {
                let seconds = value.strip_suffix('s').context("a time ends in `s`")?.parse()?;
                self.limits.time = Some(Duration::from_secs_f64(seconds));
            }
            "stdin" => self.stdin = Some(unescaped(value)?),
            "mount" => self.mounts.push(value.to_string()),
            "env" => {
                let (name, value) = value.split_once('=').context("a variable has a value")?;
                self.variables.push((name.to_string(), value.to_string()));
            }
            "args" => self.arguments = value.split_whitespace().map(str::to_string).collect(),
            other => bail!("unknown header `{other}`"),
        }
        Ok(())
    }

    /// Runs the file as a program, and compares; then a fresh VM must work.
    #[allow(dead_code)] // of the two programs that use this module
    pub fn check(&self) -> Result<()> {
        let work = tempfile::tempdir()?;
        self.check_on(engine(), work.path()).map(drop)
    }

    /// As `check`, on an engine and in an empty folder.
    pub fn check_on(&self, engine: &Engine, work: &Path) -> Result<Outcome> {
        let mut config = VmConfig::default().limits(self.limits.clone()).seed(1);
        for mount in &self.mounts {
            config = config.mount(self.mount(mount, work)?);
        }
        for (name, value) in &self.variables {
            config = config.var(name, value);
        }
        if let Some(stdin) = &self.stdin {
            config = config.stdin(Stdin::bytes(stdin.clone()));
        }
        let mut vm = Vm::new(engine, config)?;
        let chunk = Chunk::new(self.source.as_str()).name(format!("@{}", self.name));
        let outcome = vm.exec(chunk.arguments(self.values())).wait()?;
        self.compare(&outcome)?;
        self.compare_output(&outcome)?;
        self.goes_on(vm, &outcome)?;
        Ok(outcome)
    }

    #[allow(dead_code)]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How it may end, in the words of the corpora of attacks.
    #[allow(dead_code)]
    pub fn kinds(&self) -> String {
        match &self.expect {
            Expect::Ok => "ok".into(),
            Expect::Raised => "raised".into(),
            Expect::Syntax => "syntax".into(),
            Expect::Memory => "ok or raised or memory".into(),
            Expect::Cpu => "limit fuel or limit time".into(),
            Expect::OkOrCpu => "ok or limit fuel".into(),
            Expect::Output => "limit stdout or limit stderr".into(),
            Expect::Exit(status) => format!("exit {status}"),
        }
    }

    fn values(&self) -> Values {
        Values(self.arguments.iter().map(|argument| Value::from(argument.as_str())).collect())
    }

    fn mount(&self, mount: &str, work: &Path) -> Result<Mount> {
        let fixtures = |name: &str| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("lua/fixtures").join(name);
        Ok(match mount {
            "work" => Mount::read_write(work, "/work")?,
            "files" | "modules" => Mount::read_only(fixtures(mount), &format!("/{mount}"))?,
            other => bail!("unknown mount `{other}`"),
        })
    }

    fn compare(&self, outcome: &Outcome) -> Result<()> {
        let result = &outcome.result;
        let as_expected = match (&self.expect, result) {
            (Expect::Ok | Expect::OkOrCpu, Ok(_)) => true,
            (Expect::Raised, Err(Failure::Raised { .. })) => true,
            (Expect::Syntax, Err(Failure::Syntax { .. })) => true,
            // Seen inside Lua: caught, or the error that ended the chunk.
            (Expect::Memory, Ok(_)) => true,
            (Expect::Memory, Err(Failure::Raised { message, .. })) => message.contains("not enough memory"),
            (
                Expect::Cpu | Expect::OkOrCpu,
                Err(Failure::Limit { resource: Resource::Fuel | Resource::Time, .. }),
            ) => true,
            (Expect::Output, Err(Failure::Limit { resource: Resource::Stdout | Resource::Stderr, .. })) => {
                true
            }
            (Expect::Exit(status), Err(Failure::Exit(other))) => status == other,
            _ => false,
        };
        ensure!(as_expected, "expected {:?}, got {result:?}\nstdout: {}", self.expect, outcome.stdout);
        if let Some(part) = &self.message {
            let message = match result {
                Err(Failure::Raised { message, .. } | Failure::Syntax { message, .. }) => message,
                other => bail!("expected a message, got {other:?}"),
            };
            ensure!(message.contains(part), "expected a message with {part:?}, got {message:?}");
        }
        Ok(())
    }

    fn compare_output(&self, outcome: &Outcome) -> Result<()> {
        let expected: Vec<&str> =
            self.source.lines().filter_map(|line| line.split_once("--> ").map(|(_, text)| text)).collect();
        if !expected.is_empty() {
            let expected = expected.join("\n");
            let stdout = outcome.stdout.to_text();
            let stdout = stdout.strip_suffix('\n').unwrap_or(&stdout);
            ensure!(stdout == expected, "expected stdout\n{expected}\ngot\n{stdout}");
        }
        if let Some(part) = &self.stderr {
            ensure!(
                outcome.stderr.to_text().contains(part),
                "expected stderr with {part:?}, got {}",
                outcome.stderr
            );
        }
        Ok(())
    }

    /// Whatever happened: the same VM works, after a reset where it was stopped.
    fn goes_on(&self, mut vm: Vm, outcome: &Outcome) -> Result<()> {
        if outcome.result.as_ref().is_err_and(Failure::is_hard_stop) {
            vm.reset()?;
        } else {
            // What a script did to its own globals is its own affair; that a call ends in an outcome is ours.
            vm.exec("return 1").wait()?;
            vm.reset()?;
        }
        ensure!(vm.exec("return 1 + 1").wait()?.value::<i64>()? == 2);
        Ok(())
    }
}

fn expectation(value: &str) -> Result<Expect> {
    Ok(match value.split_whitespace().collect::<Vec<_>>()[..] {
        ["ok"] => Expect::Ok,
        ["raised"] => Expect::Raised,
        ["syntax"] => Expect::Syntax,
        ["memory"] => Expect::Memory,
        ["cpu"] => Expect::Cpu,
        ["output"] => Expect::Output,
        ["exit", status] => Expect::Exit(status.parse()?),
        _ => bail!("unknown expectation `{value}`"),
    })
}

fn bytes(value: &str) -> Result<u64> {
    let unit = |suffix: &str, factor: u64| value.strip_suffix(suffix).map(|number| (number.trim(), factor));
    let (number, factor) = unit("KiB", 1 << 10).or_else(|| unit("MiB", 1 << 20)).unwrap_or((value, 1));
    Ok(number.parse::<u64>()? * factor)
}

/// `\n`, `\r`, `\0` and `\xNN` as the bytes they stand for.
fn unescaped(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let (byte, length) = match escape.as_bytes().first() {
            Some(b'n') => (b'\n', 1),
            Some(b'r') => (b'\r', 1),
            Some(b'0') => (0, 1),
            Some(b'x') => (u8::from_str_radix(escape.get(1..3).context("`\\x` has two digits")?, 16)?, 3),
            _ => bail!("unknown escape in {text:?}"),
        };
        bytes.push(byte);
        rest = &escape[length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Ok(bytes)
}
