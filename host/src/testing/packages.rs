//! The parsers of packages, for what holds them against other implementations and against anything at all.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, ErrorKind, Result};
use crate::package::{Ceilings, Format, Manifest, unpack as unpacked};

/// The files of an archive, whose format its name tells.
///
/// # Errors
///
/// [`ErrorKind::ArchiveUnsafe`] for one that breaks a rule.
pub fn unpack(name: &str, bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>> {
    let format = Format::of(name)
        .ok_or_else(|| Error::new(ErrorKind::ArchiveUnsafe, "expected a name that tells its format"))?;
    let files = unpacked(bytes, format, &Ceilings::default())?;
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
        let versions = versions.into_iter().map(|(version, archs)| {
            (version, archs.iter().map(ToString::to_string).collect())
        });
        (name.to_string(), versions.collect())
    });
    Ok(packages.collect())
}
