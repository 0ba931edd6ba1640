//! Real rocks with machine code, and rocks that want programs run, are refused with the reason.

use std::fs;

use bioxen_lua::{Error, ErrorKind};

use super::mirror::mirror;
use super::world::{World, installed, provided};
use crate::packages::shelf::{Shelf, zipped};

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
    let names: Vec<String> = provided(&environment)
        .iter()
        .map(|line| line.split(' ').next().unwrap_or_default().to_string())
        .collect();
    for name in ["lua-cjson", "luafilesystem", "lua-term", "luasystem"] {
        assert!(names.contains(&name.to_string()), "{names:?}");
    }
    let mut vm = super::world::vm(&environment);
    assert_eq!(crate::support::text(&mut vm, "return require('cjson').encode { 1, true }"), "[1,true]");
}

#[test]
fn rocks_that_want_programs_run_are_refused() {
    let rocks: [(&str, &str, ErrorKind, &str); 6] = [
        ("made", "build = { type = 'make' }", ErrorKind::BuildUnsupported, "make"),
        ("configured", "build = { type = 'cmake' }", ErrorKind::BuildUnsupported, "cmake"),
        (
            "told",
            "build = { type = 'command', build_command = 'touch /tmp/built' }",
            ErrorKind::BuildUnsupported,
            "command",
        ),
        ("plugged", "build = { type = 'rust-mlua' }", ErrorKind::BuildUnsupported, "rust-mlua"),
        (
            "compiled",
            "build = { type = 'builtin', modules = { x = 'x.c' } }",
            ErrorKind::NativeUnsupported,
            "x",
        ),
        (
            "hooked",
            "build = { type = 'none' }\nhooks = { post_install = 'touch /tmp/hooked' }",
            ErrorKind::HookRefused,
            "hook",
        ),
    ];
    for (name, build, kind, part) in rocks {
        let mut shelf = Shelf::default();
        let rockspec = format!(
            "package = '{name}'\nversion = '1.0-1'\nsource = {{ url = 'https://example.org/{name}.tar.gz' }}\n{build}\n"
        );
        let inside = format!("{name}-1.0-1.rockspec");
        let rock = zipped(&[(&inside, rockspec.as_bytes()), (&format!("{name}.tar.gz"), b"")]);
        shelf.put(&inside, rockspec).put(&format!("{name}-1.0-1.src.rock"), rock).listed();
        let folder = tempfile::tempdir().expect("a folder");
        shelf.write(folder.path());
        let error = World::from(folder.path()).refused(name, &[name]);
        check(&error, &[kind, ErrorKind::NoSolution], &[name, part]);
        assert!(!fs::exists("/tmp/built").expect("looked") && !fs::exists("/tmp/hooked").expect("looked"));
    }
}

#[test]
fn source_that_is_elsewhere_is_refused() {
    let mut shelf = Shelf::default();
    for (name, url) in
        [("cloned", "git+https://example.org/x.git"), ("fetched", "https://example.org/x.tar.gz")]
    {
        let rockspec = format!(
            "package = '{name}'\nversion = '1.0-1'\nsource = {{ url = '{url}' }}\nbuild = {{ type = 'none' }}\n"
        );
        shelf.put(&format!("{name}-1.0-1.rockspec"), rockspec);
    }
    let folder = tempfile::tempdir().expect("a folder");
    shelf.listed().write(folder.path());
    let world = World::from(folder.path());
    for name in ["cloned", "fetched"] {
        let error = world.refused(name, &[name]);
        check(&error, &[ErrorKind::SourceUnsupported, ErrorKind::NoSolution], &[name, "example.org"]);
    }
}

#[test]
fn source_with_c_in_it_is_refused() {
    let Some(mirror) = mirror() else { return };
    let native = Shelf::read(&mirror.folder("native"));
    let mut shelf = Shelf::default();
    let source =
        native.files.iter().filter(|(name, _)| name.starts_with("luasocket-") && !name.contains("linux"));
    for (name, bytes) in source {
        shelf.put(name, bytes.clone());
    }
    assert_eq!(shelf.files.len(), 2, "upstream's own source, and its rockspec");
    let folder = tempfile::tempdir().expect("a folder");
    shelf.listed().write(folder.path());
    let error = World::from(folder.path()).refused("luasocket", &["luasocket"]);
    check(&error, &[ErrorKind::NativeUnsupported, ErrorKind::NoSolution], &["luasocket", "`socket.core`"]);
}
