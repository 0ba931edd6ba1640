//! The guest of bioxen-lua as bytes: PUC Lua 5.4 as a WASI module, its state already made, compiled
//! ahead of time for the machine that this crate was built for.
//!
//! The C sources lie beside this file; the crate's build step turns them into the image. See
//! `ARCHITECTURE.md` of the project, "The guest".

mod config;

pub use config::configure;

/// The compiled image: what `wasmtime::Module::deserialize` takes under [`configure`]. It begins at the
/// start of a page, so that it can be run where it lies, without a copy.
pub static IMAGE: &[u8] = &PAGES.0;

static PAGES: &Pages<[u8]> = &Pages(*include_bytes!(concat!(env!("OUT_DIR"), "/guest.cwasm")));

/// At the start of a page of x86-64, and of the largest page of arm64.
#[repr(C, align(65536))]
struct Pages<T: ?Sized>(T);

/// SHA-256 of the pre-initialised module that [`IMAGE`] was compiled from, in hexadecimal.
///
/// It names the guest: a memory image made by one guest means nothing to another.
pub static DIGEST: &str = env!("BIOXEN_GUEST_DIGEST");
