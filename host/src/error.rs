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
    /// A name of a package, environment or repository that breaks the rules for such names.
    InvalidName,
    /// A text that is no version of a package.
    InvalidVersion,
    /// A text that is no requirement, such as `say >= 1.4`.
    InvalidRequirement,
    /// No repository of that name.
    RepositoryNotFound,
    /// A repository that does not answer, or answers with what is no repository; the message says how old
    /// what is known of it is.
    RepositoryUnreachable,
    /// A manifest that cannot be read.
    ManifestInvalid,
    /// A rockspec that cannot be read, or names what no rockspec may; the message names the field.
    RockspecInvalid,
    /// A rockspec or manifest that used up the fuel, memory, time or output that its evaluation may use.
    EvaluationLimit,
    /// No repository has a package of that name; the message names similar ones.
    PackageNotFound,
    /// No choice of versions meets all requirements; the message explains why.
    NoSolution,
    /// A package that needs machine code, which never runs here.
    NativeUnsupported,
    /// A package that is built by running programs, which never happens here.
    BuildUnsupported,
    /// A package that wants a command run when it is installed.
    HookRefused,
    /// A package whose source is in a version control system.
    SourceUnsupported,
    /// A package for other versions of Lua.
    LuaVersionMismatch,
    /// Bytes that are not the ones a lock, an index or an earlier download named.
    IntegrityMismatch,
    /// A repository whose index must be signed and is not.
    SignatureMissing,
    /// A signature that is wrong, or by a key that is not trusted.
    SignatureInvalid,
    /// A signed index that is past its date.
    IndexExpired,
    /// A signed index that is older than one seen before.
    IndexRollback,
    /// An archive that breaks a rule for archives; the message names the entry and the rule.
    ArchiveUnsafe,
    /// Two packages with one module, or a package with a module that every VM has.
    ModuleConflict,
    /// Other packages need the one that was to be removed.
    PackageNeeded,
    /// No environment of that name.
    EnvironmentNotFound,
    /// An environment of that name is there already.
    EnvironmentExists,
    /// Another process or task changes the environment just now.
    EnvironmentBusy,
    /// A lock file that cannot be read, or says what no lock can say; the message names the line or field.
    LockInvalid,
    /// The lock file does not fit the requirements, and was to be kept as it is.
    LockOutOfDate,
    /// Something that is not on this machine, and the network was not to be used.
    OfflineMiss,
    /// Installed files that are not what was installed.
    StoreCorrupt,
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
