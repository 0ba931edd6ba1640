//! `Environment`: one named set of packages.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bioxen_lua::{
    Dependents, Edition, Engine, InstallOptions, ModuleName, PackageName, Requirement, SecretKey,
    StoredMount, VmConfig,
};
use pyo3::prelude::*;

use crate::engine::Kept;
use crate::environments::{absolute, invalid, parsed};
use crate::errors::raise;
use crate::told::{Changed, Installed, Point, Shared, Wrong, each};
use crate::wait::wait;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Days after which a signed copy is refused, of those who name none.
const EXPIRES: u32 = 365;

/// One named set of packages.
#[pyclass(frozen, module = "pylua_bioxen_vm_lib._native")]
pub struct Environment {
    inner: bioxen_lua::Environment,
    /// Work on packages runs on threads of the engine. In a fork, where these are not, a copy that is never
    /// dropped keeps `inner` from being the last one.
    _kept: Kept<(bioxen_lua::Environment, Arc<Engine>)>,
}

/// The generations that are there.
#[derive(IntoPyObject)]
struct Generations {
    current: u64,
    all: Vec<u64>,
}

impl Environment {
    pub fn new(inner: bioxen_lua::Environment, engine: Arc<Engine>) -> Environment {
        Environment { _kept: Kept::new((inner.clone(), engine)), inner }
    }

    /// What a VM is given to see this environment.
    pub fn vm_config(&self) -> bioxen_lua::Result<VmConfig> {
        self.inner.vm_config()
    }
}

#[pymethods]
impl Environment {
    #[getter]
    fn name(&self) -> &str {
        self.inner.name()
    }

    #[pyo3(signature = (requirements=Vec::new(), *, offline=false, frozen=false, upgrade=false))]
    fn install(
        &self,
        py: Python<'_>,
        requirements: Vec<String>,
        offline: bool,
        frozen: bool,
        upgrade: bool,
    ) -> PyResult<Changed> {
        let requirements: Vec<Requirement> = parsed(&requirements)?;
        let change = self.inner.install(&requirements, options(offline, frozen, upgrade));
        wait(py, change).map(Changed::from)
    }

    #[pyo3(signature = (requirements=Vec::new(), *, offline=false, frozen=false, upgrade=false))]
    fn plan(
        &self,
        py: Python<'_>,
        requirements: Vec<String>,
        offline: bool,
        frozen: bool,
        upgrade: bool,
    ) -> PyResult<Changed> {
        let requirements: Vec<Requirement> = parsed(&requirements)?;
        let change = self.inner.plan(&requirements, options(offline, frozen, upgrade));
        wait(py, change).map(Changed::from)
    }

    #[pyo3(signature = (names=Vec::new(), *, offline=false))]
    fn update(&self, py: Python<'_>, names: Vec<String>, offline: bool) -> PyResult<Changed> {
        let names: Vec<PackageName> = parsed(&names)?;
        wait(py, self.inner.update(&names, options(offline, false, false))).map(Changed::from)
    }

    #[pyo3(signature = (names, *, dependents=false))]
    fn remove(&self, py: Python<'_>, names: Vec<String>, dependents: bool) -> PyResult<Changed> {
        let names: Vec<PackageName> = parsed(&names)?;
        let dependents = if dependents { Dependents::Remove } else { Dependents::Keep };
        wait(py, self.inner.remove(&names, dependents)).map(Changed::from)
    }

    fn packages(&self, py: Python<'_>) -> PyResult<Vec<Installed>> {
        wait(py, self.inner.packages()).map(each)
    }

    fn which(&self, py: Python<'_>, module: &str) -> PyResult<Option<String>> {
        let module: ModuleName = module.parse().map_err(raise)?;
        Ok(wait(py, self.inner.which(&module))?.map(|name| name.to_string()))
    }

    fn files(&self, py: Python<'_>, name: &str) -> PyResult<Vec<String>> {
        let name: PackageName = name.parse().map_err(raise)?;
        wait(py, self.inner.files(&name))
    }

