//! What lies on disk: snapshots and session states. Somebody may have written them who knows the format: hashes are put
//! right here, so that what is behind them is reached.

use std::sync::OnceLock;

use bioxen_lua::testing::{
    Expected, RecordCeilings, RecordHeader, RecordStatus, SessionRecord, snapshot_again, snapshot_of,
};
use bioxen_lua::{ErrorKind, TenantId, VmId};
use sha2::{Digest, Sha256};

const PAGE: usize = 4096;
const HASH: usize = 32;

/// A fresh guest's memory, the end of its stack, and what its VM may have.
const SIZE: usize = 1 << 16;
const STACK_END: u32 = 2 * PAGE as u32;
const MOST: u64 = 2 * SIZE as u64;

/// Pages that an input may have put right for it: more say nothing new, and take time.
const MOST_PAGES: usize = 6;

pub fn fresh() -> &'static [u8] {
    static FRESH: OnceLock<Vec<u8>> = OnceLock::new();
    FRESH.get_or_init(|| {
        let mut memory = vec![0; SIZE];
        memory[4 * PAGE..6 * PAGE].fill(3);
        memory
    })
}

/// Of the fresh guest, with two pages that differ.
pub fn snapshot_seed() -> Vec<u8> {
    let mut page = [3; PAGE];
    page[9] = 1;
    snapshot_of(fresh(), STACK_END, &[(4, page), (11, [9; PAGE])])
}

/// Magic, format, version and guest, as every snapshot of this guest has them.
fn snapshot_start() -> &'static [u8] {
    static START: OnceLock<Vec<u8>> = OnceLock::new();
    START.get_or_init(|| {
        let mut bytes = snapshot_seed();
        bytes.truncate(13 + usize::from(bytes[12]) + HASH);
        bytes
    })
}

fn hashed(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = parts.concat();
    let hash = Sha256::digest(&bytes);
    bytes.extend(hash);
    bytes
}

/// A snapshot: the first byte says how much of it is put right.
pub fn snapshot(input: &[u8]) {
    check_snapshot(input);
}

/// Whether an input of a target is one that can be read.
pub fn read(target: &str, input: &[u8]) -> bool {
    if target == "record" { check_state(input) } else { check_snapshot(input) }
}

fn check_snapshot(input: &[u8]) -> bool {
    let Some((kind, rest)) = input.split_first() else { return false };
    let bytes = match kind % 3 {
        0 => rest.to_vec(),
        1 => hashed(&[snapshot_start(), rest]),
        _ => with_pages(rest),
    };
    let read = snapshot_again(fresh(), STACK_END, &bytes, MOST);
    let is_read = read.is_ok();
    match read {
        Ok((memory, again)) => {
            assert!(memory.len() >= SIZE && memory.len() as u64 <= MOST && memory.len() % SIZE == 0);
            assert_eq!(memory[..STACK_END as usize], fresh()[..STACK_END as usize], "the stack is nobody's");
            let read = snapshot_again(fresh(), STACK_END, &again, MOST).expect("what was written is read");
            assert!(read == (memory, again), "what was read is written");
        }
        Err(error) => assert!(is_of_copies(error.kind()), "{error}"),
    }
    is_read
}

/// A snapshot of pages with numbers and contents from the input, packed as they should be.
fn with_pages(input: &[u8]) -> Vec<u8> {
    let [memory, count, flaw, rest @ ..] = input else { return Vec::new() };
    let count = usize::from(*count) % (MOST_PAGES + 1);
    let (numbers, contents) = rest.split_at(rest.len().min(count));
    let mut plain: Vec<u8> =
        numbers.iter().flat_map(|number| u32::from(*number % 40).to_le_bytes()).collect();
    plain.resize(count * 4, 0);
    let mut content = contents.iter().copied().cycle();
    plain.extend((0..count * PAGE).map(|at| if at % 64 == 0 { content.next().unwrap_or(0) } else { 0 }));
    let body = lz4_flex::block::compress(&plain);
    let mut header = Vec::new();
    header.extend((u64::from(memory % 4) * SIZE as u64).to_le_bytes());
    header.extend((count as u32 + u32::from(flaw % 8 == 7)).to_le_bytes());
    header.extend((STACK_END + u32::from(flaw % 8 == 6)).to_le_bytes());
    header.extend([*flaw; 4 + 4 * 8]);
    header.push(0);
    hashed(&[snapshot_start(), &header, &(body.len() as u64).to_le_bytes(), &body])
}

fn is_of_copies(kind: ErrorKind) -> bool {
    use ErrorKind::{SnapshotDamaged, SnapshotGuest, SnapshotOwner, SnapshotTooLarge, SnapshotVersion};
    [SnapshotDamaged, SnapshotGuest, SnapshotOwner, SnapshotTooLarge, SnapshotVersion].contains(&kind)
}

