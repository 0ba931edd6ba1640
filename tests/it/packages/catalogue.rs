//! The packages that come with the library: their own tests in VMs and in native Lua, their pages, and LuaRocks'
//! opinion of them; searching, profiles, recommendations, health.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use bioxen_lua::{
    Catalogue, Chunk, Condition, Environment, Environments, ErrorKind, InstallOptions, Limits, Mount,
    Outcome, PackageName, ProfileSource, Reason, Repository, Requirement, Value, Values, VmConfig,
};
use tempfile::TempDir;

use super::environments::{fails, open};
use super::rocks::{Rock, Shelf};
use crate::support::{text, vm};

const ROCKS: [&str; 5] = ["bio-utils", "genome-tools", "math_package", "phylo-tree", "sequence-parser"];

/// Fuel is no question here. The time is ten times what the slowest of them takes on a busy machine.
fn limits() -> Limits {
    Limits { fuel: None, time: Some(Duration::from_secs(300)), ..Limits::default() }
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../host/catalogue")
}

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data")
}

/// Files of one kind in a folder, by name.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    files.retain(|file| file.extension().is_some_and(|other| other == extension));
    files.sort();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

/// An environment with all of them.
fn full() -> (TempDir, Environments, Environment) {
    let home = tempfile::tempdir().expect("a folder");
    let environments = open(home.path());
    assert!(environments.bootstrap_with("bio", "full").wait().expect("they are all there"));
    let environment = environments.get("bio").wait().expect("it was made");
    (home, environments, environment)
}

fn run(config: VmConfig, file: &Path, source: String, arguments: &[&str]) -> Outcome {
    let values = Values(arguments.iter().map(|argument| Value::from(*argument)).collect());
    let chunk = Chunk::new(source).name(format!("@{}", file.display())).arguments(values);
    vm(config).run(chunk).wait().expect("the VM takes calls")
}

/// The tests of a package, in VMs that see what is installed, the data read-only, and a folder to write to.
#[track_caller]
fn passes_in_vms(rock: &str) {
    let (_home, _environments, environment) = full();
    for file in files(&sources().join(rock).join("tests"), "lua") {
        let work = tempfile::tempdir().expect("a folder");
        let config = environment.vm_config().expect("a configuration").limits(limits());
        let config = config.mount(Mount::read_only(data(), "/data").expect("the data is there"));
        let config = config.mount(Mount::read_write(work.path(), "/work").expect("it was made"));
        let source = fs::read_to_string(&file).expect("a text");
        let outcome = run(config, &file, source, &["/data", "/work"]);
        assert_eq!(outcome.result, Ok(vec![]), "{}\n{}{}", file.display(), outcome.stdout, outcome.stderr);
    }
}

#[test]
fn math_package_passes_its_tests() {
    passes_in_vms("math_package");
}

#[test]
fn bio_utils_passes_its_tests() {
    passes_in_vms("bio-utils");
}

#[test]
fn sequence_parser_passes_its_tests() {
    passes_in_vms("sequence-parser");
}

#[test]
fn genome_tools_passes_its_tests() {
    passes_in_vms("genome-tools");
}

#[test]
fn phylo_tree_passes_its_tests() {
    passes_in_vms("phylo-tree");
}

/// The blocks of Lua in a page, and what each says it prints.
fn examples(page: &str) -> Vec<(String, String)> {
    let blocks = page.split("```lua\n").skip(1).filter_map(|rest| rest.split_once("```"));
    let printed = |block: &str| {
        let lines: Vec<&str> = block.lines().filter_map(|line| Some(line.split_once("--> ")?.1)).collect();
        lines.join("\n")
    };
    blocks.map(|(block, _)| (block.to_string(), printed(block))).collect()
}

