//! Snapshots, restoring and forks: what comes along, what does not, and what is refused.

use std::fs;
use std::time::Duration;

use bioxen_lua::{
    Chunk, Engine, EngineConfig, ErrorKind, Failure, HostModule, Limits, Mount, OnStop, Snapshot, Stdin,
    TenantId, Vm, VmConfig,
};

use crate::support::{engine, exec, integer, limited, raised, text, vm};

#[track_caller]
fn snapshot(vm: &mut Vm) -> Snapshot {
    vm.snapshot().wait().expect("a snapshot can be taken")
}

#[track_caller]
fn copy(vm: &mut Vm, config: VmConfig) -> Vm {
    let bytes = snapshot(vm).to_bytes();
    let read = Snapshot::from_bytes(engine(), &bytes).expect("the bytes are a snapshot");
    Vm::from_snapshot(engine(), &read, config).expect("a VM takes it")
}

/// What a chunk has made answers another chunk in a copy as it would have in the VM itself.
#[track_caller]
fn check(before: &str, after: &str, expected: &str) {
    let mut vm = vm(VmConfig::default());
    exec(&mut vm, before).value::<()>().expect("the chunk runs");
    let mut copy = copy(&mut vm, VmConfig::default());
    assert_eq!(text(&mut copy, after), expected, "in the copy");
    assert_eq!(text(&mut vm, after), expected, "in the VM itself");
}

#[test]
fn everything_that_a_script_has_made_comes_along() {
    check("x = 42; t = {1, {2}, k = 'v'}", "return x .. t[2][1] .. t.k", "422v");
    check("local n = 0; function count() n = n + 1; return n end; count()", "return tostring(count())", "2");
    check("setmetatable(_G, {__index = function(_, k) return k .. '?' end})", "return nothing", "nothing?");
    check("s = string.rep('GATTACA', 300000)", "return #s .. s:sub(-7)", "2100000GATTACA");
    check(
        "co = coroutine.wrap(function(a) while true do a = coroutine.yield(a .. '!') end end); co('a')",
        "return co('b')",
        "b!",
    );
    check(
        "co = coroutine.create(function() local _ <close> = setmetatable({}, {__close = function() log = 'closed' end})
           pcall(function() coroutine.yield(1) end) return 'done' end); coroutine.resume(co)",
        "local ok, r = coroutine.resume(co); return r .. log",
        "doneclosed",
    );
    check("w = setmetatable({}, {__mode = 'k'}); k = {}; w[k] = 'weak'", "return w[k]", "weak");
    check("f = load('return ...'); g = string.gmatch('a b', '%a')", "return f(g() .. g())", "ab");
    check(
        "string.shout = string.upper; debug.setmetatable(1, {__len = function() return 'n' end})",
        "return ('a'):shout() .. #5",
        "An",
    );
}

#[test]
fn a_copy_and_its_original_go_ways_of_their_own() {
    let mut first = vm(VmConfig::default());
    exec(&mut first, "t = {1}");
    let mut second = copy(&mut first, VmConfig::default());
    exec(&mut first, "t[1] = 'first'");
    exec(&mut second, "t[1] = 'second'");
    assert_eq!(
        (text(&mut first, "return t[1]"), text(&mut second, "return t[1]")),
        ("first".into(), "second".into())
    );
}

#[test]
fn garbage_is_collected_first_and_free_memory_is_no_part_of_it() {
    let mut vm = vm(VmConfig::default());
    exec(&mut vm, "x = 1");
    exec(&mut vm, "for i = 1, 200 do t = {} for j = 1, 1000 do t[j] = 'secret' .. i .. j end end t = nil");
    exec(
        &mut vm,
        "local function deep(n) local s = 'secret' .. n; return n > 0 and deep(n - 1) .. s or s end; deep(150)",
    );
    let snapshot = snapshot(&mut vm);
    crate::forge::with_pages(&snapshot.to_bytes(), |pages| {
        // Of 200,000 texts a few bytes may be left where a live object is smaller than its place.
        let left = pages.windows(7).filter(|bytes| bytes[..6] == *b"secret" && bytes[6].is_ascii_digit());
        assert!(left.count() < 10);
    });
    assert!(snapshot.to_bytes().len() < 16 * 1024);
    let path = tempfile::tempdir().unwrap();
    let path = path.path().join("it");
    snapshot.save(&path).unwrap();
    let mut copy =
        Vm::from_snapshot(engine(), &Snapshot::load(engine(), &path).unwrap(), VmConfig::default()).unwrap();
    assert_eq!(integer(&mut copy, "return x"), 1);
}

