//! Names of environments.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::error::ErrorKind;

/// Longest name of an environment, in bytes: it is the name of a folder too.
const MAX_NAME: usize = 64;

/// 1 to 64 of `a-z 0-9 . _ -`, first a letter or a digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct EnvironmentName(String);

impl EnvironmentName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EnvironmentName {
    type Err = Error;

    fn from_str(name: &str) -> Result<EnvironmentName, Error> {
        let first = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let plain = name.bytes().all(|byte| first(byte) || b"._-".contains(&byte));
        if plain && name.len() <= MAX_NAME && name.bytes().next().is_some_and(first) {
            return Ok(EnvironmentName(name.to_string()));
        }
        Err(Error::new(
            ErrorKind::InvalidName,
            format!(
                "environment {name:?}: expected 1 to {MAX_NAME} of `a-z`, `0-9`, `.`, `_` and `-`, \
                 first a letter or a digit"
            ),
        ))
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        for good in ["a", "0", "bio", "my-env_1.2", &"a".repeat(MAX_NAME)] {
            assert_eq!(good.parse::<EnvironmentName>().unwrap().as_str(), good);
        }
        for bad in
            ["", ".", "..", "-a", "_a", ".tmp-a", "A", "a/b", "ä", "a b", "a\0", &"a".repeat(MAX_NAME + 1)]
        {
            assert_eq!(bad.parse::<EnvironmentName>().unwrap_err().kind(), ErrorKind::InvalidName, "{bad:?}");
        }
    }
}
