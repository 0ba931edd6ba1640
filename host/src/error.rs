//! What went wrong on the host's or the caller's side. What a guest did wrong is no error: it is a
//! [`Failure`](crate::Failure) inside an [`Outcome`](crate::Outcome).

use std::error::Error as StdError;
use std::fmt;

use crate::outcome::Failure;

/// Result of the operations of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the host or the caller.
///
/// [`kind`](Error::kind) tells errors apart; the text says what was expected and the next step.
pub struct Error {
    inner: Box<Inner>,
}

struct Inner {
    kind: ErrorKind,
    message: String,
    failure: Option<Failure>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What sort of error it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Settings that contradict each other, or a value outside its range.
    InvalidConfig,
    /// A name that breaks the rules for names.
    InvalidId,
    /// A value that cannot cross between Lua and the host.
    InvalidValue,
    /// No function, table, file, folder, VM or session of that name.
    NotFound,
    /// A VM or session of that name is there already.
    Exists,
    /// The session has a client, and its policy lets no second one in.
    Attached,
    /// This client was detached, or another one took over.
    Detached,
    /// The VM cannot do this while it runs: a host function asked its own VM for something.
    Busy,
    /// The guest failed while the host read or wrote a value; see [`Error::failure`].
    Failed,
    /// The VM was stopped by a limit, an interrupt or a trap; [`Vm::reset`](crate::Vm::reset) makes
    /// it fresh.
    Stopped,
    /// The program of this VM has ended: its Lua state is closed.
    Ended,
    /// The VM or session was terminated, or its manager was shut down.
    Terminated,
    /// No room: as many VMs live as the engine was made for, or a quota of the manager or of the tenant
    /// is used up.
    QuotaExceeded,
    /// More input than a session's queue holds, or more jobs than may wait for one VM: wait for what was
    /// sent.
    QueueFull,
    /// A snapshot that is truncated, altered, or no snapshot at all.
    SnapshotDamaged,
    /// A snapshot in a format that this version does not read.
    SnapshotVersion,
    /// A snapshot of another guest: memory images belong to the guest that wrote them.
    SnapshotGuest,
    /// A snapshot that needs more than the limits of the VM allow.
    SnapshotTooLarge,
    /// A snapshot of another session or tenant.
    SnapshotOwner,
    /// The state directory is used by another process, which the message names.
    InUse,
    /// `.wait()` was called inside an asynchronous runtime, where `.await` belongs.
    WouldBlock,
    /// The host's own file system said no.
    Storage,
    /// A stream that the caller gave failed.
    Stream,
    /// The engine could not be made, or broke.
    Engine,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error { inner: Box::new(Inner { kind, message: message.into(), failure: None, source: None }) }
    }

    pub(crate) fn failed(failure: Failure) -> Error {
        let mut error = Error::new(ErrorKind::Failed, failure.to_string());
        error.inner.failure = Some(failure);
        error
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        self.inner.source = Some(source.into());
        self
    }

    /// What sort of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// What the guest did, for [`ErrorKind::Failed`].
    pub fn failure(&self) -> Option<&Failure> {
        self.inner.failure.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.inner.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Error({:?}: {}", self.inner.kind, self.inner.message)?;
        if let Some(source) = &self.inner.source {
            write!(formatter, ": {source}")?;
        }
        formatter.write_str(")")
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
