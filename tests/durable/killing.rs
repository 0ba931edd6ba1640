//! Lives of a worker that end by SIGKILL at a random moment.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{ChildStdout, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::actor;

const KILLS: u64 = 300;
/// A worker lives for fewer steps than this, and a part of the time of two more: the kill falls into
/// any moment of a step, on slow disks and fast ones.
const LIFE: u64 = 4;
/// What a step is taken to last before one was seen.
const STEP: Duration = Duration::from_millis(2);

/// xorshift64*: the moments need no better one, and a failure names the seed.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16) % below
    }
}

/// How many lives there are: `BIOXEN_KILLS` asks for more than those of the test command.
pub fn kills() -> u64 {
    std::env::var("BIOXEN_KILLS").ok().map_or(KILLS, |kills| kills.parse().expect("a number"))
}

/// One write for a line: a kill leaves whole lines in the pipe.
pub fn say(line: &str) {
    std::io::stdout().write_all(format!("{line}\n").as_bytes()).expect("somebody listens");
}

/// One life of a worker. `note` is given what it says, and gives the steps that this acknowledges; this gives
/// their sum.
pub fn work_and_kill(role: &str, directory: &Path, seed: u64, mut note: impl FnMut(&str) -> u64) -> u64 {
    let mut command = actor(role, directory);
    let mut child = command.arg(seed.to_string()).stdout(Stdio::piped()).spawn().expect("it starts");
    let (lines, reader) = read(child.stdout.take().expect("a pipe"));
    assert_eq!(lines.recv().as_deref(), Ok("ready"), "seed {seed}");
    let mut steps = live(&lines, &mut Random(seed.wrapping_mul(0x9E37_79B9)), &mut note);
    child.kill().expect("it is still working");
    // What was said before the kill is still in the pipe.
    steps += lines.iter().map(|line| note(&line)).sum::<u64>();
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
fn live(lines: &Receiver<String>, random: &mut Random, note: &mut impl FnMut(&str) -> u64) -> u64 {
    let (start, life) = (Instant::now(), random.next(LIFE));
    let mut steps = 0;
    while steps < life {
        steps += note(&lines.recv().expect("the worker goes on"));
    }
    let step = start.elapsed().checked_div(steps as u32).unwrap_or(STEP);
    let end = Instant::now() + step * 2 * random.next(1_000) as u32 / 1_000;
    loop {
        match lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(line) => steps += note(&line),
            Err(RecvTimeoutError::Timeout) => return steps,
            Err(RecvTimeoutError::Disconnected) => panic!("the worker ended by itself"),
        }
    }
}
