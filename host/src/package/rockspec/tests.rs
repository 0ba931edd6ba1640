use serde_json::{Value as Json, json};

use super::*;
use crate::package::manifest::Form;
use crate::package::name::ModuleName;
use crate::value::{LuaString, Value, to_value};

fn table(json: &Json) -> Table {
    match to_value(json).expect("JSON has its counterparts in Lua") {
        Value::Table(table) => table,
        other => panic!("{other:?} is no table"),
    }
}

/// A rockspec with some fields more, or others in their place.
fn with(more: Json) -> Json {
    let mut rockspec = json!({
        "rockspec_format": "3.0",
        "package": "Say",
        "version": "1.4.1-3",
        "source": {"url": "https://example.org/say-1.4.1.tar.gz"},
        "build": {"type": "builtin", "modules": {"say": "src/say/init.lua"}},
    });
    let fields = rockspec.as_object_mut().expect("an object");
    fields.extend(more.as_object().expect("an object").clone());
    fields.retain(|_, value| !value.is_null());
    rockspec
}

#[track_caller]
fn read(more: Json) -> Rockspec {
    let json = with(more);
    Rockspec::from_table(&table(&json)).unwrap_or_else(|error| panic!("{json}: {error:?}"))
}

/// A rockspec is refused because of this field.
#[track_caller]
fn refused(field: &str, more: Json) -> String {
    let json = with(more);
    let error = Rockspec::from_table(&table(&json)).expect_err(&json.to_string());
    assert_eq!(error.kind(), ErrorKind::RockspecInvalid, "{error}");
    assert!(error.to_string().starts_with(&format!("rockspec field `{field}`: ")), "{error}");
    error.to_string()
}

fn texts(list: &[Requirement]) -> Vec<String> {
    list.iter().map(Requirement::to_string).collect()
}

fn copies(list: &[Placed]) -> Vec<(&str, &str)> {
    list.iter().map(|placed| (placed.from.as_str(), placed.to.as_str())).collect()
}

#[test]
fn all_fields_are_read() {
    let rockspec = read(json!({
        "description": {
            "summary": "Says", "detailed": "Says\nmore", "homepage": "https://example.org",
            "license": "MIT", "maintainer": "Somebody", "labels": ["i18n", "text"], "issues_url": "https://example.org/issues",
        },
        "dependencies": ["lua >= 5.1, < 5.5", "user/other ~> 2"],
        "build_dependencies": ["luafilesystem"],
        "test_dependencies": ["busted >= 2"],
        "supported_platforms": ["unix", "!macosx"],
        "external_dependencies": {"ZLIB": {"header": "zlib.h", "library": "z"}},
        "hooks": {"post_install": "true"},
        "test": {"type": "busted"},
        "deploy": {"wrap_bin_scripts": false},
    }));
    assert_eq!((rockspec.package.as_str(), rockspec.version.as_str()), ("say", "1.4.1-3"));
    assert_eq!((rockspec.summary.as_deref(), rockspec.license.as_deref()), (Some("Says"), Some("MIT")));
    assert_eq!(rockspec.labels, ["i18n", "text"]);
    assert_eq!(texts(&rockspec.dependencies), ["lua >= 5.1, < 5.5", "user/other ~> 2"]);
    assert_eq!(texts(&rockspec.build_dependencies), ["luafilesystem"]);
    assert_eq!(texts(&rockspec.test_dependencies), ["busted >= 2"]);
    assert_eq!(rockspec.supported_platforms, ["unix", "!macosx"]);
    assert_eq!(rockspec.external_dependencies, ["ZLIB"]);
    assert!(rockspec.has_hooks);
}

#[test]
fn sources_are_read() {
    let source = read(json!({"source": {
        "url": "git+https://example.org/say", "md5": "0123456789ABCDEF0123456789abcdef", "dir": "./say//x/",
        "tag": "v1", "branch": "main",
    }}))
    .source;
    assert_eq!(source.md5.as_deref(), Some("0123456789abcdef0123456789abcdef"));
    assert_eq!((source.dir.as_deref(), source.scheme()), (Some("say/x"), "git+https"));
    assert!(source.is_versioned());
    let source = read(json!({})).source;
    assert_eq!(
        (source.file_name(), source.dir.as_deref(), source.is_versioned()),
        ("say-1.4.1.tar.gz", None, false)
    );
    assert_eq!(read(json!({"source": {"url": "x", "md5": ""}})).source.md5, None);
    let source = read(json!({"source": {"url": "say.zip", "dir": ".", "file": "other.zip"}})).source;
    assert_eq!(
        (source.scheme(), source.file_name(), source.dir.as_deref()),
        ("file", "other.zip", Some("."))
    );
    let source =
        read(json!({"source": {"url": "cvs://example.org", "cvs_module": "old", "cvs_tag": "t"}})).source;
    assert_eq!((source.dir.as_deref(), source.tag.as_deref()), (Some("old"), Some("t")));
}

