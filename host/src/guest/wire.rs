//! The encoding of values between guest and host; `guest-lua/src/wire.h` describes it.

use crate::value::{LuaString, MAX_DEPTH, Table, VALUE_COST, Value};

const NIL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INTEGER: u8 = 3;
const FLOAT: u8 = 4;
const STRING: u8 = 5;
const TABLE: u8 = 6;

/// Encoded values.
pub(crate) type Encoded = Vec<u8>;

/// Why a list of values cannot be encoded or decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WireError {
    TooDeep,
    TooLarge,
    Damaged,
}

impl std::fmt::Display for WireError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            WireError::TooDeep => write!(formatter, "tables nested deeper than {MAX_DEPTH} levels"),
            WireError::TooLarge => formatter.write_str("too large"),
            WireError::Damaged => formatter.write_str("damaged encoding"),
        }
    }
}

/// Appends values, counting their cost against a ceiling.
pub(crate) fn encode(values: &[Value], ceiling: Option<u64>, encoded: &mut Encoded) -> Result<(), WireError> {
    let mut left = ceiling.unwrap_or(u64::MAX).min(u64::from(u32::MAX));
    values.iter().try_for_each(|value| put(value, &mut left, 0, encoded))
}

fn charge(left: &mut u64, bytes: usize) -> Result<(), WireError> {
    let cost = VALUE_COST.saturating_add(bytes as u64);
    *left = left.checked_sub(cost).ok_or(WireError::TooLarge)?;
    Ok(())
}

fn put(value: &Value, left: &mut u64, depth: usize, encoded: &mut Encoded) -> Result<(), WireError> {
    match value {
        Value::String(text) => {
            let bytes = text.as_bytes();
            charge(left, bytes.len())?;
            encoded.push(STRING);
            encoded.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            encoded.extend_from_slice(bytes);
        }
        Value::Table(table) => put_table(table, left, depth, encoded)?,
        scalar => {
            charge(left, 0)?;
            put_scalar(scalar, encoded);
        }
    }
    Ok(())
}

fn put_scalar(value: &Value, encoded: &mut Encoded) {
    match value {
        Value::Boolean(false) => encoded.push(FALSE),
        Value::Boolean(true) => encoded.push(TRUE),
        Value::Integer(integer) => {
            encoded.push(INTEGER);
            encoded.extend_from_slice(&integer.to_le_bytes());
        }
        Value::Float(float) => {
            encoded.push(FLOAT);
            encoded.extend_from_slice(&float.to_le_bytes());
        }
        _ => encoded.push(NIL),
    }
}

fn put_table(table: &Table, left: &mut u64, depth: usize, encoded: &mut Encoded) -> Result<(), WireError> {
    if depth >= MAX_DEPTH {
        return Err(WireError::TooDeep);
    }
    charge(left, 0)?;
    encoded.push(TABLE);
    for count in [table.sequence.len(), table.pairs.len()] {
        let count = u32::try_from(count).map_err(|_| WireError::TooLarge)?;
        encoded.extend_from_slice(&count.to_le_bytes());
    }
    for value in &table.sequence {
        put(value, left, depth + 1, encoded)?;
    }
    for (key, value) in &table.pairs {
        put(key, left, depth + 1, encoded)?;
        put(value, left, depth + 1, encoded)?;
    }
    Ok(())
}

/// Decodes all values; nothing larger than the input's cost under the ceiling is allocated.
pub(crate) fn decode(bytes: &[u8], ceiling: Option<u64>) -> Result<Vec<Value>, WireError> {
    let mut decoder = Decoder { bytes, left: ceiling.unwrap_or(u64::MAX), promised: 0 };
    let mut values = Vec::new();
    while !decoder.bytes.is_empty() {
        values.push(decoder.value(0)?);
    }
    Ok(values)
}

struct Decoder<'a> {
    bytes: &'a [u8],
    left: u64,
    /// Values that tables have promised and that are still to come. Each takes a byte at least.
    promised: usize,
}

impl<'a> Decoder<'a> {
    fn take(&mut self, size: usize) -> Result<&'a [u8], WireError> {
        let (taken, rest) = self.bytes.split_at_checked(size).ok_or(WireError::Damaged)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn word(&mut self) -> Result<usize, WireError> {
        let bytes = self.take(4)?.try_into().map_err(|_| WireError::Damaged)?;
        Ok(u32::from_le_bytes(bytes) as usize)
    }

