//! The life of a VM: chunks, programs, lines, functions, completion, streams, randomness, and the
//! ways to wait for it.

use std::io::{self, Read, Write};
use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use bioxen_lua::{
    Chunk, ErrorKind, Failure, Limits, Mount, OnStop, Outcome, Resource, Stdin, Table, Value, Vm, VmConfig,
};

use crate::support::{engine, exec, integer, limited, raised, text, vm};

fn fresh() -> Vm {
    vm(VmConfig::default())
}

#[track_caller]
fn line(vm: &mut Vm, source: &str) -> Outcome {
    vm.line(source).wait().expect("the VM takes lines")
}

#[track_caller]
fn printed(vm: &mut Vm, source: &str, output: &str) {
    let outcome = line(vm, source);
    assert!(outcome.result.is_ok(), "{source}: {:?}", outcome.result);
    assert_eq!(outcome.stdout.to_text(), output, "{source}");
}

// ---- chunks and programs

#[test]
fn globals_live_between_calls_and_end_with_a_reset() {
    let mut vm = fresh();
    exec(&mut vm, "x = 1 function f(n) return n + x end");
    assert_eq!(vm.call("f", 2).wait().expect("an outcome").value::<i64>().expect("called"), 3);
    vm.reset().expect("reset");
    assert_eq!(vm.get::<Value>("x").wait().expect("nil"), Value::Nil);
    assert_eq!(vm.call("f", 2).wait().expect_err("gone").kind(), ErrorKind::NotFound);
    assert_eq!(format!("{vm:?}"), "Vm(ready)");
}

#[test]
fn a_program_ends_with_its_finalizers_and_its_files_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let mount = Mount::read_write(folder.path(), "/work").expect("the folder is there");
    let mut vm = vm(VmConfig::default().mount(mount));
    let chunk = "file = io.open('/work/out', 'w') file:write('written, not closed') \
                 setmetatable({}, {__gc = function() print('collected') end}) \
                 local closed <close> = setmetatable({}, {__close = function() print('closed') end}) \
                 co = coroutine.wrap(function() \
                   local pending <close> = setmetatable({}, {__close = function() print('never') end}) \
                   coroutine.yield() end) co() \
                 print('main') return 1, 'two'";
    let outcome = vm.run(chunk).wait().expect("an outcome");
    assert_eq!(outcome.value::<(i64, String)>().expect("results of a program"), (1, "two".into()));
    assert_eq!(outcome.stdout.to_text(), "main\nclosed\ncollected\n");
    assert_eq!(std::fs::read_to_string(folder.path().join("out")).expect("written"), "written, not closed");
    assert_eq!(vm.exec("return 1").wait().expect_err("ended").kind(), ErrorKind::Ended);
    assert_eq!(vm.line("1").wait().expect_err("ended").kind(), ErrorKind::Ended);
    assert_eq!(vm.get::<Value>("x").wait().expect_err("ended").kind(), ErrorKind::Ended);
    assert_eq!(vm.set("x", 1).wait().expect_err("ended").kind(), ErrorKind::Ended);
    assert_eq!(vm.complete("x").wait().expect_err("ended").kind(), ErrorKind::Ended);
    vm.reset().expect("reset");
    assert_eq!(integer(&mut vm, "return 1"), 1);
}

#[test]
fn a_program_that_fails_still_ends_in_order() {
    let mut vm = fresh();
    let chunk =
        "setmetatable({}, {__gc = function() print('collected') end}) io.write('buffered ') error('no')";
    let outcome = vm.run(chunk).wait().expect("an outcome");
    assert_eq!(raised(&outcome), "chunk:1: no");
    assert_eq!(outcome.stdout.to_text(), "buffered collected\n");
    assert_eq!(vm.exec("return 1").wait().expect_err("ended").kind(), ErrorKind::Ended);
}

#[test]
fn the_end_of_a_program_is_under_its_limits() {
    let limits = Limits { fuel: Some(20_000_000), ..Limits::default() };
    let mut vm = vm(limited(limits));
    let chunk = "setmetatable({}, {__gc = function() print('begun') while true do end end})";
    let outcome = vm.run(chunk).wait().expect("an outcome");
    assert!(matches!(outcome.result, Err(Failure::Limit { resource: Resource::Fuel, .. })), "{outcome:?}");
    assert_eq!(outcome.stdout.to_text(), "begun\n");
    vm.reset().expect("reset");
    assert_eq!(integer(&mut vm, "return 1"), 1);
}

#[test]
fn errors_in_finalizers_at_the_end_are_warnings() {
    let mut vm = fresh();
    let chunk = "warn('@on') setmetatable({}, {__gc = function() error('in a finalizer') end})";
    let outcome = vm.run(chunk).wait().expect("an outcome");
    assert!(outcome.result.is_ok(), "{outcome:?}");
    assert!(outcome.stderr.to_text().contains("Lua warning: error in __gc"), "{}", outcome.stderr);
}

