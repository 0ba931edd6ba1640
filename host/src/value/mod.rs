//! Lua values on the host's side, and serde both ways.

mod deserialize;
mod serialize;

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use deserialize::from_value;
pub(crate) use deserialize::from_values;
pub use serialize::to_value;

/// Tables in tables that may cross between Lua and the host; a cycle goes deeper than any number.
pub const MAX_DEPTH: usize = 100;

/// What one value counts in a size limit, in bytes, beside the bytes of a string.
pub const VALUE_COST: u64 = 16;

/// A Lua value that can leave its VM: everything but functions, threads and userdata.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// `nil`
    #[default]
    Nil,
    /// `true` or `false`
    Boolean(bool),
    /// A number of Lua's integer subtype.
    Integer(i64),
    /// A number of Lua's float subtype.
    Float(f64),
    /// A string: bytes, not necessarily text.
    String(LuaString),
    /// A table, by copy. A table that is reached twice is copied twice.
    Table(Table),
}

/// A Lua string: bytes, not necessarily text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LuaString(Vec<u8>);

/// A Lua table: its sequence (the keys 1 to n) and its other pairs, in no particular order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The values of the keys 1 to n.
    pub sequence: Vec<Value>,
    /// All other keys with their values.
    pub pairs: Vec<(Value, Value)>,
}

/// A list of values whose length is not known before: as arguments or results it is so many values, as
/// the parameter of a host function it takes them all.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Values(pub Vec<Value>);

/// The name under which [`Values`] asks its deserializer for a whole list.
const VALUES: &str = "bioxen_lua::Values";

/// A Rust value that can become one Lua value: anything that serde can serialize.
pub trait IntoLua {
    /// # Errors
    ///
    /// When the value has no counterpart in Lua, such as an integer above `i64::MAX`.
    fn into_lua(self) -> Result<Value, ConversionError>;
}

/// A Rust value that can become a list of Lua values: a tuple gives its parts, `()` nothing, anything
/// else one value.
pub trait IntoLuaMulti {
    /// # Errors
    ///
    /// As [`IntoLua::into_lua`].
    fn into_lua_multi(self) -> Result<Vec<Value>, ConversionError>;
}

/// A Rust value that can be made from one Lua value: anything that serde can deserialize.
pub trait FromLua: Sized {
    /// # Errors
    ///
    /// When the Lua value is of another type.
    fn from_lua(value: &Value) -> Result<Self, ConversionError>;
}

/// A Rust value that can be made from a list of Lua values: a tuple takes one for each part, missing
/// ones being nil; anything else takes the first.
pub trait FromLuaMulti: Sized {
    /// # Errors
    ///
    /// As [`FromLua::from_lua`].
    fn from_lua_multi(values: &[Value]) -> Result<Self, ConversionError>;
}

impl<T: Serialize> IntoLua for T {
    fn into_lua(self) -> Result<Value, ConversionError> {
        to_value(&self)
    }
}

impl<T: Serialize> IntoLuaMulti for T {
    fn into_lua_multi(self) -> Result<Vec<Value>, ConversionError> {
        serialize::to_values(&self)
    }
}

impl<T: DeserializeOwned> FromLua for T {
    fn from_lua(value: &Value) -> Result<T, ConversionError> {
        from_value(value)
    }
}

impl<T: DeserializeOwned> FromLuaMulti for T {
    fn from_lua_multi(values: &[Value]) -> Result<T, ConversionError> {
        from_values(values)
    }
}

/// A value that has no counterpart on the other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversionError(pub(crate) String);

impl fmt::Display for ConversionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ConversionError {}

impl Value {
    /// Lua's name of the type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Nil => "nil",
            Value::Boolean(_) => "boolean",
            Value::Integer(_) | Value::Float(_) => "number",
            Value::String(_) => "string",
            Value::Table(_) => "table",
        }
    }
}

impl Table {
    /// The value of a string key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.pairs
            .iter()
            .find(|(candidate, _)| matches!(candidate, Value::String(text) if text.as_bytes() == key.as_bytes()))
            .map(|(_, value)| value)
    }
}

impl LuaString {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// As text, if it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// As text; what is not UTF-8 becomes U+FFFD.
    pub fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl fmt::Debug for LuaString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.to_text())
    }
}

impl fmt::Display for LuaString {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.to_text())
    }
}

impl From<Vec<u8>> for LuaString {
    fn from(bytes: Vec<u8>) -> LuaString {
        LuaString(bytes)
    }
}

impl From<&[u8]> for LuaString {
    fn from(bytes: &[u8]) -> LuaString {
        LuaString(bytes.to_vec())
    }
}

impl From<&str> for LuaString {
    fn from(text: &str) -> LuaString {
        LuaString(text.as_bytes().to_vec())
    }
}

impl From<String> for LuaString {
    fn from(text: String) -> LuaString {
        LuaString(text.into_bytes())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::String(text.into())
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Value {
        Value::Integer(integer)
    }
}

impl From<f64> for Value {
    fn from(float: f64) -> Value {
        Value::Float(float)
    }
}

impl From<bool> for Value {
    fn from(boolean: bool) -> Value {
        Value::Boolean(boolean)
    }
}

/// As Lua source would write it, tables on one line.
impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => formatter.write_str("nil"),
            Value::Boolean(boolean) => write!(formatter, "{boolean}"),
            Value::Integer(integer) => write!(formatter, "{integer}"),
            Value::Float(float) => write!(formatter, "{float:?}"),
            Value::String(text) => write!(formatter, "{:?}", text.to_text()),
            Value::Table(table) => write!(formatter, "{table}"),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("{")?;
        let mut separator = "";
        for value in &self.sequence {
            write!(formatter, "{separator}{value}")?;
            separator = ", ";
        }
        for (key, value) in &self.pairs {
            write!(formatter, "{separator}[{key}] = {value}")?;
            separator = ", ";
        }
        formatter.write_str("}")
    }
}
