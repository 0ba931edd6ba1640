//! One Lua state in an instance of its own.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::chunk::Chunk;
use crate::config::{OnStop, Setup, VmConfig};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::exec::Exec;
use crate::guest::{
    Checkpoint, Control, Cut, Encoded, GuestError, Instance, Lasting, Reply, Request, State, Stop, encode,
    metered,
};
use crate::limits::{Limits, Resource, Usage};
use crate::outcome::{Failure, Outcome, Output};
use crate::runtime::Auxiliary;
use crate::value::{FromLua, IntoLua, IntoLuaMulti, Value};

/// One Lua state, alone in an instance of its own. It lives between calls: globals stay.
///
/// ```
/// use bioxen_lua::{Engine, Vm, VmConfig};
/// let mut vm = Vm::new(&Engine::new()?, VmConfig::default())?;
/// vm.exec("function gc(s) local _, n = s:gsub('[GC]', ''); return n / #s end").wait()?;
/// let outcome = vm.call("gc", "GATTACA").wait()?;
/// assert_eq!(outcome.value::<f64>()?, 2.0 / 7.0);
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
///
/// After a hard stop (a limit, an interrupt, a trap) the instance is gone. Under [`OnStop::Discard`]
/// every further call is an error of kind [`ErrorKind::Stopped`] until [`Vm::reset`]; under
/// [`OnStop::RollBack`] the VM has the state it had before the call.
pub struct Vm {
    engine: Engine,
    setup: Arc<Setup>,
    control: Arc<Control>,
    phase: Phase,
    /// What earlier calls used of the next one's limits.
    spent: Usage,
}

/// Where a VM is in its life.
enum Phase {
    /// Between two calls.
    Ready(Box<Instance>),
    /// A call has begun. Found at the next one only when the call's future was dropped: then the guest
    /// stands still in mid-run and is not entered again.
    Running(Box<Instance>, Option<Checkpoint>),
    /// Stopped, and to be made again from the state before the call.
    RolledBack(Checkpoint, Lasting),
    /// Stopped.
    Stopped(Lasting),
    /// The program has ended; its Lua state is closed.
    Ended(Lasting),
}

/// How a call into the guest went.
struct Finished {
    answer: std::result::Result<Reply, Stop>,
    stdout: Output,
    stderr: Output,
    denied: Vec<String>,
    usage: Usage,
}

impl Vm {
    /// A fresh VM.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for settings that contradict each other, and
    /// [`ErrorKind::QuotaExceeded`] when as many VMs live as the engine was made for.
    pub fn new(engine: &Engine, config: VmConfig) -> Result<Vm> {
        let setup = Setup::new(config, engine.config().max_memory)?;
        if setup.needs_threads() {
            engine.auxiliary().start()?;
        }
        let mut vm = Vm {
            engine: engine.clone(),
            setup,
            control: Arc::default(),
            phase: Phase::Stopped(Lasting::default()),
            spent: Usage::default(),
        };
        vm.reset()?;
        Ok(vm)
    }

    /// Makes the VM fresh: the state that a new one has. What it wrote to mounts stays, and still
    /// counts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::QuotaExceeded`] when as many VMs live as the engine was made for.
    pub fn reset(&mut self) -> Result<()> {
        let lasting = self.leave();
        match self.instance(lasting) {
            Ok(instance) => {
                self.phase = Phase::Ready(instance);
                Ok(())
            }
            Err(refused) => {
                let (error, lasting) = *refused;
                self.phase = Phase::Stopped(lasting);
                Err(error)
            }
        }
    }

