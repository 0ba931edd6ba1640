//! Files of a guest. Each call is checked and counted here, then passed on to wasmtime-wasi, which
//! keeps every path inside its folder. The guest's handles are ours: they are never used twice, so a
//! stale one names nothing.

mod folders;

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p1::wasi_snapshot_preview1::{self as wasi, WasiSnapshotPreview1};
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};
use wiggle::GuestMemory;

use crate::config::Setup;
use crate::fs::{Access, DiskUse, FileId, Kind, Mounted, Status, status_of};
use crate::runtime::{Auxiliary, Share};

use self::folders::OpenFolder;
use super::memory::{FAULT, read_u32, slice, write_u32};

/// Handles 0 to 2 are the standard streams; the mounts follow.
const FIRST_MOUNT: u32 = 3;

/// Handles of files begin far behind any number of mounts: a VM that is restored with more of them has
/// none at the number of a file that was open.
const FIRST_FILE: u32 = 1 << 16;

/// Bytes that one call may make wasmtime-wasi copy out of the guest.
const COPIED: usize = 1 << 21;

const MAX_PATH: u32 = 4096;

/// Fuel for a byte of a folder's entries. They take some 40 bytes each, and about as long as a fifth of a
/// call into the host.
const ENTRY_FUEL: u64 = 10;

mod errno {
    pub const SUCCESS: i32 = 0;
    pub const ACCESS: i32 = 2;
    pub const BAD_HANDLE: i32 = 8;
    pub const BAD_SEQUENCE: i32 = 25;
    pub const INVALID: i32 = 28;
    pub const LINK_LOOP: i32 = 32;
    pub const TOO_MANY_OPEN: i32 = 33;
    pub const NAME_TOO_LONG: i32 = 37;
    pub const IO: i32 = 29;
    pub const NO_ENTRY: i32 = 44;
    pub const NO_SPACE: i32 = 51;
    pub const NO_FOLDER: i32 = 54;
    pub const NOT_SUPPORTED: i32 = 58;
    pub const NOT_PERMITTED: i32 = 63;
    pub const READ_ONLY: i32 = 69;
    pub const CROSS_DEVICE: i32 = 75;
}

/// Bits of `path_open`'s flags and rights.
const LOOKUP_FOLLOW: u32 = 1;
const OPEN_CREATE: u32 = 1;
const OPEN_TRUNCATE: u32 = 8;
const RIGHT_WRITE: u64 = 1 << 6;
const FLAG_APPEND: u32 = 1;

/// A call as the guest made it: handles, addresses and sizes, none of them checked yet.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FileCall {
    Close { handle: u32 },
    Describe { handle: u32, result: u32 },
    SetFlags { handle: u32, flags: u32 },
    Prestat { handle: u32, result: u32 },
    PrestatName { handle: u32, path: u32, size: u32 },
    Read { handle: u32, part: u32, size: u32, result: u32 },
    Write { handle: u32, parts: u32, count: u32, size: u64, result: u32 },
    Seek { handle: u32, offset: i64, whence: u32, result: u32 },
    Open(Open),
    Rename { from_folder: u32, from: u32, from_size: u32, to_folder: u32, to: u32, to_size: u32 },
    Unlink { folder: u32, path: u32, size: u32 },
    RemoveFolder { folder: u32, path: u32, size: u32 },
    CreateFolder { folder: u32, path: u32, size: u32 },
    ReadFolder { handle: u32, address: u32, size: u32, from: u64, result: u32 },
    Status { folder: u32, lookup: u32, path: u32, size: u32, result: u32 },
    SetTimes(SetTimes),
    ReadLink { folder: u32, path: u32, size: u32, address: u32, room: u32, result: u32 },
}

/// Parameters of `path_filestat_set_times`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SetTimes {
    pub folder: u32,
    pub lookup: u32,
    pub path: u32,
    pub size: u32,
    pub accessed: u64,
    pub modified: u64,
    pub flags: u32,
}

/// Parameters of `path_open`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Open {
    pub folder: u32,
    pub lookup: u32,
    pub path: u32,
    pub size: u32,
    pub open: u32,
    pub rights: u64,
    pub inheriting: u64,
    pub flags: u32,
    pub result: u32,
}

impl FileCall {
    /// What the call costs in fuel, beside that of any call: a unit for each byte that crosses, mostly.
    pub fn cost(&self) -> u64 {
        match *self {
            FileCall::Read { size, .. } => u64::from(size),
            FileCall::Write { size, .. } => size,
            FileCall::ReadFolder { size, .. } => u64::from(size) * ENTRY_FUEL,
            _ => 0,
        }
    }
}

