//! The rival: PUC Lua 5.4 as native code in this process, with nothing to hold it.

use anyhow::{Context, Result};
use mlua::{Lua, LuaOptions, StdLib};

/// A fresh state with the standard library. `pcall` is Lua's own, not the one by which mlua catches
/// panics of Rust functions.
pub fn state() -> Result<Lua> {
    Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().catch_rust_panics(false)).context("native state")
}
