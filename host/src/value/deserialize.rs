//! From Lua values to Rust: a serde deserializer. An empty table is an empty sequence or an empty
//! map, whichever the Rust type asks for; a float with an integral value passes for an integer, as in
//! Lua; strings that are not UTF-8 are bytes.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, Deserialize, DeserializeOwned, IntoDeserializer, Visitor};

use super::{ConversionError, LuaString, Table, VALUES, Value, Values};

/// A Lua value as a Rust value.
///
/// # Errors
///
/// When the Lua value is of another type; the message names both.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, ConversionError> {
    T::deserialize(Deserializer(value))
}

/// Several values as a tuple, or the first one as anything else; missing ones are nil.
pub(crate) fn from_values<T: DeserializeOwned>(values: &[Value]) -> Result<T, ConversionError> {
    T::deserialize(List(values))
}

impl de::Error for ConversionError {
    fn custom<T: fmt::Display>(message: T) -> ConversionError {
        ConversionError(message.to_string())
    }
}

#[derive(Clone, Copy)]
struct Deserializer<'a>(&'a Value);

impl<'de> IntoDeserializer<'de, ConversionError> for Deserializer<'de> {
    type Deserializer = Deserializer<'de>;
    fn into_deserializer(self) -> Deserializer<'de> {
        self
    }
}

fn entries(table: &Table) -> impl Iterator<Item = (Deserializer<'_>, Deserializer<'_>)> {
    table.pairs.iter().map(|(key, value)| (Deserializer(key), Deserializer(value)))
}

impl<'de> Deserializer<'de> {
    fn sequence<V: Visitor<'de>>(self, table: &'de Table, visitor: V) -> Result<V::Value, ConversionError> {
        if !table.pairs.is_empty() {
            return Err(ConversionError("expected a sequence, got a table with other keys".into()));
        }
        let mut values = SeqDeserializer::new(table.sequence.iter().map(Deserializer));
        let result = visitor.visit_seq(&mut values)?;
        values.end()?;
        Ok(result)
    }

    fn map<V: Visitor<'de>>(self, table: &'de Table, visitor: V) -> Result<V::Value, ConversionError> {
        if table.sequence.is_empty() {
            return visitor.visit_map(MapDeserializer::new(entries(table)));
        }
        let keys: Vec<Value> = (1..=table.sequence.len() as i64).map(Value::Integer).collect();
        // The keys of the sequence are made here, so they cannot be borrowed for 'de: integers are
        // copied out of them by the visitor.
        let access = MixedMap { keys: keys.into_iter(), table, at: 0, value: None };
        visitor.visit_map(access)
    }
}

/// The sequence of a table as pairs, then its other pairs.
struct MixedMap<'de> {
    keys: std::vec::IntoIter<Value>,
    table: &'de Table,
    at: usize,
    value: Option<&'de Value>,
}

impl<'de> de::MapAccess<'de> for MixedMap<'de> {
    type Error = ConversionError;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ConversionError> {
        if let Some(Value::Integer(key)) = self.keys.next() {
            self.value = self.table.sequence.get(key as usize - 1);
            return seed.deserialize(key.into_deserializer()).map(Some);
        }
        let Some((key, value)) = self.table.pairs.get(self.at) else { return Ok(None) };
        self.at += 1;
        self.value = Some(value);
        seed.deserialize(Deserializer(key)).map(Some)
    }

    fn next_value_seed<S: de::DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, ConversionError> {
        let value = self.value.take().ok_or_else(|| ConversionError("a value was read twice".into()))?;
        seed.deserialize(Deserializer(value))
    }
}

impl<'de> de::Deserializer<'de> for Deserializer<'de> {
    type Error = ConversionError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        match self.0 {
            Value::Nil => visitor.visit_unit(),
            Value::Boolean(boolean) => visitor.visit_bool(*boolean),
            Value::Integer(integer) => visitor.visit_i64(*integer),
            Value::Float(float) => visitor.visit_f64(*float),
            Value::String(text) => match text.as_str() {
                Some(text) => visitor.visit_borrowed_str(text),
                None => visitor.visit_borrowed_bytes(text.as_bytes()),
            },
            Value::Table(table) if table.pairs.is_empty() && !table.sequence.is_empty() => {
                self.sequence(table, visitor)
            }
            Value::Table(table) => self.map(table, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        match self.0 {
            Value::Nil => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        match self.0 {
            Value::Table(table) => self.sequence(table, visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, ConversionError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, ConversionError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        match self.0 {
            Value::Table(table) => self.map(table, visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConversionError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConversionError> {
        match self.0 {
            Value::String(text) => match text.as_str() {
                Some(text) => visitor.visit_enum(text.into_deserializer()),
                None => Err(ConversionError("expected the name of a variant, got bytes".into())),
            },
            Value::Table(table) if table.sequence.is_empty() && table.pairs.len() == 1 => {
                let (variant, value) = &table.pairs[0];
                visitor.visit_enum(Variant { variant, value })
            }
            other => Err(ConversionError(format!("expected a variant, got a {}", other.type_name()))),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ConversionError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        match self.0 {
            Value::Float(float) => match integral(*float) {
                Some(integer) => visitor.visit_i64(integer),
                None => Err(ConversionError(format!("number {float} has no integer representation"))),
            },
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        self.deserialize_i64(visitor)
    }
    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        self.deserialize_i64(visitor)
    }
    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        self.deserialize_i64(visitor)
    }
    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        self.deserialize_i64(visitor)
    }
    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        self.deserialize_i64(visitor)
    }
    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        self.deserialize_i64(visitor)
    }
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        self.deserialize_i64(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool f32 f64 char str string bytes byte_buf unit unit_struct identifier ignored_any
    }
}

/// A float that stands for an integer, by Lua's rule: exactly, and in the range of `i64`.
fn integral(float: f64) -> Option<i64> {
    let bound = 9_223_372_036_854_775_808.0; // 2^63
    (float.fract() == 0.0 && (-bound..bound).contains(&float)).then_some(float as i64)
}

struct Variant<'de> {
    variant: &'de Value,
    value: &'de Value,
}

impl<'de> de::EnumAccess<'de> for Variant<'de> {
    type Error = ConversionError;
    type Variant = Deserializer<'de>;

    fn variant_seed<S: de::DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Deserializer<'de>), ConversionError> {
        Ok((seed.deserialize(Deserializer(self.variant))?, Deserializer(self.value)))
    }
}

