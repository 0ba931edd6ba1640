//! Values on their way to Lua and back: all of them, by serde, and those that are refused.

use std::collections::{BTreeMap, HashMap};

use bioxen_lua::{
    Chunk, ErrorKind, Failure, FromLua, IntoLua, LuaString, MAX_DEPTH, Outcome, Table, Value, Values, Vm,
    VmConfig, from_value, to_value,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde::{Deserialize, Serialize};

use crate::support::{exec, integer, text, vm};

/// Cases for each property. The VM is the slow part: some 20 us a case.
const CASES: u32 = 500;

fn float() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
        Just(-0.0),
        Just(f64::MIN_POSITIVE / 2.0),
        Just(9_007_199_254_740_993.0),
    ]
}

fn whole() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), Just(0), -3..40i64]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Boolean),
        whole().prop_map(Value::Integer),
        float().prop_map(Value::Float),
        proptest::collection::vec(any::<u8>(), 0..50).prop_map(|bytes| Value::String(bytes.into())),
        ".{0,20}".prop_map(|text| Value::from(text.as_str())),
    ]
}

/// Nil only as a whole: inside a table it is no value.
fn value() -> impl Strategy<Value = Value> {
    let tree = scalar().prop_recursive(6, 80, 8, |inner| {
        let sequence = proptest::collection::vec(inner.clone(), 0..8);
        let pairs = proptest::collection::vec((scalar(), inner), 0..6);
        (sequence, pairs).prop_map(|(sequence, pairs)| Value::Table(Table { sequence, pairs }))
    });
    prop_oneof![1 => Just(Value::Nil), 20 => tree]
}

/// A table as Lua keeps it: no NaN keys, floats with a whole value are integers, each key once, the
/// last value given counts; and in an order of its own, so that two can be compared.
fn canonical(value: &Value) -> Value {
    let Value::Table(table) = value else { return value.clone() };
    let mut entries = BTreeMap::new();
    for (at, value) in table.sequence.iter().enumerate() {
        entries.insert(Key::of(&Value::Integer(at as i64 + 1)), canonical(value));
    }
    for (key, value) in &table.pairs {
        entries.insert(Key::of(key), canonical(value));
    }
    let mut sequence = Vec::new();
    while let Some(value) = entries.remove(&Key::Integer(sequence.len() as i64 + 1)) {
        sequence.push(value);
    }
    Value::Table(Table {
        sequence,
        pairs: entries.into_iter().map(|(key, value)| (key.value(), value)).collect(),
    })
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Boolean(bool),
    Integer(i64),
    Float(u64),
    String(LuaString),
}

impl Key {
    fn of(value: &Value) -> Key {
        match value {
            Value::Boolean(boolean) => Key::Boolean(*boolean),
            Value::Integer(integer) => Key::Integer(*integer),
            Value::Float(float)
                if *float as i64 as f64 == *float && float.abs() < 9.3e18 && (*float as i64) != i64::MAX =>
            {
                Key::Integer(*float as i64)
            }
            Value::Float(float) => Key::Float(float.to_bits()),
            Value::String(text) => Key::String(text.clone()),
            other => panic!("no key: {other:?}"),
        }
    }

    fn value(self) -> Value {
        match self {
            Key::Boolean(boolean) => Value::Boolean(boolean),
            Key::Integer(integer) => Value::Integer(integer),
            Key::Float(bits) => Value::Float(f64::from_bits(bits)),
            Key::String(text) => Value::String(text),
        }
    }
}

/// Equal to the bit, NaN with NaN.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => {
            left.to_bits() == right.to_bits() || (left.is_nan() && right.is_nan())
        }
        (Value::Table(left), Value::Table(right)) => {
            left.sequence.len() == right.sequence.len()
                && left.pairs.len() == right.pairs.len()
                && left.sequence.iter().zip(&right.sequence).all(|(left, right)| same(left, right))
                && left.pairs.iter().zip(&right.pairs).all(|((a, b), (c, d))| same(a, c) && same(b, d))
        }
        (left, right) => left == right,
    }
}

