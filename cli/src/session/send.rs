//! `bioxen session send`: input for a session.

use bioxen_lua::{Failure, Sent, Session, SessionState, VmId};

use crate::isolate::Reach;
use crate::report::{self, Fault};
use crate::streams::Streams;

use super::arguments::SendArguments;
use super::state::{INPUT, State};
use super::{STANDARD_INPUT, source};

/// Runs the input and waits until its state is on disk.
pub fn send(arguments: &SendArguments, streams: &Streams) -> Result<u8, Fault> {
    let text = match &arguments.text {
        input if input == STANDARD_INPUT => source(input, Some(INPUT as u64))?,
        text => text.as_encoded_bytes().to_vec(),
    };
    let state = State::open(&arguments.state, &arguments.vm, 1, Reach::none())?;
    let session = state.attach(&arguments.name)?;
    if let SessionState::Ended(status) = session.status().state {
        return Err(ended(&arguments.name, status));
    }
    let vm = session.vm().clone();
    ctrlc::set_handler(move || drop(vm.interrupt())) // it may have ended just now
        .map_err(|error| Fault::Host(format!("cannot watch for Ctrl-C: {error}")))?;
    let sent = run(&session, text)?;
    drop(session);
    state.close()?;
    Ok(told(streams, &sent))
}

/// Behind the text comes nothing: an `io.read` that wants more finds the end.
fn run(session: &Session, text: Vec<u8>) -> Result<Sent, Fault> {
    let job = session.send(text)?;
    loop {
        session.idle().wait()?;
        if session.status().state != SessionState::AwaitingInput {
            return Ok(job.wait()?);
        }
        session.end_input()?;
    }
}

fn ended(name: &VmId, status: i32) -> Fault {
    Fault::Usage(format!(
        "session `{name}` has ended with status {status}; `bioxen session restore {name} FILE` lets it go on from a \
         snapshot, `bioxen session kill {name}` forgets it"
    ))
}

/// Reports what failed, and says with which status to leave: that of `os.exit`, else the first failure's.
fn told(streams: &Streams, sent: &Sent) -> u8 {
    let told: Vec<u8> = sent.failures.iter().map(|failure| report::failure(streams, failure)).collect();
    let mut status = told.first().copied().unwrap_or(report::FINE);
    let untold = sent.failed - sent.failures.len() as u64;
    if untold > 0 {
        report::complain(streams, &format!("{untold} more statements failed; `read` shows them"));
    }
    if sent.interrupted && sent.failures.is_empty() {
        status = report::failure(streams, &Failure::Interrupted);
    }
    sent.exit.map_or(status, report::exit_status)
}
