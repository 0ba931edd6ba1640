//! What a manager tells about its VMs.

use std::time::Duration;

use crate::id::{TenantId, VmId};

/// What a VM does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VmState {
    /// It is in memory and has nothing to do.
    Idle,
    /// A job runs on it, or is about to.
    Running,
    /// It is kept elsewhere, and comes back with its next job.
    Stored,
}

/// A VM as [`Manager::vms`](crate::Manager::vms) lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VmStatus {
    /// Its name.
    pub id: VmId,
    /// Whose it is.
    pub tenant: Option<TenantId>,
    /// What it does.
    pub state: VmState,
    /// Bytes of memory that it has now, as the quotas count them.
    pub memory: u64,
    /// Units of fuel that all its calls used.
    pub fuel: u64,
    /// How long it has had nothing to do; zero while it runs.
    pub idle: Duration,
}
