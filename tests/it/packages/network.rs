//! Repositories behind a network: servers that are right, wrong, slow, or not there.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bioxen_lua::testing::{Patience, RepositoriesSetup, Supplied, repositories_with};
use bioxen_lua::{ErrorKind, RefreshResult, Repositories, Repository, SecretKey, Trust};
use tempfile::TempDir;

use super::repositories::{edition, fails, name, version, versions};
use super::server::{Reply, Request, Server, answer, redirect, served};
use super::shelf::{Shelf, small};
use crate::support::engine;

/// Servers here are near, or never answer.
const QUICK: Patience = Patience {
    connect: Duration::from_secs(5),
    read: Duration::from_secs(5),
    total: Duration::from_secs(10),
    pause: Duration::from_millis(1),
};

/// For servers that never answer.
const SHORT: Patience =
    Patience { read: Duration::from_millis(200), total: Duration::from_millis(600), ..QUICK };

struct Room {
    folder: TempDir,
    repositories: Repositories,
}

impl Room {
    fn at(url: &str, trust: Trust) -> Room {
        Room::with(url, trust, QUICK)
    }

    fn with(url: &str, trust: Trust, patience: Patience) -> Room {
        let folder = tempfile::tempdir().expect("a folder");
        let room = Room { repositories: open(folder.path(), patience), folder };
        room.add("base", url, trust);
        room
    }

    fn add(&self, name: &str, url: &str, trust: Trust) {
        let repository = Repository::new(name, url).expect("an address").with_trust(trust);
        self.repositories.add(repository).wait().expect("added");
    }

    fn refresh(&self) -> RefreshResult {
        self.repositories.refresh().wait().expect("asked").swap_remove(0).result
    }

    fn supply(&self) -> Supplied {
        Supplied::of(&self.repositories).expect("a supply")
    }
}

fn open(folder: &Path, patience: Patience) -> Repositories {
    let setup = RepositoriesSetup { patience, ..RepositoriesSetup::default() };
    repositories_with(engine(), folder, setup).expect("a root")
}

/// A server whose script can be changed, and a good answer first.
struct Changing {
    server: Server,
    script: Arc<Mutex<Box<Script>>>,
}

type Script = dyn Fn(&Request) -> Reply + Send + Sync;

impl Changing {
    fn of(shelf: Shelf) -> Changing {
        let good: Box<Script> = Box::new(move |request| served(&shelf, request));
        let script = Arc::new(Mutex::new(good));
        let shared = script.clone();
        let server = Server::start(move |request| shared.lock().expect("no panic")(request));
        Changing { server, script }
    }

    fn now(&self, script: impl Fn(&Request) -> Reply + Send + Sync + 'static) {
        *self.script.lock().expect("no panic") = Box::new(script);
    }
}

#[test]
fn a_server_is_read_and_asked_politely() {
    let server = Server::of(small());
    let room = Room::at(&server.url(), Trust::FirstUse);
    assert!(matches!(room.refresh(), RefreshResult::Changed { packages: 2 }));
    let log = server.take_log();
    let paths: Vec<&str> = log.iter().map(|request| request.path.as_str()).collect();
    assert_eq!(paths, ["/manifest-5.4.zip", "/manifest-5.4"]);
    let agent = format!("bioxen-lua/{}", env!("CARGO_PKG_VERSION"));
    assert!(log.iter().all(|request| request.headers.get("user-agent") == Some(&agent)));
    assert!(log.iter().all(|request| !request.headers.contains_key("if-none-match")));
    // The second time it says what it has.
    assert!(matches!(room.refresh(), RefreshResult::Unchanged { packages: 2 }));
    let log = server.take_log();
    assert!(log[1].headers.contains_key("if-none-match"), "{log:?}");
    let supply = room.supply();
    assert_eq!(versions(&supply, "say"), ["1.3-1", "1.4.1-3"]);
    let fetched = supply.fetch(&name("say"), &version("1.4.1-3")).expect("a rock");
    assert_eq!(fetched.bytes, small().files["say-1.4.1-3.all.rock"]);
    supply.dependencies(&name("say"), &version("1.4.1-3")).expect("a rockspec");
    server.take_log();
    // A rockspec that was had is not asked for again.
    room.supply().dependencies(&name("say"), &version("1.4.1-3")).expect("the same");
    assert_eq!(server.take_paths(), ["/manifest-5.4.zip", "/manifest-5.4"]);
}

