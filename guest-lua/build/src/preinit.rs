//! Runs the module's initialisation once and keeps the memory it leaves, reproducibly: the imports
//! that it may call answer constants, so no clock, randomness, variable or folder of the building
//! machine gets in. Any other import is a mistake and ends the build.

use anyhow::{Context, Result, anyhow};
use wasmtime::{Caller, Engine, Extern, Instance, Linker, Memory, Module, Store, Val};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType, Wizer};

use crate::ahead;

const INITIALISE: &str = "initialize";
const WASI: &str = "wasi_snapshot_preview1";

/// WASI's errno for a handle that is not open.
const BAD_HANDLE: i32 = 8;

/// The module with its state made, and `initialize` no longer exported.
pub fn initialised(linked: &[u8]) -> Result<Vec<u8>> {
    let mut wizer = Wizer::new();
    wizer.init_func(INITIALISE);
    let (context, instrumented) = wizer.instrument(linked).map_err(|error| anyhow!("{error:?}"))?;
    let engine = ahead::plain_engine()?;
    let module = Module::new(&engine, &instrumented).map_err(|error| anyhow!("{error:?}"))?;
    let mut store = Store::new(&engine, ());
    let instance = instance(&engine, &module, &mut store).map_err(|error| anyhow!("{error:?}"))?;
    for function in ["_initialize", INITIALISE] {
        instance
            .get_typed_func::<(), ()>(&mut store, function)
            .and_then(|function| function.call(&mut store, ()))
            .map_err(|error| anyhow!("{error:?}"))
            .with_context(|| format!("`{function}` of the guest failed"))?;
    }
    let mut state = State { store, instance };
    block_on(wizer.snapshot(&context, &mut state)).map_err(|error| anyhow!("{error:?}"))
}

fn instance(engine: &Engine, module: &Module, store: &mut Store<()>) -> wasmtime::Result<Instance> {
    let mut linker = Linker::new(engine);
    linker.func_wrap(WASI, "fd_prestat_get", |_handle: i32, _result: i32| BAD_HANDLE)?;
    linker.func_wrap(WASI, "environ_sizes_get", |mut caller: Caller<'_, ()>, count: i32, size: i32| {
        store_zero(&mut caller, count, 4)?;
        store_zero(&mut caller, size, 4)?;
        Ok(0)
    })?;
    linker.func_wrap(WASI, "environ_get", |_list: i32, _text: i32| 0)?;
    linker.func_wrap(
        WASI,
        "clock_time_get",
        |mut caller: Caller<'_, ()>, _clock: i32, _precision: i64, time: i32| {
            store_zero(&mut caller, time, 8)?;
            Ok(0)
        },
    )?;
    linker.define_unknown_imports_as_traps(module)?;
    linker.instantiate(store, module)
}

fn store_zero(caller: &mut Caller<'_, ()>, address: i32, size: usize) -> wasmtime::Result<()> {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        wasmtime::bail!("the guest exports no memory");
    };
    memory.write(caller, address as u32 as usize, &[0; 8][..size])?;
    Ok(())
}

struct State {
    store: Store<()>,
    instance: Instance,
}

impl InstanceState for State {
    async fn global_get(&mut self, name: &str, _kind: ValType) -> SnapshotVal {
        let global = self.instance.get_global(&mut self.store, name).expect("wizer exports every global");
        match global.get(&mut self.store) {
            Val::I32(value) => SnapshotVal::I32(value),
            Val::I64(value) => SnapshotVal::I64(value),
            other => panic!("the guest has no global such as {other:?}"),
        }
    }

    async fn memory_contents(&mut self, name: &str, contents: impl FnOnce(&[u8]) + Send) {
        let memory: Memory =
            self.instance.get_memory(&mut self.store, name).expect("wizer exports every memory");
        contents(memory.data(&self.store));
    }
}

/// Wizer's futures never wait: the state above answers at once.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => unreachable!("reading the memory of an instance never waits"),
    }
}
