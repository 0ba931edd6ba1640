//! An installed set of packages in the layout that LuaRocks reads.
