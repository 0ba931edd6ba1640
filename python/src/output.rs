//! Output that comes in pieces, as text.

/// Keeps the beginning of a character whose end has not come yet.
#[derive(Default)]
pub struct Decoder(Vec<u8>);

impl Decoder {
    /// The whole characters of a piece. Where nothing follows, what is kept comes too.
    pub fn whole(&mut self, piece: Vec<u8>, is_over: bool) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.0);
        bytes.extend(piece);
        if !is_over {
            let whole = bytes.len() - begun(&bytes);
            self.0 = bytes.split_off(whole);
        }
        bytes
    }
}

/// Bytes at the end that are the beginning of a character.
fn begun(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(4)..];
    let starts = (0..tail.len()).rev().find(|at| tail[*at] & 0xC0 != 0x80);
    let last = &tail[starts.unwrap_or(tail.len())..];
    match std::str::from_utf8(last) {
        Err(error) if error.error_len().is_none() => last.len(),
        _ => 0,
    }
}
