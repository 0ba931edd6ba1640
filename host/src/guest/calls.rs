//! The imports of the contract (`wit/`): settings, host functions, variables, time, exit. Every one
//! charges fuel, trusts no address, and answers lists through the transfer buffer.

use std::time::{Duration, Instant};

use wasmtime::{Caller as WasmCaller, Linker, Memory};

use crate::config::function_number;
use crate::func::{CallResult, Caller, Guarded, HostFunction, guarded};
use crate::registration::Within;
use crate::runtime::{Auxiliary, Share, yield_once};
use crate::value::Value;

use super::instance::SLICE;
use super::memory::{slice, slice_mut, write_u32};
use super::meter::Control;
use super::reply::{ERROR, RESULTS, decode_arguments, encode_reply};
use super::state::State;
use super::stop::Stop;
use super::wire;

/// The contract's module of imports.
const HOST: &str = "bioxen:lua/host@0.1.0";

/// Fuel for a call into the host, beside one unit for each byte that crosses: about what the guest
/// would burn in the time that such a call takes, measured at some 0.3 us.
const CALL_FUEL: u64 = 2_000;

pub(crate) type HostCaller<'a> = WasmCaller<'a, State>;

pub(crate) fn define(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.func_wrap_async(HOST, "settings", |caller: HostCaller<'_>, (result,): (u32,)| {
        Box::new(settings(caller, result))
    })?;
    linker.func_wrap_async(HOST, "more", |caller: HostCaller<'_>, (offset, result): (u32, u32)| {
        Box::new(more(caller, offset, result))
    })?;
    linker.func_wrap_async(
        HOST,
        "module",
        |caller: HostCaller<'_>, (address, size, result): (u32, u32, u32)| {
            Box::new(module(caller, address, size, result))
        },
    )?;
    linker.func_wrap_async(
        HOST,
        "variable",
        |caller: HostCaller<'_>, (address, size, result): (u32, u32, u32)| {
            Box::new(variable(caller, address, size, result))
        },
    )?;
    linker.func_wrap_async(HOST, "denied", |caller: HostCaller<'_>, (address, size): (u32, u32)| {
        Box::new(denied(caller, address, size))
    })?;
    linker
        .func_wrap_async(HOST, "running-time", |caller: HostCaller<'_>, ()| Box::new(running_time(caller)))?;
    linker.func_wrap_async(HOST, "sleep", |caller: HostCaller<'_>, (milliseconds,): (u64,)| {
        Box::new(sleep(caller, milliseconds))
    })?;
    linker.func_wrap(HOST, "exit", exit)?;
    linker.func_wrap_async(HOST, "call", |caller: HostCaller<'_>, parameters: (u32, u32, u32, u32)| {
        Box::new(call(caller, parameters))
    })?;
    Ok(())
}

/// Takes fuel for a call into the host that moves this many bytes. Every import but `exit` comes
/// through here first.
///
/// wasmtime begins a new slice when fuel is set, so a guest that calls its host all the time would
/// never yield by itself, and nobody would look at its deadline: what was burnt since the last slice
/// is counted here, and the call yields in the guest's place.
pub(crate) async fn charge(caller: &mut HostCaller<'_>, bytes: u64) -> wasmtime::Result<()> {
    let left = caller.get_fuel()?;
    let cost = CALL_FUEL.saturating_add(bytes);
    if left <= cost {
        caller.set_fuel(0)?;
        return Err(wasmtime::Trap::OutOfFuel.into());
    }
    let left = left - cost;
    caller.set_fuel(left)?;
    let state = caller.data_mut();
    if state.call.slice_start.saturating_sub(left) >= SLICE {
        state.call.slice_start = left;
        yield_once().await;
    }
    Ok(())
}

/// The memory of the calling instance.
pub(crate) fn memory_of(caller: &HostCaller<'_>) -> wasmtime::Result<Memory> {
    caller.data().memory.ok_or_else(|| wasmtime::Error::msg("the guest called its host before it was made"))
}