/// The open files of one instance.
pub(crate) struct Files {
    context: WasiP1Ctx,
    mounts: u32,
    handles: HashMap<u32, Handle>,
    /// Those of the handles that are folders.
    folders: HashMap<u32, OpenFolder>,
}

#[derive(Debug, Clone, Copy)]
struct Handle {
    /// wasmtime-wasi's number for it.
    inner: u32,
    /// Set for files of read-write mounts, those that are only read included: a file that is removed
    /// takes up its space until the last handle is closed.
    counted: Option<Counted>,
}

#[derive(Debug, Clone, Copy)]
struct Counted {
    id: FileId,
    append: bool,
}

/// What a call needs beside the files themselves.
pub(crate) struct Surroundings<'a> {
    pub memory: &'a mut [u8],
    pub setup: &'a Setup,
    pub auxiliary: &'a Auxiliary,
    pub disk: &'a mut DiskUse,
    pub next_handle: &'a mut u32,
}

impl Files {
    /// Opens the mounts. `next_handle` moves past them.
    pub fn open(setup: &Setup, next_handle: &mut u32) -> wasmtime::Result<Files> {
        let mut builder = WasiCtxBuilder::new();
        for mount in &setup.config.mounts {
            let permissions = match mount.access() {
                Access::ReadOnly => FsPerms::ReadOnly,
                Access::ReadWrite => FsPerms::ReadWrite,
            };
            builder.preopened_dir(mount.reopen_path(), mount.guest(), permissions)?;
        }
        let mounts = setup.config.mounts.len() as u32;
        *next_handle = (*next_handle).max(FIRST_FILE);
        Ok(Files { context: builder.build_p1(), mounts, handles: HashMap::new(), folders: HashMap::new() })
    }

    /// Performs a call and gives its errno; an error ends the guest.
    pub async fn perform(&mut self, call: FileCall, around: Surroundings<'_>) -> wasmtime::Result<i32> {
        self.context.set_hostcall_fuel(COPIED);
        match call {
            FileCall::Open(open) => self.open_file(open, around).await,
            FileCall::Write { handle, parts, count, size, result } => {
                self.write(handle, (parts, count, result), size, around).await
            }
            FileCall::Close { handle } => self.close(handle, around).await,
            FileCall::Rename { .. } => self.rename(call, around).await,
            FileCall::Unlink { .. } | FileCall::RemoveFolder { .. } => self.remove(call, around).await,
            FileCall::CreateFolder { folder, path, size } => {
                self.create_folder((folder, path, size), around).await
            }
            FileCall::ReadFolder { handle, address, size, from, result } => {
                Ok(self.read_folder(handle, (address, size), from, result, around).await)
            }
            FileCall::Status { folder, lookup, path, size, result } => {
                Ok(self.status(folder, lookup, (path, size), result, around).await)
            }
            FileCall::SetTimes(call) => self.set_times(call, around).await,
            FileCall::ReadLink { folder, path, size, address, room, result } => {
                Ok(self.read_link(folder, (path, size), (address, room), result, around).await)
            }
            other => self.pass_on(other, around.memory).await,
        }
    }

    fn is_mount(&self, handle: u32) -> bool {
        (FIRST_MOUNT..FIRST_MOUNT + self.mounts).contains(&handle)
    }

    /// wasmtime-wasi's number for a handle; mounts have the same.
    fn inner(&self, handle: u32) -> Option<u32> {
        if self.is_mount(handle) {
            return Some(handle);
        }
        self.handles.get(&handle).map(|handle| handle.inner)
    }

    /// The calls that need no check but that of the handle.
    async fn pass_on(&mut self, call: FileCall, memory: &mut [u8]) -> wasmtime::Result<i32> {
        let (FileCall::Describe { handle, .. }
        | FileCall::SetFlags { handle, .. }
        | FileCall::Prestat { handle, .. }
        | FileCall::PrestatName { handle, .. }
        | FileCall::Read { handle, .. }
        | FileCall::Seek { handle, .. }) = call
        else {
            return Ok(errno::BAD_HANDLE);
        };
        let Some(inner) = self.inner(handle) else { return Ok(errno::BAD_HANDLE) };
        let counted = self.handles.get(&handle).is_some_and(|handle| handle.counted.is_some());
        if counted && matches!(call, FileCall::SetFlags { .. }) {
            return Ok(errno::NOT_SUPPORTED); // whether it appends decides what a write costs
        }
        let context = &mut self.context;
        let memory = &mut GuestMemory::Unshared(memory);
        let inner = inner as i32;
        match call {
            FileCall::Describe { result, .. } => {
                wasi::fd_fdstat_get(context, memory, inner, result as i32).await
            }
            FileCall::SetFlags { flags, .. } => {
                wasi::fd_fdstat_set_flags(context, memory, inner, flags as i32)
            }
            FileCall::Prestat { result, .. } => wasi::fd_prestat_get(context, memory, inner, result as i32),
            FileCall::PrestatName { path, size, .. } => {
                wasi::fd_prestat_dir_name(context, memory, inner, path as i32, size as i32)
            }
            FileCall::Read { part, result, .. } => {
                wasi::fd_read(context, memory, inner, part as i32, 1, result as i32).await
            }
            FileCall::Seek { offset, whence, result, .. } => {
                wasi::fd_seek(context, memory, inner, offset, whence as i32, result as i32).await
            }
            _ => Ok(errno::BAD_HANDLE),
        }
    }

