//! The command `bioxen`: runs Lua that nobody trusts, strictly sandboxed.

mod arguments;
mod escape;
mod eval;
mod figures;
mod input;
mod limits_table;
mod machine;
mod prompt;
mod repl;
mod report;
mod run;
mod session;
mod stats;
mod streams;
mod units;
mod vm_arguments;

use clap::Parser;

use crate::arguments::{Arguments, Command};
use crate::streams::Streams;

fn main() {
    let arguments = Arguments::parse();
    let streams = Streams::open();
    let ended = match &arguments.command {
        Command::Run(arguments) => run::run(arguments, &streams),
        Command::Eval(arguments) => eval::eval(arguments, &streams),
        Command::Repl(arguments) => repl::repl(arguments, &streams),
        Command::Session(arguments) => session::session(arguments, &streams),
        Command::Limits => {
            streams.stdout.line(&limits_table::table());
            Ok(report::FINE)
        }
    };
    let status = ended.unwrap_or_else(|fault| report::fault(&streams, &fault));
    // Not by returning: a thread may still wait for input that nobody wants any more.
    std::process::exit(report::last_words(&streams, status).into())
}
