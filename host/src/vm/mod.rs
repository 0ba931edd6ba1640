//! One Lua state in an instance of its own.

mod checkpoint;
mod copies;
mod phase;

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::chunk::{Chunk, Form, Terms};
use crate::config::{Setup, VmConfig};
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Result};
use crate::exec::Exec;
use crate::guest::{
    Control, Cut, Encoded, GuestError, Instance, Lasting, Reply, Request, Stop, encode, metered,
};
use crate::limits::{Limits, Resource, Usage};
use crate::outcome::{Failure, Outcome, Output};
use crate::runtime::Auxiliary;
use crate::value::{FromLua, IntoLua, IntoLuaMulti, Value};

use phase::{Ending, Phase};

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
/// After a hard stop (a limit, an interrupt, a trap) the instance is gone. Under [`OnStop::Discard`](crate::OnStop::Discard)
/// every further call is an error of kind [`ErrorKind::Stopped`] until [`Vm::reset`]; under
/// [`OnStop::RollBack`](crate::OnStop::RollBack) the VM has the state it had before the call.
pub struct Vm {
    engine: Engine,
    setup: Arc<Setup>,
    control: Arc<Control>,
    phase: Phase,
    /// The terms of the next call.
    terms: Terms,
}

/// How a call into the guest went.
struct Finished {
    answer: std::result::Result<Reply, Stop>,
    stdout: Output,
    stderr: Output,
    denied: Vec<String>,
    usage: Usage,
    out_of_memory: bool,
}

impl Finished {
    /// Whether a limit ended the call that leaves the Lua state whole.
    fn is_over_a_limit(&self) -> bool {
        self.out_of_memory || matches!(self.answer, Ok(Reply::TooLarge))
    }
}

impl Vm {
    /// A fresh VM.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for settings that contradict each other, and
    /// [`ErrorKind::QuotaExceeded`] when as many VMs live as the engine was made for.
    pub fn new(engine: &Engine, config: VmConfig) -> Result<Vm> {
        let mut vm = Vm::unborn(engine, config, Lasting::default())?;
        vm.reset()?;
        Ok(vm)
    }

    /// A VM whose program has ended: it waits for another state.
    pub(crate) fn ended(engine: &Engine, config: VmConfig) -> Result<Vm> {
        let mut vm = Vm::unborn(engine, config, Lasting::default())?;
        vm.phase = Phase::Ended(vm.leave());
        Ok(vm)
    }

    /// A VM without an instance.
    fn unborn(engine: &Engine, config: VmConfig, lasting: Lasting) -> Result<Vm> {
        let setup = Setup::new(config, engine.config().max_memory)?;
        if setup.needs_threads() {
            engine.auxiliary().start()?;
        }
        let phase = Phase::Stopped(lasting);
        Ok(Vm { engine: engine.clone(), setup, control: Arc::default(), phase, terms: Terms::default() })
    }

    /// Makes the VM fresh: the state that a new one has. What it wrote to mounts stays, and still
    /// counts.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::QuotaExceeded`] when as many VMs live as the engine was made for.
    pub fn reset(&mut self) -> Result<()> {
        let lasting = self.leave();
        self.start_fresh(lasting)
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
        self.line_again(chunk, Usage::default())
    }

