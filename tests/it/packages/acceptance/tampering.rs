//! Real rocks that somebody changed on the way: each is found out by what knows of it, and nothing is changed.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use bioxen_lua::{ErrorKind, InstallOptions, Repository, Trust};
use md5::{Digest, Md5};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::mirror::{Mirror, mirror};
use super::world::{World, installed, requirements, vm};
use crate::packages::server::Server;
use crate::packages::shelf::Shelf;
use crate::support::text;

const SAY: &str = "say-1.4.1-3.all.rock";

/// Whether the rock's own list of hashes says what was done to it.
#[derive(Clone, Copy, PartialEq)]
enum List {
    Stale,
    Fixed,
}

/// The rock of `say` with another module in the place of its own.
fn evil(rock: &[u8], list: List) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(rock)).expect("an archive");
    let mut files = BTreeMap::new();
    for at in 0..archive.len() {
        let mut file = archive.by_index(at).expect("an entry");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("a whole file");
        files.insert(file.name().expect("a name").to_string(), content);
    }
    let module = files.get_mut("lua/say/init.lua").expect("its module");
    let before = hexadecimal(module);
    module.extend(b"\n-- and something evil\n");
    let after = hexadecimal(module);
    if list == List::Fixed {
        let manifest = files.get_mut("rock_manifest").expect("its list");
        let text = String::from_utf8(manifest.clone()).expect("text");
        assert!(text.contains(&before));
        *manifest = text.replace(&before, &after).into_bytes();
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files.iter().filter(|(name, _)| !name.ends_with('/')) {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).expect("a name");
        writer.write_all(content).expect("written");
    }
    writer.finish().expect("finished").into_inner()
}

