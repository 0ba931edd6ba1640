//! Archives of packages, read without trust and wholly in memory: what is wrong with one is known before
//! anything of it is written.

mod bytes;
mod files;
mod gzip;
mod path;
mod pax;
mod rock_manifest;
mod tar;
mod zip;

use std::fmt;

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;

pub(crate) use files::Files;
pub(crate) use path::RelativePath;
pub(crate) use rock_manifest::{ROCK_MANIFEST, RockManifest, md5};

#[cfg(test)]
mod tests;

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

/// How the files of an archive are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Zip,
    Tar,
    TarGz,
}

impl Format {
    /// By the ending of a file's name, which is what LuaRocks goes by.
    pub fn of(name: &str) -> Option<Format> {
        let ends_in = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends_in(&[".zip", ".rock"]) {
            Some(Format::Zip)
        } else if ends_in(&[".tar.gz", ".tgz"]) {
            Some(Format::TarGz)
        } else {
            ends_in(&[".tar"]).then_some(Format::Tar)
        }
    }
}

/// Reads all files of an archive. Archives in it stay as they are.
///
/// # Errors
///
/// [`ErrorKind::ArchiveUnsafe`], naming the entry and the rule that it breaks.
pub(crate) fn unpack(bytes: &[u8], format: Format, ceilings: &Ceilings) -> Result<Files> {
    if bytes.len() as u64 > ceilings.packed {
        let rule = format!("it has {} bytes: {} are allowed", bytes.len(), ceilings.packed);
        return Err(refused("archive", rule));
    }
    match format {
        Format::Zip => zip::read(bytes, ceilings),
        Format::Tar => tar::read(bytes, ceilings),
        Format::TarGz => {
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
