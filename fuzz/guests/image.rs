//! Snapshots that somebody forged who knows the format: whatever their memory is, they end in a trap, a Lua error or an
//! answer, and the host and its other VMs are well.

use std::cell::{Cell, OnceCell};
use std::collections::BTreeMap;

use bioxen_lua::{
    Engine, EngineConfig, ErrorKind, Failure, HostModule, Limits, Snapshot, Values, Vm, VmConfig,
};
use sha2::{Digest, Sha256};

const PAGE: usize = 4096;
const HASH: usize = 32;

/// A state with something of everything in it.
const STATE: &str = r"
t = {}
for i = 1, 40 do t[i] = {i, tostring(i), x = i / 2} end
setmetatable(t, {__index = function(_, k) return k end, __len = function() return 7 end})
local up = {n = 0}
function f(x) up.n = up.n + 1; return t[x][2] .. up.n end
co = coroutine.create(function(a) for i = 1, 9 do a = coroutine.yield(a + i) end return a end)
coroutine.resume(co, 1)
closed = setmetatable({}, {__gc = function() t.gone = true end, __close = function() end})
text = ('GATTACA'):rep(50)
host = require('host')
weak = setmetatable({{}, {}}, {__mode = 'v'})
big = table.pack(string.byte(text, 1, 300))
";

/// What is asked of a forged state, each of which reaches another part of the guest.
const QUESTIONS: [&str; 6] = [
    "return f(20)",
    "collectgarbage() return #t, co and coroutine.resume(co, 2)",
    "local s = {} for k, v in pairs(t) do s[#s + 1] = tostring(v) end return table.concat(s):gsub('%d', '')",
    "return host.same(t[3], text, big), tostring(closed), next(weak)",
    "for i = 1, 50 do t[i] = {i} big[i] = text:rep(2) end table.sort(big, function(a, b) return tostring(a) < tostring(b) end)",
    "print(text, t[1][1]) io.write(text) error(t)",
];

/// Every so many forged states the neighbour is asked.
const NEIGHBOUR: u64 = 64;

/// A snapshot, taken apart.
struct Honest {
    /// All before the number of pages, all behind it up to the size of the body, and the pages.
    head: Vec<u8>,
    rest: Vec<u8>,
    memory: usize,
    pages: BTreeMap<usize, [u8; PAGE]>,
}

struct Stage {
    engine: Engine,
    honest: Honest,
    /// The numbers of the pages that differ, to choose from.
    held: Vec<usize>,
    neighbour: std::cell::RefCell<Vm>,
    runs: Cell<u64>,
}

thread_local! {
    static STAGE: OnceCell<Stage> = const { OnceCell::new() };
}

/// Forges as the input says, in steps of 6 bytes, and asks.
///
/// # Panics
///
/// When the host is harmed.
pub fn image(input: &[u8]) {
    STAGE.with(|stage| stage.get_or_init(Stage::new).run(input));
}

fn config() -> VmConfig {
    let limits = Limits {
        fuel: Some(2_000_000),
        memory: Some(4 << 20),
        time: None,
        stdout: Some(64 << 10),
        ..Limits::default()
    };
    let same = HostModule::new("host").function("same", |_, values: Values| Ok::<_, String>(values));
    VmConfig::default().limits(limits).module(same).seed(1)
}

impl Honest {
    fn of(bytes: &[u8]) -> Honest {
        let word = |at: usize| u32::from_le_bytes(bytes[at..][..4].try_into().expect("four bytes")) as usize;
        let memory = 13 + usize::from(bytes[12]) + HASH; // behind magic, format, version and digest
        let (count, tenant) = (memory + 8, memory + 8 + 3 * 4 + 4 * 8);
        let size = tenant + 1 + usize::from(bytes[tenant]);
        let pages = word(count);
        let plain = lz4_flex::block::decompress(&bytes[size + 8..bytes.len() - HASH], pages * (4 + PAGE))
            .expect("the body unpacks");
        let (numbers, contents) = plain.split_at(pages * 4);
        let numbers = numbers.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number) as usize);
        Honest {
            head: bytes[..count].to_vec(),
            rest: bytes[count + 4..size].to_vec(),
            memory: word(memory),
            pages: numbers.zip(contents.as_chunks::<PAGE>().0.iter().copied()).collect(),
        }
    }

    /// The snapshot of other pages, with the hash that it should have.
    fn with(&self, pages: &BTreeMap<usize, [u8; PAGE]>) -> Vec<u8> {
        let mut plain: Vec<u8> = pages.keys().flat_map(|number| (*number as u32).to_le_bytes()).collect();
        pages.values().for_each(|page| plain.extend(page));
        let body = lz4_flex::block::compress(&plain);
        let mut bytes = self.head.clone();
        bytes.extend((pages.len() as u32).to_le_bytes());
        bytes.extend(&self.rest);
        bytes.extend((body.len() as u64).to_le_bytes());
        bytes.extend(body);
        let hash = Sha256::digest(&bytes);
        bytes.extend(hash);
        bytes
    }
}

