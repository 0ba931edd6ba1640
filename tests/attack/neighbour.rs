//! What must not notice the attacks: a session that was opened before them, and VMs that come after each.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use bioxen_lua::{Engine, Manager, ManagerConfig, Session, Vm, VmConfig, VmId};

pub struct Neighbour {
    engine: Engine,
    _manager: Manager,
    session: Session,
    secret: String,
}

impl Neighbour {
    /// A session whose state holds the secret.
    pub fn new(engine: &Engine, secret: &str) -> Result<Neighbour> {
        let manager = Manager::new(engine, ManagerConfig::default())?;
        let session = manager.create_session(VmId::new("neighbour")?, VmConfig::default())?;
        let neighbour =
            Neighbour { engine: engine.clone(), _manager: manager, session, secret: secret.to_string() };
        neighbour.ask(&format!("secret = '{secret}' kept = {{ n = 1 }}"))?;
        Ok(neighbour)
    }

    /// The session answers, and has its variables.
    pub fn is_well(&self) -> Result<()> {
        let answer = self.ask("kept.n = kept.n + 1 print(#secret, type(kept.n))")?;
        ensure!(answer == format!("{}\tnumber\n", self.secret.len()), "the neighbour answers {answer:?}");
        Ok(())
    }

    /// What the session prints.
    fn ask(&self, line: &str) -> Result<String> {
        let sent = self.session.send(format!("{line}\n"))?.wait()?;
        ensure!(sent.failed == 0, "the neighbour fails: {sent:?}");
        Ok(self.session.read()?.to_text().into_owned())
    }

    /// How long a new VM takes for one line.
    pub fn fresh_vm(&self) -> Result<Duration> {
        let begin = Instant::now();
        let mut vm = Vm::new(&self.engine, VmConfig::default())?;
        let sum: i64 = vm.exec("return 1 + 1").wait()?.value().context("a new VM adds 1 and 1")?;
        ensure!(sum == 2, "a new VM adds 1 and 1 to {sum}");
        drop(vm);
        Ok(begin.elapsed())
    }
}
