#![no_main]

use std::cell::OnceCell;

use bioxen_lua::testing::{CompiledGuest, engine_of};
use bioxen_lua::{Engine, EngineConfig};

#[path = "../imports.rs"]
#[allow(dead_code)]
mod imports;

static PUPPET: &[u8] = include_bytes!(concat!(env!("BIOXEN_FUZZ_GUEST"), "/puppet.cwasm"));

thread_local! {
    static ENGINE: OnceCell<Engine> = const { OnceCell::new() };
}

fn engine() -> Engine {
    // SAFETY: an ordinary build has compiled the puppet for this machine, and `cargo xtask fuzz` has laid it there.
    let puppet = unsafe { CompiledGuest::new(PUPPET) };
    let config = EngineConfig { live_vms: 4, max_memory: 64 << 20, blocking_threads: 4 };
    engine_of(puppet, config).expect("an engine")
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    ENGINE.with(|kept| imports::imports(kept.get_or_init(engine), input));
});
