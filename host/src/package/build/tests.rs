//! Packages that are built by copying, and the same ones built by LuaRocks itself.

mod beside_luarocks;
mod real;

use std::sync::OnceLock;

use super::*;
use crate::engine::Engine;
use crate::package::evaluate::{Evaluator, Text};

/// What a text sets that is evaluated.
fn evaluated(text: Text, source: &[u8]) -> Table {
    static EVALUATOR: OnceLock<Evaluator> = OnceLock::new();
    let evaluator = EVALUATOR.get_or_init(|| Evaluator::new(&Engine::new().expect("an engine")));
    evaluator.evaluate(text, source).unwrap_or_else(|error| panic!("{error}"))
}

fn globals(manifest: &[u8]) -> Table {
    evaluated(Text::RockManifest, manifest)
}

pub(crate) fn rockspec(text: &str) -> Rockspec {
    Rockspec::from_table(&evaluated(Text::Rockspec, text.as_bytes()))
        .unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A rockspec of `foo 1.0-1` with these fields beside those that all have.
fn foo(fields: &str) -> String {
    format!(
        "package = 'Foo'\nversion = '1.0-1'\nsource = {{ url = 'http://localhost/foo-1.0.tar.gz' }}\n{fields}\n"
    )
}

fn sources(files: &[(&str, &str)]) -> Sources {
    let file =
        |(path, text): &(&str, &str)| (RelativePath::new(path).expect("a path"), text.as_bytes().to_vec());
    files.iter().map(file).collect()
}

fn none(_: &ModuleName) -> bool {
    false
}

pub(crate) fn built(text: &str, files: &[(&str, &str)]) -> Result<Built> {
    Built::from_files(text.as_bytes(), &rockspec(text), sources(files), &Ceilings::default(), &none)
}

#[track_caller]
fn check(fields: &str, files: &[(&str, &str)], expected: &[(&str, &str)]) {
    let built = built(&foo(fields), files).unwrap_or_else(|error| panic!("{error}"));
    let own = [ROCK_MANIFEST, "foo-1.0-1.rockspec"];
    let found = built.files().filter(|(path, _)| !own.contains(&path.as_str()));
    let found: Vec<_> =
        found.map(|(path, content)| (path.as_str(), std::str::from_utf8(content).expect("text"))).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn refuses(kind: ErrorKind, fields: &str, files: &[(&str, &str)]) {
    let error = built(&foo(fields), files).expect_err("it is refused");
    assert_eq!(error.kind(), kind, "{error}");
}

#[test]
fn modules_go_where_require_looks_for_them() {
    let fields = "build = { type = 'builtin', modules = {
        foo = 'src/foo.lua', ['foo.bar'] = 'src/init.lua', ['foo.baz.init'] = 'src/init.lua', ['a.b'] = 'x.lua' } }";
    let files = [
        ("src/foo.lua", "1"),
        ("src/init.lua", "2"),
        ("x.lua", "3"),
        ("unused.lua", "4"),
        ("lua/whole/y.txt", "5"),
    ];
    let expected = [
        ("lua/a/b.lua", "3"),
        ("lua/foo.lua", "1"),
        ("lua/foo/bar/init.lua", "2"),
        ("lua/foo/baz/init.lua", "2"),
        ("lua/whole/y.txt", "5"),
    ];
    check(fields, &files, &expected);
    check(&fields.replace("builtin", "module"), &files, &expected);
}

#[test]
fn files_to_install_have_names_or_not() {
    let fields = "build = { type = 'none', install = {
        lua = { 'a.lua', ['foo.b'] = 'a.lua', ['foo.data'] = 'x.txt' },
        conf = { 'x.txt', ['sub/y.conf'] = 'x.txt' }, bin = { 'bin/run', other = 'bin/run' } } }";
    let files = [("a.lua", "1"), ("x.txt", "2"), ("bin/run", "3"), ("lua/not.lua", "4")];
    let expected = [
        ("bin/other", "3"),
        ("bin/run", "3"),
        ("conf/sub/y.conf", "2"),
        ("conf/x.txt", "2"),
        ("lua/a.lua", "1"),
        ("lua/foo/b.lua", "1"),
        ("lua/foo/x.txt", "2"),
    ];
    check(fields, &files, &expected);
}

