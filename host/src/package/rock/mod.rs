//! Archives of packages, read without trust and wholly in memory: what is wrong with one is known before
//! anything of it is written.

mod bytes;
mod files;
mod gzip;
mod pack;
mod path;
mod pax;
mod rock_manifest;
mod tar;
mod zip;

use std::fmt;

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::package::manifest::{Arch, ArtifactName};

pub(crate) use files::Files;
pub(crate) use pack::pack;
pub(crate) use path::RelativePath;
pub(crate) use rock_manifest::{ROCK_MANIFEST, RockManifest, md5};

/// Bytes that a tar archive may take for each entry beside its content: its header, a longer name before it,
/// and what fills them up.
const TAR_ENTRY: u64 = 4 * tar::BLOCK as u64;

/// The largest archive that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ceilings {
    /// Bytes of the archive itself.
    pub packed: u64,
    /// Files and folders in it.
    pub entries: usize,
    /// Bytes of one file in it.
    pub file: u64,
    /// Bytes of all files in it.
    pub total: u64,
}

impl Default for Ceilings {
    /// Ten times what the largest real packages in Lua need. How much smaller an archive is than its content
    /// is not limited: real ones shrink by more than 200:1.
    fn default() -> Ceilings {
        Ceilings { packed: 64 << 20, entries: 10_000, file: 16 << 20, total: 64 << 20 }
    }
}

/// A rock that kept the rules for archives. What its rockspec says is not looked at yet.
#[derive(Debug, Clone)]
pub(crate) struct Rock {
    artifact: ArtifactName,
    rockspec: Vec<u8>,
    files: Files,
}

impl Rock {
    /// Reads a rock, whose name says what has to be in it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ArchiveUnsafe`], naming the entry and the rule that it breaks, or the file that is not
    /// there; [`ErrorKind::NativeUnsupported`], naming the machine code.
    pub fn read(bytes: &[u8], artifact: &ArtifactName, ceilings: &Ceilings) -> Result<Rock> {
        let within =
            |error: Error| Error::new(error.kind(), format!("rock `{artifact}`: {error}")).with_source(error);
        Rock::read_unnamed(bytes, artifact, ceilings).map_err(within)
    }

    fn read_unnamed(bytes: &[u8], artifact: &ArtifactName, ceilings: &Ceilings) -> Result<Rock> {
        let files = unpack(bytes, Archive::Zip, ceilings)?;
        let rockspec = ArtifactName { arch: Arch::Rockspec, ..artifact.clone() }.to_string();
        let text = files.get(&rockspec).ok_or_else(|| refused(&rockspec, "it is missing"))?.to_vec();
        match &artifact.arch {
            Arch::All => check_built(&files)?,
            Arch::Source => {}
            Arch::Native(machine) => return Err(native(format!("it is for `{machine}`"))),
            Arch::Rockspec => return Err(refused(&rockspec, "it is no archive")),
        }
        Ok(Rock { artifact: artifact.clone(), rockspec: text, files })
    }

    /// The name that it was read by.
    pub fn artifact(&self) -> &ArtifactName {
        &self.artifact
    }

    /// The text of its rockspec.
    pub fn rockspec(&self) -> &[u8] {
        &self.rockspec
    }

    /// The text of its `rock_manifest`, which rocks have that were built.
    pub fn manifest(&self) -> Option<&[u8]> {
        self.files.get(ROCK_MANIFEST)
    }

    /// Gives its files away.
    pub fn into_files(self) -> Files {
        self.files
    }
}

fn check_built(files: &Files) -> Result<()> {
    if files.get(ROCK_MANIFEST).is_none() {
        return Err(refused(ROCK_MANIFEST, "it is missing"));
    }
    if let Some((path, _)) = files.below("lib").next() {
        return Err(native(format!("`lib/{path}` is in it")));
    }
    files.check_contents()
}

fn native(reason: String) -> Error {
    let what = format!("{reason}: machine code never runs in a VM; a rock in Lua alone will do");
    Error::new(ErrorKind::NativeUnsupported, what)
}

/// How the files of an archive are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Archive {
    Zip,
    Tar,
    TarGz,
}

impl Archive {
    /// By the ending of a file's name, which is what LuaRocks goes by.
    pub fn of(name: &str) -> Option<Archive> {
        let ends_in = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends_in(&[".zip", ".rock"]) {
            Some(Archive::Zip)
        } else if ends_in(&[".tar.gz", ".tgz"]) {
            Some(Archive::TarGz)
        } else {
            ends_in(&[".tar"]).then_some(Archive::Tar)
        }
    }

    /// As [`Archive::of`], of what has to be an archive.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SourceUnsupported`].
    pub fn named(name: &str) -> Result<Archive> {
        Archive::of(name).ok_or_else(|| {
            let what =
                format!("`{}`: expected a `.zip`, `.tar.gz`, `.tgz` or `.tar` file", name.escape_debug());
            Error::new(ErrorKind::SourceUnsupported, what)
        })
    }
}

/// Reads all files of an archive. Archives in it stay as they are.
///
/// # Errors
///
/// [`ErrorKind::ArchiveUnsafe`], naming the entry and the rule that it breaks.
pub(crate) fn unpack(bytes: &[u8], format: Archive, ceilings: &Ceilings) -> Result<Files> {
    if bytes.len() as u64 > ceilings.packed {
        let rule = format!("it has {} bytes: {} are allowed", bytes.len(), ceilings.packed);
        return Err(refused("archive", rule));
    }
    match format {
        Archive::Zip => zip::read(bytes, ceilings),
        Archive::Tar => tar::read(bytes, ceilings),
        Archive::TarGz => {
            let most = ceilings.total.saturating_add(TAR_ENTRY.saturating_mul(ceilings.entries as u64));
            tar::read(&gzip::unpack(bytes, most)?, ceilings)
        }
    }
}

/// The error for an entry, or for an archive as a whole, that breaks a rule.
fn refused(entry: &str, rule: impl fmt::Display) -> Error {
    /// Letters of an entry's name that are shown: names may be as long as the archive.
    const SHOWN: usize = 100;

    let shown: String = entry.chars().take(SHOWN).collect();
    Error::new(ErrorKind::ArchiveUnsafe, format!("`{}` is unsafe: {rule}", shown.escape_debug()))
}

#[cfg(test)]
mod tests;
