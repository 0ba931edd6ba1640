//! What was measured, beside what is promised.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::process;

pub struct Row {
    what: String,
    found: String,
    promised: String,
}

impl Row {
    pub fn new(what: impl Into<String>, found: impl Into<String>, promised: impl Into<String>) -> Row {
        Row { what: what.into(), found: found.into(), promised: promised.into() }
    }
}

/// How often a time may be missed by on a machine that others use too.
const SHARED: u32 = 10;

/// Many measurements of one time, sorted.
pub struct Times(Vec<Duration>);

impl Times {
    pub fn new(mut times: Vec<Duration>) -> Times {
        times.sort_unstable();
        Times(times)
    }

    /// So many in a thousand are no longer than this.
    pub fn per_mille(&self, share: usize) -> Duration {
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * share / 1_000).copied().unwrap_or_default()
    }

    /// The longest must be within ten times what is promised.
    pub fn row(&self, what: &str, promised: Duration) -> Result<Row> {
        let most = self.per_mille(1_000);
        ensure!(most <= promised * SHARED, "{what}: {most:?}, promised were {promised:?}");
        Ok(Row::new(format!("{what}, {} times", self.0.len()), self.shown(), format!("{promised:?}")))
    }

    /// All but the longest of a hundred must be within ten times what is promised.
    pub fn row_of_most(&self, what: &str, promised: Duration) -> Result<Row> {
        let most = self.per_mille(990);
        ensure!(most <= promised * SHARED, "{what}: {most:?}, promised were {promised:?}");
        Ok(Row::new(format!("{what}, {} times", self.0.len()), self.shown(), format!("p99 {promised:?}")))
    }

    fn shown(&self) -> String {
        let shown = |share| format!("{:.2}", self.per_mille(share).as_secs_f64() * 1e3);
        format!("p50 {} p99 {} max {} ms", shown(500), shown(990), shown(1_000))
    }
}

pub fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / (1 << 20) as f64)
}

#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
    passed: usize,
    failed: usize,
}

impl Table {
    pub fn add(&mut self, name: &str, measured: Result<Vec<Row>>, took: Duration) {
        println!("{name}: {:.1} s", took.as_secs_f64());
        match measured {
            Ok(rows) => {
                self.rows.extend(rows);
                self.passed += 1;
            }
            Err(error) => {
                println!("{name}: {error:#}");
                self.failed += 1;
            }
        }
    }

    /// As a test program ends, so that the measurements are counted with the tests.
    pub fn print(mut self) -> ExitCode {
        if process::panics() > 0 {
            println!("{} panics", process::panics());
            self.failed += 1;
        }
        println!("\n{:<48} {:<44} promised", "what", "found");
        for Row { what, found, promised } in &self.rows {
            println!("{what:<48} {found:<44} {promised}");
        }
        let word = if self.failed == 0 { "ok" } else { "FAILED" };
        println!(
            "\ntest result: {word}. {} passed; {} failed; 0 ignored; 0 measured; 0 filtered out",
            self.passed, self.failed
        );
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
