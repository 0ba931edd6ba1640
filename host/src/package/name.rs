//! Names of packages and of the modules in them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// Longest name of a package, in bytes: what a file name of it leaves room for.
const LONGEST_PACKAGE: usize = 100;

/// Longest name of a module, in bytes: its file has to fit into a path.
const LONGEST_MODULE: usize = 200;

/// Bytes of a refused name that an error shows.
const SHOWN: usize = 120;

/// Most names that are offered in the place of an unknown one.
const MOST_SIMILAR: usize = 5;

/// The name of a package, in lower case as LuaRocks keeps it.
///
/// 1 to 100 bytes of `a-z 0-9 . _ -`, the first a letter or digit. Capital letters are taken for small ones.
///
/// ```
/// use bioxen_lua::PackageName;
/// let name: PackageName = "LuaUnit".parse()?;
/// assert_eq!(name.as_str(), "luaunit");
/// assert!("../say".parse::<PackageName>().is_err());
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PackageName(Arc<str>);

/// The name of a Lua module, as `require` takes it.
///
/// Parts of `A-Z a-z 0-9 _ -` with dots between them, 200 bytes at most.
///
/// ```
/// use bioxen_lua::ModuleName;
/// assert_eq!("pl.List".parse::<ModuleName>()?.path(), "pl/List");
/// assert!("pl..List".parse::<ModuleName>().is_err());
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModuleName(Arc<str>);

impl PackageName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Those of some names that somebody who wrote this one may have meant, the likeliest first, five at
    /// most.
    pub(crate) fn similar<'a>(
        &self,
        names: impl IntoIterator<Item = &'a PackageName>,
    ) -> Vec<&'a PackageName> {
        let near = |other: &'a PackageName| Some((self.difference(other)?, other));
        let mut found: Vec<_> = names.into_iter().filter_map(near).collect();
        found.sort();
        found.dedup();
        found.into_iter().take(MOST_SIMILAR).map(|(_, name)| name).collect()
    }

    /// How far another name is from this one; `None` when nobody would take one for the other.
    fn difference(&self, other: &PackageName) -> Option<usize> {
        let (own, other) = (bare(self.as_str()), bare(other.as_str()));
        let (shortest, longest) = (own.len().min(other.len()), own.len().max(other.len()));
        let edits = edits(own.as_bytes(), other.as_bytes());
        if edits <= longest.div_ceil(3) && edits < shortest {
            return Some(edits);
        }
        (shortest >= 4 && (own.contains(other) || other.contains(own))).then_some(longest)
    }
}

impl ModuleName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name with slashes in the place of the dots, as files of modules are named, without their
    /// ending.
    pub fn path(&self) -> String {
        self.0.replace('.', "/")
    }
}

impl FromStr for PackageName {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] when the name breaks the rule of the type.
    fn from_str(text: &str) -> Result<PackageName> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let first = |text: &str| text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric);
        if text.len() <= LONGEST_PACKAGE && first(text) && text.bytes().all(allowed) {
            return Ok(PackageName(text.to_ascii_lowercase().into()));
        }
        let rule = format!(
            "expected 1 to {LONGEST_PACKAGE} of a-z 0-9 . _ - beginning with a letter or digit, such as `say`"
        );
        Err(invalid("package", text, &rule))
    }
}

impl FromStr for ModuleName {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] when the name breaks the rule of the type.
    fn from_str(text: &str) -> Result<ModuleName> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        let part = |part: &str| !part.is_empty() && part.bytes().all(allowed);
        if text.len() <= LONGEST_MODULE && text.split('.').all(part) {
            return Ok(ModuleName(text.into()));
        }
        let rule = format!(
            "expected parts of A-Z a-z 0-9 _ - with dots between them, {LONGEST_MODULE} bytes at most, such as \
             `pl.List`"
        );
        Err(invalid("module", text, &rule))
    }
}

fn invalid(what: &str, text: &str, rule: &str) -> Error {
    let shown: String = text.chars().take(SHOWN).collect();
    Error::new(ErrorKind::InvalidName, format!("name {shown:?} of a {what}: {rule}"))
}

/// A name without what packages put before or behind it just to say that they are Lua's.
fn bare(name: &str) -> &str {
    let name = name.strip_prefix("lua-").or_else(|| name.strip_prefix("lua_")).unwrap_or(name);
    name.strip_suffix("-lua").or_else(|| name.strip_suffix(".lua")).unwrap_or(name)
}

/// Letters to insert, remove or replace to make one name of the other.
fn edits(left: &[u8], right: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (column, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

impl fmt::Display for PackageName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for ModuleName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl TryFrom<String> for PackageName {
    type Error = Error;

    fn try_from(text: String) -> Result<PackageName> {
        text.parse()
    }
}

impl From<PackageName> for String {
    fn from(name: PackageName) -> String {
        name.as_str().to_owned()
    }
}

impl TryFrom<String> for ModuleName {
    type Error = Error;

    fn try_from(text: String) -> Result<ModuleName> {
        text.parse()
    }
}

impl From<ModuleName> for String {
    fn from(name: ModuleName) -> String {
        name.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn package(text: &str, expected: Option<&str>) {
        let name = text.parse::<PackageName>();
        assert_eq!(name.as_ref().ok().map(PackageName::as_str), expected, "{text:?}");
        assert!(name.is_ok() || name.is_err_and(|error| error.kind() == ErrorKind::InvalidName));
    }

    #[test]
    fn packages_have_strict_names() {
        package("say", Some("say"));
        package("LuaFileSystem", Some("luafilesystem"));
        package("lua_cliargs", Some("lua_cliargs"));
        package("30log", Some("30log"));
        package("busted.v2-x", Some("busted.v2-x"));
        package(&"a".repeat(100), Some(&"a".repeat(100)));
        for bad in ["", "-say", ".say", "_say", "a/b", "a\\b", "a b", "a\0", "ä", "..", "say\n"] {
            package(bad, None);
        }
        package(&"a".repeat(101), None);
    }

    #[test]
    fn modules_have_strict_names() {
        for good in ["say", "pl.List", "a-b.c_d.30", &"m".repeat(200)] {
            assert_eq!(good.parse::<ModuleName>().unwrap().as_str(), good);
        }
        for bad in ["", ".", "a.", ".a", "a..b", "a/b", "../a", "a b", "a\0b", "ä", &"m".repeat(201)] {
            assert_eq!(bad.parse::<ModuleName>().unwrap_err().kind(), ErrorKind::InvalidName, "{bad:?}");
        }
    }

    #[test]
    fn names_that_were_meant_are_found() {
        let names: Vec<PackageName> = ["penlight", "say", "lua-cjson", "luassert", "luaunit", "inspect"]
            .map(|name| name.parse().unwrap())
            .to_vec();
        let similar = |text: &str| -> Vec<String> {
            let name: PackageName = text.parse().unwrap();
            name.similar(&names).into_iter().map(PackageName::to_string).collect()
        };
        assert_eq!(similar("penlite"), ["penlight"]);
        assert_eq!(similar("cjson"), ["lua-cjson"]);
        assert_eq!(similar("inspect.lua"), ["inspect"]);
        assert_eq!(similar("luaasert"), ["luassert"]);
        assert_eq!(similar("x"), [""; 0]);
    }
}
