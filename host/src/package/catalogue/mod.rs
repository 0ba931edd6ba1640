//! What there is to install: the packages that come with the library, and those that repositories have.

mod carried;
mod info;
mod profile;
mod recommend;

use std::fmt;

use crate::package::name::PackageName;
use crate::package::repository::{FoundPackage, Repositories};
use crate::task::Task;

pub(crate) use carried::carried;
pub use info::PackageInfo;
pub(crate) use profile::profiles;
pub use profile::{Profile, ProfilePackage, ProfileSource};
pub use recommend::{Reason, Recommendation};

/// What there is to install: five packages that come with the library, and what its repositories have. Cheap to
/// clone.
///
/// ```
/// use bioxen_lua::{Engine, Environments};
/// let engine = Engine::new()?;
/// let folder = tempfile::tempdir().expect("a folder");
/// let catalogue = Environments::open(&engine, folder.path())?.catalogue();
/// let found = catalogue.search("melting").wait()?;
/// assert_eq!(found[0].name.as_str(), "bio-utils");
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Clone)]
pub struct Catalogue {
    repositories: Repositories,
}

impl Catalogue {
    pub(crate) fn new(repositories: Repositories) -> Catalogue {
        Catalogue { repositories }
    }

    /// The same, without the network: of servers it has what was known before. No socket is ever opened.
    pub fn offline(&self) -> Catalogue {
        Catalogue { repositories: self.repositories.offline() }
    }

    /// All packages that have a text in their name, or in the summary or labels of their newest version where
    /// its rockspec is on this machine; by name, those first whose name has it. An empty text is in all.
    ///
    /// # Errors
    ///
    /// As [`Repositories::search`].
    pub fn search(&self, text: &str) -> Task<Vec<FoundPackage>> {
        self.repositories.search(text)
    }

    /// What is known of a package.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::PackageNotFound`](crate::ErrorKind::PackageNotFound); beside that as
    /// [`Repositories::search`], and what is wrong with the rockspec of its newest version.
    pub fn info(&self, name: &PackageName) -> Task<PackageInfo> {
        let name = name.clone();
        self.repositories.task(move |repositories| PackageInfo::of(&name, &repositories.supply()?))
    }

    /// Sets of packages that go together.
    pub fn profiles(&self) -> Vec<Profile> {
        profiles()
    }

    /// What goes well with installed packages, the best first: what builds on one of them, and what is about the
    /// same. Nothing is asked of a server that is not known already.
    ///
    /// # Errors
    ///
    /// In the task: as [`Repositories::search`].
    pub fn recommendations(&self, installed: &[PackageName]) -> Task<Vec<Recommendation>> {
        let installed = installed.iter().cloned().collect();
        self.repositories.task(move |repositories| {
            let found = repositories.search_now("")?;
            recommend::recommend(found, &installed, &repositories.offline().supply()?)
        })
    }
}

impl fmt::Debug for Catalogue {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Catalogue({:?})", self.repositories)
    }
}
