//! `cargo xtask python`: the Python package, from its sources to a wheel that was checked, installed and tested.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, anyhow, bail};

use crate::checks::wheel;
use crate::python::Python;
use crate::setup;
use crate::venv::Venv;
use crate::workspace::{self, Workspace, succeed};

/// The name that programs import.
const PACKAGE: &str = "pylua_bioxen_vm_lib";
/// What the smallest program says, in an environment that holds the wheel alone.
const FIRST_PROGRAM: &str = "\
from pylua_bioxen_vm_lib import create_vm
result = create_vm('first').execute_string('return 2 + 2')
assert result['stdout'] == '4' and result['success'], result";

pub fn verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    let place = Place::of(workspace)?;
    let venv = install(workspace, &place)?;
    types(workspace, &place, &venv)?;
    eprintln!("python: running the tests");
    let mut pytest = venv.python();
    // In the folder of the tests: what they start must find the installed package, not the sources beside them. No
    // cache: nothing is written there.
    pytest.current_dir(workspace.root().join("python/tests")).args([
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
    ]);
    workspace::status(pytest.args(arguments))
}

/// Everything that the verb does, where nothing may fail.
pub fn check(workspace: &Workspace) -> Result<()> {
    let status = verb(workspace, Vec::new())?;
    if status != ExitCode::SUCCESS {
        bail!("the tests of the Python package failed: pytest says above which");
    }
    Ok(())
}

/// Measures the package, in an environment that holds its rival too.
pub fn bench(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    let place = Place::of(workspace)?;
    let wheel = build(workspace, &place)?;
    let sources = workspace.root().join("bench/python");
    let venv = Venv::with(&place.python, place.folder.join("bench"), &sources.join("requirements.txt"))?;
    venv.install(&place.python, &wheel)?;
    let mut bench = venv.python();
    workspace::status(bench.current_dir(&place.folder).arg(&sources).args(arguments))
}

/// Builds the wheel, checks it, and puts it into the environment where its tests run.
fn install(workspace: &Workspace, place: &Place) -> Result<Venv> {
    let wheel = build(workspace, place)?;
    eprintln!("python: checking {}", workspace.shown(&wheel));
    wheel::check(workspace, &place.python, &wheel, PACKAGE)?;
    let fresh = Venv::fresh(&place.python, place.folder.join("fresh"))?;
    fresh.install(&place.python, &wheel)?;
    succeed(fresh.python().current_dir(&place.folder).args(["-c", FIRST_PROGRAM]))?;
    let venv = place.tools(workspace)?;
    venv.install(&place.python, &wheel)?;
    Ok(venv)
}

/// Builds the wheel and says where it is.
fn build(workspace: &Workspace, place: &Place) -> Result<PathBuf> {
    setup::compiler(workspace)?;
    let venv = place.tools(workspace)?;
    let wheels = place.folder.join("wheels");
    if wheels.exists() {
        fs::remove_dir_all(&wheels).with_context(|| format!("cannot remove `{}`", wheels.display()))?;
    }
    eprintln!(
        "python: building the wheel (the first time takes minutes: it builds wasmtime without its compiler)"
    );
    let mut maturin = Command::new(venv.program("maturin"));
    workspace.prepare(&mut maturin);
    maturin.args(["build", "--release", "--locked", "--manifest-path", "python/Cargo.toml"]);
    maturin.arg("--interpreter").arg(venv.program("python")).arg("--out").arg(&wheels);
    succeed(&mut maturin)?;
    let mut made = fs::read_dir(&wheels)?;
    match (made.next(), made.next()) {
        (Some(wheel), None) => Ok(wheel?.path()),
        _ => bail!("`{}` does not hold one wheel", workspace.shown(&wheels)),
    }
}

/// The types of the package, and whether the stub of the native module says what that has.
fn types(workspace: &Workspace, place: &Place, venv: &Venv) -> Result<()> {
    eprintln!("python: checking the types");
    let package = workspace.root().join("python");
    let mut mypy = venv.python();
    mypy.current_dir(&package).args(["-m", "mypy", "--cache-dir"]).arg(place.folder.join("mypy"));
    succeed(mypy.arg(PACKAGE))?;
    // It reads the module that is installed, so it starts where the sources are not.
    let mut stubtest = venv.python();
    stubtest.current_dir(&place.folder).args(["-m", "mypy.stubtest", "--concise"]);
    succeed(stubtest.arg(format!("{PACKAGE}._native")))
}

/// Where the package is made, and with which Python.
struct Place {
    folder: PathBuf,
    python: Python,
}

impl Place {
    fn of(workspace: &Workspace) -> Result<Place> {
        let folder = workspace.target().join("python");
        let scratch = folder.join("tmp");
        fs::create_dir_all(&scratch).with_context(|| format!("cannot make `{}`", scratch.display()))?;
        let python = Python::find(&scratch).and_then(Python::with_pip).map_err(|missing| anyhow!(missing))?;
        Ok(Place { folder, python })
    }

    /// The environment that holds what builds and tests.
    fn tools(&self, workspace: &Workspace) -> Result<Venv> {
        let requirements: &Path = &workspace.root().join("python/requirements-dev.txt");
        Venv::with(&self.python, self.folder.join("venv"), requirements)
    }
}
