//! From the source of a package to the files that are installed: copying, never running.
