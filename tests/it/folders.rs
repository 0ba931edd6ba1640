//! What `lfs` may do with the folders of the host, and that it gets no further.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use bioxen_lua::{Failure, Limits, Mount, Resource, Vm, VmConfig};
use tempfile::TempDir;

use crate::support::{exec, integer, limited, text, vm};

/// A folder beside the part that is mounted, which no script may see.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir_all(folder.path().join("root/inner")).expect("made");
        fs::create_dir_all(folder.path().join("outside/deeper")).expect("made");
        fs::write(folder.path().join("outside/canary"), "canary").expect("written");
        fs::write(folder.path().join("root/file"), "content").expect("written");
        Place { folder }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    fn outside(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join("outside")).expect("there");
        let mut names: Vec<_> = entries
            .map(|entry| {
                let entry = entry.expect("an entry");
                let metadata = entry.metadata().expect("there");
                format!("{} {:?}", entry.file_name().display(), metadata.modified().expect("a time"))
            })
            .collect();
        names.sort();
        names
    }

    fn read_only(&self) -> Vm {
        vm(VmConfig::default().mount(Mount::read_only(self.root(), "/data").expect("there")))
    }

    fn read_write(&self) -> Vm {
        self.with(Limits::default())
    }

    fn with(&self, limits: Limits) -> Vm {
        vm(limited(limits).mount(Mount::read_write(self.root(), "/data").expect("there")))
    }
}

/// Tries every function of `lfs` on a path, and gives those that did anything.
fn done(vm: &mut Vm, path: &str) -> String {
    let chunk = format!(
        "local lfs, path, seen = require 'lfs', [[{path}]], {{}} \
         for _, name in ipairs{{'mkdir', 'rmdir', 'chdir', 'touch', 'attributes', 'lock_dir'}} do \
           if lfs[name](path) then seen[#seen + 1] = name lfs.chdir('/') end end \
         for _, name in ipairs{{'target', 'size'}} do \
           if lfs.symlinkattributes(path, name) then seen[#seen + 1] = 'symlink ' .. name end end \
         local ok, step, folder = pcall(lfs.dir, path) \
         if ok then for name in step, folder do seen[#seen + 1] = 'saw ' .. name end end \
         return table.concat(seen, '; ')"
    );
    text(vm, &chunk)
}

#[test]
fn no_path_leads_outside() {
    let place = Place::new();
    let root = place.root();
    symlink("../outside", root.join("out")).expect("linked");
    symlink(place.folder.path().join("outside"), root.join("absolute")).expect("linked");
    symlink("out", root.join("twice")).expect("linked");
    symlink("loop", root.join("loop")).expect("linked");
    let before = place.outside();
    let outside = place.folder.path().join("outside");
    for mut vm in [place.read_only(), place.read_write()] {
        for path in [
            "/data/../outside",
            "/data/inner/../../outside",
            "../outside",
            "/data/out/canary",
            "/data/out/deeper",
            "/data/out/new",
            "/data/absolute/canary",
            "/data/absolute/new",
            "/data/twice/new",
            "/data/loop/x",
            "/data/inner/../out/new",
            "/etc",
            "/proc/self/fd",
            outside.to_str().expect("text"),
            "",
        ] {
            assert_eq!(done(&mut vm, path), "", "{path}");
        }
        // A link that leaves is itself inside. What it says is told where it is no path of the host.
        assert_eq!(done(&mut vm, "/data/absolute"), "symlink size");
        assert_eq!(done(&mut vm, "/data/out/"), "symlink size");
        assert_eq!(done(&mut vm, "/data/out/."), "symlink size");
        assert_eq!(done(&mut vm, "/data/out"), "symlink target; symlink size");
        assert_eq!(done(&mut vm, "/data/loop"), "symlink target; symlink size");
        assert_eq!(text(&mut vm, "return require('lfs').symlinkattributes('/data/out', 'mode')"), "link");
    }
    assert_eq!(before, place.outside());
}

