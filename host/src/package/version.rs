//! Versions in the order of LuaRocks, which is not that of semantic versioning.
