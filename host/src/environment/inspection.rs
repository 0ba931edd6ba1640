//! Looking at what is installed.

use crate::error::Result;
use crate::fs::Folder;
use crate::package::{Difference, LockedPackage, PackageName, verify_tree};

use super::generations::{Generations, LEASE, Leased};
use super::installed::{Fault, InstalledPackage};
use super::inventory::{self, Inventory};
use super::settings::Settings;
use super::state::State;
use super::writer::{LOCK, UNPUBLISHED, WANTED, published_lock};

/// The current generation of an environment, which stays as long as it is looked at.
pub(super) struct Inspection {
    /// Of the environment.
    folder: Folder,
    generation: Leased,
    pub state: State,
    pub inventory: Inventory,
}

impl Inspection {
    pub fn of(folder: Folder) -> Result<Inspection> {
        let generation = Generations::of(folder.clone()).lease()?;
        let state = State::read(generation.number, &generation.folder)?;
        let inventory = Inventory::read(&generation.folder)?;
        Ok(Inspection { folder, generation, state, inventory })
    }

    /// Packages by name.
    pub fn packages(&self) -> Vec<InstalledPackage> {
        self.state.lock.packages.iter().filter_map(|locked| self.package(locked)).collect()
    }

    fn package(&self, locked: &LockedPackage) -> Option<InstalledPackage> {
        let contents = self.inventory.packages.get(&locked.name)?.clone();
        Some(InstalledPackage {
            name: locked.name.clone(),
            version: locked.version.clone(),
            requested: self.state.wants(&locked.name),
            summary: contents.summary,
            license: contents.license,
            homepage: contents.homepage,
            modules: contents.modules,
            dependencies: locked.dependencies.clone(),
            repository: locked.repository.clone(),
            sha256: locked.sha256.clone(),
            size: locked.size,
        })
    }

    /// Files of a package below the generation.
    pub fn files(&self, name: &PackageName) -> Option<Vec<String>> {
        self.inventory.packages.get(name).map(|contents| contents.files.keys().cloned().collect())
    }

    /// All that is not as it was installed.
    pub fn verify(&self) -> Result<Vec<Fault>> {
        let own = [LEASE, WANTED, LOCK, UNPUBLISHED, inventory::FILE];
        let differences = verify_tree(&self.generation.folder, &self.inventory.files(), &own)?;
        let mut faults: Vec<Fault> = differences.into_iter().map(fault).collect();
        faults.extend(self.state.lock.packages.iter().flat_map(|locked| self.disagreement(locked)));
        let locked = |name: &&PackageName| self.state.package(name).is_none();
        let unlocked = self.inventory.packages.keys().filter(locked);
        faults.extend(unlocked.map(|name| disagree(name, "whether it is installed")));
        faults.extend(self.changed_copies()?);
        faults.sort();
        Ok(faults)
    }

    fn disagreement(&self, locked: &LockedPackage) -> Option<Fault> {
        let about = match self.inventory.packages.get(&locked.name) {
            None => "whether it is installed",
            Some(contents) if contents.version != locked.version => "its version",
            Some(contents) if contents.digest() != locked.tree_sha256 => "its files",
            Some(_) => return None,
        };
        Some(disagree(&locked.name, about))
    }

    /// Files for people that somebody has changed.
    fn changed_copies(&self) -> Result<Vec<Fault>> {
        let mut faults = Vec::new();
        if published_lock(&self.folder)?.as_ref() != Some(&self.state.text) {
            faults.push(Fault::OutOfDate { file: LOCK.to_string() });
        }
        if Settings::read(&self.folder)?.requirements != self.state.wanted {
            faults.push(Fault::OutOfDate { file: super::settings::FILE.to_string() });
        }
        Ok(faults)
    }
}

fn disagree(name: &PackageName, about: &str) -> Fault {
    Fault::Disagreement { name: name.clone(), about: about.to_string() }
}

fn fault(difference: Difference) -> Fault {
    match difference {
        Difference::Missing(path) => Fault::Missing { path },
        Difference::Edited(path) => Fault::Changed { path },
        Difference::Extra(path) => Fault::Unknown { path },
    }
}
