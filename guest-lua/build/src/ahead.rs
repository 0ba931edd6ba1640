//! Compiles ahead of time, so that no program which runs guests contains a compiler.

use std::env;

use anyhow::{Result, anyhow};
use wasmtime::{Config, Engine};

use crate::config;

/// What x86-64-v2 has beyond the first x86-64: any machine since about 2009.
const X86_64_V2: [&str; 5] = ["has_sse3", "has_ssse3", "has_sse41", "has_sse42", "has_popcnt"];

/// The image of a module for cargo's target, under the guest's settings.
///
/// # Errors
///
/// When wasmtime refuses the module.
pub fn compile_module(wasm: &[u8]) -> Result<Vec<u8>> {
    targeted_engine()?.precompile_module(wasm).map_err(|error| anyhow!("{error:?}"))
}

/// The image of a component for cargo's target, under the guest's settings.
///
/// # Errors
///
/// When wasmtime refuses the component.
pub fn compile_component(component: &[u8]) -> Result<Vec<u8>> {
    targeted_engine()?.precompile_component(component).map_err(|error| anyhow!("{error:?}"))
}

/// An engine that runs on this machine, without metering: for the initialisation.
pub fn plain_engine() -> Result<Engine> {
    let mut config = Config::new();
    config::configure(&mut config);
    config.consume_fuel(false);
    Engine::new(&config).map_err(|error| anyhow!("{error:?}"))
}

fn targeted_engine() -> Result<Engine> {
    let target = env::var("TARGET").unwrap_or_else(|_| "x86_64-unknown-linux-gnu".to_string());
    let mut config = Config::new();
    config::configure(&mut config);
    config.target(&target).map_err(|error| anyhow!("wasmtime cannot compile for `{target}`: {error:?}"))?;
    if target.starts_with("x86_64") {
        for flag in X86_64_V2 {
            // SAFETY: the library checks for these features before it loads the image.
            unsafe { config.cranelift_flag_enable(flag) };
        }
    }
    Engine::new(&config).map_err(|error| anyhow!("{error:?}"))
}