#[test]
fn a_small_vm_makes_a_small_file() {
    let mut vm = vm(VmConfig::default());
    exec(
        &mut vm,
        "for i = 1, 20 do _G['global' .. i] = i end; function f() return global1 end; function g() return f() end",
    );
    let size = snapshot(&mut vm).to_bytes().len();
    assert!(size <= 64 * 1024, "{size} bytes");
}

#[test]
fn finalizers_run_before_and_their_output_comes_with_the_next_call() {
    let mut vm = vm(VmConfig::default());
    exec(&mut vm, "setmetatable({}, {__gc = function() print('bye'); gone = true end})");
    let mut copy = copy(&mut vm, VmConfig::default());
    assert!(exec(&mut copy, "return gone").value::<bool>().unwrap());
    let outcome = exec(&mut vm, "print('next')");
    assert_eq!(outcome.stdout.to_text(), "bye\nnext\n");
    assert_eq!(exec(&mut copy, "print('copy')").stdout.to_text(), "copy\n");
}

#[test]
fn a_finalizer_that_fails_or_runs_away_leaves_the_state_before() {
    for (finalizer, on_stop) in [
        ("touched = true; error('no')", OnStop::Discard),
        ("touched = true; while true do end", OnStop::Discard),
        ("touched = true; while true do end", OnStop::RollBack),
        ("touched = true; os.exit(3)", OnStop::RollBack),
        ("touched = true; error(setmetatable({}, {__tostring = error}))", OnStop::RollBack),
    ] {
        let limits = Limits { fuel: Some(20_000_000), ..Limits::default() };
        let mut vm = vm(limited(limits).on_stop(on_stop));
        let set_up = format!(
            "x = 7; collectgarbage('stop'); setmetatable({{}}, {{__gc = function() {finalizer} end}})"
        );
        exec(&mut vm, &set_up).value::<()>().unwrap();
        let mut copy = copy(&mut vm, VmConfig::default());
        for vm in [&mut copy, &mut vm] {
            assert_eq!(text(vm, "return x .. tostring(touched)"), "7nil", "{finalizer}");
        }
    }
}

#[test]
fn a_hook_or_poisoned_library_stands_in_no_ones_way() {
    check("debug.sethook(function() n = (n or 0) + 1 end, 'l'); x = 1", "return tostring(x)", "1");
    check("local s, g = tostring, _G; for k in pairs(g) do g[k] = nil end; y = s(2)", "return y", "2");
    check(
        "setmetatable(debug.getregistry(), {__index = error}); debug.setmetatable(nil, {}); y = 's'",
        "return y",
        "s",
    );
    check(
        "collectgarbage('generational'); t = {}; for i = 1, 1000 do t[i] = {i} end",
        "return tostring(t[1000][1])",
        "1000",
    );
}

#[test]
fn randomness_is_new_in_every_copy() {
    let mut vm = vm(VmConfig::default());
    exec(&mut vm, "math.random()");
    let snapshot = snapshot(&mut vm);
    let draw = "return math.random(0) .. '/' .. math.random(0)";
    let mut drawn: Vec<String> = (0..3)
        .map(|_| text(&mut Vm::from_snapshot(engine(), &snapshot, VmConfig::default()).unwrap(), draw))
        .collect();
    drawn.push(text(&mut vm, draw));
    drawn.extend(vm.fork(2).wait().unwrap().iter_mut().map(|fork| text(fork, draw)));
    drawn.sort();
    drawn.dedup();
    assert_eq!(drawn.len(), 6);
}

