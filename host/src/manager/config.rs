//! How large a manager is, and where its sessions are kept.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::id::{TenantId, VmId};
use crate::limits::Limits;
use crate::quota::Quota;
use crate::session::SessionConfig;

/// Persistent sessions that are kept in memory: 1,000 small ones take some 400 MB.
const RESIDENT_SESSIONS: usize = 1_000;

/// What a session that comes back from disk is given.
pub type SessionConfigs = dyn Fn(&VmId, Option<&TenantId>) -> Result<SessionConfig> + Send + Sync;

/// How large a [`Manager`](crate::Manager) is, and where its sessions are kept.
#[derive(Clone)]
pub struct ManagerConfig {
    /// Threads that run VMs, 1 to 1,024. Default: as many as there are cores.
    pub workers: usize,
    /// How long [`Manager::shutdown`](crate::Manager::shutdown), and dropping the last clone, may wait
    /// for threads and for states that go to disk. Default 2 s.
    pub shutdown_time: Duration,
    /// What all VMs may use together.
    pub quota: Quota,
    /// What the VMs of each tenant may use together, unless
    /// [`Manager::tighten`](crate::Manager::tighten) says less. Default: [`Quota::of_a_tenant`].
    pub tenant_quota: Quota,
    /// The most that the limits of a VM may allow; a [`VmConfig`](crate::VmConfig) that asks for more is
    /// refused. Default: the default limits.
    pub limits: Limits,
    /// The folder in which [persistent](SessionConfig::persistence) sessions outlive the process. It is made
    /// if it is missing, and belongs to one process at a time. Sessions that it holds have their names from
    /// the start, and are read when somebody asks for them. Default: none.
    pub state_dir: Option<PathBuf>,
    /// How long to wait for another process that has the folder. Default: not at all.
    pub state_dir_wait: Duration,
    /// Persistent sessions that are kept in memory, at least 1. Of more, those that were not used for the
    /// longest time are put to disk, and come back when they are asked for. Default 1,000.
    pub resident_sessions: usize,
    /// What a session that comes back from disk is given: mounts, functions and limits are the host's to
    /// give, never the file's. It stays persistent: [`Persistence::None`](crate::Persistence::None) means
    /// [`EachCall`](crate::Persistence::EachCall) here. It must be of the tenant that is named. Called without
    /// locks; it must not ask this manager for anything. Default: [`SessionConfig::default`] with that tenant.
    pub session_config: Option<Arc<SessionConfigs>>,
}

impl Default for ManagerConfig {
    fn default() -> ManagerConfig {
        ManagerConfig {
            workers: available_parallelism().map_or(1, NonZeroUsize::get),
            shutdown_time: Duration::from_secs(2),
            quota: Quota::default(),
            tenant_quota: Quota::of_a_tenant(),
            limits: Limits::default(),
            state_dir: None,
            state_dir_wait: Duration::ZERO,
            resident_sessions: RESIDENT_SESSIONS,
            session_config: None,
        }
    }
}

impl ManagerConfig {
    pub(crate) fn check(&self) -> Result<()> {
        if !(1..=1_024).contains(&self.workers) {
            return Err(refused("workers", self.workers, "1 to 1,024"));
        }
        if self.resident_sessions == 0 {
            return Err(refused("resident_sessions", 0, "at least 1"));
        }
        Ok(())
    }
}

impl fmt::Debug for ManagerConfig {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ManagerConfig")
            .field("workers", &self.workers)
            .field("shutdown_time", &self.shutdown_time)
            .field("quota", &self.quota)
            .field("tenant_quota", &self.tenant_quota)
            .field("limits", &self.limits)
            .field("state_dir", &self.state_dir)
            .field("resident_sessions", &self.resident_sessions)
            .finish_non_exhaustive()
    }
}

fn refused(name: &str, value: usize, expected: &str) -> Error {
    Error::new(ErrorKind::InvalidConfig, format!("manager setting `{name}` is {value}: expected {expected}"))
}
