//! Repositories in folders: their list, their forms, what is believed of them, and what is found in them.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use bioxen_lua::testing::{RepositoriesSetup, Steps, Supplied, repositories_with};
use bioxen_lua::{
    Edition, ErrorKind, ManifestForm, PackageName, RefreshResult, Repositories, Repository, Result,
    SecretKey, Trust, Version,
};
use tempfile::TempDir;

use super::shelf::{Shelf, rockspec, small, zipped};
use crate::support::engine;

/// Repositories with one folder, `base`.
pub struct Room {
    folder: TempDir,
    pub repositories: Repositories,
}

impl Room {
    pub fn of(shelf: &Shelf) -> Room {
        Room::with(shelf, |repository| repository)
    }

    pub fn with(shelf: &Shelf, change: impl FnOnce(Repository) -> Repository) -> Room {
        let folder = tempfile::tempdir().expect("a folder");
        let repositories = Repositories::open(engine(), folder.path().join("root")).expect("a root");
        let room = Room { folder, repositories };
        room.put(shelf);
        let repository = change(Repository::new("base", &room.path("base")).expect("a repository"));
        room.repositories.add(repository).wait().expect("added");
        room
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub fn put(&self, shelf: &Shelf) {
        shelf.write(Path::new(&self.path("base")));
    }

    pub fn supply(&self) -> Supplied {
        Supplied::of(&self.repositories).expect("a supply")
    }

    pub fn refresh(&self) -> RefreshResult {
        let mut refreshed = self.repositories.refresh().wait().expect("asked");
        assert_eq!(refreshed[0].repository, "base");
        refreshed.swap_remove(0).result
    }

    /// Signs what is in the folder.
    pub fn sign(&self, key: &SecretKey, serial: u64) {
        self.sign_as(key, edition(serial));
    }

    pub fn sign_as(&self, key: &SecretKey, edition: Edition) {
        self.repositories.write_index(self.path("base"), edition, key.clone()).wait().expect("signed");
    }
}

pub fn edition(serial: u64) -> Edition {
    let created = SystemTime::now();
    Edition { id: "base".into(), serial, created, expires: created + Duration::from_secs(3600) }
}

pub fn name(text: &str) -> PackageName {
    text.parse().expect("a name")
}

pub fn version(text: &str) -> Version {
    text.parse().expect("a version")
}

pub fn versions(supply: &Supplied, package: &str) -> Vec<String> {
    let mut versions: Vec<String> =
        supply.versions(&name(package)).expect("versions").iter().map(ToString::to_string).collect();
    versions.sort();
    versions
}

#[track_caller]
pub fn fails<T>(result: Result<T>, kind: ErrorKind, reason: &str) {
    let error = result.err().expect("it is refused");
    assert_eq!(error.kind(), kind, "{error:?}");
    assert!(error.to_string().contains(reason), "{error}");
}

fn names(repositories: &Repositories) -> Vec<String> {
    repositories.list().wait().expect("listed").iter().map(|one| one.name().to_string()).collect()
}

fn unsigned(name: &str, address: &str) -> Repository {
    Repository::new(name, address).expect("a repository")
}

#[test]
fn repositories_have_an_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let repositories = Repositories::open(engine(), folder.path()).expect("a root");
    assert_eq!(names(&repositories), [""; 0]);
    for name in ["one", "two", "three"] {
        repositories.add(unsigned(name, "/srv/rocks")).wait().expect("added");
    }
    let again = Repositories::open(engine(), folder.path()).expect("a root");
    assert_eq!(names(&again), ["one", "two", "three"]);
    fails(repositories.add(unsigned("two", "/other")).wait(), ErrorKind::Exists, "`two`");
    again.reorder(&["three", "one", "two"]).wait().expect("reordered");
    assert_eq!(names(&repositories), ["three", "one", "two"]);
    fails(again.reorder(&["three", "one"]).wait(), ErrorKind::InvalidConfig, "`two` is missing");
    fails(again.reorder(&["one", "one", "two"]).wait(), ErrorKind::InvalidConfig, "named twice");
    fails(again.reorder(&["one", "two", "four"]).wait(), ErrorKind::RepositoryNotFound, "`four`");
    repositories.remove("one").wait().expect("removed");
    assert_eq!(names(&repositories), ["three", "two"]);
    fails(repositories.remove("one").wait(), ErrorKind::RepositoryNotFound, "`three`, `two`");
    fails(repositories.get("one").wait(), ErrorKind::RepositoryNotFound, "`one`");
    assert_eq!(repositories.get("two").wait().expect("there").address(), "/srv/rocks");
}

