//! Guests that attack their host, each compiled ahead of time as the real one is. A file `*.wat` is one of them; the build
//! step puts the pieces around it that the host expects of a guest.

/// A hostile guest.
#[derive(Debug, Clone, Copy)]
pub struct HostileGuest {
    /// Its file, without the ending.
    pub name: &'static str,
    /// What the file says. The first lines, which begin with `;; `, say what is asked of the guest and how that must end.
    pub source: &'static str,
    /// What `wasmtime::Module::deserialize` takes under the settings of `bioxen_lua_guest::configure`.
    pub image: &'static [u8],
}

/// All of them, by name.
pub static GUESTS: &[HostileGuest] = include!(concat!(env!("OUT_DIR"), "/guests.rs"));

/// The guest of a name.
pub fn named(name: &str) -> Option<&'static HostileGuest> {
    GUESTS.iter().find(|guest| guest.name == name)
}

/// Every import and export of the real guest, with its type.
pub static CONTRACT: &str = include_str!("../../golden/imports.txt");
