//! Errors of the library as exceptions of the package. Which class it is, is decided in `exceptions.py`.

use bioxen_lua::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;

use crate::outcome::Amount;

static OF_ERROR: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static OF_STOP: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// The exception for an error.
pub fn raise(error: Error) -> PyErr {
    of_kind(&format!("{:?}", error.kind()), &error.to_string())
}

/// The exception for a thread that could not be started.
pub fn raise_io(error: std::io::Error) -> PyErr {
    refuse(ErrorKind::Engine, error.to_string())
}

/// The exception for an error of the caller's that the library never saw.
pub fn refuse(kind: ErrorKind, message: impl AsRef<str>) -> PyErr {
    of_kind(&format!("{kind:?}"), message.as_ref())
}

fn of_kind(kind: &str, message: &str) -> PyErr {
    Python::attach(|py| {
        let exception = maker(py, &OF_ERROR, "of_error").and_then(|of_error| of_error.call1((kind, message)));
        exception.map_or_else(|failed| failed, PyErr::from_value)
    })
}

/// What is told of a run that was stopped.
pub struct Stopped<'py> {
    pub resource: &'static str,
    pub message: String,
    pub stdout: Bound<'py, PyAny>,
    pub stderr: Bound<'py, PyAny>,
    pub usage: Bound<'py, PyDict>,
    /// Where that is known.
    pub used: Option<Amount>,
    pub limit: Option<Amount>,
}

/// The exception for a run that was stopped hard.
pub fn stopped(py: Python<'_>, stop: Stopped<'_>) -> PyErr {
    let Stopped { resource, message, stdout, stderr, usage, used, limit } = stop;
    let exception = maker(py, &OF_STOP, "of_stop")
        .and_then(|of_stop| of_stop.call1((resource, message, stdout, stderr, usage, used, limit)));
    exception.map_or_else(|failed| failed, PyErr::from_value)
}

fn maker<'py>(
    py: Python<'py>,
    place: &'static PyOnceLock<Py<PyAny>>,
    name: &str,
) -> PyResult<&'py Bound<'py, PyAny>> {
    let found = place.get_or_try_init(py, || {
        let module = py.import("pylua_bioxen_vm_lib.exceptions")?;
        Ok::<_, PyErr>(module.getattr(name)?.unbind())
    })?;
    Ok(found.bind(py))
}

/// The exception for a use of something that was closed.
pub fn raise_closed() -> PyErr {
    refuse(ErrorKind::Terminated, "the VM was closed; make another one")
}