#[test]
fn settings_are_kept_with_all_they_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let repositories = Repositories::open(engine(), folder.path()).expect("a root");
    fs::write(folder.path().join("config.toml"), "[limits]\nmemory = 5\n").expect("written");
    let key = SecretKey::generate().and_then(|key| key.public()).expect("a key");
    let signed = unsigned("signed", "https://example.org/rocks")
        .with_trust(Trust::Signed(vec![key]))
        .with_manifest(ManifestForm::Json)
        .with_certificates("/etc/own.pem");
    let first_use = unsigned("first", "https://example.org").with_trust(Trust::FirstUse);
    for repository in [&signed, &first_use] {
        repositories.add(repository.clone()).wait().expect("added");
    }
    assert_eq!(repositories.list().wait().expect("listed"), [signed, first_use]);
    let text = fs::read_to_string(folder.path().join("config.toml")).expect("text");
    assert!(text.contains("memory = 5"), "{text}");
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let repositories = Repositories::open(engine(), folder.path()).expect("a root");
    let web = || unsigned("web", "https://example.org");
    let refused = |repository: Repository, reason: &str| {
        fails(repositories.add(repository).wait(), ErrorKind::InvalidConfig, reason);
    };
    refused(web(), "a key that signs it, or trust on first use");
    refused(web().with_trust(Trust::Unsigned), "cannot be unsigned");
    refused(unsigned("x", "/x").with_trust(Trust::Signed(Vec::new())), "a key that signs it");
    refused(unsigned("x", "/x").with_certificates("/x.pem"), "begins with `https`");
    refused(web().with_trust(Trust::FirstUse).with_certificates("x.pem"), "absolute path");
    for name in ["", "A", "a/b", "..", "a.b", "-a", &"a".repeat(65), "a\n"] {
        fails(Repository::new(name, "/x"), ErrorKind::InvalidName, "expected a name");
    }
    fails(repositories.add(unsigned("catalogue", "/x")).wait(), ErrorKind::Exists, "catalogue");
    assert_eq!(names(&repositories), [""; 0]);
}

#[test]
fn a_settings_file_that_nobody_wrote_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let repositories = Repositories::open(engine(), folder.path()).expect("a root");
    let key = SecretKey::generate().and_then(|key| key.public()).expect("a key");
    for text in [
        "repository = 1".to_string(),
        "[[repository]]\nname = 'a'".into(),
        "[[repository]]\nname = 'a'\naddress = '/x'\ntrust = 'blind'".into(),
        "[[repository]]\nname = 'a'\naddress = '/x'\ntrust = 'signed'".into(),
        "[[repository]]\nname = 'a'\naddress = '/x'\ntrust = 'signed'\nkeys = ['x']".into(),
        format!("[[repository]]\nname = 'a'\naddress = '/x'\ntrust = 'unsigned'\nkeys = ['{key}']"),
        "[[repository]]\nname = 'a'\naddress = 'https://x'\ntrust = 'unsigned'".into(),
        "[[repository]]\nname = 'a'\naddress = '/x'\ntrust = 'unsigned'\nmore = 1".into(),
        "[[repository]]\nname = 'a'\naddress = '/x'\ntrust = 'unsigned'\nmanifest = 'xml'".into(),
        "[[repository]]\nname = 'a'\naddress = '/x'\ntrust = 'unsigned'\n".repeat(2),
        "\u{1}".into(),
        format!("x = {}{}", "[".repeat(10_000), "]".repeat(10_000)),
    ] {
        fs::write(folder.path().join("config.toml"), &text).expect("written");
        let error = repositories.list().wait().expect_err(&text);
        assert!(matches!(error.kind(), ErrorKind::InvalidConfig | ErrorKind::Exists), "{text}: {error:?}");
        let before = fs::read_to_string(folder.path().join("config.toml")).expect("text");
        assert!(repositories.add(unsigned("b", "/b")).wait().is_err());
        assert_eq!(before, text);
    }
}