#[test]
fn modules_are_found_where_none_are_named() {
    let files = [
        ("src/foo/init.lua", "1"),
        ("src/foo/sub.lua", "2"),
        ("src/test.lua", "3"),
        ("src/spec/x.lua", "4"),
        ("src/bin/run", "5"),
        ("src/foo/data.txt", "6"),
        ("other.lua", "7"),
        ("doc/a.html", "8"),
        ("tests/t.lua", "9"),
    ];
    let expected = [
        ("bin/run", "5"),
        ("doc/a.html", "8"),
        ("lua/foo/init.lua", "1"),
        ("lua/foo/sub.lua", "2"),
        ("tests/t.lua", "9"),
    ];
    check("rockspec_format = '3.0'", &files, &expected);
    check(
        "rockspec_format = '3.0'",
        &[("foo.lua", "1"), ("tests.lua", "2"), ("a/b.lua", "3")],
        &[("lua/a/b.lua", "3"), ("lua/foo.lua", "1")],
    );
}

#[test]
fn documentation_is_copied() {
    let build = |more: &str| format!("build = {{ type = 'none' {more} }}");
    let files =
        [("README.md", "1"), ("License.txt", "2"), ("docs/a", "3"), ("doc/b", "4"), ("x/COPYING", "5")];
    check(&build(""), &files, &[("doc/b", "4")]);
    check(&build(", copy_directories = { 'docs' }"), &files, &[("docs/a", "3")]);
    check(&build(""), &files[..3], &[("doc/License.txt", "2"), ("doc/README.md", "1")]);
    check(&build(", copy_directories = {}"), &files, &[("doc/License.txt", "2"), ("doc/README.md", "1")]);
    refuses(ErrorKind::RockspecInvalid, &build(", copy_directories = { 'missing' }"), &files);
}

#[test]
fn patches_and_further_files_come_first() {
    let fields = r#"build = { type = 'builtin', modules = { foo = 'foo.lua', extra = 'extra.lua' },
        extra_files = { ['extra.lua'] = 'return 0\n' },
        patches = { ['2'] = "--- a/foo.lua\n+++ b/foo.lua\n@@ -1 +1 @@\n-return 2\n+return 3\n",
                    ['1'] = "--- a/foo.lua\n+++ b/foo.lua\n@@ -1 +1 @@\n-return 1\n+return 2\n" } }"#;
    check(
        fields,
        &[("foo.lua", "return 1\n")],
        &[("lua/extra.lua", "return 0\n"), ("lua/foo.lua", "return 3\n")],
    );
    refuses(ErrorKind::RockspecInvalid, fields, &[("foo.lua", "return 9\n")]);
}

#[test]
fn what_cannot_be_copied_is_refused_with_a_reason() {
    let files = [("a.lua", "1"), ("a.c", "int luaopen_a(lua_State *L)"), ("b.lua", "\x1bLua")];
    let modules = |modules: &str| format!("build = {{ type = 'builtin', modules = {{ {modules} }} }}");
    refuses(ErrorKind::RockspecInvalid, &modules("a = 'missing.lua'"), &files);
    refuses(ErrorKind::NativeUnsupported, &modules("a = 'a.c'"), &files);
    refuses(ErrorKind::NativeUnsupported, &modules("a = { sources = { 'a.c' } }"), &files);
    refuses(ErrorKind::NativeUnsupported, "rockspec_format = '3.0'", &files);
    refuses(
        ErrorKind::NativeUnsupported,
        "build = { type = 'none', install = { lib = { 'a.so' } } }",
        &files,
    );
    refuses(ErrorKind::BuildUnsupported, "build = { type = 'make' }", &files);
    refuses(
        ErrorKind::HookRefused,
        "build = { type = 'none' } hooks = { post_install = 'rm -rf /' }",
        &files,
    );
    refuses(ErrorKind::ArchiveUnsafe, &modules("b = 'b.lua'"), &files);
    refuses(ErrorKind::ArchiveUnsafe, &modules("a = 'a.lua', A = 'a.lua'"), &files);
}

#[test]
fn a_module_of_machine_code_may_be_missing_where_every_vm_has_it() {
    let text = foo("build = { type = 'builtin', modules = { a = 'a.c', b = 'b.lua' } }");
    let provides = |name: &ModuleName| name.as_str() == "a";
    let sources = sources(&[("a.c", ""), ("b.lua", "1")]);
    let built =
        Built::from_files(text.as_bytes(), &rockspec(&text), sources, &Ceilings::default(), &provides);
    let modules = built.expect("it is built").modules();
    assert_eq!(modules.keys().map(ModuleName::as_str).collect::<Vec<_>>(), ["b"]);
}

#[test]
fn ceilings_hold_for_what_is_put_together() {
    let text = foo("build = { type = 'builtin', modules = { a = 'a.lua', b = 'a.lua' } }");
    let ceilings = Ceilings { total: 600, ..Ceilings::default() };
    let sources = sources(&[("a.lua", &"x".repeat(250))]);
    let built = Built::from_files(text.as_bytes(), &rockspec(&text), sources, &ceilings, &none);
    assert_eq!(built.expect_err("it is too large").kind(), ErrorKind::ArchiveUnsafe);
}

