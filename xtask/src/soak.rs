//! `cargo xtask soak`: a mixed load for any time, beside a model, with an eye on what stays behind.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;

use crate::setup;
use crate::workspace::{self, Workspace};

pub fn verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    setup::compiler(workspace)?;
    let mut cargo = workspace.cargo();
    // The same selection as the tests', so that nothing is built twice.
    cargo.args(["test", "--release", "--workspace", "--test", "isolation", "--", "soak"]).args(arguments);
    // The heaps that glibc keeps for threads grow ragged for hours, which would hide a leak.
    cargo.env("MALLOC_ARENA_MAX", "1");
    workspace::status(&mut cargo)
}
