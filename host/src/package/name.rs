//! Names of packages and of the modules in them.
