//! Where a VM is in its life, and the ways from one place to the next. The one file that decides what
//! becomes of an instance.

use crate::config::OnStop;
use crate::error::{Error, ErrorKind, Result};
use crate::guest::{Instance, Lasting, PAGE, Pages, State, Stop};
use crate::quota::Charge;

use super::Vm;

/// Where a VM is in its life.
pub(super) enum Phase {
    /// Between two calls.
    Ready(Live),
    /// A call has begun. Found at the next one only when the call's future was dropped: then the guest
    /// stands still in mid-run and is not entered again.
    Running(Live),
    /// Without an instance, and to be made again from these pages.
    Parked(Checkpoint, Lasting),
    /// Stopped hard, with nothing to go back to.
    Stopped(Lasting),
    /// The program has ended; its Lua state is closed.
    Ended(Lasting),
}

/// An instance, and its memory at an earlier moment between two calls: while a call runs, that before the
/// call, to go back to. There is none where nothing will go back.
pub(super) struct Live {
    pub instance: Box<Instance>,
    pub checkpoint: Option<Checkpoint>,
}

/// The memory of an instance at an earlier moment between two calls.
pub(super) struct Checkpoint {
    pub pages: Pages,
    /// What it costs, where a manager counts.
    charge: Option<Charge>,
}

impl From<Pages> for Checkpoint {
    fn from(pages: Pages) -> Checkpoint {
        Checkpoint { pages, charge: None }
    }
}

/// What a call leaves behind when it ends well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// A Lua state for the next call.
    Call,
    /// A closed one.
    Program,
    /// A Lua state that is ready to be copied. Whatever stops this call, `os.exit` included, undoes it.
    Rest,
}

/// Nothing but what outlives every instance; stands in while a phase is taken out.
fn nothing() -> Phase {
    Phase::Stopped(Lasting::default())
}

impl Phase {
    pub fn take(&mut self) -> Phase {
        std::mem::replace(self, nothing())
    }

    pub fn name(&self) -> &'static str {
        match self {
            Phase::Ready(_) => "ready",
            Phase::Running(_) => "running",
            Phase::Parked(..) => "parked",
            Phase::Stopped(_) => "stopped",
            Phase::Ended(_) => "ended",
        }
    }
}

impl Vm {
    pub(super) fn keeps_checkpoints(&self) -> bool {
        self.setup.config.on_stop == OnStop::RollBack
    }

    /// Brings the VM into the phase of a call, with a checkpoint if it is to be kept.
    pub(super) fn begin(&mut self, keep: bool) -> Result<()> {
        self.settle_dropped();
        if let Phase::Parked(..) = self.phase {
            self.revive()?;
        }
        match self.phase.take() {
            Phase::Ready(mut live) => {
                if let Err(error) = self.prepare(&mut live, keep) {
                    self.phase = Phase::Ready(live);
                    return Err(error);
                }
                self.phase = Phase::Running(live);
                Ok(())
            }
            other => {
                let error = if let Phase::Ended(_) = other { ended() } else { stopped() };
                self.phase = other;
                Err(error)
            }
        }
    }

    fn prepare(&self, live: &mut Live, keep: bool) -> Result<()> {
        if !keep {
            live.checkpoint = None;
            return Ok(());
        }
        self.update(live);
        self.count(live)
    }

    /// Makes the checkpoint that of now. A VM that rolls back brings the last one up to date, any other
    /// looks at all that was touched.
    pub(super) fn update(&self, live: &mut Live) {
        let image = self.engine.image();
        if !self.keeps_checkpoints() {
            live.checkpoint = Some(live.instance.pages(image).into());
            return;
        }
        let fresh = || Pages::fresh(image.base.size()).into();
        let checkpoint = live.checkpoint.get_or_insert_with(fresh);
        live.instance.checkpoint(image, &mut checkpoint.pages);
    }

    /// Counts the checkpoint as memory of the VM. One that there is no room for is not kept.
    pub(super) fn count(&self, live: &mut Live) -> Result<()> {
        let counted = live.checkpoint.as_mut().map_or(Ok(()), |checkpoint| self.charge(checkpoint));
        counted.inspect_err(|_| live.forget_checkpoint())
    }

    fn charge(&self, checkpoint: &mut Checkpoint) -> Result<()> {
        let Some(registration) = &self.setup.config.registration else { return Ok(()) };
        let bytes = (checkpoint.pages.held() * PAGE) as u64;
        match &mut checkpoint.charge {
            Some(charge) => charge.set(bytes)?,
            none => *none = Some(registration.charge_memory(bytes)?),
        }
        Ok(())
    }

