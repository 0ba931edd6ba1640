//! Paths of files in a package.

use std::borrow::Borrow;
use std::fmt;

use crate::error::Error;
use crate::error::Result;

use super::refused;

/// Longest path, in bytes: what every file system takes as one name, so that no part of it is too long.
const LONGEST: usize = 255;
/// Most parts of a path. Real packages have up to eight.
const DEEPEST: usize = 16;

/// The path of a file or folder in a package: names with `/` between them, at least one.
///
/// Names are printable ASCII: others look alike without being equal, and file systems disagree on which of
/// them are one. They hold no `\` and no `:`, which separate names elsewhere; none is `.` or `..`, and none
/// ends in a space or dot, which some file systems drop.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RelativePath(String);

impl RelativePath {
    /// # Errors
    ///
    /// [`ErrorKind::ArchiveUnsafe`](crate::ErrorKind::ArchiveUnsafe), naming the path and the rule.
    pub fn new(path: &str) -> Result<RelativePath> {
        match rule_broken(path) {
            Some(rule) => Err(refused(path, rule)),
            None => Ok(RelativePath(path.to_string())),
        }
    }

    /// As [`RelativePath::new`], of bytes that may be anything.
    pub fn from_bytes(path: &[u8]) -> Result<RelativePath> {
        let text = std::str::from_utf8(path).map_err(|error| not_text(path).with_source(error))?;
        RelativePath::new(text)
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its last name.
    #[cfg(test)]
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(self.as_str(), |(_, name)| name)
    }

    /// Its first name, and what follows, if anything does.
    pub fn split_first(&self) -> (&str, Option<&str>) {
        match self.0.split_once('/') {
            Some((first, rest)) => (first, Some(rest)),
            None => (&self.0, None),
        }
    }

    /// The folders that it is in, the outermost first.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.0.match_indices('/').map(|(at, _)| &self.0[..at])
    }

    /// The path below a folder, if it is in it.
    pub fn below(&self, folder: &str) -> Option<&str> {
        below(&self.0, folder)
    }
}

impl Borrow<str> for RelativePath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RelativePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The path below a folder, if it is in it.
pub(super) fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

fn not_text(path: &[u8]) -> Error {
    refused(&String::from_utf8_lossy(path), "its name is no text")
}

/// The rule that a path breaks, if it breaks one.
fn rule_broken(path: &str) -> Option<&'static str> {
    if path.is_empty() {
        return Some("it has no name");
    }
    if path.len() > LONGEST {
        return Some("its name is longer than 255 bytes");
    }
    if !path.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Some("its name holds something else than printable ASCII");
    }
    if path.contains(['\\', ':']) {
        return Some("its name holds `\\` or `:`");
    }
    if path.starts_with('/') {
        return Some("its name begins with `/`");
    }
    if path.split('/').count() > DEEPEST {
        return Some("it is in more than 15 folders");
    }
    path.split('/').find_map(part_broken)
}

fn part_broken(part: &str) -> Option<&'static str> {
    match part {
        "" => Some("a part of its name is empty"),
        "." | ".." => Some("a part of its name is `.` or `..`"),
        _ if part.ends_with([' ', '.']) => Some("a part of its name ends in a space or dot"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_paths() {
        for path in
            ["a", "a/b", ".luacheckrc", "a b/c..d", "lua/say/init.lua", &"a/".repeat(15), &"x".repeat(255)]
        {
            RelativePath::new(path.trim_end_matches('/')).unwrap();
        }
        RelativePath::new(&format!("{}x", "a/".repeat(15))).unwrap();
    }

    #[test]
    fn names_that_lead_elsewhere_or_look_alike_are_none() {
        let long = "x".repeat(256);
        let deep = format!("{}x", "a/".repeat(16));
        let paths = [
            "",
            "/abs",
            "../x",
            "a/../../x",
            "a/..",
            "./a",
            "a/./b",
            "a//b",
            "a/",
            "C:\\x",
            "C:x",
            "a\\..\\b",
            "a\0b",
            "a\nb",
            "a\tb",
            "\u{7f}",
            "\u{1b}[1m",
            "e\u{301}",
            "\u{e9}",
            "\u{202e}",
            "a.",
            "a /b",
            "...",
            &long,
            &deep,
        ];
        for path in paths {
            let error = RelativePath::new(path).unwrap_err();
            assert_eq!(error.kind(), crate::error::ErrorKind::ArchiveUnsafe, "{path:?}");
        }
        assert!(RelativePath::from_bytes(b"a\xff").is_err());
    }

    #[test]
    fn a_path_knows_its_parts() {
        let path = RelativePath::new("lua/say/init.lua").unwrap();
        assert_eq!(path.name(), "init.lua");
        assert_eq!(path.split_first(), ("lua", Some("say/init.lua")));
        assert_eq!(path.folders().collect::<Vec<_>>(), ["lua", "lua/say"]);
        assert_eq!(path.below("lua"), Some("say/init.lua"));
        assert_eq!(path.below("lu"), None);
        assert_eq!(path.below(""), Some("lua/say/init.lua"));
    }
}
