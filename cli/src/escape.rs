//! Makes bytes harmless for a terminal.
//!
//! A terminal obeys control characters, so a program could move the cursor over what is shown, set the
//! window's title, or make the terminal type. Newline and tab stay. Every other control character (the
//! codes 0 to 31 and 127, and U+0080 to U+009F) and every byte that is not UTF-8 is shown as `\x` and
//! its two hexadecimal digits. A sequence loses its force with its first character, the rest of it is
//! plain text.

use std::fmt::Write;

/// Longest beginning of a character that is kept back until its end comes, in bytes.
const LONGEST_PART: usize = 3;

/// Escapes a stream piece by piece. A character that is split over two pieces is put together.
#[derive(Debug, Default)]
pub struct Escaper {
    part: Vec<u8>,
}

impl Escaper {
    /// What to show for the next piece, as far as its last character is complete.
    pub fn next(&mut self, piece: &[u8]) -> Vec<u8> {
        let joined;
        let mut rest = piece;
        if !self.part.is_empty() {
            joined = [std::mem::take(&mut self.part).as_slice(), piece].concat();
            rest = &joined;
        }
        let mut shown = String::with_capacity(rest.len());
        for chunk in rest.utf8_chunks() {
            escape_text(chunk.valid(), &mut shown);
            rest = &rest[chunk.valid().len()..];
            if is_beginning(chunk.invalid()) && chunk.invalid().len() == rest.len() {
                break; // more of it may come
            }
            escape_bytes(chunk.invalid(), &mut shown);
            rest = &rest[chunk.invalid().len()..];
        }
        self.part = rest.to_vec();
        shown.into_bytes()
    }

    /// What to show for the beginning of a character whose end will not come.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut shown = String::new();
        escape_bytes(&std::mem::take(&mut self.part), &mut shown);
        shown.into_bytes()
    }
}

/// Whether more bytes could make a character of these: the standard library found them to be the
/// longest beginning of one, so only the number of bytes that the first announces is left to compare.
fn is_beginning(bytes: &[u8]) -> bool {
    let announced = match bytes.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => return false,
    };
    bytes.len() < announced && bytes.len() <= LONGEST_PART
}

fn escape_text(text: &str, shown: &mut String) {
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(character),
            '\0'..='\u{9f}' if character.is_control() => escape_bytes(&[character as u8], shown),
            _ => shown.push(character),
        }
    }
}

fn escape_bytes(bytes: &[u8], shown: &mut String) {
    for byte in bytes {
        let _ = write!(shown, "\\x{byte:02x}"); // a string takes everything
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pieces: &[&[u8]], expected: &str) {
        let mut escaper = Escaper::default();
        let mut shown: Vec<u8> = pieces.iter().flat_map(|piece| escaper.next(piece)).collect();
        shown.extend(escaper.finish());
        assert_eq!(String::from_utf8(shown).unwrap(), expected);
    }

    #[test]
    fn text_is_left_alone() {
        check(&[b"GC\t0.43\n"], "GC\t0.43\n");
        check(&["naïve ☃ 🧬\n".as_bytes()], "naïve ☃ 🧬\n");
    }

    #[test]
    fn controls_are_shown() {
        check(&[b"\x1b[2J"], "\\x1b[2J");
        check(&[b"\x1b]0;title\x07"], "\\x1b]0;title\\x07");
        check(&[b"a\rb\x08\x00\x7f"], "a\\x0db\\x08\\x00\\x7f");
        check(&["\u{9b}2J\u{85}\u{a0}".as_bytes()], "\\x9b2J\\x85\u{a0}");
    }

    #[test]
    fn what_is_not_utf8_is_shown() {
        check(&[b"a\xffb"], "a\\xffb");
        check(&[b"\x9b2J"], "\\x9b2J");
        check(&[b"\xc0\x80\xed\xa0\x80"], "\\xc0\\x80\\xed\\xa0\\x80");
        check(&[b"\xf5\x80\x80\x80"], "\\xf5\\x80\\x80\\x80");
    }

    #[test]
    fn sequences_split_over_pieces_stay_harmless() {
        check(&[b"\x1b", b"[", b"31m"], "\\x1b[31m");
        check(&[b"\xc2", b"\x9b2J"], "\\x9b2J");
        check(&[b"\xc2", b"\x1b[2J"], "\\xc2\\x1b[2J");
    }

    #[test]
    fn characters_split_over_pieces_are_put_together() {
        let text = "é☃🧬";
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        check(&bytes, text);
        check(&[b"\xf0\x9f", b"", b"\xa7\xac"], "🧬");
    }

    #[test]
    fn a_character_without_its_end_is_shown_at_last() {
        check(&[b"a\xf0\x9f\xa7"], "a\\xf0\\x9f\\xa7");
        check(&[b"\xe2", b"x"], "\\xe2x");
        check(&[b"\xe2\x98", b"\xe2\x98\x83"], "\\xe2\\x98☃");
    }

    #[test]
    fn no_control_comes_through_whatever_the_pieces() {
        let mut state = 1u64;
        for _ in 0..2_000 {
            let bytes: Vec<u8> = (0..12)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (state >> 56) as u8
                })
                .collect();
            let (first, rest) = bytes.split_at((state >> 40) as usize % 13);
            let mut escaper = Escaper::default();
            let shown = [escaper.next(first), escaper.next(rest), escaper.finish()].concat();
            let shown = String::from_utf8(shown).expect("what is shown is UTF-8");
            assert!(!shown.chars().any(|shown| shown.is_control() && shown != '\n' && shown != '\t'));
        }
    }
}
