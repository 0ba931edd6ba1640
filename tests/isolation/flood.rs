//! Output that nobody reads, and readers that leave in the middle of it.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bioxen_lua::{Engine, Limits, Manager, ManagerConfig, SessionConfig, VmConfig, VmId};

use crate::figures::{Row, mebibytes};
use crate::process;

const TIME: Duration = Duration::from_secs(3);
const SESSIONS: usize = 8;
/// Bytes of output that each session keeps.
const RING: usize = 1 << 20;
/// What may be resident beside the rings.
const BESIDE: u64 = 8 << 20;

pub fn measure() -> Result<Vec<Row>> {
    let config = ManagerConfig { limits: Limits::none(), ..ManagerConfig::default() };
    let manager = Manager::new(&Engine::new()?, config)?;
    let vm = VmConfig::default().limits(Limits { stdout: None, fuel: None, time: None, ..Limits::default() });
    let sessions = (0..SESSIONS)
        .map(|at| {
            let config = SessionConfig { vm: vm.clone(), output: RING, ..SessionConfig::default() };
            let session = manager.create_session(VmId::new(format!("flood-{at}"))?, config)?;
            session.send("line = ('x'):rep(99) .. '\\n' written = 0")?.wait()?;
            Ok(session)
        })
        .collect::<Result<Vec<_>>>()?;
    let before = process::resident()?;
    process::forget_peak()?;
    for session in &sessions {
        drop(session.send("while true do io.write(line) written = written + 1 end")?);
    }
    // Half of them lose their clients; of the others one reads.
    let end = Instant::now() + TIME;
    for session in &sessions[..SESSIONS / 2] {
        session.detach()?;
    }
    while Instant::now() < end {
        let some = sessions[SESSIONS - 1].read_some().wait()?;
        ensure!(some.bytes.len() <= RING, "{} bytes at once", some.bytes.len());
    }
    let grown = process::peak()?.saturating_sub(before);
    let written: u64 = sessions.iter().map(|session| session.status().written).sum();
    let allowed = (2 * SESSIONS * RING) as u64 + BESIDE; // what is read is a copy
    ensure!(grown <= allowed, "{grown} bytes were resident, {allowed} were allowed");
    ensure!(written > 4 * allowed, "only {written} bytes were written");
    Ok(vec![Row::new(
        format!("{SESSIONS} sessions write {}, nobody reads, resident", mebibytes(written)),
        mebibytes(grown),
        mebibytes(allowed),
    )])
}
