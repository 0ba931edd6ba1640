//! Text of a guest in the host's log: on one line, and short.

use std::fmt::{self, Display, Formatter};

/// Bytes of a guest's text in one record of a log: enough to recognise a message by.
const LONGEST: usize = 256;

/// What stands in the place of the rest.
const CUT: &str = "…";

/// A text in which no guest can begin a line of its own, end a quotation or hide what follows, cut to 256
/// bytes.
pub(crate) struct Escaped<'a>(pub &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let mut shown = String::with_capacity(LONGEST);
        let mut room_to_cut = 0;
        for letter in self.0.chars() {
            if shown.len() + CUT.len() <= LONGEST {
                room_to_cut = shown.len();
            }
            shown.extend(letter.escape_debug());
            if shown.len() > LONGEST {
                shown.truncate(room_to_cut);
                shown.push_str(CUT);
                break;
            }
        }
        formatter.write_str(&shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(Escaped(text).to_string(), expected);
    }

    #[test]
    fn text_stays_on_its_line() {
        check("plain text: ä", "plain text: ä");
        check("one\ntwo\r\n", r"one\ntwo\r\n");
        check("x\n{\"level\":\"ERROR\"}", r#"x\n{\"level\":\"ERROR\"}"#);
        check("\0\x1b[2J\u{202e}\u{2028}", r"\0\u{1b}[2J\u{202e}\u{2028}");
        check("back\\slash", r"back\\slash");
    }

    #[test]
    fn text_is_cut_at_its_ceiling() {
        let full = "a".repeat(256);
        check(&full, &full);
        check(&"a".repeat(257), &format!("{}…", "a".repeat(253)));
        for letter in ["\n", "ä", "\u{202e}", "\u{1f9ec}"] {
            for count in 0..300 {
                let shown = Escaped(&letter.repeat(count)).to_string();
                assert!(shown.len() <= 256 && !shown.contains('\n'), "{count} of {letter:?}: {shown}");
            }
        }
    }
}
