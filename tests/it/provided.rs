//! The modules that every guest has inside: all are there, none can be replaced by a file, they live through
//! copies of a VM, and they do what the originals do.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bioxen_lua::{
    Caller, Failure, HostModule, Limits, Mount, OnStop, PROVIDED, Resource, Snapshot, Vm, VmConfig,
};

use crate::support::{engine, exec, limited, raised, text, vm};

fn modules() -> BTreeSet<String> {
    PROVIDED.iter().flat_map(|rock| rock.modules).map(|module| module.to_string()).collect()
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../guest-lua/src")
}

#[test]
fn every_module_opens() {
    for module in modules() {
        let mut vm = vm(VmConfig::default());
        let chunk = format!("local m, origin = require '{module}' return type(m) .. ' ' .. origin");
        let opened = text(&mut vm, &chunk);
        assert!(["table :provided:", "boolean :provided:"].contains(&opened.as_str()), "{module}: {opened}");
    }
}

#[test]
fn the_table_names_what_the_guest_has() {
    let table = fs::read_to_string(sources().join("provided.c")).expect("there");
    let openers = table.split("openers[] =").nth(1).and_then(|rest| rest.split(';').next()).expect("a table");
    let mut found: BTreeSet<String> = openers.split('"').skip(1).step_by(2).map(str::to_string).collect();
    for entry in fs::read_dir(sources().join("provided")).expect("there") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|kind| kind == "lua") {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            assert!(found.insert(name), "{} is there in C as well", path.display());
        }
    }
    assert_eq!(found, modules());
}

#[test]
fn rocks_and_versions_are_in_the_form_of_luarocks() {
    for (rock, next) in PROVIDED.iter().zip(PROVIDED.iter().skip(1)) {
        assert!(rock.rock < next.rock, "{} before {}", rock.rock, next.rock);
    }
    for rock in PROVIDED {
        let (version, revision) = rock.version.rsplit_once('-').expect("a revision");
        assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{}", rock.rock);
        revision.parse::<u32>().expect("a revision is a number");
    }
}

#[test]
fn a_file_takes_no_place_of_a_module_and_a_host_may() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["lfs", "cjson", "term"] {
        fs::write(folder.path().join(format!("{name}.lua")), "return {mine = true}").expect("written");
    }
    let mount = Mount::read_only(folder.path(), "/rocks").expect("there");
    let mut shadowed = vm(VmConfig::default().mount(mount.clone()));
    for name in ["lfs", "cjson", "term"] {
        assert_eq!(text(&mut shadowed, &format!("return tostring(require('{name}').mine)")), "nil");
    }
    let host = HostModule::new("lfs").function("where", |_: &mut Caller, (): ()| Ok::<_, String>("host"));
    let mut given = vm(VmConfig::default().mount(mount).module(host));
    assert_eq!(text(&mut given, "return require('lfs').where()"), "host");
    assert_eq!(text(&mut given, "return type(require('cjson').encode)"), "function");
    let preloaded = "package.preload.cjson = function() return {mine = 'preloaded'} end \
                     package.loaded.cjson = nil return require('cjson').mine";
    assert_eq!(text(&mut given, preloaded), "preloaded");
}

// ---- copies

/// Loads modules and leaves something of each in the globals.
const LOADED: &str = "lfs, cjson, term, system = require 'lfs', require 'cjson', require 'term', require 'system' \
     cjson.encode_number_precision(3) lfs.chdir('/data/inner') \
     step, folder = lfs.dir('/data') first = step(folder)";

/// What they still say, in one line.
const ASKED: &str = "local ok, message = pcall(function() for _ in step, folder do end end) \
     return table.concat({cjson.encode({math.pi}), lfs.currentdir(), lfs.attributes('file', 'size'), \
     tostring(require 'lfs' == lfs), tostring(term.colors.red == require('term.colors').red), \
     math.type(system.gettime()), tostring(ok)}, ' ')";

fn data() -> (tempfile::TempDir, VmConfig) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("inner")).expect("made");
    fs::write(folder.path().join("inner/file"), "seven b").expect("written");
    for number in 0..300 {
        fs::write(folder.path().join(format!("a file with the number {number}")), "").expect("written");
    }
    let mount = Mount::read_write(folder.path(), "/data").expect("there");
    (folder, VmConfig::default().mount(mount))
}

#[test]
fn modules_live_through_snapshots_and_forks() {
    let (_folder, config) = data();
    let mut first = vm(config.clone());
    exec(&mut first, LOADED).value::<()>().expect("it ran");
    let snapshot = first.snapshot().wait().expect("a snapshot");
    let bytes = snapshot.to_bytes();
    let snapshot = Snapshot::from_bytes(engine(), &bytes).expect("the same");
    let mut restored = Vm::from_snapshot(engine(), &snapshot, config).expect("a VM");
    // A folder that was open is closed in a copy, and says so.
    assert_eq!(text(&mut restored, ASKED), "[3.14] /data/inner 7 true true float false");
    let mut forked = first.fork(1).wait().expect("a VM").remove(0);
    assert_eq!(text(&mut forked, ASKED), "[3.14] /data/inner 7 true true float false");
    assert_eq!(text(&mut first, ASKED), "[3.14] /data/inner 7 true true float true");
}

