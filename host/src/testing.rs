//! Seams for this project's own tests, without any promise: what stands here may change or go at any
//! time. It is compiled always, because a feature that only tests switch on would build the library twice
//! and let them test the other one. What breaks disks stays in the tests; here is only where it fits in.

mod decoders;
mod packages;

pub use crate::fs::{Disk, Found, Listing, Locking, NewFile, StateDir, Steps, StoredSession};
pub use crate::guest::CompiledGuest;
pub use crate::package::{Evaluator, Patience, Text};
pub use crate::record::{Expected, RecordCeilings, RecordHeader, RecordStatus, SessionRecord};

pub use decoders::{
    VALUE_COST, call_encoded, decode_values, encode_values, index_again, signed_files, snapshot_again,
    snapshot_of,
};
pub use packages::{
    Packages, lockfile_again, luarocks_lock, manifest_from_json, manifest_from_table, rock_manifest,
    rockspec, rockspec_paths, unpack,
};

use std::path::Path;
use std::sync::Arc;

use crate::engine::{Engine, EngineConfig};
use crate::environment::{Environments, EnvironmentsConfig};
use crate::error::{Error, ErrorKind, Result};
use crate::fs::Folder;
use crate::manager::{Manager, ManagerConfig};
use crate::package::{Fetched, PackageName, Repositories, RepositorySupply, Requirement, Supply, Version};
use crate::vm::Vm;

/// An engine whose VMs run another guest than the embedded one.
///
/// # Errors
///
/// [`ErrorKind::Engine`] for a guest that cannot be loaded, or does not export what a guest has to; beside that as
/// [`Engine::with`].
pub fn engine_of(guest: CompiledGuest<'_>, config: EngineConfig) -> Result<Engine> {
    Engine::of(guest, config)
}

/// A manager that keeps its sessions on any disk.
///
/// # Errors
///
/// As [`Manager::new`].
pub fn manager_on(engine: &Engine, config: ManagerConfig, disk: Arc<dyn Disk>) -> Result<Manager> {
    Manager::on(engine, config, disk)
}

/// The memory of a VM's guest, as it is: what an attacker who has broken Lua could read.
pub fn memory(vm: &Vm) -> &[u8] {
    vm.memory()
}

/// Environments in a folder in which each step that changes the disk is asked for.
///
/// # Errors
///
/// As [`Environments::open`].
pub fn environments_on(engine: &Engine, config: EnvironmentsConfig, steps: Steps) -> Result<Environments> {
    Environments::on(engine, config, steps)
}

/// How tests want repositories to be.
#[derive(Clone, Default)]
pub struct RepositoriesSetup {
    /// How long servers are waited for.
    pub patience: Patience,
    /// Packages that the program carries: names of files, and what is in them.
    pub carried: &'static [(&'static str, &'static [u8])],
    /// What is asked before the disk is changed.
    pub steps: Steps,
}

/// Repositories in a folder.
///
/// # Errors
///
/// [`ErrorKind::Storage`] when it cannot be opened.
pub fn repositories_with(engine: &Engine, folder: &Path, setup: RepositoriesSetup) -> Result<Repositories> {
    let root = Folder::open_or_create(folder)
        .map_err(|error| Error::new(ErrorKind::Storage, error.to_string()).with_source(error))?;
    Ok(Repositories::on(engine, root.with_steps(setup.steps), setup.carried, setup.patience))
}

/// What one operation sees of the repositories.
pub struct Supplied(RepositorySupply);

/// A file to install from.
#[derive(Debug, Clone, PartialEq)]
pub struct SuppliedFile {
    /// Its name.
    pub artifact: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// In hexadecimal.
    pub sha256: String,
    /// Where it is from.
    pub repository: String,
    /// The number of the key that signed for it.
    pub signed_by: Option<String>,
}

impl Supplied {
    /// # Errors
    ///
    /// When the list of repositories cannot be read.
    pub fn of(repositories: &Repositories) -> Result<Supplied> {
        repositories.supply().map(Supplied)
    }

    /// The repository that a package comes from.
    ///
    /// # Errors
    ///
    /// Those of the repositories.
    pub fn repository_of(&self, name: &PackageName) -> Result<Option<String>> {
        Ok(self.0.repository_of(name)?.map(str::to_string))
    }

    /// All versions of a package.
    ///
    /// # Errors
    ///
    /// Those of the repositories.
    pub fn versions(&self, name: &PackageName) -> Result<Vec<Version>> {
        self.0.versions(name)
    }

    /// The dependencies that the rockspec of a version names.
    ///
    /// # Errors
    ///
    /// Those of the repositories and of the rockspec.
    pub fn dependencies(&self, name: &PackageName, version: &Version) -> Result<Vec<Requirement>> {
        Ok(self.0.rockspec(name, version)?.dependencies.clone())
    }

    /// The best file of a version.
    ///
    /// # Errors
    ///
    /// Those of the repositories.
    pub fn fetch(&self, name: &PackageName, version: &Version) -> Result<SuppliedFile> {
        self.0.fetch(name, version).map(SuppliedFile::from)
    }

    /// The file that a lock names.
    ///
    /// # Errors
    ///
    /// Those of the repositories.
    pub fn fetch_locked(&self, repository: &str, artifact: &str, sha256: &str) -> Result<SuppliedFile> {
        self.0.fetch_locked(repository, &artifact.parse()?, sha256).map(SuppliedFile::from)
    }
}

impl From<Fetched> for SuppliedFile {
    fn from(fetched: Fetched) -> SuppliedFile {
        let Fetched { bytes, artifact, sha256, repository, signed_by } = fetched;
        SuppliedFile { artifact: artifact.to_string(), bytes, sha256, repository, signed_by }
    }
}
