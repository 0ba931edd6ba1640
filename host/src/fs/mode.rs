//! Who may do what with files and folders that are made here.

use std::io;
use std::path::Path;

use cap_std::fs::{Dir, OpenOptions};

/// Mode of files that others may read: packages are no secret.
pub(super) const PUBLIC: u32 = 0o644;
/// Mode of files that only their owner may read: settings may hold secrets.
pub(super) const PRIVATE: u32 = 0o600;
/// Mode of files that nobody changes any more.
pub(super) const READ_ONLY: u32 = 0o444;
/// Mode of folders.
pub(super) const FOLDER: u32 = 0o755;

/// For a file that is not there yet.
pub(super) fn new_file(mode: u32) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true); // so no link is followed
    mode_of(&mut options, mode);
    options
}

/// Says what a file may that is made.
#[cfg(unix)]
pub(super) fn mode_of(options: &mut OpenOptions, mode: u32) {
    cap_std::fs::OpenOptionsExt::mode(options, mode);
}

#[cfg(not(unix))]
pub(super) fn mode_of(_: &mut OpenOptions, _: u32) {}

/// Says what a file or folder may that is there.
#[cfg(unix)]
pub(super) fn set_mode(dir: &Dir, path: &Path, mode: u32) -> io::Result<()> {
    use cap_std::fs::{Permissions, PermissionsExt};
    dir.set_permissions(path, Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(super) fn set_mode(dir: &Dir, path: &Path, mode: u32) -> io::Result<()> {
    let mut permissions = dir.metadata(path)?.permissions();
    permissions.set_readonly(mode == READ_ONLY);
    dir.set_permissions(path, permissions)
}

/// For a folder that is not there yet.
pub(super) fn folder_builder() -> cap_std::fs::DirBuilder {
    #[allow(unused_mut)]
    let mut builder = cap_std::fs::DirBuilder::new();
    #[cfg(unix)]
    cap_std::fs::DirBuilderExt::mode(&mut builder, FOLDER);
    builder
}
