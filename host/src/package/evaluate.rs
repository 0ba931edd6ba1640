//! Rockspecs and manifests are Lua programs: they run in a VM of their own, with nothing, under limits.

use std::time::Duration;

use crate::chunk::Chunk;
use crate::config::VmConfig;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::escape::Escaped;
use crate::limits::{Limits, Resource};
use crate::outcome::Failure;
use crate::value::{LuaString, Table, Value};
use crate::vm::Vm;

/// The chunk that runs the text. It is the host's own; the text sees nothing of it.
const RUN: &str = include_str!("evaluate.lua");

/// Names of undeclared variables that are noted; a text that reads more is told of these.
const MOST_UNDECLARED: i64 = 16;

/// What Lua says when memory is used up. It is the only message without a place in it, and a text that is
/// run here has no function to raise its own.
const OUT_OF_MEMORY: &str = "not enough memory";

/// The variables that a rockspec may read before it sets them: those that it may set, as for LuaRocks.
const OF_A_ROCKSPEC: [&str; 14] = [
    "build",
    "build_dependencies",
    "dependencies",
    "deploy",
    "description",
    "external_dependencies",
    "hooks",
    "package",
    "rockspec_format",
    "source",
    "supported_platforms",
    "test",
    "test_dependencies",
    "version",
];

/// The same for a manifest.
const OF_A_MANIFEST: [&str; 4] = ["commands", "dependencies", "modules", "repository"];

/// What sort of text is evaluated: how much it may use, and which of its values are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// `NAME-VERSION.rockspec`: its globals.
    Rockspec,
    /// `manifest` of a server or a tree: its globals.
    Manifest,
    /// `rock_manifest` of a rock: its globals.
    RockManifest,
    /// `luarocks.lock`: the table that it returns.
    LuaRocksLock,
}

/// What a text may use.
struct Allowance {
    /// Bytes of the text.
    input: usize,
    /// Bytes of guest memory.
    memory: u64,
    /// Units of fuel.
    fuel: u64,
    /// Wall-clock time. What copies long strings costs more of it than of fuel.
    time: Duration,
    /// Size of what comes back, as [`Limits::result`] counts.
    result: u64,
}

const MIB: u64 = 1 << 20;

impl Text {
    /// Measured: a rockspec takes some 300,000 units; a manifest of 190,000 lines takes 700 million, 44 MiB of
    /// memory and 15 MiB of result. The figures leave ten times as much, or what a machine can spare.
    fn allowance(self) -> Allowance {
        match self {
            Text::Rockspec => Allowance {
                input: 1 << 20,
                memory: 64 * MIB,
                fuel: 200_000_000,
                time: Duration::from_secs(1),
                result: 4 * MIB,
            },
            Text::Manifest => Allowance {
                input: 64 << 20,
                memory: 256 * MIB,
                fuel: 5_000_000_000,
                time: Duration::from_secs(10),
                result: 128 * MIB,
            },
            Text::RockManifest | Text::LuaRocksLock => Allowance {
                input: 4 << 20,
                memory: 64 * MIB,
                fuel: 500_000_000,
                time: Duration::from_secs(2),
                result: 16 * MIB,
            },
        }
    }

    fn name(self) -> &'static str {
        match self {
            Text::Rockspec => "rockspec",
            Text::Manifest => "manifest",
            Text::RockManifest => "rock_manifest",
            Text::LuaRocksLock => "luarocks.lock",
        }
    }

    fn invalid(self) -> ErrorKind {
        match self {
            Text::Rockspec => ErrorKind::RockspecInvalid,
            _ => ErrorKind::ManifestInvalid,
        }
    }

    /// Variables that may be read without being set; none are checked where LuaRocks checks none.
    fn declared(self) -> Option<&'static [&'static str]> {
        match self {
            Text::Rockspec => Some(&OF_A_ROCKSPEC),
            Text::Manifest => Some(&OF_A_MANIFEST),
            Text::RockManifest | Text::LuaRocksLock => None,
        }
    }
}

/// Evaluates texts, each in a fresh VM of the engine that sees no file, no variable, no module and not even
/// the standard library.
#[derive(Debug, Clone)]
pub struct Evaluator {
    engine: Engine,
}

impl Evaluator {
    /// One that makes its VMs of this engine.
    pub fn new(engine: &Engine) -> Evaluator {
        Evaluator { engine: engine.clone() }
    }