impl<'de> de::VariantAccess<'de> for Deserializer<'de> {
    type Error = ConversionError;

    fn unit_variant(self) -> Result<(), ConversionError> {
        <()>::deserialize(self)
    }
    fn newtype_variant_seed<S: de::DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, ConversionError> {
        seed.deserialize(self)
    }
    fn tuple_variant<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value, ConversionError> {
        de::Deserializer::deserialize_seq(self, visitor)
    }
    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConversionError> {
        de::Deserializer::deserialize_map(self, visitor)
    }
}

/// A list of values, as arguments or results are.
struct List<'a>(&'a [Value]);

static MISSING: Value = Value::Nil;

impl<'de> List<'de> {
    fn first(&self) -> Deserializer<'de> {
        Deserializer(self.0.first().unwrap_or(&MISSING))
    }
}

macro_rules! of_the_first {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
            self.first().$method(visitor)
        })*
    };
}

impl<'de> de::Deserializer<'de> for List<'de> {
    type Error = ConversionError;

    of_the_first! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_option deserialize_seq deserialize_map deserialize_identifier deserialize_ignored_any
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ConversionError> {
        visitor.visit_unit()
    }
    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ConversionError> {
        self.first().deserialize_unit_struct(name, visitor)
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ConversionError> {
        if name == VALUES {
            return visitor.visit_seq(SeqDeserializer::new(self.0.iter().map(Deserializer)));
        }
        self.first().deserialize_newtype_struct(name, visitor)
    }
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, ConversionError> {
        let values = (0..length).map(|at| Deserializer(self.0.get(at).unwrap_or(&MISSING)));
        visitor.visit_seq(SeqDeserializer::new(values))
    }
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, ConversionError> {
        self.first().deserialize_tuple_struct(name, length, visitor)
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConversionError> {
        self.first().deserialize_struct(name, fields, visitor)
    }
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ConversionError> {
        self.first().deserialize_enum(name, variants, visitor)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Values, D::Error> {
        deserializer.deserialize_newtype_struct(VALUES, ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = Values;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of Lua values")
    }
    fn visit_newtype_struct<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Values, D::Error> {
        Vec::deserialize(deserializer).map(Values)
    }
    fn visit_seq<A: de::SeqAccess<'de>>(self, mut values: A) -> Result<Values, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = values.next_element()? {
            list.push(value);
        }
        Ok(Values(list))
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a Lua value")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Nil)
    }
    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Nil)
    }
    fn visit_some<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Boolean(value))
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Integer(value))
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        i64::try_from(value)
            .map(Value::Integer)
            .map_err(|_| E::custom(format!("{value} does not fit in an integer")))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_bytes<E: de::Error>(self, value: &[u8]) -> Result<Value, E> {
        Ok(Value::String(LuaString::from(value)))
    }
    fn visit_byte_buf<E: de::Error>(self, value: Vec<u8>) -> Result<Value, E> {
        Ok(Value::String(LuaString::from(value)))
    }
    fn visit_seq<A: de::SeqAccess<'de>>(self, mut values: A) -> Result<Value, A::Error> {
        let mut table = Table::default();
        while let Some(value) = values.next_element()? {
            table.sequence.push(value);
        }
        Ok(Value::Table(table))
    }
    fn visit_map<A: de::MapAccess<'de>>(self, mut pairs: A) -> Result<Value, A::Error> {
        let mut table = Table::default();
        while let Some((key, value)) = pairs.next_entry()? {
            match key {
                Value::Integer(next) if next == table.sequence.len() as i64 + 1 => table.sequence.push(value),
                key => table.pairs.push((key, value)),
            }
        }
        Ok(Value::Table(table))
    }
}
