//! Sizes, spans of time and counts as people read them: `1.4 MiB`, `2.3 s`, `1,234,567`.

use std::time::Duration;

use crate::units::BINARY;

/// A size to read, not to type: `1.4 MiB`.
pub fn shown_size(bytes: u64) -> String {
    match BINARY.iter().rev().find(|(_, unit)| bytes >= *unit) {
        None => format!("{bytes} bytes"),
        Some((name, unit)) => format!("{} {name}", one_decimal(bytes as f64 / *unit as f64)),
    }
}

/// A time to read, not to type: `2.3 s`.
pub fn shown_time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        1.0.. => format!("{} s", one_decimal(seconds)),
        0.001.. => format!("{} ms", one_decimal(seconds * 1e3)),
        _ => format!("{} µs", one_decimal(seconds * 1e6)),
    }
}

/// A count to read, not to type: `1,234,567`.
pub fn shown_count(count: u64) -> String {
    let digits = count.to_string();
    let mut shown = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

fn one_decimal(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_string).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_to_read() {
        assert_eq!(shown_size(0), "0 bytes");
        assert_eq!(shown_size(1023), "1023 bytes");
        assert_eq!(shown_size(1 << 20), "1 MiB");
        assert_eq!(shown_size(1_500_000), "1.4 MiB");
        assert_eq!(shown_time(Duration::from_micros(482)), "482 µs");
        assert_eq!(shown_time(Duration::from_millis(2300)), "2.3 s");
        assert_eq!(shown_count(1), "1");
        assert_eq!(shown_count(123_456), "123,456");
        assert_eq!(shown_count(1_234_567), "1,234,567");
    }
}
