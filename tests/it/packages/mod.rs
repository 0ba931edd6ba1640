//! Packages and environments.

mod environments;
