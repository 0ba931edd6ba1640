//! What must hold for every input of the parsers of packages. The fuzz targets and, with the seeds and changes of them,
//! the ordinary tests (`tests/it/packages/fuzz_seeds.rs`) ask the same.

use bioxen_lua::{Requirement, Version};

/// Versions that are looked at of one input: each is compared with each.
const MOST_VERSIONS: usize = 12;

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
    let holds = |operator: &str| {
        let requirement: Requirement = format!("x {operator} {right}").parse().expect("a version makes a constraint");
        requirement.allows(left)
    };
    let (less, equal, greater) = (holds("<"), holds("=="), holds(">"));
    assert!(u8::from(less) + u8::from(equal) + u8::from(greater) <= 1, "`{left}` and `{right}`");
    assert_eq!(holds(">="), !less, "`{left}` and `{right}`");
    assert_eq!(holds("<="), !greater, "`{left}` and `{right}`");
    assert_eq!(holds("~="), !equal, "`{left}` and `{right}`");
    assert!(!less || left < right, "`{left}` and `{right}`");
    assert!(!greater || left > right, "`{left}` and `{right}`");
    assert_eq!(left.cmp(right), right.cmp(left).reverse(), "`{left}` and `{right}`");
}
