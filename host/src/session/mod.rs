//! Sessions: a VM that is sent input and read from, as an interpreter at a prompt is.

mod clients;
mod config;
mod console;
mod copies;
mod core;
mod durable;
mod environment;
mod export;
mod interact;
mod manage;
mod persistence;
mod ring;
mod sent;
mod statement;
mod status;

use std::fmt;
use std::pin::pin;
use std::sync::{Arc, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Result};
use crate::exec::Exec;
use crate::id::VmId;
use crate::job::Job;
use crate::manager::{ManagedVm, Work};
use crate::runtime::Auxiliary;

pub use config::{SecondClient, SessionConfig};
pub use export::{Export, LeftOut, NoData};
pub use interact::{Prompt, Prompts, Typed};
pub use persistence::{Persistence, Saved};
pub use ring::Reading;
pub use sent::Sent;
pub use status::{SessionState, SessionStatus};

pub(crate) use core::Core;
pub(crate) use durable::{Durable, Store};
pub(crate) use persistence::settled;

use clients::ClientId;

/// A client's handle to a session: a VM that is sent input as a prompt is, and whose output is kept until
/// it is read.
///
/// It has no lifetime and keeps nothing alive. Dropping it detaches; the session goes on, and
/// [`Manager::attach`](crate::Manager::attach) finds it again with what was written meanwhile. Only where
/// [`Quota::detached_sessions`](crate::Quota::detached_sessions) is used up, dropping terminates it, or puts
/// it to disk if it is persistent.
///
/// ```
/// use std::time::Duration;
/// use bioxen_lua::{Engine, Manager, ManagerConfig, VmConfig, VmId};
/// let manager = Manager::new(&Engine::new()?, ManagerConfig::default())?;
/// let session = manager.create_session(VmId::new("interactive_vm")?, VmConfig::default())?;
/// session.send("x = 42\nprint('Value:', x)\n")?.wait()?;
/// assert_eq!(session.read()?.to_text(), "Value:\t42\n");
/// session.detach()?;
/// let session = manager.attach(&VmId::new("interactive_vm")?)?;
/// session.terminate()?;
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
pub struct Session {
    core: Arc<Core>,
    vm: ManagedVm,
    client: ClientId,
    auxiliary: Arc<Auxiliary>,
}

impl Session {
    /// Its name.
    pub fn id(&self) -> &VmId {
        &self.core.id
    }

    /// The session's VM, for calls beside its input. What they print is the session's output.
    pub fn vm(&self) -> &ManagedVm {
        &self.vm
    }

    /// Queues input, which is read as the reference interpreter's prompt reads it: line by line, an
    /// expression prints its values, a statement that is only begun waits for its further lines, an error
    /// prints its message and traceback, and the lines behind it run. The end of the input is the end of a
    /// line.
    ///
    /// The job ends when all of it has run, or was read by `io.read`. Cancelling it stops the statement
    /// that runs and drops all input behind it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::QueueFull`] when it does not fit: then nothing of it is queued.
    /// [`ErrorKind::Ended`] behind `os.exit`, [`ErrorKind::Detached`], and [`ErrorKind::Terminated`].
    ///
    /// In the job of a persistent session: [`ErrorKind::Storage`] or [`ErrorKind::QuotaExceeded`] when it ran
    /// and its state could not be written. The session goes on with that state, and the next save takes it
    /// along. So it is for every job on the session's VM.
    pub fn send(&self, input: impl AsRef<[u8]>) -> Result<Job<Sent>> {
        self.core.check_attached(self.client)?;
        let console = &self.core.console;
        let _order = self.core.sending.lock().unwrap_or_else(PoisonError::into_inner);
        let ticket = console.push(input.as_ref())?;
        let place = ticket.place();
        let saved = self.core.config.persistence.saved();
        let work = |observer| -> Work<Sent> {
            Box::new(move |vm| Box::pin(async move { Ok(Sent { saved, ..ticket.run(vm, observer).await? }) }))
        };
        let job = self.vm.actor().submit_input(|| Ok(Sent::dropped()), work);
        job.inspect_err(|_| console.input.take_back(place))
    }

    /// What this client has not read yet, at once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`]; [`ErrorKind::Terminated`] when the session is gone and all was read.
    pub fn read(&self) -> Result<Reading> {
        let reading = self.core.read(self.client)?;
        if reading.is_empty() && !self.vm.actor().is_alive() {
            return Err(self.vm.actor().terminated());
        }
        Ok(reading)
    }

    /// Output from a position on, without moving what [`read`](Session::read) gives next: for readers
    /// that keep a position of their own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`].
    pub fn read_from(&self, position: u64) -> Result<Reading> {
        self.core.check_attached(self.client)?;
        Ok(self.core.console.output.read_from(position))
    }

