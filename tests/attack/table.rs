//! What is printed: a line for each case that failed, and one table of the corpora.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use crate::checks::{Failed, QUESTIONS, Verdict};

#[derive(Default)]
pub struct Table {
    rows: BTreeMap<&'static str, Row>,
    failed: usize,
}

#[derive(Default)]
struct Row {
    cases: usize,
    failed: usize,
    /// By number of the question, from 1.
    answers: [usize; QUESTIONS.len()],
    endings: BTreeMap<String, usize>,
    longest: Duration,
    latest: Duration,
    fresh: Duration,
}

impl Table {
    pub fn add(&mut self, corpus: &'static str, name: &str, verdict: Verdict) {
        let row = self.rows.entry(corpus).or_default();
        row.cases += 1;
        *row.endings.entry(verdict.kind).or_default() += 1;
        row.longest = row.longest.max(verdict.time);
        row.latest = row.latest.max(verdict.late);
        row.fresh = row.fresh.max(verdict.fresh);
        if !verdict.failed.is_empty() {
            row.failed += 1;
            self.failed += 1;
        }
        for Failed { question, why } in &verdict.failed {
            row.answers[question - 1] += 1;
            println!("{name}: U{question} {}: {why}", QUESTIONS[question - 1]);
        }
    }

    /// What is asked of the whole run.
    pub fn end_of_run(&mut self, failed: Vec<Failed>) {
        for Failed { question, why } in failed {
            self.failed += 1;
            println!("all cases: U{question} {}: {why}", QUESTIONS[question - 1]);
        }
    }

    /// As a test program ends, so that the cases are counted with the tests.
    pub fn print(&self) -> ExitCode {
        println!("\ncorpus        cases   bad  U1..U10 bad              longest   latest  fresh VM");
        let mut cases = 0;
        for (corpus, row) in &self.rows {
            cases += row.cases;
            let answers: Vec<String> = row.answers.iter().map(ToString::to_string).collect();
            println!(
                "{corpus:<12} {:>6} {:>5}  {:<24} {:>6.2} s {:>5} ms {:>6} us",
                row.cases,
                row.failed,
                answers.join(" "),
                row.longest.as_secs_f64(),
                row.latest.as_millis(),
                row.fresh.as_micros()
            );
        }
        println!("\nhow they ended");
        for (corpus, row) in &self.rows {
            let endings: Vec<String> =
                row.endings.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
            println!("{corpus:<12} {}", endings.join(", "));
        }
        println!("\nthe questions");
        for (number, question) in QUESTIONS.iter().enumerate() {
            println!("U{:<3} {question}", number + 1);
        }
        let passed = cases - self.failed.min(cases);
        let word = if self.failed == 0 { "ok" } else { "FAILED" };
        println!(
            "\ntest result: {word}. {passed} passed; {} failed; 0 ignored; 0 measured; 0 filtered out",
            self.failed
        );
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
