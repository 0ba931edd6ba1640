//! The generations of an environment: what was installed, each time as a tree of its own that never changes.
//!
//! ```text
//! current           the number of the generation that VMs are given
//! gen/000007/       a LuaRocks tree, with `env.lock`, `wanted` and `lease` beside it
//! gen/.new~000008/  one that is being made
//! gen/.gone~000002/ one that is being removed
//! ```
//!
//! Replacing `current` is the one step that changes an environment.

use std::io;

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::fs::{EntryKind, FileLock, Folder, Hold};

use super::storage::{corrupt, refused};

const CURRENT: &str = "current";
const ALL: &str = "gen";
/// Held by VMs that see the generation.
pub(super) const LEASE: &str = "lease";
/// Longest text in `current`: a number and the end of the line.
const MAX_CURRENT: u64 = 32;
/// How often a generation that is gone before it is leased is looked for anew. Each time somebody else has
/// made four new ones meanwhile.
const ATTEMPTS: usize = 100;

/// The generations of one environment, in its folder.
#[derive(Debug, Clone)]
pub(crate) struct Generations {
    folder: Folder,
}

/// A generation that cannot be removed while this is there.
#[derive(Debug)]
pub(crate) struct Leased {
    pub number: u64,
    pub folder: Folder,
    pub lease: FileLock,
}

impl Generations {
    pub fn of(folder: Folder) -> Generations {
        Generations { folder }
    }