#[test]
fn a_folder_is_read_by_its_path_and_by_its_url() {
    let shelf = small();
    let room = Room::of(&shelf);
    let other = tempfile::tempdir().expect("a folder");
    let by_url = Repositories::open(engine(), other.path()).expect("a root");
    by_url.add(unsigned("base", &format!("file://{}", room.path("base")))).wait().expect("added");
    for supply in [room.supply(), Supplied::of(&by_url).expect("a supply")] {
        assert_eq!(versions(&supply, "say"), ["1.3-1", "1.4.1-3"]);
        assert_eq!(versions(&supply, "inspect"), ["3.1.1-0"]);
        assert_eq!(versions(&supply, "nothing"), [""; 0]);
        let dependencies = supply.dependencies(&name("say"), &version("1.4.1-3")).expect("a rockspec");
        assert_eq!(dependencies[0].to_string(), "lua >= 5.1");
        let fetched = supply.fetch(&name("say"), &version("1.4.1-3")).expect("a rock");
        assert_eq!(fetched.artifact, "say-1.4.1-3.all.rock");
        assert_eq!(fetched.bytes, shelf.files["say-1.4.1-3.all.rock"]);
        assert_eq!((fetched.repository.as_str(), fetched.signed_by), ("base", None));
    }
}

#[test]
fn all_forms_of_a_manifest_give_the_same() {
    let plain = small();
    let text = plain.manifest();
    let mut unversioned = plain.clone();
    unversioned.files.remove("manifest-5.4");
    let mut packed = unversioned.clone();
    let mut json = unversioned.clone();
    unversioned.put("manifest", text.clone());
    packed
        .put("manifest-5.4.zip", zipped(&[("manifest-5.4", text.as_bytes())]))
        .put("manifest-5.4", "nonsense");
    let entry = |archs: &[&str]| {
        archs.iter().map(|arch| format!("{{\"arch\":\"{arch}\"}}")).collect::<Vec<_>>().join(",")
    };
    json.put(
        "manifest-5.4.json",
        format!(
            "{{\"commands\":[],\"modules\":{{}},\"repository\":{{\"say\":{{\"1.4.1-3\":[{}],\"1.3-1\":[{}]}},\
             \"inspect\":{{\"3.1.1-0\":[{}]}}}}}}",
            entry(&["rockspec", "all"]),
            entry(&["src", "rockspec"]),
            entry(&["src", "rockspec"])
        ),
    );
    json.put("manifest-5.4", "nonsense");
    for shelf in [plain, unversioned, packed, json.clone()] {
        let form = if shelf.files.contains_key("manifest-5.4.json") {
            ManifestForm::Json
        } else {
            ManifestForm::Lua
        };
        let room = Room::with(&shelf, |repository| repository.with_manifest(form));
        assert!(matches!(room.refresh(), RefreshResult::Changed { packages: 2 }));
        assert!(matches!(room.refresh(), RefreshResult::Unchanged { packages: 2 }));
        let supply = room.supply();
        assert_eq!(versions(&supply, "say"), ["1.3-1", "1.4.1-3"]);
        let best = |package: &str, text: &str| {
            supply.fetch(&name(package), &version(text)).expect("a rock").artifact
        };
        assert_eq!(best("say", "1.4.1-3"), "say-1.4.1-3.all.rock");
        assert_eq!(best("say", "1.3-1"), "say-1.3-1.src.rock");
        assert_eq!(best("inspect", "3.1.1-0"), "inspect-3.1.1-0.src.rock");
    }
    // JSON is for those who ask for it.
    let room = Room::of(&json);
    assert!(
        matches!(room.refresh(), RefreshResult::Failed(error) if error.kind() == ErrorKind::ManifestInvalid)
    );
}