pub(crate) fn fault() -> wasmtime::Error {
    Stop::Trap("the guest named memory that it does not have".into()).into()
}

/// Answers with bytes: the first piece into the transfer buffer, the rest kept for `more`.
fn answer(caller: &mut HostCaller<'_>, result: u32, bytes: Vec<u8>) -> wasmtime::Result<()> {
    let layout = caller.data().layout;
    let total = u32::try_from(bytes.len())?;
    let piece = total.min(layout.transfer_size);
    let memory = memory_of(caller)?;
    let data = memory.data_mut(&mut *caller);
    let mut written = || {
        slice_mut(data, layout.transfer, piece)?.copy_from_slice(&bytes[..piece as usize]);
        write_u32(data, result, total)?;
        write_u32(data, result.checked_add(4)?, layout.transfer)?;
        write_u32(data, result.checked_add(8)?, piece)
    };
    written().ok_or_else(fault)?;
    caller.data_mut().reply = if piece < total { bytes } else { Vec::new() };
    Ok(())
}

async fn more(mut caller: HostCaller<'_>, offset: u32, result: u32) -> wasmtime::Result<()> {
    let layout = caller.data().layout;
    let reply = std::mem::take(&mut caller.data_mut().reply);
    let rest = reply.get(offset as usize..).unwrap_or_default();
    let piece = rest.len().min(layout.transfer_size as usize);
    charge(&mut caller, piece as u64).await?;
    let memory = memory_of(&caller)?;
    let data = memory.data_mut(&mut caller);
    let mut written = || {
        slice_mut(data, layout.transfer, piece as u32)?.copy_from_slice(&rest[..piece]);
        write_u32(data, result, layout.transfer)?;
        write_u32(data, result.checked_add(4)?, piece as u32)
    };
    written().ok_or_else(fault)?;
    if piece < rest.len() {
        caller.data_mut().reply = reply;
    }
    Ok(())
}

/// Copies out bytes that the guest names, at most `ceiling` of them.
fn bytes_at(caller: &HostCaller<'_>, address: u32, size: u32, ceiling: u64) -> wasmtime::Result<Vec<u8>> {
    if u64::from(size) > ceiling {
        return Err(fault());
    }
    let memory = memory_of(caller)?;
    Ok(slice(memory.data(caller), address, size).ok_or_else(fault)?.to_vec())
}

/// Names of modules and variables, and denied paths, are no longer than this.
const NAME_CEILING: u64 = 65_536;

async fn settings(mut caller: HostCaller<'_>, result: u32) -> wasmtime::Result<()> {
    charge(&mut caller, 0).await?;
    let state = caller.data();
    let limits = &state.setup.config.limits;
    let ceiling = |limit: Option<u64>| {
        Value::Integer(limit.map_or(i64::from(u32::MAX), |limit| limit.min(u64::from(u32::MAX)) as i64))
    };
    let text = |text: &Option<String>| text.as_deref().map_or(Value::Nil, Value::from);
    let [first, second] = state.seeds();
    let values = [
        Value::Integer(first),
        Value::Integer(second),
        ceiling(limits.result),
        ceiling(limits.error_text.map(|limit| limit.min(1 << 24))),
        ceiling(limits.host_call_size),
        Value::Boolean(!state.setup.config.mounts.is_empty()),
        text(&state.setup.package_path),
        text(&state.setup.temporary_folder),
        Value::Boolean(state.setup.config.seed.is_some()),
    ];
    let mut encoded = Vec::with_capacity(96);
    wire::encode(&values, None, &mut encoded).map_err(|_| wasmtime::Error::msg("settings too large"))?;
    answer(&mut caller, result, encoded)
}

