//! The imports of WASI preview 1: the short list that the guest has. Streams, clock and the calls that
//! must not reach a file are answered here; files go to `fs::files`, which counts before it passes on
//! to wasmtime-wasi.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use wasmtime::Linker;

use crate::runtime::{Auxiliary, Share};
use crate::stream::Source;

use super::calls::{HostCaller, charge, fault, memory_of, waiting};
use super::files::{FileCall, Files, Open, SetTimes, Surroundings};
use super::memory::{FAULT, read_u32, slice, slice_mut, write_u32, write_u64};
use super::state::State;
use super::stop::Stop;
use super::streams::take_pending;

const WASI: &str = "wasi_snapshot_preview1";

const SUCCESS: i32 = 0;
const BAD_HANDLE: i32 = 8;
const INVALID: i32 = 28;
const IO: i32 = 29;

const STDIN: u32 = 0;
const STDOUT: u32 = 1;
const STDERR: u32 = 2;

/// Parts of one scattered read or write; the C library uses two.
const MAX_PARTS: u32 = 16;

/// Bytes that one read or write may move: what the host allocates for it.
const MAX_TRANSFER: u32 = 1 << 20;

pub(crate) fn define(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        WASI,
        "environ_sizes_get",
        |caller: HostCaller<'_>, (count, size): (u32, u32)| Box::new(no_variables(caller, count, size)),
    )?;
    linker.func_wrap_async(WASI, "environ_get", |caller: HostCaller<'_>, (_list, _text): (u32, u32)| {
        Box::new(constant(caller, SUCCESS))
    })?;
    linker.func_wrap_async(
        WASI,
        "clock_time_get",
        |caller: HostCaller<'_>, (kind, _precision, result): (u32, u64, u32)| {
            Box::new(clock(caller, kind, result))
        },
    )?;
    linker.func_wrap(WASI, "proc_exit", |_: HostCaller<'_>, status: u32| -> wasmtime::Result<()> {
        Err(Stop::Exit(status as i32).into())
    })?;
    linker.func_wrap_async(
        WASI,
        "fd_write",
        |caller: HostCaller<'_>, parameters: (u32, u32, u32, u32)| Box::new(write(caller, parameters)),
    )?;
    linker.func_wrap_async(WASI, "fd_read", |caller: HostCaller<'_>, parameters: (u32, u32, u32, u32)| {
        Box::new(read(caller, parameters))
    })?;
    linker.func_wrap_async(WASI, "fd_close", |caller: HostCaller<'_>, (handle,): (u32,)| {
        Box::new(file(caller, FileCall::Close { handle }))
    })?;
    linker.func_wrap_async(
        WASI,
        "fd_fdstat_get",
        |caller: HostCaller<'_>, (handle, result): (u32, u32)| Box::new(describe(caller, handle, result)),
    )?;
    linker.func_wrap_async(
        WASI,
        "fd_fdstat_set_flags",
        |caller: HostCaller<'_>, (handle, flags): (u32, u32)| {
            Box::new(file(caller, FileCall::SetFlags { handle, flags }))
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "fd_prestat_get",
        |caller: HostCaller<'_>, (handle, result): (u32, u32)| {
            Box::new(file(caller, FileCall::Prestat { handle, result }))
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "fd_prestat_dir_name",
        |caller: HostCaller<'_>, (handle, path, size): (u32, u32, u32)| {
            Box::new(file(caller, FileCall::PrestatName { handle, path, size }))
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "fd_seek",
        |caller: HostCaller<'_>, (handle, offset, whence, result): (u32, i64, u32, u32)| {
            Box::new(file(caller, FileCall::Seek { handle, offset, whence, result }))
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "path_open",
        |caller: HostCaller<'_>,
         (folder, lookup, path, size, open, rights, inheriting, flags, result): (
            u32,
            u32,
            u32,
            u32,
            u32,
            u64,
            u64,
            u32,
            u32,
        )| {
            let call =
                FileCall::Open(Open { folder, lookup, path, size, open, rights, inheriting, flags, result });
            Box::new(file(caller, call))
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "path_rename",
        |caller: HostCaller<'_>,
         (from_folder, from, from_size, to_folder, to, to_size): (u32, u32, u32, u32, u32, u32)| {
            let call = FileCall::Rename { from_folder, from, from_size, to_folder, to, to_size };
            Box::new(file(caller, call))
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "path_unlink_file",
        |caller: HostCaller<'_>, (folder, path, size): (u32, u32, u32)| {
            Box::new(file(caller, FileCall::Unlink { folder, path, size }))
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "path_remove_directory",
        |caller: HostCaller<'_>, (folder, path, size): (u32, u32, u32)| {
            Box::new(file(caller, FileCall::RemoveFolder { folder, path, size }))
        },
    )?;
    define_folders(linker)
}

