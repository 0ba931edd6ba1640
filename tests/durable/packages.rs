//! Processes that install packages and are killed, at any step and at any moment: each environment is then the
//! one before or the one after, whole, and the next process finds nothing left over. Many at once neither
//! disturb each other nor wait for ever.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bioxen_lua::testing::{Steps, environments_on};
use bioxen_lua::{
    Dependents, Engine, EngineConfig, Environment, Environments, EnvironmentsConfig, InstallOptions,
    Repository, Requirement,
};
use libtest_mimic::Trial;

use crate::killing::{Random, kills, say, work_and_kill};
use crate::rocks::{Rock, Shelf, everything, quick_folder};
use crate::{actor, trial};

const VERSIONS: [&str; 3] = ["1.3-1", "1.4-1", "1.5-1"];
/// Steps that the longest change takes, with room: a process that is to end at a later one does not.
const STEPS: u64 = 300;
const CROWD: u64 = 8;
/// Changes that each process of a crowd makes of an environment.
const ROUNDS: u64 = 5;
const ENVIRONMENT: &str = "bio";

pub fn trials() -> Vec<Trial> {
    vec![
        trial("packages::a_change_that_ends_at_any_step_is_whole_or_was_never_made", ends_at_a_step),
        trial("packages::a_change_that_ends_at_any_moment_is_whole_or_was_never_made", is_killed),
        trial("packages::many_processes_change_environments_at_once", crowd),
    ]
}

fn engine() -> Engine {
    Engine::with(EngineConfig { live_vms: 10, ..EngineConfig::default() }).expect("an engine")
}

fn open(home: &Path, steps: Steps) -> Environments {
    let config = EnvironmentsConfig::new(home).patience(Duration::from_secs(120));
    environments_on(&engine(), config, steps).expect("opened")
}

fn shelf() -> Shelf {
    let mut rocks: Vec<Rock> = VERSIONS.iter().map(|version| Rock::plain("say", version)).collect();
    rocks.push(Rock::plain("checks", "1.0-1").needs("say >= 1.3").module("checks.util", "return 1\n"));
    Shelf::new(&rocks)
}

/// A home with an empty environment that can install from a shelf.
fn home(shelf: &Shelf) -> tempfile::TempDir {
    let home = quick_folder();
    let environments = open(home.path(), Steps::default());
    let repository = Repository::new("shelf", shelf.path().to_str().expect("text")).expect("an address");
    environments.repositories().add(repository).wait().expect("added");
    environments.create(ENVIRONMENT).wait().expect("made");
    home
}

/// `name version` of all that is installed.
fn state(environment: &Environment) -> String {
    let packages = environment.packages().wait().expect("read");
    let packages = packages.iter().map(|package| format!("{} {}", package.name, package.version));
    packages.collect::<Vec<_>>().join(";")
}

fn install(environment: &Environment, requirement: &str) -> u64 {
    let requirement: Requirement = requirement.parse().expect("a requirement");
    let change = environment.install(&[requirement], InstallOptions::default()).wait();
    change.expect("installed").generation
}

// ---- one process, killed -------------------------------------------------------------------------------

/// Works until it is killed, or until the step that is its second argument. It says, one line each:
///
/// - `begin STATE`: what will be installed
/// - `done`: that is so
pub fn role(home: &Path, arguments: &[String]) {
    let number = |at: usize| arguments.get(at).and_then(|text| text.parse().ok());
    let mut random = Random(number(0).expect("a seed"));
    let steps = number(1).map_or_else(Steps::default, ending_at);
    let environment = open(home, steps).get(ENVIRONMENT).wait().expect("it is there");
    let mut worker = Worker { known: BTreeMap::new(), environment };
    say("ready");
    loop {
        worker.step(&mut random);
    }
}

/// Steps of which this one is the end of the process.
fn ending_at(last: u64) -> Steps {
    let taken = AtomicU64::new(0);
    Steps::new(move |_| {
        if taken.fetch_add(1, Ordering::Relaxed) == last {
            std::process::abort(); // as good as a kill: nothing is cleaned up
        }
        Ok(())
    })
}

struct Worker {
    environment: Environment,
    /// What is in generations that it made itself.
    known: BTreeMap<u64, String>,
}

impl Worker {
    fn step(&mut self, random: &mut Random) {
        let now = state(&self.environment);
        let say_now = now.split(';').find_map(|package| package.strip_prefix("say "));
        match random.next(4) {
            0 => self.go_back(),
            1 if now.contains("checks") => self.remove(&now),
            1 => {
                let needed = say_now.unwrap_or(VERSIONS[2]);
                self.install("checks", format!("checks 1.0-1;say {needed}"));
            }
            _ => {
                let version = VERSIONS[random.next(3) as usize];
                let checks = if now.contains("checks") { "checks 1.0-1;" } else { "" };
                self.install(&format!("say == {version}"), format!("{checks}say {version}"));
            }
        }
    }

    fn install(&mut self, requirement: &str, expected: String) {
        say(&format!("begin {expected}"));
        let generation = install(&self.environment, requirement);
        assert_eq!(state(&self.environment), expected);
        self.known.insert(generation, expected);
        say("done");
    }

    /// What was only there for it goes too, so what is left is not foreseen but one of two.
    fn remove(&mut self, now: &str) {
        let packages = self.environment.packages().wait().expect("read");
        let stays = packages.iter().any(|package| package.name.as_str() == "say" && package.requested);
        let expected = if stays { now.trim_start_matches("checks 1.0-1;") } else { "" };
        say(&format!("begin {expected}"));
        let name = "checks".parse().expect("a name");
        let change = self.environment.remove(&[name], Dependents::Keep).wait().expect("removed");
        assert_eq!(state(&self.environment), expected);
        self.known.insert(change.generation, expected.into());
        say("done");
    }

