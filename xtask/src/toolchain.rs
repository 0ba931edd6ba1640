//! The guest compiler: zig, as the Python wheel `ziglang` carries it, pinned by hash.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};

use crate::python::Python;
use crate::workspace::Workspace;

/// The folder under `target/toolchain`; `bioxen-lua-guest`'s build looks for the compiler there.
pub const FOLDER: &str = "ziglang-0.17.1";
const REQUIREMENT: &str = "ziglang==0.17.1";

/// The wheels' SHA-256 by operating system and architecture, as the package index publishes them.
const WHEELS: [(&str, &str, &str); 5] = [
    ("linux", "x86_64", "ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54"),
    ("linux", "aarch64", "b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e"),
    ("macos", "x86_64", "4e0b4b9c02b8d0d220e9948010f860b62ff11d96abb39762eca5fa2ef3f7bc97"),
    ("macos", "aarch64", "09953b6af7f64168b915180a42774f520f92d86ef6331b28e33915c7e1f0bb23"),
    ("windows", "x86_64", "69c3dfc3aff6a297ec4017aa904782c0e450eb988982d7f675d83edce27526fb"),
];

/// What to do where the compiler cannot be installed.
pub const WITHOUT: &str = "set `BIOXEN_ZIG=/path/to/zig` (zig 0.17.1) or `BIOXEN_GUEST=/path/to/guest.wasm` \
     (written by `cargo xtask guest` on another machine)";

/// The hash of the wheel for the machine this runs on.
pub fn pin() -> Result<&'static str> {
    wheel(std::env::consts::OS, std::env::consts::ARCH)
}

fn wheel(system: &str, architecture: &str) -> Result<&'static str> {
    let found = WHEELS.iter().find(|wheel| wheel.0 == system && wheel.1 == architecture);
    let Some(wheel) = found else {
        bail!("no guest compiler is pinned for {system} on {architecture}: {WITHOUT}");
    };
    Ok(wheel.2)
}

/// The executable in a folder that `install` filled.
pub fn executable(folder: &Path) -> PathBuf {
    folder.join("ziglang").join(format!("zig{}", std::env::consts::EXE_SUFFIX))
}

/// Downloads and unpacks the compiler into `folder`; `scratch` takes what is needed on the way.
pub fn install(workspace: &Workspace, folder: &Path, scratch: &Path) -> Result<()> {
    let python = Python::find(scratch)
        .and_then(Python::with_pip)
        .map_err(|missing| anyhow!("cannot install the guest compiler: {missing}, or {WITHOUT}"))?;
    eprintln!("setup: downloading the guest compiler, {REQUIREMENT} (about 100 MB)");
    let wheel = download(&python, scratch)?;
    eprintln!(
        "setup: unpacking it to {}",
        workspace.shown(&workspace.target().join("toolchain").join(FOLDER))
    );
    python.fetch(&[Path::new("wheel"), &wheel, folder]).context("cannot unpack the guest compiler")?;
    make_executable(&executable(folder))
}

fn download(python: &Python, scratch: &Path) -> Result<PathBuf> {
    let requirements = scratch.join("requirements.txt");
    fs::write(&requirements, format!("{REQUIREMENT} --hash=sha256:{}\n", pin()?))?;
    let wheels = scratch.join("wheels");
    let mut pip = python.pip();
    pip.args(["download", "--no-cache-dir", "--disable-pip-version-check", "--no-deps"]);
    pip.args(["--only-binary", ":all:", "--require-hashes", "--dest"]).arg(&wheels);
    pip.arg("--requirement").arg(&requirements);
    // Standard output belongs to the program that `cargo xtask run` starts.
    pip.stdout(std::io::stderr());
    if !pip.status().context("cannot start pip")?.success() {
        bail!(
            "cannot download the guest compiler: pip gives the reason above; check the network and \
             `python3 -m pip config list`, then type `cargo xtask setup` again, or {WITHOUT}"
        );
    }
    let mut files = fs::read_dir(&wheels)?;
    let wheel = files.next().context("pip downloaded no file")??;
    Ok(wheel.path())
}

#[cfg(unix)]
fn make_executable(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))
        .with_context(|| format!("the wheel holds no `{}`", file.display()))
}

#[cfg(not(unix))]
fn make_executable(file: &Path) -> Result<()> {
    anyhow::ensure!(file.is_file(), "the wheel holds no `{}`", file.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pin_is_a_hash_of_its_own() {
        for (at, wheel) in WHEELS.iter().enumerate() {
            assert!(wheel.2.len() == 64 && wheel.2.bytes().all(|byte| byte.is_ascii_hexdigit()));
            assert!(WHEELS[at + 1..].iter().all(|other| other.2 != wheel.2));
        }
    }

    #[test]
    fn a_platform_without_a_wheel_is_told_what_to_do() {
        assert!(wheel("linux", "x86_64").is_ok());
        let error = wheel("plan9", "mips").unwrap_err().to_string();
        assert!(error.contains("plan9") && error.contains("BIOXEN_ZIG"), "{error}");
    }
}
