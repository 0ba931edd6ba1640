//! The same packages, built by LuaRocks itself: every file is the same. Skipped, with a line, where it is not
//! installed.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;
use crate::fs::Folder;
use crate::package::store::{Store, hashes};
use crate::package::tree;

/// Runs `luarocks` for Lua 5.4; nothing where there is none.
fn luarocks(home: &Path, folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("luarocks")
        .args(["--lua-version", "5.4"])
        .args(arguments)
        .current_dir(folder)
        .env("HOME", home)
        .output()
        .ok()?;
    let text =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "luarocks {arguments:?}: {text}");
    Some(text)
}

fn has_luarocks() -> bool {
    let found = Command::new("luarocks").arg("--version").output().is_ok();
    if !found {
        println!("skipped: `luarocks` is not installed");
    }
    found
}

struct Case {
    text: &'static str,
    files: &'static [(&'static str, &'static str)],
}

const RICH: Case = Case {
    text: r#"package = "Foo"
version = "1.0-1"
source = { url = "file://foo-1.0.tar.gz" }
dependencies = { "lua >= 5.1", "bar >= 0.1beta2-1, < 2, ~= 1.5", "bar ~> 1" }
build = {
   type = "builtin",
   modules = { foo = "foo.lua", ["foo.sub"] = "src/init.lua", ["foo.other"] = "src/other.lua" },
   install = {
      lua = { "src/extra.lua", ["foo.bar"] = "src/bar.lua", ["foo.data"] = "data.txt" },
      conf = { "c.conf", ["x.y"] = "c.conf" },
      bin = { "bin/foo", foo2 = "bin/foo" },
   },
}
"#,
    files: &[
        ("foo.lua", "return 1\n"),
        ("src/init.lua", "return 2\n"),
        ("src/other.lua", "return 3\n"),
        ("src/extra.lua", "return 4\n"),
        ("src/bar.lua", "return 5\n"),
        ("data.txt", "data"),
        ("c.conf", ""),
        ("bin/foo", "#!/usr/bin/env lua\nprint(1)\n"),
        ("lua/deep/x.lua", "return 6\n"),
        ("README.md", "readme"),
        ("LICENSE", "licence"),
        ("x/license", "no"),
        ("Changes.md.txt", "changes"),
    ],
};

const FOUND: Case = Case {
    text: r#"rockspec_format = "3.0"
package = "bar"
version = "1.0.1-2"
source = { url = "file://bar-1.0.tar.gz" }
dependencies = { "lua == 5.4" }
"#,
    files: &[
        ("src/bar/init.lua", "return 1\n"),
        ("src/bar/a-b.lua", "return 2\n"),
        ("src/init.lua", "return 3\n"),
        ("src/spec/x.lua", "no"),
        ("src/test.lua", "no"),
        ("src/data.txt", "no"),
        ("other.lua", "no"),
        ("doc/a/b.html", "doc"),
        ("samples/s.lua", "sample"),
        ("tests/t.lua", "test"),
        ("bin/bar", "print(1)\n"),
    ],
};

const PATCHED: Case = Case {
    text: r#"rockspec_format = "3.0"
package = "baz"
version = "scm-1"
source = { url = "file://baz.tar.gz" }
build = {
   type = "none",
   install = { lua = { "a.lua", new = "new.lua" } },
   copy_directories = { "docs", "more/docs" },
   patches = { ["b.diff"] = [[
--- x/a.lua
+++ y/a.lua
@@ -1,3 +1,4 @@
 one

-two
+2
+3
]], ["a.diff"] = "--- /dev/null\n+++ y/new.lua\n@@ -0,0 +1,2 @@\n+new\n+lines\n" },
}
"#,
    files: &[("a.lua", "one\n\ntwo\n"), ("docs/x", "x"), ("more/docs/y.md", "y"), ("doc/no", "no")],
};

impl Case {
    fn rockspec(&self) -> Rockspec {
        rockspec(self.text)
    }

    fn name(&self) -> String {
        format!("{}-{}", self.rockspec().package, self.rockspec().version)
    }

