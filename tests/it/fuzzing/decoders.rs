//! What reads bytes of strangers.

use bioxen_lua::testing::{lockfile_again, manifest_from_json, rockspec, signed_files, unpack};

use super::oracles::{TARGETS, index, tables};
use super::{Numbers, seeds};

/// Changed copies of all seeds of a target together.
const CHANGES: usize = 8_000;

impl Numbers {
    /// A copy with one to four changes: a bit turned, a byte replaced, a piece cut out, doubled, or taken from another seed.
    fn changed(&mut self, seed: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            let end = (at + 1 + self.below(16)).min(bytes.len());
            match self.below(6) {
                0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                1 if !bytes.is_empty() => bytes[at] = self.below(256) as u8,
                2 => drop(bytes.drain(at..end)),
                3 => bytes.extend_from_within(at..end),
                4 => bytes.truncate(at),
                _ => {
                    let from = self.below(other.len());
                    let piece = &other[from..(from + 1 + self.below(32)).min(other.len())];
                    bytes.splice(at..at, piece.iter().copied());
                }
            }
        }
        bytes
    }
}

fn seeds_of(target: &str) -> Vec<(String, Vec<u8>)> {
    let seeds = seeds::of(target).expect("seeds");
    assert!(!seeds.is_empty(), "a target without seeds");
    seeds
}

#[track_caller]
fn check(target: &str) {
    let (_, oracle) = TARGETS.into_iter().find(|(name, _)| *name == target).expect("a target");
    let seeds = seeds_of(target);
    let mut numbers = Numbers(1);
    for (_, seed) in &seeds {
        oracle(seed);
        for _ in 0..CHANGES / seeds.len() {
            let other = &seeds[numbers.below(seeds.len())].1;
            oracle(&numbers.changed(seed, other));
        }
    }
}

#[test]
fn requirements_and_versions() {
    check("constraint");
}

#[test]
fn manifests_in_json() {
    check("manifest_json");
}

#[test]
fn manifests_and_locks_in_tables() {
    check("manifest");
}

#[test]
fn rockspecs() {
    check("rockspec");
}

#[test]
fn archives() {
    check("rock");
}

#[test]
fn lock_files() {
    check("lock");
}

#[test]
fn indexes_signatures_and_keys() {
    check("index");
}

#[test]
fn encoded_values() {
    check("values");
}

#[test]
fn calls_of_host_functions() {
    check("host_call");
}

#[test]
fn snapshots_and_session_states() {
    check("snapshot");
    check("record");
}

#[test]
fn seeds_that_are_whole_are_read() {
    for (name, bytes) in seeds_of("rock") {
        let name = name.replace(".zip", ".rock");
        let read = unpack(&name, &bytes).map(|files| files.len());
        let expected = match name.split('.').next() {
            Some("plain") => Some(4),
            Some("empty") => Some(0),
            _ => None,
        };
        assert_eq!(read.as_ref().ok(), expected.as_ref(), "{name}: {read:?}");
    }
    let manifests = seeds_of("manifest_json");
    let read: Vec<_> = manifests.iter().map(|(_, seed)| manifest_from_json(seed).is_ok()).collect();
    assert_eq!(read, [false, true]);
    for (_, seed) in seeds_of("lock") {
        lockfile_again(&String::from_utf8(seed).expect("text")).expect("a lock file");
    }
    let key = index::KEY.parse().expect("a key");
    let behind =
        |text: &str| text.split_once('\n').expect("a line that says what it is").1.as_bytes().to_vec();
    signed_files(&behind(index::INDEX), &behind(index::SIGNATURE), &key).expect("it is signed");
    for (name, seed) in seeds_of("rockspec") {
        let read = rockspec(&tables::table(&String::from_utf8(seed).expect("text")));
        assert_eq!(read.is_ok(), name != "hostile", "{name}: {read:?}");
    }
}

/// All of what a seed of a snapshot or session state was made for is reached: it is read.
#[test]
fn seeds_of_what_lies_on_disk_are_read() {
    let read = |target: &str| {
        let reached = super::oracles::disk::read;
        seeds_of(target).iter().filter(|(_, seed)| reached(target, seed)).count()
    };
    assert_eq!((read("snapshot"), read("record")), (4, 4));
}
