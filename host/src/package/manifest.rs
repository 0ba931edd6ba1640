//! What a repository says that it has.
