//! Rockspecs and manifests are programs of strangers: what they can do when they are read.

use std::fmt::Write;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bioxen_lua::testing::{Evaluator, Text};
use bioxen_lua::{Error, ErrorKind, Result, Table, Value};

use crate::support::engine;

/// Ten times what a rockspec may take.
const SOON: Duration = Duration::from_secs(10);

fn evaluate(text: Text, source: &str) -> Result<Table> {
    Evaluator::new(engine()).evaluate(text, source.as_bytes())
}

#[track_caller]
fn refused(source: &str) -> Error {
    let start = Instant::now();
    let error = evaluate(Text::Rockspec, source).expect_err(source);
    assert!(start.elapsed() < SOON, "{source}: {:?}", start.elapsed());
    error
}

#[track_caller]
fn invalid(source: &str, reason: &str) {
    let error = refused(source);
    assert_eq!(error.kind(), ErrorKind::RockspecInvalid, "{source}: {error}");
    assert!(error.to_string().contains(reason), "{source}: {error}");
}

#[track_caller]
fn limited(source: &str, limit: &str) {
    let error = refused(source);
    assert_eq!(error.kind(), ErrorKind::EvaluationLimit, "{source}: {error}");
    assert!(error.to_string().contains(limit), "{source}: {error}");
}

#[test]
fn a_rockspec_is_a_program() {
    let globals = evaluate(
        Text::Rockspec,
        "#!/usr/bin/env lua\n\
         local v = '1.0'\n\
         package, version = 'x', v .. '-1'\n\
         source = { url = ('https://example.org/%s-%s.tar.gz'):format(package, v) }\n\
         local function modules() local t = {} for i = 1, 3 do t['m' .. i] = i end return t end\n\
         build = { modules = modules(), install = { 'a', ['b.c'] = 'd' } }\n\
         if not description then description = { summary = 'é\\0\\255' } end\n\
         return 'nobody asks'",
    )
    .expect("it is one");
    assert_eq!(globals.get("version"), Some(&Value::from("1.0-1")));
    let Some(Value::Table(build)) = globals.get("build") else { panic!("a table") };
    let Some(Value::Table(install)) = build.get("install") else { panic!("a table") };
    assert_eq!((install.sequence.len(), install.pairs.len()), (1, 1));
    let Some(Value::Table(description)) = globals.get("description") else { panic!("a table") };
    let Some(Value::String(summary)) = description.get("summary") else { panic!("a string") };
    assert_eq!(summary.as_bytes(), b"\xC3\xA9\0\xFF");
    assert_eq!(globals.pairs.len(), 5);
}

#[test]
fn lines_keep_their_numbers_behind_an_interpreter() {
    invalid("#!/usr/bin/lua\nx = = 1", "rockspec:2:");
    invalid("# no interpreter", "rockspec:1:");
    evaluate(Text::Rockspec, "#!/usr/bin/lua").expect("nothing is a rockspec, though not a good one");
}

#[test]
fn rockspecs_that_never_end_are_stopped() {
    limited("while true do end", "fuel");
    limited("::a:: goto a", "fuel");
    limited("local function f() return f() end f()", "fuel");
    limited("(('a'):rep(30)):find(('a?'):rep(30) .. ('a'):rep(30))", "fuel");
    invalid("(('a'):rep(200)):find(('a?'):rep(200) .. ('a'):rep(200))", "pattern too complex");
    limited("local s = ('a'):rep(100000); while true do local t = s .. s end", "fuel");
    limited("local s = ('a'):rep(20 << 20); while true do local t = s .. 'b' end", ""); // of time, not of fuel
}

#[test]
fn rockspecs_that_take_all_memory_are_stopped() {
    limited("x = ('a'):rep(1 << 31 - 1)", "memory");
    limited("x = 'a' while true do x = x .. x end", "memory");
    limited("local s, t = ('x'):rep(1 << 20), {} for i = 1, 1e9 do t[i] = s .. i end", "memory");
    limited("x = {} local n = 0 while true do n = n + 1 x[n] = { n } end", ""); // or its fuel
    limited("local function f() return 1 + f() end f()", "");
}