/// What the module `lfs` needs.
fn define_folders(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        WASI,
        "path_create_directory",
        |caller: HostCaller<'_>, (folder, path, size): (u32, u32, u32)| {
            Box::new(file(caller, FileCall::CreateFolder { folder, path, size }))
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "fd_readdir",
        |caller: HostCaller<'_>, (handle, address, size, from, result): (u32, u32, u32, u64, u32)| {
            Box::new(file(caller, FileCall::ReadFolder { handle, address, size, from, result }))
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "path_filestat_get",
        |caller: HostCaller<'_>, (folder, lookup, path, size, result): (u32, u32, u32, u32, u32)| {
            Box::new(file(caller, FileCall::Status { folder, lookup, path, size, result }))
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "path_readlink",
        |caller: HostCaller<'_>,
         (folder, path, size, address, room, result): (u32, u32, u32, u32, u32, u32)| {
            Box::new(file(caller, FileCall::ReadLink { folder, path, size, address, room, result }))
        },
    )?;
    linker.func_wrap_async(
        WASI,
        "path_filestat_set_times",
        |caller: HostCaller<'_>,
         (folder, lookup, path, size, accessed, modified, flags): (u32, u32, u32, u32, u64, u64, u32)| {
            let call = SetTimes { folder, lookup, path, size, accessed, modified, flags };
            Box::new(file(caller, FileCall::SetTimes(call)))
        },
    )?;
    Ok(())
}

/// Runs a call on a file, for the imports that do nothing else.
async fn file(mut caller: HostCaller<'_>, call: FileCall) -> wasmtime::Result<i32> {
    perform(&mut caller, call).await
}

/// Runs a call on a file. Without mounts there is none: every handle is a bad one.
async fn perform(caller: &mut HostCaller<'_>, call: FileCall) -> wasmtime::Result<i32> {
    charge(caller, call.cost()).await?;
    if caller.data().setup.config.mounts.is_empty() {
        return Ok(BAD_HANDLE);
    }
    let memory = memory_of(caller)?;
    let control = caller.data().control.clone();
    let (memory, state) = memory.data_and_store_mut(&mut *caller);
    let State { files, setup, lasting, auxiliary, .. } = state;
    let files = match files {
        Some(files) => files,
        none => none.insert(Box::new(Files::open(setup, &mut lasting.next_handle)?)),
    };
    let around = Surroundings {
        memory,
        setup,
        auxiliary,
        disk: &mut lasting.disk,
        next_handle: &mut lasting.next_handle,
    };
    waiting(&control, files.perform(call, around)).await
}

/// A call that only gives an errno. It is paid for like any other.
async fn constant(mut caller: HostCaller<'_>, errno: i32) -> wasmtime::Result<i32> {
    charge(&mut caller, 0).await?;
    Ok(errno)
}

async fn no_variables(mut caller: HostCaller<'_>, count: u32, size: u32) -> wasmtime::Result<i32> {
    charge(&mut caller, 0).await?;
    let memory = memory_of(&caller)?;
    let data = memory.data_mut(&mut caller);
    let written = write_u32(data, count, 0).and_then(|()| write_u32(data, size, 0));
    Ok(written.map_or(FAULT, |()| SUCCESS))
}

