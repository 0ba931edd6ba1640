//! Values between Python and Lua.

use bioxen_lua::{ErrorKind, LuaString, MAX_DEPTH, Table, Value};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PySequence, PyString, PyTuple,
};

use crate::errors;

/// A Lua value for Python. A table that is a sequence becomes a list, any other a dict, an empty one too.
pub fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Nil => py.None().into_bound(py),
        Value::Boolean(boolean) => PyBool::new(py, *boolean).to_owned().into_any(),
        Value::Integer(integer) => integer.into_pyobject(py)?.into_any(),
        Value::Float(float) => PyFloat::new(py, *float).into_any(),
        Value::String(text) => string(py, text),
        Value::Table(table) => table_to_python(py, table)?,
    })
}

pub fn list_to_python<'py>(py: Python<'py>, values: &[Value]) -> PyResult<Vec<Bound<'py, PyAny>>> {
    values.iter().map(|value| to_python(py, value)).collect()
}

/// Text where it is UTF-8, else bytes.
fn string<'py>(py: Python<'py>, text: &LuaString) -> Bound<'py, PyAny> {
    match text.as_str() {
        Some(text) => PyString::new(py, text).into_any(),
        None => PyBytes::new(py, text.as_bytes()).into_any(),
    }
}

fn table_to_python<'py>(py: Python<'py>, table: &Table) -> PyResult<Bound<'py, PyAny>> {
    if table.pairs.is_empty() && !table.sequence.is_empty() {
        return Ok(PyList::new(py, list_to_python(py, &table.sequence)?)?.into_any());
    }
    let dict = PyDict::new(py);
    for (key, value) in (1i64..).zip(&table.sequence) {
        dict.set_item(key, to_python(py, value)?)?;
    }
    for (key, value) in &table.pairs {
        let key = match key {
            // No dict and no list is a key in Python; Lua's tables are, and lose their identity on the way.
            Value::Table(_) => {
                return Err(refuse("a table with tables for keys has no counterpart in Python"));
            }
            key => to_python(py, key)?,
        };
        if dict.contains(&key)? {
            return Err(refuse(
                "a table with keys that are one in Python, such as 1 and true, has no counterpart there",
            ));
        }
        dict.set_item(key, to_python(py, value)?)?;
    }
    Ok(dict.into_any())
}

/// A Python value for Lua.
pub fn from_python(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    nested(value, 0, &mut 0)
}

/// A sequence of them.
pub fn list_from_python(values: &Bound<'_, PyAny>) -> PyResult<Vec<Value>> {
    let mut count = 0;
    values.try_iter()?.map(|value| nested(&value?, 0, &mut count)).collect()
}

/// Values that cross at once: as many as a VM of 64 MiB could hold. An endless sequence ends here.
const MOST_VALUES: usize = 1 << 22;

fn nested(value: &Bound<'_, PyAny>, depth: usize, count: &mut usize) -> PyResult<Value> {
    *count += 1;
    if *count > MOST_VALUES {
        return Err(refuse(&format!(
            "more than {MOST_VALUES} values at once do not cross to Lua: give them in parts"
        )));
    }
    if value.is_none() {
        return Ok(Value::Nil);
    }
    if let Ok(boolean) = value.cast::<PyBool>() {
        return Ok(Value::Boolean(boolean.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        return integer(value);
    }
    if let Ok(float) = value.cast::<PyFloat>() {
        return Ok(Value::Float(float.value()));
    }
    if let Some(string) = bytes(value)? {
        return Ok(Value::String(string));
    }
    if depth >= MAX_DEPTH {
        return Err(refuse(&format!("tables nest deeper than {MAX_DEPTH} levels, or contain themselves")));
    }
    if let Ok(dict) = value.cast::<PyMapping>() {
        return mapping(dict, depth, count);
    }
    if value.is_instance_of::<PyList>()
        || value.is_instance_of::<PyTuple>()
        || value.cast::<PySequence>().is_ok()
    {
        let sequence: PyResult<Vec<Value>> =
            value.try_iter()?.map(|item| nested(&item?, depth + 1, count)).collect();
        return Ok(Value::Table(Table { sequence: sequence?, pairs: Vec::new() }));
    }
    number(value)
}

fn integer(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    value.extract::<i64>().map(Value::Integer).map_err(|error| {
        if error.is_instance_of::<PyOverflowError>(value.py()) {
            return refuse("an integer outside -2^63 to 2^63-1 does not fit into Lua: give a float or a str");
        }
        error
    })
}

fn bytes(value: &Bound<'_, PyAny>) -> PyResult<Option<LuaString>> {
    if let Ok(text) = value.cast::<PyString>() {
        return text
            .to_cow()
            .map(|text| Some(text.as_bytes().into()))
            .map_err(|_| refuse("a str with surrogates is no text: give bytes"));
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Some(bytes.as_bytes().into()));
    }
    Ok(value.cast::<PyByteArray>().ok().map(|bytes| bytes.to_vec().into()))
}

fn mapping(mapping: &Bound<'_, PyMapping>, depth: usize, count: &mut usize) -> PyResult<Value> {
    let mut pairs = Vec::new();
    for item in mapping.items()?.iter() {
        let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
        let key = nested(&key, depth + 1, count)?;
        match &key {
            Value::Nil => return Err(refuse("None is no key of a Lua table")),
            Value::Float(float) if float.is_nan() => return Err(refuse("nan is no key of a Lua table")),
            _ => pairs.push((key, nested(&value, depth + 1, count)?)),
        }
    }
    Ok(Value::Table(Table { sequence: Vec::new(), pairs }))
}

/// Numbers of other libraries.
fn number(value: &Bound<'_, PyAny>) -> PyResult<Value> {
    if value.hasattr("__index__")? {
        return integer(&value.call_method0("__index__")?);
    }
    if value.hasattr("__float__")? {
        return Ok(Value::Float(value.extract()?));
    }
    let kind = value.get_type().name()?;
    Err(refuse(&format!(
        "a Python `{kind}` cannot cross to Lua: give None, bool, int, float, str, bytes, a list or a dict"
    )))
}

fn refuse(message: &str) -> PyErr {
    errors::refuse(ErrorKind::InvalidValue, message)
}

/// Bytes that a guest wrote, as text: what is no UTF-8 becomes `\xff`, so nothing is lost and printing works.
pub fn text<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(PyString::new(py, text).into_any()),
        Err(_) => PyBytes::new(py, bytes).call_method1("decode", ("utf-8", "backslashreplace")),
    }
}

/// As [`text`], without blanks at both ends.
pub fn stripped<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(PyString::new(py, text.trim()).into_any()),
        Err(_) => text(py, bytes.trim_ascii()),
    }
}
