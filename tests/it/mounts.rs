//! Folders of the host: what a script may do in them, and that it gets no further.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bioxen_lua::{Access, ErrorKind, Failure, Limits, Mount, OnStop, Vm, VmConfig};
use tempfile::TempDir;

use crate::support::{engine, exec, integer, limited, raised, text, vm};

/// What no script may see.
const CANARY: &str = "canary-5b1e";

/// A folder with a canary beside the part that is mounted.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("root/inner/deeper")).expect("made");
        fs::create_dir_all(folder.path().join("outside")).expect("made");
        for canary in ["canary", "outside/canary"] {
            fs::write(folder.path().join(canary), CANARY).expect("written");
        }
        let place = Place { folder };
        place.write("file", "content");
        place.write("inner/file", "inner content");
        place
    }

    fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("root")
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.root().join(name), content).expect("written");
    }

    fn link(&self, target: impl AsRef<Path>, name: &str) {
        symlink(target, self.root().join(name)).expect("linked");
    }

    fn read_only(&self) -> Vm {
        vm(VmConfig::default().mount(Mount::read_only(self.root(), "/data").expect("there")))
    }

    fn read_write(&self) -> Vm {
        self.with(Limits::default())
    }

    fn with(&self, limits: Limits) -> Vm {
        vm(limited(limits).mount(self.mount()))
    }

    fn mount(&self) -> Mount {
        Mount::read_write(self.root(), "/data").expect("there")
    }
}

/// Every path below a folder with what stands there.
fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            let metadata = fs::symlink_metadata(&path).expect("it is there");
            let content = if metadata.is_dir() {
                folders.push(path.clone());
                "folder".to_string()
            } else if metadata.is_symlink() {
                format!("link to {}", fs::read_link(&path).expect("a link").display())
            } else if metadata.is_file() {
                String::from_utf8_lossy(&fs::read(&path).expect("a file")).into_owned()
            } else {
                "other".to_string()
            };
            let modified = metadata.modified().expect("a time");
            found.insert(
                path.display().to_string(),
                format!("{content} {:?} {modified:?}", metadata.permissions()),
            );
        }
    }
    found
}

/// Tries a path in every way there is to open one; each must fail without a canary.
#[track_caller]
fn unreachable(vm: &mut Vm, path: &str) {
    let path = path.replace('\\', "\\\\").replace('"', "\\\"");
    let chunk = format!(
        "local path, seen = \"{path}\", {{}} \
         for _, mode in ipairs{{'r', 'r+', 'a+'}} do \
           local f, message = io.open(path, mode) \
           if f then seen[#seen + 1] = mode .. ' opened ' .. tostring(f:read('a')) f:close() end end \
         for _, way in ipairs{{loadfile, function(p) return io.lines(p)() end, io.input, dofile}} do \
           local ok, result = pcall(way, path) if ok and result then seen[#seen + 1] = tostring(result) end end \
         return table.concat(seen, '; ')"
    );
    assert_eq!(text(vm, &chunk), "", "{path}");
}

// ---- escapes

#[test]
fn paths_lead_nowhere_outside() {
    let place = Place::new();
    let outside = place.folder.path().join("canary");
    for mut vm in [place.read_only(), place.read_write()] {
        let before = tree(&place.folder.path().join("outside"));
        for path in [
            "/data/../canary",
            "/data/inner/../../canary",
            "/data/./../canary",
            "/data/inner/deeper/../../../canary",
            "../canary",
            "/etc/passwd",
            "//etc/passwd",
            "/data//../../../../../../../../etc/passwd",
            "/data/../../../../../../../../etc/passwd",
            "/proc/self/fd/3",
            "/proc/self/environ",
            "/dev/stdin",
            "/data/inner/..//../canary",
            "/data/file/../../canary",
            "/database/x",
            "canary",
            outside.to_str().expect("text"),
        ] {
            unreachable(&mut vm, path);
        }
        assert_eq!(text(&mut vm, "return io.open('/data/inner/../file'):read('a')"), "content", "but within");
        assert_eq!(before, tree(&place.folder.path().join("outside")));
    }
    assert_eq!(fs::read_to_string(&outside).expect("there"), CANARY);
}

