//! Standard streams: where a VM's input comes from and where its output goes.

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

mod input;

pub(crate) use input::{InputQueue, Place};

/// Where `io.read` reads from.
#[derive(Clone, Default)]
pub struct Stdin(pub(crate) Source);

#[derive(Clone, Default)]
pub(crate) enum Source {
    #[default]
    Empty,
    Bytes(Arc<[u8]>),
    /// Taken while a blocking thread reads from it, and gone if that read outlived its call.
    Reader(Arc<Mutex<Option<Box<dyn Read + Send>>>>),
    /// What a session was sent.
    Queue(Arc<InputQueue>),
}

impl Stdin {
    /// No input: the first read finds the end.
    pub fn empty() -> Stdin {
        Stdin(Source::Empty)
    }

    /// These bytes, from the beginning for each VM.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Stdin {
        Stdin(Source::Bytes(bytes.into().into()))
    }

    /// A reader, read on a thread of the engine's pool for calls that block. VMs made from one
    /// configuration share it.
    pub fn reader(reader: impl Read + Send + 'static) -> Stdin {
        Stdin(Source::Reader(Arc::new(Mutex::new(Some(Box::new(reader))))))
    }

    pub(crate) fn is_default(&self) -> bool {
        matches!(self.0, Source::Empty)
    }

    pub(crate) fn queue(queue: Arc<InputQueue>) -> Stdin {
        Stdin(Source::Queue(queue))
    }

    pub(crate) fn as_queue(&self) -> Option<&InputQueue> {
        match &self.0 {
            Source::Queue(queue) => Some(queue),
            _ => None,
        }
    }
}

impl fmt::Debug for Stdin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.0 {
            Source::Empty => "Stdin::Empty",
            Source::Bytes(_) => "Stdin::Bytes",
            Source::Reader(_) => "Stdin::Reader",
            Source::Queue(_) => "Stdin::Queue",
        })
    }
}

/// A writer that receives output as the guest writes it.
#[derive(Clone)]
pub(crate) struct Sink(Arc<Mutex<dyn Write + Send>>);

impl Sink {
    pub fn new(writer: impl Write + Send + 'static) -> Sink {
        Sink(Arc::new(Mutex::new(writer)))
    }

    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        // A writer that panicked once is as good as any: it decides itself what to do next.
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write_all(bytes)?;
        writer.flush()
    }
}
