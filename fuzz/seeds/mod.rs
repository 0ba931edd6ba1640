//! What fuzzing begins with: files for what is text, and for the rest what is made here, because a repository is no place
//! for it.

mod rock;

use std::path::Path;
use std::{fs, io};

use bioxen_lua::testing::encode_values;
use bioxen_lua::{Table, Value};

use super::oracles::disk::{record_seed, snapshot_seed};

/// The seeds of a target, each with a name.
pub fn of(target: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
    let named = |seeds: Vec<(&str, Vec<u8>)>| {
        seeds.into_iter().map(|(name, bytes)| (name.to_string(), bytes)).collect()
    };
    Ok(match target {
        "rock" => named(rock::seeds()),
        "values" => named(values(&[])),
        "host_call" => host_calls(),
        "snapshot" => named(snapshots()),
        "record" => named(records()),
        _ => return files(target),
    })
}

fn files(target: &str) -> io::Result<Vec<(String, Vec<u8>)>> {
    // This file is of two packages: its own place is beside it.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(super::FOLDER).join("seeds").join(target);
    let mut seeds = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        seeds.push((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?));
    }
    seeds.sort();
    Ok(seeds)
}

fn with(first: &[u8], rest: &[u8]) -> Vec<u8> {
    [first, rest].concat()
}

/// Encoded values behind some bytes that say what is done with them.
fn values(first: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let record = Table {
        sequence: vec![],
        pairs: vec![
            ("name".into(), "x".into()),
            ("dose".into(), 2.5.into()),
            ("tags".into(), Value::Table(Table { sequence: vec!["a".into()], pairs: vec![] })),
        ],
    };
    let scalars = vec![Value::Nil, true.into(), i64::MIN.into(), f64::NAN.into(), 7.into(), "GATTACA".into()];
    let list = Table { sequence: vec![1.into(), 2.into()], pairs: vec![(2.5.into(), "x".into())] };
    let nested =
        (0..100).fold(Value::Nil, |inner, _| Value::Table(Table { sequence: vec![inner], pairs: vec![] }));
    let encoded = |values: &[Value]| encode_values(values, None).unwrap_or_default();
    let first = if first.is_empty() { &[0][..] } else { first };
    vec![
        ("scalars", with(first, &encoded(&scalars))),
        ("list", with(first, &encoded(&[Value::Table(list)]))),
        ("record", with(first, &encoded(&[Value::Table(record)]))),
        ("deep", with(first, &encoded(&[nested]))),
        (
            "built",
            with(&[1], &[7, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 128, 6, 3, 97, 98, 99, 3, 130, 5, 9, 8, 8, 1, 1]),
        ),
    ]
}

/// Each list of values as the arguments of some functions, under some ceilings.
fn host_calls() -> Vec<(String, Vec<u8>)> {
    let calls: [[u8; 2]; 4] = [[0, 255], [8, 255], [1, 9], [9, 30]];
    let named = |call: [u8; 2]| {
        values(&call).into_iter().map(move |(name, bytes)| (format!("{name}-{}", call[0]), bytes))
    };
    calls.into_iter().flat_map(named).collect()
}

fn snapshots() -> Vec<(&'static str, Vec<u8>)> {
    let whole = snapshot_seed();
    let header = 13 + usize::from(whole[12]) + 32;
    vec![
        ("whole", with(&[0], &whole)),
        ("header", with(&[1], &whole[header..whole.len() - 32])),
        ("pages", vec![2, 1, 3, 0, 2, 5, 9, 1, 2, 3, 255]),
        ("larger", vec![2, 2, 2, 0, 20, 31, 7]),
    ]
}

fn records() -> Vec<(&'static str, Vec<u8>)> {
    let seed = record_seed();
    let whole = seed.encode();
    let lengths = 13 + usize::from(whole[12]);
    let size = whole[lengths];
    let header = lengths + 12;
    let body = header + usize::from(size) + 32;
    vec![
        ("whole", with(&[0], &whole)),
        ("body", with(&[1], &whole[body..whole.len() - 32])),
        ("built", vec![2, 10, 2, 9, 4, 5, 40, 10, 19]),
        ("header", [&[3, size], &whole[header..body - 32], &whole[body..whole.len() - 32]].concat()),
    ]
}
