//! What a run came to, as the dictionary that Python programs know, or as an exception when it was stopped.

use std::fmt;

use bioxen_lua::{Failure, Outcome, Resource, Usage, Value};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use crate::errors::{self, Stopped};
use crate::functions::Raised;
use crate::value;

/// The status of a run that failed, as the interpreter's.
const FAILED: i32 = 1;

/// The result of a run.
///
/// # Errors
///
/// The exception for a run that was stopped by a limit, an interrupt or a trap.
pub fn result<'py>(
    py: Python<'py>,
    outcome: Outcome,
    raised: Option<Raised>,
    memory: Option<u64>,
) -> PyResult<Bound<'py, PyDict>> {
    let Outcome { result, stdout, stderr, usage, out_of_memory, .. } = outcome;
    let (stdout, stderr) = (stdout.into_bytes(), stderr.into_bytes());
    match result {
        Ok(values) => match value::list_to_python(py, &values) {
            Ok(values) => returned(py, values, &stdout, &stderr, &usage),
            Err(error) => {
                let message = error.value(py).str()?.to_string();
                failed(py, Failure::Conversion { message }, &stdout, stderr, &usage, raised)
            }
        },
        Err(Failure::Limit { resource, used, limit }) => {
            let (used, limit) = (Amount::of(resource, used), Amount::of(resource, limit));
            let message = told(resource, used, limit);
            let stop = Stop { resource: resource.name(), used: Some(used), limit: Some(limit) };
            Err(stopped(py, stop, message, &stdout, &stderr, &usage)?)
        }
        Err(Failure::Raised { .. }) if out_of_memory => {
            let stop = Stop {
                resource: Resource::Memory.name(),
                used: Some(Amount::Whole(usage.memory)),
                limit: memory.map(Amount::Whole),
            };
            let message = "not enough memory: the limit `memory` is reached; the VM has the state it had before this run";
            Err(stopped(py, stop, message.into(), &stdout, &stderr, &usage)?)
        }
        Err(Failure::Interrupted) => {
            let stop = Stop { resource: "interrupted", used: None, limit: None };
            Err(stopped(py, stop, "Lua execution was interrupted".into(), &stdout, &stderr, &usage)?)
        }
        Err(Failure::Trap(message)) => {
            let stop = Stop { resource: "trap", used: None, limit: None };
            Err(stopped(
                py,
                stop,
                format!("the sandbox stopped the VM: {message}"),
                &stdout,
                &stderr,
                &usage,
            )?)
        }
        Err(failure) => failed(py, failure, &stdout, stderr, &usage, raised),
    }
}

fn returned<'py>(
    py: Python<'py>,
    values: Vec<Bound<'py, PyAny>>,
    stdout: &[u8],
    stderr: &[u8],
    usage: &Usage,
) -> PyResult<Bound<'py, PyDict>> {
    let first = values.first().cloned().unwrap_or_else(|| py.None().into_bound(py));
    let dict = streams(py, stdout, stderr, 0)?;
    dict.set_item(intern!(py, "value"), first)?;
    dict.set_item(intern!(py, "values"), PyList::new(py, values)?)?;
    dict.set_item(intern!(py, "usage"), used(py, usage)?)?;
    dict.set_item(intern!(py, "error"), py.None())?;
    Ok(dict)
}

/// A run that Lua itself ended: with an error, with results that stay inside, or with `os.exit`.
fn failed<'py>(
    py: Python<'py>,
    failure: Failure,
    stdout: &[u8],
    mut stderr: Vec<u8>,
    usage: &Usage,
    raised: Option<Raised>,
) -> PyResult<Bound<'py, PyDict>> {
    let text = failure.to_string();
    let status = match &failure {
        Failure::Exit(status) => *status,
        Failure::Conversion { .. } => 0, // it ran; what it gave is printed
        _ => FAILED,
    };
    if status == FAILED && !matches!(failure, Failure::Exit(_)) {
        append(&mut stderr, &text);
    }
    let dict = streams(py, stdout, &stderr, status)?;
    dict.set_item(intern!(py, "value"), py.None())?;
    dict.set_item(intern!(py, "values"), PyList::empty(py))?;
    dict.set_item(intern!(py, "usage"), used(py, usage)?)?;
    let error = if failure == Failure::Exit(0) { None } else { Some(error(py, failure, raised)?) };
    dict.set_item(intern!(py, "error"), error)?;
    Ok(dict)
}

