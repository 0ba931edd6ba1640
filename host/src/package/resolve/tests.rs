use std::cell::Cell;
use std::time::{Duration, Instant};

use serde_json::json;

use super::*;
use crate::value::{Value, to_value};

/// What one resolution may take at most; the bound of the product is a second.
const BOUND: Duration = Duration::from_secs(10);

/// Packages that are only said to exist.
#[derive(Default)]
struct Shelf {
    packages: BTreeMap<PackageName, BTreeMap<Version, Item>>,
    asked: Cell<usize>,
}

#[derive(Clone)]
enum Item {
    There(Arc<Rockspec>),
    Broken(ErrorKind),
}

impl Shelf {
    /// Lines such as `luassert 1.9.0-1: lua >= 5.1 | say >= 1.4`; behind `!` stands what is wrong.
    fn new(lines: &str) -> Shelf {
        let mut shelf = Shelf::default();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (package, needs) = line.split_once(':').unwrap_or((line, ""));
            let (name, version) = package.split_once(' ').expect("a name and a version");
            let needs: Vec<&str> = needs.split('|').map(str::trim).filter(|need| !need.is_empty()).collect();
            shelf.put(name, version, &needs);
        }
        shelf
    }

    fn put(&mut self, name: &str, version: &str, needs: &[&str]) {
        let (wrong, needs): (Vec<&str>, Vec<&str>) = needs.iter().partition(|need| need.starts_with('!'));
        let source = if wrong == ["!native"] { "x.c" } else { "x.lua" };
        let rockspec = json!({
            "rockspec_format": "3.0", "package": name, "version": version, "source": {"url": "x.zip"},
            "dependencies": needs, "build": {"modules": {"x": source}},
        });
        let item = match wrong.as_slice() {
            ["!invalid"] => Item::Broken(ErrorKind::RockspecInvalid),
            ["!offline"] => Item::Broken(ErrorKind::OfflineMiss),
            ["!forged"] => Item::Broken(ErrorKind::IntegrityMismatch),
            _ => Item::There(Arc::new(rockspec_of(&rockspec))),
        };
        let versions = self.packages.entry(name.parse().expect("a name")).or_default();
        versions.insert(version.parse().expect("a version"), item);
    }
}

fn rockspec_of(json: &serde_json::Value) -> Rockspec {
    match to_value(json).expect("JSON has its counterparts in Lua") {
        Value::Table(table) => Rockspec::from_table(&table).unwrap_or_else(|error| panic!("{json}: {error}")),
        other => panic!("{other:?} is no table"),
    }
}

impl Supply for Shelf {
    fn versions(&self, name: &PackageName) -> Result<Vec<Version>> {
        Ok(self.packages.get(name).into_iter().flat_map(BTreeMap::keys).cloned().collect())
    }

    fn rockspec(&self, name: &PackageName, version: &Version) -> Result<Arc<Rockspec>> {
        self.asked.set(self.asked.get() + 1);
        match &self.packages[name][version] {
            Item::There(rockspec) => Ok(rockspec.clone()),
            Item::Broken(kind) => Err(Error::new(*kind, format!("`{name} {version}` is broken"))),
        }
    }

    fn form(&self, _: &PackageName, _: &Version) -> Result<Form> {
        Ok(Form::Source)
    }

    fn names(&self) -> Vec<PackageName> {
        self.packages.keys().cloned().collect()
    }
}

fn wanted(requirements: &[&str]) -> Wanted {
    let requirements = requirements.iter().map(|text| text.parse().expect("a requirement")).collect();
    let mut wanted = Wanted::new(requirements);
    for (name, version) in
        [("lua", "5.4-1"), ("utf8", "5.4-1"), ("luafilesystem", "1.8.0-1"), ("lpeg", "1.0.2-1")]
    {
        let name = name.parse().expect("a name");
        wanted.provided.packages.insert(name, version.parse().expect("a version"));
    }
    wanted
}

fn listed(resolution: &Resolution) -> Vec<String> {
    resolution.packages.iter().map(|one| format!("{} {}", one.name, one.version)).collect()
}

#[track_caller]
fn resolves(shelf: &Shelf, requirements: &[&str], expected: &[&str]) -> Resolution {
    let resolution = resolve(&wanted(requirements), shelf).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(listed(&resolution), expected);
    resolution
}

#[track_caller]
fn fails(shelf: &Shelf, requirements: &[&str], kind: ErrorKind, message: &str) {
    let error = resolve(&wanted(requirements), shelf).expect_err("no solution");
    assert_eq!(error.to_string(), message);
    assert_eq!(error.kind(), kind);
}

