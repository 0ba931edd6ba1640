//! A disk in memory that fails at a chosen operation, and loses at a power cut what was not synced.
//!
//! As on a real disk, what programs see runs ahead of what is stored: bytes are stored when their file
//! is synced, names when the folder is. In between, any subset of the changes may have been stored.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Cursor, Write};
use std::sync::{Arc, Mutex, MutexGuard};

use bioxen_lua::testing::{Disk, Found, Locking, NewFile};

/// Changes since the last sync of which all subsets are tried.
const MOST_SUBSETS: usize = 12;
/// Longer writes are taken in pieces, as by a disk that is nearly full.
const WHOLE_WRITE: usize = 64;

#[derive(Clone, Default)]
pub struct FaultDisk(Arc<Mutex<State>>);

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The operation of this number fails with this error of the system.
    Once(usize, i32),
    /// That one and all after it, until [`FaultDisk::heal`].
    From(usize, i32),
    /// The power goes before the operation of this number.
    PowerCut(usize),
}

#[derive(Default)]
struct State {
    seen: Content,
    stored: Content,
    /// What was seen and is not stored, in order.
    changes: Vec<Change>,
    operations: usize,
    fault: Option<Fault>,
    locked: bool,
}

#[derive(Clone, Default)]
struct Content {
    names: BTreeMap<String, usize>,
    files: BTreeMap<usize, Vec<u8>>,
}

#[derive(Clone)]
enum Change {
    Write { file: usize, at: usize, bytes: Vec<u8> },
    Create { name: String, file: usize },
    Rename { from: String, to: String, file: usize },
    Remove { name: String },
}