    fn double_word(&mut self) -> Result<[u8; 8], WireError> {
        self.take(8)?.try_into().map_err(|_| WireError::Damaged)
    }

    fn value(&mut self, depth: usize) -> Result<Value, WireError> {
        charge(&mut self.left, 0)?;
        Ok(match self.take(1)?[0] {
            NIL => Value::Nil,
            FALSE => Value::Boolean(false),
            TRUE => Value::Boolean(true),
            INTEGER => Value::Integer(i64::from_le_bytes(self.double_word()?)),
            FLOAT => Value::Float(f64::from_le_bytes(self.double_word()?)),
            STRING => {
                let size = self.word()?;
                let bytes = self.take(size)?;
                self.left = self.left.checked_sub(size as u64).ok_or(WireError::TooLarge)?;
                Value::String(LuaString::from(bytes))
            }
            TABLE => Value::Table(self.table(depth)?),
            _ => return Err(WireError::Damaged),
        })
    }

    fn table(&mut self, depth: usize) -> Result<Table, WireError> {
        if depth >= MAX_DEPTH {
            return Err(WireError::TooDeep);
        }
        let (sequence, pairs) = (self.word()?, self.word()?);
        self.promise(sequence.saturating_add(pairs.saturating_mul(2)))?;
        let mut table = Table { sequence: Vec::with_capacity(sequence), pairs: Vec::with_capacity(pairs) };
        for _ in 0..sequence {
            table.sequence.push(self.promised(depth + 1)?);
        }
        for _ in 0..pairs {
            let key = self.promised(depth + 1)?;
            if matches!(key, Value::Nil) || matches!(key, Value::Float(number) if number.is_nan()) {
                return Err(WireError::Damaged); // no table has such a key
            }
            table.pairs.push((key, self.promised(depth + 1)?));
        }
        Ok(table)
    }

    /// All tables that are begun may not promise more than the bytes and the cost that are left can hold: so
    /// much is allocated for them at most, however they lie.
    fn promise(&mut self, values: usize) -> Result<(), WireError> {
        self.promised = self.promised.saturating_add(values);
        if self.promised > self.bytes.len() {
            return Err(WireError::Damaged);
        }
        if self.promised as u64 > self.left / VALUE_COST {
            return Err(WireError::TooLarge);
        }
        Ok(())
    }

    fn promised(&mut self, depth: usize) -> Result<Value, WireError> {
        self.promised -= 1;
        self.value(depth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables in each other, each of which promises so many values.
    fn nested(levels: usize, values: u32) -> Vec<u8> {
        let mut encoded = Vec::new();
        for _ in 0..levels {
            encoded.push(TABLE);
            encoded.extend(values.to_le_bytes());
            encoded.extend(0_u32.to_le_bytes());
        }
        encoded.push(NIL);
        encoded
    }

    #[test]
    fn tables_that_promise_too_much_together_are_refused_at_once() {
        // Each alone could be true, and the last one is too deep: nobody comes so far.
        let mut lies = nested(MAX_DEPTH + 1, 1_000);
        lies.resize(lies.len() + 1_000, NIL);
        assert_eq!(decode(&lies, None), Err(WireError::Damaged));
        assert_eq!(decode(&lies[..], Some(16 * 500)), Err(WireError::TooLarge));
        assert_eq!(decode(&nested(MAX_DEPTH + 1, 1), None), Err(WireError::TooDeep));
        assert!(decode(&nested(MAX_DEPTH, 1), Some(16 * (MAX_DEPTH as u64 + 1))).is_ok());
    }

    #[test]
    fn no_table_has_nil_or_nan_as_a_key() {
        let table = |key: &[u8]| [&[TABLE, 0, 0, 0, 0, 1, 0, 0, 0], key, &[TRUE]].concat();
        let float = |number: f64| [&[FLOAT][..], &number.to_le_bytes()].concat();
        assert!(decode(&table(&float(0.5)), None).is_ok());
        assert_eq!(decode(&table(&float(f64::NAN)), None), Err(WireError::Damaged));
        assert_eq!(decode(&table(&[NIL]), None), Err(WireError::Damaged));
    }
}
