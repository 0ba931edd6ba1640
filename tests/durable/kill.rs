//! A process that works on sessions and acknowledges each step is killed at random moments: nothing
//! acknowledged is lost, nothing is unreadable, nothing is there that was never begun.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use bioxen_lua::testing::StateDir;
use libtest_mimic::Trial;

use crate::killing::{Random, kills, say, work_and_kill};
use crate::{state, trial};

const SESSIONS: u64 = 6;
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

fn survives() {
    let kills = kills();
    let folder = tempfile::tempdir().expect("a folder");
    let mut model = (0..SESSIONS).map(|number| (number, Known::default())).collect::<Model>();
    let mut steps = 0;
    for seed in 1..=kills {
        steps += work_and_kill("role:work", folder.path(), seed, |line| note(line, &mut model));
        check(folder.path(), seed, &mut model);
    }
    assert!(steps > kills, "{steps} steps in {kills} lives: the workers did not work");
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
