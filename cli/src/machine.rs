//! The engine and the VM of a command, on the command's own output streams.

use bioxen_lua::{Engine, EngineConfig, Vm, VmConfig};

use crate::isolate::Reach;
use crate::report::Fault;
use crate::streams::Streams;
use crate::vm_arguments::VmArguments;

/// An engine for one VM, whose input and files need a thread each at most.
pub fn engine() -> Result<Engine, Fault> {
    Ok(Engine::with(EngineConfig { live_vms: 1, blocking_threads: 2, ..EngineConfig::default() })?)
}

/// The same for a program: the process is locked in where that is asked for, before any thread has started.
pub fn isolated(given: &VmArguments, needs: Reach) -> Result<Engine, Fault> {
    given.isolated(needs, engine)
}

/// A VM that writes to the streams, and is stopped when one of them breaks.
pub fn vm(engine: &Engine, config: VmConfig, streams: &Streams) -> Result<Vm, Fault> {
    let vm = Vm::new(engine, config.stdout(streams.stdout.clone()).stderr(streams.stderr.clone()))?;
    streams.stop_when_broken(&vm.interrupt_handle());
    Ok(vm)
}
