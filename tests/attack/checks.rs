//! The questions that are asked after every case, whatever the attack was. Times are asserted at ten times what
//! is promised, since machines are shared.

use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context, Result, ensure};
use bioxen_lua::Engine;
use sha2::{Digest, Sha256};

use crate::case::{Case, Ending, Stage};
use crate::neighbour::Neighbour;
use crate::process::{self, Holdings};

/// U2: how late a stop may be, times ten.
const LATE: Duration = Duration::from_millis(500);
/// U4: what may be resident beside the limits of the VMs.
const BESIDE_CAPS: u64 = 8 << 20;
/// U3: what may stay behind, on average.
const LEFT_BEHIND: u64 = 1 << 20;
/// U7: the time of a fresh VM's first line, times ten.
const FRESH: Duration = Duration::from_millis(50);
/// What is being given back while a case returns (a thread that ends, a handle that is closed) is waited for.
const SETTLE: Duration = Duration::from_secs(5);

/// The questions, in the order of their numbers.
pub const QUESTIONS: [&str; 10] = [
    "the process lives, without a panic",
    "in time",
    "its memory was given back",
    "memory within the limits",
    "no handle, thread or child is left",
    "no file beside was changed",
    "a fresh VM works at once",
    "the neighbour is well",
    "it ended as expected, twice",
    "the secret was not seen",
];

/// Which question has a bad answer, from 1, and why.
pub struct Failed {
    pub question: usize,
    pub why: String,
}

/// How a case went.
pub struct Verdict {
    pub kind: String,
    pub time: Duration,
    pub late: Duration,
    pub fresh: Duration,
    pub failed: Vec<Failed>,
}

pub struct Checks {
    engine: Engine,
    neighbour: Neighbour,
    secret: String,
    /// Resident bytes after the first cases, and how many cases came then.
    resident: Option<u64>,
    warm: usize,
    count: u64,
}

/// Cases after which all caches are filled.
const WARM_UP: usize = 5;

impl Checks {
    pub fn new(engine: &Engine, secret: &str) -> Checks {
        let neighbour = Neighbour::new(engine, secret).expect("a neighbour");
        Checks {
            engine: engine.clone(),
            neighbour,
            secret: secret.to_string(),
            resident: None,
            warm: 0,
            count: 0,
        }
    }

    /// Runs a case twice, and asks.
    pub fn run(&mut self, case: &Case) -> Verdict {
        let mut verdict = Verdict {
            kind: String::new(),
            time: Duration::ZERO,
            late: Duration::ZERO,
            fresh: Duration::ZERO,
            failed: Vec::new(),
        };
        for _ in 0..2 {
            if let Err(error) = self.once(case, &mut verdict) {
                verdict.failed.push(Failed { question: 9, why: format!("{error:#}") });
            }
        }
        self.count += 1;
        if self.warm < WARM_UP {
            self.warm += 1;
            self.resident = process::resident().ok();
            self.count = 0;
        }
        verdict
    }

    /// What is asked of all cases together.
    pub fn finish(&mut self) -> Vec<Failed> {
        let mut failed = Vec::new();
        let (Some(before), Ok(now)) = (self.resident, process::resident()) else { return failed };
        let grown = now.saturating_sub(before) / self.count.max(1);
        if self.count >= 20 && grown > LEFT_BEHIND {
            failed.push(Failed { question: 3, why: format!("{grown} bytes a case stay behind") });
        }
        failed
    }

    fn once(&mut self, case: &Case, verdict: &mut Verdict) -> Result<()> {
        let place = Place::new(&self.secret)?;
        let beside = place.digest()?;
        let before = Holdings::now()?;
        let panics = process::panics();
        process::forget_peak()?;
        let resident = process::resident()?;
        let begin = Instant::now();
        let ending = (case.run)(&Stage { engine: &self.engine, work: &place.work(), secret: &self.secret });
        let took = begin.elapsed();
        let peak = process::peak()?;
        verdict.time = verdict.time.max(took);
        let mut ask = |question: usize, answer: Result<()>| {
            if let Err(error) = answer {
                verdict.failed.push(Failed { question, why: format!("{error:#}") });
            }
        };
        ask(1, no_panic(panics));
        ask(5, settled(&before, &self.engine));
        ask(6, place.digest().and_then(|now| unchanged(&beside, &now)));
        let fresh = self.neighbour.fresh_vm();
        let time = *fresh.as_ref().unwrap_or(&Duration::ZERO);
        ask(7, fresh.and_then(at_once));
        ask(8, self.neighbour.is_well());
        let ending = ending.context("the case itself failed");
        if let Ok(ending) = &ending {
            ask(2, in_time(took, ending));
            ask(4, within_limits(resident, peak, ending));
            ask(9, as_expected(case, ending));
            ask(10, unseen(ending, &self.secret));
        }
        verdict.fresh = verdict.fresh.max(time);
        let Ending { kind, deadline, .. } = ending?;
        verdict.late = verdict.late.max(took.saturating_sub(deadline));
        ensure!(verdict.kind.is_empty() || verdict.kind == kind, "once `{}`, then `{kind}`", verdict.kind);
        verdict.kind = kind;
        Ok(())
    }
}