    fn go_back(&mut self) {
        let generations = self.environment.generations().wait().expect("read");
        let mut earlier = generations.all.iter().rev().filter(|number| **number < generations.current);
        let Some((number, expected)) = earlier.find_map(|number| self.known.get_key_value(number)) else {
            return;
        };
        say(&format!("begin {expected}"));
        self.environment.rollback(Some(*number)).wait().expect("gone back");
        assert_eq!(state(&self.environment), *expected);
        say("done");
    }
}

/// What is known from what a worker said.
#[derive(Debug, Default)]
struct Model {
    acknowledged: String,
    under_way: Option<String>,
}

impl Model {
    /// 1 for an acknowledgement.
    fn note(&mut self, line: &str) -> u64 {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("begin", state) => self.under_way = Some(state.to_string()),
            ("done", _) => {
                self.acknowledged = self.under_way.take().expect("it was begun");
                return 1;
            }
            ("ready", _) => {}
            other => panic!("the worker says {other:?}"),
        }
        0
    }

    fn check(&mut self, home: &Path, life: &str) {
        let environment = open(home, Steps::default()).get(ENVIRONMENT).wait().expect("it is there");
        let found = state(&environment);
        let explained = found == self.acknowledged || self.under_way.as_ref() == Some(&found);
        assert!(explained, "{life}: {self:?}, found {found:?}");
        assert_eq!(environment.verify().wait().expect("read"), [], "{life}");
        let left = everything(home);
        let left: Vec<&String> = left.iter().filter(|name| is_left_over(name)).collect();
        assert!(left.is_empty(), "{life}: {left:?}");
        *self = Model { acknowledged: found, under_way: None };
    }
}

fn is_left_over(name: &str) -> bool {
    name.contains('~') || name.contains(".tmp") || name.ends_with("unpublished")
}

fn is_killed() {
    let (shelf, lives) = (shelf(), kills().div_ceil(3));
    let (home, mut model) = (home(&shelf), Model::default());
    let mut steps = 0;
    for seed in 1..=lives {
        steps += work_and_kill("role:packages", home.path(), seed, |line| model.note(line));
        model.check(home.path(), &format!("seed {seed}"));
    }
    assert!(steps >= lives / 2, "{steps} changes in {lives} lives: the workers did not work");
}

fn ends_at_a_step() {
    let (shelf, lives) = (shelf(), kills().div_ceil(3));
    let (home, mut model, mut random) = (home(&shelf), Model::default(), Random(0x9E37_79B9));
    for seed in 1..=lives {
        let last = random.next(STEPS);
        let mut command = actor("role:packages", home.path());
        command.args([seed.to_string(), last.to_string()]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("it starts");
        for line in BufReader::new(child.stdout.take().expect("a pipe")).lines() {
            model.note(&line.expect("text"));
        }
        assert_eq!(child.wait().expect("gone").code(), None, "seed {seed}: it was to end at step {last}");
        model.check(home.path(), &format!("seed {seed}, step {last}"));
    }
}

// ---- many at once --------------------------------------------------------------------------------------

/// Changes an environment that others change too, and one of its own.
pub fn role_in_a_crowd(home: &Path, arguments: &[String]) {
    let number: u64 = arguments.first().and_then(|text| text.parse().ok()).expect("a number");
    let environments = open(home, Steps::default());
    let own = environments.create(&format!("own-{number}")).wait().expect("made");
    let shared = environments.get(ENVIRONMENT).wait().expect("it is there");
    let mut random = Random(number + 1);
    say("ready");
    for round in 0..ROUNDS {
        let version = VERSIONS[random.next(3) as usize];
        install(&shared, &format!("say == {version}"));
        install(&own, &format!("say == {version}"));
        assert_eq!(state(&own), format!("say {version}"), "nobody else changes it");
        own.vm_config().expect("a configuration");
        shared.vm_config().expect("a configuration");
        if round == number % ROUNDS {
            environments.collect_garbage().wait().expect("collected");
        }
    }
    say("done");
}

fn crowd() {
    let shelf = shelf();
    let home = home(&shelf);
    let mut children: Vec<Child> = (0..CROWD).map(|number| joins(home.path(), number)).collect();
    // One of them ends with whatever locks it has.
    let mut killed = children.pop().expect("there are some");
    let mut line = String::new();
    BufReader::new(killed.stdout.take().expect("a pipe")).read_line(&mut line).expect("text");
    assert_eq!(line, "ready\n");
    killed.kill().expect("it works");
    killed.wait().expect("gone");
    for mut child in children {
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let lines: Vec<String> = lines.map(|line| line.expect("text")).collect();
        assert_eq!(lines, ["ready", "done"]);
        assert!(child.wait().expect("gone").success());
    }
    let environments = open(home.path(), Steps::default());
    for environment in environments.list().wait().expect("listed") {
        assert_eq!(environment.verify().wait().expect("read"), [], "{environment:?}");
    }
    let left = everything(home.path());
    assert!(!left.iter().any(|name| is_left_over(name)), "{left:?}");
}

fn joins(home: &Path, number: u64) -> Child {
    let mut command = actor("role:crowd", home);
    command.arg(number.to_string()).stdout(Stdio::piped()).spawn().expect("it starts")
}
