//! A whole Lua state as a value, and as bytes.

pub(crate) mod format;

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::fs::{read_bounded, write_whole};
use crate::guest::{Base, Lasting, Pages};
use crate::id::TenantId;

pub(crate) use format::guest_digest;

use format::Header;

/// The Lua state of a VM between two calls: every variable, function, coroutine and string. Cheap to
/// clone.
///
/// A snapshot belongs to the guest that made it, which [`Engine::guest_digest`] names: no other can read
/// it. Open files, limits and rights are no part of it.
///
/// ```
/// use bioxen_lua::{Engine, Snapshot, Vm, VmConfig};
/// let engine = Engine::new()?;
/// let mut vm = Vm::new(&engine, VmConfig::default())?;
/// vm.exec("reads = 0; function count() reads = reads + 1; return reads end; count()").wait()?;
/// let bytes = vm.snapshot().wait()?.to_bytes();
///
/// let snapshot = Snapshot::from_bytes(&engine, &bytes)?;
/// let mut copy = Vm::from_snapshot(&engine, &snapshot, VmConfig::default())?;
/// assert_eq!(copy.call("count", ()).wait()?.value::<i64>()?, 2);
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Clone)]
pub struct Snapshot(Arc<Inner>);

struct Inner {
    base: Arc<Base>,
    header: Header,
    content: Content,
}

enum Content {
    Pages(Pages),
    /// As they were read, to be unpacked under the limits of the VM that takes them.
    Packed(Vec<u8>),
}

impl Snapshot {
    pub(crate) fn new(
        base: Arc<Base>,
        pages: Pages,
        lasting: &Lasting,
        tenant: Option<TenantId>,
    ) -> Snapshot {
        let header = Header::of(&base, &pages, lasting, tenant);
        Snapshot(Arc::new(Inner { base, header, content: Content::Pages(pages) }))
    }

    /// The snapshot as bytes, compressed, with a header and a hash. [`Snapshot::from_bytes`] reads them, in
    /// any process with the same guest.
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.0.content {
            Content::Pages(pages) => format::encode(&self.0.header, &format::pack(&self.0.base, pages)),
            Content::Packed(body) => format::encode(&self.0.header, body),
        }
    }

    /// Reads a snapshot. Nothing of it is unpacked before a VM takes it, under that VM's limits.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SnapshotDamaged`], [`ErrorKind::SnapshotVersion`] and [`ErrorKind::SnapshotGuest`], the
    /// last two naming the version that wrote it.
    pub fn from_bytes(engine: &Engine, bytes: &[u8]) -> Result<Snapshot> {
        let base = engine.image().base.clone();
        let (header, body) = format::decode(&base, bytes)?;
        Ok(Snapshot(Arc::new(Inner { base, header, content: Content::Packed(body.to_vec()) })))
    }

    /// Writes the snapshot to a file, whole or not at all: into a temporary file beside it, which then takes
    /// its place. Only its owner may read it. When this returns, it is on disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`]; a file that was there is then as before.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        write_whole(path, &self.to_bytes()).map_err(|error| {
            Error::new(ErrorKind::Storage, format!("cannot write the snapshot `{}`: {error}", path.display()))
                .with_source(error)
        })
    }

    /// Reads a snapshot from a file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], [`ErrorKind::Storage`] for what is no regular file or larger than the engine's
    /// [`max_memory`](crate::EngineConfig::max_memory), and those of [`Snapshot::from_bytes`].
    pub fn load(engine: &Engine, path: impl AsRef<Path>) -> Result<Snapshot> {
        let path = path.as_ref();
        let bytes = read_bounded(path, engine.config().max_memory).map_err(|error| {
            let kind = match error.kind() {
                std::io::ErrorKind::NotFound => ErrorKind::NotFound,
                _ => ErrorKind::Storage,
            };
            Error::new(kind, format!("cannot read the snapshot `{}`: {error}", path.display()))
                .with_source(error)
        })?;
        Snapshot::from_bytes(engine, &bytes)
    }

    /// Bytes of memory that a VM needs to take it; what its exceptions need comes on top.
    pub fn memory(&self) -> u64 {
        self.0.header.memory
    }

    /// Whose it is: only a VM of the same tenant takes it.
    pub fn tenant(&self) -> Option<&TenantId> {
        self.0.header.tenant.as_ref()
    }

    pub(crate) fn lasting(&self) -> Lasting {
        self.0.header.lasting()
    }

    pub(crate) fn check_owner(&self, tenant: Option<&TenantId>) -> Result<()> {
        match self.tenant() {
            Some(owner) if tenant != Some(owner) => Err(Error::new(
                ErrorKind::SnapshotOwner,
                format!("the snapshot is of tenant `{owner}`: expected a VM of the same tenant"),
            )),
            _ => Ok(()),
        }
    }

    /// The pages, for a VM of an engine with this base that may use so many bytes of memory.
    pub(crate) fn unpack(&self, base: &Base, most: u64) -> Result<Cow<'_, Pages>> {
        self.0.header.check_memory(most)?;
        match &self.0.content {
            Content::Pages(pages) => Ok(Cow::Borrowed(pages)),
            Content::Packed(body) => format::unpack(base, &self.0.header, body).map(Cow::Owned),
        }
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Snapshot({} bytes of memory, {} pages)", self.memory(), self.0.header.page_count)
    }
}