/// Wall clock and monotonic clock in steps of a millisecond: finer ones measure the neighbours.
async fn clock(mut caller: HostCaller<'_>, clock: u32, result: u32) -> wasmtime::Result<i32> {
    const REALTIME: u32 = 0;
    const MONOTONIC: u32 = 1;
    charge(&mut caller, 0).await?;
    let since = match clock {
        REALTIME => SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default(),
        MONOTONIC => caller.data().running(),
        _ => return Ok(INVALID),
    };
    let nanoseconds = (since.as_millis() as u64).saturating_mul(1_000_000);
    let memory = memory_of(&caller)?;
    Ok(write_u64(memory.data_mut(&mut caller), result, nanoseconds).map_or(FAULT, |()| SUCCESS))
}

/// A part of a scattered read or write: address and size.
fn part(memory: &[u8], parts: u32, at: u32) -> Option<(u32, u32)> {
    let entry = parts.checked_add(at.checked_mul(8)?)?;
    Some((read_u32(memory, entry)?, read_u32(memory, entry.checked_add(4)?)?))
}

/// Bytes of a scattered read or write, all parts together.
fn total(memory: &[u8], parts: u32, count: u32) -> Option<u64> {
    (0..count).try_fold(0, |sum: u64, at| Some(sum + u64::from(part(memory, parts, at)?.1)))
}

/// The first part that is not empty, and the address of its entry.
fn first_part(memory: &[u8], parts: u32, count: u32) -> Option<(u32, (u32, u32))> {
    (0..count)
        .filter_map(|at| Some((parts.checked_add(at * 8)?, part(memory, parts, at)?)))
        .find(|(_, (_, size))| *size > 0)
}

async fn write(
    mut caller: HostCaller<'_>,
    (handle, parts, count, result): (u32, u32, u32, u32),
) -> wasmtime::Result<i32> {
    if count > MAX_PARTS {
        return constant(caller, INVALID).await;
    }
    let memory = memory_of(&caller)?;
    let Some(size) = total(memory.data(&caller), parts, count) else { return constant(caller, FAULT).await };
    if handle != STDOUT && handle != STDERR {
        let call = FileCall::Write { handle, parts, count, size, result };
        return match first_part(memory.data(&caller), parts, count) {
            Some((entry, (_, part))) => {
                with_part_lowered(&mut caller, entry, part.min(MAX_TRANSFER), call).await
            }
            None => perform(&mut caller, call).await,
        };
    }
    charge(&mut caller, size).await?;
    let (data, state) = memory.data_and_store_mut(&mut caller);
    if handle == STDERR {
        take_pending(data, state.layout.standard_output, &mut state.stdout)?; // it was written before
    }
    let stream = if handle == STDOUT { &mut state.stdout } else { &mut state.stderr };
    for at in 0..count {
        let Some(bytes) = part(data, parts, at).and_then(|(address, size)| slice(data, address, size)) else {
            return Ok(FAULT);
        };
        stream.accept(bytes)?;
    }
    Ok(write_u32(data, result, size as u32).map_or(FAULT, |()| SUCCESS))
}

async fn read(
    mut caller: HostCaller<'_>,
    (handle, parts, count, result): (u32, u32, u32, u32),
) -> wasmtime::Result<i32> {
    if count > MAX_PARTS {
        return constant(caller, INVALID).await;
    }
    let memory = memory_of(&caller)?;
    if total(memory.data(&caller), parts, count).is_none() {
        return constant(caller, FAULT).await;
    }
    let Some((entry, (address, size))) = first_part(memory.data(&caller), parts, count) else {
        charge(&mut caller, 0).await?;
        return Ok(write_u32(memory.data_mut(&mut caller), result, 0).map_or(FAULT, |()| SUCCESS));
    };
    let size = size.min(MAX_TRANSFER);
    if handle != STDIN {
        return read_file(caller, handle, entry, size, result).await;
    }
    charge(&mut caller, u64::from(size)).await?;
    let (data, state) = memory.data_and_store_mut(&mut caller);
    take_pending(data, state.layout.standard_output, &mut state.stdout)?; // a prompt comes before its answer
    let input = next_input(&mut caller, size).await;
    let Ok(input) = input else { return Ok(IO) };
    let (data, state) = memory.data_and_store_mut(&mut caller);
    let Some(place) = slice_mut(data, address, input.len() as u32) else { return Ok(FAULT) };
    place.copy_from_slice(&input);
    state.lasting.input_read = state.lasting.input_read.saturating_add(input.len());
    Ok(write_u32(data, result, input.len() as u32).map_or(FAULT, |()| SUCCESS))
}

