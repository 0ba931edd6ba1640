//! Versions of packages, in the order of LuaRocks, which is no order that other package managers have.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::value::Value;

/// Longest version, in bytes: what a file name of it leaves room for.
const LONGEST: usize = 100;

/// Bytes of a refused version that an error shows.
const SHOWN: usize = 120;

/// What a number behind a word is divided by: `rc2` lies a little above `rc1`. From LuaRocks.
const BEHIND_A_WORD: f64 = 100_000.0;

/// A version of a package, such as `1.4.1-3`: of the package itself and, behind the last hyphen, of the
/// instructions to install it.
///
/// 1 to 100 bytes of `A-Z a-z 0-9 . _ -`, one of them at least a letter or digit. Versions are equal when
/// they are written alike; their order is total and never contradicts that of LuaRocks, which leaves some
/// versions unordered: whether a version meets a constraint is for [`Requirement`](crate::Requirement).
///
/// ```
/// use bioxen_lua::Version;
/// let version: Version = "1.4.1-3".parse()?;
/// assert_eq!(version.revision(), Some(3));
/// assert!(version > "1.4.1rc2-1".parse()?);
/// assert!("scm-1".parse::<Version>()?.is_moving());
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(Arc<Parsed>);

#[derive(Debug)]
struct Parsed {
    text: String,
    components: Vec<Number>,
    revision: Option<Number>,
    moving: bool,
}

/// A number of Lua 5.4: LuaRocks computes with both its kinds, and rounding decides some comparisons.
#[derive(Debug, Clone, Copy)]
enum Number {
    Integer(i64),
    /// Never NaN: only finite numbers are added, and only to one that is not infinite.
    Float(f64),
}

impl Version {
    /// The version as it was written, without spaces around it.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Which instructions to install the package these are: what stands behind the last hyphen.
    pub fn revision(&self) -> Option<u64> {
        self.0.revision.map(|revision| match revision {
            Number::Integer(integer) => integer.unsigned_abs(),
            Number::Float(_) => u64::MAX,
        })
    }

    /// Whether it names no release but the state of the package's source at some time: one of the words
    /// `dev`, `scm` and `cvs` is in it. Such versions sort above all releases.
    pub fn is_moving(&self) -> bool {
        self.0.moving
    }