#[test]
fn symbolic_links_lead_nowhere_outside() {
    let place = Place::new();
    place.link("/etc", "etc");
    place.link("/etc/passwd", "passwd");
    place.link("../canary", "up");
    place.link("../outside", "out");
    place.link("inner/../../canary", "around");
    place.link("/proc/self/fd/3", "handle");
    place.link("/dev/zero", "zero");
    place.link("/dev/stdin", "stdin");
    place.link(place.folder.path().join("canary"), "absolute");
    place.link("absolute", "first");
    place.link("first", "second");
    place.link("out", "out2");
    for mut vm in [place.read_only(), place.read_write()] {
        for path in [
            "etc/passwd",
            "etc/",
            "etc",
            "passwd",
            "up",
            "out/canary",
            "out",
            "out/",
            "out2/canary",
            "around",
            "handle",
            "zero",
            "stdin",
            "absolute",
            "second",
            "out/../canary",
            "inner/../out/canary",
        ] {
            unreachable(&mut vm, &format!("/data/{path}"));
        }
        for path in ["up", "out/canary", "out/new", "absolute", "second"] {
            let write = format!("return tostring(io.open('/data/{path}', 'w'))");
            assert_eq!(text(&mut vm, &write), "nil", "{path}");
        }
        for path in ["out/canary", "out/", "etc/passwd"] {
            let remove = format!("return tostring(os.remove('/data/{path}'))");
            assert_eq!(text(&mut vm, &remove), "nil", "{path}");
            let rename = format!("return tostring(os.rename('/data/{path}', '/data/taken'))");
            assert_eq!(text(&mut vm, &rename), "nil", "{path}");
            let rename = format!("return tostring(os.rename('/data/file', '/data/{path}'))");
            assert_eq!(text(&mut vm, &rename), "nil", "{path}");
        }
    }
    for canary in ["canary", "outside/canary"] {
        assert_eq!(fs::read_to_string(place.folder.path().join(canary)).expect("there"), CANARY);
    }
    assert_eq!(fs::read_dir(place.folder.path().join("outside")).expect("there").count(), 1);
}

#[test]
fn symbolic_links_within_work_and_loops_end() {
    let place = Place::new();
    place.link("file", "within");
    place.link("inner", "folder");
    place.link("b", "a");
    place.link("a", "b");
    place.link("itself", "itself");
    place.link("file", "chain0");
    for number in 1..=60 {
        place.link(format!("chain{}", number - 1), &format!("chain{number}"));
    }
    let mut vm = place.read_only();
    assert_eq!(text(&mut vm, "return io.open('/data/within'):read('a')"), "content");
    assert_eq!(text(&mut vm, "return io.open('/data/folder/file'):read('a')"), "inner content");
    assert_eq!(text(&mut vm, "return io.open('/data/chain5'):read('a')"), "content");
    for path in ["/data/a", "/data/itself", "/data/a/x", "/data/chain60"] {
        unreachable(&mut vm, path);
    }
}

#[test]
fn a_link_that_changes_while_it_is_opened_never_leads_outside() {
    let place = Place::new();
    place.link("inner", "swapped");
    let root = place.root();
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                for target in ["../outside", "inner"] {
                    let next = root.join("next");
                    symlink(target, &next).expect("linked");
                    fs::rename(&next, root.join("swapped")).expect("swapped");
                }
            }
        });
        let limits = Limits { time: Some(Duration::from_secs(60)), fuel: None, ..Limits::default() };
        let mut vm = place.with(limits);
        let chunk = "local opened, seen = 0, 0 for i = 1, 3000 do \
                       local f = io.open('/data/swapped/canary') if f then seen = seen + 1 f:close() end \
                       f = io.open('/data/swapped/file') if f then opened = opened + 1 f:close() end \
                       f = io.open('/data/swapped/new', 'w') if f then f:close() os.remove('/data/swapped/new') end \
                     end return seen, opened";
        let result = exec(&mut vm, chunk).value::<(i64, i64)>();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(result.expect("two numbers").0, 0);
    });
    let outside = place.folder.path().join("outside");
    assert_eq!(fs::read_dir(&outside).expect("there").count(), 1, "nothing new outside");
}

