//! What was seen of repositories before: by it a repository is held to its word.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::escape::Escaped;
use crate::fs::{FileLock, Folder, Hold};

use super::index::SignedIndex;

/// Where it is kept, below the root.
const FOLDER: &str = "trust";
const FILE: &str = "trust/seen.toml";
const LOCK: &str = "trust/lock";

/// Bytes of the file: some 500,000 packages.
const MOST: u64 = 64 << 20;

/// What was seen of all repositories.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    #[serde(default)]
    repository: BTreeMap<String, SeenRepository>,
}

/// What was seen of one.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeenRepository {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    index: Option<SeenIndex>,
    /// The SHA-256 of every file that was taken at its word, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    files: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeenIndex {
    id: String,
    serial: u64,
    sha256: String,
}

/// The log of what was seen, on the disk. Entries are added, and never changed but by a newer index.
#[derive(Debug, Clone)]
pub(crate) struct SeenLog {
    root: Folder,
}

impl SeenLog {
    pub fn new(root: &Folder) -> SeenLog {
        SeenLog { root: root.clone() }
    }

    /// The hashes under which files of a repository were seen, by name.
    pub fn files(&self, repository: &str) -> Result<BTreeMap<String, String>> {
        Ok(self.read()?.repository.remove(repository).map(|seen| seen.files).unwrap_or_default())
    }

    /// Takes a file at its word the first time, and holds it to that afterwards.
    pub fn meet_file(&self, repository: &str, name: &str, sha256: &str) -> Result<()> {
        self.change(repository, |seen| match seen.files.get(name) {
            None => {
                seen.files.insert(name.to_string(), sha256.to_string());
                Ok(())
            }
            Some(before) if before == sha256 => Ok(()),
            Some(before) => Err(Error::new(
                ErrorKind::IntegrityMismatch,
                format!(
                    "`{name}` of repository `{repository}` has changed: its SHA-256 was {before} when it was \
                     first seen and is {sha256} now; if that is meant to be, remove the repository and add it again"
                ),
            )),
        })
    }

    /// Refuses an index that is older than the last, or of another repository.
    pub fn meet_index(&self, repository: &str, signed: &SignedIndex) -> Result<()> {
        let met = SeenIndex {
            id: signed.index.id.clone(),
            serial: signed.index.serial,
            sha256: signed.sha256.clone(),
        };
        self.change(repository, |seen| {
            if let Some(before) = &seen.index {
                check_newer(repository, before, &met)?;
            }
            seen.index = Some(met);
            Ok(())
        })
    }

    /// Forgets a repository, which was removed.
    pub fn forget(&self, repository: &str) -> Result<()> {
        let _held = self.lock()?;
        let mut seen = self.read()?;
        match seen.repository.remove(repository) {
            Some(_) => self.write(&seen),
            None => Ok(()),
        }
    }

    fn change(&self, repository: &str, change: impl FnOnce(&mut SeenRepository) -> Result<()>) -> Result<()> {
        let _held = self.lock()?;
        let mut seen = self.read()?;
        let entry = seen.repository.entry(repository.to_string()).or_default();
        let before = entry.clone();
        change(entry)?;
        if *entry == before { Ok(()) } else { self.write(&seen) }
    }

    fn lock(&self) -> Result<FileLock> {
        self.root.create_folder(FOLDER).map_err(unwritten)?;
        self.root.lock(LOCK, Hold::Exclusive).map_err(unwritten)
    }

    /// A log that cannot be read is an error: without it every file would be new.
    fn read(&self) -> Result<Seen> {
        let bytes = match self.root.read(FILE, MOST) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Seen::default()),
            read => read.map_err(unread)?,
        };
        let text = String::from_utf8(bytes).map_err(unread)?;
        toml::from_str(&text).map_err(unread)
    }

    fn write(&self, seen: &Seen) -> Result<()> {
        let text = toml::to_string(seen).map_err(unwritten)?;
        self.root.write_whole(FILE, text.as_bytes()).map_err(unwritten)
    }
}

fn check_newer(repository: &str, before: &SeenIndex, met: &SeenIndex) -> Result<()> {
    let refused = |kind, why: String| {
        let again = "if that is meant to be, remove the repository and add it again";
        Err(Error::new(kind, format!("the index of repository `{repository}` {why}; {again}")))
    };
    if met.id != before.id {
        let why = format!("is of `{}`, which was `{}`", Escaped(&met.id), Escaped(&before.id));
        return refused(ErrorKind::IntegrityMismatch, why);
    }
    if met.serial < before.serial {
        let why = format!("has serial {}, older than {}, which was seen before", met.serial, before.serial);
        return refused(ErrorKind::IndexRollback, why);
    }
    if met.serial == before.serial && met.sha256 != before.sha256 {
        return refused(ErrorKind::IntegrityMismatch, format!("was changed under its serial {}", met.serial));
    }
    Ok(())
}

fn unread(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    let message = format!("cannot read `{FILE}`, the log of what was seen of repositories: {error}");
    Error::new(ErrorKind::Storage, message).with_source(error)
}

fn unwritten(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    let message = format!("cannot write `{FILE}`, the log of what was seen of repositories: {error}");
    Error::new(ErrorKind::Storage, message).with_source(error)
}
