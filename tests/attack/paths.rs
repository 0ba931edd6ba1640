//! Files: every way out of a mounted folder, and every way to change one that is for reading.
//!
//! A row prepares the folder `data`, beside which the canaries lie, and runs a script that says what it got.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use anyhow::{Result, ensure};
use bioxen_lua::{Access, HostModule, Limits, Mount, Outcome, Value, Vm, VmConfig};

use crate::case::{Case, Ending, Stage};
use crate::row::{alone, digest, refused};

/// What rows call: each tries all there is to try, prints what came of it, and gives how much was done.
const TRIES: &str = include_str!("tries.lua");

const TIME: Duration = Duration::from_secs(20);
const MEMORY: u64 = 16 << 20;

/// Whose folder a script sees.
#[derive(Clone, Copy, PartialEq)]
enum Sees {
    /// One for reading, then, in another VM, the same for writing too.
    Both,
    ReadOnly,
    ReadWrite,
}
use Sees::{Both, ReadOnly, ReadWrite};

type Prepare = fn(&Place) -> Result<()>;

/// Name, what is prepared, what the VM sees, the script, and what it returns.
type Row = (&'static str, Prepare, Sees, &'static str, &'static str);

/// The folder that is mounted, on the host.
struct Place(PathBuf);

impl Place {
    fn new(work: &Path) -> Result<Place> {
        let place = Place(work.join("data"));
        fs::create_dir_all(place.at("inner/deeper"))?;
        fs::write(place.at("file"), "content")?;
        fs::write(place.at("inner/file"), "inner content")?;
        Ok(place)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn link(&self, target: impl AsRef<Path>, name: &str) -> Result<()> {
        Ok(symlink(target, self.at(name))?)
    }

    /// A file beside the folders that cases may change.
    fn canary(&self, name: &str) -> PathBuf {
        let above = self.0.ancestors().nth(2).unwrap_or(&self.0);
        above.join(name)
    }
}

fn nothing(_: &Place) -> Result<()> {
    Ok(())
}

const ESCAPES: &[Row] = &[
    ("F01_the_folder_above", nothing, Both, "return try('/data/../canary')", "0"),
    ("F01_two_above", nothing, Both, "return try('/data/../../canary')", "0"),
    ("F01_down_and_up", nothing, Both, "return try('/data/a/../../../canary')", "0"),
    ("F01_a_dot_first", nothing, Both, "return try('/data/./../../canary')", "0"),
    ("F01_from_deep_inside", nothing, Both, "return try('/data/inner/deeper/../../../../canary')", "0"),
    ("F01_through_a_file", nothing, Both, "return try('/data/file/../../../canary')", "0"),
    ("F01_empty_parts", nothing, Both, "return try('/data/inner/..//..//..//beside/canary')", "0"),
    ("F01_relative", nothing, Both, "return try('../canary') + try('../../canary') + try('canary')", "0"),
    ("F01_after_chdir", nothing, Both, "lfs.chdir('/data/inner') return try('../../../canary')", "0"),
    ("F01_a_thousand_up", nothing, Both, "return try('/data/' .. ('../'):rep(1000) .. 'etc/passwd')", "0"),
    (
        "F01_as_a_module",
        nothing,
        Both,
        "package.path = '/data/../../?' return (pcall(require, 'canary'))",
        "false",
    ),
    ("F02_the_hosts_passwords", nothing, Both, "return try('/etc/passwd') + try('//etc/passwd')", "0"),
    (
        "F02_the_hosts_variables",
        nothing,
        Both,
        "return try('/proc/self/environ') + tries(os.getenv, 'BIOXEN_CANARY')",
        "0",
    ),
    (
        "F02_the_hosts_devices",
        nothing,
        Both,
        "return try('/dev/stdin') + try('/dev/fd/0') + try('/dev/zero')",
        "0",
    ),
    ("F02_the_root", nothing, Both, "return try('/etc') + change('/etc/new') + change('/new')", "0"),
    (
        "F03_link_to_a_folder",
        |place| place.link("../../beside", "out"),
        Both,
        "return try('/data/out/canary') + change('/data/out/canary') + change('/data/out/new')",
        "0",
    ),
    (
        "F03_absolute_link",
        |place| place.link(place.canary("beside"), "out"),
        Both,
        "return try('/data/out/canary') + change('/data/out/new')",
        "0",
    ),
    ("F03_link_to_the_file", |place| place.link("../../canary", "out"), Both, "return try('/data/out')", "0"),
    ("F03_link_to_etc", |place| place.link("/etc", "out"), Both, "return try('/data/out/passwd')", "0"),
    (
        "F03_link_in_a_folder",
        |place| place.link("../../../canary", "inner/out"),
        Both,
        "return try('/data/inner/out')",
        "0",
    ),
    (
        "F03_link_back_in_and_out",
        |place| place.link("inner/../../../canary", "out"),
        Both,
        "return try('/data/out')",
        "0",
    ),
    (
        "F03_link_of_a_link",
        |place| {
            place.link("../../beside", "one")?;
            place.link("one", "two")
        },
        Both,
        "return try('/data/two/canary') + change('/data/two/new')",
        "0",
    ),
    (
        "F03_up_behind_a_link",
        |place| place.link("../../beside/empty", "out"),
        Both,
        "return try('/data/out/../canary') + change('/data/out/../new')",
        "0",
    ),
    (
        "F03_link_to_what_is_not_there",
        |place| place.link("../../beside/new", "out"),
        ReadWrite,
        "return tries(io.open, '/data/out', 'w') + tries(lfs.mkdir, '/data/out')",
        "0",
    ),
    (
        "F03_link_as_a_module",
        |place| place.link("../../canary", "stolen.lua"),
        Both,
        "return try('/data/stolen.lua') + tries(require, 'stolen')",
        "0",
    ),
    ("F04_a_chain_of_41", |place| chain(place, "../../canary", 41), Both, "return try('/data/chain41')", "0"),
    ("F04_a_chain_of_41_inside", |place| chain(place, "file", 41), Both, "return try('/data/chain41')", "0"),
    (
        "F04_two_that_turn",
        |place| {
            place.link("b", "a")?;
            place.link("a", "b")
        },
        Both,
        "return try('/data/a') + try('/data/b/x')",
        "0",
    ),
    (
        "F04_itself",
        |place| place.link("itself", "itself"),
        Both,
        "return try('/data/itself') + try('/data/itself/x')",
        "0",
    ),
    (
        "F05_trailing_slash_on_a_link",
        |place| place.link("../../beside", "out"),
        Both,
        "return try('/data/out/') + change('/data/out/')",
        "0",
    ),
    (
        "F05_trailing_dot_on_a_link",
        |place| place.link("../../beside", "out"),
        Both,
        "return try('/data/out/.') + try('/data/out//canary') + try('/data/out/./canary')",
        "0",
    ),
    (
        "F05_trailing_slash_on_a_link_to_a_file",
        |place| place.link("../../canary", "out"),
        Both,
        "return try('/data/out/') + change('/data/out/')",
        "0",
    ),
    (
        "F05_trailing_slash_on_a_file",
        nothing,
        Both,
        "return try('/data/file/') + tries(io.open, '/data/file/', 'w')",
        "0",
    ),
    (
        "F06_rename_a_link_with_a_slash",
        |place| place.link("../../beside", "out"),
        ReadWrite,
        "return tries(os.rename, '/data/out/', '/data/taken')",
        "0",
    ),
    (
        "F06_rename_onto_a_link_with_a_slash",
        |place| place.link("../../beside", "out"),
        ReadWrite,
        "return tries(os.rename, '/data/inner', '/data/out/') + tries(os.rename, '/data/file', '/data/out/')",
        "0",
    ),
    (
        "F06_rename_through_a_link",
        |place| place.link("../../beside", "out"),
        ReadWrite,
        "return tries(os.rename, '/data/file', '/data/out/file') + tries(os.rename, '/data/out/canary', '/data/taken')",
        "0",
    ),
    (
        "F12_a_handle_of_the_host",
        |place| place.link("/proc/self/fd/3", "out"),
        Both,
        "return try('/data/out')",
        "0",
    ),
    ("F12_standard_input", |place| place.link("/dev/stdin", "out"), Both, "return try('/data/out')", "0"),
    (
        "F12_the_root_by_proc",
        |place| place.link("/proc/self/root", "out"),
        Both,
        "return try('/data/out/etc/passwd')",
        "0",
    ),
    (
        "F12_the_variables_by_proc",
        |place| place.link("/proc/self/environ", "out"),
        Both,
        "return try('/data/out')",
        "0",
    ),
    (
        "F12_the_memory_by_proc",
        |place| place.link("/proc/self/mem", "out"),
        Both,
        "return try('/data/out')",
        "0",
    ),
    (
        "F12_the_working_folder_by_proc",
        |place| place.link("/proc/self/cwd", "out"),
        Both,
        "return try('/data/out/Cargo.toml')",
        "0",
    ),
];

const NAMES: &[Row] = &[
    ("F09_a_zero_byte", nothing, Both, "return read('/data/file\\0/../../canary')", "content"),
    ("F09_a_zero_byte_first", nothing, Both, "return try('\\0/data/file')", "0"),
    ("F09_a_newline", nothing, ReadWrite, "return tries(io.open, '/data/a\\nb', 'w')", "1"),
    ("F09_no_text", nothing, Both, "return try('/data/\\xff') + tries(io.open, '/data/\\xff', 'w')", "0"),
    (
        "F09_a_long_name",
        nothing,
        Both,
        "local n = '/data/' .. ('n'):rep(256) return try(n) + tries(io.open, n, 'w') + tries(lfs.mkdir, n)",
        "0",
    ),
    (
        "F09_a_long_path",
        nothing,
        Both,
        "local n = '/data/' .. ('n/'):rep(2046) return try(n .. 'n') + tries(io.open, n .. 'n', 'w')",
        "0",
    ),
    (
        "F09_two_thousand_parts",
        nothing,
        Both,
        "return try('/data/' .. ('d/'):rep(2000) .. 'x') + tries(io.open, '/data/' .. ('inner/../'):rep(2000) .. 'x')",
        "0",
    ),
    (
        "F09_a_path_of_a_mebibyte",
        nothing,
        Both,
        "return tries(io.open, '/data/' .. ('n'):rep(1 << 20)) + tries(io.open, ('/'):rep(1 << 20) .. 'x')",
        "0",
    ),
    ("F09_no_name", nothing, Both, "return try('') + change('')", "0"),
    (
        "F10_names_of_other_systems",
        nothing,
        ReadWrite,
        "local n = 0 for _, name in ipairs{'CON', 'a\\\\..\\\\b', 'C:x', 'name.', '..\\\\canary', 'C:\\\\x'} do n = n + tries(io.open, '/data/' .. name, 'w') end return n",
        "6",
    ),
    (
        "F10_a_backslash_is_a_letter",
        nothing,
        ReadOnly,
        "return try('/data/..\\\\..\\\\canary') + try('\\\\data\\\\..\\\\..\\\\canary')",
        "0",
    ),
    ("F11_a_pipe", pipe, Both, "return try('/data/pipe') + tries(io.open, '/data/pipe', 'w')", "0"),
    (
        "F11_a_link_to_a_pipe",
        |place| {
            pipe(place)?;
            place.link("pipe", "out")
        },
        Both,
        "return try('/data/out') + tries(io.open, '/data/out', 'w')",
        "0",
    ),
    ("F11_below_a_pipe", pipe, Both, "return try('/data/pipe/x') + change('/data/pipe/x')", "0"),
    (
        "F11_a_socket",
        |place| {
            drop(UnixListener::bind(place.at("socket"))?);
            Ok(())
        },
        Both,
        "return try('/data/socket') + tries(io.open, '/data/socket', 'w')",
        "0",
    ),
    ("F11_a_device", |place| place.link("/dev/zero", "out"), Both, "return try('/data/out')", "0"),
    (
        "F11_a_folder_as_a_file",
        nothing,
        Both,
        "local f = io.open('/data/inner') return tostring(f and f:read('a')) .. tries(io.open, '/data/inner', 'w')",
        "nil0",
    ),
    (
        "F11_a_module_that_is_a_pipe",
        |place| {
            pipe(place)?;
            Ok(fs::rename(place.at("pipe"), place.at("p.lua"))?)
        },
        Both,
        "return tries(require, 'p') + tries(dofile, '/data/p.lua')",
        "0",
    ),
    (
        "F17_a_large_folder",
        |place| (0..3000).try_for_each(|at| Ok(fs::write(place.at(&format!("inner/{at}")), "")?)),
        Both,
        "local n = 0 for name in lfs.dir('/data/inner') do n = n + 1 end return n",
        "3004",
    ),
    (
        "F21_without_permission",
        |place| Ok(fs::set_permissions(place.at("file"), PermissionsExt::from_mode(0o0))?),
        ReadOnly,
        "return tries(io.open, '/data/file')",
        if_permitted(),
    ),
    (
        "F22_from_before_1970",
        |place| dated(place, |at| UNIX_EPOCH.checked_sub(at)),
        Both,
        "return lfs.attributes('/data/file', 'modification') .. read('/data/file')",
        "0content",
    ),
    (
        "F22_from_far_away",
        |place| dated(place, |at| UNIX_EPOCH.checked_add(at * 1000)),
        Both,
        "return math.type(lfs.attributes('/data/file', 'modification')) .. read('/data/file')",
        "integercontent",
    ),
    (
        "F22_set_to_any_time",
        nothing,
        ReadWrite,
        "for _, t in ipairs{1 << 62, -1, math.mininteger, math.maxinteger, 1e308, -1e308, 0/0, 1/0, 1 << 40, 0} do pcall(lfs.touch, '/data/file', t, t) \
        math.type(lfs.attributes('/data/file', 'modification')) end return read('/data/file')",
        "content",
    ),
];

/// The test program may be run by somebody who may do everything.
const fn if_permitted() -> &'static str {
    "?"
}

const CHANGES: &[Row] = &[
    (
        "F08_truncate_what_is_for_reading",
        nothing,
        ReadOnly,
        "return tries(io.open, '/data/file', 'w') + tries(io.open, '/data/file', 'w+') + tries(io.output, '/data/file')",
        "0",
    ),
    (
        "F08_truncate_through_a_link",
        |place| place.link("file", "within"),
        ReadOnly,
        "return tries(io.open, '/data/within', 'w') + tries(io.open, '/data/within', 'w+')",
        "0",
    ),
    (
        "F23_create",
        nothing,
        ReadOnly,
        "return tries(io.open, '/data/new', 'w') + tries(io.open, '/data/new', 'a') + tries(io.open, '/data/inner/new', 'a+')",
        "0",
    ),
    (
        "F23_append_and_update",
        nothing,
        ReadOnly,
        "return tries(io.open, '/data/file', 'a') + tries(io.open, '/data/file', 'r+') + tries(io.open, '/data/file', 'a+')",
        "0",
    ),
    (
        "F23_write_by_a_handle_for_reading",
        nothing,
        ReadOnly,
        "local f = io.open('/data/file') f:setvbuf('no') return tries(f.write, f, 'x')",
        "0",
    ),
    (
        "F23_make_a_folder",
        nothing,
        ReadOnly,
        "return tries(lfs.mkdir, '/data/new') + tries(lfs.mkdir, '/data/inner/new')",
        "0",
    ),
    (
        "F23_remove",
        nothing,
        ReadOnly,
        "return tries(os.remove, '/data/file') + tries(os.remove, '/data/inner/deeper') + tries(lfs.rmdir, '/data/inner/deeper')",
        "0",
    ),
    (
        "F23_rename",
        nothing,
        ReadOnly,
        "return tries(os.rename, '/data/file', '/data/new') + tries(os.rename, '/data/inner', '/data/new')",
        "0",
    ),
    (
        "F23_set_times",
        nothing,
        ReadOnly,
        "return tries(lfs.touch, '/data/file') + tries(lfs.touch, '/data/file', 1, 1) + tries(lfs.touch, '/data/inner')",
        "0",
    ),
    (
        "F23_link",
        nothing,
        ReadOnly,
        "return tries(lfs.link, '/data/file', '/data/new') + tries(lfs.link, '/data/file', '/data/new', true)",
        "0",
    ),
    (
        "F23_lock",
        nothing,
        ReadOnly,
        "return tries(lfs.lock_dir, '/data') + tries(lfs.lock_dir, '/data/inner')",
        "0",
    ),
    ("F23_temporary_files", nothing, ReadOnly, "return tries(io.tmpfile) + tries(os.tmpname)", "0"),
    (
        "F23_everything",
        nothing,
        ReadOnly,
        "return change('/data/file') + change('/data/inner') + change('/data/new') + change('/data')",
        "0",
    ),
    (
        "F23_the_mount_itself",
        nothing,
        ReadWrite,
        "return tries(os.remove, '/data') + tries(os.rename, '/data', '/data/inner/x') + tries(lfs.rmdir, '/data/') + tries(os.remove, '/')",
        "0",
    ),
    (
        "F07_link_out_of_a_mount",
        nothing,
        ReadWrite,
        "return tries(lfs.link, '/data/file', '/other/new') + tries(lfs.link, '../../canary', '/data/new', true)",
        "0",
    ),
];

pub fn cases() -> Vec<Case> {
    let rows = ESCAPES.iter().chain(NAMES).chain(CHANGES).map(|row| of(*row));
    rows.chain(more()).chain(mounts()).map(alone).collect()
}

fn of((name, prepare, sees, script, answer): Row) -> Case {
    Case::new(name, "ok", move |stage| {
        let place = Place::new(stage.work)?;
        prepare(&place)?;
        let answer = match answer {
            "?" => {
                if File::open(place.at("file")).is_ok() {
                    "1"
                } else {
                    "0"
                }
            }
            answer => answer,
        };
        let accesses: &[Access] = match sees {
            Both => &[Access::ReadOnly, Access::ReadWrite],
            ReadOnly => &[Access::ReadOnly],
            ReadWrite => &[Access::ReadWrite],
        };
        let mut endings = Vec::new();
        for access in accesses {
            let before = digest(&place.0)?;
            let ending = answered(stage, config(&place, *access)?, script, answer)?;
            let unchanged = digest(&place.0)? == before;
            ensure!(unchanged || *access == Access::ReadWrite, "a mount for reading was changed");
            endings.push(ending);
        }
        Ok(together(endings))
    })
}

fn config(place: &Place, access: Access) -> Result<VmConfig> {
    let mount = match access {
        Access::ReadOnly => Mount::read_only(&place.0, "/data")?,
        Access::ReadWrite => Mount::read_write(&place.0, "/data")?,
    };
    Ok(limited(Limits::default()).mount(mount))
}

fn limited(limits: Limits) -> VmConfig {
    let limits = Limits { time: Some(TIME), memory: Some(MEMORY), ..limits };
    VmConfig::default().limits(limits).seed(1)
}

fn run(stage: &Stage, config: VmConfig, script: &str) -> Result<Outcome> {
    let mut vm = Vm::new(stage.engine, config)?;
    Ok(vm.exec(format!("{TRIES}{script}").as_str()).wait()?)
}

/// How a script ends, that must return this text.
fn answered(stage: &Stage, config: VmConfig, script: &str, answer: &str) -> Result<Ending> {
    let outcome = run(stage, config, script)?;
    let got = outcome.value::<Value>().map(|value| match value {
        Value::String(text) => text.to_text().into_owned(),
        other => other.to_string(),
    });
    let ending = Ending::of_outcome(&outcome, TIME, MEMORY);
    let seen = String::from_utf8_lossy(&ending.seen[..ending.seen.len().min(2000)]).into_owned();
    // What the secret is in is told by the runner.
    let told = seen.replace(stage.secret, "(the secret)");
    ensure!(
        got.as_deref().ok() == Some(answer) || seen.contains(stage.secret),
        "expected {answer}, got {got:?}: {told}"
    );
    Ok(ending)
}

fn together(endings: Vec<Ending>) -> Ending {
    endings
        .into_iter()
        .reduce(|one, other| Ending {
            kind: if one.kind == other.kind { one.kind } else { format!("{}, {}", one.kind, other.kind) },
            deadline: one.deadline + other.deadline,
            memory: one.memory.max(other.memory),
            seen: [one.seen, other.seen].concat(),
        })
        .unwrap_or_else(|| Ending::fine("nothing was run"))
}

fn chain(place: &Place, end: &str, length: usize) -> Result<()> {
    place.link(end, "chain0")?;
    (1..=length).try_for_each(|at| place.link(format!("chain{}", at - 1), &format!("chain{at}")))
}

fn pipe(place: &Place) -> Result<()> {
    ensure!(Command::new("mkfifo").arg(place.at("pipe")).status()?.success());
    Ok(())
}

/// As far from 1970 as the disk can say.
fn dated(place: &Place, time: fn(Duration) -> Option<std::time::SystemTime>) -> Result<()> {
    let file = File::options().write(true).open(place.at("file"))?;
    for bits in (20..50).rev() {
        let far = time(Duration::from_secs(1 << bits));
        if far.is_some_and(|far| file.set_modified(far).is_ok()) {
            return Ok(());
        }
    }
    anyhow::bail!("no other time can be set")
}

/// Rows that take more than a script.
fn more() -> Vec<Case> {
    vec![
        Case::new("F07_rename_between_mounts", "ok", |stage| {
            let place = Place::new(stage.work)?;
            let other = Place::new(&stage.work.join("other"))?;
            let config = config(&place, Access::ReadOnly)?.mount(Mount::read_write(&other.0, "/other")?);
            let before = digest(&place.0)?;
            let script = "return tries(os.rename, '/other/file', '/data/new') + tries(os.rename, '/data/file', '/other/new') \
                + tries(os.rename, '/other/file', '/data/file') + tries(os.rename, '/data/inner', '/other/new')";
            let ending = answered(stage, config, script, "0")?;
            ensure!(digest(&place.0)? == before, "the mount for reading was changed");
            Ok(ending)
        }),
        Case::new("F13_a_link_that_changes_while_it_is_opened", "ok", |stage| {
            swapped(
                stage,
                "for i = 1, 600 do n = n + tries(io.open, '/data/swapped/canary') \
                tries(io.open, '/data/swapped/new', 'w') n = n + tries(lfs.mkdir, '/data/swapped/canary/x') end",
            )
        }),
        Case::new("F13_a_link_that_changes_while_it_is_looked_at", "ok", |stage| {
            swapped(
                stage,
                "for i = 1, 600 do n = n + tries(lfs.attributes, '/data/swapped/canary') \
                n = n + tries(os.rename, '/data/swapped/canary', '/data/swapped/x') n = n + tries(os.remove, '/data/swapped/canary') end",
            )
        }),
        changing(
            "F15_a_file_that_shrinks",
            "local f = io.open('/data/file') f:read(10) host.shrink() local rest = #f:read('a') f:seek('set') return rest <= 60000 and #f:read('a') .. ''",
            "3",
        ),
        changing(
            "F15_a_file_that_grows",
            "local f = io.open('/data/file') f:read(10) host.grow() return #f:read('a') > 60000 and f:seek('end') .. ''",
            "200000",
        ),
        changing(
            "F15_a_file_that_vanishes",
            "local f = io.open('/data/file') f:read(10) host.vanish() return #f:read('a') .. try('/data/file')",
            "599900",
        ),
        changing(
            "F15_a_file_that_becomes_a_link",
            "local f = io.open('/data/file') host.link() return try('/data/file') .. #f:read('a')",
            "060000",
        ),
        Case::new("F16_ten_gibibytes_of_nothing", "memory", |stage| {
            let place = Place::new(stage.work)?;
            File::create(place.at("sparse"))?.set_len(10 << 30)?;
            let script = "f = io.open('/data/sparse') assert(f:seek('end') == 10 << 30) f:seek('set', 9 << 30) \
                assert(#f:read(1 << 20) == 1 << 20) f:seek('set') return #f:read('a')";
            Ok(Ending::of_outcome(&run(stage, config(&place, Access::ReadOnly)?, script)?, TIME, MEMORY))
        }),
        Case::new("F18_a_folder_that_is_replaced", "ok", |stage| replaced(stage, true)),
        Case::new("F18_a_folder_that_is_removed", "ok", |stage| replaced(stage, false)),
        quota(
            "F24_until_the_disk_is_full",
            Limits { disk: Some(100_000), ..Limits::default() },
            "local f = io.open('/data/new', 'w') f:setvbuf('no') for i = 1, 1000 do if not f:write(('x'):rep(1000)) then return i .. '' end end",
            "101",
        ),
        quota(
            "F24_a_hole",
            Limits { disk: Some(100_000), ..Limits::default() },
            "local f = io.open('/data/new', 'w') f:setvbuf('no') f:seek('set', 1 << 40) return tries(f.write, f, 'x') .. ''",
            "0",
        ),
        quota(
            "F24_many_files",
            Limits { files: Some(10), ..Limits::default() },
            "local n = 0 for i = 1, 100 do n = n + tries(io.open, '/data/f' .. i, 'w') + tries(lfs.mkdir, '/data/d' .. i) end return n .. ''",
            "10",
        ),
        quota(
            "F24_many_handles",
            Limits { open_files: Some(10), ..Limits::default() },
            "local t = {} for i = 1, 100 do t[i] = io.open('/data/file') end return #t .. ''",
            "10",
        ),
    ]
}

/// Tries while another thread swaps a link that leads inside for one that leads outside.
fn swapped(stage: &Stage, tries: &str) -> Result<Ending> {
    let place = Place::new(stage.work)?;
    place.link("inner", "swapped")?;
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let swapping = scope.spawn(|| -> Result<u64> {
            let mut swaps = 0;
            while !over.load(Ordering::Relaxed) {
                for target in ["../../beside", "inner"] {
                    place.link(target, "next")?;
                    fs::rename(place.at("next"), place.at("swapped"))?;
                    swaps += 1;
                }
            }
            Ok(swaps)
        });
        let script = format!("local n = 0 {tries} return n");
        let ending = answered(stage, config(&place, Access::ReadWrite)?, &script, "0");
        over.store(true, Ordering::Relaxed);
        let swaps = swapping.join().map_err(|_| anyhow::anyhow!("the other thread panicked"))??;
        ensure!(swaps > 10, "{swaps} swaps");
        ending
    })
}

