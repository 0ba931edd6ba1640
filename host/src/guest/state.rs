//! What the host keeps for one instance, inside its wasmtime store.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::Memory;

use crate::chunk::Terms;
use crate::config::Setup;
use crate::limits::{Limits, Resource, Usage};
use crate::runtime::Auxiliary;

use super::files::Files;
use super::image::Layout;
use super::lasting::Lasting;
use super::memory::MemoryMeter;
use super::meter::Control;
use super::stop::Stop;
use super::streams::OutputStream;

/// Denied paths that a call reports, and bytes of each that are kept.
const DENIED_PATHS: usize = 16;
const DENIED_PATH: usize = 256;

/// What one call has cost and made so far.
pub(crate) struct CallState {
    pub started: Instant,
    pub deadline: Option<Instant>,
    /// Its limits, which may be others than its VM's.
    pub time: Option<Duration>,
    pub fuel: Option<u64>,
    /// Whether it runs beside the VM's standard streams.
    pub aside: bool,
    /// What earlier calls used of this one's limits.
    pub spent: Usage,
    pub host_calls: u64,
    /// Fuel that was left when the call last yielded from inside the host.
    pub slice_start: u64,
    pub denied: Vec<String>,
}

/// What the host keeps for one instance.
pub(crate) struct State {
    pub setup: Arc<Setup>,
    pub control: Arc<Control>,
    pub auxiliary: Arc<Auxiliary>,
    pub layout: Layout,
    pub memory: Option<Memory>,
    pub meter: MemoryMeter,
    pub call: CallState,
    pub stdout: OutputStream,
    pub stderr: OutputStream,
    /// What is left of a reply that is longer than the transfer buffer.
    pub reply: Vec<u8>,
    pub files: Option<Box<Files>>,
    pub lasting: Lasting,
}

/// What a call left behind.
pub(crate) struct Produced {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub denied: Vec<String>,
}

impl CallState {
    fn new(terms: &Terms, limits: &Limits) -> CallState {
        let started = Instant::now();
        let time = terms.time.unwrap_or(limits.time);
        let deadline = time.and_then(|time| started.checked_add(time.saturating_sub(terms.spent.time)));
        CallState {
            started,
            deadline,
            time,
            fuel: terms.fuel.unwrap_or(limits.fuel),
            aside: terms.aside,
            spent: terms.spent,
            host_calls: 0,
            slice_start: 0,
            denied: Vec::new(),
        }
    }
}

impl State {
    pub fn new(
        setup: Arc<Setup>,
        control: Arc<Control>,
        auxiliary: Arc<Auxiliary>,
        layout: Layout,
        lasting: Lasting,
    ) -> State {
        let config = &setup.config;
        let limits = &config.limits;
        State {
            meter: MemoryMeter::new(limits.memory, config.registration.clone()),
            stdout: OutputStream::new(Resource::Stdout, limits.stdout, config.stdout.clone()),
            stderr: OutputStream::new(Resource::Stderr, limits.stderr, config.stderr.clone()),
            call: CallState::new(&Terms::default(), limits),
            reply: Vec::new(),
            files: None,
            memory: None,
            lasting,
            layout,
            setup,
            control,
            auxiliary,
        }
    }

    pub fn begin_call(&mut self, terms: &Terms) -> Option<Instant> {
        self.call = CallState::new(terms, &self.setup.config.limits);
        self.stdout.set_aside(terms.aside);
        self.stderr.set_aside(terms.aside);
        self.call.deadline
    }

    pub fn usage(&self, fuel_left: u64) -> Usage {
        let fuel = self.call.fuel.unwrap_or(u64::MAX);
        Usage {
            fuel: fuel.saturating_sub(fuel_left),
            time: self.call.started.elapsed() + self.call.spent.time,
            memory: self.meter.peak(),
            stdout: self.stdout.written(),
            stderr: self.stderr.written(),
            host_calls: self.call.host_calls,
        }
    }

    pub fn end_call(&mut self) -> Produced {
        self.lasting.running += self.call.started.elapsed();
        Produced {
            stdout: self.stdout.restart(),
            stderr: self.stderr.restart(),
            denied: std::mem::take(&mut self.call.denied),
        }
    }

    /// How long this VM has run, over all its calls.
    pub fn running(&self) -> Duration {
        self.lasting.running + self.call.started.elapsed()
    }

    pub fn count_host_call(&mut self) -> Result<(), Stop> {
        self.call.host_calls += 1;
        let used = self.call.host_calls;
        match self.setup.config.limits.host_calls {
            Some(limit) if used > limit => Err(Stop::Limit { resource: Resource::HostCalls, used, limit }),
            _ => Ok(()),
        }
    }

    pub fn note_denied(&mut self, path: &[u8]) {
        if self.call.denied.len() < DENIED_PATHS {
            let path = String::from_utf8_lossy(&path[..path.len().min(DENIED_PATH)]).into_owned();
            if !self.call.denied.contains(&path) {
                self.call.denied.push(path);
            }
        }
    }

    /// Two numbers that seed the guest: derived from the given seed, or different for every VM.
    pub fn seeds(&self) -> [i64; 2] {
        match self.setup.config.seed {
            Some(seed) => [seed as i64, seed.rotate_left(32) as i64 ^ i64::MAX],
            None => {
                // Keyed hashing with keys of the operating system: numbers that nobody can foresee.
                let keys = RandomState::new();
                [keys.hash_one(1) as i64, keys.hash_one(2) as i64]
            }
        }
    }
}
