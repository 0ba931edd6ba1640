//! The wheel of the Python package holds what belongs there and nothing else.

use std::path::Path;

use anyhow::Result;

use super::report;
use crate::python::Python;
use crate::workspace::{Workspace, output};

/// Reads the wheel, its records and the native module's ELF file with nothing but Python's own library.
const CHECK: &str = include_str!("wheel.py");

/// Compares `wheel` with the files of the checkout that it is made of.
pub fn check(workspace: &Workspace, python: &Python, wheel: &Path, package: &str) -> Result<()> {
    let mut command = python.command();
    command.args(["-I", "-c", CHECK]).arg(wheel).arg(workspace.root());
    let python = Path::new("python");
    for file in workspace.files()? {
        if let Ok(inside) = file.strip_prefix(python)
            && inside.starts_with(package)
        {
            command.arg(inside);
        }
    }
    let faults: Vec<String> =
        output(&mut command)?.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    report("the wheel is not what it should be", &faults)
}