#[test]
fn with_a_seed_randomness_goes_on_where_it_stood() {
    let mut vm = vm(VmConfig::default().seed(5));
    exec(&mut vm, "math.random(0)");
    let snapshot = snapshot(&mut vm);
    let next = integer(&mut vm, "return math.random(0)");
    for _ in 0..2 {
        let mut copy = Vm::from_snapshot(engine(), &snapshot, VmConfig::default().seed(5)).unwrap();
        assert_eq!(integer(&mut copy, "return math.random(0)"), next);
    }
    let mut fresh = vm_seeded(5);
    let mut never_called = copy_of_fresh(5);
    assert_eq!(
        integer(&mut fresh, "return math.random(0)"),
        integer(&mut never_called, "return math.random(0)")
    );
}

fn vm_seeded(seed: u64) -> Vm {
    vm(VmConfig::default().seed(seed))
}

/// Of a VM that was never called, and so never seeded, before its snapshot was taken.
fn copy_of_fresh(seed: u64) -> Vm {
    copy(&mut vm_seeded(seed), VmConfig::default().seed(seed))
}

#[test]
fn the_clock_never_goes_back() {
    let mut vm = vm(VmConfig::default());
    let before: f64 = exec(&mut vm, "while os.clock() < 0.02 do end return os.clock()").value().unwrap();
    let mut copy = copy(&mut vm, VmConfig::default());
    assert!(exec(&mut copy, "return os.clock()").value::<f64>().unwrap() >= before);
}

#[test]
fn open_files_are_closed_in_a_copy_and_a_stale_one_names_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let other = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a"), "first\nsecond\n").unwrap();
    for name in ["b", "c", "d"] {
        fs::write(other.path().join(name), "another's\n").unwrap();
    }
    let config = || VmConfig::default().mount(Mount::read_write(folder.path(), "/data").unwrap());
    let mut vm = vm(config());
    exec(&mut vm, "f = assert(io.open('/data/a')); w = assert(io.open('/data/new', 'w')); w:write('begun')")
        .value::<()>()
        .unwrap();
    let snapshot = snapshot(&mut vm);
    let more = config().mount(Mount::read_write(other.path(), "/other").unwrap());
    let mut copy = Vm::from_snapshot(engine(), &snapshot, more).unwrap();
    let chunk = "others = {}
      for i, name in ipairs{'b', 'c', 'd'} do others[i] = assert(io.open('/other/' .. name, 'r+')) end
      local line, message = f:read('a')
      local written, why = w:write(string.rep('x', 100000))
      return tostring(line) .. '|' .. tostring(message) .. '|' .. tostring(written)";
    let answer = text(&mut copy, chunk);
    assert!(
        answer.starts_with("nil|") && answer.ends_with("|nil") && !answer.contains("another"),
        "{answer}"
    );
    exec(&mut copy, "collectgarbage(); f:close(); w:close()");
    for name in ["b", "c", "d"] {
        assert_eq!(fs::read_to_string(other.path().join(name)).unwrap(), "another's\n");
    }
    assert_eq!(text(&mut vm, "return f:read('l')"), "first", "the VM itself goes on reading");
}

#[test]
fn mounts_in_another_order_are_found_under_their_names() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(one.path().join("x"), "one").unwrap();
    fs::write(two.path().join("x"), "two").unwrap();
    let mount = |folder: &tempfile::TempDir, guest: &str| Mount::read_only(folder.path(), guest).unwrap();
    let mut vm = vm(VmConfig::default().mount(mount(&one, "/one")).mount(mount(&two, "/two")));
    let read = "return io.open('/one/x'):read('a') .. io.open('/two/x'):read('a')";
    assert_eq!(text(&mut vm, read), "onetwo");
    let config = VmConfig::default().mount(mount(&two, "/two")).mount(mount(&one, "/one"));
    assert_eq!(text(&mut copy(&mut vm, config), read), "onetwo");
}

#[test]
fn output_that_was_held_back_is_not_printed_twice() {
    let mut vm = vm(VmConfig::default());
    let outcome = exec(&mut vm, "io.write('once')");
    assert_eq!(outcome.stdout.to_text(), "once");
    let mut forks = vm.fork(2).wait().unwrap();
    forks.push(vm);
    for vm in &mut forks {
        assert_eq!(exec(vm, "io.write('more')").stdout.to_text(), "more");
    }
}

