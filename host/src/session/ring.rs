//! What a session has written: the last of it, at positions that count from its beginning.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Output that a reader had not seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Reading {
    /// The bytes, standard output and standard error in the order in which they were written.
    pub bytes: Vec<u8>,
    /// Bytes before these that the session no longer holds: the reader came too late.
    pub lost: u64,
    /// The position behind the last byte, counted from the session's beginning.
    pub next: u64,
}

impl Reading {
    /// As text; what is not UTF-8 becomes U+FFFD.
    pub fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// Whether there was nothing to read, and nothing lost.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.lost == 0
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_text())
    }
}

/// The last bytes of a session's output, never more than its size. The oldest make room.
pub(crate) struct Ring {
    size: usize,
    changed: Arc<Notify>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    /// Its capacity grows with what is written, and stays within the ring's size.
    kept: VecDeque<u8>,
    /// Bytes written since the beginning.
    written: u64,
    in_line: bool,
}

impl Ring {
    /// A ring of so many bytes, which tells of what is written.
    pub fn new(size: usize, changed: Arc<Notify>) -> Ring {
        Ring { size, changed, inner: Mutex::default() }
    }

    /// A ring that goes on: what was kept of an earlier one, and the position of its first byte.
    pub fn resumed(size: usize, changed: Arc<Notify>, start: u64, bytes: &[u8]) -> Ring {
        let ring = Ring::new(size, changed);
        let mut inner = ring.inner();
        inner.written = start;
        inner.accept(bytes, size);
        drop(inner);
        ring
    }

    /// The bytes that are kept, and the position of the first one.
    pub fn kept(&self) -> (u64, Vec<u8>) {
        let inner = self.inner();
        (inner.written - inner.kept.len() as u64, inner.kept.iter().copied().collect())
    }

    /// Takes output.
    pub fn accept(&self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.inner().accept(bytes, self.size);
        self.changed.notify_waiters();
    }

    /// Takes a line, which begins where a line begins.
    pub fn line(&self, text: &str) {
        let mut inner = self.inner();
        if inner.in_line {
            inner.accept(b"\n", self.size);
        }
        inner.accept(text.as_bytes(), self.size);
        inner.accept(b"\n", self.size);
        drop(inner);
        self.changed.notify_waiters();
    }

    /// What was written from a position on. A position that is not reached yet gives nothing.
    pub fn read_from(&self, position: u64) -> Reading {
        let inner = self.inner();
        let first = inner.written - inner.kept.len() as u64;
        let lost = first.saturating_sub(position);
        let behind = position.saturating_sub(first).min(inner.kept.len() as u64) as usize;
        Reading {
            bytes: inner.kept.range(behind..).copied().collect(),
            lost,
            next: inner.written.max(position),
        }
    }

    /// Bytes written since the beginning.
    pub fn written(&self) -> u64 {
        self.inner().written
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn accept(&mut self, bytes: &[u8], size: usize) {
        let last = &bytes[bytes.len() - bytes.len().min(size)..];
        let too_many = (self.kept.len() + last.len()).saturating_sub(size);
        self.kept.drain(..too_many);
        self.make_room(last.len(), size);
        self.kept.extend(last);
        self.written += bytes.len() as u64;
        self.in_line = bytes.last().is_some_and(|last| *last != b'\n');
    }

    /// Doubles, as vectors do, but stops at the ring's size.
    fn make_room(&mut self, count: usize, size: usize) {
        let needed = self.kept.len() + count;
        if needed > self.kept.capacity() {
            let capacity = needed.max(self.kept.capacity() * 2).min(size);
            self.kept.reserve_exact(capacity - self.kept.len());
        }
    }
}

/// What a VM writes to.
#[derive(Clone)]
pub(crate) struct RingWriter(pub Arc<Ring>);

impl Write for RingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.accept(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(size: usize) -> Ring {
        Ring::new(size, Arc::default())
    }

    #[track_caller]
    fn check(ring: &Ring, position: u64, bytes: &str, lost: u64) {
        let reading = ring.read_from(position);
        assert_eq!((&*reading.to_text(), reading.lost), (bytes, lost));
        assert_eq!(reading.next, ring.written());
    }

    #[test]
    fn each_reader_has_its_own_position() {
        let ring = ring(8);
        check(&ring, 0, "", 0);
        ring.accept(b"abc");
        check(&ring, 0, "abc", 0);
        check(&ring, 2, "c", 0);
        check(&ring, 3, "", 0);
        ring.accept(b"defgh");
        check(&ring, 0, "abcdefgh", 0);
        ring.accept(b"i");
        check(&ring, 0, "bcdefghi", 1);
        check(&ring, 1, "bcdefghi", 0);
        check(&ring, 8, "i", 0);
    }

    #[test]
    fn one_write_may_be_larger_than_the_ring() {
        let ring = ring(4);
        ring.accept(b"ab");
        ring.accept(b"0123456789");
        check(&ring, 0, "6789", 8);
        check(&ring, 5, "6789", 3);
        check(&ring, 10, "89", 0);
    }

    #[test]
    fn a_position_that_is_not_reached_gives_nothing() {
        let reading = ring(4).read_from(7);
        assert_eq!(reading, Reading { bytes: Vec::new(), lost: 0, next: 7 });
    }

    #[test]
    fn memory_stays_within_the_size() {
        let ring = ring(1_000);
        for count in (1..300).chain([5_000, 1, 999, 1_000, 1_001]) {
            ring.accept(&vec![b'x'; count]);
            let inner = ring.inner();
            assert!(inner.kept.len() <= 1_000 && inner.kept.capacity() <= 1_000, "{}", inner.kept.capacity());
        }
        assert_eq!(ring.read_from(0).lost, ring.written() - 1_000);
    }

    #[test]
    fn a_line_begins_where_a_line_begins() {
        let ring = ring(100);
        ring.line("a");
        ring.accept(b"b");
        ring.line("c");
        check(&ring, 0, "a\nb\nc\n", 0);
    }
}
