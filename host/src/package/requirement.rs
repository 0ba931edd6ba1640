//! What is asked for: a package, and which of its versions will do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::package::name::PackageName;
use crate::package::version::{Version, is_space};

/// Longest requirement, in bytes: more than any that people write.
const LONGEST: usize = 1000;

/// Bytes of a refused requirement that an error shows.
const SHOWN: usize = 120;

/// A package and which of its versions will do, in the syntax of LuaRocks: `say >= 1.4, < 2`.
///
/// ```
/// use bioxen_lua::Requirement;
/// let wanted: Requirement = "say >= 1.4, < 2".parse()?;
/// assert!(wanted.allows(&"1.4.1-3".parse()?));
/// assert!(!wanted.allows(&"2.0-1".parse()?));
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Requirement {
    /// The package.
    pub name: PackageName,
    /// Whose package it has to be, for `user/say`.
    pub namespace: Option<PackageName>,
    /// What its version has to meet, all of it; nothing allows every version.
    pub constraints: Vec<Constraint>,
}

/// One condition on a version.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Constraint {
    /// How the version is compared.
    pub operator: Operator,
    /// What it is compared with.
    pub version: Version,
    /// Whether the author asked, by `@`, to leave the installed version alone; it changes nothing here,
    /// where nothing is upgraded unless somebody says so.
    pub no_upgrade: bool,
}

/// How a version is compared with that of a [`Constraint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `==`, also written `=` or left out: the same components, and the same revision if one is given.
    Equal,
    /// `~=`, also written `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `~>`: all components that are given are the same, whatever follows them.
    Begins,
}

impl Requirement {
    /// Whether a version meets all constraints, by the rules of LuaRocks.
    pub fn allows(&self, version: &Version) -> bool {
        self.constraints.iter().all(|constraint| constraint.allows(version))
    }

    /// Whether it asks for a moving version, such as `scm-1`, by name.
    pub(crate) fn names(&self, version: &Version) -> bool {
        let named =
            |constraint: &Constraint| constraint.operator == Operator::Equal && constraint.allows(version);
        self.constraints.iter().any(named)
    }
}

impl Constraint {
    /// Whether a version meets it, by the rules of LuaRocks.
    pub fn allows(&self, version: &Version) -> bool {
        match self.operator {
            Operator::Equal => version.is_same(&self.version),
            Operator::NotEqual => !version.is_same(&self.version),
            Operator::Less => version.is_below(&self.version),
            Operator::LessOrEqual => !self.version.is_below(version),
            Operator::Greater => self.version.is_below(version),
            Operator::GreaterOrEqual => !version.is_below(&self.version),
            Operator::Begins => version.begins_with(&self.version),
        }
    }
}

