//! Packages: twelve of them into a new environment, once more into the same one, and a module of one of them in a fresh VM.
//! The rivals are the real LuaRocks, which installs the same rocks into a tree of its own, and native Lua, which
//! requires the module from there.
//!
//! The rocks are those that `cargo xtask mirror` makes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bioxen_lua::{Environment, Environments, InstallOptions, Repository, Requirement, Vm, VmConfig};
use tempfile::TempDir;

use crate::measure::{Pairs, Summary};
use crate::native;
use crate::plan::Plan;
use crate::report::{Row, Target};

/// What a working set of packages is made of.
const PACKAGES: [&str; 12] = [
    "penlight",
    "dkjson",
    "inspect",
    "say",
    "luassert",
    "argparse",
    "basexx",
    "inifile",
    "binaryheap",
    "fifo",
    "lua-messagepack",
    "luaunit",
];

/// Chosen, for the median.
const COLD: Duration = Duration::from_secs(1);
const NOTHING: Duration = Duration::from_millis(50);
/// Chosen: what a module may add to the median of a fresh VM that runs nothing.
const MODULE: Duration = Duration::from_millis(10);

const EMPTY: &str = "return 1";
const REQUIRE: &str = "return #require('pl.List').range(1, 3)";

pub fn rows(plan: &Plan) -> Result<Vec<Row>> {
    let Some(server) = server()? else {
        eprintln!(
            "skipped: packages are measured where `cargo xtask mirror` made rocks and `luarocks` is installed"
        );
        return Ok(Vec::new());
    };
    let tree = tempfile::tempdir()?;
    PACKAGES.iter().try_for_each(|name| luarocks(tree.path(), &server, name))?;
    let world = World::new(plan, &server)?;
    world.install()?;
    Ok(vec![cold(plan, &server)?, nothing(plan, &world)?, module(plan, &world, tree.path())?])
}

/// The server that the tests have, if everything is there that it is measured with.
fn server() -> Result<Option<PathBuf>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/mirror.sh");
    let Ok(said) = Command::new("bash").arg(&script).arg("--where").output() else { return Ok(None) };
    let server = Path::new(String::from_utf8(said.stdout)?.trim_end()).join("server");
    let luarocks = Command::new("luarocks").arg("--version").stdout(Stdio::null()).status();
    Ok((server.is_dir() && luarocks.is_ok_and(|status| status.success())).then_some(server))
}

/// An environment that gets its packages from the server.
struct World {
    _folder: TempDir,
    environment: Environment,
    wanted: Vec<Requirement>,
}

impl World {
    fn new(plan: &Plan, server: &Path) -> Result<World> {
        let folder = tempfile::tempdir()?;
        let environments = Environments::open(&plan.engine, folder.path())?;
        let repository = Repository::new("rocks", server.to_str().context("a path that is text")?)?;
        environments.repositories().add(repository).wait()?;
        let environment = environments.create("bench").wait()?;
        let wanted = PACKAGES.iter().map(|name| name.parse()).collect::<Result<_, _>>()?;
        Ok(World { _folder: folder, environment, wanted })
    }

    fn install(&self) -> Result<Duration> {
        let start = Instant::now();
        self.environment.install(&self.wanted, InstallOptions::default()).wait()?;
        Ok(start.elapsed())
    }
}

/// The real one, as somebody would type it, but that it does not look for what a package needs: two of them need what
/// is compiled.
fn luarocks(tree: &Path, server: &Path, name: &str) -> Result<()> {
    let mut luarocks = Command::new("luarocks");
    luarocks.args(["--lua-version", "5.4", "--tree"]).arg(tree).env("HOME", tree);
    luarocks.args(["install", "--deps-mode", "none", "--only-server"]).arg(server).arg(name);
    let output = luarocks.output().context("cannot start luarocks")?;
    ensure!(output.status.success(), "luarocks: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn cold(plan: &Plan, server: &Path) -> Result<Row> {
    let ours = || {
        let start = Instant::now();
        World::new(plan, server)?.install()?;
        Ok(start.elapsed())
    };
    let rival = || {
        let tree = tempfile::tempdir()?;
        let start = Instant::now();
        PACKAGES.iter().try_for_each(|name| luarocks(tree.path(), server, name))?;
        Ok(start.elapsed())
    };
    let pairs = Pairs::measure(plan.rounds(2, 10), ours, rival)?;
    let row = Row::paired("packages", "twelve packages into a new environment", &pairs);
    let row = row.target(Target::seconds("median", pairs.ours().median, COLD));
    Ok(row.note("from a folder, everything to disk; rival: `luarocks install` of each"))
}

fn nothing(plan: &Plan, world: &World) -> Result<Row> {
    let mut times = Vec::new();
    for _ in 0..plan.rounds(20, 100) {
        times.push(world.install()?.as_secs_f64());
    }
    let times = Summary::of(&times);
    let row = Row::new("packages", "the same once more, which changes nothing").ours(times);
    Ok(row.target(Target::seconds("median", times.median, NOTHING)))
}

fn module(plan: &Plan, world: &World, tree: &Path) -> Result<Row> {
    let rounds = plan.rounds(40, 200);
    let path = format!("{0}/share/lua/5.4/?.lua;{0}/share/lua/5.4/?/init.lua", tree.display());
    let rival = || {
        let start = Instant::now();
        let lua = native::state()?;
        lua.globals().get::<mlua::Table>("package")?.set("path", path.as_str())?;
        ensure!(lua.load(REQUIRE).eval::<i64>()? == 3);
        Ok(start.elapsed())
    };
    let pairs = Pairs::measure(rounds, || fresh(plan, world.environment.vm_config()?, REQUIRE, 3), rival)?;
    let mut empty = Vec::new();
    for _ in 0..rounds {
        empty.push(fresh(plan, VmConfig::default(), EMPTY, 1)?.as_secs_f64());
    }
    let more = pairs.ours().median - Summary::of(&empty).median;
    let row = Row::paired("packages", "fresh VM of it, `require` of a module of penlight", &pairs);
    Ok(row
        .target(Target::seconds("above an empty VM", more, MODULE))
        .note("rival: a native state and the same file out of LuaRocks' tree"))
}

fn fresh(plan: &Plan, config: VmConfig, chunk: &str, expected: i64) -> Result<Duration> {
    let start = Instant::now();
    let mut vm = Vm::new(&plan.engine, config)?;
    ensure!(vm.exec(chunk).wait()?.value::<i64>()? == expected);
    Ok(start.elapsed())
}
