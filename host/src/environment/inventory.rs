//! What a generation holds, as one file in it: what is asked of an environment is answered from here, without
//! running a rockspec.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;
use std::io;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::fs::Folder;
use crate::package::{ModuleName, PackageName, Version};

use super::storage::{corrupt, refused};

const FILE: &str = "inventory.json";
/// Largest file that is read, in bytes: a hundred for each of half a million files.
const MAX_SIZE: u64 = 64 << 20;

/// The packages of a generation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inventory {
    pub packages: BTreeMap<PackageName, Contents>,
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
    /// SHA-256 over all files, in hexadecimal: `path NUL sha256 LF` of each, by path.
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for (path, digest) in &self.files {
            hash.update(path.as_bytes());
            hash.update([0]);
            hash.update(digest.as_bytes());
            hash.update(b"\n");
        }
        hexadecimal(&hash.finalize())
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
        generation.write_new(FILE, &bytes).map_err(|error| refused("write", generation, FILE, error))
    }

    /// The package that a module belongs to.
    pub fn owner(&self, module: &str) -> Option<(&PackageName, &Contents)> {
        let has = |contents: &Contents| contents.modules.keys().any(|known| known.as_str() == module);
        self.packages.iter().find(|(_, contents)| has(contents))
    }
}

/// SHA-256 of bytes, in hexadecimal.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // a text takes everything
        text
    })
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
            files: BTreeMap::from([("share/lua/5.4/a.lua".into(), digest_of(b"return 1"))]),
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
        let inventory = Inventory { packages };
        inventory.write(&folder).unwrap();
        assert_eq!(Inventory::read(&folder).unwrap(), inventory);
        assert_eq!(inventory.owner("a.b").unwrap().0.as_str(), "a");
        assert!(inventory.owner("b").is_none());
    }
}
