//! Managers: sessions by name, on threads of their own.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use bioxen_lua::{
    ErrorKind, Limits, ManagerConfig, Persistence, Quota, SecondClient, SessionConfig, SessionStatus,
    Shutdown, Snapshot, TenantId, VmId,
};
use pyo3::prelude::*;

use crate::config::VmConfig;
use crate::engine::{self, Kept, Lease, lease};
use crate::errors;
use crate::functions::Trace;
use crate::futures::Completions;
use crate::lock::locked;
use crate::session::{Session, state_name};

/// Sessions by name. Managers with one state directory are one manager inside.
#[pyclass(frozen, module = "pylua_bioxen_vm_lib._native")]
pub struct Manager {
    hosted: Mutex<Option<Arc<Hosted>>>,
}

/// A manager of the library, with what Python needs beside it.
pub struct Hosted {
    inner: Kept<Inner>,
    /// How many of Python's managers use it; none behind the last one's end.
    users: Mutex<usize>,
}

struct Inner {
    manager: bioxen_lua::Manager,
    /// What sessions that come back from disk are given.
    awaited: Arc<Awaited>,
    completions: Arc<Completions>,
    lease: Lease,
}

type Awaited = Mutex<HashMap<VmId, SessionConfig>>;

/// All of them, with their state directories: to be shared, and to be ended with the process.
static ALL: Mutex<Vec<(Option<PathBuf>, Weak<Hosted>)>> = Mutex::new(Vec::new());

/// A persistent session as it is listed.
#[derive(IntoPyObject)]
struct Stored {
    id: String,
    state: &'static str,
    memory: u64,
    fuel: u64,
    idle: Option<f64>,
}

#[pymethods]
impl Manager {
    #[new]
    #[pyo3(signature = (*, workers, state_dir=None, shutdown_time=2.0))]
    fn new(
        py: Python<'_>,
        workers: usize,
        state_dir: Option<PathBuf>,
        shutdown_time: f64,
    ) -> PyResult<Manager> {
        engine::check()?;
        let time = Duration::try_from_secs_f64(shutdown_time).map_err(|_| {
            let message = format!("`shutdown_time` is {shutdown_time}: expected seconds, from 0 up");
            errors::refuse(ErrorKind::InvalidConfig, message)
        })?;
        let hosted = py.detach(|| Hosted::of(workers, state_dir.as_deref(), time))?;
        Ok(Manager { hosted: Mutex::new(Some(hosted)) })
    }

    #[pyo3(signature = (id, config, *, persistent=false, snapshot=None))]
    fn create(
        &self,
        py: Python<'_>,
        id: &str,
        config: Py<VmConfig>,
        persistent: bool,
        snapshot: Option<&[u8]>,
    ) -> PyResult<Session> {
        let hosted = self.hosted()?;
        let Inner { manager, completions, lease, .. } = hosted.inner()?;
        let id = VmId::new(id).map_err(errors::raise)?;
        let persistence = if persistent { Persistence::EachCall } else { Persistence::None };
        let trace = Arc::<Trace>::default();
        let settings = settings(config.get(), &trace, persistence);
        let made = py.detach(|| match snapshot {
            Some(bytes) => Snapshot::from_bytes(lease.engine(), bytes)
                .and_then(|snapshot| manager.create_session_from(id, &snapshot, settings)),
            None => manager.create_session(id, settings),
        });
        Ok(Session::new(made.map_err(engine::refused)?, config, trace, persistent, completions.clone()))
    }

    fn open(&self, py: Python<'_>, id: &str, config: Py<VmConfig>) -> PyResult<Session> {
        let hosted = self.hosted()?;
        let Inner { manager, awaited, completions, .. } = hosted.inner()?;
        let id = VmId::new(id).map_err(errors::raise)?;
        let trace = Arc::<Trace>::default();
        let settings = settings(config.get(), &trace, Persistence::EachCall);
        let attached = py.detach(|| {
            locked(awaited).insert(id.clone(), settings);
            let attached = manager.attach(&id);
            locked(awaited).remove(&id);
            attached
        });
        Ok(Session::new(attached.map_err(engine::refused)?, config, trace, true, completions.clone()))
    }

    fn stored(&self, py: Python<'_>) -> PyResult<Vec<Stored>> {
        let hosted = self.hosted()?;
        let inner = hosted.inner()?;
        let sessions = py.detach(|| inner.manager.sessions()).map_err(errors::raise)?;
        Ok(sessions.iter().map(Stored::of).collect())
    }

    fn remove(&self, py: Python<'_>, id: &str) -> PyResult<()> {
        let hosted = self.hosted()?;
        let inner = hosted.inner()?;
        let id = VmId::new(id).map_err(errors::raise)?;
        py.detach(|| inner.manager.terminate(&id)).map_err(errors::raise)
    }

