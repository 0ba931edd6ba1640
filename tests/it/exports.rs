//! The data of a session as Lua source.

use bioxen_lua::{Error, ErrorKind, Export, Failure, Limits, Manager, ManagerConfig, Session, VmConfig};

use crate::manager::{id, kind, manager};
use crate::support::engine;

#[track_caller]
fn run(session: &Session, source: &str) {
    session.vm().exec(source).expect("queued").wait().expect("an outcome").value::<()>().expect("it runs");
}

fn export(session: &Session) -> Result<Export, Error> {
    session.export()?.wait()
}

/// The export of what a chunk makes of a fresh session.
#[track_caller]
fn exported(manager: &Manager, source: &str) -> Export {
    let session = manager.create_session(id("source"), VmConfig::default()).expect("a session");
    run(&session, source);
    let export = export(&session).expect("an export");
    session.terminate().expect("it lives");
    export
}

#[track_caller]
fn check(source: &str, expected: &str) {
    let export = exported(&manager(), source);
    assert_eq!((export.source.as_str(), export.left_out.len()), (expected, 0), "{:?}", export.left_out);
}

/// What is left out, as `path what`.
#[track_caller]
fn left_out(source: &str, expected: &[&str]) {
    let export = exported(&manager(), source);
    let left: Vec<_> = export.left_out.iter().map(|left| format!("{}: {}", left.path, left.what)).collect();
    assert_eq!(left, expected, "{}", export.source);
}

/// An expression says the same before the export of a chunk's work and behind its import.
#[track_caller]
fn comes_back(source: &str, expression: &str) {
    let manager = manager();
    let one = manager.create_session(id("one"), VmConfig::default()).expect("a session");
    run(&one, source);
    let export = export(&one).expect("an export");
    let two = manager.create_session(id("two"), VmConfig::default()).expect("a session");
    two.import(&export.source).expect("queued").wait().unwrap_or_else(|error| panic!("{error}: {export:?}"));
    let ask = |session: &Session| -> String {
        let chunk = format!("return tostring({expression})");
        session.vm().exec(chunk).expect("queued").wait().expect("an outcome").value().expect("text")
    };
    assert_eq!(ask(&two), ask(&one), "{}", export.source);
    let again = two.export().expect("queued").wait().expect("an export");
    assert_eq!(again.source, export.source, "what was imported is exported the same");
}

#[test]
fn a_fresh_session_has_no_data() {
    check("", "");
    check("require('string'); math.random(); collectgarbage(); package.path = '/lib/?.lua'", "");
}

#[test]
fn globals_are_assignments_in_the_order_of_their_names() {
    check("b = 2; a = 'x'; c = true; d = 1.5; e = {}", "a = \"x\"\nb = 2\nc = true\nd = 1.5\ne = {}\n");
    check(
        "t = {1, 'two', {3}, k = 'v', [-1] = 0, [1.5] = false}",
        "t = {1, \"two\", {3}, [-1] = 0, [1.5] = false, k = \"v\"}\n",
    );
    check("t = {[1] = 1, [3] = 3}; u = {nil, 2}", "t = {1, [3] = 3}\nu = {[2] = 2}\n");
    check(
        "_G['a b'] = 1; _G['end'] = 2; _G[7] = 3; _G[true] = 4; part = 5; _G._ENV = 6",
        "_ENV[7] = 3\n_ENV[\"_ENV\"] = 6\n_ENV[\"a b\"] = 1\n_ENV[\"end\"] = 2\n_ENV[\"part\"] = 5\n_ENV[true] = 4\n",
    );
}

