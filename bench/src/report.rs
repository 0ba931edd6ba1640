//! What was measured: as a table, and as JSON.

use std::fmt::Write;
use std::time::Duration;

use serde::Serialize;

use crate::machine::Machine;
use crate::measure::{Pairs, Summary};
use crate::plan::Effort;

/// Everything that one run of the benchmarks found.
#[derive(Debug, Serialize)]
pub struct Report {
    pub machine: Machine,
    pub effort: Effort,
    pub rows: Vec<Row>,
}

/// What the numbers of a row are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Seconds,
    Bytes,
    Ratio,
}

/// One measurement, beside the rival where there is one.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub benchmark: &'static str,
    pub name: String,
    pub unit: Unit,
    pub ours: Option<Summary>,
    pub native: Option<Summary>,
    /// Ours over native, of paired runs.
    pub ratio: Option<Summary>,
    pub target: Option<Target>,
    pub note: String,
}

/// What a measurement should come to at most.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Target {
    /// Which statistic is judged.
    pub what: &'static str,
    pub measured: f64,
    pub at_most: f64,
    pub unit: Unit,
    pub met: bool,
}

impl Target {
    pub fn ratio(what: &'static str, measured: f64, at_most: f64) -> Target {
        Target { what, measured, at_most, unit: Unit::Ratio, met: measured <= at_most }
    }

    pub fn seconds(what: &'static str, measured: f64, at_most: Duration) -> Target {
        let at_most = at_most.as_secs_f64();
        Target { what, measured, at_most, unit: Unit::Seconds, met: measured <= at_most }
    }

    pub fn bytes(what: &'static str, measured: f64, at_most: u64) -> Target {
        let at_most = at_most as f64;
        Target { what, measured, at_most, unit: Unit::Bytes, met: measured <= at_most }
    }
}

impl Row {
    pub fn new(benchmark: &'static str, name: impl Into<String>) -> Row {
        Row {
            benchmark,
            name: name.into(),
            unit: Unit::Seconds,
            ours: None,
            native: None,
            ratio: None,
            target: None,
            note: String::new(),
        }
    }

    pub fn paired(benchmark: &'static str, name: &str, pairs: &Pairs) -> Row {
        let row = Row::new(benchmark, name).ours(pairs.ours());
        Row { native: Some(pairs.native()), ..row }.ratio(pairs.ratio())
    }

    pub fn ours(self, ours: Summary) -> Row {
        Row { ours: Some(ours), ..self }
    }

    pub fn native(self, native: Summary) -> Row {
        Row { native: Some(native), ..self }
    }

    pub fn ratio(self, ratio: Summary) -> Row {
        Row { ratio: Some(ratio), ..self }
    }

    pub fn unit(self, unit: Unit) -> Row {
        Row { unit, ..self }
    }

    pub fn target(self, target: Target) -> Row {
        Row { target: Some(target), ..self }
    }

    pub fn note(self, note: impl Into<String>) -> Row {
        Row { note: note.into(), ..self }
    }
}

impl Report {
    /// A table whose columns line up: medians, quartiles in brackets.
    pub fn table(&self) -> String {
        let mut cells = vec![HEAD.map(str::to_string)];
        cells.extend(self.rows.iter().map(cells_of));
        let widths: Vec<usize> = (0..HEAD.len()).map(|column| width(&cells, column)).collect();
        let mut text = format!("{}\n", self.machine);
        for (index, row) in cells.iter().enumerate() {
            if index > 0 && (index == 1 || self.rows[index - 1].benchmark != self.rows[index - 2].benchmark) {
                text.push('\n');
            }
            text.push_str(line(row, &widths).trim_end());
            text.push('\n');
        }
        text.push_str(&self.verdict());
        text
    }

    fn verdict(&self) -> String {
        let targets = || self.rows.iter().filter_map(|row| Some((row, row.target?)));
        let missed: Vec<&str> =
            targets().filter(|(_, target)| !target.met).map(|(row, _)| row.name.as_str()).collect();
        let mut text = format!("\n{} of {} targets met", targets().count() - missed.len(), targets().count());
        if !missed.is_empty() {
            let _ = write!(text, "; not met: {}", missed.join(", ")); // writing to a string cannot fail
        }
        text
    }
}