    fn shutdown(&self, py: Python<'_>) -> Vec<(String, String)> {
        let hosted = locked(&self.hosted).take();
        let ended = py.detach(|| hosted.as_deref().map(Hosted::leave)).unwrap_or_default();
        ended.held.into_iter().map(|held| (held.vm.to_string(), held.function)).collect()
    }

    #[getter]
    fn is_shut_down(&self) -> bool {
        locked(&self.hosted).is_none()
    }
}

impl Manager {
    fn hosted(&self) -> PyResult<Arc<Hosted>> {
        engine::check()?;
        let hosted = locked(&self.hosted).clone();
        hosted.ok_or_else(shut_down) // without the lock: an exception is made by code of Python
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        if let Some(hosted) = locked(&self.hosted).take() {
            // Its threads may wait for the interpreter lock, which whoever drops this has.
            Python::attach(|py| py.detach(|| hosted.leave()));
        }
    }
}

impl Hosted {
    /// That of a state directory, if there is one, else a new one; with one user more.
    fn of(workers: usize, state_dir: Option<&Path>, shutdown_time: Duration) -> PyResult<Arc<Hosted>> {
        // Two names of a folder are one folder; one that is not there yet has one name.
        let dir = state_dir.map(|dir| dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf()));
        let mut all = locked(&ALL);
        all.retain(|(_, hosted)| hosted.strong_count() > 0);
        let shared = all.iter().find(|(other, _)| dir.is_some() && *other == dir);
        if let Some(hosted) = shared.and_then(|(_, hosted)| hosted.upgrade()).filter(|hosted| hosted.enter())
        {
            return Ok(hosted);
        }
        let inner = Inner::new(workers, dir.clone(), shutdown_time)?;
        let hosted = Arc::new(Hosted { inner: Kept::new(inner), users: Mutex::new(1) });
        // The folder is there now, and has the name that others will find.
        let dir = dir.map(|dir| dir.canonicalize().unwrap_or(dir));
        all.push((dir, Arc::downgrade(&hosted)));
        Ok(hosted)
    }

    fn enter(&self) -> bool {
        let mut users = locked(&self.users);
        *users += usize::from(*users > 0);
        *users > 0
    }

    /// One user less; the last one ends it.
    fn leave(&self) -> Shutdown {
        if engine::is_forked() {
            return Shutdown::default();
        }
        let mut users = locked(&self.users);
        *users = users.saturating_sub(1);
        if *users == 0 { self.end() } else { Shutdown::default() }
    }

    fn end(&self) -> Shutdown {
        let Some(inner) = self.inner.get() else { return Shutdown::default() };
        let ended = inner.manager.shutdown();
        inner.completions.end();
        ended
    }

    fn inner(&self) -> PyResult<&Inner> {
        self.inner.get().ok_or_else(shut_down)
    }
}

impl Inner {
    fn new(workers: usize, state_dir: Option<PathBuf>, shutdown_time: Duration) -> PyResult<Inner> {
        let lease = lease()?;
        lease.start_threads();
        let awaited = Arc::<Awaited>::default();
        let asked = awaited.clone();
        let session_config = move |id: &VmId, _: Option<&TenantId>| {
            Ok(locked(&asked).get(id).cloned().unwrap_or_else(|| shared(SessionConfig::default())))
        };
        // Who calls is the host: its keywords are the limits, and one program has no tenants.
        let config = ManagerConfig {
            workers,
            state_dir,
            shutdown_time,
            limits: Limits::none(),
            quota: Quota::none(),
            session_config: Some(Arc::new(session_config)),
            ..ManagerConfig::default()
        };
        let manager = bioxen_lua::Manager::new(lease.engine(), config).map_err(errors::raise)?;
        Ok(Inner { manager, awaited, completions: Arc::default(), lease })
    }
}

impl Stored {
    fn of(status: &SessionStatus) -> Stored {
        Stored {
            id: status.id.to_string(),
            state: state_name(status.state),
            memory: status.memory,
            fuel: status.fuel,
            idle: status.idle.map(|idle| idle.as_secs_f64()),
        }
    }
}

/// Ends every manager of this process.
pub fn shutdown_all(py: Python<'_>) {
    if engine::is_forked() {
        return;
    }
    py.detach(|| {
        let all: Vec<_> = locked(&ALL).drain(..).collect();
        for hosted in all.iter().filter_map(|(_, hosted)| hosted.upgrade()) {
            *locked(&hosted.users) = 0;
            hosted.end();
        }
    });
}

fn settings(config: &VmConfig, trace: &Arc<Trace>, persistence: Persistence) -> SessionConfig {
    let vm = config.with_functions(trace);
    shared(SessionConfig { persistence, ..SessionConfig::from(vm) })
}

/// Several objects of one program may use one session.
fn shared(config: SessionConfig) -> SessionConfig {
    SessionConfig { second_client: SecondClient::Share, ..config }
}

fn shut_down() -> PyErr {
    errors::refuse(ErrorKind::Terminated, "the manager was shut down; make another one")
}
