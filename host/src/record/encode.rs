//! From a session to bytes.

use sha2::{Digest, Sha256};

use crate::id::TenantId;

use super::{FORMAT, HASH, MAGIC, RecordHeader, RecordStatus, SessionRecord, WRITER};

impl SessionRecord {
    /// The record as bytes.
    pub fn encode(&self) -> Vec<u8> {
        let header = encode_header(&self.header);
        let body = self.body_length();
        let mut bytes =
            Vec::with_capacity(MAGIC.len() + 5 + WRITER.len() + 12 + header.len() + body + 2 * HASH);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        put_short(&mut bytes, WRITER);
        bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&(body as u64).to_le_bytes());
        bytes.extend_from_slice(&header);
        // One pass over the bytes serves both hashes.
        let mut hasher = Sha256::new_with_prefix(&bytes);
        let header_hash = hasher.clone().finalize();
        bytes.extend_from_slice(&header_hash);
        let hashed = bytes.len() - HASH;
        self.put_body(&mut bytes);
        hasher.update(&bytes[hashed..]);
        bytes.extend_from_slice(&hasher.finalize());
        bytes
    }

    /// Positions and lengths are 8 bytes each.
    fn body_length(&self) -> usize {
        let parts: usize = self.parts().iter().map(|part| 8 + part.len()).sum();
        8 + 8 + 8 * self.readers.len() + parts
    }

    fn put_body(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(&self.output_start.to_le_bytes());
        bytes.extend_from_slice(&(self.readers.len() as u64).to_le_bytes());
        for position in &self.readers {
            bytes.extend_from_slice(&position.to_le_bytes());
        }
        for part in self.parts() {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        }
    }

    fn parts(&self) -> [&[u8]; 4] {
        [&self.output, &self.pending, &self.input, &self.snapshot]
    }
}

fn encode_header(header: &RecordHeader) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend_from_slice(&header.guest);
    put_short(&mut bytes, header.id.as_str());
    put_short(&mut bytes, header.tenant.as_ref().map_or("", TenantId::as_str));
    let running = u64::try_from(header.running.as_nanos()).unwrap_or(u64::MAX);
    for number in [header.generation, header.created, header.last_used, header.fuel, running, header.memory] {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    match header.status {
        RecordStatus::Live => bytes.extend_from_slice(&[0; 5]),
        RecordStatus::Ended(status) => {
            bytes.push(1);
            bytes.extend_from_slice(&status.to_le_bytes());
        }
    }
    bytes
}

/// A text of at most 255 bytes: names and versions are shorter by their own rules.
fn put_short(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(text.len() as u8);
    bytes.extend_from_slice(text.as_bytes());
}
