//! The state directory on a disk that fails, is full, or loses power: what was acknowledged is there,
//! every error is typed, and the next save works.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bioxen_lua::testing::{Disk, StateDir};
use bioxen_lua::{Error, ErrorKind, Result, VmId};

use crate::fault_disk::{EDQUOT, EIO, EMFILE, ENOSPC, EROFS, Fault, FaultDisk};

const CEILING: u64 = 10_000;
/// More operations than any call makes: a sweep that gets here does not end.
const MOST_OPERATIONS: usize = 100;

fn open(disk: &FaultDisk) -> Result<StateDir> {
    StateDir::on(Arc::new(disk.clone()), Duration::ZERO)
}

fn id(name: &str) -> VmId {
    VmId::new(name).expect("a valid name")
}

/// A state that shows when a byte of it is missing: its length, its number over and over.
fn state(number: u8) -> Vec<u8> {
    let mut bytes = vec![number; 150 + usize::from(number)];
    bytes[0] = bytes.len() as u8;
    bytes
}

fn decode(bytes: &[u8]) -> Result<u8> {
    match bytes {
        [length, rest @ ..]
            if usize::from(*length) == bytes.len() && rest.iter().all(|byte| *byte == rest[0]) =>
        {
            Ok(rest[0])
        }
        _ => Err(damage()),
    }
}

/// An error of kind `SnapshotDamaged`, which only the library can make.
fn damage() -> Error {
    bioxen_lua::testing::SessionRecord::peek(b"no record").expect_err("no record")
}

/// The number of a session's state, or nothing where it has none.
#[track_caller]
fn load(dir: &StateDir, id: &VmId) -> Option<u8> {
    match dir.load(id, CEILING, decode) {
        Ok(number) => Some(number),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("a state must be whole: {error}"),
    }
}

/// A directory in which `a` has generations 4 and 5, and `b` has 1.
fn prepared() -> (FaultDisk, StateDir) {
    let disk = FaultDisk::default();
    let dir = open(&disk).expect("opened");
    for number in 1..=5 {
        dir.save(&id("a"), u64::from(number), &state(number)).expect("saved");
    }
    dir.save(&id("b"), 1, &state(1)).expect("saved");
    (disk, dir)
}

#[track_caller]
fn check_typed(error: &Error, code: i32) {
    assert_eq!(error.kind(), ErrorKind::Storage, "{error}");
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    assert_eq!(source.and_then(io::Error::raw_os_error), Some(code), "{error}");
}

/// Lets each operation of a call fail in each way, once and for a while. Afterwards the state is one of
/// those allowed, here and after the next start, and saving works.
#[track_caller]
fn sweep(call: impl Fn(&StateDir) -> Result<()>, allowed: &[Option<u8>]) {
    let mut failed = 0;
    for code in [ENOSPC, EIO, EROFS, EDQUOT, EMFILE] {
        for fault in [Fault::Once as fn(usize, i32) -> Fault, Fault::From] {
            for at in 0..=MOST_OPERATIONS {
                assert!(at < MOST_OPERATIONS, "the call never ends");
                let (disk, dir) = prepared();
                disk.inject(fault(at, code));
                let result = call(&dir);
                let reached = disk.heal();
                match result {
                    Err(error) => check_typed(&error, code),
                    Ok(()) if !reached => break,
                    Ok(()) => {}
                }
                failed += usize::from(reached);
                check_after(&disk, dir, allowed);
            }
        }
    }
    assert!(failed >= 5, "the faults were not met: {failed}");
}

#[track_caller]
fn check_after(disk: &FaultDisk, dir: StateDir, allowed: &[Option<u8>]) {
    let found = load(&dir, &id("a"));
    assert!(allowed.contains(&found), "{found:?} is none of {allowed:?}");
    drop(dir);
    let dir = open(disk).expect("opened again");
    assert_eq!(load(&dir, &id("a")), found, "the next start finds the same");
    assert_eq!(load(&dir, &id("b")), Some(1), "others are untouched");
    let next = dir.newest(&id("a")).map_or(1, |newest| newest + 1);
    dir.save(&id("a"), next, &state(9)).expect("the next save works");
    assert_eq!(load(&dir, &id("a")), Some(9));
    let left = disk.names();
    assert!(left.iter().all(|name| name.ends_with(".state")), "{left:?}");
    assert!(left.len() <= 3, "more than two generations: {left:?}");
}

#[test]
fn a_save_that_fails_leaves_the_old_state_or_the_new_one() {
    sweep(|dir| dir.save(&id("a"), 6, &state(6)), &[Some(5), Some(6)]);
}

#[test]
fn a_save_that_failed_can_be_repeated() {
    for at in 0..MOST_OPERATIONS {
        let (disk, dir) = prepared();
        disk.inject(Fault::Once(at, EIO));
        let result = dir.save(&id("a"), 6, &state(6));
        if !disk.heal() {
            return;
        }
        let left = disk.names();
        assert!(left.iter().all(|name| name.ends_with(".state")), "{left:?}");
        let mut saved = 6;
        if result.is_err() {
            dir.save(&id("a"), 6, &state(7)).expect("saved in a file of its own");
            saved = 7;
        }
        // Nothing of an attempt that failed is believed: what was acknowledged is what is stored.
        for disk in disk.after_power_cut() {
            assert_eq!(load(&open(&disk).expect("opened"), &id("a")), Some(saved));
        }
    }
    panic!("the call never ends");
}

