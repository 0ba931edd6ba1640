//! Sets of packages that go together.

use std::fmt;

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::package::requirement::Requirement;

/// A set of packages that goes together, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// `minimal`, `standard`, `full`, `bioinformatics` or `development`.
    pub name: &'static str,
    /// What it is for, in a line.
    pub summary: &'static str,
    /// What it has.
    pub packages: Vec<ProfilePackage>,
}

/// A package of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProfilePackage {
    /// What is wanted.
    pub requirement: Requirement,
    /// Where it can come from.
    pub source: ProfileSource,
}

/// Where a package of a profile can come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfileSource {
    /// It comes with the library.
    Catalogue,
    /// It is taken when a repository has it, and left out otherwise.
    Repository,
}

/// What is written down of a profile.
struct Row {
    name: &'static str,
    summary: &'static str,
    carried: &'static [&'static str],
    others: &'static [&'static str],
}

const ROWS: [Row; 5] = [
    Row {
        name: "minimal",
        summary: "one package, to see that everything works",
        carried: &["math_package"],
        others: &[],
    },
    Row {
        name: "standard",
        summary: "what most programs use: numbers, sequences and their files, JSON, tables",
        carried: &["bio-utils", "math_package", "sequence-parser"],
        others: &["dkjson", "inspect", "penlight"],
    },
    Row {
        name: "full",
        summary: "everything that comes with the library, and the packages that were tried with it",
        carried: &["bio-utils", "genome-tools", "math_package", "phylo-tree", "sequence-parser"],
        others: &[
            "argparse",
            "basexx",
            "binaryheap",
            "dkjson",
            "fifo",
            "inifile",
            "inspect",
            "lua-messagepack",
            "luassert",
            "luaunit",
            "penlight",
            "say",
        ],
    },
    Row {
        name: "bioinformatics",
        summary: "sequences, genomes and trees",
        carried: &["bio-utils", "genome-tools", "math_package", "phylo-tree", "sequence-parser"],
        others: &[],
    },
    Row {
        name: "development",
        summary: "for those who write packages: tests, documentation, arguments",
        carried: &["math_package"],
        others: &["argparse", "busted", "inspect", "ldoc", "luassert", "luaunit", "penlight"],
    },
];

/// All profiles.
pub(crate) fn profiles() -> Vec<Profile> {
    ROWS.iter().map(Profile::of).collect()
}

impl Profile {
    fn of(row: &Row) -> Profile {
        let carried = row.carried.iter().map(|name| (*name, ProfileSource::Catalogue));
        let others = row.others.iter().map(|name| (*name, ProfileSource::Repository));
        let packages = carried.chain(others).filter_map(|(name, source)| {
            // Constants: a test counts what came of them.
            Some(ProfilePackage { requirement: name.parse().ok()?, source })
        });
        Profile { name: row.name, summary: row.summary, packages: packages.collect() }
    }

    /// The profile of a name.
    pub(crate) fn named(name: &str) -> Result<Profile> {
        ROWS.iter().find(|row| row.name == name).map(Profile::of).ok_or_else(|| {
            let names: Vec<String> = ROWS.iter().map(|row| format!("`{}`", row.name)).collect();
            let message =
                format!("no profile `{}`: expected one of {}", name.escape_debug(), names.join(", "));
            Error::new(ErrorKind::NotFound, message)
        })
    }

    /// What it wants from one of the two places.
    pub(crate) fn from(&self, source: ProfileSource) -> Vec<Requirement> {
        let packages = self.packages.iter().filter(|package| package.source == source);
        packages.map(|package| package.requirement.clone()).collect()
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.name, self.summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::catalogue::carried;

    #[test]
    fn every_package_of_every_profile_is_there() {
        for (row, profile) in ROWS.iter().zip(profiles()) {
            assert_eq!(profile.packages.len(), row.carried.len() + row.others.len(), "{}", row.name);
            for requirement in profile.from(ProfileSource::Catalogue) {
                let rock = format!("{}-1.0.0-1.all.rock", requirement.name);
                assert!(carried().iter().any(|(name, _)| *name == rock), "{rock}");
            }
            assert_eq!(Profile::named(row.name).unwrap(), profile);
        }
        let error = Profile::named("maximal").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("`minimal`, `standard`, `full`, `bioinformatics`, `development`"));
    }
}
