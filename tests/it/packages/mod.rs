//! Packages and environments.

mod versions;
