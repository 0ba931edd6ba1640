//! The guest of bioxen-lua as bytes: PUC Lua 5.4 as a WASI module, its state already made, compiled
//! ahead of time for the machine that this crate was built for.
//!
//! The C sources lie beside this file; the crate's build step turns them into the image. See
//! `ARCHITECTURE.md` of the project, "The guest".

mod config;

pub use config::configure;

/// The compiled image: what `wasmtime::Module::deserialize` takes under [`configure`].
pub static IMAGE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/guest.cwasm"));

/// SHA-256 of the pre-initialised module that [`IMAGE`] was compiled from, in hexadecimal.
///
/// It names the guest: a memory image made by one guest means nothing to another.
pub static DIGEST: &str = env!("BIOXEN_GUEST_DIGEST");