#[test]
fn what_is_no_file_is_not_opened_and_holds_nobody() {
    let place = Place::new();
    let fifo = place.root().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs").success());
    let _socket = UnixListener::bind(place.root().join("socket")).expect("bound");
    place.link("fifo", "to_fifo");
    for mut vm in [place.read_only(), place.read_write()] {
        let start = Instant::now();
        for path in ["/data/fifo", "/data/socket", "/data/to_fifo", "/data/fifo/x", "/data/socket/x"] {
            unreachable(&mut vm, path);
            let write = format!("return tostring(io.open('{path}', 'w'))");
            assert_eq!(text(&mut vm, &write), "nil", "{path}");
        }
        assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
        let folder = "local f = io.open('/data/inner') if not f then return 'refused' end return tostring(f:read('a'))";
        assert!(["refused", "nil"].contains(&text(&mut vm, folder).as_str()));
        assert_eq!(text(&mut vm, "return tostring(io.open('/data/inner', 'w'))"), "nil");
    }
}

#[test]
fn odd_names_are_names_or_refused() {
    let place = Place::new();
    let mut vm = place.read_write();
    let tried = |vm: &mut Vm, name: &str, mode: &str| {
        text(
            vm,
            &format!(
                "local f, message = io.open({name}, '{mode}') if f then f:close() return 'opened' end return type(message)"
            ),
        )
    };
    assert_eq!(tried(&mut vm, "'/data/new\\nline'", "w"), "opened");
    assert_eq!(tried(&mut vm, "'/data/a\\\\..\\\\b'", "w"), "opened", "a backslash is a letter");
    assert_eq!(tried(&mut vm, "'/data/C:x'", "w"), "opened");
    assert_eq!(tried(&mut vm, "'/data/name.'", "w"), "opened");
    assert_eq!(tried(&mut vm, "'/data/' .. ('n'):rep(255)", "w"), "opened");
    for name in [
        "'/data/\\xff'",
        "'/data/' .. ('n'):rep(256)",
        "'/data/' .. ('n'):rep(4097)",
        "'/data/' .. ('d/'):rep(2000) .. 'x'",
        "'/data/' .. ('n'):rep(1 << 20)",
        "'/data/file/'",
        "'/data/file/x'",
        "''",
    ] {
        for mode in ["r", "w"] {
            assert_ne!(tried(&mut vm, name, mode), "opened", "{name}");
        }
    }
    let nul = "local f = io.open('/data/file\\0../../canary') return f and f:read('a') or 'refused'";
    assert!(
        ["content", "refused"].contains(&text(&mut vm, nul).as_str()),
        "a name ends at a NUL, as in the reference"
    );
    for call in [
        "os.remove('')",
        "os.rename('', '/data/x')",
        "os.rename('/data/file', '')",
        "os.remove('/')",
        "os.remove('/data')",
        "os.remove('/data/')",
        "os.rename('/data', '/data/inner/x')",
    ] {
        assert_eq!(text(&mut vm, &format!("return tostring(({call}))")), "nil", "{call}");
    }
    assert!(place.root().join("file").exists());
}

#[test]
fn a_denied_path_is_reported_to_the_host() {
    let place = Place::new();
    let mut vm = place.read_only();
    let outcome = exec(
        &mut vm,
        "for i = 1, 3 do io.open('/elsewhere/x') end io.open('/data/absent') io.open('/other/y', 'w')",
    );
    assert_eq!(outcome.denied, ["/elsewhere/x", "/other/y"]);
    let outcome = exec(&mut vm, "for i = 1, 100 do io.open('/elsewhere/' .. i) end");
    assert_eq!(outcome.denied.len(), 16);
    assert!(exec(&mut vm, "return 1").denied.is_empty());
}

// ---- read-only

#[test]
fn a_read_only_mount_refuses_every_change() {
    let place = Place::new();
    place.link("file", "within");
    let before = tree(place.folder.path());
    let mut vm = place.read_only();
    assert_eq!(text(&mut vm, "return io.open('/data/file'):read('a')"), "content");
    for call in [
        "io.open('/data/new', 'w')",
        "io.open('/data/file', 'w')",
        "io.open('/data/file', 'r+')",
        "io.open('/data/file', 'a')",
        "io.open('/data/file', 'w+')",
        "io.open('/data/within', 'w')",
        "io.open('/data/inner/file', 'a+')",
        "os.remove('/data/file')",
        "os.remove('/data/within')",
        "os.remove('/data/inner/deeper')",
        "os.rename('/data/file', '/data/moved')",
        "os.rename('/data/inner', '/data/moved')",
        "io.tmpfile()",
        "io.open('/data/file'):write('x')",
    ] {
        assert_eq!(text(&mut vm, &format!("return tostring(({call}))")), "nil", "{call}");
    }
    for call in ["io.output, '/data/file'", "os.tmpname", "io.lines, '/data/new'"] {
        assert_eq!(text(&mut vm, &format!("return tostring((pcall({call})))")), "false", "{call}");
    }
    assert_eq!(before, tree(place.folder.path()));
}

