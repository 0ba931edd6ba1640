//! Packages and environments.

mod environments;
mod versions;