/// A script whose host changes a file of 60,000 bytes meanwhile.
fn changing(name: &'static str, script: &'static str, answer: &'static str) -> Case {
    Case::new(name, "ok", move |stage| {
        let place = Place::new(stage.work)?;
        let (file, secret) = (place.at("file"), place.canary("canary"));
        fs::write(&file, "x".repeat(60_000))?;
        let does = |act: fn(&Path, &Path) -> std::io::Result<()>| {
            let (file, secret) = (file.clone(), secret.clone());
            move |_: &mut bioxen_lua::Caller, (): ()| act(&file, &secret).map_err(|error| error.to_string())
        };
        let module = HostModule::new("host")
            .function("shrink", does(|file, _| fs::write(file, "abc")))
            .function("grow", does(|file, _| fs::write(file, "x".repeat(200_000))))
            .function("vanish", does(|file, _| fs::remove_file(file)))
            .function(
                "link",
                does(|file, secret| fs::remove_file(file).and_then(|()| symlink(secret, file))),
            );
        let config = config(&place, Access::ReadOnly)?.module(module);
        answered(stage, config, &format!("local host = require 'host' {script}"), answer)
    })
}

fn replaced(stage: &Stage, by_another: bool) -> Result<Ending> {
    let place = Place::new(stage.work)?;
    let config = config(&place, Access::ReadWrite)?;
    let mut vm = Vm::new(stage.engine, config)?;
    vm.exec(format!("{TRIES} f = io.open('/data/file')").as_str()).wait()?;
    let moved = stage.work.join("moved");
    fs::rename(&place.0, &moved)?;
    symlink(place.canary("beside"), &place.0)?;
    if !by_another {
        fs::remove_dir_all(&moved)?;
    }
    let script = "print(f:read('a')) return tries(io.open, '/data/canary') .. tries(io.open, '/data/new', 'w') .. tries(io.open, '/data/file')";
    let outcome = vm.exec(script).wait()?;
    let expected = if by_another { "011" } else { "000" };
    let got = outcome.value::<String>()?;
    ensure!(got == expected, "expected {expected}, got {got}: {}", outcome.stdout);
    Ok(Ending::of_outcome(&outcome, TIME, MEMORY))
}