#[test]
fn files_do_not_move_between_mounts() {
    let (one, two) = (Place::new(), Place::new());
    let config = VmConfig::default()
        .mount(Mount::read_only(one.root(), "/data").expect("there"))
        .mount(Mount::read_write(two.root(), "/work").expect("there"));
    let mut vm = vm(config);
    let before = tree(one.folder.path());
    for call in [
        "os.rename('/work/file', '/data/new')",
        "os.rename('/data/file', '/work/new')",
        "os.rename('/work/file', '/data/file')",
    ] {
        assert_eq!(text(&mut vm, &format!("return tostring(({call}))")), "nil", "{call}");
    }
    assert_eq!(before, tree(one.folder.path()));
    assert_eq!(
        text(
            &mut vm,
            "return tostring(os.rename('/work/file', '/work/new')) .. io.open('/work/new'):read('a')"
        ),
        "truecontent"
    );
}

// ---- what may be mounted

#[test]
fn mounts_that_contradict_or_do_not_exist_are_refused() {
    let place = Place::new();
    let mount = |guest: &str| Mount::read_only(place.root(), guest);
    for guest in [
        "", "data", "./data", "/data/", "//data", "/a//b", "/a/../b", "/a/./b", "/..", "/a\0b", "/a\nb",
        "/\u{7f}",
    ] {
        assert_eq!(mount(guest).expect_err(guest).kind(), ErrorKind::InvalidConfig, "{guest:?}");
    }
    assert_eq!(mount(&format!("/{}", "x".repeat(2000))).expect_err("long").kind(), ErrorKind::InvalidConfig);
    for guest in ["/", "/data", "/a/b/c", "/ü", "/with space"] {
        assert_eq!(mount(guest).expect(guest).guest(), guest);
    }
    let absent = Mount::read_only(place.root().join("absent"), "/data").expect_err("absent");
    assert_eq!(absent.kind(), ErrorKind::NotFound);
    assert!(absent.to_string().contains("absent"), "{absent}");
    let file = Mount::read_only(place.root().join("file"), "/data").expect_err("a file");
    assert_eq!(file.kind(), ErrorKind::Storage);
    let twice = VmConfig::default().mount(mount("/data").expect("fine")).mount(place.mount());
    let twice = Vm::new(engine(), twice).expect_err("twice");
    assert_eq!(twice.kind(), ErrorKind::InvalidConfig);
    assert!(twice.to_string().contains("`/data`"), "{twice}");
    assert_eq!(place.mount().access(), Access::ReadWrite);
}

#[test]
fn mounts_may_lie_within_each_other() {
    let (outer, inner) = (Place::new(), Place::new());
    inner.write("file", "of the inner one");
    let config = VmConfig::default()
        .mount(Mount::read_only(outer.root(), "/").expect("there"))
        .mount(Mount::read_only(inner.root(), "/inner").expect("there"));
    let mut vm = vm(config);
    assert_eq!(text(&mut vm, "return io.open('/file'):read('a')"), "content");
    assert_eq!(text(&mut vm, "return io.open('/inner/file'):read('a')"), "of the inner one");
}

#[test]
fn two_vms_see_their_own_folders_under_one_name() {
    let (one, two) = (Place::new(), Place::new());
    two.write("file", "of the second");
    let (mut first, mut second) = (one.read_only(), two.read_only());
    assert_eq!(text(&mut first, "return io.open('/data/file'):read('a')"), "content");
    assert_eq!(text(&mut second, "return io.open('/data/file'):read('a')"), "of the second");
}

