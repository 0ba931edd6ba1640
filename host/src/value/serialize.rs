//! From Rust to Lua values: a serde serializer. Structs and maps become tables with string keys,
//! sequences and tuples become sequences, `None` and `()` become nil, enums are externally tagged.

use serde::ser::{self, Serialize};

use super::{ConversionError, MAX_DEPTH, Table, Value, Values};

/// A serializable value as a Lua value.
///
/// # Errors
///
/// For integers outside `i64`, map keys that are nil or NaN, and nesting deeper than [`MAX_DEPTH`].
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, ConversionError> {
    value.serialize(Serializer { depth: 0 })
}

/// A tuple as several values, `()` as none, anything else as one.
pub(crate) fn to_values<T: Serialize + ?Sized>(value: &T) -> Result<Vec<Value>, ConversionError> {
    let mut spread = false;
    let value = value.serialize(Spread { spread: &mut spread })?;
    Ok(match value {
        Value::Table(table) if spread => table.sequence,
        Value::Nil if spread => Vec::new(),
        value => vec![value],
    })
}

impl ser::Error for ConversionError {
    fn custom<T: std::fmt::Display>(message: T) -> ConversionError {
        ConversionError(message.to_string())
    }
}

impl Serialize for Value {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Nil => serializer.serialize_none(),
            Value::Boolean(boolean) => serializer.serialize_bool(*boolean),
            Value::Integer(integer) => serializer.serialize_i64(*integer),
            Value::Float(float) => serializer.serialize_f64(*float),
            Value::String(text) => match text.as_str() {
                Some(text) => serializer.serialize_str(text),
                None => serializer.serialize_bytes(text.as_bytes()),
            },
            Value::Table(table) => table.serialize(serializer),
        }
    }
}

impl Serialize for Table {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.pairs.is_empty() {
            return serializer.collect_seq(&self.sequence);
        }
        let numbered = self.sequence.iter().zip(1i64..).map(|(value, key)| (Value::Integer(key), value));
        serializer.collect_map(
            numbered
                .map(|(key, value)| (std::borrow::Cow::Owned(key), value))
                .chain(self.pairs.iter().map(|(key, value)| (std::borrow::Cow::Borrowed(key), value))),
        )
    }
}

impl Serialize for Values {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_tuple(self.0.len())?;
        for value in &self.0 {
            ser::SerializeTuple::serialize_element(&mut list, value)?;
        }
        ser::SerializeTuple::end(list)
    }
}

#[derive(Clone, Copy)]
struct Serializer {
    depth: usize,
}

