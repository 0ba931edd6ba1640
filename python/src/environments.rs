//! `Environments`: named sets of packages under one folder, and where packages come from.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bioxen_lua::{
    Catalogue, Engine, EnvironmentsConfig, ErrorKind, PROVIDED, PackageName, PublicKey, Repository,
    Requirement, Trust, Version,
};
use pyo3::prelude::*;

use crate::engine::Kept;
use crate::environment::Environment;
use crate::errors::{raise, refuse};
use crate::package_engine::package_engine;
use crate::told::{Asked, Found, Inside, Known, Place, Recommended, Set, each, line};
use crate::wait::wait;

/// The profile of those who name none.
const STANDARD: &str = "standard";

/// Named sets of packages under one folder.
#[pyclass(frozen, module = "pylua_bioxen_vm_lib._native")]
pub struct Environments {
    inner: bioxen_lua::Environments,
    root: PathBuf,
    engine: Arc<Engine>,
    /// In a fork, where the engine's threads are not, a copy that is never dropped keeps `inner` from being the
    /// last one.
    _kept: Kept<(bioxen_lua::Environments, Arc<Engine>)>,
}

#[pymethods]
impl Environments {
    #[new]
    #[pyo3(signature = (root, *, progress=None, patience=30.0, generations=3))]
    fn new(
        py: Python<'_>,
        root: PathBuf,
        progress: Option<Py<PyAny>>,
        patience: f64,
        generations: usize,
    ) -> PyResult<Environments> {
        let root = absolute(&root)?;
        let engine = package_engine()?;
        let config = EnvironmentsConfig::new(&root).patience(seconds(patience)?).generations(generations);
        let opened = py.detach(|| bioxen_lua::Environments::open(&engine, config)).map_err(raise)?;
        let inner = match progress {
            Some(callback) => told(&opened, callback),
            None => opened,
        };
        Ok(Environments { _kept: Kept::new((inner.clone(), engine.clone())), inner, root, engine })
    }

    #[getter]
    fn root(&self) -> String {
        self.root.display().to_string()
    }

    fn create(&self, py: Python<'_>, name: &str) -> PyResult<Environment> {
        Ok(self.environment(wait(py, self.inner.create(name))?))
    }

    fn get(&self, py: Python<'_>, name: &str) -> PyResult<Environment> {
        Ok(self.environment(wait(py, self.inner.get(name))?))
    }

    fn list(&self, py: Python<'_>) -> PyResult<Vec<Environment>> {
        let list = wait(py, self.inner.list())?;
        Ok(list.into_iter().map(|environment| self.environment(environment)).collect())
    }

    fn remove(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        wait(py, self.inner.remove(name))
    }

    #[pyo3(signature = (name, profile=STANDARD))]
    fn bootstrap(&self, py: Python<'_>, name: &str, profile: &str) -> PyResult<bool> {
        wait(py, self.inner.bootstrap_with(name, profile))
    }

    #[pyo3(signature = (query, *, offline=false))]
    fn search(&self, py: Python<'_>, query: &str, offline: bool) -> PyResult<Vec<Found>> {
        wait(py, self.catalogue(offline).search(query)).map(each)
    }

    #[pyo3(signature = (name, *, offline=false))]
    fn info(&self, py: Python<'_>, name: &str, offline: bool) -> PyResult<Option<Known>> {
        let name: PackageName = name.parse().map_err(raise)?;
        let asked = self.catalogue(offline).info(&name);
        let known = async move {
            match asked.await {
                Err(error) if error.kind() == ErrorKind::PackageNotFound => Ok(None),
                known => known.map(Some),
            }
        };
        Ok(wait(py, known)?.map(Known::from))
    }

    fn profiles(&self) -> Vec<Set> {
        each(self.inner.catalogue().profiles())
    }

    fn recommendations(&self, py: Python<'_>, installed: Vec<String>) -> PyResult<Vec<Recommended>> {
        let installed: Vec<PackageName> = parsed(&installed)?;
        wait(py, self.inner.catalogue().offline().recommendations(&installed)).map(each)
    }

    fn repositories(&self, py: Python<'_>) -> PyResult<Vec<Place>> {
        wait(py, self.inner.repositories().list()).map(each)
    }

    #[pyo3(signature = (name, location, *, trust=None, keys=Vec::new(), certificates=None, first=false))]
    #[expect(clippy::too_many_arguments, reason = "they are keywords of Python")]
    fn add_repository(
        &self,
        py: Python<'_>,
        name: &str,
        location: &str,
        trust: Option<&str>,
        keys: Vec<String>,
        certificates: Option<PathBuf>,
        first: bool,
    ) -> PyResult<()> {
        let mut repository = Repository::new(name, &address(location)?).map_err(raise)?;
        if let Some(trust) = trusted(trust, &keys)? {
            repository = repository.with_trust(trust);
        }
        if let Some(file) = certificates {
            repository = repository.with_certificates(absolute(&file)?);
        }
        let (repositories, name) = (self.inner.repositories().clone(), name.to_string());
        wait(py, async move {
            repositories.add(repository).await?;
            if first {
                let known = repositories.list().await?;
                let others = known.iter().map(Repository::name).filter(|other| *other != name);
                let order: Vec<&str> = std::iter::once(name.as_str()).chain(others).collect();
                repositories.reorder(&order).await?;
            }
            Ok(())
        })
    }