#[test]
fn two_vms_may_share_a_folder() {
    let place = Place::new();
    let (mut first, mut second) = (place.read_write(), place.read_write());
    exec(&mut first, "f = io.open('/data/shared', 'w') f:write('one') f:flush()");
    assert_eq!(text(&mut second, "return io.open('/data/shared'):read('a')"), "one");
    exec(&mut second, "io.open('/data/shared', 'a'):write(' two'):close()");
    exec(&mut first, "f:seek('end') f:write(' three') f:close()");
    assert_eq!(text(&mut second, "return io.open('/data/shared'):read('a')"), "one two three");
    exec(&mut second, "os.remove('/data/shared')");
    assert_eq!(text(&mut first, "return tostring(io.open('/data/shared'))"), "nil");
}

#[test]
fn a_folder_that_is_replaced_is_not_followed() {
    let place = Place::new();
    let mount = place.mount();
    let mut early = vm(VmConfig::default().mount(mount.clone()));
    exec(&mut early, "assert(io.open('/data/file'))");
    fs::rename(place.root(), place.folder.path().join("moved")).expect("moved");
    fs::create_dir(place.root()).expect("made");
    place.write("file", "of another");
    let mut late = vm(VmConfig::default().mount(mount));
    for vm in [&mut early, &mut late] {
        assert_eq!(text(vm, "return io.open('/data/file'):read('a')"), "content");
        vm.reset().expect("reset");
        assert_eq!(text(vm, "return io.open('/data/file'):read('a')"), "content");
    }
    fs::remove_dir_all(place.folder.path().join("moved")).expect("removed");
    for vm in [&mut early, &mut late] {
        assert_eq!(text(vm, "return tostring(io.open('/data/file'))"), "nil");
        assert_eq!(text(vm, "return tostring(io.open('/data/new', 'w'))"), "nil");
    }
    assert_eq!(fs::read_dir(place.root()).expect("there").count(), 1);
}

#[test]
fn files_that_change_while_they_are_read_do_no_harm() {
    let place = Place::new();
    place.write("file", &"x".repeat(200_000));
    let mut vm = place.read_only();
    exec(&mut vm, "f = io.open('/data/file') f:read(10)");
    place.write("file", "short");
    let rest = integer(&mut vm, "return #f:read('a')");
    assert!(rest < 200_000);
    fs::remove_file(place.root().join("file")).expect("removed");
    exec(&mut vm, "f:seek('set') f:read('a') f:close()").value::<()>().expect("fine");
    let modified = std::time::UNIX_EPOCH - Duration::from_secs(1 << 31);
    place.write("old", "from before 1970");
    fs::File::options()
        .write(true)
        .open(place.root().join("old"))
        .and_then(|file| file.set_modified(modified))
        .expect("set");
    assert_eq!(text(&mut vm, "return io.open('/data/old'):read('a')"), "from before 1970");
}

#[test]
fn a_large_file_is_read_in_pieces() {
    let place = Place::new();
    let file = fs::File::create(place.root().join("sparse")).expect("made");
    file.set_len(10 << 30).expect("sparse");
    let mut vm = place.read_only();
    assert_eq!(integer(&mut vm, "f = io.open('/data/sparse') return f:seek('end')"), 10 << 30);
    assert_eq!(integer(&mut vm, "f:seek('set', 9 << 30) return #f:read(1 << 20)"), 1 << 20);
    let outcome = exec(&mut vm, "f:seek('set') return #f:read('a')");
    assert_eq!(raised(&outcome), "not enough memory");
    assert_eq!(text(&mut vm, "return tostring(f:read(0))"), "");
}

// ---- quotas

fn quota(bytes: u64) -> Limits {
    Limits { disk: Some(bytes), ..Limits::default() }
}

/// Size of everything below the root.
fn size(place: &Place) -> u64 {
    tree(&place.root())
        .keys()
        .map(fs::metadata)
        .filter_map(Result::ok)
        .filter(fs::Metadata::is_file)
        .map(|file| file.len())
        .sum()
}

/// Runs a chunk of which some call must report a full disk, and looks at what is there.
#[track_caller]
fn full(chunk: &str, bytes: u64) -> u64 {
    let place = Place::new();
    let before = size(&place);
    let mut vm = place.with(quota(bytes));
    let chunk = format!(
        "local function try(f, ...) local r, m = f[select(1, ...)](f, select(2, ...)) return r and 'fine' or m end {chunk}"
    );
    let outcome = exec(&mut vm, &chunk);
    let message = outcome.value::<String>().unwrap_or_else(|error| panic!("{chunk}: {error}"));
    assert_eq!(message, "No space left on device", "{chunk}");
    let grown = size(&place).saturating_sub(before);
    assert!(grown <= bytes, "{grown} bytes of {bytes}: {chunk}");
    grown
}

