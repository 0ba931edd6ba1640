//! From bytes that nobody vouches for to a session.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::id::TenantId;
use crate::id::VmId;

use super::{
    Expected, FORMAT, HASH, MAGIC, MAX_HEADER, MAX_POSITION, MAX_WRITER, RecordCeilings, RecordHeader,
    RecordStatus, SessionRecord,
};

impl SessionRecord {
    /// Takes a record for the session that is expected, or says why not.
    ///
    /// # Errors
    ///
    /// In this order: [`ErrorKind::SnapshotDamaged`] for another magic, [`ErrorKind::SnapshotVersion`]
    /// for another format, [`ErrorKind::SnapshotDamaged`] for another length or hash,
    /// [`ErrorKind::SnapshotGuest`] for another guest, [`ErrorKind::SnapshotOwner`] for another session
    /// or tenant, and [`ErrorKind::SnapshotTooLarge`] for a part over its ceiling.
    pub fn decode(bytes: &[u8], expected: &Expected<'_>) -> Result<SessionRecord> {
        let frame = Frame::of(bytes)?;
        frame.check_length(bytes)?;
        check_hash(bytes)?;
        let header = frame.header()?;
        check_owner(&header, expected)?;
        let body = Body::of(frame.rest, &expected.ceilings)?;
        Ok(body.record(header))
    }

    /// Reads the header from the beginning of a record: [`SessionRecord::PEEK`] bytes are enough.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SnapshotDamaged`] and [`ErrorKind::SnapshotVersion`], as [`SessionRecord::decode`].
    /// That the body is whole is not looked at.
    pub fn peek(start: &[u8]) -> Result<RecordHeader> {
        let frame = Frame::of(start)?;
        if Sha256::digest(frame.before).as_slice() != frame.hash {
            return Err(damaged("its header does not match its hash"));
        }
        frame.header()
    }
}

/// The parts of a record around its body.
struct Frame<'a> {
    /// All before the header's hash.
    before: &'a [u8],
    writer: String,
    header: &'a [u8],
    hash: &'a [u8],
    /// Body and last hash, as far as they are here.
    rest: &'a [u8],
    body_length: u64,
}

impl<'a> Frame<'a> {
    fn of(bytes: &'a [u8]) -> Result<Frame<'a>> {
        if !bytes.starts_with(&MAGIC) {
            return Err(damaged("it begins like no session state"));
        }
        let mut reader = Reader { rest: &bytes[MAGIC.len()..] };
        let format = reader.u32()?;
        let writer = reader.writer()?;
        if format != FORMAT {
            return Err(Error::new(
                ErrorKind::SnapshotVersion,
                format!(
                    "session state of format {format}, written by version {writer}: this version, {}, reads \
                     format {FORMAT}; open it with the version that wrote it",
                    super::WRITER
                ),
            ));
        }
        let header_length = reader.u32()? as usize;
        let body_length = reader.u64()?;
        if header_length > MAX_HEADER {
            return Err(damaged("its header is longer than any"));
        }
        let header = reader.take(header_length)?;
        let before = &bytes[..bytes.len() - reader.rest.len()];
        let hash = reader.take(HASH)?;
        Ok(Frame { before, writer, header, hash, rest: reader.rest, body_length })
    }

    fn check_length(&self, bytes: &[u8]) -> Result<()> {
        let rest = self.rest.len() as u64;
        match self.body_length.checked_add(HASH as u64) {
            Some(expected) if expected == rest => Ok(()),
            _ => Err(damaged(&format!("its {} bytes are not as many as it says", bytes.len()))),
        }
    }

    fn header(&self) -> Result<RecordHeader> {
        let mut reader = Reader { rest: self.header };
        let mut guest = [0; 32];
        guest.copy_from_slice(reader.take(32)?);
        let id = VmId::new(reader.short()?).map_err(|_| damaged("its session has no valid name"))?;
        let tenant = match reader.short()? {
            "" => None,
            name => Some(TenantId::new(name).map_err(|_| damaged("its tenant has no valid name"))?),
        };
        let header = RecordHeader {
            writer: self.writer.clone(),
            guest,
            id,
            tenant,
            generation: reader.u64()?,
            created: reader.u64()?,
            last_used: reader.u64()?,
            fuel: reader.u64()?,
            running: Duration::from_nanos(reader.u64()?),
            memory: reader.u64()?,
            status: reader.status()?,
        };
        reader.end()?;
        Ok(header)
    }
}

fn check_hash(bytes: &[u8]) -> Result<()> {
    let (content, hash) = bytes.split_at(bytes.len() - HASH);
    if Sha256::digest(content).as_slice() == hash {
        return Ok(());
    }
    Err(damaged("its content does not match its hash"))
}

fn check_owner(header: &RecordHeader, expected: &Expected<'_>) -> Result<()> {
    if header.guest != *expected.guest {
        return Err(Error::new(
            ErrorKind::SnapshotGuest,
            format!(
                "state of session `{}` belongs to the guest of version {}: a Lua state runs only in the guest \
                 that made it; export it with that version",
                header.id, header.writer
            ),
        ));
    }
    if header.id != *expected.id {
        return Err(Error::new(
            ErrorKind::SnapshotOwner,
            format!("state of session `{}`: expected one of session `{}`", header.id, expected.id),
        ));
    }
    if header.tenant.as_ref() != expected.tenant {
        return Err(Error::new(
            ErrorKind::SnapshotOwner,
            format!(
                "state of session `{}` belongs to {}: expected one of {}",
                header.id,
                owner(header.tenant.as_ref()),
                owner(expected.tenant)
            ),
        ));
    }
    Ok(())
}

fn owner(tenant: Option<&TenantId>) -> String {
    tenant.map_or_else(|| "no tenant".to_string(), |tenant| format!("tenant `{tenant}`"))
}

/// The parts of the body, still where they lie.
struct Body<'a> {
    output_start: u64,
    readers: &'a [u8],
    output: &'a [u8],
    pending: &'a [u8],
    input: &'a [u8],
    snapshot: &'a [u8],
}