#[test]
fn input_goes_on_where_it_was() {
    let config = || VmConfig::default().stdin(Stdin::bytes("first\nsecond\n"));
    let mut vm = vm(config());
    assert_eq!(text(&mut vm, "return io.read()"), "first");
    assert_eq!(text(&mut copy(&mut vm, config()), "return io.read()"), "second");
}

#[test]
fn restore_goes_back_and_the_vm_lives_on() {
    let mut vm = vm(limited(Limits { fuel: Some(20_000_000), ..Limits::default() }));
    exec(&mut vm, "x = 1");
    let snapshot = snapshot(&mut vm);
    exec(&mut vm, "x = 2");
    vm.restore(&snapshot).unwrap();
    assert_eq!(integer(&mut vm, "return x"), 1);
    assert!(exec(&mut vm, "while true do x = x + 1 end").result.is_err());
    assert_eq!(vm.exec("return 1").wait().unwrap_err().kind(), ErrorKind::Stopped);
    vm.restore(&snapshot).unwrap();
    assert_eq!(integer(&mut vm, "return x"), 1);
    vm.run("").wait().unwrap();
    vm.restore(&snapshot).unwrap();
    assert_eq!(integer(&mut vm, "return x"), 1);
}

#[test]
fn nothing_is_taken_of_a_vm_that_is_stopped_or_has_ended() {
    let mut vm = vm(limited(Limits { fuel: Some(1_000_000), ..Limits::default() }));
    exec(&mut vm, "while true do end");
    assert_eq!(vm.snapshot().wait().unwrap_err().kind(), ErrorKind::Stopped);
    vm.reset().unwrap();
    exec(&mut vm, "os.exit(0)");
    assert_eq!(vm.snapshot().wait().unwrap_err().kind(), ErrorKind::Ended);
    assert_eq!(vm.fork(2).wait().unwrap_err().kind(), ErrorKind::Ended);
}

#[test]
fn more_than_the_limits_allow_is_refused_and_nothing_changes() {
    let mut large = vm(VmConfig::default());
    exec(&mut large, "s = string.rep('x', 10000000)");
    let snapshot = snapshot(&mut large);
    let packed = Snapshot::from_bytes(engine(), &snapshot.to_bytes()).unwrap();
    let just = snapshot.memory() + 128 * 1024;
    for snapshot in [&snapshot, &packed] {
        let limits = |memory| limited(Limits { memory: Some(memory), ..Limits::default() });
        let error = Vm::from_snapshot(engine(), snapshot, limits(4 << 20)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::SnapshotTooLarge);
        let mut small = vm(limits(4 << 20));
        exec(&mut small, "x = 1");
        assert_eq!(small.restore(snapshot).unwrap_err().kind(), ErrorKind::SnapshotTooLarge);
        assert_eq!(integer(&mut small, "return x"), 1);
        let mut fits = Vm::from_snapshot(engine(), snapshot, limits(just)).unwrap();
        assert_eq!(integer(&mut fits, "return #s"), 10_000_000);
    }
}

#[test]
fn another_tenants_is_refused() {
    let of = |name: &str| VmConfig::default().tenant(TenantId::new(name).unwrap());
    let snapshot = snapshot(&mut vm(of("lab")));
    assert_eq!(snapshot.tenant().map(TenantId::as_str), Some("lab"));
    let packed = Snapshot::from_bytes(engine(), &snapshot.to_bytes()).unwrap();
    assert!(Vm::from_snapshot(engine(), &packed, of("lab")).is_ok());
    for config in [of("other"), VmConfig::default()] {
        assert_eq!(
            Vm::from_snapshot(engine(), &packed, config).unwrap_err().kind(),
            ErrorKind::SnapshotOwner
        );
    }
}

