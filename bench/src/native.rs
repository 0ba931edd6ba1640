//! The rival: PUC Lua 5.4 as native code in this process, with nothing to hold it.

use anyhow::{Context, Result};
use mlua::{Lua, LuaOptions, StdLib};

/// A fresh state with the standard library. `pcall` and `xpcall` are Lua's own: mlua puts others in their place when Lua
/// may not catch the panics of Rust functions.
pub fn state() -> Result<Lua> {
    Lua::new_with(StdLib::ALL_SAFE, LuaOptions::new().catch_rust_panics(true)).context("native state")
}
