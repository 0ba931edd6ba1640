//! The command's own output streams, as a guest and the command itself write to them.

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bioxen_lua::InterruptHandle;

use crate::escape::Escaper;

/// Standard output and standard error.
pub struct Streams {
    /// Standard output.
    pub stdout: Outlet,
    /// Standard error.
    pub stderr: Outlet,
}

/// One output stream. Escapes what goes to a terminal, and leaves alone what does not. Clones are the
/// same stream.
#[derive(Clone)]
pub struct Outlet(Arc<Mutex<Inner>>);

struct Inner {
    writer: Box<dyn Write + Send>,
    /// Set for a terminal.
    escaper: Option<Escaper>,
    in_line: bool,
    /// Why nothing more can be written.
    broken: Option<io::ErrorKind>,
    guest: Option<InterruptHandle>,
}

impl Streams {
    /// The streams that the process was given.
    pub fn open() -> Streams {
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let terminal = (stdout.is_terminal(), stderr.is_terminal());
        Streams { stdout: Outlet::new(stdout, terminal.0), stderr: Outlet::new(stderr, terminal.1) }
    }

    /// Lets a stream that breaks stop a guest, whose output nobody receives then.
    pub fn stop_when_broken(&self, guest: &InterruptHandle) {
        for outlet in [&self.stdout, &self.stderr] {
            outlet.inner().guest = Some(guest.clone());
        }
    }

    /// Ends what a guest wrote, so that the command's own words begin on a new line of standard error.
    pub fn end_guest(&self) {
        self.stdout.finish();
        self.stderr.begin_line();
        let both = self.stdout.is_terminal() && self.stderr.is_terminal();
        if both {
            self.stdout.begin_line(); // they are one screen
        }
    }

    /// Why nothing more can be written to one of the streams.
    pub fn broken(&self) -> Option<io::ErrorKind> {
        let stdout = self.stdout.inner().broken;
        stdout.or(self.stderr.inner().broken)
    }
}

impl Outlet {
    fn new(writer: impl Write + Send + 'static, terminal: bool) -> Outlet {
        Outlet(Arc::new(Mutex::new(Inner {
            writer: Box::new(writer),
            escaper: terminal.then(Escaper::default),
            in_line: false,
            broken: None,
            guest: None,
        })))
    }

    /// Writes a line of the command's own. A stream that is broken says so by [`Streams::broken`].
    pub fn line(&self, text: &str) {
        let mut inner = self.inner();
        let _ = inner.accept(format!("{text}\n").as_bytes()); // `broken` keeps it
    }

    /// Writes what a guest wrote earlier. A stream that is broken says so by [`Streams::broken`].
    pub fn bytes(&self, bytes: &[u8]) {
        let _ = self.inner().accept(bytes); // `broken` keeps it
    }

    /// Ends what a guest wrote: the beginning of a character whose end will not come is shown.
    pub fn finish(&self) {
        let mut inner = self.inner();
        let rest = inner.escaper.as_mut().map(Escaper::finish).unwrap_or_default();
        let _ = inner.write(&rest); // `broken` keeps it
    }

    /// Begins a new line, if something stands in this one.
    pub fn begin_line(&self) {
        self.finish();
        let mut inner = self.inner();
        if inner.in_line {
            let _ = inner.write(b"\n"); // `broken` keeps it
        }
    }

    fn is_terminal(&self) -> bool {
        self.inner().escaper.is_some()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner().accept(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(()) // nothing is held back
    }
}

impl Inner {
    fn accept(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.escaper {
            Some(escaper) => {
                let shown = escaper.next(bytes);
                self.write(&shown)
            }
            None => self.write(bytes),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(kind) = self.broken {
            return Err(kind.into());
        }
        if let Some(last) = bytes.last() {
            self.in_line = *last != b'\n';
        }
        let written = self.writer.write_all(bytes).and_then(|()| self.writer.flush());
        if let Err(error) = &written {
            self.broken = Some(error.kind());
            if let Some(guest) = &self.guest {
                guest.interrupt();
            }
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What was written, by all clones together.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[track_caller]
    fn check(terminal: bool, pieces: &[&[u8]], expected: &[u8]) {
        let kept = Kept::default();
        let mut outlet = Outlet::new(kept.clone(), terminal);
        for piece in pieces {
            outlet.write_all(piece).unwrap();
        }
        outlet.finish();
        assert_eq!(kept.0.lock().unwrap().as_slice(), expected);
    }

    #[test]
    fn only_a_terminal_is_protected() {
        check(false, &[b"\x1b[2J\xff"], b"\x1b[2J\xff");
        check(true, &[b"\x1b[2J\xff"], b"\\x1b[2J\\xff");
        check(true, &[b"\xe2\x98", b"\x83", b"\xe2"], "☃\\xe2".as_bytes());
    }

    #[test]
    fn a_new_line_begins_where_one_is_needed() {
        let kept = Kept::default();
        let mut outlet = Outlet::new(kept.clone(), true);
        outlet.begin_line();
        outlet.write_all(b"a").unwrap();
        outlet.begin_line();
        outlet.begin_line();
        outlet.line("b");
        outlet.begin_line();
        assert_eq!(kept.0.lock().unwrap().as_slice(), b"a\nb\n");
    }

    #[test]
    fn the_first_failure_is_kept() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let streams = Streams { stdout: Outlet::new(Full, false), stderr: Outlet::new(io::sink(), false) };
        assert_eq!(streams.broken(), None);
        streams.stdout.line("lost");
        assert_eq!(streams.broken(), Some(io::ErrorKind::StorageFull));
    }
}
