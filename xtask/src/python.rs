//! The machine's Python: downloads and unpacks what `setup` installs, and makes virtual environments.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

const NAME: &str = if cfg!(windows) { "python" } else { "python3" };
/// Reads the package index and unpacks archives with nothing but Python's own library.
const FETCH: &str = include_str!("fetch.py");

/// How Python with pip comes to this kind of machine.
const INSTALL: &str = if cfg!(windows) {
    "winget install Python.Python.3.13"
} else if cfg!(target_os = "macos") {
    "brew install python3"
} else {
    "apt-get install python3 python3-pip"
};

/// A Python interpreter that was seen to work.
pub struct Python {
    scratch: PathBuf,
}

impl Python {
    /// Looks for Python; `scratch` takes the temporary files of what it starts. The error is a
    /// sentence that ends with what to type.
    pub fn find(scratch: &Path) -> Result<Python, String> {
        let python = Python { scratch: scratch.to_path_buf() };
        match works(python.command().args(["-I", "-c", "import sys; sys.exit(sys.version_info < (3, 8))"])) {
            true => Ok(python),
            false => Err(format!("`{NAME}` (3.8 or newer) is missing: type `{INSTALL}` and try again")),
        }
    }

    pub fn with_pip(self) -> Result<Python, String> {
        match works(self.pip().arg("--version")) {
            true => Ok(self),
            false => Err(format!("`{NAME}` has no pip: type `{INSTALL}` and try again")),
        }
    }

    pub fn pip(&self) -> Command {
        let mut pip = self.command();
        // Nothing is installed into this Python, so it need not be a virtual environment.
        pip.args(["-m", "pip"]).env("PIP_REQUIRE_VIRTUALENV", "0");
        pip
    }

    /// Runs the program `fetch.py`, whose progress goes to standard error and whose reason for
    /// giving up comes back as the error.
    pub fn fetch(&self, arguments: &[&Path]) -> Result<()> {
        let mut command = self.command();
        command.args(["-I", "-c", FETCH]).args(arguments).stderr(Stdio::inherit());
        let output = command.output().with_context(|| format!("cannot start `{NAME}`"))?;
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stdout);
            match reason.trim() {
                "" => bail!("`{NAME}` failed: {}", output.status),
                reason => bail!("{reason}"),
            }
        }
        Ok(())
    }

    pub fn command(&self) -> Command {
        let mut python = Command::new(NAME);
        contain(&mut python, &self.scratch);
        python
    }

    /// The folder of its temporary files.
    pub fn scratch(&self) -> &Path {
        &self.scratch
    }
}

/// Nothing is written outside the checkout: no bytecode, no files in the system's folder.
pub fn contain(python: &mut Command, scratch: &Path) {
    python.arg("-B").stdin(Stdio::null());
    for name in ["TMPDIR", "TEMP", "TMP"] {
        python.env(name, scratch);
    }
    python.env("PYTHONDONTWRITEBYTECODE", OsStr::new("1"));
}

/// Whether a command runs to a good end; what it prints is not shown.
fn works(command: &mut Command) -> bool {
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
