//! Gzip: one member, and nothing after it.

use std::io::Read;

use flate2::bufread::GzDecoder;

use crate::error::Result;

use super::refused;

/// Unpacks at most so many bytes.
pub(super) fn unpack(bytes: &[u8], most: u64) -> Result<Vec<u8>> {
    let mut decoder = GzDecoder::new(bytes);
    let mut content = Vec::new();
    // Reading to the end is what checks the sum and the length.
    let read = (&mut decoder).take(most.saturating_add(1)).read_to_end(&mut content);
    read.map_err(|error| refused("gzip", format!("it is damaged: {error}")).with_source(error))?;
    if content.len() as u64 > most {
        return Err(refused("gzip", format!("it unpacks to more than {most} bytes")));
    }
    match decoder.into_inner().len() {
        0 => Ok(content),
        rest => Err(refused("gzip", format!("{rest} bytes follow its end"))),
    }
}
