//! One server in all the forms in which one may be had: what is read and installed is the same.

use std::path::Path;

use bioxen_lua::{ManifestForm, PublicKey, RefreshResult, Repository, Trust};

use super::mirror::{Mirror, mirror};
use super::world::{World, installed};
use crate::packages::server::Server;
use crate::packages::shelf::Shelf;

/// Everything that a world finds, and what is installed of one package.
fn seen(repository: Repository) -> (Vec<String>, Vec<String>) {
    let name = repository.name().to_string();
    let world = World::empty();
    world.add(repository);
    let found = world.environments().repositories().search("").wait().expect("found");
    let found = found.iter().filter(|package| package.repository == name);
    let found = found.map(|package| format!("{} {}", package.name, package.version)).collect();
    (found, installed(&world.installed("one", &["luassert"])))
}

fn repository(address: &str) -> Repository {
    Repository::new("mirror", address).expect("a repository")
}

fn at(folder: &Path) -> Repository {
    repository(&folder.display().to_string())
}

fn key(mirror: &Mirror, name: &str) -> PublicKey {
    let file = mirror.folder("keys").join(name);
    std::fs::read_to_string(file).expect("a key").parse().expect("a key of minisign")
}

#[test]
fn a_folder_a_url_and_a_server_are_the_same_in_every_form() {
    let Some(mirror) = mirror() else { return };
    let expected = seen(at(&mirror.folder("server")));
    assert!(expected.0.len() > 30, "{:?}", expected.0);
    assert_eq!(expected.1, ["luassert 1.9.0-1", "say 1.4.1-3"]);

    let file_url = format!("file://{}", mirror.folder("server").display());
    assert_eq!(seen(repository(&file_url)), expected);
    assert_eq!(seen(at(&mirror.folder("zip"))), expected);
    assert_eq!(seen(at(&mirror.folder("json")).with_manifest(ManifestForm::Json)), expected);
    let signed = Trust::Signed(vec![key(mirror, "mirror.pub")]);
    assert_eq!(seen(at(&mirror.folder("signed")).with_trust(signed.clone())), expected);

    for (form, trust) in [("server", Trust::FirstUse), ("zip", Trust::FirstUse), ("signed", signed)] {
        let server = Server::of(Shelf::read(&mirror.folder(form)));
        assert_eq!(seen(repository(&server.url()).with_trust(trust)), expected, "{form}");
    }
    let server = Server::of(Shelf::read(&mirror.folder("json")));
    let json = repository(&server.url()).with_trust(Trust::FirstUse).with_manifest(ManifestForm::Json);
    assert_eq!(seen(json), expected);
}

#[test]
fn a_server_that_has_nothing_new_is_not_read_again() {
    let Some(mirror) = mirror() else { return };
    let server = Server::of(Shelf::read(&mirror.folder("server")));
    let world = World::empty();
    world.add(repository(&server.url()).with_trust(Trust::FirstUse));
    let repositories = world.environments().repositories();
    let first = repositories.refresh().wait().expect("asked");
    assert!(matches!(first[0].result, RefreshResult::Changed { packages: 30.. }), "{:?}", first[0].result);
    let again = repositories.refresh().wait().expect("asked");
    assert!(matches!(again[0].result, RefreshResult::Unchanged { packages: 30.. }), "{:?}", again[0].result);
    // The second time it was asked whether there is another than the one that it sent.
    let log = server.take_log();
    let last = log.iter().rfind(|request| request.path == "/manifest-5.4").expect("it was asked");
    assert!(last.headers.contains_key("if-none-match"), "{:?}", last.headers);
}

#[test]
fn a_server_signed_by_somebody_else_is_not_believed() {
    let Some(mirror) = mirror() else { return };
    let world = World::empty();
    let other = Trust::Signed(vec![key(mirror, "other.pub")]);
    world.add(at(&mirror.folder("signed")).with_trust(other));
    let error = world.refused("one", &["say"]);
    assert_eq!(error.kind(), bioxen_lua::ErrorKind::SignatureInvalid, "{error}");
}
