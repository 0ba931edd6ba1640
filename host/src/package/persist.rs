//! Tables in the text form in which LuaRocks keeps them, to the byte: keys sorted, three spaces a level.

use crate::value::{LuaString, Table, Value};

/// Words that are no names in Lua.
const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local",
    "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// Global variables with their values; the names must be names in Lua.
pub(crate) fn assignments<'a>(globals: impl IntoIterator<Item = (&'a str, Value)>) -> String {
    let mut text = String::new();
    for (name, value) in globals {
        text.push_str(name);
        text.push_str(" = ");
        write_value(&mut text, &value, 0);
        text.push('\n');
    }
    text
}

/// A table of pairs with text for keys.
pub(crate) fn record<K: Into<LuaString>>(pairs: impl IntoIterator<Item = (K, Value)>) -> Value {
    let pairs = pairs.into_iter().map(|(key, value)| (Value::String(key.into()), value));
    Value::Table(Table { sequence: Vec::new(), pairs: pairs.collect() })
}

/// A table of values without keys.
pub(crate) fn list(values: impl IntoIterator<Item = Value>) -> Value {
    Value::Table(Table { sequence: values.into_iter().collect(), pairs: Vec::new() })
}

fn write_value(text: &mut String, value: &Value, level: usize) {
    match value {
        Value::Table(table) => write_table(text, table, level + 1),
        Value::String(string) => write_string(text, &string.to_text()),
        // As `%.14g` writes them: whole numbers without a point.
        Value::Float(float) => text.push_str(&format!("{float}")),
        other => text.push_str(&other.to_string()),
    }
}

fn write_table(text: &mut String, table: &Table, level: usize) {
    let mut pairs: Vec<_> = table.pairs.iter().map(|(key, value)| (Some(key), value)).collect();
    pairs.sort_by_key(|(key, _)| sort_key(*key));
    let sequence = table.sequence.iter().map(|value| (None, value));
    text.push('{');
    let mut separator = Separator::First;
    for (key, value) in sequence.chain(pairs) {
        separator.write(text, level);
        if let Some(key) = key {
            write_key(text, key, level);
        }
        write_value(text, value, level);
        separator = Separator::after(value);
    }
    if separator != Separator::First {
        new_line(text, level - 1);
    }
    text.push('}');
}

/// What stands between the values of a table: a number is followed by the next value on the same line.
#[derive(PartialEq, Eq)]
enum Separator {
    First,
    SameLine,
    NextLine,
}

impl Separator {
    fn after(value: &Value) -> Separator {
        match value {
            Value::Integer(_) | Value::Float(_) => Separator::SameLine,
            _ => Separator::NextLine,
        }
    }

    fn write(&self, text: &mut String, level: usize) {
        match self {
            Separator::First => new_line(text, level),
            Separator::SameLine => text.push_str(", "),
            Separator::NextLine => {
                text.push(',');
                new_line(text, level);
            }
        }
    }
}

fn new_line(text: &mut String, level: usize) {
    text.push('\n');
    text.push_str(&"   ".repeat(level));
}

/// Numbers come before all else.
fn sort_key(key: Option<&Value>) -> (bool, Vec<u8>) {
    match key {
        Some(Value::String(name)) => (true, name.as_bytes().to_vec()),
        Some(number) => (false, number.to_string().into_bytes()),
        None => (false, Vec::new()),
    }
}

fn write_key(text: &mut String, key: &Value, level: usize) {
    match key {
        Value::String(name) if is_name(&name.to_text()) => text.push_str(&name.to_text()),
        key => {
            text.push('[');
            write_value(text, key, level);
            text.push(']');
        }
    }
    text.push_str(" = ");
}

fn is_name(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    text.bytes().next().is_some_and(letter)
        && text.bytes().all(|byte| letter(byte) || byte.is_ascii_digit())
        && !KEYWORDS.contains(&text)
}

fn write_string(text: &mut String, string: &str) {
    if string.contains(['\r', '\n']) {
        return write_long_string(text, string);
    }
    text.push('"');
    for letter in string.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            letter if letter.is_ascii_control() => text.push_str(&format!("\\{:03}", u32::from(letter))),
            letter => text.push(letter),
        }
    }
    text.push('"');
}

/// Between the shortest brackets that are not in it.
fn write_long_string(text: &mut String, string: &str) {
    let with_bracket = format!("{string}]");
    let mut equals = String::new();
    while with_bracket.contains(&format!("]{equals}]")) {
        equals.push('=');
    }
    text.push_str(&format!("[{equals}[\n{string}]{equals}]"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: Value, expected: &str) {
        assert_eq!(assignments([("x", value)]), format!("x = {expected}\n"));
    }

    #[test]
    fn tables_are_written_as_luarocks_writes_them() {
        check(record([("", Value::Nil); 0]), "{}");
        check(
            list(["a".into(), record([("b", "c".into())])]),
            "{\n   \"a\",\n   {\n      b = \"c\"\n   }\n}",
        );
        let version = Value::Table(Table {
            sequence: vec![Value::Integer(1), Value::Float(-99999.99999)],
            pairs: vec![("string".into(), "1.0".into()), ("revision".into(), Value::Integer(2))],
        });
        check(version, "{\n   1, -99999.99999, revision = 2, string = \"1.0\"\n}");
        check(
            record([
                ("init.lua", Value::from("m")),
                ("end", "k".into()),
                ("B", "c".into()),
                ("a_1", "d".into()),
            ]),
            "{\n   B = \"c\",\n   a_1 = \"d\",\n   [\"end\"] = \"k\",\n   [\"init.lua\"] = \"m\"\n}",
        );
    }

    #[test]
    fn strings_are_quoted() {
        check("a\"b\\c\td".into(), r#""a\"b\\c\009d""#);
        check("a\nb".into(), "[[\na\nb]]");
        check("a]]\n]=]".into(), "[==[\na]]\n]=]]==]");
    }
}
