//! A process that works on sessions and acknowledges each step is killed at random moments: nothing
//! acknowledged is lost, nothing is unreadable, nothing is there that was never begun.
//!
//! `BIOXEN_KILLS` asks for more kills than those of the test command.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdout, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use bioxen_lua::testing::StateDir;
use libtest_mimic::Trial;

use crate::{actor, state, trial};

const KILLS: u64 = 300;
const SESSIONS: u64 = 6;
/// A worker lives for fewer steps than this, and a part of the time of two more: the kill falls into
/// any moment of a step, on slow disks and fast ones.
const LIFE: u64 = 4;
/// What a step is taken to last before one was seen.
const STEP: Duration = Duration::from_millis(2);
/// One step of so many is a removal.
const REMOVALS: u64 = 8;
/// A history that is longer begins anew, so that files stay small.
const LONGEST: usize = 20_000;

pub fn trials() -> Vec<Trial> {
    vec![trial("kill::what_was_acknowledged_survives_being_killed", survives)]
}

/// What is known of the sessions from what the worker says on its output, one line each:
///
/// - `begin SESSION LENGTH LAST`: the history will have this length and this last number; 0 and 0 for a
///   removal
/// - `done SESSION`: that is on disk
type Model = BTreeMap<u64, Known>;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct History {
    length: usize,
    last: u8,
}

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    acknowledged: History,
    under_way: Option<History>,
}

/// xorshift64*: the moments need no better one, and a failure names the seed.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16) % below
    }
}

/// Works until it is killed.
pub fn role(directory: &Path, arguments: &[String]) {
    let seed = arguments.first().and_then(|seed| seed.parse().ok()).expect("a seed");
    let mut random = Random(seed);
    let dir = StateDir::open_within(directory, Duration::from_secs(60)).expect("opened");
    let mut histories: Vec<Vec<u8>> =
        (0..SESSIONS).map(|number| state::load(&dir, &state::id(number)).unwrap_or_default()).collect();
    say("ready");
    loop {
        let number = random.next(SESSIONS);
        step(&dir, number, &mut histories[number as usize], &mut random);
    }
}

fn step(dir: &StateDir, number: u64, history: &mut Vec<u8>, random: &mut Random) {
    let id = state::id(number);
    if !history.is_empty() && random.next(REMOVALS) == 0 {
        history.clear();
        say(&format!("begin {number} 0 0"));
        dir.remove(&id).expect("removed");
    } else {
        if history.len() > LONGEST {
            history.clear();
        }
        let last = random.next(256) as u8;
        history.extend((0..random.next(2_000)).map(|at| at as u8));
        history.push(last);
        say(&format!("begin {number} {} {last}", history.len()));
        let generation = dir.newest(&id).map_or(1, |newest| newest + 1);
        state::save(dir, &id, generation, history).expect("saved");
    }
    say(&format!("done {number}"));
}

/// One write for a line: a kill leaves whole lines in the pipe.
fn say(line: &str) {
    std::io::stdout().write_all(format!("{line}\n").as_bytes()).expect("somebody listens");
}

fn survives() {
    let kills = std::env::var("BIOXEN_KILLS").ok().map_or(KILLS, |kills| kills.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a folder");
    let mut model = (0..SESSIONS).map(|number| (number, Known::default())).collect::<Model>();
    let mut steps = 0;
    for seed in 1..=kills {
        steps += work_and_kill(folder.path(), seed, &mut model);
        check(folder.path(), seed, &mut model);
    }
    assert!(steps > kills, "{steps} steps in {kills} lives: the workers did not work");
}

/// One life of a worker. Gives the steps that it acknowledged.
fn work_and_kill(directory: &Path, seed: u64, model: &mut Model) -> u64 {
    let mut command = actor("role:work", directory);
    let mut child = command.arg(seed.to_string()).stdout(Stdio::piped()).spawn().expect("it starts");
    let (lines, reader) = read(child.stdout.take().expect("a pipe"));
    assert_eq!(lines.recv().as_deref(), Ok("ready"), "seed {seed}");
    let mut steps = live(&lines, &mut Random(seed.wrapping_mul(0x9E37_79B9)), model);
    child.kill().expect("it is still working");
    // What was said before the kill is still in the pipe.
    steps += lines.iter().map(|line| note(&line, model)).sum::<u64>();
    reader.join().expect("no panic");
    let status = child.wait().expect("gone");
    assert!(status.code().is_none(), "seed {seed}: it ended by itself: {status}");
    steps
}

fn read(output: ChildStdout) -> (Receiver<String>, JoinHandle<()>) {
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(output).lines() {
            sender.send(line.expect("text")).expect("somebody listens");
        }
    });
    (receiver, reader)
}

/// Waits for the random moment of the kill, and gives the steps acknowledged until then.
fn live(lines: &Receiver<String>, random: &mut Random, model: &mut Model) -> u64 {
    let (start, life) = (Instant::now(), random.next(LIFE));
    let mut steps = 0;
    while steps < life {
        steps += note(&lines.recv().expect("the worker goes on"), model);
    }
    let step = start.elapsed().checked_div(steps as u32).unwrap_or(STEP);
    let end = Instant::now() + step * 2 * random.next(1_000) as u32 / 1_000;
    loop {
        match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(line) => steps += note(&line, model),
            Err(RecvTimeoutError::Timeout) => return steps,
            Err(RecvTimeoutError::Disconnected) => panic!("the worker ended by itself"),
        }
    }
}

/// Follows what the worker says. 1 for an acknowledgement, 0 for the beginning of a step.
fn note(line: &str, model: &mut Model) -> u64 {
    let words: Vec<&str> = line.split(' ').collect();
    let number: u64 = words[1].parse().expect("a number");
    let known = model.get_mut(&number).expect("a session");
    match words.as_slice() {
        ["begin", _, length, last] => {
            let length = length.parse().expect("a length");
            known.under_way = Some(History { length, last: last.parse().expect("a number") });
            0
        }
        ["done", _] => {
            known.acknowledged = known.under_way.take().expect("it was begun");
            1
        }
        other => panic!("the worker says {other:?}"),
    }
}

/// What is on disk is what was acknowledged, or what was under way; from there it goes on.
fn check(directory: &Path, seed: u64, model: &mut Model) {
    let dir = StateDir::open(directory).expect("the lock went with the process");
    for (number, known) in model {
        let history = state::load(&dir, &state::id(*number)).unwrap_or_default();
        let found = History { length: history.len(), last: history.last().copied().unwrap_or_default() };
        let explained = found == known.acknowledged || Some(found) == known.under_way;
        assert!(explained, "seed {seed}, session {number}: {known:?}, found {found:?}");
        *known = Known { acknowledged: found, under_way: None };
    }
    let listing = dir.list().expect("listed");
    assert_eq!(listing.strangers, [""; 0], "seed {seed}");
}
