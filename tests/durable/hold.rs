//! Two processes on one directory.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use bioxen_lua::ErrorKind;
use bioxen_lua::testing::StateDir;
use libtest_mimic::Trial;

use crate::{actor, state, trial};

/// As often as two processes meet on a directory.
const ROUNDS: u64 = 100;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("hold::a_second_process_is_refused_by_the_name_of_the_first", refused),
        trial("hold::a_directory_is_free_again_after_a_kill", free_after_kill),
        trial("hold::waiting_for_another_process_ends_when_it_does", waited_for),
        trial("hold::of_two_processes_one_has_the_directory", one_has_it),
    ]
}

/// Has the directory until its input ends; says whether it got it.
pub fn role(directory: &Path, _: &[String]) {
    let opened = StateDir::open(directory);
    let answer = match &opened {
        Ok(_) => "held".to_string(),
        Err(error) => format!("{:?} {error}", error.kind()),
    };
    println!("{answer}");
    std::io::stdout().flush().expect("somebody listens");
    std::io::stdin().read_to_end(&mut Vec::new()).expect("the end of the input is read");
}

fn start(directory: &Path) -> (Child, String) {
    let mut command = actor("role:hold", directory);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    let mut answer = String::new();
    let output = child.stdout.take().expect("a pipe");
    BufReader::new(output).read_line(&mut answer).expect("it answers");
    (child, answer.trim().to_string())
}

fn end(mut child: Child) {
    drop(child.stdin.take());
    assert!(child.wait().expect("it ends").success());
}

fn refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (child, answer) = start(folder.path());
    assert_eq!(answer, "held");
    let error = StateDir::open(folder.path()).expect_err("it is in use");
    assert_eq!(error.kind(), ErrorKind::InUse);
    let holder = format!("process {} (durable", child.id());
    assert!(error.to_string().contains(&holder), "{error}");
    end(child);
    StateDir::open(folder.path()).expect("free");
}

fn free_after_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut child, answer) = start(folder.path());
    assert_eq!(answer, "held");
    child.kill().expect("killed");
    child.wait().expect("gone");
    let dir = StateDir::open(folder.path()).expect("no lock outlives its process");
    state::save(&dir, &state::id(1), 1, b"x").expect("saved");
}

fn waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let (child, answer) = start(folder.path());
    assert_eq!(answer, "held");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| StateDir::open_within(folder.path(), Duration::from_secs(60)));
        end(child);
        assert!(waiting.join().expect("no panic").is_ok());
    });
}

fn one_has_it() {
    let folder = tempfile::tempdir().expect("a folder");
    for round in 0..ROUNDS {
        let pair = std::thread::scope(|scope| {
            let both = [(), ()].map(|()| scope.spawn(|| start(folder.path())));
            both.map(|one| one.join().expect("no panic"))
        });
        let held = pair.iter().filter(|(_, answer)| answer == "held").count();
        let refused = pair.iter().filter(|(_, answer)| answer.starts_with("InUse ")).count();
        assert_eq!((held, refused), (1, 1), "round {round}: {pair:?}");
        for (child, _) in pair {
            end(child);
        }
    }
}
