//! What can be typed behind `bioxen session`.

use std::ffi::OsString;
use std::path::PathBuf;

use bioxen_lua::VmId;
use clap::{Args, Subcommand};

use crate::vm_arguments::VmArguments;

const STATE: &str = "\
Sessions are kept in the folder that --state names, else BIOXEN_STATE_DIR, else $XDG_STATE_HOME/bioxen or
~/.local/state/bioxen. One command at a time has it; others wait for 5 s.";

const GIVEN: &str = "\
What a session may see and use is not kept with it: --mount, --env and limits are given to each command that
runs its code. Limits count for each line.";

const STATUS: &str = "\
Exit status:
  0  all went well              3  a limit was reached
  1  a Lua error                4  the sandbox or the folder failed
  2  wrong usage                n  the program called os.exit(n)";

const EXAMPLES: &str = "\
Examples:
  bioxen session new work                         a session, kept on disk
  bioxen session send work 'x = 42 print(x)'      runs it; what it prints waits
  bioxen session read work                        42
  bioxen session attach work                      a prompt in it; Ctrl-D leaves it as it is
  bioxen session fork work a b                    two more with the same state";

/// Lua sessions that outlive the command: their whole state is kept on disk
#[derive(Debug, Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{STATE}\n\n{GIVEN}"))]
pub struct SessionArguments {
    #[command(subcommand)]
    pub command: SessionCommand,
}

/// What to do with sessions.
#[derive(Debug, Subcommand)]
pub enum SessionCommand {
    /// Make a session
    New(NewArguments),
    /// Run input in a session, line by line as at a prompt, and keep its state
    Send(SendArguments),
    /// Print what no `read` has printed yet
    Read(NamedArguments),
    /// Continue a session at a prompt; first it shows what was not read
    Attach(AttachArguments),
    /// Show every session
    List(ListArguments),
    /// End a session, and forget its state
    Kill(NamedArguments),
    /// Write the Lua state of a session to a file
    Snapshot(SnapshotArguments),
    /// Put the Lua state of a snapshot in the place of a session's own, or into a new session
    Restore(RestoreArguments),
    /// Make further sessions with the state of one: all of them, or none
    Fork(ForkArguments),
    /// Write the globals that are data as Lua source, and say what it lacks
    Export(ExportArguments),
    /// Make a session from what `export` wrote
    Import(ImportArguments),
    /// Go back to the older state of a session that is damaged
    Recover(NamedArguments),
}

/// Where sessions are kept.
#[derive(Debug, Args)]
pub struct StateArguments {
    /// The folder of the sessions [default: BIOXEN_STATE_DIR, else the user's state folder]
    #[arg(long = "state", value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// A session.
#[derive(Debug, Args)]
pub struct NamedArguments {
    /// The session
    #[arg(value_parser = name)]
    pub name: VmId,
    #[command(flatten)]
    pub state: StateArguments,
}

/// `bioxen session new`
#[derive(Debug, Args)]
#[command(after_help = GIVEN)]
pub struct NewArguments {
    /// Its name: 1 to 128 of A-Z a-z 0-9 . _ : -
    #[arg(value_parser = name)]
    pub name: VmId,
    #[command(flatten)]
    pub state: StateArguments,
    #[command(flatten)]
    pub vm: VmArguments,
}

/// `bioxen session send`
#[derive(Debug, Args)]
#[command(after_help = format!("\
What the input prints waits for `read` and `attach`; errors are told here too. A statement that is only begun waits for \
its\nfurther lines. The command returns when the state is on disk.\n\n{GIVEN}\n\n{STATUS}"))]
pub struct SendArguments {
    /// The session
    #[arg(value_parser = name)]
    pub name: VmId,
    /// The input, or `-` for standard input
    #[arg(allow_hyphen_values = true)]
    pub text: OsString,
    #[command(flatten)]
    pub state: StateArguments,
    #[command(flatten)]
    pub vm: VmArguments,
}

/// `bioxen session attach`
#[derive(Debug, Args)]
#[command(after_help = format!("\
Ctrl-C stops what runs, and Ctrl-D leaves; the session stays. After Ctrl-C and after a limit everything is as before the
line. The tab key completes names.\n\n{GIVEN}"))]
pub struct AttachArguments {
    /// The session
    #[arg(value_parser = name)]
    pub name: VmId,
    /// Keep the lines in this file, for the next time
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
    #[command(flatten)]
    pub state: StateArguments,
    #[command(flatten)]
    pub vm: VmArguments,
}

/// `bioxen session list`
#[derive(Debug, Args)]
pub struct ListArguments {
    /// As one line of JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub state: StateArguments,
}

/// `bioxen session snapshot`
#[derive(Debug, Args)]
pub struct SnapshotArguments {
    /// The session
    #[arg(value_parser = name)]
    pub name: VmId,
    /// Where to write it; a file of that name is replaced
    pub file: PathBuf,
    #[command(flatten)]
    pub state: StateArguments,
    #[command(flatten)]
    pub vm: VmArguments,
}

/// `bioxen session restore`
#[derive(Debug, Args)]
#[command(after_help = "A session that os.exit has ended goes on. Output that was not read stays.")]
pub struct RestoreArguments {
    /// The session
    #[arg(value_parser = name)]
    pub name: VmId,
    /// What `snapshot` wrote
    pub file: PathBuf,
    #[command(flatten)]
    pub state: StateArguments,
    #[command(flatten)]
    pub vm: VmArguments,
}

/// `bioxen session fork`
#[derive(Debug, Args)]
pub struct ForkArguments {
    /// The session
    #[arg(value_parser = name)]
    pub name: VmId,
    /// The names of the new ones
    #[arg(required = true, value_parser = name)]
    pub new: Vec<VmId>,
    #[command(flatten)]
    pub state: StateArguments,
    #[command(flatten)]
    pub vm: VmArguments,
}

/// `bioxen session export`
#[derive(Debug, Args)]
#[command(after_help = "\
The source has an assignment for each global that holds strings, numbers, booleans and tables. What it lacks, such as
functions, is told on standard error. It is read under the limits of a line, and changes nothing.")]
pub struct ExportArguments {
    /// The session
    #[arg(value_parser = name)]
    pub name: VmId,
    /// Where to write it; a file of that name is replaced [default: standard output]
    pub file: Option<PathBuf>,
    #[command(flatten)]
    pub state: StateArguments,
    #[command(flatten)]
    pub vm: VmArguments,
}

/// `bioxen session import`
#[derive(Debug, Args)]
#[command(after_help = format!("\
The file is run as a Lua program, in the new session alone. When it fails there is no session.\n\n{STATUS}"))]
pub struct ImportArguments {
    /// The name of the new session
    #[arg(value_parser = name)]
    pub name: VmId,
    /// What `export` wrote, or `-` for standard input
    pub file: OsString,
    #[command(flatten)]
    pub state: StateArguments,
    #[command(flatten)]
    pub vm: VmArguments,
}

/// The name of a session.
pub fn name(text: &str) -> Result<VmId, String> {
    VmId::new(text).map_err(|error| error.to_string())
}
