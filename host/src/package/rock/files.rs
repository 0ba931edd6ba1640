//! Files of an archive, as they come out of it.

use std::collections::btree_map::{BTreeMap, Entry};
use std::ops::Bound;

use crate::error::Result;

use super::path::{RelativePath, below};
use super::{Ceilings, refused};

/// Files and folders that can all be written into one folder, on any disk: no name twice, also where
/// capital letters count as small ones, and nothing both a file and a folder.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    ceilings: Ceilings,
    contents: BTreeMap<RelativePath, Vec<u8>>,
    /// Every path, with those of all folders above it, by its name in small letters.
    taken: BTreeMap<String, Taken>,
    /// Files and folders that were added.
    entries: usize,
    /// Bytes of all files.
    total: u64,
}

#[derive(Debug, Clone)]
struct Taken {
    path: String,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    File,
    /// A folder that was added by itself.
    Folder,
    /// A folder that something else is in.
    Above,
}

impl Files {
    /// None yet.
    pub fn new(ceilings: Ceilings) -> Files {
        Files { ceilings, contents: BTreeMap::new(), taken: BTreeMap::new(), entries: 0, total: 0 }
    }

    /// Whether a file of so many bytes may be added: asked before it is unpacked.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ArchiveUnsafe`](crate::ErrorKind::ArchiveUnsafe).
    pub fn check_size(&self, name: &str, size: u64) -> Result<()> {
        let Ceilings { file, total, .. } = self.ceilings;
        if size > file {
            return Err(refused(name, format!("it has {size} bytes: {file} are allowed for a file")));
        }
        if self.total.saturating_add(size) > total {
            return Err(refused(name, format!("with it the files have more than {total} bytes")));
        }
        Ok(())
    }

    /// # Errors
    ///
    /// [`ErrorKind::ArchiveUnsafe`](crate::ErrorKind::ArchiveUnsafe), naming the file and the rule.
    pub fn add_file(&mut self, path: RelativePath, content: Vec<u8>) -> Result<()> {
        self.check_size(path.as_str(), content.len() as u64)?;
        self.count(&path)?;
        self.take(&path, What::File)?;
        self.total += content.len() as u64;
        self.contents.insert(path, content);
        Ok(())
    }

    /// # Errors
    ///
    /// [`ErrorKind::ArchiveUnsafe`](crate::ErrorKind::ArchiveUnsafe), naming the folder and the rule.
    pub fn add_folder(&mut self, path: &RelativePath) -> Result<()> {
        self.count(path)?;
        self.take(path, What::Folder)
    }

    /// The content of a file.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.contents.get(path).map(Vec::as_slice)
    }

    /// Whether a folder is there; the empty path always is.
    pub fn is_folder(&self, path: &str) -> bool {
        let taken = || self.taken.get(&path.to_ascii_lowercase());
        path.is_empty() || taken().is_some_and(|taken| taken.path == path && taken.what != What::File)
    }

    /// Files by their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&RelativePath, &[u8])> {
        self.contents.iter().map(|(path, content)| (path, content.as_slice()))
    }

    /// Files below a folder, by their paths from there.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        // Read from the folder on, not from the start: archives hold thousands of files.
        let from = (Bound::Included(folder), Bound::Unbounded);
        let after = self.contents.range::<str, _>(from);
        let near = after.take_while(move |(path, _)| path.as_str().starts_with(folder));
        near.filter_map(move |(path, content)| Some((path.below(folder)?, content.as_slice())))
    }

    /// Names of what is right in a folder.
    pub fn names(&self, folder: &str) -> Vec<&str> {
        let inside = self.taken.values().filter_map(|taken| below(&taken.path, folder));
        let mut names: Vec<&str> = inside.filter(|rest| !rest.contains('/')).collect();
        names.sort_unstable();
        names
    }

    /// Refuses compiled Lua, which can break the machine that it is loaded into.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ArchiveUnsafe`](crate::ErrorKind::ArchiveUnsafe), naming the file.
    pub fn check_contents(&self) -> Result<()> {
        match self.iter().find(|(path, content)| is_compiled(path, content)) {
            Some((path, _)) => Err(refused(path.as_str(), "it is compiled Lua: expected its source")),
            None => Ok(()),
        }
    }

    /// Gives the contents away.
    pub fn into_contents(self) -> BTreeMap<RelativePath, Vec<u8>> {
        self.contents
    }

    fn count(&mut self, path: &RelativePath) -> Result<()> {
        self.entries += 1;
        if self.entries > self.ceilings.entries {
            let rule = format!("the archive has more than {} entries", self.ceilings.entries);
            return Err(refused(path.as_str(), rule));
        }
        Ok(())
    }

    fn take(&mut self, path: &RelativePath, what: What) -> Result<()> {
        for folder in path.folders() {
            self.take_one(folder, What::Above)?;
        }
        self.take_one(path.as_str(), what)
    }

    fn take_one(&mut self, path: &str, what: What) -> Result<()> {
        let mut taken = match self.taken.entry(path.to_ascii_lowercase()) {
            Entry::Vacant(vacant) => {
                vacant.insert(Taken { path: path.to_string(), what });
                return Ok(());
            }
            Entry::Occupied(taken) => taken,
        };
        let there = taken.get_mut();
        if there.path != path {
            let rule =
                format!("`{}` is there, which is the same name where capitals do not count", there.path);
            return Err(refused(path, rule));
        }
        there.what = match (there.what, what) {
            (What::Above, What::Above) => What::Above,
            (What::Folder, What::Above) | (What::Above, What::Folder) => What::Folder,
            (What::Folder, What::Folder) | (What::File, What::File) => {
                return Err(refused(path, "it is there twice"));
            }
            _ => return Err(refused(path, "it is both a file and a folder")),
        };
        Ok(())
    }
}

