//! Locks of this crate. None is held while code of Python may run, which it does wherever an exception is made or an
//! object of Python is dropped: another thread may wait for the lock with the interpreter's in its hand.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The value, also behind a thread that panicked: each is whole between two statements.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