#[test]
fn a_manifest_that_is_none_leaves_what_was_known() {
    let good = small();
    let room = Room::of(&good);
    let first = room.refresh();
    assert!(matches!(first, RefreshResult::Changed { packages: 2 }), "{first:?}");
    let text = good.manifest();
    let cut = &text[..text.len() / 2];
    let two = zipped(&[("manifest-5.4", text.as_bytes()), ("other", b"x")]);
    let other = zipped(&[("manifest-5.1", text.as_bytes())]);
    let packed = zipped(&[("manifest-5.4", text.as_bytes())]);
    let huge = vec![b' '; (64 << 20) + 1];
    let bomb = zipped(&[("manifest-5.4", &huge)]);
    let cases: Vec<(&str, Vec<u8>, ErrorKind)> = vec![
        ("manifest-5.4", cut.into(), ErrorKind::ManifestInvalid),
        ("manifest-5.4", "<!DOCTYPE html><p>hello".into(), ErrorKind::RepositoryUnreachable),
        ("manifest-5.4", "  \n<html>".into(), ErrorKind::RepositoryUnreachable),
        ("manifest-5.4", "repository = {}".into(), ErrorKind::ManifestInvalid),
        (
            "manifest-5.4",
            "repository = { say = 1 } modules = {} commands = {}".into(),
            ErrorKind::ManifestInvalid,
        ),
        ("manifest-5.4", "while true do end".into(), ErrorKind::EvaluationLimit),
        ("manifest-5.4", huge, ErrorKind::RepositoryUnreachable),
        ("manifest-5.4", Vec::new(), ErrorKind::ManifestInvalid),
        ("manifest-5.4.zip", two, ErrorKind::ArchiveUnsafe),
        ("manifest-5.4.zip", other, ErrorKind::ArchiveUnsafe),
        ("manifest-5.4.zip", packed[..packed.len() - 30].into(), ErrorKind::ArchiveUnsafe),
        ("manifest-5.4.zip", bomb, ErrorKind::ArchiveUnsafe),
        ("manifest-5.4.zip", "nonsense".into(), ErrorKind::ArchiveUnsafe),
    ];
    for (at, (file, bytes, kind)) in cases.into_iter().enumerate() {
        let mut bad = good.clone();
        bad.put(file, bytes);
        room.put(&bad);
        match room.refresh() {
            RefreshResult::Kept { age, error } => {
                assert_eq!(error.kind(), kind, "{at}: {error}");
                assert!(age < Duration::from_secs(600));
            }
            other => panic!("{at}: {other:?}"),
        }
        assert_eq!(versions(&room.supply(), "say"), ["1.3-1", "1.4.1-3"], "{at}");
        let fresh = Room::of(&bad);
        let failed = fresh.refresh();
        assert!(matches!(&failed, RefreshResult::Failed(error) if error.kind() == kind), "{at}: {failed:?}");
        fails(fresh.supply().versions(&name("say")), kind, "nothing is known yet");
    }
    room.put(&Shelf::default());
    assert!(
        matches!(room.refresh(), RefreshResult::Kept { error, .. } if error.to_string().contains("no manifest"))
    );
    fs::remove_dir_all(room.path("base")).expect("removed");
    let gone = room.refresh();
    let named = |error: &bioxen_lua::Error| error.to_string().contains(&room.path("base"));
    assert!(matches!(&gone, RefreshResult::Kept { error, .. } if named(error)), "{gone:?}");
    room.put(&good);
    assert!(matches!(room.refresh(), RefreshResult::Unchanged { packages: 2 }));
}

