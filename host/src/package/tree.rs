//! An installed set of packages in the layout that LuaRocks reads.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::fs::{EntryKind, Folder};
use crate::package::build::{COMMANDS, MODULES, ROCKS, modules, sha256};
use crate::package::name::PackageName;
use crate::package::persist;
use crate::package::requirement::{Operator, Requirement};
use crate::package::store::{StoredTree, refused};
use crate::package::version::Version;
use crate::value::{Table, Value};

/// The file that says what a tree holds.
const MANIFEST: &str = "manifest";

/// Modules that every Lua has.
const STANDARD: [&str; 10] =
    ["_G", "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8"];

/// A package that goes into a tree.
#[derive(Debug, Clone)]
pub(crate) struct Planted {
    pub name: PackageName,
    pub version: Version,
    /// What it needs, as its rockspec says.
    pub dependencies: Vec<Requirement>,
    /// What of it is in the tree, directly.
    pub needs: Vec<(PackageName, Version)>,
    /// Its files.
    pub tree: StoredTree,
}

/// A file of a tree that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Difference {
    /// It is not there.
    Missing(String),
    /// It has another content, or is no file any more.
    Edited(String),
    /// It was not there.
    Extra(String),
}

/// Writes packages into an empty folder, and what LuaRocks needs to read it. It is on the disk when
/// the folder was synced with all below it.
///
/// # Errors
///
/// [`ErrorKind::ModuleConflict`], before anything is written, when two packages have one module or command,
/// or one has a module of which `reserved` says whose it is; [`ErrorKind::Storage`].
pub(crate) fn write(
    folder: &Folder,
    packages: &[Planted],
    reserved: &dyn Fn(&str) -> Option<String>,
) -> Result<()> {
    check_conflicts(packages, reserved)?;
    for package in packages {
        link(folder, &package.tree)
            .map_err(|error| refused("write", folder, package.name.as_str(), error))?;
    }
    let path = format!("{ROCKS}/{MANIFEST}");
    let text = manifest(packages);
    let written = folder.make_folder(ROCKS).and_then(|()| folder.write_unsynced(&path, text.as_bytes()));
    let written = written.and_then(|()| folder.set_read_only(&path));
    written.map_err(|error| refused("write", folder, &path, error))
}

/// Files of a tree that was written with these packages, with the SHA-256 of each.
pub(crate) fn files(packages: &[Planted]) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for package in packages {
        files.extend(package.tree.files.clone());
    }
    files.insert(format!("{ROCKS}/{MANIFEST}"), sha256(manifest(packages).as_bytes()));
    files
}

/// Compares a tree with what was written: files by their paths, with the SHA-256 of each. Paths in `others`
/// are not of the tree, and are left alone.
///
/// # Errors
///
/// [`ErrorKind::Storage`].
pub(crate) fn verify(
    folder: &Folder,
    written: &BTreeMap<String, String>,
    others: &[&str],
) -> Result<Vec<Difference>> {
    let mut found = Found::default();
    found.collect(folder, "", others).map_err(|error| refused("read", folder, "", error))?;
    let mut differences: Vec<Difference> = Vec::new();
    for (path, sum) in written {
        match found.files.remove(path) {
            None => differences.push(Difference::Missing(path.clone())),
            Some(other) if other.as_ref() != Some(sum) => differences.push(Difference::Edited(path.clone())),
            Some(_) => {}
        }
    }
    differences.extend(found.files.into_keys().map(Difference::Extra));
    Ok(differences)
}

fn link(folder: &Folder, tree: &StoredTree) -> io::Result<()> {
    let mut made = BTreeSet::new();
    for path in tree.files.keys() {
        if let Some((above, _)) = path.rsplit_once('/').filter(|(above, _)| made.insert(above.to_string())) {
            folder.make_folder(above)?;
        }
        tree.folder.link_or_copy(path, folder, path)?;
    }
    Ok(())
}

/// What stands in a folder: the SHA-256 of each file; nothing for what is no file that can be read.
#[derive(Default)]
struct Found {
    files: BTreeMap<String, Option<String>>,
}

impl Found {
    fn collect(&mut self, folder: &Folder, above: &str, others: &[&str]) -> io::Result<()> {
        for entry in folder.list(above)? {
            let path = if above.is_empty() { entry.name } else { format!("{above}/{}", entry.name) };
            if others.contains(&path.as_str()) {
                continue;
            }
            match entry.kind {
                EntryKind::Folder => self.collect(folder, &path, others)?,
                EntryKind::File => {
                    let content = folder.read(&path, entry.size.max(1));
                    self.files.insert(path, content.ok().map(|content| sha256(&content)));
                }
                _ => drop(self.files.insert(path, None)),
            }
        }
        Ok(())
    }
}

/// Refuses packages that do not go together.
///
/// # Errors
///
/// [`ErrorKind::ModuleConflict`], naming the module and whose it is.
pub(crate) fn check_conflicts(packages: &[Planted], reserved: &dyn Fn(&str) -> Option<String>) -> Result<()> {
    let mut owners: BTreeMap<String, &Planted> = BTreeMap::new();
    for package in packages {
        for what in provided(package) {
            if let Some(owner) = owner(&what, reserved) {
                return Err(conflict(&what, &format!("package `{}`", package.name), &owner));
            }
            if let Some(other) =
                owners.insert(what.clone(), package).filter(|other| other.name != package.name)
            {
                let names = [&other.name, &package.name].map(|name| format!("package `{name}`"));
                return Err(conflict(&what, &names[0], &names[1]));
            }
        }
    }
    Ok(())
}

