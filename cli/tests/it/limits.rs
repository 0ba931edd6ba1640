//! Each limit's flag, and what reaching it looks like.

use crate::command::{Bioxen, Ended, eval, run};

const LOOP: &str = "while true do end";

#[track_caller]
fn reached(ended: &Ended, name: &str, allowed: &str, flag: &str) {
    let limit = format!("limit `{name}` reached: ");
    let raise = format!(" {allowed} allowed; raise it with {flag}\n");
    ended.complains(3, &["bioxen: ", &limit, &raise]);
}

#[test]
fn time() {
    reached(&eval(&["--time", "50ms"], LOOP), "time", "50 ms", "--time");
    reached(&run(&["--time", "50ms"], LOOP), "time", "50 ms", "--time");
    reached(&run(&["--time", "50ms"], "pcall(function() while true do end end)"), "time", "50 ms", "--time");
}

#[test]
fn time_counts_waiting_for_input() {
    use std::process::Stdio;
    let bioxen = Bioxen::new().file("a.lua", "print(io.read())");
    let mut command = bioxen.command(&["run", "--time", "50ms", "a.lua"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let input = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    drop(input); // only now
    reached(&Ended::new(output), "time", "50 ms", "--time");
}

#[test]
fn fuel() {
    reached(&eval(&["--fuel", "1e6"], LOOP), "fuel", "1,000,000 units", "--fuel");
    reached(&run(&["--fuel", "10_000_000"], LOOP), "fuel", "10,000,000 units", "--fuel");
}

#[test]
fn memory_is_an_error_that_lua_can_catch() {
    eval(&["--memory", "2MiB"], "string.rep('x', 1e7)").check(1, "", "bioxen: not enough memory\n");
    eval(&["--memory", "2MiB"], "pcall(string.rep, 'x', 1e7)").check(0, "false\tnot enough memory\n", "");
    eval(&["--memory", "32M"], "#string.rep('x', 1e7)").check(0, "10000000\n", "");
}

#[test]
fn output() {
    for flag in ["--output", "--stdout"] {
        let ended = run(&[flag, "4"], "io.write('GATTACA')");
        assert_eq!(ended.stdout, "GATT");
        reached(&ended, "stdout", "4 bytes", "--output");
    }
    run(&["--output", "7"], "io.write('GATTACA')").check(0, "GATTACA", "");
}

#[test]
fn stderr() {
    let ended = run(&["--stderr", "4"], "io.stderr:write('GATTACA')");
    ended.complains(3, &["GATT\nbioxen: limit `stderr` reached: "]);
    reached(&ended, "stderr", "4 bytes", "--stderr");
    run(&["--stderr", "7"], "io.stderr:write('GATTACA')").check(0, "", "GATTACA");
}

#[test]
fn result() {
    reached(&run(&["--result", "50"], "return ('x'):rep(100)"), "result", "50 bytes", "--result");
    run(&["--result", "200"], "return ('x'):rep(100)").check(0, "", "");
}

#[test]
fn source() {
    let ended = run(&["--source", "5"], "print(1)");
    ended.check(
        3,
        "",
        "bioxen: limit `source` reached: 6 bytes used, 5 bytes allowed; raise it with --source\n",
    );
    run(&["--source", "8"], "print(1)").check(0, "1\n", "");
}

#[test]
fn error_text_is_cut() {
    let ended = run(&["--error-text", "10"], "error(('x'):rep(100), 0)");
    ended.complains(1, &["bioxen: xxxxxxxxxx\nstack"]);
    assert!(ended.stderr.len() < 40, "{:?}", ended.stderr);
}

#[test]
fn open_files_disk_and_files_are_errors_in_lua() {
    let check = |options: &[&str], program: &str, expected: &str| {
        let bioxen = Bioxen::new().file("x", "1");
        let arguments = [&["run", "--mount", ".:/d:rw"], options, &["-"]].concat();
        bioxen.call_with(&arguments, program).check(0, expected, "");
    };
    let two = "local a, b = io.open('/d/x'), io.open('/d/x') print(a ~= nil, b ~= nil)";
    check(&["--open-files", "2"], two, "true\ttrue\n");
    check(&["--open-files", "1"], two, "true\tfalse\n");
    let write = "local f = io.open('/d/y', 'w') f:write('12345') print(f:close() == true)";
    check(&["--disk", "5"], write, "true\n");
    check(&["--disk", "4"], write, "false\n");
    check(&["--files", "1"], "print(io.open('/d/y', 'w') ~= nil)", "true\n");
    check(&["--files", "0"], "print(io.open('/d/y', 'w') ~= nil)", "false\n");
}

#[test]
fn every_limit_can_be_set_and_lifted() {
    for (flag, value) in [
        ("--memory", "64MiB"),
        ("--fuel", "1e9"),
        ("--time", "1m"),
        ("--output", "1GB"),
        ("--stderr", "512k"),
        ("--result", "1MB"),
        ("--error-text", "64K"),
        ("--source", "1M"),
        ("--host-calls", "10_000"),
        ("--host-call-time", "500ms"),
        ("--host-call-size", "64KiB"),
        ("--open-files", "8"),
        ("--disk", "1G"),
        ("--files", "100"),
    ] {
        for value in [value, "none"] {
            eval(&[flag, value], "'fine'").check(0, "fine\n", "");
        }
    }
}

#[test]
fn a_wrong_unit_names_its_flag() {
    eval(&["--memory", "64 parsecs"], "1").complains(2, &["--memory", "parsecs", "such as 64MiB"]);
    eval(&["--time", "2 seconds"], "1").complains(2, &["--time", "such as 2s"]);
    eval(&["--fuel", "much"], "1").complains(2, &["--fuel", "such as 1e9"]);
    eval(&["--memory", "1"], "1").complains(2, &["--memory", "expected 1MiB to 4GiB"]);
    eval(&["--memory", "5GiB"], "1").complains(2, &["--memory", "expected 1MiB to 4GiB"]);
    eval(&["--fuel", "0"], "1").complains(2, &["--fuel", "1 or more"]);
    eval(&["--time", "0s"], "1").complains(2, &["--time", "more than no time"]);
}

#[test]
fn the_table_of_limits() {
    let ended = Bioxen::new().call(&["limits"]);
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
    for row in [
        "memory          64MiB    --memory          1MiB to 4GiB",
        "fuel            1e12",
        "time            30s",
    ] {
        assert!(ended.stdout.contains(row), "no {row:?} in {}", ended.stdout);
    }
    assert!(ended.stdout.contains("stdout          1MiB     --output"), "{}", ended.stdout);
}
