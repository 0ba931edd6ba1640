//! Source to run.

use crate::value::{IntoLuaMulti, Value};

/// A piece of Lua source, its name and its arguments.
///
/// Text only: bytecode is refused. A first line that starts with `#` is skipped.
///
/// ```
/// use bioxen_lua::Chunk;
/// let chunk = Chunk::new("return ...").name("@double.lua").arguments((21, "x"));
/// # let _ = chunk;
/// ```
#[derive(Debug, Clone)]
pub struct Chunk {
    pub(crate) source: Vec<u8>,
    pub(crate) name: Vec<u8>,
    pub(crate) arguments: std::result::Result<Vec<Value>, String>,
}

impl Chunk {
    /// Source named `=chunk`, which Lua's messages show as `chunk:1:`.
    pub fn new(source: impl Into<Vec<u8>>) -> Chunk {
        Chunk { source: source.into(), name: b"=chunk".to_vec(), arguments: Ok(Vec::new()) }
    }

    /// The name for messages, by Lua's rules: `@` before a file name, `=` before any other text.
    pub fn name(mut self, name: impl Into<Vec<u8>>) -> Chunk {
        self.name = name.into();
        self
    }

    /// What `...` is in the chunk: a tuple for several, any serializable value for one.
    ///
    /// A value that cannot cross is reported when the chunk is run.
    pub fn arguments(mut self, arguments: impl IntoLuaMulti) -> Chunk {
        self.arguments = arguments.into_lua_multi().map_err(|error| error.to_string());
        self
    }
}

impl From<&str> for Chunk {
    fn from(source: &str) -> Chunk {
        Chunk::new(source)
    }
}

impl From<String> for Chunk {
    fn from(source: String) -> Chunk {
        Chunk::new(source)
    }
}

impl From<&[u8]> for Chunk {
    fn from(source: &[u8]) -> Chunk {
        Chunk::new(source)
    }
}

impl From<Vec<u8>> for Chunk {
    fn from(source: Vec<u8>) -> Chunk {
        Chunk::new(source)
    }
}
