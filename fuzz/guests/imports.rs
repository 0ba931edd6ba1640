//! What must hold when a guest calls any import with any numbers: a program of such calls is run by the puppet
//! (`tests/attack/guests/puppet.wat`), and the host, its files and its other VMs must be as before.
//!
//! A program is a list of steps. A number below that of the imports, in the order of the list on record, calls one: its
//! arguments follow, little-endian. `0xff` puts bytes into memory: address, size in one byte, the bytes. `0xfe` grows memory by
//! so many pages, in one byte. What is missing at the end is zero.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use bioxen_lua::{Chunk, Engine, Failure, HostModule, Limits, Mount, Outcome, Stdin, Values, Vm, VmConfig};

const CONTRACT: &str = include_str!("../../tests/golden/imports.txt");

/// Lies beside the mounts, and must not be seen.
const SECRET: &str = "7f3a-what-lies-beside-the-mounts-91c4";

/// Bytes and names that the mount may grow by.
const DISK: u64 = 64 << 10;
const FILES: u64 = 16;

/// A program that sleeps should not keep the others waiting.
const TIME: Duration = Duration::from_millis(20);

/// How long a stop may take on a busy machine.
const LATE: Duration = Duration::from_millis(500);

/// Runs a program, and asks. `engine` is one of the puppet.
///
/// # Panics
///
/// When something does not hold that must.
pub fn imports(engine: &Engine, input: &[u8]) {
    outcome(engine, input, TIME);
}

/// The same with another limit of time, and how it ended.
///
/// # Panics
///
/// As [`imports`].
pub fn outcome(engine: &Engine, input: &[u8], time: Duration) -> Outcome {
    let place = Place::new();
    let beside = place.beside();
    let mut vm = Vm::new(engine, config(&place, time)).expect("a VM");
    let begin = Instant::now();
    let outcome = vm.exec(Chunk::new(input)).wait().expect("what a guest does is in the outcome");
    in_bounds(&outcome, time, begin.elapsed());
    vm.reset().expect("a fresh guest");
    let after = vm.exec(Chunk::new([])).wait().expect("a fresh guest answers");
    assert_eq!(after.result, Ok(Vec::new()), "a fresh guest does nothing when nothing is asked of it");
    drop(vm);
    assert_eq!(place.beside(), beside, "files beside the mount were changed");
    place.quota_is_kept();
    outcome
}

fn limits(time: Duration) -> Limits {
    Limits {
        memory: Some(4 << 20),
        fuel: Some(20_000_000),
        time: Some(time),
        stdout: Some(16 << 10),
        stderr: Some(16 << 10),
        result: Some(64 << 10),
        host_calls: Some(100),
        host_call_size: Some(16 << 10),
        open_files: Some(4),
        disk: Some(DISK),
        files: Some(FILES),
        ..Limits::default()
    }
}

fn config(place: &Place, time: Duration) -> VmConfig {
    let module = HostModule::new("host")
        .function("echo", |_, values: Values| Ok::<_, String>(values))
        .function("fail", |_, _: Values| Err::<(), _>("no".to_string()))
        .async_function("later", |_, values: Values| async move { Ok::<_, String>(values) })
        .blocking_function("slow", |_, number: i64| Ok::<_, String>(number.wrapping_add(1)))
        .function("long", |_, ()| Ok::<_, String>("x".repeat(10_000)));
    VmConfig::default()
        .limits(limits(time))
        .mount(Mount::read_write(place.path("work"), "/work").expect("a mount"))
        .mount(Mount::read_only(place.path("rules"), "/rules").expect("a mount"))
        .module(module)
        .var("LANG", "C")
        .stdin(Stdin::bytes(b"one line\nand another\n".repeat(1_000)))
}

fn in_bounds(outcome: &Outcome, time: Duration, took: Duration) {
    let Limits { fuel, memory, stdout, stderr, .. } = limits(time);
    assert!(took <= time + LATE, "it took {took:?} of {time:?}");
    let usage = outcome.usage;
    assert!(Some(usage.fuel) <= fuel && Some(usage.memory) <= memory, "over a limit: {usage:?}");
    assert!(Some(usage.stdout) <= stdout && Some(usage.stderr) <= stderr, "over a limit: {usage:?}");
    assert!(
        matches!(
            outcome.result,
            Ok(_) | Err(Failure::Trap(_) | Failure::Exit(_) | Failure::Limit { .. } | Failure::Raised { .. })
        ),
        "an ending that a puppet does not have: {:?}",
        outcome.result
    );
    let seen = format!("{:?} {} {}", outcome.result, outcome.stdout.to_text(), outcome.stderr.to_text());
    assert!(!seen.contains(SECRET), "the guest saw what lies beside its mounts");
}