fn no_panic(before: usize) -> Result<()> {
    let panics = process::panics() - before;
    ensure!(panics == 0, "{panics} panics");
    Ok(())
}

fn unchanged(before: &[u8], now: &[u8]) -> Result<()> {
    ensure!(now == before, "the files beside were changed");
    Ok(())
}

fn at_once(fresh: Duration) -> Result<()> {
    ensure!(fresh < FRESH, "it took {fresh:?}");
    Ok(())
}

fn in_time(took: Duration, ending: &Ending) -> Result<()> {
    ensure!(took <= ending.deadline + LATE, "it took {took:?} of {:?}", ending.deadline);
    Ok(())
}

fn within_limits(before: u64, peak: u64, ending: &Ending) -> Result<()> {
    let taken = peak.saturating_sub(before);
    let allowed = ending.memory + BESIDE_CAPS;
    ensure!(taken <= allowed, "{taken} bytes were resident, {allowed} were allowed");
    Ok(())
}

fn as_expected(case: &Case, ending: &Ending) -> Result<()> {
    let expected = case.expect.split(" or ").any(|expected| expected == ending.kind);
    let seen = String::from_utf8_lossy(&ending.seen[..ending.seen.len().min(500)]);
    ensure!(expected, "expected `{}`, got `{}`: {seen}", case.expect, ending.kind);
    Ok(())
}

fn unseen(ending: &Ending, secret: &str) -> Result<()> {
    let seen = ending.seen.windows(secret.len()).any(|window| window == secret.as_bytes());
    ensure!(!seen, "the secret is in what the attacker saw");
    Ok(())
}

/// Nothing is left, and nothing runs in the pool.
fn settled(before: &Holdings, engine: &Engine) -> Result<()> {
    let end = Instant::now() + SETTLE;
    loop {
        let now = Holdings::now()?;
        if now.within(before) && engine.busy_threads() == 0 {
            return Ok(());
        }
        ensure!(Instant::now() < end, "before {before:?}, after {now:?}: {}", process::handles());
        thread::sleep(Duration::from_millis(1));
    }
}

/// Where a case plays: a folder for it, and files beside that must stay as they are.
struct Place(tempfile::TempDir);

impl Place {
    fn new(secret: &str) -> Result<Place> {
        // In memory where there is such a place: most of the time would go into waiting for a disk.
        let place = Place(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())?);
        let root = place.0.path();
        fs::create_dir(root.join("work"))?;
        fs::create_dir_all(root.join("beside/empty"))?;
        fs::write(root.join("canary"), secret)?;
        fs::write(root.join("beside/canary"), secret)?;
        Ok(place)
    }

    fn work(&self) -> std::path::PathBuf {
        self.0.path().join("work")
    }

    /// Of names, kinds, modes and contents of all that lies beside.
    fn digest(&self) -> Result<Vec<u8>> {
        let mut hash = Sha256::new();
        add(&mut hash, self.0.path(), &self.work())?;
        Ok(hash.finalize().to_vec())
    }
}

fn add(hash: &mut Sha256, folder: &Path, except: &Path) -> Result<()> {
    let mut paths: Vec<_> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.sort();
    for path in paths {
        let about = path.symlink_metadata()?;
        hash.update(format!("{path:?} {:?} ", about.permissions()));
        if path == except {
            continue;
        }
        if about.is_dir() {
            add(hash, &path, except)?;
        } else {
            hash.update(fs::read(&path)?);
        }
    }
    Ok(())
}
