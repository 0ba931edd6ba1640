//! How far work on packages is, for those who watch.

use std::fmt;
use std::sync::Arc;

use crate::package::{PackageName, Version};

/// How far work on an environment is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Versions are chosen, which may ask repositories.
    Resolving,
    /// An artifact is fetched from a repository.
    Fetching {
        /// Of the package.
        name: PackageName,
        /// Of the package.
        version: Version,
        /// Of this artifact, from 1.
        number: usize,
        /// All artifacts to fetch.
        of: usize,
    },
    /// An artifact is there.
    Fetched {
        /// Of the package.
        name: PackageName,
        /// Of the package.
        version: Version,
        /// Of the artifact.
        bytes: u64,
    },
    /// An artifact is checked and unpacked.
    Unpacking {
        /// Of the package.
        name: PackageName,
        /// Of the package.
        version: Version,
    },
    /// A new generation with so many packages is written.
    Installing {
        /// In the new generation.
        packages: usize,
    },
}

type Watch = dyn Fn(&Progress) + Send + Sync;

/// Who is told, if anybody.
#[derive(Clone, Default)]
pub(crate) struct Watcher(Option<Arc<Watch>>);

impl Watcher {
    pub fn new(watch: impl Fn(&Progress) + Send + Sync + 'static) -> Watcher {
        Watcher(Some(Arc::new(watch)))
    }

    pub fn tell(&self, progress: &Progress) {
        self.0.iter().for_each(|watch| watch(progress));
    }
}

impl fmt::Debug for Watcher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "Watcher(told)" } else { "Watcher" })
    }
}
