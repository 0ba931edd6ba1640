//! Snapshots that somebody has damaged, forged, or put in another's place.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, ensure};
use bioxen_lua::{
    Error, ErrorKind, Failure, HostModule, Limits, Mount, OnStop, Snapshot, Stdin, TenantId, Vm, VmConfig,
};
use sha2::{Digest, Sha256};

use crate::case::{Case, Ending, Stage};
use crate::row::{Numbers, alone, holding, refused, taking};
use crate::shared::forge::with_pages;

const HASH: usize = 32;

/// Of the VMs that take what was forged.
const MEMORY: u64 = 8 << 20;

const SLOW: Duration = Duration::from_secs(20);

/// Places in the bytes, from the beginning.
struct Places {
    format: usize,
    guest: usize,
    memory: usize,
    page_count: usize,
    stack_pointer: usize,
    next_handle: usize,
    running: usize,
    input_read: usize,
    disk_bytes: usize,
    disk_files: usize,
    tenant: usize,
    body_size: usize,
    body: usize,
}

fn places(bytes: &[u8]) -> Places {
    let (format, version) = (8, 12);
    let guest = version + 1 + usize::from(bytes[version]);
    let memory = guest + HASH;
    let page_count = memory + 8;
    let stack_pointer = page_count + 4;
    let next_handle = stack_pointer + 4;
    let running = next_handle + 4;
    let (input_read, disk_bytes, disk_files, tenant) =
        (running + 8, running + 16, running + 24, running + 32);
    let body_size = tenant + 1 + usize::from(bytes[tenant]);
    let body = body_size + 8;
    Places {
        format,
        guest,
        memory,
        page_count,
        stack_pointer,
        next_handle,
        running,
        input_read,
        disk_bytes,
        disk_files,
        tenant,
        body_size,
        body,
    }
}

fn config() -> VmConfig {
    let limits = Limits { fuel: Some(20_000_000), memory: Some(MEMORY), ..Limits::default() };
    VmConfig::default().limits(limits)
}

/// The bytes of a VM in which some things are.
fn taken(stage: &Stage) -> Result<Vec<u8>> {
    taken_of(stage, config())
}

fn taken_of(stage: &Stage, config: VmConfig) -> Result<Vec<u8>> {
    let mut vm = Vm::new(stage.engine, config)?;
    let chunk = "t = {} for i = 1, 100 do t[i] = { i, tostring(i) } end function f(x) return t[x][2] end \
        co = coroutine.wrap(function() while true do coroutine.yield(#t) end end) co()";
    vm.exec(chunk).wait()?.value::<()>()?;
    Ok(vm.snapshot().wait()?.to_bytes())
}

/// The same with a hash that is right.
fn hashed(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() - HASH);
    let hash = Sha256::digest(&bytes);
    bytes.extend(hash);
    bytes
}

/// The same with another number somewhere, and a hash that is right.
fn numbered<const N: usize>(mut bytes: Vec<u8>, at: usize, number: [u8; N]) -> Vec<u8> {
    bytes[at..at + N].copy_from_slice(&number);
    hashed(bytes)
}

/// The same with another body, whose size and hash are right.
fn with_body(bytes: &[u8], body: &[u8]) -> Vec<u8> {
    let mut forged = bytes[..places(bytes).body_size].to_vec();
    forged.extend((body.len() as u64).to_le_bytes());
    forged.extend(body);
    forged.extend([0; HASH]);
    hashed(forged)
}

/// Restores bytes, and uses what came of it.
fn restored(stage: &Stage, bytes: &[u8], config: VmConfig) -> Result<Vm, Error> {
    Vm::from_snapshot(stage.engine, &Snapshot::from_bytes(stage.engine, bytes)?, config)
}

/// Bytes that must be refused before any guest runs.
fn damaged(
    name: &'static str,
    kind: ErrorKind,
    words: &'static str,
    change: impl Fn(Vec<u8>) -> Vec<u8> + 'static,
) -> Case {
    let case = refused(name, kind, words, move |stage| Ok(restored(stage, &change(taken(stage)?), config())));
    holding(case, 2 * MEMORY)
}

