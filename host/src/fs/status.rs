//! What stands at a path of a mounted folder.

use std::path::Path;

use cap_std::fs::{Dir, Metadata, MetadataExt};

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Status {
    pub kind: Kind,
    pub size: u64,
    pub number: u64,
    pub links: u64,
}

/// Only files and folders are ever opened: a pipe would hold a thread until somebody writes to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    Other,
}

/// Looks at a path inside a folder, never outside of it. Nothing where there is nothing to see.
pub(crate) fn status_of(folder: &Dir, path: &Path, follow: bool) -> Option<Status> {
    let metadata = if follow { folder.metadata(path) } else { folder.symlink_metadata(path) };
    metadata.ok().map(|metadata| status(&metadata))
}

fn status(metadata: &Metadata) -> Status {
    let kind = if metadata.is_file() {
        Kind::File
    } else if metadata.is_dir() {
        Kind::Folder
    } else {
        Kind::Other
    };
    Status { kind, size: metadata.len(), number: metadata.ino(), links: metadata.nlink() }
}
