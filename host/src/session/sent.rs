//! What became of input.

use crate::outcome::Failure;

use super::persistence::Saved;

/// Failures that are kept of one piece of input; the others are counted. Each may hold an error value
/// and a traceback, so they have to be few.
const KEPT_FAILURES: usize = 8;

/// What became of input that a session was sent. What it wrote is in the session's output.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Sent {
    /// Statements that were run to their end or to a failure.
    pub statements: u64,
    /// How many of them failed.
    pub failed: u64,
    /// The first 8 failures. The session's output tells of all.
    pub failures: Vec<Failure>,
    /// How the last statement failed; nothing when it did not.
    pub last_failure: Option<Failure>,
    /// A statement is only begun, and waits for its further lines: Lua's message says where it ends.
    pub unfinished: Option<String>,
    /// An interrupt dropped what of the input had not run.
    pub interrupted: bool,
    /// `os.exit` ended the session with this status.
    pub exit: Option<i32>,
    /// Where the state is that it has led to.
    pub saved: Saved,
}

impl Sent {
    /// Of input that was dropped before any of it ran.
    pub(crate) fn dropped() -> Sent {
        Sent { interrupted: true, ..Sent::default() }
    }

    pub(crate) fn succeeded(&mut self) {
        self.statements += 1;
        self.last_failure = None;
    }

    pub(crate) fn failed(&mut self, failure: Failure) {
        self.statements += 1;
        self.failed += 1;
        if self.failures.len() < KEPT_FAILURES {
            self.failures.push(failure.clone());
        }
        self.last_failure = Some(failure);
    }
}
