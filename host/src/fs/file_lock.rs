//! Locks between processes.

use std::fs::{File, TryLockError};
use std::io;

/// Who may hold a lock beside its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Others that share it.
    Shared,
    /// Nobody.
    Exclusive,
}

/// A lock on a file, held until this is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct FileLock(File);

impl FileLock {
    /// Waits for it.
    pub(super) fn take(file: File, hold: Hold) -> io::Result<FileLock> {
        match hold {
            Hold::Shared => file.lock_shared()?,
            Hold::Exclusive => file.lock()?,
        }
        Ok(FileLock(file))
    }

    /// Takes it, unless somebody has it.
    pub(super) fn try_take(file: File, hold: Hold) -> io::Result<Option<FileLock>> {
        let taken = match hold {
            Hold::Shared => file.try_lock_shared(),
            Hold::Exclusive => file.try_lock(),
        };
        match taken {
            Ok(()) => Ok(Some(FileLock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for FileLock {
    /// Closing it is not enough: a process that another thread starts just now has the file open until
    /// it becomes its program. If it fails, closing is what remains.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}
