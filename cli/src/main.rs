//! The command `bioxen`: runs Lua that nobody trusts, strictly sandboxed.

mod arguments;
mod escape;
mod eval;
mod figures;
mod input;
mod isolate;
mod limits_table;
mod machine;
mod packages;
mod prompt;
mod repl;
mod report;
mod run;
mod session;
mod stats;
mod streams;
mod table;
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
        Command::Env(arguments) => packages::env(arguments, &streams),
        Command::Search(arguments) => packages::search(arguments, &streams),
        Command::Install(arguments) => packages::install(arguments, &streams),
        Command::Update(arguments) => packages::update(arguments, &streams),
        Command::Remove(arguments) => packages::remove(arguments, &streams),
        Command::List(arguments) => packages::list(arguments, &streams),
        Command::Info(arguments) => packages::info(arguments, &streams),
        Command::Verify(arguments) => packages::verify(arguments, &streams),
        Command::Vendor(arguments) => packages::vendor(arguments),
        Command::Repository(arguments) => packages::repository(arguments, &streams),
        Command::Limits => {
            streams.stdout.line(&limits_table::table());
            Ok(report::FINE)
        }
    };
    let status = ended.unwrap_or_else(|fault| report::fault(&streams, &fault));
    // Not by returning: a thread may still wait for input that nobody wants any more.
    std::process::exit(report::last_words(&streams, status).into())
}