#[test]
fn json_that_goes_too_deep_or_says_things_twice_is_refused() {
    let around = |inside: &str| format!("{{\"commands\":{{}},\"modules\":{{}},\"repository\":{inside}}}");
    for json in [
        around(&"[".repeat(100_000)),
        around(&"{\"a\":".repeat(100_000)),
        around("{\"a\":{\"1-1\":[{\"arch\":\"src\"}]},\"a\":{}}"),
        around("[{\"a\":1}]"),
        "{}".into(),
        "\u{0}".into(),
    ] {
        let mut shelf = small();
        shelf.put("manifest-5.4.json", json);
        let room = Room::with(&shelf, |repository| repository.with_manifest(ManifestForm::Json));
        let refreshed = room.refresh();
        assert!(
            matches!(&refreshed, RefreshResult::Failed(error) if error.kind() == ErrorKind::ManifestInvalid)
        );
    }
}

#[test]
fn what_was_read_once_is_not_run_again() {
    let room = Room::of(&small());
    assert!(matches!(room.refresh(), RefreshResult::Changed { packages: 2 }));
    // Whoever ran the manifest again would not find this.
    let cached = Path::new(&room.path("root")).join("cache/base/manifest.json");
    let text = fs::read_to_string(&cached).expect("text").replace("\"1.3-1\"", "\"1.2-1\"");
    fs::write(&cached, text).expect("written");
    assert_eq!(versions(&room.supply(), "say"), ["1.2-1", "1.4.1-3"]);
    // What is damaged counts for nothing.
    for damaged in ["", "{", "[]", "{\"version\":1}", "\u{0}"] {
        fs::write(&cached, damaged).expect("written");
        assert_eq!(versions(&room.supply(), "say"), ["1.3-1", "1.4.1-3"]);
    }
    // What was known of one address says nothing of another.
    let text = fs::read_to_string(&cached).expect("text").replace("\"1.3-1\"", "\"1.2-1\"");
    fs::write(&cached, text).expect("written");
    let elsewhere = room.path("elsewhere");
    small().write(Path::new(&elsewhere));
    let settings = Path::new(&room.path("root")).join("config.toml");
    let text = fs::read_to_string(&settings).expect("text").replace(&room.path("base"), &elsewhere);
    fs::write(&settings, text).expect("written");
    assert_eq!(versions(&room.supply(), "say"), ["1.3-1", "1.4.1-3"]);
}

#[test]
fn the_first_repository_that_has_a_name_is_the_only_one() {
    let room = Room::of(&small());
    let mut evil = Shelf::default();
    evil.rock("say", "9.9-1", "all").rock("other", "1.0-1", "all").listed();
    evil.write(Path::new(&room.path("evil")));
    room.repositories.add(unsigned("evil", &room.path("evil"))).wait().expect("added");
    let supply = room.supply();
    assert_eq!(versions(&supply, "say"), ["1.3-1", "1.4.1-3"]);
    assert_eq!(supply.repository_of(&name("say")).expect("asked").as_deref(), Some("base"));
    assert_eq!(supply.repository_of(&name("other")).expect("asked").as_deref(), Some("evil"));
    fails(
        supply.fetch(&name("say"), &version("9.9-1")),
        ErrorKind::PackageNotFound,
        "`base` has no version 9.9-1",
    );
    let found = room.repositories.search("say").wait().expect("found");
    assert_eq!((found.len(), found[0].repository.as_str()), (1, "base"));
    // A first one that cannot be asked is not passed by: the second could take its names.
    fs::remove_dir_all(room.path("base")).expect("removed");
    fs::remove_dir_all(Path::new(&room.path("root")).join("cache")).expect("removed");
    fails(room.supply().versions(&name("other")), ErrorKind::RepositoryUnreachable, "`base`");
    room.repositories.reorder(&["evil", "base"]).wait().expect("reordered");
    assert_eq!(versions(&room.supply(), "say"), ["9.9-1"]);
}

