//! The repositories in the settings file, in their order.

use std::io;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{FileLock, Folder, Hold};

use super::{CATALOGUE, ManifestForm, Repository, Trust};

/// Below the root. Whatever else stands in it stays as it is, but for comments.
const FILE: &str = "config.toml";
const LOCK: &str = "config.lock";

/// The part of the file that is about repositories.
const PART: &str = "repository";

/// Bytes of the file.
const MOST: u64 = 1 << 20;

/// Repositories that there can be: each is asked for its manifest.
const MOST_REPOSITORIES: usize = 100;

/// The settings file.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    root: Folder,
}

/// A repository as the file has it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    address: String,
    trust: WrittenTrust,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    manifest: Option<WrittenForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificates: Option<String>,
}

#[derive(Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum WrittenTrust {
    Signed,
    FirstUse,
    Unsigned,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WrittenForm {
    Json,
}

impl Settings {
    pub fn new(root: &Folder) -> Settings {
        Settings { root: root.clone() }
    }

    /// All repositories, in the order in which they are asked.
    pub fn repositories(&self) -> Result<Vec<Repository>> {
        let mut table = self.table()?;
        let Some(part) = table.remove(PART) else { return Ok(Vec::new()) };
        let written: Vec<Written> = part.try_into().map_err(unread)?;
        let mut repositories = Vec::new();
        for written in written {
            let repository = written.read()?;
            check_new(&repositories, &repository)?;
            repositories.push(repository);
        }
        Ok(repositories)
    }

    /// Changes the list, while no other process does.
    pub fn change<T>(&self, change: impl FnOnce(&mut Vec<Repository>) -> Result<T>) -> Result<T> {
        let _held = self.lock()?;
        let mut repositories = self.repositories()?;
        let given = change(&mut repositories)?;
        let mut table = self.table()?;
        let written: Vec<Written> = repositories.iter().map(Written::from).collect();
        table.insert(PART.to_string(), toml::Value::try_from(written).map_err(unwritten)?);
        let text = toml::to_string(&table).map_err(unwritten)?;
        if text.len() as u64 > MOST {
            let message = format!("`{FILE}` would have {} bytes: {MOST} are allowed", text.len());
            return Err(Error::new(ErrorKind::InvalidConfig, message));
        }
        self.root.write_whole(FILE, text.as_bytes()).map_err(unwritten)?;
        Ok(given)
    }

    fn lock(&self) -> Result<FileLock> {
        self.root.lock(LOCK, Hold::Exclusive).map_err(unwritten)
    }

    fn table(&self) -> Result<toml::Table> {
        let bytes = match self.root.read(FILE, MOST) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(toml::Table::new()),
            read => read.map_err(|error| {
                Error::new(ErrorKind::Storage, format!("cannot read `{FILE}`: {error}")).with_source(error)
            })?,
        };
        String::from_utf8(bytes).map_err(unread)?.parse().map_err(unread)
    }
}

/// Refuses a repository that would be one too many.
pub(super) fn check_new(repositories: &[Repository], new: &Repository) -> Result<()> {
    new.check()?;
    let name = new.name();
    if name == CATALOGUE || repositories.iter().any(|repository| repository.name() == name) {
        return Err(Error::new(ErrorKind::Exists, format!("there is a repository `{name}` already")));
    }
    if repositories.len() >= MOST_REPOSITORIES {
        let message = format!("repository `{name}`: expected at most {MOST_REPOSITORIES} of them");
        return Err(Error::new(ErrorKind::InvalidConfig, message));
    }
    Ok(())
}

impl Written {
    fn read(self) -> Result<Repository> {
        let refused = |why: &str| {
            let message = format!("`{FILE}`: repository `{}`: {why}", self.name.escape_debug());
            Err(Error::new(ErrorKind::InvalidConfig, message))
        };
        if self.trust != WrittenTrust::Signed && !self.keys.is_empty() {
            return refused("keys are for `trust = \"signed\"`");
        }
        let trust = match self.trust {
            WrittenTrust::Signed => {
                Trust::Signed(self.keys.iter().map(|key| key.parse()).collect::<Result<_>>()?)
            }
            WrittenTrust::FirstUse => Trust::FirstUse,
            WrittenTrust::Unsigned => Trust::Unsigned,
        };
        let form = self.manifest.map_or(ManifestForm::Lua, |WrittenForm::Json| ManifestForm::Json);
        let repository = Repository::new(&self.name, &self.address)?.with_trust(trust).with_manifest(form);
        Ok(match self.certificates {
            Some(file) => repository.with_certificates(file),
            None => repository,
        })
    }
}

impl From<&Repository> for Written {
    fn from(repository: &Repository) -> Written {
        let (trust, keys) = match repository.trust() {
            Trust::Signed(keys) => (WrittenTrust::Signed, keys.iter().map(ToString::to_string).collect()),
            Trust::FirstUse => (WrittenTrust::FirstUse, Vec::new()),
            Trust::Unsigned => (WrittenTrust::Unsigned, Vec::new()),
        };
        Written {
            name: repository.name().to_string(),
            address: repository.address(),
            trust,
            keys,
            manifest: (repository.manifest() == ManifestForm::Json).then_some(WrittenForm::Json),
            certificates: repository.certificates().and_then(|file| file.to_str()).map(str::to_string),
        }
    }
}

fn unread(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::InvalidConfig, format!("`{FILE}` cannot be understood: {error}")).with_source(error)
}

fn unwritten(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Storage, format!("cannot write `{FILE}`: {error}")).with_source(error)
}
