//! Packages that every guest has inside.
