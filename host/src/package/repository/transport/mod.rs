//! How the files of a repository are had: from a folder, from a server, or from the program itself.

mod patience;
mod web;

use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::fs::Folder;

use super::address::Address;

pub(crate) use patience::Deadline;
pub use patience::Patience;
pub(crate) use web::{Certificates, Web};

/// Files that a program carries: names and contents.
pub(crate) type Carried = &'static [(&'static str, &'static [u8])];

/// Where files come from.
#[derive(Debug)]
pub(crate) enum Transport {
    Folder(PathBuf),
    Web(Box<Web>),
    Carried(Carried),
}

/// What a repository answers when it is asked for a file.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The file, and what to ask with the next time.
    File { bytes: Vec<u8>, validator: Option<Validator> },
    /// It is the one that the validator is of.
    Unchanged,
    /// There is none of that name.
    Missing,
}

/// By what a server knows whether a file has changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Validator {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// Whether a network may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It may.
    Network,
    /// No socket is opened: only folders, and what was had before.
    Offline,
}

/// A file that is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub name: &'a str,
    /// Of the file that is known.
    pub known: Option<&'a Validator>,
    /// Bytes that it may have.
    pub most: u64,
}

impl Transport {
    pub fn new(address: &Address, certificates: Certificates, patience: Patience) -> Transport {
        match address {
            Address::Folder(path) => Transport::Folder(path.clone()),
            Address::Web(base) => Transport::Web(Box::new(Web::new(base.clone(), certificates, patience))),
        }
    }

    /// Whether files pass through a network.
    pub fn is_web(&self) -> bool {
        matches!(self, Transport::Web(_))
    }

    /// Asks for a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RepositoryUnreachable`] when the repository gives no answer, or one that is none.
    pub fn get(&self, asked: Asked<'_>, deadline: Deadline) -> Result<Answer> {
        match self {
            Transport::Folder(path) => {
                let shown = path.display().to_string();
                let folder = Folder::open(path).map_err(|error| unreachable(&shown, error))?;
                from_folder(&folder, asked)
            }
            Transport::Web(web) => web.get(asked, deadline),
            Transport::Carried(files) => {
                let found = files.iter().find(|(name, _)| *name == asked.name);
                Ok(found.map_or(Answer::Missing, |(_, bytes)| Answer::File {
                    bytes: bytes.to_vec(),
                    validator: None,
                }))
            }
        }
    }
}

fn from_folder(folder: &Folder, asked: Asked<'_>) -> Result<Answer> {
    match folder.read(asked.name, asked.most) {
        Ok(bytes) => Ok(Answer::File { bytes, validator: None }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Answer::Missing),
        Err(error) => Err(unreachable(asked.name, error)),
    }
}

fn unreachable(name: &str, error: io::Error) -> Error {
    Error::new(ErrorKind::RepositoryUnreachable, format!("cannot read `{name}`: {error}")).with_source(error)
}
