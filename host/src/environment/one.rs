//! One environment.

use std::fmt;

use crate::config::VmConfig;
use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::task::Task;

use super::Environments;
use super::generations::Generations;
use super::mounted::mounted;
use super::name::EnvironmentName;
use super::settings::{Settings, StoredMount};
use super::writer::Writer;

/// A named set of installed packages. Cheap to clone; it names the environment and keeps nothing open.
///
/// What is installed is a *generation*: a tree of files that never changes. Each change makes a new one, all
/// or nothing, and VMs keep the one that they were given.
#[derive(Clone)]
pub struct Environment {
    environments: Environments,
    name: EnvironmentName,
}

impl Environment {
    pub(super) fn new(environments: Environments, name: EnvironmentName) -> Environment {
        Environment { environments, name }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// What a VM is given to see this environment: its packages at `/env`, read-only, with `require` finding
    /// modules there and, behind them, in the mounts that were stored for modules; its other mounts; its
    /// variables. It is to be refined, with limits for instance.
    ///
    /// As long as the configuration or a VM that was made with it is there, the generation that it was made of
    /// is not removed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::EnvironmentNotFound`], [`ErrorKind::StoreCorrupt`], [`ErrorKind::Storage`], and those of
    /// [`Mount::read_only`](crate::Mount::read_only) for mounts that cannot be opened any more.
    pub fn vm_config(&self) -> Result<VmConfig> {
        let folder = self.environments.inner.home.environment(&self.name)?;
        mounted(&folder)
    }

    /// Generations that can be gone back to, oldest first, and which one VMs are given.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::EnvironmentNotFound`], [`ErrorKind::StoreCorrupt`], [`ErrorKind::Storage`].
    pub fn generations(&self) -> Task<GenerationList> {
        self.task(|environment| {
            let generations =
                Generations::of(environment.environments.inner.home.environment(&environment.name)?);
            Ok(GenerationList { current: generations.current()?, all: generations.numbers()? })
        })
    }

    /// Goes back to an earlier generation, or forward to a later one; without a number, to the one before the
    /// current one. Gives its number. Variables and mounts stay as they are.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::NotFound`] when there is no such generation, [`ErrorKind::EnvironmentNotFound`],
    /// [`ErrorKind::EnvironmentBusy`], [`ErrorKind::StoreCorrupt`], [`ErrorKind::Storage`].
    pub fn rollback(&self, generation: Option<u64>) -> Task<u64> {
        self.change(move |writer| {
            let current = writer.generations().current()?;
            let number = match generation {
                Some(number) => number,
                None => before(current, &writer.generations().numbers()?)?,
            };
            if number != current {
                writer.go_back(number)?;
            }
            Ok(number)
        })
    }

    /// Gives VMs a variable, which `os.getenv` finds; without a value, takes it away.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::InvalidConfig`] for a name that is empty or has `=` in it, and for NUL;
    /// [`ErrorKind::EnvironmentNotFound`], [`ErrorKind::EnvironmentBusy`], [`ErrorKind::StoreCorrupt`],
    /// [`ErrorKind::Storage`].
    pub fn set_variable(&self, name: &str, value: Option<&str>) -> Task<()> {
        let (name, value) = (name.to_string(), value.map(str::to_string));
        self.change_settings(move |settings| {
            match value {
                Some(value) => {
                    crate::config::check_variable(&name, &value)?;
                    settings.variables.insert(name, value);
                }
                None => drop(settings.variables.remove(&name)),
            }
            Ok(())
        })
    }

    /// Gives VMs another folder of the host, in the place of one that they see at the same path.
    ///
    /// # Errors
    ///
    /// In the task: those of [`Mount::read_only`](crate::Mount::read_only) when it cannot be opened;
    /// [`ErrorKind::EnvironmentNotFound`], [`ErrorKind::EnvironmentBusy`], [`ErrorKind::StoreCorrupt`],
    /// [`ErrorKind::Storage`].
    pub fn add_mount(&self, mount: StoredMount) -> Task<()> {
        self.change_settings(move |settings| {
            mount.open()?;
            settings.mounts.retain(|other| other.guest() != mount.guest());
            settings.mounts.push(mount);
            Ok(())
        })
    }

    /// Takes a folder away that VMs see at this path.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::NotFound`] when there is none; [`ErrorKind::EnvironmentNotFound`],
    /// [`ErrorKind::EnvironmentBusy`], [`ErrorKind::StoreCorrupt`], [`ErrorKind::Storage`].
    pub fn remove_mount(&self, guest: &str) -> Task<()> {
        let guest = guest.to_string();
        self.change_settings(move |settings| {
            let before = settings.mounts.len();
            settings.mounts.retain(|mount| mount.guest() != guest);
            match settings.mounts.len() < before {
                true => Ok(()),
                false => Err(Error::new(
                    ErrorKind::NotFound,
                    format!("nothing is mounted at `{guest}`: look at the list of mounts"),
                )),
            }
        })
    }

    /// Variables that VMs are given, by name.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::EnvironmentNotFound`], [`ErrorKind::StoreCorrupt`], [`ErrorKind::Storage`].
    pub fn variables(&self) -> Task<Vec<(String, String)>> {
        self.task(|environment| Ok(environment.settings()?.variables.into_iter().collect()))
    }

    /// Folders that VMs see beside the packages.
    ///
    /// # Errors
    ///
    /// As [`Environment::variables`].
    pub fn mounts(&self) -> Task<Vec<StoredMount>> {
        self.task(|environment| Ok(environment.settings()?.mounts))
    }

    fn settings(&self) -> Result<Settings> {
        Settings::read(&self.environments.inner.home.environment(&self.name)?)
    }

    fn change_settings(&self, change: impl FnOnce(&mut Settings) -> Result<()> + Send + 'static) -> Task<()> {
        self.change(move |writer| {
            let before = Settings::read(writer.folder())?;
            let mut settings = before.clone();
            change(&mut settings)?;
            if settings != before {
                settings.write(writer.folder())?;
            }
            Ok(())
        })
    }

    fn change<T: Send + 'static>(&self, work: impl FnOnce(&Writer) -> Result<T> + Send + 'static) -> Task<T> {
        self.task(move |environment| {
            let writer = Writer::open(&environment.environments.inner.home, &environment.name)?;
            work(&writer)
        })
    }

    fn task<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Environment) -> Result<T> + Send + 'static,
    ) -> Task<T> {
        let environment = self.clone();
        Task::new(&self.environments.inner.engine, move || work(&environment))
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Environment({})", self.name)
    }
}

/// Generations of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GenerationList {
    /// The one that VMs are given.
    pub current: u64,
    /// All that are there, oldest first.
    pub all: Vec<u64>,
}

fn before(current: u64, numbers: &[u64]) -> Result<u64> {
    let earlier = numbers.iter().rev().find(|number| **number < current);
    earlier.copied().ok_or_else(|| {
        Error::new(ErrorKind::NotFound, format!("no generation before {current} is kept any more"))
    })
}
