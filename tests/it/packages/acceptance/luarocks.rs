//! The real LuaRocks reads our trees, and makes the same files of the same rocks.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::mirror::{files, mirror, program};
use super::world::{World, installed};

/// What LuaRocks prints, with a home of its own.
fn luarocks(home: &Path, arguments: &[&str]) -> String {
    let mut luarocks = Command::new("luarocks");
    luarocks.current_dir(home).env("HOME", home).args(["--lua-version", "5.4"]).args(arguments);
    let output = luarocks.output().expect("luarocks can be started");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "luarocks {arguments:?}: {complaint}");
    String::from_utf8(output.stdout).expect("text")
}

/// Rocks that need nothing compiled, but that penlight needs what the guest has.
const ROCKS: [&str; 12] = [
    "penlight",
    "dkjson",
    "inspect",
    "say",
    "luassert",
    "argparse",
    "basexx",
    "inifile",
    "binaryheap",
    "fifo",
    "lua-messagepack",
    "luaunit",
];

#[test]
fn luarocks_lists_and_shows_what_is_installed() {
    let (Some(mirror), Some(_)) = (mirror(), program("luarocks")) else { return };
    let world = World::of(mirror);
    let environment = world.installed("read", &["luassert", "penlight", "argparse"]);
    let tree = world.tree(&environment).display().to_string();
    let listed = luarocks(world.path(), &["--tree", &tree, "list", "--porcelain"]);
    let mut lines: Vec<String> = listed
        .lines()
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            assert_eq!(fields[2], "installed", "{line}");
            format!("{} {}", fields[0], fields[1])
        })
        .collect();
    lines.sort();
    assert_eq!(lines, installed(&environment));
    let shown = luarocks(world.path(), &["--tree", &tree, "show", "luassert"]);
    for part in ["luassert 1.9.0-1", "luassert.assertions", "say >= 1.4.0-1 (using 1.4.1-3)"] {
        assert!(shown.contains(part), "no `{part}` in\n{shown}");
    }
    let modules = luarocks(world.path(), &["--tree", &tree, "show", "say", "--modules"]);
    assert_eq!(modules.trim(), "say.init", "as LuaRocks names a module by its file");
    let rockspec = luarocks(world.path(), &["--tree", &tree, "show", "say", "--rockspec"]);
    assert!(Path::new(rockspec.trim()).is_file(), "{rockspec}");
}

/// Files of a tree by their paths, but those that differ by their nature.
fn contents(tree: &Path) -> BTreeMap<String, Vec<u8>> {
    let named = |path: &Path| path.strip_prefix(tree).expect("below").display().to_string();
    let all = files(tree, "").into_iter().map(|path| (named(&path), fs::read(&path).expect("a file")));
    all.filter(|(name, _)| name.starts_with("share/") || name.starts_with("lib/luarocks/")).collect()
}

#[test]
fn a_tree_is_the_one_that_luarocks_makes() {
    let (Some(mirror), Some(_)) = (mirror(), program("luarocks")) else { return };
    let world = World::of(mirror);
    let environment = world.installed("same", &ROCKS);
    let theirs = world.path().join("theirs");
    let server = mirror.folder("server").display().to_string();
    for name in installed(&environment) {
        // It would install `luafilesystem` for penlight, which the guest has.
        let (name, version) = name.split_once(' ').expect("a version");
        let tree = theirs.display().to_string();
        luarocks(
            world.path(),
            &["--tree", &tree, "install", "--deps-mode", "none", "--only-server", &server, name, version],
        );
    }
    let (mut ours, mut native) = (contents(&world.tree(&environment)), contents(&theirs));
    // Which rock needs which version of another one stands in it: theirs was told not to look.
    let manifest = "lib/luarocks/rocks-5.4/manifest";
    assert!(ours.remove(manifest).is_some() && native.remove(manifest).is_some());
    assert_eq!(ours.keys().collect::<Vec<_>>(), native.keys().collect::<Vec<_>>());
    for (name, content) in &ours {
        assert_eq!(String::from_utf8_lossy(content), String::from_utf8_lossy(&native[name]), "{name}");
    }
}
