//! The signed index of a repository: what is in it, to the byte, as its publisher said.

use std::collections::BTreeMap;
use std::io::Cursor;

use minisign::SignatureBox;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::escape::Escaped;

use super::key::{PublicKey, key_id};
use super::moment::Moment;

/// The file of an index.
pub(crate) const INDEX: &str = "index.toml";

/// The file of its signature.
pub(crate) const SIGNATURE: &str = "index.toml.minisig";

/// Bytes of an index: some 100,000 files.
pub(crate) const MOST_INDEX: u64 = 16 << 20;

/// Bytes of a signature: four lines.
pub(crate) const MOST_SIGNATURE: u64 = 4096;

/// Bytes of a file that an index names, and of one that is read to write an index.
pub(super) const MOST_FILE: u64 = 64 << 20;

/// The one form of index that this version reads and writes.
pub(super) const FORMAT: u32 = 1;

/// Letters of the second signature, of the first one with the comment: 64 bytes. The crate takes for granted
/// that there are as many.
const SIGNATURE_LETTERS: usize = 88;

/// What a publisher says of a repository. Its names are plain, its hashes hexadecimal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Index {
    pub format: u32,
    /// Which repository it is, whatever its address.
    pub id: String,
    /// Grows with each index.
    pub serial: u64,
    pub created: Moment,
    /// From when on it is not to be used.
    pub expires: Moment,
    pub files: BTreeMap<String, Listed>,
}

/// What an index says of one file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listed {
    pub sha256: String,
    pub size: u64,
}

/// An index whose signature was right.
#[derive(Debug, Clone)]
pub(crate) struct SignedIndex {
    pub index: Index,
    /// Of the index, to tell two of one serial apart.
    pub sha256: String,
    /// The number of the key.
    pub signed_by: String,
}

impl SignedIndex {
    /// Reads an index that one of these keys signed.
    pub fn read(text: &[u8], signature: &[u8], keys: &[PublicKey]) -> Result<SignedIndex> {
        let signature = parse_signature(signature)?;
        let signed_by = verify(text, &signature, keys)?;
        let index = Index::read(text)?;
        let said = signature.trusted_comment().map_err(|error| wrong("its comment").with_source(error))?;
        if said != comment(&index.id, index.serial) {
            return Err(wrong(&format!(
                "its comment is `{}`, expected `{}`",
                Escaped(&said),
                comment(&index.id, index.serial)
            )));
        }
        Ok(SignedIndex { index, sha256: sha256(text), signed_by })
    }

    /// Refuses one that is past its date.
    pub fn check_date(&self, now: Moment) -> Result<()> {
        if now < self.index.expires {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::IndexExpired,
            format!(
                "index {} of `{}` expired at {}: its publisher has to sign a new one",
                self.index.serial, self.index.id, self.index.expires
            ),
        ))
    }

    /// What it says of a file.
    pub fn listed(&self, name: &str) -> Result<&Listed> {
        self.index.files.get(name).ok_or_else(|| {
            let serial = self.index.serial;
            Error::new(
                ErrorKind::IntegrityMismatch,
                format!("`{name}` is not in index {serial} of `{}`", self.index.id),
            )
        })
    }

    /// Refuses a file that is not the one which was signed.
    pub fn check(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let listed = self.listed(name)?;
        let got = Listed { sha256: sha256(bytes), size: bytes.len() as u64 };
        if got == *listed {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::IntegrityMismatch,
            format!(
                "`{name}` is not the file of index {} of `{}`: expected {} bytes of SHA-256 {}, got {} of {}",
                self.index.serial, self.index.id, listed.size, listed.sha256, got.size, got.sha256
            ),
        ))
    }
}

impl Index {
    pub fn read(text: &[u8]) -> Result<Index> {
        let text = std::str::from_utf8(text).map_err(|error| invalid("it is no text").with_source(error))?;
        let index: Index =
            toml::from_str(text).map_err(|error| invalid(&Escaped(error.message()).to_string()))?;
        if index.format != FORMAT {
            return Err(invalid(&format!("format {}, expected {FORMAT}", index.format)));
        }
        check_id(&index.id)?;
        for (name, listed) in &index.files {
            check_listed(name, listed)?;
        }
        Ok(index)
    }

    /// The index as its file has it.
    pub fn text(&self) -> Result<String> {
        toml::to_string(self).map_err(|error| invalid("it cannot be written").with_source(error))
    }
}

/// What `minisign` is told with `-t` when it signs an index.
pub(super) fn comment(id: &str, serial: u64) -> String {
    format!("repository {id} serial {serial}")
}

fn parse_signature(bytes: &[u8]) -> Result<SignatureBox> {
    let text = std::str::from_utf8(bytes).map_err(|error| wrong("it is no text").with_source(error))?;
    let last = text.lines().nth(3).map_or(0, |line| line.trim().len());
    if last != SIGNATURE_LETTERS {
        return Err(wrong("expected the four lines of a signature of minisign"));
    }
    SignatureBox::from_string(text).map_err(|error| wrong("it is none of minisign").with_source(error))
}

/// Gives the number of the key that signed.
fn verify(text: &[u8], signature: &SignatureBox, keys: &[PublicKey]) -> Result<String> {
    let id = key_id(signature.keynum());
    let Some(key) = keys.iter().find(|key| key.inner().keynum() == signature.keynum()) else {
        return Err(wrong(&format!("it is by key {id}, which is not trusted for this repository")));
    };
    if !signature.is_prehashed() {
        return Err(wrong("it is of the old kind, which takes no hash; sign again with a current minisign"));
    }
    match minisign::verify(key.inner(), signature, Cursor::new(text), true, false, false) {
        Ok(()) => Ok(id),
        Err(error) => Err(wrong(&format!("key {id} did not sign this")).with_source(error)),
    }
}

fn wrong(why: &str) -> Error {
    Error::new(ErrorKind::SignatureInvalid, format!("the signature `{SIGNATURE}`: {why}"))
}

fn invalid(why: &str) -> Error {
    Error::new(ErrorKind::ManifestInvalid, format!("`{INDEX}`: {why}"))
}

/// As names of repositories: letters, digits, `.`, `-` and `_`.
pub(super) fn check_id(id: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if (1..=100).contains(&id.len()) && id.bytes().all(plain) {
        return Ok(());
    }
    Err(invalid(&format!("id `{}`: expected 1 to 100 letters, digits, `.`, `-` or `_`", Escaped(id))))
}

fn check_listed(name: &str, listed: &Listed) -> Result<()> {
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if !is_plain(name) {
        return Err(invalid(&format!("`{}` is no name of a file", Escaped(name))));
    }
    if listed.sha256.len() != 64 || !listed.sha256.bytes().all(hexadecimal) || listed.size > MOST_FILE {
        return Err(invalid(&format!(
            "`{name}`: expected 64 hexadecimal digits and at most {MOST_FILE} bytes"
        )));
    }
    Ok(())
}

/// Whether a name can be that of a file of a repository: no path, nothing hidden.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte);
    (1..=255).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(plain)
}

/// In hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
