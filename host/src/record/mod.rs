//! What a session leaves on disk, as one run of bytes.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | magic |
//! | 4 | version of the format |
//! | 1 + n | version of the program that wrote it; here in every version of the format |
//! | 4, 8 | length of the header, length of the body |
//! | header | [`RecordHeader`] |
//! | 32 | SHA-256 of all before, so that the header can be believed without the body |
//! | body | output, readers, pending statement, input, snapshot |
//! | 32 | SHA-256 of all before |
//!
//! Numbers are little-endian.

mod decode;
mod encode;

use std::time::Duration;

use crate::id::TenantId;
use crate::id::VmId;

/// First bytes of every record. As in PNG: the first byte is no text, and what rewrites line ends shows.
const MAGIC: [u8; 8] = *b"\x89BXSES\r\n";
/// The format that is written, and the only one that is read.
const FORMAT: u32 = 1;
/// This program, as records name it.
const WRITER: &str = env!("CARGO_PKG_VERSION");
/// Longest version of a program, in bytes.
const MAX_WRITER: usize = 64;
/// Bytes of a SHA-256.
const HASH: usize = 32;
/// Furthest that output reaches: so far that no session gets there, and that counting on never overflows.
const MAX_POSITION: u64 = u64::MAX / 2;
/// Longest header: fixed fields and two names. More is damage.
const MAX_HEADER: usize = 1024;

/// A session at rest: what it needs to go on in another process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// Who and when.
    pub header: RecordHeader,
    /// Output that is kept for readers, oldest first.
    pub output: Vec<u8>,
    /// Position of the first kept byte of output, counted from the session's beginning.
    pub output_start: u64,
    /// Position up to which each reader has read; one before `output_start` has lost the bytes between.
    pub readers: Vec<u64>,
    /// An incomplete statement that waits for its other lines.
    pub pending: Vec<u8>,
    /// Input that has not run yet.
    pub input: Vec<u8>,
    /// The Lua state, in a format of its own. Empty when the session has ended.
    pub snapshot: Vec<u8>,
}

/// What a list of sessions shows: the beginning of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordHeader {
    /// Version of the program that wrote it. Encoding puts its own here.
    pub writer: String,
    /// SHA-256 of the guest that the Lua state belongs to.
    pub guest: [u8; 32],
    /// The session.
    pub id: VmId,
    /// Whose session it is.
    pub tenant: Option<TenantId>,
    /// Which save of the session it is, from 1.
    pub generation: u64,
    /// When the session was made, in milliseconds since 1970.
    pub created: u64,
    /// When it was last used, in milliseconds since 1970.
    pub last_used: u64,
    /// Fuel that it has used.
    pub fuel: u64,
    /// Time that it has spent running.
    pub running: Duration,
    /// Bytes that its Lua state took in memory.
    pub memory: u64,
    /// Whether it can go on.
    pub status: RecordStatus,
}

/// Whether a session can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordStatus {
    /// It takes input.
    Live,
    /// Its program ended with this status; its output may still be read.
    Ended(i32),
}

/// What a record must be to be taken for a session.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// SHA-256 of the guest that would go on with the Lua state.
    pub guest: &'a [u8; 32],
    /// The session that was asked for.
    pub id: &'a VmId,
    /// Whose it must be.
    pub tenant: Option<&'a TenantId>,
    /// How large its parts may be.
    pub ceilings: RecordCeilings,
}

/// How large the parts of a record may be. They are compared before anything is allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordCeilings {
    /// Bytes of kept output.
    pub output: u64,
    /// Bytes of the pending statement and of input that has not run, each.
    pub input: u64,
    /// How many readers.
    pub readers: u64,
    /// Bytes of the Lua state as it is stored.
    pub snapshot: u64,
}

impl SessionRecord {
    /// Bytes from the beginning of a record that always hold its whole header.
    pub const PEEK: u64 = (MAGIC.len() + 4 + 1 + MAX_WRITER + 4 + 8 + MAX_HEADER + HASH) as u64;
}

impl RecordHeader {
    /// The version of this program, which records that it writes carry.
    pub fn own_writer() -> String {
        WRITER.to_string()
    }
}

#[cfg(test)]
mod tests;
