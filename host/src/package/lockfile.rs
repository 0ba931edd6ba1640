//! What was installed, to the byte: the lock file of an environment.

mod rocks;
mod text;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::package::manifest::ArtifactName;
use crate::package::name::PackageName;
use crate::package::requirement::Requirement;
use crate::package::version::Version;
use crate::value::Table;

/// The version of Lua that every VM has.
const LUA: &str = "5.4";

/// What was installed, and for which requirements.
///
/// All packages have different names, in their order, and what they need is among them or provided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lockfile {
    /// Of the requirements that were resolved, in hexadecimal.
    pub requirements_sha256: String,
    /// Of the guest that provides what is provided, in hexadecimal.
    pub guest_sha256: String,
    pub packages: Vec<LockedPackage>,
    /// What of it every VM has, in the order of names.
    pub provided: Vec<(PackageName, Version)>,
}

/// One package as it was installed. Hashes are in small hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LockedPackage {
    pub name: PackageName,
    pub version: Version,
    /// The name of the repository that it came from.
    pub repository: String,
    pub artifact: ArtifactName,
    /// Of the artifact, as is its size in bytes.
    pub sha256: String,
    pub size: u64,
    pub rockspec_sha256: String,
    /// Of the files that are installed.
    pub tree_sha256: String,
    /// What it needs and which version that has, in the order of names.
    pub dependencies: Vec<(PackageName, Version)>,
    /// The number of the key that signed the repository's index, in hexadecimal.
    pub signed_by: Option<String>,
}

impl Lockfile {
    /// The lock of what was resolved for these requirements.
    pub(crate) fn new(
        wanted: &[Requirement],
        guest_sha256: &str,
        mut packages: Vec<LockedPackage>,
        mut provided: Vec<(PackageName, Version)>,
    ) -> Lockfile {
        packages.sort_by(|one, other| one.name.cmp(&other.name));
        for package in &mut packages {
            package.dependencies.sort();
        }
        provided.sort();
        let guest_sha256 = guest_sha256.to_owned();
        Lockfile { requirements_sha256: hash(wanted), guest_sha256, packages, provided }
    }

    /// Whether it is the lock of these requirements, in whatever order they are.
    pub(crate) fn is_for(&self, wanted: &[Requirement]) -> bool {
        self.requirements_sha256 == hash(wanted)
    }

    /// Reads a lock file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::LockInvalid`](crate::ErrorKind::LockInvalid), naming the line or field: it is too
    /// large, no TOML, of a version that is not known, or says what no lock can say.
    pub(crate) fn read(text: &str) -> Result<Lockfile> {
        text::read(text)
    }

    /// The lock file: the same bytes for the same lock.
    pub(crate) fn text(&self) -> Result<String> {
        text::write(self)
    }

    /// The versions that an evaluated `luarocks.lock` names for packages to run, Lua itself left out: wishes,
    /// as that file has no hashes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::LockInvalid`](crate::ErrorKind::LockInvalid) when it is no such file.
    pub(crate) fn versions_of_luarocks(lock: &Table) -> Result<BTreeMap<PackageName, Version>> {
        rocks::import(lock)
    }

    /// The same versions as a `luarocks.lock`.
    pub(crate) fn text_for_luarocks(&self) -> String {
        rocks::export(self)
    }

    /// The package of a name.
    pub(crate) fn package(&self, name: &PackageName) -> Option<&LockedPackage> {
        let at = self.packages.binary_search_by(|package| package.name.cmp(name)).ok()?;
        self.packages.get(at)
    }

    /// The versions of all packages.
    pub(crate) fn versions(&self) -> BTreeMap<PackageName, Version> {
        self.packages.iter().map(|package| (package.name.clone(), package.version.clone())).collect()
    }
}

fn hash(wanted: &[Requirement]) -> String {
    let mut lines: Vec<String> = wanted.iter().map(|requirement| format!("{requirement}\n")).collect();
    lines.sort();
    lines.dedup();
    Sha256::digest(lines.concat()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