/// A script under limits of its disk, beside another VM that goes on.
fn quota(name: &'static str, limits: Limits, script: &'static str, answer: &'static str) -> Case {
    Case::new(name, "ok", move |stage| {
        let place = Place::new(stage.work)?;
        let mount = || Mount::read_write(&place.0, "/data");
        let full = answered(stage, limited(limits.clone()).mount(mount()?), script, answer)?;
        let other = "local f = assert(io.open('/data/other', 'w')) assert(f:write(('x'):rep(200000))) f:close() return 'fine'";
        let other = answered(stage, limited(Limits::default()).mount(mount()?), other, "fine")?;
        Ok(together(vec![full, other]))
    })
}

/// Where folders may not be mounted.
fn mounts() -> Vec<Case> {
    use bioxen_lua::ErrorKind::InvalidConfig;
    let at = |name: &'static str, guest: &'static str| {
        refused(name, InvalidConfig, "expected an absolute path", move |stage| {
            Ok(Mount::read_write(stage.work, guest))
        })
    };
    vec![
        at("F01_a_mount_above_the_root", "/.."),
        at("F01_a_mount_with_dots", "/a/../b"),
        at("F09_a_mount_with_a_zero_byte", "/a\0b"),
        at("F09_a_mount_with_a_newline", "/a\nb"),
        at("F10_a_mount_that_is_relative", "data"),
    ]
}
