//! `cargo xtask setup`: what the build and the tests need and git does not hold, each pinned by
//! hash, under `target/toolchain`; and the packages for the tests.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::workspace::{self, Workspace};
use crate::{mirror, no_arguments, suite, toolchain};

/// The file in an installed folder that holds the hash of what it was unpacked from.
const STAMP: &str = ".sha256";
/// How the names of temporary folders begin; the process id follows, because a download whose
/// `xtask` was killed may go on writing.
const SCRATCH: &str = "tmp-";

pub fn verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    no_arguments("setup", &arguments)?;
    let zig = toolchain::executable(&install_compiler(workspace)?);
    println!("guest compiler  {}", workspace.shown(&zig));
    println!("Lua tests       {}", workspace.shown(&suite(workspace)?));
    if let Some(folder) = mirror::build(workspace)? {
        println!("packages        {}", workspace.shown(&folder));
    }
    Ok(ExitCode::SUCCESS)
}

/// Installs the guest compiler, unless the environment names one or a ready guest.
pub fn compiler(workspace: &Workspace) -> Result<()> {
    if workspace::GIVEN.iter().all(|name| std::env::var_os(name).is_none()) {
        install_compiler(workspace)?;
    }
    Ok(())
}

/// Installs the official Lua tests and says where they are.
pub fn suite(workspace: &Workspace) -> Result<PathBuf> {
    let place = Place::new(workspace, suite::FOLDER);
    place.install(suite::PIN, suite::install)
}

fn install_compiler(workspace: &Workspace) -> Result<PathBuf> {
    let place = Place::new(workspace, toolchain::FOLDER);
    place.install(toolchain::pin()?, |folder, scratch| toolchain::install(workspace, folder, scratch))
}

/// A folder under `target/toolchain` that is either whole, with a stamp, or not there.
struct Place {
    toolchain: PathBuf,
    folder: PathBuf,
}

impl Place {
    fn new(workspace: &Workspace, name: &str) -> Place {
        let toolchain = workspace.target().join("toolchain");
        Place { folder: toolchain.join(name), toolchain }
    }

    /// Fills the folder unless it holds what `pin` names. `fill` gets the folder to fill and one
    /// for temporary files; the first takes its place only when all of it is there.
    fn install(self, pin: &str, fill: impl FnOnce(&Path, &Path) -> Result<()>) -> Result<PathBuf> {
        if self.holds(pin) {
            return Ok(self.folder);
        }
        fs::create_dir_all(&self.toolchain)
            .with_context(|| format!("cannot make `{}`", self.toolchain.display()))?;
        let lock = File::create(self.toolchain.join(".lock"))?;
        if lock.try_lock().is_err() {
            eprintln!("setup: another `cargo xtask` is installing; waiting for it");
            lock.lock().context("cannot lock `target/toolchain`")?;
        }
        if !self.holds(pin) {
            self.replace(pin, fill)?;
        }
        Ok(self.folder)
    }

    fn holds(&self, pin: &str) -> bool {
        fs::read_to_string(self.folder.join(STAMP)).is_ok_and(|stamp| stamp.trim() == pin)
    }

    fn replace(&self, pin: &str, fill: impl FnOnce(&Path, &Path) -> Result<()>) -> Result<()> {
        self.remove_leftovers();
        let scratch = self.toolchain.join(format!("{SCRATCH}{}", std::process::id()));
        let fresh = scratch.join("fresh");
        fs::create_dir_all(&fresh)?;
        let filled = fill(&fresh, &scratch).and_then(|()| {
            fs::write(fresh.join(STAMP), format!("{pin}\n"))?;
            if fs::symlink_metadata(&self.folder).is_ok() {
                fs::rename(&self.folder, scratch.join("old"))?;
            }
            Ok(fs::rename(&fresh, &self.folder)?)
        });
        self.remove_leftovers();
        filled
    }

    /// Removes the temporary folders of this run and of interrupted ones. What cannot be removed
    /// now, because a program of an interrupted run still writes there, is for the next time.
    fn remove_leftovers(&self) {
        let Ok(entries) = fs::read_dir(&self.toolchain) else {
            return;
        };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(SCRATCH) {
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}