#[test]
fn numbers_and_strings_come_back_to_the_bit() {
    check("a, b, c = 1/0, -1/0, -0.0", "a = 1/0\nb = -1/0\nc = -0.0\n");
    check("a, b, c = 0.1, 1e100, 1e15", "a = 0.1\nb = 1e+100\nc = 1e+15\n");
    check(
        "a, b, c = math.mininteger, math.maxinteger, 2^53",
        "a = 0x8000000000000000\nb = 9223372036854775807\nc = 9007199254740992.0\n",
    );
    check(
        "a = 'é☃\\n\\0\\27\"\\\\'; b = '\\xff\\xc3'",
        "a = \"é☃\\n\\x00\\x1b\\\"\\\\\"\nb = \"\\xff\\xc3\"\n",
    );
    comes_back(
        "s = {} for i = 0, 255 do s[#s + 1] = string.char(i) end s = table.concat(s)",
        "#s .. s:gsub('.', function(c) return c:byte() .. ' ' end)",
    );
    comes_back("s = ('GATTACA\\r\\n'):rep(10000)", "s");
    comes_back("nan = 0/0", "nan ~= nan and math.type(nan)");
    comes_back(
        "f = {} for i = 1, 2000 do f[i] = string.unpack('d', string.pack('i8', math.random(0))) end
         for i = 1, 2000 do if f[i] ~= f[i] then f[i] = i end end",
        "(function() local t = {} for i, v in ipairs(f) do t[i] = ('%a'):format(v) end return table.concat(t, ' ') end)()",
    );
}

#[test]
fn tables_keep_what_they_share() {
    check("a = {1}; b = a; c = {x = a}", "a = {1}\nc = {}\nb = a\nc.x = a\n");
    check("t = {}; t.self = t; t[1] = {up = t}", "t = {{}}\nt[1].up = t\nt.self = t\n");
    check("x = _G; y = {g = _G}", "y = {}\nx = _ENV\ny.g = _ENV\n");
    check("str = string", "str = string\n");
    comes_back("t = {}; t.self = t; u = {t, {t}}", "t.self == t and u[2][1] == t and u[1] == t");
    comes_back("t = {} for i = 1, 20 do t = {t, t} end", "t[1][2][1] == t[2][1][2]");
}

#[test]
fn deep_tables_come_back() {
    let depth = "(function() local n, at = 0, list while at do n, at = n + 1, at.next end return n end)()";
    for levels in [49, 50, 51, 200, 5_000] {
        comes_back(&format!("list = nil for i = 1, {levels} do list = {{next = list, v = i}} end"), depth);
    }
    let export = exported(&manager(), "for i = 1, 5000 do list = {next = list} end");
    assert!(export.source.len() < 100_000, "{} bytes", export.source.len());
}

#[test]
fn what_is_no_data_is_told_of() {
    left_out("function f() end", &["f: a function"]);
    left_out(
        "t = {f = print, co = coroutine.create(print), io.stdout, a = {b = {function() end}}}",
        &["t[1]: a userdata", "t.a.b[1]: a function", "t.co: a coroutine", "t.f: a function"],
    );
    left_out("t = setmetatable({1}, {})", &["t: its metatable"]);
    left_out("setmetatable(_G, {})", &["_G: its metatable"]);
    left_out(
        "t = {[{}] = 1, [print] = 2, k = 3}",
        &[
            "t: a field whose key is no string, number or boolean",
            "t: a field whose key is no string, number or boolean",
        ],
    );
    left_out("_G[('n'):rep(1000)] = print", &[&format!("{}…: a function", "n".repeat(64))]);
    let mut deep = exported(&manager(), "t = {f = print} for i = 1, 300 do t = {down = t} end").left_out;
    let path = deep.pop().expect("a function").path;
    assert!(path.starts_with('…') && path.ends_with(".down.f") && path.len() < 300, "{path}");
}

#[test]
fn the_library_is_told_of_where_a_script_changed_it() {
    check(
        "string.name = 'x'; math.pi = 3; print = 5; io = {1}",
        "io = {1}\nmath.pi = 3\nprint = 5\nstring.name = \"x\"\n",
    );
    left_out(
        "function string.shout() end; function table.insert() end; next = function() end",
        &["next: a function", "string.shout: a function", "table.insert: a function"],
    );
    check("string = nil; next = nil; print = nil; type = nil; os.exit = nil", "");
}

