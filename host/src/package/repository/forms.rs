//! The forms in which a repository may have its manifest.

use std::io::{Cursor, Read};

use zip::{CompressionMethod, ZipArchive};

use crate::error::{Error, ErrorKind, Result};
use crate::package::evaluate::{Evaluator, Text};
use crate::package::manifest::Manifest;

use super::ManifestForm;

/// Bytes of a manifest, unpacked. The public server's has some 4 MiB.
pub(super) const MOST_MANIFEST: u64 = 64 << 20;

/// Bytes of one that is packed.
const MOST_PACKED: u64 = 16 << 20;

/// A file that may be the manifest of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub name: &'static str,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    /// An archive with one file of this name.
    Packed(&'static str),
    Lua,
}

const JSON: Candidate = Candidate { name: "manifest-5.4.json", form: Form::Json };

/// In the order in which LuaRocks asks.
const OF_LUA: [Candidate; 3] = [
    Candidate { name: "manifest-5.4.zip", form: Form::Packed("manifest-5.4") },
    Candidate { name: "manifest-5.4", form: Form::Lua },
    Candidate { name: "manifest", form: Form::Lua },
];

/// The files to ask for, until one is there.
pub(super) fn candidates(form: ManifestForm) -> impl Iterator<Item = Candidate> {
    let json = (form == ManifestForm::Json).then_some(JSON);
    json.into_iter().chain(OF_LUA)
}

impl Candidate {
    /// Bytes that the file may have.
    pub fn most(self) -> u64 {
        if matches!(self.form, Form::Packed(_)) { MOST_PACKED } else { MOST_MANIFEST }
    }

    /// Reads the manifest out of the file's bytes.
    pub fn read(self, bytes: &[u8], evaluator: &Evaluator) -> Result<Manifest> {
        refuse_page(self.name, bytes)?;
        match self.form {
            Form::Json => Manifest::from_json(bytes),
            Form::Lua => from_lua(bytes, evaluator),
            Form::Packed(name) => from_lua(&unpack(bytes, name)?, evaluator),
        }
    }
}

fn from_lua(bytes: &[u8], evaluator: &Evaluator) -> Result<Manifest> {
    Manifest::from_table(&evaluator.evaluate(Text::Manifest, bytes)?)
}

/// A server that does not know a file may send a page that says so, and call that a success.
pub(super) fn refuse_page(name: &str, bytes: &[u8]) -> Result<()> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if text.trim_ascii_start().first() != Some(&b'<') {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::RepositoryUnreachable,
        format!("`{name}` is a web page: expected the address of a repository of LuaRocks"),
    ))
}

/// The one file in an archive, which has this name.
fn unpack(bytes: &[u8], name: &str) -> Result<Vec<u8>> {
    let mut archive = open(bytes, name)?;
    if archive.len() != 1 {
        return Err(refused(name, &format!("the archive has {} files, expected one", archive.len())));
    }
    read(&mut archive, name, MOST_MANIFEST)
}

/// One file of an archive, such as the rockspec in a rock. The rest of it is not looked at: it is when it is
/// installed.
pub(super) fn member(bytes: &[u8], name: &str, most: u64) -> Result<Vec<u8>> {
    read(&mut open(bytes, name)?, name, most)
}

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

fn open<'a>(bytes: &'a [u8], name: &str) -> Result<Archive<'a>> {
    let broken = |error| refused(name, "the archive cannot be read").with_source(error);
    ZipArchive::new(Cursor::new(bytes)).map_err(broken)
}

fn read(archive: &mut Archive<'_>, name: &str, most: u64) -> Result<Vec<u8>> {
    let file = archive.by_name(name).map_err(|error| refused(name, "it is not there").with_source(error))?;
    let known = matches!(file.compression(), CompressionMethod::Stored | CompressionMethod::Deflated);
    if !file.is_file() || !known {
        return Err(refused(name, "expected a file, stored or deflated"));
    }
    let mut unpacked = Vec::new();
    let read = file.take(most + 1).read_to_end(&mut unpacked);
    read.map_err(|error| refused(name, "it cannot be unpacked").with_source(error))?;
    if unpacked.len() as u64 > most {
        return Err(refused(name, &format!("it has more than {most} bytes")));
    }
    Ok(unpacked)
}

fn refused(name: &str, why: &str) -> Error {
    Error::new(ErrorKind::ArchiveUnsafe, format!("`{name}` in an archive: {why}"))
}