/// Reads into one part.
async fn read_file(
    mut caller: HostCaller<'_>,
    handle: u32,
    entry: u32,
    size: u32,
    result: u32,
) -> wasmtime::Result<i32> {
    with_part_lowered(&mut caller, entry, size, FileCall::Read { handle, part: entry, size, result }).await
}

/// Makes a call with the size of one part lowered to what the host is willing to allocate for it. The C
/// library comes again for the rest.
async fn with_part_lowered(
    caller: &mut HostCaller<'_>,
    entry: u32,
    size: u32,
    call: FileCall,
) -> wasmtime::Result<i32> {
    let memory = memory_of(caller)?;
    let place = entry.checked_add(4).ok_or_else(fault)?;
    let data = memory.data_mut(&mut *caller);
    let asked = read_u32(data, place).ok_or_else(fault)?;
    write_u32(data, place, size).ok_or_else(fault)?;
    let outcome = perform(caller, call).await;
    write_u32(memory.data_mut(&mut *caller), place, asked).ok_or_else(fault)?;
    outcome
}

/// What standard input has next; empty at its end.
async fn next_input(caller: &mut HostCaller<'_>, size: u32) -> std::io::Result<Vec<u8>> {
    let state = caller.data();
    match &state.setup.config.stdin.0 {
        Source::Empty => Ok(Vec::new()),
        Source::Queue(_) if state.call.aside => Ok(Vec::new()),
        Source::Bytes(bytes) => {
            let rest = bytes.get(state.lasting.input_read..).unwrap_or_default();
            Ok(rest[..rest.len().min(size as usize)].to_vec())
        }
        Source::Reader(reader) => {
            let (reader, auxiliary, control) =
                (reader.clone(), state.auxiliary.clone(), state.control.clone());
            waiting(&control, from_reader(reader, &auxiliary, size)).await
        }
        Source::Queue(queue) => {
            let (queue, control) = (queue.clone(), state.control.clone());
            state.auxiliary.start().map_err(std::io::Error::other)?; // its timer watches the deadline
            Ok(waiting(&control, queue.read(size as usize)).await)
        }
    }
}

type Reader = Arc<std::sync::Mutex<Option<Box<dyn std::io::Read + Send>>>>;

/// The reader leaves its place while a thread reads, so that nobody holds a lock meanwhile.
async fn from_reader(place: Reader, auxiliary: &Auxiliary, size: u32) -> std::io::Result<Vec<u8>> {
    let read = auxiliary.run_blocking(Share::Input, move || {
        let taken = lock(&place).take();
        let Some(mut reader) = taken else { return Err(std::io::Error::other("standard input is in use")) };
        let mut buffer = vec![0; size as usize];
        let read = std::io::Read::read(&mut reader, &mut buffer);
        *lock(&place) = Some(reader);
        read.map(|count| {
            buffer.truncate(count);
            buffer
        })
    });
    read.await.unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

fn lock(place: &Reader) -> std::sync::MutexGuard<'_, Option<Box<dyn std::io::Read + Send>>> {
    place.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The standard streams are neither files nor terminals.
async fn describe(mut caller: HostCaller<'_>, handle: u32, result: u32) -> wasmtime::Result<i32> {
    if handle > STDERR {
        return file(caller, FileCall::Describe { handle, result }).await;
    }
    charge(&mut caller, 0).await?;
    let memory = memory_of(&caller)?;
    let Some(place) = slice_mut(memory.data_mut(&mut caller), result, 24) else { return Ok(FAULT) };
    place.fill(0);
    place[8..16].fill(0xff); // every right: what is refused is refused by the call itself
    Ok(SUCCESS)
}
