//! Packages as LuaRocks knows them: their names and versions, where they come from, which ones fit together,
//! and what of them is kept on disk. Nothing here runs foreign code but in a VM of its own.

mod build;
mod catalogue;
mod evaluate;
mod install;
mod lockfile;
mod manifest;
mod mirror;
mod name;
mod persist;
mod provided;
mod repository;
mod requirement;
mod resolve;
mod rock;
mod rockspec;
mod store;
mod tree;
mod version;

pub(crate) use build::{digest, modules};
pub(crate) use catalogue::carried;
pub use catalogue::{Catalogue, PackageInfo, Profile, ProfilePackage, ProfileSource, Reason, Recommendation};
pub use evaluate::{Evaluator, Text};
pub(crate) use install::{Choice, Ready, Workshop, owner as module_owner, provided};
pub(crate) use lockfile::{LockedPackage, Lockfile};
pub(crate) use manifest::Manifest;
pub(crate) use mirror::Mirror;
pub use name::{ModuleName, PackageName};
pub use provided::{PROVIDED, Provided};
pub use repository::{
    Edition, FoundPackage, ManifestForm, Patience, PublicKey, RefreshResult, Refreshed, Repositories,
    Repository, SecretKey, Trust,
};
pub(crate) use repository::{Fetched, RepositorySupply, in_words};
pub(crate) use repository::{Index, SignedIndex};
pub use requirement::{Constraint, Operator, Requirement};
pub(crate) use resolve::{Supply, Upgrade, Wanted, resolve};
pub(crate) use rock::{Archive, Ceilings, RockManifest, unpack};
pub(crate) use rockspec::{BuildKind, ModuleSource, Rockspec};
pub(crate) use store::Store;
pub(crate) use tree::{Difference, Planted, files as tree_files, verify as verify_tree, write as write_tree};
pub use version::Version;
