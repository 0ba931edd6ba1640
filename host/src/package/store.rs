//! Verified archives and unpacked packages, by their hash.