#[test]
fn modules_go_where_require_looks() {
    let build = read(json!({"build": {"modules": {
        "say": "./src/say.lua", "say.init": "src/init.lua", "say.de": "src/de/init.lua", "say.core": "src/core.c",
        "say.more": ["a.c", "b.c"], "say.most": {"sources": "c.c", "libraries": ["m"], "defines": []},
    }}}))
    .build;
    let modules = build.modules.as_ref().expect("modules");
    let lua = |name: &str| match &modules[&name.parse::<ModuleName>().expect("a name")] {
        ModuleSource::Lua(placed) => format!("{} {}", placed.from, placed.to),
        ModuleSource::Native(files) => files.join(" "),
    };
    assert_eq!(lua("say"), "src/say.lua say.lua");
    assert_eq!(lua("say.init"), "src/init.lua say/init.lua");
    assert_eq!(lua("say.de"), "src/de/init.lua say/de/init.lua");
    assert_eq!(
        (lua("say.core"), lua("say.more"), lua("say.most")),
        ("src/core.c".into(), "a.c b.c".into(), "c.c".into())
    );
    assert_eq!(
        build.native_modules().map(ModuleName::as_str).collect::<Vec<_>>(),
        ["say.core", "say.more", "say.most"]
    );
}

#[test]
fn files_to_install_have_names_or_not() {
    let mut globals = table(&with(json!({"build": {"type": "none", "install": {
        "bin": {"say": "bin/say.lua", "x/y": "z"}, "conf": ["etc/say.conf"], "lib": {"a.b": "x/b.so"}, "lua": {},
    }}})));
    let (foo, bar) = (
        (Value::from("foo.bar"), Value::from("src/b.lua")),
        (Value::from("foo.txt"), Value::from("src/b.txt")),
    );
    *inside(inside(inside(&mut globals, "build"), "install"), "lua") =
        Table { sequence: vec![Value::from("src/one.lua")], pairs: vec![foo, bar] };
    let install = Rockspec::from_table(&globals).expect("a rockspec").build.install;
    assert_eq!(
        copies(&install.lua),
        [("src/one.lua", "one.lua"), ("src/b.lua", "foo/bar.lua"), ("src/b.txt", "foo/b.txt")]
    );
    assert_eq!(copies(&install.lib), [("x/b.so", "a/b.so")]);
    assert_eq!(copies(&install.bin), [("bin/say.lua", "say"), ("z", "x/y")]);
    assert_eq!(copies(&install.conf), [("etc/say.conf", "say.conf")]);
}

fn field<'a>(table: &'a mut Table, name: &str) -> &'a mut Value {
    let pair = table.pairs.iter_mut().find(|(key, _)| *key == Value::from(name));
    &mut pair.expect("the field is there").1
}

fn inside<'a>(table: &'a mut Table, name: &str) -> &'a mut Table {
    match field(table, name) {
        Value::Table(inner) => inner,
        other => panic!("{other:?} is no table"),
    }
}

#[test]
fn platforms_override_what_stands_above_them() {
    let rockspec = read(json!({
        "dependencies": {"platforms": {"unix": ["lua >= 5.3", "say"], "windows": ["no valid > > one"]}},
        "build": {
            "modules": {"a": "a.lua"},
            "platforms": {
                "linux": {"modules": {"a": "linux.lua", "c": "c.lua"}},
                "unix": {"modules": {"a": "unix.lua", "b": "b.lua"}, "type": "none"},
                "win32": {"modules": {"d": "d.lua"}},
            },
        },
        "hooks": {"platforms": {"windows": {"post_install": "format c:"}}},
    }));
    assert_eq!(texts(&rockspec.dependencies), ["lua >= 5.3", "say"]);
    assert_eq!(rockspec.build.kind, BuildKind::None);
    let modules = rockspec.build.modules.expect("modules");
    let from = |source: &ModuleSource| match source {
        ModuleSource::Lua(placed) => placed.from.clone(),
        ModuleSource::Native(_) => String::new(),
    };
    assert_eq!(modules.values().map(from).collect::<Vec<_>>(), ["linux.lua", "b.lua", "c.lua"]);
    assert!(!rockspec.has_hooks);
}