#[test]
fn exit_ends_the_vm_with_its_status() {
    for (call, status) in [
        ("os.exit(0)", 0),
        ("os.exit(1)", 1),
        ("os.exit(3)", 3),
        ("os.exit(126)", 126),
        ("os.exit(127)", 127),
        ("os.exit(255)", 255),
        ("os.exit(-1)", -1),
        ("os.exit()", 0),
        ("os.exit(true)", 0),
        ("os.exit(false)", 1),
        ("pcall(os.exit, 4)", 4),
        ("coroutine.wrap(os.exit)(5)", 5),
        ("os.exit(6, true)", 6),
    ] {
        for on_stop in [OnStop::Discard, OnStop::RollBack] {
            let mut vm = vm(VmConfig::default().on_stop(on_stop));
            let outcome = exec(&mut vm, &format!("io.write('before') {call} print('behind')"));
            assert_eq!(outcome.result, Err(Failure::Exit(status)), "{call}");
            assert_eq!(outcome.stdout.to_text(), "before", "{call}");
            assert_eq!(vm.exec("return 1").wait().expect_err("ended").kind(), ErrorKind::Ended);
            vm.reset().expect("reset");
            assert_eq!(integer(&mut vm, "return 1"), 1);
        }
    }
}

#[test]
fn exit_with_close_closes_the_state() {
    let chunk = "setmetatable({}, {__gc = function() print('collected') end}) \
                 local v <close> = setmetatable({}, {__close = function() print('closed') end}) os.exit(7, CLOSE)";
    let outcome = exec(&mut fresh(), &chunk.replace("CLOSE", "true"));
    assert_eq!(outcome.result, Err(Failure::Exit(7)));
    assert_eq!(outcome.stdout.to_text(), "closed\ncollected\n");
    let outcome = exec(&mut fresh(), &chunk.replace("CLOSE", "false"));
    assert_eq!(outcome.result, Err(Failure::Exit(7)));
    assert_eq!(outcome.stdout.to_text(), "");
}

#[test]
fn arguments_are_the_dots_of_a_chunk() {
    let mut vm = fresh();
    let run = |vm: &mut Vm, chunk: Chunk| vm.run(chunk).wait().expect("an outcome").result;
    let chunk = Chunk::new("return select('#', ...), ...").arguments((1, None::<i64>, "x"));
    let values = run(&mut vm, chunk);
    assert_eq!(values, Ok(vec![Value::Integer(3), Value::Integer(1), Value::Nil, Value::from("x")]));
}

// ---- what is refused

#[test]
fn a_first_line_for_a_shell_and_a_mark_of_order_are_skipped() {
    let mut vm = fresh();
    assert_eq!(integer(&mut vm, "#!/usr/bin/env lua\nreturn debug.getinfo(1, 'l').currentline"), 2);
    assert_eq!(integer(&mut vm, "\u{feff}return 5"), 5);
    assert_eq!(integer(&mut vm, "\u{feff}#!/usr/bin/lua\nreturn 6"), 6);
    assert!(exec(&mut vm, "# only a comment").result.is_ok());
    assert!(exec(&mut vm, "#").result.is_ok());
    assert!(exec(&mut vm, "").result.is_ok());
    assert!(matches!(exec(&mut vm, "return 1\n#x").result, Err(Failure::Syntax { incomplete: false, .. })));
}

#[test]
fn bytecode_is_refused_at_every_door() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut vm = vm(VmConfig::default().mount(Mount::read_write(folder.path(), "/work").expect("there")));
    let outcome = exec(&mut vm, "return string.dump(function() return 1 end)");
    let Value::String(dump) = outcome.value::<Value>().expect("a dump") else { panic!("no string") };
    std::fs::write(folder.path().join("binary.lua"), dump.as_bytes()).expect("written");
    std::fs::write(folder.path().join("commented.lua"), [b"#!lua\n", dump.as_bytes()].concat())
        .expect("written");
    for source in [
        dump.as_bytes().to_vec(),
        b"\x1bLua".to_vec(),
        [b"# x\n", dump.as_bytes()].concat(),
        b"\x1b".to_vec(),
    ] {
        for outcome in [vm.exec(source.clone()).wait(), vm.line(source.clone()).wait()] {
            let outcome = outcome.expect("an outcome");
            assert!(matches!(outcome.result, Err(Failure::Syntax { .. })), "{outcome:?}");
        }
    }
    vm.set("dump", to_bytes(&dump)).wait().expect("set");
    for door in [
        "return load(dump)",
        "return load(dump, 'x', 'b')",
        "return load(dump, 'x', 'bt')",
        "return load(function() local d = dump dump = nil return d end, 'x', 'b')",
        "return loadfile('/work/binary.lua')",
        "return loadfile('/work/binary.lua', 'b')",
        "return loadfile('/work/commented.lua')",
        "return select(2, pcall(dofile, '/work/binary.lua')) and nil, select(2, pcall(dofile, '/work/binary.lua'))",
        "return select(2, pcall(require, 'binary')) and nil, select(2, pcall(require, 'binary'))",
    ] {
        let (none, message): (Option<i64>, String) = exec(&mut vm, door).value().expect("nil and a message");
        assert_eq!(none, None, "{door}");
        assert!(message.contains("attempt to load a binary chunk"), "{door}: {message}");
        vm.set("dump", to_bytes(&dump)).wait().expect("set");
    }
}