fn has_nan_key(value: &Value) -> bool {
    let Value::Table(table) = value else { return false };
    let nan = |key: &Value| matches!(key, Value::Float(float) if float.is_nan());
    table.sequence.iter().any(has_nan_key)
        || table.pairs.iter().any(|(key, value)| nan(key) || has_nan_key(value))
}

fn runner() -> TestRunner {
    TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() })
}

/// Runs a property over lists of values that can all be in Lua.
#[track_caller]
fn for_all(property: impl Fn(Vec<Value>)) {
    let values = proptest::collection::vec(value(), 0..5)
        .prop_filter("NaN is no key", |values| !values.iter().any(has_nan_key));
    runner()
        .run(&values, |values| {
            property(values);
            Ok(())
        })
        .unwrap();
}

#[track_caller]
fn assert_same(given: &[Value], back: &[Value]) {
    assert_eq!(given.len(), back.len());
    for (given, back) in given.iter().zip(back) {
        let (given, back) = (canonical(given), canonical(back));
        assert!(same(&given, &back), "{given:?} came back as {back:?}");
    }
}

#[test]
fn any_values_come_back_from_a_chunk() {
    let vm = std::cell::RefCell::new(vm(VmConfig::default()));
    for_all(|values| {
        let chunk = Chunk::new("return ...").arguments(Values(values.clone()));
        let outcome = vm.borrow_mut().exec(chunk).wait().expect("an outcome");
        assert_same(&values, &outcome.result.expect("they came back"));
    });
}

#[test]
fn any_values_come_back_from_a_function_and_a_global() {
    let mut made = vm(VmConfig::default());
    exec(&mut made, "function id(...) return ... end");
    let vm = std::cell::RefCell::new(made);
    for_all(|values| {
        let outcome = vm.borrow_mut().call("id", Values(values.clone())).wait().expect("an outcome");
        assert_same(&values, &outcome.result.expect("they came back"));
        for value in values {
            vm.borrow_mut().set("global", value.clone()).wait().expect("it is set");
            let back = vm.borrow_mut().get::<Value>("global").wait().expect("it is there");
            assert_same(&[value], &[back]);
        }
    });
}

#[test]
fn any_values_come_back_from_a_host_function() {
    let module = bioxen_lua::HostModule::new("m").function("id", |_, values: Values| Ok::<_, String>(values));
    let mut made = vm(VmConfig::default().module(module));
    exec(&mut made, "id = require('m').id");
    let vm = std::cell::RefCell::new(made);
    for_all(|values| {
        let chunk = Chunk::new("return id(...)").arguments(Values(values.clone()));
        let outcome = vm.borrow_mut().exec(chunk).wait().expect("an outcome");
        assert_same(&values, &outcome.result.expect("they came back"));
    });
}

#[test]
fn any_values_pass_through_serde() {
    for_all(|values| {
        for value in values {
            let back = to_value(&value).expect("every value is serializable");
            assert_same(std::slice::from_ref(&value), &[back]);
            let back: Value = from_value(&value).expect("every value is deserializable");
            assert_same(&[value], &[back]);
        }
    });
}