#[test]
fn damage_is_refused() {
    let mut vm = vm(VmConfig::default());
    exec(&mut vm, "x = 1");
    let bytes = snapshot(&mut vm).to_bytes();
    let kind = |bytes: &[u8]| Snapshot::from_bytes(engine(), bytes).unwrap_err().kind();
    for size in (0..bytes.len()).step_by(97) {
        assert_eq!(kind(&bytes[..size]), ErrorKind::SnapshotDamaged);
    }
    for at in (0..bytes.len()).step_by(41) {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x10;
        assert!(matches!(kind(&bytes), ErrorKind::SnapshotDamaged | ErrorKind::SnapshotVersion), "byte {at}");
    }
}

#[test]
fn a_file_that_is_none_is_refused_and_a_whole_one_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.snapshot");
    let kind = |path: &std::path::Path| Snapshot::load(engine(), path).unwrap_err().kind();
    assert_eq!(kind(&path), ErrorKind::NotFound);
    assert_eq!(kind(folder.path()), ErrorKind::Storage);
    fs::write(&path, "print('hello')").unwrap();
    assert_eq!(kind(&path), ErrorKind::SnapshotDamaged);
    let snapshot = snapshot(&mut vm(VmConfig::default()));
    snapshot.save(&path).unwrap();
    assert!(Snapshot::load(engine(), &path).is_ok());
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777,
        0o600
    );
    assert_eq!(snapshot.save(folder.path().join("no/where")).unwrap_err().kind(), ErrorKind::Storage);
}

#[test]
fn host_functions_keep_their_meaning_in_a_copy() {
    let answer = |name: &'static str| move |_: &mut bioxen_lua::Caller, (): ()| Ok::<_, String>(name);
    let first = HostModule::new("m").function("a", answer("a")).function("b", answer("b"));
    let mut vm = vm(VmConfig::default().module(first));
    exec(&mut vm, "a, b = require('m').a, require('m').b");
    let other = HostModule::new("before").function("z", answer("z"));
    let second = HostModule::new("m").function("b", answer("b"));
    let mut copy = copy(&mut vm, VmConfig::default().module(other).module(second));
    assert_eq!(text(&mut copy, "return b()"), "b");
    assert!(raised(&exec(&mut copy, "return a()")).contains("no such host function"));
}

#[test]
fn forks_are_as_many_as_asked_for_and_alone() {
    let limits = Limits { fuel: Some(20_000_000), ..Limits::default() };
    let mut vm = vm(limited(limits).on_stop(OnStop::RollBack));
    exec(&mut vm, "n = 0; function next() n = n + 1; return n end; next()");
    let mut forks = vm.fork(50).wait().unwrap();
    for (at, fork) in forks.iter_mut().enumerate() {
        for _ in 0..at {
            fork.call("next", ()).wait().unwrap();
        }
    }
    for (at, fork) in forks.iter_mut().enumerate() {
        assert_eq!(integer(fork, "return n"), at as i64 + 1);
        assert!(exec(fork, "n = 'gone'; while true do local s = ('x'):rep(100) end").result.is_err());
        assert_eq!(integer(fork, "return n"), at as i64 + 1);
    }
    assert_eq!(integer(&mut vm, "return n"), 1);
}

#[test]
fn no_room_for_a_copy_is_an_error_and_the_state_waits() {
    let engine = Engine::with(EngineConfig { live_vms: 1, ..EngineConfig::default() }).unwrap();
    let mut vm = Vm::new(&engine, VmConfig::default()).unwrap();
    exec(&mut vm, "x = 3");
    assert_eq!(vm.fork(1).wait().unwrap_err().kind(), ErrorKind::QuotaExceeded);
    let snapshot = vm.snapshot().wait().unwrap();
    assert_eq!(
        Vm::from_snapshot(&engine, &snapshot, VmConfig::default()).unwrap_err().kind(),
        ErrorKind::QuotaExceeded
    );
    vm.restore(&snapshot).unwrap();
    assert_eq!(integer(&mut vm, "return x"), 3);
}

