//! Packages and environments.

mod environments;
mod evaluate;
mod network;
mod repositories;
mod server;
mod shelf;
mod versions;
