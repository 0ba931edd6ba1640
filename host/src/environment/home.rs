//! Where environments are kept: a folder of the host, and who may change what in it.
//!
//! ```text
//! lock              shared by whoever changes an environment, exclusive for who removes what none needs
//! locks/NAME        exclusive for who changes that environment; it stays when the environment goes
//! envs/NAME/        an environment
//! envs/.NAME...     one that is being made or removed
//! store/ cache/ trust/ config.toml    of the store and of the repositories
//! ```
//!
//! Locks are always taken in this order, so nobody waits for each other.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::fs::{EntryKind, FileLock, Folder, Hold, Steps};

use super::generations::Generations;
use super::locks::lock_within;
use super::name::EnvironmentName;
use super::storage::{refused, unusable};

const ENVIRONMENTS: &str = "envs";
const LOCKS: &str = "locks";
const LOCK: &str = "lock";

/// The folder of all environments.
#[derive(Debug)]
pub(crate) struct Home {
    root: Folder,
    /// How long others are waited for.
    patience: Duration,
}

impl Home {
    /// Opens the folder, or makes it.
    pub fn open(path: &Path, patience: Duration, steps: Steps) -> Result<Home> {
        let prepare = || -> io::Result<Folder> {
            let root = Folder::open_or_create(path)?.with_steps(steps);
            root.create_folder(ENVIRONMENTS)?;
            root.create_folder(LOCKS)?;
            Ok(root)
        };
        let root = prepare().map_err(|error| unusable(path, error))?;
        Ok(Home { root, patience })
    }

    pub fn root(&self) -> &Folder {
        &self.root
    }

    /// Names of all environments, in order.
    pub fn names(&self) -> Result<Vec<EnvironmentName>> {
        let entries = self.entries()?.into_iter();
        // What is no name of an environment is being made or removed, or is not ours.
        Ok(entries.filter_map(|name| name.parse().ok()).collect())
    }

