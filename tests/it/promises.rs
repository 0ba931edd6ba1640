//! `SECURITY.md` names the test that proves each promise: a name that leads nowhere is a promise without proof.

use std::fs;
use std::path::Path;

/// The words between back-quotes of a text, as Markdown has them.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// What starts a path in this project.
const FOLDERS: [&str; 6] = ["tests/", "host/", "cli/", "fuzz/", "xtask/", "python/"];

/// `path`, `path::function` and `path::{several,functions}`.
fn fault(root: &Path, name: &str) -> Option<String> {
    let (path, functions) = name.split_once("::").unwrap_or((name, ""));
    let place = root.join(path);
    if !place.exists() {
        return Some(format!("`{path}` is not there"));
    }
    let functions = functions.trim_start_matches('{').trim_end_matches('}');
    let source = if functions.is_empty() { String::new() } else { fs::read_to_string(place).ok()? };
    let missing = functions
        .split(',')
        .map(str::trim)
        .filter(|function| !function.is_empty() && !source.contains(&format!("fn {function}(")))
        .collect::<Vec<_>>();
    (!missing.is_empty()).then(|| format!("`{path}` has no {}", missing.join(", ")))
}

#[test]
fn every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let contract = fs::read_to_string(root.join("SECURITY.md")).expect("the contract");
    let names: Vec<&str> =
        quoted(&contract).filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder))).collect();
    assert!(names.len() > 90, "only {} names are left", names.len());
    let faults: Vec<String> = names.iter().filter_map(|name| fault(&root, name)).collect();
    assert!(faults.is_empty(), "SECURITY.md names what is not there:\n  {}", faults.join("\n  "));
}

#[test]
fn a_name_that_leads_nowhere_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let fault = |name| fault(&root, name);
    assert_eq!(fault("tests/it/promises.rs"), None);
    assert_eq!(fault("tests/it/promises.rs::{quoted,fault}"), None);
    assert_eq!(fault("tests/it/nothing.rs"), Some("`tests/it/nothing.rs` is not there".into()));
    let expected = "`tests/it/promises.rs` has no nobody";
    assert_eq!(fault("tests/it/promises.rs::{fault,nobody}"), Some(expected.into()));
}