    /// As [`Vm::line`], under what an earlier attempt at the same statement left of fuel and time. What
    /// it says of its use counts that attempt too.
    pub(crate) fn line_again(&mut self, chunk: impl Into<Chunk>, spent: Usage) -> Exec<'_> {
        let chunk = chunk.into();
        Exec::new(self.auxiliary(), async move {
            if let Some(outcome) = self.refuse_source(&chunk) {
                return Ok(outcome);
            }
            chunk.must_be_lua()?;
            self.terms = Terms { spent, ..chunk.terms };
            let request = Request::Line { source: &chunk.source, name: &chunk.name };
            let outcome = self.outcome(request, false).await;
            self.return_input();
            outcome
        })
    }

    /// What a line did not read of its input is the beginning of the next statement, as it is for the
    /// reference interpreter.
    fn return_input(&mut self) {
        let Phase::Ready(live) = &mut self.phase else { return };
        if let Some(queue) = self.setup.config.stdin.as_queue() {
            queue.give_back(live.instance.drop_unread_input());
        }
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

    /// What it was given.
    pub(crate) fn config(&self) -> &VmConfig {
        &self.setup.config
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
        let (source, name, arguments) = (&chunk.source, &chunk.name, &arguments);
        let request = match chunk.form {
            Form::Lua => Request::Exec { source, name, arguments, echo: chunk.echo },
            Form::Function => Request::Call { name: source, arguments },
        };
        self.terms = chunk.terms;
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
            out_of_memory: false,
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
        self.told(finished, request)
    }

    fn told(&self, finished: Finished, request: Request<'_>) -> Result<Outcome> {
        let result = match finished.answer {
            Ok(reply) => self.result(reply, request)?,
            Err(stop) => Err(stop.into()),
        };
        let Finished { stdout, stderr, denied, usage, out_of_memory, .. } = finished;
        Ok(Outcome { result, stdout, stderr, usage, denied, out_of_memory })
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
            Reply::OutOfMemory => {
                let message = "not enough memory";
                Err(Failure::Raised {
                    value: message.into(),
                    message: message.into(),
                    traceback: String::new(),
                })
            }
            Reply::Missing => return Err(missing(request)),
            Reply::Closed => return Err(phase::ended()),
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
        let keep = self.keeps_checkpoints();
        let ending = match program {
            true => Ending::Program,
            false if self.terms.aside => Ending::Aside,
            false => Ending::Call,
        };
        self.perform_from(request, ending, keep).await
    }

    async fn perform_from(&mut self, request: Request<'_>, ending: Ending, keep: bool) -> Result<Finished> {
        let terms = std::mem::take(&mut self.terms);
        self.begin(keep).await?;
        let Phase::Running(live) = &mut self.phase else { return Err(phase::stopped()) };
        let call = Call { request, ending, terms };
        let finished = drive(&mut live.instance, &self.engine, &self.control, call).await?;
        self.settle(finished.answer.as_ref().err(), ending);
        if finished.is_over_a_limit() && self.keeps_checkpoints() && ending != Ending::Program {
            self.undo();
        }
        Ok(finished)
    }
}

/// One call into the guest.
struct Call<'a> {
    request: Request<'a>,
    ending: Ending,
    terms: Terms,
}

/// Makes a call on an instance, under its limits.
async fn drive(
    instance: &mut Instance,
    engine: &Engine,
    control: &Control,
    Call { request, ending, terms }: Call<'_>,
) -> Result<Finished> {
    control.begin();
    let deadline = instance.state().begin_call(&terms);
    let fuel = instance.state().call.fuel.unwrap_or(u64::MAX).saturating_sub(terms.spent.fuel);
    instance.set_fuel(fuel).map_err(|error| Error::new(ErrorKind::Engine, format!("{error:?}")))?;
    let exports = &engine.image().exports;
    let call = async {
        let reply = instance.perform(exports, request).await?;
        if ending == Ending::Program {
            instance.perform(exports, Request::Close).await?;
        }
        Ok(reply)
    };
    let ended = metered(control, deadline, engine.auxiliary(), call).await;
    Ok(finish(instance, ended))
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
        owner.count_fuel(usage.fuel.saturating_sub(state.call.spent.fuel)); // that was counted before
    }
    let memory = state.setup.config.limits.memory;
    let out_of_memory = matches!(ended, Ok(Ok(Reply::OutOfMemory)));
    let answer = match ended {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(error)) => Err(Stop::from_error(&error, state.call.fuel, memory, &usage)),
        Err(Cut::Interrupted) => Err(Stop::Interrupted),
        Err(Cut::Late) => {
            let limit = state.call.time.unwrap_or_default().as_millis() as u64;
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
        out_of_memory,
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
        write!(formatter, "Vm({})", self.phase.name())
    }
}
