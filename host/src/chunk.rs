//! Source to run, and on what terms.

use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::limits::{Limits, Usage};
use crate::value::{IntoLuaMulti, Value};

/// A piece of Lua source, its name and its arguments, and how it is run.
///
/// Text only: bytecode is refused. A first line that starts with `#` is skipped.
///
/// ```
/// use bioxen_lua::Chunk;
/// let chunk = Chunk::new("return ...").name("@double.lua").arguments((21, "x"));
/// # let _ = chunk;
/// ```
#[derive(Debug, Clone)]
pub struct Chunk {
    pub(crate) source: Vec<u8>,
    pub(crate) name: Vec<u8>,
    pub(crate) arguments: std::result::Result<Vec<Value>, String>,
    pub(crate) form: Form,
    pub(crate) echo: Echo,
    pub(crate) terms: Terms,
}

/// What the source of a chunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Lua.
    Lua,
    /// The name of a function.
    Function,
}

/// What becomes of the results of a chunk, beside that they are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Echo {
    #[default]
    Silent,
    Printed,
}

/// The terms of one call, where they differ from those of its VM.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Terms {
    /// Time in the place of the VM's.
    pub time: Option<Option<Duration>>,
    /// Fuel in the place of the VM's.
    pub fuel: Option<Option<u64>>,
    /// Beside the VM's standard streams.
    pub aside: bool,
    /// What earlier calls used of this one's limits.
    pub spent: Usage,
}

impl Chunk {
    /// Source named `=chunk`, which Lua's messages show as `chunk:1:`.
    pub fn new(source: impl Into<Vec<u8>>) -> Chunk {
        Chunk {
            source: source.into(),
            name: b"=chunk".to_vec(),
            arguments: Ok(Vec::new()),
            form: Form::Lua,
            echo: Echo::default(),
            terms: Terms::default(),
        }
    }

    /// A call of a global function, or one in tables (`a.b.c`), as [`Vm::call`](crate::Vm::call) makes it.
    pub fn function(name: impl Into<Vec<u8>>) -> Chunk {
        Chunk { form: Form::Function, ..Chunk::new(name) }
    }

    /// The name for messages, by Lua's rules: `@` before a file name, `=` before any other text.
    pub fn name(mut self, name: impl Into<Vec<u8>>) -> Chunk {
        self.name = name.into();
        self
    }

    /// What `...` is in the chunk: a tuple for several, any serializable value for one.
    ///
    /// A value that cannot cross is reported when the chunk is run.
    pub fn arguments(mut self, arguments: impl IntoLuaMulti) -> Chunk {
        self.arguments = arguments.into_lua_multi().map_err(|error| error.to_string());
        self
    }

    /// Prints the results as a prompt does, by the script's own `print`, besides answering with them. What
    /// cannot cross to the host is printed all the same.
    pub fn echo(mut self) -> Chunk {
        self.echo = Echo::Printed;
        self
    }

    /// The wall-clock time that this run may take, in the place of [`Limits::time`]; `None` lifts it.
    pub fn time(mut self, time: Option<Duration>) -> Chunk {
        self.terms.time = Some(time);
        self
    }

    /// The fuel that this run may burn, in the place of [`Limits::fuel`]; `None` lifts it.
    pub fn fuel(mut self, fuel: Option<u64>) -> Chunk {
        self.terms.fuel = Some(fuel);
        self
    }

    /// Runs it beside the VM's own output and a session's input: what it prints is in its
    /// [`Outcome`](crate::Outcome), `io.read` takes nothing that a session was sent, and `os.exit` ends this
    /// run alone, as any other hard stop does.
    pub fn aside(mut self) -> Chunk {
        self.terms.aside = true;
        self
    }

    /// Refuses terms beyond a manager's ceilings.
    pub(crate) fn check_within(&self, ceiling: &Limits) -> Result<()> {
        let (time, fuel) = (self.terms.time, self.terms.fuel);
        let time = Limits { time: time.unwrap_or(ceiling.time), ..ceiling.clone() };
        Limits { fuel: fuel.unwrap_or(ceiling.fuel), ..time }.check_within(ceiling)
    }

    pub(crate) fn must_be_lua(&self) -> Result<()> {
        match self.form {
            Form::Lua => Ok(()),
            Form::Function => Err(Error::new(
                ErrorKind::InvalidValue,
                "a line was given the name of a function: expected source, or use `exec`",
            )),
        }
    }
}

impl From<&str> for Chunk {
    fn from(source: &str) -> Chunk {
        Chunk::new(source)
    }
}

impl From<String> for Chunk {
    fn from(source: String) -> Chunk {
        Chunk::new(source)
    }
}

impl From<&[u8]> for Chunk {
    fn from(source: &[u8]) -> Chunk {
        Chunk::new(source)
    }
}

impl From<Vec<u8>> for Chunk {
    fn from(source: Vec<u8>) -> Chunk {
        Chunk::new(source)
    }
}
