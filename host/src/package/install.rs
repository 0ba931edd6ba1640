//! From requirements to a set of installed packages.
