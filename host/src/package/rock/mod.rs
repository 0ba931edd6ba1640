//! Archives of packages, read without trust.
