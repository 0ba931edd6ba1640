//! Packages and environments.

mod environments;
mod evaluate;
mod fuzz_seeds;
mod network;
mod repositories;
mod server;
mod shelf;
mod versions;
