//! Named sets of installed packages, which VMs see read-only.

mod bill;
mod bootstrap;
mod config;
mod generations;
mod health;
mod home;
mod inspection;
mod installed;
mod inventory;
mod locks;
mod mounted;
mod name;
mod one;
mod progress;
mod renewal;
mod settings;
mod state;
mod storage;
mod writer;

use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;

use crate::engine::Engine;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::fs::{Folder, Steps};
use crate::package::{
    Catalogue, Ceilings, Evaluator, Lockfile, Patience, Profile, Repositories, Requirement, Store, Text,
    carried, module_owner, write_tree,
};
use crate::task::Task;

pub use config::EnvironmentsConfig;
pub use health::{Condition, Health, HealthCheck};
pub use installed::{Change, Fault, InstalledPackage};
pub use one::{Environment, GenerationList};
pub use progress::Progress;
pub use renewal::{Dependents, InstallOptions};
pub use settings::StoredMount;

use bootstrap::bootstrap;
use generations::Generations;
use home::Home;
use inventory::Inventory;
use name::EnvironmentName;
use progress::Watcher;
use state::State;
use writer::Description;

/// The profile that an environment is made ready with when none is named.
const STANDARD: &str = "standard";

/// Where VMs see their packages.
pub(crate) const PACKAGES: &str = "/env";

/// All environments that are kept in one folder. Cheap to clone; clones are the same.
///
/// Any number of processes may use the folder at once: one at a time changes an environment, and VMs go on
/// seeing what they were given.
///
/// ```
/// use bioxen_lua::{Engine, Environments};
/// let engine = Engine::new()?;
/// let folder = tempfile::tempdir().expect("a folder");
/// let environments = Environments::open(&engine, folder.path())?;
/// let environment = environments.create("bio").wait()?;
/// assert_eq!(environment.name(), "bio");
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Clone)]
pub struct Environments {
    inner: Arc<Inner>,
    watcher: Watcher,
}

/// What all handles share.
pub(crate) struct Inner {
    engine: Engine,
    home: Home,
    config: EnvironmentsConfig,
    repositories: Repositories,
    store: Store,
    evaluator: Evaluator,
    ceilings: Ceilings,
}

impl Environments {
    /// Opens a folder, or makes it, and removes what was left there by processes that were stopped while they
    /// changed something.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for a setting out of range, [`ErrorKind::Storage`] when the folder cannot
    /// be used.
    pub fn open(engine: &Engine, config: impl Into<EnvironmentsConfig>) -> Result<Environments> {
        Environments::on(engine, config.into(), Steps::default())
    }

    pub(crate) fn on(engine: &Engine, config: EnvironmentsConfig, steps: Steps) -> Result<Environments> {
        config.check()?;
        let home = Home::open(&config.root, config.patience, steps)?;
        let inner = Arc::new(Inner {
            engine: engine.clone(),
            repositories: Repositories::on(engine, home.root().clone(), carried(), Patience::default()),
            store: Store::open(home.root())?,
            evaluator: Evaluator::new(engine),
            ceilings: Ceilings { total: config.unpacked, ..Ceilings::default() },
            home,
            config,
        });
        inner.tidy_if_alone()?;
        Ok(Environments { inner, watcher: Watcher::default() })
    }

    /// The same, telling how far it is whenever it or one of its environments works on packages. What is told
    /// runs on the thread that works, and holds it up.
    pub fn with_progress(&self, watch: impl Fn(&Progress) + Send + Sync + 'static) -> Environments {
        Environments { inner: self.inner.clone(), watcher: Watcher::new(watch) }
    }

    /// Makes an environment without packages. Its name is 1 to 64 of `a-z 0-9 . _ -`, first a letter or a
    /// digit.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::InvalidName`], [`ErrorKind::EnvironmentExists`],
    /// [`ErrorKind::EnvironmentBusy`], [`ErrorKind::Storage`].
    pub fn create(&self, name: &str) -> Task<Environment> {
        self.task(name, |environments, name| {
            environments.inner.create(&name)?;
            Ok(environments.named(name))
        })
    }

    /// An environment that is there.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::InvalidName`], [`ErrorKind::EnvironmentNotFound`], [`ErrorKind::Storage`].
    pub fn get(&self, name: &str) -> Task<Environment> {
        self.task(name, |environments, name| {
            environments.inner.home.environment(&name)?;
            Ok(environments.named(name))
        })
    }

    /// All environments, by name.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::Storage`].
    pub fn list(&self) -> Task<Vec<Environment>> {
        let environments = self.clone();
        Task::new(&self.inner.engine, move || {
            let names = environments.inner.home.names()?;
            Ok(names.into_iter().map(|name| environments.named(name)).collect())
        })
    }

