//! Zip, read strictly: the list at its end and the entries themselves must tell the same story and fill the
//! file without gap or overlap, so that no two programs can see different files in it.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use crate::error::Error;
use crate::error::Result;

use super::bytes::Bytes;
use super::files::Files;
use super::path::RelativePath;
use super::{Ceilings, refused};

// Signatures and numbers of PKWARE's APPNOTE.TXT 6.3.10.
const END_OF_LIST: &[u8] = b"PK\x05\x06";
const LISTED: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// Bytes of the record at the end, without its comment.
const END_LENGTH: usize = 22;
/// Longest comment.
const LONGEST_COMMENT: usize = 0xffff;

/// Flag: sizes follow the content.
const DESCRIBED: u16 = 1 << 3;
/// Flags that may be set: how hard it was compressed, [`DESCRIBED`], and that names are UTF-8.
const KNOWN_FLAGS: u16 = 0b110 | DESCRIBED | 1 << 11;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// Extra fields that change what other fields mean: 64-bit sizes, another name, another encryption.
const MEANINGFUL_EXTRAS: [u16; 3] = [0x0001, 0x7075, 0x9901];

/// MS-DOS's mark of a folder.
const DOS_FOLDER: u32 = 0x10;
// Unix's types of files.
const TYPE: u32 = 0o170_000;
const FILE: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

/// Reads an archive that is wholly in memory.
pub(super) fn read(bytes: &[u8], ceilings: &Ceilings) -> Result<Files> {
    let list = List::find(bytes)?;
    if list.count > ceilings.entries {
        let rule = format!("it has {} entries: {} are allowed", list.count, ceilings.entries);
        return Err(refused("zip", rule));
    }
    let entries = list.entries()?;
    let ends = ends(&entries, list.start)?;
    let mut files = Files::new(ceilings.clone());
    for (entry, end) in entries.iter().zip(ends) {
        entry.unpack(bytes.get(..end).unwrap_or_default(), &mut files)?;
    }
    Ok(files)
}

/// The list of entries at the end of the file.
struct List<'a> {
    start: usize,
    count: usize,
    records: &'a [u8],
}

impl<'a> List<'a> {
    fn find(bytes: &'a [u8]) -> Result<List<'a>> {
        let mut found = ends_of_list(bytes);
        let (Some(at), None) = (found.next(), found.next()) else {
            return Err(refused("zip", "it has no end that is clear, or bytes after it"));
        };
        List::read(bytes, at).ok_or_else(|| refused("zip", "its list of entries does not fit the file"))
    }

    fn read(bytes: &'a [u8], at: usize) -> Option<List<'a>> {
        let mut record = Bytes(bytes.get(at + 4..)?);
        let disks = (record.u16()?, record.u16()?);
        let counts = (record.u16()?, record.u16()?);
        let (length, start) = (record.u32()? as usize, record.u32()? as usize);
        let whole = disks == (0, 0) && counts.0 == counts.1 && start.checked_add(length)? == at;
        whole.then(|| List { start, count: counts.0.into(), records: &bytes[start..at] })
    }

    fn entries(&self) -> Result<Vec<Listed<'a>>> {
        let mut records = Bytes(self.records);
        let mut entries = Vec::new();
        for _ in 0..self.count {
            entries.push(Listed::read(&mut records).ok_or_else(|| refused("zip", "its list is cut off"))?);
        }
        if !records.0.is_empty() {
            return Err(refused("zip", "its list has more entries than it says"));
        }
        Ok(entries)
    }
}

/// Where the record at the end may begin: its comment reaches to the last byte.
fn ends_of_list(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let last = bytes.len().checked_sub(END_LENGTH);
    let first = bytes.len().saturating_sub(END_LENGTH + LONGEST_COMMENT);
    last.into_iter().flat_map(move |last| first..=last).filter(|at| {
        let length = bytes.len() - at - END_LENGTH;
        let comment = u16::from_le_bytes([bytes[at + 20], bytes[at + 21]]);
        bytes[*at..].starts_with(END_OF_LIST) && usize::from(comment) == length
    })
}

/// Where each entry ends: where the next one begins, the last one where the list does.
fn ends(entries: &[Listed], list: usize) -> Result<Vec<usize>> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|at| entries[*at].start);
    let mut starts = order.iter().map(|at| entries[*at].start).chain([list]);
    if starts.next() != Some(0) {
        return Err(refused("zip", "bytes stand before its first entry"));
    }
    let mut ends = vec![0; entries.len()];
    for (at, end) in order.iter().zip(starts) {
        ends[*at] = end;
    }
    Ok(ends)
}