#[test]
fn rockspecs_that_give_too_much_are_refused() {
    limited(&format!("x = {{ {} }}", "'abcdefgh',".repeat(100_000)), "bytes"); // longer than a rockspec may be
    limited("x = {} for i = 1, 200000 do x[i] = 'abcdefgh' end", "result");
    limited("x = {} for i = 1, 60 do x = { x, x } end", ""); // of the result, or the fuel to write it
    limited("x = ('a'):rep(5 << 20)", "result");
    let deep = |levels: usize| format!("x = {}{}", "{".repeat(levels), "}".repeat(levels));
    evaluate(Text::Rockspec, &deep(90)).expect("not too deep");
    invalid(&deep(190), "");
    invalid(&deep(250), "");
    invalid("x = {} for i = 1, 250 do x = { x } end", "");
    invalid("x = {} x.x = x", "");
}

#[test]
fn what_is_not_data_is_refused() {
    invalid("x = function() end", "function");
    invalid("x = ('').rep", "function");
    invalid("x = { [1] = {}, f = { g = ('').byte } }", "function");
    invalid("\u{1b}Lua", "rockspec");
    invalid("x = ('').dump(function() end) y = x()", "");
    let bytecode = "\x1bLua\x54\x00\x19\u{93}\r\n\x1a\n";
    invalid(bytecode, "");
}

#[test]
fn there_is_nothing_to_reach() {
    for call in [
        "os.exit()",
        "os.execute('true')",
        "io.open('/etc/passwd')",
        "require 'os'",
        "load('x = 1')()",
        "getmetatable('').__index.x = 1",
        "setmetatable({}, {})",
        "coroutine.wrap(function() end)()",
        "debug.getregistry()",
        "package.loaded.os.exit()",
        "string.rep('x', 3)",
        "_G.os.exit()",
        "print('x')",
        "dofile('/etc/passwd')",
        "collectgarbage()",
        "rawset({}, 1, 1)",
        "error('x')",
        "pcall(error)",
    ] {
        invalid(call, "nil value");
    }
    invalid("if os then x = 1 end", "`os`, which nobody set");
    invalid("local a, b = io, arg", "`arg`, `io`, which nobody set");
    invalid("x = _ENV._ENV", "`_ENV`");
    invalid("x = _ENV[{}]", "`table`");
    invalid("for i = 1, 1000 do local x = _ENV['v' .. i] end", "`v1`");
    evaluate(Text::Rockspec, "if not build then build = {} end x = hooks").expect("LuaRocks lets that be");
    evaluate(Text::Rockspec, "('').x = 1").expect_err("strings have no fields to set");
    // What one leaves behind, the next does not find.
    evaluate(Text::Rockspec, "x = 1").expect("it is one");
    invalid("y = x", "`x`");
}

#[test]
fn manifests_and_locks_are_read_by_their_own_rules() {
    let globals = evaluate(Text::Manifest, "repository = {} modules = {} commands = {}").expect("a manifest");
    assert_eq!(globals.pairs.len(), 3);
    let error = evaluate(Text::Manifest, "repository = os").expect_err("no manifest");
    assert_eq!(error.kind(), ErrorKind::ManifestInvalid);
    let lock = "return { dependencies = { say = '1.4.1-3' } }";
    assert!(evaluate(Text::LuaRocksLock, lock).expect("a lock").get("dependencies").is_some());
    assert!(evaluate(Text::LuaRocksLock, "dependencies = {}").expect("a lock").get("dependencies").is_some());
    let rock = evaluate(Text::RockManifest, "rock_manifest = { lua = { ['a.lua'] = 'md5' } }").expect("one");
    assert!(rock.get("rock_manifest").is_some());
    for text in [Text::RockManifest, Text::LuaRocksLock] {
        let start = Instant::now();
        let error = evaluate(text, "while true do end").expect_err("it never ends");
        assert_eq!(error.kind(), ErrorKind::EvaluationLimit);
        assert!(start.elapsed() < 2 * SOON);
    }
}

#[test]
fn texts_have_a_ceiling() {
    let spaces = |size: usize| " ".repeat(size);
    evaluate(Text::Rockspec, &spaces(1 << 20)).expect("just so");
    for (text, size) in [(Text::Rockspec, 1 << 20), (Text::RockManifest, 4 << 20), (Text::Manifest, 64 << 20)]
    {
        let error = evaluate(text, &spaces(size + 1)).expect_err("too long");
        assert_eq!(error.kind(), ErrorKind::EvaluationLimit);
    }
}

