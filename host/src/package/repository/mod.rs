//! Where packages come from.
