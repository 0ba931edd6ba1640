//! The folder that sessions are kept in, opened for one command.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bioxen_lua::{
    Engine, EngineConfig, Error, ErrorKind, Limits, Manager, ManagerConfig, Persistence, Quota, Session,
    SessionConfig, Snapshot, VmConfig, VmId,
};

use crate::isolate::Reach;
use crate::limits_table;
use crate::report::{self, Fault};
use crate::vm_arguments::VmArguments;

use super::StateArguments;

/// How long a command waits for the one that has the folder: longer than one takes that does not run code
/// for long.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the end may take, where states may go to a slow disk.
const CLOSING: Duration = Duration::from_secs(60);

/// Input that may wait: as much as a session takes. Memory is taken as it fills.
pub const INPUT: usize = 64 << 20;

/// The sessions, for one command.
pub struct State {
    pub engine: Engine,
    pub manager: Manager,
    config: SessionConfig,
}

impl State {
    /// Opens the folder for a command that has so many VMs at once. What sessions are given comes from the
    /// command line, never from the folder.
    pub fn open(
        arguments: &StateArguments,
        vm: &VmArguments,
        vms: usize,
        needs: Reach,
    ) -> Result<State, Fault> {
        let state = arguments.path()?;
        // It has to be there before this process may reach nothing else.
        std::fs::create_dir_all(&state).map_err(|error| {
            Fault::Host(format!("cannot make `{}`: {}", state.display(), report::plain(&error)))
        })?;
        let needs = Reach { written: vec![state], ..Reach::none() }.and(needs);
        let engine = vm.isolated(needs, || engine(vms))?;
        let vm = vm.config(&engine)?;
        State::on(engine, arguments, vm)
    }

    /// Opens the folder for a command that runs nothing of a session but finalizers: it is given as much
    /// memory as it has.
    pub fn at_rest(arguments: &StateArguments) -> Result<State, Fault> {
        let limits = Limits { memory: None, ..limits_table::defaults() };
        State::on(engine(1)?, arguments, VmConfig::default().limits(limits))
    }

    fn on(engine: Engine, arguments: &StateArguments, vm: VmConfig) -> Result<State, Fault> {
        let folder = arguments.path()?;
        let config = SessionConfig {
            vm,
            input: INPUT,
            persistence: Persistence::EachCall,
            ..SessionConfig::default()
        };
        let given = config.clone();
        let settings = ManagerConfig {
            workers: 1,
            shutdown_time: CLOSING,
            quota: Quota::none(),
            tenant_quota: Quota::none(),
            limits: Limits::none(),
            state_dir: Some(folder),
            state_dir_wait: PATIENCE,
            session_config: Some(Arc::new(move |_, _| Ok(given.clone()))),
            ..ManagerConfig::default()
        };
        let manager = Manager::new(&engine, settings)?;
        Ok(State { engine, manager, config })
    }

    /// Makes a session.
    pub fn create(&self, name: &VmId) -> Result<Session, Fault> {
        self.manager.create_session(name.clone(), self.config.clone()).map_err(|error| explained(error, name))
    }

    /// Makes a session with the state of a snapshot.
    pub fn create_from(&self, name: &VmId, snapshot: &Snapshot) -> Result<Session, Fault> {
        let made = self.manager.create_session_from(name.clone(), snapshot, self.config.clone());
        made.map_err(|error| explained(error, name))
    }

    /// The session of a name.
    pub fn attach(&self, name: &VmId) -> Result<Session, Fault> {
        self.manager.attach(name).map_err(|error| explained(error, name))
    }

    /// Saves what is left to save. All sessions that were attached to have to be dropped before.
    pub fn close(self) -> Result<u8, Fault> {
        match self.manager.shutdown().unsaved.first() {
            None => Ok(report::FINE),
            Some(name) => {
                Err(Fault::Host(format!("session `{name}` could not be saved; it is as it was before")))
            }
        }
    }
}

fn engine(vms: usize) -> Result<Engine, Fault> {
    let live_vms = u32::try_from(vms).unwrap_or(u32::MAX);
    Ok(Engine::with(EngineConfig { live_vms, blocking_threads: 2, ..EngineConfig::default() })?)
}

/// What the library says, with the command that helps.
pub fn explained(error: Error, name: &VmId) -> Fault {
    match error.kind() {
        ErrorKind::NotFound => Fault::Usage(format!(
            "no session named `{name}`; `bioxen session list` shows them, `bioxen session new {name}` makes one"
        )),
        ErrorKind::Exists => Fault::Usage(format!(
            "a session named `{name}` exists: expected a free name; `bioxen session kill {name}` ends that one"
        )),
        ErrorKind::SnapshotDamaged => Fault::Host(format!(
            "{error}; `bioxen session recover {name}` goes back to an older state, `bioxen session kill {name}` forgets it"
        )),
        ErrorKind::SnapshotGuest | ErrorKind::SnapshotVersion => Fault::Host(format!(
            "{error}; that version's `bioxen session export {name}` carries its data across"
        )),
        _ => error.into(),
    }
}

impl StateArguments {
    /// The folder that they name.
    fn path(&self) -> Result<PathBuf, Fault> {
        folder(self.folder.clone(), |name| std::env::var_os(name))
    }
}

/// Where sessions are kept. As the rules for such folders say, a relative path in XDG_STATE_HOME is ignored.
fn folder(flag: Option<PathBuf>, variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, Fault> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let chosen = flag.or_else(|| set("BIOXEN_STATE_DIR"));
    let of_user = || {
        let base = set("XDG_STATE_HOME").filter(|path| path.is_absolute());
        let base = base.or_else(|| Some(set("HOME")?.join(".local/state")))?;
        Some(base.join("bioxen"))
    };
    chosen.or_else(of_user).ok_or_else(|| {
        Fault::Usage(
            "no folder for sessions: expected --state DIR, or BIOXEN_STATE_DIR or HOME to be set".into(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(flag: Option<&str>, variables: &[(&str, &str)], expected: &str) {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        };
        let found = folder(flag.map(PathBuf::from), variable);
        assert_eq!(found.map_err(|fault| fault.to_string()), Ok(PathBuf::from(expected)));
    }

    #[test]
    fn the_folder_is_the_first_that_is_named() {
        let all = [("BIOXEN_STATE_DIR", "b"), ("XDG_STATE_HOME", "/x"), ("HOME", "/h")];
        check(Some("flag"), &all, "flag");
        check(None, &all, "b");
        check(None, &all[1..], "/x/bioxen");
        check(None, &all[2..], "/h/.local/state/bioxen");
        check(
            None,
            &[("BIOXEN_STATE_DIR", ""), ("XDG_STATE_HOME", "relative"), ("HOME", "/h")],
            "/h/.local/state/bioxen",
        );
        let fault = folder(None, |_| None).unwrap_err();
        assert!(fault.to_string().contains("--state DIR"), "{fault}");
    }
}
