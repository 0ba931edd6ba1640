//! The parsers of packages, for what holds them against other implementations and against anything at all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::error::{Error, ErrorKind, Result};
use crate::package::{
    Archive, BuildKind, Ceilings, Lockfile, Manifest, ModuleSource, RockManifest, Rockspec,
    unpack as unpacked,
};
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

/// By package and version, in which forms.
pub type Packages = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// What a repository has, from its manifest as JSON.
///
/// # Errors
///
/// [`ErrorKind::ManifestInvalid`].
pub fn manifest_from_json(json: &[u8]) -> Result<Packages> {
    Manifest::from_json(json).map(packages)
}

/// What a repository has, from the variables that its manifest sets.
///
/// # Errors
///
/// [`ErrorKind::ManifestInvalid`].
pub fn manifest_from_table(globals: &Table) -> Result<Packages> {
    Manifest::from_table(globals).map(packages)
}

fn packages(manifest: Manifest) -> Packages {
    let packages = manifest.packages.into_iter().map(|(name, versions)| {
        let versions = versions
            .into_iter()
            .map(|(version, archs)| (version, archs.iter().map(ToString::to_string).collect()));
        (name.to_string(), versions.collect())
    });
    packages.collect()
}

/// The files that a rock says it has, from the variables that this sets, and the text that says so.
///
/// # Errors
///
/// [`ErrorKind::ManifestInvalid`] and [`ErrorKind::ArchiveUnsafe`].
pub fn rock_manifest(globals: &Table) -> Result<(Vec<String>, String)> {
    let manifest = RockManifest::from_table(globals)?;
    Ok((manifest.iter().map(|(path, _)| path.as_str().to_owned()).collect(), manifest.text()))
}

/// The versions that a `luarocks.lock` names.
///
/// # Errors
///
/// [`ErrorKind::LockInvalid`].
pub fn luarocks_lock(lock: &Table) -> Result<BTreeMap<String, String>> {
    let versions = Lockfile::versions_of_luarocks(lock)?;
    Ok(versions.into_iter().map(|(name, version)| (name.to_string(), version.to_string())).collect())
}

/// Every path that a rockspec names, in the source or below the folder of an installed package.
///
/// # Errors
///
/// [`ErrorKind::RockspecInvalid`].
pub fn rockspec_paths(globals: &Table) -> Result<Vec<String>> {
    let build = Rockspec::from_table(globals)?.build;
    let mut paths: Vec<String> = build.copy_directories.into_iter().flatten().collect();
    paths.extend(build.extra_files.into_keys());
    let install = build.install;
    let mut placed = [install.lua, install.lib, install.conf, install.bin].concat();
    for source in build.modules.into_iter().flatten().map(|(_, source)| source) {
        match source {
            ModuleSource::Lua(file) => placed.push(file),
            ModuleSource::Native(files) => paths.extend(files),
        }
    }
    paths.extend(placed.into_iter().flat_map(|placed| [placed.from, placed.to]));
    Ok(paths)
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
