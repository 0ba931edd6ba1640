//! What the handles of a session share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;
use tokio::time::timeout_at;

use crate::error::{Error, ErrorKind, Result};
use crate::id::VmId;
use crate::manager::ManagedVm;

use super::clients::{ClientId, Clients};
use super::config::SessionConfig;
use super::console::Console;
use super::ring::Reading;

/// What the handles of a session share.
pub(crate) struct Core {
    pub id: VmId,
    pub console: Arc<Console>,
    pub config: SessionConfig,
    created: Instant,
    clients: Mutex<Clients>,
    /// Told once, when the session is over.
    over: Notify,
    /// Held while input is queued and its job is: the jobs come in the order of the input.
    pub sending: Mutex<()>,
}

impl Core {
    pub fn new(id: VmId, config: SessionConfig) -> Arc<Core> {
        Arc::new(Core {
            id,
            console: Arc::new(Console::new(config.output, config.input)),
            config,
            created: Instant::now(),
            clients: Mutex::default(),
            over: Notify::new(),
            sending: Mutex::default(),
        })
    }

    /// Lets a client in.
    pub fn attach(&self) -> Result<ClientId> {
        let client = self.clients().attach(&self.id, self.config.second_client)?;
        self.console.touch();
        self.console.notify(); // who was detached by it waits no longer
        Ok(client)
    }

    /// Lets a client go.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`]; [`ErrorKind::QuotaExceeded`] when it has to stay.
    pub fn detach(&self, client: ClientId, vm: &ManagedVm) -> Result<()> {
        let mut clients = self.clients();
        clients.position(client).ok_or_else(|| self.detached())?;
        clients.detach(client, || vm.actor().accounts().detached_sessions.charge(1))?;
        drop(clients);
        self.console.notify();
        Ok(())
    }

    pub fn check_attached(&self, client: ClientId) -> Result<()> {
        self.clients().position(client).map(|_| ()).ok_or_else(|| self.detached())
    }

    /// What a client has not read yet.
    pub fn read(&self, client: ClientId) -> Result<Reading> {
        let mut clients = self.clients();
        let position = clients.position(client).ok_or_else(|| self.detached())?;
        let reading = self.console.output.read_from(position);
        clients.advance(client, reading.next);
        Ok(reading)
    }

    /// Whether there is something that a client has not read.
    pub fn has_output(&self, client: ClientId) -> bool {
        self.clients().position(client).is_some_and(|position| position < self.console.output.written())
    }

    /// Clients, and bytes that none of them has read.
    pub fn attendance(&self) -> (usize, u64) {
        let clients = self.clients();
        (clients.count(), self.console.output.written() - clients.read())
    }

    /// Since when there is nothing to do but to wait for somebody; nothing while there is.
    pub fn idle_since(&self, vm: &ManagedVm) -> Option<Instant> {
        let active = self.console.active();
        if self.console.input.is_awaited() {
            return Some(active);
        }
        vm.actor().idle_since().map(|since| since.max(active))
    }

    /// The session's VM was terminated.
    pub fn end(&self) {
        self.clients().end();
        self.console.notify();
        self.over.notify_one();
    }

    fn detached(&self) -> Error {
        Error::new(
            ErrorKind::Detached,
            format!(
                "this client of session `{}` was detached, or another one took over; attach again",
                self.id
            ),
        )
    }

    fn clients(&self) -> MutexGuard<'_, Clients> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When the session has to end, as things are now.
    fn deadline(&self, vm: &ManagedVm) -> Option<Instant> {
        let life = self.config.life_time.and_then(|time| self.created.checked_add(time));
        let since = self.idle_since(vm).unwrap_or_else(Instant::now);
        let idle = self.config.idle_time.and_then(|time| since.checked_add(time));
        life.into_iter().chain(idle).min()
    }
}

/// Terminates a session whose time is over. Ends with the session.
pub(crate) async fn watch(core: Arc<Core>, vm: ManagedVm) {
    while let Some(deadline) = core.deadline(&vm) {
        if deadline <= Instant::now() {
            tracing::info!(session = %core.id, "ended a session whose time was over");
            let _ = vm.terminate(); // somebody else may have been faster
            return;
        }
        if timeout_at(deadline.into(), core.over.notified()).await.is_ok() {
            return;
        }
    }
}
