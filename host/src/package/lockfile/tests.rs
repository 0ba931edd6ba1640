use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::error::ErrorKind;
use crate::value::{Value, to_value};

fn hash_of(digit: char) -> String {
    digit.to_string().repeat(64)
}

fn name(text: &str) -> PackageName {
    text.parse().expect("a name")
}

fn version(text: &str) -> Version {
    text.parse().expect("a version")
}

fn package(package: &str, of: &str, dependencies: &[(&str, &str)]) -> LockedPackage {
    LockedPackage {
        name: name(package),
        version: version(of),
        repository: "base".to_owned(),
        artifact: format!("{package}-{of}.all.rock").parse().expect("a file name"),
        sha256: hash_of('a'),
        size: 36_883,
        rockspec_sha256: hash_of('b'),
        tree_sha256: hash_of('c'),
        dependencies: dependencies.iter().map(|(one, of)| (name(one), version(of))).collect(),
        signed_by: Some("84749F58660BAFD7".to_owned()),
    }
}

fn wanted(texts: &[&str]) -> Vec<Requirement> {
    texts.iter().map(|text| text.parse().expect("a requirement")).collect()
}

fn lock() -> Lockfile {
    let packages = vec![
        LockedPackage { signed_by: None, ..package("say", "1.4.1-3", &[]) },
        package("luassert", "1.9.0-1", &[("say", "1.4.1-3"), ("lpeg", "1.0.2-1")]),
    ];
    Lockfile::new(&wanted(&["luassert"]), &hash_of('d'), packages, vec![(name("lpeg"), version("1.0.2-1"))])
}

const TEXT: &str = r#"version = 1
lua = "5.4"
requirements_sha256 = "67824d6fd991482e5e95ee5839102bd628ee3977a42d5bd8b81929de978ba501"
guest_sha256 = "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"

[[package]]
name = "luassert"
version = "1.9.0-1"
repo = "base"
artifact = "luassert-1.9.0-1.all.rock"
sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
size = 36883
rockspec_sha256 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
tree_sha256 = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
dependencies = ["lpeg 1.0.2-1", "say 1.4.1-3"]
signed_by = "84749F58660BAFD7"

[[package]]
name = "say"
version = "1.4.1-3"
repo = "base"
artifact = "say-1.4.1-3.all.rock"
sha256 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
size = 36883
rockspec_sha256 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
tree_sha256 = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
dependencies = []

[[provided]]
name = "lpeg"
version = "1.0.2-1"
"#;

#[test]
fn a_lock_is_written_and_read() {
    let text = lock().text().expect("it can be written");
    assert_eq!(text, TEXT);
    assert_eq!(Lockfile::read(&text).expect("it can be read"), lock());
    let read = lock();
    assert_eq!(read.package(&name("say")).expect("it is there").version, version("1.4.1-3"));
    assert_eq!(read.package(&name("lay")), None);
    assert_eq!(read.versions().len(), 2);
    let empty = Lockfile::new(&[], &hash_of('0'), Vec::new(), Vec::new());
    assert_eq!(Lockfile::read(&empty.text().expect("it can be written")).expect("it can be read"), empty);
}

#[test]
fn a_lock_is_for_its_requirements_in_any_order() {
    let lock = Lockfile::new(&wanted(&["say >= 1", "luassert"]), &hash_of('d'), Vec::new(), Vec::new());
    assert!(
        lock.is_for(&wanted(&["luassert", "say >= 1"]))
            && lock.is_for(&wanted(&["luassert", "say>=1", "say >= 1"]))
    );
    assert!(!lock.is_for(&wanted(&["luassert", "say >= 2"])) && !lock.is_for(&[]));
}

#[track_caller]
fn refused(from: &str, to: &str, message: &str) {
    assert!(TEXT.contains(from), "{from} is not in the lock");
    let error = Lockfile::read(&TEXT.replacen(from, to, 1)).expect_err(to);
    assert!(error.to_string().starts_with(message), "{error}");
    assert!(matches!(error.kind(), ErrorKind::LockInvalid | ErrorKind::LuaVersionMismatch), "{error:?}");
}