#[test]
fn a_server_below_a_path_is_asked_there() {
    let server = Server::start(|request| {
        let path = request.path.strip_prefix("/rocks").unwrap_or("/nowhere").to_string();
        served(&small(), &Request { path, ..request.clone() })
    });
    let room = Room::at(&format!("{}/rocks", server.url()), Trust::FirstUse);
    assert!(matches!(room.refresh(), RefreshResult::Changed { packages: 2 }));
}

#[test]
fn modification_times_serve_where_there_are_no_tags() {
    const TIME: &str = "Mon, 23 Nov 2026 15:00:00 GMT";
    let server = Server::start(|request| match request.headers.get("if-modified-since") {
        Some(time) if time == TIME => answer(304, ""),
        _ if request.path == "/manifest" => Reply::Answer {
            status: 200,
            headers: vec![("Last-Modified".into(), TIME.into())],
            body: small().manifest().into(),
        },
        _ => answer(404, ""),
    });
    let room = Room::at(&server.url(), Trust::FirstUse);
    assert!(matches!(room.refresh(), RefreshResult::Changed { packages: 2 }));
    assert!(matches!(room.refresh(), RefreshResult::Unchanged { packages: 2 }));
    assert_eq!(server.take_log().last().expect("asked").headers["if-modified-since"], TIME);
}

fn raw(text: &str) -> Reply {
    Reply::Raw(text.as_bytes().to_vec())
}

