//! What `cargo xtask ci` looks at beside the compiler and the tests.

pub mod compiler;
pub mod dependencies;
pub mod lock;
pub mod tree;
pub mod wheel;

use anyhow::{Result, bail};

/// Fails with every fault that was found, not only the first.
fn report(what: &str, faults: &[String]) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{what}:\n  {}", faults.join("\n  "));
}