fn to_bytes(text: &bioxen_lua::LuaString) -> Value {
    Value::String(text.clone())
}

#[test]
fn names_and_sources_need_not_be_text() {
    let mut vm = fresh();
    let outcome = vm.exec(Chunk::new(b"error('\xff\xfe', 0)".to_vec()).name(b"@\xff.lua".to_vec())).wait();
    let outcome = outcome.expect("an outcome");
    let Err(Failure::Raised { value, message, .. }) = outcome.result else { panic!("no error") };
    assert_eq!(value, Value::String(vec![0xff, 0xfe].into()));
    assert_eq!(message, "\u{fffd}\u{fffd}");
    let outcome = vm.exec(Chunk::new("x x x").name(b"@\xff.lua".to_vec())).wait().expect("an outcome");
    let Err(Failure::Syntax { message, .. }) = outcome.result else { panic!("no syntax error") };
    assert!(message.starts_with("\u{fffd}.lua:1:"), "{message}");
    assert!(matches!(exec(&mut vm, "return \u{fe}").result, Err(Failure::Syntax { .. })));
    let nul = vm.exec(Chunk::new("return 'a\0b'").name("=a\0b")).wait().expect("an outcome");
    assert_eq!(nul.value::<String>().expect("text"), "a\0b");
    let outcome = vm.exec(Chunk::new("error('x')").name("x".repeat(100_000))).wait().expect("an outcome");
    assert!(raised(&outcome).len() < 200);
}

// ---- errors

#[test]
fn error_objects_that_are_tables_survive() {
    let mut vm = fresh();
    let outcome = exec(&mut vm, "error({code = 42, 'first'})");
    let Err(Failure::Raised { value: Value::Table(table), message, traceback }) = outcome.result else {
        panic!("no table")
    };
    assert_eq!(table.get("code"), Some(&Value::Integer(42)));
    assert_eq!(table.sequence, [Value::from("first")]);
    assert_eq!(message, "(error object is a table value)");
    assert!(traceback.starts_with("stack traceback:"), "{traceback}");
    let outcome = exec(&mut vm, "error(setmetatable({1}, {__tostring = function() return 'told' end}))");
    let Err(Failure::Raised { value, message, traceback }) = outcome.result else { panic!("no error") };
    assert_eq!(value, Value::Table(Table { sequence: vec![Value::Integer(1)], pairs: Vec::new() }));
    assert_eq!((message.as_str(), traceback.as_str()), ("told", ""), "as the reference interpreter shows it");
}

#[test]
fn error_objects_of_any_kind_are_told() {
    let mut vm = fresh();
    for (chunk, value, message) in [
        ("error()", Value::Nil, "(error object is a nil value)"),
        ("error(nil)", Value::Nil, "(error object is a nil value)"),
        ("error(true)", Value::Boolean(true), "(error object is a boolean value)"),
        ("error(12)", Value::Integer(12), "12"),
        ("error(1.5)", Value::Float(1.5), "1.5"),
        ("error(print)", Value::Nil, "(error object is a function value)"),
        ("error('x', 0)", Value::from("x"), "x"),
        ("error('x')", Value::from("chunk:1: x"), "chunk:1: x"),
        ("local t = {} t.t = t error(t)", Value::Nil, "(error object is a table value)"),
        (
            "error(setmetatable({}, {__tostring = function() error('again') end}))",
            Value::from("error in error handling"),
            "error in error handling",
        ),
        (
            "error(setmetatable({}, {__tostring = function() return 1 end}))",
            Value::Table(Table::default()),
            "(error object is a table value)",
        ),
    ] {
        let outcome = exec(&mut vm, chunk);
        let Err(Failure::Raised { value: got, message: told, .. }) = outcome.result else {
            panic!("{chunk}")
        };
        assert_eq!((got, told.as_str()), (value, message), "{chunk}");
    }
    assert_eq!(integer(&mut vm, "return 1"), 1);
}

