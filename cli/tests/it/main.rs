//! Runs the built command as a person or a program would.

mod command;
mod eval;
mod isolate;
mod limits;
mod mounts;
mod packages;
mod repl;
mod run;
mod session;
mod session_terminal;
mod stats;
mod streams;
mod terminal;
mod usage;
