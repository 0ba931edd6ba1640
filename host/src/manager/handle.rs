//! A handle to one VM of a manager.

use std::fmt;
use std::sync::{Arc, Weak};

use serde::de::DeserializeOwned;

use crate::chunk::Chunk;
use crate::error::{Error, ErrorKind, Result};
use crate::id::{TenantId, VmId};
use crate::job::Job;
use crate::value::{ConversionError, IntoLua, IntoLuaMulti, Values};

use super::actor::Actor;
use super::registry::Shared;
use super::status::VmStatus;

/// A named VM of a [`Manager`](crate::Manager). Cheap to clone, without a lifetime, and it keeps neither
/// the VM nor the manager alive: once one of them is gone, everything is an error of kind
/// [`ErrorKind::Terminated`].
///
/// Jobs of one VM run one at a time, in the order in which they were asked for.
#[derive(Clone)]
pub struct ManagedVm {
    actor: Arc<Actor>,
    manager: Weak<Shared>,
}

impl ManagedVm {
    pub(crate) fn new(actor: Arc<Actor>, manager: Weak<Shared>) -> ManagedVm {
        ManagedVm { actor, manager }
    }

    pub(crate) fn downgrade(&self) -> WeakVm {
        WeakVm { actor: Arc::downgrade(&self.actor), manager: self.manager.clone() }
    }

    pub(crate) fn actor(&self) -> &Arc<Actor> {
        &self.actor
    }

    pub(crate) fn manager(&self) -> &Weak<Shared> {
        &self.manager
    }

    /// Its name.
    pub fn id(&self) -> &VmId {
        self.actor.id()
    }

    /// Whose it is.
    pub fn tenant(&self) -> Option<&TenantId> {
        self.actor.tenant()
    }

    /// What it does and uses.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Terminated`] when the VM is gone.
    pub fn status(&self) -> Result<VmStatus> {
        self.actor.status()
    }

    /// Runs a chunk, as [`Vm::exec`](crate::Vm::exec).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] when the chunk asks for more time or fuel than the manager's VMs may have,
    /// [`ErrorKind::Terminated`] when the VM is gone, [`ErrorKind::Busy`] when a host function asks its own
    /// VM, [`ErrorKind::QuotaExceeded`] when too many VMs run, [`ErrorKind::QueueFull`] when 10,000 jobs
    /// wait for this one. What the call comes to is in the job.
    pub fn exec(&self, chunk: impl Into<Chunk>) -> Result<Job> {
        let chunk = self.allowed(chunk.into())?;
        self.actor.submit_call(Box::new(move |vm| Box::pin(vm.exec(chunk))))
    }

    /// Runs a chunk as a program, as [`Vm::run`](crate::Vm::run).
    ///
    /// # Errors
    ///
    /// As [`ManagedVm::exec`].
    pub fn run(&self, chunk: impl Into<Chunk>) -> Result<Job> {
        let chunk = self.allowed(chunk.into())?;
        self.actor.submit_call(Box::new(move |vm| Box::pin(vm.run(chunk))))
    }

    /// Runs a line as a prompt does, as [`Vm::line`](crate::Vm::line).
    ///
    /// # Errors
    ///
    /// As [`ManagedVm::exec`].
    pub fn line(&self, chunk: impl Into<Chunk>) -> Result<Job> {
        let chunk = self.allowed(chunk.into())?;
        self.actor.submit_call(Box::new(move |vm| Box::pin(vm.line(chunk))))
    }

    /// A chunk whose terms are within the manager's ceilings.
    fn allowed(&self, chunk: Chunk) -> Result<Chunk> {
        if let Some(manager) = self.manager.upgrade() {
            chunk.check_within(&manager.config.limits)?;
        }
        Ok(chunk)
    }

    /// Calls a global function, as [`Vm::call`](crate::Vm::call).
    ///
    /// # Errors
    ///
    /// As [`ManagedVm::exec`], and [`ErrorKind::InvalidValue`] when an
    /// argument cannot cross.
    pub fn call(&self, name: &str, arguments: impl IntoLuaMulti) -> Result<Job> {
        let name = name.to_string();
        let arguments = crossing(arguments.into_lua_multi())?;
        self.actor.submit_call(Box::new(move |vm| Box::pin(vm.call(&name, Values(arguments)))))
    }

    /// Reads a global variable, as [`Vm::get`](crate::Vm::get).
    ///
    /// # Errors
    ///
    /// As [`ManagedVm::exec`].
    pub fn get<T: DeserializeOwned + Send + 'static>(&self, name: &str) -> Result<Job<T>> {
        let name = name.to_string();
        self.actor.submit(Box::new(move |vm| Box::pin(vm.get(&name))))
    }

    /// Sets a global variable, as [`Vm::set`](crate::Vm::set).
    ///
    /// # Errors
    ///
    /// As [`ManagedVm::call`].
    pub fn set(&self, name: &str, value: impl IntoLua) -> Result<Job<()>> {
        let name = name.to_string();
        let value = crossing(value.into_lua())?;
        self.actor.submit(Box::new(move |vm| Box::pin(vm.set(&name, value))))
    }

    /// What could follow the text before a cursor, as [`Vm::complete`](crate::Vm::complete).
    ///
    /// # Errors
    ///
    /// As [`ManagedVm::exec`].
    pub fn complete(&self, text: &str) -> Result<Job<Vec<String>>> {
        let text = text.to_string();
        self.actor.submit(Box::new(move |vm| Box::pin(vm.complete(&text))))
    }

    /// Makes the VM fresh, behind the jobs that wait, as [`Vm::reset`](crate::Vm::reset).
    ///
    /// # Errors
    ///
    /// As [`ManagedVm::exec`].
    pub fn reset(&self) -> Result<Job<()>> {
        self.actor.submit(Box::new(move |vm| Box::pin(async move { vm.reset() })))
    }

    /// Stops the job that runs now, as [`Job::cancel`]. Those that wait go on; when there is none this does
    /// nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Terminated`] when the VM is gone.
    pub fn interrupt(&self) -> Result<()> {
        self.actor.interrupt()
    }

    /// Ends the VM. Its jobs, running and queued, end with an error of kind
    /// [`ErrorKind::Terminated`], and its name is free.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Terminated`] when it was gone before; of a persistent session as
    /// [`Session::terminate`](crate::Session::terminate).
    pub fn terminate(&self) -> Result<()> {
        let manager = self.manager.upgrade();
        let durable = self.actor.session().and_then(|core| core.durable.as_ref());
        let (Some(manager), Some(durable)) = (&manager, durable) else {
            manager.iter().for_each(|manager| manager.forget(&self.actor));
            return if self.actor.terminate() { Ok(()) } else { Err(self.actor.terminated()) };
        };
        let Some(_moving) = manager.take_out(&self.actor) else { return Err(self.actor.terminated()) };
        self.actor.terminate();
        durable.remove()
    }
}

/// A handle that does not even keep a session in memory.
pub(crate) struct WeakVm {
    actor: Weak<Actor>,
    manager: Weak<Shared>,
}

impl WeakVm {
    pub fn upgrade(&self) -> Option<ManagedVm> {
        Some(ManagedVm { actor: self.actor.upgrade()?, manager: self.manager.clone() })
    }
}

impl fmt::Debug for ManagedVm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ManagedVm({})", self.actor.id())
    }
}

/// Values are copied when the job is asked for: what the caller lent it goes back at once.
fn crossing<T>(values: std::result::Result<T, ConversionError>) -> Result<T> {
    values.map_err(|error| Error::new(ErrorKind::InvalidValue, format!("value cannot cross to Lua: {error}")))
}
