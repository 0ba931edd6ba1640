//! Why a guest was stopped in mid-run, and how that is read from wasmtime's errors.

use std::fmt;

use wasmtime::Trap;

use crate::limits::{Resource, Usage};
use crate::outcome::Failure;

/// Why a guest was stopped in mid-run. Host functions return it as their error, which unwinds the
/// guest.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stop {
    Limit { resource: Resource, used: u64, limit: u64 },
    Interrupted,
    Exit(i32),
    Trap(String),
}

impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self:?}")
    }
}

impl std::error::Error for Stop {}

impl Stop {
    /// Reads what ended a call into the guest.
    pub fn from_error(
        error: &wasmtime::Error,
        fuel: Option<u64>,
        memory: Option<u64>,
        usage: &Usage,
    ) -> Stop {
        if let Some(stop) = error.downcast_ref::<Stop>() {
            return stop.clone();
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::OutOfFuel) => {
                let limit = fuel.unwrap_or(u64::MAX);
                Stop::Limit { resource: Resource::Fuel, used: usage.fuel, limit }
            }
            Some(trap) => Stop::Trap(trap.to_string()),
            // The exception heap could not grow: a throw found no memory.
            None if error.is::<wasmtime::GcHeapOutOfMemory<()>>() => {
                let limit = memory.unwrap_or(u64::MAX);
                Stop::Limit { resource: Resource::Memory, used: usage.memory, limit }
            }
            None => Stop::Trap(error.to_string()),
        }
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Failure {
        match stop {
            Stop::Limit { resource, used, limit } => Failure::Limit { resource, used, limit },
            Stop::Interrupted => Failure::Interrupted,
            Stop::Exit(status) => Failure::Exit(status),
            Stop::Trap(message) => Failure::Trap(message),
        }
    }
}
