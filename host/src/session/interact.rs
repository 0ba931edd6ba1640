//! A prompt over a session: lines go in, output comes out.

use std::io::{self, BufRead, Read, Write};

use crate::error::{Error, ErrorKind, Result};
use crate::exec::Exec;

use super::Session;
use super::ring::Reading;

/// What the next line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Prompt {
    /// A statement.
    Statement,
    /// The statement that is begun.
    Continuation,
    /// An `io.read` of the script.
    Input,
}

impl Prompt {
    /// What the reference interpreter shows for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Prompt::Statement => "> ",
            Prompt::Continuation => ">> ",
            Prompt::Input => "",
        }
    }
}

/// Whether prompts are written before lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompts {
    /// For a person.
    Shown,
    /// For a pipe.
    Hidden,
}

/// What the prompt was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// A line, with or without its newline.
    Line(Vec<u8>),
    /// What was begun is to be dropped: Ctrl-C at a line editor.
    Cleared,
    /// Nothing comes any more.
    End,
}

impl Session {
    /// Reads lines, runs them and writes what comes of it, until the lines end or the session does. First
    /// comes the output that nobody has read yet. The session goes on behind it; the status of `os.exit`
    /// tells when it does not.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stream`] when input or output fails, [`ErrorKind::WouldBlock`] inside an asynchronous
    /// runtime, [`ErrorKind::Detached`] and [`ErrorKind::Terminated`].
    pub fn interact(
        &self,
        prompts: Prompts,
        mut input: impl BufRead,
        output: impl Write,
    ) -> Result<Option<i32>> {
        let output = std::cell::RefCell::new(output);
        let ceiling = self.core.config.input;
        let lines = |prompt: Prompt| {
            if prompts == Prompts::Shown {
                let mut output = output.borrow_mut();
                output.write_all(prompt.as_str().as_bytes())?;
                output.flush()?;
            }
            read_line(&mut input, ceiling)
        };
        self.interact_with(lines, Shared(&output))
    }

    /// As [`interact`](Session::interact), for lines that come from anywhere, such as a line editor.
    ///
    /// # Errors
    ///
    /// As [`interact`](Session::interact).
    pub fn interact_with(
        &self,
        mut lines: impl FnMut(Prompt) -> io::Result<Typed>,
        mut output: impl Write,
    ) -> Result<Option<i32>> {
        loop {
            self.show(&mut output)?;
            if let Some(status) = self.core.console.exit() {
                return Ok(Some(status));
            }
            let prompt = self.prompt();
            match lines(prompt).map_err(|error| broken("read the input", error))? {
                Typed::Line(line) => self.take(&line, &mut output)?,
                Typed::Cleared => self.interrupt()?,
                Typed::End if prompt == Prompt::Input => self.core.console.input.dismiss_reader(),
                Typed::End => return Ok(None),
            }
        }
    }

    fn prompt(&self) -> Prompt {
        let console = &self.core.console;
        match () {
            () if console.input.is_awaited() => Prompt::Input,
            () if console.is_unfinished() => Prompt::Continuation,
            () => Prompt::Statement,
        }
    }

    /// A line that does not fit is told of, and the loop goes on.
    fn take(&self, line: &[u8], output: &mut impl Write) -> Result<()> {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        match self.send([line, b"\n"].concat()) {
            Ok(_) => Ok(()), // what comes of it is shown
            Err(error) if error.kind() == ErrorKind::QueueFull => {
                writeln!(output, "{error}").map_err(|error| broken("write the output", error))
            }
            Err(error) => Err(error),
        }
    }

    /// Writes output until the session waits for input.
    fn show(&self, output: &mut impl Write) -> Result<()> {
        loop {
            let reading = self.read_some_or_idle().wait()?;
            if reading.is_empty() {
                return Ok(());
            }
            let written = show_reading(&reading, output).and_then(|()| output.flush());
            written.map_err(|error| broken("write the output", error))?;
        }
    }

    fn read_some_or_idle(&self) -> Exec<'_, Reading> {
        Exec::new(self.auxiliary.clone(), async {
            self.until(None, || self.has_output() || self.core.console.is_idle()).await?;
            self.read()
        })
    }
}

fn show_reading(reading: &Reading, output: &mut impl Write) -> io::Result<()> {
    if reading.lost > 0 {
        writeln!(output, "[{} bytes of output are lost]", reading.lost)?;
    }
    output.write_all(&reading.bytes)
}

fn broken(what: &str, error: io::Error) -> Error {
    Error::new(ErrorKind::Stream, format!("cannot {what}: {error}")).with_source(error)
}

/// A line. Of one that is longer than the session can take, just so much that the session refuses it.
fn read_line(input: &mut impl BufRead, ceiling: usize) -> io::Result<Typed> {
    let mut line = Vec::new();
    let most = ceiling as u64 + 1;
    if input.by_ref().take(most).read_until(b'\n', &mut line)? == 0 {
        return Ok(Typed::End);
    }
    if line.len() as u64 == most && !line.ends_with(b"\n") {
        input.skip_until(b'\n')?;
    }
    Ok(Typed::Line(line))
}

/// Prompts and output go to one stream.
struct Shared<'a, W>(&'a std::cell::RefCell<W>);

impl<W: Write> Write for Shared<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(mut input: &[u8], lines: &[&str]) {
        for line in lines {
            assert_eq!(read_line(&mut input, 4).unwrap(), Typed::Line(line.as_bytes().to_vec()));
        }
        assert_eq!(read_line(&mut input, 4).unwrap(), Typed::End);
    }

    #[test]
    fn lines_are_read_up_to_what_a_session_takes() {
        check(b"", &[]);
        check(b"a\n\nb", &["a\n", "\n", "b"]);
        check(b"1234\n5", &["1234\n", "5"]);
        check(b"12345\n5", &["12345", "5"]);
        check(b"123456789", &["12345"]);
    }
}
