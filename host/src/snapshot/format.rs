//! Snapshots as bytes: a header, the pages that differ from a fresh guest's, and a hash over both.
//!
//! All numbers are little-endian. The magic, the format and the version of the program that wrote it come
//! first, and stay where they are in every format to come.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::fs::DiskUse;
use crate::guest::{Base, Lasting, PAGE, Pages};
use crate::id::TenantId;

/// A file that begins otherwise is no snapshot.
const MAGIC: [u8; 8] = *b"BioxenSn";

/// The format that this version writes, and the only one that it reads.
const FORMAT: u32 = 1;

/// Bytes of the SHA-256 at the end.
const HASH: usize = 32;

/// Wasm counts memory in pages of its own, in bytes.
const WASM_PAGE: u64 = 65_536;

/// Bytes of a page before compression: its number and its content.
const PACKED_PAGE: usize = 4 + PAGE;

/// What stands before the pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// Bytes of linear memory.
    pub memory: u64,
    pub page_count: u32,
    /// The one mutable global of the guest.
    stack_pointer: u32,
    next_handle: u32,
    running: Duration,
    input_read: u64,
    disk_bytes: u64,
    disk_files: u64,
    pub tenant: Option<TenantId>,
}

impl Header {
    pub fn of(base: &Base, pages: &Pages, lasting: &Lasting, tenant: Option<TenantId>) -> Header {
        Header {
            memory: pages.size() as u64,
            page_count: pages.held() as u32, // of 4 GiB at most
            stack_pointer: base.stack_end(),
            next_handle: lasting.next_handle,
            running: lasting.running,
            input_read: lasting.input_read as u64,
            disk_bytes: lasting.disk.bytes(),
            disk_files: lasting.disk.files(),
            tenant,
        }
    }

    pub fn lasting(&self) -> Lasting {
        Lasting {
            running: self.running,
            disk: DiskUse::used(self.disk_bytes, self.disk_files),
            next_handle: self.next_handle,
            input_read: usize::try_from(self.input_read).unwrap_or(usize::MAX),
        }
    }

    /// Refuses one that needs more memory than so many bytes.
    pub fn check_memory(&self, most: u64) -> Result<()> {
        let needs = self.memory;
        if needs <= most {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::SnapshotTooLarge,
            format!(
                "the snapshot needs {needs} bytes of memory, the VM may use {most}; raise its limit `memory`"
            ),
        ))
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.memory.to_le_bytes());
        bytes.extend(self.page_count.to_le_bytes());
        bytes.extend(self.stack_pointer.to_le_bytes());
        bytes.extend(self.next_handle.to_le_bytes());
        bytes.extend(u64::try_from(self.running.as_nanos()).unwrap_or(u64::MAX).to_le_bytes());
        bytes.extend(self.input_read.to_le_bytes());
        bytes.extend(self.disk_bytes.to_le_bytes());
        bytes.extend(self.disk_files.to_le_bytes());
        write_text(bytes, self.tenant.as_ref().map_or("", TenantId::as_str));
    }

    fn read(reader: &mut Reader<'_>) -> Option<Header> {
        Some(Header {
            memory: reader.u64()?,
            page_count: reader.u32()?,
            stack_pointer: reader.u32()?,
            next_handle: reader.u32()?,
            running: Duration::from_nanos(reader.u64()?),
            input_read: reader.u64()?,
            disk_bytes: reader.u64()?,
            disk_files: reader.u64()?,
            tenant: match reader.text()? {
                "" => None,
                name => Some(TenantId::new(name).ok()?),
            },
        })
    }

    /// Whether a guest can have such a memory.
    fn fits(&self, base: &Base) -> bool {
        self.stack_pointer == base.stack_end()
            && self.memory >= base.size() as u64
            && self.memory.is_multiple_of(WASM_PAGE)
            && self.memory <= 1 << 32
            && u64::from(self.page_count) <= self.memory / PAGE as u64
    }
}

/// The bytes of a snapshot whose pages are packed.
pub(crate) fn encode(header: &Header, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() + 256);
    bytes.extend(MAGIC);
    bytes.extend(FORMAT.to_le_bytes());
    write_text(&mut bytes, env!("CARGO_PKG_VERSION"));
    bytes.extend(guest_digest());
    header.write(&mut bytes);
    bytes.extend((body.len() as u64).to_le_bytes());
    bytes.extend(body);
    let hash = Sha256::digest(&bytes);
    bytes.extend(hash);
    bytes
}

