//! What a guest hands over: encoded values, and arguments of host functions.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use bioxen_lua::testing::{VALUE_COST, call_encoded, decode_values, encode_values};
use bioxen_lua::{HostModule, Limits, MAX_DEPTH, Table, Value, Values};
use serde::{Deserialize, Serialize};

/// Values both ways: the first byte says whether the others are encoded values, or say which values to encode.
pub fn values(input: &[u8]) {
    let Some((kind, rest)) = input.split_first() else { return };
    if kind % 2 == 0 {
        return encoded(rest);
    }
    let values = Source(rest).values();
    match encode_values(&values, None) {
        Ok(bytes) => assert!(encoded_are(&bytes), "what was encoded is decoded"),
        Err(_) => assert!(values.iter().any(|value| depth(value) > MAX_DEPTH), "nothing else is refused"),
    }
}

fn encoded(bytes: &[u8]) {
    if !encoded_are(bytes) {
        assert!(decode_values(bytes, Some(1 << 20)).is_err(), "a ceiling allows no more than none");
    }
}

/// Whether the bytes are values. Those that are have one encoding, one cost, and are refused under any ceiling below it.
fn encoded_are(bytes: &[u8]) -> bool {
    let Ok(values) = decode_values(bytes, None) else { return false };
    let cost: u64 = values.iter().map(cost).sum();
    assert_eq!(encode_values(&values, Some(cost)).as_deref(), Ok(bytes));
    assert_eq!(decode_values(bytes, Some(cost)).map(|values| values.len()), Ok(values.len()));
    if let Some(less) = cost.checked_sub(1) {
        assert!(decode_values(bytes, Some(less)).is_err() && encode_values(&values, Some(less)).is_err());
    }
    assert!(values.iter().all(|value| depth(value) <= MAX_DEPTH));
    true
}

fn cost(value: &Value) -> u64 {
    VALUE_COST
        + match value {
            Value::String(text) => text.as_bytes().len() as u64,
            Value::Table(table) => parts(table).map(cost).sum(),
            _ => 0,
        }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Table(table) => 1 + parts(table).map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn parts(table: &Table) -> impl Iterator<Item = &Value> {
    table.sequence.iter().chain(table.pairs.iter().flat_map(|(key, value)| [key, value]))
}

/// Values that bytes say; behind their end all is nil.
struct Source<'a>(&'a [u8]);

impl Source<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let (taken, rest) = self.0.split_at(most.min(self.0.len()));
        self.0 = rest;
        taken.to_vec()
    }

    fn word(&mut self) -> u64 {
        let mut word = [0; 8];
        word.iter_mut().for_each(|byte| *byte = self.byte());
        u64::from_le_bytes(word)
    }

    fn values(&mut self) -> Vec<Value> {
        let mut values = Vec::new();
        while !self.0.is_empty() {
            values.push(self.value(0));
        }
        values
    }

    fn value(&mut self, depth: usize) -> Value {
        match self.byte() % 9 {
            1 => Value::Boolean(self.byte() % 2 == 1),
            2 => Value::Integer(self.word() as i64),
            3 => Value::Integer(i64::from(self.byte()) - 128),
            4 => Value::Float(f64::from_bits(self.word())),
            5 => Value::Float(f64::from(self.byte()) / 4.0),
            6 => {
                let most = self.byte().into();
                Value::String(self.bytes(most).into())
            }
            7 if depth <= MAX_DEPTH => self.table(depth),
            // Alone in its table: what is deep is short.
            8 if depth <= MAX_DEPTH => {
                Value::Table(Table { sequence: vec![self.value(depth + 1)], pairs: vec![] })
            }
            _ => Value::Nil,
        }
    }

    fn table(&mut self, depth: usize) -> Value {
        let (sequence, pairs) = (self.byte() % 8, self.byte() % 8);
        let sequence = (0..sequence).map(|_| self.value(depth + 1)).collect();
        let pairs = (0..pairs).map(|_| (self.key(depth + 1), self.value(depth + 1))).collect();
        Value::Table(Table { sequence, pairs })
    }

    /// No table has the keys nil and NaN.
    fn key(&mut self, depth: usize) -> Value {
        match self.value(depth) {
            Value::Nil => Value::Boolean(true),
            Value::Float(number) if number.is_nan() => Value::Float(0.5),
            key => key,
        }
    }
}

/// Bytes of an error's text that a guest is given.
const ERROR_TEXT: u64 = 200;

/// What programs have as parameters.
#[derive(Debug, Serialize, Deserialize)]
struct Reading {
    name: String,
    dose: f64,
    tags: Vec<String>,
    parent: Option<Box<Reading>>,
}

#[derive(Debug, Serialize, Deserialize)]
enum Choice {
    Plain,
    One(i64),
    Two(String, bool),
    Named { x: f32, y: Option<u8> },
}

/// Functions that give back what they were given.
fn functions() -> &'static HostModule {
    static FUNCTIONS: OnceLock<HostModule> = OnceLock::new();
    FUNCTIONS.get_or_init(|| {
        macro_rules! same {
            ($module:expr, $($name:literal: $kind:ty),*) => {
                $module$(.function($name, |_, given: $kind| Ok::<_, String>(given)))*
            };
        }
        same!(HostModule::new("fuzzed"),
            "all": Values, "any": Value, "nothing": (), "numbers": (f64, i64, u8, Option<i32>, u128),
            "text": (String, char), "list": (Vec<i64>, Vec<Option<bool>>), "map": BTreeMap<String, Vec<f32>>,
            "keyed": BTreeMap<i16, Value>, "reading": Reading, "choice": (Choice, Choice), "json": serde_json::Value)
    })
}

const NAMES: [&str; 11] =
    ["all", "any", "nothing", "numbers", "text", "list", "map", "keyed", "reading", "choice", "json"];

/// A call of a host function: the first byte says which one, the second its ceiling, the others are its arguments.
/// Nothing panics, and the reply stays under the ceilings.
pub fn host_call(input: &[u8]) {
    let [which, ceiling, arguments @ ..] = input else { return };
    let name = NAMES[usize::from(*which) % NAMES.len()];
    let ceiling = if *ceiling == 255 { 1 << 20 } else { u64::from(*ceiling) * 8 };
    let limits = Limits { host_call_size: Some(ceiling), error_text: Some(ERROR_TEXT), ..Limits::default() };
    let reply = call_encoded(functions(), name, arguments, &limits).expect("the function is there");
    match reply.split_first() {
        Some((0, results)) => {
            let results = decode_values(results, Some(ceiling)).expect("results under the ceiling");
            let given = decode_values(arguments, Some(ceiling)).expect("else the function is not called");
            assert!(name != "all" || results.len() == given.len(), "as many as were given");
        }
        Some((1, message)) => check_error(&decode_values(message, None).expect("one text")),
        _ => panic!("a reply has a status"),
    }
}

fn check_error(message: &[Value]) {
    let [Value::String(text)] = message else { panic!("expected one text, got {message:?}") };
    assert!(text.as_bytes().len() as u64 <= ERROR_TEXT);
    assert!(!text.to_text().contains("panicked"), "{text}");
}
