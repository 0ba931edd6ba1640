//! The command at a terminal: escaping, and the prompt with its line editor.
#![cfg(unix)]

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use crate::command::Bioxen;

/// Ten times as long as anything here takes on a busy machine, in milliseconds.
const PATIENCE: u64 = 30_000;

const UP: &str = "\x1b[A";

fn start(bioxen: &Bioxen, arguments: &[&str]) -> PtySession {
    let mut command = bioxen.command(arguments);
    command.env("TERM", "xterm");
    spawn_command(command, Some(PATIENCE)).unwrap()
}

/// All that a terminal is shown until the program ends. The test library takes each byte for a character.
#[track_caller]
fn shown(program: &str) -> String {
    let bioxen = Bioxen::new().file("a.lua", program);
    let bytes = start(&bioxen, &["run", "a.lua"]).exp_eof().unwrap();
    String::from_utf8(bytes.chars().map(|byte| byte as u8).collect()).unwrap()
}

/// A prompt that waits for its first line.
fn prompt(bioxen: &Bioxen, options: &[&str]) -> PtySession {
    let mut session = start(bioxen, &[&["repl"], options].concat());
    session.exp_string("Ctrl-D leaves").unwrap();
    session.exp_string("> ").unwrap();
    session
}

/// Types a line and expects an answer, at the beginning of a line of its own.
#[track_caller]
fn ask(session: &mut PtySession, line: &str, answer: &str) {
    session.send_line(line).unwrap();
    session.exp_string(&format!("\n{answer}\r\n")).unwrap();
    session.exp_string("> ").unwrap();
}

#[track_caller]
fn leave(mut session: PtySession) {
    session.send_control('d').unwrap();
    session.exp_eof().unwrap();
}

#[test]
fn controls_are_shown_and_do_nothing() {
    let shown = shown(
        r#"
        io.write("\27[2J\27]0;title\7\r\b", "\xc2", "\x9b2J", "\xff")
        io.stderr:write("\27[31m")
        io.write("caf", "\xc3") io.flush() io.write("\xa9\n")"#,
    );
    assert!(!shown.contains('\x1b') && !shown.contains('\u{9b}') && !shown.contains('\x07'), "{shown:?}");
    for part in [r"\x1b[2J\x1b]0;title\x07\x0d\x08\x9b2J\xff", r"\x1b[31m", "café\r\n"] {
        assert!(shown.contains(part), "no {part:?} in {shown:?}");
    }
}

