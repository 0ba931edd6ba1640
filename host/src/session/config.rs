//! What a session is made with.

use std::time::Duration;

use crate::config::{OnStop, VmConfig};
use crate::error::{Error, ErrorKind, Result};

use super::persistence::Persistence;

/// Bytes of output that a session keeps by default, for readers that come later.
const OUTPUT: usize = 256 << 10;

/// Bytes of input that may wait by default.
const INPUT: usize = 1 << 20;

/// The largest of both: what is kept is copied for each reader that comes.
pub(super) const CEILING: usize = 64 << 20;

/// What becomes of a client that wants to attach to a session that has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum SecondClient {
    /// It gets an error of kind [`ErrorKind::Attached`].
    #[default]
    Refuse,
    /// Both send, and each reads everything that comes from then on.
    Share,
    /// The session is its own; what the others do gives an error of kind [`ErrorKind::Detached`].
    TakeOver,
}

/// What a session is made with. Any [`VmConfig`] is one, with the defaults below.
///
/// ```
/// use std::time::Duration;
/// use bioxen_lua::{SecondClient, SessionConfig, VmConfig};
/// let config = SessionConfig {
///     vm: VmConfig::default().var("LANG", "C"),
///     idle_time: Some(Duration::from_secs(3600)),
///     second_client: SecondClient::TakeOver,
///     ..SessionConfig::default()
/// };
/// # let _ = config;
/// ```
#[derive(Debug, Clone)]
pub struct SessionConfig {
    /// What its VM is given. Standard input and both outputs are the session's and must not be set. The
    /// session's VM goes back to its state before a statement that was stopped
    /// ([`OnStop::RollBack`](crate::OnStop::RollBack)), whatever is set.
    pub vm: VmConfig,
    /// Bytes of output that are kept for readers, 1 to 64 MiB. Default 256 KiB. Memory is taken as it
    /// fills.
    pub output: usize,
    /// Bytes of input that may wait, 1 to 64 MiB. Default 1 MiB.
    pub input: usize,
    /// What becomes of a second client. Default: it is refused.
    pub second_client: SecondClient,
    /// How long the session may have nothing to do: then it is terminated. Default: no end.
    pub idle_time: Option<Duration>,
    /// How long the session may live, whatever it does: then it is terminated. Default: no end.
    pub life_time: Option<Duration>,
    /// Whether the session outlives the process. Default: it does not.
    pub persistence: Persistence,
}

impl Default for SessionConfig {
    fn default() -> SessionConfig {
        SessionConfig {
            vm: VmConfig::default(),
            output: OUTPUT,
            input: INPUT,
            second_client: SecondClient::default(),
            idle_time: None,
            life_time: None,
            persistence: Persistence::default(),
        }
    }
}

impl From<VmConfig> for SessionConfig {
    fn from(vm: VmConfig) -> SessionConfig {
        SessionConfig { vm, ..SessionConfig::default() }
    }
}

impl SessionConfig {
    pub(crate) fn check(&self) -> Result<()> {
        if self.vm.has_streams() {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                "standard input and output of a session are its own: leave `stdin`, `stdout` and `stderr` out",
            ));
        }
        for (name, size) in [("output", self.output), ("input", self.input)] {
            if !(1..=CEILING).contains(&size) {
                return Err(refused(name, &format!("{size} bytes"), "1 byte to 64 MiB"));
            }
        }
        for (name, time) in [("idle_time", self.idle_time), ("life_time", self.life_time)] {
            if time == Some(Duration::ZERO) {
                return Err(refused(name, "0", "more than no time"));
            }
        }
        Ok(())
    }

    /// The VM's part, as every session has it.
    pub(crate) fn vm_config(&self) -> VmConfig {
        self.vm.clone().on_stop(OnStop::RollBack)
    }
}

fn refused(name: &str, value: &str, expected: &str) -> Error {
    Error::new(ErrorKind::InvalidConfig, format!("session setting `{name}` is {value}: expected {expected}"))
}