fn hexadecimal(content: &[u8]) -> String {
    Md5::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The mirror with another rock of `say`, in a folder.
fn changed(mirror: &Mirror, form: &str, list: List, folder: &Path) {
    let mut shelf = Shelf::read(&mirror.folder(form));
    let rock = evil(&shelf.files[SAY], list);
    shelf.put(SAY, rock).write(folder);
}

#[test]
fn a_rock_that_is_not_what_its_own_list_says_is_refused() {
    let Some(mirror) = mirror() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    changed(mirror, "server", List::Stale, folder.path());
    let world = World::from(folder.path());
    let error = world.refused("stale", &["luassert"]);
    assert!(
        matches!(error.kind(), ErrorKind::IntegrityMismatch | ErrorKind::ArchiveUnsafe),
        "{:?}",
        error.kind()
    );
    assert!(error.to_string().contains("say"), "{error}");
}

#[test]
fn a_rock_that_changed_after_it_was_locked_is_refused() {
    let Some(mirror) = mirror() else { return };
    let before = World::of(mirror);
    let first = before.installed("first", &["luassert"]);
    let lock = first.lockfile().wait().expect("a lock");

    let folder = tempfile::tempdir().expect("a folder");
    changed(mirror, "server", List::Fixed, folder.path());
    let world = World::from(folder.path());
    let environment = world.environment("second");
    fs::write(world.path().join("envs/second/env.lock"), &lock).expect("written");
    let frozen = InstallOptions::default().frozen();
    let error = environment.install(&requirements(&["luassert"]), frozen).wait().expect_err("it is another");
    assert_eq!(error.kind(), ErrorKind::IntegrityMismatch, "{error}");
    assert!(error.to_string().contains("say"), "{error}");
    assert_eq!(installed(&environment), [""; 0]);
}

#[test]
fn a_rock_that_is_not_what_was_signed_is_refused() {
    let Some(mirror) = mirror() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    changed(mirror, "signed", List::Fixed, folder.path());
    let key = fs::read_to_string(mirror.folder("keys").join("mirror.pub")).expect("a key");
    let trust = Trust::Signed(vec![key.parse().expect("a key of minisign")]);
    let world = World::empty();
    let address = folder.path().display().to_string();
    world.add(Repository::new("signed", &address).expect("a repository").with_trust(trust));
    let error = world.refused("signed", &["luassert"]);
    assert_eq!(error.kind(), ErrorKind::IntegrityMismatch, "{error}");

    fs::remove_file(folder.path().join("index.toml.minisig")).expect("removed");
    let repository = world.environments().repositories().get("signed").wait().expect("it is there");
    let again = World::empty();
    again.add(repository);
    let error = again.refused("unsigned", &["luassert"]);
    assert_eq!(error.kind(), ErrorKind::SignatureMissing, "{error}");
}

#[test]
fn what_was_trusted_once_may_not_change_on_the_server() {
    let Some(mirror) = mirror() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    Shelf::read(&mirror.folder("server")).write(folder.path());
    let world = World::empty();
    let address = folder.path().display().to_string();
    world.add(Repository::new("tofu", &address).expect("a repository").with_trust(Trust::FirstUse));
    world.installed("first", &["say"]);
    changed(mirror, "server", List::Fixed, folder.path());
    // Another machine would take it; here it was seen, and the store may go on serving what it was.
    let second = world.environment("second");
    match world.install(&second, &["say"]) {
        Ok(_) => {
            let module = text(&mut vm(&second), "return io.open('/env/share/lua/5.4/say/init.lua'):read 'a'");
            assert!(!module.contains("evil"), "what was trusted is what is installed");
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::IntegrityMismatch, "{error}"),
    }
}

#[test]
fn a_higher_version_elsewhere_is_not_taken() {
    let Some(mirror) = mirror() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut shelf = Shelf::default();
    let rockspec = String::from_utf8(mirror.file("say-1.4.1-3.rockspec")).expect("text");
    shelf.put("say-99.0-1.rockspec", rockspec.replace("1.4.1-3", "99.0-1"));
    shelf.rock("say", "99.0-1", "all").listed().write(folder.path());
    let world = World::of(mirror);
    world.add(Repository::new("elsewhere", &folder.path().display().to_string()).expect("a repository"));
    let environment = world.installed("first", &["say"]);
    assert_eq!(installed(&environment), ["say 1.4.1-3"]);
    let error = world.refused("higher", &["say >= 2"]);
    assert_eq!(error.kind(), ErrorKind::NoSolution, "{error}");
    assert!(
        environment.lockfile().wait().expect("a lock").contains("mirror"),
        "the lock says where it came from"
    );
}

#[test]
fn without_its_server_a_lock_and_a_vendored_folder_are_enough() {
    let Some(mirror) = mirror() else { return };
    let server = Server::of(Shelf::read(&mirror.folder("server")));
    let url = server.url();
    let world = World::empty();
    world.add(Repository::new("web", &url).expect("a repository").with_trust(Trust::FirstUse));
    let first = world.installed("first", &["busted"]);
    let names = installed(&first);
    let vendored = world.path().join("vendored");
    first.vendor(&vendored, None).wait().expect("vendored");
    drop(server);

    // The same machine: all of it is in the store.
    let lock = first.lockfile().wait().expect("a lock");
    let second = world.environment("second");
    fs::write(world.path().join("envs/second/env.lock"), &lock).expect("written");
    let offline = InstallOptions::default().frozen().offline();
    second.install(&requirements(&["busted"]), offline).wait().expect("nothing is asked for");
    assert_eq!(installed(&second), names);
    let error = second.install(&requirements(&["argparse"]), InstallOptions::default().offline()).wait();
    let error = error.expect_err("it was never fetched");
    assert_eq!(error.kind(), ErrorKind::OfflineMiss, "{error}");
    assert_eq!(installed(&second), names);

    // Another machine, with nothing but the folder.
    let other = World::from(&vendored);
    let third = other.environment("third");
    third
        .install(&requirements(&["busted"]), InstallOptions::default().offline())
        .wait()
        .expect("all is there");
    assert_eq!(installed(&third), names);
    assert!(third.verify().wait().expect("looked at").is_empty());
}
