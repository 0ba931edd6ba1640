//! What is installed, as it is told to those who ask.

use std::collections::BTreeMap;
use std::fmt;

use crate::package::{ModuleName, PackageName, Version};

/// A package of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstalledPackage {
    /// Its name.
    pub name: PackageName,
    /// Its version.
    pub version: Version,
    /// Whether it was asked for by name; others are there because these need them.
    pub requested: bool,
    /// What it is, in a line.
    pub summary: Option<String>,
    /// The licence that its rockspec names.
    pub license: Option<String>,
    /// A page about it.
    pub homepage: Option<String>,
    /// Modules that it has, and their files below `/env` in a VM.
    pub modules: BTreeMap<ModuleName, String>,
    /// What it needs, in the versions that are installed.
    pub dependencies: Vec<(PackageName, Version)>,
    /// The repository that it came from.
    pub repository: String,
    /// SHA-256 of the artifact that it came in, in hexadecimal.
    pub sha256: String,
    /// Bytes of that artifact.
    pub size: u64,
}

/// What a change made of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The generation that VMs are given now.
    pub generation: u64,
    /// Packages that were not there before.
    pub added: Vec<(PackageName, Version)>,
    /// Packages that have another version: the one before, and the one now.
    pub replaced: Vec<(PackageName, Version, Version)>,
    /// Packages that are there no more.
    pub removed: Vec<(PackageName, Version)>,
}

impl Change {
    /// What there is now beside what there was.
    pub(crate) fn between(
        generation: u64,
        before: &BTreeMap<PackageName, Version>,
        now: &BTreeMap<PackageName, Version>,
    ) -> Change {
        let only = |these: &BTreeMap<PackageName, Version>, others: &BTreeMap<PackageName, Version>| {
            let own = these.iter().filter(|(name, _)| !others.contains_key(*name));
            own.map(|(name, version)| (name.clone(), version.clone())).collect()
        };
        let replaced = now.iter().filter_map(|(name, version)| {
            let old = before.get(name).filter(|old| *old != version)?;
            Some((name.clone(), old.clone(), version.clone()))
        });
        Change {
            generation,
            added: only(now, before),
            replaced: replaced.collect(),
            removed: only(before, now),
        }
    }

    /// Whether all packages are as before.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.replaced.is_empty() && self.removed.is_empty()
    }
}

/// Something in an environment that is not as it was installed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fault {
    /// A file is gone.
    Missing {
        /// Below the generation.
        path: String,
    },
    /// A file has other bytes.
    Changed {
        /// Below the generation.
        path: String,
    },
    /// A file is there that was not installed, or something is in the place of a file that is none.
    Unknown {
        /// Below the generation.
        path: String,
    },
    /// The lock file and what is installed do not agree about a package.
    Disagreement {
        /// Of the package.
        name: PackageName,
        /// What they do not agree about.
        about: String,
    },
    /// `env.lock` or the requirements in `env.toml` were changed since: `install` makes up for it.
    OutOfDate {
        /// The file.
        file: String,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Missing { path } => write!(formatter, "`{path}` is missing"),
            Fault::Changed { path } => write!(formatter, "`{path}` was changed after it was installed"),
            Fault::Unknown { path } => write!(formatter, "`{path}` was not installed"),
            Fault::Disagreement { name, about } => {
                write!(formatter, "the lock file and what is installed of `{name}` disagree about {about}")
            }
            Fault::OutOfDate { file } => {
                write!(formatter, "`{file}` was changed since packages were installed; install again")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_what_differs() {
        let packages = |list: &[(&str, &str)]| -> BTreeMap<PackageName, Version> {
            list.iter().map(|(name, version)| (name.parse().unwrap(), version.parse().unwrap())).collect()
        };
        let before = packages(&[("kept", "1-1"), ("old", "1-1"), ("moved", "1-1")]);
        let now = packages(&[("kept", "1-1"), ("moved", "2-1"), ("new", "1-1")]);
        let change = Change::between(2, &before, &now);
        assert_eq!(change.added, [("new".parse().unwrap(), "1-1".parse().unwrap())]);
        assert_eq!(change.removed, [("old".parse().unwrap(), "1-1".parse().unwrap())]);
        let (name, from, to) = &change.replaced[0];
        assert_eq!((name.as_str(), from.as_str(), to.as_str()), ("moved", "1-1", "2-1"));
        assert!(!change.is_empty() && Change::between(2, &now, &now).is_empty());
    }
}
