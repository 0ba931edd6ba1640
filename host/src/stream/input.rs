//! Input that comes while a VM runs: lines for a session to run, and for `io.read` in it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::error::{Error, ErrorKind, Result};

/// A bounded queue of lines. Positions count the bytes of a session's whole life.
pub(crate) struct InputQueue {
    ceiling: usize,
    changed: Arc<Notify>,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    bytes: VecDeque<u8>,
    /// The position of the first byte in the queue.
    taken: u64,
    /// How often the queue was emptied.
    emptied: u64,
    reader: Reader,
    /// What `io.read` got last.
    handed_out: Vec<u8>,
}

/// The guest's `io.read`, of which there is one at most.
#[derive(Default, PartialEq, Eq)]
enum Reader {
    #[default]
    Absent,
    Waiting,
    /// It waits no longer: it is told that the input has ended.
    Dismissed,
}

/// Where a piece of input stands in the queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The position behind its last byte.
    pub end: u64,
    pub size: usize,
    /// How often the queue had been emptied before.
    pub emptied: u64,
}

impl InputQueue {
    /// A queue of so many bytes, which tells of its changes.
    pub fn new(ceiling: usize, changed: Arc<Notify>) -> InputQueue {
        InputQueue { ceiling, changed, inner: Mutex::default() }
    }

    /// Adds input. Its end is the end of a line.
    pub fn push(&self, input: &[u8]) -> Result<Place> {
        let mut inner = self.inner();
        let newline: &[u8] = if input.is_empty() || input.ends_with(b"\n") { b"" } else { b"\n" };
        let size = input.len() + newline.len();
        let queued = inner.bytes.len();
        // It may hold more than its ceiling: what `io.read` gave back.
        if size > self.ceiling.saturating_sub(queued) {
            return Err(Error::new(
                ErrorKind::QueueFull,
                format!(
                    "the session's queue holds {queued} of {} bytes, and {size} more do not fit; wait until it \
                     has run what was sent, or send less at once",
                    self.ceiling
                ),
            ));
        }
        inner.bytes.extend(input);
        inner.bytes.extend(newline);
        let place = Place { end: inner.end(), size, emptied: inner.emptied };
        drop(inner);
        self.changed.notify_waiters();
        Ok(place)
    }

    /// Takes back what was added last, or what is left of it. Nobody may have added input since.
    pub fn take_back(&self, place: Place) {
        let mut inner = self.inner();
        if inner.emptied == place.emptied {
            let left = inner.bytes.len() - inner.bytes.len().min(place.size);
            inner.bytes.truncate(left);
        }
    }

    /// The next line before a position, without what ends it.
    pub fn line(&self, end: u64) -> Option<Vec<u8>> {
        let mut inner = self.inner();
        if inner.taken >= end {
            return None;
        }
        let mut line = inner.take_line(usize::MAX)?;
        line.pop_if(|last| *last == b'\n');
        line.pop_if(|last| *last == b'\r');
        Some(line)
    }

    /// Drops the empty lines that come next.
    pub fn skip_blank_lines(&self) {
        let mut inner = self.inner();
        let blank = inner.bytes.iter().take_while(|byte| byte.is_ascii_whitespace());
        let lines = blank.enumerate().filter(|(_, byte)| **byte == b'\n').last().map_or(0, |(at, _)| at + 1);
        inner.drop_first(lines);
    }

    /// What `io.read` gets: a line or a piece of one, as soon as there is some. More would swallow the
    /// statements behind it.
    pub async fn read(&self, most: usize) -> Vec<u8> {
        let _leaves = Leaves(self);
        loop {
            let changed = self.changed.notified();
            let mut changed = std::pin::pin!(changed);
            changed.as_mut().enable(); // before the look, so that no change goes unseen
            if let Some(input) = self.take_or_wait(most) {
                return input;
            }
            changed.await;
        }
    }