#[test]
fn files_are_taken_in_the_best_form_that_runs_here() {
    let mut shelf = Shelf::default();
    shelf.rock("native", "1.0-1", "linux-x86_64");
    shelf.rockspec("bare", "1.0-1", "a rockspec alone");
    shelf.rock("rock", "1.0-1", "all").rock("rock", "1.0-1", "src").rock("rock", "1.0-1", "linux-x86_64");
    shelf.listed();
    let room = Room::of(&shelf);
    let supply = room.supply();
    let one = version("1.0-1");
    assert_eq!(versions(&supply, "native"), ["1.0-1"]);
    fails(supply.fetch(&name("native"), &one), ErrorKind::NativeUnsupported, "`linux-x86_64`");
    fails(supply.dependencies(&name("native"), &one), ErrorKind::NativeUnsupported, "machine code");
    fails(supply.fetch(&name("bare"), &one), ErrorKind::SourceUnsupported, "only the rockspec");
    supply.dependencies(&name("bare"), &one).expect("a rockspec");
    assert_eq!(supply.fetch(&name("rock"), &one).expect("a rock").artifact, "rock-1.0-1.all.rock");
    // Without a rockspec beside it, the one in it counts.
    assert_eq!(supply.dependencies(&name("rock"), &one).expect("a rockspec")[0].to_string(), "lua >= 5.1");
    fails(supply.fetch(&name("none"), &one), ErrorKind::PackageNotFound, "`none`");
}

#[test]
fn rockspecs_have_to_be_of_the_package_that_was_asked_for() {
    let mut shelf = small();
    shelf.put("say-1.4.1-3.rockspec", rockspec("say", "1.3-1", "x"));
    shelf.put("say-1.3-1.rockspec", rockspec("inspect", "1.3-1", "x"));
    shelf.put("inspect-3.1.1-0.rockspec", "<html>");
    let room = Room::of(&shelf);
    let supply = room.supply();
    fails(supply.dependencies(&name("say"), &version("1.4.1-3")), ErrorKind::RockspecInvalid, "1.3-1");
    fails(supply.dependencies(&name("say"), &version("1.3-1")), ErrorKind::RockspecInvalid, "inspect");
    let inspect = supply.dependencies(&name("inspect"), &version("3.1.1-0"));
    fails(inspect, ErrorKind::RepositoryUnreachable, "web page");
    fs::remove_file(room.path("base/say-1.3-1.rockspec")).expect("removed");
    let gone = supply.dependencies(&name("say"), &version("1.3-1"));
    fails(gone, ErrorKind::RepositoryUnreachable, "though its manifest names it");
    fails(supply.dependencies(&name("say"), &version("7-1")), ErrorKind::PackageNotFound, "7-1");
}

#[test]
fn packages_are_found_by_name_summary_and_label() {
    let mut shelf = small();
    shelf.rock("textual", "1.0-1", "all").rockspec("scm-only", "scm-1", "moving");
    shelf.rockspec("say", "scm-1", "moving").listed();
    let room = Room::of(&shelf);
    let found = |text: &str| {
        let found = room.repositories.search(text).wait().expect("found");
        found.into_iter().map(|found| format!("{} {}", found.name, found.version)).collect::<Vec<_>>()
    };
    assert_eq!(found("say"), ["say 1.4.1-3"]);
    assert_eq!(found("TEXT"), ["textual 1.0-1", "inspect 3.1.1-0"]);
    assert_eq!(found("label-of-inspect"), ["inspect 3.1.1-0"]);
    assert_eq!(found("of a rock"), ["textual 1.0-1"]);
    assert_eq!(found("scm"), ["scm-only scm-1"]);
    assert_eq!(found(" "), ["inspect 3.1.1-0", "say 1.4.1-3", "scm-only scm-1", "textual 1.0-1"]);
    assert_eq!(found("nothing"), [""; 0]);
    let say = &room.repositories.offline().search("say").wait().expect("found")[0];
    assert_eq!(say.summary.as_deref(), Some("Translations"));
    assert_eq!((say.labels.as_slice(), say.repository.as_str()), (&["label-of-say".to_string()][..], "base"));
}

