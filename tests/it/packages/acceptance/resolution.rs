//! What is chosen for real requirements, and what is said when nothing fits.

use bioxen_lua::ErrorKind;

use super::mirror::mirror;
use super::world::{World, installed, provided};

#[test]
fn a_package_comes_with_what_it_needs() {
    let Some(mirror) = mirror() else { return };
    let world = World::of(mirror);
    let environment = world.installed("plain", &["luassert"]);
    assert_eq!(installed(&environment), ["luassert 1.9.0-1", "say 1.4.1-3"]);
}

#[test]
fn an_older_version_is_chosen_where_a_newer_one_is_ruled_out() {
    let Some(mirror) = mirror() else { return };
    let world = World::of(mirror);
    assert_eq!(installed(&world.installed("below", &["say < 1.4"])), ["say 1.3-1"]);
    // This one is there as source only: upstream's own archive and rockspec.
    let between = world.installed("between", &["say ~> 1.4, < 1.4.1"]);
    assert_eq!(installed(&between), ["say 1.4.0-1"]);
    let mut vm = super::world::vm(&between);
    let said =
        crate::support::text(&mut vm, "local s = require 'say' s:set('k', 'v %s') return s('k', { 1 })");
    assert_eq!(said, "v 1");
}

#[test]
fn busted_comes_with_seven_packages_and_finds_three_in_the_guest() {
    let Some(mirror) = mirror() else { return };
    let world = World::of(mirror);
    let environment = world.installed("busted", &["busted"]);
    let expected = [
        "busted 2.1.1-1",
        "dkjson 2.6-1",
        "lua_cliargs 3.0-2",
        "luassert 1.9.0-1",
        "mediator_lua 1.1.2-0",
        "penlight 1.13.1-1",
        "say 1.4.1-3",
    ];
    assert_eq!(installed(&environment), expected);
    let provided = provided(&environment);
    for name in ["lua-term", "luafilesystem", "luasystem"] {
        assert!(provided.iter().any(|line| line.starts_with(&format!("{name} "))), "{provided:?}");
    }
}

#[test]
fn requirements_that_contradict_each_other_are_explained() {
    let Some(mirror) = mirror() else { return };
    let error = World::of(mirror).refused("conflict", &["luassert", "say < 1.4"]);
    assert_eq!(error.kind(), ErrorKind::NoSolution, "{error}");
    let text = error.to_string();
    for part in ["luassert", "say >= 1.4.0-1", "say < 1.4"] {
        assert!(text.contains(part), "no `{part}` in: {text}");
    }
}

#[test]
fn a_package_for_an_older_lua_is_said_to_be_one() {
    let Some(mirror) = mirror() else { return };
    // `make_manifest` leaves it out of the manifest for 5.4, and it is in the one for all.
    let manifest = String::from_utf8(mirror.file("manifest-5.4")).expect("text");
    assert!(!manifest.contains("   moses = {"), "it is not in the manifest for Lua 5.4");
    let error = World::of(mirror).refused("absent", &["moses"]);
    assert_eq!(error.kind(), ErrorKind::PackageNotFound, "{error}");
    assert!(error.to_string().contains("moses-on-54"), "a name like it is shown: {error}");

    let unversioned = tempfile::tempdir().expect("a folder");
    for name in ["manifest", "moses-2.1.0-1.all.rock", "moses-2.1.0-1.rockspec"] {
        std::fs::write(unversioned.path().join(name), mirror.file(name)).expect("written");
    }
    let error = World::from(unversioned.path()).refused("older", &["moses"]);
    assert_eq!(error.kind(), ErrorKind::LuaVersionMismatch, "{error}");
    let text = error.to_string();
    assert!(text.contains("moses") && text.contains("lua") && text.contains("5.4"), "{text}");
}

#[test]
fn a_moving_version_is_for_those_who_ask_for_it_exactly() {
    let Some(mirror) = mirror() else { return };
    let world = World::of(mirror);
    assert_eq!(installed(&world.installed("any", &["argparse"])), ["argparse 0.7.1-1"]);
    assert_eq!(installed(&world.installed("least", &["argparse >= 0.5"])), ["argparse 0.7.1-1"]);
    assert_eq!(installed(&world.installed("exact", &["argparse == scm-2"])), ["argparse scm-2"]);
}

#[test]
fn two_packages_with_one_module_do_not_go_together() {
    let Some(mirror) = mirror() else { return };
    let world = World::of(mirror);
    world.installed("one", &["lua-messagepack"]);
    world.installed("other", &["lua-messagepack-lua53"]);
    let error = world.refused("both", &["lua-messagepack", "lua-messagepack-lua53"]);
    assert_eq!(error.kind(), ErrorKind::ModuleConflict, "{error}");
    let text = error.to_string();
    for part in ["MessagePack", "`lua-messagepack`", "`lua-messagepack-lua53`"] {
        assert!(text.contains(part), "no {part} in: {text}");
    }
}

#[test]
fn a_package_that_needs_machine_code_is_refused_with_what_it_needs() {
    let Some(mirror) = mirror() else { return };
    let error = World::of(mirror).refused("http", &["http 0.4"]);
    assert!(matches!(error.kind(), ErrorKind::NoSolution | ErrorKind::NativeUnsupported), "{error}");
    let text = error.to_string();
    assert!(text.contains("cqueues") || text.contains("luaossl"), "{text}");
}

#[test]
fn a_package_that_does_not_exist_is_named_beside_its_likes() {
    let Some(mirror) = mirror() else { return };
    let error = World::of(mirror).refused("wrong", &["penligth"]);
    assert_eq!(error.kind(), ErrorKind::PackageNotFound, "{error}");
    assert!(error.to_string().contains("penlight"), "{error}");
}