    /// Nothing when the reader has to wait, which is then known of it.
    fn take_or_wait(&self, most: usize) -> Option<Vec<u8>> {
        let mut inner = self.inner();
        if let Some(line) = inner.take_line(most) {
            inner.handed_out.clone_from(&line);
            return Some(line);
        }
        match inner.reader {
            Reader::Dismissed => return Some(Vec::new()),
            Reader::Waiting => return None,
            Reader::Absent => inner.reader = Reader::Waiting,
        }
        drop(inner);
        self.changed.notify_waiters();
        // That was a change of this reader's own: its next look comes at once, and finds it waiting.
        None
    }

    /// Takes back the end of what `io.read` got last: so many bytes. Each byte comes back once at most, so a
    /// guest cannot make itself input out of nothing.
    pub fn give_back(&self, count: usize) {
        let mut inner = self.inner();
        let handed_out = std::mem::take(&mut inner.handed_out);
        let left = &handed_out[handed_out.len() - count.min(handed_out.len())..];
        left.iter().rev().for_each(|byte| inner.bytes.push_front(*byte));
        inner.taken -= left.len() as u64;
    }

    /// Tells an `io.read` that waits that the input has ended. Nothing changes when none waits.
    pub fn dismiss_reader(&self) {
        let mut inner = self.inner();
        if inner.reader == Reader::Waiting {
            inner.reader = Reader::Dismissed;
        }
        drop(inner);
        self.changed.notify_waiters();
    }

    /// Drops all input.
    pub fn clear(&self) {
        let mut inner = self.inner();
        let queued = inner.bytes.len();
        inner.drop_first(queued);
        inner.bytes = VecDeque::new();
        inner.handed_out = Vec::new();
        inner.emptied += 1;
        drop(inner);
        self.changed.notify_waiters();
    }

    /// How often it was emptied.
    pub fn emptied(&self) -> u64 {
        self.inner().emptied
    }

