//! What a program used, beside what it was allowed.

use std::time::Duration;

use bioxen_lua::{Limits, Usage};
use serde_json::{Map, Value, json};

use crate::arguments::StatsForm;
use crate::figures::{shown_count, shown_size, shown_time};
use crate::streams::Streams;

/// One line: what was used, and what was allowed unless the limit was lifted.
struct Line {
    name: &'static str,
    used: Figure,
    limit: Option<Figure>,
}

enum Figure {
    Bytes(u64),
    Time(Duration),
    Number(u64),
}

/// Writes the figures to standard error, if they were asked for.
pub fn show(streams: &Streams, form: Option<StatsForm>, usage: &Usage, limits: &Limits) {
    let text = match form {
        None => return,
        Some(StatsForm::Box) => in_a_box(&lines(usage, limits)),
        Some(StatsForm::Json) => in_json(&lines(usage, limits)),
    };
    streams.end_guest();
    streams.stderr.line(&text);
}

/// What two calls used together.
pub fn sum(first: &Usage, second: &Usage) -> Usage {
    let mut sum = *first;
    sum.fuel += second.fuel;
    sum.time += second.time;
    sum.memory = first.memory.max(second.memory);
    sum.stdout += second.stdout;
    sum.stderr += second.stderr;
    sum.host_calls += second.host_calls;
    sum
}

fn lines(usage: &Usage, limits: &Limits) -> [Line; 6] {
    use Figure::{Bytes, Number, Time};
    let line = |name, used, limit| Line { name, used, limit };
    [
        line("time", Time(usage.time), limits.time.map(Time)),
        line("fuel", Number(usage.fuel), limits.fuel.map(Number)),
        line("memory", Bytes(usage.memory), limits.memory.map(Bytes)),
        line("stdout", Bytes(usage.stdout), limits.stdout.map(Bytes)),
        line("stderr", Bytes(usage.stderr), limits.stderr.map(Bytes)),
        line("host_calls", Number(usage.host_calls), limits.host_calls.map(Number)),
    ]
}

fn in_a_box(lines: &[Line]) -> String {
    let cells: Vec<[String; 3]> = lines
        .iter()
        .map(|line| {
            let limit = line.limit.as_ref().map_or_else(|| "no limit".to_string(), Figure::shown);
            [line.name.replace('_', " "), line.used.shown(), limit]
        })
        .collect();
    let heads = ["", "used", "allowed"];
    let width = |column: usize| {
        let widths = cells.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or(0).max(heads[column].len())
    };
    let (name, used, limit) = (width(0), width(1), width(2));
    let bar = |left: char, right: char| format!("{left}{}{right}", "─".repeat(name + used + limit + 8));
    let row =
        |cells: [&str; 3]| format!("│ {:<name$}   {:>used$}   {:>limit$} │", cells[0], cells[1], cells[2]);
    let mut text = vec![bar('┌', '┐'), row(heads)];
    text.extend(cells.iter().map(|[name, used, limit]| row([name, used, limit])));
    text.push(bar('└', '┘'));
    text.join("\n")
}

fn in_json(lines: &[Line]) -> String {
    let figures = lines.iter().map(|line| {
        let limit = line.limit.as_ref().map_or(Value::Null, Figure::json);
        let figure = json!({ "used": line.used.json(), "limit": limit, "unit": line.used.unit() });
        (line.name.to_string(), figure)
    });
    Value::Object(figures.collect::<Map<_, _>>()).to_string()
}

impl Figure {
    fn shown(&self) -> String {
        match self {
            Figure::Bytes(bytes) => shown_size(*bytes),
            Figure::Time(time) => shown_time(*time),
            Figure::Number(number) => shown_count(*number),
        }
    }

    fn json(&self) -> Value {
        match self {
            Figure::Bytes(number) | Figure::Number(number) => json!(number),
            Figure::Time(time) => json!(time.as_micros() as f64 / 1e3),
        }
    }

    fn unit(&self) -> &'static str {
        match self {
            Figure::Bytes(_) => "bytes",
            Figure::Time(_) => "ms",
            Figure::Number(_) => "count",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage() -> Usage {
        let mut usage = Usage::default();
        usage.fuel = 1_234_567;
        usage.time = Duration::from_micros(12_340);
        usage.memory = 3 << 19;
        usage
    }

    #[test]
    fn a_box_for_people() {
        let limits = Limits { fuel: None, ..Limits::default() };
        let expected = "\
┌────────────────────────────────────┐
│                   used     allowed │
│ time           12.3 ms         5 s │
│ fuel         1,234,567    no limit │
│ memory         1.5 MiB      64 MiB │
│ stdout         0 bytes       1 MiB │
│ stderr         0 bytes     256 KiB │
│ host calls           0   1,000,000 │
└────────────────────────────────────┘";
        assert_eq!(in_a_box(&lines(&usage(), &limits)), expected);
    }

    #[test]
    fn a_line_for_programs() {
        let limits = Limits { fuel: None, ..Limits::default() };
        let text = in_json(&lines(&usage(), &limits));
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["time"], json!({ "used": 12.34, "limit": 5000.0, "unit": "ms" }));
        assert_eq!(value["fuel"], json!({ "used": 1_234_567, "limit": null, "unit": "count" }));
        assert!(!text.contains('\n'));
    }

    #[test]
    fn two_calls_add_up() {
        let sum = sum(&usage(), &usage());
        assert_eq!((sum.fuel, sum.time, sum.memory), (2_469_134, Duration::from_micros(24_680), 3 << 19));
    }
}
