//! What the handles of a session share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;
use tokio::task::spawn_blocking;
use tokio::time::timeout_at;

use crate::error::{Error, ErrorKind, Result};
use crate::id::VmId;
use crate::manager::{ManagedVm, WeakVm};

use super::clients::{ClientId, Clients};
use super::config::SessionConfig;
use super::console::Console;
use super::durable::Durable;
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
    /// What ties it to its file, when it is persistent.
    pub durable: Option<Arc<Durable>>,
    /// Held while input is queued and its job is: the jobs come in the order of the input.
    pub sending: Mutex<()>,
}

impl Core {
    /// A session that begins.
    pub fn new(id: VmId, config: SessionConfig, durable: Option<Arc<Durable>>) -> Arc<Core> {
        let console = Arc::new(Console::new(config.output, config.input));
        Core::of(id, config, console, Clients::default(), Instant::now(), durable)
    }

    /// A session that goes on.
    pub fn resumed(
        id: VmId,
        config: SessionConfig,
        console: Arc<Console>,
        clients: Clients,
        created: Instant,
        durable: Arc<Durable>,
    ) -> Arc<Core> {
        Core::of(id, config, console, clients, created, Some(durable))
    }

    fn of(
        id: VmId,
        config: SessionConfig,
        console: Arc<Console>,
        clients: Clients,
        created: Instant,
        durable: Option<Arc<Durable>>,
    ) -> Arc<Core> {
        let clients = Mutex::new(clients);
        let (over, sending) = (Notify::new(), Mutex::default());
        Arc::new(Core { id, console, config, created, clients, over, durable, sending })
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
        self.durable.iter().for_each(|durable| durable.store().left(vm.actor()));
        Ok(())
    }

    /// Lets a client go whom nobody counts: the session is put to disk for it.
    pub fn abandon(&self, client: ClientId, vm: &ManagedVm) {
        self.clients().abandon(client);
        self.console.notify();
        vm.actor().put_to_disk();
    }

    /// The session leaves memory, and comes back from disk as another one.
    pub fn retire(&self) {
        self.over.notify_one();
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
        drop(clients);
        if !reading.is_empty() {
            self.change();
        }
        Ok(reading)
    }

    /// Something happens that is not on disk.
    pub fn change(&self) {
        self.durable.iter().for_each(|durable| durable.change());
    }

    /// What some client has read.
    pub fn read_position(&self) -> u64 {
        self.clients().read()
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
pub(crate) async fn watch(core: Arc<Core>, vm: WeakVm) {
    loop {
        let Some(vm) = vm.upgrade() else { return };
        let Some(deadline) = core.deadline(&vm) else { return };
        if deadline <= Instant::now() {
            tracing::info!(session = %core.id, "ended a session whose time was over");
            // It may be on disk, which is waited for. Somebody else may have been faster.
            let _ = spawn_blocking(move || vm.terminate()).await;
            return;
        }
        drop(vm);
        if timeout_at(deadline.into(), core.over.notified()).await.is_ok() {
            return;
        }
    }
}
