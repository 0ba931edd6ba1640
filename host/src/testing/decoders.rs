//! What reads bytes of guests, disks and servers, for what holds it against anything at all.

use std::result::Result as StdResult;

use crate::error::Result;
use crate::func::{Caller, HostFunction, HostModule, guarded};
use crate::guest::{Base, Lasting, PAGE, Pages, decode, decode_arguments, encode, encode_reply};
use crate::limits::Limits;
use crate::package::{Index, PublicKey, SignedIndex};
use crate::snapshot::format;
use crate::value::Value;

pub use crate::value::VALUE_COST;

/// Encoded values, under a ceiling for their size.
///
/// # Errors
///
/// When they are damaged, too deep or too large.
pub fn decode_values(bytes: &[u8], ceiling: Option<u64>) -> StdResult<Vec<Value>, String> {
    decode(bytes, ceiling).map_err(|error| error.to_string())
}

/// Values as bytes, under a ceiling for their size.
///
/// # Errors
///
/// When they are too deep or too large.
pub fn encode_values(values: &[Value], ceiling: Option<u64>) -> StdResult<Vec<u8>, String> {
    let mut encoded = Vec::new();
    encode(values, ceiling, &mut encoded).map_err(|error| error.to_string())?;
    Ok(encoded)
}

/// The reply of a module's function, which answers at once, to encoded arguments; `None` when the module has none
/// of this name.
pub fn call_encoded(module: &HostModule, name: &str, arguments: &[u8], limits: &Limits) -> Option<Vec<u8>> {
    let (_, function) = module.functions.iter().find(|(own, _)| own == name)?;
    let HostFunction::Direct(function) = function else { return None };
    let mut caller = Caller { tenant: None, deadline: None };
    let reply = decode_arguments(arguments, limits)
        .and_then(|arguments| guarded(&**function, &mut caller, arguments));
    Some(encode_reply(reply, limits))
}

/// A snapshot of a guest whose fresh memory and end of the stack are given, with some pages that differ.
pub fn snapshot_of(fresh: &[u8], stack_end: u32, changed: &[(usize, [u8; PAGE])]) -> Vec<u8> {
    let base = Base::new(fresh, stack_end);
    let mut pages = Pages::fresh(base.size());
    for (number, page) in changed {
        pages.set(*number, page, &base);
    }
    let header = format::Header::of(&base, &pages, &Lasting::default(), None);
    format::encode(&header, &format::pack(&base, &pages))
}

/// A snapshot read for a VM that may have so many bytes of memory: its memory, and the snapshot written again.
///
/// # Errors
///
/// Those of [`Snapshot::from_bytes`](crate::Snapshot::from_bytes) and of who takes it.
pub fn snapshot_again(fresh: &[u8], stack_end: u32, bytes: &[u8], most: u64) -> Result<(Vec<u8>, Vec<u8>)> {
    let base = Base::new(fresh, stack_end);
    let (header, body) = format::decode(&base, bytes)?;
    header.check_memory(most)?;
    let pages = format::unpack(&base, &header, body)?;
    let mut memory = fresh.to_vec();
    memory.resize(pages.size(), 0);
    pages.put(&mut memory);
    let again = format::Header::of(&base, &pages, &header.lasting(), header.tenant);
    Ok((memory, format::encode(&again, &format::pack(&base, &pages))))
}

/// An index of a repository read, and written again.
///
/// # Errors
///
/// [`ErrorKind::ManifestInvalid`](crate::ErrorKind::ManifestInvalid).
pub fn index_again(text: &[u8]) -> Result<String> {
    Index::read(text)?.text()
}

/// The names of the files of an index whose signature is this key's.
///
/// # Errors
///
/// Those of an index that is not signed, or is none.
pub fn signed_files(text: &[u8], signature: &[u8], key: &PublicKey) -> Result<Vec<String>> {
    let signed = SignedIndex::read(text, signature, std::slice::from_ref(key))?;
    Ok(signed.index.files.into_keys().collect())
}
