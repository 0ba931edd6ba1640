//! One environment.

use std::fmt;
use std::path::PathBuf;

use crate::config::VmConfig;
use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::fs::Folder;
use crate::package::{Edition, ModuleName, PackageName, Requirement, SecretKey};
use crate::task::Task;

use super::Environments;
use super::bill::cyclonedx;
use super::generations::Generations;
use super::inspection::Inspection;
use super::installed::{Change, Fault, InstalledPackage};
use super::mounted::mounted;
use super::name::EnvironmentName;
use super::renewal::{Dependents, InstallOptions, Renewal, not_installed};
use super::settings::{Settings, StoredMount};
use super::writer::Writer;

/// A named set of installed packages. Cheap to clone; it names the environment and keeps nothing open.
///
/// What is installed is a *generation*: a tree of files that never changes. Each change makes a new one, all
/// or nothing, and VMs keep the one that they were given.
#[derive(Clone)]
pub struct Environment {
    pub(super) environments: Environments,
    pub(super) name: EnvironmentName,
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
    /// is not removed. Each configuration holds two open files; its clones share them.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::EnvironmentNotFound`], [`ErrorKind::StoreCorrupt`], [`ErrorKind::Storage`], and those of
    /// [`Mount::read_only`](crate::Mount::read_only) for mounts that cannot be opened any more.
    pub fn vm_config(&self) -> Result<VmConfig> {
        mounted(&self.folder()?)
    }

    /// Installs packages with all that they need, beside those that are there; without any, what `env.toml` and
    /// `env.lock` ask for. A requirement takes the place of an earlier one for the same package.
    ///
    /// All of it is there for the VMs that come, or nothing is. VMs that run go on seeing what they see.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::PackageNotFound`], [`ErrorKind::NoSolution`] and the other kinds of packages
    /// that cannot be installed; [`ErrorKind::RepositoryUnreachable`], [`ErrorKind::OfflineMiss`];
    /// [`ErrorKind::IntegrityMismatch`] and those of signatures; [`ErrorKind::ArchiveUnsafe`];
    /// [`ErrorKind::InvalidConfig`] for options that exclude each other;
    /// [`ErrorKind::ModuleConflict`]; [`ErrorKind::LockOutOfDate`]; [`ErrorKind::EnvironmentNotFound`],
    /// [`ErrorKind::EnvironmentBusy`], [`ErrorKind::StoreCorrupt`], [`ErrorKind::Storage`].
    pub fn install(&self, requirements: &[Requirement], options: InstallOptions) -> Task<Change> {
        let requirements = requirements.to_vec();
        self.renew(move |renewal| renewal.install(&requirements, options))
    }

    /// What [`install`](Environment::install) would change: versions are chosen and nothing is installed. The
    /// generation is the one that is there now.
    ///
    /// # Errors
    ///
    /// As [`Environment::install`], but for what is found when packages are fetched and unpacked.
    pub fn plan(&self, requirements: &[Requirement], options: InstallOptions) -> Task<Change> {
        let requirements = requirements.to_vec();
        self.renew(move |renewal| renewal.plan(&requirements, options))
    }

    /// Takes the newest versions of packages that the requirements allow; without any, of all. Other packages
    /// change only where these need it.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::PackageNotFound`] for one that is not installed; beside that as
    /// [`Environment::install`].
    pub fn update(&self, packages: &[PackageName], options: InstallOptions) -> Task<Change> {
        let packages = packages.to_vec();
        self.renew(move |renewal| renewal.update(&packages, options))
    }

    /// Removes packages, and those that were only there because these needed them.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::PackageNotFound`] for one that is not installed, [`ErrorKind::PackageNeeded`]
    /// when others need it that stay, [`ErrorKind::LockOutOfDate`] when `env.toml` was changed since packages
    /// were installed; [`ErrorKind::EnvironmentNotFound`], [`ErrorKind::EnvironmentBusy`],
    /// [`ErrorKind::StoreCorrupt`], [`ErrorKind::Storage`].
    pub fn remove(&self, packages: &[PackageName], dependents: Dependents) -> Task<Change> {
        let packages = packages.to_vec();
        self.renew(move |renewal| renewal.remove(&packages, dependents))
    }

