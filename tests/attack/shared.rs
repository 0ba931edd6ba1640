//! Builders of the ordinary tests.
#![allow(dead_code, unused_imports)] // each is whole there, and not all of it is used here

#[path = "../it/packages/authority.rs"]
pub mod authority;
#[path = "../it/forge.rs"]
pub mod forge;
#[path = "../../host/src/package/rock/tests/forged_tar.rs"]
pub mod forged_tar;
#[path = "../../host/src/package/rock/tests/forged_zip.rs"]
pub mod forged_zip;
#[path = "../it/packages/rocks.rs"]
pub mod rocks;
#[path = "../it/packages/server.rs"]
pub mod server;
#[path = "../it/packages/shelf.rs"]
pub mod shelf;
