//! Files that are read and written as a whole.

use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Writes a file whole or not at all: into a temporary one beside it, which takes its place once it is on
/// disk. Only its owner may read it.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let unfinished = unfinished(path)?;
    let written = write_new(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished); // the first error is the one to tell
    }
    written.and_then(|()| File::open(folder)?.sync_all())
}

/// A name beside the file's that nobody else takes, nor can foresee: the folder may be open to others.
fn unfinished(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    let mut name = name.to_os_string();
    name.push(format!(".{:016x}.tmp", RandomState::new().hash_one(path)));
    Ok(path.with_file_name(name))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true); // so no link is followed
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Reads a regular file of at most so many bytes.
pub(crate) fn read_bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let refused = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    // Looked at before it is opened: opening a pipe waits for somebody to write to it.
    if !fs::metadata(path)?.is_file() {
        return refused("expected a regular file");
    }
    let file = File::open(path)?;
    // By what it says first: nothing is read of a file that is too large. It may grow meanwhile.
    let mut bytes = Vec::new();
    if file.metadata()?.len() <= most {
        file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= most {
            return Ok(bytes);
        }
    }
    refused("the file is too large")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        write_whole(&path, b"one").unwrap();
        write_whole(&path, b"three").unwrap();
        assert_eq!(read_bounded(&path, 5).unwrap(), b"three");
        assert_eq!(read_bounded(&path, 4).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn of_those_who_write_one_file_at_once_each_writes_a_whole_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        std::thread::scope(|scope| {
            for byte in b'a'..b'i' {
                let path = &path;
                scope.spawn(move || (0..20).for_each(|_| write_whole(path, &[byte; 100_000]).unwrap()));
            }
        });
        let written = read_bounded(&path, 100_000).unwrap();
        assert!(written.len() == 100_000 && written.iter().all(|byte| *byte == written[0]));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read_bounded(folder.path(), 5).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert!(write_whole(folder.path(), b"x").is_err());
        assert!(write_whole(&folder.path().join("no/where"), b"x").is_err());
    }
}
