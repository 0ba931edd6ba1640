//! Nothing: this crate is its tests. Its build step makes what they compare.