#[test]
fn messages_and_tracebacks_are_those_of_the_reference() {
    let mut vm = fresh();
    let source = "local function inner(x)\n  return x.field.missing\nend\nfunction outer(x)\n  local r = inner(x)\n  return r\nend\nouter({})";
    let outcome = vm.exec(Chunk::new(source).name("@script.lua")).wait().expect("an outcome");
    let Err(failure) = outcome.result else { panic!("no error") };
    let expected = "script.lua:2: attempt to index a nil value (field 'field')\n\
                    stack traceback:\n\
                    \tscript.lua:2: in upvalue 'inner'\n\
                    \tscript.lua:5: in function 'outer'\n\
                    \tscript.lua:8: in main chunk\n\
                    \t[C]: in ?";
    assert_eq!(failure.to_string(), expected);
}

#[test]
fn syntax_errors_say_where() {
    let outcome = fresh().exec(Chunk::new("x = = 1").name("@a.lua")).wait().expect("an outcome");
    let message = "a.lua:1: unexpected symbol near '='".to_string();
    assert_eq!(outcome.result, Err(Failure::Syntax { message, incomplete: false }));
}

// ---- lines

#[test]
fn a_line_is_an_expression_first() {
    let mut vm = fresh();
    printed(&mut vm, "1 + 1", "2\n");
    printed(&mut vm, "1, nil, 'x', true, 2.0", "1\tnil\tx\ttrue\t2.0\n");
    printed(&mut vm, "x = 5", "");
    printed(&mut vm, "x", "5\n");
    printed(&mut vm, "return x, x", "5\t5\n");
    printed(&mut vm, "nil", "nil\n");
    printed(&mut vm, "f = function() end", "");
    printed(&mut vm, "f()", "");
    printed(&mut vm, "print('a')", "a\n");
    printed(&mut vm, "", "");
    printed(&mut vm, "-- a comment", "");
    printed(&mut vm, "local y = 1", "");
    printed(&mut vm, "y", "nil\n");
    printed(&mut vm, "#'four'", "4\n");
    printed(&mut vm, "function g()\n return 1\nend", "");
    printed(&mut vm, "g()", "1\n");
}

#[test]
fn a_started_statement_is_incomplete() {
    let mut vm = fresh();
    for begun in [
        "x =",
        "if x then",
        "function f()",
        "for i = 1, 2 do",
        "return (",
        "x = {",
        "x = [[a",
        "(",
        "f(1,",
        "return 1 +",
        "do --[[",
        "while true do",
        "'open",
    ] {
        let outcome = line(&mut vm, begun);
        assert!(
            matches!(outcome.result, Err(Failure::Syntax { incomplete: true, .. })),
            "{begun}: {outcome:?}"
        );
    }
    for wrong in ["x x", ")", "end", "1 2", "x = = 2", "'open\n", "goto nowhere", "break", "if if", "1 +"] {
        let outcome = line(&mut vm, wrong);
        assert!(
            matches!(outcome.result, Err(Failure::Syntax { incomplete: false, .. })),
            "{wrong}: {outcome:?}"
        );
    }
    assert!(matches!(exec(&mut vm, "x =").result, Err(Failure::Syntax { incomplete: true, .. })));
}

#[test]
fn a_line_that_fails_has_its_traceback_and_leaves_what_was() {
    let mut vm = fresh();
    line(&mut vm, "x = 1");
    let outcome = vm.line(Chunk::new("x = 2; error('no')").name("=stdin")).wait().expect("an outcome");
    let Err(Failure::Raised { message, traceback, .. }) = outcome.result else { panic!("no error") };
    assert_eq!(message, "stdin:1: no");
    assert_eq!(
        traceback,
        "stack traceback:\n\t[C]: in function 'error'\n\tstdin:1: in main chunk\n\t[C]: in ?"
    );
    printed(&mut vm, "x", "2\n");
}

#[test]
fn a_line_prints_with_the_global_print() {
    let mut vm = fresh();
    line(&mut vm, "old = print; print = function(...) old('<', ...) end");
    printed(&mut vm, "1, 2", "<\t1\t2\n");
    line(&mut vm, "print = nil");
    let outcome = line(&mut vm, "1");
    assert!(raised(&outcome).contains("error calling 'print' (attempt to call a nil value)"), "{outcome:?}");
    printed(&mut vm, "old('still there')", "still there\n");
}

#[test]
fn a_line_of_many_values_is_printed_or_refused() {
    let mut vm = fresh();
    let outcome = line(&mut vm, "table.unpack({}, 1, 1000)");
    assert_eq!(outcome.stdout.to_text().matches("nil").count(), 1000);
    let outcome = line(&mut vm, "table.unpack({}, 1, 999999)");
    assert!(!matches!(outcome.result, Err(Failure::Trap(_))), "{:?}", outcome.result);
    let outcome = line(&mut vm, "table.unpack({}, 1, 1e7)");
    assert!(raised(&outcome).contains("too many results to unpack"), "{outcome:?}");
    printed(&mut vm, "1", "1\n");
}