const REAL: &str = "
    say 1.3-1: lua >= 5.1
    say 1.4.1-3: lua >= 5.1
    luassert 1.8.0-0: lua >= 5.1 | say >= 1.3-1
    luassert 1.9.0-1: lua >= 5.1 | say >= 1.4.0-1
    argparse 0.7.1-1: lua >= 5.1, < 5.5
    argparse scm-2: lua >= 5.1, < 5.5
    moses 2.1.0-1: lua >= 5.1, < 5.4
    moses 1.6.1-1: lua >= 5.1, < 5.4
    penlight 1.13.1-1: lua >= 5.1 | luafilesystem
    cqueues 20190813.54-0: lua == 5.4 | !native
    cqueues 20200726.54-0: lua == 5.4 | !native
    luaossl 20190731-0: lua | !native
    basexx 0.3.0-1: lua >= 5.1
    http 0.4-0: lua >= 5.1 | cqueues >= 20161214 | luaossl >= 20161208 | basexx >= 0.2.0 | lpeg
    busted 2.1.1-1: lua >= 5.1 | lua_cliargs == 3.0 | luassert >= 1.7.8-0 | penlight >= 1.3.2 | mediator_lua >= 1.1.1 | luafilesystem
    lua_cliargs 3.0-2: lua >= 5.1
    mediator_lua 1.1.2-0: lua > 5.0
";

#[test]
fn the_newest_versions_that_fit_are_chosen() {
    let shelf = Shelf::new(REAL);
    resolves(&shelf, &["luassert"], &["say 1.4.1-3", "luassert 1.9.0-1"]);
    resolves(&shelf, &["say < 1.4"], &["say 1.3-1"]);
    resolves(&shelf, &["luassert < 1.9", "say < 1.4"], &["say 1.3-1", "luassert 1.8.0-0"]);
    let busted = [
        "lua_cliargs 3.0-2",
        "say 1.4.1-3",
        "luassert 1.9.0-1",
        "mediator_lua 1.1.2-0",
        "penlight 1.13.1-1",
        "busted 2.1.1-1",
    ];
    let resolution = resolves(&shelf, &["busted"], &busted);
    assert_eq!(
        resolution.provided.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["luafilesystem"]
    );
    let needed: Vec<String> = resolution.packages[4]
        .dependencies
        .iter()
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    assert_eq!(needed, ["luafilesystem 1.8.0-1"]);
}

#[test]
fn an_older_version_is_taken_where_the_newest_fits_nowhere() {
    let shelf = Shelf::new(REAL);
    resolves(&shelf, &["say < 1.4", "luassert"], &["say 1.3-1", "luassert 1.8.0-0"]);
    let shelf = Shelf::new(
        "a 1-1: \n a 2-1: !invalid \n a 3-1: !native \n a 4-1: lua < 5.4 \n a 5-1: !offline \n a 6-1: gone",
    );
    resolves(&shelf, &["a"], &["a 1-1"]);
}

#[test]
fn what_every_vm_has_is_not_installed() {
    let shelf = Shelf::new(REAL);
    let resolution = resolves(&shelf, &["lpeg", "lua >= 5.1"], &[]);
    assert_eq!(resolution.provided.len(), 1);
    fails(
        &shelf,
        &["lpeg >= 1.1"],
        ErrorKind::NoSolution,
        "what was asked for needs `lpeg >= 1.1`, and every VM has `lpeg 1.0.2-1`",
    );
    fails(
        &shelf,
        &["lua >= 5.4.3"],
        ErrorKind::LuaVersionMismatch,
        "what was asked for needs `lua >= 5.4.3`, and every VM has `lua 5.4-1`",
    );
}

#[test]
fn conflicts_are_explained_by_the_facts_that_make_them() {
    let shelf = Shelf::new(REAL);
    fails(
        &shelf,
        &["luassert >= 1.9", "say < 1.4"],
        ErrorKind::NoSolution,
        "no choice of versions meets all of this:\n  \
         `luassert >= 1.9` is wanted\n  \
         `say < 1.4` is wanted\n  \
         `luassert 1.9.0-1` needs `say >= 1.4.0-1`",
    );
    fails(
        &shelf,
        &["moses"],
        ErrorKind::LuaVersionMismatch,
        "no choice of versions meets all of this:\n  \
         `moses` is wanted\n  \
         `moses 2.1.0-1` needs `lua >= 5.1, < 5.4`, and every VM has `lua 5.4-1`; the same for 1 other version",
    );
    fails(
        &shelf,
        &["http"],
        ErrorKind::NativeUnsupported,
        "no choice of versions meets all of this:\n  \
         `http` is wanted\n  \
         `http 0.4-0` needs `cqueues >= 20161214`\n  \
         `http 0.4-0` needs `luaossl >= 20161208`\n  \
         `cqueues 20200726.54-0` has modules of machine code (`x`), which never runs in a VM; the same for 1 other version\n  \
         `luaossl 20190731-0` has modules of machine code (`x`), which never runs in a VM",
    );
}

