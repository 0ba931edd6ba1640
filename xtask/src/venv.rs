//! Virtual environments of Python, under `target/python`: pip fills them and no other folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::python::{Python, contain};
use crate::workspace::{output, succeed};

/// The file in a finished environment that holds the hash of what it was made from.
const STAMP: &str = ".sha256";
const FOLDER: &str = if cfg!(windows) { "Scripts" } else { "bin" };

/// A virtual environment that is there.
pub struct Venv {
    folder: PathBuf,
    scratch: PathBuf,
}

impl Venv {
    /// An environment that holds what `requirements`, a file of pinned versions and hashes, names: the one that
    /// is there, or a new one where Python or the file is another than last time.
    pub fn with(python: &Python, folder: PathBuf, requirements: &Path) -> Result<Venv> {
        let stamp = stamp(python, requirements)?;
        if fs::read_to_string(folder.join(STAMP)).is_ok_and(|found| found == stamp) {
            return Ok(Venv { folder, scratch: python.scratch().to_path_buf() });
        }
        let venv = Venv::fresh(python, folder)?;
        let mut pip = venv.pip(python, "install");
        // What is not a wheel would run its own program while it is installed.
        pip.args(["--require-hashes", "--only-binary=:all:", "--requirement"]).arg(requirements);
        succeed(&mut pip)?;
        fs::write(venv.folder.join(STAMP), stamp)?;
        Ok(venv)
    }

    /// An empty environment, in the place of what was in `folder`.
    pub fn fresh(python: &Python, folder: PathBuf) -> Result<Venv> {
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot remove `{}`", folder.display()))?;
        }
        // Without pip of its own: Debian's Python has no `ensurepip`, and the machine's pip serves as well.
        succeed(python.command().args(["-m", "venv", "--without-pip"]).arg(&folder))?;
        Ok(Venv { folder, scratch: python.scratch().to_path_buf() })
    }

    /// Puts the package of a wheel into the environment, in the place of what was there of it. No index is asked.
    pub fn install(&self, python: &Python, wheel: &Path) -> Result<()> {
        let mut pip = self.pip(python, "install");
        succeed(pip.args(["--quiet", "--no-index", "--no-deps", "--force-reinstall"]).arg(wheel))
    }

    /// Python of the environment, which finds modules there and nowhere else: not in the folder it starts in.
    pub fn python(&self) -> Command {
        let mut python = Command::new(self.program("python"));
        contain(&mut python, &self.scratch);
        python.arg("-I");
        python
    }

    /// A program that a package brought.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(FOLDER).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    fn pip(&self, python: &Python, verb: &str) -> Command {
        let mut pip = python.pip();
        pip.arg("--python").arg(self.program("python"));
        pip.args([verb, "--disable-pip-version-check", "--no-cache-dir", "--no-compile"]);
        pip
    }
}

/// What an environment depends on: which Python, and what is installed.
fn stamp(python: &Python, requirements: &Path) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(output(python.command().args(["-c", "import sys; print(sys.version, sys.base_prefix)"]))?);
    let names =
        fs::read(requirements).with_context(|| format!("cannot read `{}`", requirements.display()))?;
    hash.update(names);
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