// ---- completion

#[track_caller]
fn completed(vm: &mut Vm, text: &str) -> Vec<String> {
    let mut names = vm.complete(text).wait().expect("a list");
    names.sort();
    names
}

#[test]
fn completion_knows_globals_fields_and_methods() {
    let mut vm = fresh();
    assert_eq!(completed(&mut vm, "pri"), ["print"]);
    assert_eq!(completed(&mut vm, "string.re"), ["rep", "reverse"]);
    assert_eq!(completed(&mut vm, "math.pi"), ["pi"]);
    assert_eq!(completed(&mut vm, "_G._G.string.re"), ["rep", "reverse"]);
    assert_eq!(completed(&mut vm, "absent.x"), Vec::<String>::new());
    assert_eq!(completed(&mut vm, "print.x"), Vec::<String>::new());
    exec(
        &mut vm,
        "s = 'text' Base = {method_a = 1} Base.__index = Base \
                   object = setmetatable({method_b = 2}, Base) t = {inner = {deep = 1}}",
    );
    assert_eq!(completed(&mut vm, "s:re"), ["rep", "reverse"]);
    assert_eq!(completed(&mut vm, "object:me"), ["method_a", "method_b"]);
    assert_eq!(completed(&mut vm, "t.inner."), ["deep"]);
    assert_eq!(completed(&mut vm, "io.stdout:wri"), ["write"]);
    assert!(completed(&mut vm, "").contains(&"string".to_string()));
}

#[test]
fn completion_runs_no_code_of_the_script() {
    let mut vm = vm(limited(Limits { fuel: Some(50_000_000), ..Limits::default() }));
    exec(
        &mut vm,
        "local function called() called_it = true while true do end end \
        local all = {__index = called, __newindex = called, __pairs = called, __len = called, __call = called, __gc = nil} \
        t = setmetatable({here = 1}, all) \
        setmetatable(_G, {__index = called}) \
        loop = {} loop.__index = loop setmetatable(loop, loop) loop.x1 = 1 \
        a, b = {}, {} setmetatable(a, {__index = b}) setmetatable(b, {__index = a}) a.y1, b.y2 = 1, 2",
    );
    assert_eq!(completed(&mut vm, "t."), ["here"]);
    assert_eq!(completed(&mut vm, "t.absent.x"), Vec::<String>::new());
    assert_eq!(completed(&mut vm, "absent.x"), Vec::<String>::new());
    assert!(completed(&mut vm, "loop.x").contains(&"x1".to_string()));
    assert!(completed(&mut vm, "a.y").contains(&"y2".to_string()));
    assert_eq!(vm.get::<Value>("called_it").wait().expect("raw"), Value::Nil);
}

#[test]
fn completion_is_bounded() {
    let mut vm = fresh();
    exec(&mut vm, "t = {} for i = 1, 5000 do t['name' .. i] = i end");
    assert_eq!(completed(&mut vm, "t.name").len(), 1000);
    exec(&mut vm, "u = {['not\\xfftext'] = 1, name = 2, [1] = 3, [true] = 4}");
    assert_eq!(completed(&mut vm, "u."), ["name"]);
    completed(&mut vm, &"a.".repeat(10_000));
    completed(&mut vm, &"x".repeat(100_000));
}

// ---- waiting

#[test]
fn waiting_inside_a_runtime_is_refused() {
    for runtime in [
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime"),
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime"),
    ] {
        runtime.block_on(async {
            let mut vm = fresh();
            let error = vm.exec("x = 1").wait().expect_err("it would block");
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
            assert!(error.to_string().contains(".await"), "{error}");
            assert_eq!(
                vm.get::<Value>("x").wait().expect_err("it would block").kind(),
                ErrorKind::WouldBlock
            );
            let value = vm.exec("return x").await.expect("an outcome").value::<Value>().expect("a value");
            assert_eq!(value, Value::Nil, "nothing ran");
        });
    }
}

/// The smallest executor there is.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Signal(Mutex<bool>, Condvar);
    impl Wake for Signal {
        fn wake(self: Arc<Self>) {
            *self.0.lock().expect("nobody panicked") = true;
            self.1.notify_one();
        }
    }
    let signal = Arc::new(Signal(Mutex::new(false), Condvar::new()));
    let waker = Waker::from(signal.clone());
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        let woken = signal.0.lock().expect("nobody panicked");
        *signal.1.wait_while(woken, |woken| !*woken).expect("nobody panicked") = false;
    }
}