#[test]
fn a_load_that_fails_changes_nothing() {
    sweep(|dir| dir.load(&id("a"), CEILING, decode).map(drop), &[Some(5)]);
}

#[test]
fn a_list_that_fails_changes_nothing() {
    sweep(|dir| dir.list().map(drop), &[Some(5)]);
}

#[test]
fn a_removal_that_fails_leaves_the_newest_state_or_none() {
    sweep(|dir| dir.remove(&id("a")), &[Some(5), None]);
}

#[test]
fn a_recovery_that_fails_removes_nothing_that_is_intact() {
    sweep(|dir| dir.recover(&id("a"), CEILING, decode).map(drop), &[Some(5)]);
}

#[test]
fn a_recovery_from_damage_that_fails_can_be_repeated() {
    for at in 0..MOST_OPERATIONS {
        let (disk, dir) = prepared();
        disk.damage("a@000005.state", |bytes| bytes.truncate(100));
        disk.inject(Fault::Once(at, EIO));
        let result = dir.recover(&id("a"), CEILING, decode);
        let reached = disk.heal();
        if let Err(error) = &result {
            check_typed(error, EIO);
        }
        assert_eq!(dir.recover(&id("a"), CEILING, decode).expect("recovered"), 4);
        assert_eq!(load(&dir, &id("a")), Some(4));
        if !reached {
            return;
        }
    }
    panic!("the call never ends");
}

#[test]
fn opening_reports_what_the_disk_says() {
    for code in [ENOSPC, EIO, EROFS, EDQUOT, EMFILE] {
        for at in 0..MOST_OPERATIONS {
            let (disk, dir) = prepared();
            drop(dir);
            // A save that was cut off, for the start to tidy up.
            disk.create("a@000006.3.tmp").expect("created").write_all(b"half").expect("written");
            disk.inject(Fault::Once(at, code));
            let result = open(&disk);
            let reached = disk.heal();
            if let Err(error) = &result {
                check_typed(error, code);
            }
            drop(result);
            let dir = open(&disk).expect("opened when the disk is well again");
            check_after(&disk, dir, &[Some(5)]);
            if !reached {
                break;
            }
        }
    }
}

#[test]
fn a_read_only_disk_is_refused_and_a_full_one_is_not() {
    let (disk, dir) = prepared();
    drop(dir);
    disk.inject(Fault::From(2, EROFS));
    check_typed(&open(&disk).expect_err("it cannot be written"), EROFS);
    disk.heal();
    // The lock is taken and the rest of an old probe removed; what makes a file finds no room.
    disk.inject(Fault::Once(2, ENOSPC));
    let dir = open(&disk).expect("what is there can be read");
    assert!(disk.heal());
    assert_eq!(load(&dir, &id("a")), Some(5));
}

/// What a step does to session `a`, and the state that it leaves.
type Step = (fn(&StateDir) -> Result<()>, Option<u8>);

const STEPS: [Step; 8] = [
    (|dir| dir.save(&id("a"), 1, &state(1)), Some(1)),
    (|dir| dir.save(&id("a"), 2, &state(2)), Some(2)),
    (|dir| dir.save(&id("a"), 3, &state(3)), Some(3)),
    (|dir| dir.save(&id("a"), 4, &state(4)), Some(4)),
    (|dir| dir.remove(&id("a")), None),
    (|dir| dir.save(&id("a"), 1, &state(5)), Some(5)),
    (|dir| dir.save(&id("a"), 2, &state(6)), Some(6)),
    (|dir| dir.remove(&id("a")), None),
];

/// Runs the steps until one is not acknowledged. Gives what was acknowledged last, and what was under way.
fn run(dir: &StateDir) -> (Option<u8>, Option<u8>) {
    let mut acknowledged = None;
    for (step, leaves) in STEPS {
        if step(dir).is_err() {
            return (acknowledged, leaves);
        }
        acknowledged = leaves;
    }
    (acknowledged, acknowledged)
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_at_any_moment() {
    let mut disks = 0;
    for at in 0.. {
        let disk = FaultDisk::default();
        let dir = open(&disk).expect("opened");
        disk.inject(Fault::PowerCut(at));
        let (acknowledged, under_way) = run(&dir);
        drop(dir);
        for disk in disk.after_power_cut() {
            disks += 1;
            let dir = open(&disk).expect("opened after the power cut");
            let found = load(&dir, &id("a"));
            assert!(
                found == acknowledged || found == under_way,
                "power cut before operation {at}: found {found:?}, acknowledged {acknowledged:?}, \
                 under way {under_way:?}"
            );
            let next = dir.newest(&id("a")).map_or(1, |newest| newest + 1);
            dir.save(&id("a"), next, &state(9)).expect("saved");
            assert_eq!(load(&dir, &id("a")), Some(9));
        }
        if !disk.heal() {
            assert!(at > 40 && disks > 200, "{at} operations, {disks} disks");
            return;
        }
    }
}
