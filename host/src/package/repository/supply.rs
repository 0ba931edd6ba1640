//! All repositories together, as a resolution and an installation ask them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::error::{Error, ErrorKind, Result};
use crate::package::evaluate::{Evaluator, Text};
use crate::package::manifest::{Arch, ArtifactName, Form};
use crate::package::name::PackageName;
use crate::package::resolve::Supply;
use crate::package::rockspec::Rockspec;
use crate::package::version::Version;

use super::origin::{File, Had, Known, MOST_ROCK, Origin, native};
use super::transport::Reach;

/// The repositories in their order, as they are while one operation lasts: each is asked once what it has. The
/// first that has a name is the only one that is asked for that package.
pub(crate) struct RepositorySupply {
    opened: Vec<Opened>,
    reach: Reach,
    evaluator: Evaluator,
    rockspecs: Mutex<BTreeMap<String, Arc<Rockspec>>>,
}

/// A repository, and what is known of it once somebody wanted to know.
pub(super) struct Opened {
    pub origin: Origin,
    known: OnceLock<Known>,
}

/// A file to install from, which is what it should be.
#[derive(Debug, Clone)]
pub(crate) struct Fetched {
    pub bytes: Vec<u8>,
    pub artifact: ArtifactName,
    /// In hexadecimal.
    pub sha256: String,
    pub repository: String,
    /// The number of the key that signed the repository's index.
    pub signed_by: Option<String>,
}

impl RepositorySupply {
    pub(super) fn new(origins: Vec<Origin>, reach: Reach, evaluator: Evaluator) -> RepositorySupply {
        let opened = origins.into_iter().map(Opened::new).collect();
        RepositorySupply { opened, reach, evaluator, rockspecs: Mutex::default() }
    }

    /// The repository that a package comes from.
    pub fn repository_of(&self, name: &PackageName) -> Result<Option<&str>> {
        Ok(self.owner(name)?.map(|(opened, _)| opened.origin.name.as_str()))
    }

    /// The best file of a version: built before source.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PackageNotFound`], [`ErrorKind::NativeUnsupported`] where there is machine code only,
    /// [`ErrorKind::SourceUnsupported`] where there is a rockspec only, [`ErrorKind::IntegrityMismatch`],
    /// [`ErrorKind::RepositoryUnreachable`] and [`ErrorKind::OfflineMiss`].
    pub fn fetch(&self, name: &PackageName, version: &Version) -> Result<Fetched> {
        let (opened, known) = self.owner(name)?.ok_or_else(|| nobody(name))?;
        let archs =
            known.manifest.archs(name, version).ok_or_else(|| opened.origin.unknown(name, version))?;
        let arch = match Form::best(archs) {
            Some(Form::Built) => Arch::All,
            Some(Form::Source) => Arch::Source,
            Some(Form::Rockspec) => return Err(no_source(name, version, &opened.origin.name)),
            None => return Err(native(name, version, archs)),
        };
        let artifact = ArtifactName { name: name.clone(), version: version.clone(), arch };
        self.take(opened, artifact, Some(known))
    }

    /// The file that a lock names, from the repository that it names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RepositoryNotFound`]; [`ErrorKind::IntegrityMismatch`] when it is another file than the one
    /// that was locked; beside that as [`RepositorySupply::fetch`].
    pub fn fetch_locked(&self, repository: &str, artifact: &ArtifactName, sha256: &str) -> Result<Fetched> {
        let opened = self.opened.iter().find(|opened| opened.origin.name == repository).ok_or_else(|| {
            let message =
                format!("no repository named `{repository}`, which the lock names for `{artifact}`");
            Error::new(ErrorKind::RepositoryNotFound, message)
        })?;
        let known = if opened.origin.is_signed() { Some(opened.known(self.reach)?) } else { None };
        let fetched = self.take(opened, artifact.clone(), known)?;
        if fetched.sha256 == sha256 {
            return Ok(fetched);
        }
        Err(Error::new(
            ErrorKind::IntegrityMismatch,
            format!(
                "`{artifact}` of repository `{repository}` has changed since it was locked: expected SHA-256 \
                 {sha256}, got {}",
                fetched.sha256
            ),
        ))
    }

