//! The examples do what they say, with figures that were worked out independently of them.
//!
//! `examples/data/NC_005816.expected.json` was made with Biopython by the program that stands in
//! `examples/data/README.md`; none of its figures comes from the Lua program.

use std::path::{Path, PathBuf};

use bioxen_lua::{Chunk, Mount, Outcome, VmConfig};
use serde_json::Value as Json;

use crate::support::vm;

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples")
}

fn run(script: &str, config: VmConfig) -> Outcome {
    let source = std::fs::read(examples().join(script)).expect("the example is there");
    vm(config).run(Chunk::new(source).name(format!("@{script}"))).wait().expect("the example runs")
}

fn report() -> String {
    let data = Mount::read_only(examples().join("data"), "/data").expect("the data is there");
    let outcome = run("gc_content.lua", VmConfig::default().mount(data));
    assert_eq!(outcome.result, Ok(vec![]), "{}", outcome.stderr);
    outcome.stdout.to_text().into_owned()
}

fn expected() -> Json {
    let text = std::fs::read_to_string(examples().join("data/NC_005816.expected.json"));
    serde_json::from_str(&text.expect("the expected figures are there")).expect("they are JSON")
}

/// The words of the first line that begins so, without its beginning.
fn words<'a>(report: &'a str, beginning: &str) -> Vec<&'a str> {
    let line = report.lines().find_map(|line| line.trim_start().strip_prefix(beginning));
    line.unwrap_or_else(|| panic!("no line begins with {beginning:?} in\n{report}"))
        .split_whitespace()
        .collect()
}

fn number(word: &str) -> f64 {
    word.parse().unwrap_or_else(|_| panic!("{word:?} is no number"))
}

#[test]
fn gc_content_counts_the_plasmid() {
    let (report, expected) = (report(), expected());
    assert_eq!(number(words(&report, "length")[0]), expected["length"].as_f64().unwrap());
    let gc = expected["gc_percent"].as_f64().unwrap();
    assert!((number(words(&report, "GC ")[0]) - gc).abs() <= 0.005, "GC content is {gc}");
    let bases = words(&report, "bases");
    for base in ["A", "C", "G", "T"] {
        let at = bases.iter().position(|word| *word == base).expect("the base is listed");
        assert_eq!(number(bases[at + 1]), expected["counts"][base].as_f64().unwrap(), "count of {base}");
    }
}

#[test]
fn gc_content_profiles_the_plasmid() {
    let (report, expected) = (report(), expected());
    let windows = expected["windows"].as_array().unwrap();
    assert_eq!(windows.len(), 10);
    for window in windows {
        let (start, end) = (window["start"].as_u64().unwrap(), window["end_"].as_u64().unwrap());
        let row = words(&report, &format!("{start} - {end:>9}"));
        let gc = window["gc"].as_f64().unwrap();
        assert!((number(row[0]) - gc).abs() <= 0.005, "window {start}: {gc}, printed {}", row[0]);
    }
}

#[test]
fn gc_content_finds_the_reading_frames() {
    let (report, expected) = (report(), expected());
    let frames = expected["orfs"].as_array().unwrap();
    assert_eq!(frames.len(), 6);
    for frame in frames {
        let row = words(&report, &format!("{} ", frame["frame"].as_str().unwrap()));
        let printed: Vec<f64> = row[..3].iter().map(|word| number(word)).collect();
        let known = ["start", "stop", "aa_length"].map(|key| frame[key].as_f64().unwrap());
        assert_eq!(printed, known, "frame {}", frame["frame"]);
    }
}

#[test]
fn gc_content_counts_the_codons() {
    let (report, expected) = (report(), expected());
    let words: Vec<&str> = report.split_whitespace().collect();
    let codons = expected["codons"].as_object().unwrap();
    let mut seen = 0;
    for (codon, count) in codons {
        let at = words.iter().position(|word| word == codon).unwrap_or_else(|| panic!("no codon {codon}"));
        assert_eq!(number(words[at + 2]), count.as_f64().unwrap(), "codon {codon}");
        seen += 1;
    }
    assert!(seen > 50, "the longest reading frame uses most codons");
}

#[test]
fn the_tour_of_the_sandbox_ends_well() {
    let outcome = run("sandbox_tour.lua", VmConfig::default());
    assert_eq!(outcome.result, Ok(vec![]), "{}", outcome.stdout);
    assert!(outcome.stdout.to_text().contains("not enough memory"), "{}", outcome.stdout);
}