/// What is said twice about an entry, and must be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told<'a> {
    name: &'a [u8],
    flags: u16,
    method: u16,
    sizes: Sizes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sizes {
    sum: u32,
    packed: u32,
    unpacked: u32,
}

/// What stands in their place when they follow the content.
const LATER: Sizes = Sizes { sum: 0, packed: 0, unpacked: 0 };

impl Sizes {
    fn read(record: &mut Bytes) -> Option<Sizes> {
        Some(Sizes { sum: record.u32()?, packed: record.u32()?, unpacked: record.u32()? })
    }
}

/// An entry as the list tells of it.
struct Listed<'a> {
    told: Told<'a>,
    start: usize,
    extra: &'a [u8],
    attributes: u32,
}

impl<'a> Listed<'a> {
    fn read(record: &mut Bytes<'a>) -> Option<Listed<'a>> {
        if record.take(4)? != LISTED {
            return None;
        }
        record.take(4)?; // versions of the format
        let (flags, method) = (record.u16()?, record.u16()?);
        record.take(4)?; // when it was changed
        let sizes = Sizes::read(record)?;
        let (name, extra, comment) = (record.u16()?, record.u16()?, record.u16()?);
        let disk = record.u16()?;
        record.take(2)?; // whether it is thought to be text
        let (attributes, start) = (record.u32()?, record.u32()? as usize);
        let (name, extra) = (record.take(name.into())?, record.take(extra.into())?);
        record.take(comment.into())?;
        let told = Told { name, flags, method, sizes };
        (disk == 0).then_some(Listed { told, start, extra, attributes })
    }

    /// Adds the entry; it stands at the end of these bytes.
    fn unpack(&self, bytes: &[u8], files: &mut Files) -> Result<()> {
        let Told { name, sizes, .. } = self.told;
        let shown = String::from_utf8_lossy(name);
        let is_folder = name.ends_with(b"/");
        let path = RelativePath::from_bytes(name.strip_suffix(b"/").unwrap_or(name))?;
        self.check(is_folder).map_err(|rule| refused(&shown, rule))?;
        files.check_size(&shown, sizes.unpacked.into())?;
        let packed = self.packed(bytes).map_err(|rule| refused(&shown, rule))?;
        let content = self.content(packed).ok_or_else(|| damaged(&shown))?;
        match (is_folder, content.is_empty()) {
            (true, true) => files.add_folder(&path),
            (true, false) => Err(refused(&shown, "it is a folder and has content")),
            (false, _) => files.add_file(path, content),
        }
    }

    fn check(&self, is_folder: bool) -> Result<(), String> {
        let Told { flags, method, .. } = self.told;
        if flags & !KNOWN_FLAGS != 0 {
            return Err(format!("it is encrypted, or otherwise unusual (flags {flags:#x})"));
        }
        if ![STORED, DEFLATED].contains(&method) {
            return Err(format!("it is compressed by method {method}: expected 0 or 8"));
        }
        if !extras_are_plain(self.extra) {
            return Err("its extra fields are damaged or change its meaning".into());
        }
        let kind = (self.attributes >> 16) & TYPE;
        let expected = if is_folder { FOLDER } else { FILE };
        if kind != 0 && kind != expected {
            return Err("it is a link, a device, or not what its name says".into());
        }
        if !is_folder && self.attributes & DOS_FOLDER != 0 {
            return Err("it is marked as a folder, and its name is that of a file".into());
        }
        Ok(())
    }

    /// The packed content, once what stands before and after it was found to agree with the list.
    fn packed<'b>(&self, bytes: &'b [u8]) -> Result<&'b [u8], &'static str> {
        let entry = bytes.get(self.start..).ok_or("it lies outside the file")?;
        let (told, extra, mut rest) = local(entry).ok_or("it is cut off, or overlaps another entry")?;
        if !extras_are_plain(extra) {
            return Err("its extra fields are damaged or change its meaning");
        }
        let described = self.told.flags & DESCRIBED != 0;
        let later = Told { sizes: LATER, ..self.told };
        if told != self.told && !(described && told == later) {
            return Err("its header and the list disagree");
        }
        let length = self.told.sizes.packed as usize;
        let packed = rest.take(length).ok_or("it is cut off, or overlaps another entry")?;
        let ends = if described { self.is_described_by(rest.0) } else { rest.0.is_empty() };
        if ends { Ok(packed) } else { Err("other bytes follow it than should") }
    }

