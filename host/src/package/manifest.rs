//! What a repository has: its manifest, and the names of the files behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::package::name::PackageName;
use crate::package::version::Version;
use crate::value::{Table, Value};

/// Longest name of a sort of machines, such as `linux-x86_64`.
const LONGEST_MACHINE: usize = 50;

/// Bytes of a refused name that an error shows.
const SHOWN: usize = 120;

/// What a repository has.
///
/// Packages and versions whose names break the rules of [`PackageName`] and [`Version`] are not in it: one
/// bad name must not hide thousands of good ones, and nobody could ask for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// In which forms there is which version of which package.
    pub packages: BTreeMap<PackageName, BTreeMap<String, BTreeSet<Arch>>>,
}

/// The form of a file that a repository has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) enum Arch {
    /// A rock that runs on every machine, being Lua only.
    All,
    /// A rock with the source of a package.
    Source,
    /// A rockspec alone.
    Rockspec,
    /// A rock with machine code, for such machines.
    Native(String),
}

/// In which form a version of a package can be had at best, machine code left aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Its files as they are installed.
    Built,
    /// Its source.
    Source,
    /// Its rockspec alone.
    Rockspec,
}

/// The name of a file of a repository: `say-1.4.1-3.all.rock`, `say-1.4.1-3.rockspec`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ArtifactName {
    pub name: PackageName,
    pub version: Version,
    pub arch: Arch,
}

impl Manifest {
    /// The manifest whose evaluation set these globals.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ManifestInvalid`] when a table is missing, unknown or of another shape.
    pub(crate) fn from_table(globals: &Table) -> Result<Manifest> {
        for needed in ["repository", "modules", "commands"] {
            table(globals.get(needed), needed)?;
        }
        let known = ["repository", "modules", "commands", "dependencies"];
        if let Some(unknown) = fields(globals, "")?.find(|(name, _)| !known.contains(name)) {
            return Err(invalid(&format!("expected {known:?}, got {:?} too", unknown.0)));
        }
        let mut manifest = Manifest::default();
        for (name, versions) in fields(table(globals.get("repository"), "repository")?, "repository")? {
            for (version, files) in fields(table(Some(versions), name)?, name)? {
                for file in &table(Some(files), version)?.sequence {
                    manifest.add(name, version, arch(file, name, version)?);
                }
            }
        }
        Ok(manifest)
    }

    /// The manifest in the form that servers offer beside Lua.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ManifestInvalid`] when it is no JSON, names something twice, or a table is missing,
    /// unknown or of another shape.
    pub(crate) fn from_json(json: &[u8]) -> Result<Manifest> {
        let served: Served = serde_json::from_slice(json).map_err(|error| {
            invalid("expected JSON of `repository`, `modules` and `commands`").with_source(error)
        })?;
        let mut manifest = Manifest::default();
        for (name, versions) in &served.repository.0 {
            for (version, files) in &versions.0 {
                for file in files {
                    manifest.add(name, version, &file.arch);
                }
            }
        }
        Ok(manifest)
    }

    fn add(&mut self, name: &str, version: &str, arch: &str) {
        let package: Option<PackageName> =
            name.parse().ok().filter(|package: &PackageName| package.as_str() == name);
        // As it is written: a version with space around it would be listed, and never found.
        let plain = version.parse().is_ok_and(|parsed: Version| {
            parsed.is_plain() && parsed.as_str() == version && version.len() > 1
        });
        if let (Some(package), true, Ok(arch)) = (package, plain, arch.parse()) {
            self.packages.entry(package).or_default().entry(version.to_owned()).or_default().insert(arch);
        }
    }

    /// All versions of a package that can be had without running machine code, in no particular order.
    #[cfg(test)]
    pub(crate) fn versions(&self, name: &PackageName) -> Vec<Version> {
        let versions = self.packages.get(name).into_iter().flatten();
        versions
            .filter(|(_, archs)| Form::best(archs).is_some())
            .filter_map(|(text, _)| text.parse().ok())
            .collect()
    }

    /// The forms in which a version of a package is there.
    pub(crate) fn archs(&self, name: &PackageName, version: &Version) -> Option<&BTreeSet<Arch>> {
        self.packages.get(name)?.get(version.as_str())
    }
}

impl Form {
    /// The best of some forms; `None` where there is machine code only.
    pub(crate) fn best(archs: &BTreeSet<Arch>) -> Option<Form> {
        let forms =
            [(Arch::All, Form::Built), (Arch::Source, Form::Source), (Arch::Rockspec, Form::Rockspec)];
        forms.into_iter().find(|(arch, _)| archs.contains(arch)).map(|(_, form)| form)
    }
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::ManifestInvalid, format!("manifest: {what}"))
}

fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(SHOWN).collect::<String>())
}

fn table<'a>(value: Option<&'a Value>, name: &str) -> Result<&'a Table> {
    match value {
        Some(Value::Table(table)) => Ok(table),
        Some(other) => {
            Err(invalid(&format!("expected a table as {}, got a {}", shown(name), other.type_name())))
        }
        None => Err(invalid(&format!("expected a table {}, and it is missing", shown(name)))),
    }
}

