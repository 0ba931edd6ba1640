//! What a process has of what the system gives out, as Linux tells it.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result};

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// What a host function panics with that does so for an attack.
struct OnPurpose;

/// From now on panics are counted, those that somebody catches too.
pub fn count_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.payload().is::<OnPurpose>() {
            return;
        }
        PANICS.fetch_add(1, Ordering::Relaxed);
        before(panic);
    }));
}

/// The panic of a host function that is part of a case: it is neither told nor counted.
pub fn panic_on_purpose() -> ! {
    std::panic::panic_any(OnPurpose)
}

pub fn panics() -> usize {
    PANICS.load(Ordering::Relaxed)
}

/// Thirty-two random bytes as text that no script holds by chance.
pub fn secret() -> String {
    let word = |at: u64| format!("{:016x}", RandomState::new().hash_one(at));
    (0..4).map(word).collect()
}

/// What the threads of an engine's pool are called. They come as they are needed, and stay with their engine: how
/// many there may be is bounded.
const POOL: &str = "bioxen-lua";

/// All that the pool of the engine of the cases may have: functions and input that block, files, packages, a timer.
const POOL_MOST: usize = 32 + 32 + 16 + 4 + 1;

/// Handles, threads and children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holdings {
    pub handles: usize,
    /// Beside those of pools.
    pub threads: usize,
    /// Those of pools.
    pub pool: usize,
    pub children: usize,
}

impl Holdings {
    pub fn now() -> Result<Holdings> {
        let is_of_pool = |task: &std::path::Path| {
            fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim_end() == POOL)
        };
        let tasks: Vec<_> = fs::read_dir("/proc/self/task")?.filter_map(Result::ok).collect();
        let pool = tasks.iter().filter(|task| is_of_pool(&task.path())).count();
        // What looks at links keeps these three open from its first look on, once for the process.
        let own = format!("/proc/{}", std::process::id());
        let kept = ["/proc".to_string(), format!("{own}/fd"), own].map(std::path::PathBuf::from);
        let is_kept = |path: &std::path::Path| fs::read_link(path).is_ok_and(|target| kept.contains(&target));
        let handles = fs::read_dir("/proc/self/fd")?.filter_map(Result::ok);
        let handles = handles.filter(|handle| !is_kept(&handle.path())).count();
        let children = fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
        Ok(Holdings {
            handles,
            threads: tasks.len() - pool,
            pool,
            children: children.split_whitespace().count(),
        })
    }

    /// Whether nothing is there that was not there before.
    pub fn within(&self, before: &Holdings) -> bool {
        let beside = self.handles <= before.handles && self.threads <= before.threads;
        beside && self.children <= before.children && self.pool <= POOL_MOST
    }
}

/// What the open handles are of.
pub fn handles() -> String {
    let Ok(entries) = fs::read_dir("/proc/self/fd") else { return String::new() };
    let targets = entries.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    targets.map(|target| target.display().to_string()).collect::<Vec<_>>().join(" ")
}

/// Bytes of memory that are resident now.
pub fn resident() -> Result<u64> {
    status("VmRSS:")
}

/// The most that were resident since [`forget_peak`].
pub fn peak() -> Result<u64> {
    status("VmHWM:")
}

pub fn forget_peak() -> Result<()> {
    fs::write("/proc/self/clear_refs", "5").context("cannot forget the peak of memory")
}

fn status(field: &str) -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line =
        status.lines().find_map(|line| line.strip_prefix(field)).context("no such line in the status")?;
    let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kibibytes << 10)
}
