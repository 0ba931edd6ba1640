//! One instance: a store, its memory, and the calls that the host makes into it.

use std::ops::Range;
use std::task::{Context, Poll, Waker};

use wasmtime::{
    Extern, Func, Instance as WasmInstance, Memory, ModuleExport, PoolConcurrencyLimitError, Store, Val,
};

use crate::chunk::Echo;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::value::Value;

use super::image::{Exports, Image, Layout};
use super::lasting::Lasting;
use super::memory::{read_u32, slice, slice_mut};
use super::pages::{PAGE, Pages};
use super::state::State;
use super::streams::{drop_unread, take_pending};
use super::track::{Changed, Watch};
use super::wire::{self, WireError};

/// Units of fuel between two looks at the clock: 40 us of a tight loop, 400 us of the slowest script
/// that was found. A quarter of it costs 3 % more time; twice and more is late under load.
pub(crate) const SLICE: u64 = 400_000;

/// What the parts of an error cost beyond their bytes, and texts of the guest that are short.
const REPLY_SLACK: u64 = 1024;

/// What the host asks of the Lua state. Names and sources are bytes, values are encoded.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Request<'a> {
    Exec {
        source: &'a [u8],
        name: &'a [u8],
        arguments: &'a [u8],
        echo: Echo,
    },
    Line {
        source: &'a [u8],
        name: &'a [u8],
    },
    Call {
        name: &'a [u8],
        arguments: &'a [u8],
    },
    Get {
        name: &'a [u8],
    },
    Set {
        name: &'a [u8],
        value: &'a [u8],
    },
    Complete {
        text: &'a [u8],
    },
    /// Runs a chunk of the host's own beside the script, in an instance that is thrown away.
    Inspect {
        source: &'a [u8],
        name: &'a [u8],
    },
    /// Collects garbage and clears what holds nothing. Answers with whether all finalizers went well.
    Rest,
    Close,
}

impl Request<'_> {
    fn names_something(&self) -> bool {
        matches!(self, Request::Call { .. } | Request::Get { .. } | Request::Set { .. })
    }
}

/// What the Lua state answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reply {
    Values(Vec<Value>),
    Syntax {
        message: String,
        incomplete: bool,
    },
    Raised {
        value: Value,
        message: String,
        traceback: String,
    },
    Conversion(String),
    TooLarge,
    Missing,
    Closed,
    /// Memory ran out, and the script did not catch that.
    OutOfMemory,
}

/// One instance of the guest.
pub(crate) struct Instance {
    /// Dropped before the store, whose slot is wiped by what the kernel tells of its pages.
    watch: Option<Watch>,
    store: Store<State>,
    instance: WasmInstance,
    memory: Memory,
}

impl Instance {
    /// A fresh instance; what outlives it comes back when there is no room for one.
    pub fn new(image: &Image, state: State) -> Result<Instance, Box<(Error, Lasting)>> {
        let mut store = Store::new(&image.engine, state);
        store.limiter(|state| &mut state.meter);
        match Instance::place(image, &mut store) {
            Ok((instance, memory)) => Ok(Instance { watch: None, store, instance, memory }),
            Err(error) => {
                let state = store.into_data();
                let error = state.meter.refused().map_or(error, Error::from);
                Err(Box::new((error, state.lasting)))
            }
        }
    }

    fn place(image: &Image, store: &mut Store<State>) -> Result<(WasmInstance, Memory)> {
        let mut store = store;
        let instance =
            at_once(image.instance.instantiate_async(&mut *store)).map_err(|error| refused(&error))?;
        let memory = match instance.get_module_export(&mut store, &image.exports.memory) {
            Some(Extern::Memory(memory)) => memory,
            _ => return Err(Error::new(ErrorKind::Engine, "the guest exports no memory")),
        };
        store.data_mut().memory = Some(memory);
        store.fuel_async_yield_interval(Some(SLICE)).map_err(|error| refused(&error))?;
        Ok((instance, memory))
    }

    pub fn state(&mut self) -> &mut State {
        self.store.data_mut()
    }

    /// All of its memory as it is.
    pub fn bytes(&self) -> &[u8] {
        self.memory.data(&self.store)
    }