    /// A call whose future was dropped is over: the VM goes back, or is stopped.
    pub(super) fn settle_dropped(&mut self) {
        self.phase = match self.phase.take() {
            Phase::Running(live) => gone_back(live),
            other => other,
        };
    }

    /// Brings the VM into the phase behind a call.
    pub(super) fn settle(&mut self, stop: Option<&Stop>, ending: Ending) {
        self.phase = match (self.phase.take(), stop, ending) {
            (Phase::Running(live), None, Ending::Call | Ending::Rest) => Phase::Ready(live),
            (Phase::Running(live), None, Ending::Program)
            | (Phase::Running(live), Some(Stop::Exit(_)), Ending::Call | Ending::Program) => {
                Phase::Ended(live.into_lasting())
            }
            (Phase::Running(live), Some(stop), _) => {
                tracing::debug!(?stop, "stopped a guest");
                gone_back(live)
            }
            (other, ..) => other,
        };
    }

    /// Takes back a call that ended well.
    pub(super) fn undo(&mut self) {
        self.phase = match self.phase.take() {
            Phase::Ready(live) | Phase::Running(live) => gone_back(live),
            other => other,
        };
    }

    /// Gives a parked VM an instance. Where there is no room for one, the state waits.
    pub(super) fn revive(&mut self) -> Result<()> {
        let (mut checkpoint, lasting) = match self.phase.take() {
            Phase::Parked(checkpoint, lasting) => (checkpoint, lasting),
            other => {
                self.phase = other;
                return Ok(());
            }
        };
        let mut instance = match self.instance(lasting) {
            Ok(instance) => instance,
            Err(refused) => {
                let (error, lasting) = *refused;
                self.phase = Phase::Parked(checkpoint, lasting);
                return Err(error);
            }
        };
        let kept = self.keeps_checkpoints();
        let restored = instance.restore(&checkpoint.pages);
        if let Err(error) = restored.and_then(|()| if kept { self.charge(&mut checkpoint) } else { Ok(()) }) {
            self.phase = Phase::Parked(checkpoint, instance.into_lasting());
            return Err(error);
        }
        self.phase = Phase::Ready(Live { instance, checkpoint: kept.then_some(checkpoint) });
        Ok(())
    }

    /// Gives the VM the fresh image.
    pub(super) fn start_fresh(&mut self, lasting: Lasting) -> Result<()> {
        match self.instance(lasting) {
            Ok(instance) => {
                self.phase = Phase::Ready(Live { instance, checkpoint: None });
                Ok(())
            }
            Err(refused) => {
                let (error, lasting) = *refused;
                self.phase = Phase::Stopped(lasting);
                Err(error)
            }
        }
    }

    fn instance(&self, mut lasting: Lasting) -> Result<Box<Instance>, Box<(Error, Lasting)>> {
        lasting.disk.all_closed();
        let image = self.engine.image();
        let state = State::new(
            self.setup.clone(),
            self.control.clone(),
            self.engine.auxiliary().clone(),
            image.layout,
            lasting,
        );
        Ok(Box::new(Instance::new(image, state)?))
    }

    /// Drops whatever instance there is, and keeps what outlives it.
    pub(super) fn leave(&mut self) -> Lasting {
        match self.phase.take() {
            Phase::Ready(live) | Phase::Running(live) => live.into_lasting(),
            Phase::Parked(_, lasting) | Phase::Stopped(lasting) | Phase::Ended(lasting) => lasting,
        }
    }
}

impl Live {
    /// Drops the checkpoint. The next one begins from nothing, and so does what the kernel tells.
    fn forget_checkpoint(&mut self) {
        self.checkpoint = None;
        self.instance.unwatch();
    }

    fn into_lasting(self) -> Lasting {
        self.instance.into_lasting()
    }
}

/// Where a VM is whose call did not end well.
fn gone_back(live: Live) -> Phase {
    let Live { instance, checkpoint } = live;
    match checkpoint {
        Some(checkpoint) => Phase::Parked(checkpoint, instance.into_lasting()),
        None => Phase::Stopped(instance.into_lasting()),
    }
}

pub(super) fn stopped() -> Error {
    Error::new(ErrorKind::Stopped, "the VM was stopped; `reset` makes it fresh")
}

pub(super) fn ended() -> Error {
    Error::new(ErrorKind::Ended, "the program of this VM has ended; `reset` makes it fresh")
}
