//! Calls of host functions, from a loop in Lua.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use bioxen_lua::{HostModule, Vm, VmConfig};
use mlua::Lua;

use crate::measure::Pairs;
use crate::native;
use crate::plan::Plan;
use crate::report::{Row, Target};

/// Calls in a sample.
const BATCH: u32 = 20_000;

/// Chosen: a microsecond for a call, there and back, the loop around it included.
const TARGET: Duration = Duration::from_micros(1);

/// A loop over a host function, which each side brings as the global `host`. The last value shows that
/// all calls took place.
struct Loop {
    name: &'static str,
    function: &'static str,
    source: &'static str,
    result: &'static str,
}

const LOOPS: [Loop; 2] = [
    Loop {
        name: "host call, integer",
        function: "increment",
        source: "local f, x = host.increment, 0; for _ = 1, 20000 do x = f(x) end; return tostring(x)",
        result: "20000",
    },
    Loop {
        name: "host call, short string",
        function: "echo",
        source: "local f, x = host.echo, 'GATTACA'; for _ = 1, 20000 do x = f(x) end; return x",
        result: "GATTACA",
    },
];

pub fn rows(plan: &Plan) -> Result<Vec<Row>> {
    LOOPS.iter().map(|each| row(plan, each)).collect()
}

fn row(plan: &Plan, each: &Loop) -> Result<Row> {
    let mut vm = vm(plan)?;
    let lua = state()?;
    let pairs = Pairs::measure(plan.rounds(20, 60), || ours(&mut vm, each), || native(&lua, each))?;
    let target = Target::seconds("median", pairs.ours().median, TARGET);
    Ok(Row::paired("call", each.name, &pairs).target(target).note(format!("`{}`", each.function)))
}

fn vm(plan: &Plan) -> Result<Vm> {
    let module = HostModule::new("host")
        .function("increment", |_caller, x: i64| Ok::<_, String>(x + 1))
        .function("echo", |_caller, text: String| Ok::<_, String>(text));
    let mut vm = Vm::new(&plan.engine, VmConfig::default().module(module))?;
    vm.exec("host = require('host')").wait()?.value::<()>()?;
    Ok(vm)
}

fn state() -> Result<Lua> {
    let lua = native::state()?;
    let host = lua.create_table()?;
    host.set("increment", lua.create_function(|_, x: i64| Ok(x + 1))?)?;
    host.set("echo", lua.create_function(|_, text: String| Ok(text))?)?;
    lua.globals().set("host", host)?;
    Ok(lua)
}

fn ours(vm: &mut Vm, each: &Loop) -> Result<Duration> {
    let start = Instant::now();
    let result = vm.exec(each.source).wait()?.value::<String>()?;
    let elapsed = start.elapsed();
    ensure!(result == each.result, "`{}` gave {result}", each.function);
    Ok(elapsed / BATCH)
}

fn native(lua: &Lua, each: &Loop) -> Result<Duration> {
    let start = Instant::now();
    let result = lua.load(each.source).eval::<String>()?;
    let elapsed = start.elapsed();
    ensure!(result == each.result, "native `{}` gave {result}", each.function);
    Ok(elapsed / BATCH)
}
