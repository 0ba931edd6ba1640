//! The list of repositories, and what is asked of all of them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::Folder;
use crate::package::evaluate::Evaluator;
use crate::task::Task;

use super::cache::Cache;
use super::key::SecretKey;
use super::origin::{Asking, Means, Origin};
use super::search::{FoundPackage, search};
use super::seen::SeenLog;
use super::settings::{Settings, check_new};
use super::signing::{Edition, Signer, write_index};
use super::supply::{Opened, RepositorySupply};
use super::transport::{Carried, Certificates, Patience, Reach};
use super::{CATALOGUE, Repository};

/// The repositories that packages come from, in their order: the first that has a package of a name is the only
/// one that is asked for it, so no other can slip in a newer version. Cheap to clone; clones are the same.
///
/// They are kept in a folder, with what is known of them: `config.toml` lists them, `cache/` holds what they
/// said last, and `trust/seen.toml` what they are held to.
///
/// ```
/// use bioxen_lua::{Engine, Repositories, Repository};
/// let engine = Engine::new()?;
/// let folder = tempfile::tempdir().expect("a folder");
/// let repositories = Repositories::open(&engine, folder.path())?;
/// repositories.add(Repository::new("local", "/srv/rocks")?).wait()?;
/// assert_eq!(repositories.list().wait()?[0].name(), "local");
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Clone)]
pub struct Repositories {
    inner: Arc<Inner>,
    reach: Reach,
}

struct Inner {
    engine: Engine,
    means: Means,
    /// Packages that come with the program, before all others.
    carried: Carried,
    /// Read when the first server is asked.
    system: Certificates,
}

/// What asking a repository what it has came to.
#[derive(Debug)]
#[non_exhaustive]
pub struct Refreshed {
    /// Its name.
    pub repository: String,
    /// How it went.
    pub result: RefreshResult,
}

/// How asking a repository went.
#[derive(Debug)]
#[non_exhaustive]
pub enum RefreshResult {
    /// It has something else than before.
    Changed {
        /// Names of packages that it has.
        packages: usize,
    },
    /// It has what it had.
    Unchanged {
        /// Names of packages that it has.
        packages: usize,
    },
    /// It gave no answer that can be used, and is used as it was before.
    Kept {
        /// How long ago that was.
        age: Duration,
        /// What went wrong.
        error: Error,
    },
    /// It gave no answer that can be used, and never did.
    Failed(Error),
}

impl Repositories {
    /// Opens a folder, or makes it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] when it cannot be opened.
    pub fn open(engine: &Engine, folder: impl AsRef<Path>) -> Result<Repositories> {
        let path = folder.as_ref();
        let root = Folder::open_or_create(path).map_err(|error| {
            let message = format!("cannot open `{}`: {error}", path.display());
            Error::new(ErrorKind::Storage, message).with_source(error)
        })?;
        Ok(Repositories::on(engine, root, &[], Patience::default()))
    }

    pub(crate) fn on(engine: &Engine, root: Folder, carried: Carried, patience: Patience) -> Repositories {
        let means = Means { root, evaluator: Evaluator::new(engine), patience };
        let system = Certificates::System(Arc::new(OnceLock::new()));
        let inner = Arc::new(Inner { engine: engine.clone(), means, carried, system });
        Repositories { inner, reach: Reach::Network }
    }

    /// The same, without the network: folders are read, and of servers what was known before. No socket is ever
    /// opened.
    pub fn offline(&self) -> Repositories {
        Repositories { inner: self.inner.clone(), reach: Reach::Offline }
    }

    /// Adds a repository behind the others.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::Exists`] when there is one of its name, [`ErrorKind::InvalidConfig`] for a
    /// server without a key or another trust, and other settings that contradict each other;
    /// [`ErrorKind::Storage`].
    pub fn add(&self, repository: Repository) -> Task<()> {
        self.task(move |this| {
            this.settings().change(|repositories| {
                check_new(repositories, &repository)?;
                repositories.push(repository);
                Ok(())
            })
        })
    }

    /// Removes a repository, with what is known of it. What was installed from it stays.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::RepositoryNotFound`], [`ErrorKind::Storage`].
    pub fn remove(&self, name: &str) -> Task<()> {
        let name = name.to_string();
        self.task(move |this| {
            this.settings().change(|repositories| {
                let at = position(repositories, &name)?;
                repositories.remove(at);
                Ok(())
            })?;
            SeenLog::new(&this.inner.means.root).forget(&name)?;
            Cache::new(&this.inner.means.root, &name).clear().map_err(|error| {
                let message = format!("cannot remove what is kept of repository `{name}`: {error}");
                Error::new(ErrorKind::Storage, message).with_source(error)
            })
        })
    }

    /// All repositories, in the order in which they are asked.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::InvalidConfig`] when the settings file cannot be understood,
    /// [`ErrorKind::Storage`].
    pub fn list(&self) -> Task<Vec<Repository>> {
        self.task(|this| this.settings().repositories())
    }

    /// One repository.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::RepositoryNotFound`]; beside that as [`Repositories::list`].
    pub fn get(&self, name: &str) -> Task<Repository> {
        let name = name.to_string();
        self.task(move |this| {
            let mut repositories = this.settings().repositories()?;
            Ok(repositories.swap_remove(position(&repositories, &name)?))
        })
    }

    /// Asks them in another order from now on: all names, each once.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::RepositoryNotFound`] for an unknown name, [`ErrorKind::InvalidConfig`] for one
    /// that is missing or there twice, [`ErrorKind::Storage`].
    pub fn reorder(&self, names: &[&str]) -> Task<()> {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        self.task(move |this| this.settings().change(|repositories| reorder(repositories, &names)))
    }

