//! Tests that look at the whole process: nothing else runs beside them, one follows the other.

mod puppet;

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bioxen_lua::testing::{Evaluator, Text};
use bioxen_lua::{Engine, ErrorKind, Limits, Manager, ManagerConfig, TenantId, VmConfig, VmId};
use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Record};
use tracing::{Event, Id, Subscriber};

/// One engine for all tests.
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new().expect("an engine can be made"))
}

/// One test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn manager() -> Manager {
    Manager::new(engine(), ManagerConfig::default()).expect("a manager")
}

fn id(name: &str) -> VmId {
    VmId::new(name).expect("a good name")
}

/// What a process has of what the system gives out.
#[derive(Debug)]
struct Holdings {
    resident: usize,
    mappings: usize,
    handles: usize,
    threads: usize,
}

impl Holdings {
    fn now() -> Holdings {
        let count = |folder: &str| fs::read_dir(folder).expect("Linux").count();
        let pages = fs::read_to_string("/proc/self/statm").expect("Linux");
        let resident = pages.split(' ').nth(1).expect("a second number").parse::<usize>().expect("a number");
        Holdings {
            resident: resident * 4096,
            mappings: fs::read_to_string("/proc/self/maps").expect("Linux").lines().count(),
            handles: count("/proc/self/fd"),
            threads: count("/proc/self/task"),
        }
    }
}

#[test]
fn a_dropped_manager_leaves_no_thread() {
    let _alone = alone();
    drop(manager()); // the engine's own threads stay
    let before = Holdings::now().threads;
    let manager = manager();
    let _jobs: Vec<_> = (0..100)
        .map(|at| {
            let vm = manager.create_vm(id(&format!("vm{at}")), VmConfig::default()).expect("a VM");
            vm.exec("while true do end").expect("queued")
        })
        .collect();
    assert!(Holdings::now().threads > before);
    let begun = Instant::now();
    drop(manager);
    assert!(begun.elapsed() < Duration::from_secs(2), "it took {:?}", begun.elapsed());
    assert_eq!(Holdings::now().threads, before);
}

#[test]
fn vms_that_come_and_go_leave_nothing() {
    let _alone = alone();
    let manager = manager();
    let cycles = |count: u32| {
        for at in 0..count {
            let tenant = TenantId::new(format!("tenant{at}")).expect("a good name");
            let config = VmConfig::default().tenant(tenant);
            let vm = manager.create_vm(id(&format!("vm{at}")), config).expect("a VM");
            match at % 10 {
                0 => drop(vm.exec("return 1").expect("queued").wait().expect("an outcome")),
                1 => drop(vm.exec("x = {}").expect("queued")),
                _ => {}
            }
            vm.terminate().expect("it lives");
        }
    };
    cycles(5_000);
    let before = Holdings::now();
    cycles(100_000);
    let after = Holdings::now();
    assert!(after.resident < before.resident + (8 << 20), "{before:?}, {after:?}");
    assert!(after.mappings < before.mappings + 100, "{before:?}, {after:?}");
    assert!(after.handles <= before.handles, "{before:?}, {after:?}");
    assert!(after.threads <= before.threads, "{before:?}, {after:?}");
}

/// What was counted, by name and labels.
#[derive(Default, Clone)]
struct Counts(Arc<Mutex<BTreeMap<String, i64>>>);

impl Counts {
    fn add(&self, name: &str, value: i64) {
        *self.0.lock().expect("not poisoned").entry(name.to_string()).or_default() += value;
    }

    fn of(&self, name: &str) -> i64 {
        self.0.lock().expect("not poisoned").get(name).copied().unwrap_or_default()
    }
}

/// One counter or gauge.
struct Named(Counts, String);

impl CounterFn for Named {
    fn increment(&self, value: u64) {
        self.0.add(&self.1, value as i64);
    }
    fn absolute(&self, _: u64) {}
}

impl GaugeFn for Named {
    fn increment(&self, value: f64) {
        self.0.add(&self.1, value as i64);
    }
    fn decrement(&self, value: f64) {
        self.0.add(&self.1, -(value as i64));
    }
    fn set(&self, _: f64) {}
}

impl Counts {
    fn named(&self, key: &Key) -> Arc<Named> {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        Arc::new(Named(self.clone(), [key.name().to_string(), labels.join(",")].join(" ").trim().to_string()))
    }
}

impl Recorder for Counts {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.named(key))
    }
    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.named(key))
    }
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

fn counts() -> Counts {
    static COUNTS: OnceLock<Counts> = OnceLock::new();
    let installed = || {
        let counts = Counts::default();
        metrics::set_global_recorder(counts.clone()).expect("the only one");
        counts
    };
    COUNTS.get_or_init(installed).clone()
}

/// Spans and events as lines of text, until they are taken: other tests must find memory flat.
#[derive(Clone)]
struct Log(Arc<Mutex<Option<Vec<String>>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.push_str(&format!(" {}={value:?}", field.name()));
    }
}

impl Log {
    fn line(&self, line: Line) -> u64 {
        let mut lines = self.0.lock().expect("not poisoned");
        let Some(lines) = lines.as_mut() else { return 1 };
        lines.push(line.0);
        lines.len() as u64
    }
}