/// Bytes with a right hash that may be taken, whose VM then stays within its limits, whatever it does.
fn forged(
    name: &'static str,
    change: impl Fn(Vec<u8>) -> Vec<u8> + 'static,
    script: &'static str,
    answer: &'static str,
) -> Case {
    let case = Case::new(name, "ok", move |stage| {
        let folder = stage.work.join("data");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("file"), "content")?;
        let limits = Limits {
            disk: Some(1000),
            files: Some(3),
            open_files: Some(3),
            memory: Some(MEMORY),
            ..Limits::default()
        };
        let config = VmConfig::default()
            .limits(limits)
            .mount(Mount::read_write(&folder, "/data")?)
            .stdin(Stdin::bytes("line\n"));
        let bytes = change(taken(stage)?);
        let mut vm = restored(stage, &bytes, config.clone())?;
        let outcome = vm.exec(script).wait()?;
        let got = outcome.value::<String>()?;
        ensure!(got == answer, "expected {answer:?}, got {got:?}");
        // And it can be put away again, twice over.
        let again = vm.snapshot().wait()?.to_bytes();
        let mut again = restored(stage, &again, config)?;
        ensure!(again.exec("return f(50)").wait()?.value::<String>()? == "50");
        Ok(Ending::of_outcome(&outcome, Duration::from_secs(5), 2 * MEMORY))
    });
    holding(case, MEMORY)
}

pub fn cases() -> Vec<Case> {
    sweeps()
        .into_iter()
        .chain(headers())
        .chain(rights())
        .chain(bodies())
        .chain(files())
        .chain(others())
        .map(alone)
        .collect()
}

