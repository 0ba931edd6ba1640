//! The verbs that build the guest and write it out.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::workspace::{self, Workspace};
use crate::{no_arguments, setup};

/// The pre-initialised module, as the build step of `bioxen-lua-guest` names it.
pub const MODULE: &str = "guest.wasm";
/// The same as a component, as the build step of `bioxen-tests` names it.
const COMPONENT: &str = "guest.component.wasm";
/// Tells build steps and tests to take what they made as what is expected.
const BLESS: &str = "BIOXEN_BLESS";
const GOLDEN: &str = "--golden";

pub fn build_verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    no_arguments("guest", &arguments)?;
    build(workspace)?;
    Ok(ExitCode::SUCCESS)
}

/// Builds the guest and says where the module was written.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    setup::compiler(workspace)?;
    let arguments = ["build", "--release", "--package", "bioxen-lua-guest"];
    let folder = build_output(workspace, "bioxen-lua-guest", &arguments, Digests::Compared)?;
    deliver(workspace, &folder.join(MODULE))
}

pub fn bless_verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    let golden = match arguments.as_slice() {
        [] => false,
        [word] if word == GOLDEN => true,
        _ => bail!("`cargo xtask bless` takes `{GOLDEN}` and nothing else"),
    };
    setup::compiler(workspace)?;
    let arguments = ["build", "--release", "--package", "bioxen-lua-guest"];
    let folder = build_output(workspace, "bioxen-lua-guest", &arguments, Digests::Renewed)?;
    let module = deliver(workspace, &folder.join(MODULE))?;
    let digest = workspace.root().join("guest-lua/guest.sha256");
    fs::write(&digest, format!("{}  {MODULE}\n", sha256(&module)?))
        .with_context(|| format!("cannot write `{}`", digest.display()))?;
    eprintln!("bless: wrote {}", workspace.shown(&digest));
    if golden {
        return bless_golden_files(workspace);
    }
    Ok(ExitCode::SUCCESS)
}

fn bless_golden_files(workspace: &Workspace) -> Result<ExitCode> {
    setup::suite(workspace)?;
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--release", "--package", "bioxen-tests"]).env(BLESS, "1");
    workspace::status(&mut cargo)
}

pub fn component_verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    no_arguments("component", &arguments)?;
    setup::compiler(workspace)?;
    // The build step runs only for a target of the package; its tests are the ones it has.
    let arguments = ["build", "--release", "--package", "bioxen-tests", "--tests"];
    let folder = build_output(workspace, "bioxen-tests", &arguments, Digests::Compared)?;
    deliver(workspace, &folder.join(COMPONENT))?;
    Ok(ExitCode::SUCCESS)
}

/// Builds all tests, and says where the build step of `package` left its files.
pub fn output_of_tests(workspace: &Workspace, package: &str) -> Result<PathBuf> {
    let arguments = ["test", "--release", "--workspace", "--no-run"];
    build_output(workspace, package, &arguments, Digests::Compared)
}

/// Whether the build compares the guest's digest with the one in the repository.
enum Digests {
    Compared,
    Renewed,
}

/// Builds, and says where the build step of `package` left its files.
fn build_output(
    workspace: &Workspace,
    package: &str,
    arguments: &[&str],
    digests: Digests,
) -> Result<PathBuf> {
    let metadata = workspace.metadata(&["--no-deps"])?;
    let id = package_id(&metadata, package)
        .with_context(|| format!("the workspace has no package `{package}`"))?;
    let mut cargo = workspace.cargo();
    // Warnings and errors still go to the terminal as text.
    cargo.args(arguments).arg("--message-format=json-render-diagnostics");
    if let Digests::Renewed = digests {
        cargo.env(BLESS, "1");
    }
    let messages = workspace::output(&mut cargo)?;
    out_dir(&messages, id).with_context(|| format!("`{package}` has no build step that ran"))
}

fn package_id<'a>(metadata: &'a Value, name: &str) -> Option<&'a str> {
    let packages = metadata["packages"].as_array()?;
    packages.iter().find(|package| package["name"] == name)?["id"].as_str()
}

/// The folder of the package's build step in what `cargo build` reports, a message on each line.
fn out_dir(messages: &str, id: &str) -> Option<PathBuf> {
    let mut messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ran = messages
        .find(|message| message["reason"] == "build-script-executed" && message["package_id"] == id)?;
    ran["out_dir"].as_str().map(PathBuf::from)
}

/// Copies a file to `target/guest` and prints its digest and place.
fn deliver(workspace: &Workspace, made: &Path) -> Result<PathBuf> {
    let folder = workspace.target().join("guest");
    fs::create_dir_all(&folder)?;
    let copy = folder.join(made.file_name().context("a file has a name")?);
    // A program that reads the old file keeps it whole.
    let fresh = copy.with_extension("new");
    fs::copy(made, &fresh).with_context(|| format!("the build step left no `{}`", made.display()))?;
    fs::rename(&fresh, &copy)?;
    println!("{}  {}", sha256(&copy)?, workspace.shown(&copy));
    Ok(copy)
}

fn sha256(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = r#"{"reason":"compiler-artifact","package_id":"a#1"}
not JSON
{"reason":"build-script-executed","package_id":"b#1","out_dir":"/b"}
{"reason":"build-script-executed","package_id":"a#1","out_dir":"/a"}"#;

    #[test]
    fn the_folder_of_the_right_build_step_is_found() {
        assert_eq!(out_dir(MESSAGES, "a#1"), Some("/a".into()));
        assert_eq!(out_dir(MESSAGES, "c#1"), None);
        assert_eq!(out_dir("", "a#1"), None);
    }

    #[test]
    fn a_package_is_known_by_its_name() {
        let metadata = serde_json::json!({"packages": [{"name": "x", "id": "x#1"}]});
        assert_eq!(package_id(&metadata, "x"), Some("x#1"));
        assert_eq!(package_id(&metadata, "y"), None);
        assert_eq!(package_id(&Value::Null, "x"), None);
    }
}