    /// Ends the instance; what outlives it stays.
    pub fn into_lasting(self) -> Lasting {
        drop(self.watch);
        self.store.into_data().lasting
    }

    pub fn set_fuel(&mut self, fuel: u64) -> wasmtime::Result<()> {
        self.state().call.slice_start = fuel;
        self.store.set_fuel(fuel)
    }

    pub fn fuel_left(&self) -> u64 {
        self.store.get_fuel().unwrap_or(0)
    }

    /// Pages that may have been written since the last time, in order, between two calls; the first time
    /// those that were ever touched.
    pub fn written(&mut self, image: &Image) -> Changed {
        let (first, live) = behind_stack(self.memory.data(&self.store), image.layout);
        shifted(image.tracker.written(&mut self.watch, live), first)
    }

    /// Takes over what these pages hold now. The answer has those that have changed, in order.
    pub fn take_pages(&self, image: &Image, pages: &mut Pages, maybe: &[Range<usize>]) -> Vec<usize> {
        pages.update(&image.base, self.memory.data(&self.store), maybe)
    }

    /// Takes note of which of all the pages that may have been written have changed indeed.
    pub fn note_written(&mut self, image: &Image, changed: &[usize]) {
        let (first, _) = behind_stack(self.memory.data(&self.store), image.layout);
        if let Some(watch) = &mut self.watch {
            watch.note(|page| changed.binary_search(&(page + first)).is_ok());
        }
    }

    /// The next pages to be brought up to date stand for a fresh guest.
    pub fn unwatch(&mut self) {
        self.watch = None;
    }

    /// The memory between two calls, for an instance that is not watched.
    pub fn pages(&self, image: &Image) -> Pages {
        let memory = self.memory.data(&self.store);
        let mut pages = Pages::fresh(memory.len());
        let (first, live) = behind_stack(memory, image.layout);
        pages.update(&image.base, memory, &shifted(image.tracker.touched(live), first));
        pages
    }

    /// Puts pages into a fresh instance.
    pub fn restore(&mut self, pages: &Pages) -> Result<()> {
        const WASM_PAGE: usize = 65_536;
        let missing = pages.size().saturating_sub(self.memory.data_size(&self.store)).div_ceil(WASM_PAGE);
        if let Err(error) = self.memory.grow(&mut self.store, missing as u64) {
            return Err(self.store.data().meter.refused().map_or_else(|| refused(&error), Error::from));
        }
        pages.put(self.memory.data_mut(&mut self.store));
        Ok(())
    }

    /// Whether no call is under way inside the guest: then memory is all of its state.
    pub fn is_quiescent(&mut self, image: &Image) -> bool {
        let stack_pointer = self.instance.get_module_export(&mut self.store, &image.exports.stack_pointer);
        let Some(Extern::Global(stack_pointer)) = stack_pointer else { return false };
        matches!(stack_pointer.get(&mut self.store), Val::I32(at) if at as u32 == image.layout.stack_end)
    }

    /// Takes over what the guest's C library holds of standard output, for a stopped instance, whose
    /// functions cannot be called any more. What no longer fits is not kept.
    pub fn take_pending_output(&mut self) {
        let (memory, state) = self.memory.data_and_store_mut(&mut self.store);
        let _ = take_pending(memory, state.layout.standard_output, &mut state.stdout);
    }

    /// Makes the guest forget what it did not read of its last piece of input, and says how many bytes.
    pub fn drop_unread_input(&mut self) -> usize {
        let (memory, state) = self.memory.data_and_store_mut(&mut self.store);
        drop_unread(memory, state.layout.standard_input)
    }

    fn layout(&self) -> Layout {
        self.store.data().layout
    }

    /// Makes one request. An error is what stopped the guest; the instance must not be entered again.
    pub async fn perform(&mut self, exports: &Exports, request: Request<'_>) -> wasmtime::Result<Reply> {
        match self.ask_for(exports, request).await? {
            // Only what was asked for by a name can be missing.
            Reply::Missing if !request.names_something() => Err(damaged()),
            reply => Ok(reply),
        }
    }

