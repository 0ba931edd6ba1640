//! What can be typed behind `bioxen`.

use std::ffi::OsString;
use std::path::PathBuf;

use bioxen_lua::VmId;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::packages::{
    EnvArguments, InfoArguments, InstallArguments, RemoveArguments, RepositoryArguments, SearchArguments,
    ShowArguments, UpdateArguments, VendorArguments,
};
use crate::session::{self, SessionArguments, StateArguments};
use crate::vm_arguments::VmArguments;

/// Of the command, and of the language that it runs.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (Lua 5.4)");

const STATUS: &str = "\
Exit status:
  0  the program ended well     3  a limit was reached
  1  a Lua error                4  the sandbox itself failed
  2  wrong usage                n  the program called os.exit(n)
141  nobody reads the output any more";

const EXAMPLES: &str = "\
Examples:
  bioxen run script.lua 21 x                      a program and its arguments
  bioxen run --mount ./data:/data gc.lua          it sees the folder ./data as /data, and may read it
  bioxen run --time 2s --memory 16MiB --stats -   the program comes from standard input
  bioxen eval 'string.rep(\"GATTACA\", 3)'          prints the value
  bioxen repl                                     a prompt
  bioxen session new work                         a session that is kept on disk
  bioxen env bootstrap bio                        packages, for `bioxen run --environment bio`";

/// Runs Lua that nobody trusts
///
/// Runs PUC Lua 5.4 in a sandbox, with finite memory, time and output. It sees no file, no variable and
/// no network but what you give it.
#[derive(Debug, Parser)]
#[command(name = "bioxen", version = VERSION, arg_required_else_help = true)]
#[command(after_help = format!("{EXAMPLES}\n\n{STATUS}"))]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a Lua program
    Run(RunArguments),
    /// Run a chunk and print its values
    Eval(EvalArguments),
    /// Read lines, run them and print their values
    Repl(ReplArguments),
    /// Lua sessions that outlive the command: their whole state is kept on disk
    Session(SessionArguments),
    /// Environments: named sets of packages that programs see
    Env(EnvArguments),
    /// Look for packages in all repositories
    Search(SearchArguments),
    /// Add packages to an environment
    Install(InstallArguments),
    /// Take newer versions of the packages of an environment
    Update(UpdateArguments),
    /// Take packages out of an environment
    Remove(RemoveArguments),
    /// Show the packages of an environment
    List(ShowArguments),
    /// Show all that is known of a package
    Info(InfoArguments),
    /// Check the files of an environment against what was installed
    Verify(ShowArguments),
    /// Copy the packages of an environment into a folder that is a repository
    Vendor(VendorArguments),
    /// Repositories: where packages come from
    Repository(RepositoryArguments),
    /// Show every limit, its default, its flag and what it may be set to
    Limits,
}

/// `bioxen run`
#[derive(Debug, Args)]
#[command(after_help = STATUS)]
pub struct RunArguments {
    /// The program, `-` for standard input, and its arguments, which it finds in `arg` and `...`
    #[arg(required = true, num_args = 1.., trailing_var_arg = true, value_names = ["FILE", "ARGS"])]
    words: Vec<OsString>,
    #[command(flatten)]
    pub stats: StatsArguments,
    #[command(flatten)]
    pub vm: VmArguments,
}

/// `bioxen eval`
#[derive(Debug, Args)]
#[command(after_help = STATUS)]
pub struct EvalArguments {
    /// An expression, whose values are printed, or statements
    #[arg(allow_hyphen_values = true)]
    pub chunk: OsString,
    #[command(flatten)]
    pub stats: StatsArguments,
    #[command(flatten)]
    pub vm: VmArguments,
}

/// `bioxen repl`
#[derive(Debug, Args)]
#[command(after_help = "\
Ctrl-C stops what runs, and Ctrl-D leaves. After Ctrl-C and after a limit everything is as before the line.
The tab key completes names.")]
pub struct ReplArguments {
    /// Continue a session that `bioxen session new` made, and keep its state
    #[arg(long, value_name = "NAME", value_parser = session::name)]
    pub session: Option<VmId>,
    #[command(flatten)]
    pub state: StateArguments,
    /// Keep the lines in this file, for the next time
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
    #[command(flatten)]
    pub vm: VmArguments,
}

/// Whether to show what was used.
#[derive(Debug, Args)]
pub struct StatsArguments {
    /// Show what was used and what was allowed, on standard error; as JSON with `--stats=json`
    #[arg(long = "stats", value_name = "FORM", hide_possible_values = true)]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "box")]
    pub form: Option<StatsForm>,
}

/// How to show what was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatsForm {
    /// A box for people.
    Box,
    /// A line of JSON for programs.
    Json,
}

impl RunArguments {
    /// The program: a path, or `-`.
    pub fn program(&self) -> &OsString {
        &self.words[0] // clap was told to require one
    }

    /// What stands behind the program.
    pub fn program_arguments(&self) -> &[OsString] {
        &self.words[1..]
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<Command, String> {
        let words = ["bioxen"].into_iter().chain(line.split_whitespace());
        Arguments::try_parse_from(words)
            .map(|arguments| arguments.command)
            .map_err(|error| error.render().to_string())
    }

    #[track_caller]
    fn run(line: &str) -> RunArguments {
        match parse(line) {
            Ok(Command::Run(arguments)) => arguments,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[track_caller]
    fn check_words(line: &str, program: &str, arguments: &[&str]) {
        let run = run(line);
        assert_eq!(run.program(), program);
        assert_eq!(run.program_arguments(), arguments);
    }

    #[track_caller]
    fn refused(line: &str, expected: &[&str]) {
        let message = parse(line).expect_err(line);
        for part in expected {
            assert!(message.contains(part), "{line}: {message}");
        }
    }

    #[test]
    fn the_definition_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn options_stop_at_the_program() {
        check_words("run a.lua", "a.lua", &[]);
        check_words("run a.lua x --stats -y", "a.lua", &["x", "--stats", "-y"]);
        check_words("run a.lua --stats", "a.lua", &["--stats"]);
        check_words("run --stats a.lua --help", "a.lua", &["--help"]);
        check_words("run - -", "-", &["-"]);
        check_words("run -- -odd.lua -- x", "-odd.lua", &["--", "x"]);
        check_words("run a.lua -- x", "a.lua", &["--", "x"]);
    }

    #[test]
    fn stats_come_in_two_forms() {
        assert_eq!(run("run a.lua").stats.form, None);
        assert_eq!(run("run --stats a.lua").stats.form, Some(StatsForm::Box));
        assert_eq!(run("run --stats=json a.lua").stats.form, Some(StatsForm::Json));
        refused("run --stats=xml a.lua", &["--stats", "json"]);
    }

    #[test]
    fn an_expression_may_begin_with_a_hyphen() {
        let Ok(Command::Eval(eval)) = parse("eval -1") else { panic!("refused") };
        assert_eq!(eval.chunk, "-1");
    }
}
