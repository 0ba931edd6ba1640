//! Standard streams, as it happens.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;

use crate::command::{Bioxen, Ended};

#[test]
fn a_line_is_answered_before_the_next_is_sent() {
    let bioxen = Bioxen::new().file("a.lua", "for line in io.lines() do print(#line) end");
    let mut command = bioxen.command(&["run", "a.lua"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for (line, answer) in [("GATTACA\n", "7"), ("\n", "0"), ("CG\n", "2")] {
        input.write_all(line.as_bytes()).unwrap();
        assert_eq!(answers.next().unwrap().unwrap(), answer);
    }
    drop(input);
    assert!(answers.next().is_none());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_question_is_shown_before_its_answer_is_read() {
    let bioxen = Bioxen::new().file("a.lua", "io.write('name? ') io.write('hi ', io.read(), '\\n')");
    let mut command = bioxen.command(&["run", "a.lua"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut question = [0; 6];
    output.read_exact(&mut question).unwrap();
    assert_eq!(&question, b"name? ");
    child.stdin.take().unwrap().write_all(b"Ada\n").unwrap();
    let mut answer = String::new();
    output.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "hi Ada\n");
    assert!(child.wait().unwrap().success());
}

#[test]
fn bytes_pass_unchanged_through_pipes() {
    let bytes: Vec<u8> = (0..=255).collect();
    let bioxen = Bioxen::new().file("a.lua", "io.write(io.read('a')) io.stderr:write('\\27[2J')");
    std::fs::write(bioxen.folder().join("in"), &bytes).unwrap();
    let input = File::open(bioxen.folder().join("in")).unwrap();
    let output = bioxen.command(&["run", "a.lua"]).stdin(input).output().unwrap();
    assert_eq!(output.stdout, bytes);
    assert_eq!(output.stderr, b"\x1b[2J");
}

#[test]
fn a_reader_that_leaves_ends_the_program_quietly() {
    let program = "while true do print(('x'):rep(1000)) end";
    let bioxen = Bioxen::new().file("a.lua", program);
    let mut command = bioxen.command(&["run", "--output", "none", "a.lua"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 4];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap(); // and drops the pipe
    let ended = Ended::new(child.wait_with_output().unwrap());
    ended.check(141, "", "");
}

#[test]
fn a_reader_that_never_was_is_no_error_storm() {
    for arguments in [&["limits"][..], &["eval", "1"], &["run", "--stats", "a.lua"]] {
        let bioxen = Bioxen::new().file("a.lua", "print('x') error('y')");
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = bioxen.command(arguments).stdout(writer).output().unwrap();
        Ended::new(output).complains(141, &[]);
    }
}

/// A full disk, as Linux plays it.
#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_not_lost_silently() {
    let bioxen = Bioxen::new().file("a.lua", "while true do print('x') end");
    for arguments in [&["run", "--output", "none", "a.lua"][..], &["eval", "'x'"], &["limits"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = bioxen.command(arguments).stdout(full).output().unwrap();
        Ended::new(output).check(4, "", "bioxen: cannot write the output: no storage space\n");
    }
}

#[test]
fn closed_streams_do_no_harm() {
    let bioxen = Bioxen::new().file("a.lua", "print(io.read()) io.stderr:write('x')");
    let mut command = bioxen.command(&["run", "a.lua"]);
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success());
}
