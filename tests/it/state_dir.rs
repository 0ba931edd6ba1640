//! Sessions on the host's disk.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bioxen_lua::testing::{
    Disk, Expected, RecordCeilings, RecordHeader, RecordStatus, SessionRecord, StateDir,
};
use bioxen_lua::{Error, ErrorKind, Result, VmId};
use tempfile::TempDir;

use crate::fault_disk::FaultDisk;

const CEILING: u64 = 1 << 20;
const GUEST: [u8; 32] = [3; 32];

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn id(name: &str) -> VmId {
    VmId::new(name).expect("a valid name")
}

fn record(name: &str, generation: u64) -> SessionRecord {
    SessionRecord {
        header: RecordHeader {
            writer: RecordHeader::own_writer(),
            guest: GUEST,
            id: id(name),
            tenant: None,
            generation,
            created: 1,
            last_used: 2,
            fuel: 3,
            running: Duration::from_millis(4),
            memory: 5,
            status: RecordStatus::Live,
        },
        output: format!("output {generation}").into_bytes(),
        output_start: 0,
        readers: vec![0],
        pending: Vec::new(),
        input: Vec::new(),
        snapshot: vec![generation as u8; 10_000],
    }
}

fn save(dir: &StateDir, name: &str, generation: u64) {
    dir.save(&id(name), generation, &record(name, generation).encode()).expect("saved");
}

fn decode(bytes: &[u8], name: &str) -> Result<SessionRecord> {
    let ceilings = RecordCeilings { output: 100, input: 100, readers: 10, snapshot: 20_000 };
    SessionRecord::decode(bytes, &Expected { guest: &GUEST, id: &id(name), tenant: None, ceilings })
}

fn load(dir: &StateDir, name: &str) -> Result<SessionRecord> {
    dir.load(&id(name), CEILING, |bytes| decode(bytes, name))
}

#[track_caller]
fn refused<T>(result: Result<T>, kind: ErrorKind, part: &str) -> Error {
    let error = result.err().expect("it is refused");
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(part), "{error}");
    error
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).expect("it is there").permissions().mode() & 0o777
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_state_is_found_by_the_next_process() {
    let folder = folder();
    let dir = StateDir::open(folder.path()).expect("opened");
    save(&dir, "a", 1);
    drop(dir);
    let dir = StateDir::open(folder.path()).expect("opened again");
    assert_eq!(load(&dir, "a").expect("loaded"), record("a", 1));
    assert_eq!(dir.newest(&id("a")), Some(1));
    let size = record("a", 1).encode().len() as u64;
    assert_eq!(dir.stored(&id("a")).expect("there"), size);
    save(&dir, "a", 2);
    assert_eq!(dir.stored(&id("a")).expect("there"), 2 * size);
    refused(load(&dir, "b"), ErrorKind::NotFound, "`b`");
}

/// The disk of the tests behaves as the host's does, or their results say nothing.
#[test]
fn both_disks_behave_alike() {
    let folder = folder();
    let host = StateDir::open(folder.path()).expect("opened");
    let disk = FaultDisk::default();
    let memory = StateDir::on(Arc::new(disk.clone()), Duration::ZERO).expect("opened");
    for dir in [&host, &memory] {
        for generation in 1..=4 {
            save(dir, "a", generation);
        }
        save(dir, "b", 7);
        save(dir, "b", 7);
        refused(dir.save(&id("b"), 6, b"old"), ErrorKind::InvalidConfig, "generation 6");
        save(dir, "c", 1);
        dir.remove(&id("c")).expect("removed");
        refused(dir.remove(&id("c")), ErrorKind::NotFound, "`c`");
        assert_eq!(load(dir, "a").expect("loaded"), record("a", 4));
    }
    assert_eq!(host.list().expect("listed"), memory.list().expect("listed"));
    let mut expected = disk.names();
    assert_eq!(expected, ["a@000003.state", "a@000004.state", "b@000007.state"]);
    expected.push("lock".to_string());
    assert_eq!(names(folder.path()), expected);
    let again = disk.create("a@000004.state").err().expect("refused").kind();
    assert_eq!(again, std::io::ErrorKind::AlreadyExists);
    refused(StateDir::on(Arc::new(disk), Duration::ZERO), ErrorKind::InUse, "process 1 (init)");
}

