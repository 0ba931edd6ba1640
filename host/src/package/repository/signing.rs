//! Writes and signs the index of a repository.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::time::SystemTime;

use minisign::SignatureBox;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{EntryKind, Folder};

use super::index::{FORMAT, INDEX, Index, Listed, MOST_FILE, SIGNATURE, check_id, comment, is_plain, sha256};
use super::key::SecretKey;

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
    let text = index.text()?;
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
