//! Where a repository is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use url::{Host, Url};

use crate::error::{Error, ErrorKind, Result};
use crate::escape::Escaped;

/// Where a repository is: a folder, or a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// An absolute path, which is text.
    Folder(PathBuf),
    /// Of scheme `https`, or `http` on this machine, without user, query and fragment.
    Web(Url),
}

impl Address {
    /// Whether what comes from there passes through a network.
    pub fn is_web(&self) -> bool {
        matches!(self, Address::Web(_))
    }
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Address> {
        if text.contains("://") {
            return from_url(text);
        }
        let path = Path::new(text);
        if path.is_absolute() && !text.contains('\0') {
            return Ok(Address::Folder(path.to_path_buf()));
        }
        Err(refused(text, "expected an absolute path or a URL such as `https://luarocks.org`"))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Folder(path) => write!(formatter, "{}", path.display()),
            Address::Web(url) => write!(formatter, "{url}"),
        }
    }
}

/// Messages do not repeat an address with a user in it: what follows may be a password.
fn refused(text: &str, why: &str) -> Error {
    let shown = if text.contains('@') { "the address" } else { text };
    Error::new(ErrorKind::InvalidConfig, format!("repository at `{}`: {why}", Escaped(shown)))
}

fn from_url(text: &str) -> Result<Address> {
    let url = Url::parse(text).map_err(|error| refused(text, "expected a URL").with_source(error))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused(text, "expected no user and no password in it"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refused(text, "expected no `?` and no `#` in it"));
    }
    match url.scheme() {
        "file" => from_file_url(text, &url),
        "https" => Ok(Address::Web(as_folder(url))),
        "http" if on_this_machine(&url) => Ok(Address::Web(as_folder(url))),
        "http" => Err(refused(text, "expected `https`; `http` is for this machine alone")),
        _ => Err(refused(text, "expected `https://`, `file://` or a path")),
    }
}

fn from_file_url(text: &str, url: &Url) -> Result<Address> {
    let path = url.to_file_path().map_err(|()| refused(text, "expected a path on this machine"))?;
    match path.to_str() {
        Some(name) if !name.contains('\0') => Ok(Address::Folder(path)),
        _ => Err(refused(text, "expected a path that is text")),
    }
}

/// With a `/` at its end, so that names are appended and take no place.
fn as_folder(mut url: Url) -> Url {
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    url
}

fn on_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let shown = match text.parse::<Address>() {
            Ok(Address::Folder(path)) => format!("folder {}", path.display()),
            Ok(Address::Web(url)) => format!("web {url}"),
            Err(error) => format!("refused: {error}"),
        };
        assert!(shown.starts_with(expected), "{shown}");
    }

    #[test]
    fn addresses_are_folders_or_servers() {
        check("/srv/rocks", "folder /srv/rocks");
        check("file:///srv/my%20rocks", "folder /srv/my rocks");
        check("file://localhost/srv", "folder /srv");
        check("https://luarocks.org", "web https://luarocks.org/");
        check("https://luarocks.org/manifests/me", "web https://luarocks.org/manifests/me/");
        check("http://127.0.0.1:8080/x/", "web http://127.0.0.1:8080/x/");
        check("http://[::1]:1", "web http://[::1]:1/");
        check("http://localhost", "web http://localhost/");
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in [
            "",
            "rocks",
            "./rocks",
            "ftp://x",
            "http://luarocks.org",
            "http://127.0.0.1.example.org",
            "https://",
            "https://u:p@x",
            "https://u@x",
            "https://x?y",
            "https://x#y",
            "file://elsewhere/x",
            "file:///%00",
        ] {
            check(text, "refused: ");
        }
    }

    #[test]
    fn a_password_is_not_repeated() {
        let error = "https://me:secret@x".parse::<Address>().unwrap_err();
        assert!(!error.to_string().contains("secret") && !format!("{error:?}").contains("secret"));
    }
}