impl Content {
    fn apply(&mut self, change: &Change) {
        match change {
            Change::Write { file, at, bytes } => {
                let content = self.files.entry(*file).or_default();
                content.resize(content.len().max(at + bytes.len()), 0);
                content[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Change::Create { name, file } => {
                self.names.insert(name.clone(), *file);
            }
            Change::Rename { from, to, file } => {
                self.names.remove(from);
                self.names.insert(to.clone(), *file);
            }
            Change::Remove { name } => {
                self.names.remove(name);
            }
        }
    }
}

impl State {
    /// Counts an operation, and fails it when its time has come.
    fn step(&mut self) -> io::Result<()> {
        let number = self.operations;
        self.operations += 1;
        let code = match self.fault {
            Some(Fault::Once(at, code)) if number == at => code,
            Some(Fault::From(at, code)) if number >= at => code,
            Some(Fault::PowerCut(at)) if number >= at => EIO,
            _ => return Ok(()),
        };
        Err(io::Error::from_raw_os_error(code))
    }

    fn change(&mut self, change: Change) {
        self.seen.apply(&change);
        self.changes.push(change);
    }

    fn file(&self, name: &str) -> io::Result<usize> {
        self.seen.names.get(name).copied().ok_or(io::ErrorKind::NotFound.into())
    }

    /// Stores the changes that are meant.
    fn store(&mut self, meant: impl Fn(&Change) -> bool) {
        for change in std::mem::take(&mut self.changes) {
            if meant(&change) {
                self.stored.apply(&change);
            } else {
                self.changes.push(change);
            }
        }
    }
}

pub const EIO: i32 = 5;
pub const EMFILE: i32 = 24;
pub const ENOSPC: i32 = 28;
pub const EROFS: i32 = 30;
pub const EDQUOT: i32 = 122;

impl FaultDisk {
    /// Operations are counted from 0 again, and this goes wrong.
    pub fn inject(&self, fault: Fault) {
        let mut state = self.state();
        state.operations = 0;
        state.fault = Some(fault);
    }

    /// Nothing goes wrong any more. Says whether something did.
    pub fn heal(&self) -> bool {
        let mut state = self.state();
        let reached = match state.fault.take() {
            Some(Fault::Once(at, _) | Fault::From(at, _) | Fault::PowerCut(at)) => state.operations > at,
            None => false,
        };
        state.operations = 0;
        reached
    }

    /// Changes a file behind everybody's back, as a failing disk does.
    pub fn damage(&self, name: &str, damage: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.state();
        let file = state.file(name).expect("there is such a file");
        let mut bytes = state.seen.files.remove(&file).unwrap_or_default();
        damage(&mut bytes);
        state.seen.files.insert(file, bytes.clone());
        state.stored.files.insert(file, bytes);
    }

    pub fn names(&self) -> Vec<String> {
        self.state().seen.names.keys().cloned().collect()
    }

    /// What may be found when the power is back: a disk for each subset of what was not synced.
    pub fn after_power_cut(&self) -> impl Iterator<Item = FaultDisk> {
        let (stored, changes) = {
            let state = self.state();
            (state.stored.clone(), state.changes.clone())
        };
        assert!(changes.len() <= MOST_SUBSETS, "{} changes are too many to try all", changes.len());
        (0u32..1 << changes.len()).map(move |subset| {
            let mut content = stored.clone();
            for (at, change) in changes.iter().enumerate() {
                if subset & (1 << at) != 0 {
                    content.apply(change);
                }
            }
            let state = State { seen: content.clone(), stored: content, ..State::default() };
            FaultDisk(Arc::new(Mutex::new(state)))
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no test panics with the disk in hand")
    }
}

impl Disk for FaultDisk {
    fn shown(&self) -> String {
        "memory".to_string()
    }

    fn lock(&self) -> io::Result<Locking> {
        let mut state = self.state();
        state.step()?;
        if std::mem::replace(&mut state.locked, true) {
            return Ok(Locking::Other { holder: "1 (init)".to_string() });
        }
        Ok(Locking::Held(Box::new(Held(self.clone()))))
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn NewFile>> {
        let mut state = self.state();
        state.step()?;
        if state.seen.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        // Never used before on this disk, whichever files are gone.
        let used = state.seen.files.keys().chain(state.stored.files.keys()).max();
        let file = used.map_or(0, |file| file + 1);
        state.seen.files.insert(file, Vec::new());
        state.change(Change::Create { name: name.to_string(), file });
        Ok(Box::new(Writing { disk: self.clone(), file }))
    }

    fn open(&self, name: &str) -> io::Result<Found> {
        let mut state = self.state();
        state.step()?;
        let file = state.file(name)?;
        let bytes = state.seen.files.get(&file).cloned().unwrap_or_default();
        let size = bytes.len() as u64;
        Ok(Found::File { size, content: Box::new(Reading { disk: self.clone(), bytes: Cursor::new(bytes) }) })
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        let file = state.file(from)?;
        state.change(Change::Rename { from: from.to_string(), to: to.to_string(), file });
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        state.file(name)?;
        state.change(Change::Remove { name: name.to_string() });
        Ok(())
    }

    fn list(&self) -> io::Result<Vec<OsString>> {
        let mut state = self.state();
        state.step()?;
        Ok(state.seen.names.keys().map(OsString::from).collect())
    }

    fn sync(&self) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        state.store(|change| !matches!(change, Change::Write { .. }));
        Ok(())
    }
}

struct Held(FaultDisk);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.state().locked = false;
    }
}

struct Writing {
    disk: FaultDisk,
    file: usize,
}

impl Writing {
    fn put(&self, state: &mut State, bytes: &[u8]) {
        let at = state.seen.files.get(&self.file).map_or(0, Vec::len);
        state.change(Change::Write { file: self.file, at, bytes: bytes.to_vec() });
    }
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.disk.state();
        let taken = if bytes.len() > WHOLE_WRITE { bytes.len().div_ceil(2) } else { bytes.len() };
        if let Err(error) = state.step() {
            // Torn: a part of it was taken before the error.
            self.put(&mut state, &bytes[..taken / 2]);
            return Err(error);
        }
        self.put(&mut state, &bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl NewFile for Writing {
    fn sync(&mut self) -> io::Result<()> {
        let mut state = self.disk.state();
        let own = |change: &Change| matches!(change, Change::Write { file, .. } if *file == self.file);
        if let Err(error) = state.step() {
            // As Linux does: what could not be written is forgotten, and the next sync finds nothing to
            // do and succeeds. Under a power cut nobody asks any more, and each piece may be stored.
            if !matches!(state.fault, Some(Fault::PowerCut(_))) {
                state.changes.retain(|change| !own(change));
            }
            return Err(error);
        }
        state.store(own);
        Ok(())
    }
}

struct Reading {
    disk: FaultDisk,
    bytes: Cursor<Vec<u8>>,
}

impl io::Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.disk.state().step()?;
        self.bytes.read(buffer)
    }
}
