//! Which sessions outlive the process, and when their state goes to disk.

use crate::error::{Error, ErrorKind, Result};

/// Whether a session outlives the process, and when its state goes to the
/// [state directory](crate::ManagerConfig::state_dir).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Persistence {
    /// It ends with its manager.
    #[default]
    None,
    /// Its state is on disk before a job ends: what was acknowledged survives whatever becomes of the
    /// process or of the machine.
    EachCall,
    /// Jobs end before their state is on disk, which it is soon after nothing is left to do. A process
    /// that is killed loses what came since.
    OnIdle,
    /// Jobs end before their state is on disk, which it is when the session is put away to make room, and
    /// when the manager ends. A process that is killed loses what came since.
    AtShutdown,
}

impl Persistence {
    /// What input that has run is told of its state.
    pub(crate) fn saved(self) -> Saved {
        match self {
            Persistence::None => Saved::Never,
            Persistence::EachCall => Saved::OnDisk,
            Persistence::OnIdle | Persistence::AtShutdown => Saved::Later,
        }
    }

    /// What a session that comes back from disk has: it goes on as a persistent one.
    pub(crate) fn of_stored(self) -> Persistence {
        match self {
            Persistence::None => Persistence::EachCall,
            given => given,
        }
    }

    pub(crate) fn no_directory() -> Error {
        Error::new(
            ErrorKind::InvalidConfig,
            "a persistent session needs a manager with a state directory: set `ManagerConfig::state_dir`, or leave \
             `persistence` out",
        )
    }
}

/// Where the state is that input has led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Saved {
    /// In memory alone: the session is not persistent.
    #[default]
    Never,
    /// In memory, and not yet on disk.
    Later,
    /// On disk.
    OnDisk,
}

/// How a call ends whose state could not be written.
fn not_saved(error: Error) -> Error {
    let kind = match error.kind() {
        kind @ (ErrorKind::QuotaExceeded | ErrorKind::Terminated | ErrorKind::Storage) => kind,
        _ => ErrorKind::Storage,
    };
    let message = format!("the call ran and its state is not saved: {error}; the next save takes it along");
    Error::new(kind, message).with_source(error)
}

/// What a call has come to whose state was written, or not. What it came to by itself counts first.
pub(crate) fn settled<T>(result: Result<T>, saved: Result<()>) -> Result<T> {
    result.and_then(|value| saved.map_err(not_saved).map(|()| value))
}