/// The message as the interpreter prints it.
fn append(stderr: &mut Vec<u8>, message: &str) {
    if !stderr.is_empty() && !stderr.ends_with(b"\n") {
        stderr.push(b'\n');
    }
    stderr.extend_from_slice(b"lua: ");
    stderr.extend_from_slice(message.as_bytes());
}

fn error<'py>(py: Python<'py>, failure: Failure, raised: Option<Raised>) -> PyResult<Bound<'py, PyDict>> {
    let text = failure.to_string();
    let (kind, message, traceback, value, incomplete) = match failure {
        Failure::Syntax { message, incomplete } => ("syntax", message, String::new(), Value::Nil, incomplete),
        Failure::Raised { value, message, traceback } => ("runtime", message, traceback, value, false),
        Failure::Conversion { message } => ("conversion", message, String::new(), Value::Nil, false),
        Failure::Exit(_) => ("exit", text, String::new(), Value::Nil, false),
        _ => ("runtime", text, String::new(), Value::Nil, false),
    };
    let exception = raised.filter(|raised| message.contains(&raised.message)).map(|raised| raised.exception);
    let dict = PyDict::new(py);
    dict.set_item(intern!(py, "kind"), kind)?;
    dict.set_item(intern!(py, "message"), message)?;
    dict.set_item(intern!(py, "traceback"), traceback)?;
    // A value with tables for keys stays inside; its text is there.
    dict.set_item(intern!(py, "value"), value::to_python(py, &value).ok())?;
    dict.set_item(intern!(py, "incomplete"), incomplete)?;
    dict.set_item(intern!(py, "exception"), exception.map(|exception| exception.into_value(py)))?;
    Ok(dict)
}

fn streams<'py>(py: Python<'py>, stdout: &[u8], stderr: &[u8], status: i32) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item(intern!(py, "stdout"), value::stripped(py, stdout)?)?;
    dict.set_item(intern!(py, "stderr"), value::stripped(py, stderr)?)?;
    dict.set_item(intern!(py, "return_code"), status)?;
    dict.set_item(intern!(py, "success"), status == 0)?;
    Ok(dict)
}

fn used<'py>(py: Python<'py>, usage: &Usage) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item(intern!(py, "fuel"), usage.fuel)?;
    dict.set_item(intern!(py, "time"), usage.time.as_secs_f64())?;
    dict.set_item(intern!(py, "memory"), usage.memory)?;
    dict.set_item(intern!(py, "stdout"), usage.stdout)?;
    dict.set_item(intern!(py, "stderr"), usage.stderr)?;
    dict.set_item(intern!(py, "host_calls"), usage.host_calls)?;
    Ok(dict)
}

/// What stopped a run, in the units of Python's keywords.
struct Stop {
    resource: &'static str,
    used: Option<Amount>,
    limit: Option<Amount>,
}

/// Time in seconds, everything else as it is.
#[derive(Clone, Copy, IntoPyObject)]
pub enum Amount {
    Seconds(f64),
    Whole(u64),
}

impl Amount {
    fn of(resource: Resource, amount: u64) -> Amount {
        match resource {
            Resource::Time => Amount::Seconds(amount as f64 / 1e3),
            _ => Amount::Whole(amount),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Amount::Seconds(seconds) => write!(formatter, "{seconds}"),
            Amount::Whole(amount) => write!(formatter, "{amount}"),
        }
    }
}

fn stopped<'py>(
    py: Python<'py>,
    stop: Stop,
    message: String,
    stdout: &[u8],
    stderr: &[u8],
    usage: &Usage,
) -> PyResult<PyErr> {
    Ok(errors::stopped(
        py,
        Stopped {
            resource: stop.resource,
            message,
            stdout: value::stripped(py, stdout)?,
            stderr: value::stripped(py, stderr)?,
            usage: used(py, usage)?,
            used: stop.used,
            limit: stop.limit,
        },
    ))
}

fn told(resource: Resource, used: Amount, limit: Amount) -> String {
    match resource {
        Resource::Time => format!("Lua execution timed out after {limit} seconds"),
        Resource::Source => format!(
            "the source has {used} bytes: at most {limit} are allowed; the limit `source` says how many"
        ),
        _ => format!(
            "Lua execution reached the limit `{resource}` of {limit} {unit}; the VM has the state it had before this run",
            unit = resource.unit()
        ),
    }
}