/// A folder for one run: `work` is mounted to be changed, `rules` to be read, and a canary lies beside.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Place {
        let place = Place(tempfile::tempdir().expect("a folder"));
        for folder in ["work", "rules", "beside"] {
            fs::create_dir(place.path(folder)).expect("a folder");
        }
        for (file, text) in [("canary", SECRET), ("beside/canary", SECRET), ("rules/a", "one rule\n")] {
            fs::write(place.path(file), text).expect("a file");
        }
        // Somebody with a share in the folder planted these.
        for (link, target) in [("out", "../canary"), ("up", "..")] {
            std::os::unix::fs::symlink(target, place.path("work").join(link)).expect("a link");
        }
        place
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    /// Everything but what may change: paths and contents.
    fn beside(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        walk(self.0.path(), &mut |path, content| {
            if !path.starts_with(self.path("work")) {
                found.insert(path.display().to_string(), content);
            }
        });
        found
    }

    fn quota_is_kept(&self) {
        let (mut bytes, mut names) = (0, 0);
        walk(&self.path("work"), &mut |_, content| {
            bytes += content.len() as u64;
            names += 1;
        });
        assert!(bytes <= DISK, "{bytes} bytes were written, {DISK} were allowed");
        assert!(names <= FILES + 2, "{names} names are there, {FILES} and two links were allowed");
    }
}

/// Every path below a folder, with what is in it. Links are not followed.
fn walk(folder: &Path, tell: &mut dyn FnMut(&Path, Vec<u8>)) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let kind = path.symlink_metadata().expect("it is there").file_type();
        if kind.is_dir() {
            tell(&path, Vec::new());
            walk(&path, tell);
        } else if kind.is_symlink() {
            tell(&path, Vec::new());
        } else {
            tell(&path, fs::read(&path).expect("a file"));
        }
    }
}

/// An import, as the list on record has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    pub name: &'static str,
    /// Bytes of each of its arguments: 4 or 8.
    pub arguments: Vec<usize>,
}

/// All imports, in the order of their numbers in a program.
pub fn list() -> Vec<Import> {
    let lines = CONTRACT.lines().filter_map(|line| line.strip_prefix("import "));
    lines
        .map(|line| {
            let (names, kind) = line.split_once(" function (").expect("a function");
            let (arguments, _) = kind.split_once(')').expect("a list of types");
            Import {
                name: names.rsplit(' ').next().expect("a name"),
                arguments: arguments
                    .split_whitespace()
                    .map(|kind| if kind == "i64" { 8 } else { 4 })
                    .collect(),
            }
        })
        .collect()
}

/// A program for the puppet.
#[derive(Debug, Clone, Default)]
pub struct Program(pub Vec<u8>);

impl Program {
    /// Puts at most 255 bytes at an address.
    pub fn put(mut self, address: u32, bytes: &[u8]) -> Program {
        self.0.push(0xff);
        self.0.extend(address.to_le_bytes());
        self.0.push(u8::try_from(bytes.len()).expect("few bytes"));
        self.0.extend(bytes);
        self
    }

    pub fn grow(mut self, pages: u8) -> Program {
        self.0.extend([0xfe, pages]);
        self
    }

    /// Calls an import by its name.
    pub fn call(mut self, name: &str, arguments: &[u64]) -> Program {
        let imports = list();
        let number = imports.iter().position(|import| import.name == name).expect("an import");
        let sizes = &imports[number].arguments;
        assert_eq!(sizes.len(), arguments.len(), "arguments of `{name}`");
        self.0.push(number as u8);
        for (size, argument) in sizes.iter().zip(arguments) {
            self.0.extend(&argument.to_le_bytes()[..*size]);
        }
        self
    }
}

/// Calls as a guest in its right mind makes them, and the memory that they need: what fuzzers and tests begin with.
pub mod plain {
    use super::Program;

    /// Where results go.
    pub const RESULT: u64 = 0x18000;
    const PATHS: u64 = 0x13000;
    const NAMES: u64 = 0x13080;
    const PARTS: u64 = 0x13100;
    const BUFFER: u64 = 0x13200;
    const VALUES: u64 = 0x13400;
    /// The first file that a guest opens.
    const FILE: u64 = 65_536;
    const WORK: u64 = 3;
    const RULES: u64 = 4;
    const READ: u64 = 1 << 1 | 1 << 2 | 1 << 14;
    const WRITE: u64 = READ | 1 << 6;