#[test]
fn modules_live_through_a_rollback() {
    let (_folder, config) = data();
    let limits = Limits { fuel: Some(200_000_000), ..Limits::default() };
    let mut vm = vm(config.limits(limits).on_stop(OnStop::RollBack));
    exec(&mut vm, LOADED).value::<()>().expect("it ran");
    let outcome = exec(&mut vm, "lfs.chdir('/') cjson.encode_number_precision(9) while true do end");
    assert!(matches!(outcome.result, Err(Failure::Limit { resource: Resource::Fuel, .. })));
    assert_eq!(text(&mut vm, ASKED), "[3.14] /data/inner 7 true true float false");
}

// ---- waiting

#[test]
fn waiting_ends_with_the_deadline_and_burns_nothing() {
    let limits = Limits { time: Some(Duration::from_millis(200)), ..Limits::default() };
    let mut vm = vm(limited(limits).on_stop(OnStop::RollBack));
    let start = Instant::now();
    let outcome = exec(&mut vm, "require('system').sleep(1e9)");
    assert!(matches!(outcome.result, Err(Failure::Limit { resource: Resource::Time, .. })), "{outcome:?}");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert!(outcome.usage.fuel < 10_000_000, "{:?}", outcome.usage);
    for seconds in ["math.huge", "0/0", "-1", "-math.huge"] {
        let outcome = exec(&mut vm, &format!("require('system').sleep({seconds}) return 'awake'"));
        assert!(start.elapsed() < Duration::from_secs(4), "{seconds}: {:?}", start.elapsed());
        let late = matches!(outcome.result, Err(Failure::Limit { resource: Resource::Time, .. }));
        assert_eq!(late, seconds == "math.huge", "{seconds}: {outcome:?}");
    }
}

#[test]
fn waiting_is_interrupted() {
    let limits = Limits { time: None, ..Limits::default() };
    let mut vm = vm(limited(limits));
    let handle = vm.interrupt_handle();
    let start = Instant::now();
    let outcome = std::thread::scope(|scope| {
        scope.spawn(move || {
            // An interrupt that comes before the call is forgotten; one of these comes within it.
            while start.elapsed() < Duration::from_secs(10) {
                handle.interrupt();
                std::thread::park_timeout(Duration::from_millis(20));
            }
        });
        let outcome = exec(&mut vm, "require('system').sleep(1e9)");
        assert!(start.elapsed() < Duration::from_secs(9), "{:?}", start.elapsed());
        outcome
    });
    assert!(matches!(outcome.result, Err(Failure::Interrupted)), "{outcome:?}");
}

// ---- beside the originals

/// Programs of `tests/lua/provided`, and the module without which one cannot be compared.
const COMPARED: &[(&str, &str)] = &[
    ("cjson_decode", "cjson"),
    ("cjson_encode", "cjson"),
    ("cjson_settings", "cjson"),
    ("lfs_attributes", "lfs"),
    ("lfs_current_folder", "lfs"),
    ("lfs_folders", "lfs"),
    ("system", "system"),
    ("term", "term"),
];

/// The reference interpreter, if it finds an original.
fn has_original(module: &str) -> bool {
    let check = format!("require '{module}'");
    Command::new("lua5.4").args(["-e", &check]).output().is_ok_and(|output| output.status.success())
}

#[test]
fn programs_say_the_same_with_the_originals() {
    for (program, module) in COMPARED {
        if !has_original(module) {
            crate::support::skip(&format!("the original of `{module}` for native Lua"));
            continue;
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("lua/provided/{program}.lua"));
        let source = fs::read_to_string(&path).expect("there");
        let (native, ours) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let base = native.path().canonicalize().expect("there");
        let output = Command::new("lua5.4").arg(&path).env("BASE", &base).output().expect("it runs");
        let expected = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        let mount = Mount::read_write(ours.path(), "/work").expect("there");
        let mut vm = vm(VmConfig::default().mount(mount).var("BASE", "/work"));
        let outcome = exec(&mut vm, &source);
        assert!(outcome.result.is_ok(), "{program}: {}", raised(&outcome));
        let printed = outcome.stdout.to_text();
        for (number, (ours, theirs)) in printed.lines().zip(expected.lines()).enumerate() {
            assert_eq!(ours, theirs, "{program}, line {} of what it printed", number + 1);
        }
        assert_eq!(printed.lines().count(), expected.lines().count(), "{program}");
        assert!(expected.lines().count() > 4, "{program} prints next to nothing");
    }
}
