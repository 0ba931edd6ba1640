//! Snapshots that somebody has tampered with who knows the format: the hash is right, the rest is not.

use sha2::{Digest, Sha256};

const PAGE: usize = 4096;
const HASH: usize = 32;

/// Where things stand in the format.
struct Places {
    page_count: usize,
    body_size: usize,
}

fn places(bytes: &[u8]) -> Places {
    let version = 12; // behind magic and format
    let memory = version + 1 + usize::from(bytes[version]) + 32; // behind the guest's digest
    let tenant = memory + 8 + 3 * 4 + 4 * 8;
    Places { page_count: memory + 8, body_size: tenant + 1 + usize::from(bytes[tenant]) }
}

/// The same snapshot with its unpacked pages changed.
pub fn with_pages(bytes: &[u8], change: impl FnOnce(&mut [u8])) -> Vec<u8> {
    let Places { page_count, body_size } = places(bytes);
    let count = u32::from_le_bytes(bytes[page_count..][..4].try_into().expect("four bytes")) as usize;
    let body = &bytes[body_size + 8..bytes.len() - HASH];
    let mut plain = lz4_flex::block::decompress(body, count * (4 + PAGE)).expect("the body unpacks");
    change(&mut plain[count * 4..]);
    let body = lz4_flex::block::compress(&plain);
    let mut forged = bytes[..body_size].to_vec();
    forged.extend((body.len() as u64).to_le_bytes());
    forged.extend(body);
    let hash = Sha256::digest(&forged);
    forged.extend(hash);
    forged
}
