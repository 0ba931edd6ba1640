//! `bioxen repl`: a prompt.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use bioxen_lua::{Chunk, Engine, Failure, OnStop, Stdin, Vm};

use crate::arguments::{ReplArguments, VERSION};
use crate::input::Input;
use crate::isolate::Reach;
use crate::machine;
use crate::prompt::{Answer, Prompt};
use crate::report::{self, Fault};
use crate::session;
use crate::streams::Streams;

/// What Lua's messages call a line.
const NAME: &str = "=stdin";

/// Before a statement, and before its further lines.
const PROMPTS: [&str; 2] = ["> ", ">> "];

/// How a statement ended.
enum Step {
    Done,
    /// It is only begun; Lua's message says where it ends.
    Incomplete(String),
    /// `os.exit` was called.
    Leave(u8),
}

/// Reads, runs and prints until the end, and says with which status to leave.
pub fn repl(arguments: &ReplArguments, streams: &Streams) -> Result<u8, Fault> {
    if let Some(name) = &arguments.session {
        let history = arguments.history.as_deref();
        return session::attach(name, history, &arguments.state, &arguments.vm, streams);
    }
    if arguments.state.folder.is_some() {
        return Err(Fault::Usage(
            "--state is the folder of a session: expected --session NAME with it".into(),
        ));
    }
    let input = Input::open()?;
    let engine = machine::isolated(&arguments.vm, history(arguments.history.as_deref()))?;
    let config = arguments.vm.config(&engine)?.stdin(Stdin::reader(input.clone())).on_stop(OnStop::RollBack);
    let vm = Rc::new(RefCell::new(machine::vm(&engine, config, streams)?));
    let completing = vm.clone();
    // A VM that cannot answer has nothing to offer.
    let complete = move |text: &str| completing.borrow_mut().complete(text).wait().unwrap_or_default();
    let prompt = Prompt::open(&input, complete, arguments.history.as_deref())?;
    if prompt.is_terminal() {
        watch_for_interrupts(&vm.borrow())?;
        streams.stdout.line(&format!("bioxen {VERSION}; Ctrl-D leaves"));
    }
    Repl { streams, engine, vm, input, prompt }.run()
}

/// What keeping the lines needs.
pub fn history(file: Option<&Path>) -> Reach {
    file.map(Reach::replacing).unwrap_or_default()
}

/// Ctrl-C stops what runs. While a line is typed the terminal sends no signal for it.
fn watch_for_interrupts(vm: &Vm) -> Result<(), Fault> {
    let handle = vm.interrupt_handle();
    ctrlc::set_handler(move || handle.interrupt())
        .map_err(|error| Fault::Host(format!("cannot watch for Ctrl-C: {error}")))
}

struct Repl<'a> {
    streams: &'a Streams,
    engine: Engine,
    vm: Rc<RefCell<Vm>>,
    input: Input,
    prompt: Prompt,
}

impl Repl<'_> {
    fn run(mut self) -> Result<u8, Fault> {
        let mut statement = Vec::new();
        let mut incomplete = None;
        while self.streams.broken().is_none() {
            match self.read(PROMPTS[usize::from(incomplete.is_some())])? {
                Answer::End => return self.end(incomplete),
                Answer::Cleared => {
                    statement.clear();
                    incomplete = None;
                    continue;
                }
                Answer::Line(line) => statement.extend(line),
            }
            match self.step(&statement)? {
                Step::Incomplete(message) => {
                    incomplete = Some(message);
                    statement.push(b'\n');
                    continue;
                }
                Step::Done => self.remember(&statement),
                Step::Leave(status) => {
                    self.remember(&statement);
                    return Ok(status);
                }
            }
            statement.clear();
            incomplete = None;
        }
        Ok(report::FINE)
    }

    fn read(&mut self, prompt: &str) -> Result<Answer, Fault> {
        if self.prompt.is_terminal() {
            self.streams.end_guest();
        }
        self.prompt.read(prompt)
    }

    fn step(&mut self, statement: &[u8]) -> Result<Step, Fault> {
        let outcome = self.vm.borrow_mut().line(Chunk::new(statement).name(NAME)).wait()?;
        self.input
            .release(|| self.engine.busy_threads() == 0)
            .map_err(|error| Fault::Host(format!("cannot take back standard input: {error}")))?;
        match &outcome.result {
            Err(Failure::Syntax { message, incomplete: true }) => {
                return Ok(Step::Incomplete(message.clone()));
            }
            Err(Failure::Exit(status)) => return Ok(Step::Leave(report::exit_status(*status))),
            Err(failure) => self.report(failure),
            Ok(_) => {}
        }
        if let Some(hint) = report::missing_mount(&outcome) {
            report::complain(self.streams, &hint);
        }
        Ok(Step::Done)
    }

    fn report(&self, failure: &Failure) {
        let Some(text) = report::text(failure) else { return };
        match failure {
            Failure::Syntax { .. } | Failure::Raised { .. } => self.streams.stderr.line(&text),
            stop if stop.is_hard_stop() => {
                report::complain(self.streams, &format!("{text}; everything is as before the line"));
            }
            _ => report::complain(self.streams, &text),
        }
    }

    /// What cannot be kept is said, and the session goes on.
    fn remember(&mut self, statement: &[u8]) {
        if let Err(message) = self.prompt.remember(statement) {
            report::complain(self.streams, &message);
        }
    }

    /// A statement that was never finished is an error; an empty program closes files and runs
    /// finalizers.
    fn end(self, incomplete: Option<String>) -> Result<u8, Fault> {
        if let Some(message) = incomplete {
            self.streams.stderr.line(&message);
        }
        let outcome = self.vm.borrow_mut().run("").wait()?;
        Ok(report::outcome(self.streams, &outcome))
    }
}
