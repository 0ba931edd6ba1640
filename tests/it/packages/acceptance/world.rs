//! Environments whose packages come from the mirror.

use std::path::{Path, PathBuf};

use bioxen_lua::{
    Change, Environment, Environments, InstallOptions, InstalledPackage, Repository, Requirement, Result, Vm,
};
use tempfile::TempDir;

use super::mirror::Mirror;
use crate::support::engine;

/// A folder with environments, of one test.
pub struct World {
    folder: TempDir,
    environments: Environments,
}

impl World {
    /// Environments without a repository but the catalogue.
    pub fn empty() -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let environments = Environments::open(engine(), folder.path()).expect("environments");
        World { folder, environments }
    }

    /// Environments whose packages come from the mirror's server, by its path.
    pub fn of(mirror: &Mirror) -> World {
        World::from(&mirror.folder("server"))
    }

    /// Environments whose packages come from a folder.
    pub fn from(folder: &Path) -> World {
        let world = World::empty();
        world.add(Repository::new("mirror", &folder.display().to_string()).expect("a repository"));
        world
    }

    pub fn add(&self, repository: Repository) {
        self.environments.repositories().add(repository).wait().expect("a new repository");
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn environments(&self) -> &Environments {
        &self.environments
    }

    /// A new environment.
    pub fn environment(&self, name: &str) -> Environment {
        self.environments.create(&name.to_lowercase()).wait().expect("a new environment")
    }

    pub fn install(&self, environment: &Environment, wanted: &[&str]) -> Result<Change> {
        environment.install(&requirements(wanted), InstallOptions::default()).wait()
    }

    /// A new environment with packages.
    pub fn installed(&self, name: &str, wanted: &[&str]) -> Environment {
        let environment = self.environment(name);
        self.install(&environment, wanted).unwrap_or_else(|error| panic!("{wanted:?}: {error}"));
        environment
    }

    /// What stops an installation into a new environment, which stays as it was.
    #[track_caller]
    pub fn refused(&self, name: &str, wanted: &[&str]) -> bioxen_lua::Error {
        let environment = self.environment(name);
        let error = self.install(&environment, wanted).expect_err("it is refused");
        assert!(packages(&environment).is_empty(), "something is installed");
        let generations = environment.generations().wait().expect("listed");
        assert_eq!(generations.all, [generations.current], "a generation was made");
        error
    }

    /// The LuaRocks tree that VMs of an environment see.
    pub fn tree(&self, environment: &Environment) -> PathBuf {
        let current = environment.generations().wait().expect("listed").current;
        self.path().join(format!("envs/{}/gen/{current:06}", environment.name()))
    }
}

pub fn requirements(wanted: &[&str]) -> Vec<Requirement> {
    wanted.iter().map(|text| text.parse().expect("a requirement")).collect()
}

pub fn packages(environment: &Environment) -> Vec<InstalledPackage> {
    environment.packages().wait().expect("listed")
}

/// `NAME VERSION` of what is installed.
pub fn installed(environment: &Environment) -> Vec<String> {
    packages(environment).iter().map(|package| format!("{} {}", package.name, package.version)).collect()
}

/// What a lock file says is provided: `NAME VERSION`.
pub fn provided(environment: &Environment) -> Vec<String> {
    let lock: toml::Table = environment.lockfile().wait().expect("a lock").parse().expect("TOML");
    let provided = lock.get("provided").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let text = |value: &toml::Value, key: &str| value[key].as_str().expect("text").to_string();
    provided.iter().map(|value| format!("{} {}", text(value, "name"), text(value, "version"))).collect()
}

/// A VM of an environment.
pub fn vm(environment: &Environment) -> Vm {
    Vm::new(engine(), environment.vm_config().expect("a configuration")).expect("a VM")
}
