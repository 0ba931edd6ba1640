//! Sizes, spans of time and counts as people write them: `64MiB`, `2s`, `1e9`, or `none`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// Bytes, or no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub Option<u64>);

/// A span of time, or no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub Option<Duration>);

/// A number of things, or no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count(pub Option<u64>);

/// How a kind of value is written.
struct Notation {
    /// Suffixes and what they multiply by. The first that is equal counts.
    units: &'static [(&'static str, u64)],
    expected: &'static str,
}

/// As GNU programs have it: `K` and `KiB` are 1024, `KB` is 1000.
const SIZES: Notation = Notation {
    units: &[
        ("", 1),
        ("b", 1),
        ("k", 1 << 10),
        ("kib", 1 << 10),
        ("kb", 1_000),
        ("m", 1 << 20),
        ("mib", 1 << 20),
        ("mb", 1_000_000),
        ("g", 1 << 30),
        ("gib", 1 << 30),
        ("gb", 1_000_000_000),
        ("t", 1 << 40),
        ("tib", 1 << 40),
        ("tb", 1_000_000_000_000),
    ],
    expected: "a size such as 64MiB, 512k, 1GB or 1000, or `none`",
};

/// In nanoseconds.
const SPANS: Notation = Notation {
    units: &[
        ("", 1_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
        ("us", 1_000),
        ("µs", 1_000),
        ("ns", 1),
        ("m", 60_000_000_000),
        ("min", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ],
    expected: "a time such as 2s, 500ms, 1.5s or 1m, or `none`",
};

const COUNTS: Notation = Notation {
    units: &[("", 1), ("k", 1_000), ("m", 1_000_000), ("g", 1_000_000_000), ("t", 1_000_000_000_000)],
    expected: "a number such as 1e9, 10_000 or 100M, or `none`",
};

/// Lifts a limit.
const NONE: &str = "none";

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Size, String> {
        SIZES.parse(text).map(Size)
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        match SPANS.parse(text)? {
            Some(0) => Err(format!("expected more than no time: {}", SPANS.expected)),
            nanoseconds => Ok(Span(nanoseconds.map(Duration::from_nanos))),
        }
    }
}

impl FromStr for Count {
    type Err = String;

    fn from_str(text: &str) -> Result<Count, String> {
        COUNTS.parse(text).map(Count)
    }
}

impl Notation {
    fn parse(&self, text: &str) -> Result<Option<u64>, String> {
        if text == NONE {
            return Ok(None);
        }
        let (number, unit) = Number::split(text).ok_or_else(|| format!("expected {}", self.expected))?;
        let unit = unit.to_lowercase();
        let Some((_, factor)) = self.units.iter().find(|(name, _)| *name == unit) else {
            return Err(format!("`{unit}` is no unit here: expected {}", self.expected));
        };
        match number.times(*factor) {
            Some(value) => Ok(Some(value)),
            None => Err(format!("not a whole number, or too large: expected {}", self.expected)),
        }
    }
}

/// `digits * 10^exponent`.
struct Number {
    digits: u128,
    exponent: i32,
}

impl Number {
    /// The number at the beginning of a text, and what follows it.
    fn split(text: &str) -> Option<(Number, &str)> {
        let (whole, rest) = digits(text);
        let (fraction, rest) = match rest.strip_prefix('.') {
            Some(rest) => digits(rest),
            None => ("", rest),
        };
        if !whole.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let (power, rest) = exponent(rest)?;
        let joined: String = [whole, fraction].concat().replace('_', "");
        let behind_point = fraction.chars().filter(char::is_ascii_digit).count();
        let number =
            Number { digits: joined.parse().ok()?, exponent: power - i32::try_from(behind_point).ok()? };
        Some((number, rest))
    }

    /// The product, if it is a whole number that fits.
    fn times(&self, factor: u64) -> Option<u64> {
        let product = self.digits.checked_mul(u128::from(factor))?;
        let power = 10u128.checked_pow(self.exponent.unsigned_abs())?;
        let value = match self.exponent {
            0.. => product.checked_mul(power)?,
            _ if product % power == 0 => product / power,
            _ => return None,
        };
        u64::try_from(value).ok()
    }
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|next: char| !next.is_ascii_digit() && next != '_').unwrap_or(text.len());
    text.split_at(end)
}

/// `e9`, `E9`, `e+9` or `e-3`, and what follows it; nothing where no digit follows the `e`.
fn exponent(text: &str) -> Option<(i32, &str)> {
    let Some(rest) = text.strip_prefix(['e', 'E']) else { return Some((0, text)) };
    let (sign, rest) = match rest.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, rest.strip_prefix('+').unwrap_or(rest)),
    };
    let (power, rest) = digits(rest);
    Some((sign * power.parse::<i16>().ok().map(i32::from)?, rest))
}