#[test]
fn files_are_for_their_owner_alone() {
    let folder = folder();
    let path = folder.path().join("made/for/states");
    let dir = StateDir::open(&path).expect("made");
    save(&dir, "a", 1);
    for made in ["made", "made/for", "made/for/states"] {
        assert_eq!(mode(&folder.path().join(made)), 0o700, "{made}");
    }
    for file in ["lock", "a@000001.state"] {
        assert_eq!(mode(&path.join(file)), 0o600, "{file}");
    }
}

#[test]
fn no_program_that_is_started_inherits_the_lock() {
    let folder = folder();
    let dir = StateDir::open(folder.path()).expect("opened");
    let open = Command::new("ls").args(["-l", "/proc/self/fd"]).output().expect("ls runs");
    let open = String::from_utf8_lossy(&open.stdout).into_owned();
    assert!(open.contains("->"), "{open}");
    assert!(!open.contains(&*folder.path().to_string_lossy()), "{open}");
    drop(dir);
}

#[test]
fn what_cannot_hold_states_is_refused() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").expect("written");
    refused(StateDir::open(&file), ErrorKind::Storage, "Not a directory");
    refused(StateDir::open(file.join("below")), ErrorKind::Storage, "Not a directory");
    let open = folder.path().join("open");
    fs::create_dir(&open).expect("made");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o770)).expect("set");
    refused(StateDir::open(&open), ErrorKind::Storage, "chmod go-w");
    let odd = folder.path().join("odd");
    fs::create_dir_all(odd.join("lock")).expect("made");
    refused(StateDir::open(&odd), ErrorKind::Storage, "`lock` in it is no file");
}

#[test]
fn the_folder_of_another_user_is_refused() {
    let folder = folder();
    let path = folder.path().join("theirs");
    fs::create_dir(&path).expect("made");
    // An administrator can give a folder away; everybody else finds one that is not theirs.
    match std::os::unix::fs::chown(&path, Some(65_534), None) {
        Ok(()) => refused(StateDir::open(&path), ErrorKind::Storage, "it belongs to user 65534"),
        Err(_) => refused(StateDir::open("/"), ErrorKind::Storage, "it belongs to user 0"),
    };
    assert_eq!(names(&path), [""; 0]);
}

#[test]
fn what_a_cut_off_save_left_is_removed_and_strangers_are_left_alone() {
    let folder = folder();
    let dir = StateDir::open(folder.path()).expect("opened");
    save(&dir, "a", 1);
    drop(dir);
    for left in ["a@000002.0.tmp", "b@000001.17.tmp", "probe.tmp"] {
        fs::write(folder.path().join(left), "half").expect("written");
    }
    for stranger in ["notes.txt", "..x@000001.state", "a@1.state", "a b@000001.state", "a.tmp"] {
        fs::write(folder.path().join(stranger), "kept").expect("written");
    }
    let dir = StateDir::open(folder.path()).expect("opened");
    let listing = dir.list().expect("listed");
    assert_eq!(
        listing.strangers,
        ["..x@000001.state", "a b@000001.state", "a.tmp", "a@1.state", "notes.txt"]
    );
    assert_eq!(listing.sessions.len(), 1);
    assert_eq!((&listing.sessions[0].id, &listing.sessions[0].generations), (&id("a"), &vec![1]));
    assert_eq!(names(folder.path()).len(), 2 + listing.strangers.len());
}

