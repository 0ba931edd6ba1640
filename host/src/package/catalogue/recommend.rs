//! What goes well with what is installed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::error::Result;
use crate::package::name::PackageName;
use crate::package::repository::{FoundPackage, RepositorySupply};
use crate::package::resolve::Supply;

/// A package that goes well with what is installed.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Recommendation {
    /// The package, as it would be installed.
    pub package: FoundPackage,
    /// Why, the best reason first.
    pub reasons: Vec<Reason>,
}

/// Why a package is recommended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Reason {
    /// It needs an installed package, and does more with it.
    BuildsOn(PackageName),
    /// It is about the same as an installed package.
    SharesLabels {
        /// The installed package.
        with: PackageName,
        /// Labels that both have.
        labels: Vec<String>,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::BuildsOn(name) => write!(formatter, "it builds on `{name}`"),
            Reason::SharesLabels { with, labels } => {
                write!(formatter, "it is about {}, as `{with}` is", labels.join(", "))
            }
        }
    }
}

/// Packages that are not installed and have a reason to be, those with the strongest reasons first: what builds
/// on more of the installed packages, then what has more labels in common with them.
pub(super) fn recommend(
    found: Vec<FoundPackage>,
    installed: &BTreeSet<PackageName>,
    supply: &RepositorySupply,
) -> Result<Vec<Recommendation>> {
    let is_there = |package: &&FoundPackage| installed.contains(&package.name);
    let labels: BTreeMap<PackageName, BTreeSet<String>> =
        found.iter().filter(is_there).map(|package| (package.name.clone(), lower(&package.labels))).collect();
    let mut recommended = Vec::new();
    for package in found.iter().filter(|package| !is_there(package)) {
        let mut reasons = builds_on(package, installed, supply);
        reasons.extend(shares_labels(package, &labels));
        if !reasons.is_empty() {
            recommended.push(Recommendation { package: package.clone(), reasons });
        }
    }
    recommended.sort_by_key(|one| (std::cmp::Reverse(strength(&one.reasons)), one.package.name.clone()));
    Ok(recommended)
}

fn lower(labels: &[String]) -> BTreeSet<String> {
    labels.iter().map(|label| label.to_lowercase()).collect()
}

fn strength(reasons: &[Reason]) -> (usize, usize) {
    let builds = reasons.iter().filter(|reason| matches!(reason, Reason::BuildsOn(_))).count();
    let shared = reasons.iter().map(|reason| match reason {
        Reason::SharesLabels { labels, .. } => labels.len(),
        Reason::BuildsOn(_) => 0,
    });
    (builds, shared.max().unwrap_or(0))
}

/// Only what is known of a package without asking a server is looked at: of one without a summary and without
/// labels there is no rockspec here, and one that cannot be read says nothing.
fn builds_on(
    package: &FoundPackage,
    installed: &BTreeSet<PackageName>,
    supply: &RepositorySupply,
) -> Vec<Reason> {
    if package.summary.is_none() && package.labels.is_empty() {
        return Vec::new();
    }
    let Ok(rockspec) = supply.rockspec(&package.name, &package.version) else { return Vec::new() };
    let needed: BTreeSet<&PackageName> =
        rockspec.dependencies.iter().map(|requirement| &requirement.name).collect();
    needed.into_iter().filter(|name| installed.contains(*name)).cloned().map(Reason::BuildsOn).collect()
}

/// With the installed package that has the most in common with it.
fn shares_labels(
    package: &FoundPackage,
    installed: &BTreeMap<PackageName, BTreeSet<String>>,
) -> Option<Reason> {
    let own = lower(&package.labels);
    let shared =
        installed.iter().map(|(name, labels)| (name, own.intersection(labels).cloned().collect::<Vec<_>>()));
    let most = shared.reduce(|best, other| if other.1.len() > best.1.len() { other } else { best });
    let (with, labels) = most.filter(|(_, labels)| !labels.is_empty())?;
    Some(Reason::SharesLabels { with: with.clone(), labels })
}
