use std::collections::HashSet;

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;
use crate::error::ErrorKind;

const GUEST: [u8; 32] = [7; 32];
const CEILINGS: RecordCeilings = RecordCeilings { output: 100, input: 50, readers: 4, snapshot: 5000 };

fn id(name: &str) -> VmId {
    VmId::new(name).expect("a valid name")
}

fn tenant(name: &str) -> TenantId {
    TenantId::new(name).expect("a valid name")
}

fn record() -> SessionRecord {
    SessionRecord {
        header: RecordHeader {
            writer: RecordHeader::own_writer(),
            guest: GUEST,
            id: id("assembly:7"),
            tenant: Some(tenant("lab")),
            generation: 12,
            created: 1_700_000_000_000,
            last_used: 1_700_000_001_000,
            fuel: 12345,
            running: Duration::from_micros(77),
            memory: 1 << 20,
            status: RecordStatus::Live,
        },
        output: b"GATTACA\n".to_vec(),
        output_start: 1000,
        readers: vec![900, 1000, 1008],
        pending: b"for i = 1, 3 do\n".to_vec(),
        input: b"print(i)\nend\n".to_vec(),
        snapshot: (0..4000u32).map(|at| (at * 31) as u8).collect(),
    }
}

fn decode(bytes: &[u8]) -> Result<SessionRecord, ErrorKind> {
    let (id, tenant) = (id("assembly:7"), tenant("lab"));
    let expected = Expected { guest: &GUEST, id: &id, tenant: Some(&tenant), ceilings: CEILINGS };
    SessionRecord::decode(bytes, &expected).map_err(|error| error.kind())
}

/// Where the bytes of the body begin, and where they end.
fn body(bytes: &[u8]) -> (usize, usize) {
    let at = 8 + 4 + 1 + WRITER.len();
    let header = u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes")) as usize;
    (at + 12 + header + HASH, bytes.len() - HASH)
}

/// What a forger would do: the hashes are right for what the bytes say.
fn rehash(bytes: &mut [u8]) {
    let (start, end) = body(bytes);
    let header = Sha256::digest(&bytes[..start - HASH]);
    bytes[start - HASH..start].copy_from_slice(&header);
    let whole = Sha256::digest(&bytes[..end]);
    bytes[end..].copy_from_slice(&whole);
}

#[test]
fn what_was_encoded_is_decoded() {
    let record = record();
    let bytes = record.encode();
    assert_eq!(decode(&bytes).as_ref(), Ok(&record));
    assert_eq!(bytes.capacity(), bytes.len(), "the length was known");
    let start = &bytes[..bytes.len().min(SessionRecord::PEEK as usize)];
    assert_eq!(SessionRecord::peek(start).expect("a header"), record.header);
}

#[test]
fn a_session_that_ended_keeps_its_status() {
    let mut record = record();
    record.header.status = RecordStatus::Ended(-3);
    assert_eq!(decode(&record.encode()), Ok(record));
}

#[test]
fn the_longest_header_fits_in_what_is_peeked_at() {
    let mut record = record();
    record.header.id = id(&"a".repeat(128));
    record.header.tenant = Some(tenant(&"t".repeat(128)));
    record.header.status = RecordStatus::Ended(i32::MIN);
    let bytes = record.encode();
    let (start, _) = body(&bytes);
    assert!(start as u64 <= SessionRecord::PEEK);
    assert_eq!(SessionRecord::peek(&bytes[..start]).expect("a header"), record.header);
    assert!(SessionRecord::peek(&bytes[..start - 1]).is_err());
}

#[test]
fn a_record_cut_at_any_length_is_damaged() {
    let bytes = record().encode();
    for length in 0..bytes.len() {
        assert_eq!(decode(&bytes[..length]), Err(ErrorKind::SnapshotDamaged), "{length} bytes");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(decode(&longer), Err(ErrorKind::SnapshotDamaged));
}

#[test]
fn a_bit_flipped_in_the_header_is_found() {
    let bytes = record().encode();
    let (start, _) = body(&bytes);
    let mut kinds = HashSet::new();
    for bit in 0..start * 8 {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        kinds.insert(decode(&bytes).expect_err("a flipped bit is found"));
        SessionRecord::peek(&bytes).expect_err("a flipped bit is found in the header alone");
    }
    assert_eq!(kinds, HashSet::from([ErrorKind::SnapshotDamaged, ErrorKind::SnapshotVersion]));
}

#[test]
fn another_format_is_refused_with_the_version_that_wrote_it() {
    let mut bytes = record().encode();
    bytes[8] = 2;
    let error = SessionRecord::peek(&bytes).expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::SnapshotVersion);
    assert!(error.to_string().contains(&format!("format 2, written by version {WRITER}")), "{error}");
}