/// Uses everything that waits: the guest's slices, a blocking function, an asynchronous one, a file.
async fn uses_everything(folder: &std::path::Path) {
    let module = bioxen_lua::HostModule::new("m")
        .blocking_function("blocking", |_, number: i64| Ok::<_, String>(number + 1))
        .async_function("asynchronous", |_, number: i64| async move {
            YieldOnce(false).await;
            Ok::<_, String>(number + 1)
        });
    let config = VmConfig::default()
        .module(module)
        .mount(Mount::read_write(folder, "/work").expect("there"))
        .stdin(Stdin::reader(io::Cursor::new("line\n")));
    let mut vm = Vm::new(engine(), config).expect("a VM");
    let chunk = "local m = require('m') local n = 0 for i = 1, 300000 do n = n + 1 end \
                 local f = assert(io.open('/work/x', 'w')) f:write('file') f:close() \
                 return n + m.blocking(1) + m.asynchronous(1), io.read(), io.open('/work/x'):read('a')";
    let outcome = vm.exec(chunk).await.expect("an outcome");
    let values: (i64, String, String) = outcome.value().expect("three values");
    assert_eq!(values, (300_004, "line".into(), "file".into()));
    let late = vm.exec("while true do end");
    drop(late);
}

struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[test]
fn any_executor_will_do() {
    let folder = tempfile::tempdir().expect("a folder");
    block_on(uses_everything(folder.path()));
    let current = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    current.block_on(uses_everything(folder.path()));
    let bare = tokio::runtime::Builder::new_current_thread().build().expect("a runtime without timers");
    bare.block_on(uses_everything(folder.path()));
    let threads = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    threads.block_on(async {
        let tasks: Vec<_> = (0..4)
            .map(|_| {
                let folder = tempfile::tempdir().expect("a folder");
                tokio::spawn(async move { uses_everything(folder.path()).await })
            })
            .collect();
        for task in tasks {
            task.await.expect("it ran");
        }
    });
}

#[test]
fn a_deadline_works_on_any_executor() {
    let limits = Limits { time: Some(Duration::from_millis(100)), ..Limits::default() };
    let module = bioxen_lua::HostModule::new("m")
        .async_function("for_ever", |_, ()| std::future::pending::<Result<(), String>>());
    for chunk in ["while true do end", "require('m').for_ever()"] {
        let mut vm = vm(limited(limits.clone()).module(module.clone()));
        let start = Instant::now();
        let outcome = block_on(vm.exec(chunk)).expect("an outcome");
        assert!(
            matches!(outcome.result, Err(Failure::Limit { resource: Resource::Time, .. })),
            "{outcome:?}"
        );
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    }
}

// ---- randomness and addresses

#[test]
fn a_seed_repeats_and_no_seed_differs() {
    let look = "local t = {} for i = 1, 5 do t[i] = math.random(0) end return table.concat(t, ' ')";
    let seeded = |seed: u64| {
        let mut vm = vm(VmConfig::default().seed(seed));
        let outcome = exec(&mut vm, look);
        (outcome.value::<String>().expect("numbers"), outcome.usage.fuel)
    };
    assert_eq!(seeded(5), seeded(5));
    assert_ne!(seeded(5).0, seeded(6).0);
    assert_ne!(seeded(0).0, seeded(1).0);
    assert_ne!(text(&mut fresh(), look), text(&mut fresh(), look));
    let mut vm = vm(VmConfig::default().seed(9));
    let first = text(&mut vm, look);
    assert_ne!(text(&mut vm, look), first, "it goes on");
    vm.reset().expect("reset");
    assert_eq!(text(&mut vm, look), first, "and begins again");
}

#[test]
fn names_of_temporary_files_follow_the_seed_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = || VmConfig::default().mount(Mount::read_write(folder.path(), "/work").expect("there"));
    let name = |config: VmConfig| text(&mut vm(config), "local n = os.tmpname() os.remove(n) return n");
    assert_eq!(name(config().seed(1)), name(config().seed(1)));
    assert_ne!(name(config()), name(config()));
}

#[test]
fn addresses_are_those_of_the_guest() {
    let look = "local list = {} \
        for _, value in ipairs{{}, print, function() end, coroutine.create(print), io.stdout} do \
          list[#list + 1] = tostring(value):match('0x(%x+)') or tostring(value):match('%((.-)%)') or tostring(value) \
          list[#list + 1] = string.format('%p', value) end \
        return table.concat(list, ' ')";
    let addresses = |seed: u64| text(&mut vm(VmConfig::default().seed(seed)), look);
    let one = addresses(1);
    assert_eq!(one, addresses(1), "equal in two VMs with the same seed");
    for address in one.split(' ') {
        let digits = address.trim_start_matches("0x");
        let number = u64::from_str_radix(digits, 16).unwrap_or_else(|_| panic!("{address}"));
        assert!(number < 1 << 32, "{address}");
    }
}

