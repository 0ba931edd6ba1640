//! What untrusted programs set: rockspecs, manifests, lists of what is in a rock, locks of LuaRocks. Tables are made of
//! text, which changes into other tables more readily than an encoding does.

use bioxen_lua::testing::{
    luarocks_lock, manifest_from_json, manifest_from_table, rock_manifest, rockspec as read, rockspec_paths,
};
use bioxen_lua::{Requirement, Table, Value, Version};

use super::packages::json_of;

/// Keys behind each other in a line.
const DEEPEST: usize = 12;

/// A table of lines: `key>key=text`, or `key>key:literal` for a number, `true`, `false` or an empty table. The key `#` is
/// the end of the sequence, one that begins with `!` a number.
pub fn table(text: &str) -> Table {
    let mut table = Table::default();
    for line in text.lines() {
        let Some(at) = line.find(['=', ':']) else { continue };
        let (path, value) = (&line[..at], &line[at + 1..]);
        let value = if line[at..].starts_with('=') { value.into() } else { literal(value) };
        put(&mut table, &mut path.split('>').take(DEEPEST), value);
    }
    table
}

fn literal(text: &str) -> Value {
    match (text.parse::<i64>(), text.parse::<f64>(), text) {
        (Ok(integer), ..) => Value::Integer(integer),
        (_, Ok(float), _) => Value::Float(float),
        (.., "true" | "false") => Value::Boolean(text == "true"),
        _ => Value::Table(Table::default()),
    }
}

fn put<'a>(table: &mut Table, path: &mut impl Iterator<Item = &'a str>, value: Value) {
    let Some(key) = path.next() else { return };
    let place = place(table, key);
    let mut path = path.peekable();
    if path.peek().is_none() {
        return *place = value;
    }
    if !matches!(place, Value::Table(_)) {
        *place = Value::Table(Table::default());
    }
    if let Value::Table(inner) = place {
        // As a trait object: a path in a path in a path would be as many types.
        let rest: &mut dyn Iterator<Item = &'a str> = &mut path;
        put(inner, &mut Box::new(rest), value);
    }
}

/// Where a key's value is, which is made if it is not there.
fn place<'t>(table: &'t mut Table, key: &str) -> &'t mut Value {
    if key == "#" {
        table.sequence.push(Value::Nil);
        return table.sequence.last_mut().expect("it was put there");
    }
    let key = key.strip_prefix('!').map_or_else(|| Value::from(key), literal);
    let at = table.pairs.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
        table.pairs.push((key, Value::Nil));
        table.pairs.len() - 1
    });
    &mut table.pairs[at].1
}

/// A rockspec: no path in it leaves its package, and its requirements and version can be read again.
pub fn rockspec(input: &[u8]) {
    let table = table(&String::from_utf8_lossy(input));
    let Ok(spec) = read(&table) else { return };
    for path in rockspec_paths(&table).expect("it was read before") {
        assert!(stays(&path), "{path:?}");
    }
    for requirement in spec["dependencies"].as_array().expect("a list") {
        let text = requirement.as_str().expect("text");
        assert_eq!(text.parse::<Requirement>().expect("what is printed can be read").to_string(), text);
    }
    assert!(spec["version"].as_str().expect("text").parse::<Version>().is_ok());
}

fn stays(path: &str) -> bool {
    let letter = |letter: char| !letter.is_control() && letter != '\\' && letter != ':';
    path.split('/').all(|part| !matches!(part, "" | "." | "..")) && path.chars().all(letter)
}

/// The three other lists that programs of strangers set.
pub fn manifest(input: &[u8]) {
    let table = table(&String::from_utf8_lossy(input));
    if let Ok(manifest) = manifest_from_table(&table) {
        let again = manifest_from_json(json_of(&manifest).as_bytes());
        assert_eq!(again.ok(), Some(manifest), "both forms say the same");
    }
    if let Ok((paths, text)) = rock_manifest(&table) {
        assert!(text.starts_with("rock_manifest = {"), "{text}");
        paths.iter().for_each(|path| assert!(stays(path), "{path:?}"));
    }
    for (name, version) in luarocks_lock(&table).unwrap_or_default() {
        assert!(name != "lua" && version.parse::<Version>().is_ok(), "{name} {version}");
    }
}
