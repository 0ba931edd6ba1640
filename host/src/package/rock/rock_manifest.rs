//! What a rock says of its own files: the MD5 of each.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::value::{Table, Value};

use super::path::RelativePath;
use crate::package::persist;

/// Its file, and its global variable.
pub(crate) const ROCK_MANIFEST: &str = "rock_manifest";
/// Letters of an MD5.
const SUM_LENGTH: usize = 32;

/// The MD5 of each file of a rock but its own. It shows damage; it is no proof against anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RockManifest(BTreeMap<RelativePath, String>);

impl RockManifest {
    /// That of some files.
    pub fn of<'a>(files: impl IntoIterator<Item = (&'a RelativePath, &'a [u8])>) -> RockManifest {
        let sum = |(path, content): (&RelativePath, &[u8])| (path.clone(), md5(content));
        RockManifest(files.into_iter().filter(|(path, _)| path.as_str() != ROCK_MANIFEST).map(sum).collect())
    }

    /// From the global variables that its text sets.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ManifestInvalid`], and [`ErrorKind::ArchiveUnsafe`] for paths that are none.
    pub fn from_table(globals: &Table) -> Result<RockManifest> {
        let Some(Value::Table(tree)) = globals.get(ROCK_MANIFEST) else {
            return Err(invalid("expected it to set the table `rock_manifest`"));
        };
        let mut sums = BTreeMap::new();
        collect(tree, "", &mut sums)?;
        Ok(RockManifest(sums))
    }

    /// The text that LuaRocks writes for it.
    pub fn text(&self) -> String {
        let mut tree = Tree::default();
        for (path, sum) in &self.0 {
            tree.add(path.as_str(), sum);
        }
        persist::assignments([(ROCK_MANIFEST, tree.into_value())])
    }

    /// Compares it with the files themselves.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::IntegrityMismatch`], naming a file that is missing, was not to be there, or is another.
    pub fn check(&self, actual: &RockManifest) -> Result<()> {
        let mismatch = |text: String| Err(Error::new(ErrorKind::IntegrityMismatch, text));
        for (path, sum) in &self.0 {
            match actual.0.get(path) {
                None => return mismatch(format!("`{path}` is in `rock_manifest` and not in the rock")),
                Some(other) if other != sum => {
                    return mismatch(format!("`{path}` has MD5 {other}: `rock_manifest` says {sum}"));
                }
                Some(_) => {}
            }
        }
        match actual.0.keys().find(|path| !self.0.contains_key(*path)) {
            Some(path) => mismatch(format!("`{path}` is in the rock and not in `rock_manifest`")),
            None => Ok(()),
        }
    }

    /// The files that it names, with their sums.
    pub fn iter(&self) -> impl Iterator<Item = (&RelativePath, &str)> {
        self.0.iter().map(|(path, sum)| (path, sum.as_str()))
    }
}

/// The MD5 of some bytes, in hexadecimal digits.
pub(crate) fn md5(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn invalid(reason: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::ManifestInvalid, format!("`rock_manifest`: {reason}"))
}

/// Depth is bounded: every table is one more part of a path, which has few.
fn collect(tree: &Table, folder: &str, sums: &mut BTreeMap<RelativePath, String>) -> Result<()> {
    if !tree.sequence.is_empty() {
        return Err(invalid(format!("folder `{folder}` has files without a name")));
    }
    for (name, value) in &tree.pairs {
        let Value::String(name) = name else {
            return Err(invalid(format!("folder `{folder}` has a file whose name is no text")));
        };
        if name.as_bytes().contains(&b'/') {
            return Err(invalid(format!("`{name}` is no name of a file")));
        }
        let path = RelativePath::from_bytes(&join(folder, name.as_bytes()))?;
        match value {
            Value::Table(inner) => collect(inner, path.as_str(), sums)?,
            Value::String(sum) if is_sum(sum.as_bytes()) => {
                sums.insert(path, sum.to_text().to_ascii_lowercase());
            }
            _ => return Err(invalid(format!("`{path}` has no MD5"))),
        }
    }
    Ok(())
}

