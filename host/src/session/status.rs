//! What a session does now.

use std::time::Duration;

use crate::id::{TenantId, VmId};

/// What a session does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionState {
    /// Nothing: all input has run.
    Idle,
    /// Nothing: a statement is begun, and its further lines have not come.
    Unfinished,
    /// It runs input.
    Running,
    /// A statement waits in `io.read` for input that nobody has sent.
    AwaitingInput,
    /// `os.exit` has ended it with this status. Its output can be read.
    Ended(i32),
    /// Nothing: it is on disk, and comes back when it is asked for something.
    Stored,
    /// It is on disk, and cannot be read: [`Manager::attach`](crate::Manager::attach) says why, and
    /// [`Manager::recover`](crate::Manager::recover) may help.
    Damaged,
    /// It was terminated, or its manager was shut down.
    Terminated,
}

/// A session at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionStatus {
    /// Its name.
    pub id: VmId,
    /// Whose it is.
    pub tenant: Option<TenantId>,
    /// What it does.
    pub state: SessionState,
    /// Clients that are attached.
    pub clients: usize,
    /// Bytes of output since its beginning. 0 for one that is on disk alone.
    pub written: u64,
    /// Bytes of output that no client has read. 0 for one that is on disk alone.
    pub unread: u64,
    /// Bytes of memory that its VM has now, as the quotas count them; of one that is on disk alone what it
    /// had there.
    pub memory: u64,
    /// Units of fuel that all its calls used.
    pub fuel: u64,
    /// How long it has had nothing to do; nothing when it has. Of one that is on disk alone since its last
    /// save, by the clock on the wall.
    pub idle: Option<Duration>,
}
