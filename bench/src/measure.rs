//! Measuring two sides in turn, and what the samples say.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

/// Where the middle of some samples lies, and how far they spread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Summary {
    pub count: usize,
    pub minimum: f64,
    pub lower_quartile: f64,
    pub median: f64,
    pub upper_quartile: f64,
    pub p99: f64,
    pub maximum: f64,
}

impl Summary {
    /// The summary of at least one sample.
    pub fn of(samples: &[f64]) -> Summary {
        let mut sorted = samples.to_vec();
        sorted.sort_by(f64::total_cmp);
        Summary {
            count: sorted.len(),
            minimum: quantile(&sorted, 0.0),
            lower_quartile: quantile(&sorted, 0.25),
            median: quantile(&sorted, 0.5),
            upper_quartile: quantile(&sorted, 0.75),
            p99: quantile(&sorted, 0.99),
            maximum: quantile(&sorted, 1.0),
        }
    }

    /// The geometric mean of several summaries, statistic by statistic.
    pub fn geometric_mean(summaries: &[Summary]) -> Summary {
        let mean = |of: fn(&Summary) -> f64| {
            let sum: f64 = summaries.iter().map(|summary| of(summary).ln()).sum();
            (sum / summaries.len() as f64).exp()
        };
        Summary {
            count: summaries.len(),
            minimum: mean(|summary| summary.minimum),
            lower_quartile: mean(|summary| summary.lower_quartile),
            median: mean(|summary| summary.median),
            upper_quartile: mean(|summary| summary.upper_quartile),
            p99: mean(|summary| summary.p99),
            maximum: mean(|summary| summary.maximum),
        }
    }
}

/// Seconds that each side took, run by run; what has the same place ran in the same moment.
#[derive(Debug, Default)]
pub struct Pairs {
    ours: Vec<f64>,
    native: Vec<f64>,
}

impl Pairs {
    /// Runs both sides in turn, `rounds` times after a first time that does not count. Which side is
    /// first changes from round to round, so that a machine that grows slower or faster favours none.
    pub fn measure(
        rounds: usize,
        mut ours: impl FnMut() -> Result<Duration>,
        mut native: impl FnMut() -> Result<Duration>,
    ) -> Result<Pairs> {
        ours()?;
        native()?;
        let mut pairs = Pairs::default();
        for round in 0..rounds {
            if round % 2 == 0 {
                pairs.ours.push(ours()?.as_secs_f64());
                pairs.native.push(native()?.as_secs_f64());
            } else {
                pairs.native.push(native()?.as_secs_f64());
                pairs.ours.push(ours()?.as_secs_f64());
            }
        }
        Ok(pairs)
    }

    pub fn ours(&self) -> Summary {
        Summary::of(&self.ours)
    }

    pub fn native(&self) -> Summary {
        Summary::of(&self.native)
    }

    /// Ours over native, of the two runs of each round.
    pub fn ratio(&self) -> Summary {
        let ratios: Vec<f64> =
            self.ours.iter().zip(&self.native).map(|(ours, native)| ours / native).collect();
        Summary::of(&ratios)
    }
}

/// The value below which a share of the sorted samples lies, between two neighbours in proportion.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_neighbours() {
        let summary = Summary::of(&[4.0, 1.0, 3.0, 2.0]);
        assert_eq!(summary.count, 4);
        assert_eq!((summary.minimum, summary.maximum), (1.0, 4.0));
        assert_eq!((summary.lower_quartile, summary.median, summary.upper_quartile), (1.75, 2.5, 3.25));
        assert!((summary.p99 - 3.97).abs() < 1e-12);
    }

    #[test]
    fn one_sample_is_every_quantile() {
        let summary = Summary::of(&[7.0]);
        assert_eq!((summary.minimum, summary.median, summary.p99, summary.maximum), (7.0, 7.0, 7.0, 7.0));
    }

    #[test]
    fn a_geometric_mean_multiplies() {
        let mean = Summary::geometric_mean(&[Summary::of(&[2.0]), Summary::of(&[8.0])]);
        assert!((mean.median - 4.0).abs() < 1e-12);
        assert_eq!(mean.count, 2);
    }

    #[test]
    fn ratios_are_of_pairs_and_the_order_alternates() {
        let order = std::cell::RefCell::new(String::new());
        let side = |letter, milliseconds| {
            let order = &order;
            move || {
                order.borrow_mut().push(letter);
                Ok(Duration::from_millis(milliseconds))
            }
        };
        let pairs = Pairs::measure(3, side('o', 30), side('n', 10)).unwrap();
        assert_eq!(order.into_inner(), "ononnoon");
        assert!((pairs.ratio().median - 3.0).abs() < 1e-12);
        assert_eq!(pairs.ours().count, 3);
    }
}
