//! Sessions: what lies in the place of their files, and clients who do not behave.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bioxen_lua::testing::{Expected, RecordCeilings, SessionRecord};
use bioxen_lua::{
    Error, ErrorKind, HostModule, Limits, ManagedVm, Manager, ManagerConfig, Persistence, Quota, Session,
    SessionConfig, Stdin, TenantId, Vm, VmConfig, VmId,
};
use sha2::{Digest, Sha256};

use crate::case::{Case, Ending, Stage};
use crate::row::{alone, holding, refused, taking};

/// Of a VM of a manager.
const MEMORY: u64 = 16 << 20;
const SLOW: Duration = Duration::from_secs(10);
const HASH: usize = 32;

fn id(name: &str) -> Result<VmId> {
    Ok(VmId::new(name)?)
}

fn states(stage: &Stage) -> PathBuf {
    stage.work.join("states")
}

fn manager(stage: &Stage) -> Result<Manager> {
    let config = ManagerConfig { workers: 2, state_dir: Some(states(stage)), ..ManagerConfig::default() };
    Ok(Manager::new(stage.engine, config)?)
}

fn limited() -> VmConfig {
    let limits = Limits { memory: Some(MEMORY), fuel: Some(500_000_000), ..Limits::default() };
    VmConfig::default().limits(limits)
}

fn kept() -> SessionConfig {
    SessionConfig { vm: limited(), persistence: Persistence::EachCall, ..SessionConfig::default() }
}

fn read(session: &Session) -> Result<String> {
    Ok(session.read()?.to_text().into_owned())
}

/// A session on disk in two generations, of which the newest has `n = 2`. Gives its files, the newest last.
fn stored(stage: &Stage) -> Result<Vec<PathBuf>> {
    let manager = manager(stage)?;
    let session = manager.create_session(id("kept")?, kept())?;
    session.send("n = 1\n")?.wait()?;
    session.send("n = 2 print('printed')\n")?.wait()?;
    manager.shutdown();
    files(stage)
}

fn files(stage: &Stage) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(states(stage))?.map(|entry| Ok(entry?.path()));
    let mut files = entries.collect::<Result<Vec<_>>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "state"));
    files.sort();
    ensure!(files.len() == 2, "{files:?}");
    Ok(files)
}

/// The same with a header's hash and a body's that are right.
fn hashed(mut bytes: Vec<u8>) -> Vec<u8> {
    let header = body(&bytes) - HASH;
    let hash = Sha256::digest(&bytes[..header]);
    bytes[header..header + HASH].copy_from_slice(&hash);
    bytes.truncate(bytes.len() - HASH);
    let hash = Sha256::digest(&bytes);
    bytes.extend(hash);
    bytes
}

/// Where the header's parts begin: behind the magic, the format, the writer, and two lengths.
fn header(bytes: &[u8]) -> usize {
    13 + usize::from(bytes[12]) + 12
}

fn body(bytes: &[u8]) -> usize {
    let at = 13 + usize::from(bytes[12]);
    let length = u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
    header(bytes) + length + HASH
}

/// Behind the guest, the session and the tenant: generation, created, last used, fuel, running, memory.
fn numbers(bytes: &[u8]) -> usize {
    let id = header(bytes) + 32;
    let tenant = id + 1 + usize::from(bytes[id]);
    tenant + 1 + usize::from(bytes[tenant])
}

fn numbered(mut bytes: Vec<u8>, at: usize, number: u64) -> Vec<u8> {
    bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
    hashed(bytes)
}

pub fn cases() -> Vec<Case> {
    places().into_iter().chain(records()).chain(sweeps()).chain(clients()).chain(names()).map(alone).collect()
}

