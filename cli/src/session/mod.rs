//! `bioxen session`: each command opens the folder of the sessions, works, and closes it.

mod arguments;
mod attach;
mod list;
mod send;
mod state;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use bioxen_lua::{ErrorKind, Snapshot};

use crate::isolate::Reach;
use crate::report::{self, Fault};
use crate::streams::Streams;

use arguments::{
    ExportArguments, ForkArguments, ImportArguments, NamedArguments, NewArguments, RestoreArguments,
    SessionCommand, SnapshotArguments,
};
use state::State;

pub use arguments::{SessionArguments, StateArguments, name};
pub use attach::attach;

/// Names standard input as a file.
const STANDARD_INPUT: &str = "-";

/// Does what was asked for, and says with which status to leave.
pub fn session(arguments: &SessionArguments, streams: &Streams) -> Result<u8, Fault> {
    match &arguments.command {
        SessionCommand::New(arguments) => new(arguments),
        SessionCommand::Send(arguments) => send::send(arguments, streams),
        SessionCommand::Read(arguments) => read(arguments, streams),
        SessionCommand::Attach(arguments) => {
            let history = arguments.history.as_deref();
            attach(&arguments.name, history, &arguments.state, &arguments.vm, streams)
        }
        SessionCommand::List(arguments) => list::list(arguments, streams),
        SessionCommand::Kill(arguments) => kill(arguments),
        SessionCommand::Snapshot(arguments) => snapshot(arguments),
        SessionCommand::Restore(arguments) => restore(arguments),
        SessionCommand::Fork(arguments) => fork(arguments),
        SessionCommand::Export(arguments) => export(arguments, streams),
        SessionCommand::Import(arguments) => import(arguments, streams),
        SessionCommand::Recover(arguments) => recover(arguments),
    }
}

fn new(arguments: &NewArguments) -> Result<u8, Fault> {
    let state = State::open(&arguments.state, &arguments.vm, 1, Reach::none())?;
    state.create(&arguments.name)?;
    state.close()
}

/// What was printed counts as read only then.
fn read(arguments: &NamedArguments, streams: &Streams) -> Result<u8, Fault> {
    let state = State::at_rest(&arguments.state)?;
    let session = state.attach(&arguments.name)?;
    let status = session.status();
    let reading = session.read_from(status.written - status.unread)?;
    if reading.lost > 0 {
        let lost = reading.lost;
        report::complain(streams, &format!("{lost} bytes of output were not read in time and are lost"));
    }
    streams.stdout.bytes(&reading.bytes);
    if streams.broken().is_none() {
        session.read()?;
    }
    drop(session);
    state.close()
}

fn kill(arguments: &NamedArguments) -> Result<u8, Fault> {
    let state = State::at_rest(&arguments.state)?;
    state.manager.terminate(&arguments.name).map_err(|error| state::explained(error, &arguments.name))?;
    state.close()
}

fn recover(arguments: &NamedArguments) -> Result<u8, Fault> {
    let state = State::at_rest(&arguments.state)?;
    state.manager.recover(&arguments.name).map_err(|error| state::explained(error, &arguments.name))?;
    state.close()
}

fn snapshot(arguments: &SnapshotArguments) -> Result<u8, Fault> {
    let state = State::open(&arguments.state, &arguments.vm, 1, Reach::replacing(&arguments.file))?;
    let session = state.attach(&arguments.name)?;
    session.snapshot()?.wait()?.save(&arguments.file)?;
    drop(session);
    state.close()
}

/// Into the session, or into a new one where there is none of that name.
fn restore(arguments: &RestoreArguments) -> Result<u8, Fault> {
    let state = State::open(&arguments.state, &arguments.vm, 1, Reach::reading(&arguments.file))?;
    let snapshot = Snapshot::load(&state.engine, &arguments.file).map_err(|error| match error.kind() {
        ErrorKind::Storage => Fault::from(error),
        _ => Fault::Usage(error.to_string()),
    })?;
    match state.manager.attach(&arguments.name) {
        Ok(session) => session.restore(snapshot)?.wait()?,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            drop(state.create_from(&arguments.name, &snapshot)?)
        }
        Err(error) => return Err(state::explained(error, &arguments.name)),
    }
    state.close()
}

fn fork(arguments: &ForkArguments) -> Result<u8, Fault> {
    let state = State::open(&arguments.state, &arguments.vm, arguments.new.len() + 1, Reach::none())?;
    let session = state.attach(&arguments.name)?;
    session.fork(arguments.new.clone())?.wait()?;
    drop(session);
    state.close()
}

fn export(arguments: &ExportArguments, streams: &Streams) -> Result<u8, Fault> {
    let needs = arguments.file.as_deref().map(Reach::replacing).unwrap_or_default();
    let state = State::open(&arguments.state, &arguments.vm, 2, needs)?; // the session, and the copy that is read
    let session = state.attach(&arguments.name)?;
    let export = match session.export()?.wait() {
        Err(error) if error.kind() == ErrorKind::Failed => return Ok(report::failed(streams, &error)),
        export => export?,
    };
    match &arguments.file {
        None => streams.stdout.bytes(export.source.as_bytes()),
        Some(file) => std::fs::write(file, &export.source).map_err(|error| {
            Fault::Host(format!("cannot write `{}`: {}", file.display(), report::plain(&error)))
        })?,
    }
    for left in &export.left_out {
        report::complain(streams, &format!("left out `{}`: {}", left.path, left.what));
    }
    drop(session);
    state.close()
}

/// There is no session unless all of it ran.
fn import(arguments: &ImportArguments, streams: &Streams) -> Result<u8, Fault> {
    let source = source(&arguments.file, arguments.vm.limits().source)?;
    let state = State::open(&arguments.state, &arguments.vm, 1, Reach::none())?;
    let session = state.create(&arguments.name)?;
    let imported = session.import(source)?.wait();
    if imported.is_err() {
        session.terminate()?;
    }
    drop(session);
    state.close()?;
    match imported {
        Err(error) if error.kind() == ErrorKind::Failed => Ok(report::failed(streams, &error)),
        imported => Ok(imported.map(|()| report::FINE)?),
    }
}

/// Reads a file, or standard input, to one byte more than is allowed: the session refuses that.
fn source(file: &OsStr, ceiling: Option<u64>) -> Result<Vec<u8>, Fault> {
    let most = ceiling.unwrap_or(u64::MAX).saturating_add(1);
    let mut source = Vec::new();
    let (read, name) = if file == STANDARD_INPUT {
        (io::stdin().take(most).read_to_end(&mut source), "standard input".to_string())
    } else {
        let opened = File::open(Path::new(file));
        (
            opened.and_then(|opened| opened.take(most).read_to_end(&mut source)),
            format!("`{}`", file.display()),
        )
    };
    read.map_err(|error| Fault::Usage(format!("cannot read {name}: {}", report::plain(&error))))?;
    Ok(source)
}