fn join(folder: &str, name: &[u8]) -> Vec<u8> {
    let separator: &[u8] = if folder.is_empty() { b"" } else { b"/" };
    [folder.as_bytes(), separator, name].concat()
}

fn is_sum(text: &[u8]) -> bool {
    text.len() == SUM_LENGTH && text.iter().all(u8::is_ascii_hexdigit)
}

/// Folders in folders, as the text has them.
#[derive(Default)]
struct Tree {
    files: BTreeMap<String, String>,
    folders: BTreeMap<String, Tree>,
}

impl Tree {
    fn add(&mut self, path: &str, sum: &str) {
        match path.split_once('/') {
            Some((folder, rest)) => self.folders.entry(folder.to_string()).or_default().add(rest, sum),
            None => {
                self.files.insert(path.to_string(), sum.to_string());
            }
        }
    }

    fn into_value(self) -> Value {
        let files = self.files.into_iter().map(|(name, sum)| (name, Value::String(sum.into())));
        let folders = self.folders.into_iter().map(|(name, tree)| (name, tree.into_value()));
        persist::record(files.chain(folders))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<(RelativePath, &'static [u8])> {
        let path = |path| RelativePath::new(path).unwrap();
        vec![
            (path("lua/say/init.lua"), b"return {}"),
            (path("say-1.4.1-3.rockspec"), b"package = 'say'"),
            (path("rock_manifest"), b"itself"),
        ]
    }

    fn manifest() -> RockManifest {
        RockManifest::of(files().iter().map(|(path, content)| (path, *content)))
    }

    #[test]
    fn it_is_written_as_luarocks_writes_it() {
        let expected = "rock_manifest = {\n   lua = {\n      say = {\n         [\"init.lua\"] = \
                        \"2d5e36656993b814e737cdc02f01fddd\"\n      }\n   },\n   [\"say-1.4.1-3.rockspec\"] = \
                        \"a3a4044b81c063c09fb0f7c9a9ee6e91\"\n}\n";
        assert_eq!(manifest().text(), expected);
    }

    #[test]
    fn a_table_is_read() {
        let sum = |letter: &str| Value::from(letter.repeat(32).as_str());
        let table = |tree| Table { sequence: vec![], pairs: vec![("rock_manifest".into(), tree)] };
        let tree = persist::record([("lua", persist::record([("a.lua", sum("A"))])), ("x", sum("0"))]);
        let read = RockManifest::from_table(&table(tree)).unwrap();
        let read: Vec<_> = read.iter().map(|(path, sum)| (path.as_str(), sum)).collect();
        assert_eq!(read, [("lua/a.lua", "a".repeat(32).as_str()), ("x", "0".repeat(32).as_str())]);
        for tree in [
            Value::Nil,
            persist::record([("..", sum("0"))]),
            persist::record([("a/b", sum("0"))]),
            persist::record([("a", Value::from("no sum"))]),
            persist::record([("a", Value::Integer(1))]),
            persist::list([sum("0")]),
        ] {
            assert!(RockManifest::from_table(&table(tree)).is_err());
        }
    }

    #[test]
    fn missing_extra_and_other_files_are_named() {
        let own = manifest();
        own.check(&own).unwrap();
        let mut other = own.clone();
        let path = other.0.pop_first().unwrap().0;
        assert!(own.check(&other).unwrap_err().to_string().contains("`lua/say/init.lua`"));
        assert!(other.check(&own).unwrap_err().to_string().contains("`lua/say/init.lua`"));
        other.0.insert(path, "0".repeat(32));
        let error = own.check(&other).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IntegrityMismatch);
        assert!(error.to_string().contains("`lua/say/init.lua`"));
    }
}
