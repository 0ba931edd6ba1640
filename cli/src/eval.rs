//! `bioxen eval`: one chunk, as typed at a prompt.

use bioxen_lua::{Chunk, Stdin};

use crate::arguments::EvalArguments;
use crate::isolate::Reach;
use crate::machine;
use crate::report::{self, Fault};
use crate::stats;
use crate::streams::Streams;

/// What Lua's messages call the chunk.
const NAME: &str = "=(command line)";

/// Runs a chunk and prints its values, and says with which status to leave.
pub fn eval(arguments: &EvalArguments, streams: &Streams) -> Result<u8, Fault> {
    let engine = machine::isolated(&arguments.vm, Reach::none())?;
    let config = arguments.vm.config(&engine)?.stdin(Stdin::reader(std::io::stdin()));
    let mut vm = machine::vm(&engine, config, streams)?;
    let chunk = Chunk::new(arguments.chunk.as_encoded_bytes()).name(NAME);
    let mut outcome = vm.line(chunk).wait()?;
    let stopped = outcome.result.as_ref().is_err_and(|failure| failure.is_hard_stop());
    if !stopped && streams.broken().is_none() {
        // An empty program closes files and runs finalizers.
        let end = vm.run("").wait()?;
        outcome.usage = stats::sum(&outcome.usage, &end.usage);
        outcome.result = outcome.result.and_then(|values| end.result.map(|_| values));
    }
    let status = report::outcome(streams, &outcome);
    stats::show(streams, arguments.stats.form, &outcome.usage, &arguments.vm.limits());
    Ok(status)
}
