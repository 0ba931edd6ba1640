//! The official Lua test suite in the guest.
fn main() {}
