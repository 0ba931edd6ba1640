//! Tar, read strictly: ustar with the extensions of GNU and POSIX that give a longer name. Everything else
//! that gives an entry another meaning is refused, never skipped: whoever skips it sees other files.

use tar::{EntryType, Header};

use crate::error::Error;
use crate::error::Result;

use super::files::Files;
use super::path::RelativePath;
use super::{Ceilings, pax, refused};

/// Bytes of a header, and what contents are filled up to.
pub(super) const BLOCK: usize = 512;
/// Longest record that gives a name, in bytes: a path has at most 255, and times and owners come with it.
const LONGEST_EXTENSION: u64 = 64 * 1024;

/// Reads an archive that is wholly in memory.
pub(super) fn read(bytes: &[u8], ceilings: &Ceilings) -> Result<Files> {
    let mut reader = Reader { rest: bytes, files: Files::new(ceilings.clone()), name: Name::Own };
    while reader.step()? == Step::More {}
    Ok(reader.files)
}

/// Whether an archive goes on.
#[derive(PartialEq, Eq)]
enum Step {
    More,
    End,
}

/// Where the next entry gets its name from.
enum Name {
    /// From its own header.
    Own,
    /// From a record of GNU's before it, which its header begins to repeat.
    Gnu(Vec<u8>),
    /// From POSIX's extended header before it, if a name was in it.
    Pax(Option<Vec<u8>>),
}

struct Reader<'a> {
    rest: &'a [u8],
    files: Files,
    name: Name,
}

impl<'a> Reader<'a> {
    fn step(&mut self) -> Result<Step> {
        let block = self.block()?;
        if block.iter().all(|byte| *byte == 0) {
            return self.end();
        }
        let header = Header::from_byte_slice(block);
        let shown = String::from_utf8_lossy(&header.path_bytes()).into_owned();
        if !sum_is_right(header) {
            return Err(refused(&shown, "the sum of its header is wrong"));
        }
        let size = octal(&header.as_old().size).ok_or_else(|| refused(&shown, "its size is no number"))?;
        match header.entry_type() {
            EntryType::Regular => self.file(header, &shown, size),
            EntryType::Directory => self.folder(header, &shown, size),
            EntryType::GNULongName => self.gnu_name(&shown, size),
            EntryType::XHeader => self.extended(&shown, size),
            EntryType::XGlobalHeader => self.global(&shown, size),
            other => Err(refused(&shown, unusual(other))),
        }?;
        Ok(Step::More)
    }

    /// Two empty blocks end an archive; it is filled up with more.
    fn end(&mut self) -> Result<Step> {
        if self.block()?.iter().chain(self.rest).any(|byte| *byte != 0) {
            return Err(refused("tar", "something follows its end"));
        }
        if !self.rest.len().is_multiple_of(BLOCK) {
            return Err(cut_off());
        }
        match self.name {
            Name::Own => Ok(Step::End),
            _ => Err(refused("tar", "it ends where an entry was announced")),
        }
    }

    fn file(&mut self, header: &Header, shown: &str, size: u64) -> Result<()> {
        let path = self.path(header)?;
        self.files.check_size(shown, size)?;
        let content = self.content(size)?.to_vec();
        self.files.add_file(path, content)
    }

    fn folder(&mut self, header: &Header, shown: &str, size: u64) -> Result<()> {
        if size != 0 {
            return Err(refused(shown, "it is a folder and has content"));
        }
        let path = self.path(header)?;
        self.files.add_folder(&path)
    }

    /// The path of the entry whose header this is.
    fn path(&mut self, header: &Header) -> Result<RelativePath> {
        let own = header.path_bytes();
        let name = match std::mem::replace(&mut self.name, Name::Own) {
            Name::Own | Name::Pax(None) => own.into_owned(),
            Name::Pax(Some(name)) => name,
            Name::Gnu(name) if name.starts_with(&own) => name,
            Name::Gnu(name) => {
                let rule = "the long name before it is that of another entry";
                return Err(refused(&String::from_utf8_lossy(&name), rule));
            }
        };
        let is_folder = header.entry_type() == EntryType::Directory;
        let name = name.strip_suffix(b"/").filter(|_| is_folder).unwrap_or(&name);
        RelativePath::from_bytes(name)
    }

    fn gnu_name(&mut self, shown: &str, size: u64) -> Result<()> {
        let record = self.record(shown, size)?;
        let name = record.strip_suffix(b"\0").unwrap_or(record);
        self.name = Name::Gnu(name.to_vec());
        Ok(())
    }

    fn extended(&mut self, shown: &str, size: u64) -> Result<()> {
        let record = self.record(shown, size)?;
        self.name = Name::Pax(pax::path(record).map_err(|rule| refused(shown, rule))?);
        Ok(())
    }

    /// Git puts a comment before all entries; anything else there would change every one of them.
    fn global(&mut self, shown: &str, size: u64) -> Result<()> {
        let record = self.record(shown, size)?;
        pax::only_comment(record).map_err(|rule| refused(shown, rule))
    }

    /// The content of an entry that tells of the next one.
    fn record(&mut self, shown: &str, size: u64) -> Result<&'a [u8]> {
        if !matches!(self.name, Name::Own) {
            return Err(refused(shown, "it stands where an entry was announced"));
        }
        if size > LONGEST_EXTENSION {
            let rule = format!("it has {size} bytes: {LONGEST_EXTENSION} are allowed before an entry");
            return Err(refused(shown, rule));
        }
        self.content(size)
    }

    fn content(&mut self, size: u64) -> Result<&'a [u8]> {
        let size = usize::try_from(size).map_err(|_| cut_off())?;
        let filled = size.checked_next_multiple_of(BLOCK).ok_or_else(cut_off)?;
        Ok(&self.take(filled)?[..size])
    }

    fn block(&mut self) -> Result<&'a [u8]> {
        self.take(BLOCK)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(cut_off)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn cut_off() -> Error {
    refused("tar", "it is cut off")
}

fn unusual(kind: EntryType) -> String {
    match kind {
        EntryType::Link | EntryType::Symlink | EntryType::GNULongLink => "it is a link".to_string(),
        other => format!("it is neither file nor folder (type {:?})", char::from(other.as_byte())),
    }
}

/// The sum of the bytes of a header, its own field counting as spaces.
fn sum_is_right(header: &Header) -> bool {
    let field = &header.as_old().cksum;
    let sum = |bytes: &[u8]| bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    let expected = sum(header.as_bytes()) - sum(field) + field.len() as u64 * u64::from(b' ');
    octal(field) == Some(expected)
}

/// A number in octal digits, with spaces before and spaces or zero bytes after them. GNU's form for files
/// of 8 GiB and more is none.
fn octal(field: &[u8]) -> Option<u64> {
    let start = field.iter().position(|byte| *byte != b' ')?;
    let end = field.iter().rposition(|byte| ![0, b' '].contains(byte))? + 1;
    field.get(start..end)?.iter().try_fold(0u64, |number, digit| match digit {
        b'0'..=b'7' => number.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}