const FOO: &str =
    "build = { type = 'builtin', modules = { foo = 'foo.lua' }, install = { bin = { 'run' } } }";

fn a_foo() -> Built {
    built(&foo(FOO), &[("foo.lua", "return 1"), ("run", "#!/usr/bin/env lua\nprint(1)")])
        .expect("it is built")
}

fn read(bytes: &[u8], name: &str) -> Result<Rock> {
    Rock::read(bytes, &name.parse().expect("a name"), &Ceilings::default())
}

#[test]
fn a_package_is_packed_and_read_back() {
    let foo = a_foo();
    let bytes = foo.pack().expect("it is packed");
    assert_eq!(bytes, a_foo().pack().expect("it is packed"));
    assert_eq!(foo.artifact().to_string(), "foo-1.0-1.all.rock");
    let rock = read(&bytes, "foo-1.0-1.all.rock").expect("it is good");
    let (text, manifest) = (rock.rockspec().to_vec(), globals(rock.manifest().expect("it is there")));
    let text = String::from_utf8(text).expect("text");
    assert_eq!(Built::from_rock(rock, &rockspec(&text), &manifest, &none).expect("it is good"), foo);
}

#[test]
fn a_package_knows_where_it_goes() {
    let foo = a_foo();
    let installed: Vec<String> = foo.installed().into_keys().collect();
    let expected = [
        "bin/run",
        "lib/luarocks/rocks-5.4/foo/1.0-1/bin/run",
        "lib/luarocks/rocks-5.4/foo/1.0-1/foo-1.0-1.rockspec",
        "lib/luarocks/rocks-5.4/foo/1.0-1/rock_manifest",
        "share/lua/5.4/foo.lua",
    ];
    assert_eq!(installed, expected);
    let modules: Vec<_> = foo.modules().into_iter().map(|(name, file)| (name.to_string(), file)).collect();
    assert_eq!(modules, [("foo".to_string(), "share/lua/5.4/foo.lua".to_string())]);
    assert_ne!(
        foo.digest(),
        built(&self::foo(FOO), &[("foo.lua", "return 2"), ("run", "")]).expect("it is built").digest()
    );
}

/// A rock of these files.
fn rock(files: &[(&str, &[u8])]) -> Vec<u8> {
    let paths: Vec<_> = files.iter().map(|(path, _)| RelativePath::new(path).expect("a path")).collect();
    pack(paths.iter().zip(files.iter().map(|(_, content)| *content))).expect("it is packed")
}

// P21, P22, P23
#[test]
fn a_rock_has_to_hold_what_it_says() {
    let text = foo(FOO);
    let spec = ("foo-1.0-1.rockspec", text.as_bytes());
    let manifest = |manifest: &'static [u8]| ("rock_manifest", manifest);
    let refused =
        |files: &[(&str, &[u8])], name: &str| read(&rock(files), name).expect_err("it is refused").kind();
    assert_eq!(refused(&[spec], "foo-1.0-1.all.rock"), ErrorKind::ArchiveUnsafe);
    assert_eq!(refused(&[manifest(b"")], "foo-1.0-1.all.rock"), ErrorKind::ArchiveUnsafe);
    assert_eq!(refused(&[spec, manifest(b"")], "foo-1.0-2.all.rock"), ErrorKind::ArchiveUnsafe);
    assert_eq!(
        refused(&[spec, manifest(b""), ("lib/a.so", b"")], "foo-1.0-1.all.rock"),
        ErrorKind::NativeUnsupported
    );
    assert_eq!(refused(&[spec, manifest(b"")], "foo-1.0-1.linux-x86_64.rock"), ErrorKind::NativeUnsupported);
    assert_eq!(
        refused(&[spec, manifest(b""), ("lua/a.lua", b"\x1bLua")], "foo-1.0-1.all.rock"),
        ErrorKind::ArchiveUnsafe
    );

    let check = |named: &str, text: &str, files: &[(&str, &[u8])]| {
        let all = [&[("foo-1.0-1.rockspec", text.as_bytes()), manifest(b"")], files].concat();
        let rock = read(&rock(&all), "foo-1.0-1.all.rock").expect("it is good");
        let named = format!(
            "rock_manifest = {{ ['foo-1.0-1.rockspec'] = '{}', {named} }}",
            crate::package::rock::md5(text.as_bytes())
        );
        Built::from_rock(rock, &rockspec(text), &globals(named.as_bytes()), &none)
            .map_err(|error| error.kind())
            .map(drop)
    };
    let file: &[(&str, &[u8])] = &[("lua/a.lua", b"1")];
    let sum = "c4ca4238a0b923820dcc509a6f75849b";
    assert_eq!(check(&format!("lua = {{ ['a.lua'] = '{sum}' }}"), &text, file), Ok(()));
    assert_eq!(check("", &text, file), Err(ErrorKind::IntegrityMismatch));
    assert_eq!(
        check(&format!("lua = {{ ['a.lua'] = '{}' }}", "0".repeat(32)), &text, file),
        Err(ErrorKind::IntegrityMismatch)
    );
    assert_eq!(
        check(&format!("lua = {{ ['b.lua'] = '{sum}' }}"), &text, &[]),
        Err(ErrorKind::IntegrityMismatch)
    );
    assert_eq!(check("lua = 5", &text, file), Err(ErrorKind::ManifestInvalid));
    assert_eq!(check("", &text.replace("Foo", "Bar"), &[]), Err(ErrorKind::RockspecInvalid));
    assert_eq!(check("", &text.replace("1.0-1'", "1.0-2'"), &[]), Err(ErrorKind::RockspecInvalid));
    assert_eq!(
        check("", &(text.clone() + "hooks = { post_install = 'x' }"), &[]),
        Err(ErrorKind::HookRefused)
    );
}

