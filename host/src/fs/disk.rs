//! What a folder of states needs of a disk. One implementation is the host's; the tests have another
//! one, which fails and forgets.

use std::ffi::OsString;
use std::io::{self, Read, Write};

/// One folder on a disk. Names are single parts of paths, never paths.
pub trait Disk: Send + Sync {
    /// The folder, for messages.
    fn shown(&self) -> String;

    /// Takes the lock of this folder until what is returned is dropped or the process ends, and says in
    /// it who holds it. Does not wait.
    ///
    /// # Errors
    ///
    /// The lock file cannot be written.
    fn lock(&self) -> io::Result<Locking>;

    /// Makes a file that is not there yet, for its owner alone.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AlreadyExists`], or what the disk says.
    fn create(&self, name: &str) -> io::Result<Box<dyn NewFile>>;

    /// Opens a file to read it. Follows no link, and waits for no pipe.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotFound`], or what the disk says.
    fn open(&self, name: &str) -> io::Result<Found>;

    /// Gives a file another name, in place of what had that name.
    ///
    /// # Errors
    ///
    /// What the disk says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file or a link.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotFound`], or what the disk says.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// All names in the folder, in no order.
    ///
    /// # Errors
    ///
    /// What the disk says.
    fn list(&self) -> io::Result<Vec<OsString>>;

    /// Waits until names made, changed and removed before are on the disk.
    ///
    /// # Errors
    ///
    /// What the disk says. None of those names can be relied on then.
    fn sync(&self) -> io::Result<()>;
}

/// A file that is being written.
pub trait NewFile: Write + Send {
    /// Waits until what was written before is on the disk.
    ///
    /// # Errors
    ///
    /// What the disk says. The file is worthless then: a second call may succeed although the bytes are
    /// lost, because the system forgets them with the error.
    fn sync(&mut self) -> io::Result<()>;
}

/// What has a name.
pub enum Found {
    /// A file.
    File {
        /// Its length, in bytes.
        size: u64,
        /// Its content.
        content: Box<dyn Read + Send>,
    },
    /// A link, a folder, a pipe, a device: nothing that a state was written to.
    NoFile,
}

/// Whose a lock is.
pub enum Locking {
    /// The caller's, until this is dropped.
    Held(Box<dyn Send + Sync>),
    /// Somebody else's.
    Other {
        /// What that process says of itself; empty when it has said nothing yet.
        holder: String,
    },
}
