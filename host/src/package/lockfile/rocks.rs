//! LuaRocks' own lock files: names and versions, without any hash. They are written for LuaRocks, and read
//! as wishes.

use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind, Result};
use crate::package::lockfile::Lockfile;
use crate::package::name::PackageName;
use crate::package::version::Version;
use crate::value::{Table, Value};

/// What such a file may have.
const SECTIONS: [&str; 3] = ["dependencies", "build_dependencies", "test_dependencies"];

/// What an evaluated lock file of LuaRocks names.
pub(super) fn import(lock: &Table) -> Result<BTreeMap<PackageName, Version>> {
    let mut versions = BTreeMap::new();
    for (section, value) in fields(lock)? {
        let Value::Table(packages) = value else {
            return Err(invalid(&format!("expected a table `{section}`")));
        };
        if !SECTIONS.contains(&section) {
            return Err(invalid(&format!("expected {SECTIONS:?}, got {section:?} too")));
        }
        for (name, version) in fields(packages)? {
            let (name, version) = package(name, version)?;
            if section == SECTIONS[0] && name.as_str() != "lua" && versions.insert(name, version).is_some() {
                return Err(invalid("a package is there twice"));
            }
        }
    }
    Ok(versions)
}

/// The lock file of LuaRocks for a lock.
pub(super) fn export(lock: &Lockfile) -> String {
    let mut text = "return {\n   dependencies = {\n".to_owned();
    let lines: Vec<String> = lock
        .packages
        .iter()
        .map(|package| format!("      [\"{}\"] = \"{}\"", package.name, package.version))
        .collect();
    text.push_str(&lines.join(",\n"));
    text.push_str("\n   }\n}\n");
    text
}

fn fields(table: &Table) -> Result<impl Iterator<Item = (&str, &Value)>> {
    if !table.sequence.is_empty() || table.pairs.iter().any(|(key, _)| text(key).is_none()) {
        return Err(invalid("expected names as keys"));
    }
    Ok(table.pairs.iter().filter_map(|(key, value)| Some((text(key)?, value))))
}

fn package(name: &str, version: &Value) -> Result<(PackageName, Version)> {
    let name: PackageName =
        name.parse().map_err(|error| invalid("expected names of packages as keys").with_source(error))?;
    let version = text(version).and_then(|version| version.parse().ok());
    Ok((name.clone(), version.ok_or_else(|| invalid(&format!("expected the version of `{name}`")))?))
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => text.as_str(),
        _ => None,
    }
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::LockInvalid, format!("luarocks.lock: {what}"))
}