async fn module(mut caller: HostCaller<'_>, address: u32, size: u32, result: u32) -> wasmtime::Result<()> {
    charge(&mut caller, u64::from(size)).await?;
    if u64::from(size) > NAME_CEILING {
        return answer(&mut caller, result, Vec::new());
    }
    let name = bytes_at(&caller, address, size, NAME_CEILING)?;
    let description = describe(caller.data(), &name)?;
    charge(&mut caller, description.len() as u64).await?;
    answer(&mut caller, result, description)
}

/// A zero byte, then qualified name, name and number of each function. For an unknown module a single
/// byte, and nothing at all where the VM has no modules.
fn describe(state: &State, name: &[u8]) -> wasmtime::Result<Vec<u8>> {
    let modules = &state.setup.config.modules;
    if let Some(module) = modules.iter().find(|module| module.name.as_bytes() == name) {
        let mut values = Vec::new();
        for (function, _) in &module.functions {
            values.push(Value::from(format!("{}.{function}", module.name).as_str()));
            values.push(Value::from(function.as_str()));
            values.push(Value::Integer(function_number(&module.name, function).into()));
        }
        let mut description = vec![RESULTS];
        wire::encode(&values, None, &mut description)
            .map_err(|_| wasmtime::Error::msg("module too large"))?;
        return Ok(description);
    }
    Ok(if modules.is_empty() { Vec::new() } else { vec![ERROR] })
}

/// `=` and the value; nothing where the variable is not set.
async fn variable(mut caller: HostCaller<'_>, address: u32, size: u32, result: u32) -> wasmtime::Result<()> {
    charge(&mut caller, u64::from(size)).await?;
    if u64::from(size) > NAME_CEILING {
        return answer(&mut caller, result, Vec::new());
    }
    let name = bytes_at(&caller, address, size, NAME_CEILING)?;
    let variables = &caller.data().setup.config.variables;
    // The last one counts, as when variables are set one after the other.
    let found = variables.iter().rev().find(|(candidate, _)| candidate.as_bytes() == name);
    let value = found.map_or_else(Vec::new, |(_, value)| format!("={value}").into_bytes());
    charge(&mut caller, value.len() as u64).await?;
    answer(&mut caller, result, value)
}

async fn denied(mut caller: HostCaller<'_>, address: u32, size: u32) -> wasmtime::Result<()> {
    charge(&mut caller, u64::from(size)).await?;
    let path = bytes_at(&caller, address, size.min(NAME_CEILING as u32), NAME_CEILING)?;
    caller.data_mut().note_denied(&path);
    Ok(())
}

/// Milliseconds.
async fn running_time(mut caller: HostCaller<'_>) -> wasmtime::Result<u64> {
    charge(&mut caller, 0).await?;
    Ok(caller.data().running().as_millis() as u64)
}

/// Waits on the engine's timer: a guest that waits burns nothing. The call's deadline ends it as it ends any
/// wait.
async fn sleep(mut caller: HostCaller<'_>, milliseconds: u64) -> wasmtime::Result<()> {
    charge(&mut caller, 0).await?;
    let (auxiliary, control) = (caller.data().auxiliary.clone(), caller.data().control.clone());
    auxiliary.start().map_err(wasmtime::Error::new)?;
    let end = Instant::now().checked_add(Duration::from_millis(milliseconds));
    let wait = async {
        match end {
            Some(end) => auxiliary.sleep_until(end).await,
            None => std::future::pending().await,
        }
    };
    waiting(&control, wait).await;
    Ok(())
}

fn exit(_caller: HostCaller<'_>, status: i32) -> wasmtime::Result<()> {
    Err(Stop::Exit(status).into())
}