    /// Packages that are installed, by name.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::EnvironmentNotFound`], [`ErrorKind::StoreCorrupt`], [`ErrorKind::Storage`].
    pub fn packages(&self) -> Task<Vec<InstalledPackage>> {
        self.inspect(|inspection| Ok(inspection.packages()))
    }

    /// The package that a module belongs to, if one does.
    ///
    /// # Errors
    ///
    /// As [`Environment::packages`].
    pub fn which(&self, module: &ModuleName) -> Task<Option<PackageName>> {
        let module = module.clone();
        self.inspect(move |inspection| Ok(inspection.inventory.owner(&module).cloned()))
    }

    /// Files of a package, by their paths below `/env` in a VM.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::PackageNotFound`] when it is not installed; beside that as
    /// [`Environment::packages`].
    pub fn files(&self, package: &PackageName) -> Task<Vec<String>> {
        let package = package.clone();
        self.inspect(move |inspection| inspection.files(&package).ok_or_else(|| not_installed(&package)))
    }

    /// Reads every file, and gives all that is not as it was installed: none when all is well.
    ///
    /// # Errors
    ///
    /// As [`Environment::packages`].
    pub fn verify(&self) -> Task<Vec<Fault>> {
        self.inspect(Inspection::verify)
    }

    /// The lock file: what is installed, to the byte, as TOML.
    ///
    /// # Errors
    ///
    /// As [`Environment::packages`].
    pub fn lockfile(&self) -> Task<String> {
        self.inspect(|inspection| Ok(inspection.state.text.clone()))
    }

    /// The versions that are installed as a `luarocks.lock`, which LuaRocks takes as a pin. It has no hashes.
    ///
    /// # Errors
    ///
    /// As [`Environment::packages`].
    pub fn luarocks_lock(&self) -> Task<String> {
        self.inspect(|inspection| Ok(inspection.state.lock.text_for_luarocks()))
    }

    /// A bill of materials: what is installed, with hashes and licences, as a CycloneDX document in JSON.
    ///
    /// # Errors
    ///
    /// As [`Environment::packages`].
    pub fn export_cyclonedx(&self) -> Task<String> {
        let name = self.name.to_string();
        self.inspect(move |inspection| {
            Ok(cyclonedx(&name, &inspection.packages(), &inspection.state.lock.provided))
        })
    }

    /// Writes a repository with exactly what is installed into an empty folder, with its lock file: another
    /// machine installs from there without a network. With an edition and a key it is signed.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::Exists`] when the folder is not empty, those of
    /// [`Environment::install`] for files that have to be fetched again, [`ErrorKind::Storage`].
    pub fn vendor(&self, folder: impl Into<PathBuf>, signed: Option<(Edition, SecretKey)>) -> Task<()> {
        let folder = folder.into();
        self.renew(move |renewal| renewal.vendor(&folder, signed.as_ref()))
    }

    /// Generations that can be gone back to, oldest first, and which one VMs are given.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::EnvironmentNotFound`], [`ErrorKind::StoreCorrupt`], [`ErrorKind::Storage`].
    pub fn generations(&self) -> Task<GenerationList> {
        self.task(|environment| {
            let generations = Generations::of(environment.folder()?);
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

    fn renew<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Renewal<'_>) -> Result<T> + Send + 'static,
    ) -> Task<T> {
        self.task(move |environment| {
            let Environments { inner, watcher } = &environment.environments;
            work(&Renewal::of(inner, watcher, &environment.name)?)
        })
    }

    fn inspect<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Inspection) -> Result<T> + Send + 'static,
    ) -> Task<T> {
        self.task(move |environment| look(&Inspection::of(environment.folder()?)?))
    }

    fn folder(&self) -> Result<Folder> {
        self.environments.inner.home.environment(&self.name)
    }

    fn settings(&self) -> Result<Settings> {
        Settings::read(&self.folder()?)
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

    pub(super) fn task<T: Send + 'static>(
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