fn sweeps() -> Vec<Case> {
    let sweep = |name: &'static str, check: fn(&Stage, &[u8]) -> Result<()>| {
        let case = Case::new(name, "ok", move |stage| {
            let bytes = taken(stage)?;
            restored(stage, &bytes, config())?;
            check(stage, &bytes)?;
            Ok(Ending::fine(""))
        });
        taking(holding(case, 4 * MEMORY), SLOW)
    };
    vec![
        sweep("S01_cut_off_in_the_header", |stage, bytes| {
            (0..places(bytes).body + 8)
                .try_for_each(|size| is_damaged(stage, &bytes[..size], "cut off", size))
        }),
        sweep("S01_cut_off_at_every_64th_byte", |stage, bytes| {
            (0..bytes.len())
                .step_by(64)
                .try_for_each(|size| is_damaged(stage, &bytes[..size], "cut off", size))
        }),
        sweep("S01_cut_off_at_the_hash", |stage, bytes| {
            (1..=HASH + 2).try_for_each(|less| is_damaged(stage, &bytes[..bytes.len() - less], "less", less))
        }),
        sweep("S02_every_bit_of_the_header", |stage, bytes| {
            (0..places(bytes).body * 8)
                .try_for_each(|bit| is_damaged(stage, &flipped(bytes, bit), "bit", bit))
        }),
        sweep("S02_ten_thousand_bits_of_the_body", |stage, bytes| {
            let mut numbers = Numbers(0x5eed);
            (0..10_000).try_for_each(|_| {
                let bit = numbers.below(bytes.len() * 8);
                is_damaged(stage, &flipped(bytes, bit), "bit", bit)
            })
        }),
        sweep("S02_every_bit_of_the_hash", |stage, bytes| {
            let first = (bytes.len() - HASH) * 8;
            (first..bytes.len() * 8).try_for_each(|bit| is_damaged(stage, &flipped(bytes, bit), "bit", bit))
        }),
        sweep("S02_every_bit_of_the_header_with_a_right_hash", |stage, bytes| {
            for bit in 0..places(bytes).body * 8 {
                // Taken or refused: what is taken still works.
                let Ok(mut vm) = restored(stage, &hashed(flipped(bytes, bit)), config()) else { continue };
                let outcome = vm.exec("return f(50)").wait()?;
                ensure!(
                    outcome.value::<String>().ok().as_deref() == Some("50"),
                    "bit {bit}: {:?}",
                    outcome.result
                );
            }
            Ok(())
        }),
        sweep("S10_random_bits_of_the_memory", |stage, bytes| {
            images(stage, bytes, 150, |pages, numbers| {
                for _ in 0..=numbers.below(40) {
                    let at = numbers.below(pages.len());
                    pages[at] ^= 1 << numbers.below(8);
                }
            })
        }),
        sweep("S10_random_words_of_the_memory", |stage, bytes| {
            images(stage, bytes, 100, |pages, numbers| {
                for _ in 0..=numbers.below(200) {
                    let at = numbers.below(pages.len() / 4) * 4;
                    let word = numbers.next() as u32;
                    pages[at..at + 4].copy_from_slice(&word.to_le_bytes());
                }
            })
        }),
        sweep("S10_pages_of_ones", |stage, bytes| {
            images(stage, bytes, 30, |pages, numbers| {
                let at = numbers.below(pages.len() / 4096) * 4096;
                pages[at..at + 4096].fill(0xff);
            })
        }),
        sweep("S10_pages_of_zeros", |stage, bytes| {
            images(stage, bytes, 30, |pages, numbers| {
                let at = numbers.below(pages.len() / 4096) * 4096;
                pages[at..at + 4096].fill(0);
            })
        }),
        sweep("S10_pages_of_noise", |stage, bytes| {
            images(stage, bytes, 30, |pages, numbers| {
                pages.iter_mut().for_each(|byte| *byte = numbers.next() as u8);
            })
        }),
        sweep("S10_pages_in_each_others_places", |stage, bytes| {
            images(stage, bytes, 30, |pages, numbers| {
                let count = pages.len() / 4096;
                let (one, other) = (numbers.below(count), numbers.below(count));
                if one != other {
                    let copy = pages[one * 4096..][..4096].to_vec();
                    pages[other * 4096..][..4096].copy_from_slice(&copy);
                }
            })
        }),
    ]
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes
}

fn is_damaged(stage: &Stage, bytes: &[u8], what: &str, at: usize) -> Result<()> {
    match Snapshot::from_bytes(stage.engine, bytes) {
        Err(error) if matches!(error.kind(), ErrorKind::SnapshotDamaged | ErrorKind::SnapshotVersion) => {
            Ok(())
        }
        other => anyhow::bail!("{what} {at}: {other:?}"),
    }
}

/// Memories of nonsense under a right hash: a guest in one traps, fails or works, and harms nobody.
fn images(stage: &Stage, bytes: &[u8], count: usize, change: fn(&mut [u8], &mut Numbers)) -> Result<()> {
    let mut numbers = Numbers(0xB10_CE11);
    for at in 0..count {
        let forged = with_pages(bytes, |pages| change(pages, &mut numbers));
        let limits = Limits {
            fuel: Some(1_000_000),
            memory: Some(MEMORY),
            time: Some(Duration::from_secs(2)),
            ..Limits::default()
        };
        let Ok(mut vm) =
            restored(stage, &forged, VmConfig::default().limits(limits).on_stop(OnStop::RollBack))
        else {
            continue;
        };
        for chunk in ["collectgarbage() return f(50)", "return co()"] {
            let Ok(outcome) = vm.exec(chunk).wait() else { break };
            let exited = matches!(outcome.result, Err(Failure::Exit(_)));
            ensure!(!exited, "image {at}: {:?}", outcome.result);
            let secret = format!("{outcome:?}").contains(stage.secret);
            ensure!(!secret, "image {at}: the secret was seen");
        }
        let _ = vm.snapshot().wait(); // may fail
        let _ = vm.get::<bioxen_lua::Value>("t").wait(); // likewise
    }
    Ok(())
}

