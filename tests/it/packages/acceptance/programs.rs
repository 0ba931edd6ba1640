//! Real packages, installed from the mirror, do in a VM what they do under native Lua: one program for each, which prints
//! the same in both.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bioxen_lua::{Chunk, Environment, Limits, Mount, Vm};
use tempfile::TempDir;
use zip::ZipArchive;

use super::mirror::{Mirror, copy, files, mirror, tests};
use super::world::World;
use crate::support::engine;

/// What a program of the test takes on a busy machine, many times over.
const TIME: Duration = Duration::from_secs(120);

/// The rocks that run in the guest, of all that Debian has, and parts of three that run in part.
const ROCKS: [&str; 27] = [
    "ansicolors",
    "argparse",
    "basexx",
    "binaryheap",
    "busted",
    "coxpcall",
    "dkjson",
    "fifo",
    "http-headers",
    "inifile",
    "inspect",
    "ldoc",
    "lpeg_patterns",
    "lua-messagepack",
    "lua_cliargs",
    "luacheck",
    "luajson",
    "lualogging-core",
    "luassert",
    "luaunit",
    "mediator_lua",
    "mmdblua",
    "moses-on-54",
    "penlight",
    "say",
    "uri",
    "wsapi",
];

/// A program, and what it works on.
struct Program {
    rock: String,
    source: Vec<u8>,
    /// The command of the rock, where it has one of its own name.
    command: Option<Vec<u8>>,
}

impl Program {
    fn read(mirror: &Mirror, rock: &str) -> Program {
        let file = folder().join(format!("{rock}.lua"));
        let source = fs::read(&file).unwrap_or_else(|error| panic!("`{}`: {error}", file.display()));
        let first = source.split(|byte| *byte == b'\n').next().expect("a line");
        assert_eq!(first, format!("--- rocks: {rock}").as_bytes());
        Program { rock: rock.to_string(), source, command: command(mirror, rock) }
    }

    /// What it prints in a VM of an environment.
    fn in_vm(&self, environment: &Environment) -> String {
        let work = work();
        let config = environment.vm_config().expect("the environment is there");
        let limits = Limits { time: Some(TIME), fuel: None, ..Limits::default() };
        let mount = Mount::read_write(work.path(), "/").expect("a folder");
        let mut vm = Vm::new(engine(), config.limits(limits).mount(mount)).expect("a VM");
        let chunk = Chunk::new(self.source.clone()).name("@main.lua");
        let chunk = match self.command {
            Some(_) => chunk.arguments(format!("/env/bin/{}", self.rock)),
            None => chunk,
        };
        let outcome = vm.exec(chunk).wait().expect("the VM takes calls");
        let mut printed = outcome.stdout.to_text().into_owned();
        if let Err(failure) = outcome.result {
            printed += &format!("failed: {failure:?}\n{}", outcome.stderr.to_text());
        }
        printed
    }

    /// What it prints natively.
    fn natively(&self, mirror: &Mirror) -> String {
        let work = work();
        fs::write(work.path().join("main.lua"), &self.source).expect("written");
        let programs = tempfile::tempdir().expect("a folder");
        let command = programs.path().join(&self.rock);
        let mut arguments: Vec<&OsStr> = vec!["main.lua".as_ref()];
        if let Some(text) = &self.command {
            fs::write(&command, text).expect("written");
            arguments.push(command.as_os_str());
        }
        let output = mirror.native(work.path(), &arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {complaint}", self.rock);
        String::from_utf8(output.stdout).expect("the programs print text")
    }
}

fn folder() -> PathBuf {
    tests().join("lua/packages")
}

/// A copy of the files that the programs work on.
fn work() -> TempDir {
    let work = tempfile::tempdir().expect("a folder");
    copy(&folder().join("work"), work.path());
    work
}

/// The command in a rock that has its name.
fn command(mirror: &Mirror, rock: &str) -> Option<Vec<u8>> {
    let server = files(&mirror.folder("server"), ".all.rock");
    let path = server.iter().rev().find(|path| is_of(path, rock)).expect("the mirror has the rock");
    let mut archive = ZipArchive::new(Cursor::new(fs::read(path).expect("a rock"))).expect("an archive");
    let mut text = Vec::new();
    archive.by_name(&format!("bin/{rock}")).ok()?.read_to_end(&mut text).expect("a whole file");
    Some(text)
}

fn is_of(path: &Path, rock: &str) -> bool {
    let name = path.file_name().expect("a name").to_string_lossy();
    let version = name.strip_prefix(rock).and_then(|rest| rest.strip_prefix('-'));
    version.is_some_and(|version| version.starts_with(|letter: char| letter.is_ascii_digit()))
}

#[test]
fn every_package_prints_in_a_vm_what_it_prints_natively() {
    let Some(mirror) = mirror() else { return };
    let programs = files(&folder(), ".lua").into_iter().filter(|path| path.parent() == Some(&folder()));
    let named: BTreeSet<String> =
        programs.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect();
    assert_eq!(named, ROCKS.map(String::from).into(), "one program for each");
    let world = World::of(mirror);
    let mut different = Vec::new();
    for rock in ROCKS {
        let program = Program::read(mirror, rock);
        let environment = world.environment(rock);
        world.install(&environment, &[rock]).unwrap_or_else(|error| panic!("{rock}: {error}"));
        let (ours, native) = (program.in_vm(&environment), program.natively(mirror));
        if ours != native {
            different.push(format!("{rock}\n--- in a VM\n{ours}--- natively\n{native}"));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

/// What a program prints in a VM.
fn printed(mirror: &Mirror, rock: &str) -> String {
    let world = World::of(mirror);
    let environment = world.environment(rock);
    world.install(&environment, &[rock]).unwrap_or_else(|error| panic!("{rock}: {error}"));
    Program::read(mirror, rock).in_vm(&environment)
}

#[track_caller]
fn has_lines(printed: &str, lines: &[&str]) {
    for line in lines {
        assert!(printed.lines().any(|printed| printed == *line), "no line {line:?} in\n{printed}");
    }
}

#[test]
fn busted_runs_a_specification_with_a_test_that_fails() {
    let Some(mirror) = mirror() else { return };
    let printed = printed(mirror, "busted");
    has_lines(&printed, &["ok 1 - arithmetic adds", "not ok 2 - arithmetic is said to add", "1..2"]);
    has_lines(&printed, &["# Failure message: arithmetic_spec.lua:6: Expected objects to be equal."]);
    assert!(printed.contains("ended\tfalse\t1"), "{printed}");
}

#[test]
fn luaunit_runs_a_suite_with_a_test_that_fails() {
    let Some(mirror) = mirror() else { return };
    let printed = printed(mirror, "luaunit");
    has_lines(
        &printed,
        &["1..5", "ok     1\tTestArithmetic.testAdds", "not ok 3\tTestArithmetic.testIsSaidToAdd"],
    );
    has_lines(&printed, &["#   main.lua:7: expected: 5, actual: 4", "ok 4\t# SKIP not today"]);
}
