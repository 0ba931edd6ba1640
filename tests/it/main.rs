//! Tests of the library through its public API, a file for each subject.

mod component;
mod reproducible;