/// The fields of a table that has nothing else.
fn fields<'a>(table: &'a Table, name: &str) -> Result<impl Iterator<Item = (&'a str, &'a Value)>> {
    let text = |key: &'a Value| match key {
        Value::String(text) => text.as_str(),
        _ => None,
    };
    if !table.sequence.is_empty() || table.pairs.iter().any(|(key, _)| text(key).is_none()) {
        return Err(invalid(&format!("expected names as keys of {}", shown(name))));
    }
    Ok(table.pairs.iter().filter_map(move |(key, value)| Some((text(key)?, value))))
}

fn arch<'a>(file: &'a Value, name: &str, version: &str) -> Result<&'a str> {
    let arch = match file {
        Value::Table(file) => file.get("arch"),
        _ => None,
    };
    match arch {
        Some(Value::String(arch)) => Ok(arch.as_str().unwrap_or_default()),
        _ => Err(invalid(&format!("expected the `arch` of each file of {} {}", shown(name), shown(version)))),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "what is not used has to be there all the same")]
struct Served {
    repository: Object<Object<Vec<ServedFile>>>,
    modules: IgnoredAny,
    commands: IgnoredAny,
    #[serde(default)]
    dependencies: IgnoredAny,
}

#[derive(Deserialize)]
struct ServedFile {
    arch: String,
}

/// A Lua table with names as keys, in JSON: an object without doubles, or an empty list, as Lua does not
/// tell the two apart.
struct Object<T>(BTreeMap<String, T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Object<T>, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Object<T>, A::Error> {
        let mut found = BTreeMap::new();
        while let Some((name, value)) = pairs.next_entry::<String, T>()? {
            if found.contains_key(&name) {
                return Err(de::Error::custom(format_args!("{} is there twice", shown(&name))));
            }
            found.insert(name, value);
        }
        Ok(Object(found))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Object<T>, A::Error> {
        match list.next_element::<IgnoredAny>()? {
            None => Ok(Object(BTreeMap::new())),
            Some(_) => Err(de::Error::invalid_type(de::Unexpected::Seq, &self)),
        }
    }
}

impl FromStr for Arch {
    type Err = Error;

    fn from_str(text: &str) -> Result<Arch> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        match text {
            "all" => Ok(Arch::All),
            "src" => Ok(Arch::Source),
            "rockspec" => Ok(Arch::Rockspec),
            // What a tree says of itself; there is no such file.
            "installed" => {
                Err(Error::new(ErrorKind::InvalidName, "expected a file of a repository, got a tree"))
            }
            machine if (1..=LONGEST_MACHINE).contains(&machine.len()) && machine.bytes().all(allowed) => {
                Ok(Arch::Native(machine.to_owned()))
            }
            other => {
                let what = format!("expected all, src, rockspec or a sort of machines, got {}", shown(other));
                Err(Error::new(ErrorKind::InvalidName, what))
            }
        }
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Arch::All => "all",
            Arch::Source => "src",
            Arch::Rockspec => "rockspec",
            Arch::Native(machine) => machine,
        })
    }
}

impl TryFrom<String> for Arch {
    type Error = Error;

    fn try_from(text: String) -> Result<Arch> {
        text.parse()
    }
}

impl From<Arch> for String {
    fn from(arch: Arch) -> String {
        arch.to_string()
    }
}

impl FromStr for ArtifactName {
    type Err = Error;

    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] when no such file can be in a repository.
    fn from_str(text: &str) -> Result<ArtifactName> {
        split(text).ok_or_else(|| {
            let what = format!("file name {}: expected one like `say-1.4.1-3.all.rock`", shown(text));
            Error::new(ErrorKind::InvalidName, what)
        })
    }
}

/// Names may have hyphens and dots, versions dots; only the sort of machine has no dot. So the parts are
/// cut off from behind.
fn split(text: &str) -> Option<ArtifactName> {
    let (stem, arch) = match text.strip_suffix(".rockspec") {
        Some(stem) => (stem, Arch::Rockspec),
        None => {
            let (stem, arch) = text.strip_suffix(".rock")?.rsplit_once('.')?;
            (stem, arch.parse().ok().filter(|arch| *arch != Arch::Rockspec)?)
        }
    };
    let (before, _revision) = stem.rsplit_once('-')?;
    let (name, _) = before.rsplit_once('-')?;
    let version: Version = stem[name.len() + 1..].parse().ok()?;
    let package: PackageName = name.parse().ok()?;
    (version.is_plain() && package.as_str() == name).then_some(ArtifactName { name: package, version, arch })
}

impl fmt::Display for ArtifactName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ArtifactName { name, version, arch } = self;
        match arch {
            Arch::Rockspec => write!(formatter, "{name}-{version}.rockspec"),
            arch => write!(formatter, "{name}-{version}.{arch}.rock"),
        }
    }
}

#[cfg(test)]
mod tests;
