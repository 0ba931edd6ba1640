//! `bioxen eval`.

use crate::command::{Bioxen, eval};

#[test]
fn values_are_printed_as_at_a_prompt() {
    eval(&[], "1 + 1").check(0, "2\n", "");
    eval(&[], "1, nil, 'x', 2.0").check(0, "1\tnil\tx\t2.0\n", "");
    eval(&[], "-1").check(0, "-1\n", "");
    eval(&[], "return 7").check(0, "7\n", "");
    eval(&[], "local x = 1").check(0, "", "");
    eval(&[], "print('a') print('b')").check(0, "a\nb\n", "");
    eval(&[], "").check(0, "", "");
}

#[test]
fn an_error_is_told_as_lua_tells_it() {
    let expected = "\
bioxen: (command line):1: no
stack traceback:
\t[C]: in function 'error'
\t(command line):1: in main chunk
\t[C]: in ?
";
    eval(&[], "error('no')").check(1, "", expected);
    eval(&[], "for").check(1, "", "bioxen: (command line):1: <name> expected near <eof>\n");
}

#[test]
fn a_chunk_may_read_and_leave() {
    let ended = Bioxen::new().call_with(&["eval", "io.read('n', 'l')"], "42 x\n");
    ended.check(0, "42\t x\n", "");
    eval(&[], "os.exit(9)").check(9, "", "");
}

#[test]
fn the_end_closes_files_and_runs_finalizers() {
    let bioxen = Bioxen::new();
    let chunk = "setmetatable({}, {__gc = function() print('finalized') end}), \
                 io.open('/d/x', 'w'):write('kept') and nil";
    let ended = bioxen.call(&["eval", "--mount", ".:/d:rw", chunk]);
    assert!(ended.stdout.ends_with("finalized\n"), "{:?}", ended.stdout);
    assert_eq!(std::fs::read_to_string(bioxen.folder().join("x")).unwrap(), "kept");
}

#[test]
fn an_error_does_not_keep_finalizers_from_running() {
    let ended = eval(&[], "setmetatable({}, {__gc = function() print('finalized') end}) error('no')");
    assert_eq!((ended.status, ended.stdout.as_str()), (1, "finalized\n"));
}