#[test]
fn formats_have_their_fields() {
    for format in ["1.0", "1.1", "3.0", "3.1"] {
        read(json!({"rockspec_format": format}));
    }
    read(json!({"rockspec_format": null}));
    read(json!({"rockspec_format": "1.1", "deploy": {"wrap_bin_scripts": true}}));
    assert_eq!(read(json!({"build": null})).build.modules, None);
    assert_eq!(read(json!({"build": {}})).build.kind, BuildKind::Builtin);
    assert!(
        refused("rockspec_format", json!({"rockspec_format": "3.2"})).contains("reads formats up to 3.1")
    );
    refused("rockspec_format", json!({"rockspec_format": "2.0"}));
    refused("rockspec_format", json!({"rockspec_format": 3}));
    refused("deploy", json!({"rockspec_format": "1.0", "deploy": {}}));
    refused("build_dependencies", json!({"rockspec_format": "1.1", "build_dependencies": []}));
    refused("test", json!({"rockspec_format": "1.1", "test": {}}));
    refused("description.labels", json!({"rockspec_format": "1.1", "description": {"labels": []}}));
    refused("dependencies[1]", json!({"rockspec_format": "1.1", "dependencies": ["user/say"]}));
    refused("build", json!({"rockspec_format": "1.1", "build": null}));
    refused("build.type", json!({"rockspec_format": "1.1", "build": {"modules": {}}}));
    refused("build.modules", json!({"rockspec_format": "1.1", "build": {"type": "builtin"}}));
}

#[test]
fn unknown_missing_and_misshapen_fields_are_named() {
    refused("pakage", json!({"pakage": "say"}));
    refused("package", json!({"package": null}));
    refused("package", json!({"package": "../say"}));
    for version in ["1.4.1", "1.4-x", "1_0-1", "../1-1", "-1", "1.0-1-1", " 1.0-1"] {
        refused("version", json!({"version": version}));
    }
    refused("source", json!({"source": null}));
    refused("source", json!({"source": "url"}));
    refused("source.url", json!({"source": {}}));
    refused("source.url", json!({"source": {"url": "a\u{0}b"}}));
    refused("source.md5", json!({"source": {"url": "x", "md5": "xyz"}}));
    refused("source.sha", json!({"source": {"url": "x", "sha": "xyz"}}));
    refused("description.name", json!({"description": {"name": "x"}}));
    refused("description.summary", json!({"description": {"summary": ["x"]}}));
    refused("dependencies[2]", json!({"dependencies": ["lua", "say >> 1"]}));
    refused("dependencies[1]", json!({"dependencies": [1]}));
    refused("dependencies.say", json!({"dependencies": {"say": ">= 1"}}));
    refused("build.install.share", json!({"build": {"install": {"share": {}}}}));
    refused("external_dependencies.Z.folder", json!({"external_dependencies": {"Z": {"folder": "x"}}}));
    refused("hooks.pre_install", json!({"hooks": {"pre_install": "x"}}));
    refused("deploy.wrap_bin_scripts", json!({"deploy": {"wrap_bin_scripts": "x"}}));
    refused("build.platforms.unix", json!({"build": {"platforms": {"unix": "x"}}}));
}

#[test]
fn no_path_and_no_name_leads_out() {
    for path in [
        "../x.lua",
        "/etc/passwd",
        "a/../../x.lua",
        "a\\b.lua",
        "c:x.lua",
        "a\u{0}.lua",
        "a\n.lua",
        "",
        ".",
        "a/..",
    ] {
        refused("build.modules.x", json!({"build": {"modules": {"x": path}}}));
        refused("build.modules.x[1]", json!({"build": {"modules": {"x": [path]}}}));
        refused("build.modules.x.sources[1]", json!({"build": {"modules": {"x": {"sources": [path]}}}}));
        refused("build.install.lua[1]", json!({"build": {"install": {"lua": [path]}}}));
        refused("build.install.lua.x", json!({"build": {"install": {"lua": {"x": path}}}}));
        refused("build.install.bin.x", json!({"build": {"install": {"bin": {"x": path}}}}));
        refused("build.copy_directories[1]", json!({"build": {"copy_directories": [path]}}));
        refused("source.file", json!({"source": {"url": "x", "file": path}}));
        if path != "." {
            refused("source.dir", json!({"source": {"url": "x", "dir": path}}));
        }
        assert!(with_key("patches", path).starts_with("rockspec field `build.patches["));
        assert!(with_key("extra_files", path).starts_with("rockspec field `build.extra_files["));
    }
    for name in ["../x", "a/b", "a..b", "", "a b"] {
        let error = Rockspec::from_table(&table(&with(json!({"build": {"modules": {name: "x.lua"}}}))));
        assert!(error.expect_err(name).to_string().starts_with("rockspec field `build.modules["), "{name:?}");
    }
    refused("source.file", json!({"source": {"url": "x", "file": "a/b"}}));
    for taken in ["lua", "lib/x", "rock_manifest", "say-1.4.1-3.rockspec"] {
        refused("build.copy_directories[1]", json!({"build": {"copy_directories": [taken]}}));
    }
}

