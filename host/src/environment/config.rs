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
    /// Bytes that the files of one package may have, at most 1 GiB. Default 64 MiB.
    pub unpacked: u64,
}

/// Largest value of [`EnvironmentsConfig::unpacked`]: packages are unpacked in memory.
const MAX_UNPACKED: u64 = 1 << 30;

impl EnvironmentsConfig {
    /// In this folder.
    pub fn new(root: impl Into<PathBuf>) -> EnvironmentsConfig {
        let (patience, generations, unpacked) = (Duration::from_secs(30), 3, 64 << 20);
        EnvironmentsConfig { root: root.into(), patience, generations, unpacked }
    }

    /// How long others are waited for.
    pub fn patience(self, patience: Duration) -> EnvironmentsConfig {
        EnvironmentsConfig { patience, ..self }
    }

    /// Generations that are kept.
    pub fn generations(self, generations: usize) -> EnvironmentsConfig {
        EnvironmentsConfig { generations, ..self }
    }

    /// Bytes that the files of one package may have.
    pub fn unpacked(self, unpacked: u64) -> EnvironmentsConfig {
        EnvironmentsConfig { unpacked, ..self }
    }

    pub(super) fn check(&self) -> Result<()> {
        let refuse = |name: &str, range: &str| {
            Err(Error::new(
                ErrorKind::InvalidConfig,
                format!("environments setting `{name}`: expected {range}"),
            ))
        };
        if !(1..=1_000).contains(&self.generations) {
            return refuse("generations", "1 to 1,000");
        }
        if self.unpacked > MAX_UNPACKED {
            return refuse("unpacked", "at most 1 GiB");
        }
        Ok(())
    }
}

impl<P: Into<PathBuf>> From<P> for EnvironmentsConfig {
    fn from(root: P) -> EnvironmentsConfig {
        EnvironmentsConfig::new(root)
    }
}
