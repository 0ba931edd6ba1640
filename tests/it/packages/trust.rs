//! What is believed of a repository: what was signed, or what was seen first.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use bioxen_lua::{Edition, ErrorKind, PublicKey, RefreshResult, SecretKey, Trust};

use super::repositories::{Room, edition, fails, name, version, versions};
use super::shelf::{Shelf, rockspec, small, zipped};

fn signed_room() -> (Room, SecretKey) {
    let key = SecretKey::generate().expect("a key");
    let public = key.public().expect("a key");
    let room = Room::with(&small(), |repository| repository.with_trust(Trust::Signed(vec![public])));
    room.sign(&key, 7);
    (room, key)
}

#[track_caller]
fn kept(room: &Room, kind: ErrorKind, reason: &str) {
    match room.refresh() {
        RefreshResult::Kept { error, .. } => {
            assert_eq!(error.kind(), kind, "{error:?}");
            assert!(error.to_string().contains(reason), "{error}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(versions(&room.supply(), "say"), ["1.3-1", "1.4.1-3"]);
}

#[test]
fn signed_repositories_give_what_was_signed() {
    let (room, key) = signed_room();
    let supply = room.supply();
    let fetched = supply.fetch(&name("say"), &version("1.4.1-3")).expect("a rock");
    assert_eq!(fetched.signed_by, Some(key.public().expect("a key").id()));
    supply.dependencies(&name("say"), &version("1.4.1-3")).expect("a rockspec");
    let locked = supply.fetch_locked("base", "say-1.4.1-3.all.rock", &fetched.sha256).expect("the same");
    assert_eq!(locked, fetched);
    let other = supply.fetch_locked("base", "say-1.4.1-3.all.rock", &"0".repeat(64));
    fails(other, ErrorKind::IntegrityMismatch, "since it was locked");
    let gone = supply.fetch_locked("gone", "say-1.4.1-3.all.rock", &fetched.sha256);
    fails(gone, ErrorKind::RepositoryNotFound, "`gone`");
}

#[test]
fn files_that_were_not_signed_are_refused() {
    let (room, _) = signed_room();
    assert!(matches!(room.refresh(), RefreshResult::Changed { .. }));
    let rock = room.path("base/say-1.4.1-3.all.rock");
    let mut bytes = fs::read(&rock).expect("read");
    bytes[20] ^= 1; // as long as before
    fs::write(&rock, &bytes).expect("written");
    let supply = room.supply();
    let fetched = supply.fetch(&name("say"), &version("1.4.1-3"));
    fails(fetched, ErrorKind::IntegrityMismatch, "is not the file of index 7");
    bytes.push(0);
    fs::write(&rock, &bytes).expect("written");
    fails(supply.fetch(&name("say"), &version("1.4.1-3")), ErrorKind::IntegrityMismatch, "bytes of SHA-256");
    // The bytes of another version, rightly signed, are not those of this one.
    fs::copy(room.path("base/say-1.3-1.src.rock"), &rock).expect("copied");
    fails(supply.fetch(&name("say"), &version("1.4.1-3")), ErrorKind::IntegrityMismatch, "is not the file");
    fs::write(room.path("base/say-1.3-1.rockspec"), rockspec("say", "1.3-1", "changed")).expect("written");
    fails(
        supply.dependencies(&name("say"), &version("1.3-1")),
        ErrorKind::IntegrityMismatch,
        "1.3-1.rockspec",
    );
    let mut more = Shelf::read(Path::new(&room.path("base")));
    more.rock("new", "1.0-1", "all").listed();
    room.put(&more);
    // The index says that the manifest is the one that is known: no other is looked at.
    assert!(matches!(room.refresh(), RefreshResult::Unchanged { packages: 2 }));
    fs::remove_dir_all(Path::new(&room.path("root")).join("cache")).expect("removed");
    fails(
        room.supply().versions(&name("new")),
        ErrorKind::IntegrityMismatch,
        "`manifest-5.4` is not the file of index 7",
    );
}

#[test]
fn indexes_are_held_to_their_key_and_their_order() {
    let (room, key) = signed_room();
    assert!(matches!(room.refresh(), RefreshResult::Changed { .. }));
    assert!(matches!(room.refresh(), RefreshResult::Unchanged { .. }));
    let other = SecretKey::generate().expect("a key");
    room.sign(&other, 8);
    kept(&room, ErrorKind::SignatureInvalid, "not trusted for this repository");
    room.sign(&key, 6);
    kept(&room, ErrorKind::IndexRollback, "serial 6, older than 7");
    room.sign_as(&key, Edition { expires: SystemTime::now() + Duration::from_secs(7200), ..edition(7) });
    kept(&room, ErrorKind::IntegrityMismatch, "changed under its serial 7");
    room.sign_as(&key, Edition { expires: SystemTime::now() - Duration::from_secs(1), ..edition(9) });
    kept(&room, ErrorKind::IndexExpired, "expired");
    room.sign_as(&key, Edition { id: "mirror".into(), ..edition(9) });
    kept(&room, ErrorKind::IntegrityMismatch, "is of `mirror`, which was `base`");
    fs::remove_file(room.path("base/index.toml.minisig")).expect("removed");
    kept(&room, ErrorKind::SignatureMissing, "no signed index");
    fs::write(room.path("base/index.toml.minisig"), [0xFF; 300]).expect("written");
    kept(&room, ErrorKind::SignatureInvalid, "");
    fs::write(room.path("base/index.toml.minisig"), [b'x'; 5000]).expect("written");
    kept(&room, ErrorKind::RepositoryUnreachable, "4096");
    fs::remove_file(room.path("base/index.toml")).expect("removed");
    kept(&room, ErrorKind::SignatureMissing, "no signed index");
    room.sign(&key, 10);
    assert!(matches!(room.refresh(), RefreshResult::Unchanged { .. }));
    // A repository that is added anew may begin anew.
    let repository = room.repositories.get("base").wait().expect("there");
    room.repositories.remove("base").wait().expect("removed");
    room.repositories.add(repository).wait().expect("added");
    room.sign(&key, 1);
    assert!(matches!(room.refresh(), RefreshResult::Changed { .. }));
}

#[test]
fn a_key_that_is_taken_away_takes_what_it_signed() {
    let (room, _) = signed_room();
    assert!(matches!(room.refresh(), RefreshResult::Changed { .. }));
    let settings = Path::new(&room.path("root")).join("config.toml");
    let before = fs::read_to_string(&settings).expect("text");
    let old = room.repositories.get("base").wait().expect("there");
    let Trust::Signed(keys) = old.trust() else { panic!("signed") };
    let new = SecretKey::generate().and_then(|key| key.public()).expect("a key").to_string();
    fs::write(&settings, before.replace(&keys[0].to_string(), &new)).expect("written");
    let refreshed = room.refresh();
    assert!(
        matches!(&refreshed, RefreshResult::Failed(error) if error.kind() == ErrorKind::SignatureInvalid)
    );
    fails(room.supply().versions(&name("say")), ErrorKind::SignatureInvalid, "not trusted");
}

/// Signs as people do who use minisign itself.
#[test]
fn signatures_of_minisign_are_understood() {
    let work = tempfile::tempdir().expect("a folder");
    let minisign = |arguments: &[&str]| {
        Command::new("minisign").args(arguments).current_dir(work.path()).output().ok().inspect(|output| {
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        })
    };
    if minisign(&["-G", "-W", "-p", "key.pub", "-s", "key"]).is_none() {
        eprintln!("skipped: no minisign on this machine");
        return;
    }
    let theirs =
        fs::read_to_string(work.path().join("key.pub")).expect("text").parse::<PublicKey>().expect("a key");
    let secret = SecretKey::generate().expect("a key");
    let public = secret.public().expect("a key");
    let trust = Trust::Signed(vec![public.clone(), theirs]);
    let room = Room::with(&small(), |repository| repository.with_trust(trust));
    // What this library signs, minisign verifies.
    room.sign(&secret, 1);
    let index = room.path("base/index.toml");
    minisign(&["-V", "-q", "-P", &public.to_string(), "-m", &index]).expect("verified");
    assert!(matches!(room.refresh(), RefreshResult::Changed { .. }));
    // And the other way round.
    let text = fs::read_to_string(&index).expect("text").replace("serial = 1\n", "serial = 2\n");
    fs::write(&index, text).expect("written");
    kept(&room, ErrorKind::SignatureInvalid, "did not sign this");
    minisign(&["-S", "-s", "key", "-t", "repository base serial 2", "-m", &index]).expect("signed");
    assert!(matches!(room.refresh(), RefreshResult::Unchanged { .. }));
    minisign(&["-S", "-s", "key", "-t", "repository base serial 3", "-m", &index]).expect("signed");
    kept(&room, ErrorKind::SignatureInvalid, "its comment is `repository base serial 3`");
    minisign(&["-S", "-l", "-s", "key", "-t", "repository base serial 2", "-m", &index]).expect("signed");
    kept(&room, ErrorKind::SignatureInvalid, "old kind");
}

#[test]
fn what_was_trusted_on_first_use_has_to_stay() {
    let room = Room::with(&small(), |repository| repository.with_trust(Trust::FirstUse));
    let one = version("1.4.1-3");
    room.supply().dependencies(&name("say"), &one).expect("a rockspec");
    let first = room.supply().fetch(&name("say"), &one).expect("a rock");
    assert_eq!(room.supply().fetch(&name("say"), &one).expect("the same"), first);
    let rock = room.path("base/say-1.4.1-3.all.rock");
    fs::write(&rock, zipped(&[("say-1.4.1-3.rockspec", b"other")])).expect("written");
    for _ in 0..2 {
        fails(room.supply().fetch(&name("say"), &one), ErrorKind::IntegrityMismatch, "has changed");
    }
    let locked = room.supply().fetch_locked("base", "say-1.4.1-3.all.rock", &first.sha256);
    fails(locked, ErrorKind::IntegrityMismatch, "has changed");
    fs::write(room.path("base/say-1.4.1-3.rockspec"), rockspec("say", "1.4.1-3", "changed"))
        .expect("written");
    fails(room.supply().dependencies(&name("say"), &one), ErrorKind::IntegrityMismatch, "has changed");
    fs::write(&rock, &first.bytes).expect("written");
    room.supply().fetch(&name("say"), &one).expect("as it was");
    // New versions come as they like, and the manifest with them.
    let mut more = Shelf::read(Path::new(&room.path("base")));
    more.rock("say", "1.5-1", "all").listed();
    room.put(&more);
    room.supply().fetch(&name("say"), &version("1.5-1")).expect("a new one");
    // A log that cannot be read is no reason to believe everything.
    let log = Path::new(&room.path("root")).join("trust/seen.toml");
    let before = fs::read(&log).expect("read");
    fs::write(&log, "nonsense").expect("written");
    fails(room.supply().fetch(&name("say"), &one), ErrorKind::Storage, "seen.toml");
    fs::write(&log, before).expect("written");
    // Unless somebody says that it is meant to be.
    let repository = room.repositories.get("base").wait().expect("there");
    room.repositories.remove("base").wait().expect("removed");
    room.repositories.add(repository).wait().expect("added");
    room.supply().dependencies(&name("say"), &one).expect("the new rockspec");
}