#[test]
fn any_source_ends_in_an_outcome() {
    let limits = bioxen_lua::Limits { fuel: Some(50_000_000), ..bioxen_lua::Limits::default() };
    let vm =
        std::cell::RefCell::new(vm(VmConfig::default().limits(limits).on_stop(bioxen_lua::OnStop::RollBack)));
    let source = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        "[a-z ={}()\\[\\]'\"0-9;:.,#~<>+*/%^&|\n-]{0,80}".prop_map(String::into_bytes),
        proptest::collection::vec(
            prop::sample::select(vec![
                "local ",
                "x ",
                "= ",
                "1 ",
                "function ",
                "end ",
                "( ",
                ") ",
                "if ",
                "then ",
                "{ ",
                "} ",
                "return ",
                "'s' ",
                "for ",
                "do ",
                "[[",
                "]]",
                "::a::",
                "goto a "
            ]),
            0..30
        )
        .prop_map(|words| words.concat().into_bytes()),
    ];
    runner()
        .run(&source, |source| {
            let outcome = vm.borrow_mut().exec(source.clone()).wait().expect("an outcome");
            prop_assert!(!matches!(outcome.result, Err(Failure::Trap(_))), "{:?}", outcome.result);
            let outcome = vm.borrow_mut().line(source).wait().expect("an outcome");
            prop_assert!(!matches!(outcome.result, Err(Failure::Trap(_))), "{:?}", outcome.result);
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_text_can_be_completed() {
    let vm = std::cell::RefCell::new(vm(VmConfig::default()));
    runner()
        .run(&"\\PC{0,40}", |text| {
            vm.borrow_mut().complete(&text).wait().expect("a list");
            Ok(())
        })
        .unwrap();
}

/// Tables in tables, so many levels of them.
fn nested(levels: usize) -> Value {
    (0..levels).fold(Value::Integer(7), |inner, _| {
        Value::Table(Table { sequence: Vec::new(), pairs: vec![(Value::from("t"), inner)] })
    })
}

#[test]
fn tables_cross_a_hundred_levels_deep_and_no_deeper() {
    let mut vm = vm(VmConfig::default());
    let deepest = nested(MAX_DEPTH);
    vm.set("t", deepest.clone()).wait().expect("a hundred levels");
    assert_eq!(vm.get::<Value>("t").wait().expect("a hundred levels"), deepest);
    assert_eq!(vm.exec("return t").wait().expect("an outcome").result, Ok(vec![deepest.clone()]));
    let chunk = Chunk::new("return ...").arguments((1, deepest.clone()));
    assert_eq!(vm.exec(chunk).wait().expect("a hundred levels").result, Ok(vec![Value::Integer(1), deepest]));

    let error = vm.set("t", nested(MAX_DEPTH + 1)).wait().expect_err("one more");
    assert_eq!(error.kind(), ErrorKind::InvalidValue);
    exec(&mut vm, "t = {t = t}");
    let message = conversion(&exec(&mut vm, "return 1, t"));
    assert!(message.starts_with("result 2: tables nested deeper than 100 levels"), "{message}");
    let error = vm.get::<Value>("t").wait().expect_err("one more");
    assert_eq!(error.kind(), ErrorKind::InvalidValue);
    assert_eq!(integer(&mut vm, "return 1"), 1);
}

#[track_caller]
fn conversion(outcome: &Outcome) -> String {
    match &outcome.result {
        Err(Failure::Conversion { message }) => message.clone(),
        other => panic!("expected a result that cannot cross, got {other:?}"),
    }
}

#[test]
fn what_cannot_cross_is_named_with_its_place() {
    let mut vm = vm(VmConfig::default());
    for (chunk, message) in [
        ("return print", "result 1: a function cannot cross to the host"),
        ("return 1, 'a', coroutine.create(print)", "result 3: a thread cannot cross to the host"),
        ("return {{{io.stdout}}}", "result 1: a FILE* cannot cross to the host"),
        ("return {[print] = 1}", "result 1: a function cannot cross to the host"),
    ] {
        let got = conversion(&exec(&mut vm, chunk));
        assert!(got == message || got == message.replace("FILE*", "userdata"), "{chunk}: {got}");
    }
    let cycle = conversion(&exec(&mut vm, "local t = {} t[1] = {t} return t"));
    assert!(cycle.contains("or a cycle"), "{cycle}");
    let key = conversion(&exec(&mut vm, "local t = {} t[t] = 1 return t"));
    assert!(key.contains("or a cycle"), "{key}");
    assert_eq!(integer(&mut vm, "return 1"), 1, "the VM goes on");
}

#[test]
fn a_table_that_is_reached_twice_is_copied_twice() {
    let mut vm = vm(VmConfig::default());
    let outcome = exec(&mut vm, "local t = {1} return {t, t}, t");
    let one = Value::Table(Table { sequence: vec![Value::Integer(1)], pairs: Vec::new() });
    let both = Value::Table(Table { sequence: vec![one.clone(), one.clone()], pairs: Vec::new() });
    assert_eq!(outcome.result, Ok(vec![both, one]));
    // Twenty levels of two references to the same table would be a million copies.
    let wide = exec(&mut vm, "local t = {} for i = 1, 40 do t = {t, t} end return t");
    assert!(matches!(wide.result, Err(Failure::Limit { .. })), "{:?}", wide.result);
    assert_eq!(integer(&mut vm, "return 1"), 1);
}

#[test]
fn numbers_keep_their_kind() {
    let mut vm = vm(VmConfig::default());
    let outcome = exec(&mut vm, "return 1, 1.0, -0.0, 1/0, -1/0, math.mininteger, math.maxinteger, 2^63");
    assert_eq!(
        outcome.result,
        Ok(vec![
            Value::Integer(1),
            Value::Float(1.0),
            Value::Float(-0.0),
            Value::Float(f64::INFINITY),
            Value::Float(f64::NEG_INFINITY),
            Value::Integer(i64::MIN),
            Value::Integer(i64::MAX),
            Value::Float(9_223_372_036_854_775_808.0),
        ])
    );
    let outcome = exec(&mut vm, "return 0/0");
    assert!(matches!(outcome.result.expect("a value")[..], [Value::Float(nan)] if nan.is_nan()));
    let check = "local i, f, n = ... return math.type(i) .. math.type(f) .. tostring(n ~= n)";
    let outcome = vm.exec(Chunk::new(check).arguments((1i64, 1.0f64, f64::NAN))).wait().expect("an outcome");
    assert_eq!(outcome.value::<String>().expect("text"), "integerfloattrue");
}

#[test]
fn strings_are_bytes() {
    let mut vm = vm(VmConfig::default());
    let all: Vec<u8> = (0..=255).collect();
    let outcome = vm
        .exec(Chunk::new("local s = ... return s, #s, s:byte(256)").arguments(LuaBytes(all.clone())))
        .wait();
    let values = outcome.expect("an outcome").result.expect("values");
    assert_eq!(values, [Value::String(all.into()), Value::Integer(256), Value::Integer(255)]);
    let outcome = exec(&mut vm, "return '\\xff\\0\\xfe'");
    assert_eq!(outcome.value::<Value>().expect("bytes"), Value::String(vec![255, 0, 254].into()));
    assert_eq!(outcome.value::<String>().expect_err("no text").kind(), ErrorKind::InvalidValue);
}

/// Serializes as bytes.
struct LuaBytes(Vec<u8>);

impl Serialize for LuaBytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Record {
    name: String,
    length: u64,
    gc: f32,
    circular: bool,
    note: Option<String>,
    strand: Strand,
    exons: Vec<(u32, u32)>,
    tags: BTreeMap<String, i8>,
    by_number: HashMap<i64, String>,
    #[serde(default)] // nil is no field
    unit: (),
    letter: char,
    inner: Option<Box<Record>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Strand {
    Plus,
    Minus(u8),
    Both(i16, i16),
    Named { left: bool },
}

fn record() -> Record {
    Record {
        name: "NC_005816".into(),
        length: 9_609,
        gc: 0.5,
        circular: true,
        note: None,
        strand: Strand::Plus,
        exons: vec![(1, 90), (180, 220)],
        tags: BTreeMap::from([("a".into(), -1), ("b".into(), 127)]),
        by_number: HashMap::from([(1, "one".into()), (-5, "minus five".into()), (2, "two".into())]),
        unit: (),
        letter: 'ß',
        inner: None,
    }
}

#[test]
fn structs_enums_and_maps_cross_both_ways() {
    let mut vm = vm(VmConfig::default());
    for strand in [Strand::Plus, Strand::Minus(3), Strand::Both(-1, 1), Strand::Named { left: true }] {
        let mut given = Record { strand, note: Some("π".into()), ..record() };
        given.inner = Some(Box::new(record()));
        vm.set("record", given.clone()).wait().expect("it is set");
        assert_eq!(vm.get::<Record>("record").wait().expect("it is there"), given);
        let outcome = vm.exec(Chunk::new("return ...").arguments(given.clone())).wait().expect("an outcome");
        assert_eq!(outcome.value::<Record>().expect("it came back"), given);
    }
    let look = "return record.name, #record.exons, record.exons[2][1], record.tags.b, record.by_number[-5], \
                record.unit == nil, record.inner.letter, record.strand.Named.left";
    type Looked = (String, i64, i64, i64, String, bool, String, bool);
    let looked: Looked = exec(&mut vm, look).value().expect("eight values");
    assert_eq!(looked, ("NC_005816".into(), 2, 180, 127, "minus five".into(), true, "ß".into(), true));
}

#[test]
fn rust_values_have_their_lua_counterparts() {
    let text = |value: Value| value.to_string();
    let of = |value: &dyn Fn() -> Result<Value, bioxen_lua::ConversionError>| value().map(text);
    assert_eq!(of(&|| 5u8.into_lua()), Ok("5".into()));
    assert_eq!(of(&|| (-5i16).into_lua()), Ok("-5".into()));
    assert_eq!(of(&|| i64::MAX.into_lua()), Ok("9223372036854775807".into()));
    assert_eq!(of(&|| 1.5f32.into_lua()), Ok("1.5".into()));
    assert_eq!(of(&|| None::<i64>.into_lua()), Ok("nil".into()));
    assert_eq!(of(&|| Some("x").into_lua()), Ok("\"x\"".into()));
    assert_eq!(of(&|| vec![1, 2].into_lua()), Ok("{1, 2}".into()));
    assert_eq!(of(&|| (1, "a").into_lua()), Ok("{1, \"a\"}".into()));
    assert_eq!(of(&|| Strand::Minus(1).into_lua()), Ok("{[\"Minus\"] = 1}".into()));
    assert!(u64::MAX.into_lua().is_err());
    assert!(i128::MAX.into_lua().is_err());
    assert!(HashMap::from([(None::<i64>, 1)]).into_lua().is_err(), "nil is no key");
    assert_eq!(i64::from_lua(&Value::Float(3.0)), Ok(3));
    assert!(i64::from_lua(&Value::Float(3.5)).is_err());
    assert!(u8::from_lua(&Value::Integer(-1)).is_err());
    assert_eq!(f64::from_lua(&Value::Integer(3)), Ok(3.0));
    assert_eq!(Option::<i64>::from_lua(&Value::Nil), Ok(None));
    assert!(String::from_lua(&Value::Integer(3)).is_err());
    assert!(Vec::<i64>::from_lua(&Value::Nil).is_err());
    assert_eq!(Vec::<i64>::from_lua(&Value::Table(Table::default())), Ok(vec![]));
    assert_eq!(BTreeMap::<String, i64>::from_lua(&Value::Table(Table::default())), Ok(BTreeMap::new()));
}

#[test]
fn globals_are_set_and_read_by_name() {
    let mut vm = vm(VmConfig::default());
    vm.set("number", 5).wait().expect("set");
    assert_eq!(vm.get::<i64>("number").wait().expect("there"), 5);
    assert_eq!(vm.get::<Option<i64>>("absent").wait().expect("nil"), None);
    vm.set("number", None::<i64>).wait().expect("removed");
    assert_eq!(vm.get::<Value>("number").wait().expect("nil"), Value::Nil);
    exec(&mut vm, "a = {b = {c = {d = 1}}} setmetatable(a, {__index = function() error('called') end})");
    vm.set("a.b.c.e", "x").wait().expect("set");
    assert_eq!(text(&mut vm, "return a.b.c.e"), "x");
    assert_eq!(vm.get::<i64>("a.b.c.d").wait().expect("there"), 1);
    assert_eq!(vm.get::<Value>("a.absent").wait().expect("raw"), Value::Nil);
    assert_eq!(vm.get::<Value>("a.absent.deeper").wait().expect("raw"), Value::Nil);
    assert_eq!(vm.get::<Value>("a.b.c.d.e").wait().expect("a number has no fields"), Value::Nil);
    for name in ["absent.x", "a.absent.x", "a.b.c.d.x", "print.x", "string.format.x"] {
        let error = vm.set(name, 1).wait().expect_err(name);
        assert_eq!(error.kind(), ErrorKind::NotFound, "{name}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn setting_and_reading_runs_no_code_of_the_script() {
    let mut vm = vm(VmConfig::default());
    exec(
        &mut vm,
        "local function called() error('called') end \
                   setmetatable(_G, {__index = called, __newindex = called}) \
                   t = rawset(_G, 't', setmetatable({}, {__index = called, __newindex = called, __len = called, __pairs = called})).t",
    );
    vm.set("fresh", 1).wait().expect("raw");
    vm.set("t.x", 2).wait().expect("raw");
    assert_eq!(vm.get::<Value>("other").wait().expect("raw"), Value::Nil);
    assert_eq!(vm.get::<BTreeMap<String, i64>>("t").wait().expect("raw"), BTreeMap::from([("x".into(), 2)]));
}

#[test]
fn values_of_the_wrong_type_are_named() {
    let mut vm = vm(VmConfig::default());
    exec(&mut vm, "n = 'text' t = {name = 1} f = print");
    let kind = |error: bioxen_lua::Error, name: &str| {
        assert!(error.to_string().contains(name), "{error}");
        error.kind()
    };
    assert_eq!(kind(vm.get::<i64>("n").wait().expect_err("text"), "`n`"), ErrorKind::InvalidValue);
    assert_eq!(kind(vm.get::<Record>("t").wait().expect_err("no record"), "`t`"), ErrorKind::InvalidValue);
    assert_eq!(kind(vm.get::<Value>("f").wait().expect_err("a function"), "`f`"), ErrorKind::InvalidValue);
    let outcome = exec(&mut vm, "return 'x', 2");
    assert_eq!(outcome.value::<(i64, i64)>().expect_err("text").kind(), ErrorKind::InvalidValue);
    assert_eq!(vm.set("n", u64::MAX).wait().expect_err("too large").kind(), ErrorKind::InvalidValue);
    let outcome = vm.exec(Chunk::new("return 1").arguments(u64::MAX)).wait();
    assert_eq!(outcome.expect_err("too large").kind(), ErrorKind::InvalidValue);
    assert_eq!(integer(&mut vm, "return 1"), 1);
}

#[test]
fn unknown_functions_are_not_found() {
    let mut vm: Vm = vm(VmConfig::default());
    exec(&mut vm, "t = {f = function(...) return select('#', ...), ... end, n = 5} s = 'text'");
    for name in ["absent", "t.absent", "absent.f", "t.f.g", "", ".", "t.", ".f", "s.upper", "t..f"] {
        let error = vm.call(name, ()).wait().expect_err(name);
        assert_eq!(error.kind(), ErrorKind::NotFound, "{name}");
    }
    let outcome = vm.call("t.f", (1, None::<i64>, "x")).wait().expect("an outcome");
    assert_eq!(outcome.value::<(i64, i64, Option<i64>, String)>().expect("four"), (3, 1, None, "x".into()));
    let outcome = vm.call("t.n", ()).wait().expect("an outcome");
    let Err(Failure::Raised { message, .. }) = outcome.result else { panic!("a number was called") };
    assert!(message.contains("attempt to call a number value"), "{message}");
    let outcome = vm.call("string.rep", ("ab", 2)).wait().expect("an outcome");
    assert_eq!(outcome.value::<String>().expect("text"), "abab");
    exec(&mut vm, "callable = setmetatable({}, {__call = function(_, x) return x + 1 end})");
    assert_eq!(vm.call("callable", 1).wait().expect("an outcome").value::<i64>().expect("called"), 2);
}
