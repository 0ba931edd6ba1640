//! Writing an archive: the same files give the same bytes.

use std::io::{self, Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;

use super::path::RelativePath;

/// What all files may: their owner may write, everybody may read.
const MODE: u32 = 0o644;
/// How hard it is compressed: what LuaRocks' own archives have.
const LEVEL: i64 = 6;

/// Packs files, in the order that they come in, all of the beginning of 1980, which is zip's own.
///
/// # Errors
///
/// [`ErrorKind::InvalidConfig`] when they are too many or too large for the format.
pub(crate) fn pack<'a>(files: impl IntoIterator<Item = (&'a RelativePath, &'a [u8])>) -> Result<Vec<u8>> {
    write(files).map_err(|error| {
        Error::new(ErrorKind::InvalidConfig, format!("cannot pack the files: {error}")).with_source(error)
    })
}

fn write<'a>(files: impl IntoIterator<Item = (&'a RelativePath, &'a [u8])>) -> io::Result<Vec<u8>> {
    let options = SimpleFileOptions::default()
        .last_modified_time(DateTime::default())
        .unix_permissions(MODE)
        .system(System::Unix);
    let stored = options.compression_method(CompressionMethod::Stored);
    let deflated = options.compression_method(CompressionMethod::Deflated).compression_level(Some(LEVEL));
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        // What is empty would grow.
        let options = if content.is_empty() { stored } else { deflated };
        archive.start_file(path.as_str(), options)?;
        archive.write_all(content)?;
    }
    Ok(archive.finish()?.into_inner())
}