/// What lies where the newest state of a session was. It is refused, and the one before is gone back to.
fn places() -> Vec<Case> {
    let row = |name: &'static str, kind: ErrorKind, recovers: bool, put: fn(&Path) -> Result<()>| {
        let case = refused(name, kind, "", move |stage| {
            let files = stored(stage)?;
            put(&files[1])?;
            let manager = manager(stage)?;
            let listed = manager.sessions()?;
            ensure!(listed.len() == 1, "{listed:?}");
            let Err(error) = manager.attach(&id("kept")?) else { return Ok(Ok(())) };
            ensure!(manager.recover(&id("kept")?).is_ok() == recovers, "recovering");
            if recovers {
                let session = manager.attach(&id("kept")?)?;
                session.send("print(n)\n")?.wait()?;
                ensure!(read(&session)?.ends_with("1\n"), "it did not go back");
            }
            Ok(Err::<(), Error>(error))
        });
        taking(holding(case, 2 * MEMORY), SLOW)
    };
    let instead = |name, put| row(name, ErrorKind::SnapshotDamaged, true, put);
    let changed = |name: &'static str, kind, recovers, change: fn(Vec<u8>) -> Vec<u8>| {
        let case = refused(name, kind, "", move |stage| {
            let files = stored(stage)?;
            fs::write(&files[1], change(fs::read(&files[1])?))?;
            let manager = manager(stage)?;
            let Err(error) = manager.attach(&id("kept")?) else { return Ok(Ok(())) };
            ensure!(manager.recover(&id("kept")?).is_ok() == recovers, "recovering");
            Ok(Err::<(), Error>(error))
        });
        taking(holding(case, 2 * MEMORY), SLOW)
    };
    use ErrorKind::{SnapshotDamaged, SnapshotGuest, SnapshotOwner, SnapshotTooLarge, SnapshotVersion};
    vec![
        instead("S07_a_link_to_a_secret_for_a_state", |path| {
            fs::remove_file(path)?;
            Ok(symlink("../../canary", path)?)
        }),
        instead("S07_a_link_to_the_older_state", |path| {
            fs::remove_file(path)?;
            Ok(symlink(path.to_string_lossy().replace("3.state", "2.state"), path)?)
        }),
        instead("S07_a_link_to_a_device_for_a_state", |path| {
            fs::remove_file(path)?;
            Ok(symlink("/dev/zero", path)?)
        }),
        instead("S07_a_pipe_for_a_state", |path| {
            fs::remove_file(path)?;
            ensure!(Command::new("mkfifo").arg(path).status()?.success());
            Ok(())
        }),
        instead("S08_nothing_in_a_state", |path| Ok(fs::write(path, "")?)),
        instead("S08_a_secret_in_a_state", |path| Ok(fs::write(path, "print('hello')")?)),
        row("S08_a_state_of_a_tebibyte", SnapshotTooLarge, false, |path| {
            Ok(fs::File::options().write(true).open(path)?.set_len(1 << 40)?)
        }),
        changed("S01_half_a_state", SnapshotDamaged, true, |mut bytes| {
            bytes.truncate(bytes.len() / 2);
            bytes
        }),
        changed("S02_a_bit_of_a_state", SnapshotDamaged, true, |mut bytes| {
            let at = bytes.len() / 2;
            bytes[at] ^= 4;
            bytes
        }),
        changed("S02_a_bit_of_the_lua_state_under_right_hashes", SnapshotDamaged, true, |mut bytes| {
            let at = bytes.len() - 100;
            bytes[at] ^= 4;
            hashed(bytes)
        }),
        changed("S04_a_state_of_another_guest", SnapshotGuest, false, |mut bytes| {
            let at = header(&bytes);
            bytes[at] ^= 1;
            hashed(bytes)
        }),
        changed("S05_a_state_of_a_newer_format", SnapshotVersion, false, |mut bytes| {
            bytes[8] = 9;
            hashed(bytes)
        }),
        changed("S06_a_state_of_another_session", SnapshotOwner, false, |mut bytes| {
            let at = header(&bytes) + 33;
            bytes[at] = b'x';
            hashed(bytes)
        }),
        changed("S06_a_state_with_a_session_that_is_no_name", SnapshotDamaged, true, |mut bytes| {
            let at = header(&bytes) + 33;
            bytes[at] = b'/';
            hashed(bytes)
        }),
        changed("S08_a_state_with_more_at_its_end", SnapshotDamaged, true, |mut bytes| {
            bytes.extend([0; 64]);
            hashed(bytes)
        }),
        changed("S10_a_reader_beyond_the_output", SnapshotDamaged, true, |bytes| {
            let at = body(&bytes) + 16;
            numbered(bytes, at, u64::MAX)
        }),
        changed("S10_output_at_the_end_of_all_positions", SnapshotDamaged, true, |bytes| {
            let at = body(&bytes);
            numbered(bytes, at, u64::MAX)
        }),
        changed("S10_output_just_before_the_end_of_all_positions", SnapshotDamaged, true, |bytes| {
            let at = body(&bytes);
            numbered(bytes, at, u64::MAX - 8)
        }),
        changed("S10_readers_without_number", SnapshotTooLarge, false, |bytes| {
            let at = body(&bytes) + 8;
            numbered(bytes, at, u64::MAX)
        }),
        changed("S10_output_without_end", SnapshotTooLarge, false, |bytes| {
            let at = body(&bytes) + 24;
            numbered(bytes, at, u64::MAX)
        }),
    ]
}