    fn take(&self, opened: &Opened, artifact: ArtifactName, known: Option<&Known>) -> Result<Fetched> {
        let file = File { name: &artifact.to_string(), most: MOST_ROCK };
        let index = known.and_then(Known::index);
        let Had { bytes, sha256, signed_by } = opened.origin.file(file, index, self.reach)?;
        let repository = opened.origin.name.clone();
        Ok(Fetched { bytes, artifact, sha256, repository, signed_by })
    }

    /// The first repository that has a package. One that cannot be asked ends the search: behind it another
    /// one could take its name.
    fn owner(&self, name: &PackageName) -> Result<Option<(&Opened, &Known)>> {
        for opened in &self.opened {
            let known = opened.known(self.reach)?;
            if known.manifest.packages.contains_key(name) {
                return Ok(Some((opened, known)));
            }
        }
        Ok(None)
    }

    fn read_rockspec(&self, name: &PackageName, version: &Version) -> Result<Rockspec> {
        let (opened, known) = self.owner(name)?.ok_or_else(|| nobody(name))?;
        let text = opened.origin.rockspec(name, version, known, self.reach)?;
        let rockspec = Rockspec::from_table(&self.evaluator.evaluate(Text::Rockspec, &text)?)?;
        rockspec.check_is(name, version)?;
        Ok(rockspec)
    }
}

impl Supply for RepositorySupply {
    /// Those that are there as machine code only are among them, so that it can be said why they are not taken.
    fn versions(&self, name: &PackageName) -> Result<Vec<Version>> {
        let Some((_, known)) = self.owner(name)? else { return Ok(Vec::new()) };
        let versions = known.manifest.packages.get(name).into_iter().flatten();
        Ok(versions.filter_map(|(text, _)| text.parse().ok()).collect())
    }

    fn rockspec(&self, name: &PackageName, version: &Version) -> Result<Arc<Rockspec>> {
        let key = format!("{name} {version}");
        let known = || self.rockspecs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rockspec) = known().get(&key) {
            return Ok(rockspec.clone());
        }
        let rockspec = Arc::new(self.read_rockspec(name, version)?);
        known().insert(key, rockspec.clone());
        Ok(rockspec)
    }

    fn form(&self, name: &PackageName, version: &Version) -> Result<Form> {
        let (opened, known) = self.owner(name)?.ok_or_else(|| nobody(name))?;
        let archs =
            known.manifest.archs(name, version).ok_or_else(|| opened.origin.unknown(name, version))?;
        Form::best(archs).ok_or_else(|| native(name, version, archs))
    }

    fn names(&self) -> Vec<PackageName> {
        let known = self.opened.iter().filter_map(|opened| opened.known.get());
        known.flat_map(|known| known.manifest.packages.keys().cloned()).collect()
    }
}

impl Opened {
    pub fn new(origin: Origin) -> Opened {
        Opened { origin, known: OnceLock::new() }
    }

    /// What it has, as it was when it was first asked.
    pub fn known(&self, reach: Reach) -> Result<&Known> {
        if let Some(known) = self.known.get() {
            return Ok(known);
        }
        let known = self.origin.known(reach)?;
        Ok(self.known.get_or_init(|| known)) // another thread may have been first
    }
}

fn nobody(name: &PackageName) -> Error {
    Error::new(ErrorKind::PackageNotFound, format!("no repository has a package `{name}`"))
}

fn no_source(name: &PackageName, version: &Version, repository: &str) -> Error {
    Error::new(
        ErrorKind::SourceUnsupported,
        format!(
            "repository `{repository}` has only the rockspec of `{name}` {version}: expected a rock with its files or \
             its source"
        ),
    )
}