    /// Whether it is made of letters, digits and dots, a hyphen and a revision: what rockspecs and the names
    /// of files may have.
    pub(crate) fn is_plain(&self) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.';
        let main = self.0.text.rsplit_once('-').map_or("", |(main, _)| main);
        self.0.revision.is_some() && !main.is_empty() && main.bytes().all(plain)
    }

    /// Its components as LuaRocks computes with them.
    pub(crate) fn components(&self) -> impl Iterator<Item = Value> {
        self.0.components.iter().map(|component| match component {
            Number::Integer(integer) => Value::Integer(*integer),
            Number::Float(float) => Value::Float(*float),
        })
    }

    /// LuaRocks' `<`: missing components count as 0; revisions matter only where both have one.
    pub(crate) fn is_below(&self, other: &Version) -> bool {
        match self.compare_components(other) {
            Ordering::Equal => match (self.0.revision, other.0.revision) {
                (Some(own), Some(other)) => own < other,
                _ => false,
            },
            order => order == Ordering::Less,
        }
    }

    /// LuaRocks' `==`: as many components, all equal; revisions matter only where both have one.
    pub(crate) fn is_same(&self, other: &Version) -> bool {
        self.0.components == other.0.components
            && match (self.0.revision, other.0.revision) {
                (Some(own), Some(other)) => own == other,
                _ => true,
            }
    }

    /// LuaRocks' `~>`: the components that were asked for are these, and so is the revision, if one was
    /// asked for.
    pub(crate) fn begins_with(&self, asked: &Version) -> bool {
        let mut components = self.0.components.iter().copied().chain(std::iter::repeat(Number::ZERO));
        asked.0.components.iter().all(|asked| components.next() == Some(*asked))
            && (asked.0.revision.is_none() || asked.0.revision == self.0.revision)
    }

    fn compare_components(&self, other: &Version) -> Ordering {
        let (own, other) = (&self.0.components, &other.0.components);
        let component = |list: &[Number], at: usize| list.get(at).copied().unwrap_or(Number::ZERO);
        (0..own.len().max(other.len()))
            .map(|at| component(own, at).cmp(&component(other, at)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl FromStr for Version {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::InvalidVersion`] when the text breaks the rule of the type.
    fn from_str(text: &str) -> Result<Version> {
        let text = text.trim_matches(is_space);
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        let named = text.bytes().any(|byte| byte.is_ascii_alphanumeric());
        if text.len() > LONGEST || !named || !text.bytes().all(allowed) {
            let shown: String = text.chars().take(SHOWN).collect();
            return Err(Error::new(
                ErrorKind::InvalidVersion,
                format!(
                    "version {shown:?}: expected 1 to {LONGEST} of A-Z a-z 0-9 . _ - with a letter or digit, such as \
                     `1.4.1-3`"
                ),
            ));
        }
        Ok(Version(Arc::new(Parsed::new(text))))
    }
}

/// What Lua's `%s` matches.
pub(crate) fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t'..='\r')
}

impl Parsed {
    fn new(text: &str) -> Parsed {
        let (main, revision) = split_revision(text);
        let mut components = Components::default();
        let mut rest = main;
        while !rest.is_empty() {
            rest = components.take(rest);
        }
        let Components { mut finished, open, moving } = components;
        finished.extend(open);
        Parsed { text: text.to_owned(), components: finished, revision, moving }
    }
}

/// What stands behind the last hyphen, if those are digits.
fn split_revision(text: &str) -> (&str, Option<Number>) {
    match text.rsplit_once('-') {
        Some((main, digits)) if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            (main, Some(Number::from_digits(digits)))
        }
        _ => (text, None),
    }
}

#[derive(Default)]
struct Components {
    finished: Vec<Number>,
    /// A component that a word began: the next word replaces it, the next number ends it.
    open: Option<Number>,
    moving: bool,
}

impl Components {
    /// Takes one number or word with the separators behind it and gives what is left. What is neither ends
    /// the version.
    fn take<'a>(&mut self, text: &'a str) -> &'a str {
        let digits = run(text, |byte| byte.is_ascii_digit());
        let word = run(text, |byte| byte.is_ascii_alphabetic());
        if !digits.is_empty() {
            let number = Number::from_digits(digits);
            self.finished.push(match self.open.take() {
                Some(word) => Number::Float(word.float() + number.float() / BEHIND_A_WORD),
                None => number,
            });
        } else if !word.is_empty() {
            self.open = Some(weight(word));
            self.moving |= matches!(word, "dev" | "scm" | "cvs");
        } else {
            self.open = Some(Number::ZERO);
            return "";
        }
        text[digits.len() + word.len()..].trim_start_matches(['.', '-', '_'])
    }
}

fn run(text: &str, belongs: impl Fn(u8) -> bool) -> &str {
    let end = text.bytes().position(|byte| !belongs(byte)).unwrap_or(text.len());
    &text[..end]
}

/// The weight of a word, by LuaRocks' table.
fn weight(word: &str) -> Number {
    match word {
        "dev" => Number::Integer(120_000_000),
        "scm" => Number::Integer(110_000_000),
        "cvs" => Number::Integer(100_000_000),
        "rc" => Number::Integer(-1_000),
        "pre" => Number::Integer(-10_000),
        "beta" => Number::Integer(-100_000),
        "alpha" => Number::Integer(-1_000_000),
        other => Number::Float(other.bytes().next().map_or(0.0, f64::from) / 1_000.0),
    }
}

impl Number {
    const ZERO: Number = Number::Integer(0);

    /// As Lua reads digits: an integer if it fits, else the nearest float.
    fn from_digits(digits: &str) -> Number {
        match digits.parse() {
            Ok(integer) => Number::Integer(integer),
            Err(_) => Number::Float(digits.parse().unwrap_or(f64::INFINITY)),
        }
    }

    fn float(self) -> f64 {
        match self {
            Number::Integer(integer) => integer as f64,
            Number::Float(float) => float,
        }
    }
}

impl Ord for Number {
    /// By value and exactly, as Lua compares numbers of both kinds.
    fn cmp(&self, other: &Number) -> Ordering {
        match (*self, *other) {
            (Number::Integer(own), Number::Integer(other)) => own.cmp(&other),
            (Number::Float(own), Number::Float(other)) => own.partial_cmp(&other).unwrap_or(Ordering::Equal),
            (Number::Integer(own), Number::Float(other)) => compare(own, other),
            (Number::Float(own), Number::Integer(other)) => compare(other, own).reverse(),
        }
    }
}

fn compare(integer: i64, float: f64) -> Ordering {
    let bound = 9_223_372_036_854_775_808.0; // 2^63
    if float >= bound {
        return Ordering::Less;
    }
    if float < -bound {
        return Ordering::Greater;
    }
    let whole = float.trunc();
    let fraction = whole.partial_cmp(&float).unwrap_or(Ordering::Equal);
    integer.cmp(&(whole as i64)).then(fraction)
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

impl Ord for Version {
    /// LuaRocks' order; where it has none, fewer components, then the text decide.
    fn cmp(&self, other: &Version) -> Ordering {
        self.compare_components(other)
            .then_with(|| self.0.revision.cmp(&other.0.revision))
            .then_with(|| self.0.components.len().cmp(&other.0.components.len()))
            .then_with(|| self.0.text.cmp(&other.0.text))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Version) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for Version {}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text.hash(state);
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.text)
    }
}

impl TryFrom<String> for Version {
    type Error = Error;

    fn try_from(text: String) -> Result<Version> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> String {
        version.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[track_caller]
    fn ascending(texts: &[&str]) {
        for pair in texts.windows(2) {
            let (low, high) = (version(pair[0]), version(pair[1]));
            assert!(low.is_below(&high) && !high.is_below(&low) && low < high, "{low} < {high}");
        }
    }

    #[test]
    fn versions_have_the_order_of_luarocks() {
        ascending(&["0.9", "1.0", "1.0.1", "1.1", "1.9", "1.10", "2"]);
        ascending(&["1.0alpha1", "1.0beta", "1.0pre3", "1.0rc1", "1.0rc2", "1.0", "1.0a", "1.0b"]);
        ascending(&["99999.0", "cvs-1", "scm-1", "dev-1", "dev-2"]);
        ascending(&["1.0-1", "1.0-2", "1.0-10"]);
        ascending(&["20240101120000122", "20240101120000123", "99999999999999999999999999"]);
    }

    #[test]
    fn some_versions_have_no_order_in_luarocks() {
        let (short, long) = (version("1.0"), version("1.0.0"));
        assert!(!short.is_below(&long) && !long.is_below(&short) && !short.is_same(&long));
        assert!(short < long);
        let (plain, revised) = (version("1.0"), version("1.0-3"));
        assert!(plain.is_same(&revised) && !plain.is_below(&revised) && plain < revised);
        assert!(version("1.0.0-1").is_below(&version("1.0-2")) && version("1.0.0-1") < version("1.0-2"));
    }

    #[test]
    fn a_prefix_is_compared_by_components() {
        assert!(version("2.1.3-1").begins_with(&version("2.1")));
        assert!(!version("2.10").begins_with(&version("2.1")));
        assert!(version("2.1").begins_with(&version("2.1.0")));
        assert!(
            version("2.1-3").begins_with(&version("2-3")) && !version("2.1-3").begins_with(&version("2-4"))
        );
        assert!(!version("2.1").begins_with(&version("2.1-1")));
    }

    #[test]
    fn parts_are_known() {
        assert_eq!(version(" 1.4.1-3\n").as_str(), "1.4.1-3");
        assert_eq!(version("1.4-beta").revision(), None);
        assert_eq!(version("1-99999999999999999999").revision(), Some(u64::MAX));
        for moving in ["scm-1", "dev-1", "cvs-2", "1.0.scm-1", "1.0dev"] {
            assert!(version(moving).is_moving(), "{moving}");
        }
        for fixed in ["1.0-1", "devel-1", "1.0rc1-1"] {
            assert!(!version(fixed).is_moving(), "{fixed}");
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for bad in ["", " ", ".", "..", "-", "1/2", "1 2", "1+2", "1\0", "ä", &"1".repeat(101)] {
            assert_eq!(bad.parse::<Version>().unwrap_err().kind(), ErrorKind::InvalidVersion, "{bad:?}");
        }
        assert!("1".repeat(100).parse::<Version>().is_ok());
    }

    #[test]
    fn numbers_of_both_kinds_have_one_order() {
        let numbers = [
            Number::Float(-1e300),
            Number::Integer(i64::MIN),
            Number::Float(-1.5),
            Number::Integer(-1),
            Number::Float(-0.5),
            Number::ZERO,
            Number::Float(0.097),
            Number::Integer(i64::MAX),
            Number::Float(9.3e18),
            Number::Float(f64::INFINITY),
        ];
        for (at, low) in numbers.iter().enumerate() {
            for high in &numbers[at + 1..] {
                assert_eq!(low.partial_cmp(high), Some(Ordering::Less), "{low:?} {high:?}");
                assert_eq!(high.partial_cmp(low), Some(Ordering::Greater), "{low:?} {high:?}");
            }
        }
        assert_eq!(Number::Float(3.0), Number::Integer(3));
    }
}
