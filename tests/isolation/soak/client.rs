//! One of those who use a manager at the same time, and what it knows of its sessions.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use bioxen_lua::{
    Engine, Environment, ErrorKind, Failure, Limits, Manager, Outcome, Session, Snapshot, Vm, VmConfig, VmId,
};

use crate::random::Random;

use super::session_config;

/// Sessions of each client.
const SLOTS: u64 = 4;

/// How often what was done.
pub type Steps = BTreeMap<&'static str, u64>;

/// What a session must hold: how far it has counted, and since when its output is unread.
#[derive(Debug, Clone, Copy, PartialEq)]
struct State {
    n: i64,
    unread: i64,
}

/// What a client knows, from one manager to the next.
pub struct Kept {
    client: u64,
    random: Random,
    states: BTreeMap<u64, State>,
    snapshot: Option<(Vec<u8>, i64)>,
}

impl Kept {
    pub fn new(client: u64) -> Kept {
        Kept { client, random: Random(client + 1), states: BTreeMap::new(), snapshot: None }
    }
}

pub struct Client<'a> {
    manager: &'a Manager,
    engine: &'a Engine,
    environment: &'a Environment,
    kept: &'a mut Kept,
    pub steps: Steps,
}

/// What spoils a statement, and how it ends. Nothing of it stays.
const BAD: [(&str, &str); 6] = [
    ("n = -1 while true do end", "limit"),
    ("n = -1 local t = {} while true do t[#t + 1] = ('x'):rep(1000):rep(100 + #t) end", "memory"),
    ("n = -1 while true do pcall(error) end", "limit"),
    ("local n = nil + 1", "raised"),
    ("error(setmetatable({}, { __tostring = function() while true do end end }))", "limit"),
    ("n = n +* 1", "syntax"),
];