#[test]
fn growth_ends_at_the_quota_whatever_the_way() {
    let open = "local f = io.open('/data/new', 'w') f:setvbuf('no') ";
    assert_eq!(full(&format!("{open} f:write(('x'):rep(1000)) return try(f, 'write', 'y')"), 1000), 1000);
    assert_eq!(full(&format!("{open} return try(f, 'write', ('x'):rep(1001))"), 1000), 0);
    assert_eq!(
        full(&format!("{open} f:seek('set', 1 << 40) return try(f, 'write', 'x')"), 1000),
        0,
        "a hole is growth"
    );
    assert_eq!(full(&format!("{open} f:seek('set', 1000) return try(f, 'write', 'x')"), 1000), 0);
    assert_eq!(
        full(&format!("{open} f:seek('set', 999) f:write('x') return try(f, 'write', 'x')"), 1000),
        1000
    );
    let append = "local f = io.open('/data/file', 'a') f:setvbuf('no') ";
    assert_eq!(full(&format!("{append} f:write(('x'):rep(1000)) return try(f, 'write', 'y')"), 1000), 1000);
    assert_eq!(full(&format!("{append} f:seek('set') return try(f, 'write', ('x'):rep(1001))"), 1000), 0);
    let two =
        "local f, g = io.open('/data/new', 'a'), io.open('/data/new', 'a') f:setvbuf('no') g:setvbuf('no') ";
    assert_eq!(
        full(
            &format!("{two} f:write(('x'):rep(600)) g:write(('x'):rep(400)) return try(f, 'write', 'y')"),
            1000
        ),
        1000
    );
    let both =
        "local f, g = io.open('/data/a', 'w'), io.open('/data/b', 'w') f:setvbuf('no') g:setvbuf('no') ";
    assert_eq!(
        full(&format!("{both} f:write(('x'):rep(600)) return try(g, 'write', ('x'):rep(401))"), 1000),
        600
    );
    assert_eq!(
        full(
            "local f = io.tmpfile() f:setvbuf('no') f:write(('x'):rep(1000)) return try(f, 'write', 'y')",
            1000
        ),
        0
    );
}

#[test]
fn a_removed_file_counts_while_it_is_open() {
    let chunk = "local f = io.open('/data/gone', 'w') f:setvbuf('no') f:write(('x'):rep(1000)) os.remove('/data/gone') \
                 local g = io.open('/data/next', 'w') g:setvbuf('no') \
                 assert(try(g, 'write', 'x') == 'No space left on device') \
                 f:close() assert(try(g, 'write', ('y'):rep(1000)) == 'fine') return try(g, 'write', 'z')";
    assert_eq!(full(chunk, 1000), 1000);
}

#[test]
fn what_is_freed_may_be_used_again() {
    let turns = |change: &str| {
        format!(
            "for i = 1, 20 do local f = io.open('/data/new', 'w') f:setvbuf('no') \
               assert(try(f, 'write', ('x'):rep(1000)) == 'fine', i) f:close() {change} end \
             local f = io.open('/data/new', 'a') f:setvbuf('no') f:write(('x'):rep(1000)) return try(f, 'write', 'y')"
        )
    };
    assert_eq!(full(&turns("os.remove('/data/new')"), 1000), 1000);
    assert_eq!(full(&turns("io.open('/data/new', 'w'):close()"), 1000), 1000, "truncating frees");
    let rename = "local f = io.open('/data/a', 'w') f:write(('x'):rep(600)) f:close() \
                  f = io.open('/data/b', 'w') f:write(('x'):rep(400)) f:close() \
                  assert(os.rename('/data/a', '/data/b')) \
                  f = io.open('/data/c', 'w') f:setvbuf('no') assert(try(f, 'write', ('x'):rep(400)) == 'fine') \
                  return try(f, 'write', 'y')";
    assert_eq!(full(rename, 1000), 1000, "renaming over a file frees it");
    let onto_itself = "local f = io.open('/data/a', 'w') f:write(('x'):rep(1000)) f:close() \
                       for i = 1, 5 do assert(os.rename('/data/a', '/data/a')) end \
                       f = io.open('/data/b', 'w') f:setvbuf('no') return try(f, 'write', 'y')";
    assert_eq!(full(onto_itself, 1000), 1000, "renaming a file onto itself frees nothing");
}

