//! The signed index of a repository: what is in it, to the byte, as its publisher said.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::time::SystemTime;

use minisign::SignatureBox;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind, Result};
use crate::escape::Escaped;
use crate::fs::{EntryKind, Folder};

use super::key::{PublicKey, SecretKey, key_id};
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
const MOST_FILE: u64 = 64 << 20;

/// The one form of index that this version reads and writes.
const FORMAT: u32 = 1;

/// Letters of the second signature, of the first one with the comment: 64 bytes. The crate takes for granted
/// that there are as many.
const SIGNATURE_LETTERS: usize = 88;

/// What a publisher says of a repository. Its names are plain, its hashes hexadecimal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Index {
    format: u32,
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
    fn read(text: &[u8]) -> Result<Index> {
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
}

/// What `minisign` is told with `-t` when it signs an index.
fn comment(id: &str, serial: u64) -> String {
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
fn check_id(id: &str) -> Result<()> {
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

/// Who signs an index.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signer<'a> {
    /// Nobody: the folder can be used as an unsigned repository, and signed by other means.
    #[cfg(test)]
    Nobody,
    Key(&'a SecretKey),
}

/// What a new index says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Which repository it is, whatever its address: 1 to 100 letters, digits, `.`, `-` or `_`.
    pub id: String,
    /// Higher than that of any index before: an older one is refused by whoever saw a newer one.
    pub serial: u64,
    /// When it is made, to the second.
    pub created: SystemTime,
    /// From when on it is refused, so that nobody can go on serving it for ever.
    pub expires: SystemTime,
}

/// Writes the index of all files in a folder, and its signature. The index is never there with a signature of
/// another one: the old signature goes first.
pub(crate) fn write_index(folder: &Folder, edition: &Edition, signer: Signer<'_>) -> Result<()> {
    let index = Index {
        format: FORMAT,
        id: edition.id.clone(),
        serial: edition.serial,
        created: edition.created.into(),
        expires: edition.expires.into(),
        files: listed_in(folder)?,
    };
    check_id(&index.id)?;
    let text = toml::to_string(&index).map_err(|error| invalid("it cannot be written").with_source(error))?;
    folder.remove_all(SIGNATURE).map_err(unwritten)?;
    put(folder, INDEX, text.as_bytes())?;
    match signer {
        #[cfg(test)]
        Signer::Nobody => Ok(()),
        Signer::Key(key) => put(folder, SIGNATURE, sign(&index, &text, key)?.as_bytes()),
    }
}

fn listed_in(folder: &Folder) -> Result<BTreeMap<String, Listed>> {
    let mut files = BTreeMap::new();
    for entry in folder.list("").map_err(unwritten)? {
        let own = entry.name == INDEX || entry.name == SIGNATURE;
        if own || entry.kind != EntryKind::File || !is_plain(&entry.name) {
            continue;
        }
        let bytes = folder.read(&entry.name, MOST_FILE).map_err(unwritten)?;
        files.insert(entry.name, Listed { sha256: sha256(&bytes), size: bytes.len() as u64 });
    }
    Ok(files)
}

fn sign(index: &Index, text: &str, key: &SecretKey) -> Result<String> {
    let comment = comment(&index.id, index.serial);
    let public = key.public()?;
    // With the public key it is verified at once.
    let signature = minisign::sign(
        Some(public.inner()),
        key.inner(),
        Cursor::new(text),
        Some(&comment),
        Some("bioxen-lua"),
    );
    let failed = |error| Error::new(ErrorKind::Storage, "cannot sign the index").with_source(error);
    signature.map(SignatureBox::into_string).map_err(failed)
}

/// Replaces a file whole. Others may read it: it is there to be published.
fn put(folder: &Folder, name: &str, bytes: &[u8]) -> Result<()> {
    let temporary = format!(".{name}.tmp");
    folder.remove_all(&temporary).map_err(unwritten)?;
    folder.write_new(&temporary, bytes).map_err(unwritten)?;
    folder.rename(&temporary, folder, name).map_err(unwritten)?;
    folder.sync("").map_err(unwritten)
}

fn unwritten(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Storage, format!("cannot write the index: {error}")).with_source(error)
}

#[cfg(test)]
mod tests;