/// Numbers that only tell of a session: they may be any, and do no harm.
fn records() -> Vec<Case> {
    let row = |name: &'static str, number: usize| {
        let case = Case::new(name, "ok", move |stage| {
            let files = stored(stage)?;
            let bytes = fs::read(&files[1])?;
            let at = numbers(&bytes) + 8 * number;
            fs::write(&files[1], numbered(bytes, at, u64::MAX))?;
            let first = manager(stage)?;
            let shown = format!("{:?}", first.sessions()?);
            let session = first.attach(&id("kept")?)?;
            let status = format!("{:?}", session.status());
            session.send("n = n + 1 print(n)\n")?.wait()?;
            ensure!(read(&session)?.ends_with("3\n"), "it does not go on");
            let fuel = format!("{:?}", session.status());
            first.shutdown();
            drop(session);
            let second = manager(stage)?;
            let session = second.attach(&id("kept")?)?;
            session.send("print(n)\n")?.wait()?;
            ensure!(read(&session)?.ends_with("3\n"), "what it saved is not there");
            Ok(Ending::fine(shown + &status + &fuel))
        });
        taking(holding(case, 2 * MEMORY), SLOW)
    };
    vec![
        row("S10_a_generation_at_the_end_of_numbers", 0),
        row("S10_made_at_the_end_of_time", 1),
        row("S10_used_at_the_end_of_time", 2),
        row("S10_all_fuel_there_is_used", 3),
        row("S10_run_for_ever", 4),
        row("S10_all_memory_there_is_held", 5),
        taking(
            holding(
                Case::new("S08_a_name_with_the_last_generation", "ok", |stage| {
                    let files = stored(stage)?;
                    let last = files[1].with_file_name(format!("kept@{}.state", u64::MAX));
                    fs::rename(&files[1], last)?;
                    for turn in 3..6 {
                        let manager = manager(stage)?;
                        let session = manager.attach(&id("kept")?)?;
                        session.send("n = n + 1 print(n)\n")?.wait()?;
                        ensure!(read(&session)?.ends_with(&format!("{turn}\n")), "turn {turn}");
                        manager.shutdown();
                    }
                    Ok(Ending::fine(""))
                }),
                2 * MEMORY,
            ),
            SLOW,
        ),
    ]
}

fn sweeps() -> Vec<Case> {
    let sweep = |name: &'static str, check: fn(&[u8], &Expected<'_>) -> Result<()>| {
        let case = Case::new(name, "ok", move |stage| {
            let bytes = fs::read(&stored(stage)?[1])?;
            let guest: [u8; 32] = bytes[header(&bytes)..][..32].try_into()?;
            let ceilings = RecordCeilings { output: 1 << 20, input: 1 << 20, readers: 1, snapshot: 1 << 20 };
            let expected = Expected { guest: &guest, id: &id("kept")?, tenant: None, ceilings };
            SessionRecord::decode(&bytes, &expected)?;
            check(&bytes, &expected)?;
            Ok(Ending::fine(""))
        });
        taking(holding(case, 2 * MEMORY), SLOW)
    };
    vec![
        sweep("S01_a_state_cut_off_in_its_header", |bytes, expected| {
            let refused = |size: &usize| SessionRecord::decode(&bytes[..*size], expected).is_err();
            let first = (0..body(bytes) + 64).find(|size| !refused(size));
            ensure!(first.is_none(), "cut off after {first:?}");
            Ok(())
        }),
        sweep("S01_a_header_cut_off", |bytes, _| {
            let first = (0..body(bytes)).find(|size| SessionRecord::peek(&bytes[..*size]).is_ok());
            ensure!(first.is_none(), "cut off after {first:?}");
            Ok(())
        }),
        sweep("S02_every_bit_of_a_header", |bytes, expected| {
            for bit in 0..body(bytes) * 8 {
                let mut bytes = bytes.to_vec();
                bytes[bit / 8] ^= 1 << (bit % 8);
                ensure!(SessionRecord::decode(&bytes, expected).is_err(), "bit {bit}");
                ensure!(SessionRecord::peek(&bytes).is_err(), "bit {bit} of the header alone");
            }
            Ok(())
        }),
        sweep("S10_every_bit_of_a_header_under_right_hashes", |bytes, expected| {
            for bit in 0..header(bytes) * 8 {
                let mut bytes = bytes.to_vec();
                bytes[bit / 8] ^= 1 << (bit % 8);
                // The lengths decide where hashes stand: what does not fit any more is cut off.
                let Some(end) = bytes.len().checked_sub(body(&bytes).saturating_add(HASH)) else { continue };
                if end < bytes.len() {
                    let _ = SessionRecord::decode(&hashed(bytes), expected);
                }
            }
            Ok(())
        }),
    ]
}

