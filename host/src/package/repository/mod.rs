//! Where packages come from.

mod address;
mod cache;
mod forms;
mod index;
mod key;
mod moment;
mod origin;
mod repositories;
mod search;
mod seen;
mod settings;
mod signing;
mod supply;
mod transport;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::escape::Escaped;

use address::Address;

pub(crate) use index::{Index, SignedIndex};
pub use key::{PublicKey, SecretKey};
pub(crate) use origin::in_words;
pub use repositories::{RefreshResult, Refreshed, Repositories};
pub use search::FoundPackage;
pub use signing::Edition;
pub(crate) use signing::{Signer, write_index};
pub(crate) use supply::{Fetched, RepositorySupply};
pub(crate) use transport::Carried;
pub use transport::Patience;

/// Longest name of a repository, in bytes.
const LONGEST_NAME: usize = 64;

/// The name of the packages that come with this library, which no other repository may have.
pub(crate) const CATALOGUE: &str = "catalogue";

/// A place that packages come from: a folder with rocks, or a server of LuaRocks.
///
/// ```
/// use bioxen_lua::{Repository, Trust};
/// let local = Repository::new("local", "/srv/rocks")?;
/// assert_eq!(*local.trust(), Trust::Unsigned);
/// let public = Repository::new("luarocks", "https://luarocks.org")?.with_trust(Trust::FirstUse);
/// assert_eq!(public.address(), "https://luarocks.org/");
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    name: String,
    address: Address,
    trust: Trust,
    form: ManifestForm,
    certificates: Option<PathBuf>,
}

/// Why what comes from a repository is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// One of these keys signs an index of everything that is there, which names all hashes, grows older than
    /// none before it, and expires. For servers it is what is expected unless another trust is named.
    Signed(Vec<PublicKey>),
    /// Each package is believed the first time it is seen, and has to stay as it was then.
    FirstUse,
    /// Whatever is there is believed. For folders of this machine alone.
    Unsigned,
}

/// In what form a server is asked for its manifest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ManifestForm {
    /// As every server has it: a Lua text, compressed or plain.
    #[default]
    Lua,
    /// As JSON where the server has it, which nothing has to be run for.
    Json,
}

impl Repository {
    /// A repository at an absolute path, a `file://` URL, an `https://` URL, or an `http://` URL on this
    /// machine. Folders are [`Trust::Unsigned`] by default; a server is [`Trust::Signed`], and needs a key or
    /// another trust before it can be added.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] for a name that is not 1 to 64 of `a-z 0-9 _ -`, the first a letter or digit;
    /// [`ErrorKind::InvalidConfig`] for any other address, one with a user or password in it for example.
    pub fn new(name: &str, address: &str) -> Result<Repository> {
        check_name(name)?;
        let address: Address = address.parse()?;
        let trust = if address.is_web() { Trust::Signed(Vec::new()) } else { Trust::Unsigned };
        let name = name.to_string();
        Ok(Repository { name, address, trust, form: ManifestForm::Lua, certificates: None })
    }

    /// With another trust.
    pub fn with_trust(self, trust: Trust) -> Repository {
        Repository { trust, ..self }
    }

    /// With another form of manifest.
    pub fn with_manifest(self, form: ManifestForm) -> Repository {
        Repository { form, ..self }
    }

    /// With the certificates in a PEM file, by its absolute path, in the place of those that the system
    /// trusts.
    pub fn with_certificates(self, file: impl Into<PathBuf>) -> Repository {
        Repository { certificates: Some(file.into()), ..self }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is: a path or a URL.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Why it is believed.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The form in which its manifest is asked for.
    pub fn manifest(&self) -> ManifestForm {
        self.form
    }

    /// The file with its certificates.
    pub fn certificates(&self) -> Option<&Path> {
        self.certificates.as_deref()
    }

    /// Refuses settings that contradict each other.
    fn check(&self) -> Result<()> {
        let refused = |why: &str| {
            Err(Error::new(ErrorKind::InvalidConfig, format!("repository `{}`: {why}", self.name)))
        };
        match &self.trust {
            Trust::Signed(keys) if keys.is_empty() => {
                return refused("expected a key that signs it, or trust on first use");
            }
            Trust::Unsigned if self.address.is_web() => {
                return refused(
                    "a server cannot be unsigned; expected a key that signs it, or trust on first use",
                );
            }
            _ => {}
        }
        let Some(file) = &self.certificates else { return Ok(()) };
        if !matches!(&self.address, Address::Web(url) if url.scheme() == "https") {
            return refused("certificates are for an address that begins with `https`");
        }
        if !file.is_absolute() || file.to_str().is_none() {
            return refused("expected an absolute path, which is text, to its certificates");
        }
        Ok(())
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} at {}", self.name, self.address)
    }
}

fn check_name(name: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if first && name.len() <= LONGEST_NAME && name.bytes().all(plain) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidName,
        format!(
            "repository `{}`: expected a name of 1 to {LONGEST_NAME} of a-z 0-9 _ -, beginning with a letter or digit",
            Escaped(name)
        ),
    ))
}
