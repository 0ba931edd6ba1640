//! Opening a state directory: whether it is free, and whether it can be written.

use std::io;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;

use super::disk::{Disk, Locking};
use super::state_dir::refused;
use super::state_file::PROBE;

/// First and longest pause between two looks at a lock that another process holds. No system call waits
/// for a lock for a limited time.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// Takes the lock of a directory, and waits so long for whoever has it.
pub(super) fn lock_within(disk: &dyn Disk, patience: Duration) -> Result<Box<dyn Send + Sync>> {
    let start = Instant::now();
    let mut pause = PAUSES.0;
    loop {
        let holder = match disk.lock().map_err(|error| refused(disk, "lock", "", error))? {
            Locking::Held(lock) => return Ok(lock),
            Locking::Other { holder } => holder,
        };
        let left = patience.saturating_sub(start.elapsed());
        if left.is_zero() {
            return Err(in_use(disk, &holder));
        }
        std::thread::sleep(pause.min(left));
        pause = PAUSES.1.min(pause * 2);
    }
}

fn in_use(disk: &dyn Disk, holder: &str) -> Error {
    let by = if holder.is_empty() { "another process".to_string() } else { format!("process {holder}") };
    Error::new(
        ErrorKind::InUse,
        format!(
            "state directory `{}` is in use by {by}: wait until it ends, or choose another directory",
            disk.shown()
        ),
    )
}

/// A directory that cannot be written is refused now, not at the first save. A full one is not: states in
/// it can be read, and removing some makes room.
pub(super) fn probe(disk: &dyn Disk) -> Result<()> {
    // Left over when this process's predecessor was killed just here.
    let _ = disk.remove(PROBE);
    let made = disk.create(PROBE).and_then(|_| disk.remove(PROBE));
    match made.map_err(|error| (error.kind(), error)) {
        Err((io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded, _)) | Ok(()) => Ok(()),
        Err((_, error)) => Err(refused(disk, "write to", "", error)),
    }
}