    /// Asks all repositories what they have now, each for 30 s at most. One that gives no answer stops no
    /// other.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::OfflineMiss`] without the network; beside that as [`Repositories::list`].
    pub fn refresh(&self) -> Task<Vec<Refreshed>> {
        self.task(Repositories::refresh_now)
    }

    /// As [`Repositories::refresh`]. Blocks.
    pub(crate) fn refresh_now(&self) -> Result<Vec<Refreshed>> {
        if self.is_offline() {
            let message = "repositories cannot be asked what they have: the network is not to be used";
            return Err(Error::new(ErrorKind::OfflineMiss, message));
        }
        let origins = self.origins()?.into_iter().filter(|origin| origin.name != CATALOGUE);
        Ok(origins.map(|origin| refreshed(&origin)).collect())
    }

    /// Whether the network is not to be used.
    pub(crate) fn is_offline(&self) -> bool {
        self.reach == Reach::Offline
    }

    /// How long ago each repository said what is known of it; nothing where nothing is. Blocks, on the disk.
    pub(crate) fn ages(&self) -> Result<Vec<(String, Option<Duration>)>> {
        let origins = self.origins()?.into_iter().filter(|origin| origin.name != CATALOGUE);
        let age = |origin: &Origin| origin.known(Reach::Offline).ok().map(|known| known.age());
        Ok(origins.map(|origin| (origin.name.clone(), age(&origin))).collect())
    }

    /// All packages that have a text in their name, or in the summary or labels of their newest version where
    /// its rockspec is on this machine; by name, those first whose name has it. An empty text is in all.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::RepositoryUnreachable`] when a repository was never asked before and does not
    /// answer; without the network [`ErrorKind::OfflineMiss`] instead; beside that as [`Repositories::list`].
    pub fn search(&self, text: &str) -> Task<Vec<FoundPackage>> {
        let text = text.to_string();
        self.task(move |this| this.search_now(&text))
    }

    /// As [`Repositories::search`]. Blocks.
    pub(crate) fn search_now(&self, text: &str) -> Result<Vec<FoundPackage>> {
        let opened: Vec<Opened> = self.origins()?.into_iter().map(Opened::new).collect();
        search(&opened, text, self.reach, &self.inner.means.evaluator)
    }

    /// Writes the signed index of a folder that is to be published: `index.toml`, which names every file in it
    /// with size and SHA-256, and `index.toml.minisig`. Both are written again after every change there.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::ManifestInvalid`] for an id that is none, [`ErrorKind::Storage`].
    pub fn write_index(&self, folder: impl Into<PathBuf>, edition: Edition, key: SecretKey) -> Task<()> {
        let path = folder.into();
        self.task(move |_| {
            let folder = Folder::open(&path).map_err(|error| {
                let message = format!("cannot open `{}`: {error}", path.display());
                Error::new(ErrorKind::Storage, message).with_source(error)
            })?;
            write_index(&folder, &edition, Signer::Key(&key))
        })
    }

    /// The repositories as they are now, for one operation. Blocks when it is asked, not yet.
    pub(crate) fn supply(&self) -> Result<RepositorySupply> {
        Ok(RepositorySupply::new(self.origins()?, self.reach, self.inner.means.evaluator.clone()))
    }

    fn origins(&self) -> Result<Vec<Origin>> {
        let Inner { means, carried, system, .. } = &*self.inner;
        let catalogue = (!carried.is_empty()).then(|| Origin::catalogue(carried, means));
        let repositories = self.settings().repositories()?;
        let asked = repositories.iter().map(|repository| Origin::new(repository, means, system));
        Ok(catalogue.into_iter().chain(asked).collect())
    }

    fn settings(&self) -> Settings {
        Settings::new(&self.inner.means.root)
    }

    pub(crate) fn task<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Repositories) -> Result<T> + Send + 'static,
    ) -> Task<T> {
        let this = self.clone();
        Task::new(&self.inner.engine, move || work(&this))
    }
}

impl fmt::Debug for Repositories {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Repositories({})", self.inner.means.root.path().display())
    }
}

fn refreshed(origin: &Origin) -> Refreshed {
    let result = match origin.refresh() {
        Ok(Asking::Changed(known)) => RefreshResult::Changed { packages: known.manifest.packages.len() },
        Ok(Asking::Unchanged(known)) => RefreshResult::Unchanged { packages: known.manifest.packages.len() },
        Ok(Asking::Kept { known, error }) => RefreshResult::Kept { age: known.age(), error },
        Err(error) => RefreshResult::Failed(error),
    };
    Refreshed { repository: origin.name.clone(), result }
}

fn position(repositories: &[Repository], name: &str) -> Result<usize> {
    repositories.iter().position(|repository| repository.name() == name).ok_or_else(|| {
        let names: Vec<String> =
            repositories.iter().map(|repository| format!("`{}`", repository.name())).collect();
        let there = if names.is_empty() { "there is none".to_string() } else { names.join(", ") };
        let message =
            format!("no repository named `{}`; expected one of these: {there}", name.escape_debug());
        Error::new(ErrorKind::RepositoryNotFound, message)
    })
}

fn reorder(repositories: &mut Vec<Repository>, names: &[String]) -> Result<()> {
    let mut rest = repositories.clone();
    let mut ordered = Vec::new();
    for name in names {
        if ordered.iter().any(|repository: &Repository| repository.name() == name) {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                format!("repository `{name}` is named twice: expected each once"),
            ));
        }
        ordered.push(rest.remove(position(&rest, name)?));
    }
    if let Some(missing) = rest.first() {
        let message = format!("repository `{}` is missing: expected all, each once", missing.name());
        return Err(Error::new(ErrorKind::InvalidConfig, message));
    }
    *repositories = ordered;
    Ok(())
}
