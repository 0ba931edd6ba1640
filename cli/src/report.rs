//! What a person is told when a program ends, and the exit status.

use std::fmt;
use std::io::{self, Write};

use bioxen_lua::{Error, ErrorKind, Failure, Outcome};

use crate::figures::shown_count;
use crate::limits_table;
use crate::streams::Streams;

/// Exit status: all is well.
pub const FINE: u8 = 0;
/// Exit status: a Lua error.
const LUA: u8 = 1;
/// Exit status: wrong usage.
const USAGE: u8 = 2;
/// Exit status: a limit.
const LIMIT: u8 = 3;
/// Exit status: the sandbox or its host failed.
const HOST: u8 = 4;
/// Exit status: nobody reads the output. What a shell shows for a program that SIGPIPE ended.
const UNREAD: u8 = 141;

/// Why the command could not do what it was asked. A program's own failures are no faults.
#[derive(Debug)]
pub enum Fault {
    /// Whoever typed the command can put it right.
    Usage(String),
    /// The machine, or a mistake in this program.
    Host(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Fault::Usage(message) | Fault::Host(message)) = self;
        formatter.write_str(message)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        let message = error.to_string();
        match error.kind() {
            ErrorKind::InvalidConfig
            | ErrorKind::InvalidId
            | ErrorKind::InvalidValue
            | ErrorKind::NotFound
            | ErrorKind::Exists
            | ErrorKind::Ended
            | ErrorKind::QueueFull
            | ErrorKind::InvalidName
            | ErrorKind::InvalidVersion
            | ErrorKind::InvalidRequirement
            | ErrorKind::RepositoryNotFound
            | ErrorKind::PackageNotFound
            | ErrorKind::PackageNeeded
            | ErrorKind::NoSolution
            | ErrorKind::NativeUnsupported
            | ErrorKind::BuildUnsupported
            | ErrorKind::HookRefused
            | ErrorKind::SourceUnsupported
            | ErrorKind::LuaVersionMismatch
            | ErrorKind::ModuleConflict
            | ErrorKind::LockOutOfDate
            | ErrorKind::EnvironmentNotFound
            | ErrorKind::EnvironmentExists => Fault::Usage(message),
            _ => Fault::Host(message),
        }
    }
}

/// Reports a fault, and says with which status to leave.
pub fn fault(streams: &Streams, fault: &Fault) -> u8 {
    complain(streams, &fault.to_string());
    match fault {
        Fault::Usage(_) => USAGE,
        Fault::Host(_) => HOST,
    }
}

/// Reports how a program ended, and says with which status to leave.
pub fn outcome(streams: &Streams, outcome: &Outcome) -> u8 {
    let Err(failure) = &outcome.result else { return FINE };
    let status = status(failure);
    // A broken stream is reported at the end; this interrupt was ours.
    if streams.broken().is_some() {
        return status;
    }
    if let Some(text) = text(failure) {
        complain(streams, &text);
    }
    if status != FINE
        && let Some(hint) = missing_mount(outcome)
    {
        complain(streams, &hint);
    }
    status
}

/// Reports a failure, and says which status belongs to it.
pub fn failure(streams: &Streams, failure: &Failure) -> u8 {
    if let Some(text) = text(failure) {
        complain(streams, &text);
    }
    status(failure)
}

/// Reports an error that tells of a failure, and says with which status to leave.
pub fn failed(streams: &Streams, error: &Error) -> u8 {
    match error.failure() {
        Some(told) => failure(streams, told),
        None => {
            complain(streams, &error.to_string());
            HOST
        }
    }
}

/// Reports a stream that broke: the status of a program whose output was lost is not its own.
pub fn last_words(streams: &Streams, status: u8) -> u8 {
    streams.stdout.finish();
    streams.stderr.finish();
    match streams.broken() {
        None => status,
        Some(io::ErrorKind::BrokenPipe) => UNREAD,
        Some(kind) => {
            // Standard error may be the one that broke: then nobody can be told.
            complain(streams, &format!("cannot write the output: {kind}"));
            HOST
        }
    }
}

