//! Isolation and fairness as figures: what hostile neighbours cost in memory, how late a stop is, what others notice,
//! and whether anything is left over. Nothing else runs in this process, and one measurement follows the other.
//!
//! `cargo xtask soak [--time 10m]` runs the last of them for any time. Times are asserted at ten times what is
//! promised, since machines are shared; the table shows what was measured.

mod bombs;
mod figures;
mod flood;
mod fuel;
mod kills;
mod neighbours;
#[path = "../attack/process.rs"]
#[expect(dead_code, reason = "the attacks count children too")]
mod process;
mod random;
#[path = "../it/packages/rocks.rs"]
#[expect(dead_code, reason = "other tests make other rocks of it")]
mod rocks;
mod scripts;
mod soak;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;

use figures::{Row, Table};

/// How long the soak takes in the test command.
const SOAK: Duration = Duration::from_secs(120);

type Measurement = fn(Duration) -> Result<Vec<Row>>;

const MEASUREMENTS: [(&str, Measurement); 7] = [
    ("bombs", |_| bombs::measure()),
    ("kills", |_| kills::measure()),
    ("fuel", |_| fuel::measure()),
    ("neighbours", |_| neighbours::measure()),
    ("squatters", |_| neighbours::measure_squatters()),
    ("flood", |_| flood::measure()),
    ("soak", soak::measure),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut wanted, mut time) = (Vec::new(), SOAK);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--time" => time = duration(&arguments.next().expect("`--time` needs a time: 10m")),
            // As the test command calls a test program.
            option if option.starts_with('-') => {}
            name => wanted.push(name.to_string()),
        }
    }
    process::count_panics();
    let mut table = Table::default();
    for (name, measure) in MEASUREMENTS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            let begin = Instant::now();
            table.add(name, measure(time), begin.elapsed());
        }
    }
    table.print()
}

/// `90s`, `10m` or `8h`.
fn duration(text: &str) -> Duration {
    let (number, unit) = text.split_at(text.len().saturating_sub(1));
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => panic!("expected a time such as `90s`, `10m` or `8h`, got `{text}`"),
    };
    Duration::from_secs(number.parse::<u64>().expect("a number of seconds, minutes or hours") * seconds)
}
