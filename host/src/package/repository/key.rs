//! Keys of repositories, in the form of minisign.

use std::fmt;
use std::str::FromStr;

use minisign::{KeyPair, SecretKeyBox};

use crate::error::{Error, ErrorKind, Result};

/// Letters of a public key.
const KEY_LETTERS: usize = 56;

/// The algorithm of keys, as their first two bytes name it.
const ALGORITHM: &[u8] = b"Ed";

/// The public half of a key that signs an index, as minisign writes it: `RWQ...`.
///
/// Parsed from that line, or from the text of a `.pub` file.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(minisign::PublicKey);

impl PublicKey {
    /// The number by which signatures name it: 16 hexadecimal digits.
    pub fn id(&self) -> String {
        key_id(self.0.keynum())
    }

    pub(crate) fn inner(&self) -> &minisign::PublicKey {
        &self.0
    }
}

/// As minisign shows it: the bytes in reverse.
pub(crate) fn key_id(bytes: &[u8]) -> String {
    bytes.iter().rev().map(|byte| format!("{byte:02X}")).collect()
}

impl FromStr for PublicKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<PublicKey> {
        let refused = || {
            Error::new(
                ErrorKind::InvalidConfig,
                "a key: expected the public key of minisign, a line of 56 letters that begins with `RW`",
            )
        };
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        if line.len() != KEY_LETTERS {
            return Err(refused());
        }
        let key = minisign::PublicKey::from_base64(line).map_err(|error| refused().with_source(error))?;
        if !key.to_bytes().starts_with(ALGORITHM) {
            return Err(refused());
        }
        Ok(PublicKey(key))
    }
}

/// The line that minisign writes.
impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.to_base64())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({})", self.id())
    }
}

/// The secret half, which signs an index. Nothing shows it.
#[derive(Clone)]
pub struct SecretKey(minisign::SecretKey);

impl SecretKey {
    /// A new one, from the randomness of the operating system.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] when there is none.
    pub fn generate() -> Result<SecretKey> {
        let failed = |error| Error::new(ErrorKind::Storage, "cannot make a key").with_source(error);
        KeyPair::generate_unencrypted_keypair().map(|pair| SecretKey(pair.sk)).map_err(failed)
    }

    /// Reads what [`SecretKey::to_text`] wrote: a secret key file of minisign's form, without a password.
    ///
    /// Minisign itself leaves the checksum out of such files, and they are refused as damaged. With such a key
    /// an index is signed by minisign:
    /// `minisign -S -s KEY -t "repository ID serial NUMBER" -m index.toml`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for a text that is none.
    pub fn read(text: &str) -> Result<SecretKey> {
        let key = SecretKeyBox::from(text.to_string()).into_unencrypted_secret_key();
        let why = "expected one that this program wrote, without a password";
        key.map(SecretKey).map_err(|error| unreadable(why).with_source(error))
    }

    /// Reads the text of a secret key file of minisign that has a password. Takes seconds and up to 1 GiB of
    /// memory, by which minisign slows down who guesses passwords.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for a text that is none, or another password.
    pub fn read_with_password(text: &str, password: &str) -> Result<SecretKey> {
        let key = SecretKeyBox::from(text.to_string()).into_secret_key(Some(password.to_string()));
        key.map(SecretKey).map_err(|error| unreadable("expected one with this password").with_source(error))
    }

    /// The text that [`SecretKey::read`] reads: keep it where nobody else reads.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for a key that cannot be written.
    pub fn to_text(&self) -> Result<String> {
        let text = self.0.to_box(None).map_err(|error| unreadable("cannot write it").with_source(error))?;
        Ok(text.into_string())
    }

    /// The public half.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for a key that has none.
    pub fn public(&self) -> Result<PublicKey> {
        let key = minisign::PublicKey::from_secret_key(&self.0);
        key.map(PublicKey).map_err(|error| unreadable("it has no public half").with_source(error))
    }

    pub(crate) fn inner(&self) -> &minisign::SecretKey {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretKey")
    }
}

fn unreadable(why: &str) -> Error {
    Error::new(ErrorKind::InvalidConfig, format!("a secret key of minisign: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_and_read() {
        let secret = SecretKey::generate().expect("randomness");
        let public = secret.public().expect("it has one");
        let file = format!("untrusted comment: minisign public key {}\n{public}\n", public.id());
        assert_eq!(file.parse::<PublicKey>().expect("the file's form"), public);
        assert_eq!(public.to_string().parse::<PublicKey>().expect("the line's form"), public);
        let again = SecretKey::read(&secret.to_text().expect("text")).expect("it is read");
        assert_eq!(again.public().expect("it has one"), public);
        assert_eq!(format!("{secret:?}"), "SecretKey");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let key = SecretKey::generate().and_then(|secret| secret.public()).expect("a key").to_string();
        for text in ["", "RWQ", &key[1..], &format!("X{}", &key[1..]), &"?".repeat(56), &"ä".repeat(28)] {
            assert_eq!(text.parse::<PublicKey>().unwrap_err().kind(), ErrorKind::InvalidConfig, "{text}");
        }
    }
}
