//! What a VM may use, and what a call did use.

use std::fmt;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// What a VM may use. Finite by default; `None` lifts a limit on purpose.
///
/// Limits are counted while something is produced, never cut afterwards. Reaching `fuel`, `time`,
/// `stdout`, `stderr` or `host_calls` is a hard stop that Lua cannot catch; reaching `memory` is Lua's
/// own error "not enough memory", which it can.
///
/// ```
/// use bioxen_lua::Limits;
/// let limits = Limits { fuel: Some(1_000_000), ..Limits::default() };
/// assert_eq!(limits.memory, Some(64 << 20));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of guest memory and exception heap together. Default 64 MiB; at least
    /// [`Limits::MEMORY_FLOOR`], at most what the engine was made for.
    pub memory: Option<u64>,
    /// Units of fuel a call may burn: about one for each wasm instruction, and more for calls into
    /// the host. Default 10^11, some 4 to 50 seconds of work.
    pub fuel: Option<u64>,
    /// Wall-clock time a call may take, waiting included. Default 5 s.
    pub time: Option<Duration>,
    /// Bytes of standard output per call. Default 1 MiB.
    pub stdout: Option<u64>,
    /// Bytes of standard error per call. Default 256 KiB.
    pub stderr: Option<u64>,
    /// Size of the results of a call: 16 bytes for each value and the bytes of its strings. Default
    /// 1 MiB.
    pub result: Option<u64>,
    /// Bytes of an error's message, and of its traceback; the rest is cut. Default 64 KiB.
    pub error_text: Option<u64>,
    /// Bytes of a chunk's source. Default 1 MiB.
    pub source: Option<u64>,
    /// Calls of host functions per call. Default 10^6.
    pub host_calls: Option<u64>,
    /// Time that one call of a host function may take. Default 10 s.
    pub host_call_time: Option<Duration>,
    /// Size of what one call of a host function carries, each way, counted like `result`. Default
    /// 1 MiB.
    pub host_call_size: Option<u64>,
    /// Files and folders open at once. Default 64.
    pub open_files: Option<u64>,
    /// Bytes by which the VM may make its read-write mounts grow, all together. Default 64 MiB. A write
    /// past it fails in Lua as a full disk does, and nothing of it is written.
    pub disk: Option<u64>,
    /// Files and folders that the VM may add to its read-write mounts. Default 1,024.
    pub files: Option<u64>,
}

impl Limits {
    /// The smallest memory limit: a fresh guest, its exception heap and room to work.
    pub const MEMORY_FLOOR: u64 = MIB;

    /// No limit at all, for code that is trusted. The engine's own ceilings stay.
    pub fn none() -> Limits {
        Limits {
            memory: None,
            fuel: None,
            time: None,
            stdout: None,
            stderr: None,
            result: None,
            error_text: None,
            source: None,
            host_calls: None,
            host_call_time: None,
            host_call_size: None,
            open_files: None,
            disk: None,
            files: None,
        }
    }

    /// Refuses more than a ceiling allows.
    pub(crate) fn check_within(&self, ceiling: &Limits) -> Result<()> {
        within("memory", self.memory, ceiling.memory)?;
        within("fuel", self.fuel, ceiling.fuel)?;
        within("time", self.time, ceiling.time)?;
        within("stdout", self.stdout, ceiling.stdout)?;
        within("stderr", self.stderr, ceiling.stderr)?;
        within("result", self.result, ceiling.result)?;
        within("error_text", self.error_text, ceiling.error_text)?;
        within("source", self.source, ceiling.source)?;
        within("host_calls", self.host_calls, ceiling.host_calls)?;
        within("host_call_time", self.host_call_time, ceiling.host_call_time)?;
        within("host_call_size", self.host_call_size, ceiling.host_call_size)?;
        within("open_files", self.open_files, ceiling.open_files)?;
        within("disk", self.disk, ceiling.disk)?;
        within("files", self.files, ceiling.files)
    }

    pub(crate) fn check(&self, engine_memory: u64) -> Result<()> {
        if let Some(memory) = self.memory {
            if memory < Limits::MEMORY_FLOOR {
                return Err(refused("memory", memory, format!("at least {} bytes", Limits::MEMORY_FLOOR)));
            }
            if memory > engine_memory {
                return Err(refused(
                    "memory",
                    memory,
                    format!("at most the {engine_memory} bytes that the engine was made for"),
                ));
            }
        }
        if self.fuel == Some(0) {
            return Err(refused("fuel", 0, "at least 1 unit".into()));
        }
        if self.time == Some(Duration::ZERO) {
            return Err(refused("time", 0, "more than no time".into()));
        }
        if self.host_call_time == Some(Duration::ZERO) {
            return Err(refused("host_call_time", 0, "more than no time".into()));
        }
        Ok(())
    }
}

fn within<T: PartialOrd + fmt::Debug>(name: &str, asked: Option<T>, ceiling: Option<T>) -> Result<()> {
    let Some(ceiling) = ceiling else { return Ok(()) };
    let asked = match asked {
        Some(asked) if asked <= ceiling => return Ok(()),
        Some(asked) => format!("{asked:?}"),
        None => "lifted".into(),
    };
    Err(Error::new(
        ErrorKind::InvalidConfig,
        format!("limit `{name}` is {asked}: expected at most {ceiling:?}, the manager's ceiling"),
    ))
}

fn refused(name: &str, value: u64, expected: String) -> Error {
    Error::new(ErrorKind::InvalidConfig, format!("limit `{name}` is {value}: expected {expected}"))
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            memory: Some(64 * MIB),
            fuel: Some(100_000_000_000),
            time: Some(Duration::from_secs(5)),
            stdout: Some(MIB),
            stderr: Some(256 * KIB),
            result: Some(MIB),
            error_text: Some(64 * KIB),
            source: Some(MIB),
            host_calls: Some(1_000_000),
            host_call_time: Some(Duration::from_secs(10)),
            host_call_size: Some(MIB),
            open_files: Some(64),
            disk: Some(64 * MIB),
            files: Some(1024),
        }
    }
}

/// What a limit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resource {
    /// Bytes of guest memory and exception heap.
    Memory,
    /// Units of fuel.
    Fuel,
    /// Milliseconds of wall-clock time.
    Time,
    /// Bytes of standard output.
    Stdout,
    /// Bytes of standard error.
    Stderr,
    /// Size of the results.
    Result,
    /// Bytes of source.
    Source,
    /// Calls of host functions.
    HostCalls,
}

impl Resource {
    /// The name of the field in [`Limits`].
    pub fn name(self) -> &'static str {
        match self {
            Resource::Memory => "memory",
            Resource::Fuel => "fuel",
            Resource::Time => "time",
            Resource::Stdout => "stdout",
            Resource::Stderr => "stderr",
            Resource::Result => "result",
            Resource::Source => "source",
            Resource::HostCalls => "host_calls",
        }
    }

    /// What it is counted in.
    pub fn unit(self) -> &'static str {
        match self {
            Resource::Fuel => "units",
            Resource::Time => "ms",
            Resource::HostCalls => "calls",
            _ => "bytes",
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// What a call used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Usage {
    /// Units of fuel. After a stop by time or interrupt it is the last value the guest stored, short
    /// of the truth by at most one slice.
    pub fuel: u64,
    /// Wall-clock time, waiting included.
    pub time: Duration,
    /// The most memory the VM has had, in bytes, since it was made or reset.
    pub memory: u64,
    /// Bytes of standard output.
    pub stdout: u64,
    /// Bytes of standard error.
    pub stderr: u64,
    /// Calls of host functions.
    pub host_calls: u64,
}