#[test]
fn nothing_of_the_script_is_called_or_trusted() {
    let traps = "
        local function trap() called = true; error('called') end
        local all = {__index = trap, __newindex = trap, __pairs = trap, __len = trap, __eq = trap, __lt = trap,
          __concat = trap, __tostring = trap, __call = trap, __name = 'trap', __metatable = 'hidden', __gc = trap}
        x = setmetatable({1, k = 2}, all)
        debug.setmetatable(1, all); debug.setmetatable(true, all); debug.setmetatable(print, all)
        debug.setmetatable(coroutine.create(print), all)
        getmetatable('').__index = trap
        n, b, s = 1.5, true, 'text'
        for _, library in pairs({string, table, math, utf8, debug, coroutine}) do
          for name in next, library do library[name] = trap end
        end
        debug.getregistry = nil
        for _, name in ipairs({'next', 'type', 'pairs', 'ipairs', 'rawget', 'tostring', 'load', 'assert'}) do
          _G[name] = trap
        end
        setmetatable(_G, {__index = trap, __newindex = trap})";
    let export = exported(&manager(), traps);
    assert_eq!(
        export
            .source
            .lines()
            .filter(|line| !line.contains('.') || line.starts_with("n ="))
            .collect::<Vec<_>>(),
        ["b = true", "n = 1.5", "s = \"text\"", "x = {1, k = 2}"]
    );
    let hook = exported(&manager(), "debug.sethook(function() x = 'hooked' end, 'crl', 1); y = 1");
    assert!(hook.source.contains("y = 1\n"));
    check(
        "local r = debug.getregistry(); r._LOADED = nil; r[2] = nil; setmetatable(r, {__index = error, __newindex = error})",
        "",
    );
}

#[test]
fn a_session_is_not_disturbed() {
    let manager = manager();
    let session = manager.create_session(id("calm"), VmConfig::default()).expect("a session");
    run(&session, "x = 1; setmetatable({}, {__gc = function() print('finalized') end})");
    session.send("for i = 1, 2 do").expect("queued").wait().expect("it is begun");
    let export = export(&session).expect("an export");
    assert_eq!(export.source, "x = 1\n");
    session.send("print(i) end").expect("queued").wait().expect("it has run");
    assert_eq!(session.read().expect("a client").to_text(), "1\n2\n");
}

#[test]
fn an_export_has_limits_of_its_own() {
    let manager =
        Manager::new(engine(), ManagerConfig { limits: Limits::none(), ..ManagerConfig::default() })
            .expect("a manager");
    let limited = |limits: Limits, source: &str| -> Session {
        let session =
            manager.create_session(id("limited"), VmConfig::default().limits(limits)).expect("a session");
        run(&session, source);
        session
    };
    let result = limited(Limits { result: Some(1_000), ..Limits::default() }, "s = ('x'):rep(2000)");
    let error = export(&result).expect_err("too large");
    assert!(
        matches!(error.failure(), Some(Failure::Limit { resource, .. }) if resource.name() == "result"),
        "{error}"
    );
    run(&result, "s = nil");
    assert_eq!(export(&result).expect("small enough").source, "");
    result.terminate().expect("it lives");
    let fuel = limited(
        Limits { fuel: Some(20_000_000), ..Limits::default() },
        "t = {} for i = 1, 2e4 do t[i] = i end",
    );
    let error = export(&fuel).expect_err("too much work");
    assert!(
        matches!(error.failure(), Some(Failure::Limit { resource, .. }) if resource.name() == "fuel"),
        "{error}"
    );
    run(&fuel, "assert(t[1] == 1); t = 1");
    assert_eq!(export(&fuel).expect("little work").source, "t = 1\n");
}

#[test]
fn an_import_that_fails_says_why() {
    let manager = manager();
    let session = manager.create_session(id("fails"), VmConfig::default()).expect("a session");
    let import = |source: &str| session.import(source).expect("queued").wait();
    assert_eq!(kind(import("x = = 1")), ErrorKind::Failed);
    assert_eq!(kind(import("error('no')")), ErrorKind::Failed);
    assert_eq!(kind(import("\x1bLua")), ErrorKind::Failed);
    import("x = 1").expect("it runs");
    session.send("os.exit(0)").expect("queued").wait().expect("it has run");
    assert_eq!(kind(export(&session)), ErrorKind::Ended);
    assert_eq!(kind(import("x = 1")), ErrorKind::Ended);
}
