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