#[test]
fn examples_of_the_pages_print_what_they_say() {
    let (_home, _environments, environment) = full();
    for rock in ROCKS {
        for page in files(&sources().join(rock).join("doc"), "md") {
            let examples = examples(&fs::read_to_string(&page).expect("a text"));
            assert!(examples.len() >= 3, "{}", page.display());
            for (block, expected) in examples {
                let config = environment.vm_config().expect("a configuration").limits(limits());
                let outcome = run(config, &page, block.clone(), &[]);
                assert_eq!(outcome.result, Ok(vec![]), "{}\n{block}\n{}", page.display(), outcome.stderr);
                let printed = outcome.stdout.to_text();
                assert_eq!(printed.trim_end(), expected, "{}\n{block}", page.display());
            }
        }
    }
}

/// They set no global variable and change none.
#[test]
fn packages_leave_globals_alone() {
    let (_home, _environments, environment) = full();
    let mut vm = vm(environment.vm_config().expect("a configuration"));
    let chunk = "
        local before = {}
        for name, value in pairs(_G) do before[name] = value end
        for _, name in ipairs { 'bio_utils', 'genome_tools', 'math_package', 'phylo_tree', 'sequence_parser' } do
            local package = require(name)
            assert(type(package) == 'table' and next(package))
        end
        for name, value in pairs(_G) do assert(before[name] == value, name) end
        return 'left alone'";
    assert_eq!(text(&mut vm, chunk), "left alone");
}

/// A program of this machine, or nothing and one line that says so.
fn program(name: &str, what: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    if found.is_none() {
        // Not by `eprintln!`: what a test prints that way is shown only when it fails.
        let _ = writeln!(std::io::stderr(), "skipped: {what}, because there is no `{name}` on this machine");
    }
    found
}

#[track_caller]
fn succeeds(command: &mut Command) {
    let output = command.output().expect("it can be started");
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{command:?}\n{}", told.concat());
}

#[test]
fn packages_pass_their_tests_in_native_lua() {
    let Some(lua) = program("lua5.4", "the catalogue in native Lua") else { return };
    let path: Vec<String> =
        ROCKS.iter().map(|rock| format!("{}/src/?.lua", sources().join(rock).display())).collect();
    for rock in ROCKS {
        for file in files(&sources().join(rock).join("tests"), "lua") {
            let work = tempfile::tempdir().expect("a folder");
            let mut command = Command::new(&lua);
            command.arg(file).arg(data()).arg(work.path()).env("LUA_PATH", path.join(";"));
            succeeds(&mut command);
        }
    }
}

#[test]
fn luarocks_accepts_every_package() {
    let Some(luarocks) = program("luarocks", "what LuaRocks thinks of the catalogue") else { return };
    let (tree, home) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    for rock in ROCKS {
        let rockspec = format!("{rock}-1.0.0-1.rockspec");
        let run = |arguments: &[&str]| {
            let mut command = Command::new(&luarocks);
            command.args(["--lua-version", "5.4"]).args(arguments).arg(&rockspec);
            succeeds(command.current_dir(sources().join(rock)).env("HOME", home.path()));
        };
        run(&["lint"]);
        run(&["make", "--tree", tree.path().to_str().expect("text")]);
    }
    let installed = tree.path().join("share/lua/5.4");
    for rock in ROCKS {
        for file in files(&sources().join(rock).join("src"), "lua") {
            let name = file.file_name().expect("a name");
            assert_eq!(fs::read(installed.join(name)).expect("installed"), fs::read(&file).expect("there"));
        }
    }
}

/// The specification's own example, without a repository.
#[test]
fn the_specification_works_offline() {
    let home = tempfile::tempdir().expect("a folder");
    let environments = open(home.path());
    let found = environments.catalogue().search("math").wait().expect("searched");
    assert_eq!(found[0].name.as_str(), "math_package");
    assert_eq!(found[0].repository, "catalogue");
    assert!(environments.bootstrap("bio").wait().expect("it needs nothing"));
    assert!(!environments.bootstrap("bio").wait().expect("it needs nothing"), "it is there already");
    let environment = environments.get("bio").wait().expect("it was made");
    let mut vm = vm(environment.vm_config().expect("a configuration"));
    assert_eq!(text(&mut vm, "return tostring(require('math_package').compute(10))"), "20");
    assert_eq!(environment.verify().wait().expect("read"), []);
}

