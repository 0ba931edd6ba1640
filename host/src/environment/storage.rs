//! What the disk says, in this library's words.

use std::io;
use std::path::Path;

use crate::error::Error;
use crate::error::ErrorKind;
use crate::fs::Folder;

/// An error of the disk while something was done to a path in a folder.
pub(super) fn refused(action: &str, folder: &Folder, relative: &str, error: io::Error) -> Error {
    let place = folder.path().join(relative).display().to_string();
    let place = place.trim_end_matches('/');
    Error::new(ErrorKind::Storage, format!("cannot {action} `{place}`: {error}")).with_source(error)
}

/// A path of the host that cannot be used.
pub(super) fn unusable(path: &Path, error: io::Error) -> Error {
    let message = format!(
        "cannot keep environments in `{}`: {error}; expected a folder that can be written",
        path.display()
    );
    Error::new(ErrorKind::Storage, message).with_source(error)
}

/// A file that holds what nobody wrote.
pub(super) fn corrupt(folder: &Folder, relative: &str, reason: &str) -> Error {
    let place = folder.path().join(relative);
    Error::new(
        ErrorKind::StoreCorrupt,
        format!("`{}` is damaged: {reason}; remove the environment and make it anew", place.display()),
    )
}
