//! Signed indexes of repositories, their signatures, and keys.

use bioxen_lua::PublicKey;
use bioxen_lua::testing::{index_again, signed_files};

/// An index, its signature and the key, as a publisher made them.
pub const INDEX: &str = include_str!("../seeds/index/index");
pub const SIGNATURE: &str = include_str!("../seeds/index/signature");
pub const KEY: &str = include_str!("../seeds/index/key");

/// The first line says what the others are: an `index`, a `signature` of the index above, or a `key`.
pub fn index(input: &[u8]) {
    let at = input.iter().position(|byte| *byte == b'\n').map_or(input.len(), |at| at + 1);
    let (kind, rest) = input.split_at(at);
    match kind.first() {
        Some(b'i') => unsigned(rest),
        Some(b's') => signature(rest),
        Some(b'k') => key(&String::from_utf8_lossy(rest)),
        _ => {}
    }
}

/// What is read is written in one form, which is read as the same.
fn unsigned(text: &[u8]) {
    let Ok(written) = index_again(text) else { return };
    assert_eq!(index_again(written.as_bytes()).ok().as_ref(), Some(&written));
    let names = written.lines().filter_map(|line| line.strip_prefix("[files."));
    names.for_each(|name| assert!(!name.contains(['/', '\\']), "{name}"));
}

/// Nobody but the publisher signs: whatever passes is the publisher's own index, and the text that it signed with.
fn signature(bytes: &[u8]) {
    let key = KEY.parse().expect("the key");
    let index = INDEX.split_once('\n').map_or("", |(_, index)| index);
    let Ok(files) = signed_files(index.as_bytes(), bytes, &key) else { return };
    assert_eq!(files, ["say-1.4.1-3.all.rock", "say-1.4.1-3.rockspec"]);
    let text = String::from_utf8_lossy(bytes);
    // Letters behind the bytes of both signatures, and lines behind the fourth, are read by nobody.
    let letters = [98, usize::MAX, 85];
    let read = |(line, letters): (&str, usize)| line.trim().chars().take(letters).collect::<String>();
    let own = SIGNATURE.lines().skip(2).zip(letters).map(read);
    let signed = text.lines().skip(1).zip(letters).map(read);
    assert!(own.eq(signed), "another signature that is right: {text}");
}

fn key(text: &str) {
    let Ok(key) = text.parse::<PublicKey>() else { return };
    assert_eq!(key.to_string().parse::<PublicKey>().ok(), Some(key.clone()));
    assert_eq!(key.id().len(), 16);
}
