//! Folders, and what is known of the files in them. wasmtime-wasi reads the whole folder anew for each piece
//! that a guest asks for, which makes a large one a burden on the host; here it is read once, as it is asked
//! for.

use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::{fmt, io};

use wasmtime_wasi::p1::wasi_snapshot_preview1 as wasi;
use wiggle::GuestMemory;

use crate::config::Setup;
use crate::fs::{Entries, Entry, Kind, Mounted, Status, link_of, status_of};
use crate::guest::memory::{FAULT, slice, slice_mut};
use crate::runtime::{Auxiliary, Share};

use super::{Files, LOOKUP_FOLLOW, SetTimes, Surroundings, errno, look, on_pool, path_at};

/// Bytes of a folder's entries that one call may ask for.
const MAX_ENTRIES: u32 = 1 << 16;

/// Bytes of an entry before its name: the number of the next one, that of the file, length and kind.
const HEAD: usize = 24;

/// Kinds of files as WASI numbers them.
const OTHER: u8 = 0;
const FOLDER: u8 = 3;
const FILE: u8 = 4;
const LINK: u8 = 7;

/// A folder that a guest has opened.
#[derive(Debug)]
pub(crate) struct OpenFolder {
    mount: usize,
    path: PathBuf,
    reading: Option<Reading>,
}

/// How far a folder was read.
struct Reading {
    entries: Entries,
    /// The one that did not fit behind the last piece.
    left: Option<Entry>,
    /// Entries that were handed out.
    position: u64,
}

impl Files {
    /// A folder counts as a file does.
    pub async fn create_folder(
        &mut self,
        (folder, path, size): (u32, u32, u32),
        around: Surroundings<'_>,
    ) -> wasmtime::Result<i32> {
        let (mount, name) = match self.changed(folder, path, size, &around) {
            Ok(found) => found,
            Err(errno) => return Ok(errno),
        };
        let before = look(around.setup, around.auxiliary, mount, name, false).await;
        if before.is_none() && !around.disk.file_fits(around.setup.config.limits.files) {
            return Ok(errno::NO_SPACE);
        }
        around.disk.file_added();
        let memory = &mut GuestMemory::Unshared(around.memory);
        let (folder, path, size) = (folder as i32, path as i32, size as i32);
        let errno = wasi::path_create_directory(&mut self.context, memory, folder, path, size).await?;
        if errno != errno::SUCCESS {
            around.disk.name_removed();
        }
        Ok(errno)
    }

    pub async fn read_folder(
        &mut self,
        handle: u32,
        (address, size): (u32, u32),
        from: u64,
        result: u32,
        around: Surroundings<'_>,
    ) -> i32 {
        let Some(folder) = self.folders.get_mut(&handle) else { return errno::BAD_HANDLE };
        if size > MAX_ENTRIES {
            return errno::INVALID;
        }
        if slice(around.memory, address, size).is_none() {
            return FAULT;
        }
        let piece = folder.read(from, size as usize, around.setup, around.auxiliary).await;
        let Some(piece) = piece else { return errno::INVALID };
        match write(around.memory, address, &piece) {
            errno::SUCCESS => write(around.memory, result, &(piece.len() as u32).to_le_bytes()),
            errno => errno,
        }
    }

    pub async fn status(
        &mut self,
        folder: u32,
        lookup: u32,
        (path, size): (u32, u32),
        result: u32,
        around: Surroundings<'_>,
    ) -> i32 {
        let (mount, path) = match self.seen(folder, path, size, &around) {
            Ok(found) => found,
            Err(errno) => return errno,
        };
        let follow = lookup & LOOKUP_FOLLOW != 0;
        let look = move |folder: &Mounted| status_of(folder, &path, follow);
        match on_pool(around.setup, around.auxiliary, mount, look).await {
            Ok(status) => write(around.memory, result, &encoded(&status, mount)),
            Err(errno) => errno,
        }
    }

    pub async fn read_link(
        &mut self,
        folder: u32,
        (path, size): (u32, u32),
        (address, room): (u32, u32),
        result: u32,
        around: Surroundings<'_>,
    ) -> i32 {
        let (mount, path) = match self.seen(folder, path, size, &around) {
            Ok(found) => found,
            Err(errno) => return errno,
        };
        let look = move |folder: &Mounted| link_of(folder, &path);
        let link = match on_pool(around.setup, around.auxiliary, mount, look).await {
            Ok(link) => link.into_os_string().into_vec(),
            Err(errno) => return errno,
        };
        let piece = &link[..link.len().min(room as usize)];
        match write(around.memory, address, piece) {
            errno::SUCCESS => write(around.memory, result, &(piece.len() as u32).to_le_bytes()),
            errno => errno,
        }
    }