fn headers() -> Vec<Case> {
    use ErrorKind::{SnapshotDamaged, SnapshotGuest, SnapshotTooLarge, SnapshotVersion};
    let memory = |name, size: u64, kind| {
        damaged(name, kind, "", move |bytes| {
            let at = places(&bytes).memory;
            numbered(bytes, at, size.to_le_bytes())
        })
    };
    let count = |name, pages: u32| {
        damaged(name, SnapshotDamaged, "", move |bytes| {
            let at = places(&bytes).page_count;
            numbered(bytes, at, pages.to_le_bytes())
        })
    };
    let stack = |name, change: fn(u32) -> u32| {
        damaged(name, SnapshotDamaged, "", move |bytes| {
            let at = places(&bytes).stack_pointer;
            let before = u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            numbered(bytes, at, change(before).to_le_bytes())
        })
    };
    let format = |name, version: u32| {
        damaged(name, SnapshotVersion, "this version reads format", move |bytes| {
            let at = places(&bytes).format;
            numbered(bytes, at, version.to_le_bytes())
        })
    };
    vec![
        memory("S03_memory_of_2_to_the_40", 1 << 40, SnapshotDamaged),
        memory("S03_memory_of_4_gib", 1 << 32, SnapshotTooLarge),
        memory("S03_memory_over_the_limit", 16 << 20, SnapshotTooLarge),
        memory("S03_no_memory", 0, SnapshotDamaged),
        memory("S03_memory_that_is_no_whole_page", (4 << 20) + 1, SnapshotDamaged),
        memory("S03_all_memory_there_is", u64::MAX, SnapshotDamaged),
        count("S03_no_pages", 0),
        count("S03_one_page_more", 1_000),
        count("S03_all_pages_there_are", u32::MAX),
        damaged("S04_another_guest", SnapshotGuest, "another guest", |bytes| {
            let at = places(&bytes).guest;
            numbered(bytes, at, [7; 32])
        }),
        format("S05_an_older_format", 0),
        format("S05_a_newer_format", 2),
        format("S05_an_unknown_format", u32::MAX),
        damaged("S05_another_magic", SnapshotDamaged, "does not begin", |bytes| {
            numbered(bytes, 0, *b"BioxenSx")
        }),
        damaged("S05_a_writer_with_an_escape", SnapshotVersion, "", |mut bytes| {
            bytes[13] = 0x1b;
            let at = places(&bytes).format;
            numbered(bytes, at, 9_u32.to_le_bytes())
        }),
        damaged("S06_a_tenant_that_is_no_name", SnapshotDamaged, "", |bytes| {
            let at = places(&bytes).tenant;
            let mut forged = bytes[..at].to_vec();
            forged.extend(b"\x04../x");
            forged.extend(&bytes[at + 1..]);
            hashed(forged)
        }),
        damaged("S08_longer_than_it_says", SnapshotDamaged, "", |mut bytes| {
            bytes.extend([0; 40]);
            hashed(bytes)
        }),
        damaged("S08_shorter_than_it_says", SnapshotDamaged, "", |mut bytes| {
            bytes.truncate(bytes.len() - 10);
            hashed(bytes)
        }),
        damaged("S08_a_length_of_2_to_the_63", SnapshotDamaged, "", |bytes| {
            let at = places(&bytes).body_size;
            numbered(bytes, at, (1_u64 << 63).to_le_bytes())
        }),
        damaged("S08_nothing", SnapshotDamaged, "", |_| Vec::new()),
        damaged("S08_nothing_but_the_beginning", SnapshotDamaged, "", |bytes| bytes[..8].to_vec()),
        stack("S09_a_stack_that_is_higher", |pointer| pointer + 16),
        stack("S09_a_stack_that_is_lower", |pointer| pointer - 16),
        stack("S09_no_stack", |_| 0),
        stack("S09_a_stack_at_the_end_of_memory", |_| u32::MAX),
    ]
}