#[test]
fn what_nobody_has_is_named_with_what_is_like_it() {
    let shelf = Shelf::new(REAL);
    fails(
        &shelf,
        &["luaasert"],
        ErrorKind::PackageNotFound,
        "no repository has a package `luaasert`; did you mean `luassert`?",
    );
    fails(
        &shelf,
        &["zzz"],
        ErrorKind::PackageNotFound,
        "no repository has a package `zzz`; check its name, or add a repository that has it",
    );
    fails(
        &shelf,
        &["say >= 2"],
        ErrorKind::NoSolution,
        "what was asked for needs `say >= 2`, and there is 1.4.1-3, 1.3-1",
    );
    fails(
        &shelf,
        &["say >= 1.4", "say < 1.4"],
        ErrorKind::NoSolution,
        "what was asked for needs `say >= 1.4` and `say < 1.4`, and there is 1.4.1-3, 1.3-1",
    );
    fails(
        &shelf,
        &["user/say"],
        ErrorKind::InvalidRequirement,
        "what was asked for needs `user/say` of a namespace; add the repository of `user` and ask for `say` instead",
    );
    fails(
        &Shelf::new("a 1-1: gone >= 1 | lost"),
        &["a"],
        ErrorKind::NoSolution,
        "no choice of versions meets all of this:\n  \
         `a` is wanted\n  \
         `a 1-1` needs `gone >= 1`, which no repository has, and needs `lost`, which no repository has",
    );
}

#[test]
fn moving_versions_are_hidden_unless_asked_for_by_name() {
    let shelf = Shelf::new(REAL);
    resolves(&shelf, &["argparse"], &["argparse 0.7.1-1"]);
    resolves(&shelf, &["argparse >= 0.5"], &["argparse 0.7.1-1"]);
    resolves(&shelf, &["argparse scm-2"], &["argparse scm-2"]);
    resolves(&shelf, &["argparse == scm"], &["argparse scm-2"]);
    fails(
        &shelf,
        &["argparse > 1"],
        ErrorKind::NoSolution,
        "what was asked for needs `argparse > 1`, which only a moving version meets; ask for `argparse == scm-2` to have it",
    );
    let shelf = Shelf::new("a 1-1: b scm-1 \n b scm-1: \n c 1-1: b >= 1");
    assert_eq!(resolve(&wanted(&["a"]), &shelf).expect_err("hidden").kind(), ErrorKind::NoSolution);
    resolves(&shelf, &["a", "c", "b scm-1"], &["b scm-1", "a 1-1", "c 1-1"]);
}

#[test]
fn locked_versions_are_kept_unless_they_are_to_be_upgraded() {
    let shelf = Shelf::new(REAL);
    let mut wanted = wanted(&["luassert"]);
    for (name, version) in [("say", "1.3-1"), ("luassert", "1.8.0-0"), ("gone", "1-1")] {
        wanted.locked.insert(name.parse().expect("a name"), version.parse().expect("a version"));
    }
    let chosen = |wanted: &Wanted| listed(&resolve(wanted, &shelf).expect("a solution"));
    assert_eq!(chosen(&wanted), ["say 1.3-1", "luassert 1.8.0-0"]);
    wanted.upgrade = Upgrade::These(BTreeSet::from(["say".parse().expect("a name")]));
    assert_eq!(chosen(&wanted), ["say 1.4.1-3", "luassert 1.8.0-0"]);
    wanted.upgrade = Upgrade::Everything;
    assert_eq!(chosen(&wanted), ["say 1.4.1-3", "luassert 1.9.0-1"]);
    wanted.upgrade = Upgrade::Nothing;
    wanted.requirements = vec!["luassert >= 1.9".parse().expect("a requirement")];
    assert_eq!(chosen(&wanted), ["say 1.4.1-3", "luassert 1.9.0-1"]);
}

#[test]
fn an_error_that_is_not_of_one_version_ends_the_resolution() {
    let shelf = Shelf::new("a 1-1: \n a 2-1: !forged");
    let error = resolve(&wanted(&["a"]), &shelf).expect_err("an older version must not hide a forgery");
    assert_eq!(error.kind(), ErrorKind::IntegrityMismatch);
}

