//! The parsers of packages, for what holds them against other implementations and against anything at all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::error::{Error, ErrorKind, Result};
use crate::package::{Archive, BuildKind, Ceilings, Lockfile, Manifest, Rockspec, unpack as unpacked};
use crate::value::Table;

/// The files of an archive, whose format its name tells.
///
/// # Errors
///
/// [`ErrorKind::ArchiveUnsafe`] for one that breaks a rule.
pub fn unpack(name: &str, bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>> {
    let format = Archive::of(name)
        .ok_or_else(|| Error::new(ErrorKind::ArchiveUnsafe, "expected a name that tells its format"))?;
    let files = unpacked(bytes, format, &Ceilings::default())?;
    files.check_contents()?;
    Ok(files.iter().map(|(path, content)| (path.as_str().to_owned(), content.to_vec())).collect())
}

/// What a repository has, by package and version, from its manifest as JSON.
///
/// # Errors
///
/// [`ErrorKind::ManifestInvalid`].
pub fn manifest_from_json(json: &[u8]) -> Result<BTreeMap<String, BTreeMap<String, BTreeSet<String>>>> {
    let manifest = Manifest::from_json(json)?;
    let packages = manifest.packages.into_iter().map(|(name, versions)| {
        let versions = versions
            .into_iter()
            .map(|(version, archs)| (version, archs.iter().map(ToString::to_string).collect()));
        (name.to_string(), versions.collect())
    });
    Ok(packages.collect())
}

/// What a rockspec says, checked, as JSON; from the variables that it sets.
///
/// # Errors
///
/// [`ErrorKind::RockspecInvalid`].
pub fn rockspec(globals: &Table) -> Result<serde_json::Value> {
    let spec = Rockspec::from_table(globals)?;
    let kind = match &spec.build.kind {
        BuildKind::Builtin => "builtin",
        BuildKind::None => "none",
        BuildKind::Program(program) => program,
    };
    let dependencies: Vec<String> = spec.dependencies.iter().map(ToString::to_string).collect();
    let modules = spec.build.modules.as_ref();
    Ok(json!({
        "package": spec.package.as_str(),
        "version": spec.version.as_str(),
        "summary": spec.summary,
        "license": spec.license,
        "homepage": spec.homepage,
        "url": spec.source.url,
        "type": kind,
        "hooks": spec.has_hooks,
        "dependencies": dependencies,
        "modules": modules.map(|modules| modules.keys().map(ToString::to_string).collect::<Vec<_>>()),
    }))
}

/// A lock file read, and written again.
///
/// # Errors
///
/// Those of a text that is no lock file.
pub fn lockfile_again(text: &str) -> Result<String> {
    Lockfile::read(text)?.text()
}