    /// Runs a chunk; its results and its failure are in the [`Outcome`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Stopped`] and [`ErrorKind::Ended`] when the VM takes no more calls, and
    /// [`ErrorKind::InvalidValue`] when an argument cannot cross.
    pub fn exec(&mut self, chunk: impl Into<Chunk>) -> Exec<'_> {
        let chunk = chunk.into();
        Exec::new(self.auxiliary(), async move { self.exec_chunk(&chunk, false).await })
    }

    /// Runs a chunk as a program: behind it open files are closed and finalizers run, under what is
    /// left of the limits, and the VM has [ended](ErrorKind::Ended).
    ///
    /// # Errors
    ///
    /// As [`Vm::exec`].
    pub fn run(&mut self, chunk: impl Into<Chunk>) -> Exec<'_> {
        let chunk = chunk.into();
        Exec::new(self.auxiliary(), async move { self.exec_chunk(&chunk, true).await })
    }

    /// Runs a line as the reference interpreter's prompt does: as an expression whose values are
    /// printed, else as a statement. A statement that is only begun is [`Failure::Syntax`] with
    /// `incomplete` set.
    ///
    /// # Errors
    ///
    /// As [`Vm::exec`].
    pub fn line(&mut self, chunk: impl Into<Chunk>) -> Exec<'_> {
        let chunk = chunk.into();
        Exec::new(self.auxiliary(), async move {
            if let Some(outcome) = self.refuse_source(&chunk) {
                return Ok(outcome);
            }
            self.outcome(Request::Line { source: &chunk.source, name: &chunk.name }, false).await
        })
    }

    /// As [`Vm::line`], under what an earlier attempt at the same statement left of fuel and time. What
    /// it says of its use counts that attempt too.
    pub(crate) fn line_again(&mut self, chunk: impl Into<Chunk>, spent: Usage) -> Exec<'_> {
        self.spent = spent;
        self.line(chunk)
    }

    /// Calls a global function, or one in tables (`a.b.c`, looked up raw), with a tuple of arguments or
    /// a single one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when there is nothing of that name; beside that as [`Vm::exec`].
    pub fn call(&mut self, name: &str, arguments: impl IntoLuaMulti) -> Exec<'_> {
        let name = name.to_string();
        let arguments = arguments.into_lua_multi().map_err(|error| error.to_string());
        Exec::new(self.auxiliary(), async move {
            let arguments = self.encoded(arguments.as_deref().map_err(String::as_str))?;
            self.outcome(Request::Call { name: name.as_bytes(), arguments: &arguments }, false).await
        })
    }

    /// Reads a global variable, or one in tables (`a.b.c`), by raw access: no metamethod is
    /// called.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidValue`] when it is of another type or cannot cross; beside that as
    /// [`Vm::exec`]. What is not there is nil.
    pub fn get<T: DeserializeOwned + Send>(&mut self, name: &str) -> Exec<'_, T> {
        let name = name.to_string();
        Exec::new(self.auxiliary(), async move {
            let finished = self.perform(Request::Get { name: name.as_bytes() }, false).await?;
            let values = self.values(finished, &name)?;
            T::from_lua(values.first().unwrap_or(&Value::Nil))
                .map_err(|error| Error::new(ErrorKind::InvalidValue, format!("`{name}`: {error}")))
        })
    }

    /// Sets a global variable, or one in tables that exist (`a.b.c`), by raw access.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when a table on the way is missing, [`ErrorKind::InvalidValue`] when the
    /// value cannot cross; beside that as [`Vm::exec`].
    pub fn set(&mut self, name: &str, value: impl IntoLua) -> Exec<'_, ()> {
        let name = name.to_string();
        let value = value.into_lua().map_err(|error| error.to_string());
        Exec::new(self.auxiliary(), async move {
            let values = value.map(|value| vec![value]);
            let encoded = self.encoded(values.as_deref().map_err(String::as_str))?;
            let finished =
                self.perform(Request::Set { name: name.as_bytes(), value: &encoded }, false).await?;
            self.values(finished, &name).map(|_| ())
        })
    }

    /// What could follow the text before a cursor, such as `string.re` or `object:me`: up to 1,000 names
    /// of globals, fields or methods, found by raw access. No metamethod
    /// and no function of the script is called.
    ///
    /// # Errors
    ///
    /// As [`Vm::exec`].
    pub fn complete(&mut self, text: &str) -> Exec<'_, Vec<String>> {
        let text = text.to_string();
        Exec::new(self.auxiliary(), async move {
            let finished = self.perform(Request::Complete { text: text.as_bytes() }, false).await?;
            let values = self.values(finished, &text)?;
            let Some(Value::Table(names)) = values.first() else { return Ok(Vec::new()) };
            let names = names.sequence.iter().filter_map(|name| match name {
                Value::String(name) => name.as_str().map(str::to_string),
                _ => None,
            });
            Ok(names.collect())
        })
    }

    /// A handle that stops the call which then runs, from any thread.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        InterruptHandle(self.control.clone())
    }

    fn auxiliary(&self) -> Arc<Auxiliary> {
        self.engine.auxiliary().clone()
    }

    fn limits(&self) -> &Limits {
        &self.setup.config.limits
    }

    async fn exec_chunk(&mut self, chunk: &Chunk, program: bool) -> Result<Outcome> {
        if let Some(outcome) = self.refuse_source(chunk) {
            return Ok(outcome);
        }
        let arguments = self.encoded(chunk.arguments.as_deref().map_err(String::as_str))?;
        let request = Request::Exec { source: &chunk.source, name: &chunk.name, arguments: &arguments };
        self.outcome(request, program).await
    }

    /// Source over its ceiling is refused before anything starts.
    fn refuse_source(&self, chunk: &Chunk) -> Option<Outcome> {
        let limit = self.limits().source?;
        let used = chunk.source.len() as u64;
        (used > limit).then(|| Outcome {
            result: Err(Failure::Limit { resource: Resource::Source, used, limit }),
            stdout: Output::default(),
            stderr: Output::default(),
            usage: Usage::default(),
            denied: Vec::new(),
        })
    }

    /// Values on their way into the guest.
    fn encoded(&self, values: std::result::Result<&[Value], &str>) -> Result<Encoded> {
        let refuse =
            |what: &str| Error::new(ErrorKind::InvalidValue, format!("value cannot cross to Lua: {what}"));
        let mut encoded = Encoded::new();
        match values {
            Err(message) => Err(refuse(message)),
            Ok(values) => match encode(values, self.limits().memory, &mut encoded) {
                Ok(()) => Ok(encoded),
                Err(error) => Err(refuse(&error.to_string())),
            },
        }
    }

    async fn outcome(&mut self, request: Request<'_>, program: bool) -> Result<Outcome> {
        let finished = self.perform(request, program).await?;
        let result = match finished.answer {
            Ok(reply) => self.result(reply, request)?,
            Err(stop) => Err(stop.into()),
        };
        let Finished { stdout, stderr, denied, usage, .. } = finished;
        Ok(Outcome { result, stdout, stderr, usage, denied })
    }

    fn result(&self, reply: Reply, request: Request<'_>) -> Result<std::result::Result<Vec<Value>, Failure>> {
        Ok(match reply {
            Reply::Values(values) => Ok(values),
            Reply::Syntax { message, incomplete } => Err(Failure::Syntax { message, incomplete }),
            Reply::Raised { value, message, traceback } => Err(Failure::Raised { value, message, traceback }),
            Reply::Conversion(message) => Err(Failure::Conversion { message }),
            Reply::TooLarge => {
                let limit = self.limits().result.unwrap_or(u64::MAX);
                Err(Failure::Limit { resource: Resource::Result, used: limit.saturating_add(1), limit })
            }
            Reply::Missing => return Err(missing(request)),
            Reply::Closed => return Err(ended()),
        })
    }

    /// The values of a request that runs no code of the guest.
    fn values(&self, finished: Finished, name: &str) -> Result<Vec<Value>> {
        let reply = finished.answer.map_err(|stop| Error::failed(stop.into()))?;
        match self.result(reply, Request::Get { name: name.as_bytes() })? {
            Ok(values) => Ok(values),
            Err(Failure::Conversion { message }) => {
                Err(Error::new(ErrorKind::InvalidValue, format!("`{name}`: {message}")))
            }
            Err(failure) => Err(Error::failed(failure)),
        }
    }

    /// One call into the guest, from the checkpoint before it to the phase behind it.
    async fn perform(&mut self, request: Request<'_>, program: bool) -> Result<Finished> {
        self.begin()?;
        let Phase::Running(instance, _) = &mut self.phase else { return Err(stopped()) };
        self.control.begin();
        let spent = std::mem::take(&mut self.spent);
        let deadline = instance.state().begin_call(spent);
        let fuel = self.setup.config.limits.fuel.unwrap_or(u64::MAX).saturating_sub(spent.fuel);
        instance.set_fuel(fuel).map_err(|error| Error::new(ErrorKind::Engine, format!("{error:?}")))?;
        let exports = &self.engine.image().exports;
        let call = async {
            let reply = instance.perform(exports, request).await?;
            if program {
                instance.perform(exports, Request::Close).await?;
            }
            Ok(reply)
        };
        let ended = metered(&self.control, deadline, self.engine.auxiliary(), call).await;
        let finished = finish(instance, ended);
        self.settle(finished.answer.as_ref().err(), program);
        Ok(finished)
    }

    /// Brings the VM into the phase of a call: an instance, and a checkpoint if it may be needed.
    fn begin(&mut self) -> Result<()> {
        let instance = match std::mem::replace(&mut self.phase, Phase::Stopped(Lasting::default())) {
            Phase::Ready(instance) => instance,
            Phase::RolledBack(checkpoint, lasting) => self.rolled_back(checkpoint, lasting)?,
            Phase::Running(instance, Some(checkpoint)) => {
                self.rolled_back(checkpoint, instance.into_lasting())?
            }
            Phase::Running(instance, None) => {
                self.phase = Phase::Stopped(instance.into_lasting());
                return Err(stopped());
            }
            Phase::Stopped(lasting) => {
                self.phase = Phase::Stopped(lasting);
                return Err(stopped());
            }
            Phase::Ended(lasting) => {
                self.phase = Phase::Ended(lasting);
                return Err(ended());
            }
        };
        let checkpoint = (self.setup.config.on_stop == OnStop::RollBack).then(|| instance.checkpoint());
        self.phase = Phase::Running(instance, checkpoint);
        Ok(())
    }

    /// A new instance with the state before the call. Where there is no room for one, the state waits.
    fn rolled_back(&mut self, checkpoint: Checkpoint, lasting: Lasting) -> Result<Box<Instance>> {
        match self.instance(lasting) {
            Ok(mut instance) => {
                instance.restore(&checkpoint)?;
                Ok(instance)
            }
            Err(refused) => {
                let (error, lasting) = *refused;
                self.phase = Phase::RolledBack(checkpoint, lasting);
                Err(error)
            }
        }
    }

    /// Brings the VM into the phase behind a call.
    fn settle(&mut self, stop: Option<&Stop>, program: bool) {
        let Phase::Running(instance, checkpoint) =
            std::mem::replace(&mut self.phase, Phase::Stopped(Lasting::default()))
        else {
            return;
        };
        self.phase = match (stop, checkpoint) {
            (None, _) if program => Phase::Ended(instance.into_lasting()),
            (None, _) => Phase::Ready(instance),
            (Some(Stop::Exit(_)), _) => Phase::Ended(instance.into_lasting()),
            (Some(stop), checkpoint) => {
                tracing::debug!(?stop, "stopped a guest");
                match checkpoint {
                    Some(checkpoint) => Phase::RolledBack(checkpoint, instance.into_lasting()),
                    None => Phase::Stopped(instance.into_lasting()),
                }
            }
        };
    }

    fn instance(&self, mut lasting: Lasting) -> Result<Box<Instance>, Box<(Error, Lasting)>> {
        lasting.disk.all_closed();
        let image = self.engine.image();
        let state = State::new(
            self.setup.clone(),
            self.control.clone(),
            self.engine.auxiliary().clone(),
            image.layout,
            lasting,
        );
        Ok(Box::new(Instance::new(image, state)?))
    }

    /// Drops whatever instance there is, and keeps what outlives it.
    fn leave(&mut self) -> Lasting {
        match std::mem::replace(&mut self.phase, Phase::Stopped(Lasting::default())) {
            Phase::Ready(instance) | Phase::Running(instance, _) => instance.into_lasting(),
            Phase::RolledBack(_, lasting) | Phase::Stopped(lasting) | Phase::Ended(lasting) => lasting,
        }
    }
}