const GUEST: [u8; HASH] = [7; HASH];

const CEILINGS: RecordCeilings = RecordCeilings { output: 200, input: 100, readers: 8, snapshot: 150 };

pub fn record_seed() -> SessionRecord {
    let header = RecordHeader {
        writer: RecordHeader::own_writer(),
        guest: GUEST,
        id: VmId::new("s").expect("a name"),
        tenant: TenantId::new("lab").ok(),
        generation: 3,
        created: 1_795_445_725_000,
        last_used: 1_795_445_726_000,
        fuel: 12_345,
        running: std::time::Duration::from_millis(5),
        memory: 1 << 20,
        status: RecordStatus::Live,
    };
    SessionRecord {
        header,
        output: b"42\n".to_vec(),
        output_start: 10,
        readers: vec![11, 13],
        pending: b"for i = 1, 2 do\n".to_vec(),
        input: b"print(i)\n".to_vec(),
        snapshot: vec![1; 40],
    }
}

/// Bytes of a record before the lengths, and of the seed's header behind them.
fn record_start() -> &'static (Vec<u8>, Vec<u8>) {
    static START: OnceLock<(Vec<u8>, Vec<u8>)> = OnceLock::new();
    START.get_or_init(|| {
        let bytes = record_seed().encode();
        let lengths = 13 + usize::from(bytes[12]);
        let size = u32::from_le_bytes(bytes[lengths..][..4].try_into().expect("four bytes")) as usize;
        (bytes[..lengths].to_vec(), bytes[lengths + 12..][..size].to_vec())
    })
}

/// A header and a body in a frame that is right.
fn framed(header: &[u8], body: &[u8]) -> Vec<u8> {
    let lengths = [&(header.len() as u32).to_le_bytes()[..], &(body.len() as u64).to_le_bytes()].concat();
    let head = hashed(&[&record_start().0, &lengths, header]);
    hashed(&[&head, body])
}

/// A body whose parts are as long as it says: their lengths, and positions of readers.
fn body_of(input: &[u8]) -> Vec<u8> {
    let [start, readers, lengths @ ..] = input else { return Vec::new() };
    let (lengths, positions) = lengths.split_at(lengths.len().min(4));
    let readers = usize::from(readers % 16);
    let mut body = u64::from(*start).to_le_bytes().to_vec();
    body.extend((readers as u64).to_le_bytes());
    let mut positions = positions.iter().copied().chain(std::iter::repeat(*start));
    body.extend(positions.by_ref().take(readers).flat_map(|position| u64::from(position).to_le_bytes()));
    for length in lengths {
        body.extend(u64::from(*length).to_le_bytes());
        body.extend(vec![b'x'; (*length).into()]);
    }
    body
}

/// A session state: the first byte says how much of it is put right.
pub fn record(input: &[u8]) {
    check_state(input);
}

fn check_state(input: &[u8]) -> bool {
    let Some((kind, rest)) = input.split_first() else { return false };
    let bytes = match kind % 4 {
        0 => rest.to_vec(),
        1 => framed(&record_start().1, rest),
        2 => framed(&record_start().1, &body_of(rest)),
        _ => {
            let Some((size, rest)) = rest.split_first() else { return false };
            let (header, body) = rest.split_at(rest.len().min((*size).into()));
            framed(header, body)
        }
    };
    let seed = record_seed().header;
    let expected = Expected { guest: &GUEST, id: &seed.id, tenant: seed.tenant.as_ref(), ceilings: CEILINGS };
    let read = SessionRecord::decode(&bytes, &expected);
    match &read {
        Ok(record) => check_record(record, &bytes, &expected),
        Err(error) => assert!(is_of_copies(error.kind()), "{error}"),
    }
    if let Err(error) = SessionRecord::peek(&bytes) {
        assert!(is_of_copies(error.kind()), "{error}");
    }
    read.is_ok()
}

fn check_record(record: &SessionRecord, bytes: &[u8], expected: &Expected<'_>) {
    let within = |part: &[u8], most: u64| assert!(part.len() as u64 <= most, "a part over its ceiling");
    within(&record.output, CEILINGS.output);
    within(&record.pending, CEILINGS.input);
    within(&record.input, CEILINGS.input);
    within(&record.snapshot, CEILINGS.snapshot);
    assert!(record.readers.len() as u64 <= CEILINGS.readers);
    assert_eq!(SessionRecord::peek(bytes).as_ref().ok(), Some(&record.header), "the header by itself");
    let again = SessionRecord::decode(&record.encode(), expected).expect("what was written is read");
    let header = RecordHeader { writer: RecordHeader::own_writer(), ..record.header.clone() };
    assert_eq!(again, SessionRecord { header, ..record.clone() });
}