    fn built(&self) -> Built {
        built(self.text, self.files).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Writes the source and its rockspec.
    fn write(&self, folder: &Path) {
        let rockspec = format!("{}.rockspec", self.name());
        for (path, content) in self.files.iter().chain([&(rockspec.as_str(), self.text)]) {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("the disk takes it");
            fs::write(path, content).expect("the disk takes it");
        }
    }
}

/// A tree of ours with these packages, and what is in it.
fn planted(home: &Path, packages: &[Built]) -> Folder {
    let home = Folder::open_or_create(home).expect("a folder");
    let store = Store::open(&home).expect("a store");
    let versions: Vec<_> =
        packages.iter().map(|package| (package.name.clone(), package.version.clone())).collect();
    let plant = |package: &Built| {
        let text =
            package.files().find(|(path, _)| path.as_str().ends_with(".rockspec")).expect("a rockspec").1;
        let dependencies = rockspec(std::str::from_utf8(text).expect("text")).dependencies;
        let needs = versions.iter().filter(|(name, _)| dependencies.iter().any(|other| other.name == *name));
        tree::Planted {
            name: package.name.clone(),
            version: package.version.clone(),
            needs: needs.cloned().collect(),
            dependencies,
            tree: store.keep_tree(package).expect("it is stored"),
        }
    };
    let packages: Vec<_> = packages.iter().map(plant).collect();
    let folder = home.create_folder("tree").expect("a folder");
    tree::write(&folder, &packages, &|_| None).expect("it is written");
    assert_eq!(tree::verify(&folder, &tree::files(&packages), &[]).expect("it is read"), []);
    folder
}

/// Files of a tree but for its commands, which LuaRocks wraps.
fn listed(tree: &Path) -> BTreeMap<String, String> {
    let mut files = hashes(&Folder::open(tree).expect("a tree")).expect("files");
    files.retain(|path, _| !path.starts_with("bin/"));
    files
}

fn manifest(tree: &Path) -> String {
    fs::read_to_string(tree.join("lib/luarocks/rocks-5.4/manifest")).expect("a manifest")
}

#[test]
fn trees_are_the_same_to_the_byte() {
    if !has_luarocks() {
        return;
    }
    let room = tempfile::tempdir().expect("a folder");
    let theirs = room.path().join("theirs");
    let cases = [FOUND, PATCHED, RICH];
    for case in &cases {
        let source = room.path().join(case.name());
        case.write(&source);
        let rockspec = format!("{}.rockspec", case.name());
        let tree = theirs.to_str().expect("text");
        luarocks(room.path(), &source, &["make", "--deps-mode", "one", "--tree", tree, &rockspec]);
    }
    let built: Vec<Built> = cases.iter().map(Case::built).collect();
    let ours = planted(&room.path().join("home"), &built);
    assert_eq!(manifest(ours.path()), manifest(&theirs));
    assert_eq!(listed(ours.path()), listed(&theirs));

    let tree = ours.path().to_str().expect("text");
    let list =
        luarocks(room.path(), room.path(), &["--tree", tree, "list", "--porcelain"]).expect("it is there");
    let lines: Vec<_> =
        list.lines().map(|line| line.split('\t').take(3).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(lines, ["bar 1.0.1-2 installed", "baz scm-1 installed", "foo 1.0-1 installed"]);
    let show = luarocks(room.path(), room.path(), &["--tree", tree, "show", "foo"]).expect("it is there");
    for words in ["Foo 1.0-1", "foo.sub.init", "bar ~> 1 (using 1.0.1-2)", "deep.x"] {
        assert!(show.contains(words), "{words}: {show}");
    }
}

#[test]
fn rocks_that_luarocks_packs_are_read_and_ours_are_installed() {
    if !has_luarocks() {
        return;
    }
    let room = tempfile::tempdir().expect("a folder");
    for case in [FOUND, PATCHED, RICH] {
        let (name, built) = (case.name(), case.built());
        let source = room.path().join(&name);
        case.write(&source);
        let rockspec_file = format!("{name}.rockspec");
        luarocks(
            room.path(),
            &source,
            &["make", "--deps-mode", "none", "--pack-binary-rock", &rockspec_file],
        );
        let theirs = format!("{name}.all.rock");
        let rock = read(&fs::read(source.join(&theirs)).expect("it is there"), &theirs).expect("it is good");
        let manifest = globals(rock.manifest().expect("it is there"));
        let same = Built::from_rock(rock, &case.rockspec(), &manifest, &none).expect("it is good");
        assert_eq!(same, built, "{name}");

        let ours = room.path().join(&theirs);
        fs::write(&ours, built.pack().expect("it is packed")).expect("the disk takes it");
        let tree = room.path().join(format!("tree-{name}"));
        let arguments = [
            "--tree",
            tree.to_str().expect("text"),
            "install",
            "--deps-mode",
            "none",
            ours.to_str().expect("text"),
        ];
        luarocks(room.path(), room.path(), &arguments);
        let mut expected = listed(planted(&room.path().join(format!("home-{name}")), &[built]).path());
        let mut found = listed(&tree);
        // Without the others, what is needed of them differs.
        for files in [&mut expected, &mut found] {
            files.remove("lib/luarocks/rocks-5.4/manifest");
        }
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn source_rocks_are_built_as_luarocks_builds_them() {
    if !has_luarocks() {
        return;
    }
    let room = tempfile::tempdir().expect("a folder");
    for (case, archive) in [(RICH, "foo-1.0.tar.gz"), (FOUND, "bar-1.0.tar.gz"), (PATCHED, "baz.tar.gz")] {
        let folder = archive.trim_end_matches(".tar.gz");
        case.write(&room.path().join(folder));
        let packed = Command::new("tar").args(["czf", archive, folder]).current_dir(room.path()).status();
        assert!(packed.expect("tar is there").success());
        let rockspec_file = format!("{}.rockspec", case.name());
        let url = format!("file://{}", room.path().join(archive).display());
        let text = case.text.replace(&format!("file://{archive}"), &url);
        fs::write(room.path().join(&rockspec_file), &text).expect("the disk takes it");
        luarocks(room.path(), room.path(), &["pack", &rockspec_file]);
        let name = format!("{}.src.rock", case.name());
        let rock = read(&fs::read(room.path().join(&name)).expect("it is there"), &name).expect("it is good");
        let spec = rockspec(&text);
        let built = Built::from_source(rock, &spec, &Ceilings::default(), &none).expect("it is built");

        let tree = room.path().join(format!("tree-{name}"));
        let arguments = ["--tree", tree.to_str().expect("text"), "build", "--deps-mode", "none", &name];
        luarocks(room.path(), room.path(), &arguments);
        let own = format!("lib/luarocks/rocks-5.4/{}/{}/", built.name, built.version);
        let mut found = listed(&tree);
        found.remove("lib/luarocks/rocks-5.4/manifest");
        let mut expected: BTreeMap<String, String> =
            built.installed().into_iter().map(|(path, content)| (path, sha256(content))).collect();
        expected.retain(|path, _| !path.starts_with("bin/"));
        assert_eq!(found, expected, "{own}");
    }
}
