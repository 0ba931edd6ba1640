//! `bioxen session attach`: a prompt in a session, which stays when the prompt is left.

use std::io;
use std::path::Path;

use bioxen_lua::{Prompt as Purpose, Session, Typed, VmId};

use crate::arguments::VERSION;
use crate::input::Input;
use crate::prompt::{Answer, Prompt};
use crate::repl;
use crate::report::{self, Fault};
use crate::streams::Streams;
use crate::vm_arguments::VmArguments;

use super::StateArguments;
use super::state::State;

/// Shows what was not read, and then is a prompt until somebody leaves.
pub fn attach(
    name: &VmId,
    history: Option<&Path>,
    state: &StateArguments,
    vm: &VmArguments,
    streams: &Streams,
) -> Result<u8, Fault> {
    let state = State::open(state, vm, 1, repl::history(history))?;
    let session = state.attach(name)?;
    let prompt = prompt(&session, history, streams)?;
    let exit = interact(&session, prompt, streams);
    drop(session);
    state.close()?;
    Ok(exit?.map_or(report::FINE, report::exit_status))
}

fn prompt(session: &Session, history: Option<&Path>, streams: &Streams) -> Result<Prompt, Fault> {
    let input = Input::open()?;
    let vm = session.vm().clone();
    // A session that cannot answer has nothing to offer.
    let complete = move |text: &str| vm.complete(text).and_then(|job| job.wait()).unwrap_or_default();
    let prompt = Prompt::open(&input, complete, history)?;
    if prompt.is_terminal() {
        let vm = session.vm().clone();
        ctrlc::set_handler(move || drop(vm.interrupt())) // it may have ended just now
            .map_err(|error| Fault::Host(format!("cannot watch for Ctrl-C: {error}")))?;
        streams
            .stdout
            .line(&format!("bioxen {VERSION}; session `{}`; Ctrl-D leaves it as it is", session.id()));
    }
    Ok(prompt)
}

fn interact(session: &Session, mut prompt: Prompt, streams: &Streams) -> Result<Option<i32>, Fault> {
    let terminal = prompt.is_terminal();
    let lines = |purpose: Purpose| {
        if streams.broken().is_some() {
            return Ok(Typed::End);
        }
        if terminal && purpose != Purpose::Input {
            streams.end_guest();
        }
        match prompt.read(purpose.as_str()).map_err(|fault| io::Error::other(fault.to_string()))? {
            Answer::End => Ok(Typed::End),
            Answer::Cleared => Ok(Typed::Cleared),
            Answer::Line(line) => {
                if purpose != Purpose::Input
                    && let Err(message) = prompt.remember(&line)
                {
                    report::complain(streams, &message);
                }
                Ok(Typed::Line(line))
            }
        }
    };
    match session.interact_with(lines, streams.stdout.clone()) {
        Err(_) if streams.broken().is_some() => Ok(None), // that is told at the end
        ended => Ok(ended?),
    }
}