    /// Puts paths, names, parts and values where the calls expect them.
    pub fn ground() -> Program {
        let mut program = Program::default();
        for (at, path) in ["a", "../canary", "folder", "folder/b", ".", "out", "up/canary"].iter().enumerate()
        {
            program = program.put((PATHS + 16 * at as u64) as u32, path.as_bytes());
        }
        let part = |address: u64, size: u32| [(address as u32).to_le_bytes(), size.to_le_bytes()].concat();
        let parts = [part(BUFFER, 16), part(BUFFER + 64, 5)].concat();
        let values = [&[3, 42, 0, 0, 0, 0, 0, 0, 0, 5, 2, 0, 0, 0][..], b"ab"].concat();
        program
            .put(NAMES as u32, b"hostLANG")
            .put(PARTS as u32, &parts)
            .put(BUFFER as u32, b"text that is written somewhere")
            .put(VALUES as u32, &values)
    }

    /// The number of a host function.
    fn number(name: &str) -> u64 {
        let hash = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        u64::from(name.bytes().fold(0x811c_9dc5, hash))
    }

    /// Every import, some of them in several ways, in an order in which most of them go well.
    pub fn calls() -> Vec<(&'static str, Vec<u64>)> {
        let path = |at: u64, size: u64| [PATHS + 16 * at, size];
        let ([a, a_size], [canary, canary_size]) = (path(0, 1), path(1, 9));
        let ([folder, folder_size], [below, below_size]) = (path(2, 6), path(3, 8));
        let ([here, here_size], [out, out_size], [up, up_size]) = (path(4, 1), path(5, 3), path(6, 9));
        let open = |mount, path, size, flags, rights| {
            ("path_open", vec![mount, 1, path, size, flags, rights, rights, 0, RESULT])
        };
        vec![
            ("settings", vec![RESULT]),
            ("module", vec![NAMES, 4, RESULT]),
            ("variable", vec![NAMES + 4, 4, RESULT]),
            ("call", vec![number("host.echo"), VALUES, 16, RESULT]),
            ("call", vec![number("host.fail"), VALUES, 0, RESULT]),
            ("call", vec![number("host.later"), VALUES, 16, RESULT]),
            ("call", vec![number("host.slow"), VALUES, 9, RESULT]),
            ("call", vec![number("host.long"), VALUES, 0, RESULT]),
            ("more", vec![4096, RESULT]),
            ("denied", vec![canary, canary_size]),
            ("running-time", vec![]),
            ("sleep", vec![0]),
            ("clock_time_get", vec![0, 1, RESULT]),
            ("environ_sizes_get", vec![RESULT, RESULT + 4]),
            ("environ_get", vec![RESULT, RESULT + 64]),
            ("fd_prestat_get", vec![WORK, RESULT]),
            ("fd_prestat_dir_name", vec![WORK, RESULT, 5]),
            open(WORK, a, a_size, 1, WRITE),
            ("fd_fdstat_get", vec![FILE, RESULT]),
            ("fd_fdstat_set_flags", vec![FILE, 1]),
            ("fd_write", vec![FILE, PARTS, 2, RESULT]),
            ("fd_write", vec![1, PARTS, 2, RESULT]),
            ("fd_write", vec![2, PARTS, 2, RESULT]),
            ("fd_seek", vec![FILE, 0, 0, RESULT]),
            ("fd_read", vec![FILE, PARTS, 2, RESULT]),
            ("fd_read", vec![0, PARTS, 2, RESULT]),
            ("path_create_directory", vec![WORK, folder, folder_size]),
            ("path_rename", vec![WORK, a, a_size, WORK, below, below_size]),
            ("path_filestat_get", vec![WORK, 1, below, below_size, RESULT]),
            ("path_filestat_set_times", vec![WORK, 1, below, below_size, 0, 1_000_000_000, 5]),
            ("path_readlink", vec![WORK, out, out_size, BUFFER, 64, RESULT]),
            open(WORK, here, here_size, 2, READ),
            ("fd_readdir", vec![FILE + 1, BUFFER, 256, 0, RESULT]),
            open(RULES, a, a_size, 0, READ),
            open(RULES, a, a_size, 8, WRITE),
            open(WORK, out, out_size, 0, READ),
            open(WORK, up, up_size, 1, WRITE),
            open(WORK, canary, canary_size, 0, READ),
            ("path_unlink_file", vec![WORK, below, below_size]),
            ("path_remove_directory", vec![WORK, folder, folder_size]),
            ("fd_close", vec![FILE]),
            ("exit", vec![3]),
            ("proc_exit", vec![4]),
        ]
    }
}

/// Programs to begin with: each call alone, and all of them up to the one that ends the program.
pub fn seeds() -> Vec<Vec<u8>> {
    let calls = plain::calls();
    let alone = calls.iter().map(|(name, arguments)| plain::ground().call(name, arguments).0);
    let all = calls.iter().fold(plain::ground(), |program, (name, arguments)| program.call(name, arguments));
    alone.chain([all.0]).collect()
}