    /// The number of the generation that VMs are given.
    pub fn current(&self) -> Result<u64> {
        let text = self.folder.read(CURRENT, MAX_CURRENT).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => corrupt(&self.folder, CURRENT, "it is missing"),
            _ => refused("read", &self.folder, CURRENT, error),
        })?;
        let number = std::str::from_utf8(&text).ok().and_then(|text| text.trim_end().parse().ok());
        number.ok_or_else(|| corrupt(&self.folder, CURRENT, "expected the number of a generation"))
    }

    /// Numbers of all generations, oldest first.
    pub fn numbers(&self) -> Result<Vec<u64>> {
        let entries = self.entries().map_err(|error| refused("list", &self.folder, ALL, error))?;
        let mut numbers: Vec<u64> = entries.iter().filter_map(|name| name.parse().ok()).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// The folder of a generation.
    pub fn open(&self, number: u64) -> Result<Folder> {
        let relative = place(number);
        self.folder.folder(&relative).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => no_generation(number),
            _ => refused("open", &self.folder, &relative, error),
        })
    }

    /// The current generation, which nobody removes while it is leased.
    pub fn lease(&self) -> Result<Leased> {
        for _ in 0..ATTEMPTS {
            let number = self.current()?;
            if let Some(leased) = self.try_lease(number)? {
                return Ok(leased);
            }
        }
        Err(Error::new(
            ErrorKind::EnvironmentBusy,
            "the environment is changed faster than it can be looked at: try again",
        ))
    }

    /// Nothing when it is being removed, because it is the current one no more.
    fn try_lease(&self, number: u64) -> Result<Option<Leased>> {
        let relative = format!("{}/{LEASE}", place(number));
        let storage = |error| refused("lease", &self.folder, &relative, error);
        let folder = match self.open(number) {
            Err(error) if error.kind() == ErrorKind::NotFound && self.current()? == number => {
                return Err(corrupt(&self.folder, &place(number), "it is missing"));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let Some(lease) = folder.try_lock(LEASE, Hold::Shared).map_err(storage)? else { return Ok(None) };
        // Whoever removes it has moved it away before the lease could be taken.
        let there = self.folder.kind(&relative).map_err(storage)?.is_some();
        Ok(there.then_some(Leased { number, folder, lease }))
    }

    /// An empty folder for the next generation, and its number. Numbers are never used twice: the newest
    /// generation is always kept.
    pub fn begin(&self) -> Result<(u64, Folder)> {
        self.folder.create_folder(ALL).map_err(|error| refused("make", &self.folder, ALL, error))?;
        let number = self.numbers()?.last().map_or(1, |newest| newest + 1);
        let relative = unfinished(number);
        let made = || {
            self.folder.remove_all(&relative)?;
            self.folder.make_folder(&relative)?;
            let folder = self.folder.folder(&relative)?;
            folder.write_unsynced(LEASE, b"")?;
            Ok(folder)
        };
        made().map(|folder| (number, folder)).map_err(|error| refused("make", &self.folder, &relative, error))
    }

    /// Gives a generation its number, once all of it is on the disk.
    pub fn finish(&self, number: u64) -> Result<()> {
        let relative = unfinished(number);
        let finished = || {
            self.folder.sync_below(&relative)?;
            self.folder.rename(&relative, &self.folder, &place(number))?;
            self.folder.sync(ALL)
        };
        finished().map_err(|error: io::Error| refused("finish", &self.folder, &relative, error))
    }

    /// Removes what was written of a generation, as far as that can be done: the error before it is the one to
    /// tell, and what stays is swept by the next one who changes the environment.
    pub fn abandon(&self, number: u64) {
        let _ = self.folder.remove_all(&unfinished(number));
    }

    /// VMs are given this generation from now on.
    pub fn make_current(&self, number: u64) -> Result<()> {
        let written = self.folder.write_whole(CURRENT, format!("{number}\n").as_bytes());
        written.map_err(|error| refused("write", &self.folder, CURRENT, error))
    }

    /// Removes what is left of generations that were being made or removed.
    pub fn sweep(&self) -> io::Result<()> {
        let entries = self.entries()?;
        let mut left_over = entries.iter().filter(|name| name.starts_with('.'));
        left_over.try_for_each(|name| self.folder.remove_all(&format!("{ALL}/{name}")))
    }

    /// Removes all generations but the current one and the newest ones, so many, and those that VMs see.
    /// Gives how many it removed.
    pub fn prune(&self, kept: usize) -> Result<usize> {
        let (current, numbers) = (self.current()?, self.numbers()?);
        let old = &numbers[..numbers.len().saturating_sub(kept)];
        let mut removed = 0;
        for number in old.iter().filter(|number| **number != current) {
            let gone = self.remove(*number);
            removed +=
                usize::from(gone.map_err(|error| refused("remove", &self.folder, &place(*number), error))?);
        }
        Ok(removed)
    }

    /// Removes a generation, unless a VM sees it.
    pub fn remove(&self, number: u64) -> io::Result<bool> {
        let folder = self.folder.folder(&place(number))?;
        let Some(_lease) = folder.try_lock(LEASE, Hold::Exclusive)? else { return Ok(false) };
        let aside = format!("{ALL}/.gone~{number:06}");
        self.folder.rename(&place(number), &self.folder, &aside)?;
        self.folder.remove_all(&aside)?;
        Ok(true)
    }

    /// Whether a VM, or somebody who looks at it just now, sees a generation.
    pub fn is_seen(&self, number: u64) -> Result<bool> {
        let tried = self.open(number)?.try_lock(LEASE, Hold::Exclusive);
        let lease = tried.map_err(|error| refused("lease", &self.folder, &place(number), error))?;
        Ok(lease.is_none())
    }

    /// Names of what is left of generations that were being made or removed.
    pub fn left_over(&self) -> Result<Vec<String>> {
        let entries = self.entries().map_err(|error| refused("list", &self.folder, ALL, error))?;
        Ok(entries.into_iter().filter(|name| name.starts_with('.')).collect())
    }

    /// Whether no VM sees any generation of the environment in a folder.
    pub fn all_free(folder: &Folder) -> io::Result<bool> {
        let generations = Generations::of(folder.clone());
        if folder.kind(ALL)?.is_none() {
            return Ok(true);
        }
        for name in generations.entries()? {
            let generation = folder.folder(&format!("{ALL}/{name}"))?;
            if generation.kind(LEASE)?.is_some() && generation.try_lock(LEASE, Hold::Exclusive)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn entries(&self) -> io::Result<Vec<String>> {
        let folders = self.folder.list(ALL)?.into_iter().filter(|entry| entry.kind == EntryKind::Folder);
        Ok(folders.map(|entry| entry.name).collect())
    }
}

fn place(number: u64) -> String {
    format!("{ALL}/{number:06}")
}

fn unfinished(number: u64) -> String {
    format!("{ALL}/.new~{number:06}")
}

fn no_generation(number: u64) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("no generation {number}: look at the list of generations for those that are kept"),
    )
}