fn with_key(field: &str, key: &str) -> String {
    let error = Rockspec::from_table(&table(&with(json!({"build": {field: {key: "text"}}}))));
    error.expect_err(key).to_string()
}

#[test]
fn keys_that_are_no_names_and_bytes_that_are_no_text_are_refused() {
    let odd = Table { sequence: Vec::new(), pairs: vec![(Value::Integer(3), Value::from("say"))] };
    let mut globals = table(&with(json!({})));
    globals.pairs.push((Value::from("dependencies"), Value::Table(odd)));
    assert_eq!(Rockspec::from_table(&globals).expect_err("a hole").kind(), ErrorKind::RockspecInvalid);

    let latin = Value::String(LuaString::from(&b"caf\xe9"[..]));
    let mut globals = table(&with(json!({"description": {"summary": "x"}})));
    *field(inside(&mut globals, "description"), "summary") = latin.clone();
    let rockspec = Rockspec::from_table(&globals).expect("old rockspecs have such descriptions");
    assert_eq!(rockspec.summary.as_deref(), Some("caf\u{fffd}"));
    *field(&mut globals, "package") = latin;
    assert_eq!(Rockspec::from_table(&globals).expect_err("no text").kind(), ErrorKind::RockspecInvalid);
}

#[test]
fn hostile_tables_are_bounded() {
    let deep = (0..90).fold(json!({}), |inner, _| json!({"x": inner}));
    let error = Rockspec::from_table(&table(&with(json!({"test": deep})))).expect_err("too deep");
    assert_eq!(error.kind(), ErrorKind::RockspecInvalid);
    let many: Vec<Json> = (0..1_001).map(|_| json!("x")).collect();
    refused("dependencies", json!({"dependencies": many}));
    let long: Vec<Json> = (0..60_000).map(|_| json!("x")).collect();
    let error = Rockspec::from_table(&table(&with(json!({"test": {"x": long}})))).expect_err("too long");
    assert_eq!(error.kind(), ErrorKind::RockspecInvalid);
}

#[track_caller]
fn installable(form: Form, more: Json, expected: Result<(), ErrorKind>) {
    let provides = |module: &ModuleName| module.as_str() == "lpeg";
    let found = read(more.clone()).check_installable(form, &provides).map_err(|error| error.kind());
    assert_eq!(found, expected, "{more}");
}

#[test]
fn only_what_is_copied_can_be_installed() {
    let native = Err(ErrorKind::NativeUnsupported);
    for form in [Form::Built, Form::Source] {
        installable(form, json!({}), Ok(()));
        installable(form, json!({"source": {"url": "git://example.org/say"}}), Ok(()));
        installable(form, json!({"build": {"modules": {"lpeg": "lpeg.c", "re": "re.lua"}}}), Ok(()));
        installable(form, json!({"build": {"modules": {"lfs": "lfs.c"}}}), native);
        installable(form, json!({"build": {"modules": {}, "install": {"lib": ["x.so"]}}}), native);
        installable(form, json!({"external_dependencies": {"Z": {"library": "z"}}}), native);
        installable(form, json!({"hooks": {"post_install": "true"}}), Err(ErrorKind::HookRefused));
        installable(form, json!({"supported_platforms": ["windows"]}), Err(ErrorKind::BuildUnsupported));
        installable(form, json!({"supported_platforms": ["!linux"]}), Err(ErrorKind::BuildUnsupported));
        installable(form, json!({"supported_platforms": ["!windows"]}), Ok(()));
        installable(form, json!({"supported_platforms": ["linux", "!windows"]}), Ok(()));
    }
    for program in ["make", "cmake", "command", "rust-mlua"] {
        installable(Form::Built, json!({"build": {"type": program}}), Ok(()));
        installable(Form::Source, json!({"build": {"type": program}}), Err(ErrorKind::BuildUnsupported));
    }
    installable(Form::Rockspec, json!({}), Err(ErrorKind::SourceUnsupported));
}

#[test]
fn a_rockspec_of_another_package_is_found_out() {
    let rockspec = read(json!({}));
    let check = |name: &str, version: &str| {
        rockspec.check_is(&name.parse().expect("a name"), &version.parse().expect("a version"))
    };
    assert!(check("say", "1.4.1-3").is_ok());
    assert!(check("lay", "1.4.1-3").is_err() && check("say", "1.4.1-4").is_err());
}