/// The size of the public server's manifest.
pub fn large_manifest() -> String {
    let mut text = String::from("commands = {}\nmodules = {}\nrepository = {\n");
    let mut lines = 4;
    let mut package = 0;
    while lines < 190_000 {
        writeln!(text, "   ['package-{package}'] = {{").expect("memory");
        for version in 0..1 + package % 7 {
            writeln!(text, "      [\"1.{version}.0-1\"] = {{").expect("memory");
            for arch in ["rockspec", "src"] {
                writeln!(text, "         {{\n            arch = \"{arch}\"\n         }},").expect("memory");
            }
            writeln!(text, "      }},").expect("memory");
            lines += 8;
        }
        writeln!(text, "   }},").expect("memory");
        lines += 2;
        package += 1;
    }
    text + "}\n"
}

#[test]
fn a_manifest_of_190_000_lines_is_read() {
    let text = large_manifest();
    let start = Instant::now();
    let globals = evaluate(Text::Manifest, &text).expect("a manifest");
    let took = start.elapsed();
    let Some(Value::Table(repository)) = globals.get("repository") else { panic!("a table") };
    assert!(repository.pairs.len() > 5_000, "{} packages", repository.pairs.len());
    assert!(took < 2 * SOON, "{took:?}"); // bench/ has the figure
}

/// A value on one line, with its keys in order: the same as `WRITER` below gives.
fn canonical(value: &Value) -> String {
    match value {
        Value::Table(table) => {
            let numbered = table.sequence.iter().enumerate().map(|(at, value)| (at as i64 + 1, value));
            let there = numbered.filter(|(_, value)| **value != Value::Nil);
            let sequence = there.map(|(at, value)| format!("[{at}]={}", canonical(value)));
            let pairs =
                table.pairs.iter().map(|(key, value)| format!("[{}]={}", canonical(key), canonical(value)));
            let mut fields: Vec<String> = sequence.chain(pairs).collect();
            fields.sort();
            format!("{{{}}}", fields.join(","))
        }
        Value::String(text) => {
            let hexadecimal: String = text.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
            format!("<{hexadecimal}>")
        }
        Value::Integer(integer) => integer.to_string(),
        other => other.to_string(),
    }
}

/// Reads a text as LuaRocks does, in the Lua of this machine.
const WRITER: &str = r#"
local env = {}
local text = io.read("a"):gsub("^#![^\n]*", "")
assert(load(text, "=rockspec", "t", env))()
local function canonical(value)
  if type(value) == "table" then
    local fields = {}
    for key, item in pairs(value) do
      fields[#fields + 1] = "[" .. canonical(key) .. "]=" .. canonical(item)
    end
    table.sort(fields)
    return "{" .. table.concat(fields, ",") .. "}"
  elseif type(value) == "string" then
    return "<" .. value:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end) .. ">"
  end
  return tostring(value)
end
io.write((canonical(env)))
"#;

/// What the Lua of this machine makes of a text; nothing where there is none.
fn natively(text: &str) -> Option<String> {
    let lua =
        Command::new("lua5.4").args(["-e", WRITER]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut lua = lua.ok()?;
    lua.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = lua.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{text}");
    Some(String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn what_comes_back_is_what_lua_says() {
    if natively("").is_none() {
        crate::support::skip("native Lua: `apt-get install lua5.4`");
        return;
    }
    for text in [
        &super::shelf::rockspec("say", "1.4.1-3", "Übersetzungen"),
        "x = { 1, 2, nil, 4, a = { true, false }, [5] = 1.5, [-1] = -0.0, [2^53] = 0.1, ['1'] = 1 }",
        "x = [[\nlines\r\nof\n]] y = '\\u{10FFFF}\\x00\\z  z' z = 0x7fffffffffffffff w = 1/0 v = -(1/0)",
        "local t = {} for i = 1, 500 do t[i] = { n = i, s = ('%5d'):format(i):rep(3) } end x = t",
        "x = {} y = { {}, { {} } } a = ('a,b,c'):gsub(',', ';') b = #'abc' c = ('x'):byte() // 7",
        "_ENV.x = 1 _ENV[1] = 2 _ENV[true] = 3 _ENV[1.5] = {}",
    ] {
        let globals = evaluate(Text::Rockspec, text).expect(text);
        assert_eq!(Some(canonical(&Value::Table(globals))), natively(text), "{text}");
    }
}