fn case(name: &'static str, memory: u64, run: fn(&Stage) -> Result<Ending>) -> Case {
    taking(holding(Case::new(name, "ok", run), memory), SLOW)
}

/// Managers without a folder.
fn plain(stage: &Stage) -> Result<Manager> {
    Ok(Manager::new(stage.engine, ManagerConfig { workers: 2, ..ManagerConfig::default() })?)
}

fn clients() -> Vec<Case> {
    vec![
        case("M05_nobody_reads", MEMORY, |stage| {
            let manager = plain(stage)?;
            let config = SessionConfig { output: 64 << 10, ..limited().into() };
            let session = manager.create_session(id("s")?, config)?;
            for _ in 0..20 {
                session.send("for i = 1, 1000 do io.write(('x'):rep(100)) end\n")?.wait()?;
            }
            let status = session.status();
            let reading = session.read()?;
            ensure!(
                status.written == 2_000_000 && reading.lost == 2_000_000 - (64 << 10),
                "{status:?}, {} lost",
                reading.lost
            );
            ensure!(reading.bytes.len() == 64 << 10 && reading.next == status.written);
            Ok(Ending::fine(reading.bytes))
        }),
        case("M06_a_reader_goes_in_the_middle", MEMORY, |stage| {
            let manager = plain(stage)?;
            let session = manager.create_session(id("s")?, limited())?;
            let job = session.send("for i = 1, 2000 do print(i) end done = true\n")?;
            let before = session.read_some().wait()?.to_text().into_owned();
            drop(session);
            job.wait()?;
            let session = manager.attach(&id("s")?)?;
            session.send("print(done)\n")?.wait()?;
            let text = before + &read(&session)?;
            ensure!(text.ends_with("2000\ntrue\n"), "{text:?}");
            Ok(Ending::fine(text))
        }),
        case("M07_a_reader_of_single_bytes", MEMORY, |stage| {
            let manager = plain(stage)?;
            let session = manager.create_session(id("s")?, limited())?;
            session.send("for i = 1, 300 do print(i) end\n")?.wait()?;
            let mut text = Vec::new();
            let mut position = 0;
            while let Some(byte) = session.read_from(position)?.bytes.first() {
                text.push(*byte);
                position += 1;
            }
            ensure!(text.ends_with(b"\n299\n300\n") && position == session.status().written);
            Ok(Ending::fine(text))
        }),
        case("M08_a_line_of_100_mib", MEMORY + (160 << 20), |stage| {
            let manager = plain(stage)?;
            let session = manager.create_session(id("s")?, limited())?;
            session.send("x = 1\n")?.wait()?;
            let Err(error) = session.send(vec![b'x'; 100 << 20]) else { anyhow::bail!("it was taken") };
            ensure!(error.kind() == ErrorKind::QueueFull, "{error}");
            session.send("print(x)\n")?.wait()?;
            Ok(Ending::fine(read(&session)?))
        }),
        case("M08_lines_without_an_end", MEMORY + (32 << 20), |stage| {
            let manager = plain(stage)?;
            let session = manager.create_session(id("s")?, limited())?;
            // Each sending ends a line: what is begun grows up to a ceiling.
            let mut refused = 0;
            for _ in 0..40 {
                let sent = session.send(format!("s = [[{}", "x".repeat(100_000)))?.wait()?;
                refused += u64::from(sent.failed > 0);
            }
            session.send("]]\n")?.wait()?;
            session.send("print('fine')\n")?.wait()?;
            let text = read(&session)?;
            ensure!(
                text.ends_with("fine\n"),
                "{refused} refused, {}",
                &text[text.len().saturating_sub(200)..]
            );
            Ok(Ending::fine(text))
        }),
        case("M08_a_million_empty_lines", MEMORY + (64 << 20), |stage| {
            let manager = plain(stage)?;
            let session = manager.create_session(id("s")?, limited())?;
            let sent = session.send("\n".repeat(1_000_000))?.wait()?;
            ensure!(sent.failed == 0, "{sent:?}");
            session.send("print('fine')\n")?.wait()?;
            let text = read(&session)?;
            ensure!(text == "fine\n", "{text:?}");
            Ok(Ending::fine(text))
        }),
        case("M08_a_million_lines_for_a_program", 4 * MEMORY, |stage| {
            let mut vm =
                Vm::new(stage.engine, VmConfig::default().stdin(Stdin::bytes("\n".repeat(1_000_000))))?;
            let count: i64 =
                vm.exec("local n = 0 for _ in io.lines() do n = n + 1 end return n").wait()?.value()?;
            ensure!(count == 1_000_000, "{count}");
            Ok(Ending::fine(""))
        }),
        case("M10_a_function_that_asks_its_own_vm", MEMORY, |stage| {
            let own: Arc<OnceLock<ManagedVm>> = Arc::default();
            let seen: Arc<Mutex<Vec<String>>> = Arc::default();
            let (asks, kinds) = (own.clone(), seen.clone());
            let ask = move |_: &mut bioxen_lua::Caller, (): ()| {
                let vm = asks.get().ok_or("too early")?;
                let exec = vm.exec("return 1").and_then(|job| job.wait().map(drop));
                let reset = vm.reset().and_then(|job| job.wait());
                for result in [exec, reset] {
                    let kind = result.map_err(|error| format!("{:?}", error.kind()));
                    kinds.lock().map_err(|_| "poisoned")?.push(format!("{kind:?}"));
                }
                Ok::<_, &str>(())
            };
            let manager = plain(stage)?;
            let vm =
                manager.create_vm(id("own")?, limited().module(HostModule::new("m").function("ask", ask)))?;
            own.set(vm.clone()).ok().context("once")?;
            vm.exec("require('m').ask()")?.wait()?.value::<()>()?;
            let seen = seen.lock().map_err(|_| anyhow::anyhow!("poisoned"))?.join(" ");
            ensure!(seen == "Err(\"Busy\") Err(\"Busy\")", "{seen}");
            ensure!(vm.exec("return 7")?.wait()?.value::<i64>()? == 7);
            manager.shutdown();
            Ok(Ending::fine(seen))
        }),
        case("M11_functions_that_panic_in_all_ways", MEMORY, panics),
        case("M03_terminated_while_it_runs", MEMORY, |stage| {
            let manager = plain(stage)?;
            let config = SessionConfig { vm: limited(), ..SessionConfig::default() };
            let session = manager.create_session(id("s")?, config)?;
            let job = session.send("print('on') while true do end\n")?;
            let _ = session.read_some().wait()?;
            session.terminate()?;
            let kind = job.wait().err().map(|error| error.kind());
            // Where the fuel went first the statement had failed before.
            ensure!(kind.is_none_or(|kind| kind == ErrorKind::Terminated), "{kind:?}");
            ensure!(manager.attach(&id("s")?).is_err());
            Ok(Ending::fine(""))
        }),
        case("M02_one_name_from_64_threads", 64 * (1 << 20) + MEMORY, |stage| {
            let manager = plain(stage)?;
            let made = thread::scope(|scope| {
                let threads: Vec<_> = (0..64)
                    .map(|_| scope.spawn(|| manager.create_vm(VmId::new("one")?, limited())))
                    .collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().is_ok_and(|made| made.is_ok()))
                    .filter(|made| *made)
                    .count()
            });
            ensure!(made == 1, "{made} were made");
            Ok(Ending::fine(""))
        }),
        case("M13_a_guest_that_makes_its_own_clock", MEMORY, |stage| {
            // The time of day is the guest's to look at, and not what its deadline goes by.
            let mut vm = Vm::new(
                stage.engine,
                VmConfig::default()
                    .limits(Limits { time: Some(Duration::from_millis(50)), ..Limits::default() }),
            )?;
            let outcome =
                vm.exec("os.time = function() return 0 end os.clock = os.time while true do end").wait()?;
            let ending = Ending::of_outcome(&outcome, Duration::from_millis(50), MEMORY);
            ensure!(ending.kind == "limit time", "{}", ending.kind);
            Ok(Ending { kind: "ok".into(), ..ending })
        }),
        case("T26_a_tenant_that_wants_all", 8 * MEMORY, |stage| {
            let manager = Manager::new(
                stage.engine,
                ManagerConfig {
                    workers: 2,
                    tenant_quota: Quota { vms: Some(5), ..Quota::of_a_tenant() },
                    ..ManagerConfig::default()
                },
            )?;
            let tenant = |name: &str| Ok::<_, Error>(limited().tenant(TenantId::new(name)?));
            let mut vms = Vec::new();
            let error = loop {
                match manager.create_vm(id(&format!("vm{}", vms.len()))?, tenant("greedy")?) {
                    Ok(vm) => vms.push(vm),
                    Err(error) => break error,
                }
            };
            ensure!(
                vms.len() == 5 && error.kind() == ErrorKind::QuotaExceeded,
                "{} VMs, then {error}",
                vms.len()
            );
            let other = manager.create_vm(id("other")?, tenant("modest")?)?;
            ensure!(other.exec("return 1 + 1")?.wait()?.value::<i64>()? == 2);
            Ok(Ending::fine(error.to_string()))
        }),
    ]
}