#[test]
fn the_clock_goes_in_milliseconds_and_never_back() {
    let mut vm = fresh();
    let chunk = "local last = os.clock() \
        for i = 1, 20000 do local now = os.clock() assert(now >= last) \
          if now > last then assert(now - last >= 0.00099, now - last) end last = now end return last";
    let seconds = |vm: &mut Vm| exec(vm, chunk).value::<f64>().expect("a time");
    let first = seconds(&mut vm);
    vm.reset().expect("reset");
    let second = seconds(&mut vm);
    assert!(second >= first);
}

// ---- streams

#[test]
fn input_comes_from_bytes() {
    let mut vm = vm(VmConfig::default().stdin(Stdin::bytes("first\nsecond 12 0x10\n\nrest\0\u{ff}")));
    assert_eq!(text(&mut vm, "return io.read()"), "first");
    let outcome = exec(&mut vm, "return io.read(3), io.read(1), io.read('l')");
    let parts: (String, String, String) = outcome.value().expect("three");
    assert_eq!(parts, ("sec".into(), "o".into(), "nd 12 0x10".into()));
    assert_eq!(text(&mut vm, "return io.read('L')"), "\n");
    assert_eq!(text(&mut vm, "return io.read('a')"), "rest\0\u{ff}");
    assert_eq!(text(&mut vm, "return tostring(io.read()) .. #io.read('a')"), "nil0");
    vm.reset().expect("reset");
    assert_eq!(text(&mut fresh(), "return tostring(io.read())"), "nil", "by default there is no input");
}

#[test]
fn large_input_arrives_whole() {
    let lines: String = (0..50_000).map(|number| format!("line {number}\n")).collect();
    let mut vm = vm(VmConfig::default().stdin(Stdin::bytes(lines.clone())));
    let chunk = "local n, size = 0, 0 for line in io.lines() do assert(line == 'line ' .. n) n = n + 1 size = size + #line + 1 end return size";
    assert_eq!(integer(&mut vm, chunk), lines.len() as i64);
    let reader = io::Cursor::new(lines.clone());
    let mut vm = crate::support::vm(VmConfig::default().stdin(Stdin::reader(reader)));
    assert_eq!(integer(&mut vm, chunk), lines.len() as i64);
}

/// Blocks until somebody sends something.
struct Channel(Receiver<Vec<u8>>, Vec<u8>);

impl Read for Channel {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.1.is_empty() {
            self.1 = self.0.recv().unwrap_or_default();
        }
        let size = self.1.len().min(buffer.len());
        buffer[..size].copy_from_slice(&self.1[..size]);
        self.1.drain(..size);
        Ok(size)
    }
}

fn channel_input() -> (Sender<Vec<u8>>, Stdin) {
    let (sender, receiver) = channel();
    (sender, Stdin::reader(Channel(receiver, Vec::new())))
}

#[test]
fn input_comes_from_a_reader_as_it_is_there() {
    let (input, stdin) = channel_input();
    let (sink, output) = channel_sink();
    let mut vm = vm(VmConfig::default().stdin(stdin).stdout(sink));
    std::thread::scope(|scope| {
        let running = scope
            .spawn(move || exec(&mut vm, "for line in io.lines() do print('got ' .. line) end return 'end'"));
        for word in ["one", "two", "three"] {
            input.send(format!("{word}\n").into_bytes()).expect("it reads");
            assert_eq!(next(&output), format!("got {word}\n"), "before the program ends");
        }
        drop(input);
        assert_eq!(running.join().expect("it ended").value::<String>().expect("text"), "end");
    });
}

/// The next piece of output, newline included.
#[track_caller]
fn next(output: &Receiver<Vec<u8>>) -> String {
    let mut text = String::new();
    while !text.ends_with('\n') {
        let piece = output.recv_timeout(Duration::from_secs(10)).expect("output comes");
        text += &String::from_utf8(piece).expect("text");
    }
    text
}

#[test]
fn a_reader_that_blocks_does_not_outlast_the_deadline() {
    let (input, stdin) = channel_input();
    let limits = Limits { time: Some(Duration::from_millis(100)), ..Limits::default() };
    let mut vm = vm(limited(limits).stdin(stdin).on_stop(OnStop::RollBack));
    let start = Instant::now();
    let outcome = exec(&mut vm, "pcall(io.read) while true do end");
    assert!(matches!(outcome.result, Err(Failure::Limit { resource: Resource::Time, .. })), "{outcome:?}");
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!(integer(&mut vm, "return 1"), 1);
    drop(input);
}

struct ChannelSink(Sender<Vec<u8>>);

