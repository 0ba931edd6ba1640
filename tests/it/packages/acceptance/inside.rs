//! What a VM can do with the packages that it is given, and what it cannot.

use std::fs;
use std::os::unix::fs::symlink;

use super::mirror::mirror;
use super::world::{World, vm};
use crate::support::{exec, integer, raised, text};

#[test]
fn packages_cannot_be_changed_from_inside() {
    let Some(mirror) = mirror() else { return };
    let world = World::of(mirror);
    let mut vm = vm(&world.installed("kept", &["say"]));
    let attempts = [
        "io.open('/env/share/lua/5.4/say/init.lua', 'w')",
        "io.open('/env/share/lua/5.4/say/init.lua', 'a')",
        "io.open('/env/share/lua/5.4/say/init.lua', 'r+')",
        "io.open('/env/new.lua', 'w')",
        "os.rename('/env/share/lua/5.4/say/init.lua', '/env/share/lua/5.4/gone.lua')",
        "os.rename('/env/share/lua/5.4/say', '/env/share/lua/5.4/said')",
        "os.remove('/env/share/lua/5.4/say/init.lua')",
        "os.remove('/env/share')",
        "require('lfs').mkdir('/env/new')",
        "require('lfs').rmdir('/env/share')",
        "require('lfs').touch('/env/share/lua/5.4/say/init.lua', 0, 0)",
    ];
    for attempt in attempts {
        let refused = text(
            &mut vm,
            &format!("local done, why = {attempt} return tostring(done) .. ' ' .. tostring(why)"),
        );
        assert!(refused.starts_with("nil ") || refused.starts_with("false "), "{attempt}: {refused}");
    }
    assert_eq!(text(&mut vm, "local say = require 'say' say:set('k', 'v') return say('k')"), "v");
}

#[test]
fn nothing_outside_is_reached_through_the_packages() {
    let Some(mirror) = mirror() else { return };
    let world = World::of(mirror);
    let environment = world.installed("walled", &["say"]);
    let tree = world.tree(&environment);
    // Planted by somebody on the host's side, where nothing else would make a link.
    let secret = world.path().join("secret.lua");
    fs::write(&secret, "return 'secret'").expect("written");
    symlink(&secret, tree.join("share/lua/5.4/linked.lua")).expect("a link");
    symlink(world.path(), tree.join("share/lua/5.4/folder")).expect("a link");
    let mut vm = vm(&environment);
    for path in [
        "/env/../secret.lua",
        "/env/share/../../../../secret.lua",
        "/env/share/lua/5.4/linked.lua",
        "/env/share/lua/5.4/folder/secret.lua",
        "secret.lua",
        "/secret.lua",
    ] {
        let found = text(
            &mut vm,
            &format!("local file, why = io.open('{path}') return file and file:read 'a' or 'refused'"),
        );
        assert_eq!(found, "refused", "{path}");
    }
    for module in ["linked", "folder.secret", "secret"] {
        let outcome = exec(&mut vm, &format!("return require '{module}'"));
        assert!(raised(&outcome).contains("not found"), "{module}");
    }
}

#[test]
fn modules_are_found_in_the_environment_and_nowhere_else() {
    let Some(mirror) = mirror() else { return };
    let world = World::of(mirror);
    let mut vm = vm(&world.installed("found", &["penlight", "inspect"]));
    assert_eq!(text(&mut vm, "return package.cpath"), "");
    let path = text(&mut vm, "return package.path");
    assert!(path.split(';').all(|place| place.starts_with("/env/share/lua/5.4/")), "{path}");
    assert_eq!(text(&mut vm, "return require('pl.List').range(1, 3):concat(' ')"), "1 2 3");
    let outcome = exec(&mut vm, "return require 'socket'");
    let message = raised(&outcome);
    assert!(message.contains("module 'socket' not found"), "{message}");
    assert_eq!(
        integer(&mut vm, "local n = 0 for _ in pairs(package.searchers) do n = n + 1 end return n"),
        4
    );
}
