//! What a program is given: folders, variables, a seed.

use crate::command::{Bioxen, eval, run};

const READ: &str = "print(io.open('/data/x.txt'):read('a'))";

fn with_file() -> Bioxen {
    let bioxen = Bioxen::new();
    std::fs::create_dir(bioxen.folder().join("in")).unwrap();
    bioxen.file("in/x.txt", "GATTACA")
}

#[test]
fn a_mount_shows_a_folder() {
    let bioxen = with_file();
    bioxen.call_with(&["run", "--mount", "in:/data", "-"], READ).check(0, "GATTACA\n", "");
    bioxen.call_with(&["run", "--mount", "./in:/data:ro", "-"], READ).check(0, "GATTACA\n", "");
    let relative = "print(io.open('x.txt'):read('a'))";
    bioxen.call_with(&["run", "--mount", "in:/", "-"], relative).check(0, "GATTACA\n", "");
    let arguments = ["run", "--mount", "in:/a", "--mount", ".:/b", "-"];
    bioxen
        .call_with(&arguments, "print(io.open('/a/x.txt') and io.open('/b/in/x.txt') ~= nil)")
        .check(0, "true\n", "");
}

#[test]
fn only_a_read_write_mount_can_be_changed() {
    let bioxen = with_file();
    let write = "print(io.open('/data/y.txt', 'w'))";
    let ended = bioxen.call_with(&["run", "--mount", "in:/data", "-"], write);
    assert!(ended.stdout.contains("Read-only file system"), "{}", ended.stdout);
    assert!(!bioxen.folder().join("in/y.txt").exists());
    bioxen.call_with(&["run", "--mount", "in:/data:rw", "-"], write);
    assert!(bioxen.folder().join("in/y.txt").exists());
}

#[test]
fn a_module_is_found_in_a_mount() {
    let bioxen = Bioxen::new().file("codon.lua", "return {start = 'ATG'}");
    bioxen.call(&["eval", "--mount", ".:/lib", "require('codon').start"]).check(0, "ATG\n", "");
}

#[test]
fn a_denied_file_names_the_mount_to_add() {
    let hint = "bioxen: `/data/x.txt` is outside every mount; \
                to let the program see it add --mount HOST_FOLDER:/data\n";
    run(&[], READ).complains(1, &[hint]);
    run(&[], "assert(io.open('/data/x.txt'))").complains(1, &[hint]);
    run(&[], "for _ in io.lines('/data/x.txt') do end").complains(1, &[hint]);
    run(&[], "if not io.open('/data/x.txt') then os.exit(5) end").check(5, "", hint);
    with_file().call_with(&["run", "--mount", "in:/other", "-"], READ).complains(1, &[hint]);
}

#[test]
fn the_file_of_the_error_is_the_one_that_is_named() {
    let program = "io.open('/first/x') assert(io.open('/second/x'), 'no') ";
    run(&[], program).complains(1, &["`/second/x`", "HOST_FOLDER:/second\n"]);
    run(&[], "local _, e = io.open('/first/x') io.open('/second/x') error(e)")
        .complains(1, &["`/first/x`", "HOST_FOLDER:/first\n"]);
    run(&[], "error(select(2, io.open('x.txt')))").complains(1, &["`x.txt`", "HOST_FOLDER:/\n"]);
}

#[test]
fn a_program_that_can_do_without_is_left_alone() {
    run(&[], "io.open('/data/x.txt')").check(0, "", "");
    run(&[], "io.open('/data/x.txt') os.exit(0)").check(0, "", "");
}

#[test]
fn wrong_mounts_are_refused() {
    for wrong in ["in", "in:data", ":/data", "in:"] {
        eval(&["--mount", wrong], "1").complains(2, &["--mount", "expected HOST:GUEST or HOST:GUEST:rw"]);
    }
    eval(&["--mount", "nowhere:/data"], "1").complains(2, &["--mount", "cannot mount `nowhere`"]);
    eval(&["--mount", ".:/a/../b"], "1").complains(2, &["--mount", "absolute path"]);
    eval(&["--mount", ".:/a", "--mount", ".:/a"], "1").complains(2, &["`/a` is mounted twice"]);
}

#[test]
fn variables() {
    let get = "os.getenv('A'), os.getenv('PATH')";
    eval(&[], get).check(0, "nil\tnil\n", "");
    eval(&["--env", "A=b=c", "--env", "D="], get).check(0, "b=c\tnil\n", "");
    eval(&["--env", "A=1", "--env", "A=2"], get).check(0, "2\tnil\n", "");
    eval(&["--env", "A"], get).complains(2, &["--env", "NAME=VALUE"]);
}

#[test]
fn a_seed_makes_randomness_repeat() {
    let random = |options: &[&str]| eval(options, "math.random(0)").stdout;
    assert_eq!(random(&["--seed", "7"]), random(&["--seed", "0x7"]));
    assert_ne!(random(&["--seed", "7"]), random(&["--seed", "8"]));
    assert_ne!(random(&[]), random(&[]));
    eval(&["--seed", "x"], "1").complains(2, &["--seed", "whole number"]);
}