fn catalogue() -> (TempDir, Catalogue) {
    let home = tempfile::tempdir().expect("a folder");
    let catalogue = open(home.path()).catalogue();
    (home, catalogue)
}

#[test]
fn search_looks_in_names_summaries_and_labels() {
    let (_home, catalogue) = catalogue();
    let names = |text: &str| -> Vec<String> {
        let found = catalogue.offline().search(text).wait().expect("searched");
        found.iter().map(|found| found.name.to_string()).collect()
    };
    assert_eq!(names(""), ROCKS);
    assert_eq!(names("PHYLO"), ["phylo-tree"]);
    assert_eq!(names("melting"), ["bio-utils"], "in the summary");
    assert_eq!(names("fastq"), ["sequence-parser"], "in the labels");
    assert_eq!(names("sequence"), ["sequence-parser", "bio-utils"], "the name before all else");
    assert_eq!(names("no such thing"), Vec::<String>::new());
}

#[test]
fn a_package_is_described() {
    let (_home, catalogue) = catalogue();
    let name = |name: &str| name.parse::<PackageName>().expect("a name");
    let info = catalogue.info(&name("genome-tools")).wait().expect("it is there");
    assert_eq!(info.repository.as_deref(), Some("catalogue"));
    assert_eq!(info.versions.iter().map(ToString::to_string).collect::<Vec<_>>(), ["1.0.0-1"]);
    assert_eq!(info.license.as_deref(), Some("MIT OR Apache-2.0"));
    assert!(info.summary.expect("a summary").contains("genetic code"));
    assert!(info.detailed.expect("a description").contains("Six-frame"));
    let needs: Vec<String> = info.dependencies.iter().map(ToString::to_string).collect();
    assert_eq!(needs, ["lua >= 5.4, < 5.5", "bio-utils ~> 1.0"]);
    let given = catalogue.info(&name("bit32")).wait().expect("every VM has it");
    assert!(given.provided.is_some() && given.versions.is_empty() && given.repository.is_none());
    assert!(fails(catalogue.info(&name("lost")).wait(), ErrorKind::PackageNotFound).contains("`lost`"));
}

#[test]
fn recommendations_have_reasons() {
    let (_home, catalogue) = catalogue();
    let names = |list: &[&str]| -> Vec<PackageName> {
        list.iter().map(|name| name.parse().expect("a name")).collect()
    };
    let recommended = catalogue.recommendations(&names(&["bio-utils"])).wait().expect("read");
    let order: Vec<&str> = recommended.iter().map(|one| one.package.name.as_str()).collect();
    assert_eq!(order, ["genome-tools", "phylo-tree", "sequence-parser"], "what builds on it comes first");
    assert_eq!(recommended[0].reasons[0], Reason::BuildsOn("bio-utils".parse().expect("a name")));
    let told: Vec<String> = recommended[1].reasons.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["it is about bioinformatics, as `bio-utils` is"]);
    assert_eq!(catalogue.recommendations(&[]).wait().expect("read"), []);
    assert_eq!(catalogue.recommendations(&names(&ROCKS)).wait().expect("read"), []);
}

