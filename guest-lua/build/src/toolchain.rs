//! Where the guest compiler is: a `zig` executable, used as a C compiler that brings its own libc.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};

/// The pinned version: 0.15 crashes while it lowers exceptions.
const VERSION: &str = "0.17.1";

/// A C compiler for WASI, and a folder for what it keeps.
pub struct Toolchain {
    zig: PathBuf,
    cache: PathBuf,
}

impl Toolchain {
    /// Looks at `BIOXEN_ZIG`, then at what `cargo xtask setup` installed in this checkout.
    ///
    /// # Errors
    ///
    /// When neither is there: the message says what to do.
    pub fn find(guest_crate: &Path, out: &Path) -> Result<Toolchain> {
        if let Some(zig) = env::var_os("BIOXEN_ZIG").map(PathBuf::from) {
            if !zig.is_file() {
                bail!("`BIOXEN_ZIG` names `{}`, which is no file", zig.display());
            }
            return Ok(Toolchain { zig, cache: out.join("toolchain-cache") });
        }
        let home = guest_crate.join("..").join("target").join("toolchain");
        let zig = home.join(format!("ziglang-{VERSION}")).join("ziglang").join("zig");
        if zig.is_file() {
            let home = fs::canonicalize(&home)?;
            return Ok(Toolchain { zig: fs::canonicalize(&zig)?, cache: home.join("cache") });
        }
        bail!(
            "no guest compiler: run `cargo xtask setup` in the checkout of bioxen-lua, or set `BIOXEN_ZIG` to a zig \
             {VERSION} executable (for example that of `pip install ziglang=={VERSION}`), or set `BIOXEN_GUEST` to a \
             ready `guest.wasm` (`cargo xtask guest` writes one)"
        )
    }

    /// A folder that may be deleted at any time.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    /// The compiler's version.
    ///
    /// # Errors
    ///
    /// When it does not run, or is not the pinned version.
    pub fn version(&self) -> Result<String> {
        let output = self
            .command("version")
            .output()
            .with_context(|| format!("cannot run `{}`", self.zig.display()))?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_string();
        if version != VERSION {
            bail!("the guest is built by zig {VERSION}; `{}` is version `{version}`", self.zig.display());
        }
        Ok(version)
    }

    /// `zig <verb>`, keeping its caches in our folder instead of the user's.
    pub fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(&self.zig);
        command.arg(verb);
        for variable in ["ZIG_GLOBAL_CACHE_DIR", "ZIG_LOCAL_CACHE_DIR"] {
            command.env(variable, &self.cache);
        }
        command
    }

    /// Writes a script that runs `zig <verb>` and drops the `--target` that the crate `cc` adds: zig
    /// has its own name for the target.
    pub fn script(&self, folder: &Path, verb: &str) -> Result<PathBuf> {
        let target = if verb == "cc" { " -target wasm32-wasi" } else { "" };
        let script = folder.join(format!("zig-{verb}.sh"));
        let text = format!(
            "#!/bin/sh\n\
             export ZIG_GLOBAL_CACHE_DIR='{cache}' ZIG_LOCAL_CACHE_DIR='{cache}'\n\
             for argument do\n  shift\n  case $argument in\n    --target=*) ;;\n    *) set -- \"$@\" \"$argument\" ;;\n  esac\ndone\n\
             exec '{zig}' {verb}{target} \"$@\"\n",
            cache = self.cache.display(),
            zig = self.zig.display(),
        );
        fs::write(&script, text)?;
        make_executable(&script)?;
        Ok(script)
    }
}

#[cfg(unix)]
fn make_executable(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(file, fs::Permissions::from_mode(0o755))?)
}

#[cfg(not(unix))]
fn make_executable(_file: &Path) -> Result<()> {
    bail!("the guest is built on Unix; elsewhere set `BIOXEN_GUEST` to a ready `guest.wasm`")
}