#[test]
fn messages_are_escaped_too() {
    let error = shown(r#"error("\27[2J", 0)"#);
    assert!(error.contains(r"bioxen: \x1b[2J") && !error.contains('\x1b'), "{error:?}");
    let hint = shown(r#"assert(io.open("/\27[2J/x"))"#);
    assert!(hint.contains("is outside every mount") && !hint.contains('\x1b'), "{hint:?}");
}

#[test]
fn a_session() {
    let bioxen = Bioxen::new();
    let mut session = prompt(&bioxen, &[]);
    ask(&mut session, "1 + 1", "2");
    ask(&mut session, "x = 20 print('set')", "set");
    ask(&mut session, "x + 1, 'y'", "21\ty");
    ask(&mut session, "io.write('no newline') and nil", "no newlinenil");
    leave(session);
}

#[test]
fn a_statement_of_many_lines() {
    let mut session = prompt(&Bioxen::new(), &[]);
    session.send_line("for i = 7, 8 do").unwrap();
    session.exp_string(">> ").unwrap();
    session.send_line("print(i)").unwrap();
    session.exp_string(">> ").unwrap();
    ask(&mut session, "end", "7\r\n8");
    // Ctrl-C drops what was begun.
    session.send_line("for i = 1, 2 do").unwrap();
    session.exp_string(">> ").unwrap();
    session.send_control('c').unwrap();
    session.exp_string("> ").unwrap();
    ask(&mut session, "'after'", "after");
    leave(session);
}

#[test]
fn ctrl_c_stops_a_runaway_line_and_undoes_it() {
    let mut session = prompt(&Bioxen::new(), &["--time", "none", "--fuel", "none", "--output", "none"]);
    ask(&mut session, "kept = 'before' print('set')", "set");
    for body in ["", "pcall(error)", "os.time()", "io.write('')", "coroutine.wrap(print)()"] {
        let line = format!("kept = 'lost' print('spin' .. 'ning') while true do {body} end");
        session.send_line(&line).unwrap();
        session.exp_string("spinning").unwrap();
        session.send_control('c').unwrap();
        session.exp_string("bioxen: interrupted; everything is as before the line").unwrap();
        ask(&mut session, "kept", "before");
    }
    leave(session);
}

#[test]
fn ctrl_c_stops_a_line_that_waits_for_input() {
    let mut session = prompt(&Bioxen::new(), &["--time", "none"]);
    session.send_line("print('wait' .. 'ing') io.read()").unwrap();
    session.exp_string("waiting").unwrap();
    session.send_control('c').unwrap();
    session.exp_string("interrupted").unwrap();
    session.exp_string("> ").unwrap();
    ask(&mut session, "'fir' .. 'st'", "first");
    session.send_line("print('ask' .. 'ing') print(io.read())").unwrap();
    session.exp_string("asking").unwrap();
    session.send_line("typed").unwrap();
    session.exp_string("\ntyped\r\n").unwrap();
    leave(session);
}

#[test]
fn a_limit_undoes_its_line() {
    let mut session = prompt(&Bioxen::new(), &["--fuel", "1e7"]);
    ask(&mut session, "kept = 'before' print('set')", "set");
    session.send_line("kept = 'lost' while true do end").unwrap();
    session.exp_string("raise it with --fuel; everything is as before the line").unwrap();
    ask(&mut session, "kept", "before");
    leave(session);
}

#[test]
fn ctrl_c_clears_the_line_that_is_typed() {
    let mut session = prompt(&Bioxen::new(), &[]);
    session.send("error('never'").unwrap();
    session.flush().unwrap();
    session.exp_string("error('never'").unwrap();
    session.send_control('c').unwrap();
    session.exp_string("> ").unwrap();
    ask(&mut session, "'after'", "after");
    leave(session);
}

#[test]
fn names_are_completed_by_the_tab_key() {
    let mut session = prompt(&Bioxen::new(), &[]);
    ask(&mut session, "sequence = 'GATTACA' print('set')", "set");
    session.send("print(#seq\t)\n").unwrap();
    session.flush().unwrap();
    session.exp_string("\n7\r\n").unwrap();
    session.send("print(sequence:upp\t())\n").unwrap();
    session.flush().unwrap();
    session.exp_string("\nGATTACA\r\n").unwrap();
    leave(session);
}

#[test]
fn history_is_kept_in_memory_or_in_a_file() {
    let bioxen = Bioxen::new();
    let mut session = prompt(&bioxen, &["--history", "lines"]);
    ask(&mut session, "print('rem' .. 'embered')", "remembered");
    ask(&mut session, UP, "remembered");
    leave(session);
    let mut session = prompt(&bioxen, &["--history", "lines"]);
    ask(&mut session, UP, "remembered");
    leave(session);
    let files = || std::fs::read_dir(bioxen.folder()).unwrap().count();
    assert_eq!(files(), 1);
    let mut session = prompt(&bioxen, &[]);
    ask(&mut session, "1", "1");
    leave(session);
    assert_eq!(files(), 1);
}

#[test]
fn os_exit_leaves_with_its_status() {
    let mut session = prompt(&Bioxen::new(), &[]);
    session.send_line("os.exit(7)").unwrap();
    session.exp_eof().unwrap();
    let status = session.process().wait().unwrap();
    assert!(matches!(status, WaitStatus::Exited(_, 7)), "{status:?}");
}