/// A host function: number, encoded arguments, and where the reply goes.
async fn call(
    mut caller: HostCaller<'_>,
    (function, address, size, result): (u32, u32, u32, u32),
) -> wasmtime::Result<()> {
    charge(&mut caller, u64::from(size)).await?;
    caller.data_mut().count_host_call()?;
    let setup = caller.data().setup.clone();
    let limits = &setup.config.limits;
    let memory = memory_of(&caller)?;
    let encoded = slice(memory.data(&caller), address, size).ok_or_else(fault)?;
    let arguments = decode_arguments(encoded, limits);
    let reply = match (setup.functions.get(&function), arguments) {
        (None, _) => Err("this VM has no such host function, though it may have had one".into()),
        (Some(_), Err(error)) => Err(error),
        (Some(named), Ok(arguments)) => run(&mut caller, function, named, arguments).await,
    };
    if caller.data().control.is_interrupted() {
        return Err(Stop::Interrupted.into()); // the function itself may have asked for it
    }
    let encoded = encode_reply(reply, limits);
    charge(&mut caller, encoded.len() as u64).await?;
    answer(&mut caller, result, encoded)
}

async fn run(
    caller: &mut HostCaller<'_>,
    number: u32,
    function: &HostFunction,
    arguments: Vec<Value>,
) -> CallResult {
    let state = caller.data();
    let deadline = function_deadline(state);
    let (auxiliary, control) = (state.auxiliary.clone(), state.control.clone());
    let owner = state.setup.config.registration.clone();
    let mut who = Caller { tenant: state.setup.config.tenant.clone(), deadline };
    match function {
        HostFunction::Direct(function) => {
            let _entered = owner.as_ref().map(|owner| owner.enter(number));
            guarded(&**function, &mut who, arguments)
        }
        HostFunction::Blocking(function) => {
            let function = function.clone();
            let task = auxiliary.run_blocking(Share::Functions, move || {
                let run = || guarded(&*function, &mut who, arguments);
                match owner {
                    Some(owner) => owner.hold(number, run),
                    None => run(),
                }
            });
            let task = async { task.await.unwrap_or_else(|error| Err(error.to_string())) };
            in_time(&auxiliary, &control, deadline, task).await
        }
        HostFunction::Async(function) => {
            let started = {
                let _entered = owner.as_ref().map(|owner| owner.enter(number));
                start(&**function, who, arguments)
            };
            let function = Within { registration: owner, function: started? };
            in_time(&auxiliary, &control, deadline, function).await
        }
    }
}

/// A function that builds its future may panic before there is one.
fn start(
    function: &(dyn Fn(Caller, Vec<Value>) -> crate::func::CallFuture + Send + Sync),
    who: Caller,
    arguments: Vec<Value>,
) -> Result<Guarded, String> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| Guarded(function(who, arguments))))
        .map_err(|_| "host function panicked".to_string())
}

fn function_deadline(state: &State) -> Option<Instant> {
    let own = state.setup.config.limits.host_call_time.and_then(|time| Instant::now().checked_add(time));
    match (own, state.call.deadline) {
        (Some(own), Some(call)) => Some(own.min(call)),
        (own, call) => own.or(call),
    }
}

/// Waits for a function until its deadline. That of the whole call is watched by whoever polls it.
async fn in_time(
    auxiliary: &Auxiliary,
    control: &Control,
    deadline: Option<Instant>,
    future: impl Future<Output = CallResult>,
) -> CallResult {
    let timer = async {
        match deadline {
            Some(deadline) => auxiliary.sleep_until(deadline).await,
            None => std::future::pending().await,
        }
    };
    let late = "host function took longer than it may";
    waiting(control, first(future, timer)).await.unwrap_or_else(|| Err(late.into()))
}

/// Marks the guest as waiting inside the host while a future is pending.
pub(crate) async fn waiting<T>(control: &Control, future: impl Future<Output = T>) -> T {
    control.set_waiting(true);
    let output = future.await;
    control.set_waiting(false);
    output
}

/// The future's output, or nothing when the timer was first.
async fn first<T>(future: impl Future<Output = T>, timer: impl Future<Output = ()>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let mut timer = std::pin::pin!(timer);
    std::future::poll_fn(|context| {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(context) {
            return std::task::Poll::Ready(Some(output));
        }
        timer.as_mut().poll(context).map(|()| None)
    })
    .await
}