#[test]
fn a_foreign_guest_comes_before_a_foreign_owner() {
    let mut record = record();
    record.header.id = id("other");
    assert_eq!(decode(&record.encode()), Err(ErrorKind::SnapshotOwner));
    record.header.guest[0] = 8;
    assert_eq!(decode(&record.encode()), Err(ErrorKind::SnapshotGuest));
}

#[test]
fn the_state_of_another_tenant_is_refused() {
    for other in [None, Some(tenant("lab-2"))] {
        let mut record = record();
        record.header.tenant = other;
        assert_eq!(decode(&record.encode()), Err(ErrorKind::SnapshotOwner));
    }
}

#[track_caller]
fn check_ceiling(part: fn(&mut SessionRecord, usize), allowed: u64) {
    let mut record = record();
    record.output_start = u64::from(u32::MAX);
    part(&mut record, allowed as usize);
    assert!(decode(&record.encode()).is_ok());
    part(&mut record, allowed as usize + 1);
    assert_eq!(decode(&record.encode()), Err(ErrorKind::SnapshotTooLarge));
}

#[test]
fn each_part_has_a_ceiling() {
    check_ceiling(|record, length| record.output = vec![b'x'; length], CEILINGS.output);
    check_ceiling(|record, length| record.pending = vec![b'x'; length], CEILINGS.input);
    check_ceiling(|record, length| record.input = vec![b'x'; length], CEILINGS.input);
    check_ceiling(|record, length| record.readers = vec![0; length], CEILINGS.readers);
    check_ceiling(|record, length| record.snapshot = vec![b'x'; length], CEILINGS.snapshot);
}

#[test]
fn a_forged_length_is_refused_before_anything_is_allocated() {
    let good = record().encode();
    let (start, _) = body(&good);
    for length in [5, 1 << 40, u64::MAX / 8 + 2, u64::MAX] {
        let mut bytes = good.clone();
        bytes[start + 8..start + 16].copy_from_slice(&length.to_le_bytes());
        rehash(&mut bytes);
        assert_eq!(decode(&bytes), Err(ErrorKind::SnapshotTooLarge), "{length} readers");
    }
}

#[test]
fn a_reader_beyond_the_output_is_damage() {
    let mut record = record();
    record.readers[0] = 1009;
    assert_eq!(decode(&record.encode()), Err(ErrorKind::SnapshotDamaged));
    record.output_start = u64::MAX;
    assert_eq!(decode(&record.encode()), Err(ErrorKind::SnapshotDamaged));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_bit_flipped_anywhere_is_found(at in 0usize..1_000_000) {
        let mut bytes = record().encode();
        let bit = at % (bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(decode(&bytes).is_err());
    }

    #[test]
    fn no_bytes_make_it_panic(tail in proptest::collection::vec(any::<u8>(), 0..600), keep in 0usize..600) {
        let start = record().encode();
        let bytes = [&start[..keep.min(start.len())], &tail].concat();
        prop_assert!(decode(&bytes).is_err());
        let _ = SessionRecord::peek(&bytes);
        prop_assert!(decode(&tail).is_err());
    }

    #[test]
    fn no_forged_bytes_make_it_panic(
        edits in proptest::collection::vec((0usize..200, any::<u8>()), 1..8),
    ) {
        let mut bytes = record().encode();
        let (start, _) = body(&bytes);
        for (at, byte) in edits {
            // Header and beginning of the body; lengths of the frame are for the test above.
            let at = start - HASH - 100 + at;
            if !(start - HASH..start).contains(&at) {
                bytes[at] = byte;
            }
        }
        rehash(&mut bytes);
        let _ = decode(&bytes);
    }
}
