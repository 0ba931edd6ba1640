//! The LuaRocks server that the tests of packages install from: `tests/mirror.sh` makes it out of Debian's
//! packages, under `target/mirror`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::no_arguments;
use crate::workspace::Workspace;

/// Told to the tests: what they would skip because something is missing is then a failure.
pub const NOTHING_IS_SKIPPED: (&str, &str) = ("BIOXEN_NOTHING_IS_SKIPPED", "1");

/// With what status `tests/mirror.sh` says that this machine cannot make a mirror.
const SKIPPED: i32 = 3;

pub fn verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    no_arguments("mirror", &arguments)?;
    match build(workspace)? {
        Some(folder) => println!("{}", workspace.shown(&folder)),
        None => println!("skipped: the line above says what is missing"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes the mirror unless it is there, and says where. None where this machine cannot: the script has
/// then said so in one line.
pub fn build(workspace: &Workspace) -> Result<Option<PathBuf>> {
    let mut script = Command::new("bash");
    script.current_dir(workspace.root()).arg("tests/mirror.sh").arg(workspace.target().join("mirror"));
    script.stdin(Stdio::null()).stderr(Stdio::inherit());
    let Ok(output) = script.output() else {
        eprintln!("mirror: skipped: `bash` cannot be started");
        return Ok(None);
    };
    match output.status.code() {
        Some(0) => {
            let folder = String::from_utf8(output.stdout).context("the mirror's path is not UTF-8")?;
            Ok(Some(folder.trim_end().into()))
        }
        Some(SKIPPED) => Ok(None),
        _ => bail!("`tests/mirror.sh` failed: {}", output.status),
    }
}

/// A change does not land on tests that were skipped: where Debian's packages can be had, the mirror has to be there.
pub fn require(workspace: &Workspace) -> Result<()> {
    if build(workspace)?.is_none() && is_debian() {
        bail!(
            "the tests of packages would be skipped, though this is Debian: the line above says what is missing"
        );
    }
    Ok(())
}

pub fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists()
}
