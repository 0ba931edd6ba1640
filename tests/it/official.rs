//! The official Lua test suite in the guest, a file a test. `tests/official-suite.md` says what is cut
//! or skipped, and why.
//!
//! `cargo xtask setup` installs the suite's sources. `heavy.lua` takes all memory there is, 4 GiB:
//! it is a test only when `BIOXEN_LONG` is set.

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use bioxen_lua::{Chunk, Engine, Limits, Mount, Stdin, Vm, VmConfig};
use libtest_mimic::{Arguments, Trial};

/// The suite's own runner, the tests of the command `lua` as a process, and what runs long.
const NOT_ALONE: [&str; 3] = ["all.lua", "main.lua", "heavy.lua"];

/// Files of the suite but for the two that never run alone: fewer means that it is not whole.
const FILES: usize = 30;

/// Lines that load what `string.dump` made, which no door of the guest takes: from the first line to
/// the last, both included, in the file's order.
const CUTS: [(&str, &str, &str); 19] = [
    (
        "calls.lua",
        r#"f = load(string.dump(function () return 1 end), nil, "b", {})"#,
        r#"assert(type(f) == "function" and f() == 1)"#,
    ),
    (
        "calls.lua",
        "  f = load(read1(f))",
        "  assert(f() == '01234567890123456789012345678901234567890123456789')",
    ),
    ("calls.lua", r#"a = assert(load(read1(x), nil, "b"))"#, "assert(a() == 1 and _G.x == 1)"),
    ("calls.lua", r#"x = load(d, "", "b")"#, "assert(x() == 123)"),
    ("calls.lua", r#"a = assert(load(read1(x), "read", "b"))"#, "assert(a()(2)(3)(10) == 15)"),
    ("calls.lua", "x = load(string.dump(function (x)", "assert(x() == 24)"),
    ("calls.lua", "  f = load(string.dump(f))   -- main chunk now has many upvalues", ""),
    ("calls.lua", "  assert(assert(load(c))() == 10)", ""),
    ("calls.lua", r#"    assert(not st and string.find(msg, "truncated"))"#, ""),
    (
        "db.lua",
        r#"  local func = load(string.dump(load("print(10)"), true))"#,
        "  assert(#actl == 0)   -- no line info",
    ),
    ("db.lua", "local f = assert(load(string.dump(load(prog), true)))", "assert(f() == 13)"),
    (
        "db.lua",
        "  local s = load(string.dump(foo, true))",
        "  assert(line == nil)  -- hook called withoug debug info for 1st instruction",
    ),
    ("db.lua", "  local f = assert(load(c))", "         debug.getinfo(h).source == name)"),
    ("db.lua", "  local f = assert(load(c))", "         debug.getinfo(h).source == '=?')"),
    ("errors.lua", "  f = assert(load(string.dump(f, true)))", r#"  checkerr("^%?:%-1:", f, {})"#),
    ("errors.lua", "  f = assert(load(string.dump(f, true)))", r#"  checkerr("^%?:%-1:.*table value", f)"#),
    (
        "files.lua",
        "a, b, c = assert(loadfile(file))()",
        r#"assert(a == 10 and b == "\0alo\255" and c == "hi")"#,
    ),
    (
        "files.lua",
        r#"  f = assert(loadfile(file, "b", {}))"#,
        r#"  assert(type(f) == "function" and f() == 1)"#,
    ),
    ("files.lua", "a, b, c = assert(loadfile(file))()", r#"assert(a == 20 and b == "\0\0\0" and c == nil)"#),
];

/// What a file may say that it did not test.
const SKIPPED: [(&str, &str); 1] = [("literals.lua", "pt_BR locale not available")];

/// Runs a file as `all.lua` does, and hands back what it said that it skipped.
const DRIVER: &str = r#"
local name = ...
_port, _soft, _nomsg = true, false, false
debug = nil
local skipped = {}
function Message (m) print(m); skipped[#skipped + 1] = m end
require"tracegc".start()
local file = assert(loadfile(name))
if name == "big.lua" then
  file = coroutine.wrap(file)
  assert(file() == "b")
end
local result = file()
local results = {["attrib.lua"] = 27, ["locals.lua"] = 5, ["events.lua"] = 12, ["verybig.lua"] = 10,
                 ["big.lua"] = "a", ["calls.lua"] = deep}
if results[name] then assert(result == results[name]) end
assert(name ~= "calls.lua" or deep)
assert(rawget(_G, "debug") == nil)
return skipped
"#;

fn main() {
    let arguments = Arguments::from_args();
    let trials = match files() {
        Ok(files) => {
            let on_record = Trial::test("cuts are on record", || Ok(cuts_are_on_record()?));
            let files = files.into_iter().map(|file| Trial::test(file.clone(), move || Ok(check(&file)?)));
            files.chain([on_record]).collect()
        }
        Err(error) => vec![Trial::test("suite", move || Err(error.into()))],
    };
    libtest_mimic::run(&arguments, trials).exit();
}

fn suite() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/toolchain/lua-5.4-tests")
}

fn files() -> Result<Vec<String>> {
    let entries = fs::read_dir(suite())
        .context("the official Lua test suite is not installed: run `cargo xtask setup`")?;
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<Result<Vec<_>>>()?;
    let long = std::env::var_os("BIOXEN_LONG").is_some();
    names.retain(|name| {
        name.ends_with(".lua") && (!NOT_ALONE.contains(&name.as_str()) || (long && name == "heavy.lua"))
    });
    names.sort();
    ensure!(
        names.len() >= FILES,
        "the official Lua test suite has {} files where {FILES} belong: remove it and run `cargo xtask setup`",
        names.len()
    );
    Ok(names)
}

fn check(file: &str) -> Result<()> {
    let copy = tempfile::tempdir()?;
    copy_suite(&suite(), copy.path())?;
    let path = copy.path().join(file);
    fs::write(&path, cut(file, &fs::read(&path)?)?)?;
    let config = VmConfig::default()
        .limits(limits(file))
        .mount(Mount::read_write(copy.path(), "/")?)
        .module_path("./?.lua;/?.lua")
        .var("PATH", "/")
        .stdin(Stdin::empty());
    let mut vm = Vm::new(engine(), config)?;
    let outcome = vm.exec(Chunk::new(DRIVER).name("=official").arguments(file)).wait()?;
    let skipped = match outcome.value::<Vec<String>>() {
        Ok(skipped) => skipped,
        Err(error) => bail!("{error}\nits last output: {}", tail(&outcome.stdout.to_text())),
    };
    for message in skipped {
        let known = message.contains("testC not active")
            || SKIPPED.iter().any(|(name, text)| *name == file && message.contains(text));
        ensure!(known, "it says that it skipped something: {message}");
    }
    Ok(())
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new().expect("an engine can be made"))
}

fn limits(file: &str) -> Limits {
    let memory = if file == "heavy.lua" { 4 << 30 } else { 1 << 30 };
    let time = if file == "heavy.lua" { 3_600 } else { 120 };
    Limits {
        memory: Some(memory),
        time: Some(Duration::from_secs(time)),
        fuel: None,
        stdout: Some(64 << 20),
        stderr: Some(64 << 20),
        disk: Some(1 << 30),
        ..Limits::default()
    }
}

fn copy_suite(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir(&target)?;
            copy_suite(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The file without its cuts; their lines stay, empty, because the suite counts lines.
fn cut(file: &str, source: &[u8]) -> Result<Vec<u8>> {
    let mut lines = lines(source);
    for place in places(file, &lines)? {
        lines[place].fill(b"");
    }
    Ok(lines.join(&b'\n'))
}

fn lines(source: &[u8]) -> Vec<&[u8]> {
    source.split(|byte| *byte == b'\n').collect()
}

/// Which lines a file's cuts are, in order.
fn places(file: &str, lines: &[&[u8]]) -> Result<Vec<RangeInclusive<usize>>> {
    let find = |from: usize, text: &str| {
        let found = lines[from..].iter().position(|line| *line == text.as_bytes());
        found
            .map(|place| from + place)
            .with_context(|| format!("{file} has no line {text:?} to cut any more"))
    };
    let mut places = Vec::new();
    let mut behind = 0;
    for (_, first, last) in CUTS.iter().filter(|(name, ..)| *name == file) {
        let start = find(behind, first)?;
        let end = if last.is_empty() { start } else { find(start, last)? };
        places.push(start..=end);
        behind = end + 1;
    }
    Ok(places)
}

/// The table that people read names each cut, in the same order, with its number of lines.
fn cuts_are_on_record() -> Result<()> {
    let mut rest = include_str!("../official-suite.md");
    for file in ["calls.lua", "db.lua", "errors.lua", "files.lua"] {
        let source = fs::read(suite().join(file))?;
        let lines = lines(&source);
        for place in places(file, &lines)? {
            let first = String::from_utf8_lossy(lines[*place.start()]).trim().to_string();
            let row = format!("| `{file}` | `{first}` | {} |", place.count());
            let at = rest.find(&row).with_context(|| format!("tests/official-suite.md has no row {row}"))?;
            rest = &rest[at + row.len()..];
        }
    }
    Ok(())
}

fn tail(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
