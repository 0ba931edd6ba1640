//! Sessions on disk: a folder with one file for each generation of a session, the two newest kept.
//!
//! The directory is the only truth. Each save writes a whole new file and gives it its name when it is on
//! the disk, so a file that has a session's name is whole, or the disk has changed it since.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::id::VmId;

use super::disk::{Disk, Found};
use super::host_disk::HostDisk;
use super::state_file::{Named, StateFile};
use super::state_lock::{lock_within, probe};

/// Generations that are kept of a session: the newest, and one to go back to when the disk damaged it.
const KEPT: usize = 2;
/// A folder in which sessions outlive the process. One process at a time has it.
///
/// Calls wait for the disk: make them where that is allowed. Those about different sessions may be made
/// at once.
pub struct StateDir {
    disk: Arc<dyn Disk>,
    /// Generations of each session, oldest first, never empty: what the directory held when it was
    /// opened, and what was done since.
    sessions: Mutex<BTreeMap<VmId, Vec<u64>>>,
    /// Numbers temporary files, so that no two saves write to one.
    serial: AtomicU64,
    /// Released when this is dropped.
    _lock: Box<dyn Send + Sync>,
}

/// What a state directory holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Sessions, by name.
    pub sessions: Vec<StoredSession>,
    /// Names that are not of this library's making, by name. They are left alone.
    pub strangers: Vec<OsString>,
}

/// A session that has a state on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
    /// Its name.
    pub id: VmId,
    /// Generations that are kept, oldest first; never empty.
    pub generations: Vec<u64>,
}

impl StateDir {
    /// Opens a directory, or makes it, and removes what saves that were cut off left behind.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InUse`], naming the process that has it, and [`ErrorKind::Storage`] when it is no
    /// directory, cannot be written, belongs to another user, or others may write to it.
    pub fn open(path: impl AsRef<Path>) -> Result<StateDir> {
        StateDir::open_within(path, Duration::ZERO)
    }

    /// As [`StateDir::open`], and waits so long for another process to close it.
    ///
    /// # Errors
    ///
    /// As [`StateDir::open`].
    pub fn open_within(path: impl AsRef<Path>, patience: Duration) -> Result<StateDir> {
        StateDir::on(Arc::new(HostDisk::open(path.as_ref())?), patience)
    }

    /// Opens a directory on any disk.
    ///
    /// # Errors
    ///
    /// As [`StateDir::open`].
    pub fn on(disk: Arc<dyn Disk>, patience: Duration) -> Result<StateDir> {
        let lock = lock_within(&*disk, patience)?;
        probe(&*disk)?;
        let (sessions, temporary, _) = survey(&*disk)?;
        for name in temporary {
            remove_left_over(&*disk, &name)?;
        }
        Ok(StateDir { disk, sessions: Mutex::new(sessions), serial: AtomicU64::new(0), _lock: lock })
    }

    /// Sessions by their names on disk. Nothing is read but the directory.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`].
    pub fn list(&self) -> Result<Listing> {
        let (sessions, _, strangers) = survey(&*self.disk)?;
        let sessions = sessions.into_iter().map(|(id, generations)| StoredSession { id, generations });
        Ok(Listing { sessions: sessions.collect(), strangers })
    }

    /// The newest generation of a session, if it has a state.
    pub fn newest(&self, id: &VmId) -> Option<u64> {
        self.sessions().get(id).and_then(|generations| generations.last().copied())
    }