/// The header and the packed pages. What can be wrong is looked for in this order: that it is a snapshot
/// at all, its format, its hash, its guest, its numbers.
pub(crate) fn decode<'a>(base: &Base, bytes: &'a [u8]) -> Result<(Header, &'a [u8])> {
    let mut reader = Reader(bytes);
    if reader.take(MAGIC.len()) != Some(&MAGIC[..]) {
        return Err(damaged("it does not begin as one"));
    }
    let (format, version) = reader.u32().zip(reader.text()).ok_or_else(|| damaged("it is cut short"))?;
    if format != FORMAT {
        return Err(Error::new(
            ErrorKind::SnapshotVersion,
            format!(
                "the snapshot is in format {format}, written by version {version:?}: this version reads format {FORMAT}"
            ),
        ));
    }
    let (signed, hash) = bytes.split_at_checked(bytes.len().saturating_sub(HASH)).unwrap_or_default();
    if Sha256::digest(signed)[..] != *hash {
        return Err(damaged("its hash is another one: it was cut short or altered"));
    }
    let mut reader = Reader(&reader.0[..reader.0.len().saturating_sub(HASH)]);
    if reader.take(HASH) != Some(&guest_digest()[..]) {
        return Err(Error::new(
            ErrorKind::SnapshotGuest,
            format!(
                "the snapshot is of another guest, that of version {version:?}: only that one can read it"
            ),
        ));
    }
    let header = Header::read(&mut reader).filter(|header| header.fits(base));
    let header = header.ok_or_else(|| damaged("its header makes no sense"))?;
    match reader.u64() {
        Some(size) if size == reader.0.len() as u64 => Ok((header, reader.0)),
        _ => Err(damaged("its length is not what it says")),
    }
}

/// Pages as their difference from a fresh guest's, which is mostly zeros, compressed.
pub(crate) fn pack(base: &Base, pages: &Pages) -> Vec<u8> {
    let mut plain = Vec::with_capacity(pages.held() * PACKED_PAGE);
    for (number, _) in pages.iter() {
        plain.extend((number as u32).to_le_bytes());
    }
    for (number, page) in pages.iter() {
        plain.extend(page.iter().zip(base.page(number)).map(|(now, fresh)| now ^ fresh));
    }
    lz4_flex::block::compress(&plain)
}

/// The opposite. The size of what comes out is known, and was compared with the limits.
pub(crate) fn unpack(base: &Base, header: &Header, body: &[u8]) -> Result<Pages> {
    let count = header.page_count as usize;
    let mut plain = vec![0; count * PACKED_PAGE];
    let size = lz4_flex::block::decompress_into(body, &mut plain);
    if !matches!(size, Ok(size) if size == plain.len()) {
        return Err(damaged("its pages cannot be unpacked"));
    }
    let (numbers, contents) = plain.split_at(count * 4);
    let mut pages = Pages::fresh(header.memory as usize);
    let mut least = base.stack_end() as usize / PAGE;
    for (number, content) in numbers.as_chunks::<4>().0.iter().zip(contents.as_chunks::<PAGE>().0) {
        let number = u32::from_le_bytes(*number) as usize;
        if number < least || (number + 1) * PAGE > pages.size() {
            return Err(damaged("its pages are out of order"));
        }
        least = number + 1;
        let mut page = *content;
        page.iter_mut().zip(base.page(number)).for_each(|(now, fresh)| *now ^= fresh);
        pages.set(number, &page, base);
    }
    Ok(pages)
}

fn damaged(what: &str) -> Error {
    Error::new(ErrorKind::SnapshotDamaged, format!("this is no snapshot that can be read: {what}"))
}

