//! Sessions: a VM that is sent input and read from, as an interpreter at a prompt is.

mod console;
mod ring;
mod sent;
mod statement;

pub use ring::Reading;
pub use sent::Sent;
