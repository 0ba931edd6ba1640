//! What a manager knows of one of its VMs while that runs: its name, what it uses, and which functions of
//! the host hold a thread for it.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::thread::{self, ThreadId};
use std::time::Instant;

use crate::id::VmId;
use crate::quota::{Account, Charge, Refused};

/// What a manager knows of one of its VMs.
pub(crate) struct Registration {
    pub id: VmId,
    /// Bytes of this VM, counted for its tenant and its manager too.
    pub memory: Arc<Account>,
    /// Fuel that all its calls used.
    fuel: AtomicU64,
    /// `module.function` of each function of the host, by its number.
    functions: Mutex<HashMap<u32, String>>,
    /// One more than the number of the direct function that runs now; 0 when none does.
    direct: AtomicU64,
    held: Arc<HeldThreads>,
}

impl Registration {
    pub fn new(id: VmId, memory: Arc<Account>, held: Arc<HeldThreads>) -> Arc<Registration> {
        Arc::new(Registration {
            id,
            memory,
            fuel: AtomicU64::new(0),
            functions: Mutex::default(),
            direct: AtomicU64::new(0),
            held,
        })
    }

    pub fn fuel(&self) -> u64 {
        self.fuel.load(Ordering::Relaxed)
    }

    pub fn count_fuel(&self, fuel: u64) {
        self.fuel.fetch_add(fuel, Ordering::Relaxed);
    }

    /// Counts memory that the VM has outside its instance, as long as the answer lives.
    pub fn charge_memory(&self, bytes: u64) -> Result<Charge, Refused> {
        self.memory.charge(bytes)
    }

    pub fn name_functions(&self, names: impl Iterator<Item = (u32, String)>) {
        *self.functions() = names.collect();
    }

    /// Whether a function that this VM called runs on this thread.
    pub fn is_calling(&self) -> bool {
        CALLING.get() == self.address()
    }

    /// Marks this thread while a direct function runs.
    pub fn enter(&self, number: u32) -> Entered<'_> {
        self.direct.store(u64::from(number) + 1, Ordering::Relaxed);
        Entered { direct: Some(&self.direct), before: CALLING.replace(self.address()) }
    }

    /// The direct function that runs now.
    pub fn direct_function(&self) -> Option<HeldThread> {
        let number = self.direct.load(Ordering::Relaxed).checked_sub(1)?;
        Some(HeldThread { vm: self.id.clone(), function: self.function(number as u32) })
    }

    /// Runs a blocking function on this thread, which counts as held meanwhile.
    pub fn hold<T>(&self, number: u32, function: impl FnOnce() -> T) -> T {
        let what = HeldThread { vm: self.id.clone(), function: self.function(number) };
        let _held = self.held.begin(what);
        let _entered = self.mark();
        function()
    }

    fn mark(&self) -> Entered<'_> {
        Entered { direct: None, before: CALLING.replace(self.address()) }
    }

    fn function(&self, number: u32) -> String {
        self.functions().get(&number).cloned().unwrap_or_default()
    }

    fn functions(&self) -> MutexGuard<'_, HashMap<u32, String>> {
        self.functions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells VMs apart; whoever holds a mark holds the registration too.
    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Registration({})", self.id)
    }
}

thread_local! {
    /// The address of the registration of the VM whose function runs on this thread; 0 when none does.
    static CALLING: Cell<usize> = const { Cell::new(0) };
}

/// A thread on which a function of the host runs for a VM.
pub(crate) struct Entered<'a> {
    direct: Option<&'a AtomicU64>,
    before: usize,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        CALLING.set(self.before);
        if let Some(direct) = self.direct {
            direct.store(0, Ordering::Relaxed);
        }
    }
}

/// An asynchronous function, whose thread is marked while it is polled.
pub(crate) struct Within<F> {
    pub registration: Option<Arc<Registration>>,
    pub function: F,
}

impl<F: Future + Unpin> Future for Within<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Within { registration, function } = &mut *self;
        let _entered = registration.as_ref().map(|registration| registration.mark());
        Pin::new(function).poll(context)
    }
}

/// A thread that a function of the host did not give back.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldThread {
    /// The VM that called it.
    pub vm: VmId,
    /// `module.function`.
    pub function: String,
}

/// The blocking functions that run for the VMs of one manager, those included that outlived their call.
#[derive(Default)]
pub(crate) struct HeldThreads {
    running: Mutex<Running>,
    ended: Condvar,
}

#[derive(Default)]
struct Running {
    next: u64,
    functions: HashMap<u64, (ThreadId, HeldThread)>,
}

impl HeldThreads {
    fn begin(&self, what: HeldThread) -> Held<'_> {
        let mut running = self.running();
        let number = running.next;
        running.next += 1;
        running.functions.insert(number, (thread::current().id(), what));
        Held { all: self, number }
    }

    /// Waits until none is left but this thread's own, and not longer than to the deadline; those that
    /// are left.
    pub fn wait(&self, deadline: Instant) -> Vec<HeldThread> {
        let this = thread::current().id();
        let others = |running: &mut Running| running.functions.values().any(|(thread, _)| *thread != this);
        let time = deadline.saturating_duration_since(Instant::now());
        let (running, _) = self
            .ended
            .wait_timeout_while(self.running(), time, others)
            .unwrap_or_else(PoisonError::into_inner);
        running.functions.values().map(|(_, what)| what.clone()).collect()
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Held<'a> {
    all: &'a HeldThreads,
    number: u64,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.all.running().functions.remove(&self.number);
        self.all.ended.notify_all();
    }
}