    /// Whether an `io.read` waits for input that nobody has sent yet.
    pub fn is_awaited(&self) -> bool {
        let inner = self.inner();
        inner.reader == Reader::Waiting && inner.bytes.is_empty()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn end(&self) -> u64 {
        self.taken + self.bytes.len() as u64
    }

    fn drop_first(&mut self, count: usize) {
        self.bytes.drain(..count);
        self.taken += count as u64;
    }

    /// The next line with its newline, or so much of it.
    fn take_line(&mut self, most: usize) -> Option<Vec<u8>> {
        let end = self.bytes.iter().position(|byte| *byte == b'\n')? + 1;
        let line: Vec<u8> = self.bytes.drain(..end.min(most)).collect();
        self.taken += line.len() as u64;
        if self.bytes.is_empty() {
            self.bytes.shrink_to(4096); // a session that is idle keeps no large buffer
        }
        Some(line)
    }
}

/// A reader leaves when it has its input, and when its call was stopped.
struct Leaves<'a>(&'a InputQueue);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.0.inner().reader = Reader::Absent;
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn queue(ceiling: usize) -> InputQueue {
        InputQueue::new(ceiling, Arc::default())
    }

    fn poll<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Poll<T> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn the_end_of_what_is_sent_is_the_end_of_a_line() {
        let queue = queue(100);
        let first = queue.push(b"a\r\nb").unwrap();
        assert_eq!(first.end, 5);
        queue.push(b"").unwrap();
        queue.push(b"c\n").unwrap();
        assert_eq!(queue.line(first.end).as_deref(), Some(&b"a"[..]));
        assert_eq!(queue.line(first.end).as_deref(), Some(&b"b"[..]));
        assert_eq!(queue.line(first.end), None);
        assert_eq!(queue.line(u64::MAX).as_deref(), Some(&b"c"[..]));
    }

    #[test]
    fn a_full_queue_takes_nothing_of_what_does_not_fit() {
        let queue = queue(4);
        queue.push(b"abc").unwrap();
        let error = queue.push(b"\n").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::QueueFull);
        assert!(error.to_string().contains("4 of 4 bytes, and 1 more"), "{error}");
        assert_eq!(queue.line(u64::MAX).as_deref(), Some(&b"abc"[..]));
        queue.push(b"abc\n").unwrap();
    }

    #[test]
    fn what_a_reader_gives_back_makes_no_room() {
        let queue = queue(8);
        queue.push(b"abcdef\n").unwrap();
        assert_eq!(poll(std::pin::pin!(queue.read(99))), Poll::Ready(b"abcdef\n".to_vec()));
        queue.push(b"1234567\n").unwrap();
        queue.give_back(3);
        assert_eq!(queue.push(b"x").unwrap_err().kind(), ErrorKind::QueueFull);
        assert_eq!(queue.line(u64::MAX).as_deref(), Some(&b"ef"[..]));
        assert_eq!(queue.push(b"x").unwrap_err().kind(), ErrorKind::QueueFull);
        assert_eq!(queue.line(u64::MAX).as_deref(), Some(&b"1234567"[..]));
        queue.push(b"x").unwrap();
    }

    #[test]
    fn what_nobody_will_run_is_taken_back() {
        let queue = queue(100);
        queue.push(b"first").unwrap();
        let place = queue.push(b"second").unwrap();
        queue.take_back(place);
        assert_eq!(queue.line(u64::MAX).as_deref(), Some(&b"first"[..]));
        assert_eq!(queue.line(u64::MAX), None);
        queue.take_back(place);
    }

    #[test]
    fn blank_lines_are_dropped_up_to_the_indentation_of_the_next() {
        let queue = queue(100);
        queue.push(b"\n \t\r\n\n  x = 1\n\n").unwrap();
        queue.skip_blank_lines();
        assert_eq!(queue.line(u64::MAX).as_deref(), Some(&b"  x = 1"[..]));
        queue.skip_blank_lines();
        assert_eq!(queue.line(u64::MAX), None);
    }

    #[test]
    fn a_read_takes_a_line_or_waits_for_one() {
        let queue = queue(100);
        queue.push(b"abc\nd").unwrap();
        assert_eq!(poll(std::pin::pin!(queue.read(2))), Poll::Ready(b"ab".to_vec()));
        assert_eq!(poll(std::pin::pin!(queue.read(99))), Poll::Ready(b"c\n".to_vec()));
        assert_eq!(poll(std::pin::pin!(queue.read(99))), Poll::Ready(b"d\n".to_vec()));
        let mut read = Box::pin(queue.read(99));
        assert!(!queue.is_awaited());
        assert_eq!(poll(read.as_mut()), Poll::Pending);
        assert!(queue.is_awaited());
        queue.push(b"e").unwrap();
        assert!(!queue.is_awaited());
        assert_eq!(poll(read.as_mut()), Poll::Ready(b"e\n".to_vec()));
    }

    #[test]
    fn a_reader_that_was_stopped_waits_no_more() {
        let queue = queue(100);
        let mut read = Box::pin(queue.read(99));
        assert_eq!(poll(read.as_mut()), Poll::Pending);
        drop(read);
        assert!(!queue.is_awaited());
        queue.dismiss_reader();
        assert_eq!(poll(std::pin::pin!(queue.read(99))), Poll::Pending);
    }

    #[test]
    fn a_dismissed_reader_finds_the_end_once() {
        let queue = queue(100);
        let mut read = Box::pin(queue.read(99));
        assert_eq!(poll(read.as_mut()), Poll::Pending);
        queue.dismiss_reader();
        assert_eq!(poll(read.as_mut()), Poll::Ready(Vec::new()));
        drop(read);
        assert_eq!(poll(std::pin::pin!(queue.read(99))), Poll::Pending);
    }

    #[test]
    fn emptying_counts_and_moves_on() {
        let queue = queue(8);
        let place = queue.push(b"1234567").unwrap();
        queue.clear();
        assert_eq!(queue.emptied(), place.emptied + 1);
        assert_eq!(queue.line(place.end), None);
        assert_eq!(queue.push(b"x").unwrap().end, place.end + 2);
    }
}
