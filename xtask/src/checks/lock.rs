//! The versions in Cargo.lock: nothing older than the line that carries the security fixes.

use std::fs;

use anyhow::{Context, Result, bail, ensure};

use super::report;
use crate::workspace::Workspace;

/// The oldest versions that may be in Cargo.lock, each the only one of its name and of the same
/// major and minor number: wasmtime 48.0.8 and what is released with it.
const OLDEST: [(&str, &str); 5] = [
    ("wasmtime", "48.0.8"),
    ("wasmtime-wasi", "48.0.8"),
    ("wasmtime-wizer", "48.0.8"),
    ("wasmtime-environ", "48.0.8"),
    ("cranelift-codegen", "0.135.8"),
];

pub fn check(workspace: &Workspace) -> Result<()> {
    let text = fs::read_to_string(workspace.root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    report("Cargo.lock holds versions that are not allowed", &faults(&packages(&text)?)?)
}

fn faults(packages: &[Package]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for (name, oldest) in OLDEST {
        let found: Vec<&str> =
            packages.iter().filter(|package| package.name == name).map(|p| p.version).collect();
        match found.as_slice() {
            [version] if allowed(version, oldest)? => {}
            [] => faults.push(format!("`{name}` is not there, expected {oldest} or newer")),
            [version] => {
                faults.push(format!("`{name}` is {version}, expected {oldest} or a newer one of that line"))
            }
            several => {
                faults.push(format!("`{name}` is there {} times: {}", several.len(), several.join(", ")))
            }
        }
    }
    Ok(faults)
}

/// Same line, at least as new. A pre-release is older than the release of its number.
fn allowed(version: &str, oldest: &str) -> Result<bool> {
    let (version, oldest) = (Version::parse(version)?, Version::parse(oldest)?);
    Ok(version.line() == oldest.line() && version >= oldest)
}

/// Ordered by its fields, from the first to the last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    numbers: [u64; 3],
    released: bool,
}

impl Version {
    fn parse(text: &str) -> Result<Version> {
        let bare = text.split('+').next().unwrap_or_default();
        let (numbers, pre) = bare.split_once('-').map_or((bare, None), |(numbers, pre)| (numbers, Some(pre)));
        let numbers: Vec<u64> = numbers
            .split('.')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .with_context(|| format!("`{text}` is no version"))?;
        let Ok(numbers) = numbers.try_into() else { bail!("`{text}` is no version of three numbers") };
        Ok(Version { numbers, released: pre.is_none() })
    }

    /// What a compatible update may not change: the major number, for 0.x the minor one too.
    fn line(&self) -> (u64, u64) {
        let [major, minor, _] = self.numbers;
        (major, if major == 0 { minor } else { 0 })
    }
}

#[derive(Debug, PartialEq)]
struct Package<'a> {
    name: &'a str,
    version: &'a str,
}

/// The packages of a Cargo.lock; cargo writes one key on each line.
fn packages(lock: &str) -> Result<Vec<Package<'_>>> {
    let mut packages = Vec::new();
    for section in lock.split("[[package]]").skip(1) {
        let name = value(section, "name").context("Cargo.lock has a package without a name")?;
        let version =
            value(section, "version").with_context(|| format!("`{name}` has no version in Cargo.lock"))?;
        packages.push(Package { name, version });
    }
    ensure!(!packages.is_empty(), "Cargo.lock lists no package");
    Ok(packages)
}

fn value<'a>(section: &'a str, key: &str) -> Option<&'a str> {
    let mut lines = section.lines().filter_map(|line| line.split_once(" = "));
    let (_, quoted) = lines.find(|(name, _)| *name == key)?;
    quoted.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(version: &str, oldest: &str, expected: bool) {
        assert_eq!(allowed(version, oldest).unwrap(), expected, "{version} against {oldest}");
    }

    #[test]
    fn versions_are_compared_by_number() {
        check("48.0.8", "48.0.8", true);
        check("48.0.10", "48.0.8", true);
        check("48.1.0", "48.0.8", true);
        check("48.0.7", "48.0.8", false);
        check("48.0.8-rc.1", "48.0.8", false);
        check("48.0.8+build.1", "48.0.8", true);
        check("49.0.0", "48.0.8", false);
        check("0.135.8", "0.135.8", true);
        check("0.135.7", "0.135.8", false);
        check("0.136.0", "0.135.8", false);
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in ["", "48", "48.0", "48.0.8.1", "48.0.x", "-1.0.0", "v48.0.8"] {
            assert!(Version::parse(text).is_err(), "{text}");
        }
    }

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\ndependencies = [\n \"b\",\n]\n\n\
                        [[package]]\nname = \"b\"\nversion = \"2.1.0\"\n";

    #[test]
    fn a_lock_file_is_read() {
        let expected = [Package { name: "a", version: "1.0.0" }, Package { name: "b", version: "2.1.0" }];
        assert_eq!(packages(LOCK).unwrap(), expected);
        assert!(packages("").is_err());
        assert!(packages("version = 4\n").is_err());
        assert!(
            packages("[[package]]\nname = \"a\"\n").unwrap_err().to_string().contains("`a` has no version")
        );
        assert!(packages("[[package]]\nversion = \"1.0.0\"\n").is_err());
    }

    fn faults_of(change: impl Fn(&'static str) -> Vec<&'static str>) -> Vec<String> {
        let versions =
            |(name, oldest)| change(oldest).into_iter().map(move |version| Package { name, version });
        faults(&OLDEST.into_iter().flat_map(versions).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn missing_old_and_doubled_packages_are_faults() {
        assert!(faults_of(|oldest| vec![oldest]).is_empty());
        assert_eq!(faults_of(|_| vec![]).len(), OLDEST.len());
        assert_eq!(faults_of(|_| vec!["0.1.0"]).len(), OLDEST.len());
        assert_eq!(faults_of(|oldest| vec![oldest, "1.0.0"]).len(), OLDEST.len());
    }
}
