//! Servers whose name has to be proven: with certificates made for the test by openssl.

use std::fs;
use std::path::Path;

use bioxen_lua::{ErrorKind, RefreshResult, Repositories, Repository, Trust};

use super::authority::{Authority, Front};
use super::server::{Server, redirect};
use super::shelf::small;
use crate::support::engine;

fn refresh(url: &str, certificates: Option<&Path>) -> RefreshResult {
    let folder = tempfile::tempdir().expect("a folder");
    let repositories = Repositories::open(engine(), folder.path()).expect("a root");
    let repository = Repository::new("base", url).expect("an address").with_trust(Trust::FirstUse);
    let repository = match certificates {
        Some(file) => repository.with_certificates(file),
        None => repository,
    };
    repositories.add(repository).wait().expect("added");
    repositories.refresh().wait().expect("asked").swap_remove(0).result
}

#[track_caller]
fn refused(result: &RefreshResult, kind: ErrorKind, reason: &str) {
    let RefreshResult::Failed(error) = result else { panic!("{result:?}") };
    assert_eq!(error.kind(), kind, "{error:?}");
    assert!(error.to_string().contains(reason), "{error}");
}

#[test]
fn a_server_has_to_be_who_its_name_says() {
    let (Some(authority), Some(stranger)) = (Authority::new(), Authority::new()) else { return };
    let server = Server::of(small());
    let trusted = authority.path("authority.pem");
    let front = Front::of(&server, authority.vouch("DNS:localhost"));
    let result = refresh(&front.url("localhost"), Some(&trusted));
    assert!(matches!(result, RefreshResult::Changed { packages: 2 }), "{result:?}");
    server.take_log();
    let unreachable = ErrorKind::RepositoryUnreachable;
    refused(&refresh(&front.url("127.0.0.1"), Some(&trusted)), unreachable, "certificate");
    refused(&refresh(&front.url("localhost"), None), unreachable, "certificate");
    refused(
        &refresh(&front.url("localhost"), Some(&stranger.path("authority.pem"))),
        unreachable,
        "certificate",
    );
    // Nobody was asked anything before it was known who it is.
    assert_eq!(server.take_paths(), [""; 0]);
}

#[test]
fn certificates_that_cannot_be_read_are_said_to_be_so() {
    let Some(authority) = Authority::new() else { return };
    let url = "https://localhost:1";
    refused(&refresh(url, Some(&authority.path("missing"))), ErrorKind::InvalidConfig, "missing");
    refused(&refresh(url, Some(&authority.path("authority.key"))), ErrorKind::InvalidConfig, "at least one");
    fs::write(authority.path("empty"), "").expect("written");
    refused(&refresh(url, Some(&authority.path("empty"))), ErrorKind::InvalidConfig, "at least one");
}

#[test]
fn an_encrypted_server_leads_nobody_to_a_plain_one() {
    let Some(authority) = Authority::new() else { return };
    let plain = Server::of(small());
    let url = format!("http://localhost:{}/manifest", plain.address().port());
    let server = Server::start(move |_| redirect(&url));
    let front = Front::of(&server, authority.vouch("DNS:localhost"));
    let result = refresh(&front.url("localhost"), Some(&authority.path("authority.pem")));
    refused(&result, ErrorKind::RepositoryUnreachable, "another server");
    assert_eq!(plain.take_paths(), [""; 0]);
}
