//! The guest, encoded with `wit/` into a component, runs in a host that knows nothing but the contract.

use wasmtime::component::{Component, ComponentType, Lift, Linker, Lower, ResourceTable};
use wasmtime::{Config, Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

const HOST: &str = "bioxen:lua/host@0.1.0";
const VM: &str = "bioxen:lua/vm@0.1.0";

#[derive(ComponentType, Lift, Lower)]
#[component(record)]
struct Reply {
    total: u32,
    first: Vec<u8>,
}

#[derive(Default)]
struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

fn integer(value: i64) -> Vec<u8> {
    [&[3][..], &value.to_le_bytes()].concat()
}

/// Seeds, three ceilings, no mounts, no module path, no folder for temporary files, seed anew.
fn settings() -> Reply {
    let numbers = [1, 2, 1 << 20, 1 << 16, 1 << 20].map(integer).concat();
    let first = [&numbers[..], &[1, 0, 0, 1]].concat();
    Reply { total: first.len() as u32, first }
}

fn linker(engine: &Engine) -> wasmtime::Result<Linker<Host>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    let nothing = || Ok((Reply { total: 0, first: Vec::new() },));
    let mut host = linker.instance(HOST)?;
    host.func_wrap("settings", |_, ()| Ok((settings(),)))?;
    host.func_wrap("more", |_, (_,): (u32,)| Ok((Vec::<u8>::new(),)))?;
    host.func_wrap("module", move |_, (_,): (Vec<u8>,)| nothing())?;
    host.func_wrap("call", move |_, (_, _): (u32, Vec<u8>)| nothing())?;
    host.func_wrap("variable", move |_, (_,): (Vec<u8>,)| nothing())?;
    host.func_wrap("denied", |_, (_,): (Vec<u8>,)| Ok(()))?;
    host.func_wrap("running-time", |_, ()| Ok((0u64,)))?;
    host.func_wrap("sleep", |_, (_,): (u64,)| Ok(()))?;
    host.func_wrap("exit", |_, (_,): (i32,)| Err::<(), _>(wasmtime::Error::msg("exit")))?;
    Ok(linker)
}

fn exec(source: &str) -> wasmtime::Result<Vec<u8>> {
    let mut config = Config::new();
    bioxen_lua_guest::configure(&mut config);
    let engine = Engine::new(&config)?;
    let image = include_bytes!(concat!(env!("OUT_DIR"), "/guest.component.cwasm"));
    // SAFETY: the build step of this crate made these bytes from the guest under the same settings.
    let component = unsafe { Component::deserialize(&engine, image) }?;
    let mut store = Store::new(&engine, Host::default());
    store.set_fuel(1_000_000_000)?;
    let instance = linker(&engine)?.instantiate(&mut store, &component)?;
    let vm = instance.get_export_index(&mut store, None, VM).expect("the component exports `vm`");
    let exec = instance.get_export_index(&mut store, Some(&vm), "exec").expect("`vm` has `exec`");
    let exec = instance.get_typed_func::<(&[u8], &[u8], &[u8]), (Vec<u8>,)>(&mut store, &exec)?;
    let (answer,) = exec.call(&mut store, (source.as_bytes(), b"=component", b""))?;
    Ok(answer)
}

#[test]
fn a_component_host_runs_a_chunk() {
    let sum = exec("return 1+1").expect("the chunk runs");
    assert_eq!(sum, [&[0][..], &integer(2)].concat());
}

#[test]
fn lists_longer_than_the_transfer_buffer_cross_into_a_component() {
    let length = exec(&format!("return #'{}'", "x".repeat(100_000))).expect("the chunk runs");
    assert_eq!(length, [&[0][..], &integer(100_000)].concat());
}