/// What counts against a VM is the host's to say. What a header says of it may be any number.
fn rights() -> Vec<Case> {
    fn all_ones(at: fn(&Places) -> usize) -> impl Fn(Vec<u8>) -> Vec<u8> {
        move |bytes| {
            let at = at(&places(&bytes));
            numbered(bytes, at, u64::MAX.to_le_bytes())
        }
    }
    vec![
        forged(
            "S10_it_has_run_for_ever",
            all_ones(|places| places.running),
            "assert(os.clock() > 0) return math.type(os.clock())",
            "float",
        ),
        forged(
            "S10_it_has_read_everything",
            all_ones(|places| places.input_read),
            "return tostring(io.read()) .. tostring(io.read())",
            "nilnil",
        ),
        forged(
            "S10_it_has_filled_the_disk",
            all_ones(|places| places.disk_bytes),
            "local f = assert(io.open('/data/file', 'a')) f:setvbuf('no') return tostring(f:write('x'))",
            "nil",
        ),
        forged(
            "S10_it_has_made_all_files",
            all_ones(|places| places.disk_files),
            "return tostring(io.open('/data/new', 'w')) .. io.open('/data/file'):read('a')",
            "nilcontent",
        ),
        forged(
            "S10_it_has_removed_more_than_it_made",
            all_ones(|places| places.disk_files),
            "for i = 1, 3 do os.remove('/data/file') end return tostring(io.open('/data/new', 'w'))",
            "nil",
        ),
        forged(
            "S10_no_handle_is_left",
            |bytes| {
                let at = places(&bytes).next_handle;
                numbered(bytes, at, u32::MAX.to_le_bytes())
            },
            "return tostring(io.open('/data/file'))",
            "nil",
        ),
        forged(
            "S10_handles_of_the_streams",
            |bytes| {
                let at = places(&bytes).next_handle;
                numbered(bytes, at, 0_u32.to_le_bytes())
            },
            "local f = assert(io.open('/data/file')) print('out') return f:read('a')",
            "content",
        ),
    ]
}

fn bodies() -> Vec<Case> {
    use ErrorKind::SnapshotDamaged;
    let packed = |name, words, plain: fn(usize) -> Vec<u8>| {
        damaged(name, SnapshotDamaged, words, move |bytes| {
            let at = places(&bytes).page_count;
            let count = u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
            with_body(&bytes, &lz4_flex::block::compress(&plain(count)))
        })
    };
    vec![
        packed("S15_a_body_that_unpacks_to_a_gibibyte", "unpacked", |_| vec![0; 1 << 27]),
        packed("S15_a_body_that_unpacks_to_less", "unpacked", |_| vec![0; 100]),
        packed("S03_pages_below_the_stack", "out of order", |count| vec![0; count * 4100]),
        packed("S03_pages_beyond_the_memory", "out of order", |count| vec![0xff; count * 4100]),
        packed("S03_one_page_twice", "out of order", |count| {
            let mut plain: Vec<u8> = (0..count).flat_map(|_| 500_u32.to_le_bytes()).collect();
            plain.resize(count * 4100, 1);
            plain
        }),
        damaged("S15_a_body_of_noise", SnapshotDamaged, "unpacked", |bytes| {
            let mut numbers = Numbers(3);
            with_body(&bytes, &(0..50_000).map(|_| numbers.next() as u8).collect::<Vec<_>>())
        }),
        damaged("S15_a_body_of_ones", SnapshotDamaged, "unpacked", |bytes| {
            with_body(&bytes, &[0xff; 100_000])
        }),
        damaged("S15_no_body", SnapshotDamaged, "unpacked", |bytes| with_body(&bytes, &[])),
    ]
}

