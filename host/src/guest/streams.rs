//! Standard output and error of one call, counted as they are written; standard input of a VM.

use crate::limits::Resource;
use crate::stream::Sink;

use super::memory::{read_u32, slice, write_u32};
use super::stop::Stop;

/// Of the C library's FILE: where pending output ends and begins. The guest's build checks both.
const WRITE_POSITION: u32 = 20;
const WRITE_BASE: u32 = 24;

/// Bytes of a FILE that are looked at.
pub(crate) const FILE: u32 = WRITE_BASE + 4;

/// Where input that was not read begins and ends.
const READ_POSITION: u32 = 4;
const READ_END: u32 = 8;

/// More than the guest's buffer holds; a larger claim is a lie.
const PENDING_OUTPUT: u32 = 65_536;

/// One output stream: collected, or passed on to a sink, up to a ceiling for each call.
pub(crate) struct OutputStream {
    resource: Resource,
    ceiling: Option<u64>,
    sink: Option<Sink>,
    /// Collects, although there is a sink.
    aside: bool,
    written: u64,
    kept: Vec<u8>,
}

impl OutputStream {
    pub fn new(resource: Resource, ceiling: Option<u64>, sink: Option<Sink>) -> OutputStream {
        OutputStream { resource, ceiling, sink, aside: false, written: 0, kept: Vec::new() }
    }

    /// Takes what fits. What does not fit is lost and stops the call: the first bytes are kept.
    pub fn accept(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let room = self.ceiling.map_or(u64::MAX, |ceiling| ceiling.saturating_sub(self.written));
        let fits = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        self.take(&bytes[..fits]);
        if fits == bytes.len() {
            return Ok(());
        }
        let limit = self.ceiling.unwrap_or(u64::MAX);
        Err(Stop::Limit {
            resource: self.resource,
            used: limit.saturating_add((bytes.len() - fits) as u64),
            limit,
        })
    }

    fn take(&mut self, bytes: &[u8]) {
        self.written += bytes.len() as u64;
        match self.sink.as_ref().filter(|_| !self.aside) {
            None => self.kept.extend_from_slice(bytes),
            // Whoever gave the sink knows that it broke; the script is none the wiser.
            Some(sink) => drop(sink.write(bytes)),
        }
    }

    pub fn written(&self) -> u64 {
        self.written
    }

    /// Whether this call's output is collected, sink or not.
    pub fn set_aside(&mut self, aside: bool) {
        self.aside = aside;
    }

    /// Puts back what was handed out, for the next call.
    pub fn keep(&mut self, bytes: Vec<u8>) {
        self.kept = bytes;
    }

    /// Begins a new call, and hands out what the last one left.
    pub fn restart(&mut self) -> Vec<u8> {
        self.written = 0;
        std::mem::take(&mut self.kept)
    }
}

/// Takes what the guest's C library holds back of an output stream, and empties it there: before the
/// guest waits for input, and when it was stopped. A file that makes no sense holds nothing.
pub(crate) fn take_pending(memory: &mut [u8], file: u32, stream: &mut OutputStream) -> Result<(), Stop> {
    let pending = || {
        let end = read_u32(memory, file.checked_add(WRITE_POSITION)?)?;
        let start = read_u32(memory, file.checked_add(WRITE_BASE)?)?;
        let size = end.checked_sub(start).filter(|size| (1..=PENDING_OUTPUT).contains(size))?;
        Some((start, slice(memory, start, size)?.to_vec()))
    };
    let Some((start, bytes)) = pending() else { return Ok(()) };
    write_u32(memory, file + WRITE_POSITION, start);
    stream.accept(&bytes)
}

/// Empties the C library's buffer of an input stream, and says how many bytes it held that nobody read. No
/// more than the guest's word: the host has its own copy of what it handed out.
pub(crate) fn drop_unread(memory: &mut [u8], file: u32) -> usize {
    let unread = || {
        let start = read_u32(memory, file.checked_add(READ_POSITION)?)?;
        let end = read_u32(memory, file.checked_add(READ_END)?)?;
        Some((end, end.checked_sub(start)?))
    };
    let Some((end, size)) = unread() else { return 0 };
    if size > 0 {
        write_u32(memory, file + READ_POSITION, end);
    }
    size as usize
}