#[test]
fn a_read_only_mount_is_not_changed() {
    let place = Place::new();
    let mut vm = place.read_only();
    for call in [
        "mkdir('/data/new')",
        "rmdir('/data/inner')",
        "touch('/data/file', 1)",
        "touch('/data/inner')",
        "lock_dir('/data/inner')",
        "link('/data/file', '/data/link')",
        "link('/data/file', '/data/link', true)",
    ] {
        assert_eq!(text(&mut vm, &format!("return tostring((require('lfs').{call}))")), "nil", "{call}");
    }
    assert_eq!(fs::read_dir(place.root()).expect("there").count(), 2);
    assert_ne!(integer(&mut vm, "return require('lfs').attributes('/data/file', 'modification')"), 1);
}

#[test]
fn folders_count_as_files_do() {
    let place = Place::new();
    let mut vm = place.with(Limits { files: Some(10), ..Limits::default() });
    let chunk = "lfs = require 'lfs' local made, message = 0 \
                 for i = 1, 100 do local ok ok, message = lfs.mkdir('/data/new' .. i) \
                   if not ok then break end made = made + 1 end return made .. ' ' .. message";
    assert_eq!(text(&mut vm, chunk), "10 No space left on device");
    assert_eq!(text(&mut vm, "return tostring(io.open('/data/new', 'w'))"), "nil");
    assert_eq!(text(&mut vm, "return tostring((lfs.lock_dir('/data')))"), "nil");
    // What was there, and what failed, counts nothing; what was removed may be made again.
    assert_eq!(text(&mut vm, "return select(2, lfs.mkdir('/data/inner'))"), "File exists");
    assert_eq!(
        text(&mut vm, "return tostring(lfs.rmdir('/data/new3')) .. tostring(lfs.mkdir('/data/new/x/y'))"),
        "truenil"
    );
    assert_eq!(
        text(&mut vm, "return tostring(lfs.mkdir('/data/again')) .. tostring((lfs.mkdir('/data/more')))"),
        "truenil"
    );
    assert_eq!(fs::read_dir(place.root()).expect("there").count(), 12);
}

#[test]
fn deep_folders_meet_the_length_of_a_path() {
    let place = Place::new();
    let mut vm = place.with(Limits { files: None, ..Limits::default() });
    let chunk = "local lfs, depth, path = require 'lfs', 0, '/data' \
                 while true do path = path .. '/dddddddddddddddddddd' \
                   if not lfs.mkdir(path) then break end depth = depth + 1 end \
                 lfs.chdir('/data') local steps = 0 \
                 while lfs.chdir('dddddddddddddddddddd') do steps = steps + 1 end \
                 for _ = 1, steps do lfs.chdir('..') lfs.rmdir('dddddddddddddddddddd') end \
                 return depth .. ' ' .. steps .. ' ' .. lfs.currentdir()";
    let found = text(&mut vm, chunk);
    let mut parts = found.split(' ');
    let depth: usize = parts.next().and_then(|depth| depth.parse().ok()).expect("a number");
    assert!((180..200).contains(&depth), "{found}");
    assert_eq!(parts.next(), Some(depth.to_string().as_str()), "{found}");
    assert_eq!(parts.next(), Some("/data"));
    assert_eq!(fs::read_dir(place.root()).expect("there").count(), 2);
}

#[test]
fn what_is_neither_file_nor_folder_is_looked_at_and_not_opened() {
    let place = Place::new();
    let fifo = place.root().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().expect("mkfifo runs").success());
    let _socket = UnixListener::bind(place.root().join("socket")).expect("bound");
    let start = Instant::now();
    let mut vm = place.read_write();
    for name in ["fifo", "socket"] {
        let chunk = format!(
            "local lfs = require 'lfs' local path = '/data/{name}' \
             return lfs.attributes(path, 'mode') .. tostring((lfs.touch(path))) .. tostring((pcall(lfs.dir, path))) .. \
             tostring((lfs.chdir(path))) .. tostring((lfs.rmdir(path)))"
        );
        assert_eq!(text(&mut vm, &chunk), "othernilfalsenilnil", "{name}");
    }
    let names = "local names = {} for name in require('lfs').dir('/data') do names[#names + 1] = name end \
                 table.sort(names) return table.concat(names, ' ')";
    assert_eq!(text(&mut vm, names), ". .. fifo file inner socket");
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

