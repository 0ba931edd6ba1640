//! A process with persistent sessions acknowledges what it does with them and is killed at random moments: no
//! call that was acknowledged is lost, no session is unreadable, and nothing is there that was never sent.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bioxen_lua::{
    Engine, ErrorKind, Manager, ManagerConfig, Persistence, Session, SessionConfig, SessionState, VmId,
};
use libtest_mimic::Trial;

use crate::killing::{Random, kills, say, work_and_kill};
use crate::trial;

const SESSIONS: u64 = 6;
/// Each has sessions of its own.
const THREADS: u64 = 2;
/// Fewer than there are: the others go to disk and come back.
const RESIDENT: usize = 2;
/// One step of so many ends a session.
const ENDS: u64 = 12;
/// One step of so many copies a session to a name that is free.
const FORKS: u64 = 8;
/// One step of so many leaves a session, and comes back to it.
const DEPARTURES: u64 = 4;

/// What a session begins with: a variable, a closure and a coroutine that count alike, and a text.
const BEGIN: &str = "
n, last, looks, text = 0, 0, 0, ''
do local count = 0 function up() count = count + 1 return count end end
next_one = coroutine.wrap(function() for i = 1, math.huge do coroutine.yield(i) end end)
";

/// What each of them says. Looking counts too, in all of them alike.
const LOOK: &str = "
if not n then return -1, 0, -1, -1, -1 end
looks = looks + 1
return n, last, up() - looks, next_one() - looks, #text
";

pub fn trials() -> Vec<Trial> {
    vec![trial("sessions::what_was_acknowledged_survives_being_killed", survives)]
}

/// Where a session is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Absent,
    /// It was made, and nothing was sent.
    Made,
    /// It has counted so far, and this number was the last one sent.
    Counting(i64, i64),
}

#[derive(Clone, Copy, Debug, Default)]
struct Known {
    acknowledged: State,
    under_way: Option<Step>,
    /// What it had counted when its output was read, or when it was copied from another one.
    read: i64,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    state: State,
    /// Its output begins anew, behind this count.
    read: Option<i64>,
}

impl Known {
    /// The step that was under way is done.
    fn advance(&mut self) {
        if let Some(Step { state, read }) = self.under_way.take() {
            self.acknowledged = state;
            self.read = read.unwrap_or(self.read);
        }
    }
}

type Model = BTreeMap<u64, Known>;

fn id(number: u64) -> VmId {
    VmId::new(format!("session-{number}")).expect("a valid name")
}

fn manager(engine: &Engine, directory: &Path, persistence: Persistence) -> Manager {
    let given = move |_: &VmId, _: Option<&_>| Ok(SessionConfig { persistence, ..SessionConfig::default() });
    let config = ManagerConfig {
        state_dir: Some(directory.to_path_buf()),
        state_dir_wait: Duration::from_secs(60),
        resident_sessions: RESIDENT,
        session_config: Some(Arc::new(given)),
        ..ManagerConfig::default()
    };
    Manager::new(engine, config).expect("a manager")
}

// ---- the worker -----------------------------------------------------------------------------------

/// Works until it is killed.
pub fn role(directory: &Path, arguments: &[String]) {
    end_with_any_thread();
    let seed: u64 = arguments.first().and_then(|seed| seed.parse().ok()).expect("a seed");
    let engine = Engine::new().expect("an engine");
    let manager = manager(&engine, directory, Persistence::EachCall);
    say("ready");
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let manager = &manager;
            scope.spawn(move || work(manager, thread, Random(seed * THREADS + thread)));
        }
    });
}

/// A thread that panics ends the process by itself, which the other side sees.
fn end_with_any_thread() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        report(panic);
        std::process::exit(1);
    }));
}

fn work(manager: &Manager, thread: u64, mut random: Random) {
    let mut sessions = BTreeMap::new();
    loop {
        let number = random.next(SESSIONS / THREADS) * THREADS + thread;
        let session = sessions.remove(&number).or_else(|| open(manager, number));
        sessions.extend(step(manager, number, session, &mut random).map(|session| (number, session)));
    }
}

fn open(manager: &Manager, number: u64) -> Option<Session> {
    match manager.attach(&id(number)) {
        Ok(session) => Some(session),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => panic!("a session must be readable: {error}"),
    }
}

/// One step, announced, done, and acknowledged. Gives the session, if it is there and was not left.
fn step(manager: &Manager, number: u64, session: Option<Session>, random: &mut Random) -> Option<Session> {
    let Some(session) = session else {
        say(&format!("begin {number} made"));
        let config = SessionConfig { persistence: Persistence::EachCall, ..SessionConfig::default() };
        let session = manager.create_session(id(number), config).expect("made");
        say(&format!("done {number}"));
        return Some(session);
    };
    if random.next(ENDS) == 0 {
        say(&format!("begin {number} absent"));
        session.terminate().expect("terminated");
        say(&format!("done {number}"));
        return None;
    }
    let n = global(&session, "n");
    if let (Some(n), Some(last)) = (n, global(&session, "last"))
        && random.next(FORKS) == 0
    {
        fork(manager, &session, number + THREADS, n, last);
        return Some(session);
    }
    let last = random.next(256);
    let input = match n {
        None => BEGIN.to_string(),
        Some(_) => format!("n = n + 1; last = {last}; text = text .. 'x'; print(up(), next_one(), n)"),
    };
    let n = n.map_or(0, |n| n + 1);
    say(&format!("begin {number} {n} {}", if n == 0 { 0 } else { last }));
    let sent = session.send(input).expect("taken").wait().expect("run and saved");
    assert_eq!(sent.failed, 0, "{sent:?}");
    say(&format!("done {number}"));
    (random.next(DEPARTURES) > 0).then_some(session)
}

