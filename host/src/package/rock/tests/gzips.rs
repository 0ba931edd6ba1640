//! Gzip around tar, good and hostile.

use std::io::Write;

use super::forged_tar::{archive, file};
use super::*;

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn good() -> Vec<u8> {
    gzip(&archive([file("a", b"1")]))
}

#[test]
fn files_come_out_as_they_went_in() {
    assert_eq!(unpacked(&good(), Archive::TarGz).expect("it is good"), [("a".to_string(), b"1".to_vec())]);
    let mut named = flate2::GzBuilder::new()
        .filename("x.tar")
        .comment("y")
        .extra("z")
        .write(Vec::new(), Default::default());
    named.write_all(&archive([file("a", b"1")])).expect("memory takes it");
    let named = named.finish().expect("memory takes it");
    assert_eq!(unpacked(&named, Archive::TarGz).expect("it is good").len(), 1);
}

// P12
#[test]
fn an_archive_that_is_cut_off_anywhere_is_refused() {
    let archive = good();
    for length in 0..archive.len() {
        assert!(unpacked(&archive[..length], Archive::TarGz).is_err(), "cut off after {length} bytes");
    }
}

// P13
#[test]
fn a_bomb_stops_at_the_ceiling() {
    let bomb = gzip(&vec![0; 50 << 20]);
    assert!(bomb.len() < 1 << 20);
    refuses(&bomb, Archive::TarGz, "unpacks to more than");
    refuses(&gzip(&archive([file("a", &[0; 1001])])), Archive::TarGz, "1000 are allowed");
}

// P19
#[test]
fn nothing_follows_its_end() {
    refuses(&[good(), vec![0]].concat(), Archive::TarGz, "follow");
    refuses(&[good(), good()].concat(), Archive::TarGz, "follow");
    refuses(&[good(), gzip(b"")].concat(), Archive::TarGz, "follow");
}

#[test]
fn damage_is_seen() {
    let archive = good();
    for at in 0..archive.len() {
        let mut changed = archive.clone();
        changed[at] ^= 0x10;
        // Some bits say when it was packed, and how long codes are that are not used.
        if let Ok(files) = unpacked(&changed, Archive::TarGz) {
            assert_eq!(files, [("a".to_string(), b"1".to_vec())], "byte {at}");
        }
    }
}

// P20
#[test]
fn it_is_unpacked_once() {
    refuses(&gzip(&good()), Archive::TarGz, "");
}