#[test]
fn a_damaged_state_says_which_one_is_intact_and_recovers_it() {
    let folder = folder();
    let dir = StateDir::open(folder.path()).expect("opened");
    save(&dir, "a", 1);
    save(&dir, "a", 2);
    save(&dir, "b", 1);
    let newest = folder.path().join("a@000002.state");
    let mut bytes = fs::read(&newest).expect("read");
    bytes[5_000] ^= 1;
    fs::write(&newest, &bytes).expect("written");
    let error = refused(load(&dir, "a"), ErrorKind::SnapshotDamaged, "generation 1 is intact");
    assert!(error.to_string().contains("`a@000002.state`: session state is damaged"), "{error}");
    assert!(load(&dir, "b").is_ok(), "others are not concerned");
    assert_eq!(dir.recover(&id("a"), CEILING, |bytes| decode(bytes, "a")).expect("recovered"), 1);
    assert_eq!(load(&dir, "a").expect("loaded"), record("a", 1));
    assert!(!newest.exists());
    assert_eq!(dir.recover(&id("a"), CEILING, |bytes| decode(bytes, "a")).expect("nothing to do"), 1);
    save(&dir, "a", 2);
}

#[test]
fn without_an_intact_state_nothing_is_removed() {
    let folder = folder();
    let dir = StateDir::open(folder.path()).expect("opened");
    for generation in 1..=2 {
        save(&dir, "a", generation);
        fs::write(folder.path().join(format!("a@00000{generation}.state")), "rot").expect("written");
    }
    refused(load(&dir, "a"), ErrorKind::SnapshotDamaged, "no older generation is intact");
    let recovered = dir.recover(&id("a"), CEILING, |bytes| decode(bytes, "a"));
    refused(recovered, ErrorKind::SnapshotDamaged, "remove the session");
    assert_eq!(names(folder.path()).len(), 3);
    dir.remove(&id("a")).expect("removed");
    assert_eq!(names(folder.path()), ["lock"]);
}

#[test]
fn the_state_of_another_guest_is_never_removed() {
    let folder = folder();
    let dir = StateDir::open(folder.path()).expect("opened");
    save(&dir, "a", 1);
    let mut foreign = record("a", 2);
    foreign.header.guest = [4; 32];
    dir.save(&id("a"), 2, &foreign.encode()).expect("saved");
    refused(load(&dir, "a"), ErrorKind::SnapshotGuest, "belongs to the guest of version");
    let recovered = dir.recover(&id("a"), CEILING, |bytes| decode(bytes, "a"));
    refused(recovered, ErrorKind::SnapshotGuest, "export it with that version");
    assert_eq!(dir.newest(&id("a")), Some(2));
}

/// Puts something in the place of the newest state.
#[track_caller]
fn check_no_file(place: impl Fn(&Path)) {
    let folder = folder();
    let dir = StateDir::open(folder.path()).expect("opened");
    save(&dir, "a", 1);
    save(&dir, "a", 2);
    let newest = folder.path().join("a@000002.state");
    fs::rename(&newest, folder.path().join("moved")).expect("moved");
    place(&newest);
    drop(dir);
    let dir = StateDir::open(folder.path()).expect("opened again");
    refused(load(&dir, "a"), ErrorKind::SnapshotDamaged, "is no file");
    refused(dir.peek(&id("a"), 10), ErrorKind::SnapshotDamaged, "is no file");
    assert!(folder.path().join("moved").exists());
}

#[test]
fn links_pipes_and_folders_in_a_states_place_are_refused() {
    check_no_file(|path| symlink(path.with_file_name("moved"), path).expect("linked"));
    check_no_file(|path| fs::create_dir(path).expect("made"));
    check_no_file(|path| {
        let made = Command::new("mkfifo").arg(path).status().expect("mkfifo runs");
        assert!(made.success());
    });
}

#[test]
fn a_lock_that_is_a_link_is_not_followed() {
    let folder = folder();
    let target = folder.path().join("target");
    fs::write(&target, "precious").expect("written");
    let path = folder.path().join("states");
    fs::create_dir(&path).expect("made");
    symlink(&target, path.join("lock")).expect("linked");
    refused(StateDir::open(&path), ErrorKind::Storage, "`lock` in it is no file");
    assert_eq!(fs::read(&target).expect("read"), b"precious");
}