/// What may lie where a snapshot should.
fn files() -> Vec<Case> {
    let at = |name: &'static str, kind, prepare: fn(&std::path::Path) -> Result<()>| {
        refused(name, kind, "", move |stage| {
            let path = stage.work.join("it.snapshot");
            prepare(&path)?;
            Ok(Snapshot::load(stage.engine, &path))
        })
    };
    vec![
        at("S07_a_link_to_a_secret", ErrorKind::SnapshotDamaged, |path| Ok(symlink("../canary", path)?)),
        at("S07_a_link_to_a_device", ErrorKind::Storage, |path| Ok(symlink("/dev/zero", path)?)),
        at("S07_a_link_to_itself", ErrorKind::Storage, |path| Ok(symlink("it.snapshot", path)?)),
        at("S07_a_link_to_nothing", ErrorKind::NotFound, |path| Ok(symlink("gone", path)?)),
        at("S07_a_pipe", ErrorKind::Storage, |path| {
            ensure!(Command::new("mkfifo").arg(path).status()?.success());
            Ok(())
        }),
        at("S07_a_socket", ErrorKind::Storage, |path| {
            drop(UnixListener::bind(path)?);
            Ok(())
        }),
        at("S07_a_folder", ErrorKind::Storage, |path| Ok(fs::create_dir(path)?)),
        at("S07_nothing", ErrorKind::NotFound, |_| Ok(())),
        at("S08_a_file_of_a_tebibyte", ErrorKind::Storage, |path| {
            Ok(fs::File::create(path)?.set_len(1 << 40)?)
        }),
        at("S08_an_empty_file", ErrorKind::SnapshotDamaged, |path| Ok(fs::write(path, "")?)),
        Case::new("S14_nobody_else_reads_it_and_no_secret_is_in_it", "ok", |stage| {
            let path = stage.work.join("it.snapshot");
            let mut vm = Vm::new(stage.engine, config())?;
            vm.exec("x = 1").wait()?;
            let snapshot = vm.snapshot().wait()?;
            symlink("../beside/new", &path)?;
            snapshot.save(&path)?;
            let about = path.symlink_metadata()?;
            ensure!(about.is_file() && about.permissions().mode() & 0o777 == 0o600, "{about:?}");
            let mut plain = snapshot.to_bytes();
            with_pages(&snapshot.to_bytes(), |pages| plain.extend_from_slice(pages));
            Ok(Ending::fine(plain))
        }),
    ]
}