    /// The mount behind a folder handle, if the guest may change it.
    fn writable(&self, folder: u32, setup: &Setup) -> Result<usize, i32> {
        let mount = self.mount(folder)?;
        match setup.config.mounts[mount].access() {
            Access::ReadWrite => Ok(mount),
            Access::ReadOnly => Err(errno::READ_ONLY),
        }
    }

    /// Paths start at mounts only: the guest's C library knows no other folders.
    fn mount(&self, folder: u32) -> Result<usize, i32> {
        if self.is_mount(folder) { Ok((folder - FIRST_MOUNT) as usize) } else { Err(errno::BAD_HANDLE) }
    }

    async fn open_file(&mut self, call: Open, around: Surroundings<'_>) -> wasmtime::Result<i32> {
        let plan = match self.plan(&call, &around).await {
            Ok(plan) => plan,
            Err(errno) => return Ok(errno),
        };
        let adds = plan.before.is_none() && call.open & OPEN_CREATE != 0;
        if adds {
            around.disk.file_added();
        }
        let errno = wasi::path_open(
            &mut self.context,
            &mut GuestMemory::Unshared(around.memory),
            call.folder as i32,
            call.lookup as i32,
            call.path as i32,
            call.size as i32,
            call.open as i32,
            call.rights as i64,
            call.inheriting as i64,
            call.flags as i32,
            call.result as i32,
        )
        .await?;
        if errno != errno::SUCCESS {
            if adds {
                around.disk.name_removed();
            }
            return Ok(errno);
        }
        let counted = match count_opened(&call, &plan, around.setup, around.auxiliary, around.disk).await {
            Ok(counted) => counted,
            Err(errno) => {
                // Somebody else changes the folder meanwhile: what cannot be counted is not handed out.
                let inner = read_u32(around.memory, call.result).unwrap_or(u32::MAX);
                wasi::fd_close(&mut self.context, &mut GuestMemory::Unshared(around.memory), inner as i32)
                    .await?;
                return Ok(errno);
            }
        };
        self.hand_out(&call, plan, counted, around)
    }

    /// Decides whether a file may be opened, before anything happens to it: one that is opened and then has
    /// no handle would stay open as long as the instance.
    async fn plan(&mut self, call: &Open, around: &Surroundings<'_>) -> Result<Plan, i32> {
        let limits = &around.setup.config.limits;
        let creates = call.open & OPEN_CREATE != 0;
        let writes = call.rights & RIGHT_WRITE != 0 || creates || call.open & OPEN_TRUNCATE != 0;
        let mount = if writes { self.writable(call.folder, around.setup)? } else { self.mount(call.folder)? };
        let too_many = limits.open_files.is_some_and(|limit| self.handles.len() as u64 >= limit);
        if too_many || behind(*around.next_handle).is_none() {
            return Err(errno::TOO_MANY_OPEN);
        }
        if slice(around.memory, call.result, 4).is_none() {
            return Err(FAULT);
        }
        let path = path_at(around.memory, call.path, call.size)?;
        let follow = call.lookup & LOOKUP_FOLLOW != 0;
        let before = look(around.setup, around.auxiliary, mount, path.clone(), follow).await;
        if before.is_some_and(|status| !status.kind.may_be_opened()) {
            return Err(errno::ACCESS);
        }
        if before.is_none() && creates && !around.disk.file_fits(limits.files) {
            return Err(errno::NO_SPACE);
        }
        Ok(Plan { mount, path, follow, before, writes })
    }