#[test]
fn truncating_one_handle_of_two_counts_right() {
    let chunk = "local f = io.open('/data/a', 'w') f:setvbuf('no') f:write(('x'):rep(1000)) \
                 local g = io.open('/data/a', 'w') g:setvbuf('no') \
                 assert(try(g, 'write', ('y'):rep(1000)) == 'fine') \
                 assert(try(f, 'write', 'z') == 'No space left on device') \
                 return try(g, 'write', 'z')";
    assert_eq!(full(chunk, 1000), 1000);
}

#[test]
fn removing_what_was_there_before_gives_no_more_than_the_quota() {
    let place = Place::new();
    place.write("large", &"x".repeat(50_000));
    let mut vm = place.with(quota(1000));
    let chunk = "os.remove('/data/large') local f = io.open('/data/new', 'w') f:setvbuf('no') \
                 assert(f:write(('x'):rep(1000))) local _, message = f:write('y') return message";
    assert_eq!(text(&mut vm, chunk), "No space left on device");
}

#[test]
fn a_full_disk_leaves_others_alone() {
    let place = Place::new();
    let (mut full, mut other) = (place.with(quota(100)), place.read_write());
    exec(&mut full, "io.open('/data/full', 'w'):write(('x'):rep(101)):close()");
    assert_eq!(
        text(&mut other, "assert(io.open('/data/other', 'w'):write(('x'):rep(1000)):close()) return 'fine'"),
        "fine"
    );
    assert_eq!(integer(&mut full, "return 1"), 1);
}

#[test]
fn folders_and_files_are_counted() {
    let place = Place::new();
    let limits = Limits { files: Some(2), ..Limits::default() };
    let mut vm = place.with(limits);
    let chunk = "local made = 0 for i = 1, 10 do local f = io.open('/data/f' .. i, 'w') if f then made = made + 1 f:close() end end return made";
    assert_eq!(integer(&mut vm, chunk), 2);
    assert_eq!(
        text(&mut vm, "return select(2, io.open('/data/more', 'w'))"),
        "/data/more: No space left on device"
    );
    assert_eq!(text(&mut vm, "return tostring(io.tmpfile()) .. tostring(pcall(os.tmpname))"), "nilfalse");
    vm.reset().expect("reset");
    assert_eq!(integer(&mut vm, chunk), 2, "those of before may be opened, no others are made");
    assert_eq!(
        text(&mut vm, "os.remove('/data/f1') return tostring(io.open('/data/g', 'w') ~= nil)"),
        "true"
    );
}

#[test]
fn open_files_are_given_back() {
    let place = Place::new();
    let limits = Limits { open_files: Some(4), ..Limits::default() };
    let config = limited(limits).mount(place.mount()).on_stop(OnStop::RollBack);
    let mut vm = vm(config);
    let open = "local t = {} for i = 1, 10 do t[i] = io.open('/data/file') end local n = #t";
    for end in ["for i = 1, n do t[i]:close() end return n", "t = nil collectgarbage() return n"] {
        for _ in 0..5 {
            assert_eq!(integer(&mut vm, &format!("{open} {end}")), 4);
        }
    }
    exec(&mut vm, &format!("keep = {{}} {open} os.exit(1)"));
    vm.reset().expect("reset");
    assert_eq!(integer(&mut vm, &format!("{open} return n")), 4);
}

// ---- handles and ends

#[test]
fn a_stale_handle_is_an_error_and_never_another_file() {
    let place = Place::new();
    place.write("secret", "of another file");
    let limits = Limits { fuel: Some(100_000_000), ..Limits::default() };
    let mut vm = vm(limited(limits).mount(place.mount()).on_stop(OnStop::RollBack));
    exec(&mut vm, "f = io.open('/data/file') w = io.open('/data/out', 'w')").value::<()>().expect("opened");
    let outcome = exec(&mut vm, "while true do end");
    assert!(matches!(outcome.result, Err(Failure::Limit { .. })));
    exec(&mut vm, "others = {} for i = 1, 5 do others[i] = io.open('/data/secret', 'r+') end");
    for call in ["f:read('a')", "f:seek('set')", "w:write(('x'):rep(100000))"] {
        let answer = text(
            &mut vm,
            &format!("local result, message = {call} return tostring(result) .. ' ' .. tostring(message)"),
        );
        assert!(answer.starts_with("nil ") && answer != "nil nil", "{call}: {answer}");
    }
    exec(&mut vm, "f:close() w:close() f = nil w = nil collectgarbage()");
    assert_eq!(text(&mut vm, "return others[1]:read('a')"), "of another file");
    assert_eq!(fs::read_to_string(place.root().join("secret")).expect("there"), "of another file");
    assert_eq!(fs::read_to_string(place.root().join("out")).expect("there"), "");
}

