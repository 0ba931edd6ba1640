//! Packages that every guest has inside.

/// A rock that every guest has inside: it is never fetched, and no other may take the place of its modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provided {
    /// Its name among rocks.
    pub rock: &'static str,
    /// The version whose interface it has, with the revision of the rock.
    pub version: &'static str,
    /// What `require` finds.
    pub modules: &'static [&'static str],
}

/// The rocks that every guest has inside, by name. The versions are those that the tests compare with, or where
/// there is none to compare with the newest of the interface.
pub const PROVIDED: &[Provided] = &[Provided { rock: "bit32", version: "5.3.5.1-1", modules: &["bit32"] }];
