//! Which versions fit together, and why none do.
