//! The host's folders: what is mounted into a VM, how much may be written there, and where sessions are
//! kept on disk.

mod disk;
mod entries;
mod file_lock;
mod folder;
mod host_disk;
mod mode;
mod mount;
mod owner;
mod quota;
mod state_dir;
mod state_file;
mod state_lock;
mod status;
mod steps;
mod whole;

pub use disk::{Disk, Found, Locking, NewFile};

pub(crate) use entries::{Entries, Entry};
pub(crate) use file_lock::{FileLock, Hold};
pub(crate) use folder::{EntryKind, Folder};
pub use mount::{Access, Mount};
pub(crate) use mount::{Mounted, check_clashes, check_guest_path};
pub(crate) use quota::{DiskUse, FileId};
pub use state_dir::{Listing, StateDir, StoredSession};
pub(crate) use status::{Kind, Status, link_of, status_of};
pub use steps::Steps;
pub(crate) use whole::{read_bounded, write_whole};
