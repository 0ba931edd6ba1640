//! One run of source, as Python asks for it.

use bioxen_lua::{Chunk, ErrorKind, Outcome, Values};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::config::{run_fuel, run_time};
use crate::errors;
use crate::functions::Trace;
use crate::outcome;
use crate::value;

/// What a run is asked with.
#[derive(FromPyObject)]
pub enum Source<'py> {
    Text(Bound<'py, PyString>),
    Bytes(Bound<'py, PyBytes>),
}

impl Source<'_> {
    fn bytes(&self) -> PyResult<Vec<u8>> {
        match self {
            Source::Bytes(bytes) => Ok(bytes.as_bytes().to_vec()),
            Source::Text(text) => text.to_cow().map(|text| text.as_bytes().to_vec()).map_err(|_| {
                errors::refuse(
                    ErrorKind::InvalidValue,
                    "the source has surrogates and is no text: give bytes",
                )
            }),
        }
    }
}

/// A chunk that prints its results as a prompt does, and has nothing to do with a session's streams.
pub fn chunk(
    source: &Source<'_>,
    name: &str,
    arguments: Option<&Bound<'_, PyAny>>,
    timeout: Option<f64>,
    fuel: Option<i64>,
) -> PyResult<Chunk> {
    let chunk = Chunk::new(source.bytes()?).name(name).echo().aside();
    let chunk = match arguments {
        Some(arguments) => chunk.arguments(Values(value::list_from_python(arguments)?)),
        None => chunk,
    };
    let chunk = match run_time(timeout)? {
        Some(time) => chunk.time(time),
        None => chunk,
    };
    Ok(match run_fuel(fuel) {
        Some(fuel) => chunk.fuel(fuel),
        None => chunk,
    })
}

/// A call of a function by its name.
pub fn function(name: &str, arguments: &Bound<'_, PyAny>) -> PyResult<Chunk> {
    Ok(Chunk::function(name).arguments(Values(value::list_from_python(arguments)?)).aside())
}

/// The result of a run with that limit of memory, or what a callable raised that leaves Lua.
pub fn result<'py>(
    py: Python<'py>,
    outcome: Outcome,
    trace: &Trace,
    memory: Option<u64>,
) -> PyResult<Bound<'py, PyDict>> {
    match trace.take_leaving() {
        Some(leaving) => Err(leaving),
        None => outcome::result(py, outcome, trace.take_raised(), memory),
    }
}

/// What a run that was to change something came to: an error of Lua is the caller's.
pub fn done(outcome: Outcome, what: &str) -> PyResult<()> {
    match outcome.result {
        Ok(_) => Ok(()),
        Err(failure) => {
            Err(errors::refuse(ErrorKind::InvalidValue, format!("`{what}` cannot be registered: {failure}")))
        }
    }
}
