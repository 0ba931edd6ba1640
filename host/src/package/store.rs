//! Verified archives and unpacked packages, by their hash.
//!
//! What is in the store never changes: each file is written whole under another name first, and checked
//! against its hash whenever it is read. What the disk has changed since counts as missing, so that it is
//! fetched or built again. So nobody waits until an unpacked package is on the disk: a generation has its
//! files by names of its own, and waits for them.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::io;

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::fs::{EntryKind, Folder};
use crate::package::build::{Built, digest, sha256};

/// Archives, in folders by the first two digits of their hash.
const ARTIFACTS: &str = "store/sha256";
/// Unpacked packages, each a folder of its own.
const TREES: &str = "store/tree";
/// What the names of unfinished files and folders begin or end with; nothing else in the store does.
const UNFINISHED: (&str, &str) = (".tmp-", ".tmp");
/// Largest file that is read, in bytes. It was checked against lower ceilings when it was stored.
const MOST: u64 = 1 << 30;

/// Archives and unpacked packages of all environments of one home.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    artifacts: Folder,
    trees: Folder,
}

/// An unpacked package, each file of which was found to be what it was.
#[derive(Debug, Clone)]
pub(crate) struct StoredTree {
    /// Where its files are, by the paths that they have in a generation.
    pub folder: Folder,
    /// SHA-256 of each of them, in hexadecimal.
    pub files: BTreeMap<String, String>,
}

impl Store {
    /// Opens the store of a home, or makes it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`].
    pub fn open(home: &Folder) -> Result<Store> {
        let open = |path| home.create_folder(path).map_err(|error| refused("open", home, path, error));
        Ok(Store { artifacts: open(ARTIFACTS)?, trees: open(TREES)? })
    }

    /// An archive by its hash, unless it is not there, or damaged.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`].
    pub fn artifact(&self, hash: &str) -> Result<Option<Vec<u8>>> {
        let path = artifact_path(hash)?;
        let bytes = match self.artifacts.read(&path, MOST) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            // A link, a folder, or far too large: nothing that was stored.
            Err(error) if is_damage(&error) => None,
            read => Some(read.map_err(|error| refused("read", &self.artifacts, &path, error))?),
        };
        let intact = bytes.filter(|bytes| sha256(bytes) == hash);
        if intact.is_none() {
            self.drop_damaged(&self.artifacts, &path);
        }
        Ok(intact)
    }

    /// Stores an archive, and gives its hash.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`].
    pub fn keep_artifact(&self, bytes: &[u8]) -> Result<String> {
        let hash = sha256(bytes);
        if self.artifact(&hash)?.is_some() {
            return Ok(hash);
        }
        let path = artifact_path(&hash)?;
        let folder = &self.artifacts;
        let written = folder.create_folder(&hash[..2]).and_then(|_| folder.write_whole(&path, bytes));
        let written = written.and_then(|()| folder.set_read_only(&path));
        written.map_err(|error| refused("write", folder, &path, error))?;
        Ok(hash)
    }

    /// An unpacked package by the hash of its files, unless it is not there, or damaged.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`].
    pub fn tree(&self, hash: &str) -> Result<Option<StoredTree>> {
        check_hash(hash)?;
        let stored = match self.trees.folder(hash) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            folder => folder.and_then(|folder| read_tree(folder, hash)),
        };
        match stored {
            Ok(Some(tree)) => return Ok(Some(tree)),
            Ok(None) => {}
            Err(error) if is_damage(&error) => {}
            Err(error) => return Err(refused("read", &self.trees, hash, error)),
        }
        self.drop_damaged(&self.trees, hash);
        Ok(None)
    }

    /// Stores the files of a package; [`Built::digest`] is its hash.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`], and [`ErrorKind::StoreCorrupt`] when what was written is not what is read.
    pub fn keep_tree(&self, built: &Built) -> Result<StoredTree> {
        let hash = built.digest();
        if let Some(tree) = self.tree(&hash)? {
            return Ok(tree);
        }
        let unfinished = format!("{}{:016x}", UNFINISHED.0, RandomState::new().hash_one(&hash));
        let written = self.write_tree(built, &unfinished, &hash);
        if written.is_err() {
            // The first error is the one to tell; what stays is swept later.
            let _ = self.trees.remove_all(&unfinished);
        }
        written.map_err(|error| refused("write", &self.trees, &hash, error))?;
        let missing =
            || Error::new(ErrorKind::StoreCorrupt, format!("`{}` cannot be read back", built.artifact()));
        self.tree(&hash)?.ok_or_else(missing)
    }

    fn write_tree(&self, built: &Built, unfinished: &str, hash: &str) -> io::Result<()> {
        let folder = self.trees.create_folder(unfinished)?;
        for (path, content) in built.installed() {
            if let Some((above, _)) = path.rsplit_once('/') {
                folder.make_folder(above)?;
            }
            folder.write_unsynced(&path, content)?;
            folder.set_read_only(&path)?;
        }
        match self.trees.rename(unfinished, &self.trees, hash) {
            // Another process stored the same. Whether it is intact is seen when it is read.
            Err(_) if self.trees.kind(hash)?.is_some() => self.trees.remove_all(unfinished),
            renamed => renamed,
        }
    }

    /// Removes what nobody uses, and what was left unfinished. Nothing else may use the store meanwhile.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`]. What is used is still there.
    pub fn sweep(
        &self,
        uses_artifact: impl Fn(&str) -> bool,
        uses_tree: impl Fn(&str) -> bool,
    ) -> Result<()> {
        let swept = sweep_folder(&self.trees, "", &uses_tree, |name| name.to_string());
        swept.map_err(|error| refused("sweep", &self.trees, "", error))?;
        let error = |error| refused("sweep", &self.artifacts, "", error);
        for folder in self.artifacts.list("").map_err(error)? {
            if folder.kind == EntryKind::Folder {
                let hash = |name: &str| format!("{}{}", folder.name, name.trim_end_matches(".rock"));
                sweep_folder(&self.artifacts, &folder.name, &uses_artifact, hash).map_err(error)?;
            }
        }
        Ok(())
    }

    /// Best effort: what cannot be removed is not used either.
    fn drop_damaged(&self, folder: &Folder, path: &str) {
        tracing::warn!(path = %folder.path().join(path).display(), "a stored package is damaged and was dropped");
        let _ = folder.remove_all(path);
    }
}

