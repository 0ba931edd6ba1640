//! Trees, and what goes wrong with them.

use super::*;
use crate::package::build::tests::built;
use crate::package::store::Store;

/// A home with a store, and a folder for a tree.
fn home() -> (tempfile::TempDir, Store, Folder) {
    let room = tempfile::tempdir().expect("a folder");
    let home = Folder::open_or_create(room.path()).expect("a folder");
    let store = Store::open(&home).expect("a store");
    let tree = home.create_folder("tree").expect("a folder");
    (room, store, tree)
}

/// A package whose modules and commands are these, each with its name for content.
fn package(store: &Store, name: &str, modules: &[&str], commands: &[&str]) -> Planted {
    let quoted = |names: &[&str], sort: &str| {
        let entries = names.iter().map(|name| format!("['{name}'] = '{sort}/{name}.lua'"));
        entries.collect::<Vec<_>>().join(", ")
    };
    let text = format!(
        "package = '{name}' version = '1.0-1' source = {{ url = 'http://localhost/x.tar.gz' }}
         build = {{ type = 'builtin', modules = {{ {} }}, install = {{ bin = {{ {} }} }} }}",
        quoted(modules, "m"),
        quoted(commands, "c")
    );
    let paths: Vec<_> = [(modules, "m"), (commands, "c")]
        .iter()
        .flat_map(|(names, sort)| names.iter().map(move |name| format!("{sort}/{name}.lua")))
        .collect();
    let files: Vec<_> = paths.iter().map(|path| (path.as_str(), name)).collect();
    let built = built(&text, &files).unwrap_or_else(|error| panic!("{error}"));
    Planted {
        name: built.name.clone(),
        version: built.version.clone(),
        dependencies: Vec::new(),
        needs: Vec::new(),
        tree: store.keep_tree(&built).expect("it is stored"),
    }
}

fn nobody(_: &str) -> Option<String> {
    None
}

