//! `bioxen run`.

use crate::command::{Bioxen, run};

const ARGUMENTS: &str = "print(select('#', ...), ...) for i = -2, #arg do print(i, arg[i]) end";

#[test]
fn a_program_finds_its_arguments() {
    let bioxen = Bioxen::new().file("a.lua", ARGUMENTS);
    let expected = "3\tx\t--stats\t-y\n-2\tnil\n-1\tnil\n0\ta.lua\n1\tx\n2\t--stats\n3\t-y\n";
    bioxen.call(&["run", "a.lua", "x", "--stats", "-y"]).check(0, expected, "");
    bioxen.call(&["run", "a.lua"]).check(0, "0\n-2\tnil\n-1\tnil\n0\ta.lua\n", "");
}

#[test]
fn a_program_comes_from_standard_input() {
    let ended = Bioxen::new().call_with(&["run", "-", "x"], "#!/usr/bin/lua\nprint(arg[0], ..., io.read())");
    ended.check(0, "-\tx\tnil\n", "");
}

#[cfg(unix)]
#[test]
fn arguments_need_not_be_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let bioxen = Bioxen::new().file("a.lua", "print(#arg[1], arg[1]:byte(1, -1))");
    let output = bioxen.command(&["run", "a.lua"]).arg(OsStr::from_bytes(b"\xffa")).output().unwrap();
    assert_eq!(output.stdout, b"2\t255\t97\n");
}

#[test]
fn an_error_is_told_as_lua_tells_it() {
    let program = "local function f() error('boom') end\nf()\n";
    let expected = "\
bioxen: a.lua:1: boom
stack traceback:
\t[C]: in function 'error'
\ta.lua:1: in local 'f'
\ta.lua:2: in main chunk
\t[C]: in ?
";
    Bioxen::new().file("a.lua", program).call(&["run", "a.lua"]).check(1, "", expected);
    run(&[], "x = = 1").check(1, "", "bioxen: stdin:1: unexpected symbol near '='\n");
    run(&[], "error(setmetatable({}, {__tostring = function() return 'an object' end}))").check(
        1,
        "",
        "bioxen: an object\n",
    );
    run(&[], "error({})").complains(1, &["bioxen: (error object is a table value)\nstack traceback:\n"]);
    run(&[], "\u{1b}Lua").complains(1, &["attempt to load a binary chunk"]);
}

#[test]
fn output_before_an_error_is_kept() {
    let ended = run(&[], "io.write('half a line') error('late', 0)");
    assert_eq!(ended.stdout, "half a line");
    ended.complains(1, &["bioxen: late\n"]);
    let ended = run(&[], "io.stderr:write('half a line') error('late', 0)");
    ended.complains(1, &["half a line\nbioxen: late\n"]);
}

#[test]
fn a_status_is_the_programs_own() {
    for (call, status) in [("os.exit(7)", 7), ("os.exit(true)", 0), ("os.exit(false)", 1)] {
        run(&[], call).check(status, "", "");
    }
    for (call, status) in [("os.exit(255)", 255), ("os.exit(256)", 0), ("os.exit(-1)", 255)] {
        run(&[], call).check(status, "", "");
    }
    run(&[], "io.write('kept') os.exit(3)").check(3, "kept", "");
}

#[test]
fn what_a_program_returns_is_nobodys_business() {
    run(&[], "return function() end, io.stdout, {}").check(0, "", "");
    run(&[], "local t = {} t.t = t return t").check(0, "", "");
}

#[test]
fn the_end_closes_files_and_runs_finalizers() {
    let bioxen = Bioxen::new();
    let program = "
        setmetatable({}, {__gc = function() print('finalized') end})
        io.open('/data/out.txt', 'w'):write('kept')
        print('end')";
    let ended = bioxen.call_with(&["run", "--mount", ".:/data:rw", "-"], program);
    ended.check(0, "end\nfinalized\n", "");
    assert_eq!(std::fs::read_to_string(bioxen.folder().join("out.txt")).unwrap(), "kept");
}

#[test]
fn a_program_that_cannot_be_read_is_named() {
    let bioxen = Bioxen::new();
    let hint = "expected a Lua program, or `-` for standard input";
    bioxen.call(&["run", "nope.lua"]).complains(2, &["bioxen: cannot read `nope.lua`: No such file", hint]);
    bioxen.call(&["run", "."]).complains(2, &["cannot read `.`: Is a directory", hint]);
}