impl Serializer {
    fn deeper(self) -> Result<Serializer, ConversionError> {
        if self.depth >= MAX_DEPTH {
            return Err(ConversionError(format!("value nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Serializer { depth: self.depth + 1 })
    }

    fn table(self, variant: Option<&'static str>) -> Result<TableBuilder, ConversionError> {
        let inner = if variant.is_some() { self.deeper()? } else { self };
        Ok(TableBuilder { serializer: inner.deeper()?, table: Table::default(), key: None, variant })
    }
}

/// Collects the parts of a table.
struct TableBuilder {
    serializer: Serializer,
    table: Table,
    key: Option<Value>,
    /// An enum's variant: the finished table is wrapped as `{variant = table}`.
    variant: Option<&'static str>,
}

impl TableBuilder {
    fn push(&mut self, value: &(impl Serialize + ?Sized)) -> Result<(), ConversionError> {
        let value = value.serialize(self.serializer)?;
        self.table.sequence.push(value);
        Ok(())
    }

    fn pair(&mut self, key: Value, value: &(impl Serialize + ?Sized)) -> Result<(), ConversionError> {
        let value = value.serialize(self.serializer)?;
        match key {
            Value::Nil => return Err(ConversionError("nil cannot be a key".into())),
            Value::Float(float) if float.is_nan() => {
                return Err(ConversionError("NaN cannot be a key".into()));
            }
            Value::Integer(next) if next == self.table.sequence.len() as i64 + 1 => {
                self.table.sequence.push(value)
            }
            key => self.table.pairs.push((key, value)),
        }
        Ok(())
    }

    fn finish(self) -> Value {
        let value = Value::Table(self.table);
        match self.variant {
            None => value,
            Some(name) => tagged(name, value),
        }
    }
}

fn tagged(name: &str, value: Value) -> Value {
    Value::Table(Table { sequence: Vec::new(), pairs: vec![(Value::from(name), value)] })
}

impl ser::Serializer for Serializer {
    type Ok = Value;
    type Error = ConversionError;
    type SerializeSeq = TableBuilder;
    type SerializeTuple = TableBuilder;
    type SerializeTupleStruct = TableBuilder;
    type SerializeTupleVariant = TableBuilder;
    type SerializeMap = TableBuilder;
    type SerializeStruct = TableBuilder;
    type SerializeStructVariant = TableBuilder;

    fn serialize_bool(self, value: bool) -> Result<Value, ConversionError> {
        Ok(Value::Boolean(value))
    }
    fn serialize_i8(self, value: i8) -> Result<Value, ConversionError> {
        Ok(Value::Integer(value.into()))
    }
    fn serialize_i16(self, value: i16) -> Result<Value, ConversionError> {
        Ok(Value::Integer(value.into()))
    }
    fn serialize_i32(self, value: i32) -> Result<Value, ConversionError> {
        Ok(Value::Integer(value.into()))
    }
    fn serialize_i64(self, value: i64) -> Result<Value, ConversionError> {
        Ok(Value::Integer(value))
    }
    fn serialize_u8(self, value: u8) -> Result<Value, ConversionError> {
        Ok(Value::Integer(value.into()))
    }
    fn serialize_u16(self, value: u16) -> Result<Value, ConversionError> {
        Ok(Value::Integer(value.into()))
    }
    fn serialize_u32(self, value: u32) -> Result<Value, ConversionError> {
        Ok(Value::Integer(value.into()))
    }
    fn serialize_u64(self, value: u64) -> Result<Value, ConversionError> {
        i64::try_from(value)
            .map(Value::Integer)
            .map_err(|_| ConversionError(format!("{value} is larger than Lua's largest integer")))
    }
    fn serialize_f32(self, value: f32) -> Result<Value, ConversionError> {
        Ok(Value::Float(value.into()))
    }
    fn serialize_f64(self, value: f64) -> Result<Value, ConversionError> {
        Ok(Value::Float(value))
    }
    fn serialize_char(self, value: char) -> Result<Value, ConversionError> {
        Ok(Value::String(value.to_string().into()))
    }
    fn serialize_str(self, value: &str) -> Result<Value, ConversionError> {
        Ok(Value::String(value.into()))
    }
    fn serialize_bytes(self, value: &[u8]) -> Result<Value, ConversionError> {
        Ok(Value::String(value.into()))
    }
    fn serialize_none(self) -> Result<Value, ConversionError> {
        Ok(Value::Nil)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, ConversionError> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Value, ConversionError> {
        Ok(Value::Nil)
    }
    fn serialize_unit_struct(self, _name: &'static str) -> Result<Value, ConversionError> {
        Ok(Value::Nil)
    }
    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Value, ConversionError> {
        Ok(Value::from(variant))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<Value, ConversionError> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, ConversionError> {
        Ok(tagged(variant, value.serialize(self.deeper()?)?))
    }
    fn serialize_seq(self, _length: Option<usize>) -> Result<TableBuilder, ConversionError> {
        self.table(None)
    }
    fn serialize_tuple(self, _length: usize) -> Result<TableBuilder, ConversionError> {
        self.table(None)
    }
    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<TableBuilder, ConversionError> {
        self.table(None)
    }
    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<TableBuilder, ConversionError> {
        self.table(Some(variant))
    }
    fn serialize_map(self, _length: Option<usize>) -> Result<TableBuilder, ConversionError> {
        self.table(None)
    }
    fn serialize_struct(self, _name: &'static str, _length: usize) -> Result<TableBuilder, ConversionError> {
        self.table(None)
    }
    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<TableBuilder, ConversionError> {
        self.table(Some(variant))
    }
}

impl ser::SerializeSeq for TableBuilder {
    type Ok = Value;
    type Error = ConversionError;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConversionError> {
        self.push(value)
    }
    fn end(self) -> Result<Value, ConversionError> {
        Ok(self.finish())
    }
}

impl ser::SerializeTuple for TableBuilder {
    type Ok = Value;
    type Error = ConversionError;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConversionError> {
        self.push(value)
    }
    fn end(self) -> Result<Value, ConversionError> {
        Ok(self.finish())
    }
}

impl ser::SerializeTupleStruct for TableBuilder {
    type Ok = Value;
    type Error = ConversionError;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConversionError> {
        self.push(value)
    }
    fn end(self) -> Result<Value, ConversionError> {
        Ok(self.finish())
    }
}

impl ser::SerializeTupleVariant for TableBuilder {
    type Ok = Value;
    type Error = ConversionError;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConversionError> {
        self.push(value)
    }
    fn end(self) -> Result<Value, ConversionError> {
        Ok(self.finish())
    }
}

impl ser::SerializeMap for TableBuilder {
    type Ok = Value;
    type Error = ConversionError;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), ConversionError> {
        self.key = Some(key.serialize(self.serializer)?);
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ConversionError> {
        let key = self.key.take().unwrap_or_default();
        self.pair(key, value)
    }
    fn end(self) -> Result<Value, ConversionError> {
        Ok(self.finish())
    }
}

impl ser::SerializeStruct for TableBuilder {
    type Ok = Value;
    type Error = ConversionError;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ConversionError> {
        self.pair(Value::from(name), value)
    }
    fn end(self) -> Result<Value, ConversionError> {
        Ok(self.finish())
    }
}

impl ser::SerializeStructVariant for TableBuilder {
    type Ok = Value;
    type Error = ConversionError;
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ConversionError> {
        self.pair(Value::from(name), value)
    }
    fn end(self) -> Result<Value, ConversionError> {
        Ok(self.finish())
    }
}

/// The outermost value of a list: notes whether it was a tuple or `()`.
struct Spread<'a> {
    spread: &'a mut bool,
}

macro_rules! pass_on {
    ($($method:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        $(fn $method(self, $($argument: $kind),*) -> Result<$result, ConversionError> {
            Serializer { depth: 0 }.$method($($argument),*)
        })*
    };
}

impl ser::Serializer for Spread<'_> {
    type Ok = Value;
    type Error = ConversionError;
    type SerializeSeq = TableBuilder;
    type SerializeTuple = TableBuilder;
    type SerializeTupleStruct = TableBuilder;
    type SerializeTupleVariant = TableBuilder;
    type SerializeMap = TableBuilder;
    type SerializeStruct = TableBuilder;
    type SerializeStructVariant = TableBuilder;

    pass_on! {
        serialize_bool(value: bool) -> Value;
        serialize_i8(value: i8) -> Value;
        serialize_i16(value: i16) -> Value;
        serialize_i32(value: i32) -> Value;
        serialize_i64(value: i64) -> Value;
        serialize_u8(value: u8) -> Value;
        serialize_u16(value: u16) -> Value;
        serialize_u32(value: u32) -> Value;
        serialize_u64(value: u64) -> Value;
        serialize_f32(value: f32) -> Value;
        serialize_f64(value: f64) -> Value;
        serialize_char(value: char) -> Value;
        serialize_str(value: &str) -> Value;
        serialize_bytes(value: &[u8]) -> Value;
        serialize_none() -> Value;
        serialize_unit_struct(name: &'static str) -> Value;
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str) -> Value;
        serialize_seq(length: Option<usize>) -> TableBuilder;
        serialize_tuple_struct(name: &'static str, length: usize) -> TableBuilder;
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, length: usize) -> TableBuilder;
        serialize_map(length: Option<usize>) -> TableBuilder;
        serialize_struct(name: &'static str, length: usize) -> TableBuilder;
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, length: usize) -> TableBuilder;
    }

    fn serialize_unit(self) -> Result<Value, ConversionError> {
        *self.spread = true;
        Ok(Value::Nil)
    }
    fn serialize_tuple(self, _length: usize) -> Result<TableBuilder, ConversionError> {
        *self.spread = true;
        let serializer = Serializer { depth: 0 }; // the list itself is no table
        Ok(TableBuilder { serializer, table: Table::default(), key: None, variant: None })
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, ConversionError> {
        value.serialize(Serializer { depth: 0 })
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Value, ConversionError> {
        Serializer { depth: 0 }.serialize_newtype_struct(name, value)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Value, ConversionError> {
        Serializer { depth: 0 }.serialize_newtype_variant(name, index, variant, value)
    }
}
