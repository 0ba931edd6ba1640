//! What a VM keeps beside its Lua state, whichever instance runs it.

use std::time::Duration;

use crate::fs::DiskUse;

/// What outlives an instance when its VM is rolled back or reset.
#[derive(Default)]
pub(crate) struct Lasting {
    pub running: Duration,
    pub disk: DiskUse,
    /// Handles are never used twice, so a stale one cannot name another file.
    pub next_handle: u32,
    pub input_read: usize,
}

impl Lasting {
    /// What a copy of the VM takes along: files are not open in it.
    pub fn carried(&self) -> Lasting {
        let disk = DiskUse::used(self.disk.bytes(), self.disk.files());
        Lasting { running: self.running, disk, next_handle: self.next_handle, input_read: self.input_read }
    }
}
