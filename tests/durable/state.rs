//! The states that the processes save: records whose Lua state is a history of numbers.

use std::time::Duration;

use bioxen_lua::testing::{Expected, RecordCeilings, RecordHeader, RecordStatus, SessionRecord, StateDir};
use bioxen_lua::{ErrorKind, Result, VmId};

const GUEST: [u8; 32] = [9; 32];
/// Above every state of these tests, in bytes.
const CEILING: u64 = 1 << 26;

/// The name of session number so and so.
pub fn id(number: u64) -> VmId {
    VmId::new(format!("session-{number}")).expect("a valid name")
}

pub fn save(dir: &StateDir, id: &VmId, generation: u64, history: &[u8]) -> Result<()> {
    let record = SessionRecord {
        header: RecordHeader {
            writer: RecordHeader::own_writer(),
            guest: GUEST,
            id: id.clone(),
            tenant: None,
            generation,
            created: 0,
            last_used: 0,
            fuel: 0,
            running: Duration::ZERO,
            memory: history.len() as u64,
            status: RecordStatus::Live,
        },
        output: Vec::new(),
        output_start: 0,
        readers: Vec::new(),
        pending: Vec::new(),
        input: Vec::new(),
        snapshot: history.to_vec(),
    };
    dir.save(id, generation, &record.encode())
}

/// The history of a session, nothing where it has no state. Panics when it has one that cannot be read.
pub fn load(dir: &StateDir, id: &VmId) -> Option<Vec<u8>> {
    let ceilings = RecordCeilings { output: 0, input: 0, readers: 0, snapshot: CEILING };
    let expected = Expected { guest: &GUEST, id, tenant: None, ceilings };
    match dir.load(id, CEILING, |bytes| SessionRecord::decode(bytes, &expected)) {
        Ok(record) => Some(record.snapshot),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("a state must be readable: {error}"),
    }
}