/// A source rock with this beside its rockspec.
fn from_source(fields: &str, files: &[(&str, &[u8])]) -> Result<Vec<String>> {
    let text = foo(fields);
    let rock = rock(&[&[("foo-1.0-1.rockspec", text.as_bytes())], files].concat());
    let rock = read(&rock, "foo-1.0-1.src.rock")?;
    let built = Built::from_source(rock, &rockspec(&text), &Ceilings::default(), &none)?;
    Ok(built.modules().keys().map(ModuleName::to_string).collect())
}

fn tar_gz(files: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut archive = ::tar::Builder::new(Vec::new());
    for (path, content) in files {
        let mut header = ::tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, *content).expect("memory takes it");
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(&archive.into_inner().expect("memory takes it")).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

#[test]
fn a_source_is_unpacked_once_and_its_folder_found() {
    let modules = "build = { type = 'builtin', modules = { foo = 'foo.lua' } }";
    let named = |source: &str| format!("source = {{ {source} }} {modules}");
    let good = |fields: &str, files: &[(&str, &[u8])]| {
        assert_eq!(from_source(fields, files).unwrap_or_else(|error| panic!("{error}")), ["foo"])
    };
    let file: (&str, &[u8]) = ("foo-1.0/foo.lua", b"return 1");
    good(modules, &[("foo-1.0.tar.gz", &tar_gz(&[file]))]);
    good(modules, &[("foo-1.0.tar.gz", &tar_gz(&[("other/foo.lua", b"return 1"), ("README", b"")]))]);
    good(
        &named("url = 'http://localhost/foo.zip', dir = 'a/b'"),
        &[("foo.zip", &rock(&[("a/b/foo.lua", b"")]))],
    );
    good(
        &named("url = 'http://localhost/x', file = 'foo.tgz', dir = '.'"),
        &[("foo.tgz", &tar_gz(&[("foo.lua", b"")]))],
    );
    good(&named("url = 'http://localhost/foo.lua'"), &[("foo.lua", b"return 1")]);
    good(&named("url = 'git+https://localhost/foo.git'"), &[("foo/foo.lua", b"return 1")]);
    let archive = tar_gz(&[file]);
    let sum = crate::package::rock::md5(&archive).to_uppercase();
    good(
        &named(&format!("url = 'http://localhost/foo-1.0.tar.gz', md5 = '{sum}'")),
        &[("foo-1.0.tar.gz", &archive)],
    );

    let bad =
        |fields: &str, files: &[(&str, &[u8])]| from_source(fields, files).expect_err("it is refused").kind();
    let other_sum = format!("url = 'http://localhost/foo-1.0.tar.gz', md5 = '{}'", "0".repeat(32));
    assert_eq!(bad(&named(&other_sum), &[("foo-1.0.tar.gz", &archive)]), ErrorKind::IntegrityMismatch);
    assert_eq!(bad(modules, &[]), ErrorKind::RockspecInvalid);
    assert_eq!(
        bad(modules, &[("foo-1.0.tar.gz", &tar_gz(&[("a/foo.lua", b""), ("b/foo.lua", b"")]))]),
        ErrorKind::RockspecInvalid
    );
    assert_eq!(bad(modules, &[("foo-1.0.tar.gz", b"garbage")]), ErrorKind::ArchiveUnsafe);
    assert_eq!(
        bad(&named("url = 'http://localhost/foo.tar.bz2'"), &[("foo.tar.bz2", b"")]),
        ErrorKind::SourceUnsupported
    );
    let nested = tar_gz(&[("foo-1.0.tar.gz", &archive)]);
    assert_eq!(bad(modules, &[("foo-1.0.tar.gz", &nested)]), ErrorKind::RockspecInvalid);
}
