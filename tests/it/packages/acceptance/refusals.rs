//! Real rocks with machine code, and rocks that want programs run, are refused with the reason.

use std::fs;

use bioxen_lua::{Error, ErrorKind};

use super::mirror::mirror;
use super::world::{World, installed, provided};
use crate::packages::shelf::Shelf;

fn check(error: &Error, kinds: &[ErrorKind], parts: &[&str]) {
    assert!(kinds.contains(&error.kind()), "{:?}: {error}", error.kind());
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "no `{part}` in: {text}");
    }
}

#[test]
fn rocks_with_machine_code_are_refused_by_name() {
    let Some(mirror) = mirror() else { return };
    let world = World::from(&mirror.folder("native"));
    for name in ["luasocket", "cqueues", "luaossl"] {
        let error = world.refused(name, &[name]);
        check(&error, &[ErrorKind::NativeUnsupported, ErrorKind::NoSolution], &[name, "machine code"]);
    }
}

#[test]
fn what_the_guest_has_is_not_taken_from_a_rock_with_machine_code() {
    let Some(mirror) = mirror() else { return };
    let world = World::from(&mirror.folder("native"));
    let environment = world.installed("inside", &["lua-cjson", "luafilesystem", "lua-term", "luasystem"]);
    assert_eq!(installed(&environment), [""; 0]);
    let names: Vec<String> =
        provided(&environment).iter().map(|line| line.split(' ').next().unwrap_or_default().to_string()).collect();
    for name in ["lua-cjson", "luafilesystem", "lua-term", "luasystem"] {
        assert!(names.contains(&name.to_string()), "{names:?}");
    }
    let mut vm = super::world::vm(&environment);
    assert_eq!(crate::support::text(&mut vm, "return require('cjson').encode { 1, true }"), "[1,true]");
}

#[test]
fn rocks_that_want_programs_run_are_refused() {
    let rocks: [(&str, &str, ErrorKind, &str); 7] = [
        ("made", "build = { type = 'make' }", ErrorKind::BuildUnsupported, "make"),
        ("configured", "build = { type = 'cmake' }", ErrorKind::BuildUnsupported, "cmake"),
        ("told", "build = { type = 'command', build_command = 'touch /tmp/built' }", ErrorKind::BuildUnsupported, "command"),
        ("plugged", "build = { type = 'rust-mlua' }", ErrorKind::BuildUnsupported, "rust-mlua"),
        ("compiled", "build = { type = 'builtin', modules = { x = 'x.c' } }", ErrorKind::NativeUnsupported, "x"),
        (
            "hooked",
            "build = { type = 'none' }\nhooks = { post_install = 'touch /tmp/hooked' }",
            ErrorKind::HookRefused,
            "hook",
        ),
        ("cloned", "build = { type = 'none' }\nsource = { url = 'git+https://example.org/x.git' }", ErrorKind::SourceUnsupported, "git"),
    ];
    for (name, build, kind, part) in rocks {
        let mut shelf = Shelf::default();
        let rockspec = format!(
            "package = '{name}'\nversion = '1.0-1'\nsource = {{ url = 'https://example.org/{name}.tar.gz' }}\n{build}\n"
        );
        shelf.put(&format!("{name}-1.0-1.rockspec"), rockspec).listed();
        let folder = tempfile::tempdir().expect("a folder");
        shelf.write(folder.path());
        let error = World::from(folder.path()).refused(name, &[name]);
        check(&error, &[kind, ErrorKind::NoSolution], &[name, part]);
        assert!(!fs::exists("/tmp/built").expect("looked") && !fs::exists("/tmp/hooked").expect("looked"));
    }
}

#[test]
fn source_with_c_in_it_is_refused() {
    let Some(mirror) = mirror() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let native = Shelf::read(&mirror.folder("native"));
    let mut shelf = Shelf::default();
    for (name, bytes) in &native.files {
        if name.starts_with("lua-cjson") && !name.contains("linux") {
            // The guest has one of the real name.
            let bytes = bytes.clone();
            shelf.put(name, bytes);
        }
    }
    shelf.listed().write(folder.path());
    // What the guest has is installed from nowhere, whoever else has it.
    let environment = World::from(folder.path()).installed("own", &["lua-cjson"]);
    assert_eq!(installed(&environment), [""; 0]);
}
