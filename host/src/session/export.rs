//! What a session holds as data, as Lua source that another session can run.

use std::fmt;

use crate::chunk::Chunk;
use crate::error::{Error, ErrorKind, Result};
use crate::job::Job;
use crate::outcome::Outcome;
use crate::value::Value;

use super::Session;

/// Runs beside the script in a copy of the VM.
const READ: &str = include_str!("export.lua");

/// The data of a session as Lua source, which [`Session::import`] runs, in a session of any version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Export {
    /// An assignment for each global variable that holds a string, a number, a boolean or a table, in the
    /// order of their names. Tables keep what they share with each other. The same state gives the same
    /// source.
    pub source: String,
    /// What the source lacks.
    pub left_out: Vec<LeftOut>,
}

/// Something that cannot be written as data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LeftOut {
    /// Where it is, such as `t.f`. Long paths are cut.
    pub path: String,
    /// What it is.
    pub what: NoData,
}

/// What cannot be written as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoData {
    /// A function.
    Function,
    /// A coroutine.
    Coroutine,
    /// A userdata, such as an open file.
    Userdata,
    /// The metatable of the table at the path, which itself is written.
    Metatable,
    /// A field of the table at the path, whose key is no string, number or boolean.
    Key,
}

impl fmt::Display for NoData {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            NoData::Function => "a function",
            NoData::Coroutine => "a coroutine",
            NoData::Userdata => "a userdata",
            NoData::Metatable => "its metatable",
            NoData::Key => "a field whose key is no string, number or boolean",
        })
    }
}

impl NoData {
    fn named(name: &str) -> Option<NoData> {
        Some(match name {
            "function" => NoData::Function,
            "thread" => NoData::Coroutine,
            "userdata" => NoData::Userdata,
            "metatable" => NoData::Metatable,
            "key" => NoData::Key,
            _ => return None,
        })
    }
}

impl Session {
    /// Reads what the global variables hold as data, behind the input that waits. That happens in a copy of
    /// the session's VM, under the limits of a call and by raw access: nothing of the script runs, and the
    /// session stays as it is. The standard library is no part of it, but for what a script put into it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`] and [`ErrorKind::Terminated`]. In the job: [`ErrorKind::Failed`] when it
    /// reaches a limit, such as `result` for the size of the source; [`ErrorKind::Ended`] behind `os.exit`;
    /// [`ErrorKind::QuotaExceeded`] when there is no room for the copy.
    pub fn export(&self) -> Result<Job<Export>> {
        self.core.check_attached(self.client)?;
        self.vm
            .actor()
            .submit(Box::new(|vm| Box::pin(async move { exported(vm.inspect(READ, "=export").await?) })))
    }

    /// Runs the source of an [`Export`], behind the input that waits. It is Lua like any other, and can do
    /// what the session can do.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`] and [`ErrorKind::Terminated`]. In the job: [`ErrorKind::Failed`] when the
    /// source fails; a limit leaves everything as before, an error what was done until then.
    pub fn import(&self, source: impl AsRef<[u8]>) -> Result<Job<()>> {
        self.core.check_attached(self.client)?;
        let chunk = Chunk::new(source.as_ref()).name("=import");
        self.vm.actor().submit(Box::new(move |vm| {
            Box::pin(async move { vm.exec(chunk).await?.result.map(|_| ()).map_err(Error::failed) })
        }))
    }
}

fn exported(outcome: Outcome) -> Result<Export> {
    let values = outcome.result.map_err(Error::failed)?;
    read(&values).ok_or_else(|| Error::new(ErrorKind::Engine, "the guest broke the contract with its host"))
}

fn read(values: &[Value]) -> Option<Export> {
    let [Value::String(source), Value::Table(left)] = values else { return None };
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.to_text().into_owned()),
        _ => None,
    };
    let left_out = left.sequence.chunks(2).map(|pair| match pair {
        [path, what] => Some(LeftOut { path: text(path)?, what: NoData::named(&text(what)?)? }),
        _ => None,
    });
    Some(Export { source: source.as_str()?.to_string(), left_out: left_out.collect::<Option<_>>()? })
}