    /// Removes an environment with all that is installed in it. VMs that see it go on seeing it; what they need
    /// is removed after they ended, by [`collect_garbage`](Environments::collect_garbage).
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::InvalidName`], [`ErrorKind::EnvironmentNotFound`],
    /// [`ErrorKind::EnvironmentBusy`], [`ErrorKind::Storage`].
    pub fn remove(&self, name: &str) -> Task<()> {
        self.task(name, |environments, name| environments.inner.home.remove(&name))
    }

    /// Makes an environment if it is not there, and installs what the `standard` profile names, from what comes
    /// with the library and without a network. Gives whether anything was missing.
    ///
    /// # Errors
    ///
    /// In the task: as [`create`](Environments::create) and [`Environment::install`].
    pub fn bootstrap(&self, name: &str) -> Task<bool> {
        self.bootstrap_with(name, STANDARD)
    }

    /// As [`bootstrap`](Environments::bootstrap), with another profile of the
    /// [catalogue](Catalogue::profiles). Of the packages that do not come with the library it installs those that
    /// a repository is known to have and that can be installed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for a profile that is not known; beside that as
    /// [`bootstrap`](Environments::bootstrap).
    pub fn bootstrap_with(&self, name: &str, profile: &str) -> Task<bool> {
        let profile = profile.to_string();
        self.task(name, move |environments, name| bootstrap(environments, &name, &Profile::named(&profile)?))
    }

    /// What there is to install.
    pub fn catalogue(&self) -> Catalogue {
        Catalogue::new(self.inner.repositories.clone())
    }

    /// Where packages come from.
    pub fn repositories(&self) -> &Repositories {
        &self.inner.repositories
    }

    /// What a `luarocks.lock` pins, as requirements to install: it names versions and no hashes, so these are
    /// wishes. The file is a Lua program; it runs in a VM that has nothing.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::EvaluationLimit`], [`ErrorKind::LockInvalid`].
    pub fn read_luarocks_lock(&self, text: impl Into<Vec<u8>>) -> Task<Vec<Requirement>> {
        let (text, engine) = (text.into(), self.inner.engine.clone());
        Task::new(&self.inner.engine, move || {
            let lock = Evaluator::new(&engine).evaluate(Text::LuaRocksLock, &text)?;
            let pinned = Lockfile::versions_of_luarocks(&lock)?;
            pinned.iter().map(|(name, version)| format!("{name} == {version}").parse()).collect()
        })
    }

    /// Removes what nobody needs: generations that are not kept and that no VM sees, environments that were
    /// removed while one saw them, and stored packages that no generation has. It waits until nobody changes
    /// anything.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::EnvironmentBusy`], [`ErrorKind::StoreCorrupt`] when it cannot be read what an
    /// environment needs, [`ErrorKind::Storage`].
    pub fn collect_garbage(&self) -> Task<()> {
        let inner = self.inner.clone();
        Task::new(&self.inner.engine, move || inner.collect_garbage())
    }

    pub(crate) fn task<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Environments, EnvironmentName) -> Result<T> + Send + 'static,
    ) -> Task<T> {
        let (environments, name) = (self.clone(), name.parse());
        Task::new(&self.inner.engine, move || work(&environments, name?))
    }

    fn named(&self, name: EnvironmentName) -> Environment {
        Environment::new(self.clone(), name)
    }
}

impl Inner {
    fn create(&self, name: &EnvironmentName) -> Result<Folder> {
        let lock = Lockfile::new(&[], self.engine.guest_digest(), Vec::new(), Vec::new()).text()?;
        let description = Description { wanted: &[], lock: &lock };
        self.home.create(name, |folder| {
            writer::begin(folder, description, |generation| {
                write_tree(generation, &[], &module_owner)?;
                Inventory::of(&[], &[]).write(generation)
            })
        })
    }

    fn collect_garbage(&self) -> Result<()> {
        let alone = self.home.alone()?;
        self.home.sweep(&alone)?;
        let (mut artifacts, mut trees) = (HashSet::new(), HashSet::new());
        for name in self.home.names()? {
            let folder = self.home.environment(&name)?;
            writer::recover(&folder)?;
            let generations = Generations::of(folder);
            generations.prune(self.config.generations)?;
            for number in generations.numbers()? {
                let lock = State::read(number, &generations.open(number)?)?.lock;
                artifacts.extend(lock.packages.iter().map(|package| package.sha256.clone()));
                trees.extend(lock.packages.into_iter().map(|package| package.tree_sha256));
            }
        }
        self.store.sweep(|hash| artifacts.contains(hash), |hash| trees.contains(hash))
    }

    /// Removes what was left behind, unless somebody changes something just now, whose it may be; and unless
    /// the disk says no, since nothing that is left over is in anybody's way.
    fn tidy_if_alone(&self) -> Result<()> {
        let Ok(Some(alone)) = self.home.alone_now() else { return Ok(()) };
        let _ = self.home.sweep(&alone).and_then(|()| self.store.sweep(|_| true, |_| true));
        for name in self.home.names()? {
            let recovered = self.home.environment(&name).and_then(|folder| writer::recover(&folder));
            match recovered {
                Err(error) if error.kind() == ErrorKind::Storage => {}
                // Told to whoever uses that environment: the others are as good as before.
                Err(error) => tracing::warn!(environment = %name, %error, "an environment is damaged"),
                Ok(()) => {}
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Environments {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Environments({})", self.inner.config.root.display())
    }
}