    /// Makes these bytes the state of a session. When it returns, they are on disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] when the disk refuses: the state is then the one before or the new one,
    /// whole in either case, and saving again, with the same generation or a newer one, starts afresh.
    /// [`ErrorKind::InvalidConfig`] when a newer generation is there.
    pub fn save(&self, id: &VmId, generation: u64, bytes: &[u8]) -> Result<()> {
        if let Some(newest) = self.newest(id).filter(|newest| *newest > generation) {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                format!("generation {generation} of session `{id}` is old: expected at least {newest}"),
            ));
        }
        let file = StateFile::new(id, generation);
        let name = file.to_string();
        let temporary = file.temporary(self.serial.fetch_add(1, Ordering::Relaxed));
        let written = self.write(&temporary, bytes).and_then(|()| self.disk.rename(&temporary, &name));
        if let Err(error) = written {
            // Best effort: what stays is removed when the directory is opened next.
            let _ = self.disk.remove(&temporary);
            return Err(self.refused("write", &name, error));
        }
        self.note(id, generation);
        self.disk.sync().map_err(|error| self.refused("write", &name, error))?;
        self.prune(id);
        Ok(())
    }

    /// The state of a session, as `decode` makes it of the bytes. Files over the ceiling, in bytes, are
    /// not read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], [`ErrorKind::Storage`], [`ErrorKind::SnapshotTooLarge`],
    /// [`ErrorKind::SnapshotDamaged`] when it is no file, and those of `decode`. A damaged state's error
    /// says whether an older one is intact.
    pub fn load<T>(&self, id: &VmId, ceiling: u64, decode: impl Fn(&[u8]) -> Result<T>) -> Result<T> {
        let mut generations = self.generations(id)?.into_iter().rev();
        let newest = generations.next().ok_or_else(|| not_found(id))?;
        self.read(id, newest, ceiling, &decode).map_err(|error| {
            if error.kind() != ErrorKind::SnapshotDamaged {
                return error;
            }
            let older = generations.find(|older| self.read(id, *older, ceiling, &decode).is_ok());
            let outlook = match older {
                Some(older) => format!("generation {older} is intact: recover the session to go on from it"),
                None => "no older generation is intact; remove the session to use its name again".to_string(),
            };
            Error::new(error.kind(), format!("{error}; {outlook}")).with_source(error)
        })
    }

    /// The first bytes of the newest state of a session, at most so many.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], [`ErrorKind::Storage`], and [`ErrorKind::SnapshotDamaged`] when it is no
    /// file.
    pub fn peek(&self, id: &VmId, length: u64) -> Result<Vec<u8>> {
        let newest = self.newest(id).ok_or_else(|| not_found(id))?;
        let (name, _, content) = self.find(id, newest)?;
        self.read_to(length, &name, content)
    }

    /// Bytes that a session takes on disk, in all its generations.
    ///
    /// # Errors
    ///
    /// As [`StateDir::peek`].
    pub fn stored(&self, id: &VmId) -> Result<u64> {
        Ok(self.sizes(id)?.iter().sum())
    }

    /// Bytes of each generation of a session, the oldest first.
    ///
    /// # Errors
    ///
    /// As [`StateDir::peek`].
    pub fn sizes(&self, id: &VmId) -> Result<Vec<u64>> {
        self.generations(id)?.into_iter().map(|generation| Ok(self.find(id, generation)?.1)).collect()
    }

    /// Sessions that have a state, in the order of their names. Nothing is read.
    pub fn ids(&self) -> Vec<VmId> {
        self.sessions().keys().cloned().collect()
    }

    /// Makes the newest generation that `decode` takes the current one: newer ones, if they are damaged,
    /// are removed. Gives that generation. A session whose newest state is intact stays as it is.
    ///
    /// # Errors
    ///
    /// As [`StateDir::load`]. Whatever is wrong with a state other than damage, it is not removed.
    pub fn recover<T>(&self, id: &VmId, ceiling: u64, decode: impl Fn(&[u8]) -> Result<T>) -> Result<u64> {
        let mut damaged = Vec::new();
        for generation in self.generations(id)?.into_iter().rev() {
            match self.read(id, generation, ceiling, &decode) {
                Ok(_) => {
                    self.remove_generations(id, &damaged)?;
                    return Ok(generation);
                }
                Err(error) if error.kind() == ErrorKind::SnapshotDamaged => damaged.push(generation),
                Err(error) => return Err(error),
            }
        }
        Err(Error::new(
            ErrorKind::SnapshotDamaged,
            format!("no generation of session `{id}` is intact; remove the session to use its name again"),
        ))
    }

    /// Removes the states of a session. When it returns, that is on disk.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`], and [`ErrorKind::Storage`]: the newest state is then still there, or
    /// none.
    pub fn remove(&self, id: &VmId) -> Result<()> {
        let generations = self.generations(id)?;
        // The newest one goes when the others are gone for good: after a power cut between the two an
        // old state would be current again.
        for generation in generations {
            self.remove_generations(id, &[generation])?;
        }
        Ok(())
    }

    fn generations(&self, id: &VmId) -> Result<Vec<u64>> {
        self.sessions().get(id).cloned().ok_or_else(|| not_found(id))
    }

    fn write(&self, temporary: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.disk.create(temporary)?;
        file.write_all(bytes)?;
        file.sync()
    }

    /// Reads one generation and decodes it. What does not look like a state is damage.
    fn read<T>(
        &self,
        id: &VmId,
        generation: u64,
        ceiling: u64,
        decode: impl Fn(&[u8]) -> Result<T>,
    ) -> Result<T> {
        let (name, size, content) = self.find(id, generation)?;
        if size > ceiling {
            return Err(Error::new(
                ErrorKind::SnapshotTooLarge,
                format!("`{name}` has {size} bytes: {ceiling} are allowed; raise the limit to load it"),
            ));
        }
        let bytes = self.read_to(size, &name, content)?;
        decode(&bytes)
            .map_err(|error| Error::new(error.kind(), format!("`{name}`: {error}")).with_source(error))
    }

    fn find(&self, id: &VmId, generation: u64) -> Result<(String, u64, Box<dyn Read + Send>)> {
        let name = StateFile::new(id, generation).to_string();
        match self.disk.open(&name) {
            Ok(Found::File { size, content }) => Ok((name, size, content)),
            Ok(Found::NoFile) => Err(Error::new(
                ErrorKind::SnapshotDamaged,
                format!("`{name}` is no file: expected a state that was saved; links are not followed"),
            )),
            Err(error) => Err(self.refused("read", &name, error)),
        }
    }

    fn read_to(&self, length: u64, name: &str, content: Box<dyn Read + Send>) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let read = content.take(length).read_to_end(&mut bytes);
        read.map_err(|error| self.refused("read", name, error))?;
        Ok(bytes)
    }

    fn note(&self, id: &VmId, generation: u64) {
        let mut sessions = self.sessions();
        let generations = sessions.entry(id.clone()).or_default();
        if generations.last() != Some(&generation) {
            generations.push(generation);
        }
    }

    /// Removes what is older than the generations that are kept.
    fn prune(&self, id: &VmId) {
        let generations = self.generations(id).unwrap_or_default();
        let surplus = generations.len().saturating_sub(KEPT);
        for generation in &generations[..surplus] {
            // The new state is on disk, which is what was asked for. What cannot be removed now is still
            // noted, and tried again after the next save.
            let _ = self.remove_file(id, *generation);
        }
    }

    fn remove_generations(&self, id: &VmId, generations: &[u64]) -> Result<()> {
        for generation in generations {
            self.remove_file(id, *generation)?;
        }
        self.disk.sync().map_err(|error| self.refused("remove a state in", "", error))
    }

    fn remove_file(&self, id: &VmId, generation: u64) -> Result<()> {
        let name = StateFile::new(id, generation).to_string();
        match self.disk.remove(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(self.refused("remove", &name, error));
            }
            _ => {}
        }
        let mut sessions = self.sessions();
        if let Some(generations) = sessions.get_mut(id) {
            generations.retain(|other| *other != generation);
            if generations.is_empty() {
                sessions.remove(id);
            }
        }
        Ok(())
    }

    fn sessions(&self) -> MutexGuard<'_, BTreeMap<VmId, Vec<u64>>> {
        // Every change is one step of the map, so it is whole whoever panicked.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refused(&self, action: &str, name: &str, error: io::Error) -> Error {
        refused(&*self.disk, action, name, error)
    }
}

