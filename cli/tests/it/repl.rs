//! `bioxen repl` behind a pipe. At a terminal: terminal.rs.

use crate::command::{Bioxen, Ended};

#[track_caller]
fn repl(lines: &str) -> Ended {
    repl_with(&[], lines)
}

#[track_caller]
fn repl_with(options: &[&str], lines: &str) -> Ended {
    Bioxen::new().call_with(&[&["repl"], options].concat(), lines)
}

#[test]
fn lines_are_run_without_prompts() {
    repl("1 + 1\nx = 5\nx, 'y'\nprint(x)\n").check(0, "2\n5\ty\n5\n", "");
    repl("").check(0, "", "");
    repl("\n\n7").check(0, "7\n", "");
    repl("= 6 * 7\n=x\n").check(0, "42\nnil\n", "");
}

#[test]
fn a_statement_may_have_many_lines() {
    repl("for i = 1, 2 do\n\nprint(i)\nend\n'after'\n").check(0, "1\n2\nafter\n", "");
    repl("s = [[a\nb]]\n#s\n").check(0, "3\n", "");
    repl("f = function()\n").check(0, "", "stdin:1: 'end' expected near <eof>\n");
}

#[test]
fn an_error_is_told_as_lua_tells_it_and_the_session_goes_on() {
    let expected = "\
stdin:1: no
stack traceback:
\t[C]: in function 'error'
\tstdin:1: in main chunk
\t[C]: in ?
";
    repl("error('no')\n'after'\n").check(0, "after\n", expected);
    repl("x = = 1\n'after'\n").check(0, "after\n", "stdin:1: unexpected symbol near '='\n");
}

#[test]
fn a_limit_leaves_everything_as_before_the_line() {
    let ended = repl_with(&["--fuel", "1e7"], "x = 1\nx = 2 while true do end\nx\n");
    assert_eq!((ended.status, ended.stdout.as_str()), (0, "1\n"));
    let message = "10,000,000 units allowed; raise it with --fuel; everything is as before the line\n";
    ended.complains(0, &["bioxen: limit `fuel` reached: ", message]);
    let ended = repl_with(&["--output", "8"], "x = 1\nx = 2 print('GATTACA') print(1)\nx\n");
    assert_eq!((ended.status, ended.stdout.as_str()), (0, "GATTACA\n1\n"));
    let ended = repl_with(&["--source", "10"], "x = 1\nx = 2 -- too long\nx\n");
    ended.check(
        0,
        "1\n",
        "bioxen: limit `source` reached: 17 bytes used, 10 bytes allowed; raise it with --source\n",
    );
}

#[test]
fn a_line_reads_what_comes_behind_it() {
    repl("io.read()\nthis is read\n1 + 1\n").check(0, "this is read\n2\n", "");
    repl("io.read('n')\n42\n1 + 1\n").check(0, "42\n2\n", "");
}

#[test]
fn a_line_that_was_stopped_while_it_read_takes_nothing() {
    use std::io::{BufRead, BufReader, Write};
    use std::process::Stdio;
    let bioxen = Bioxen::new();
    let mut command = bioxen.command(&["repl", "--time", "100ms"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(b"io.read()\n").unwrap();
    let mut messages = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(messages.next().unwrap().unwrap().contains("limit `time` reached"));
    input.write_all(b"'first'\n'second'\n").unwrap();
    drop(input);
    Ended::new(child.wait_with_output().unwrap()).check(0, "first\nsecond\n", "");
}

#[test]
fn history_is_for_a_terminal() {
    repl_with(&["--history", "lines"], "1\n").complains(2, &["--history", "terminal"]);
}

#[test]
fn leaving() {
    repl("os.exit(7)\nprint('never')\n").check(7, "", "");
    repl("setmetatable({}, {__gc = function() print('finalized') end}) ~= nil\n").check(
        0,
        "true\nfinalized\n",
        "",
    );
}

#[test]
fn a_denied_file_names_the_mount_to_add() {
    let ended = repl("f = io.open('/data/x.txt')\nf\n");
    ended.check(
        0,
        "nil\n",
        "bioxen: `/data/x.txt` is outside every mount; to let the program see it add --mount HOST_FOLDER:/data\n",
    );
}