#[test]
fn what_no_lock_says_is_refused_by_line_or_field() {
    refused("version = 1\n", "version = 2\n", "lock file: field `version`: this version reads 1, got 2");
    refused("version = 1\n", "", "lock file: line 1: missing field `version`");
    refused("lua = \"5.4\"", "lua = \"5.1\"", "lock file: it is for Lua \"5.1\"");
    refused("lua = ", "more = 1\nlua = ", "lock file: line 2: unknown field `more`");
    refused("lua = \"5.4\"", "lua = \"5.4", "lock file: line 2: ");
    refused("= \"dddd", "= \"xddd", "lock file: line 4: expected 64 small hexadecimal digits");
    refused(
        "sha256 = \"aaaa",
        "sha256 = \"aaaaa",
        "lock file: line 11: expected 64 small hexadecimal digits",
    );
    refused("tree_sha256 = \"cccc", "tree_sha256 = \"CCCC", "lock file: line 14: ");
    refused("name = \"luassert\"", "name = \"../x\"", "lock file: line 7: name \"../x\" of a package");
    refused("version = \"1.9.0-1\"", "version = \"1/9\"", "lock file: line 8: version \"1/9\"");
    refused("size = 36883", "size = -1", "lock file: line 12: ");
    refused("size = 36883", "size = 99999999999999999999", "lock file: line 12: ");
    refused("repo = \"base\"", "repo = \"\"", "lock file: line 9: expected a name of 1 to 128 bytes");
    refused("luassert-1.9.0-1.all.rock", "../x", "lock file: line 10: file name \"../x\"");
    refused(
        "luassert-1.9.0-1.all",
        "luassert-1.9.0-2.all",
        "lock file: package `luassert`: field `artifact`",
    );
    refused("say-1.4.1-3.all", "say-1.4.1-3.linux-x86_64", "lock file: package `say`: field `artifact`");
    refused("\"say 1.4.1-3\"", "\"say\"", "lock file: line 15: lock file: expected a name and a version");
    refused(
        "\"say 1.4.1-3\"",
        "\"say 1.3-1\"",
        "lock file: package `luassert`: it needs `say 1.3-1`, which is not locked",
    );
    refused("\"say 1.4.1-3\"", "\"lpeg 1.0.2-1\"", "lock file: package `luassert`: it needs `lpeg` twice");
    refused("name = \"lpeg\"", "name = \"say\"", "lock file: package `say`: it is there twice");
    let twice =
        TEXT.replace("luassert", "say").replace("1.9.0-1", "1.4.1-3").replace(", \"say 1.4.1-3\"", "");
    assert!(Lockfile::read(&twice).expect_err("twice").to_string().contains("`say`: it is there twice"));
}

#[test]
fn locks_are_bounded() {
    let error = Lockfile::read(&"#".repeat((8 << 20) + 1)).expect_err("too large");
    assert_eq!(error.kind(), ErrorKind::LockInvalid);
    for deep in ["a = ".to_owned() + &"[".repeat(100_000), "a.".repeat(100_000) + "b = 1"] {
        assert_eq!(Lockfile::read(&deep).expect_err("too deep").kind(), ErrorKind::LockInvalid);
    }
    let many: String =
        (0..10_001).map(|at| format!("[[provided]]\nname = \"p{at}\"\nversion = \"1-1\"\n")).collect();
    assert!(
        Lockfile::read(&(TEXT.to_owned() + &many))
            .expect_err("too many")
            .to_string()
            .contains("at most 10000")
    );
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(at in 0..TEXT.len(), byte in any::<u8>(), length in 0..4_usize) {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.splice(at..(at + length).min(TEXT.len()), [byte]);
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(lock) = Lockfile::read(&text) {
            let written = lock.text().expect("it can be written");
            prop_assert_eq!(Lockfile::read(&written).expect("it can be read again"), lock);
        }
    }
}

fn table(json: &serde_json::Value) -> Table {
    match to_value(json).expect("JSON has its counterparts in Lua") {
        Value::Table(table) => table,
        other => panic!("{other:?} is no table"),
    }
}

#[test]
fn lock_files_of_luarocks_are_wishes() {
    let lock =
        json!({"dependencies": {"lua": "5.4-1", "say": "1.4.1-3"}, "build_dependencies": {"x": "1-1"}});
    let versions = Lockfile::versions_of_luarocks(&table(&lock)).expect("it can be read");
    assert_eq!(versions, BTreeMap::from([(name("say"), version("1.4.1-3"))]));
    for bad in [
        json!({"dependencies": 1}),
        json!({"more": {}}),
        json!({"dependencies": ["say"]}),
        json!({"dependencies": {"say": 1}}),
        json!({"dependencies": {"say": "1/2"}}),
        json!({"dependencies": {"../say": "1-1"}}),
        json!({"dependencies": {"say": "1-1", "Say": "2-1"}}),
    ] {
        assert_eq!(
            Lockfile::versions_of_luarocks(&table(&bad)).expect_err("bad").kind(),
            ErrorKind::LockInvalid,
            "{bad}"
        );
    }
}

#[test]
fn luarocks_gets_a_lock_file() {
    let expected = "return {\n   dependencies = {\n      [\"luassert\"] = \"1.9.0-1\",\n      [\"say\"] = \"1.4.1-3\"\n   }\n}\n";
    assert_eq!(lock().text_for_luarocks(), expected);
}
