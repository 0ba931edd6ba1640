//! Tests of the library through its public API, a file for each subject.

mod component;
mod engines;
mod examples;
mod forge;
mod host_functions;
mod imports;
mod isolation;
mod limits;
mod mounts;
mod reproducible;
mod snapshots;
mod support;
mod tidy;
mod transactions;
mod values;
mod vm;
