//! What an environment's current generation is.

use std::collections::BTreeSet;

use crate::error::Result;
use crate::fs::Folder;
use crate::package::{LockedPackage, Lockfile, PackageName, Requirement};

use super::generations::Generations;
use super::storage::corrupt;
use super::writer::{LOCK, lock_text, wanted};

/// The current generation, without its files.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub generation: u64,
    pub wanted: Vec<Requirement>,
    pub lock: Lockfile,
    /// The text of the lock file, to the byte.
    pub text: String,
}

impl State {
    /// Of an environment that nobody changes now.
    pub fn of(generations: &Generations) -> Result<State> {
        let number = generations.current()?;
        State::read(number, &generations.open(number)?)
    }

    /// Of a generation.
    pub fn read(generation: u64, folder: &Folder) -> Result<State> {
        let text = lock_text(folder)?;
        let lock = Lockfile::read(&text).map_err(|error| corrupt(folder, LOCK, &error.to_string()))?;
        Ok(State { generation, wanted: wanted(folder)?, lock, text })
    }

    pub fn package(&self, name: &PackageName) -> Option<&LockedPackage> {
        self.lock.package(name)
    }

    /// Whether a package was asked for by name.
    pub fn wants(&self, name: &PackageName) -> bool {
        self.wanted.iter().any(|requirement| requirement.name == *name)
    }

    /// These packages, and all that they need.
    pub fn needed_by<'a>(
        &'a self,
        names: impl Iterator<Item = &'a PackageName>,
    ) -> BTreeSet<&'a PackageName> {
        let mut open: Vec<&PackageName> = names.collect();
        let mut found = BTreeSet::new();
        while let Some(name) = open.pop() {
            if found.insert(name) {
                let needs = self.package(name).into_iter().flat_map(|package| &package.dependencies);
                open.extend(needs.map(|(name, _)| name));
            }
        }
        found
    }

    /// These packages, and all that need one of them.
    pub fn need<'a>(&'a self, names: &'a [PackageName]) -> BTreeSet<&'a PackageName> {
        let mut found: BTreeSet<&PackageName> = names.iter().collect();
        loop {
            let more = self.lock.packages.iter().filter(|package| {
                !found.contains(&package.name)
                    && package.dependencies.iter().any(|(name, _)| found.contains(name))
            });
            let more: Vec<&PackageName> = more.map(|package| &package.name).collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }
}
