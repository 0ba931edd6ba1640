//! Changing an environment: a new generation, made current in one step.
//!
//! A generation carries all that describes it. `env.lock` and the requirements in `env.toml` are copies for
//! people and for version control, written when it has become the current one; a file beside the generation
//! says that they are still to be written, so that who was stopped there is made up for.

use std::io;

use crate::error::Result;
use crate::fs::Folder;
use crate::package::Requirement;

use super::generations::Generations;
use super::home::{Changing, Home};
use super::name::EnvironmentName;
use super::settings::Settings;
use super::storage::{corrupt, refused};

/// The lock file: a copy in each generation, and one for people.
pub(super) const LOCK: &str = "env.lock";
/// Requirements of a generation, one a line.
pub(super) const WANTED: &str = "wanted";
/// Beside a generation whose copies are still to be written. It holds one of the two below.
pub(super) const UNPUBLISHED: &str = "unpublished";
/// Nobody was ever given this generation: if it is not the current one it goes.
const NEW: &[u8] = b"new\n";
/// It was given before, and is gone back to.
const AGAIN: &[u8] = b"again\n";
/// Largest lock file, and largest list of requirements, in bytes.
pub(super) const MAX_TEXT: u64 = 16 << 20;

/// The right to change an environment, which is whole.
#[derive(Debug)]
pub(crate) struct Writer {
    folder: Folder,
    generations: Generations,
    _changing: Changing,
}

/// What describes a generation beside its tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Description<'a> {
    pub wanted: &'a [Requirement],
    pub lock: &'a str,
}

impl Writer {
    /// Waits for others that change it, and makes up for one that was stopped.
    pub fn open(home: &Home, name: &EnvironmentName) -> Result<Writer> {
        let changing = home.changing(name)?;
        let folder = home.environment(name)?;
        recover(&folder)?;
        let generations = Generations::of(folder.clone());
        Ok(Writer { folder, generations, _changing: changing })
    }

    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    pub fn generations(&self) -> &Generations {
        &self.generations
    }

    /// Makes a generation and gives it to the VMs that come. Until then, and should anything fail, all stays as
    /// it is.
    pub fn commit(
        &self,
        description: Description<'_>,
        fill: impl FnOnce(&Folder) -> Result<()>,
    ) -> Result<u64> {
        let number = write(&self.generations, description, fill)?;
        self.generations.make_current(number)?;
        publish(&self.folder, number)?;
        Ok(number)
    }

    /// Writes the copies of what describes a generation anew, where somebody changed them.
    pub fn publish(&self, number: u64) -> Result<()> {
        publish(&self.folder, number)
    }

    /// Gives an earlier generation to the VMs that come.
    pub fn go_back(&self, number: u64) -> Result<()> {
        let generation = self.generations.open(number)?;
        let marked = generation.write_new(UNPUBLISHED, AGAIN).and_then(|()| generation.sync(""));
        marked.map_err(|error| refused("mark", &generation, "", error))?;
        self.generations.make_current(number)?;
        publish(&self.folder, number)
    }
}

/// The first generation of an environment that is being made in a folder.
pub(crate) fn begin(
    folder: &Folder,
    description: Description<'_>,
    fill: impl FnOnce(&Folder) -> Result<()>,
) -> Result<()> {
    let generations = Generations::of(folder.clone());
    Settings::default().write(folder)?;
    let number = write(&generations, description, fill)?;
    generations.make_current(number)?;
    publish(folder, number)
}

/// Makes an environment whole that somebody was changing who was stopped. Nobody may change it now.
pub(crate) fn recover(folder: &Folder) -> Result<()> {
    let generations = Generations::of(folder.clone());
    let sweep = || -> io::Result<()> {
        for entry in folder.list("")?.iter().filter(|entry| entry.name.ends_with(".tmp")) {
            folder.remove_all(&entry.name)?;
        }
        generations.sweep()
    };
    sweep().map_err(|error| refused("tidy", folder, "", error))?;
    let current = generations.current()?;
    for number in generations.numbers()? {
        settle(folder, &generations, number, number == current)?;
    }
    Ok(())
}

/// Makes up for a change that was stopped at this generation, if one was.
fn settle(folder: &Folder, generations: &Generations, number: u64, current: bool) -> Result<()> {
    let generation = generations.open(number)?;
    let storage = |error| refused("tidy", &generation, "", error);
    if generation.kind(UNPUBLISHED).map_err(storage)?.is_none() {
        return Ok(());
    }
    let mark = generation.read(UNPUBLISHED, MAX_TEXT).map_err(storage)?;
    match (current, mark.as_slice()) {
        (true, _) => publish(folder, number),
        (false, NEW) => generations.remove(number).map(|_| ()).map_err(storage),
        (false, _) => generation.remove_file(UNPUBLISHED).map_err(storage),
    }
}

/// Writes a generation that nobody is given yet.
fn write(
    generations: &Generations,
    description: Description<'_>,
    fill: impl FnOnce(&Folder) -> Result<()>,
) -> Result<u64> {
    let (number, generation) = generations.begin()?;
    let written = fill(&generation)
        .and_then(|()| describe(&generation, description))
        .and_then(|()| generations.finish(number));
    if written.is_err() {
        generations.abandon(number);
    }
    written.map(|()| number)
}

fn describe(generation: &Folder, description: Description<'_>) -> Result<()> {
    let wanted: String = description.wanted.iter().map(|requirement| format!("{requirement}\n")).collect();
    let described = || {
        generation.write_unsynced(WANTED, wanted.as_bytes())?;
        generation.write_unsynced(LOCK, description.lock.as_bytes())?;
        generation.write_unsynced(UNPUBLISHED, NEW)
    };
    described().map_err(|error| refused("describe", generation, "", error))
}

/// Writes the copies of what describes the current generation, where they are not what they should be.
fn publish(folder: &Folder, number: u64) -> Result<()> {
    let generation = Generations::of(folder.clone()).open(number)?;
    let mut settings = Settings::read(folder)?;
    let wanted = wanted(&generation)?;
    if settings.requirements != wanted {
        settings.requirements = wanted;
        settings.write(folder)?;
    }
    let lock = lock_text(&generation)?;
    if published_lock(folder)?.as_ref() != Some(&lock) {
        let written = folder.write_whole(LOCK, lock.as_bytes());
        written.map_err(|error| refused("write", folder, LOCK, error))?;
    }
    match generation.remove_file(UNPUBLISHED) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(refused("remove", &generation, UNPUBLISHED, error))
        }
        _ => Ok(()),
    }
}

/// The lock file for people, if it is there.
pub(crate) fn published_lock(folder: &Folder) -> Result<Option<String>> {
    match folder.kind(LOCK).map_err(|error| refused("read", folder, LOCK, error))? {
        Some(_) => text(folder, LOCK).map(Some),
        None => Ok(None),
    }
}

/// What was asked for when a generation was made.
pub(crate) fn wanted(generation: &Folder) -> Result<Vec<Requirement>> {
    let text = text(generation, WANTED)?;
    let lines = text.lines().map(str::parse);
    lines.collect::<Result<_>>().map_err(|error| corrupt(generation, WANTED, &error.to_string()))
}

/// The lock file of a generation.
pub(crate) fn lock_text(generation: &Folder) -> Result<String> {
    text(generation, LOCK)
}

fn text(folder: &Folder, file: &str) -> Result<String> {
    let bytes = folder.read(file, MAX_TEXT).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => corrupt(folder, file, "it is missing"),
        _ => refused("read", folder, file, error),
    })?;
    String::from_utf8(bytes).map_err(|_| corrupt(folder, file, "it is no text"))
}