/// Panics, unseen by the runner, which counts those of the product.
fn gone() -> Result<(), String> {
    std::panic::resume_unwind(Box::new("gone"))
}

fn panics(stage: &Stage) -> Result<Ending> {
    let manager = plain(stage)?;
    let module = HostModule::new("m")
        .function("fails", |_, (): ()| Err::<(), _>("it fails".to_string()))
        .function("is_gone", |_, (): ()| gone())
        .blocking_function("is_gone_elsewhere", |_, (): ()| gone())
        .async_function("is_gone_later", |_, (): ()| async { gone() });
    let vm = manager.create_vm(id("s")?, limited().module(module))?;
    let script = "local m, failed = require 'm', 0 for i = 1, 10 do for _, f in pairs(m) do \
        local ok, message = pcall(f) print(message) if not ok then failed = failed + 1 end end end return failed";
    let outcome = vm.exec(script)?.wait()?;
    let failed: i64 = outcome.value()?;
    ensure!(failed == 40, "{failed} of 40 failed: {}", outcome.stdout);
    ensure!(vm.exec("return 1")?.wait()?.value::<i64>()? == 1);
    Ok(Ending::of_outcome(&outcome, Duration::from_secs(5), MEMORY))
}

/// Of a case, and the name that it tries.
type Name = (&'static str, fn() -> String);

fn names() -> Vec<Case> {
    let rows: [Name; 10] = [
        ("M09_up", || "../x".into()),
        ("M09_two_dots", || "a..b".into()),
        ("M09_nothing", String::new),
        ("M09_ten_kib", || "x".repeat(10 << 10)),
        ("M09_129_bytes", || "x".repeat(129)),
        ("M09_other_letters", || "s\u{e9}ance".into()),
        ("M09_a_zero_byte", || "a\0b".into()),
        ("M09_a_newline", || "a\nb".into()),
        ("M09_the_name_of_a_state", || "kept@000001.state".into()),
        ("M09_a_path", || "/etc/passwd".into()),
    ];
    let seen = rows.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>();
    assert_eq!(seen.len(), rows.len(), "a name is there twice");
    rows.into_iter()
        .map(|(name, text)| refused(name, ErrorKind::InvalidId, "", move |_| Ok(VmId::new(text()))))
        .collect()
}
