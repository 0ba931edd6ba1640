//! What a generation holds, as one file in it: what is asked of an environment is answered from here, without
//! running a rockspec.

use std::collections::{BTreeMap, HashSet};
use std::io;

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::fs::Folder;
use crate::package::{ModuleName, PackageName, Planted, Ready, Version, digest, modules, tree_files};

use super::storage::{corrupt, refused};

pub(super) const FILE: &str = "inventory.json";
/// Largest file that is read, in bytes: a hundred for each of half a million files.
const MAX_SIZE: u64 = 64 << 20;

/// The packages of a generation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inventory {
    pub packages: BTreeMap<PackageName, Contents>,
    /// Files that are no package's, and the SHA-256 of each in hexadecimal.
    pub others: BTreeMap<String, String>,
}

/// One package of a generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contents {
    pub version: Version,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// Modules, and their files below the generation.
    pub modules: BTreeMap<ModuleName, String>,
    /// Files below the generation, and the SHA-256 of each in hexadecimal.
    pub files: BTreeMap<String, String>,
}

impl Contents {
    fn of(ready: &Ready) -> Contents {
        let Ready { locked, rockspec, tree } = ready;
        Contents {
            version: locked.version.clone(),
            summary: rockspec.summary.clone(),
            license: rockspec.license.clone(),
            homepage: rockspec.homepage.clone(),
            modules: modules(tree.files.keys().cloned()),
            files: tree.files.clone(),
        }
    }

    /// SHA-256 over all files, in hexadecimal, as a lock file has it.
    pub fn digest(&self) -> String {
        digest(self.files.clone())
    }

    /// Modules that are loaded by themselves: those that are not below another one of the package.
    pub fn roots(&self) -> Vec<String> {
        let all: HashSet<&str> = self.modules.keys().map(ModuleName::as_str).collect();
        let below = |module: &str| module.match_indices('.').any(|(at, _)| all.contains(&module[..at]));
        let names = self.modules.keys().map(ModuleName::as_str);
        names.filter(|module| !below(module)).map(str::to_string).collect()
    }
}

impl Inventory {
    /// Of a generation that is made of these packages.
    pub fn of(ready: &[Ready], planted: &[Planted]) -> Inventory {
        let contents = |ready: &Ready| (ready.locked.name.clone(), Contents::of(ready));
        let packages: BTreeMap<_, _> = ready.iter().map(contents).collect();
        let mut others = tree_files(planted);
        others.retain(|path, _| !packages.values().any(|contents| contents.files.contains_key(path)));
        Inventory { packages, others }
    }

    /// All files below the generation that were installed, with the SHA-256 of each.
    pub fn files(&self) -> BTreeMap<String, String> {
        let of_packages = self.packages.values().flat_map(|contents| contents.files.clone());
        of_packages.chain(self.others.clone()).collect()
    }

    pub fn read(generation: &Folder) -> Result<Inventory> {
        let bytes = generation.read(FILE, MAX_SIZE).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => corrupt(generation, FILE, "it is missing"),
            _ => refused("read", generation, FILE, error),
        })?;
        serde_json::from_slice(&bytes).map_err(|error| corrupt(generation, FILE, &error.to_string()))
    }

    pub fn write(&self, generation: &Folder) -> Result<()> {
        let bytes =
            serde_json::to_vec(self).map_err(|error| corrupt(generation, FILE, &error.to_string()))?;
        generation.write_unsynced(FILE, &bytes).map_err(|error| refused("write", generation, FILE, error))
    }

    /// The package that a module belongs to.
    pub fn owner(&self, module: &ModuleName) -> Option<&PackageName> {
        let mut packages = self.packages.iter();
        packages.find(|(_, contents)| contents.modules.contains_key(module)).map(|(name, _)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(modules: &[&str]) -> Contents {
        let modules = modules.iter().map(|module| (module.parse().unwrap(), String::new())).collect();
        Contents {
            version: "1.0-1".parse().unwrap(),
            summary: None,
            license: Some("MIT".into()),
            homepage: None,
            modules,
            files: BTreeMap::from([("share/lua/5.4/a.lua".into(), "00".repeat(32))]),
        }
    }

    #[test]
    fn modules_below_others_are_left_to_those() {
        let check = |modules: &[&str], roots: &[&str]| assert_eq!(contents(modules).roots(), roots);
        check(&[], &[]);
        check(&["bio_utils"], &["bio_utils"]);
        check(&["pl", "pl.List", "pl.compat"], &["pl"]);
        check(&["json", "json.decode.util", "jsonx", "a.b", "a.b.c"], &["a.b", "json", "jsonx"]);
    }

    #[test]
    fn an_inventory_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::open(folder.path()).unwrap();
        let packages = BTreeMap::from([("a".parse().unwrap(), contents(&["a", "a.b"]))]);
        let others = BTreeMap::from([("lib/luarocks/rocks-5.4/manifest".into(), "00".repeat(32))]);
        let inventory = Inventory { packages, others };
        inventory.write(&folder).unwrap();
        assert_eq!(Inventory::read(&folder).unwrap(), inventory);
        assert_eq!(inventory.owner(&"a.b".parse().unwrap()).unwrap().as_str(), "a");
        assert!(inventory.owner(&"b".parse().unwrap()).is_none());
        assert_eq!(inventory.files().len(), 2);
    }
}