    fn hand_out(
        &mut self,
        call: &Open,
        plan: Plan,
        counted: Option<Counted>,
        around: Surroundings<'_>,
    ) -> wasmtime::Result<i32> {
        let Some(inner) = read_u32(around.memory, call.result) else { return Ok(FAULT) };
        let handle = *around.next_handle;
        let Some(next) = behind(handle) else { return Ok(errno::TOO_MANY_OPEN) };
        *around.next_handle = next;
        self.handles.insert(handle, Handle { inner, counted });
        if plan.before.is_some_and(|status| status.kind == Kind::Folder) {
            self.folders.insert(handle, OpenFolder::new(plan.mount, plan.path));
        }
        Ok(write_u32(around.memory, call.result, handle).map_or(FAULT, |()| errno::SUCCESS))
    }

    async fn write(
        &mut self,
        handle: u32,
        (parts, count, result): (u32, u32, u32),
        size: u64,
        around: Surroundings<'_>,
    ) -> wasmtime::Result<i32> {
        let Some(open) = self.handles.get(&handle).copied() else { return Ok(errno::BAD_HANDLE) };
        let memory = &mut GuestMemory::Unshared(around.memory);
        let start = match open.counted {
            Some(Counted { id, append: true }) => around.disk.size(id),
            _ => match self.context.fd_tell(memory, open.inner.into()) {
                Ok(position) => position,
                Err(_) => return Ok(errno::BAD_HANDLE),
            },
        };
        let limit = around.setup.config.limits.disk;
        let end = start.saturating_add(size);
        let before = open.counted.map_or(0, |file| around.disk.size(file.id));
        if let Some(Counted { id, .. }) = open.counted {
            if !around.disk.growth_fits(id, end, limit) {
                return Ok(errno::NO_SPACE);
            }
            around.disk.grown(id, end);
        }
        let errno = wasi::fd_write(
            &mut self.context,
            memory,
            open.inner as i32,
            parts as i32,
            count as i32,
            result as i32,
        )
        .await?;
        let GuestMemory::Unshared(memory) = memory else { return Ok(FAULT) };
        if let Some(Counted { id, .. }) = open.counted {
            let done = if errno == errno::SUCCESS { read_u32(memory, result).unwrap_or(0) } else { 0 };
            let end = if done == 0 { before } else { start.saturating_add(u64::from(done)) };
            around.disk.fell_short(id, before, end);
        }
        Ok(errno)
    }

    async fn close(&mut self, handle: u32, around: Surroundings<'_>) -> wasmtime::Result<i32> {
        let Some(open) = self.handles.remove(&handle) else { return Ok(errno::BAD_HANDLE) };
        self.folders.remove(&handle);
        if let Some(Counted { id, .. }) = open.counted {
            around.disk.closed(id);
        }
        wasi::fd_close(&mut self.context, &mut GuestMemory::Unshared(around.memory), open.inner as i32).await
    }

    async fn remove(&mut self, call: FileCall, around: Surroundings<'_>) -> wasmtime::Result<i32> {
        let (FileCall::Unlink { folder, path, size } | FileCall::RemoveFolder { folder, path, size }) = call
        else {
            return Ok(errno::BAD_HANDLE);
        };
        let (mount, name) = match self.changed(folder, path, size, &around) {
            Ok(found) => found,
            Err(errno) => return Ok(errno),
        };
        let before = look(around.setup, around.auxiliary, mount, name, false).await;
        let context = &mut self.context;
        let memory = &mut GuestMemory::Unshared(around.memory);
        let (folder, path, size) = (folder as i32, path as i32, size as i32);
        let errno = match call {
            FileCall::Unlink { .. } => wasi::path_unlink_file(context, memory, folder, path, size).await?,
            _ => wasi::path_remove_directory(context, memory, folder, path, size).await?,
        };
        if errno == errno::SUCCESS {
            count_removed(mount, before, around.disk);
        }
        Ok(errno)
    }

    async fn rename(&mut self, call: FileCall, around: Surroundings<'_>) -> wasmtime::Result<i32> {
        let FileCall::Rename { from_folder, from, from_size, to_folder, to, to_size } = call else {
            return Ok(errno::BAD_HANDLE);
        };
        let source = self.changed(from_folder, from, from_size, &around);
        let target = self.changed(to_folder, to, to_size, &around);
        let ((mount, old), (other, new)) = match (source, target) {
            (Ok(source), Ok(target)) => (source, target),
            (Err(errno), _) | (_, Err(errno)) => return Ok(errno),
        };
        if mount != other {
            return Ok(errno::CROSS_DEVICE);
        }
        let source = look(around.setup, around.auxiliary, mount, old, false).await;
        let replaced = look(around.setup, around.auxiliary, mount, new, false).await;
        let errno = wasi::path_rename(
            &mut self.context,
            &mut GuestMemory::Unshared(around.memory),
            from_folder as i32,
            from as i32,
            from_size as i32,
            to_folder as i32,
            to as i32,
            to_size as i32,
        )
        .await?;
        let same = source.map(|status| status.number) == replaced.map(|status| status.number);
        if errno == errno::SUCCESS && !same {
            count_removed(mount, replaced, around.disk);
        }
        Ok(errno)
    }

