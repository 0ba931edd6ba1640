//! Tests of the library through its public API, a file for each subject.

mod component;
mod host_functions;
mod isolation;
mod limits;
mod reproducible;
mod support;
mod values;
mod vm;
