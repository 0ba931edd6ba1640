//! The parsers of packages: archives, manifests as JSON, requirements, lock files.

use std::collections::BTreeSet;

use bioxen_lua::testing::{Packages, lockfile_again, manifest_from_json, unpack};
use bioxen_lua::{Constraint, Operator, Requirement, Version};

/// Versions that are looked at of one input: each is compared with each.
const MOST_VERSIONS: usize = 6;

/// Bytes of all files of an archive, and how many they are at most.
const MOST: (usize, usize) = (64 << 20, 10_000);

/// An archive of any format: nothing that comes out of it has a name that leaves the folder it is put in, or that another
/// one has on some system, or is compiled Lua.
pub fn rock(input: &[u8]) {
    for name in ["x.rock", "x.tar", "x.tar.gz"] {
        let Ok(files) = unpack(name, input) else { continue };
        let size: usize = files.values().map(Vec::len).sum();
        assert!(size <= MOST.0 && files.len() <= MOST.1, "{size} bytes in {} files", files.len());
        let folded: BTreeSet<String> = files.keys().map(|path| path.to_lowercase()).collect();
        assert_eq!(folded.len(), files.len(), "two names that are one elsewhere");
        for (path, content) in &files {
            assert!(is_plain(path), "{path:?}");
            assert!(
                !content.starts_with(b"\x1bLua") && !content.starts_with(b"\x1bLJ"),
                "{path:?} is bytecode"
            );
            let folders = path.match_indices('/').map(|(at, _)| path[..at].to_lowercase());
            folders.for_each(|folder| assert!(!folded.contains(&folder), "{path:?} is below a file"));
        }
    }
}

fn is_plain(path: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.len() <= 255 && part != "." && part != ".." && !part.ends_with(['.', ' '])
    };
    let letter = |letter: char| !letter.is_control() && !['\\', ':'].contains(&letter);
    path.split('/').all(part) && path.chars().all(letter) && path.split('/').count() <= 16
}

/// The manifest of a server as JSON: what is read of it is the same when it is written and read again.
pub fn manifest_json(input: &[u8]) {
    let Ok(manifest) = manifest_from_json(input) else { return };
    assert_eq!(manifest_from_json(json_of(&manifest).as_bytes()).ok(), Some(manifest));
}

/// The form in which servers offer it.
pub fn json_of(manifest: &Packages) -> String {
    let mut text = String::from(r#"{"repository":{"#);
    let comma = |at: usize| if at == 0 { "" } else { "," };
    for (at, (name, versions)) in manifest.iter().enumerate() {
        text += &format!("{}{name:?}:{{", comma(at));
        for (at, (version, archs)) in versions.iter().enumerate() {
            let archs: Vec<String> = archs.iter().map(|arch| format!(r#"{{"arch":{arch:?}}}"#)).collect();
            text += &format!("{}{version:?}:[{}]", comma(at), archs.join(","));
        }
        text += "}";
    }
    text + r#"},"modules":{},"commands":{}}"#
}

/// Lines: a requirement, and versions to hold it against.
pub fn constraint(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let mut lines = text.lines();
    let requirement = lines.next().and_then(|line| line.parse::<Requirement>().ok());
    let versions: Vec<Version> = lines.take(MOST_VERSIONS).filter_map(|line| line.parse().ok()).collect();
    for version in &versions {
        let again: Version = version.to_string().parse().expect("what is printed can be read");
        assert_eq!(*version, again);
        versions.iter().for_each(|other| compare(version, other));
    }
    let Some(requirement) = requirement else { return };
    let again: Requirement = requirement.to_string().parse().expect("what is printed can be read");
    assert_eq!(requirement, again);
    for version in &versions {
        assert_eq!(requirement.allows(version), again.allows(version));
    }
}

/// The six comparisons are three and what they exclude, and the order by which versions are sorted contradicts none.
fn compare(left: &Version, right: &Version) {
    let holds = |operator| Constraint { operator, version: right.clone(), no_upgrade: false }.allows(left);
    let (less, equal, greater) = (holds(Operator::Less), holds(Operator::Equal), holds(Operator::Greater));
    assert!(u8::from(less) + u8::from(equal) + u8::from(greater) <= 1, "`{left}` and `{right}`");
    assert_eq!(holds(Operator::GreaterOrEqual), !less, "`{left}` and `{right}`");
    assert_eq!(holds(Operator::LessOrEqual), !greater, "`{left}` and `{right}`");
    assert_eq!(holds(Operator::NotEqual), !equal, "`{left}` and `{right}`");
    assert!(!less || left < right, "`{left}` and `{right}`");
    assert!(!greater || left > right, "`{left}` and `{right}`");
    assert_eq!(left.cmp(right), right.cmp(left).reverse(), "`{left}` and `{right}`");
}

/// A lock file: what is read is written in one form, which is read as the same.
pub fn lock(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Ok(written) = lockfile_again(&text) else { return };
    let again = lockfile_again(&written).expect("what was written can be read");
    assert_eq!(written, again);
}
