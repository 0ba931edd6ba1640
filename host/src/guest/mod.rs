//! The guest: loading its image, running its instances, answering its imports. The only code that
//! names wasmtime.

mod calls;
mod files;
mod hot;
mod image;
mod instance;
mod lasting;
mod memory;
mod meter;
mod pages;
mod reply;
mod state;
mod stop;
mod streams;
mod track;
mod wasi;
mod wire;

pub use image::CompiledGuest;
pub(crate) use image::{Image, Pool};
pub(crate) use instance::{Instance, Reply, Request};
pub(crate) use lasting::Lasting;
pub(crate) use memory::EXCEPTION_RESERVE;
pub(crate) use meter::{Control, Cut, metered};
pub(crate) use pages::{Base, PAGE, Pages};
pub(crate) use reply::{decode_arguments, encode_reply};
pub(crate) use state::State;
pub(crate) use stop::Stop;
pub(crate) use wire::{Encoded, decode, encode};

/// What ended a call into the guest, before it is read as a [`Stop`].
pub(crate) type GuestError = wasmtime::Error;