fn global(session: &Session, name: &str) -> Option<i64> {
    session.vm().get(name).expect("queued").wait().expect("a number")
}

fn fork(manager: &Manager, session: &Session, number: u64, n: i64, last: i64) {
    let number = number % SESSIONS;
    match manager.attach(&id(number)) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) if error.kind() != ErrorKind::Attached => panic!("a session must be readable: {error}"),
        _ => return, // it is there
    }
    say(&format!("begin {number} copy {n} {last}"));
    session.fork(vec![id(number)]).expect("queued").wait().expect("made and saved");
    say(&format!("done {number}"));
}

// ---- the other side -------------------------------------------------------------------------------

fn survives() {
    let kills = kills();
    let folder = tempfile::tempdir().expect("a folder");
    let states = folder.path().join("states");
    let engine = Engine::new().expect("an engine");
    let mut model = (0..SESSIONS).map(|number| (number, Known::default())).collect::<Model>();
    let mut steps = 0;
    for seed in 1..=kills {
        steps += work_and_kill("role:sessions", &states, seed, |line| note(line, &mut model));
        check(&engine, &states, seed, &mut model);
    }
    assert!(steps > kills, "{steps} steps in {kills} lives: the workers did not work");
}

/// Follows what the worker says. 1 for an acknowledgement, 0 for the beginning of a step.
fn note(line: &str, model: &mut Model) -> u64 {
    let words: Vec<&str> = line.split(' ').collect();
    let number: u64 = words[1].parse().expect("a number");
    let known = model.get_mut(&number).expect("a session");
    let parsed = |word: &str| word.parse().expect("a number");
    let (state, read) = match words.as_slice() {
        ["begin", _, "made"] => (State::Made, Some(0)),
        ["begin", _, "absent"] => (State::Absent, Some(0)),
        ["begin", _, "copy", n, last] => (State::Counting(parsed(n), parsed(last)), Some(parsed(n))),
        ["begin", _, n, last] => (State::Counting(parsed(n), parsed(last)), None),
        ["done", _] => {
            known.advance();
            return 1;
        }
        other => panic!("the worker says {other:?}"),
    };
    known.under_way = Some(Step { state, read });
    0
}

/// What is there is what was acknowledged, or what was under way; from there it goes on.
fn check(engine: &Engine, directory: &Path, seed: u64, model: &mut Model) {
    let manager = manager(engine, directory, Persistence::AtShutdown);
    let names: Vec<VmId> = model.keys().map(|number| id(*number)).collect();
    for status in manager.sessions().expect("listed") {
        assert!(names.contains(&status.id), "seed {seed}: nobody made {status:?}");
        assert_eq!(status.state, SessionState::Stored, "seed {seed}: {status:?}");
    }
    for (number, known) in model {
        let (found, output) = look(&manager, *number);
        if known.under_way.is_some_and(|step| step.state == found) {
            known.advance();
        }
        assert_eq!(found, known.acknowledged, "seed {seed}, session {number}: {known:?}");
        let count = if let State::Counting(n, _) = found { n } else { 0 };
        let expected: Vec<i64> = (known.read + 1..=count).collect();
        assert_eq!(output, expected, "seed {seed}, session {number}: {known:?}, found {found:?}");
        *known = Known { acknowledged: found, under_way: None, read: count };
    }
    assert_eq!(manager.shutdown().unsaved, [], "seed {seed}");
}

/// The state of a session, and the numbers of its steps of which nobody has read the output.
fn look(manager: &Manager, number: u64) -> (State, Vec<i64>) {
    let Some(session) = open(manager, number) else { return (State::Absent, Vec::new()) };
    let output = session.read().expect("a client");
    assert_eq!(output.lost, 0);
    let lines = output.to_text().lines().map(last_number).collect();
    let looked = session.vm().exec(LOOK).expect("queued").wait().expect("run");
    let (n, last, closure, coroutine, text): (i64, i64, i64, i64, i64) = looked.value().expect("numbers");
    assert!([closure, coroutine, text] == [n; 3], "session {number} contradicts itself: {looked:?}");
    (if n < 0 { State::Made } else { State::Counting(n, last) }, lines)
}

fn last_number(line: &str) -> i64 {
    line.rsplit('\t').next().and_then(|number| number.parse().ok()).expect("a number")
}
