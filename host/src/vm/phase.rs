//! Where a VM is in its life, and the ways from one place to the next. The one file that decides what
//! becomes of an instance.

use crate::config::OnStop;
use crate::error::{Error, ErrorKind, Result};
use crate::guest::{Image, Instance, Lasting, Pages, State, Stop};
use crate::runtime::yield_once;

use super::Vm;
use super::checkpoint::{Checkpoint, Progress};

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

/// What a call leaves behind when it ends well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// A Lua state for the next call.
    Call,
    /// The same, whatever stops this call: `os.exit` undoes it too.
    Aside,
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
    /// The guest's memory as it is; nothing where there is no instance.
    pub(crate) fn memory(&self) -> &[u8] {
        match &self.phase {
            Phase::Ready(live) | Phase::Running(live) => live.instance.bytes(),
            Phase::Parked(..) | Phase::Stopped(_) | Phase::Ended(_) => &[],
        }
    }

    pub(super) fn keeps_checkpoints(&self) -> bool {
        self.setup.config.on_stop == OnStop::RollBack
    }

    /// Brings the VM into the phase of a call, with a checkpoint if it is to be kept.
    pub(super) async fn begin(&mut self, keep: bool) -> Result<()> {
        self.settle_dropped();
        if let Phase::Parked(..) = self.phase {
            self.revive()?;
        }
        if keep && self.keeps_checkpoints() {
            self.catch_up().await;
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

    /// Makes the checkpoint of a VM that rolls back that of now, piece by piece: others have their turn
    /// meanwhile.
    pub(super) async fn catch_up(&mut self) {
        let image = self.engine.image();
        while let Phase::Ready(live) = &mut self.phase {
            if live.catch_up(image) == Progress::Done {
                return;
            }
            yield_once().await;
        }
    }

    /// A VM that rolls back has its checkpoint already; any other looks at all that was touched.
    fn prepare(&self, live: &mut Live, keep: bool) -> Result<()> {
        if !keep {
            live.checkpoint = None;
            return Ok(());
        }
        if !self.keeps_checkpoints() {
            live.checkpoint = Some(live.instance.pages(self.engine.image()).into());
        }
        self.count(live)
    }

    /// Counts the checkpoint as memory of the VM. One that there is no room for is not kept.
    pub(super) fn count(&self, live: &mut Live) -> Result<()> {
        let counted = live.checkpoint.as_mut().map_or(Ok(()), |checkpoint| self.charge(checkpoint));
        counted.inspect_err(|_| live.forget_checkpoint())
    }

    fn charge(&self, checkpoint: &mut Checkpoint) -> Result<()> {
        match &self.setup.config.registration {
            Some(registration) => checkpoint.count(registration),
            None => Ok(()),
        }
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
            (Phase::Running(live), None, Ending::Call | Ending::Aside | Ending::Rest) => Phase::Ready(live),
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
    /// Takes over the next piece of what was written since the checkpoint.
    pub fn catch_up(&mut self, image: &Image) -> Progress {
        let fresh = || Pages::fresh(image.base.size()).into();
        self.checkpoint.get_or_insert_with(fresh).catch_up(&mut self.instance, image)
    }

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