fn sweep_folder(
    folder: &Folder,
    path: &str,
    uses: &dyn Fn(&str) -> bool,
    hash: impl Fn(&str) -> String,
) -> io::Result<()> {
    for entry in folder.list(path)? {
        let unfinished = entry.name.starts_with(UNFINISHED.0) || entry.name.ends_with(UNFINISHED.1);
        if unfinished || !uses(&hash(&entry.name)) {
            let separator = if path.is_empty() { "" } else { "/" };
            folder.remove_all(&format!("{path}{separator}{}", entry.name))?;
        }
    }
    Ok(())
}

/// The files of a stored tree, if they have this hash together.
fn read_tree(folder: Folder, hash: &str) -> io::Result<Option<StoredTree>> {
    let files = hashes(&folder)?;
    let intact = digest(files.iter().map(|(path, sum)| (path.clone(), sum.clone()))) == hash;
    Ok(intact.then_some(StoredTree { folder, files }))
}

/// SHA-256 of all files below a folder, in hexadecimal, by their paths.
///
/// # Errors
///
/// Those of the disk; [`io::ErrorKind::InvalidData`] when something is neither file nor folder.
pub(crate) fn hashes(folder: &Folder) -> io::Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![String::new()];
    while let Some(above) = folders.pop() {
        for entry in folder.list(&above)? {
            let path = if above.is_empty() { entry.name } else { format!("{above}/{}", entry.name) };
            match entry.kind {
                EntryKind::Folder => folders.push(path),
                _ => {
                    let sum = sha256(&folder.read(&path, MOST)?);
                    files.insert(path, sum);
                }
            }
        }
    }
    Ok(files)
}

fn artifact_path(hash: &str) -> Result<String> {
    check_hash(hash)?;
    Ok(format!("{}/{}.rock", &hash[..2], &hash[2..]))
}

/// Hashes come out of lock files: what is none must not become a path.
fn check_hash(hash: &str) -> Result<()> {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if hash.len() == 64 && hash.bytes().all(digit) {
        return Ok(());
    }
    let what = format!("`{}`: expected a SHA-256 of 64 small hexadecimal digits", hash.escape_debug());
    Err(Error::new(ErrorKind::IntegrityMismatch, what))
}

/// Whether an error says that something else stands there than was stored.
fn is_damage(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::InvalidData
            | io::ErrorKind::FileTooLarge
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::IsADirectory
            | io::ErrorKind::NotFound
    )
}

pub(crate) fn refused(action: &str, folder: &Folder, path: &str, error: io::Error) -> Error {
    let place = folder.path().join(path);
    Error::new(ErrorKind::Storage, format!("cannot {action} `{}`: {error}", place.display()))
        .with_source(error)
}
