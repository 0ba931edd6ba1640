//! `--isolate`: programs run as they do without, in a process that can do little else.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::command::Bioxen;

/// All that the command does while a program runs: files of every kind of use, memory that runs out, input.
const PROGRAM: &str = "\
local file = assert(io.open('/data/x', 'w'))
file:write('GATTACA'):close()
assert(os.rename('/data/x', '/data/y'))
print(io.open('/data/y'):read('a'))
local lfs = require 'lfs'
assert(lfs.mkdir('/data/folder') and lfs.rmdir('/data/folder'))
for name in lfs.dir('/data') do if not name:find('^%.') then print(name) end end
assert(os.remove('/data/y'))
print(pcall(string.rep, 'x', 1 << 30))
print(io.open('/etc/passwd'))
print(io.read())
";

#[test]
fn a_program_runs_as_it_does_without() {
    let bioxen = Bioxen::new().file("a.lua", PROGRAM);
    fs::create_dir(bioxen.folder().join("data")).unwrap();
    let run = |flags: &[&str]| {
        let arguments = [&["run", "--mount", "data:/data:rw"], flags, &["a.lua"]].concat();
        bioxen.call_with(&arguments, "ATG\n")
    };
    let without = run(&[]);
    assert_eq!(without.status, 0, "{}", without.stderr);
    assert!(without.stdout.contains("GATTACA\ny\nfalse\tnot enough memory\n"), "{}", without.stdout);
    run(&["--isolate"]).check(0, &without.stdout, "");
}

#[test]
fn all_of_it_can_be_required() {
    Bioxen::new().call(&["eval", "--isolate=required", "1 + 1"]).check(0, "2\n", "");
    Bioxen::new()
        .call(&["eval", "--isolate=perhaps", "1"])
        .complains(2, &["--isolate", "offered", "required"]);
}

#[test]
fn sessions_and_prompts_work() {
    let bioxen = Bioxen::new();
    let call = |words: &[&str]| {
        let state = bioxen.folder().join("state");
        bioxen.call(&[words, &["--isolate=required", "--state", state.to_str().unwrap()]].concat())
    };
    call(&["session", "new", "work"]).check(0, "", "");
    call(&["session", "send", "work", "x = 42 print(x)"]).check(0, "", "");
    call(&["session", "snapshot", "work", "work.snap"]).check(0, "", "");
    call(&["session", "restore", "other", "work.snap"]).check(0, "", "");
    call(&["session", "fork", "other", "third"]).check(0, "", "");
    let exported = call(&["session", "export", "third"]);
    exported.check(0, "x = 42\n", "");
    let attached = bioxen.call_with(
        &["repl", "--isolate=required", "--session", "work", "--state", "state"],
        "print(x + 1)\n",
    );
    assert!(attached.stdout.contains("43"), "{} {}", attached.stdout, attached.stderr);
    let lines = "x = 1\nwhile true do end\nprint(x)\n";
    let ended = bioxen.call_with(&["repl", "--isolate=required", "--fuel", "1000000"], lines);
    assert_eq!(ended.stdout, "1\n", "it went back to the state before the runaway: {}", ended.stderr);
}

#[test]
fn packages_of_an_environment_are_seen() {
    let bioxen = Bioxen::new().file("codon.lua", "return { start = 'ATG' }");
    let home = bioxen.folder().join("home");
    let home = home.to_str().unwrap();
    bioxen.call(&["env", "create", "bio", "--home", home]).complains(0, &[]);
    let isolated = ["eval", "--isolate=required", "--environment", "bio", "--home", home];
    bioxen.call(&[&isolated[..], &["require('cjson').encode({1})"]].concat()).check(0, "[1]\n", "");
}

/// What `/proc` says of every thread of a command that waits for input, with files in use before.
#[cfg(target_os = "linux")]
#[test]
fn every_thread_is_locked_in() {
    let program = "print(io.open('/data/a.lua') ~= nil) io.read()";
    let bioxen = Bioxen::new().file("a.lua", program);
    let mut command = bioxen.command(&["run", "--isolate=required", "--mount", ".:/data", "a.lua"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "true\n");
    let threads: Vec<_> = fs::read_dir(format!("/proc/{}/task", child.id()))
        .unwrap()
        .map(|thread| fs::read_to_string(thread.unwrap().path().join("status")).unwrap())
        .collect();
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(child.wait().unwrap().success());
    assert!(threads.len() > 1, "it waits for input in a thread of its own");
    for thread in threads {
        let field = |name: &str| {
            let line = thread.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name}")).trim().to_string()
        };
        assert_eq!((field("NoNewPrivs:"), field("Seccomp:")), ("1".into(), "2".into()), "{thread}");
    }
}
