//! What the fuzz targets under `fuzz/` hold against every input, held against their seeds and changes of them, and against
//! some thousands of programs.

mod decoders;
mod guests;

#[path = "../../../fuzz/oracles/mod.rs"]
mod oracles;
#[path = "../../../fuzz/seeds/mod.rs"]
mod seeds;

/// From this package to the one whose seeds they are.
const FOLDER: &str = "../fuzz";

/// The same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 16
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 17) as usize % end.max(1)
    }
}
