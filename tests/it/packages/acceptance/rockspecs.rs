//! Real rockspecs say to this library what they say to LuaRocks: those of the mirror, and those that upstream's source
//! archives carry, which are programs as often as data.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use bioxen_lua::testing::{Evaluator, Text, rockspec};
use bioxen_lua::{Table, Value};
use serde_json::{Map, json};

use super::mirror::{Mirror, files, mirror};
use crate::support::engine;

/// What LuaRocks makes of each file whose path stands on a line: one line of JSON, `null` where it refuses it.
const JUDGE: &str = r#"
local cfg = require("luarocks.core.cfg")
local persist = require("luarocks.persist")
local rockspecs = require("luarocks.rockspecs")
require("luarocks.core.util").warning = function() end
cfg.init({ lua_version = "5.4" })
cfg.root_dir = "/nowhere"

local function text(s)
  return '"' .. s:gsub('[%c"\\\127-\255]', function(c) return ("\\u%04x"):format(c:byte()) end) .. '"'
end
local function sorted(t)
  local keys = {}
  for key in pairs(t) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  return keys
end
-- Keys keep their type: `1` and `"1"` are two.
local function raw(value)
  local kind = type(value)
  if kind == "table" then
    local parts = {}
    for _, key in ipairs(sorted(value)) do
      parts[#parts + 1] = text(type(key) .. " " .. tostring(key)) .. ":" .. raw(value[key])
    end
    return "{" .. table.concat(parts, ",") .. "}"
  end
  return text(kind .. " " .. tostring(value))
end
local function list(items)
  return "[" .. table.concat(items, ",") .. "]"
end
local function dependencies(queries)
  local items = {}
  for i, query in ipairs(queries) do
    local parts = {}
    for j, c in ipairs(query.constraints) do
      parts[j] = (c.no_upgrade and "@" or "") .. c.op .. " " .. c.version.string
    end
    items[i] = text(query.name .. (#parts > 0 and " " or "") .. table.concat(parts, ", "))
  end
  return list(items)
end
local function modules(build)
  if not build.modules then return "null" end
  local names = {}
  for _, name in ipairs(sorted(build.modules)) do names[#names + 1] = text(tostring(name)) end
  return list(names)
end
local function optional(s) return type(s) == "string" and text(s) or "null" end

for path in io.lines() do
  local globals, undeclared = persist.load_into_table(path)
  local before = globals and raw(globals)
  local spec = globals and rockspecs.from_persisted_table(path, globals, undeclared)
  if not spec then
    print("null")
  else
    local description, build = spec.description or {}, spec.build or {}
    print('{"raw":' .. before .. ',"package":' .. text(spec.name) .. ',"version":' .. text(spec.version)
      .. ',"summary":' .. optional(description.summary) .. ',"license":' .. optional(description.license)
      .. ',"homepage":' .. optional(description.homepage) .. ',"url":' .. text(spec.source.url)
      .. ',"type":' .. text(build.type == "module" and "builtin" or build.type or "builtin")
      .. ',"hooks":' .. tostring(spec.hooks ~= nil)
      .. ',"dependencies":' .. dependencies(spec.dependencies) .. ',"modules":' .. modules(build) .. "}")
  end
end
"#;

/// Upstream's rockspecs: so many came from so many source archives when this was written. Which files the archive of
/// Debian's sources still has changes, and the script says how many there are.
const UPSTREAM: (usize, usize) = (155, 30);

/// What LuaRocks says of each.
fn judged(paths: &[PathBuf]) -> Vec<serde_json::Value> {
    let mut judge = Command::new("lua5.4")
        .args(["-e", JUDGE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("lua5.4 can be started");
    let lines: String = paths.iter().map(|path| format!("{}\n", path.display())).collect();
    let mut input = judge.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = judge.wait_with_output().expect("the judge ends");
    writer.join().expect("the writer ends").expect("the judge reads everything");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("the judge escapes what is not ASCII");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// A table as the judge writes it.
fn raw(value: &Value) -> serde_json::Value {
    let Value::Table(Table { sequence, pairs }) = value else { return json!(named(value)) };
    let numbered = (1..).map(Value::Integer).zip(sequence.clone());
    let entries = numbered.chain(pairs.iter().cloned());
    let map: Map<String, serde_json::Value> =
        entries.map(|(key, value)| (named(&key), raw(&value))).collect();
    map.into()
}

fn named(value: &Value) -> String {
    let text = match value {
        // The judge writes each byte as the character of that number.
        Value::String(text) => text.as_bytes().iter().map(|byte| char::from(*byte)).collect(),
        other => other.to_string(),
    };
    format!("{} {text}", value.type_name())
}

/// As the judge writes text: each byte as the character of that number.
fn bytes_as_characters(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => *text = text.bytes().map(char::from).collect(),
        serde_json::Value::Array(items) => items.iter_mut().for_each(bytes_as_characters),
        serde_json::Value::Object(map) => map.values_mut().for_each(bytes_as_characters),
        _ => {}
    }
}

fn all(mirror: &Mirror) -> Vec<PathBuf> {
    ["server", "native", "rockspecs"]
        .iter()
        .flat_map(|name| files(&mirror.folder(name), ".rockspec"))
        .collect()
}

#[test]
fn every_real_rockspec_says_what_it_says_to_luarocks() {
    let Some(mirror) = mirror() else { return };
    let paths = all(mirror);
    let verdicts = judged(&paths);
    assert_eq!(paths.len(), verdicts.len());
    let evaluator = Evaluator::new(engine());
    let mut refused = 0;
    for (path, verdict) in paths.iter().zip(&verdicts) {
        let source = fs::read(path).expect("a rockspec");
        let globals = evaluator.evaluate(Text::Rockspec, &source);
        let globals = globals.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let read = rockspec(&globals);
        let Ok(mut read) = read else {
            assert!(verdict.is_null(), "{}: {}", path.display(), read.unwrap_err());
            refused += 1;
            continue;
        };
        bytes_as_characters(&mut read);
        read["raw"] = raw(&Value::Table(globals));
        assert_eq!(read, *verdict, "{}", path.display());
    }
    // `issues_url` in a rockspec of format 1.0: refused by LuaRocks too.
    assert!(refused <= 1, "{refused} are refused");
}

#[test]
fn upstream_rockspecs_are_there_in_numbers() {
    let Some(mirror) = mirror() else { return };
    let counts = (mirror.count("upstream_rockspecs"), mirror.count("upstream_archives"));
    assert_eq!(counts.0, files(&mirror.folder("rockspecs"), ".rockspec").len());
    // Half of them may go from the archive before anybody has to look for others.
    assert!(counts.0 * 2 >= UPSTREAM.0 && counts.1 * 2 >= UPSTREAM.1, "{counts:?}, once {UPSTREAM:?}");
}