/// Whose a module is that no package may have.
fn owner(what: &str, reserved: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let module = what.strip_prefix("module ")?;
    let standard = STANDARD.contains(&module).then(|| "Lua itself".to_string());
    standard.or_else(|| reserved(module))
}

/// What a package brings that only one may bring: modules, then other files beside them, and commands.
fn provided(package: &Planted) -> Vec<String> {
    let files = package.tree.files.keys();
    let modules = modules(files.clone().cloned()).into_keys().map(|module| format!("module {module}"));
    let shared = files.filter(|path| path.starts_with(MODULES) || path.starts_with(COMMANDS));
    modules.chain(shared.map(|path| format!("file {path}"))).collect()
}

fn conflict(what: &str, one: &str, other: &str) -> Error {
    let (kind, name) = what.split_once(' ').unwrap_or_default();
    let text =
        format!("{kind} `{name}` is in {one} and in {other}: install only one of them in an environment");
    Error::new(ErrorKind::ModuleConflict, text)
}

/// The manifest of a tree, as LuaRocks writes it.
fn manifest(packages: &[Planted]) -> String {
    let of_all = |items: fn(&Planted) -> BTreeMap<String, String>| {
        let mut all: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for package in packages {
            let owner = format!("{}/{}", package.name, package.version);
            for item in items(package).into_keys() {
                all.entry(item).or_default().push(owner.as_str().into());
            }
        }
        persist::record(all.into_iter().map(|(item, owners)| (item, persist::list(owners))))
    };
    let by_version = |value: &dyn Fn(&Planted) -> Value| {
        let entry = |package: &Planted| {
            (package.name.as_str().to_string(), persist::record([(package.version.as_str(), value(package))]))
        };
        persist::record(packages.iter().map(entry))
    };
    persist::assignments([
        ("commands", of_all(command_files)),
        ("dependencies", by_version(&|package| persist::list(package.dependencies.iter().map(requirement)))),
        ("modules", of_all(module_files)),
        ("repository", by_version(&|package| persist::list([installed(package, packages)]))),
    ])
}

fn installed(package: &Planted, packages: &[Planted]) -> Value {
    let texts = |texts: BTreeMap<String, String>| {
        persist::record(texts.into_iter().map(|(key, text)| (key, Value::String(text.into()))))
    };
    persist::record([
        ("arch", "installed".into()),
        ("commands", texts(command_files(package))),
        ("dependencies", texts(needed(package, packages))),
        ("modules", texts(module_files(package))),
    ])
}

/// All that a package needs, and what that needs in turn, with versions.
fn needed(package: &Planted, packages: &[Planted]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![package];
    while let Some(next) = open.pop() {
        for (name, version) in &next.needs {
            let new = found.insert(name.as_str().to_string(), version.as_str().to_string()).is_none();
            open.extend(packages.iter().filter(|other| new && other.name == *name));
        }
    }
    found.remove(package.name.as_str());
    found
}

/// Files below the folder of modules, by the names that LuaRocks gives them: those that are no Lua keep
/// their path.
fn module_files(package: &Planted) -> BTreeMap<String, String> {
    let below = |path: &String| Some(path.strip_prefix(MODULES)?.strip_prefix('/')?.to_string());
    let named = |path: String| {
        let name = path.strip_suffix(".lua").map_or_else(|| path.clone(), |name| name.replace('/', "."));
        (name.trim_matches('.').to_string(), path)
    };
    package.tree.files.keys().filter_map(below).map(named).collect()
}

fn command_files(package: &Planted) -> BTreeMap<String, String> {
    let below = |path: &String| Some(path.strip_prefix(COMMANDS)?.strip_prefix('/')?.to_string());
    package.tree.files.keys().filter_map(below).map(|path| (path.clone(), path)).collect()
}

fn requirement(requirement: &Requirement) -> Value {
    let constraints = requirement.constraints.iter().map(|constraint| {
        let no_upgrade = constraint.no_upgrade.then_some(("no_upgrade", Value::Boolean(true)));
        let always =
            [("op", operator(constraint.operator).into()), ("version", version(&constraint.version))];
        persist::record(always.into_iter().chain(no_upgrade))
    });
    let namespace = requirement.namespace.iter().map(|namespace| ("namespace", namespace.as_str().into()));
    let always = [("constraints", persist::list(constraints)), ("name", requirement.name.as_str().into())];
    persist::record(always.into_iter().chain(namespace))
}

fn operator(operator: Operator) -> &'static str {
    match operator {
        Operator::Equal => "==",
        Operator::NotEqual => "~=",
        Operator::Less => "<",
        Operator::LessOrEqual => "<=",
        Operator::Greater => ">",
        Operator::GreaterOrEqual => ">=",
        Operator::Begins => "~>",
    }
}

fn version(version: &Version) -> Value {
    let text = ("string".into(), version.as_str().into());
    let revision = version.revision().map(|revision| ("revision".into(), Value::Integer(revision as i64)));
    let pairs = revision.into_iter().chain([text]).collect();
    Value::Table(Table { sequence: version.components().collect(), pairs })
}

#[cfg(test)]
mod tests;
