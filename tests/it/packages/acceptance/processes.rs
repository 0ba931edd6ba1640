//! No program is ever started: an installation of real packages, in a process of its own, is watched by the kernel.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::mirror::{mirror, program};
use super::world::{World, installed};

/// Tells the child where to write what it installed.
const CHILD: &str = "BIOXEN_WATCHED_INSTALLATION";
const TEST: &str = "packages::acceptance::processes::the_watched_installation";

/// Installs what the tests have most of, and meets what would run something if anything did.
fn work() -> String {
    let Some(mirror) = mirror() else { return String::new() };
    let world = World::of(mirror);
    let environment = world.installed("watched", &["busted", "luacheck", "say < 1.4.1, > 1.3"]);
    for refused in ["http", "lualogging", "moses"] {
        world.refused(refused, &[refused]);
    }
    installed(&environment).join("\n")
}

/// Nothing by itself: `no_process_is_ever_started` runs it, under watch.
#[test]
fn the_watched_installation() {
    let Some(file) = std::env::var_os(CHILD) else { return };
    fs::write(file, work()).expect("written");
}

/// A system call that makes a process; one that makes a thread does not count.
fn makes_process(line: &str) -> bool {
    let call = line.split_once(' ').map_or(line, |(_, call)| call.trim_start());
    ["fork(", "vfork("].iter().any(|name| call.starts_with(name))
        || (["clone(", "clone3("].iter().any(|name| call.starts_with(name)) && !call.contains("CLONE_THREAD"))
}

#[test]
fn no_process_is_ever_started() {
    let (Some(_), Some(strace)) = (mirror(), program("strace")) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (trace, done) = (folder.path().join("trace"), folder.path().join("done"));
    let test = std::env::current_exe().expect("this program has a path");
    let mut watched = Command::new(strace);
    watched.args(["-f", "-qq", "-e", "trace=execve,execveat,fork,vfork,clone,clone3", "-o"]).arg(&trace);
    watched.arg(test).args([TEST, "--exact", "--test-threads=1"]);
    // With no way to a program there is none to be found by its name either.
    let output =
        watched.env(CHILD, &done).env("PATH", folder.path()).output().expect("strace can be started");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let installed = fs::read_to_string(&done).expect("the installation came to its end");
    assert!(installed.lines().count() > 8, "{installed}");
    check(&trace);
}

fn check(trace: &Path) {
    let trace = fs::read_to_string(trace).expect("a trace");
    let programs: Vec<&str> = trace.lines().filter(|line| line.contains("execve")).collect();
    assert_eq!(programs.len(), 1, "the test itself and no other: {programs:#?}");
    let processes: Vec<&str> = trace.lines().filter(|line| makes_process(line)).collect();
    assert!(processes.is_empty(), "{processes:#?}");
    assert!(trace.contains("CLONE_THREAD"), "threads were seen, so that processes would have been");
}
