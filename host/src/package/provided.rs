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
pub const PROVIDED: &[Provided] = &[
    Provided { rock: "bit32", version: "5.3.5.1-1", modules: &["bit32"] },
    Provided {
        rock: "compat53",
        version: "0.14.4-1",
        modules: &[
            "compat53",
            "compat53.init",
            "compat53.io",
            "compat53.module",
            "compat53.string",
            "compat53.table",
            "compat53.utf8",
        ],
    },
    Provided { rock: "lpeg", version: "1.0.2-1", modules: &["lpeg", "re"] },
    Provided { rock: "lua-cjson", version: "2.1.0-1", modules: &["cjson", "cjson.safe", "cjson.util"] },
    Provided {
        rock: "lua-term",
        version: "0.7-1",
        modules: &["term", "term.colors", "term.core", "term.cursor"],
    },
    Provided { rock: "luafilesystem", version: "1.8.0-1", modules: &["lfs"] },
    Provided { rock: "luasystem", version: "0.2.1-0", modules: &["system", "system.core"] },
    Provided { rock: "struct", version: "1.4-1", modules: &["struct"] },
];
