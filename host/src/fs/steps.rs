//! What is asked before the disk is changed.

use std::fmt;
use std::io;
use std::sync::Arc;

type Ask = dyn Fn(&str) -> io::Result<()> + Send + Sync;

/// What is asked before each step that changes the disk. By default nothing is; tests let the n-th step
/// fail, or end the process there.
#[derive(Clone, Default)]
pub struct Steps(Option<Arc<Ask>>);

impl Steps {
    /// Steps that are asked for, each by its words: what is done, and to what.
    pub fn new(ask: impl Fn(&str) -> io::Result<()> + Send + Sync + 'static) -> Steps {
        Steps(Some(Arc::new(ask)))
    }

    /// # Errors
    ///
    /// Whatever the step is to fail with.
    pub fn before(&self, step: &str) -> io::Result<()> {
        self.0.as_ref().map_or(Ok(()), |ask| ask(step))
    }

    /// As [`Steps::before`], with words that are only put together when somebody asks.
    pub(super) fn before_with(&self, words: impl FnOnce() -> String) -> io::Result<()> {
        self.0.as_ref().map_or(Ok(()), |ask| ask(&words()))
    }
}

impl fmt::Debug for Steps {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "Steps(asked)" } else { "Steps" })
    }
}
