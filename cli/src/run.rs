//! `bioxen run`: a program from beginning to end.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};

use bioxen_lua::{Chunk, Stdin, Table, Value};
use serde::ser::{Serialize, SerializeTuple, Serializer};

use crate::arguments::RunArguments;
use crate::isolate::Reach;
use crate::machine;
use crate::report::{self, Fault};
use crate::stats;
use crate::streams::Streams;

/// Names standard input as the program.
const STANDARD_INPUT: &str = "-";

/// Runs a program, and says with which status to leave.
pub fn run(arguments: &RunArguments, streams: &Streams) -> Result<u8, Fault> {
    let limits = arguments.vm.limits();
    let program = Program::read(arguments.program(), limits.source)?;
    let engine = machine::isolated(&arguments.vm, Reach::none())?;
    let mut vm = machine::vm(&engine, arguments.vm.config(&engine)?.stdin(program.stdin), streams)?;
    vm.set("arg", argument_table(arguments)).wait()?;
    let values = List(arguments.program_arguments().iter().map(text).collect());
    let outcome = vm.run(Chunk::new(program.source).name(program.name).arguments(values)).wait()?;
    let status = report::outcome(streams, &outcome);
    stats::show(streams, arguments.stats.form, &outcome.usage, &limits);
    Ok(status)
}

struct Program {
    source: Vec<u8>,
    name: Vec<u8>,
    /// What is left for the program to read.
    stdin: Stdin,
}

impl Program {
    fn read(file: &OsStr, ceiling: Option<u64>) -> Result<Program, Fault> {
        if file == STANDARD_INPUT {
            let source = read(io::stdin(), ceiling).map_err(|error| unreadable("standard input", &error))?;
            return Ok(Program { source, name: b"=stdin".to_vec(), stdin: Stdin::empty() });
        }
        let source = File::open(file)
            .and_then(|opened| read(opened, ceiling))
            .map_err(|error| unreadable(&format!("`{}`", file.display()), &error))?;
        let name = [b"@", file.as_encoded_bytes()].concat();
        Ok(Program { source, name, stdin: Stdin::reader(io::stdin()) })
    }
}

/// Reads to the end, or to one byte more than is allowed, which the VM then refuses.
fn read(input: impl Read, ceiling: Option<u64>) -> io::Result<Vec<u8>> {
    let mut source = Vec::new();
    input.take(ceiling.unwrap_or(u64::MAX).saturating_add(1)).read_to_end(&mut source)?;
    Ok(source)
}

fn unreadable(what: &str, error: &io::Error) -> Fault {
    let error = report::plain(error);
    Fault::Usage(format!("cannot read {what}: {error}; expected a Lua program, or `-` for standard input"))
}

/// The table `arg` of the reference interpreter: the program's name at 0, its arguments behind it.
/// What stands before the name stays outside: it tells of the host.
fn argument_table(arguments: &RunArguments) -> Value {
    let sequence = arguments.program_arguments().iter().map(text).collect();
    Value::Table(Table { sequence, pairs: vec![(Value::Integer(0), text(arguments.program()))] })
}

fn text(word: &OsString) -> Value {
    Value::String(word.as_encoded_bytes().into())
}

/// Values that become one argument each: serde's tuples do.
struct List(Vec<Value>);

impl Serialize for List {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        for value in &self.0 {
            tuple.serialize_element(value)?;
        }
        tuple.end()
    }
}
