//! `cargo xtask package`: crates that carry the ready guest, so that who builds them needs neither
//! Python nor the guest compiler.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use crate::workspace::{Workspace, succeed};
use crate::{guest, no_arguments};

/// The members that are packaged, by their folders.
const CRATES: [&str; 4] = ["guest-lua", "guest-lua/build", "host", "cli"];
/// The texts that the licences want to travel with every copy.
const NOTICES: [&str; 3] = ["LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY.md"];

pub fn verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    no_arguments("package", &arguments)?;
    let module = guest::build(workspace)?;
    let package = workspace.target().join("package");
    let stage = package.join("stage");
    eprintln!("package: staging the crates in {}", workspace.shown(&stage));
    fill(workspace, &stage, &module)?;
    eprintln!("package: checking that the library builds there without the guest compiler");
    check(workspace, &stage)?;
    for made in pack(workspace, &stage, &package)? {
        println!("{}", workspace.shown(&made));
    }
    Ok(ExitCode::SUCCESS)
}

/// Makes `stage` a workspace of the packaged members alone, with the guest beside its crate.
fn fill(workspace: &Workspace, stage: &Path, module: &Path) -> Result<()> {
    if stage.exists() {
        fs::remove_dir_all(stage).with_context(|| format!("cannot remove `{}`", stage.display()))?;
    }
    for file in workspace.files()? {
        if CRATES.iter().any(|folder| file.starts_with(folder)) {
            copy(&workspace.root().join(&file), &stage.join(&file))?;
        }
    }
    copy(&workspace.root().join("Cargo.lock"), &stage.join("Cargo.lock"))?;
    for folder in CRATES {
        ensure!(stage.join(folder).join("Cargo.toml").is_file(), "there is no crate in `{folder}`");
        for name in NOTICES {
            copy(&workspace.root().join(name), &stage.join(folder).join(name))?;
        }
    }
    copy(module, &stage.join("guest-lua").join(guest::MODULE))?;
    let manifest =
        fs::read_to_string(workspace.root().join("Cargo.toml")).context("cannot read Cargo.toml")?;
    fs::write(stage.join("Cargo.toml"), with_members(&manifest, &CRATES)?)?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("cannot copy `{}`", from.display()))?;
    Ok(())
}

/// The workspace's manifest with another list of members.
fn with_members(manifest: &str, members: &[&str]) -> Result<String> {
    let key = "\nmembers = [";
    let (head, rest) =
        manifest.split_once(key).context("Cargo.toml has no line that begins with `members = [`")?;
    let (_, tail) = rest.split_once(']').context("the list of members in Cargo.toml has no end")?;
    Ok(format!("{head}{key}\"{}\"]{tail}", members.join("\", \"")))
}

/// Builds the library in the stage as somebody does who has nothing but the crates. Cargo's own
/// folder is shared: wasmtime is not built again.
fn check(workspace: &Workspace, stage: &Path) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo.current_dir(stage).env_remove("BIOXEN_ZIG").env_remove("BIOXEN_GUEST");
    cargo
        .args(["check", "--release", "--package", "bioxen-lua", "--target-dir"])
        .arg(workspace.cargo_target()?);
    let checked = succeed(&mut cargo);
    // Cargo tells a crate by its place in its workspace: it would take what was built of the stage for what
    // is built of the sources here, and never look at these again.
    let mut clean = workspace.cargo();
    clean.current_dir(stage).args(["clean", "--release"]);
    for name in ["bioxen-lua-guest-build", "bioxen-lua-guest", "bioxen-lua"] {
        clean.args(["--package", name]);
    }
    succeed(clean.arg("--target-dir").arg(workspace.cargo_target()?))?;
    checked
}

/// Packs each crate and says where the files are. Nothing is asked of a registry: cargo takes the
/// crates' versions of each other from the stage.
fn pack(workspace: &Workspace, stage: &Path, package: &Path) -> Result<Vec<PathBuf>> {
    let target = stage.join("target");
    let mut cargo = workspace.cargo();
    cargo.current_dir(stage).args(["package", "--workspace", "--no-verify", "--allow-dirty", "--offline"]);
    succeed(cargo.arg("--target-dir").arg(&target))?;
    let mut made = Vec::new();
    for entry in fs::read_dir(target.join("package"))? {
        let packed = entry?.path();
        if packed.extension().is_some_and(|extension| extension == "crate") {
            let place = package.join(packed.file_name().context("a file has a name")?);
            fs::rename(&packed, &place)?;
            made.push(place);
        }
    }
    made.sort();
    ensure!(made.len() == CRATES.len(), "cargo packed {} crates, expected {}", made.len(), CRATES.len());
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(members: &str) {
        let manifest = format!("[workspace]\nmembers = {members}\n\n[x]\ny = [\"z\"]\n");
        let expected = "[workspace]\nmembers = [\"a\", \"b\"]\n\n[x]\ny = [\"z\"]\n";
        assert_eq!(with_members(&manifest, &["a", "b"]).unwrap(), expected);
    }

    #[test]
    fn the_list_of_members_is_replaced() {
        check("[\"c\"]");
        check("[]");
        check("[\n    \"c\",\n    \"d\",\n]");
    }

    #[test]
    fn a_manifest_without_members_is_refused() {
        assert!(with_members("[workspace]\n", &["a"]).is_err());
        assert!(with_members("[workspace]\nmembers = [\"a\",\n", &["a"]).is_err());
    }
}