    /// The mount and path of a name that the guest asks about.
    fn seen(
        &self,
        folder: u32,
        path: u32,
        size: u32,
        around: &Surroundings<'_>,
    ) -> Result<(usize, PathBuf), i32> {
        Ok((self.mount(folder)?, path_at(around.memory, path, size)?))
    }

    /// Only of files and folders: a pipe would be opened for it.
    pub async fn set_times(&mut self, call: SetTimes, around: Surroundings<'_>) -> wasmtime::Result<i32> {
        let (mount, name) = match self.changed(call.folder, call.path, call.size, &around) {
            Ok(found) => found,
            Err(errno) => return Ok(errno),
        };
        let follow = call.lookup & LOOKUP_FOLLOW != 0;
        let before = look(around.setup, around.auxiliary, mount, name, follow).await;
        if before.is_some_and(|status| !status.kind.may_be_opened()) {
            return Ok(errno::ACCESS);
        }
        wasi::path_filestat_set_times(
            &mut self.context,
            &mut GuestMemory::Unshared(around.memory),
            call.folder as i32,
            call.lookup as i32,
            call.path as i32,
            call.size as i32,
            call.accessed as i64,
            call.modified as i64,
            call.flags as i32,
        )
        .await
    }
}

impl OpenFolder {
    pub fn new(mount: usize, path: PathBuf) -> OpenFolder {
        OpenFolder { mount, path, reading: None }
    }

    /// The next piece of `size` bytes, or less at the end. Reading goes on where it stood or begins anew;
    /// `None` for any other place, or where the folder cannot be read any more.
    pub async fn read(
        &mut self,
        from: u64,
        size: usize,
        setup: &Setup,
        auxiliary: &Auxiliary,
    ) -> Option<Vec<u8>> {
        let going_on = self.reading.take().filter(|reading| reading.position == from);
        if going_on.is_none() && from != 0 {
            return None;
        }
        let folder = Arc::clone(setup.config.mounts[self.mount].folder());
        let path = self.path.clone();
        let read = auxiliary.run_blocking(Share::Files, move || {
            let mut reading = match going_on {
                Some(reading) => reading,
                None => Reading { entries: Entries::open(&folder, &path)?, left: None, position: 0 },
            };
            let piece = reading.piece(size)?;
            Ok::<_, io::Error>((reading, piece))
        });
        let (reading, piece) = read.await.ok()?.ok()?;
        self.reading = Some(reading);
        Some(piece)
    }
}

impl Reading {
    fn piece(&mut self, size: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        while bytes.len() < size {
            let Some(entry) = self.next()? else { break };
            append(&mut bytes, &entry, self.position + 1);
            if bytes.len() > size {
                // A piece that is full says that there is more. What was cut is sent again, whole.
                bytes.truncate(size);
                self.left = Some(entry);
            } else {
                self.position += 1;
            }
        }
        Ok(bytes)
    }

    /// The first two are those that every folder has.
    fn next(&mut self) -> io::Result<Option<Entry>> {
        let folder = |name: &str| Ok(Some(Entry { name: name.into(), kind: Kind::Folder }));
        match (self.left.take(), self.position) {
            (Some(entry), _) => Ok(Some(entry)),
            (None, 0) => folder("."),
            (None, 1) => folder(".."),
            (None, _) => self.entries.next().transpose(),
        }
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Reading(from {})", self.position)
    }
}

fn append(bytes: &mut Vec<u8>, entry: &Entry, next: u64) {
    let mut head = [0; HEAD];
    head[..8].copy_from_slice(&next.to_le_bytes());
    head[16..20].copy_from_slice(&(entry.name.len() as u32).to_le_bytes());
    head[20] = number_of(entry.kind);
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(&entry.name);
}

/// WASI's `filestat`. The device is the mount: which one of the host's it is concerns no guest.
fn encoded(status: &Status, mount: usize) -> [u8; 64] {
    let fields = [
        mount as u64 + 1,
        status.number,
        u64::from(number_of(status.kind)),
        status.links,
        status.size,
        status.times.accessed,
        status.times.modified,
        status.times.changed,
    ];
    let mut bytes = [0; 64];
    for (place, field) in bytes.chunks_exact_mut(8).zip(fields) {
        place.copy_from_slice(&field.to_le_bytes());
    }
    bytes
}

fn number_of(kind: Kind) -> u8 {
    match kind {
        Kind::File => FILE,
        Kind::Folder => FOLDER,
        Kind::Link => LINK,
        Kind::Other => OTHER,
    }
}

fn write(memory: &mut [u8], address: u32, bytes: &[u8]) -> i32 {
    let Some(place) = slice_mut(memory, address, bytes.len() as u32) else { return FAULT };
    place.copy_from_slice(bytes);
    errno::SUCCESS
}