    /// The mount and path of a name that the guest wants to change.
    fn changed(
        &self,
        folder: u32,
        path: u32,
        size: u32,
        around: &Surroundings<'_>,
    ) -> Result<(usize, PathBuf), i32> {
        let mount = self.writable(folder, around.setup)?;
        Ok((mount, path_at(around.memory, path, size)?))
    }
}

/// What is known of a file before it is opened.
struct Plan {
    mount: usize,
    path: PathBuf,
    follow: bool,
    before: Option<Status>,
    writes: bool,
}

/// Counts a file of a read-write mount that was opened, and what opening it for writing changed.
async fn count_opened(
    call: &Open,
    plan: &Plan,
    setup: &Setup,
    auxiliary: &Auxiliary,
    disk: &mut DiskUse,
) -> Result<Option<Counted>, i32> {
    if setup.config.mounts[plan.mount].access() == Access::ReadOnly {
        return Ok(None);
    }
    let after = if plan.writes {
        look(setup, auxiliary, plan.mount, plan.path.clone(), plan.follow).await
    } else {
        plan.before
    };
    let Some(after) = after else { return Err(errno::IO) };
    if after.kind != Kind::File {
        return Ok(None);
    }
    let id = (plan.mount, after.number);
    let freed = plan.before.map_or(0, |before| before.size.saturating_sub(after.size));
    disk.opened(id, after.size, freed);
    Ok(Some(Counted { id, append: call.flags & FLAG_APPEND != 0 }))
}

/// A name is gone. A file with other names goes on.
fn count_removed(mount: usize, status: Option<Status>, disk: &mut DiskUse) {
    match status {
        Some(Status { kind: Kind::Folder, .. }) => disk.name_removed(),
        Some(status) if status.links <= 1 => disk.removed((mount, status.number), status.size),
        _ => {}
    }
}

/// The handle that follows. Handles are positive numbers in C.
fn behind(handle: u32) -> Option<u32> {
    handle.checked_add(1).filter(|next| i32::try_from(*next).is_ok())
}

fn path_at(memory: &[u8], address: u32, size: u32) -> Result<PathBuf, i32> {
    if size > MAX_PATH {
        return Err(errno::NAME_TOO_LONG);
    }
    let bytes = slice(memory, address, size).ok_or(FAULT)?;
    let path = std::str::from_utf8(bytes).map_err(|_| errno::BAD_SEQUENCE)?;
    Ok(PathBuf::from(path))
}

/// What stands at a path; nothing where there is nothing to see.
async fn look(
    setup: &Setup,
    auxiliary: &Auxiliary,
    mount: usize,
    path: PathBuf,
    follow: bool,
) -> Option<Status> {
    on_pool(setup, auxiliary, mount, move |folder| status_of(folder, &path, follow)).await.ok()
}

/// Looks at a mount's folder on the pool: file systems may be slow.
async fn on_pool<T: Send + 'static>(
    setup: &Setup,
    auxiliary: &Auxiliary,
    mount: usize,
    look: impl FnOnce(&Mounted) -> io::Result<T> + Send + 'static,
) -> Result<T, i32> {
    let folder = Arc::clone(setup.config.mounts[mount].folder());
    let result = auxiliary.run_blocking(Share::Files, move || look(&folder)).await;
    result.map_err(|_| errno::IO)?.map_err(|error| errno_of(&error))
}

/// What C calls an error of the host, in the numbers of WASI.
fn errno_of(error: &io::Error) -> i32 {
    /// Numbers of Linux that have no stable name in the standard library.
    const INVALID: i32 = 22;
    const NAME_TOO_LONG: i32 = 36;
    const LINK_LOOP: i32 = 40;
    match (error.kind(), error.raw_os_error()) {
        (io::ErrorKind::NotFound, _) => errno::NO_ENTRY,
        (io::ErrorKind::NotADirectory, _) => errno::NO_FOLDER,
        (io::ErrorKind::PermissionDenied, _) => errno::NOT_PERMITTED,
        (_, Some(INVALID)) => errno::INVALID,
        (_, Some(NAME_TOO_LONG)) => errno::NAME_TOO_LONG,
        (_, Some(LINK_LOOP)) => errno::LINK_LOOP,
        _ => errno::IO,
    }
}
