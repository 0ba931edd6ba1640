//! The official Lua 5.4 test suite, from the source distribution of the Python package `lupa`.

use std::path::Path;

use anyhow::{Context, Result, anyhow};

use crate::python::Python;

/// The folder under `target/toolchain`; the workspace's tests look for the suite there.
pub const FOLDER: &str = "lua-5.4-tests";
/// The SHA-256 of the source distribution, as the package index publishes it.
pub const PIN: &str = "d8022641b9ec8ecf2c5ecbe9f47e5a70e0b87c4b5ae921b92cb02a638e0acd08";
const PROJECT: &str = "lupa";
const FILE: &str = "lupa-2.8.tar.gz";
const INSIDE: &str = "lupa-2.8/third-party/lua54/testes";

/// Downloads the suite and unpacks it into `folder`.
///
/// `pip download` would run the package's own build to learn its name, so the file is read from
/// the index that pip is set up with.
pub fn install(folder: &Path, scratch: &Path) -> Result<()> {
    let python = Python::find(scratch)
        .and_then(Python::with_pip)
        .map_err(|missing| anyhow!("cannot install the official Lua tests: {missing}"))?;
    eprintln!("setup: downloading the official Lua tests, {FILE} (about 6 MB)");
    let archive = scratch.join(FILE);
    let sdist: [&Path; 5] = ["sdist".as_ref(), PROJECT.as_ref(), FILE.as_ref(), PIN.as_ref(), &archive];
    python.fetch(&sdist).map_err(|reason| {
        anyhow!(
            "cannot download the official Lua tests: {reason}; check the network and \
             `python3 -m pip config list`, then type `cargo xtask setup` again"
        )
    })?;
    python
        .fetch(&["unpack".as_ref(), &archive, INSIDE.as_ref(), folder])
        .context("cannot unpack the Lua tests")
}