    /// Whether bytes are the sizes of this entry.
    fn is_described_by(&self, bytes: &[u8]) -> bool {
        // The signature is optional; a sum that looks like it is told apart by the length.
        let bytes =
            if bytes.len() == 16 { bytes.strip_prefix(DESCRIPTOR).unwrap_or_default() } else { bytes };
        bytes.len() == 12 && Sizes::read(&mut Bytes(bytes)) == Some(self.told.sizes)
    }

    fn content(&self, packed: &[u8]) -> Option<Vec<u8>> {
        let Sizes { sum, unpacked, .. } = self.told.sizes;
        let content = match self.told.method {
            STORED => packed.to_vec(),
            _ => inflate(packed, unpacked as usize)?,
        };
        let mut crc = Crc::new();
        crc.update(&content);
        (content.len() == unpacked as usize && crc.sum() == sum).then_some(content)
    }
}

fn damaged(name: &str) -> Error {
    refused(name, "its content is damaged, or has another size than it says")
}

/// What stands before the content of an entry: what is told there, extra fields, and what follows.
fn local(entry: &[u8]) -> Option<(Told<'_>, &[u8], Bytes<'_>)> {
    let mut record = Bytes(entry);
    if record.take(4)? != LOCAL {
        return None;
    }
    record.take(2)?; // version of the format
    let (flags, method) = (record.u16()?, record.u16()?);
    record.take(4)?; // when it was changed
    let sizes = Sizes::read(&mut record)?;
    let (name, extra) = (record.u16()?, record.u16()?);
    let (name, extra) = (record.take(name.into())?, record.take(extra.into())?);
    Some((Told { name, flags, method, sizes }, extra, record))
}

/// Whether extra fields are whole, and only tell of times and owners, which do not matter here.
fn extras_are_plain(extra: &[u8]) -> bool {
    let mut rest = Bytes(extra);
    while !rest.0.is_empty() {
        let (Some(kind), Some(length)) = (rest.u16(), rest.u16()) else { return false };
        if MEANINGFUL_EXTRAS.contains(&kind) || rest.take(length.into()).is_none() {
            return false;
        }
    }
    true
}

/// Unpacks exactly these bytes to exactly so many.
fn inflate(packed: &[u8], size: usize) -> Option<Vec<u8>> {
    // One byte more than it says, so that saying too little is seen. The caller has checked the size.
    let mut content = Vec::with_capacity(size + 1);
    let mut inflater = Decompress::new(false);
    let status = inflater.decompress_vec(packed, &mut content, FlushDecompress::Finish);
    let whole = inflater.total_in() == packed.len() as u64 && content.len() == size;
    (matches!(status, Ok(Status::StreamEnd)) && whole).then_some(content)
}