fn others() -> Vec<Case> {
    let of = |name: &str| Ok::<_, Error>(config().tenant(TenantId::new(name)?));
    let too_small = |memory: u64| config().limits(Limits { memory: Some(memory), ..Limits::default() });
    vec![
        refused("S06_another_tenants", ErrorKind::SnapshotOwner, "`lab`", move |stage| {
            Ok(restored(stage, &taken_of(stage, of("lab")?)?, of("other")?))
        }),
        refused("S06_a_tenants_for_nobody", ErrorKind::SnapshotOwner, "`lab`", move |stage| {
            Ok(restored(stage, &taken_of(stage, of("lab")?)?, config()))
        }),
        refused(
            "S06_another_tenants_into_a_vm_that_lives",
            ErrorKind::SnapshotOwner,
            "`lab`",
            move |stage| {
                let snapshot = Snapshot::from_bytes(stage.engine, &taken_of(stage, of("lab")?)?)?;
                let mut vm = Vm::new(stage.engine, of("other")?)?;
                vm.exec("x = 'kept'").wait()?;
                let result = vm.restore(&snapshot);
                ensure!(vm.exec("return x").wait()?.value::<String>()? == "kept");
                Ok(result)
            },
        ),
        holding(
            refused(
                "S13_less_memory_than_it_needs",
                ErrorKind::SnapshotTooLarge,
                "raise its limit `memory`",
                move |stage| {
                    let limits = Limits { memory: Some(MEMORY), ..Limits::default() };
                    let mut vm = Vm::new(stage.engine, VmConfig::default().limits(limits))?;
                    vm.exec("s = ('x'):rep(3 << 20)").wait()?.value::<()>()?;
                    let bytes = vm.snapshot().wait()?.to_bytes();
                    Ok(restored(stage, &bytes, too_small(2 << 20)))
                },
            ),
            2 * MEMORY,
        ),
        Case::new("S11_in_the_middle_of_a_call", "ok", |stage| {
            let mut vm = Vm::new(stage.engine, config().on_stop(OnStop::RollBack))?;
            vm.exec("x = 'before'").wait()?;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
            let cut = runtime.block_on(async {
                let call = vm.exec("x = 'within' while true do end");
                tokio::time::timeout(Duration::from_millis(5), call).await.is_err()
            });
            let bytes = vm.snapshot().wait()?.to_bytes();
            let mut copy = restored(stage, &bytes, config())?;
            let outcome = copy.exec("return x").wait()?;
            let kept: String = outcome.value()?;
            // Where the fuel went first the call was undone all the same.
            ensure!(kept == "before", "{kept}, cut off: {cut}");
            Ok(Ending::of_outcome(&outcome, Duration::from_secs(5), 2 * MEMORY))
        }),
        Case::new("S12_two_of_one_differ", "ok", |stage| {
            let bytes = taken(stage)?;
            let drawn = (0..8).map(|_| {
                let mut vm = restored(stage, &bytes, config())?;
                Ok(vm.exec("return math.random(0) .. '/' .. math.random(0)").wait()?.value::<String>()?)
            });
            let mut drawn = drawn.collect::<Result<Vec<_>>>()?;
            drawn.sort();
            drawn.dedup();
            ensure!(drawn.len() == 8, "{} of 8 differ", drawn.len());
            Ok(holding_eight(Ending::fine("")))
        }),
        Case::new("S16_functions_that_are_gone", "raised", |stage| {
            let answer = |text: &'static str| move |_: &mut bioxen_lua::Caller, (): ()| Ok::<_, String>(text);
            let first = HostModule::new("m").function("a", answer("a")).function("b", answer("b"));
            let mut vm = Vm::new(stage.engine, config().module(first))?;
            vm.exec("a, b = require('m').a, require('m').b").wait()?;
            let bytes = vm.snapshot().wait()?.to_bytes();
            let secret = stage.secret.to_string();
            let leaks = move |_: &mut bioxen_lua::Caller, (): ()| Ok::<_, String>(secret.clone());
            let other = HostModule::new("m").function("b", answer("b")).function("c", leaks);
            let mut copy = restored(stage, &bytes, config().module(other))?;
            ensure!(copy.exec("return b()").wait()?.value::<String>()? == "b");
            Ok(Ending::of_outcome(&copy.exec("return a()").wait()?, Duration::from_secs(5), 2 * MEMORY))
        }),
        Case::new("S16_mounts_that_are_gone", "ok", |stage| {
            let folder = stage.work.join("data");
            fs::create_dir_all(&folder)?;
            fs::write(folder.join("file"), "content")?;
            let mut vm = Vm::new(stage.engine, config().mount(Mount::read_write(&folder, "/data")?))?;
            vm.exec("f = assert(io.open('/data/file', 'r+'))").wait()?.value::<()>()?;
            let bytes = vm.snapshot().wait()?.to_bytes();
            let mut copy = restored(stage, &bytes, config())?;
            let outcome = copy.exec("return tostring(f:read('a')) .. tostring(f:write(('x'):rep(1 << 17))) .. tostring(io.open('/data/file'))").wait()?;
            let got: String = outcome.value()?;
            ensure!(got == "nilnilnil", "{got}");
            drop((vm, copy));
            ensure!(fs::read_to_string(folder.join("file"))? == "content");
            Ok(Ending::of_outcome(&outcome, Duration::from_secs(5), 2 * MEMORY))
        }),
    ]
}

fn holding_eight(ending: Ending) -> Ending {
    Ending { memory: 8 * MEMORY, deadline: Duration::from_secs(5), ..ending }
}