#[test]
fn what_the_program_carries_comes_first() {
    static CARRIED: [(&str, &[u8]); 2] = [
        (
            "carried-1.0-1.rockspec",
            b"package = 'carried' version = '1.0-1' source = { url = 'x' } build = { type = 'none' }",
        ),
        ("say-9.0-1.all.rock", b"rock"),
    ];
    let room = Room::of(&small());
    let setup = RepositoriesSetup { carried: &CARRIED, ..RepositoriesSetup::default() };
    let repositories = repositories_with(engine(), Path::new(&room.path("root")), setup).expect("a root");
    let supply = Supplied::of(&repositories.offline()).expect("a supply");
    assert_eq!(versions(&supply, "say"), ["9.0-1"]);
    assert_eq!(versions(&supply, "inspect"), ["3.1.1-0"]);
    let fetched = supply.fetch(&name("say"), &version("9.0-1")).expect("carried");
    assert_eq!((fetched.bytes.as_slice(), fetched.repository.as_str()), (&b"rock"[..], "catalogue"));
    supply.dependencies(&name("carried"), &version("1.0-1")).expect("a rockspec");
    assert_eq!(repositories.search("carried").wait().expect("found").len(), 1);
    assert_eq!(names(&repositories), ["base"]);
    assert_eq!(repositories.refresh().wait().expect("asked").len(), 1);
}

/// Steps of which the n-th fails, and how many there were.
fn failing(at: i64) -> Steps {
    let left = AtomicI64::new(at);
    Steps::new(move |_| match left.fetch_sub(1, Ordering::Relaxed) {
        0 => Err(std::io::Error::other("the disk is full")),
        _ => Ok(()),
    })
}

#[test]
fn a_disk_that_fails_at_any_step_leaves_what_was_known_and_seen() {
    let mut steps = 0;
    loop {
        let room = Room::with(&small(), |repository| repository.with_trust(Trust::FirstUse));
        let one = version("1.3-1");
        let before = room.supply().fetch(&name("say"), &one).expect("a rock");
        let setup = RepositoriesSetup { steps: failing(steps), ..RepositoriesSetup::default() };
        let broken = repositories_with(engine(), Path::new(&room.path("root")), setup).expect("a root");
        let mut more = small();
        more.rock("say", "1.5-1", "all").listed();
        room.put(&more);
        // A manifest that cannot be kept is used all the same.
        let supply = Supplied::of(&broken).expect("a supply");
        assert_eq!(versions(&supply, "say"), ["1.3-1", "1.4.1-3", "1.5-1"], "step {steps}");
        // What cannot be noted as seen is not believed.
        let fetched = supply.fetch(&name("say"), &version("1.5-1"));
        if let Err(error) = &fetched {
            assert_eq!(error.kind(), ErrorKind::Storage, "step {steps}: {error}");
        }
        assert_eq!(room.supply().fetch(&name("say"), &one).expect("as before"), before);
        room.supply().fetch(&name("say"), &version("1.5-1")).expect("with a good disk");
        let added = broken.add(unsigned("more", "/more")).wait();
        let list = names(&room.repositories); // the one before or the new one: the very last step may fail
        assert!(list == ["base", "more"] || added.is_err() && list == ["base"], "step {steps}: {list:?}");
        if fetched.is_ok() && added.is_ok() && steps > 12 {
            break;
        }
        steps += 1;
    }
}
