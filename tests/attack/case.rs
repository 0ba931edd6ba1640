//! What a case of a corpus is, and what it is given.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use bioxen_lua::{Engine, Error, Failure, Outcome};

/// One attack. It is run twice, each time on a new stage, and must end as expected both times.
pub struct Case {
    /// As the corpus has it: a file without its ending, or a row's name. Unique in its corpus.
    pub name: String,
    /// How it must end, in the words of [`Ending::kind`]; several are parted by ` or `.
    pub expect: String,
    /// Runs the attack. An error means that the case itself is broken, or that it saw what must not be.
    pub run: Run,
}

/// An attack on a stage.
pub type Run = Box<dyn Fn(&Stage) -> Result<Ending>>;

impl Case {
    pub fn new(
        name: impl Into<String>,
        expect: impl Into<String>,
        run: impl Fn(&Stage) -> Result<Ending> + 'static,
    ) -> Case {
        Case { name: name.into(), expect: expect.into(), run: Box::new(run) }
    }
}

/// What a case plays on.
pub struct Stage<'a> {
    /// One for all cases that need none of their own.
    pub engine: &'a Engine,
    /// A new empty folder for this run, in which everything may change. It is removed afterwards. Beside it
    /// lie files that must stay as they are: `../canary`, and `../beside/canary`.
    pub work: &'a Path,
    /// The secret that must never be seen by an attacker: the content of the canaries, a variable of the
    /// host's environment, a global of the neighbour.
    pub secret: &'a str,
}

/// How a case ended.
pub struct Ending {
    /// One word or a few, the same in every run: see [`kind_of`] and [`kind_of_error`].
    pub kind: String,
    /// What the attacker was allowed to take of the clock. Zero where no guest ran.
    pub deadline: Duration,
    /// The sum of the memory limits of the VMs that lived at once, in bytes.
    pub memory: u64,
    /// Everything that the attacker got to see: output, results, messages.
    pub seen: Vec<u8>,
}

impl Ending {
    /// Of a call into a guest under limits.
    pub fn of_outcome(outcome: &Outcome, deadline: Duration, memory: u64) -> Ending {
        let mut seen = outcome.stdout.as_bytes().to_vec();
        seen.extend_from_slice(outcome.stderr.as_bytes());
        seen.extend_from_slice(format!("{:?}", outcome.result).as_bytes());
        Ending { kind: kind_of(outcome), deadline, memory, seen }
    }

    /// Of an operation of the host that was refused.
    pub fn of_error(error: &Error) -> Ending {
        let seen = format!("{error} {error:?}").into_bytes();
        Ending { kind: kind_of_error(error), deadline: Duration::ZERO, memory: 0, seen }
    }

    /// Of an operation that did no harm, with what an attacker sees of it.
    pub fn fine(seen: impl Into<Vec<u8>>) -> Ending {
        Ending { kind: "ok".into(), deadline: Duration::ZERO, memory: 0, seen: seen.into() }
    }
}

/// `ok`, `syntax`, `raised`, `memory` (an uncaught "not enough memory"), `limit RESOURCE` (`limit fuel`),
/// `conversion`, `interrupted`, `exit N`, `trap`.
pub fn kind_of(outcome: &Outcome) -> String {
    match &outcome.result {
        Ok(_) => "ok".into(),
        Err(Failure::Syntax { .. }) => "syntax".into(),
        Err(Failure::Raised { .. }) if outcome.out_of_memory => "memory".into(),
        Err(Failure::Raised { .. }) => "raised".into(),
        Err(Failure::Limit { resource, .. }) => format!("limit {resource}"),
        Err(Failure::Conversion { .. }) => "conversion".into(),
        Err(Failure::Interrupted) => "interrupted".into(),
        Err(Failure::Exit(status)) => format!("exit {status}"),
        Err(Failure::Trap(_)) => "trap".into(),
        Err(other) => format!("{other:?}"),
    }
}

/// `error KIND`, with the name of the [`bioxen_lua::ErrorKind`].
pub fn kind_of_error(error: &Error) -> String {
    format!("error {:?}", error.kind())
}
