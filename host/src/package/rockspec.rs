//! What a package says of itself: its rockspec, checked.