    /// As [`read`](Session::read), but waits until there is something.
    ///
    /// # Errors
    ///
    /// As [`read`](Session::read), and [`ErrorKind::Ended`] when nothing will come any more.
    pub fn read_some(&self) -> Exec<'_, Reading> {
        Exec::new(self.auxiliary.clone(), async {
            self.until(None, || self.has_output() || self.core.console.exit().is_some()).await?;
            let reading = self.read()?;
            match reading.is_empty() && self.core.console.exit().is_some() {
                true => Err(self.core.console.ended()),
                false => Ok(reading),
            }
        })
    }

    /// Waits until the session has run all its input and waits for more, or for so long; then reads as
    /// [`read`](Session::read).
    ///
    /// # Errors
    ///
    /// As [`read`](Session::read).
    pub fn read_until_idle(&self, time: Duration) -> Exec<'_, Reading> {
        Exec::new(self.auxiliary.clone(), async move {
            self.until(Instant::now().checked_add(time), || self.core.console.is_idle()).await?;
            self.read()
        })
    }

    /// Waits until there is output that this client has not read, or all input has run, and reads nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`].
    pub fn output_or_idle(&self) -> Exec<'_, ()> {
        Exec::new(self.auxiliary.clone(), async {
            self.until(None, || self.has_output() || self.core.console.is_idle()).await
        })
    }

    /// Waits until the session has run all its input and waits for more, and reads nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`]; [`ErrorKind::Terminated`] when the session is gone.
    pub fn idle(&self) -> Exec<'_, ()> {
        Exec::new(self.auxiliary.clone(), async {
            self.until(None, || self.core.console.is_idle()).await?;
            if self.vm.actor().is_alive() { Ok(()) } else { Err(self.vm.actor().terminated()) }
        })
    }

    /// Tells an `io.read` that waits for input that none will come: it finds the end. Where none waits this
    /// does nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`].
    pub fn end_input(&self) -> Result<()> {
        self.core.check_attached(self.client)?;
        self.core.console.input.dismiss_reader();
        Ok(())
    }

    /// Stops the statement that runs: everything is as before its line. What was sent and has not run is
    /// dropped, and so is a statement that is only begun.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`], and [`ErrorKind::Terminated`].
    pub fn interrupt(&self) -> Result<()> {
        self.core.check_attached(self.client)?;
        self.core.console.clear();
        self.core.change();
        self.vm.interrupt()
    }

    /// Ends the session; its name is free, and a persistent one is gone from disk. Jobs end with an error of kind [`ErrorKind::Terminated`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`]; [`ErrorKind::Terminated`] when it was gone before; [`ErrorKind::Storage`] when
    /// it has ended and is still on disk: [`Manager::terminate`](crate::Manager::terminate) tries again.
    pub fn terminate(&self) -> Result<()> {
        self.core.check_attached(self.client)?;
        self.vm.terminate()
    }

    /// Leaves the session, which goes on. Every later use of this handle is an error of kind
    /// [`ErrorKind::Detached`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`] when it was detached before, and [`ErrorKind::QuotaExceeded`] when there may
    /// be no more sessions without a client: then it stays attached.
    pub fn detach(&self) -> Result<()> {
        self.core.detach(self.client, &self.vm)
    }

    /// What it does now.
    pub fn status(&self) -> SessionStatus {
        manage::status(&self.core, &self.vm)
    }

    fn has_output(&self) -> bool {
        self.core.has_output(self.client)
    }

    /// Waits until something is so, the session or this client is gone, or time is over.
    async fn until(&self, deadline: Option<Instant>, is_so: impl Fn() -> bool + Send) -> Result<()> {
        let mut timer = deadline.map(|deadline| Box::pin(self.auxiliary.sleep_until(deadline)));
        loop {
            let mut changed = pin!(self.core.console.changed());
            changed.as_mut().enable(); // before the look, so that no change goes unseen
            self.core.check_attached(self.client)?;
            if is_so() || !self.vm.actor().is_alive() {
                return Ok(());
            }
            let late = std::future::poll_fn(|context| {
                if changed.as_mut().poll(context).is_ready() {
                    return Poll::Ready(false);
                }
                let late = timer.as_mut().map_or(Poll::Pending, |timer| timer.as_mut().poll(context));
                late.map(|()| true)
            });
            if late.await {
                return Ok(());
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Nothing is left to do for a handle that was detached before.
        let Err(error) = self.core.detach(self.client, &self.vm) else { return };
        if error.kind() != ErrorKind::QuotaExceeded {
            return;
        }
        if self.core.durable.is_some() {
            self.core.abandon(self.client, &self.vm);
        } else {
            tracing::warn!(session = %self.core.id, %error, "terminated a session that nobody may leave");
            let _ = self.vm.terminate(); // somebody else may have been faster
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Session({})", self.core.id)
    }
}

/// There is a VM of this name, but nothing was made for input and output.
fn no_session(id: &VmId) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("`{id}` is a VM without a session; `create_session` makes one under another name"),
    )
}