    async fn ask_for(&mut self, exports: &Exports, request: Request<'_>) -> wasmtime::Result<Reply> {
        match request {
            Request::Exec { source, name, arguments, echo } => {
                let export = if echo == Echo::Printed { &exports.echo } else { &exports.exec };
                self.ask(exports, export, [source, name, arguments]).await
            }
            Request::Line { source, name } => self.ask(exports, &exports.line, [source, name]).await,
            Request::Call { name, arguments } => self.ask(exports, &exports.call, [name, arguments]).await,
            Request::Get { name } => self.ask(exports, &exports.get, [name]).await,
            Request::Set { name, value } => self.ask(exports, &exports.set, [name, value]).await,
            Request::Complete { text } => self.ask(exports, &exports.complete, [text]).await,
            Request::Inspect { source, name } => self.ask(exports, &exports.inspect, [source, name]).await,
            Request::Rest => {
                let collect = self.function(&exports.collect)?.typed::<(), u32>(&self.store)?;
                let went_well = collect.call_async(&mut self.store, ()).await? != 0;
                if went_well {
                    self.run(&exports.clear).await?;
                }
                Ok(Reply::Values(vec![Value::Boolean(went_well)]))
            }
            Request::Close => {
                self.run(&exports.close).await?;
                Ok(Reply::Values(Vec::new()))
            }
        }
    }

    async fn run(&mut self, export: &ModuleExport) -> wasmtime::Result<()> {
        let function = self.function(export)?.typed::<(), ()>(&self.store)?;
        function.call_async(&mut self.store, ()).await
    }

    async fn ask<const N: usize>(
        &mut self,
        exports: &Exports,
        export: &ModuleExport,
        lists: [&[u8]; N],
    ) -> wasmtime::Result<Reply> {
        let mut parameters = [(0, 0); N];
        let mut used = 0;
        for at in 0..N {
            match self.lower(exports, lists[at], &mut used).await? {
                Some(parameter) => parameters[at] = parameter,
                None => return self.no_memory(exports, &parameters[..at]).await,
            }
        }
        let answer = self.enter(export, &parameters).await?;
        self.reply(answer)
    }

    /// Puts a list where the guest can read it: into the transfer buffer, or into memory it hands out.
    /// Nothing when it has none left.
    async fn lower(
        &mut self,
        exports: &Exports,
        list: &[u8],
        used: &mut u32,
    ) -> wasmtime::Result<Option<(u32, u32)>> {
        let layout = self.layout();
        let size = u32::try_from(list.len())?;
        let address = if size <= layout.transfer_size - *used {
            *used += size;
            layout.transfer + (*used - size)
        } else {
            let allocate = self.function(&exports.allocate)?.typed::<u32, u32>(&self.store)?;
            allocate.call_async(&mut self.store, size).await?
        };
        if address == 0 {
            return Ok(None);
        }
        let memory = self.memory.data_mut(&mut self.store);
        slice_mut(memory, address, size).ok_or_else(damaged)?.copy_from_slice(list);
        Ok(Some((address, size)))
    }

    /// The error that Lua raises in a full memory, for a call that cannot even begin; gives back what its
    /// first lists took.
    async fn no_memory(&mut self, exports: &Exports, taken: &[(u32, u32)]) -> wasmtime::Result<Reply> {
        let layout = self.layout();
        let buffer = layout.transfer..layout.transfer + layout.transfer_size;
        for (address, _) in taken.iter().filter(|(address, _)| !buffer.contains(address)) {
            let release = self.function(&exports.release)?.typed::<u32, ()>(&self.store)?;
            release.call_async(&mut self.store, *address).await?;
        }
        Ok(Reply::OutOfMemory)
    }

    async fn enter(&mut self, export: &ModuleExport, parameters: &[(u32, u32)]) -> wasmtime::Result<u32> {
        let function = self.function(export)?;
        let store = &mut self.store;
        match *parameters {
            [(a, b)] => function.typed::<(u32, u32), u32>(&*store)?.call_async(store, (a, b)).await,
            [(a, b), (c, d)] => {
                function.typed::<(u32, u32, u32, u32), u32>(&*store)?.call_async(store, (a, b, c, d)).await
            }
            [(a, b), (c, d), (e, f)] => {
                let function = function.typed::<(u32, u32, u32, u32, u32, u32), u32>(&*store)?;
                function.call_async(store, (a, b, c, d, e, f)).await
            }
            _ => Err(damaged()),
        }
    }

