//! What stands at a path of a mounted folder.

use std::io;
use std::path::{Path, PathBuf};

use cap_std::fs::{Dir, FileType, Metadata, MetadataExt};

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status {
    pub kind: Kind,
    pub size: u64,
    pub number: u64,
    pub links: u64,
    pub times: Times,
}

/// When a file was read, written and changed in any way, in nanoseconds since 1970; 0 for what was before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    pub accessed: u64,
    pub modified: u64,
    pub changed: u64,
}

/// Only files and folders are ever opened: a pipe would hold a thread until somebody writes to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    Other,
}

impl Kind {
    pub fn may_be_opened(self) -> bool {
        matches!(self, Kind::File | Kind::Folder)
    }
}

impl From<FileType> for Kind {
    fn from(kind: FileType) -> Kind {
        if kind.is_file() {
            Kind::File
        } else if kind.is_dir() {
            Kind::Folder
        } else if kind.is_symlink() {
            Kind::Link
        } else {
            Kind::Other
        }
    }
}

/// Looks at a path inside a folder, never outside of it.
///
/// # Errors
///
/// Where there is nothing to see.
pub(crate) fn status_of(folder: &Dir, path: &Path, follow: bool) -> io::Result<Status> {
    let metadata = if follow { folder.metadata(path) } else { folder.symlink_metadata(path) };
    metadata.map(|metadata| status(&metadata))
}

/// What a symbolic link says, if it leads to a place below the folder that it lies in.
///
/// # Errors
///
/// Where there is no link, and where it says an absolute path.
pub(crate) fn link_of(folder: &Dir, path: &Path) -> io::Result<PathBuf> {
    folder.read_link(path)
}

fn status(metadata: &Metadata) -> Status {
    Status {
        kind: metadata.file_type().into(),
        size: metadata.len(),
        number: metadata.ino(),
        links: metadata.nlink(),
        times: Times {
            accessed: nanoseconds(metadata.atime(), metadata.atime_nsec()),
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
        },
    }
}

fn nanoseconds(seconds: i64, rest: i64) -> u64 {
    let seconds = u64::try_from(seconds).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(rest).unwrap_or(0))
}
