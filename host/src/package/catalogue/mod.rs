//! The packages that come with this library, and what is recommended.
