//! Tests of the library through its public API, a file for each subject.

mod component;
mod durable_sessions;
mod engines;
mod examples;
mod fault_disk;
mod forge;
mod host_functions;
mod imports;
mod isolation;
mod limits;
mod manager;
mod mounts;
mod quotas;
mod races;
mod reproducible;
mod sessions;
mod shutdown;
mod snapshots;
mod state_dir;
mod state_faults;
mod support;
mod tidy;
mod transactions;
mod values;
mod vm;
