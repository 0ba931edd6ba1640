//! The checkout this program works on, and the programs it starts there.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Environment variables that name a guest compiler or a ready guest.
pub const GIVEN: [&str; 2] = ["BIOXEN_ZIG", "BIOXEN_GUEST"];

/// How the variables begin that cargo tells this program about itself. A build step that watches them (`ring`'s does)
/// would run again, and all that is built on it, whenever cargo is started now by hand and now by this program.
const OWN: [&str; 2] = ["CARGO_MANIFEST_", "CARGO_PKG_"];

/// The checkout that holds this crate.
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    pub fn find() -> Result<Workspace> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .context("start this program as `cargo xtask`: cargo tells it where the checkout is")?;
        let root = Path::new(&manifest).parent().context("`xtask` has no parent folder")?;
        Ok(Workspace { root: root.to_path_buf() })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The checkout's own `target`, wherever cargo has been told to build: what is downloaded or
    /// written for other programs always has this one place.
    pub fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// A cargo command that works on this workspace.
    pub fn cargo(&self) -> Command {
        // Cargo names itself to the programs it starts.
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        self.prepare(&mut cargo);
        cargo
    }

    /// Makes a command one that builds here: cargo, or a program that starts cargo.
    pub fn prepare(&self, builder: &mut Command) {
        builder.current_dir(&self.root);
        for (name, _) in std::env::vars_os() {
            if OWN.iter().any(|start| name.to_string_lossy().starts_with(start)) {
                builder.env_remove(name);
            }
        }
        for name in GIVEN {
            // They are typed for the folder where the user stands; build steps stand elsewhere.
            if let Some(path) = std::env::var_os(name).and_then(|path| std::path::absolute(path).ok()) {
                builder.env(name, path);
            }
        }
    }

    /// What `cargo metadata` says, with `arguments` added.
    pub fn metadata(&self, arguments: &[&str]) -> Result<Value> {
        let mut cargo = self.cargo();
        cargo.args(["metadata", "--format-version", "1"]).args(arguments);
        serde_json::from_str(&output(&mut cargo)?).context("`cargo metadata` printed no JSON")
    }

    /// Where cargo builds: `CARGO_TARGET_DIR` and cargo's own settings are honoured.
    pub fn cargo_target(&self) -> Result<PathBuf> {
        let metadata = self.metadata(&["--no-deps"])?;
        let target =
            metadata["target_directory"].as_str().context("`cargo metadata` names no target folder")?;
        Ok(target.into())
    }

    /// Everything in the checkout that git has or would take, relative to its root.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        let mut git = Command::new("git");
        git.current_dir(&self.root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let mut files: Vec<PathBuf> = output(&mut git)?.split_terminator('\0').map(PathBuf::from).collect();
        // Git still knows a file that was just removed.
        files.retain(|file| self.root.join(file).is_file());
        Ok(files)
    }

    /// The path as a reader of the terminal knows it: relative to the checkout, where it is inside.
    pub fn shown<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

/// Runs a command to its end and hands on its exit status.
pub fn status(command: &mut Command) -> Result<ExitCode> {
    let status = command.status().with_context(|| cannot_start(command))?;
    Ok(exit_code(status))
}

/// Runs a command that has to succeed.
pub fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` failed: {status}", line(command));
    }
    Ok(())
}

/// What a command that has to succeed writes to its standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        bail!("`{}` failed: {}", line(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` did not print UTF-8", line(command)))
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start `{}`", command.get_program().display())
}

/// The command as it would be typed, near enough to be recognised.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The exit status of a program as one of our own.
pub fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status.code().or_else(|| signal(status));
    code.and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// A shell reports a program that a signal ended as 128 and the signal's number.
#[cfg(unix)]
fn signal(status: ExitStatus) -> Option<i32> {
    use std::os::unix::process::ExitStatusExt;
    status.signal().map(|signal| 128 + signal)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}
