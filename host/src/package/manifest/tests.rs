use serde_json::json;

use super::*;
use crate::value::{Value, to_value};

fn globals(json: serde_json::Value) -> Table {
    match to_value(&json).expect("JSON has its counterparts in Lua") {
        Value::Table(table) => table,
        other => panic!("{other:?} is no table"),
    }
}

fn say() -> serde_json::Value {
    json!({
        "modules": {}, "commands": {},
        "repository": {
            "say": {
                "1.4.1-3": [{"arch": "rockspec"}, {"arch": "src"}, {"arch": "all"}],
                "scm-1": [{"arch": "rockspec"}],
                "1.3-1": [{"arch": "linux-x86_64"}],
                "../1-1": [{"arch": "all"}],
            },
            "Say": {"9-1": [{"arch": "all"}]},
            "../etc": {"1-1": [{"arch": "all"}]},
            "lfs": {"1-1": [{"arch": "../all"}, {"arch": "installed"}]},
        },
    })
}

#[track_caller]
fn refused(json: serde_json::Value) {
    let text = json.to_string();
    assert_eq!(Manifest::from_json(text.as_bytes()).expect_err(&text).kind(), ErrorKind::ManifestInvalid);
    assert_eq!(Manifest::from_table(&globals(json)).expect_err(&text).kind(), ErrorKind::ManifestInvalid);
}

#[test]
fn both_forms_say_the_same() {
    let manifest = Manifest::from_table(&globals(say())).expect("a manifest");
    assert_eq!(Manifest::from_json(say().to_string().as_bytes()).expect("a manifest"), manifest);
    let name = "say".parse().expect("a name");
    assert_eq!(manifest.packages.keys().collect::<Vec<_>>(), [&name]);
    let mut versions = manifest.versions(&name);
    versions.sort();
    assert_eq!(versions.iter().map(Version::as_str).collect::<Vec<_>>(), ["1.4.1-3", "scm-1"]);
    let archs = |version: usize| manifest.archs(&name, &versions[version]).expect("it is there");
    assert_eq!((Form::best(archs(0)), Form::best(archs(1))), (Some(Form::Built), Some(Form::Rockspec)));
}

#[test]
fn the_cache_keeps_all_of_it() {
    let manifest = Manifest::from_table(&globals(say())).expect("a manifest");
    let kept = serde_json::to_string(&manifest).expect("it can be written");
    assert_eq!(serde_json::from_str::<Manifest>(&kept).expect("it can be read"), manifest);
}

#[test]
fn an_empty_repository_has_a_manifest() {
    let empty = json!({"repository": [], "modules": [], "commands": {}});
    assert_eq!(Manifest::from_json(empty.to_string().as_bytes()).expect("a manifest"), Manifest::default());
    assert_eq!(Manifest::from_table(&globals(empty)).expect("a manifest"), Manifest::default());
}

#[test]
fn what_is_no_manifest_is_refused() {
    refused(json!({"repository": {}, "modules": {}}));
    refused(json!({"modules": {}, "commands": {}}));
    refused(json!({"repository": {}, "modules": {}, "commands": {}, "more": {}}));
    refused(json!({"repository": 1, "modules": {}, "commands": {}}));
    refused(json!({"repository": {"say": 1}, "modules": {}, "commands": {}}));
    refused(json!({"repository": {"say": {"1-1": 1}}, "modules": {}, "commands": {}}));
    refused(json!({"repository": {"say": {"1-1": [1]}}, "modules": {}, "commands": {}}));
    refused(json!({"repository": {"say": {"1-1": [{"arch": 1}]}}, "modules": {}, "commands": {}}));
    refused(json!({"repository": ["say"], "modules": {}, "commands": {}}));
    for text in ["", "<html>", "{", "[]", "null", "\u{0}", &"[".repeat(100_000)] {
        assert_eq!(
            Manifest::from_json(text.as_bytes()).expect_err("no JSON").kind(),
            ErrorKind::ManifestInvalid
        );
    }
}

#[test]
fn versions_that_nobody_could_ask_for_are_left_out() {
    for version in [" 1-1", "1-1\n", "\u{b}1-1", "1 -1", "1_0-1", "1"] {
        let served = json!({
            "repository": { "say": { version: [{ "arch": "all" }] } }, "modules": {}, "commands": {}
        });
        let manifest = Manifest::from_json(served.to_string().as_bytes()).unwrap();
        assert_eq!(manifest, Manifest::default(), "{version:?}");
        assert_eq!(Manifest::from_table(&globals(served)).unwrap(), Manifest::default(), "{version:?}");
    }
}

#[test]
fn nothing_is_named_twice() {
    for text in [
        r#"{"repository": {"say": {}, "say": {}}, "modules": {}, "commands": {}}"#,
        r#"{"repository": {"say": {"1-1": [], "1-1": []}}, "modules": {}, "commands": {}}"#,
        r#"{"repository": {}, "repository": {}, "modules": {}, "commands": {}}"#,
    ] {
        let error = Manifest::from_json(text.as_bytes()).expect_err("a double");
        assert_eq!(error.kind(), ErrorKind::ManifestInvalid, "{text}");
    }
}

#[track_caller]
fn artifact(text: &str, name: &str, version: &str, arch: Arch) {
    let artifact: ArtifactName = text.parse().expect("a name of a file");
    assert_eq!(artifact.to_string(), text);
    assert_eq!((artifact.name.as_str(), artifact.version.as_str(), artifact.arch), (name, version, arch));
}

#[test]
fn names_of_files_are_read_from_behind() {
    artifact("say-1.4.1-3.all.rock", "say", "1.4.1-3", Arch::All);
    artifact("say-1.4.1-3.rockspec", "say", "1.4.1-3", Arch::Rockspec);
    artifact("lua-cjson-2.1.0-1.src.rock", "lua-cjson", "2.1.0-1", Arch::Source);
    artifact("lpeg-1.1-1.linux-x86_64.rock", "lpeg", "1.1-1", Arch::Native("linux-x86_64".into()));
    artifact("a-1-b-2-scm-1.all.rock", "a-1-b-2", "scm-1", Arch::All);
    artifact("a.b-1.0.2-10.rockspec", "a.b", "1.0.2-10", Arch::Rockspec);
}

#[test]
fn names_of_no_files_are_refused() {
    for text in [
        "",
        "say",
        "say-1.4.1-3",
        "say-1.4.1-3.rock",
        "say-1.4.1.all.rock",
        "say-1.4.1-x.all.rock",
        "-1-1.all.rock",
        "1-1.all.rock",
        "Say-1-1.all.rock",
        "../say-1-1.all.rock",
        "say-../1-1.all.rock",
        "say-1_0-1.all.rock",
        "say-1-1.a/b.rock",
        "say-1-1.installed.rock",
        "say-1-1.rockspec.rock",
        "say-1-1.all.rock\0",
        "say-1-1.all.rock.asc",
    ] {
        assert_eq!(text.parse::<ArtifactName>().expect_err(text).kind(), ErrorKind::InvalidName, "{text:?}");
    }
}
