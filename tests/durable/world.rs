//! A process that has a bit of everything: VMs, a manager, files, functions of the host, a session on disk.

use std::path::Path;
use std::time::Duration;

use bioxen_lua::{
    Engine, EngineConfig, Failure, HostModule, Limits, ManagedVm, Manager, ManagerConfig, Mount, Outcome,
    Persistence, Session, SessionConfig, Vm, VmConfig, VmId,
};

/// A VM, a VM of a manager and a session on disk, all with a variable `n` that is 1.
pub struct World {
    pub engine: Engine,
    vm: Vm,
    pub manager: Manager,
    managed: ManagedVm,
    session: Session,
}

pub fn small_engine() -> Engine {
    Engine::with(EngineConfig { live_vms: 20, ..EngineConfig::default() }).expect("an engine")
}

pub fn id(name: &str) -> VmId {
    VmId::new(name).expect("a good name")
}

impl World {
    pub fn new(directory: &Path) -> World {
        let engine = small_engine();
        std::fs::create_dir(directory.join("data")).expect("made");
        let limits = Limits { time: Some(Duration::from_secs(60)), ..Limits::default() };
        let config = || {
            let data = Mount::read_write(directory.join("data"), "/data").expect("a mount");
            let module = HostModule::new("m")
                .blocking_function("blocking", |_, number: i64| Ok::<_, String>(number + 1))
                .async_function("asynchronous", |_, number: i64| async move { Ok::<_, String>(number + 1) });
            VmConfig::default().limits(limits.clone()).mount(data).module(module)
        };
        let settings =
            ManagerConfig { state_dir: Some(directory.join("states")), limits: Limits::none(), ..workers(1) };
        let manager = Manager::new(&engine, settings).expect("a manager");
        let vm = Vm::new(&engine, config()).expect("a VM");
        let managed = manager.create_vm(id("managed"), config()).expect("a VM");
        let durable =
            SessionConfig { persistence: Persistence::EachCall, vm: config(), ..SessionConfig::default() };
        let session = manager.create_session(id("durable"), durable).expect("a session");
        let mut world = World { engine, vm, manager, managed, session };
        assert_eq!(integer(&world.exec("n = 1 return n")), 1);
        world.send("n = 1").expect("saved");
        world
    }

    pub fn exec(&mut self, chunk: &str) -> Outcome {
        self.managed.exec(chunk).expect("queued").wait().expect("an outcome");
        self.vm.exec(chunk).wait().expect("an outcome")
    }

    /// Gives the variable as the session has it now.
    pub fn send(&self, chunk: &str) -> bioxen_lua::Result<i64> {
        let sent = self.session.send(chunk)?.wait()?;
        assert_eq!(sent.failed, 0, "{sent:?}");
        self.session.vm().get("n")?.wait()
    }

    /// What needs nothing more of the system goes on.
    pub fn computes(&mut self) {
        for _ in 0..20 {
            assert_eq!(
                integer(&self.exec("local t = {} for i = 1, 1e5 do t[i] = i end return n + #t")),
                100_001
            );
            let failed = self.exec("local ok = pcall(error, {}) error('thrown', 0)");
            assert!(matches!(&failed.result, Err(Failure::Raised { message, .. }) if message == "thrown"));
        }
    }

    /// Functions of the host, files, sessions and new VMs work.
    pub fn does_everything(&mut self) {
        self.computes();
        let chunk = "local m = require('m') local f = assert(io.open('/data/x', 'w')) f:write('text') f:close() \
                     assert(os.remove('/data/x')) return m.blocking(1) + m.asynchronous(1)";
        assert_eq!(integer(&self.exec(chunk)), 4);
        assert_eq!(self.send("n = n * 1").expect("saved"), 1);
        let vm = self.manager.create_vm(id("new"), VmConfig::default()).expect("a VM");
        assert_eq!(integer(&vm.exec("return 1").expect("queued").wait().expect("an outcome")), 1);
        vm.terminate().expect("it lives");
        let copies = self.session.fork(vec![id("copy")]).expect("queued").wait().expect("made and saved");
        copies[0].terminate().expect("it lives");
        assert_eq!(self.manager.vms().expect("a list").len(), 2);
    }
}

pub fn workers(workers: usize) -> ManagerConfig {
    ManagerConfig { workers, ..ManagerConfig::default() }
}

#[track_caller]
pub fn integer(outcome: &Outcome) -> i64 {
    outcome.value().unwrap_or_else(|error| panic!("{error}: {outcome:?}"))
}

#[track_caller]
pub fn text(outcome: &Outcome) -> String {
    outcome.value().unwrap_or_else(|error| panic!("{error}: {outcome:?}"))
}
