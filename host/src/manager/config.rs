//! How large a manager is.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

/// How large a [`Manager`](crate::Manager) is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagerConfig {
    /// Threads that run VMs, 1 to 1,024. Default: as many as there are cores.
    pub workers: usize,
    /// How long [`Manager::shutdown`](crate::Manager::shutdown), and dropping the last clone, may wait
    /// for threads. Default 2 s.
    pub shutdown_time: Duration,
}

impl Default for ManagerConfig {
    fn default() -> ManagerConfig {
        ManagerConfig {
            workers: available_parallelism().map_or(1, NonZeroUsize::get),
            shutdown_time: Duration::from_secs(2),
        }
    }
}

impl ManagerConfig {
    pub(crate) fn check(&self) -> Result<()> {
        if !(1..=1_024).contains(&self.workers) {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                format!("manager setting `workers` is {}: expected 1 to 1,024", self.workers),
            ));
        }
        Ok(())
    }
}