#[test]
fn a_file_over_the_ceiling_is_not_read() {
    let folder = folder();
    let dir = StateDir::open(folder.path()).expect("opened");
    save(&dir, "a", 1);
    let size = record("a", 1).encode().len() as u64;
    let at = |ceiling| dir.load(&id("a"), ceiling, |bytes| decode(bytes, "a"));
    assert!(at(size).is_ok());
    refused(at(size - 1), ErrorKind::SnapshotTooLarge, "are allowed");
    // Sparse: it takes no room on the disk.
    let file = fs::OpenOptions::new().write(true).open(folder.path().join("a@000001.state")).expect("opened");
    file.set_len(1 << 30).expect("lengthened");
    refused(load(&dir, "a"), ErrorKind::SnapshotTooLarge, "1073741824 bytes");
    let start = dir.peek(&id("a"), SessionRecord::PEEK).expect("the beginning is read");
    assert_eq!(SessionRecord::peek(&start).expect("a header"), record("a", 1).header);
}

#[test]
fn one_process_opens_a_directory_once() {
    let folder = folder();
    let dir = StateDir::open(folder.path()).expect("opened");
    let error = refused(StateDir::open(folder.path()), ErrorKind::InUse, "in use by process");
    assert!(error.to_string().contains(&format!("process {} (", std::process::id())), "{error}");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| StateDir::open_within(folder.path(), Duration::from_secs(60)));
        drop(dir);
        assert!(waiting.join().expect("no panic").is_ok());
    });
}

/// Between its start and its program, a process has open what the one that started it has.
#[test]
fn a_directory_is_free_when_it_is_closed_whatever_is_started_meanwhile() {
    let folder = folder();
    let others = std::thread::spawn(|| {
        for _ in 0..500 {
            assert!(Command::new("true").status().expect("it runs").success());
        }
    });
    while !others.is_finished() {
        drop(StateDir::open(folder.path()).expect("nobody else has it"));
    }
    others.join().expect("no panic");
}

#[test]
fn waiting_for_a_directory_ends() {
    let folder = folder();
    let _dir = StateDir::open(folder.path()).expect("opened");
    let start = Instant::now();
    let patience = Duration::from_millis(100);
    refused(StateDir::open_within(folder.path(), patience), ErrorKind::InUse, "in use");
    assert!(start.elapsed() >= patience);
    assert!(start.elapsed() < patience * 10);
}

#[test]
fn sessions_are_saved_at_once_from_many_threads() {
    let folder = folder();
    let dir = StateDir::open(folder.path()).expect("opened");
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let dir = &dir;
            scope.spawn(move || (1..=5).for_each(|generation| save(dir, &format!("s{thread}"), generation)));
        }
    });
    for thread in 0..8 {
        let name = format!("s{thread}");
        assert_eq!(load(&dir, &name).expect("loaded"), record(&name, 5));
    }
    assert_eq!(names(folder.path()).len(), 1 + 8 * 2);
}

#[test]
fn ten_thousand_sessions_are_listed_without_reading_them() {
    let folder = folder();
    for number in 0..10_000 {
        fs::write(folder.path().join(format!("session-{number}@000003.state")), "").expect("written");
    }
    let dir = StateDir::open(folder.path()).expect("opened");
    let start = Instant::now();
    let listing = dir.list().expect("listed");
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!((listing.sessions.len(), listing.strangers.len()), (10_000, 0));
    refused(load(&dir, "session-77"), ErrorKind::SnapshotDamaged, "session-77@000003.state");
}

/// A record as version 0.1.0 wrote it, in format 1. It stays as it is: what people have on their disks
/// does, too.
#[test]
fn a_record_of_an_older_version_stays_readable() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/session-1.state");
    if std::env::var_os("BIOXEN_BLESS").is_some() && !path.exists() {
        fs::write(&path, golden().encode()).expect("the tests' folder can be written");
    }
    let bytes = fs::read(&path).expect("`cargo xtask bless --golden` writes it where it is missing");
    assert_eq!(decode(&bytes, "assembly:7").expect("readable"), golden());
}

fn golden() -> SessionRecord {
    let mut record = record("assembly:7", 12);
    record.header.writer = "0.1.0".to_string();
    record.header.status = RecordStatus::Ended(-3);
    record.output_start = 1_000;
    record.readers = vec![900, 1_009];
    record.pending = b"for i = 1, 3 do\n".to_vec();
    record.input = b"print(i)\nend\n".to_vec();
    record.snapshot = b"Lua".to_vec();
    record
}
