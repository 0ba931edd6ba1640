//! The parsers of packages out of the library's own sources, and nothing of what runs guests: they are of its lowest
//! layer, so that a fuzzer, which builds everything anew with counters in it, need not build a compiler for them.
//!
//! The oracles see the names that they see in the library.

#![allow(dead_code, unused_imports)]

#[path = "../host/src/error.rs"]
mod error;
#[path = "../host/src/escape.rs"]
mod escape;
#[path = "../host/src/limits.rs"]
mod limits;
#[path = "../host/src/outcome.rs"]
mod outcome;
#[path = "../host/src/testing/packages.rs"]
pub mod testing;
#[path = "../host/src/value/mod.rs"]
mod value;

#[path = "../host/src/package"]
mod package {
    pub mod lockfile;
    pub mod manifest;
    pub mod name;
    pub mod persist;
    pub mod requirement;
    pub mod rock;
    pub mod rockspec;
    pub mod version;

    pub(crate) use lockfile::Lockfile;
    pub(crate) use manifest::Manifest;
    pub(crate) use rock::{Archive, Ceilings, unpack};
    pub(crate) use rockspec::{BuildKind, Rockspec};
}

pub use error::{Error, ErrorKind, Result};
pub use limits::Limits;
pub use outcome::Outcome;
pub use package::requirement::Requirement;
pub use package::version::Version;
pub use value::{ConversionError, Value, Values};
