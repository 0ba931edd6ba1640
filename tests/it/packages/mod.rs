//! Packages and environments.

mod environments;
mod fuzz_seeds;
mod versions;