#[test]
fn every_difference_is_named() {
    let (_room, store, tree) = home();
    let packages = [package(&store, "a", &["a", "a.b"], &["run"]), package(&store, "b", &["b"], &[])];
    write(&tree, &packages, &nobody).expect("it is written");
    let files = files(&packages);
    let differences = |others: &[&str]| verify(&tree, &files, others).expect("it is read");
    assert_eq!(differences(&[]), []);

    tree.write_whole("lease", b"").expect("it is written");
    assert_eq!(differences(&["lease"]), []);
    assert_eq!(differences(&[]), [Difference::Extra("lease".into())]);

    tree.write_whole("share/lua/5.4/extra.lua", b"x").expect("it is written");
    tree.write_whole("share/lua/5.4/b.lua", b"other").expect("it is written");
    tree.write_whole("lib/luarocks/rocks-5.4/manifest", b"").expect("it is written");
    tree.remove_all("share/lua/5.4/a").expect("it is removed");
    let expected = [
        Difference::Edited("lib/luarocks/rocks-5.4/manifest".into()),
        Difference::Missing("share/lua/5.4/a/b.lua".into()),
        Difference::Edited("share/lua/5.4/b.lua".into()),
        Difference::Extra("share/lua/5.4/extra.lua".into()),
    ];
    assert_eq!(differences(&["lease"]), expected);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_file_is_a_difference() {
    let (_room, store, tree) = home();
    let packages = [package(&store, "a", &["a"], &[])];
    write(&tree, &packages, &nobody).expect("it is written");
    tree.remove_all("share/lua/5.4/a.lua").expect("it is removed");
    std::os::unix::fs::symlink("/etc/passwd", tree.path().join("share/lua/5.4/a.lua")).expect("a link");
    std::os::unix::fs::symlink("/etc", tree.path().join("bin")).expect("a link");
    let expected = [Difference::Edited("share/lua/5.4/a.lua".into()), Difference::Extra("bin".into())];
    assert_eq!(verify(&tree, &files(&packages), &[]).expect("it is read"), expected);
}

// P32
#[test]
fn packages_that_do_not_go_together_are_refused_before_anything_is_written() {
    let (_room, store, tree) = home();
    let refused = |packages: &[Planted], reserved: &dyn Fn(&str) -> Option<String>| {
        let error = write(&tree, packages, reserved).expect_err("they clash");
        assert_eq!(error.kind(), ErrorKind::ModuleConflict);
        assert!(tree.list("").expect("a folder").is_empty());
        error.to_string()
    };
    let a = package(&store, "a", &["x.y"], &["run"]);
    let both = refused(&[a.clone(), package(&store, "b", &["x.y"], &[])], &nobody);
    assert!(both.contains("module `x.y`") && both.contains("`a`") && both.contains("`b`"), "{both}");
    let command = refused(&[a.clone(), package(&store, "b", &[], &["run"])], &nobody);
    assert!(command.contains("bin/run"), "{command}");
    let standard = refused(&[package(&store, "c", &["string"], &[])], &nobody);
    assert!(standard.contains("`string`") && standard.contains("Lua itself"), "{standard}");
    let provided = |module: &str| (module == "lfs").then(|| "every VM".to_string());
    let provided = refused(&[package(&store, "d", &["lfs"], &[])], &provided);
    assert!(provided.contains("every VM"), "{provided}");
    write(&tree, &[a, package(&store, "b", &["x.z", "string.extra"], &["walk"])], &nobody).expect("they fit");
}

#[test]
fn what_the_store_holds_is_checked_whenever_it_is_read() {
    let (room, store, _) = home();
    let a = package(&store, "a", &["a"], &[]);
    let digest = crate::package::build::digest(a.tree.files.clone());
    let file = room.path().join("store/tree").join(&digest).join("share/lua/5.4/a.lua");
    assert!(std::fs::metadata(&file).expect("it is there").permissions().readonly());
    assert!(store.tree(&digest).expect("it is read").is_some());
    std::fs::remove_file(&file).expect("it is removed");
    assert!(store.tree(&digest).expect("it is read").is_none());
    assert!(!room.path().join("store/tree").join(&digest).exists());
    package(&store, "a", &["a"], &[]);
    std::fs::remove_file(&file).expect("it is removed");
    std::fs::write(&file, "other").expect("it is written");
    assert!(store.tree(&digest).expect("it is read").is_none());

    let hash = store.keep_artifact(b"bytes").expect("it is stored");
    assert_eq!(store.artifact(&hash).expect("it is read"), Some(b"bytes".to_vec()));
    let file = room.path().join("store/sha256").join(&hash[..2]).join(format!("{}.rock", &hash[2..]));
    std::fs::remove_file(&file).expect("it is removed");
    std::fs::write(&file, "other").expect("it is written");
    assert_eq!(store.artifact(&hash).expect("it is read"), None);
    assert!(!file.exists());
    assert_eq!(store.artifact(&"0".repeat(64)).expect("it is read"), None);
    for hash in ["", "x", "../../../etc/passwd", &"g".repeat(64), &"A".repeat(64)] {
        assert!(store.artifact(hash).is_err() && store.tree(hash).is_err(), "{hash}");
    }
}

#[test]
fn sweeping_leaves_what_is_used() {
    let (room, store, _) = home();
    let a = package(&store, "a", &["a"], &[]);
    package(&store, "b", &["b"], &[]);
    let digest = crate::package::build::digest(a.tree.files.clone());
    let hash = store.keep_artifact(b"used").expect("it is stored");
    let other = store.keep_artifact(b"unused").expect("it is stored");
    std::fs::create_dir(room.path().join("store/tree/.tmp-1")).expect("a folder");
    std::fs::write(room.path().join("store/sha256").join(&hash[..2]).join("x.rock.0.tmp"), "")
        .expect("a file");
    store.sweep(|artifact| artifact == hash, |tree| tree == digest).expect("it is swept");
    assert!(store.artifact(&hash).expect("it is read").is_some());
    assert!(store.artifact(&other).expect("it is read").is_none());
    assert!(store.tree(&digest).expect("it is read").is_some());
    let names = |path: &str| std::fs::read_dir(room.path().join(path)).expect("a folder").count();
    assert_eq!(names("store/tree"), 1);
    assert_eq!(names(&format!("store/sha256/{}", &hash[..2])), 1);
}

/// Every step of storing a package fails once: nothing half is ever taken for the package.
#[test]
fn storing_may_fail_at_any_step() {
    use crate::fs::Steps;
    use std::sync::atomic::{AtomicI64, Ordering};

    for failing in 0.. {
        let (_room, store, _) = home();
        let left = AtomicI64::new(failing);
        let steps = Steps::new(move |_| match left.fetch_sub(1, Ordering::Relaxed) {
            0 => Err(io::Error::from(io::ErrorKind::StorageFull)),
            _ => Ok(()),
        });
        let room = tempfile::tempdir().expect("a folder");
        let home = Folder::open_or_create(room.path()).expect("a folder").with_steps(steps);
        let package = built(
            "package = 'a' version = '1.0-1' source = { url = 'http://localhost/x.tar.gz' }
             build = { type = 'builtin', modules = { ['a.b'] = 'a.lua', c = 'a.lua' } }",
            &[("a.lua", "return 1")],
        );
        let package = package.expect("it is built");
        let kept = Store::open(&home).and_then(|store| store.keep_tree(&package));
        let healthy = Store::open(&Folder::open(room.path()).expect("a folder")).expect("a store");
        let whole = healthy.tree(&package.digest()).expect("it is read").is_some();
        assert!(whole || kept.is_err(), "step {failing}");
        healthy.keep_tree(&package).expect("it is stored the second time");
        drop(store);
        if kept.is_ok() {
            assert!(failing > 10, "steps were not asked for");
            return;
        }
    }
}