impl std::fmt::Debug for StateDir {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "StateDir({})", self.disk.shown())
    }
}

type Survey = (BTreeMap<VmId, Vec<u64>>, Vec<String>, Vec<OsString>);

/// Sorts the names of a directory: sessions, temporary files, strangers.
fn survey(disk: &dyn Disk) -> Result<Survey> {
    let (mut sessions, mut temporary, mut strangers) = Survey::default();
    for name in disk.list().map_err(|error| refused(disk, "list", "", error))? {
        match Named::of(&name) {
            Named::State(StateFile { id, generation }) => sessions.entry(id).or_default().push(generation),
            Named::Temporary => temporary.extend(name.into_string()),
            Named::Lock => {}
            Named::Stranger => strangers.push(name),
        }
    }
    sessions.values_mut().for_each(|generations: &mut Vec<u64>| generations.sort_unstable());
    strangers.sort_unstable();
    Ok((sessions, temporary, strangers))
}

fn remove_left_over(disk: &dyn Disk, name: &str) -> Result<()> {
    match disk.remove(name) {
        // Whatever it is, no save made it.
        Err(error) if error.kind() == io::ErrorKind::IsADirectory => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(|error| refused(disk, "remove", name, error)),
    }
}

pub(super) fn refused(disk: &dyn Disk, action: &str, name: &str, error: io::Error) -> Error {
    let place = Path::new(&disk.shown()).join(name).display().to_string();
    let place = place.trim_end_matches('/');
    Error::new(ErrorKind::Storage, format!("cannot {action} `{place}`: {error}")).with_source(error)
}

fn not_found(id: &VmId) -> Error {
    Error::new(ErrorKind::NotFound, format!("no session named `{id}` has a state on disk"))
}
