//! What lies in a folder, one after the other: a folder of any size is never held as a whole.

use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::Path;

use cap_std::fs::{Dir, ReadDir};

use super::status::Kind;

/// A folder that is being read.
pub(crate) struct Entries(ReadDir);

/// A name in a folder. Of any bytes: not every file system keeps to UTF-8.
#[derive(Debug)]
pub(crate) struct Entry {
    pub name: Vec<u8>,
    pub kind: Kind,
}

impl Entries {
    /// Opens a folder inside a folder, never outside of it.
    ///
    /// # Errors
    ///
    /// When there is no folder at the path or it cannot be read.
    pub fn open(folder: &Dir, path: &Path) -> io::Result<Entries> {
        folder.read_dir(path).map(Entries)
    }
}

impl Iterator for Entries {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<io::Result<Entry>> {
        let entry = self.0.next()?;
        Some(entry.and_then(|entry| {
            Ok(Entry { name: entry.file_name().into_vec(), kind: entry.file_type()?.into() })
        }))
    }
}