#[test]
fn profiles_take_from_repositories_what_they_have() {
    let home = tempfile::tempdir().expect("a folder");
    let environments = open(home.path());
    let profiles = environments.catalogue().profiles();
    let known: Vec<&str> = profiles.iter().map(|profile| profile.name).collect();
    assert_eq!(known, ["minimal", "standard", "full", "bioinformatics", "development"]);
    let installed = |name: &str, profile: &str| -> BTreeSet<String> {
        environments.bootstrap_with(name, profile).wait().expect("installed");
        let packages = environments.get(name).wait().expect("made").packages().wait().expect("read");
        packages.iter().map(|package| package.name.to_string()).collect()
    };
    for profile in &profiles {
        let carried = profile.packages.iter().filter(|package| package.source == ProfileSource::Catalogue);
        let expected = carried.map(|package| package.requirement.name.to_string()).collect();
        assert_eq!(installed(profile.name, profile.name), expected, "without repositories");
    }
    let shelf = Shelf::new(&[
        Rock::plain("inspect", "3.1-1"),
        Rock::plain("dkjson", "2.6-1"),
        Rock::new("penlight", "1.13-1").needs("missing-thing"),
    ]);
    let repository = Repository::new("shelf", shelf.path().to_str().expect("text")).expect("an address");
    environments.repositories().add(repository).wait().expect("added");
    let standard = installed("standard", "standard");
    let expected = ["bio-utils", "dkjson", "inspect", "math_package", "sequence-parser"];
    assert_eq!(standard, expected.map(str::to_string).into(), "penlight cannot be installed, the others can");
    assert!(!environments.bootstrap("standard").wait().expect("nothing more can be had"));
    fails(environments.bootstrap_with("bio", "maximal").wait(), ErrorKind::NotFound);
    fails(environments.get("bio").wait(), ErrorKind::EnvironmentNotFound);
}

#[test]
fn no_repository_takes_the_name_of_a_carried_package() {
    let home = tempfile::tempdir().expect("a folder");
    let environments = open(home.path());
    let shelf = Shelf::new(&[Rock::plain("math_package", "9.0-1")]);
    let repository = Repository::new("shelf", shelf.path().to_str().expect("text")).expect("an address");
    environments.repositories().add(repository).wait().expect("added");
    let environment = environments.create("bio").wait().expect("made");
    let wanted: [Requirement; 1] = ["math_package".parse().expect("a requirement")];
    environment.install(&wanted, InstallOptions::default()).wait().expect("installed");
    let packages = environment.packages().wait().expect("read");
    assert_eq!(
        (packages[0].version.to_string().as_str(), packages[0].repository.as_str()),
        ("1.0.0-1", "catalogue")
    );
    let newer = ["math_package >= 2".parse().expect("a requirement")];
    fails(environment.install(&newer, InstallOptions::default()).wait(), ErrorKind::NoSolution);
}

#[test]
fn health_names_what_is_wrong() {
    let (home, environments, environment) = full();
    let condition = |name: &str| {
        let health = environment.health_offline().wait().expect("looked at");
        let check = health.check(name).expect("it is looked at").clone();
        (check.condition, check.notes.join("; "))
    };
    let health = environment.health().wait().expect("looked at");
    assert_eq!(health.condition(), Condition::Sound, "{health:?}");
    let checks: Vec<&str> = health.checks.iter().map(|check| check.name).collect();
    assert_eq!(checks, ["lock", "files", "requirements", "provided", "generations", "repositories"]);

    let away = Repository::new("away", "/nowhere/at/all").expect("an address");
    environments.repositories().add(away).wait().expect("added");
    let health = environment.health().wait().expect("looked at");
    let told = health.check("repositories").expect("there").to_string();
    assert_eq!(health.condition(), Condition::Notable, "what is installed goes on working");
    assert!(told.contains("notable") && told.contains("`away`"), "{told}");
    assert!(condition("repositories").1.contains("nothing is known of `away` yet"));

    let generation = home.path().join("envs/bio/gen");
    fs::create_dir(generation.join(".new~000009")).expect("made");
    let (state, note) = condition("generations");
    assert_eq!(state, Condition::Notable);
    assert!(note.contains("`.new~000009` was left behind"), "{note}");

    let newest =
        files_below(&generation).into_iter().find(|file| file.ends_with("share/lua/5.4/math_package.lua"));
    let file = newest.expect("it is installed");
    fs::remove_file(&file).expect("removed");
    let (state, note) = condition("files");
    assert_eq!(state, Condition::Faulty);
    assert!(note.contains("`share/lua/5.4/math_package.lua` is missing"), "{note}");
    assert_eq!(condition("requirements").0, Condition::Sound);
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it can be read").path();
        match path.is_dir() {
            true => found.extend(files_below(&path)),
            false => found.push(path),
        }
    }
    found
}
