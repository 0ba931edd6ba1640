//! Rockspecs and manifests are Lua programs: they run in a VM of their own, with nothing, under limits.
