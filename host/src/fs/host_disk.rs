//! A folder on the host's disk.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, OpenOptions};

use super::disk::{Disk, Found, Locking, NewFile};
use super::owner;
use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;

/// Held locked while the folder is in use. It is never removed: two processes could then each hold the
/// lock of a file of that name.
pub(super) const LOCK: &str = "lock";
/// Longest text about a holder that is read, in bytes.
const MAX_HOLDER: u64 = 256;

/// A folder on the host's disk, opened once: what is put at its path later is not seen.
pub(super) struct HostDisk {
    path: PathBuf,
    folder: Dir,
    /// The folder once more, opened so that it can be synced.
    itself: File,
}

impl HostDisk {
    /// Opens a folder, or makes it, with those above it that are missing.
    pub fn open(path: &Path) -> Result<HostDisk> {
        HostDisk::prepare(path)
            .map_err(|error| {
                let message = format!(
                    "cannot use `{}` for states: {error}; expected a folder of your own that can be written",
                    path.display()
                );
                Error::new(ErrorKind::Storage, message).with_source(error)
            })
            .and_then(HostDisk::checked)
    }

    fn prepare(path: &Path) -> io::Result<HostDisk> {
        make_folders(path)?;
        let folder = Dir::open_ambient_dir(path, ambient_authority())?;
        let itself = folder.open(".")?;
        Ok(HostDisk { path: path.to_path_buf(), folder, itself })
    }

    fn checked(self) -> Result<HostDisk> {
        let refused = |reason| {
            Error::new(
                ErrorKind::Storage,
                format!("cannot use `{}` for states: {reason}", self.path.display()),
            )
        };
        let metadata =
            self.itself.metadata().map_err(|error| refused(error.to_string()).with_source(error))?;
        match owner::refuse(&metadata) {
            Some(reason) => Err(refused(reason)),
            None => Ok(self),
        }
    }

    /// Whether a name is that of a file. Looked at before it is opened: opening a pipe would wait.
    fn is_file(&self, name: &str) -> io::Result<bool> {
        Ok(self.folder.symlink_metadata(name)?.is_file())
    }

    fn lock_file(&self) -> io::Result<fs::File> {
        match self.is_file(LOCK) {
            Ok(true) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Ok(false) => return Err(io::Error::other(format!("`{LOCK}` in it is no file; remove it"))),
            Err(error) => return Err(error),
        }
        let mut options = owner_only();
        options.read(true).write(true).create(true);
        Ok(self.folder.open_with(LOCK, &options)?.into_std())
    }
}

impl Disk for HostDisk {
    fn shown(&self) -> String {
        self.path.display().to_string()
    }

    fn lock(&self) -> io::Result<Locking> {
        let mut file = self.lock_file()?;
        match file.try_lock() {
            Ok(()) => {
                // The lock holds without it: on a full disk its holder goes unnamed, and states can
                // still be read and removed.
                let _ = sign(&mut file);
                Ok(Locking::Held(Box::new(Held(file))))
            }
            Err(TryLockError::WouldBlock) => Ok(Locking::Other { holder: signed(&mut file) }),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn NewFile>> {
        let mut options = owner_only();
        options.write(true).create_new(true);
        Ok(Box::new(self.folder.open_with(name, &options)?.into_std()))
    }

    fn open(&self, name: &str) -> io::Result<Found> {
        if !self.is_file(name)? {
            return Ok(Found::NoFile);
        }
        let file = self.folder.open(name)?.into_std();
        Ok(Found::File { size: file.metadata()?.len(), content: Box::new(file) })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.folder.rename(from, &self.folder, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.folder.remove_file(name)
    }

    fn list(&self) -> io::Result<Vec<OsString>> {
        self.folder.entries()?.map(|entry| Ok(entry?.file_name())).collect()
    }

    fn sync(&self) -> io::Result<()> {
        self.itself.sync_all()
    }
}

/// A lock file that this process has locked.
struct Held(fs::File);

impl Drop for Held {
    /// Closing it is not enough: a process that another thread starts just now has the file open until
    /// it becomes its program. If it fails, closing is what remains.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

impl NewFile for fs::File {
    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

/// For files that nobody but their owner may read.
fn owner_only() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    cap_std::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes a folder and those above it, and puts their names on the disk.
fn make_folders(path: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = path.ancestors().take_while(|folder| !exists(folder)).collect();
    for folder in missing.into_iter().rev() {
        match builder().create(folder) {
            // Another process makes the same folder now.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => made?,
        }
        sync_folder(parent(folder))?;
    }
    Ok(())
}

fn exists(folder: &Path) -> bool {
    // What cannot be looked at is there in some way: opening it says what is wrong.
    folder.as_os_str().is_empty() || folder.try_exists().unwrap_or(true)
}

fn parent(folder: &Path) -> &Path {
    folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn builder() -> DirBuilder {
    #[allow(unused_mut)]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

/// Writes into the lock who holds it.
fn sign(file: &mut fs::File) -> io::Result<()> {
    file.set_len(0)?;
    file.write_all(own_name().as_bytes())
}

/// What the holder of a lock wrote into it, on one line whatever it is.
fn signed(file: &mut fs::File) -> String {
    let mut text = Vec::new();
    // Without a name the message is poorer; that the lock is taken is known anyway.
    let _ = file.rewind().and_then(|()| file.take(MAX_HOLDER).read_to_end(&mut text));
    String::from_utf8_lossy(&text).trim().escape_debug().to_string()
}

fn own_name() -> String {
    let id = std::process::id();
    // The link is Linux's; elsewhere the number has to do.
    let program = fs::read_link("/proc/self/exe").ok();
    let program = program.as_deref().and_then(Path::file_name);
    program.map_or_else(|| id.to_string(), |program| format!("{id} ({})", program.display()))
}