impl Subscriber for Log {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target().starts_with("bioxen_lua")
    }
    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let parent = span.parent().map_or(0, Id::into_u64);
        let mut line = Line(format!("{} in {parent}:", span.metadata().name()));
        span.record(&mut line);
        Id::from_u64(self.line(line))
    }
    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut line = Line(format!("{}:", span.into_u64()));
        values.record(&mut line);
        self.line(line);
    }
    fn event(&self, event: &Event<'_>) {
        let mut line = Line("event:".into());
        event.record(&mut line);
        self.line(line);
    }
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn calls_are_counted_by_their_outcome() {
    let _alone = alone();
    let counts = counts();
    let manager = manager();
    let limits = Limits { fuel: Some(1_000_000), ..Limits::default() };
    let vm = manager.create_vm(id("one"), VmConfig::default().limits(limits)).expect("a VM");
    assert_eq!((counts.of("bioxen_vms"), counts.of("bioxen_vms_running")), (1, 0));
    let before = counts.of("bioxen_calls_total outcome=returned");
    for chunk in ["return 1", "return 2", "error('x')", "return +", "while true do end"] {
        drop(vm.exec(chunk).expect("queued").wait().expect("an outcome"));
    }
    assert_eq!(vm.exec("return 1").expect("queued").wait().expect_err("stopped").kind(), ErrorKind::Stopped);
    assert_eq!(counts.of("bioxen_calls_total outcome=returned") - before, 2);
    for outcome in ["raised", "syntax", "limit", "error"] {
        assert_eq!(counts.of(&format!("bioxen_calls_total outcome={outcome}")), 1, "{outcome}");
    }
    assert_eq!(counts.of("bioxen_limits_total resource=fuel"), 1);
    drop(manager);
    assert_eq!((counts.of("bioxen_vms"), counts.of("bioxen_vms_running")), (0, 0));
}

#[test]
fn spans_say_whose_call_it_was_and_guests_write_no_lines() {
    let _alone = alone();
    let log = Log(Arc::new(Mutex::new(Some(Vec::new()))));
    tracing::subscriber::set_global_default(log.clone()).expect("the only one");
    let manager = manager();
    let lab = TenantId::new("lab").expect("a good name");
    let vm = manager.create_vm(id("one"), VmConfig::default().tenant(lab)).expect("a VM");
    let chunk = "error('x\\n{\"level\":\"ERROR\"}' .. string.rep('y', 1000), 0)";
    drop(vm.exec(chunk).expect("queued").wait().expect("an outcome"));
    drop(manager);
    let lines = log.0.lock().expect("not poisoned").take().expect("lines");
    let position = |text: &str| lines.iter().position(|line| line.starts_with(text)).map_or(0, |at| at + 1);
    let vm = position("vm in 0: id=one");
    let exec = position(&format!("exec in {vm}: job=1"));
    assert!(vm > 0 && exec > 0, "{lines:#?}");
    let has = |text: &str| lines.iter().any(|line| line.starts_with(text));
    assert!(
        has(&format!("{vm}: tenant=\"lab\"")) && has(&format!("{exec}: outcome=\"raised\"")),
        "{lines:#?}"
    );
    assert!(has(&format!("{exec}: fuel=")) && has(&format!("{exec}: time_us=")), "{lines:#?}");
    let failed = lines.iter().find(|line| line.contains("a call failed")).expect("it is in the log");
    assert!(failed.contains(r#"x\n{\"level\":\"ERROR\"}yyy"#), "{failed}");
    assert!(failed.len() < 400 && lines.iter().all(|line| !line.contains('\n')), "{lines:#?}");
}

/// The most memory that the process has had since the last call, in bytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux");
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    fs::write("/proc/self/clear_refs", "5").expect("Linux");
    kibibytes << 10
}

#[test]
fn what_rockspecs_and_manifests_cost_in_memory_is_bounded() {
    let _alone = alone();
    let evaluator = Evaluator::new(engine());
    evaluator.evaluate(Text::Rockspec, b"x = 1").expect("a rockspec");
    peak();
    let before = peak();
    for hostile in [
        "x = 'a' while true do x = x .. x end",
        "local s, t = ('x'):rep(1 << 20), {} for i = 1, 1e9 do t[i] = s .. i end",
        "x = {} for i = 1, 60 do x = { x, x } end",
        "x = {} for i = 1, 200000 do x[i] = 'abcdefgh' end",
        "local s = ('a'):rep(20 << 20); while true do local t = s .. 'b' end",
    ] {
        evaluator.evaluate(Text::Rockspec, hostile.as_bytes()).expect_err("it takes too much");
        let grown = peak().saturating_sub(before);
        assert!(grown < 100 << 20, "{hostile}: {grown} bytes");
    }
    let package = |number: usize| {
        let file = |arch: &str| format!("         {{\n            arch = \"{arch}\"\n         }},\n");
        let version =
            format!("      [\"1.0-{number}\"] = {{\n{}{}      }},\n", file("src"), file("rockspec"));
        format!("   ['package-{number}'] = {{\n{version}   }},\n")
    };
    let packages: String = (0..19_000).map(package).collect(); // of ten lines each
    let manifest = format!("commands = {{}}\nmodules = {{}}\nrepository = {{\n{packages}}}\n");
    assert!(manifest.lines().count() > 190_000);
    peak();
    let globals = evaluator.evaluate(Text::Manifest, manifest.as_bytes()).expect("a manifest");
    let grown = peak().saturating_sub(before);
    assert!(grown < 300 << 20, "{grown} bytes");
    drop(globals);
}
