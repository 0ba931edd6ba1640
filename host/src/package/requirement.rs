//! What may stand for a package: its name, and constraints on its version.
