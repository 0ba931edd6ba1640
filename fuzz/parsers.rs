//! What reads bytes of strangers, out of the library's own sources, and nothing of what runs guests: these files name
//! no wasmtime, so that a fuzzer, which builds everything anew with counters in it, need not build that.
//!
//! The oracles see the names that they see in the library.

#![allow(dead_code, unused_imports)]

// The guest by its digest alone, which snapshots name.
extern crate self as bioxen_lua_guest;
pub static DIGEST: &str = "5f1c0a6a7dd0c1f0c7c7f8b0e1a2d3c4b5a69788796a5b4c3d2e1f0011223344";

#[path = "../host/src/error.rs"]
mod error;
#[path = "../host/src/escape.rs"]
mod escape;
#[path = "../host/src/func.rs"]
mod func;
#[path = "../host/src/id.rs"]
mod id;
#[path = "../host/src/limits.rs"]
mod limits;
#[path = "../host/src/outcome.rs"]
mod outcome;
#[path = "../host/src/record/mod.rs"]
mod record;
#[path = "../host/src/value/mod.rs"]
mod value;

#[path = "../host/src/fs"]
mod fs {
    mod quota;

    pub(crate) use quota::DiskUse;
}

#[path = "../host/src/guest"]
mod guest {
    mod lasting;
    mod pages;
    mod reply;
    mod wire;

    pub(crate) use lasting::Lasting;
    pub(crate) use pages::{Base, PAGE, Pages};
    pub(crate) use reply::{decode_arguments, encode_reply};
    pub(crate) use wire::{decode, encode};
}

#[path = "../host/src/snapshot"]
mod snapshot {
    pub(crate) mod format;
}

#[path = "../host/src/package"]
mod package {
    pub mod lockfile;
    pub mod manifest;
    pub mod name;
    pub mod persist;
    pub mod repository {
        pub mod index;
        pub mod key;
        pub mod moment;
    }
    pub mod requirement;
    pub mod rock;
    pub mod rockspec;
    pub mod version;

    pub(crate) use lockfile::Lockfile;
    pub(crate) use manifest::Manifest;
    pub(crate) use repository::index::{Index, SignedIndex};
    pub(crate) use repository::key::PublicKey;
    pub(crate) use rock::{Archive, Ceilings, RockManifest, unpack};
    pub(crate) use rockspec::{BuildKind, ModuleSource, Rockspec};
}

#[path = "../host/src/testing"]
pub mod testing {
    mod decoders;
    mod packages;

    pub use crate::record::{Expected, RecordCeilings, RecordHeader, RecordStatus, SessionRecord};
    pub use decoders::*;
    pub use packages::*;
}

pub use error::{Error, ErrorKind, Result};
pub use func::HostModule;
pub use id::{TenantId, VmId};
pub use limits::Limits;
pub use outcome::Outcome;
pub use package::repository::key::{PublicKey, SecretKey};
pub use package::requirement::{Constraint, Operator, Requirement};
pub use package::version::Version;
pub use value::{
    ConversionError, FromLua, FromLuaMulti, IntoLua, IntoLuaMulti, LuaString, MAX_DEPTH, Table, Value,
    Values, from_value, to_value,
};
