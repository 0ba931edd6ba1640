//! The programs' ratios as a picture (SVG): a dot for the median, a bar from quartile to quartile.

use std::fmt::Write;

use crate::measure::Summary;
use crate::programs::MEAN;
use crate::report::{Report, Row};

const WIDTH: f64 = 860.0;
const LEFT: f64 = 142.0;
const RIGHT: f64 = 70.0;
const TOP: f64 = 92.0;
const STEP: f64 = 22.0;
const BOTTOM: f64 = 58.0;

const INK: &str = "#222222";
const FAINT: &str = "#dddddd";
const OURS: &str = "#1f6fb2";
const BOUND: &str = "#c0392b";

/// The picture, or nothing when no program was measured.
pub fn svg(report: &Report) -> Option<String> {
    let mut rows: Vec<(&Row, Summary)> = report
        .rows
        .iter()
        .filter(|row| row.benchmark == "programs")
        .filter_map(|row| Some((row, row.ratio?)))
        .collect();
    if rows.is_empty() {
        return None;
    }
    // Slowest first, the mean at the end.
    rows.sort_by(|(a, x), (b, y)| {
        (a.name == MEAN).cmp(&(b.name == MEAN)).then(y.median.total_cmp(&x.median))
    });
    Some(Picture::new(&rows).draw(report, &rows))
}

/// A picture in the making; ratios lie on a logarithmic scale.
struct Picture {
    text: String,
    lowest: f64,
    highest: f64,
    bottom: f64,
}

impl Picture {
    fn new(rows: &[(&Row, Summary)]) -> Picture {
        let lowest = rows.iter().map(|(_, ratio)| ratio.lower_quartile).fold(0.8, f64::min);
        let highest = rows.iter().map(|(_, ratio)| ratio.upper_quartile).fold(4.0, f64::max);
        let bottom = TOP + STEP * rows.len() as f64;
        Picture { text: String::new(), lowest: lowest / 1.05, highest: highest * 1.05, bottom }
    }

    fn draw(mut self, report: &Report, rows: &[(&Row, Summary)]) -> String {
        let height = self.bottom + BOTTOM;
        self.add(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
             viewBox=\"0 0 {WIDTH} {height}\" font-family=\"DejaVu Sans, Helvetica, sans-serif\" font-size=\"13\">\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"white\"/>\n"
        ));
        self.head(report);
        self.scale();
        rows.iter().filter_map(|(row, _)| row.target).for_each(|target| self.bound(target.at_most));
        for (index, (row, ratio)) in rows.iter().enumerate() {
            self.row(TOP + STEP * (index as f64 + 0.5), row, ratio);
        }
        self.add(format_args!("</svg>\n"));
        self.text
    }

    fn head(&mut self, report: &Report) {
        let machine = &report.machine;
        self.label(
            20.0,
            28.0,
            17,
            INK,
            "start",
            "Time in the sandbox, all limits on, over time of native Lua 5.4",
        );
        let versions = format!(
            "{}, {} cores; commit {}, wasmtime {}, Lua {}",
            machine.processor, machine.cores, machine.commit, machine.wasmtime, machine.guest_lua
        );
        self.label(20.0, 48.0, 12, INK, "start", &versions);
        let reading = "dot: median of paired runs; bar: quartiles; logarithmic scale";
        self.label(20.0, 66.0, 12, INK, "start", reading);
    }

    fn scale(&mut self) {
        let bottom = self.bottom;
        for tick in [0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0] {
            if (self.lowest..=self.highest).contains(&tick) {
                let x = self.x(tick);
                let (colour, width) = if tick == 1.0 { (INK, 1.5) } else { (FAINT, 1.0) };
                self.line(x, TOP, x, bottom, colour, width);
                self.label(x, bottom + 18.0, 12, INK, "middle", &format!("{tick}"));
            }
        }
        let x = self.x(1.0);
        self.label(x, bottom + 38.0, 12, INK, "middle", "as fast as native");
    }

    fn bound(&mut self, at_most: f64) {
        let (x, bottom) = (self.x(at_most), self.bottom);
        self.line(x, TOP, x, bottom, BOUND, 1.5);
        self.label(x, bottom + 38.0, 12, BOUND, "middle", &format!("at most {at_most} on average"));
    }

    fn row(&mut self, y: f64, row: &Row, ratio: &Summary) {
        let mean = row.name == MEAN;
        let (colour, radius) = if mean { (INK, 6.0) } else { (OURS, 5.0) };
        if mean {
            self.line(20.0, y - STEP / 2.0, WIDTH - 20.0, y - STEP / 2.0, INK, 0.8);
        }
        self.label(LEFT - 12.0, y + 4.5, 13, INK, "end", &row.name);
        let (lower, median, upper) =
            (self.x(ratio.lower_quartile), self.x(ratio.median), self.x(ratio.upper_quartile));
        self.line(lower, y, upper, y, colour, 4.0);
        self.add(format_args!(
            "<circle cx=\"{median:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{colour}\"/>\n"
        ));
        self.label(WIDTH - 20.0, y + 4.5, 13, INK, "end", &format!("{:.2}", ratio.median));
    }

    fn x(&self, ratio: f64) -> f64 {
        let share = (ratio / self.lowest).ln() / (self.highest / self.lowest).ln();
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }

    fn line(&mut self, x1: f64, y1: f64, x2: f64, y2: f64, colour: &str, width: f64) {
        self.add(format_args!(
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\" \
             stroke-width=\"{width}\"/>\n"
        ));
    }

    fn label(&mut self, x: f64, y: f64, size: u32, colour: &str, anchor: &str, text: &str) {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        self.add(format_args!(
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{colour}\" \
             text-anchor=\"{anchor}\">{text}</text>\n"
        ));
    }

    fn add(&mut self, piece: std::fmt::Arguments<'_>) {
        let _ = self.text.write_fmt(piece); // writing to a string cannot fail
    }
}
