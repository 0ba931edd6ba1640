//! How long a server is waited for, and how often it is asked.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

/// How long a server is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For its next bytes.
    pub read: Duration,
    /// For everything that one operation asks of it, tries and pauses included.
    pub total: Duration,
    /// Before it is asked again the first time; twice as long each further time.
    pub pause: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(10),
            total: Duration::from_secs(30),
            pause: Duration::from_millis(200),
        }
    }
}

/// Times that a server is asked again when it does not answer.
pub(super) const MOST_RETRIES: u32 = 3;

/// When an operation has to be done with a server.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// Of an operation that begins now.
    pub fn of(patience: Patience) -> Deadline {
        Deadline(Instant::now() + patience.total)
    }

    /// What is left of it; nothing when it is over.
    pub fn left(self) -> Option<Duration> {
        let left = self.0.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// Waits between two tries, if time is left for another one. A server that fails is waited for here, and
    /// there is nothing of it to wait on: this is the one place in the library that sleeps.
    pub fn pause(self, pause: Duration) -> bool {
        match self.left() {
            Some(left) if pause < left => {
                std::thread::sleep(pause);
                true
            }
            _ => false,
        }
    }
}

/// The pause before a try, counted from 0: half of it by chance, so that those who were refused together do
/// not come back together.
pub(super) fn pause_before(retry: u32, first: Duration) -> Duration {
    let full = first.saturating_mul(2_u32.saturating_pow(retry));
    let chance = RandomState::new().hash_one(retry) % 1000;
    full / 2 + full / 2 * (chance as u32) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_differ() {
        let first = Duration::from_millis(200);
        for retry in 0..4 {
            let full = first * 2_u32.pow(retry);
            let pauses: Vec<Duration> = (0..50).map(|_| pause_before(retry, first)).collect();
            assert!(pauses.iter().all(|pause| *pause >= full / 2 && *pause <= full));
            assert!(pauses.iter().any(|pause| *pause != pauses[0]));
        }
    }

    #[test]
    fn no_pause_goes_past_the_end() {
        let patience = Patience { total: Duration::ZERO, ..Patience::default() };
        assert!(!Deadline::of(patience).pause(Duration::ZERO));
        assert!(Deadline::of(Patience::default()).pause(Duration::ZERO));
        assert!(!Deadline::of(Patience::default()).pause(Duration::from_secs(31)));
    }
}
