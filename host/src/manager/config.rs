//! How large a manager is.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::quota::Quota;

/// How large a [`Manager`](crate::Manager) is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManagerConfig {
    /// Threads that run VMs, 1 to 1,024. Default: as many as there are cores.
    pub workers: usize,
    /// How long [`Manager::shutdown`](crate::Manager::shutdown), and dropping the last clone, may wait
    /// for threads. Default 2 s.
    pub shutdown_time: Duration,
    /// What all VMs may use together.
    pub quota: Quota,
    /// What the VMs of each tenant may use together, unless
    /// [`Manager::tighten`](crate::Manager::tighten) says less. Default: [`Quota::of_a_tenant`].
    pub tenant_quota: Quota,
    /// The most that the limits of a VM may allow; a [`VmConfig`](crate::VmConfig) that asks for more is
    /// refused. Default: the default limits.
    pub limits: Limits,
}

impl Default for ManagerConfig {
    fn default() -> ManagerConfig {
        ManagerConfig {
            workers: available_parallelism().map_or(1, NonZeroUsize::get),
            shutdown_time: Duration::from_secs(2),
            quota: Quota::default(),
            tenant_quota: Quota::of_a_tenant(),
            limits: Limits::default(),
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
