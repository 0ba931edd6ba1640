//! Locks that are waited for, for a limited time.

use std::io;
use std::time::{Duration, Instant};

use crate::fs::{FileLock, Folder, Hold};

/// First and longest pause between two looks at a lock that somebody else has. No system call waits for a
/// lock for a limited time.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(20));

/// Takes a lock, or gives nothing when somebody else had it all the time.
pub(super) fn lock_within(
    folder: &Folder,
    file: &str,
    hold: Hold,
    patience: Duration,
) -> io::Result<Option<FileLock>> {
    let start = Instant::now();
    let mut pause = PAUSES.0;
    loop {
        if let Some(lock) = folder.try_lock(file, hold)? {
            return Ok(Some(lock));
        }
        let left = patience.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Ok(None);
        }
        std::thread::sleep(pause.min(left));
        pause = PAUSES.1.min(pause * 2);
    }
}
