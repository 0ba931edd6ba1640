//! A disk that is full, and a limit on the size of files, as the system itself enforces them.

use std::error::Error as _;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use bioxen_lua::testing::StateDir;
use bioxen_lua::{Error, ErrorKind, Snapshot, Vm, VmConfig};
use libtest_mimic::Trial;

use crate::world::{integer, small_engine};
use crate::{program, state, trial};

/// Bytes of each state; small beside the disk, so that it fills up in several saves.
const STATE: usize = 100_000;
/// More states than fit on the disk of 1 MiB.
const MOST: u64 = 30;

pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        trial("fill::a_file_over_the_system's_limit_leaves_the_old_state", limited_files),
        trial("fill::a_snapshot_over_the_system's_limit_leaves_the_old_one", limited_snapshots),
    ];
    // Needs a kernel that lets users mount in a name space of their own, which containers often forbid.
    let may_mount = Command::new("unshare").args(["-rm", "true"]).stderr(Stdio::null()).status();
    if may_mount.is_ok_and(|status| status.success()) {
        trials.push(trial("fill::a_full_disk_leaves_the_old_states", full_disk));
    }
    trials
}

pub fn role(directory: &Path, arguments: &[String]) {
    match arguments {
        [what] if what == "disk" => fill_disk(directory),
        [what] if what == "file" => outgrow_file(directory),
        [what] if what == "snapshot" => outgrow_snapshot(directory),
        other => panic!("no such role: {other:?}"),
    }
}

/// Starts this program by way of a shell command that prepares the process.
fn prepared(preparation: &str, what: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut shell = if what == "disk" {
        let mut unshare = Command::new("unshare");
        unshare.args(["-rm", "sh"]);
        unshare
    } else {
        Command::new("sh")
    };
    shell.arg("-c").arg(format!("{preparation}; exec \"$0\" role:fill \"$1\" {what}"));
    let output = shell.arg(program()).arg(folder.path()).output().expect("sh runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn limited_files() {
    // 512 bytes is the unit; the signal would end the process before it sees the error.
    prepared("trap '' XFSZ; ulimit -f 128", "file");
}

fn limited_snapshots() {
    prepared("trap '' XFSZ; ulimit -f 256", "snapshot");
}

fn full_disk() {
    prepared("set -e; mount -t tmpfs -o size=1m,mode=700 none \"$1\"", "disk");
}

#[track_caller]
fn check(error: &Error, kind: io::ErrorKind) {
    assert_eq!(error.kind(), ErrorKind::Storage, "{error}");
    let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    assert_eq!(source.map(io::Error::kind), Some(kind), "{error}");
}

fn outgrow_file(directory: &Path) {
    let dir = StateDir::open(directory).expect("opened");
    let id = state::id(1);
    state::save(&dir, &id, 1, b"small").expect("saved");
    let error = state::save(&dir, &id, 2, &[b'x'; STATE]).expect_err("the system allows 64 KiB");
    check(&error, io::ErrorKind::FileTooLarge);
    assert_eq!(state::load(&dir, &id).as_deref(), Some(&b"small"[..]));
    state::save(&dir, &id, 2, b"small again").expect("the next save works");
    assert_eq!(state::load(&dir, &id).as_deref(), Some(&b"small again"[..]));
}

fn outgrow_snapshot(directory: &Path) {
    let engine = small_engine();
    let path = directory.join("vm.snapshot");
    let mut vm = Vm::new(&engine, VmConfig::default()).expect("a VM");
    let mut save = |chunk: &str| {
        vm.exec(chunk).wait().expect("an outcome").value::<()>().expect("it runs");
        vm.snapshot().wait().expect("taken").save(&path)
    };
    save("n = 1").expect("saved");
    let large = "n = 2 t = {} for i = 1, 50000 do t[i] = math.random(math.maxinteger) end";
    check(&save(large).expect_err("the system allows 128 KiB"), io::ErrorKind::FileTooLarge);
    let names =
        || std::fs::read_dir(directory).expect("listed").map(|entry| entry.expect("an entry").file_name());
    assert_eq!(names().collect::<Vec<_>>(), ["vm.snapshot"], "nothing is left over");
    let old = Snapshot::load(&engine, &path).expect("the old one is whole");
    let mut copy = Vm::new(&engine, VmConfig::default()).expect("a VM");
    copy.restore(&old).expect("restored");
    assert_eq!(integer(&copy.exec("return n").wait().expect("an outcome")), 1);
    save("t = nil").expect("the next one is saved");
}

fn fill_disk(directory: &Path) {
    let dir = StateDir::open(directory).expect("opened");
    let save = |number: u64| state::save(&dir, &state::id(number), 1, &[number as u8; STATE]);
    let (full, error) = (1..MOST).find_map(|number| Some((number, save(number).err()?))).expect("it is full");
    check(&error, io::ErrorKind::StorageFull);
    assert!(full > 3, "the disk held nothing");
    check(&save(1).expect_err("no room for a second generation"), io::ErrorKind::StorageFull);
    drop(dir);
    let dir = StateDir::open(directory).expect("a full disk can be opened");
    for number in 1..full {
        assert_eq!(state::load(&dir, &state::id(number)), Some(vec![number as u8; STATE]));
    }
    assert_eq!(state::load(&dir, &state::id(full)), None);
    dir.remove(&state::id(1)).expect("removed");
    state::save(&dir, &state::id(full), 1, b"fits").expect("there is room again");
}
