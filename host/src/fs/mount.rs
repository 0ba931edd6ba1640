//! A host folder that a VM can see at a path of its own.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::error::{Error, ErrorKind, Result};

use super::file_lock::FileLock;
use super::folder::Folder;

/// Longest guest path, in bytes.
const MAX_GUEST_PATH: usize = 1024;

/// What a VM may do with a mounted folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Look and read.
    ReadOnly,
    /// Also create, write, rename and remove, within the disk limits of [`Limits`](crate::Limits).
    ReadWrite,
}

/// The folder of a mount, open.
pub(crate) type Mounted = Dir;

/// A host folder that a VM can see at a path of its own.
///
/// The folder is opened here, once: what is put in its place later is not seen. Nothing outside it can
/// be reached through it, symbolic links included.
///
/// ```
/// use bioxen_lua::{Access, Mount};
/// let folder = tempfile::tempdir()?;
/// let mount = Mount::read_only(folder.path(), "/data")?;
/// assert_eq!((mount.guest(), mount.access()), ("/data", Access::ReadOnly));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Mount {
    host: PathBuf,
    guest: String,
    access: Access,
    folder: Arc<Dir>,
    /// Held as long as a VM may see the folder: nobody removes it meanwhile.
    #[expect(dead_code, reason = "it is there to be held")]
    lease: Option<Arc<FileLock>>,
}

impl Mount {
    /// A folder to read from.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when the folder does not exist, [`ErrorKind::Storage`] when it cannot be
    /// opened, and [`ErrorKind::InvalidConfig`] when the guest path is not absolute and plain.
    pub fn read_only(host: impl AsRef<Path>, guest: &str) -> Result<Mount> {
        Mount::new(host.as_ref(), guest, Access::ReadOnly)
    }

    /// A folder to read from and write to, within the disk limits of [`Limits`](crate::Limits).
    ///
    /// # Errors
    ///
    /// As [`Mount::read_only`].
    pub fn read_write(host: impl AsRef<Path>, guest: &str) -> Result<Mount> {
        Mount::new(host.as_ref(), guest, Access::ReadWrite)
    }

    fn new(host: &Path, guest: &str, access: Access) -> Result<Mount> {
        check_guest_path(guest)?;
        let folder = Dir::open_ambient_dir(host, ambient_authority()).map_err(|error| {
            let kind = match error.kind() {
                std::io::ErrorKind::NotFound => ErrorKind::NotFound,
                _ => ErrorKind::Storage,
            };
            Error::new(
                kind,
                format!("cannot mount `{}`: {error}; expected a folder that exists", host.display()),
            )
            .with_source(error)
        })?;
        let folder = Arc::new(folder);
        Ok(Mount { host: host.to_path_buf(), guest: guest.to_string(), access, folder, lease: None })
    }

    /// A folder that is open already, to read from, with a lock that keeps it from being removed.
    pub(crate) fn leased(folder: &Folder, guest: &str, lease: Arc<FileLock>) -> Result<Mount> {
        check_guest_path(guest)?;
        Ok(Mount {
            host: folder.path().to_path_buf(),
            guest: guest.to_string(),
            access: Access::ReadOnly,
            folder: folder.dir().clone(),
            lease: Some(lease),
        })
    }

    /// The folder on the host.
    pub fn host(&self) -> &Path {
        &self.host
    }

    /// Where the VM sees it: an absolute path.
    pub fn guest(&self) -> &str {
        &self.guest
    }

    /// What the VM may do with it.
    pub fn access(&self) -> Access {
        self.access
    }

    pub(crate) fn folder(&self) -> &Arc<Dir> {
        &self.folder
    }

    /// A path that opens the folder that was opened when the mount was made, whatever stands at its old
    /// path now.
    #[cfg(target_os = "linux")]
    pub(crate) fn reopen_path(&self) -> PathBuf {
        use std::os::fd::AsRawFd;
        PathBuf::from(format!("/proc/self/fd/{}", self.folder.as_raw_fd()))
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn reopen_path(&self) -> PathBuf {
        self.host.clone()
    }
}

impl fmt::Debug for Mount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Mount({} at {}, {:?})", self.host.display(), self.guest, self.access)
    }
}

/// Absolute, no empty, `.` or `..` parts, no control characters: `/`, `/data`, `/a/b`.
pub(crate) fn check_guest_path(guest: &str) -> Result<()> {
    let plain =
        |part: &str| !part.is_empty() && part != "." && part != ".." && !part.chars().any(char::is_control);
    let valid = guest.len() <= MAX_GUEST_PATH
        && guest.strip_prefix('/').is_some_and(|rest| rest.is_empty() || rest.split('/').all(plain));
    if valid {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidConfig,
        format!(
            "guest path {guest:?}: expected an absolute path without `.`, `..` or empty parts, such as `/data`"
        ),
    ))
}

/// Refuses two mounts at one guest path.
pub(crate) fn check_clashes(mounts: &[Mount]) -> Result<()> {
    for (at, mount) in mounts.iter().enumerate() {
        if mounts[..at].iter().any(|other| other.guest == mount.guest) {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                format!(
                    "guest path `{}` is mounted twice: expected a path of its own for each mount",
                    mount.guest
                ),
            ));
        }
    }
    Ok(())
}