    /// The folder of an environment.
    pub fn environment(&self, name: &EnvironmentName) -> Result<Folder> {
        self.root.folder(&place(name)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => not_found(name),
            _ => refused("open", &self.root, &place(name), error),
        })
    }

    /// Makes an environment, whole or not at all.
    pub fn create(&self, name: &EnvironmentName, fill: impl FnOnce(&Folder) -> Result<()>) -> Result<Folder> {
        let _changing = self.changing(name)?;
        let storage = |error| refused("make", &self.root, &place(name), error);
        if self.root.kind(&place(name)).map_err(storage)?.is_some() {
            return Err(exists(name));
        }
        let unfinished = format!("{ENVIRONMENTS}/.new~{name}");
        let made = self.remake(&unfinished).map_err(storage).and_then(|folder| fill(&folder));
        let placed = made.and_then(|()| {
            self.root.rename(&unfinished, &self.root, &place(name)).map_err(storage)?;
            self.root.sync(ENVIRONMENTS).map_err(storage)
        });
        if placed.is_err() {
            let _ = self.root.remove_all(&unfinished); // swept later; the first error is the one to tell
        }
        placed.and_then(|()| self.environment(name))
    }

    /// Removes an environment. VMs that see it go on seeing it: what they need is removed after they ended.
    pub fn remove(&self, name: &EnvironmentName) -> Result<()> {
        let _changing = self.changing(name)?;
        let folder = self.environment(name)?;
        let storage = |error| refused("remove", &self.root, &place(name), error);
        let aside = self.free_place(name).map_err(storage)?;
        self.root.rename(&place(name), &self.root, &aside).map_err(storage)?;
        self.root.sync(ENVIRONMENTS).map_err(storage)?;
        self.discard(&aside, &folder).map_err(storage)
    }

    /// Takes the right to change an environment, and waits for others that do.
    pub fn changing(&self, name: &EnvironmentName) -> Result<Changing> {
        let everything = self.lock(LOCK, Hold::Shared)?;
        let one = self.lock(&format!("{LOCKS}/{name}"), Hold::Exclusive)?;
        let busy = || {
            Error::new(
                ErrorKind::EnvironmentBusy,
                format!(
                    "somebody else has been changing environment `{name}` for {} s: try again when they are done",
                    self.patience.as_secs_f32()
                ),
            )
        };
        let (everything, one) = everything.zip(one).ok_or_else(busy)?;
        Ok(Changing { _everything: everything, _one: one })
    }

    /// Takes the right to remove what nobody needs any more, and waits for those that change something.
    pub fn alone(&self) -> Result<FileLock> {
        self.lock(LOCK, Hold::Exclusive)?.ok_or_else(|| {
            Error::new(
                ErrorKind::EnvironmentBusy,
                format!(
                    "environments in `{}` are being changed: try again when that is done",
                    self.root.path().display()
                ),
            )
        })
    }

    /// As [`Home::alone`], unless somebody changes something just now.
    pub fn alone_now(&self) -> Result<Option<FileLock>> {
        self.root.try_lock(LOCK, Hold::Exclusive).map_err(|error| refused("lock", &self.root, LOCK, error))
    }

    /// Removes what was left behind of environments that were being made or removed.
    pub fn sweep(&self, _alone: &FileLock) -> Result<()> {
        for name in self.entries()?.into_iter().filter(|name| name.starts_with('.')) {
            let place = format!("{ENVIRONMENTS}/{name}");
            let removed = self.root.folder(&place).and_then(|folder| self.discard(&place, &folder));
            removed.map_err(|error| refused("remove", &self.root, &place, error))?;
        }
        Ok(())
    }

    /// A place for an environment that has its name no more, beside earlier ones that VMs still see. No name of
    /// an environment has `~` in it.
    fn free_place(&self, name: &EnvironmentName) -> io::Result<String> {
        let mut number = 0_u64;
        loop {
            let place = format!("{ENVIRONMENTS}/.gone~{name}~{number}");
            if self.root.kind(&place)?.is_none() {
                return Ok(place);
            }
            number += 1;
        }
    }

    /// Removes an environment that has its name no more, unless a VM sees it.
    fn discard(&self, place: &str, folder: &Folder) -> io::Result<()> {
        match Generations::all_free(folder)? {
            true => self.root.remove_all(place),
            false => Ok(()),
        }
    }

    /// An empty folder in the place of what somebody left there who was stopped.
    fn remake(&self, relative: &str) -> io::Result<Folder> {
        self.root.remove_all(relative)?;
        self.root.create_folder(relative)
    }

    fn entries(&self) -> Result<Vec<String>> {
        let listed = self.root.list(ENVIRONMENTS);
        let entries = listed.map_err(|error| refused("list", &self.root, ENVIRONMENTS, error))?;
        let folders = entries.into_iter().filter(|entry| entry.kind == EntryKind::Folder);
        Ok(folders.map(|entry| entry.name).collect())
    }

    fn lock(&self, file: &str, hold: Hold) -> Result<Option<FileLock>> {
        let taken = lock_within(&self.root, file, hold, self.patience);
        taken.map_err(|error| refused("lock", &self.root, file, error))
    }
}

/// The right to change one environment: nobody else does, and nothing that it may need is removed.
#[derive(Debug)]
pub(crate) struct Changing {
    // Dropped in the opposite order of their taking.
    _one: FileLock,
    _everything: FileLock,
}

fn place(name: &EnvironmentName) -> String {
    format!("{ENVIRONMENTS}/{name}")
}

fn not_found(name: &EnvironmentName) -> Error {
    Error::new(
        ErrorKind::EnvironmentNotFound,
        format!("no environment `{name}`: create it first, or look at the list of environments"),
    )
}

fn exists(name: &EnvironmentName) -> Error {
    Error::new(
        ErrorKind::EnvironmentExists,
        format!("environment `{name}` is there already: choose another name, or remove it first"),
    )
}
