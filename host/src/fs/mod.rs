//! The host's folders: what is mounted into a VM, how much may be written there, and where sessions are
//! kept on disk.

mod disk;
mod entries;
mod host_disk;
mod mount;
mod owner;
mod quota;
mod state_dir;
mod state_file;
mod state_lock;
mod status;
mod whole;

pub use disk::{Disk, Found, Locking, NewFile};

pub(crate) use entries::{Entries, Entry};
pub use mount::{Access, Mount};
pub(crate) use mount::{Mounted, check_clashes};
pub(crate) use quota::{DiskUse, FileId};
pub use state_dir::{Listing, StateDir, StoredSession};
pub(crate) use status::{Kind, Status, link_of, status_of};
pub(crate) use whole::{read_bounded, write_whole};
