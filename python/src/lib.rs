//! The native part of the Python package `pylua_bioxen_vm_lib`: what Python asks of the library, and no more.
//! `_native.pyi` describes it.

mod config;
mod engine;
mod environment;
mod environments;
mod errors;
mod functions;
mod futures;
mod lock;
mod manager;
mod outcome;
mod output;
mod package_engine;
mod run;
mod session;
mod told;
mod value;
mod vm;
mod wait;

use pyo3::prelude::*;

/// The extension module.
#[pymodule]
mod _native {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::config::VmConfig;
    #[pymodule_export]
    use crate::environment::Environment;
    #[pymodule_export]
    use crate::environments::Environments;
    #[pymodule_export]
    use crate::functions::Functions;
    #[pymodule_export]
    use crate::manager::Manager;
    #[pymodule_export]
    use crate::session::Session;
    #[pymodule_export]
    use crate::vm::Vm;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }

    /// SHA-256 of the Lua inside, in hexadecimal.
    #[pyfunction]
    fn guest_digest() -> PyResult<&'static str> {
        Ok(crate::engine::lease()?.engine().guest_digest())
    }

    /// Marks this process as a fork.
    #[pyfunction]
    fn forked() {
        crate::engine::mark_forked();
    }

    /// Makes room for so many VMs, 1 to 100,000, before the first one is made; unasked there is room for 2,000.
    /// Takes address space, no memory. Raises ``InvalidSettingError`` for a number out of range, and when VMs are
    /// there and room for fewer was made.
    #[pyfunction]
    fn reserve_vms(py: Python<'_>, count: u32) -> PyResult<()> {
        py.detach(|| crate::engine::reserve(count))
    }

    /// Ends every manager of this process.
    #[pyfunction]
    fn shutdown(py: Python<'_>) {
        crate::manager::shutdown_all(py);
    }

    /// Users of the engine: VMs and managers that have not ended.
    #[pyfunction]
    fn live_vms() -> usize {
        crate::engine::users()
    }
}
