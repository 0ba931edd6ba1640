//! Host functions: what a VM may ask its host to do.

use std::error::Error as StdError;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::id::TenantId;
use crate::value::{FromLuaMulti, IntoLuaMulti, Value};

/// What a host function came to: its results, or the text of a Lua error.
pub(crate) type CallResult = Result<Vec<Value>, String>;

type SyncFunction = dyn Fn(&mut Caller, Vec<Value>) -> CallResult + Send + Sync;
type AsyncFunction = dyn Fn(Caller, Vec<Value>) -> CallFuture + Send + Sync;

/// An asynchronous function on its way.
pub(crate) type CallFuture = Pin<Box<dyn Future<Output = CallResult> + Send>>;

/// What an error of a host function may be: any error, or text.
pub trait FunctionError: Into<Box<dyn StdError + Send + Sync>> {}

impl<E: Into<Box<dyn StdError + Send + Sync>>> FunctionError for E {}

/// Functions of the host, which Lua loads with `require` under the module's name.
///
/// Arguments and results are anything that serde can read and write: a tuple for several, `()` for
/// none, `Option` for what may be nil. An error, and a panic where panics unwind, becomes a Lua error.
///
/// ```
/// use bioxen_lua::{Engine, HostModule, Vm, VmConfig};
/// let clinic = HostModule::new("clinic")
///     .function("dose", |_caller, (weight, factor): (f64, f64)| Ok::<_, String>(weight * factor));
/// let mut vm = Vm::new(&Engine::new()?, VmConfig::default().module(clinic))?;
/// let outcome = vm.exec("return require('clinic').dose(70, 0.5)").wait()?;
/// assert_eq!(outcome.value::<f64>()?, 35.0);
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Clone)]
pub struct HostModule {
    pub(crate) name: String,
    pub(crate) functions: Vec<(String, HostFunction)>,
}

impl HostModule {
    /// A module without functions.
    pub fn new(name: impl Into<String>) -> HostModule {
        HostModule { name: name.into(), functions: Vec::new() }
    }

    /// A function that answers at once. It runs on the thread that polls the call and nothing stops
    /// it: one that waits belongs into [`blocking_function`](HostModule::blocking_function) or
    /// [`async_function`](HostModule::async_function).
    pub fn function<A, R, E>(
        self,
        name: impl Into<String>,
        function: impl Fn(&mut Caller, A) -> Result<R, E> + Send + Sync + 'static,
    ) -> HostModule
    where
        A: FromLuaMulti,
        R: IntoLuaMulti,
        E: FunctionError,
    {
        self.with(name.into(), HostFunction::Direct(Arc::new(typed(function))))
    }

    /// A function that may block: it runs on a thread of the engine's bounded pool. When it outlives
    /// its time the guest goes on with a Lua error; the thread counts as busy until it returns.
    pub fn blocking_function<A, R, E>(
        self,
        name: impl Into<String>,
        function: impl Fn(&mut Caller, A) -> Result<R, E> + Send + Sync + 'static,
    ) -> HostModule
    where
        A: FromLuaMulti,
        R: IntoLuaMulti,
        E: FunctionError,
    {
        self.with(name.into(), HostFunction::Blocking(Arc::new(typed(function))))
    }

    /// A function that waits by `.await`. It is dropped when its time or the call's is over.
    pub fn async_function<A, R, E, F>(
        self,
        name: impl Into<String>,
        function: impl Fn(Caller, A) -> F + Send + Sync + 'static,
    ) -> HostModule
    where
        A: FromLuaMulti,
        R: IntoLuaMulti,
        E: FunctionError,
        F: Future<Output = Result<R, E>> + Send + 'static,
    {
        let start = move |caller: Caller, arguments: Vec<Value>| -> CallFuture {
            match A::from_lua_multi(&arguments) {
                Ok(arguments) => {
                    let future = function(caller, arguments);
                    Box::pin(async move { finished(future.await) })
                }
                Err(error) => Box::pin(std::future::ready(Err(format!("bad argument: {error}")))),
            }
        };
        self.with(name.into(), HostFunction::Async(Arc::new(start)))
    }

    fn with(mut self, name: String, function: HostFunction) -> HostModule {
        self.functions.push((name, function));
        self
    }
}

impl fmt::Debug for HostModule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.functions.iter().map(|(name, _)| name).collect();
        write!(formatter, "HostModule({}, {names:?})", self.name)
    }
}

fn typed<A, R, E>(
    function: impl Fn(&mut Caller, A) -> Result<R, E> + Send + Sync + 'static,
) -> impl Fn(&mut Caller, Vec<Value>) -> CallResult + Send + Sync + 'static
where
    A: FromLuaMulti,
    R: IntoLuaMulti,
    E: FunctionError,
{
    move |caller, arguments| {
        let arguments = A::from_lua_multi(&arguments).map_err(|error| format!("bad argument: {error}"))?;
        finished(function(caller, arguments))
    }
}

fn finished<R: IntoLuaMulti, E: FunctionError>(result: Result<R, E>) -> CallResult {
    match result {
        Ok(results) => results.into_lua_multi().map_err(|error| format!("bad result: {error}")),
        Err(error) => Err(error.into().to_string()),
    }
}

/// A function in the form in which the guest's calls reach it.
#[derive(Clone)]
pub(crate) enum HostFunction {
    Direct(Arc<SyncFunction>),
    Blocking(Arc<SyncFunction>),
    Async(Arc<AsyncFunction>),
}

impl HostFunction {
    pub fn is_async(&self) -> bool {
        matches!(self, HostFunction::Async(_))
    }
}

/// Calls a function and turns a panic into an error.
pub(crate) fn guarded(function: &SyncFunction, caller: &mut Caller, arguments: Vec<Value>) -> CallResult {
    catch_unwind(AssertUnwindSafe(|| function(caller, arguments))).unwrap_or_else(|_| panicked())
}

fn panicked() -> CallResult {
    Err("host function panicked".to_string())
}

/// An asynchronous call whose panics become errors.
pub(crate) struct Guarded(pub CallFuture);

impl Future for Guarded {
    type Output = CallResult;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<CallResult> {
        let future = self.0.as_mut();
        catch_unwind(AssertUnwindSafe(|| future.poll(context))).unwrap_or_else(|_| Poll::Ready(panicked()))
    }
}

/// Who calls a host function.
pub struct Caller {
    pub(crate) tenant: Option<TenantId>,
    pub(crate) deadline: Option<Instant>,
}

impl Caller {
    /// Whose VM calls, if [`VmConfig::tenant`](crate::VmConfig::tenant) said so.
    pub fn tenant(&self) -> Option<&TenantId> {
        self.tenant.as_ref()
    }

    /// What is left of the time of this call; `None` when it has no limit.
    pub fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}