impl Stage {
    fn new() -> Stage {
        let engine =
            Engine::with(EngineConfig { live_vms: 8, ..EngineConfig::default() }).expect("an engine");
        let mut vm = Vm::new(&engine, config()).expect("a VM");
        vm.exec(STATE).wait().expect("it runs").value::<()>().expect("no error");
        let honest = Honest::of(&vm.snapshot().wait().expect("a snapshot").to_bytes());
        let mut neighbour = Vm::new(&engine, config()).expect("a VM");
        neighbour.exec("kept = 41").wait().expect("it runs").value::<()>().expect("no error");
        let held = honest.pages.keys().copied().collect();
        let stage = Stage { engine, honest, held, neighbour: neighbour.into(), runs: Cell::new(0) };
        stage.check_the_honest_one();
        stage
    }

    /// What is not forged answers: else nothing of it would be reached.
    fn check_the_honest_one(&self) {
        let mut vm = self.vm(&self.honest.pages).expect("it is as it was taken");
        let outcome = vm.exec(QUESTIONS[0]).wait().expect("an outcome");
        assert_eq!(outcome.value::<String>().expect("an answer"), "201");
    }

    fn vm(&self, pages: &BTreeMap<usize, [u8; PAGE]>) -> bioxen_lua::Result<Vm> {
        let snapshot = Snapshot::from_bytes(&self.engine, &self.honest.with(pages))?;
        Vm::from_snapshot(&self.engine, &snapshot, config())
    }

    fn run(&self, input: &[u8]) {
        let Some((first, steps)) = input.split_first() else { return };
        match self.vm(&self.forged(steps)) {
            Ok(vm) => ask(vm, *first),
            Err(error) => assert_eq!(error.kind(), ErrorKind::SnapshotDamaged, "{error}"),
        }
        self.runs.set(self.runs.get() + 1);
        if self.runs.get().is_multiple_of(NEIGHBOUR) {
            self.check_neighbour();
        }
    }

    /// A step: which page, where in it, what is done there, and with what.
    fn forged(&self, steps: &[u8]) -> BTreeMap<usize, [u8; PAGE]> {
        let mut pages = self.honest.pages.clone();
        for [which, high, low, what, one, two] in steps.as_chunks::<6>().0.iter().copied() {
            let place = usize::from(u16::from_le_bytes([low, high]));
            let any = (usize::from(which) * 16 + place / PAGE) % (self.honest.memory / PAGE);
            let number = if what < 200 { self.held[usize::from(which) % self.held.len()] } else { any };
            let at = (place % PAGE) & !3;
            let page = pages.entry(number).or_insert([0; PAGE]);
            let value = u32::from_le_bytes([one, two, one & 3, 0]);
            match what % 5 {
                0 => page[at + usize::from(one & 3)] ^= 1 << (two % 8),
                1 => page[at..at + 4].copy_from_slice(&value.to_le_bytes()),
                2 => page[at..at + 4].copy_from_slice(&[two; 4]),
                3 => {
                    let from = ((usize::from(one) * 16 + usize::from(two)) % (PAGE - 4)) & !3;
                    page.copy_within(from..from + 4, at);
                }
                _ => {
                    let end = (at + usize::from(one)).min(PAGE);
                    page[at..end].fill(two);
                }
            }
        }
        pages
    }

    fn check_neighbour(&self) {
        let mut neighbour = self.neighbour.borrow_mut();
        let outcome = neighbour.exec("return kept + 1").wait().expect("an outcome");
        assert_eq!(outcome.value::<i64>().expect("an answer"), 42);
        let mut fresh = Vm::new(&self.engine, config()).expect("a VM");
        assert_eq!(
            fresh.exec("return 1 + 1").wait().expect("an outcome").value::<i64>().expect("an answer"),
            2
        );
    }
}

/// Asks one question after the other, as long as there is a state to ask.
fn ask(mut vm: Vm, first: u8) {
    for at in 0..3 {
        let question = QUESTIONS[(usize::from(first) + at) % QUESTIONS.len()];
        match vm.exec(question).wait() {
            Ok(outcome) => {
                assert!(!matches!(outcome.result, Err(Failure::Interrupted)), "nobody interrupts");
                assert!(outcome.usage.memory <= 4 << 20 && outcome.stdout.as_bytes().len() <= 64 << 10);
            }
            Err(error) => return stopped(&error),
        }
    }
    if first & 0x40 != 0 {
        let _ = vm.get::<Values>("t").wait().map_err(|error| harmless(&error));
        let _ = vm.complete("t.").wait().map_err(|error| harmless(&error));
    }
    if first & 0x80 != 0 {
        let _ = vm.snapshot().wait().map_err(|error| harmless(&error));
    }
}

/// A state that was stopped takes no more calls.
fn stopped(error: &bioxen_lua::Error) {
    assert!(matches!(error.kind(), ErrorKind::Stopped | ErrorKind::Ended), "{error}");
}

/// Reading a variable fails where a call would.
fn harmless(error: &bioxen_lua::Error) {
    use ErrorKind::{Ended, Failed, InvalidValue, Stopped};
    assert!([Ended, Failed, InvalidValue, Stopped].contains(&error.kind()), "{error}");
}
