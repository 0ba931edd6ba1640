//! A folder of the host, and what is done in it.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, Metadata, OpenOptions};

use super::file_lock::{FileLock, Hold};
use super::mode::{FOLDER, PRIVATE, PUBLIC, READ_ONLY, folder_builder, mode_of, new_file, set_mode};
use super::steps::Steps;

/// Threads that wait for the disk at once. Measured: 200 small files are on a busy disk in 0.7 s with 8 threads
/// and in 13 s with one.
const SYNCING: usize = 8;

/// An open folder of the host. What is put at its path later is not seen.
///
/// Paths in it are names with `/` between them; the empty path is the folder itself. They stay inside:
/// a link that leaves the folder is not followed. Every step that changes the disk is asked for first, see
/// [`Steps`].
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
    dir: Arc<Dir>,
    steps: Steps,
}

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name; what is not UTF-8 in it became U+FFFD.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes in it, if it is a file.
    pub size: u64,
}

/// What stands at a path. Links are not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

impl Folder {
    /// Opens a folder.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn open(path: &Path) -> io::Result<Folder> {
        let dir = Arc::new(Dir::open_ambient_dir(path, ambient_authority())?);
        Ok(Folder { path: path.to_path_buf(), dir, steps: Steps::default() })
    }

    /// Opens a folder, or makes it, with those above it that are missing.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn open_or_create(path: &Path) -> io::Result<Folder> {
        match Folder::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => return opened,
        }
        let nearest = path.ancestors().skip(1).find(|folder| folder.is_dir());
        let nearest = nearest.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let rest = path.strip_prefix(nearest).unwrap_or(path); // a relative path has no `.` before it
        let rest = rest.to_str().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
        let created = Folder::open(nearest)?.create_folder(rest)?;
        Ok(Folder { path: path.to_path_buf(), ..created })
    }

    /// The same folder, in which steps are asked for.
    pub fn with_steps(self, steps: Steps) -> Folder {
        Folder { steps, ..self }
    }

    /// Where it was when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn dir(&self) -> &Arc<Dir> {
        &self.dir
    }

    /// Opens a folder in this one.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn folder(&self, relative: &str) -> io::Result<Folder> {
        let dir = Arc::new(self.dir.open_dir(inside(relative)?)?);
        Ok(Folder { path: self.path.join(relative), dir, steps: self.steps.clone() })
    }

    /// Opens a folder in this one, or makes it, with those above it that are missing, and puts their
    /// names on the disk.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn create_folder(&self, relative: &str) -> io::Result<Folder> {
        for missing in self.make_missing(relative)? {
            self.sync(above(missing))?;
        }
        self.folder(relative)
    }

    /// As [`Folder::create_folder`], without opening it. The names are on the disk when the folders above were
    /// synced.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn make_folder(&self, relative: &str) -> io::Result<()> {
        self.make_missing(relative).map(drop)
    }

    /// Reads a regular file of at most so many bytes.
    ///
    /// # Errors
    ///
    /// Those of the disk; [`io::ErrorKind::InvalidData`] when it is no file, and
    /// [`io::ErrorKind::FileTooLarge`].
    pub fn read(&self, relative: &str, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let file = self.open_file(relative)?;
        file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > most {
            let message = format!("`{relative}` has more than the {most} bytes that it may have");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        Ok(bytes)
    }

    /// Writes a file whole or not at all, in the place of the one that is there, if any. When this
    /// returns, it is on the disk. Only its owner may read it.
    ///
    /// # Errors
    ///
    /// Those of the disk. The file is then the one before or the new one, whole in either case.
    pub fn write_whole(&self, relative: &str, bytes: &[u8]) -> io::Result<()> {
        let number = RandomState::new().hash_one(relative);
        let temporary = format!("{relative}.{number:016x}.tmp");
        let written = self.create_file(&temporary, bytes, PRIVATE);
        let written = written.and_then(|()| self.rename(&temporary, self, relative));
        if written.is_err() {
            let _ = self.dir.remove_file(&temporary); // the first error is the one to tell
        }
        written.and_then(|()| self.sync(above(relative)))
    }

    /// Writes a file that is not there yet, with its content on the disk when this returns; the name is
    /// there when the folder was synced.
    ///
    /// # Errors
    ///
    /// Those of the disk, such as [`io::ErrorKind::AlreadyExists`].
    pub fn write_new(&self, relative: &str, bytes: &[u8]) -> io::Result<()> {
        self.create_file(relative, bytes, PUBLIC)
    }

    /// As [`Folder::write_new`], and does not wait for the disk: [`Folder::sync_below`] does.
    ///
    /// # Errors
    ///
    /// As [`Folder::write_new`].
    pub fn write_unsynced(&self, relative: &str, bytes: &[u8]) -> io::Result<()> {
        self.write_file(relative, bytes, PUBLIC).map(drop)
    }

    /// Gives a regular file a second name in another folder, or copies it where that cannot be: on
    /// another disk, or where links are forbidden. The target must not be there.
    ///
    /// # Errors
    ///
    /// Those of the disk; [`io::ErrorKind::InvalidData`] when it is no file.
    pub fn link_or_copy(&self, from: &str, folder: &Folder, to: &str) -> io::Result<()> {
        self.must_be_file(from)?;
        folder.ask("link", to)?;
        match self.dir.hard_link(inside(from)?, &folder.dir, inside(to)?) {
            Err(error) if cannot_link(&error) => self.copy(from, folder, to),
            linked => linked,
        }
    }

    /// Moves a file or folder, over a file that is there. The names are on the disk when both folders
    /// were synced.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn rename(&self, from: &str, folder: &Folder, to: &str) -> io::Result<()> {
        folder.ask("rename", to)?;
        self.dir.rename(inside(from)?, &folder.dir, inside(to)?)
    }

    /// Removes a file or link.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn remove_file(&self, relative: &str) -> io::Result<()> {
        self.ask("remove", relative)?;
        self.dir.remove_file(inside(relative)?)
    }

    /// Removes what stands at a path: a folder with all that is in it, read-only or not. That nothing is
    /// there is fine.
    ///
    /// # Errors
    ///
    /// Those of the disk. Some of it may then be gone.
    pub fn remove_all(&self, relative: &str) -> io::Result<()> {
        let removed = match self.kind(relative)? {
            None => return Ok(()),
            Some(EntryKind::Folder) => self.remove_folder(relative),
            Some(_) => self.remove_file(relative),
        };
        match removed {
            // Another process removes the same.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// What is in a folder, by name.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn list(&self, relative: &str) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in self.dir.read_dir(inside(relative)?)? {
            let entry = entry?;
            let metadata = match entry.metadata() {
                // Removed by another process since the folder was read.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                metadata => metadata?,
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            entries.push(Entry { name, kind: kind_of(&metadata), size: metadata.len() });
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    /// What stands at a path, if anything does.
    ///
    /// # Errors
    ///
    /// Those of the disk, but for [`io::ErrorKind::NotFound`].
    pub fn kind(&self, relative: &str) -> io::Result<Option<EntryKind>> {
        match self.dir.symlink_metadata(inside(relative)?) {
            Ok(metadata) => Ok(Some(kind_of(&metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Waits until a file, or the names in a folder, are on the disk.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn sync(&self, relative: &str) -> io::Result<()> {
        self.ask("sync", relative)?;
        self.dir.open(inside(relative)?)?.sync_all()
    }

    /// Waits until a folder and all that is in it are on the disk. Several threads wait at once: a disk writes
    /// what many wait for in one go.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn sync_below(&self, relative: &str) -> io::Result<()> {
        let mut paths = vec![relative.to_string()];
        self.collect(relative, &mut paths)?;
        paths.iter().try_for_each(|path| self.ask("sync", path))?;
        let next = AtomicUsize::new(0);
        let sync = || -> io::Result<()> {
            while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                self.dir.open(inside(path)?)?.sync_all()?;
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            // Without room for more threads this one does it alone.
            let spawn = |_| std::thread::Builder::new().spawn_scoped(scope, sync).ok();
            let others: Vec<_> = (1..SYNCING.min(paths.len())).filter_map(spawn).collect();
            let synced = sync();
            let panicked = |_| Err(io::Error::other("a thread that waited for the disk panicked"));
            others.into_iter().fold(synced, |synced, other| synced.and(other.join().unwrap_or_else(panicked)))
        })
    }

    /// Takes the right to write away from a file.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn set_read_only(&self, relative: &str) -> io::Result<()> {
        self.must_be_file(relative)?;
        self.ask("make read-only", relative)?;
        set_mode(&self.dir, inside(relative)?, READ_ONLY)
    }

    /// Takes the lock of a file, which is made if it is not there, and waits for whoever has it. The file
    /// must stay: two processes could each hold the lock of a file of that name.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn lock(&self, relative: &str, hold: Hold) -> io::Result<FileLock> {
        FileLock::take(self.lock_file(relative)?, hold)
    }

    /// As [`Folder::lock`], without waiting: nothing if somebody has it.
    ///
    /// # Errors
    ///
    /// Those of the disk.
    pub fn try_lock(&self, relative: &str, hold: Hold) -> io::Result<Option<FileLock>> {
        FileLock::try_take(self.lock_file(relative)?, hold)
    }

    fn ask(&self, action: &str, relative: &str) -> io::Result<()> {
        self.steps.before_with(|| format!("{action} {}", self.path.join(relative).display()))
    }

    /// Makes a folder and those above it that are missing, and gives the paths of those.
    fn make_missing<'a>(&self, relative: &'a str) -> io::Result<Vec<&'a str>> {
        inside(relative)?;
        let ends = relative.match_indices('/').map(|(at, _)| at).chain([relative.len()]);
        let paths = ends.map(|end| &relative[..end]).filter(|path| !path.is_empty());
        let missing: Vec<&str> = paths.filter(|path| !self.dir.is_dir(path)).collect();
        for path in &missing {
            self.ask("create folder", path)?;
            match self.dir.create_dir_with(path, &folder_builder()) {
                // Another process makes the same folder now.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                made => made?,
            }
        }
        Ok(missing)
    }

    /// Looked at before it is opened: opening a pipe waits for somebody to write to it.
    fn must_be_file(&self, relative: &str) -> io::Result<()> {
        if self.dir.symlink_metadata(inside(relative)?)?.is_file() {
            return Ok(());
        }
        let message = format!("`{relative}` is no regular file; links are not followed");
        Err(io::Error::new(io::ErrorKind::InvalidData, message))
    }

    fn open_file(&self, relative: &str) -> io::Result<File> {
        self.must_be_file(relative)?;
        self.dir.open(inside(relative)?)
    }

    fn create_file(&self, relative: &str, bytes: &[u8], mode: u32) -> io::Result<()> {
        let file = self.write_file(relative, bytes, mode)?;
        self.ask("sync", relative)?;
        file.sync_all()
    }

    fn write_file(&self, relative: &str, bytes: &[u8], mode: u32) -> io::Result<File> {
        self.ask("create", relative)?;
        let mut file = self.dir.open_with(inside(relative)?, &new_file(mode))?;
        self.ask("write", relative)?;
        file.write_all(bytes)?;
        Ok(file)
    }

    /// Paths of all that is in a folder, and below it.
    fn collect(&self, relative: &str, paths: &mut Vec<String>) -> io::Result<()> {
        for entry in self.list(relative)? {
            let path = if relative.is_empty() { entry.name } else { format!("{relative}/{}", entry.name) };
            if entry.kind == EntryKind::Folder {
                self.collect(&path, paths)?;
            }
            paths.push(path);
        }
        Ok(())
    }

    fn copy(&self, from: &str, folder: &Folder, to: &str) -> io::Result<()> {
        let mut source = self.open_file(from)?;
        folder.ask("copy", to)?;
        let mut target = folder.dir.open_with(inside(to)?, &new_file(PUBLIC))?;
        io::copy(&mut source, &mut target)?;
        target.set_permissions(source.metadata()?.permissions())?;
        folder.ask("sync", to)?;
        target.sync_all()
    }

    fn remove_folder(&self, relative: &str) -> io::Result<()> {
        self.ask("make writable", relative)?;
        // If that fails it may still be writable: what removes the things in it says so otherwise.
        let _ = set_mode(&self.dir, inside(relative)?, FOLDER);
        let folder = self.dir.open_dir(inside(relative)?)?;
        for entry in folder.entries()? {
            let name = entry?.file_name();
            let shown = format!("{relative}/{}", name.to_string_lossy());
            match name.to_str() {
                Some(name) => self.remove_all(&format!("{relative}/{name}"))?,
                // Nothing here makes such names, and nothing here is below them.
                None => {
                    self.ask("remove", &shown)?;
                    folder.remove_file(&name).or_else(|_| folder.remove_dir_all(&name))?;
                }
            }
        }
        self.ask("remove", relative)?;
        self.dir.remove_dir(inside(relative)?)
    }

    /// Opened for reading where it is there: on a disk that cannot be written locks are still taken.
    fn lock_file(&self, relative: &str) -> io::Result<std::fs::File> {
        match self.open_file(relative) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => return opened.map(File::into_std),
        }
        self.ask("create", relative)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true);
        mode_of(&mut options, PRIVATE);
        Ok(self.dir.open_with(inside(relative)?, &options)?.into_std())
    }
}

/// A path that names something in a folder, or the folder itself.
fn inside(relative: &str) -> io::Result<&Path> {
    if relative.is_empty() {
        return Ok(Path::new("."));
    }
    let path = Path::new(relative);
    // Parts of a path leave out what the text has at its end.
    let names = relative.split('/').all(|name| !["", ".", ".."].contains(&name));
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    if names && plain && !relative.contains('\0') {
        return Ok(path);
    }
    let message = format!("`{}` leaves its folder: expected names with `/` between", relative.escape_debug());
    Err(io::Error::new(io::ErrorKind::InvalidFilename, message))
}

/// The folder that something is in.
fn above(relative: &str) -> &str {
    relative.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a hard link is out of the question: on another disk, forbidden, not known there, too many.
fn cannot_link(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::CrossesDevices
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::Unsupported
            | io::ErrorKind::TooManyLinks
    )
}

fn kind_of(metadata: &Metadata) -> EntryKind {
    if metadata.is_symlink() {
        EntryKind::Link
    } else if metadata.is_dir() {
        EntryKind::Folder
    } else if metadata.is_file() {
        EntryKind::File
    } else {
        EntryKind::Other
    }
}

#[cfg(test)]
mod tests;