    fn function(&mut self, export: &ModuleExport) -> wasmtime::Result<Func> {
        match self.instance.get_module_export(&mut self.store, export) {
            Some(Extern::Func(function)) => Ok(function),
            _ => Err(damaged()),
        }
    }

    fn reply(&self, answer: u32) -> wasmtime::Result<Reply> {
        let memory = self.memory.data(&self.store);
        let list = || {
            let address = read_u32(memory, answer)?;
            let size = read_u32(memory, answer.checked_add(4)?)?;
            slice(memory, address, size)
        };
        let limits = &self.store.data().setup.config.limits;
        read_reply(list().ok_or_else(damaged)?, limits).ok_or_else(damaged)
    }
}

/// The memory that matters between two calls, and the number of its first page.
fn behind_stack(memory: &[u8], layout: Layout) -> (usize, &[u8]) {
    let first = layout.stack_end as usize / PAGE;
    (first, memory.get(first * PAGE..).unwrap_or_default())
}

fn shifted(mut pages: Changed, by: usize) -> Changed {
    for range in &mut pages {
        *range = range.start + by..range.end + by;
    }
    pages
}

/// Output of a future that never waits. Instantiation is one: the guest has no start function.
fn at_once<T>(future: impl Future<Output = wasmtime::Result<T>>) -> wasmtime::Result<T> {
    let mut context = Context::from_waker(Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => Err(wasmtime::Error::msg("instantiation waited")),
    }
}

fn refused(error: &wasmtime::Error) -> Error {
    if error.is::<PoolConcurrencyLimitError>() {
        return Error::new(
            ErrorKind::QuotaExceeded,
            "as many VMs live as the engine was made for; `EngineConfig::live_vms` sets how many",
        );
    }
    Error::new(ErrorKind::Engine, format!("cannot make an instance: {error:?}"))
}

fn damaged() -> wasmtime::Error {
    wasmtime::Error::msg("the guest broke the contract with its host")
}

/// Reads a status byte and the values behind it; `exports.c` writes them. Ceilings hold whatever the guest says of itself.
fn read_reply(bytes: &[u8], limits: &Limits) -> Option<Reply> {
    const VALUES: u8 = 0;
    let (status, rest) = bytes.split_first()?;
    let ceiling = if *status == VALUES { limits.result } else { error_ceiling(limits) };
    let values = match wire::decode(rest, ceiling) {
        Ok(values) => values,
        Err(WireError::TooLarge) if *status == VALUES => return Some(Reply::TooLarge),
        Err(_) => return None,
    };
    let mut values = values.into_iter();
    let longest = limits.error_text.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let text = |values: &mut std::vec::IntoIter<Value>| match values.next() {
        Some(Value::String(text)) => {
            let bytes = text.as_bytes();
            Some(String::from_utf8_lossy(&bytes[..bytes.len().min(longest)]).into_owned())
        }
        _ => None,
    };
    Some(match *status {
        VALUES => Reply::Values(values.collect()),
        1 => Reply::Syntax {
            message: text(&mut values)?,
            incomplete: values.next() == Some(Value::Boolean(true)),
        },
        2 => Reply::Raised {
            value: values.next()?,
            message: text(&mut values)?,
            traceback: text(&mut values)?,
        },
        3 => Reply::Conversion(text(&mut values)?),
        4 => Reply::TooLarge,
        5 => Reply::Missing,
        6 => Reply::Closed,
        7 => Reply::OutOfMemory,
        _ => return None,
    })
}

/// What value, message and traceback of an error may cost together.
fn error_ceiling(limits: &Limits) -> Option<u64> {
    let texts = limits.error_text?.saturating_mul(2);
    Some(limits.result?.saturating_add(texts).saturating_add(REPLY_SLACK))
}
