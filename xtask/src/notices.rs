//! `cargo xtask notices`: the texts that the licences of the linked crates want to travel with binaries.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::no_arguments;
use crate::workspace::{Workspace, output};

const FILE: &str = "THIRD-PARTY-CRATES.md";
/// What is passed on as a binary: the command, and the native part of the wheel.
const PRODUCTS: [&str; 2] = ["bioxen-cli", "bioxen-python"];
/// The one platform that is promised.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";
/// How the files begin that hold licences, in small letters.
const TEXTS: [&str; 6] = ["licen", "copying", "copyright", "notice", "unlicense", "patents"];

const HEAD: &str = "\
# Notices of the crates inside binaries

The command `bioxen` and the Python package's wheel (Linux, x86-64) link the Rust crates below. Written by `cargo xtask notices` out of the
crates' own files, and compared with them by `cargo xtask ci`. What can be taken under Apache-2.0 is: its text is in
`LICENSE-APACHE`, as for Rust's standard library. Texts of other licences follow, each once. The source of every crate, those under MPL-2.0 too, is in
cargo's registry, under its name and version.
";

pub fn verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    no_arguments("notices", &arguments)?;
    let file = workspace.root().join(FILE);
    fs::write(&file, text(workspace)?).with_context(|| format!("cannot write `{}`", file.display()))?;
    println!("{}", workspace.shown(&file));
    Ok(ExitCode::SUCCESS)
}

/// The file says what the crates of today say.
pub fn check(workspace: &Workspace) -> Result<()> {
    let found = fs::read_to_string(workspace.root().join(FILE)).unwrap_or_default();
    ensure!(
        found == text(workspace)?,
        "`{FILE}` is not what the linked crates say: type `cargo xtask notices`"
    );
    Ok(())
}

fn text(workspace: &Workspace) -> Result<String> {
    let crates = linked(workspace)?;
    let mut table = String::from("\n| crate | version | licence |\n|---|---|---|\n");
    let mut holders: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for linked in &crates {
        table += &format!("| `{}` | {} | {} |\n", linked.name, linked.version, linked.licence);
        for text in linked.texts()? {
            holders.entry(text).or_default().push(&linked.name);
        }
    }
    let mut sections: Vec<(Vec<&str>, String)> =
        holders.into_iter().map(|(text, names)| (names, text)).collect();
    sections.sort();
    let mut all = format!("{HEAD}{table}");
    for (names, text) in sections {
        all += &format!("\n## {}\n\n~~~text\n{text}\n~~~\n", names.join(", "));
    }
    Ok(all)
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Crate {
    name: String,
    version: String,
    licence: String,
    folder: PathBuf,
}

impl Crate {
    /// Whether the whole of it may be taken under Apache-2.0, whose text travels anyway.
    fn is_apache(&self) -> bool {
        self.licence.contains("Apache-2.0") && !self.licence.contains(" AND ")
    }

    /// What has to travel with it: nothing where Apache-2.0 can be chosen, but for a notice that it asks to keep.
    fn texts(&self) -> Result<BTreeSet<String>> {
        let mut texts = BTreeSet::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            let wanted = TEXTS.iter().any(|start| name.starts_with(start)) && !name.contains("apache");
            if path.is_file() && wanted && (!self.is_apache() || name.starts_with("notice")) {
                texts.insert(plain(&path)?);
            }
        }
        Ok(texts)
    }
}

/// A text without blanks at the ends of its lines and around it.
fn plain(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    Ok(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_matches('\n').to_string())
}

/// The crates of others that the products link, in the order of their names.
fn linked(workspace: &Workspace) -> Result<Vec<Crate>> {
    let mut tree = workspace.cargo();
    tree.args([
        "tree",
        "--locked",
        "--edges",
        "normal,no-proc-macro",
        "--target",
        PLATFORM,
        "--prefix",
        "none",
    ]);
    for product in PRODUCTS {
        tree.args(["--package", product]);
    }
    let tree = output(&mut tree)?;
    let inside: BTreeSet<(&str, &str)> = tree.lines().filter_map(name_and_version).collect();
    let metadata = workspace.metadata(&["--locked"])?;
    let packages = metadata["packages"].as_array().context("`cargo metadata` lists no packages")?;
    let mut crates: Vec<Crate> = packages
        .iter()
        .filter(|package| !package["source"].is_null())
        .filter_map(described)
        .filter(|found| inside.contains(&(&*found.name, &*found.version)))
        .collect();
    ensure!(crates.iter().any(|found| found.name == "wasmtime"), "`cargo tree` shows no wasmtime");
    crates.sort();
    Ok(crates)
}

/// Of `name vVERSION ...`, a line of `cargo tree`.
fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split_whitespace();
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

fn described(package: &Value) -> Option<Crate> {
    let field = |name: &str| package[name].as_str().map(str::to_string);
    Some(Crate {
        name: field("name")?,
        version: field("version")?,
        licence: field("license")?,
        folder: Path::new(package["manifest_path"].as_str()?).parent()?.to_path_buf(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(licence: &str, files: &[&str], expected: &[&str]) {
        let folder = std::env::temp_dir().join(format!("notices-{}-{}", std::process::id(), files.len()));
        fs::create_dir_all(&folder).unwrap();
        for file in files {
            fs::write(folder.join(file), format!("\ntext of {file} \n\n")).unwrap();
        }
        let (name, version) = ("a".to_string(), "1.0.0".to_string());
        let texts = Crate { name, version, licence: licence.into(), folder: folder.clone() }.texts();
        fs::remove_dir_all(folder).unwrap();
        let expected: BTreeSet<String> = expected.iter().map(|file| format!("text of {file}")).collect();
        assert_eq!(texts.unwrap(), expected, "{licence}");
    }

    #[test]
    fn what_has_to_travel_is_found() {
        check("MIT", &["LICENSE", "README.md"], &["LICENSE"]);
        check("MIT OR Apache-2.0", &["LICENSE-MIT", "LICENSE-APACHE", "NOTICE"], &["NOTICE"]);
        check(
            "(MIT OR Apache-2.0) AND BSD-3-Clause",
            &["COPYRIGHT", "LICENSE-MIT", "LICENSE-APACHE", "a.rs"],
            &["COPYRIGHT", "LICENSE-MIT"],
        );
    }

    #[test]
    fn a_line_of_the_tree_is_read() {
        assert_eq!(name_and_version("a v1.2.3 (/a) (*)"), Some(("a", "1.2.3")));
        assert_eq!(name_and_version(""), None);
    }
}