/// As one would type it: `64MiB`.
impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => formatter.pad(NONE),
            Some(bytes) => {
                let exact = BINARY.iter().rev().find(|(_, unit)| bytes > 0 && bytes % unit == 0);
                formatter.pad(
                    &exact
                        .map_or_else(|| bytes.to_string(), |(name, unit)| format!("{}{name}", bytes / unit)),
                )
            }
        }
    }
}

/// As one would type it: `30s`.
impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => formatter.pad(NONE),
            Some(time) => formatter.pad(&format!("{time:?}")),
        }
    }
}

/// As one would type it: `1e12`.
impl fmt::Display for Count {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => formatter.pad(NONE),
            Some(count) => {
                let zeros =
                    (0..19).take_while(|zeros| count > 0 && count % 10u64.pow(zeros + 1) == 0).count();
                match zeros {
                    6.. => formatter.pad(&format!("{}e{zeros}", count / 10u64.pow(zeros as u32))),
                    _ => formatter.pad(&count.to_string()),
                }
            }
        }
    }
}

/// Binary units, the smallest first.
pub const BINARY: [(&str, u64); 4] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40)];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_size(text: &str, expected: u64) {
        assert_eq!(text.parse(), Ok(Size(Some(expected))), "{text}");
    }

    #[track_caller]
    fn check_span(text: &str, expected: Duration) {
        assert_eq!(text.parse(), Ok(Span(Some(expected))), "{text}");
    }

    #[track_caller]
    fn check_count(text: &str, expected: u64) {
        assert_eq!(text.parse(), Ok(Count(Some(expected))), "{text}");
    }

    #[track_caller]
    fn refused<T: FromStr<Err = String> + fmt::Debug>(text: &str, expected: &str) {
        let error = text.parse::<T>().unwrap_err();
        assert!(error.contains(expected), "{text}: {error}");
    }

    #[test]
    fn sizes() {
        check_size("0", 0);
        check_size("1000", 1000);
        check_size("64MiB", 64 << 20);
        check_size("64M", 64 << 20);
        check_size("64mib", 64 << 20);
        check_size("1GB", 1_000_000_000);
        check_size("512k", 512 << 10);
        check_size("1.5GiB", 3 << 29);
        check_size("1e6", 1_000_000);
        check_size("10_000B", 10_000);
        check_size("18446744073709551615", u64::MAX);
    }

    #[test]
    fn spans() {
        check_span("2s", Duration::from_secs(2));
        check_span("2", Duration::from_secs(2));
        check_span("500ms", Duration::from_millis(500));
        check_span("1m", Duration::from_secs(60));
        check_span("1.5h", Duration::from_secs(5400));
        check_span("0.25s", Duration::from_millis(250));
        check_span("7us", Duration::from_micros(7));
        check_span("7µs", Duration::from_micros(7));
    }

    #[test]
    fn counts() {
        check_count("1e9", 1_000_000_000);
        check_count("10_000", 10_000);
        check_count("100M", 100_000_000);
        check_count("2.5e3", 2_500);
        check_count("2.5k", 2_500);
        check_count("1e+3", 1_000);
        check_count("5000e-3", 5);
    }

    #[test]
    fn none_lifts_a_limit() {
        assert_eq!("none".parse(), Ok(Size(None)));
        assert_eq!("none".parse(), Ok(Span(None)));
        assert_eq!("none".parse(), Ok(Count(None)));
    }

    #[test]
    fn what_cannot_be_read_says_what_was_expected() {
        for text in ["", "MiB", "-1", "+1", ".5M", "_1", "0x10", "1,000", "1 2", "1e", "1ex", "None"] {
            refused::<Size>(text, "a size such as 64MiB");
        }
        refused::<Size>("64MB/s", "`mb/s` is no unit here");
        refused::<Size>("1.5", "not a whole number");
        refused::<Size>("18446744073709551616", "too large");
        refused::<Size>("1e30000", "too large");
        refused::<Size>("99999999999999TiB", "too large");
        refused::<Span>("2 seconds", "a time such as 2s");
        refused::<Span>("0s", "more than no time");
        refused::<Count>("64MiB", "a number such as 1e9");
    }

    #[test]
    fn what_is_shown_can_be_typed() {
        for text in ["64MiB", "1KiB", "1000", "1GiB", "0", "none"] {
            assert_eq!(text.parse::<Size>().unwrap().to_string(), text);
        }
        for text in ["30s", "10s", "500ms", "none"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
        for text in ["1e12", "25e6", "64", "100000", "0", "none"] {
            assert_eq!(text.parse::<Count>().unwrap().to_string(), text);
        }
    }
}