const HEAD: [&str; 6] =
    ["", "ours [quartiles]", "native [quartiles]", "ratio [quartiles]", "target", "remark"];

fn cells_of(row: &Row) -> [String; 6] {
    let spread = |summary: Option<Summary>, unit| summary.map_or(String::new(), |it| spread(&it, unit));
    [
        row.name.clone(),
        spread(row.ours, row.unit),
        spread(row.native, row.unit),
        spread(row.ratio, Unit::Ratio),
        row.target.map_or(String::new(), |target| judged(&target)),
        row.note.clone(),
    ]
}

/// Median and quartiles, all in the unit that suits the median.
fn spread(summary: &Summary, unit: Unit) -> String {
    let scale = Scale::of(summary.median, unit);
    let median = scale.number(summary.median);
    if summary.count == 1 {
        return format!("{median}{}", scale.name);
    }
    let (lower, upper) = (scale.number(summary.lower_quartile), scale.number(summary.upper_quartile));
    format!("{median} [{lower} {upper}]{}", scale.name)
}

fn judged(target: &Target) -> String {
    let verdict = if target.met { "met" } else { "NOT MET" };
    format!("{} <= {}: {verdict}", target.what, quantity(target.at_most, target.unit))
}

/// A number as people read it, with a unit and three figures.
pub fn quantity(value: f64, unit: Unit) -> String {
    let scale = Scale::of(value, unit);
    format!("{}{}", scale.number(value), scale.name)
}

/// A unit in which a number has one to three figures before its point.
#[derive(Debug, Clone, Copy)]
struct Scale {
    size: f64,
    name: &'static str,
}

const SECONDS: [Scale; 4] = [
    Scale { size: 1e-9, name: " ns" },
    Scale { size: 1e-6, name: " us" },
    Scale { size: 1e-3, name: " ms" },
    Scale { size: 1.0, name: " s" },
];

const BYTES: [Scale; 4] = [
    Scale { size: 1.0, name: " B" },
    Scale { size: 1024.0, name: " KiB" },
    Scale { size: 1_048_576.0, name: " MiB" },
    Scale { size: 1_073_741_824.0, name: " GiB" },
];

const RATIO: [Scale; 1] = [Scale { size: 1.0, name: "" }];

impl Scale {
    fn of(value: f64, unit: Unit) -> Scale {
        let scales: &[Scale] = match unit {
            Unit::Seconds => &SECONDS,
            Unit::Bytes => &BYTES,
            Unit::Ratio => &RATIO,
        };
        // What rounds to 1000 belongs to the next unit already.
        let largest = scales.iter().rev().find(|scale| value.abs() >= scale.size * 0.9995);
        *largest.unwrap_or(&scales[0])
    }

    fn number(self, value: f64) -> String {
        let value = value / self.size;
        let places = match value.abs() {
            size if size >= 99.95 => 0,
            size if size >= 9.995 => 1,
            _ => 2,
        };
        format!("{value:.places$}")
    }
}

fn width(cells: &[[String; 6]], column: usize) -> usize {
    cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
}

fn line(row: &[String; 6], widths: &[usize]) -> String {
    let cells: Vec<String> = row.iter().zip(widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
    cells.join("  ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_three_figures() {
        let check = |value, unit, expected| assert_eq!(quantity(value, unit), expected);
        check(1.234e-8, Unit::Seconds, "12.3 ns");
        check(0.9996e-3, Unit::Seconds, "1.00 ms");
        check(1000.0 * 1024.0, Unit::Bytes, "1000 KiB");
        check(0.25, Unit::Seconds, "250 ms");
        check(90.0 * 1024.0, Unit::Bytes, "90.0 KiB");
        check(1.5 * 1073741824.0, Unit::Bytes, "1.50 GiB");
        check(2.345, Unit::Ratio, "2.35");
    }

    #[test]
    fn a_target_is_met_when_it_is_just_reached() {
        assert!(Target::ratio("median ratio", 0.5, 0.5).met);
        assert!(!Target::ratio("median ratio", 0.501, 0.5).met);
    }
}
