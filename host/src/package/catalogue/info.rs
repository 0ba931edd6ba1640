//! What is known of one package.

use crate::error::{Error, ErrorKind, Result};
use crate::package::install::provided;
use crate::package::name::PackageName;
use crate::package::repository::RepositorySupply;
use crate::package::requirement::Requirement;
use crate::package::resolve::Supply;
use crate::package::version::Version;

/// What is known of a package. What its rockspec says is that of its newest version.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PackageInfo {
    /// Its name.
    pub name: PackageName,
    /// The version that every VM has inside; then it is never fetched.
    pub provided: Option<Version>,
    /// The repository that it would be installed from.
    pub repository: Option<String>,
    /// Versions that are there, newest first; moving ones, such as `scm-1`, last.
    pub versions: Vec<Version>,
    /// What it is, in a line.
    pub summary: Option<String>,
    /// What it is, at length.
    pub detailed: Option<String>,
    /// A page about it.
    pub homepage: Option<String>,
    /// Its licence.
    pub license: Option<String>,
    /// What it is about.
    pub labels: Vec<String>,
    /// What it needs, `lua` among it.
    pub dependencies: Vec<Requirement>,
}

impl PackageInfo {
    pub(super) fn of(name: &PackageName, supply: &RepositorySupply) -> Result<PackageInfo> {
        let provided = provided().packages.get(name).cloned();
        let versions = newest_first(supply.versions(name)?);
        let mut info = PackageInfo {
            name: name.clone(),
            provided,
            repository: supply.repository_of(name)?.map(str::to_string),
            versions,
            summary: None,
            detailed: None,
            homepage: None,
            license: None,
            labels: Vec::new(),
            dependencies: Vec::new(),
        };
        match info.versions.first().cloned() {
            Some(newest) => info.describe(&newest, supply)?,
            None if info.provided.is_none() => return Err(not_found(name)),
            None => {}
        }
        Ok(info)
    }

    fn describe(&mut self, newest: &Version, supply: &RepositorySupply) -> Result<()> {
        let rockspec = supply.rockspec(&self.name, newest)?;
        self.summary = rockspec.summary.clone();
        self.detailed = rockspec.detailed.clone();
        self.homepage = rockspec.homepage.clone();
        self.license = rockspec.license.clone();
        self.labels = rockspec.labels.clone();
        self.dependencies = rockspec.dependencies.clone();
        Ok(())
    }
}

fn newest_first(mut versions: Vec<Version>) -> Vec<Version> {
    versions.sort_by(|one, other| other.cmp(one));
    versions.sort_by_key(Version::is_moving);
    versions
}

fn not_found(name: &PackageName) -> Error {
    Error::new(
        ErrorKind::PackageNotFound,
        format!("no repository has a package `{name}`: look for it with a part of its name"),
    )
}