#[test]
fn a_rockspec_of_another_package_is_not_used() {
    let mut shelf = Shelf::new("a 1-1: \n b 1-1:");
    let [a, b] = ["a", "b"].map(|name| name.parse::<PackageName>().expect("a name"));
    let foreign = shelf.packages[&b].clone();
    shelf.packages.insert(a, foreign);
    assert_eq!(resolve(&wanted(&["a"]), &shelf).expect_err("foreign").kind(), ErrorKind::RockspecInvalid);
}

#[test]
fn cycles_and_diamonds_have_an_order() {
    resolves(&Shelf::new("a 1-1: b \n b 1-1: c \n c 1-1: a"), &["b"], &["c 1-1", "b 1-1", "a 1-1"]);
    resolves(&Shelf::new("a 1-1: a \n a 2-1: a >= 1"), &["a"], &["a 2-1"]);
    fails(
        &Shelf::new("a 1-1: a > 1 \n a 2-1: a < 2"),
        &["a"],
        ErrorKind::NoSolution,
        "no choice of versions meets all of this:\n  \
         `a` is wanted\n  \
         `a 2-1` needs another version of itself, `a < 2`\n  \
         `a 1-1` needs another version of itself, `a > 1`",
    );
    let diamond = "top 1-1: left | right \n left 1-1: base >= 1 \n right 1-1: base < 3 \n base 1-1: \n base 2-1: \n base 3-1:";
    resolves(&Shelf::new(diamond), &["top"], &["base 2-1", "left 1-1", "right 1-1", "top 1-1"]);
    let torn =
        "top 1-1: left | right \n left 1-1: base >= 2 \n right 1-1: base < 2 \n base 1-1: \n base 2-1:";
    fails(
        &Shelf::new(torn),
        &["top"],
        ErrorKind::NoSolution,
        "no choice of versions meets all of this:\n  \
         `top` is wanted\n  \
         `top 1-1` needs `left`\n  \
         `top 1-1` needs `right`\n  \
         `left 1-1` needs `base >= 2`\n  \
         `right 1-1` needs `base < 2`",
    );
}

/// A chain of packages with some versions each; the last needs what is given.
fn chain(length: usize, versions: usize, last: &[&str]) -> Shelf {
    let mut shelf = Shelf::default();
    for at in 0..length {
        for version in 1..=versions {
            let next = format!("p{}", at + 1);
            let needs = if at + 1 == length { last.to_vec() } else { vec![next.as_str()] };
            shelf.put(&format!("p{at}"), &format!("{version}-1"), &needs);
        }
    }
    shelf
}

#[test]
fn long_chains_end() {
    for (shelf, solved) in [
        (chain(10_000, 1, &[]), true),
        (chain(10_000, 2, &[]), true),
        (chain(10_000, 1, &["p0"]), true),
        (chain(10_000, 1, &["lua < 5.4"]), false),
        (chain(10_000, 1, &["p0 > 1"]), false),
        (chain(1_000, 5, &["lua < 5.4"]), false),
    ] {
        let start = Instant::now();
        let answer = resolve(&wanted(&["p0"]), &shelf);
        assert_eq!(answer.is_ok(), solved, "{:?}", answer.err());
        assert!(start.elapsed() < BOUND, "{:?}", start.elapsed());
    }
}

#[test]
fn a_puzzle_without_an_answer_ends() {
    let mut shelf = Shelf::default();
    let (rows, versions) = (14, 12);
    for row in 0..rows {
        for version in 1..=versions {
            // No two packages may be of one version, and there is one version too few.
            let others: Vec<String> = (0..rows)
                .filter(|other| *other != row)
                .map(|other| format!("q{other} ~= {version}"))
                .collect();
            let others: Vec<&str> = others.iter().map(String::as_str).collect();
            shelf.put(&format!("q{row}"), &format!("{version}-1"), &others);
        }
    }
    let start = Instant::now();
    let error = resolve(&wanted(&["q0"]), &shelf).expect_err("no answer");
    assert_eq!(error.kind(), ErrorKind::NoSolution);
    assert!(
        error.to_string().starts_with("no choice of versions was found among 14 packages after "),
        "{error}"
    );
    assert!(start.elapsed() < BOUND, "{:?}", start.elapsed());
}

#[test]
fn the_answer_does_not_depend_on_the_run() {
    let shelf = Shelf::new(REAL);
    let first = resolve(&wanted(&["busted", "argparse"]), &shelf).expect("a solution");
    for _ in 0..10 {
        assert_eq!(resolve(&wanted(&["busted", "argparse"]), &shelf).expect("a solution"), first);
    }
    let asked = shelf.asked.get();
    assert!(asked <= 11 * 7, "each rockspec is read once: {asked}");
}
