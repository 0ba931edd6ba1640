//! The host's folders: what is mounted into a VM, and how much may be written there.

mod mount;
mod quota;
mod status;
mod whole;

pub(crate) use mount::check_clashes;
pub use mount::{Access, Mount};
pub(crate) use quota::{DiskUse, FileId};
pub(crate) use status::{Kind, Status, status_of};
pub(crate) use whole::{read_bounded, write_whole};
