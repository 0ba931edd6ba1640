//! What is typed wrong, and what is asked for.

use crate::command::Bioxen;

#[track_caller]
fn refused(arguments: &[&str], parts: &[&str]) {
    let ended = Bioxen::new().call(arguments);
    ended.complains(2, parts);
    assert_eq!(ended.stdout, "");
}

#[test]
fn the_version() {
    let expected = format!("bioxen {} (Lua 5.4)\n", env!("CARGO_PKG_VERSION"));
    Bioxen::new().call(&["--version"]).check(0, &expected, "");
}

#[test]
fn help() {
    let bioxen = Bioxen::new();
    let all = bioxen.call(&["--help"]);
    for part in ["run", "eval", "repl", "limits", "Examples:", "Exit status:"] {
        assert!(all.stdout.contains(part), "no {part:?} in {}", all.stdout);
    }
    let run = bioxen.call(&["run", "--help"]);
    for part in
        ["--mount", "--env", "--seed", "--stats", "--memory <SIZE>", "[default: 64MiB]", "Exit status:"]
    {
        assert!(run.stdout.contains(part), "no {part:?} in {}", run.stdout);
    }
    assert_eq!((all.status, run.status), (0, 0));
}

#[test]
fn wrong_usage_says_what_was_expected() {
    refused(&[], &["Usage: bioxen"]);
    refused(&["fly"], &["fly"]);
    refused(&["run"], &["FILE"]);
    refused(&["eval"], &["CHUNK"]);
    refused(&["run", "--memroy", "1", "a.lua"], &["--memroy", "--memory"]);
    refused(&["run", "--stats=xml", "a.lua"], &["--stats", "xml", "json"]);
    refused(&["limits", "--memory", "1"], &["--memory"]);
    refused(&["eval", "1", "2"], &["2"]);
}
