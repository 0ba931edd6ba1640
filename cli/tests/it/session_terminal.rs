//! Sessions at a terminal.
#![cfg(unix)]

use rexpect::process::WaitStatus;
use rexpect::session::{PtySession, spawn_command};

use crate::session::Sessions;

/// Ten times as long as anything here takes on a busy machine, in milliseconds.
const PATIENCE: u64 = 30_000;

fn start(sessions: &Sessions, arguments: &[&str]) -> PtySession {
    let mut command = sessions.command(arguments);
    command.env("TERM", "xterm");
    spawn_command(command, Some(PATIENCE)).unwrap()
}

/// A prompt in the session `work` that waits for its first line; what it showed before.
fn attach(sessions: &Sessions, options: &[&str]) -> (PtySession, String) {
    let mut session = start(sessions, &[&["attach", "work"], options].concat());
    session.exp_string("session `work`; Ctrl-D leaves it as it is").unwrap();
    let before = session.exp_string("> ").unwrap();
    (session, before)
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
    let status = session.process().wait().unwrap();
    assert!(matches!(status, WaitStatus::Exited(_, 0)), "{status:?}");
}

fn with_one() -> Sessions {
    let sessions = Sessions::new();
    sessions.call(&["new", "work"]).check(0, "", "");
    sessions
}

#[test]
fn a_prompt_goes_on_where_it_was_left() {
    let sessions = with_one();
    let (mut session, _) = attach(&sessions, &[]);
    ask(&mut session, "x = 20 print('set')", "set");
    ask(&mut session, "x + 1, 'y'", "21\ty");
    leave(session);
    sessions.call(&["send", "work", "print('mis' .. 'sed')"]).check(0, "", "");
    let (mut session, before) = attach(&sessions, &[]);
    assert!(before.contains("missed"), "{before:?}");
    ask(&mut session, "x", "20");
    session.send_line("for i = 7, 8 do").unwrap();
    session.exp_string(">> ").unwrap();
    leave(session);
    let (mut session, before) = attach(&sessions, &[]);
    assert!(before.ends_with('>'), "the statement is begun still: {before:?}");
    ask(&mut session, "print(i) end", "7\r\n8");
    leave(session);
}

#[test]
fn ctrl_c_stops_what_runs_and_what_waits() {
    let sessions = with_one();
    let (mut session, _) = attach(&sessions, &["--time", "none", "--fuel", "none"]);
    ask(&mut session, "kept = 'before' print('set')", "set");
    session.send_line("kept = 'lost' print('spin' .. 'ning') while true do end").unwrap();
    session.exp_string("spinning").unwrap();
    session.send_control('c').unwrap();
    session.exp_string("interrupted; everything is as before the line").unwrap();
    session.exp_string("> ").unwrap();
    ask(&mut session, "kept", "before");
    session.send_line("print('ask' .. 'ing') print(io.read())").unwrap();
    session.exp_string("asking").unwrap();
    session.send_line("typed").unwrap();
    session.exp_string("\ntyped\r\n").unwrap();
    session.exp_string("> ").unwrap();
    leave(session);
    assert_eq!(sessions.ask("work", "kept"), "before\n");
}

#[test]
fn ctrl_c_stops_input_that_was_sent() {
    let sessions = with_one();
    let text = "x = 1\nx = 2 io.open('/d/running', 'w'):close() while true do end\nx = 3";
    let options = ["send", "--time", "none", "--fuel", "none", "--mount", ".:/d:rw", "work", text];
    let mut send = start(&sessions, &options);
    let running = sessions.0.folder().join("running");
    while !running.exists() {
        std::thread::yield_now(); // there is no other sign of life
    }
    send.send_control('c').unwrap();
    send.exp_string("bioxen: interrupted").unwrap();
    send.exp_eof().unwrap();
    let status = send.process().wait().unwrap();
    assert!(matches!(status, WaitStatus::Exited(_, 1)), "{status:?}");
    sessions.call(&["read", "work"]);
    assert_eq!(sessions.ask("work", "x"), "1\n");
}

#[test]
fn names_are_completed_by_the_tab_key() {
    let sessions = with_one();
    let (mut session, _) = attach(&sessions, &[]);
    ask(&mut session, "sequence = 'GATTACA' print('set')", "set");
    session.send("print(#seq\t)\n").unwrap();
    session.flush().unwrap();
    session.exp_string("\n7\r\n").unwrap();
    leave(session);
}

#[test]
fn controls_are_shown_and_do_nothing() {
    let sessions = with_one();
    sessions
        .call(&[
            "send",
            "work",
            r#"io.write("\27[2J\27]0;title\7\xff") key = {["\27[31m"] = print, s = "\u{9b}2J"}"#,
        ])
        .check(0, "", "");
    for arguments in [&["read", "work"][..], &["export", "work"]] {
        let bytes = start(&sessions, arguments).exp_eof().unwrap();
        let shown = String::from_utf8(bytes.chars().map(|byte| byte as u8).collect()).unwrap();
        assert!(!shown.contains('\x1b') && !shown.contains('\u{9b}') && !shown.contains('\x07'), "{shown:?}");
    }
    sessions.call(&["send", "work", r#"io.write("\27[2J")"#]).check(0, "", "");
    let (session, before) = attach(&sessions, &[]);
    assert!(before.contains(r"\x1b[2J"), "{before:?}");
    leave(session);
}

#[test]
fn a_prompt_that_is_locked_in_edits_lines_and_keeps_them() {
    let sessions = with_one();
    let options = ["--isolate=required", "--history", "lines"];
    let again = |session: &mut PtySession| {
        session.send("\x1b[A").unwrap(); // the arrow up: the line before
        session.flush().unwrap();
        session.exp_string("x = 1 print(x)").unwrap();
        ask(session, "", "1");
    };
    let (mut session, _) = attach(&sessions, &options);
    ask(&mut session, "x = 1 print(x)", "1");
    again(&mut session);
    leave(session);
    let (mut session, _) = attach(&sessions, &options);
    again(&mut session);
    leave(session);
}
