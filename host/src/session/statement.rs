//! A statement on its way in, line by line, as the reference interpreter's prompt reads one.

use crate::limits::Usage;

/// The lines of a statement that is not run yet.
#[derive(Debug, Default)]
pub(crate) struct Statement {
    source: Vec<u8>,
    lines: u64,
    /// How often the session's input had been emptied when it began: an interrupt drops it too.
    emptied: u64,
    /// What attempts to run it have used: they share the limits of one call.
    pub spent: Usage,
    /// Where Lua said that it is not finished.
    pub unfinished: Option<String>,
}

impl Statement {
    /// A statement without lines.
    pub fn new(emptied: u64) -> Statement {
        Statement { emptied, ..Statement::default() }
    }

    /// A statement whose lines came before the session was put to disk: [`source`](Statement::source) of
    /// that time.
    pub fn resumed(source: Vec<u8>, emptied: u64) -> Statement {
        if source.is_empty() {
            return Statement::new(emptied);
        }
        // Lines have no newline of their own, so each one in between ends a line.
        let lines = 1 + source.iter().filter(|byte| **byte == b'\n').count() as u64;
        Statement { source, lines, emptied, ..Statement::default() }
    }

    /// Adds a line, without its newline.
    pub fn push(&mut self, line: &[u8]) {
        match self.lines {
            0 => {}
            1 => self.continue_first_line(),
            _ => self.source.push(b'\n'),
        }
        self.source.extend(line);
        self.lines += 1;
    }

    /// The reference interpreter tries `return` before a first line only. An empty statement makes that
    /// fail for several lines, and changes neither their meaning nor their numbers; `=`, which stands
    /// for `return`, keeps its place.
    fn continue_first_line(&mut self) {
        if !self.source.starts_with(b"=") {
            self.source.insert(0, b';');
        }
        self.source.push(b'\n');
    }

    pub fn source(&self) -> &[u8] {
        &self.source
    }

    pub fn is_begun(&self) -> bool {
        self.lines > 0
    }

    pub fn emptied(&self) -> u64 {
        self.emptied
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(lines: &[&str], source: &str) {
        let mut statement = Statement::default();
        for line in lines {
            statement.push(line.as_bytes());
        }
        assert_eq!(String::from_utf8_lossy(statement.source()), source);
    }

    #[test]
    fn only_a_first_line_is_tried_as_an_expression() {
        check(&["f("], "f(");
        check(&["f(", "1)"], ";f(\n1)");
        check(&["f(", "", "1)"], ";f(\n\n1)");
        check(&["=f(", "1)"], "=f(\n1)");
    }
}
