//! Seams for this project's own tests, without any promise: what stands here may change or go at any
//! time. It is compiled always, because a feature that only tests switch on would build the library twice
//! and let them test the other one. What breaks disks stays in the tests; here is only where it fits in.

pub use crate::fs::{Disk, Found, Listing, Locking, NewFile, StateDir, Steps, StoredSession};
pub use crate::record::{Expected, RecordCeilings, RecordHeader, RecordStatus, SessionRecord};

use std::sync::Arc;

use crate::engine::Engine;
use crate::environment::{Environments, EnvironmentsConfig};
use crate::error::Result;
use crate::manager::{Manager, ManagerConfig};

/// A manager that keeps its sessions on any disk.
///
/// # Errors
///
/// As [`Manager::new`].
pub fn manager_on(engine: &Engine, config: ManagerConfig, disk: Arc<dyn Disk>) -> Result<Manager> {
    Manager::on(engine, config, disk)
}

/// Environments in a folder in which each step that changes the disk is asked for.
///
/// # Errors
///
/// As [`Environments::open`].
pub fn environments_on(engine: &Engine, config: EnvironmentsConfig, steps: Steps) -> Result<Environments> {
    Environments::on(engine, config, steps)
}
