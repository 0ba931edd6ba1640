//! The order of versions and the meaning of constraints are those of the real LuaRocks, which judges some
//! hundred thousand generated cases beside this library.

use std::io::Write;
use std::process::{Command, Stdio};

use bioxen_lua::{Requirement, Version};

/// What LuaRocks says of each line `REQUIREMENT|VERSION`: one digit for each.
const JUDGE: &str = r#"
local queries = require("luarocks.queries")
local versions = require("luarocks.core.vers")
require("luarocks.core.util").warning = function() end
require("luarocks.core.cfg").arch = "any"
local verdicts = {}
for line in io.lines() do
  local requirement, version = line:match("^(.*)|(.*)$")
  local query = assert(queries.from_dep_string(requirement))
  local met = versions.match_constraints(versions.parse_version(version), query.constraints)
  verdicts[#verdicts + 1] = met and "1" or "0"
end
io.write(table.concat(verdicts))
"#;

/// Cases in all: comparisons of two versions, and requirements of one to three constraints.
const COMPARISONS: usize = 100_000;
const REQUIREMENTS: usize = 100_000;

const OPERATORS: [&str; 10] = ["==", "~=", "<", "<=", ">", ">=", "~>", "", "=", "!="];
const NUMBERS: [&str; 14] = [
    "0",
    "1",
    "2",
    "3",
    "9",
    "10",
    "11",
    "00",
    "01",
    "100",
    "200",
    "2024",
    "20240101",
    "99999999999999999999",
];
const WORDS: [&str; 14] =
    ["a", "b", "c", "alpha", "beta", "rc", "pre", "dev", "scm", "cvs", "RC", "x", "zeta", "final"];
const SEPARATORS: [&str; 6] = [".", ".", ".", "-", "_", ""];

/// The same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn version(&mut self) -> Vec<String> {
        let mut parts = Vec::new();
        for _ in 0..1 + self.below(4) {
            let part = if self.below(4) == 0 { self.one_of(&WORDS) } else { self.one_of(&NUMBERS) };
            parts.push(part.to_owned());
            parts.push(self.one_of(&SEPARATORS).to_owned());
        }
        parts.pop();
        if self.below(3) > 0 {
            parts.push(format!("-{}", self.below(4)));
        }
        parts
    }

    /// A version that differs from another in little, or not at all.
    fn neighbour(&mut self, version: &[String]) -> Vec<String> {
        let mut parts = version.to_vec();
        let at = self.below(parts.len());
        match self.below(5) {
            0 => parts[at] = self.one_of(&NUMBERS).to_owned(),
            1 => parts[at] = self.one_of(&WORDS).to_owned(),
            2 => parts.push(format!("{}{}", self.one_of(&[".", "-", "_"]), self.one_of(&NUMBERS))),
            3 => parts.truncate(at + 1),
            _ => {}
        }
        parts
    }

    /// A word and a number: `a100` lies where `b0` does, but for rounding.
    fn near_tie(&mut self) -> String {
        format!(
            "1.{}{}",
            self.one_of(&WORDS),
            [0, 1, 2, 99, 100, 101, 200, 400, 1_000, 99_999][self.below(10)]
        )
    }

    fn pair(&mut self) -> (String, String) {
        if self.below(5) == 0 {
            return (self.near_tie(), self.near_tie());
        }
        let version = self.version();
        let other = if self.below(4) == 0 { self.version() } else { self.neighbour(&version) };
        (version.concat(), other.concat())
    }
}

/// Requirements beside versions.
fn cases() -> Vec<(String, String)> {
    let mut numbers = Numbers(20_240_101);
    let mut cases = Vec::new();
    for _ in 0..COMPARISONS / 2 {
        let (left, right) = numbers.pair();
        cases.push((format!("x < {right}"), left.clone()));
        cases.push((format!("x == {right}"), left));
    }
    for _ in 0..REQUIREMENTS {
        let (left, right) = numbers.pair();
        let mut requirement = "x ".to_owned();
        for _ in 0..=numbers.below(3) {
            let bound = if numbers.below(2) == 0 { right.clone() } else { numbers.pair().0 };
            requirement += &format!("{} {bound}{} ", numbers.one_of(&OPERATORS), numbers.one_of(&["", ","]));
        }
        cases.push((requirement, left));
    }
    cases.retain(|(requirement, version)| {
        version.parse::<Version>().is_ok() && requirement.parse::<Requirement>().is_ok()
    });
    cases
}

/// What LuaRocks says, or nothing where it is not installed.
fn verdicts(cases: &[(String, String)]) -> Option<String> {
    let lines: String =
        cases.iter().map(|(requirement, version)| format!("{requirement}|{version}\n")).collect();
    let mut judge = Command::new("lua5.4")
        .args(["-e", JUDGE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = judge.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = judge.wait_with_output().expect("the judge ends");
    let written = writer.join().expect("the writer ends");
    let complaint = String::from_utf8_lossy(&output.stderr);
    if complaint.contains("module 'luarocks") && complaint.contains("not found") {
        return None;
    }
    assert!(output.status.success() && written.is_ok(), "{complaint}");
    Some(String::from_utf8(output.stdout).expect("digits"))
}

#[test]
fn luarocks_agrees_on_every_version_and_constraint() {
    let cases = cases();
    assert!(cases.len() >= 150_000, "{} cases are left", cases.len());
    let Some(verdicts) = verdicts(&cases) else {
        crate::support::skip("LuaRocks: `apt-get install luarocks lua5.4`");
        return;
    };
    assert_eq!(verdicts.len(), cases.len());
    let mut met = 0;
    for ((requirement, version), verdict) in cases.iter().zip(verdicts.bytes()) {
        let wanted: Requirement = requirement.parse().expect("only such cases are left");
        let allowed = wanted.allows(&version.parse().expect("only such cases are left"));
        assert_eq!(allowed, verdict == b'1', "`{requirement}` and `{version}`");
        met += usize::from(allowed);
    }
    assert!(met > cases.len() / 10 && met < cases.len() * 9 / 10, "{met} of {} are met", cases.len());
}

#[test]
fn the_order_of_versions_is_total_and_never_contradicts_luarocks() {
    let mut numbers = Numbers(7);
    let mut versions: Vec<Version> = (0..3_000).filter_map(|_| numbers.pair().1.parse().ok()).collect();
    versions.sort();
    for (at, low) in versions.iter().enumerate() {
        let below: Requirement = format!("x < {low}").parse().expect("a version makes a constraint");
        for high in versions[at..].iter().step_by(7) {
            assert!(!below.allows(high), "`{high}` is sorted behind `{low}` and is below it");
        }
    }
}