#[test]
fn odd_names_are_given_as_they_are() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    for name in [&b"new\nline"[..], b"not \xff utf-8", b"  ", b"-", b"\x1b[31m"] {
        fs::write(place.root().join("inner").join(std::ffi::OsStr::from_bytes(name)), "").expect("written");
    }
    let mut vm = place.read_only();
    let names = "local lfs, names = require 'lfs', {} for name in lfs.dir('/data/inner') do \
                   local shown = name:gsub('[^ -~]', function(byte) return ('<%d>'):format(byte:byte()) end) \
                   names[#names + 1] = shown .. ':' .. tostring(lfs.attributes('/data/inner/' .. name, 'mode')) end \
                 table.sort(names) return table.concat(names, ', ')";
    assert_eq!(
        text(&mut vm, names),
        "  :file, -:file, ..:directory, .:directory, <27>[31m:file, new<10>line:file, not <255> utf-8:nil"
    );
}

#[test]
fn a_large_folder_is_read_once_and_paid_for() {
    const NAMES: u64 = 100_000;
    let place = Place::new();
    let many = place.root().join("many");
    fs::create_dir(&many).expect("made");
    for number in 0..NAMES {
        fs::File::create(many.join(format!("{number:06}"))).expect("made");
    }
    let mut vm = place.with(Limits { time: None, ..Limits::default() });
    let start = Instant::now();
    let outcome = exec(
        &mut vm,
        "local count = 0 for _ in require('lfs').dir('/data/many') do count = count + 1 end return count",
    );
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    assert!(outcome.usage.fuel > NAMES * 300, "{:?}", outcome.usage);
    assert_eq!(outcome.value::<i64>().expect("a count"), NAMES as i64 + 2);
    let mut poor = place.with(Limits { fuel: Some(10_000_000), ..Limits::default() });
    let outcome = exec(&mut poor, "for _ in require('lfs').dir('/data/many') do end");
    assert!(matches!(outcome.result, Err(Failure::Limit { resource: Resource::Fuel, .. })), "{outcome:?}");
}

#[test]
fn a_folder_that_changes_while_it_is_read_ends() {
    let place = Place::new();
    let mut vm = place.with(Limits { files: Some(3000), ..Limits::default() });
    let chunk = "local lfs, count = require 'lfs', 0 for _ in lfs.dir('/data/inner') do \
                   count = count + 1 if not lfs.mkdir('/data/inner/x' .. count) then break end end \
                 local left = {} for name in lfs.dir('/data/inner') do left[#left + 1] = name end \
                 for _, name in ipairs(left) do lfs.rmdir('/data/inner/' .. name) end \
                 return tostring(lfs.rmdir('/data/inner'))";
    assert_eq!(text(&mut vm, chunk), "true");
    let chunk = "lfs = require 'lfs' lfs.mkdir('/data/gone') lfs.chdir('/data/gone') \
                 local step, folder = lfs.dir('.') lfs.rmdir('/data/gone') \
                 local ok = pcall(function() for _ in step, folder do end end) \
                 return type(ok) .. lfs.currentdir() .. tostring(io.open('x', 'w')) .. tostring((pcall(lfs.dir, '.')))";
    assert_eq!(text(&mut vm, chunk), "boolean/data/gonenilfalse");
}

#[test]
fn a_path_that_is_missing_is_told_to_the_host() {
    let place = Place::new();
    let mut vm = place.read_only();
    let outcome = exec(
        &mut vm,
        "local lfs = require 'lfs' lfs.attributes('/elsewhere') lfs.attributes('/data/absent') lfs.mkdir('/other/x') \
         pcall(lfs.dir, '/third') lfs.chdir('/fourth') lfs.attributes('/')",
    );
    assert_eq!(outcome.denied, ["/elsewhere", "/other/x", "/third", "/fourth"]);
}
