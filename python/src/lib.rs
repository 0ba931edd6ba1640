//! The native part of the Python package `pylua_bioxen_vm_lib`: what Python asks of the library, and no more.

use pyo3::prelude::*;

/// The extension module.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))
}
