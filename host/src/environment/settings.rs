//! What was asked for: the file `env.toml` of an environment.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::fs::{Access, Folder, Mount, check_guest_path};
use crate::package::Requirement;

use super::storage::{corrupt, refused};

pub(super) const FILE: &str = "env.toml";
/// Largest file that is read, in bytes: a thousand requirements take less than a tenth.
const MAX_SIZE: u64 = 1 << 20;
/// Of the file.
const VERSION: u32 = 1;
/// Of Lua; the only one there is.
const LUA: &str = "5.4";

/// A host folder that the VMs of an environment see beside its packages. It is stored with the
/// environment, and opened whenever a configuration is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredMount {
    host: PathBuf,
    guest: String,
    #[serde(with = "access")]
    access: Access,
    /// Whether `require` looks there, behind the packages.
    #[serde(default)]
    modules: bool,
}

impl StoredMount {
    /// A folder to read from. `host` is an absolute path; `guest` is where VMs see it, and neither `/env` nor
    /// below it, where the packages are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for paths that are not so.
    pub fn read_only(host: impl Into<PathBuf>, guest: &str) -> Result<StoredMount> {
        StoredMount::new(host.into(), guest, Access::ReadOnly)
    }

    /// A folder to read from and write to.
    ///
    /// # Errors
    ///
    /// As [`StoredMount::read_only`].
    pub fn read_write(host: impl Into<PathBuf>, guest: &str) -> Result<StoredMount> {
        StoredMount::new(host.into(), guest, Access::ReadWrite)
    }

    /// Lets `require` look in it, behind the packages.
    pub fn with_modules(self) -> StoredMount {
        StoredMount { modules: true, ..self }
    }

    /// The folder on the host.
    pub fn host(&self) -> &Path {
        &self.host
    }

    /// Where VMs see it.
    pub fn guest(&self) -> &str {
        &self.guest
    }

    /// What VMs may do with it.
    pub fn access(&self) -> Access {
        self.access
    }

    /// Whether `require` looks in it.
    pub fn has_modules(&self) -> bool {
        self.modules
    }

    fn new(host: PathBuf, guest: &str, access: Access) -> Result<StoredMount> {
        let mount = StoredMount { host, guest: guest.to_string(), access, modules: false };
        mount.check().map(|()| mount)
    }

    fn check(&self) -> Result<()> {
        check_guest_path(&self.guest)?;
        if !self.host.is_absolute() || self.host.to_str().is_none() {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                format!("mount of `{}`: expected an absolute path in UTF-8", self.host.display()),
            ));
        }
        if Path::new(&self.guest).starts_with(super::PACKAGES) {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                format!(
                    "guest path `{}`: packages are in `{}`; choose another one",
                    self.guest,
                    super::PACKAGES
                ),
            ));
        }
        Ok(())
    }

    pub(super) fn open(&self) -> Result<Mount> {
        match self.access {
            Access::ReadOnly => Mount::read_only(&self.host, &self.guest),
            Access::ReadWrite => Mount::read_write(&self.host, &self.guest),
        }
    }
}

/// `env.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    version: u32,
    lua: String,
    /// What was asked for by name, one for each package, by name.
    #[serde(default)]
    pub requirements: Vec<Requirement>,
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    #[serde(default, rename = "mount")]
    pub mounts: Vec<StoredMount>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            version: VERSION,
            lua: LUA.to_string(),
            requirements: Vec::new(),
            variables: BTreeMap::new(),
            mounts: Vec::new(),
        }
    }
}

impl Settings {
    pub fn read(folder: &Folder) -> Result<Settings> {
        let bytes = folder.read(FILE, MAX_SIZE).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => corrupt(folder, FILE, "it is missing"),
            _ => refused("read", folder, FILE, error),
        })?;
        let text = String::from_utf8(bytes).map_err(|_| unreadable(folder, "it is no text"))?;
        let settings: Settings =
            toml::from_str(&text).map_err(|error| unreadable(folder, &one_line(error.message())))?;
        if settings.version != VERSION || settings.lua != LUA {
            return Err(unreadable(folder, &format!("expected version {VERSION} for Lua {LUA}")));
        }
        settings.mounts.iter().try_for_each(StoredMount::check)?;
        Ok(settings)
    }

    pub fn write(&self, folder: &Folder) -> Result<()> {
        let text = toml::to_string(self).map_err(|error| corrupt(folder, FILE, &error.to_string()))?;
        folder.write_whole(FILE, text.as_bytes()).map_err(|error| refused("write", folder, FILE, error))
    }
}

/// People edit this file.
fn unreadable(folder: &Folder, reason: &str) -> Error {
    let place = folder.path().join(FILE);
    Error::new(ErrorKind::StoreCorrupt, format!("cannot read `{}`: {reason}; correct it", place.display()))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// [`Access`] as a word in a file.
mod access {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::fs::Access;

    const WORDS: [(&str, Access); 2] = [("read-only", Access::ReadOnly), ("read-write", Access::ReadWrite)];

    pub fn serialize<S: Serializer>(access: &Access, serializer: S) -> Result<S::Ok, S::Error> {
        let word = WORDS.iter().find(|(_, known)| known == access).map_or("read-only", |(word, _)| word);
        serializer.serialize_str(word)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Access, D::Error> {
        let text = String::deserialize(deserializer)?;
        let known = WORDS.iter().find(|(word, _)| *word == text).map(|(_, access)| *access);
        known.ok_or_else(|| serde::de::Error::custom("access: expected `read-only` or `read-write`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::open(folder.path()).unwrap();
        let mut settings = Settings::default();
        settings.write(&folder).unwrap();
        assert_eq!(Settings::read(&folder).unwrap(), settings);
        settings.requirements = vec!["luassert".parse().unwrap(), "say >= 1.4".parse().unwrap()];
        settings.variables.insert("LANG".into(), "C".into());
        settings.mounts = vec![
            StoredMount::read_only("/data", "/data").unwrap().with_modules(),
            StoredMount::read_write("/tmp/x", "/out").unwrap(),
        ];
        settings.write(&folder).unwrap();
        assert_eq!(Settings::read(&folder).unwrap(), settings);
    }

    #[test]
    fn settings_that_nobody_wrote_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::open(folder.path()).unwrap();
        for text in [
            "",
            "version = 2\nlua = \"5.4\"",
            "version = 1\nlua = \"5.1\"",
            "version = 1\nlua = \"5.4\"\nsurprise = 1",
            "version = 1\nlua = \"5.4\"\nrequirements = [\"$\"]",
            "\u{0}",
        ] {
            folder.write_whole(FILE, text.as_bytes()).unwrap();
            assert_eq!(Settings::read(&folder).unwrap_err().kind(), ErrorKind::StoreCorrupt, "{text:?}");
        }
    }

    #[test]
    fn packages_have_a_place_of_their_own() {
        for guest in ["/env", "/env/share", "env", "/a/../env", ""] {
            let refused = StoredMount::read_only("/data", guest).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::InvalidConfig, "{guest:?}");
        }
        StoredMount::read_only("/data", "/environment").unwrap();
        assert_eq!(StoredMount::read_only("data", "/a").unwrap_err().kind(), ErrorKind::InvalidConfig);
    }
}
