//! Standard input, shared by the prompt and the lines that run behind it.
//!
//! Each takes a line at a time, so that neither swallows what is meant for the other. A line that was
//! stopped while it waited for input is made to let go of it.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use waiting::Waiting;

use crate::report::Fault;

/// Bytes asked of the system at once.
const PIECE: usize = 8192;

/// Standard input. Clones are the same input.
#[derive(Clone)]
pub struct Input(Arc<Inner>);

struct Inner {
    ahead: Mutex<Vec<u8>>,
    waiting: Waiting,
}

impl Input {
    /// The input that the process was given.
    pub fn open() -> Result<Input, Fault> {
        let waiting =
            Waiting::new().map_err(|error| Fault::Host(format!("cannot watch standard input: {error}")))?;
        Ok(Input(Arc::new(Inner { ahead: Mutex::default(), waiting })))
    }

    /// The next line with its newline; empty at the end.
    pub fn line(&self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            let piece = self.piece(PIECE)?;
            if piece.is_empty() {
                break;
            }
            line.extend(piece);
        }
        Ok(line)
    }

    /// Makes whoever waits for input give up, and comes back when `is_free` says that nobody does.
    pub fn release(&self, is_free: impl Fn() -> bool) -> io::Result<()> {
        if is_free() {
            return Ok(());
        }
        self.0.waiting.forbid()?;
        while !is_free() {
            std::thread::yield_now(); // it was told, and has nothing left to do but to return
        }
        self.0.waiting.allow()
    }

    /// At most so many bytes, and none behind the end of a line; empty at the end of input.
    fn piece(&self, most: usize) -> io::Result<Vec<u8>> {
        let mut ahead = self.0.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        if ahead.is_empty() {
            ahead.resize(PIECE, 0);
            let count = self.0.waiting.read(&mut ahead);
            ahead.truncate(*count.as_ref().unwrap_or(&0));
            count?;
        }
        let line = ahead.iter().position(|byte| *byte == b'\n').map_or(ahead.len(), |newline| newline + 1);
        Ok(ahead.drain(..line.min(most)).collect())
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let piece = self.piece(buffer.len())?;
        buffer[..piece.len()].copy_from_slice(&piece);
        Ok(piece.len())
    }
}

#[cfg(unix)]
mod waiting {
    use std::io;
    use std::os::fd::OwnedFd;

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::{read, retry_on_intr, write};
    use rustix::pipe::pipe;

    /// Waits for input, or for a byte in a pipe that forbids it.
    pub struct Waiting {
        forbidden: OwnedFd,
        forbid: OwnedFd,
    }

    impl Waiting {
        pub fn new() -> io::Result<Waiting> {
            let (forbidden, forbid) = pipe()?;
            Ok(Waiting { forbidden, forbid })
        }

        pub fn forbid(&self) -> io::Result<()> {
            retry_on_intr(|| write(&self.forbid, &[0]))?;
            Ok(())
        }

        pub fn allow(&self) -> io::Result<()> {
            retry_on_intr(|| read(&self.forbidden, &mut [0]))?;
            Ok(())
        }

        /// Reads past the standard library's buffer, which `poll` does not see.
        pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
            let stdin = io::stdin();
            let mut watched =
                [PollFd::new(&stdin, PollFlags::IN), PollFd::new(&self.forbidden, PollFlags::IN)];
            retry_on_intr(|| poll(&mut watched, None))?;
            if !watched[1].revents().is_empty() {
                return Err(io::Error::other("nobody waits for this input any more"));
            }
            Ok(retry_on_intr(|| read(&stdin, &mut *buffer))?)
        }
    }
}

/// Elsewhere nobody can be told to give up: who waits takes the next line first.
#[cfg(not(unix))]
mod waiting {
    use std::io::{self, Read};

    pub struct Waiting;

    impl Waiting {
        pub fn new() -> io::Result<Waiting> {
            Ok(Waiting)
        }

        pub fn forbid(&self) -> io::Result<()> {
            Ok(())
        }

        pub fn allow(&self) -> io::Result<()> {
            Ok(())
        }

        pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
            io::stdin().read(buffer)
        }
    }
}
