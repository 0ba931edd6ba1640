//! What the fuzz targets under `fuzz/` hold against every input, held against their seeds and against changes of them.

use std::fs;
use std::path::Path;

use bioxen_lua::testing::{lockfile_again, manifest_from_json, unpack};

#[path = "../../../fuzz/oracles.rs"]
mod oracles;

#[path = "../../../fuzz/rock_seeds.rs"]
mod rock_seeds;

/// Changed copies of each seed.
const CHANGES: usize = 2_000;

/// The same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

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

/// The seeds of a target, which are files.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds").join(target);
    let entries = fs::read_dir(&folder).expect("each target has seeds");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a seed")).collect()
}

fn check(seeds: &[Vec<u8>], oracle: fn(&[u8])) {
    assert!(!seeds.is_empty(), "a target without seeds");
    let mut numbers = Numbers(1);
    for seed in seeds {
        oracle(seed);
        for _ in 0..CHANGES {
            let other = &seeds[numbers.below(seeds.len())];
            oracle(&numbers.changed(seed, other));
        }
    }
}

#[test]
fn requirements_and_versions() {
    check(&seeds("constraint"), oracles::constraint);
}

#[test]
fn manifests_in_json() {
    check(&seeds("manifest_json"), oracles::manifest_json);
}

#[test]
fn archives() {
    let seeds: Vec<_> = rock_seeds::seeds().into_iter().map(|(_, bytes)| bytes).collect();
    check(&seeds, oracles::rock);
}

#[test]
fn lock_files() {
    check(&seeds("lock"), oracles::lock);
}

#[test]
fn seeds_that_are_whole_are_read() {
    for (name, bytes) in rock_seeds::seeds() {
        let name = name.replace(".zip", ".rock");
        let read = unpack(&name, &bytes).map(|files| files.len());
        let expected = match name.split('.').next() {
            Some("plain") => Some(4),
            Some("empty") => Some(0),
            _ => None,
        };
        assert_eq!(read.as_ref().ok(), expected.as_ref(), "{name}: {read:?}");
    }
    let manifests: Vec<_> =
        seeds("manifest_json").iter().map(|seed| manifest_from_json(seed).is_ok()).collect();
    assert_eq!(manifests, [false, true]);
    for seed in seeds("lock") {
        lockfile_again(&String::from_utf8(seed).expect("text")).expect("a lock file");
    }
}
