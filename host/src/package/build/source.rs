//! The source of a package, out of its `.src.rock`.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::package::rock::{Archive, Ceilings, Files, RelativePath, md5, unpack};
use crate::package::rockspec::{Rockspec, Source};

/// Endings of the names of archives that do not belong to the name of the folder in them, as LuaRocks cuts
/// them off.
const ENDINGS: [&str; 6] = [".zip", ".git", ".tgz", ".tar", ".gz", ".bz2"];

/// The files of a package's source, by their paths from its own folder.
pub(super) type Sources = BTreeMap<RelativePath, Vec<u8>>;

/// Unpacks the archive that a source rock holds beside its rockspec; one that was made of a checkout holds
/// the folder itself.
///
/// # Errors
///
/// [`ErrorKind::IntegrityMismatch`] when the archive is not the one that the rockspec means,
/// [`ErrorKind::SourceUnsupported`] for other sorts of archives, [`ErrorKind::RockspecInvalid`] when the
/// folder is not in it, and those of [`unpack`].
pub(super) fn unpack_source(rock: Files, rockspec: &Rockspec, ceilings: &Ceilings) -> Result<Sources> {
    let source = &rockspec.source;
    let file = source.file_name();
    let Some(archive) = rock.get(file) else { return folder_of(&rock, source) };
    if let Some(expected) = &source.md5 {
        check_md5(file, archive, expected)?;
    }
    if file.ends_with(".lua") {
        return folder_of(&rock, source);
    }
    folder_of(&unpack(archive, Archive::named(file)?, ceilings)?, source)
}

fn check_md5(file: &str, archive: &[u8], expected: &str) -> Result<()> {
    let got = md5(archive);
    if got == expected {
        return Ok(());
    }
    let what = format!("source `{file}` has MD5 {got}: the rockspec says {expected}");
    Err(Error::new(ErrorKind::IntegrityMismatch, what))
}

fn folder_of(files: &Files, source: &Source) -> Result<Sources> {
    let folder = folder(files, source)?;
    let below = files.below(&folder);
    below.map(|(path, content)| Ok((RelativePath::new(path)?, content.to_vec()))).collect()
}

/// The folder that the rockspec names, else the one that its archive is named after, else the only one.
fn folder(files: &Files, source: &Source) -> Result<String> {
    let file = source.file_name();
    if let Some(named) = &source.dir {
        let folder = if named == "." { "" } else { named };
        let found = files.is_folder(folder).then(|| folder.to_string());
        return found.ok_or_else(|| no_folder(&format!("`{named}` is not in its source")));
    }
    if file.ends_with(".lua") {
        return Ok(String::new());
    }
    let named = named_after(file);
    if !named.is_empty() && files.is_folder(named) {
        return Ok(named.to_string());
    }
    let mut folders = files.names("").into_iter().filter(|name| files.is_folder(name));
    match (folders.next(), folders.next()) {
        (Some(only), None) => Ok(only.to_string()),
        _ => Err(no_folder("its source has no single folder; expected it to say which one is meant")),
    }
}

/// The folder that an archive of this name is expected to hold.
fn named_after(file: &str) -> &str {
    let cut = |name| ENDINGS.iter().find_map(|ending| str::strip_suffix(name, ending));
    let name = cut(file).unwrap_or(file);
    name.strip_suffix(".tar").unwrap_or(name)
}

fn no_folder(reason: &str) -> Error {
    Error::new(ErrorKind::RockspecInvalid, format!("`source.dir`: {reason}"))
}