    fn remove_repository(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        wait(py, self.inner.repositories().remove(name))
    }

    fn reorder_repositories(&self, py: Python<'_>, names: Vec<String>) -> PyResult<()> {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        wait(py, self.inner.repositories().reorder(&names))
    }

    fn update_repositories(&self, py: Python<'_>) -> PyResult<Vec<Asked>> {
        wait(py, self.inner.repositories().refresh()).map(each)
    }

    fn read_luarocks_lock(&self, py: Python<'_>, text: Vec<u8>) -> PyResult<Vec<String>> {
        let pinned = wait(py, self.inner.read_luarocks_lock(text))?;
        Ok(pinned.iter().map(ToString::to_string).collect())
    }

    fn collect_garbage(&self, py: Python<'_>) -> PyResult<()> {
        wait(py, self.inner.collect_garbage())
    }

    #[staticmethod]
    fn provided() -> Vec<Inside> {
        PROVIDED.iter().map(Inside::from).collect()
    }

    #[staticmethod]
    fn package_of(requirement: &str) -> PyResult<String> {
        let requirement: Requirement = requirement.parse().map_err(raise)?;
        Ok(requirement.name.to_string())
    }

    #[staticmethod]
    fn allows(requirement: &str, version: &str) -> PyResult<bool> {
        let requirement: Requirement = requirement.parse().map_err(raise)?;
        let version: Version = version.parse().map_err(raise)?;
        Ok(requirement.allows(&version))
    }

    fn __repr__(&self) -> String {
        format!("Environments({:?})", self.root)
    }
}

impl Environments {
    fn catalogue(&self, offline: bool) -> Catalogue {
        let catalogue = self.inner.catalogue();
        if offline { catalogue.offline() } else { catalogue }
    }

    fn environment(&self, inner: bioxen_lua::Environment) -> Environment {
        Environment::new(inner, self.engine.clone())
    }
}

/// Each text as what it says.
pub fn parsed<T: std::str::FromStr<Err = bioxen_lua::Error>>(texts: &[String]) -> PyResult<Vec<T>> {
    texts.iter().map(|text| text.parse().map_err(raise)).collect()
}

/// A path as it is from anywhere.
pub fn absolute(path: &Path) -> PyResult<PathBuf> {
    std::path::absolute(path).map_err(|error| invalid(format!("path `{}`: {error}", path.display())))
}

/// The exception for a value that makes no sense.
pub fn invalid(message: impl AsRef<str>) -> PyErr {
    refuse(ErrorKind::InvalidConfig, message)
}

fn seconds(seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| invalid(format!("patience {seconds}: expected seconds, 0 or more")))
}

/// A folder by its whole path: it is used from anywhere later. A URL as it is.
fn address(location: &str) -> PyResult<String> {
    if location.contains("://") {
        return Ok(location.to_string());
    }
    let path = absolute(Path::new(location))?.into_os_string().into_string();
    path.map_err(|path| invalid(format!("location {path:?}: expected a path in UTF-8")))
}

/// Keys alone say how it is trusted; nothing at all leaves it to the repository's sort.
fn trusted(trust: Option<&str>, keys: &[String]) -> PyResult<Option<Trust>> {
    match (trust, keys) {
        (None, []) => Ok(None),
        (None | Some("signed"), keys) => Ok(Some(Trust::Signed(parsed::<PublicKey>(keys)?))),
        (Some("first-use"), []) => Ok(Some(Trust::FirstUse)),
        (Some("unsigned"), []) => Ok(Some(Trust::Unsigned)),
        (Some(trust @ ("first-use" | "unsigned")), _) => {
            Err(invalid(format!("keys and trust `{trust}` exclude each other: leave one out")))
        }
        (Some(trust), _) => {
            Err(invalid(format!("trust `{trust}`: expected `signed`, `first-use` or `unsigned`")))
        }
    }
}

/// The same, telling a callable. What that raises stops no installation: it is told as Python tells of errors
/// that nobody can catch.
fn told(environments: &bioxen_lua::Environments, callback: Py<PyAny>) -> bioxen_lua::Environments {
    environments.with_progress(move |progress| {
        // While Python ends nobody listens any more.
        let _ = Python::try_attach(|py| {
            if let Err(error) = callback.call1(py, (line(progress),)) {
                error.write_unraisable(py, Some(callback.bind(py)));
            }
        });
    })
}