/// Whether Lua would take a file for compiled: it skips a byte order mark, and a first line that begins with
/// `#`, then looks at one byte.
fn is_compiled(path: &RelativePath, content: &[u8]) -> bool {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let first_line = content.iter().position(|byte| *byte == b'\n').map_or(content.len(), |end| end + 1);
    let code = if content.starts_with(b"#") { &content[first_line..] } else { content };
    // Other files may begin with a terminal's escape; of Lua and LuaJIT the second letter is the same.
    code.starts_with(b"\x1bL") || code.starts_with(b"\x1b") && path.as_str().ends_with(".lua")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> RelativePath {
        RelativePath::new(path).unwrap()
    }

    /// Adds files, and folders, whose names end in `/`.
    fn added(names: &[&str]) -> Result<Files> {
        let mut files = Files::new(Ceilings { entries: 4, file: 3, total: 5, ..Ceilings::default() });
        for name in names {
            match name.strip_suffix('/') {
                Some(folder) => files.add_folder(&path(folder))?,
                None => files.add_file(path(name), vec![b'x'])?,
            }
        }
        Ok(files)
    }

    #[test]
    fn what_fits_beside_each_other_is_taken() {
        let files = added(&["a/b", "a/", "c/", "c/d"]).unwrap();
        assert_eq!(files.names(""), ["a", "c"]);
        assert_eq!(files.names("a"), ["b"]);
        assert_eq!(files.below("c").map(|(path, _)| path).collect::<Vec<_>>(), ["d"]);
        assert!(
            files.is_folder("a") && files.is_folder("") && !files.is_folder("A") && !files.is_folder("a/b")
        );
        assert_eq!(files.get("a/b"), Some(&b"x"[..]));
        assert_eq!(files.into_contents().len(), 2);
    }

    #[test]
    fn clashes_are_refused() {
        let clashes: [&[&str]; 9] = [
            &["a", "a"],
            &["a/", "a/"],
            &["a", "A"],
            &["a/x", "A/y"],
            &["a/", "A/"],
            &["a", "a/"],
            &["a/", "a"],
            &["a", "a/b"],
            &["a/b", "a"],
        ];
        for clash in clashes {
            assert!(added(clash).is_err(), "{clash:?}");
        }
    }

    // P34
    #[test]
    fn compiled_lua_is_refused_however_it_begins() {
        let check = |name: &str, content: &[u8]| {
            let mut files = Files::new(Ceilings::default());
            files.add_file(path(name), content.to_vec()).unwrap();
            files.check_contents()
        };
        for content in [
            &b"\x1bLua\x54\0"[..],
            b"\x1bLJ\x02",
            b"#!/usr/bin/lua\n\x1bLua",
            b"\xef\xbb\xbf\x1bLua",
            b"\xef\xbb\xbf#\n\x1bLua",
        ] {
            assert!(check("a.lua", content).is_err(), "{content:?}");
            assert!(check("a.txt", content).is_err(), "{content:?}");
        }
        assert!(check("a.lua", b"\x1b[31m").is_err());
        check("a.txt", b"\x1b[31m").unwrap();
        for content in [
            &b""[..],
            b"#",
            b"#\n",
            b"return '\x1bLua'",
            b"#!/usr/bin/lua\nreturn 1",
            b"\xef\xbb\xbfreturn 1",
        ] {
            check("a.lua", content).unwrap();
        }
    }

    #[test]
    fn ceilings_are_kept() {
        assert!(added(&["a", "b", "c", "d/"]).is_ok());
        assert!(added(&["a", "b", "c", "d/", "e/"]).is_err());
        let mut files = added(&["a", "b"]).unwrap();
        assert!(files.add_file(path("c"), vec![0; 4]).is_err());
        files.add_file(path("d"), vec![0; 3]).unwrap();
        assert!(files.add_file(path("e"), vec![0; 1]).is_err());
    }
}
