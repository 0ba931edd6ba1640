//! Which versions fit together, and why none do.

use std::sync::Arc;

use crate::error::Result;
use crate::package::name::PackageName;
use crate::package::rockspec::Rockspec;
use crate::package::version::Version;

/// Where the resolution learns which packages there are.
pub(crate) trait Supply {
    /// All versions of a package that can be had, in any order; none for a name that nobody has.
    fn versions(&self, name: &PackageName) -> Result<Vec<Version>>;

    /// The rockspec of one of these versions. An error about this version alone, such as
    /// [`ErrorKind::RockspecInvalid`](crate::ErrorKind::RockspecInvalid), makes the resolution try another
    /// version; any other ends it.
    fn rockspec(&self, name: &PackageName, version: &Version) -> Result<Arc<Rockspec>>;

    /// All names that somebody has, to say which ones are like an unknown one.
    fn names(&self) -> Vec<PackageName>;
}