    fn verify(&self, py: Python<'_>) -> PyResult<Vec<Wrong>> {
        wait(py, self.inner.verify()).map(each)
    }

    #[pyo3(signature = (generation=None))]
    fn rollback(&self, py: Python<'_>, generation: Option<u64>) -> PyResult<u64> {
        wait(py, self.inner.rollback(generation))
    }

    fn generations(&self, py: Python<'_>) -> PyResult<Generations> {
        let list = wait(py, self.inner.generations())?;
        Ok(Generations { current: list.current, all: list.all })
    }

    #[pyo3(signature = (*, offline=true))]
    fn health(&self, py: Python<'_>, offline: bool) -> PyResult<Vec<Point>> {
        let health = if offline { self.inner.health_offline() } else { self.inner.health() };
        Ok(each(wait(py, health)?.checks))
    }

    fn variables(&self, py: Python<'_>) -> PyResult<BTreeMap<String, String>> {
        Ok(wait(py, self.inner.variables())?.into_iter().collect())
    }

    fn set_variable(&self, py: Python<'_>, name: &str, value: Option<&str>) -> PyResult<()> {
        wait(py, self.inner.set_variable(name, value))
    }

    fn mounts(&self, py: Python<'_>) -> PyResult<Vec<Shared>> {
        wait(py, self.inner.mounts()).map(each)
    }

    #[pyo3(signature = (host, guest, *, writable=false, modules=false))]
    fn add_mount(
        &self,
        py: Python<'_>,
        host: PathBuf,
        guest: &str,
        writable: bool,
        modules: bool,
    ) -> PyResult<()> {
        let host = absolute(&host)?;
        let mount = match writable {
            true => StoredMount::read_write(host, guest),
            false => StoredMount::read_only(host, guest),
        };
        let mount = mount.map_err(raise)?;
        wait(py, self.inner.add_mount(if modules { mount.with_modules() } else { mount }))
    }

    fn remove_mount(&self, py: Python<'_>, guest: &str) -> PyResult<()> {
        wait(py, self.inner.remove_mount(guest))
    }

    fn lockfile(&self, py: Python<'_>) -> PyResult<String> {
        wait(py, self.inner.lockfile())
    }

    fn luarocks_lock(&self, py: Python<'_>) -> PyResult<String> {
        wait(py, self.inner.luarocks_lock())
    }

    fn cyclonedx(&self, py: Python<'_>) -> PyResult<String> {
        wait(py, self.inner.export_cyclonedx())
    }

    #[pyo3(signature = (folder, *, secret_key=None, id=None, expires=EXPIRES))]
    fn vendor(
        &self,
        py: Python<'_>,
        folder: PathBuf,
        secret_key: Option<&str>,
        id: Option<String>,
        expires: u32,
    ) -> PyResult<()> {
        let signed = match secret_key {
            Some(key) => Some((self.edition(id, expires)?, SecretKey::read(key).map_err(raise)?)),
            None => None,
        };
        wait(py, self.inner.vendor(absolute(&folder)?, signed))
    }

    fn __repr__(&self) -> String {
        format!("Environment({:?})", self.inner.name())
    }
}

impl Environment {
    /// The moment is the serial: whoever saw this index takes no older one.
    fn edition(&self, id: Option<String>, expires: u32) -> PyResult<Edition> {
        let created = SystemTime::now();
        let serial = created.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let expires = created
            .checked_add(DAY.saturating_mul(expires))
            .ok_or_else(|| invalid(format!("expires {expires}: expected fewer days")))?;
        Ok(Edition { id: id.unwrap_or_else(|| self.inner.name().to_string()), serial, created, expires })
    }
}

fn options(offline: bool, frozen: bool, upgrade: bool) -> InstallOptions {
    let mut options = InstallOptions::default();
    (options.offline, options.frozen, options.upgrade) = (offline, frozen, upgrade);
    options
}