    /// What a text comes to. Blocks the thread, at most for the time that such a text may take.
    ///
    /// What comes back has the shape of a Lua value and no other promise: who reads it checks every field.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::EvaluationLimit`] for a text that is too large or uses too much, and
    /// [`ErrorKind::RockspecInvalid`] or [`ErrorKind::ManifestInvalid`] for one that is no Lua, fails, reads
    /// variables that nobody set, or sets what is not data. [`ErrorKind::QuotaExceeded`] when as many VMs live
    /// as the engine was made for.
    pub fn evaluate(&self, text: Text, source: &[u8]) -> Result<Table> {
        let allowance = text.allowance();
        if source.len() > allowance.input {
            let message =
                format!("{}: {} bytes, expected at most {}", text.name(), source.len(), allowance.input);
            return Err(Error::new(ErrorKind::EvaluationLimit, message));
        }
        let memory = allowance.memory.min(self.engine.config().max_memory);
        let limits = Limits { memory: Some(memory), ..limits(&allowance) };
        let mut vm = Vm::new(&self.engine, VmConfig::default().limits(limits))?;
        let arguments = (Bytes(without_interpreter(source)), format!("={}", text.name()), MOST_UNDECLARED);
        let outcome = vm.exec(Chunk::new(RUN).name("=evaluate").arguments(arguments)).wait()?;
        match outcome.result {
            Ok(values) => chosen(text, values),
            Err(failure) => Err(refused(text, &failure, memory)),
        }
    }
}

fn limits(allowance: &Allowance) -> Limits {
    Limits {
        fuel: Some(allowance.fuel),
        time: Some(allowance.time),
        stdout: Some(0),
        stderr: Some(0),
        result: Some(allowance.result),
        error_text: Some(1024),
        host_calls: Some(0),
        open_files: Some(0),
        ..Limits::default()
    }
}

/// Bytes that cross to Lua as a string.
struct Bytes<'a>(&'a [u8]);

impl serde::Serialize for Bytes<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// Without the line that names an interpreter, whose end stays so that lines keep their numbers.
fn without_interpreter(source: &[u8]) -> &[u8] {
    if !source.starts_with(b"#!") {
        return source;
    }
    let end = source.iter().position(|byte| *byte == b'\n').unwrap_or(source.len());
    &source[end..]
}

fn chosen(text: Text, values: Vec<Value>) -> Result<Table> {
    let mut values = values.into_iter();
    let (Some(Value::Table(globals)), returned, Some(Value::Table(undeclared))) =
        (values.next(), values.next(), values.next())
    else {
        return Err(Error::new(text.invalid(), format!("{}: gave no tables", text.name())));
    };
    check_undeclared(text, &undeclared)?;
    match (text, returned) {
        (Text::LuaRocksLock, Some(Value::Table(returned))) => Ok(returned),
        _ => Ok(globals),
    }
}

fn check_undeclared(text: Text, undeclared: &Table) -> Result<()> {
    let Some(declared) = text.declared() else { return Ok(()) };
    let names = undeclared.sequence.iter().filter_map(|name| match name {
        Value::String(name) => Some(LuaString::to_text(name)),
        _ => None,
    });
    let unknown: Vec<String> =
        names.filter(|name| !declared.contains(&name.as_ref())).map(|name| format!("`{name}`")).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        text.invalid(),
        format!(
            "{}: reads {}, which nobody set: it runs in an empty environment",
            text.name(),
            unknown.join(", ")
        ),
    ))
}

fn refused(text: Text, failure: &Failure, memory: u64) -> Error {
    let limit = |what: Resource, allowed: String| {
        let message = format!("{}: used up its {what}, {allowed}", text.name());
        Error::new(ErrorKind::EvaluationLimit, message)
    };
    match failure {
        Failure::Limit { resource, limit: allowed, .. } => {
            limit(*resource, format!("{allowed} {}", resource.unit()))
        }
        Failure::Raised { message, .. } if message == OUT_OF_MEMORY => {
            limit(Resource::Memory, format!("{memory} bytes"))
        }
        Failure::Raised { message, .. } | Failure::Conversion { message } => {
            Error::new(text.invalid(), format!("{}: {}", text.name(), Escaped(message)))
        }
        other => Error::new(text.invalid(), format!("{}: {other}", text.name())),
    }
}