impl<'a> Body<'a> {
    fn of(rest: &'a [u8], ceilings: &RecordCeilings) -> Result<Body<'a>> {
        let mut reader = Reader { rest: &rest[..rest.len() - HASH] };
        let output_start = reader.u64()?;
        let count = reader.u64()?;
        ceiling("readers", count, ceilings.readers)?;
        let readers = reader.sized(count.checked_mul(8))?;
        let body = Body {
            output_start,
            readers,
            output: reader.part("bytes of output", ceilings.output)?,
            pending: reader.part("bytes of pending statement", ceilings.input)?,
            input: reader.part("bytes of input", ceilings.input)?,
            snapshot: reader.part("bytes of Lua state", ceilings.snapshot)?,
        };
        reader.end()?;
        body.check_positions()?;
        Ok(body)
    }

    fn positions(&self) -> impl Iterator<Item = u64> {
        self.readers.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes))
    }

    fn check_positions(&self) -> Result<()> {
        let end = self.output_start.saturating_add(self.output.len() as u64);
        if end > MAX_POSITION {
            return Err(damaged("its output is longer than any"));
        }
        if self.positions().all(|position| position <= end) {
            return Ok(());
        }
        Err(damaged("a reader stands beyond the end of the output"))
    }

    fn record(&self, header: RecordHeader) -> SessionRecord {
        SessionRecord {
            header,
            output: self.output.to_vec(),
            output_start: self.output_start,
            readers: self.positions().collect(),
            pending: self.pending.to_vec(),
            input: self.input.to_vec(),
            snapshot: self.snapshot.to_vec(),
        }
    }
}

/// Takes bytes off the front; what is not there is damage.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(|| damaged("it is cut short"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn sized(&mut self, length: Option<u64>) -> Result<&'a [u8]> {
        let length = length.and_then(|length| usize::try_from(length).ok());
        self.take(length.ok_or_else(|| damaged("a part is longer than any"))?)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.take(N)?);
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn short(&mut self) -> Result<&'a str> {
        let [length] = self.array()?;
        std::str::from_utf8(self.take(usize::from(length))?).map_err(|_| damaged("a name is no text"))
    }

    /// The version that wrote it, which is shown before any hash was compared: so no other characters
    /// than those of versions.
    fn writer(&mut self) -> Result<String> {
        let writer = self.short()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".+-".contains(&byte);
        if (1..=MAX_WRITER).contains(&writer.len()) && writer.bytes().all(plain) {
            return Ok(writer.to_string());
        }
        Err(damaged("the version that wrote it is none"))
    }

    fn status(&mut self) -> Result<RecordStatus> {
        let [kind] = self.array()?;
        match (kind, i32::from_le_bytes(self.array()?)) {
            (0, 0) => Ok(RecordStatus::Live),
            (1, status) => Ok(RecordStatus::Ended(status)),
            _ => Err(damaged("its status is unknown")),
        }
    }

    fn part(&mut self, what: &str, allowed: u64) -> Result<&'a [u8]> {
        let length = self.u64()?;
        ceiling(what, length, allowed)?;
        self.sized(Some(length))
    }

    fn end(&self) -> Result<()> {
        if self.rest.is_empty() { Ok(()) } else { Err(damaged("it goes on after its end")) }
    }
}

fn ceiling(what: &str, count: u64, allowed: u64) -> Result<()> {
    if count <= allowed {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::SnapshotTooLarge,
        format!("session state has {count} {what}: {allowed} are allowed; raise the limit to load it"),
    ))
}

fn damaged(what: &str) -> Error {
    Error::new(ErrorKind::SnapshotDamaged, format!("session state is damaged: {what}"))
}