#[test]
fn what_a_program_did_not_close_is_written_at_its_end() {
    let place = Place::new();
    let mut vm = place.read_write();
    let chunk = "keep = {} for i = 1, 10 do keep[i] = io.open('/data/out' .. i, 'w') keep[i]:write(('x'):rep(i * 1000)) end \
                 io.output('/data/default') io.write('by io.write')";
    vm.run(chunk).wait().expect("an outcome").value::<()>().expect("it ran");
    for number in 1..=10 {
        assert_eq!(
            fs::metadata(place.root().join(format!("out{number}"))).expect("there").len(),
            number * 1000
        );
    }
    assert_eq!(fs::read_to_string(place.root().join("default")).expect("there"), "by io.write");
    let mut vm = place.read_write();
    exec(&mut vm, "io.open('/data/exit', 'w'):write('at exit') os.exit(0)");
    assert_eq!(fs::read_to_string(place.root().join("exit")).expect("there"), "at exit");
}

#[test]
fn temporary_files_lie_in_the_first_writable_mount() {
    let (one, two) = (Place::new(), Place::new());
    let config = VmConfig::default()
        .mount(Mount::read_only(one.root(), "/data").expect("there"))
        .mount(Mount::read_write(two.root(), "/work").expect("there"));
    let mut vm = vm(config);
    let name = text(&mut vm, "return os.tmpname()");
    assert!(name.starts_with("/work/lua_"), "{name}");
    assert!(two.root().join(name.trim_start_matches("/work/")).exists());
    let before = tree(&two.root()).len();
    let chunk = "local f = io.tmpfile() f:write('hidden') f:seek('set') return f:read('a')";
    assert_eq!(text(&mut vm, chunk), "hidden");
    assert_eq!(tree(&two.root()).len(), before);
    let mut root =
        crate::support::vm(VmConfig::default().mount(Mount::read_write(two.root(), "/").expect("there")));
    let name = text(&mut root, "return os.tmpname()");
    assert!(name.starts_with("/lua_"), "{name}");
}

#[test]
fn modules_are_found_in_mounts() {
    let place = Place::new();
    place.write("plain.lua", "return {name = ..., file = select(2, ...)}");
    fs::create_dir(place.root().join("folder")).expect("made");
    place.write("folder/init.lua", "return 'folder'");
    place.write("inner/part.lua", "return 'part'");
    let mut vm = place.read_only();
    assert_eq!(
        text(&mut vm, "local m = require('plain') return m.name .. ' ' .. m.file"),
        "plain /data/plain.lua"
    );
    assert_eq!(text(&mut vm, "return require('folder')"), "folder");
    assert_eq!(text(&mut vm, "return require('inner.part')"), "part");
    let message = raised(&exec(&mut vm, "require('absent')"));
    assert!(
        message.contains("no file '/data/absent.lua'") && message.contains("no file '/data/absent/init.lua'"),
        "{message}"
    );
    let config = VmConfig::default()
        .mount(Mount::read_only(place.root(), "/data").expect("there"))
        .module_path("/data/inner/?.lua");
    assert_eq!(
        text(&mut crate::support::vm(config), "return require('part') .. package.path"),
        "part/data/inner/?.lua"
    );
}

#[test]
fn without_mounts_there_are_no_files() {
    let mut vm = vm(VmConfig::default());
    for path in ["/etc/passwd", "file", "/", ".", "/proc/self/environ", "/dev/stdin", "/dev/null"] {
        unreachable(&mut vm, path);
        assert_eq!(text(&mut vm, &format!("return tostring((os.remove('{path}')))")), "nil");
    }
    assert_eq!(text(&mut vm, "return tostring(io.tmpfile()) .. tostring((pcall(os.tmpname)))"), "nilfalse");
}