/// What a server can do wrong: its answer, the kind of error, words of its message, and how often it is asked.
fn faults() -> Vec<(Box<Script>, ErrorKind, &'static str, usize)> {
    use ErrorKind::{ManifestInvalid, RepositoryUnreachable};
    let manifest = small().manifest();
    let whole = manifest.len();
    let half = manifest[..whole / 2].to_string();
    let (cut, closed) = (half.clone(), half);
    vec![
        (Box::new(|_| answer(404, "")), RepositoryUnreachable, "no manifest", 3),
        (Box::new(|_| answer(403, "")), RepositoryUnreachable, "status 403", 1),
        (Box::new(|_| answer(401, "")), RepositoryUnreachable, "status 401", 1),
        (Box::new(|_| answer(204, "")), RepositoryUnreachable, "status 204", 1),
        (Box::new(|_| answer(500, "")), RepositoryUnreachable, "status 500", 4),
        (Box::new(|_| answer(503, "")), RepositoryUnreachable, "status 503", 4),
        (Box::new(|_| answer(429, "")), RepositoryUnreachable, "status 429", 4),
        (Box::new(|_| answer(200, "<html>welcome")), RepositoryUnreachable, "web page", 1),
        (Box::new(|_| raw("")), RepositoryUnreachable, "cannot get", 4),
        (Box::new(|_| raw("nonsense\r\n\r\n")), RepositoryUnreachable, "cannot get", 1),
        (Box::new(|_| raw("HTTP/1.1 200 OK\r\nContent-")), RepositoryUnreachable, "cannot get", 4),
        (
            Box::new(move |_| {
                Reply::Raw(format!("HTTP/1.1 200 OK\r\nContent-Length: {whole}\r\n\r\n{cut}").into())
            }),
            RepositoryUnreachable,
            "cannot get",
            4,
        ),
        // Without a length the end of the connection is the end of the file: what is cut off is no archive.
        (
            Box::new(move |_| raw(&format!("HTTP/1.1 200 OK\r\n\r\n{closed}"))),
            ErrorKind::ArchiveUnsafe,
            "",
            1,
        ),
        (
            Box::new(|_| raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx")),
            RepositoryUnreachable,
            "more than",
            1,
        ),
        (Box::new(|_| raw("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx")), RepositoryUnreachable, "", 1),
        (
            Box::new(|_| Reply::Endless {
                head: b"HTTP/1.1 200 OK\r\n\r\n".to_vec(),
                again: vec![b'-'; 1 << 16],
            }),
            RepositoryUnreachable,
            "more than",
            1,
        ),
        (
            Box::new(|_| Reply::Endless {
                head: b"HTTP/1.1 200 OK\r\nX: ".to_vec(),
                again: vec![b'x'; 1 << 16],
            }),
            RepositoryUnreachable,
            "",
            1,
        ),
        (
            Box::new(|_| raw("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx")),
            RepositoryUnreachable,
            "encoded as `gzip`",
            1,
        ),
        (Box::new(|_| redirect("/again")), RepositoryUnreachable, "redirects", 4),
        (Box::new(|_| redirect("https://127.0.0.1/x")), RepositoryUnreachable, "another server", 1),
        (Box::new(|_| redirect("http://127.0.0.2/x")), RepositoryUnreachable, "another server", 1),
        (Box::new(|_| redirect("file:///etc/passwd")), RepositoryUnreachable, "another server", 1),
        (Box::new(|_| answer(302, "")), RepositoryUnreachable, "redirect to nowhere", 1),
        (
            Box::new(
                |request| if request.path.ends_with("zip") { answer(404, "") } else { answer(200, "x = (") },
            ),
            ManifestInvalid,
            "manifest",
            2,
        ),
    ]
}

#[test]
fn whatever_a_server_does_wrong_what_was_known_stays() {
    let good = Changing::of(small());
    let room = Room::at(&good.server.url(), Trust::FirstUse);
    assert!(matches!(room.refresh(), RefreshResult::Changed { packages: 2 }));
    for (at, (fault, kind, reason, asked)) in faults().into_iter().enumerate() {
        good.server.take_log();
        good.now(fault);
        match room.refresh() {
            RefreshResult::Kept { error, .. } => {
                assert_eq!(error.kind(), kind, "{at}: {error:?}");
                assert!(error.to_string().contains(reason), "{at}: {error}");
            }
            other => panic!("{at}: {other:?}"),
        }
        let paths = good.server.take_paths();
        assert_eq!(paths.len(), asked, "{at}: {paths:?}");
        let offline = Supplied::of(&room.repositories.offline()).expect("a supply");
        assert_eq!(versions(&offline, "say"), ["1.3-1", "1.4.1-3"], "{at}");
    }
    // What was known is used when the server is asked in vain, too.
    good.now(|_| answer(500, ""));
    assert_eq!(versions(&room.supply(), "say"), ["1.3-1", "1.4.1-3"]);
    let fresh = Room::at(&good.server.url(), Trust::FirstUse);
    assert!(matches!(fresh.refresh(), RefreshResult::Failed(_)));
    fails(fresh.supply().versions(&name("say")), ErrorKind::RepositoryUnreachable, "nothing is known yet");
}

#[test]
fn a_server_that_recovers_is_asked_again() {
    for status in [429, 500, 502, 599] {
        let shelf = small();
        let server = Server::start(move |request| match request.before {
            0..3 => {
                Reply::Answer { status, headers: vec![("Retry-After".into(), "0".into())], body: Vec::new() }
            }
            _ => served(&shelf, request),
        });
        let room = Room::at(&server.url(), Trust::FirstUse);
        assert!(matches!(room.refresh(), RefreshResult::Changed { packages: 2 }), "{status}");
    }
}

#[test]
fn a_server_is_not_waited_for_longer_than_allowed() {
    let drip: Vec<u8> =
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".iter().copied().chain([b' '; 1000]).collect();
    let slow: [Box<Script>; 5] = [
        Box::new(|_| Reply::Hang(Vec::new())),
        Box::new(|_| Reply::Hang(b"HTTP/1.1 200 OK\r\nX: y".to_vec())),
        Box::new(|_| Reply::Hang(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec())),
        Box::new(move |_| Reply::Drip { bytes: drip.clone(), pause: Duration::from_millis(20) }),
        Box::new(|_| Reply::Answer {
            status: 503,
            headers: vec![("Retry-After".into(), "3600".into())],
            body: Vec::new(),
        }),
    ];
    for (at, script) in slow.into_iter().enumerate() {
        let server = Server::start(script);
        let room = Room::with(&server.url(), Trust::FirstUse, SHORT);
        let start = Instant::now();
        let result = room.refresh();
        let kind = |error: &bioxen_lua::Error| error.kind() == ErrorKind::RepositoryUnreachable;
        assert!(matches!(&result, RefreshResult::Failed(error) if kind(error)), "{at}: {result:?}");
        assert!(start.elapsed() < 10 * SHORT.total, "{at}: {:?}", start.elapsed());
    }
}

#[test]
fn a_server_that_is_not_there_is_said_to_be_so() {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let room = Room::at(&format!("http://127.0.0.1:{port}"), Trust::FirstUse);
    assert!(matches!(room.refresh(), RefreshResult::Failed(error) if error.to_string().contains("`base`")));
    // It stops no other.
    let server = Server::of(small());
    room.add("other", &server.url(), Trust::FirstUse);
    let refreshed = room.repositories.refresh().wait().expect("asked");
    assert!(matches!(refreshed[1].result, RefreshResult::Changed { packages: 2 }));
}

#[test]
fn redirects_on_one_server_are_followed() {
    let server = Server::start(|request| match request.path.as_str() {
        path if path.starts_with("/3/") => {
            served(&small(), &Request { path: path[2..].into(), ..request.clone() })
        }
        "/manifest-5.4.zip" => answer(404, ""),
        path if path.starts_with("/2/") => redirect(&format!("/3{}", &path[2..])),
        path if path.starts_with("/1/") => redirect(&format!("../2{}", &path[2..])),
        path => redirect(&format!("/1{path}")),
    });
    let room = Room::at(&server.url(), Trust::FirstUse);
    let result = room.refresh();
    assert!(matches!(result, RefreshResult::Changed { packages: 2 }), "{result:?}");
}

#[test]
fn a_redirect_to_another_server_is_not_followed() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let other = Server::start(move |request| {
        count.fetch_add(1, Ordering::Relaxed);
        served(&small(), request)
    });
    let url = other.url();
    let server = Server::start(move |request| redirect(&format!("{url}{}", request.path)));
    let room = Room::at(&server.url(), Trust::FirstUse);
    assert!(
        matches!(room.refresh(), RefreshResult::Failed(error) if error.to_string().contains("another server"))
    );
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[test]
fn without_the_network_nobody_is_asked() {
    let server = Server::of(small());
    let room = Room::at(&server.url(), Trust::FirstUse);
    let offline = room.repositories.offline();
    let supply = || Supplied::of(&offline).expect("a supply");
    fails(supply().versions(&name("say")), ErrorKind::OfflineMiss, "its manifest of repository `base`");
    fails(offline.search("say").wait(), ErrorKind::OfflineMiss, "the network is not to be used");
    fails(offline.refresh().wait(), ErrorKind::OfflineMiss, "the network is not to be used");
    fails(
        supply().fetch_locked("base", "say-1.4.1-3.all.rock", "x"),
        ErrorKind::OfflineMiss,
        "say-1.4.1-3.all.rock",
    );
    assert_eq!(server.take_paths(), [""; 0]);
    let online = room.supply();
    online.dependencies(&name("say"), &version("1.4.1-3")).expect("a rockspec");
    server.take_log();
    drop(server);
    assert_eq!(versions(&supply(), "say"), ["1.3-1", "1.4.1-3"]);
    supply().dependencies(&name("say"), &version("1.4.1-3")).expect("it was had before");
    let missing = supply().dependencies(&name("say"), &version("1.3-1"));
    fails(missing, ErrorKind::OfflineMiss, "`say-1.3-1.rockspec`");
    fails(
        supply().fetch(&name("say"), &version("1.4.1-3")),
        ErrorKind::OfflineMiss,
        "`say-1.4.1-3.all.rock`",
    );
    let found = offline.search("translations").wait().expect("found");
    assert_eq!(found[0].summary.as_deref(), Some("Translations"));
}

#[test]
fn a_search_asks_only_servers_that_nothing_is_known_of() {
    let server = Server::of(small());
    let room = Room::at(&server.url(), Trust::FirstUse);
    assert_eq!(room.repositories.search("say").wait().expect("found").len(), 1);
    assert_eq!(server.take_paths().len(), 2);
    assert_eq!(room.repositories.search("say").wait().expect("found").len(), 1);
    assert_eq!(server.take_paths(), [""; 0]);
}

/// The small repository, signed.
fn signed(serial: u64, key: &SecretKey, shelf: &Shelf) -> Shelf {
    let folder = tempfile::tempdir().expect("a folder");
    shelf.write(folder.path());
    let repositories = open(&folder.path().join("../unused-root"), QUICK);
    repositories.write_index(folder.path(), edition(serial), key.clone()).wait().expect("signed");
    Shelf::read(folder.path())
}

#[test]
fn a_server_that_lies_is_found_out_by_its_index() {
    let key = SecretKey::generate().expect("a key");
    let trust = Trust::Signed(vec![key.public().expect("a key")]);
    let one = signed(1, &key, &small());
    let mut changed = small();
    changed.rock("say", "2.0-1", "all").listed();
    let two = signed(2, &key, &changed);
    let server = Changing::of(one.clone());
    let room = Room::at(&server.server.url(), trust);
    assert!(matches!(room.refresh(), RefreshResult::Changed { packages: 2 }));
    let paths = server.server.take_paths();
    assert_eq!(paths, ["/index.toml", "/index.toml.minisig", "/manifest-5.4"]);
    assert!(matches!(room.refresh(), RefreshResult::Unchanged { packages: 2 }));
    // The index says that the manifest is as it was: it is not asked for.
    assert_eq!(server.server.take_paths(), ["/index.toml", "/index.toml.minisig"]);
    // The new index, with the bytes of the old one.
    let (index, rest) = (two.clone(), one.clone());
    server.now(move |request| {
        let shelf = if request.path.starts_with("/index") { &index } else { &rest };
        served(shelf, request)
    });
    let result = room.refresh();
    let mismatch = |error: &bioxen_lua::Error| error.kind() == ErrorKind::IntegrityMismatch;
    assert!(matches!(&result, RefreshResult::Kept { error, .. } if mismatch(error)), "{result:?}");
    // The new index was seen: the old one is refused from now on.
    let old = one.clone();
    server.now(move |request| served(&old, request));
    let result = room.refresh();
    let rollback = |error: &bioxen_lua::Error| error.kind() == ErrorKind::IndexRollback;
    assert!(matches!(&result, RefreshResult::Kept { error, .. } if rollback(error)), "{result:?}");
    let mut swapped = two.clone();
    swapped.files.insert("say-2.0-1.all.rock".into(), two.files["say-1.4.1-3.all.rock"].clone());
    server.now(move |request| served(&swapped, request));
    assert!(matches!(room.refresh(), RefreshResult::Changed { packages: 2 }));
    let fetched = room.supply().fetch(&name("say"), &version("2.0-1"));
    fails(fetched, ErrorKind::IntegrityMismatch, "say-2.0-1.all.rock");
    let fetched = room.supply().fetch(&name("say"), &version("1.4.1-3")).expect("it was signed");
    assert_eq!(fetched.signed_by, Some(key.public().expect("a key").id()));
}

#[test]
fn what_a_server_overwrites_is_not_taken() {
    let server = Changing::of(small());
    let room = Room::at(&server.server.url(), Trust::FirstUse);
    let one = version("1.4.1-3");
    let first = room.supply().fetch(&name("say"), &one).expect("a rock");
    let mut forced = small();
    forced.put("say-1.4.1-3.all.rock", "other bytes");
    server.now(move |request| served(&forced, request));
    fails(room.supply().fetch(&name("say"), &one), ErrorKind::IntegrityMismatch, "when it was first seen");
    fails(
        room.supply().fetch_locked("base", &first.artifact, &first.sha256),
        ErrorKind::IntegrityMismatch,
        "when it was first seen",
    );
    let log = fs::read_to_string(room.folder.path().join("trust/seen.toml")).expect("text");
    assert!(log.contains(&first.sha256), "{log}");
}

#[test]
fn a_rock_that_is_cut_off_is_no_rock() {
    let server = Changing::of(small());
    let room = Room::at(&server.server.url(), Trust::FirstUse);
    assert!(matches!(room.refresh(), RefreshResult::Changed { packages: 2 }));
    let whole = small().files["say-1.4.1-3.all.rock"].clone();
    server.now(move |request| match request.path.ends_with(".rock") {
        true => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", whole.len());
            Reply::Raw([head.as_bytes(), &whole[..whole.len() / 2]].concat())
        }
        false => served(&small(), request),
    });
    fails(
        room.supply().fetch(&name("say"), &version("1.4.1-3")),
        ErrorKind::RepositoryUnreachable,
        "cannot get",
    );
    // Nothing of it was taken for the first sight of it.
    server.now(|request| served(&small(), request));
    room.supply().fetch(&name("say"), &version("1.4.1-3")).expect("the whole rock");
}