/// A line of the command's own on standard error.
pub fn complain(streams: &Streams, text: &str) {
    streams.end_guest();
    streams.stderr.line(&format!("bioxen: {text}"));
}

/// The same before there is a program, and anything that it wrote.
pub fn before_start(text: &str) {
    // Who closed the stream does not want to know.
    let _ = writeln!(io::stderr(), "bioxen: {text}");
}

/// What the system says of an error, without its number.
pub fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let number = error.raw_os_error().map(|number| format!(" (os error {number})")).unwrap_or_default();
    text.strip_suffix(&number).unwrap_or(&text).to_string()
}

/// What to say of a failure; nothing where the program said all itself.
pub fn text(failure: &Failure) -> Option<String> {
    match failure {
        // Nobody wanted the values of a program, so none of them has to cross.
        Failure::Conversion { .. } | Failure::Exit(_) => None,
        Failure::Limit { resource, used, limit } => {
            let (used, limit) = (shown_count(*used), shown_count(*limit));
            let (name, unit) = (resource.name(), resource.unit());
            let flag = limits_table::flag(name).unwrap_or("its flag");
            Some(format!(
                "limit `{name}` reached: {used} {unit} used, {limit} {unit} allowed; raise it with {flag}"
            ))
        }
        Failure::Trap(message) => {
            Some(format!("the sandbox failed: {message}; this is a mistake in bioxen, please report it"))
        }
        other => Some(other.to_string()),
    }
}

fn status(failure: &Failure) -> u8 {
    match failure {
        Failure::Conversion { .. } => FINE,
        Failure::Syntax { .. } | Failure::Raised { .. } | Failure::Interrupted => LUA,
        Failure::Limit { .. } => LIMIT,
        Failure::Exit(status) => exit_status(*status),
        _ => HOST,
    }
}

/// The part of a status that the system hands on: its last eight bits.
pub fn exit_status(status: i32) -> u8 {
    (status & 0xff) as u8
}

/// The mount that would have shown a program the file that it asked for: the one that its error speaks
/// of, else the last.
pub fn missing_mount(outcome: &Outcome) -> Option<String> {
    let text = outcome.result.as_ref().err().map(Failure::to_string).unwrap_or_default();
    let mut named = outcome.denied.iter().filter(|path| !path.is_empty());
    let path = named.clone().find(|path| text.contains(path.as_str())).or(named.next_back())?;
    Some(format!(
        "`{}` is outside every mount; to let the program see it add --mount HOST_FOLDER:{}",
        path.escape_debug(),
        folder_of(path).escape_debug()
    ))
}

/// The folder of a guest path, which begins at the root: the guest has no other working folder.
fn folder_of(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.pop();
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use bioxen_lua::Resource;

    use super::*;

    #[test]
    fn the_folder_of_a_path() {
        for (path, folder) in [
            ("/data/x.fa", "/data"),
            ("/data/a/x.fa", "/data/a"),
            ("/x.fa", "/"),
            ("x.fa", "/"),
            ("./a/x.fa", "/a"),
            ("../../x.fa", "/"),
            ("/data/../x.fa", "/"),
            ("", "/"),
        ] {
            assert_eq!(folder_of(path), folder, "{path}");
        }
    }

    #[test]
    fn a_limit_names_its_use_and_its_flag() {
        let failure = Failure::Limit { resource: Resource::Time, used: 2004, limit: 2000 };
        let expected = "limit `time` reached: 2,004 ms used, 2,000 ms allowed; raise it with --time";
        assert_eq!(text(&failure).as_deref(), Some(expected));
        let failure = Failure::Limit { resource: Resource::Stdout, used: 11, limit: 10 };
        let expected = "limit `stdout` reached: 11 bytes used, 10 bytes allowed; raise it with --output";
        assert_eq!(text(&failure).as_deref(), Some(expected));
    }

    #[test]
    fn a_status_is_cut_as_the_system_does() {
        for (status, expected) in [(0, 0), (7, 7), (255, 255), (256, 0), (-1, 255), (300, 44)] {
            assert_eq!(exit_status(status), expected);
        }
    }
}