impl Write for ChannelSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes.to_vec()).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn channel_sink() -> (ChannelSink, Receiver<Vec<u8>>) {
    let (sender, receiver) = channel();
    (ChannelSink(sender), receiver)
}

#[test]
fn sinks_receive_while_the_guest_still_runs() {
    let (out, output) = channel_sink();
    let (err, errors) = channel_sink();
    let mut vm = vm(limited(Limits::none()).stdout(out).stderr(err));
    let handle = vm.interrupt_handle();
    std::thread::scope(|scope| {
        let running =
            scope.spawn(move || exec(&mut vm, "print('begun') io.stderr:write('oh\\n') while true do end"));
        assert_eq!(next(&output), "begun\n");
        assert_eq!(next(&errors), "oh\n");
        handle.interrupt();
        let outcome = running.join().expect("it ended");
        assert_eq!(outcome.result, Err(Failure::Interrupted));
        assert!(outcome.stdout.as_bytes().is_empty(), "the sink has it");
        assert_eq!((outcome.usage.stdout, outcome.usage.stderr), (6, 3));
    });
}

#[test]
fn a_sink_counts_against_the_limit() {
    let (sink, output) = channel_sink();
    let limits = Limits { stdout: Some(10), ..Limits::default() };
    let mut vm = vm(limited(limits).stdout(sink));
    let outcome = exec(&mut vm, "for i = 1, 100 do print(i) end");
    assert!(matches!(outcome.result, Err(Failure::Limit { resource: Resource::Stdout, .. })), "{outcome:?}");
    drop(vm);
    assert_eq!(output.iter().flatten().collect::<Vec<u8>>(), b"1\n2\n3\n4\n5\n");
}

#[test]
fn a_sink_that_fails_does_not_stop_the_script() {
    let (sink, output) = channel_sink();
    drop(output);
    let mut vm = vm(VmConfig::default().stdout(sink));
    assert_eq!(integer(&mut vm, "print('nobody listens') return 1"), 1);
}

#[test]
fn variables_are_those_that_were_given() {
    let mut vm =
        vm(VmConfig::default().var("A", "1").var("A", "2").var("EMPTY", "").var("LONG", "x".repeat(50_000)));
    let look = "return os.getenv('A') .. tostring(os.getenv('EMPTY')) .. #os.getenv('LONG') .. tostring(os.getenv('PATH')) .. tostring(os.getenv('HOME'))";
    assert_eq!(text(&mut vm, look), "250000nilnil");
    for (name, value) in [("", "x"), ("A=B", "x"), ("A\0", "x"), ("A", "x\0")] {
        let error = Vm::new(engine(), VmConfig::default().var(name, value)).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{name:?}");
    }
}

#[test]
fn a_vm_rolls_back_again_and_again() {
    let limits = Limits { fuel: Some(50_000_000), ..Limits::default() };
    let mut vm = vm(limited(limits).on_stop(OnStop::RollBack).seed(3));
    exec(&mut vm, "x, t = 0, {} for i = 1, 1000 do t[i] = ('v'):rep(100) .. i end")
        .value::<()>()
        .expect("made");
    for turn in 1..=20 {
        let outcome = exec(&mut vm, "x = -1 t = nil collectgarbage() while true do t = {t} end");
        assert!(outcome.result.is_err());
        assert_eq!(integer(&mut vm, "x = x + 1 return x"), turn);
        assert_eq!(integer(&mut vm, "return #t[1000]"), 104);
    }
    let again = vm.exec("return #t").wait().expect("an outcome").value::<i64>().expect("a number");
    assert_eq!(again, 1000);
}

#[test]
fn failures_say_whether_they_were_hard() {
    let mut vm = vm(limited(Limits { fuel: Some(50_000_000), ..Limits::default() }));
    let hard = |outcome: Outcome| outcome.result.expect_err("it failed").is_hard_stop();
    assert!(!hard(exec(&mut vm, "x x")));
    assert!(!hard(exec(&mut vm, "error()")));
    assert!(!hard(exec(&mut vm, "return print")));
    assert!(!hard(exec(&mut vm, "return ('x'):rep(4096):rep(512)")));
    assert!(hard(exec(&mut vm, "while true do end")));
}

/// The guest's stack must not grow with the text.
#[test]
fn a_completion_of_a_thousand_parts_and_of_a_long_inheritance_is_harmless() {
    let mut vm = vm(VmConfig::default());
    exec(
        &mut vm,
        "a = {} a.a = a; base = {}; for _ = 1, 50 do base = setmetatable({}, {__index = base}) end",
    );
    assert!(vm.complete(&"a.".repeat(1000)).wait().expect("it ends").contains(&"a".to_string()));
    assert!(vm.complete("base.nothing").wait().expect("it ends").is_empty());
    assert_eq!(integer(&mut vm, "return 6 * 7"), 42);
}
