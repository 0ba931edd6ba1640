//! Indexes and their signatures, right and wrong.

use std::time::{Duration, SystemTime};

use crate::fs::Folder;

use super::super::key::SecretKey;
use super::super::signing::{Edition, Signer, write_index};
use super::*;

fn edition(serial: u64) -> Edition {
    let created = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_445_725);
    Edition { id: "base".into(), serial, created, expires: created + Duration::from_secs(86_400) }
}

/// A signed folder with one file, and its key.
fn signed() -> (tempfile::TempDir, Folder, SecretKey) {
    let room = tempfile::tempdir().expect("a folder");
    let folder = Folder::open(room.path()).expect("it opens");
    folder.write_new("say-1.0-1.src.rock", b"rock").expect("written");
    let key = SecretKey::generate().expect("a key");
    write_index(&folder, &edition(7), Signer::Key(&key)).expect("an index");
    (room, folder, key)
}

fn files(folder: &Folder) -> (Vec<u8>, Vec<u8>) {
    (
        folder.read(INDEX, MOST_INDEX).expect("index"),
        folder.read(SIGNATURE, MOST_SIGNATURE).expect("signature"),
    )
}

#[test]
fn what_was_signed_is_read() {
    let (_room, folder, key) = signed();
    let (text, signature) = files(&folder);
    let other = SecretKey::generate().and_then(|key| key.public()).expect("a key");
    let public = key.public().expect("a key");
    let signed = SignedIndex::read(&text, &signature, &[other, public.clone()]).expect("it is right");
    assert_eq!((signed.index.serial, signed.signed_by.as_str()), (7, public.id().as_str()));
    assert_eq!(signed.index.expires.to_string(), "2026-11-24T14:55:25Z");
    let listed = signed.listed("say-1.0-1.src.rock").expect("it is listed");
    assert_eq!((listed.size, listed.sha256.as_str()), (4, sha256(b"rock").as_str()));
    assert_eq!(signed.listed("other").unwrap_err().kind(), ErrorKind::IntegrityMismatch);
    assert!(signed.check_date("2026-11-24T14:55:24Z".parse().expect("a time")).is_ok());
    let late = signed.check_date("2026-11-24T14:55:25Z".parse().expect("a time"));
    assert_eq!(late.unwrap_err().kind(), ErrorKind::IndexExpired);
}

#[test]
fn a_new_index_takes_the_place_of_the_old_and_does_not_list_itself() {
    let (_room, folder, key) = signed();
    write_index(&folder, &edition(8), Signer::Key(&key)).expect("an index");
    let (text, signature) = files(&folder);
    let signed = SignedIndex::read(&text, &signature, &[key.public().expect("a key")]).expect("it is right");
    assert_eq!((signed.index.serial, signed.index.files.len()), (8, 1));
    write_index(&folder, &edition(9), Signer::Nobody).expect("an index");
    assert_eq!(folder.kind(SIGNATURE).expect("a look"), None);
}

#[test]
fn every_changed_byte_is_noticed() {
    let (_room, folder, key) = signed();
    let (text, signature) = files(&folder);
    let keys = [key.public().expect("a key")];
    for at in 0..text.len() {
        let mut changed = text.clone();
        changed[at] ^= 1;
        let error = SignedIndex::read(&changed, &signature, &keys).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SignatureInvalid, "byte {at}");
    }
    let untrusted = signature.iter().position(|byte| *byte == b'\n').expect("lines");
    for at in untrusted..signature.len() {
        for bit in [1, 0x20, 0x80] {
            let mut changed = signature.clone();
            changed[at] ^= bit;
            if let Ok(read) = SignedIndex::read(&text, &changed, &keys) {
                // The end of a line may become another white space: what was signed is the same.
                assert_eq!(read.index.serial, 7, "byte {at}");
                assert!(signature[at].is_ascii_whitespace(), "byte {at}");
            }
        }
    }
    for end in 0..signature.len() - 1 {
        assert!(SignedIndex::read(&text, &signature[..end], &keys).is_err(), "{end} bytes");
    }
}

#[track_caller]
fn check(signature: &str, reason: &str) {
    let (_room, folder, key) = signed();
    let (text, right) = files(&folder);
    let right = String::from_utf8(right).expect("text");
    let lines: Vec<&str> = right.lines().collect();
    let mut signature = signature.to_string();
    for (at, line) in lines.iter().enumerate() {
        signature = signature.replace(&format!("{{{at}}}"), line);
    }
    let error = SignedIndex::read(&text, signature.as_bytes(), &[key.public().expect("a key")]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SignatureInvalid);
    assert!(error.to_string().contains(reason), "{error}");
}

#[test]
fn what_is_no_signature_is_refused() {
    check("", "four lines");
    check("{0}\n{1}\n{2}", "four lines");
    check("{0}\n{1}\n{2}\nAAAA", "four lines"); // too short for the crate, which would stop the program
    check("{1}\n{1}\n{2}\n{3}", "none of minisign");
    check("{0}\nAAAA\n{2}\n{3}", "none of minisign");
    check("{0}\n{1}\ntrusted comment: repository base serial 8\n{3}", "did not sign");
}

#[test]
fn keys_that_are_not_trusted_and_other_comments_are_refused() {
    let (_room, folder, key) = signed();
    let (text, signature) = files(&folder);
    let other = SecretKey::generate().expect("a key");
    let error = SignedIndex::read(&text, &signature, &[other.public().expect("a key")]).unwrap_err();
    assert!(error.to_string().contains("not trusted"), "{error}");
    let comment = Some("repository base serial 6");
    let made = minisign::sign(None, key.inner(), Cursor::new(&text), comment, None).expect("it signs");
    let error =
        SignedIndex::read(&text, made.into_string().as_bytes(), &[key.public().expect("a key")]).unwrap_err();
    assert!(error.to_string().contains("serial 6"), "{error}");
}

#[test]
fn an_index_says_only_what_an_index_may() {
    let good = "format = 1\nid = \"a\"\nserial = 1\ncreated = \"2026-11-23T14:55:25Z\"\n\
                expires = \"2026-11-23T14:55:25Z\"\n[files]\n";
    assert!(Index::read(good.as_bytes()).is_ok());
    let hash = "0".repeat(64);
    for bad in [
        good.replace("format = 1", "format = 2"),
        good.replace("\"a\"", "\"a/b\""),
        good.replace("serial = 1", "serial = -1"),
        good.replace("2026-11-23T14", "2026-11-23T25"),
        good.replace("[files]", "more = 1\n[files]"),
        format!("{good}\"../x\" = {{ sha256 = \"{hash}\", size = 1 }}"),
        format!("{good}\".x\" = {{ sha256 = \"{hash}\", size = 1 }}"),
        format!("{good}\"x\" = {{ sha256 = \"{hash}0\", size = 1 }}"),
        format!("{good}\"x\" = {{ sha256 = \"{hash}\", size = {} }}", MOST_FILE + 1),
        format!("{good}x = {}1{}", "[".repeat(1000), "]".repeat(1000)),
    ] {
        assert_eq!(Index::read(bad.as_bytes()).unwrap_err().kind(), ErrorKind::ManifestInvalid, "{bad}");
    }
}