#[test]
fn a_new_environment_keeps_the_lua_state() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::write(one.path().join("m.lua"), "return 'one'").unwrap();
    fs::write(two.path().join("m.lua"), "return 'two'").unwrap();
    fs::write(two.path().join("n.lua"), "return 'new'").unwrap();
    let with = |folder: &tempfile::TempDir| {
        VmConfig::default().mount(Mount::read_only(folder.path(), "/lua").unwrap()).var("WHERE", "here")
    };
    for on_stop in [OnStop::Discard, OnStop::RollBack] {
        let mut vm = vm(VmConfig::default().on_stop(on_stop));
        exec(&mut vm, "x = 'kept'");
        vm.set_environment(with(&one)).unwrap();
        assert_eq!(text(&mut vm, "return x .. require('m') .. os.getenv('WHERE')"), "keptonehere");
        vm.set_environment(with(&two).var("WHERE", "there")).unwrap();
        assert_eq!(
            text(&mut vm, "return x .. require('m') .. require('n') .. os.getenv('WHERE')"),
            "keptonenewthere"
        );
        let clash = with(&one).mount(Mount::read_only(two.path(), "/lua").unwrap());
        assert_eq!(vm.set_environment(clash).unwrap_err().kind(), ErrorKind::InvalidConfig);
        assert_eq!(text(&mut vm, "return x"), "kept");
    }
}

#[test]
fn a_call_that_was_dropped_is_no_part_of_it() {
    let mut vm = vm(VmConfig::default().on_stop(OnStop::RollBack));
    exec(&mut vm, "x = 1");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let run =
            tokio::time::timeout(Duration::from_millis(20), vm.exec(Chunk::new("x = 2; while true do end")));
        assert!(run.await.is_err());
    });
    let mut copy = copy(&mut vm, VmConfig::default());
    assert_eq!((integer(&mut copy, "return x"), integer(&mut vm, "return x")), (1, 1));
}

#[test]
fn a_forged_memory_harms_only_itself() {
    let mut vm = vm(VmConfig::default());
    exec(&mut vm, "t = {}; for i = 1, 100 do t[i] = {i, tostring(i)} end; function f(x) return t[x][2] end");
    let bytes = snapshot(&mut vm).to_bytes();
    let mut seed = 88_172_645_463_325_252_u64;
    let mut random = move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    for _ in 0..300 {
        let forged = crate::forge::with_pages(&bytes, |pages| {
            for _ in 0..1 + random() % 40 {
                let at = random() as usize % pages.len();
                pages[at] ^= 1 << (random() % 8);
            }
        });
        let limits = Limits { fuel: Some(3_000_000), memory: Some(8 << 20), ..Limits::default() };
        let forged = Snapshot::from_bytes(engine(), &forged).expect("the hash is right");
        let Ok(mut vm) = Vm::from_snapshot(engine(), &forged, limited(limits)) else { continue };
        let outcome = vm.exec("collectgarbage(); return f(50)").wait().expect("an outcome");
        if let Err(failure) = &outcome.result {
            assert!(!matches!(failure, Failure::Exit(_)), "{failure}");
        }
        let _ = vm.snapshot().wait(); // may fail, but not panic
    }
    assert_eq!(text(&mut vm, "return f(50)"), "50");
}

/// Snapshots of this guest and of earlier ones, which lie beside each other. `BIOXEN_BLESS` adds that of a
/// new guest.
#[test]
fn golden_snapshots_are_read_or_refused_by_name() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let own = folder.join(format!("{}.snapshot", &engine().guest_digest()[..12]));
    if std::env::var_os("BIOXEN_BLESS").is_some() && !own.exists() {
        let mut vm = vm(VmConfig::default().seed(1));
        exec(
            &mut vm,
            "t = {answer = 42}; co = coroutine.wrap(function() coroutine.yield() return t.answer end) co()",
        );
        fs::write(&own, snapshot(&mut vm).to_bytes()).unwrap();
    }
    let mut read = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "snapshot") {
            continue;
        }
        read += 1;
        match Snapshot::load(engine(), &path) {
            Ok(snapshot) => {
                let mut vm = Vm::from_snapshot(engine(), &snapshot, VmConfig::default()).unwrap();
                assert_eq!(integer(&mut vm, "return co()"), 42);
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::SnapshotGuest, "{error}");
                assert!(error.to_string().contains("of version \"0."), "{error}");
            }
        }
    }
    assert!(read >= 2, "the golden snapshots are missing");
}