impl FromStr for Requirement {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequirement`] when the text is not in LuaRocks' syntax, or longer than 1000
    /// bytes as it is or as it is printed.
    fn from_str(text: &str) -> Result<Requirement> {
        if text.len() > LONGEST {
            return Err(invalid(text, &format!("expected {LONGEST} bytes at most")));
        }
        let text = text.trim_matches(is_space);
        let in_name = |letter: char| letter.is_ascii_alphanumeric() || "._-/".contains(letter);
        let end = text.find(|letter| !in_name(letter)).unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        let (namespace, name) = match name.split_once('/') {
            Some((namespace, name)) => (Some(package(text, namespace)?), name),
            None => (None, name),
        };
        let name = package(text, name)?;
        let requirement = Requirement { name, namespace, constraints: constraints(text, rest)? };
        // It is stored as it is printed, which may be longer, and has to be read again.
        if requirement.to_string().len() > LONGEST {
            return Err(invalid(text, &format!("expected {LONGEST} bytes at most as it is printed")));
        }
        Ok(requirement)
    }
}

fn package(requirement: &str, name: &str) -> Result<PackageName> {
    name.parse().map_err(|error: Error| {
        let why = "expected the name of a package, then constraints, such as `say >= 1.4`";
        invalid(requirement, why).with_source(error)
    })
}

fn constraints(requirement: &str, text: &str) -> Result<Vec<Constraint>> {
    let mut constraints = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let (constraint, behind) = constraint(requirement, rest)?;
        constraints.push(constraint);
        rest = behind.trim_start_matches(|letter| letter == ',' || is_space(letter));
    }
    Ok(constraints)
}

/// Reads one constraint and gives what is behind it.
fn constraint<'a>(requirement: &str, text: &'a str) -> Result<(Constraint, &'a str)> {
    let (no_upgrade, text) = match text.strip_prefix('@') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let (sign, text) = split_where(text, |letter| !"<>=~!".contains(letter));
    let operator = match sign {
        "" | "=" | "==" => Operator::Equal,
        "~=" | "!=" => Operator::NotEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "~>" => Operator::Begins,
        _ => return Err(invalid(requirement, "expected one of == ~= < <= > >= ~> before a version")),
    };
    let text = text.trim_start_matches(is_space);
    let (version, behind) =
        split_where(text, |letter| !letter.is_ascii_alphanumeric() && !"._-".contains(letter));
    let version = version.parse().map_err(|error: Error| {
        invalid(requirement, "expected a version, such as `1.4.1-3`, in each constraint").with_source(error)
    })?;
    Ok((Constraint { operator, version, no_upgrade }, behind))
}

fn split_where(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

fn invalid(requirement: &str, why: &str) -> Error {
    let shown: String = requirement.chars().take(SHOWN).collect();
    Error::new(ErrorKind::InvalidRequirement, format!("requirement {shown:?}: {why}"))
}

impl fmt::Display for Operator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Operator::Equal => "==",
            Operator::NotEqual => "~=",
            Operator::Less => "<",
            Operator::LessOrEqual => "<=",
            Operator::Greater => ">",
            Operator::GreaterOrEqual => ">=",
            Operator::Begins => "~>",
        })
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.no_upgrade { "@" } else { "" };
        write!(formatter, "{mark}{} {}", self.operator, self.version)
    }
}

impl fmt::Display for Requirement {
    /// As LuaRocks reads it: `say >= 1.4, < 2`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(namespace) = &self.namespace {
            write!(formatter, "{namespace}/")?;
        }
        write!(formatter, "{}", self.name)?;
        for (at, constraint) in self.constraints.iter().enumerate() {
            write!(formatter, "{}{constraint}", if at == 0 { " " } else { ", " })?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Requirement {
    type Error = Error;

    fn try_from(text: String) -> Result<Requirement> {
        text.parse()
    }
}

impl From<Requirement> for String {
    fn from(requirement: Requirement) -> String {
        requirement.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let requirement: Requirement = text.parse().unwrap();
        assert_eq!(requirement.to_string(), expected);
        assert_eq!(expected.parse::<Requirement>().unwrap(), requirement, "{expected} says the same");
    }

    #[test]
    fn the_syntax_of_luarocks_is_read() {
        check("say", "say");
        check("  Say  ", "say");
        check("say 1.4", "say == 1.4");
        check("say = 1.4-3", "say == 1.4-3");
        check("say>=1.4,<2", "say >= 1.4, < 2");
        check("say >= 1.4 < 2 != 1.5 ,, ~> 1", "say >= 1.4, < 2, ~= 1.5, ~> 1");
        check("say @>= 1.4", "say @>= 1.4");
        check("say@1.4", "say @== 1.4");
        check("lua >= 5.1, < 5.5", "lua >= 5.1, < 5.5");
        check("user/Rock.lua ~> 2", "user/rock.lua ~> 2");
    }

    #[test]
    fn what_is_no_requirement_is_refused() {
        let long = format!("say {}", "1 ".repeat(600));
        for bad in [
            "",
            " ",
            "-say",
            "/say",
            "a/",
            "a/b/c",
            "say >",
            "say > = 1",
            "say >> 1",
            "say ! 1",
            "say , 1",
            "say >= /1",
            "say >= 1/2",
            "say >= 1;",
            "say (1)",
            "say >= ä",
            "say\0",
            ">= 1",
            "@1",
            "say >= .",
            &long,
        ] {
            let error = bad.parse::<Requirement>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequirement, "{bad:?}");
        }
    }

    #[test]
    fn what_is_read_can_be_read_as_it_is_printed() {
        let text = |count: usize| format!("say {}", "1,".repeat(count));
        for count in [1, 100, 165, 166, 167, 400] {
            if let Ok(requirement) = text(count).parse::<Requirement>() {
                assert_eq!(requirement.to_string().parse::<Requirement>().unwrap(), requirement);
            }
        }
        assert!(text(100).parse::<Requirement>().is_ok());
        assert_eq!(text(400).parse::<Requirement>().unwrap_err().kind(), ErrorKind::InvalidRequirement);
    }

    #[track_caller]
    fn allows(requirement: &str, allowed: &[&str], refused: &[&str]) {
        let requirement: Requirement = requirement.parse().unwrap();
        for version in allowed {
            assert!(requirement.allows(&version.parse().unwrap()), "{requirement} allows {version}");
        }
        for version in refused {
            assert!(!requirement.allows(&version.parse().unwrap()), "{requirement} refuses {version}");
        }
    }

    #[test]
    fn constraints_are_met_as_in_luarocks() {
        allows("x", &["1-1", "scm-1"], &[]);
        allows("x 1.0", &["1.0-1", "1.0-7"], &["1.0.0-1", "1-1"]);
        allows("x ~= 1.0-2", &["1.0-1", "1.0.0-2"], &["1.0-2"]);
        allows("x >= 5.1, < 5.5", &["5.1-1", "5.4-1"], &["5.0-1", "5.5-1"]);
        allows("x > 1.0", &["1.0.1-1"], &["1.0-9", "1.0.0-1"]);
        allows("x <= 1.0-2", &["1.0-1", "1.0.0-2", "0.9-7"], &["1.0-3"]);
        allows("x ~> 2.1", &["2.1-1", "2.1.9-1"], &["2.10-1", "2-1"]);
        allows("lua >= 5.4.3", &[], &["5.4-1"]);
    }
}
