//! What the tests share: an engine, VMs, and short ways to run a chunk.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};

use bioxen_lua::{Engine, Failure, Limits, Outcome, Vm, VmConfig};

/// One engine for all tests that need none of their own.
pub fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new().expect("an engine can be made"))
}

#[track_caller]
pub fn vm(config: VmConfig) -> Vm {
    Vm::new(engine(), config).expect("a VM can be made")
}

pub fn limited(limits: Limits) -> VmConfig {
    VmConfig::default().limits(limits)
}

/// Runs a chunk on a VM that takes calls.
#[track_caller]
pub fn exec(vm: &mut Vm, chunk: &str) -> Outcome {
    vm.exec(chunk).wait().expect("the VM takes calls")
}

/// The single text that a chunk returns.
#[track_caller]
pub fn text(vm: &mut Vm, chunk: &str) -> String {
    let outcome = exec(vm, chunk);
    outcome.value().unwrap_or_else(|error| panic!("{chunk}: {error}"))
}

#[track_caller]
pub fn integer(vm: &mut Vm, chunk: &str) -> i64 {
    let outcome = exec(vm, chunk);
    outcome.value().unwrap_or_else(|error| panic!("{chunk}: {error}"))
}

/// The message of the Lua error that a chunk ends with.
#[track_caller]
pub fn raised(outcome: &Outcome) -> String {
    match &outcome.result {
        Err(Failure::Raised { message, .. }) => message.clone(),
        other => panic!("expected a Lua error, got {other:?}"),
    }
}

/// Set where everything that tests use can be installed: what would be skipped then fails.
const NOTHING_IS_SKIPPED: &str = "BIOXEN_NOTHING_IS_SKIPPED";

/// Says, once for each thing, that tests are skipped because it is missing.
#[track_caller]
pub fn skip(missing: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    assert!(
        std::env::var_os(NOTHING_IS_SKIPPED).is_none(),
        "nothing may be skipped here, but something is missing: {missing}"
    );
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if said.insert(missing.to_string()) {
        // Not by `eprintln!`: what a test prints that way is shown only when it fails.
        let _ = writeln!(std::io::stderr(), "skipped: tests that need {missing}");
    }
}