impl<'a> Client<'a> {
    pub fn new(
        manager: &'a Manager,
        engine: &'a Engine,
        environment: &'a Environment,
        kept: &'a mut Kept,
    ) -> Client<'a> {
        Client { manager, engine, environment, kept, steps: Steps::new() }
    }

    /// Every session is there as it was left, and no other.
    pub fn look_at_all(&mut self) -> Result<()> {
        (0..SLOTS).try_for_each(|slot| self.look(slot))
    }

    pub fn step(&mut self) -> Result<()> {
        let slot = self.kept.random.below(SLOTS);
        let (name, step): (_, fn(&mut Client<'a>, u64) -> Result<()>) = match self.kept.random.below(24) {
            0..=6 => ("statements that count", Client::count),
            7..=9 => ("statements that are stopped or fail", Client::spoil),
            10..=12 => ("sessions looked at", Client::look),
            13 => ("sessions ended", Client::end),
            14 => ("snapshots taken", Client::take),
            15 => ("snapshots restored", Client::restore),
            16 => ("sessions forked", Client::fork),
            17 => ("interrupts", Client::interrupt),
            18..=19 => ("calls with packages", Client::package),
            20..=21 => ("VMs that are attacked from inside", Client::attack),
            _ => ("VMs of a manager", Client::vm),
        };
        step(self, slot).with_context(|| format!("{name}, session {slot} of client {}", self.kept.client))?;
        *self.steps.entry(name).or_default() += 1;
        Ok(())
    }

    fn id(&self, slot: u64) -> VmId {
        VmId::new(format!("session-{}-{slot}", self.kept.client)).expect("a good name")
    }

    /// The session of a slot, made if there is none.
    fn session(&mut self, slot: u64) -> Result<Session> {
        let id = self.id(slot);
        if self.kept.states.contains_key(&slot) {
            return Ok(self.manager.attach(&id)?);
        }
        let absent = self.manager.attach(&id).map(drop);
        ensure!(absent.is_err_and(|error| error.kind() == ErrorKind::NotFound), "nobody made {id}");
        let session = self.manager.create_session(id.clone(), session_config())?;
        let begin = format!(
            "n, owner = 0, '{id}' next_one = coroutine.wrap(function() for i = 1, math.huge do coroutine.yield(i) end end)"
        );
        ensure!(session.send(begin)?.wait()?.failed == 0, "a session begins");
        self.kept.states.insert(slot, State { n: 0, unread: 0 });
        Ok(session)
    }

    fn state(&mut self, slot: u64) -> &mut State {
        self.kept.states.get_mut(&slot).expect("the session was made")
    }

    fn count(&mut self, slot: u64) -> Result<()> {
        let session = self.session(slot)?;
        let sent = session.send("n = n + 1 assert(next_one() == n) print(n)")?.wait()?;
        ensure!(sent.failed == 0, "{sent:?}");
        self.state(slot).n += 1;
        Ok(())
    }

    fn spoil(&mut self, slot: u64) -> Result<()> {
        let session = self.session(slot)?;
        let (bad, expected) = *self.kept.random.of(&BAD);
        let sent = session.send(bad)?.wait()?;
        let found = match &sent.last_failure {
            Some(Failure::Limit { .. }) => "limit",
            Some(Failure::Raised { message, .. }) if message.contains("not enough memory") => "memory",
            Some(Failure::Raised { .. }) => "raised",
            Some(Failure::Syntax { .. }) => "syntax",
            _ => "none of these",
        };
        ensure!(found == expected && sent.failed == 1, "{bad}: {sent:?}");
        drop(session.read()?); // with its traceback
        let state = self.state(slot);
        state.unread = state.n;
        Ok(())
    }

    /// The variables are as the model says, and so is the output that nobody has read.
    fn look(&mut self, slot: u64) -> Result<()> {
        let session = self.session(slot)?;
        let id = self.id(slot);
        let State { n, unread } = *self.state(slot);
        let found: i64 = session.vm().get("n")?.wait()?;
        let owner: String = session.vm().get("owner")?.wait()?;
        ensure!(found == n && owner == id.as_str(), "{found} of {owner}, expected {n} of {id}");
        let output = session.read()?;
        let expected: String = (unread + 1..=n).map(|n| format!("{n}\n")).collect();
        ensure!(output.lost == 0 && output.to_text() == expected, "{output:?}, expected {expected:?}");
        self.state(slot).unread = n;
        Ok(())
    }

    fn end(&mut self, slot: u64) -> Result<()> {
        self.session(slot)?.terminate()?;
        self.kept.states.remove(&slot);
        Ok(())
    }

    fn take(&mut self, slot: u64) -> Result<()> {
        let session = self.session(slot)?;
        let bytes = session.snapshot()?.wait()?.to_bytes();
        self.kept.snapshot = Some((bytes, self.state(slot).n));
        Ok(())
    }

    /// Puts the last snapshot, of whichever session, into this one.
    fn restore(&mut self, slot: u64) -> Result<()> {
        let Some((bytes, n)) = self.kept.snapshot.clone() else { return Ok(()) };
        let session = self.session(slot)?;
        session.restore(Snapshot::from_bytes(self.engine, &bytes)?)?.wait()?;
        let sent = session.send(format!("owner = '{}'", self.id(slot)))?.wait()?;
        ensure!(sent.failed == 0, "{sent:?}");
        drop(session.read()?);
        *self.state(slot) = State { n, unread: n };
        Ok(())
    }

    /// Copies a session to the next free slot, if there is one.
    fn fork(&mut self, slot: u64) -> Result<()> {
        let session = self.session(slot)?;
        let Some(free) = (0..SLOTS).find(|slot| !self.kept.states.contains_key(slot)) else { return Ok(()) };
        let copies = session.fork(vec![self.id(free)])?.wait()?;
        let n = self.state(slot).n;
        let copy = copies.first().context("a copy")?;
        let sent = copy.send(format!("owner = '{}'", self.id(free)))?.wait()?;
        ensure!(sent.failed == 0, "{sent:?}");
        drop(copy.read()?);
        self.kept.states.insert(free, State { n, unread: n });
        Ok(())
    }

    fn interrupt(&mut self, slot: u64) -> Result<()> {
        let session = self.session(slot)?;
        drop(session.read()?);
        let job = session.send("n = -1 repeat until nil")?;
        session.interrupt()?;
        drop(job.wait()?); // it was stopped, or never began
        drop(session.read()?);
        drop(session);
        let state = self.state(slot);
        state.unread = state.n;
        self.look(slot)
    }

    fn package(&mut self, _: u64) -> Result<()> {
        let mut vm = Vm::new(self.engine, self.environment.vm_config()?)?;
        let version: String = vm.exec("return require('say').version").wait()?.value()?;
        ensure!(version == "1.3-1", "version {version}");
        Ok(())
    }

    fn attack(&mut self, _: u64) -> Result<()> {
        let limits = Limits { fuel: Some(20_000_000), memory: Some(8 << 20), ..Limits::default() };
        let mut vm = Vm::new(self.engine, VmConfig::default().limits(limits))?;
        let (bad, _) = *self.kept.random.of(&BAD);
        let outcome: Outcome = vm.exec(bad).wait()?;
        ensure!(outcome.result.is_err(), "{bad}: {outcome:?}");
        Ok(())
    }

    fn vm(&mut self, slot: u64) -> Result<()> {
        let id = VmId::new(format!("vm-{}-{slot}", self.kept.client))?;
        let vm = self.manager.create_vm(id, VmConfig::default())?;
        let sum: i64 = vm.exec("local s = 0 for i = 1, 10000 do s = s + i end return s")?.wait()?.value()?;
        ensure!(sum == 50_005_000, "{sum}");
        Ok(vm.terminate()?)
    }
}
