//! What must hold for every input of what reads bytes of strangers. The fuzz targets and, with the seeds and changes of
//! them, the ordinary tests (`tests/it/fuzzing/`) ask the same.

pub mod disk;
pub mod guest;
pub mod index;
pub mod packages;
pub mod tables;

/// What is asked of an input.
pub type Oracle = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: [(&str, Oracle); 11] = [
    ("constraint", packages::constraint),
    ("host_call", guest::host_call),
    ("index", index::index),
    ("lock", packages::lock),
    ("manifest", tables::manifest),
    ("manifest_json", packages::manifest_json),
    ("record", disk::record),
    ("rock", packages::rock),
    ("rockspec", tables::rockspec),
    ("snapshot", disk::snapshot),
    ("values", guest::values),
];
