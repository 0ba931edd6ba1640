//! Who else used the processor while something was measured: what makes timings noisy.

use std::fs;

/// Processor time since the machine started, in the kernel's ticks.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    all: f64,
    busy: f64,
    /// Of this process and the processes that it waited for.
    own: f64,
}

impl Load {
    /// Nothing when the kernel does not tell.
    pub fn now() -> Option<Load> {
        let machine = fs::read_to_string("/proc/stat").ok()?;
        let process = fs::read_to_string("/proc/self/stat").ok()?;
        let (all, busy) = machine_ticks(&machine)?;
        Some(Load { all, busy, own: process_ticks(&process)? })
    }

    /// How many cores others kept busy, on average, since then.
    pub fn others_since(&self, start: &Load, cores: usize) -> f64 {
        let others = (self.busy - start.busy) - (self.own - start.own);
        let all = (self.all - start.all).max(1.0);
        (others / all * cores as f64).max(0.0)
    }
}

/// From the line `cpu user nice system idle iowait irq softirq steal ..`.
fn machine_ticks(stat: &str) -> Option<(f64, f64)> {
    let ticks: Vec<f64> =
        stat.lines().next()?.split_whitespace().skip(1).take(8).flat_map(str::parse).collect();
    let all: f64 = ticks.iter().sum();
    Some((all, all - ticks.get(3)? - ticks.get(4)?))
}

/// The fields `utime stime cutime cstime`, the 12th to 15th behind the name in parentheses.
fn process_ticks(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks: Vec<f64> = fields.split_whitespace().skip(11).take(4).flat_map(str::parse).collect();
    (ticks.len() == 4).then(|| ticks.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_of_others_are_what_is_left() {
        assert_eq!(machine_ticks("cpu  10 1 5 100 4 0 0 2 0 0\ncpu0 ..\n"), Some((122.0, 18.0)));
        assert_eq!(process_ticks("7 (a) b) R 1 2 3 4 5 6 7 8 9 10 20 30 1 2 40 50"), Some(53.0));
        let start = Load { all: 0.0, busy: 0.0, own: 0.0 };
        let end = Load { all: 200.0, busy: 150.0, own: 100.0 };
        assert_eq!(end.others_since(&start, 2), 0.5);
    }
}