/// The guest's digest as the bytes that it stands for.
pub(crate) fn guest_digest() -> [u8; HASH] {
    let mut digest = [0; HASH];
    let (pairs, _) = bioxen_lua_guest::DIGEST.as_bytes().as_chunks::<2>();
    for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
        let value = |digit: u8| char::from(digit).to_digit(16).unwrap_or(0) as u8;
        *byte = value(*high) << 4 | value(*low);
    }
    digest
}

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(text.len() as u8); // names and versions are no longer than 128
    bytes.extend(text.as_bytes());
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, size: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }

    fn text(&mut self) -> Option<&'a str> {
        let size = *self.take(1)?.first()?;
        std::str::from_utf8(self.take(size.into())?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: usize = 2 << 16;

    fn base() -> Base {
        let mut memory = vec![0; SIZE];
        memory[PAGE * 4..PAGE * 6].fill(3);
        Base::new(&memory, PAGE as u32 * 2)
    }

    fn example() -> (Base, Pages, Header) {
        let base = base();
        let mut pages = Pages::fresh(SIZE);
        let mut page = [3; PAGE];
        page[9] = 1;
        pages.set(4, &page, &base);
        pages.set(30, &[9; PAGE], &base);
        let lasting =
            Lasting { next_handle: 70_000, running: Duration::from_millis(5), ..Lasting::default() };
        let header = Header::of(&base, &pages, &lasting, TenantId::new("lab").ok());
        (base, pages, header)
    }

    fn encoded() -> (Base, Vec<u8>) {
        let (base, pages, header) = example();
        let bytes = encode(&header, &pack(&base, &pages));
        (base, bytes)
    }

    /// Whatever the bytes say, with a hash that agrees.
    fn forged(change: impl FnOnce(&mut Header, &mut Vec<u8>)) -> Result<Pages> {
        let (base, pages, mut header) = example();
        let mut body = pack(&base, &pages);
        change(&mut header, &mut body);
        let bytes = encode(&header, &body);
        let (header, body) = decode(&base, &bytes)?;
        unpack(&base, &header, body)
    }

    #[track_caller]
    fn refused<T: std::fmt::Debug>(result: Result<T>, kind: ErrorKind) {
        assert_eq!(result.unwrap_err().kind(), kind);
    }

    #[test]
    fn what_was_written_is_read() {
        let (base, pages, header) = example();
        let (base_again, bytes) = encoded();
        let (read, body) = decode(&base_again, &bytes).unwrap();
        assert_eq!(read, header);
        let unpacked = unpack(&base, &read, body).unwrap();
        assert!(unpacked.iter().eq(pages.iter()));
        assert!(bytes.len() < 400, "two pages that say little take {} bytes", bytes.len());
    }

    #[test]
    fn every_truncation_is_refused() {
        let (base, bytes) = encoded();
        for size in 0..bytes.len() {
            refused(decode(&base, &bytes[..size]), ErrorKind::SnapshotDamaged);
        }
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let (base, bytes) = encoded();
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let kind = decode(&base, &bytes).unwrap_err().kind();
            assert!(
                matches!(kind, ErrorKind::SnapshotDamaged | ErrorKind::SnapshotVersion),
                "bit {bit}: {kind:?}"
            );
        }
    }

    #[test]
    fn another_format_and_another_guest_name_who_wrote_them() {
        let (base, mut bytes) = encoded();
        let end = bytes.len() - HASH;
        let digest_at = MAGIC.len() + 4 + 1 + env!("CARGO_PKG_VERSION").len();
        bytes[digest_at] ^= 1;
        let hash = Sha256::digest(&bytes[..end]);
        bytes[end..].copy_from_slice(&hash);
        let error = decode(&base, &bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SnapshotGuest);
        assert!(error.to_string().contains(env!("CARGO_PKG_VERSION")));
        bytes[MAGIC.len()] = 2;
        let error = decode(&base, &bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SnapshotVersion);
        assert!(error.to_string().contains(env!("CARGO_PKG_VERSION")));
    }

    #[test]
    fn forged_headers_are_refused() {
        assert!(forged(|_, _| {}).is_ok());
        refused(forged(|header, _| header.stack_pointer += 16), ErrorKind::SnapshotDamaged);
        refused(forged(|header, _| header.memory = 1 << 40), ErrorKind::SnapshotDamaged);
        refused(forged(|header, _| header.memory = 0), ErrorKind::SnapshotDamaged);
        refused(forged(|header, _| header.memory += 1), ErrorKind::SnapshotDamaged);
        refused(forged(|header, _| header.page_count = u32::MAX), ErrorKind::SnapshotDamaged);
        refused(forged(|header, _| header.page_count = 0), ErrorKind::SnapshotDamaged);
        refused(forged(|header, _| header.page_count = 3), ErrorKind::SnapshotDamaged);
    }

    #[test]
    fn forged_pages_are_refused() {
        let packed = |numbers: [u32; 2]| {
            move |_: &mut Header, body: &mut Vec<u8>| {
                let mut plain: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
                plain.extend([1; 2 * PAGE]);
                *body = lz4_flex::block::compress(&plain);
            }
        };
        assert!(forged(packed([2, 31])).is_ok());
        for numbers in [[31, 2], [2, 2], [1, 2], [2, 32], [2, u32::MAX]] {
            refused(forged(packed(numbers)), ErrorKind::SnapshotDamaged);
        }
        refused(forged(|_, body| body.clear()), ErrorKind::SnapshotDamaged);
        refused(
            forged(|_, body| *body = lz4_flex::block::compress(&vec![0; 1 << 24])),
            ErrorKind::SnapshotDamaged,
        );
    }
}
