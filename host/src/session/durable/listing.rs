//! What is known of sessions that are on disk alone.

use std::time::Duration;

use crate::error::ErrorKind;
use crate::error::Result;
use crate::id::VmId;
use crate::record::{RecordStatus, SessionRecord};

use super::super::status::{SessionState, SessionStatus};
use super::now;
use super::store::Store;

impl Store {
    /// Every session on disk but some, as the beginning of its file says.
    pub fn list(&self, left_out: impl Fn(&VmId) -> bool) -> Result<Vec<SessionStatus>> {
        let names = self.dir()?.ids().into_iter().filter(|id| self.has(id) && !left_out(id));
        // One that was removed meanwhile is left out.
        names.map(|id| self.status(&id)).filter(|status| !is_gone(status)).collect()
    }

    fn status(&self, id: &VmId) -> Result<SessionStatus> {
        let mut status = SessionStatus {
            id: id.clone(),
            tenant: None,
            state: SessionState::Damaged,
            clients: 0,
            written: 0,
            unread: 0,
            memory: 0,
            fuel: 0,
            idle: None,
        };
        let start = match self.dir()?.peek(id, SessionRecord::PEEK) {
            Err(error) if error.kind() == ErrorKind::SnapshotDamaged => return Ok(status),
            start => start?,
        };
        // Whatever cannot be read is told of when somebody attaches.
        let Ok(header) = SessionRecord::peek(&start) else { return Ok(status) };
        status.state = match header.status {
            RecordStatus::Live => SessionState::Stored,
            RecordStatus::Ended(code) => SessionState::Ended(code),
        };
        status.tenant = header.tenant;
        status.memory = header.memory;
        status.fuel = header.fuel;
        status.idle = Some(Duration::from_millis(now().saturating_sub(header.last_used)));
        Ok(status)
    }
}

fn is_gone(status: &Result<SessionStatus>) -> bool {
    matches!(status, Err(error) if error.kind() == ErrorKind::NotFound)
}
