//! Which versions fit together, and why none do.
//!
//! One version of each package is chosen: the one that is locked, else the newest that lets all others be
//! chosen too. What every VM has counts as installed, in one fixed version.

mod explain;
mod order;
mod provider;
mod set;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pubgrub::PubGrubError;

use crate::error::{Error, ErrorKind, Result};
use crate::package::manifest::Form;
use crate::package::name::{ModuleName, PackageName};
use crate::package::requirement::Requirement;
use crate::package::rockspec::Rockspec;
use crate::package::version::Version;

use provider::{Node, Provider};

/// Where the resolution learns which packages there are.
pub(crate) trait Supply {
    /// All versions of a package that can be had, in any order; none for a name that nobody has.
    fn versions(&self, name: &PackageName) -> Result<Vec<Version>>;

    /// The rockspec of one of these versions. An error about this version alone, such as
    /// [`ErrorKind::RockspecInvalid`], makes the resolution try another version; any other ends it.
    fn rockspec(&self, name: &PackageName, version: &Version) -> Result<Arc<Rockspec>>;

    /// In which form one of these versions can be had.
    fn form(&self, name: &PackageName, version: &Version) -> Result<Form>;

    /// All names that somebody has, to say which ones are like an unknown one.
    fn names(&self) -> Vec<PackageName>;
}

/// What is to be resolved.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// What was asked for; all of it is met.
    pub requirements: Vec<Requirement>,
    /// Versions that are kept where they still fit.
    pub locked: BTreeMap<PackageName, Version>,
    /// Which of them are not kept.
    pub upgrade: Upgrade,
    /// What every VM has.
    pub provided: Provided,
}

/// Which packages get the newest version that fits, though another is locked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Upgrade {
    #[default]
    Nothing,
    These(BTreeSet<PackageName>),
    Everything,
}

/// What every VM has: no package of such a name is ever installed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Provided {
    pub packages: BTreeMap<PackageName, Version>,
    /// Modules that a package may leave to the VM, where its own would be machine code.
    pub modules: BTreeSet<ModuleName>,
}

/// Versions that fit together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolution {
    /// What to install, each package behind those it needs; in a cycle, one comes before.
    pub packages: Vec<Resolved>,
    /// What of it every VM has, by name, Lua itself left out.
    pub provided: Vec<(PackageName, Version)>,
}

/// One chosen version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolved {
    pub name: PackageName,
    pub version: Version,
    /// What it needs and which version that has, by name, Lua itself left out.
    pub dependencies: Vec<(PackageName, Version)>,
}

/// Chooses versions that meet everything.
///
/// # Errors
///
/// - [`ErrorKind::PackageNotFound`]: nobody has a package that was asked for; the message names similar
///   ones.
/// - [`ErrorKind::LuaVersionMismatch`], [`ErrorKind::NativeUnsupported`] and the other kinds of packages
///   that cannot be installed: that alone is why there is no solution.
/// - [`ErrorKind::NoSolution`]: any other reason. The message has all facts that exclude each other.
/// - [`ErrorKind::InvalidRequirement`]: a package of a namespace was asked for.
/// - Whatever the supply failed with.
pub(crate) fn resolve(wanted: &Wanted, supply: &dyn Supply) -> Result<Resolution> {
    let provider = Provider::new(wanted, supply);
    provider.check_wanted()?;
    match pubgrub::resolve(&provider, Node::Wanted, 0_u32) {
        Ok(chosen) => {
            let chosen = chosen.iter().filter_map(|(node, at)| provider.chosen(node, *at)).collect();
            order::in_order(&provider, chosen)
        }
        Err(PubGrubError::NoSolution(proof)) => Err(explain::no_solution(&provider, proof)),
        Err(PubGrubError::ErrorRetrievingDependencies { source, .. })
        | Err(PubGrubError::ErrorChoosingVersion { source, .. })
        | Err(PubGrubError::ErrorInShouldCancel(source)) => Err(source),
    }
}

#[cfg(test)]
impl Wanted {
    /// These requirements, with nothing locked and nothing provided but what Lua itself is.
    pub(crate) fn new(requirements: Vec<Requirement>) -> Wanted {
        Wanted {
            requirements,
            locked: BTreeMap::new(),
            upgrade: Upgrade::Nothing,
            provided: Provided::default(),
        }
    }
}

impl Upgrade {
    fn includes(&self, name: &PackageName) -> bool {
        match self {
            Upgrade::Nothing => false,
            Upgrade::These(names) => names.contains(name),
            Upgrade::Everything => true,
        }
    }
}

/// The error of a resolution that has no result.
fn unsolved(kind: ErrorKind, what: impl Into<String>) -> Error {
    Error::new(kind, what)
}

#[cfg(test)]
mod tests;
