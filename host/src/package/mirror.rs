//! A folder with exactly the packages of a lock, which serves as a repository.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::Folder;
use crate::package::install::{Choice, Ready, Workshop};
use crate::package::manifest::{Arch, ArtifactName};
use crate::package::persist;
use crate::package::repository::{Edition, SecretKey, Signer, write_index};
use crate::value::Value;

/// The manifests that clients of LuaRocks ask for, and this library.
const MANIFESTS: [&str; 2] = ["manifest", "manifest-5.4"];
/// What an environment with the same packages is made from.
const LOCK: &str = "env.lock";

/// Writes such folders.
pub(crate) struct Mirror<'a> {
    pub workshop: Workshop<'a>,
}

impl Mirror<'_> {
    /// Writes the artifacts of packages, their rockspecs, a manifest and the lock file; signed, if somebody
    /// signs it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Exists`] when the folder is not empty; those of [`Workshop::fetch`] for what the store has
    /// not; [`ErrorKind::Storage`].
    pub fn write(
        &self,
        path: &Path,
        packages: &[Ready],
        lock: &str,
        signed: Option<&(Edition, SecretKey)>,
    ) -> Result<()> {
        let folder = empty(path)?;
        for ready in packages {
            let artifact = &ready.locked.artifact;
            let bytes = match self.workshop.store.artifact(&ready.locked.sha256)? {
                Some(bytes) => bytes,
                None => self.workshop.fetch(&Choice::Locked(ready.locked.clone()))?.bytes,
            };
            put(&folder, &artifact.to_string(), &bytes)?;
            let rockspec = ArtifactName { arch: Arch::Rockspec, ..artifact.clone() };
            put(&folder, &rockspec.to_string(), &ready.rockspec_text()?)?;
        }
        let manifest = manifest(packages);
        MANIFESTS.iter().try_for_each(|name| put(&folder, name, manifest.as_bytes()))?;
        put(&folder, LOCK, lock.as_bytes())?;
        match signed {
            Some((edition, key)) => write_index(&folder, edition, Signer::Key(key)),
            None => Ok(()),
        }
    }
}

fn manifest(packages: &[Ready]) -> String {
    let mut repository: BTreeMap<String, Vec<(String, Value)>> = BTreeMap::new();
    for Ready { locked, .. } in packages {
        let archs = [locked.artifact.arch.to_string(), Arch::Rockspec.to_string()];
        let archs = archs.map(|arch| persist::record([("arch", arch.as_str().into())]));
        let version = (locked.version.as_str().to_string(), persist::list(archs));
        repository.entry(locked.name.to_string()).or_default().push(version);
    }
    let repository = repository.into_iter().map(|(name, versions)| (name, persist::record(versions)));
    let none = || persist::list([]);
    persist::assignments([
        ("commands", none()),
        ("modules", none()),
        ("repository", persist::record(repository)),
    ])
}

fn empty(path: &Path) -> Result<Folder> {
    let storage = |error: std::io::Error| {
        let message = format!("cannot write to `{}`: {error}; expected an empty folder", path.display());
        Error::new(ErrorKind::Storage, message).with_source(error)
    };
    let folder = Folder::open_or_create(path).map_err(storage)?;
    if folder.list("").map_err(storage)?.is_empty() {
        return Ok(folder);
    }
    let message = format!("`{}` is not empty: expected an empty folder, or none yet", path.display());
    Err(Error::new(ErrorKind::Exists, message))
}

fn put(folder: &Folder, name: &str, bytes: &[u8]) -> Result<()> {
    folder.write_new(name, bytes).map_err(|error| {
        let message = format!("cannot write `{}`: {error}", folder.path().join(name).display());
        Error::new(ErrorKind::Storage, message).with_source(error)
    })
}
