//! Where environments are kept, and how.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;

/// Where [`Environments`](crate::Environments) are kept, and how. A path is one with all else by default.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnvironmentsConfig {
    /// The folder that holds them. It is made if it is not there.
    pub root: PathBuf,
    /// How long others that change the same environment are waited for. Default 30 seconds.
    pub patience: Duration,
    /// Generations that are kept of each environment beside the current one and those that VMs see, counted
    /// from the newest, 1 to 1,000. Default 3.
    pub generations: usize,
}

impl EnvironmentsConfig {
    /// In this folder.
    pub fn new(root: impl Into<PathBuf>) -> EnvironmentsConfig {
        EnvironmentsConfig { root: root.into(), patience: Duration::from_secs(30), generations: 3 }
    }

    /// How long others are waited for.
    pub fn patience(self, patience: Duration) -> EnvironmentsConfig {
        EnvironmentsConfig { patience, ..self }
    }

    /// Generations that are kept.
    pub fn generations(self, generations: usize) -> EnvironmentsConfig {
        EnvironmentsConfig { generations, ..self }
    }

    pub(super) fn check(&self) -> Result<()> {
        if (1..=1_000).contains(&self.generations) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::InvalidConfig,
            format!("environments keep {} generations: expected 1 to 1,000", self.generations),
        ))
    }
}

impl<P: Into<PathBuf>> From<P> for EnvironmentsConfig {
    fn from(root: P) -> EnvironmentsConfig {
        EnvironmentsConfig::new(root)
    }
}
