//! How late a call is stopped whose time is up, alone and among neighbours that never rest.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bioxen_lua::{Engine, Failure, Limits, Resource, Vm, VmConfig};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::measure::Summary;
use crate::plan::Plan;
use crate::report::{Row, Target, Unit, quantity};

/// Time that a call may take. Short, so that many calls can be measured.
const TIME: Duration = Duration::from_millis(20);

/// Threads that run guests, as many as the target was set for.
const WORKERS: usize = 2;

const NEIGHBOURS: usize = 20;

/// What never ends: a loop, throws, and one call of the pattern matcher.
const SCRIPTS: [(&str, &str); 3] = [
    ("endless loop", "while true do end"),
    ("endless pcall", "while true do pcall(error) end"),
    ("slow pattern", "return (('a'):rep(60)):find(('a*'):rep(40) .. 'b')"),
];

/// How long a guest runs before it lets others run, about.
const SLICE: Duration = Duration::from_micros(100);

/// Chosen, for the 99th percentile, on an idle machine.
const TARGET_IDLE: Duration = Duration::from_millis(1);

/// Chosen, for the 99th percentile, among neighbours.
const TARGET_CROWDED: Duration = Duration::from_millis(5);

pub fn rows(plan: &Plan) -> Result<Vec<Row>> {
    let runtime = Builder::new_multi_thread().worker_threads(WORKERS).build().context("runtime")?;
    let mut rows = surrounded(plan, &runtime, "idle", plan.rounds(70, 200), TARGET_IDLE)?;
    let crowd = Crowd::gather(&runtime, &plan.engine)?;
    let name = format!("among {NEIGHBOURS}");
    let crowded = surrounded(plan, &runtime, &name, plan.rounds(30, 150), TARGET_CROWDED);
    crowd.leave(&runtime)?;
    rows.extend(crowded?);
    Ok(rows)
}

/// A row for each script, and one for all of them that is judged.
fn surrounded(
    plan: &Plan,
    runtime: &Runtime,
    around: &str,
    rounds: usize,
    at_most: Duration,
) -> Result<Vec<Row>> {
    let mut late: [Vec<f64>; SCRIPTS.len()] = Default::default();
    let mut native = Vec::new();
    for _ in 0..rounds {
        native.push(runtime.block_on(runtime.spawn(native_lateness()))?.as_secs_f64());
        for ((_, script), late) in SCRIPTS.iter().zip(&mut late) {
            let call = runtime.spawn(lateness(plan.engine.clone(), script));
            late.push(runtime.block_on(call)??.as_secs_f64());
        }
    }
    let each = SCRIPTS.iter().zip(&late);
    let mut rows: Vec<Row> =
        each.map(|((name, _), late)| row(format!("late, {around}: {name}"), late)).collect();
    rows.push(native_row(format!("late, {around}: native task"), &native));
    let all = row(format!("late, {around}: all scripts"), &late.concat());
    let p99 = all.ours.map_or(f64::NAN, |late| late.p99);
    rows.push(all.target(Target::seconds("p99", p99, at_most)));
    Ok(rows)
}

fn row(name: String, late: &[f64]) -> Row {
    let late = Summary::of(late);
    Row::new("stop", name).ours(late).note(tail(&late))
}

fn native_row(name: String, late: &[f64]) -> Row {
    let late = Summary::of(late);
    Row::new("stop", name).native(late).note(tail(&late) + "; what the machine itself adds")
}

fn tail(late: &Summary) -> String {
    let (p99, maximum) = (quantity(late.p99, Unit::Seconds), quantity(late.maximum, Unit::Seconds));
    format!("p99 {p99}, max {maximum} of {}", late.count)
}

/// By how much a call outlives its time.
async fn lateness(engine: Engine, script: &'static str) -> Result<Duration> {
    let limits = Limits { time: Some(TIME), ..Limits::default() };
    let mut vm = Vm::new(&engine, VmConfig::default().limits(limits))?;
    let start = Instant::now();
    let outcome = vm.exec(script).await?;
    let elapsed = start.elapsed();
    match outcome.result {
        Err(Failure::Limit { resource: Resource::Time, .. }) => Ok(elapsed.saturating_sub(TIME)),
        other => bail!("`{script}` was not stopped by its time: {other:?}"),
    }
}

/// The same of a native task that looks at the clock and lets others run as often as a guest does:
/// where it is late, the machine or the runtime is.
async fn native_lateness() -> Duration {
    let start = Instant::now();
    while start.elapsed() < TIME {
        let slice = Instant::now();
        while slice.elapsed() < SLICE {
            std::hint::spin_loop();
        }
        rest().await;
    }
    start.elapsed().saturating_sub(TIME)
}

/// Lets others run as a guest does; tokio's `yield_now` stands back further than that.
async fn rest() {
    let mut rested = false;
    poll_fn(|context| match std::mem::replace(&mut rested, true) {
        true => Poll::Ready(()),
        false => {
            context.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

/// Neighbours that use all the time they are given.
struct Crowd(Vec<JoinHandle<Result<()>>>);

impl Crowd {
    /// Returns when all of them run.
    fn gather(runtime: &Runtime, engine: &Engine) -> Result<Crowd> {
        let running = Arc::new(AtomicUsize::new(0));
        let spawn = |index: usize| {
            let (_, script) = SCRIPTS[index % SCRIPTS.len()];
            runtime.spawn(spin(engine.clone(), script, running.clone()))
        };
        let crowd = Crowd((0..NEIGHBOURS).map(spawn).collect());
        while running.load(Ordering::SeqCst) < NEIGHBOURS {
            if crowd.0.iter().any(JoinHandle::is_finished) {
                bail!("a neighbour does not run");
            }
            std::thread::yield_now();
        }
        Ok(crowd)
    }

    /// Ends them. One that ended by itself was no neighbour, and is an error.
    fn leave(self, runtime: &Runtime) -> Result<()> {
        let mut all_stayed = Ok(());
        for neighbour in self.0 {
            neighbour.abort();
            if let Ok(ended) = runtime.block_on(neighbour) {
                all_stayed = ended.context("a neighbour did not stay");
            }
        }
        all_stayed
    }
}

async fn spin(engine: Engine, script: &'static str, running: Arc<AtomicUsize>) -> Result<()> {
    let mut vm = Vm::new(&engine, VmConfig::default())?;
    running.fetch_add(1, Ordering::SeqCst);
    loop {
        // Each call ends by its own time limit.
        vm.exec(script).await?;
        vm.reset()?;
    }
}