/// Reads what a call left in its instance.
fn finish(
    instance: &mut Instance,
    ended: std::result::Result<std::result::Result<Reply, GuestError>, Cut>,
) -> Finished {
    if !matches!(ended, Ok(Ok(_))) {
        instance.take_pending_output();
    }
    let fuel_left = instance.fuel_left();
    let state = instance.state();
    let usage = state.usage(fuel_left);
    if let Some(owner) = &state.setup.config.registration {
        owner.count_fuel(usage.fuel);
    }
    let limits = &state.setup.config.limits;
    let answer = match ended {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(error)) => Err(Stop::from_error(&error, limits, &usage)),
        Err(Cut::Interrupted) => Err(Stop::Interrupted),
        Err(Cut::Late) => {
            let limit = limits.time.unwrap_or_default().as_millis() as u64;
            Err(Stop::Limit { resource: Resource::Time, used: usage.time.as_millis() as u64, limit })
        }
    };
    let produced = state.end_call();
    Finished {
        answer,
        stdout: Output::new(produced.stdout),
        stderr: Output::new(produced.stderr),
        denied: produced.denied,
        usage,
    }
}

fn missing(request: Request<'_>) -> Error {
    let (what, name) = match request {
        Request::Call { name, .. } => ("function", name),
        Request::Get { name } | Request::Set { name, .. } => ("table on the way to", name),
        _ => ("name", &b"?"[..]),
    };
    let name = String::from_utf8_lossy(name);
    Error::new(
        ErrorKind::NotFound,
        format!("the VM has no {what} `{name}`; a chunk that defines it has to run first"),
    )
}

fn stopped() -> Error {
    Error::new(ErrorKind::Stopped, "the VM was stopped; `reset` makes it fresh")
}

fn ended() -> Error {
    Error::new(ErrorKind::Ended, "the program of this VM has ended; `reset` makes it fresh")
}

/// Stops the call that runs on a VM, from any thread.
#[derive(Clone)]
pub struct InterruptHandle(Arc<Control>);

impl InterruptHandle {
    /// Stops the call that runs now: its outcome is [`Failure::Interrupted`]. A call that has not begun
    /// is not affected.
    pub fn interrupt(&self) {
        self.0.interrupt();
    }

    /// Whether the call that runs, or ran last, was interrupted.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.0.is_interrupted()
    }
}

impl fmt::Debug for InterruptHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("InterruptHandle")
    }
}

impl fmt::Debug for Vm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match self.phase {
            Phase::Ready(_) => "ready",
            Phase::Running(..) => "running",
            Phase::RolledBack(..) => "rolled back",
            Phase::Stopped(_) => "stopped",
            Phase::Ended(_) => "ended",
        };
        write!(formatter, "Vm({phase})")
    }
}
