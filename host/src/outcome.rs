//! What a call came to: results or a failure, the output before it, and what it used.

use std::borrow::Cow;
use std::fmt;

use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::{Resource, Usage};
use crate::value::{Value, from_values};

/// What a call came to. Output that was made before a failure is kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Outcome {
    /// The values that the chunk or function returned, or what stopped it.
    pub result: std::result::Result<Vec<Value>, Failure>,
    /// Standard output of this call; empty when a sink received it.
    pub stdout: Output,
    /// Standard error of this call; empty when a sink received it.
    pub stderr: Output,
    /// What the call used.
    pub usage: Usage,
    /// Paths outside every mount that the script asked for, the first 16 of them.
    pub denied: Vec<String>,
    /// Memory ran out, and the script did not catch that: the result is Lua's error "not enough memory". A VM
    /// that [rolls back](crate::OnStop::RollBack) has the state it had before the call.
    pub out_of_memory: bool,
}

impl Outcome {
    /// Of a call that was interrupted before it began.
    pub(crate) fn interrupted() -> Outcome {
        Outcome {
            result: Err(Failure::Interrupted),
            stdout: Output::default(),
            stderr: Output::default(),
            usage: Usage::default(),
            denied: Vec::new(),
            out_of_memory: false,
        }
    }

    /// The results as a Rust value: one value, a tuple of several, or `()`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Failed`] with the failure inside when the call failed, and
    /// [`ErrorKind::InvalidValue`] when the results are of another type.
    pub fn value<T: DeserializeOwned>(&self) -> Result<T> {
        match &self.result {
            Ok(values) => from_values(values)
                .map_err(|error| Error::new(ErrorKind::InvalidValue, format!("unexpected result: {error}"))),
            Err(failure) => Err(Error::failed(failure.clone())),
        }
    }
}

/// Bytes that a guest wrote. Nothing says that they are text.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Output(Vec<u8>);

impl Output {
    pub(crate) fn new(bytes: Vec<u8>) -> Output {
        Output(bytes)
    }

    /// The bytes, as they were written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, as they were written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// As text; what is not UTF-8 becomes U+FFFD.
    pub fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl fmt::Display for Output {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_text())
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.to_text())
    }
}

/// Why a call did not return.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Failure {
    /// The source does not compile.
    Syntax {
        /// Lua's message.
        message: String,
        /// Whether more source could make it complete: a prompt should ask for another line.
        incomplete: bool,
    },
    /// A Lua error that nobody caught. The VM goes on.
    Raised {
        /// The error value; nil when it cannot cross to the host.
        value: Value,
        /// Its text, as the reference interpreter shows it.
        message: String,
        /// Lua's traceback; empty where there is none.
        traceback: String,
    },
    /// A result cannot cross to the host: a function, a cycle, tables too deep. The VM goes on.
    Conversion {
        /// Which result, and why.
        message: String,
    },
    /// A limit was reached.
    Limit {
        /// Which one.
        resource: Resource,
        /// What was used, in the resource's unit.
        used: u64,
        /// What was allowed.
        limit: u64,
    },
    /// [`InterruptHandle::interrupt`](crate::InterruptHandle::interrupt) stopped it.
    Interrupted,
    /// `os.exit` ended the program with this status.
    Exit(i32),
    /// The guest broke: a wasm trap.
    Trap(String),
}

impl Failure {
    /// Whether the instance that ran the call is gone: its Lua state was stopped in mid-run.
    pub fn is_hard_stop(&self) -> bool {
        match self {
            Failure::Syntax { .. } | Failure::Raised { .. } | Failure::Conversion { .. } => false,
            Failure::Limit { resource, .. } => !matches!(resource, Resource::Result | Resource::Source),
            Failure::Interrupted | Failure::Exit(_) | Failure::Trap(_) => true,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Syntax { message, .. } | Failure::Conversion { message } => formatter.write_str(message),
            Failure::Raised { message, traceback, .. } if traceback.is_empty() => {
                formatter.write_str(message)
            }
            Failure::Raised { message, traceback, .. } => write!(formatter, "{message}\n{traceback}"),
            Failure::Limit { resource, used, limit } => {
                let unit = resource.unit();
                write!(formatter, "limit `{resource}` reached: {used} {unit} used, {limit} {unit} allowed")
            }
            Failure::Interrupted => formatter.write_str("interrupted"),
            Failure::Exit(status) => write!(formatter, "exit with status {status}"),
            Failure::Trap(message) => write!(formatter, "trap: {message}"),
        }
    }
}

impl std::error::Error for Failure {}
