//! Points in time, as indexes and caches write them.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// The last second that four digits of a year can say.
const LAST: u64 = 253_402_300_799;

const DAY: u64 = 86_400;

/// A second of universal time, written as `2026-11-23T14:55:25Z`. From 1970 to the end of 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Moment(u64);

impl Moment {
    /// By the clock of this machine.
    pub fn now() -> Moment {
        Moment::from(SystemTime::now())
    }

    /// How long it was before another one; nothing if it was not.
    pub fn until(self, later: Moment) -> Duration {
        Duration::from_secs(later.0.saturating_sub(self.0))
    }
}

impl From<SystemTime> for Moment {
    fn from(time: SystemTime) -> Moment {
        Moment(time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().min(LAST))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0 / DAY);
        let (hour, minute, second) = (self.0 / 3600 % 24, self.0 / 60 % 60, self.0 % 60);
        write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Moment, String> {
        parse(text).ok_or_else(|| "expected a time such as `2026-11-23T14:55:25Z`".to_string())
    }
}

impl TryFrom<String> for Moment {
    type Error = String;

    fn try_from(text: String) -> Result<Moment, String> {
        text.parse()
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> String {
        moment.to_string()
    }
}

/// Only what writing that time again gives back is one.
fn parse(text: &str) -> Option<Moment> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    if year < 1970 || !(1..=12).contains(&month) || day == 0 {
        return None;
    }
    let moment = Moment(days(year, month, day) * DAY + hour * 3600 + minute * 60 + second);
    (moment.to_string() == text).then_some(moment)
}

/// Days before the first of March of a year that begins in March, counted from the year 0.
fn days_before(year: u64) -> u64 {
    year * 365 + year / 4 - year / 100 + year / 400
}

/// Days before a month in a year that begins in March: of five months 31, 30, 31, 30, 31 days.
fn days_before_month(month: u64) -> u64 {
    (153 * month + 2) / 5
}

/// From the first of March of the year 0 to the first of January 1970.
const TO_1970: u64 = 719_468;

fn days(year: u64, month: u64, day: u64) -> u64 {
    // A leap day is then the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    days_before(year) + days_before_month(month) + day - 1 - TO_1970
}

fn date(days: u64) -> (u64, u64, u64) {
    let days = days + TO_1970;
    let guess = days / 365; // never too early, and too late by a few years at most
    let year = (0..=guess).rev().find(|year| days_before(*year) <= days).unwrap_or(0);
    let rest = days - days_before(year);
    let month = (0..12).rev().find(|month| days_before_month(*month) <= rest).unwrap_or(0);
    let day = rest - days_before_month(month) + 1;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_and_read() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_795_445_725, "2026-11-23T14:55:25Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (LAST, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(Moment(seconds).to_string(), text);
            assert_eq!(text.parse(), Ok(Moment(seconds)));
        }
    }

    #[test]
    fn every_day_comes_back() {
        for day in (0..LAST / DAY).step_by(11) {
            let moment = Moment(day * DAY + 1);
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "2026-11-23",
            "2026-11-23T14:55:25",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T23:60:00Z",
            "1969-12-31T23:59:59Z",
            "2026-11-23T14:55:25+01:00",
            "+026-11-23T14:55:25Z",
            "2026-11-00T14:55:25Z",
            "0000-11-00T14:55:25Z",
            "ä026-11-23T14:55:25Z",
        ] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
