//! Tests of the library through its public API, a file for each subject.

mod component;
mod engines;
mod examples;
mod fault_disk;
mod host_functions;
mod imports;
mod isolation;
mod limits;
mod mounts;
mod reproducible;
mod state_dir;
mod state_faults;
mod support;
mod tidy;
mod values;
mod vm;
