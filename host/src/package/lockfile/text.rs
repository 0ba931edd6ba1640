//! The lock file as text: TOML, sorted, and read without trust.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::{Error, ErrorKind, Result};
use crate::package::lockfile::{LUA, LockedPackage, Lockfile};
use crate::package::manifest::{Arch, ArtifactName};
use crate::package::name::PackageName;
use crate::package::version::Version;

/// The version of the format.
const VERSION: i64 = 1;

/// Largest lock file, in bytes: that of ten thousand packages.
const LARGEST: usize = 8 << 20;

/// Packages in one lock; LuaRocks' own server has about six thousand.
const MOST_PACKAGES: usize = 10_000;

/// What one package may need; the largest real ones need about twenty.
const MOST_DEPENDENCIES: usize = 1_000;

/// Hexadecimal digits of a SHA-256.
const DIGITS: usize = 64;

/// Longest name of a repository or key.
const LONGEST_NAME: usize = 128;

/// What every version of the format has.
#[derive(Deserialize)]
struct Prelude {
    version: i64,
}

/// The file, field by field.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: i64,
    lua: String,
    requirements_sha256: Hash,
    guest_sha256: Hash,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    package: Vec<Package>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    provided: Vec<Provided>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Package {
    name: PackageName,
    version: Version,
    repo: Name,
    artifact: Shown<ArtifactName>,
    sha256: Hash,
    size: u64,
    rockspec_sha256: Hash,
    tree_sha256: Hash,
    dependencies: Vec<Shown<Dependency>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signed_by: Option<Name>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Provided {
    name: PackageName,
    version: Version,
}

/// A SHA-256 in small hexadecimal digits.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String")]
struct Hash(String);

/// The name of a repository or key.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String")]
struct Name(String);

/// A name and a version, with a space between them.
struct Dependency(PackageName, Version);

/// What is written as it is shown.
struct Shown<T>(T);

/// Reads a lock file.
pub(super) fn read(text: &str) -> Result<Lockfile> {
    if text.len() > LARGEST {
        return Err(invalid(&format!("expected at most {LARGEST} bytes, got {}", text.len())));
    }
    let Prelude { version } = toml::from_str(text).map_err(|error| of_toml(text, &error))?;
    if version != VERSION {
        return Err(invalid(&format!("field `version`: this version reads {VERSION}, got {version}")));
    }
    let file: File = toml::from_str(text).map_err(|error| of_toml(text, &error))?;
    file.check_sizes()?;
    let lock = file.into_lock()?;
    check(&lock)?;
    Ok(lock)
}

/// The text of a lock.
pub(super) fn write(lock: &Lockfile) -> Result<String> {
    let file = File {
        version: VERSION,
        lua: LUA.to_owned(),
        requirements_sha256: Hash(lock.requirements_sha256.clone()),
        guest_sha256: Hash(lock.guest_sha256.clone()),
        package: lock.packages.iter().map(Package::from).collect(),
        provided: lock.provided.iter().cloned().map(|(name, version)| Provided { name, version }).collect(),
    };
    toml::to_string(&file).map_err(|error| invalid("it cannot be written").with_source(error))
}

impl File {
    fn check_sizes(&self) -> Result<()> {
        let count = self.package.len().max(self.provided.len());
        if count > MOST_PACKAGES {
            return Err(invalid(&format!("expected at most {MOST_PACKAGES} packages, got {count}")));
        }
        match self.package.iter().find(|package| package.dependencies.len() > MOST_DEPENDENCIES) {
            Some(package) => {
                Err(of_package(&package.name, &format!("expected at most {MOST_DEPENDENCIES} dependencies")))
            }
            None => Ok(()),
        }
    }

    fn into_lock(self) -> Result<Lockfile> {
        if self.lua != LUA {
            let what = format!("lock file: it is for Lua {:?}, and VMs have Lua {LUA}", self.lua);
            return Err(Error::new(ErrorKind::LuaVersionMismatch, what));
        }
        let mut packages: Vec<LockedPackage> = self.package.into_iter().map(LockedPackage::from).collect();
        packages.sort_by(|one, other| one.name.cmp(&other.name));
        let mut provided: Vec<_> = self.provided.into_iter().map(|one| (one.name, one.version)).collect();
        provided.sort();
        let (requirements_sha256, guest_sha256) = (self.requirements_sha256.0, self.guest_sha256.0);
        Ok(Lockfile { requirements_sha256, guest_sha256, packages, provided })
    }
}

/// Checks that the parts of a lock agree with each other.
fn check(lock: &Lockfile) -> Result<()> {
    let mut versions: BTreeMap<&PackageName, &Version> = BTreeMap::new();
    let packages = lock.packages.iter().map(|package| (&package.name, &package.version));
    for (name, version) in packages.chain(lock.provided.iter().map(|(name, version)| (name, version))) {
        if versions.insert(name, version).is_some() {
            return Err(of_package(name, "it is there twice"));
        }
    }
    for package in &lock.packages {
        check_artifact(package)?;
        for pair in package.dependencies.windows(2) {
            if pair[0].0 == pair[1].0 {
                return Err(of_package(&package.name, &format!("it needs `{}` twice", pair[0].0)));
            }
        }
        for (name, version) in &package.dependencies {
            if versions.get(name) != Some(&version) {
                let what = format!("it needs `{name} {version}`, which is not locked");
                return Err(of_package(&package.name, &what));
            }
        }
    }
    Ok(())
}

fn check_artifact(package: &LockedPackage) -> Result<()> {
    let ArtifactName { name, version, arch } = &package.artifact;
    let own = (name, version) == (&package.name, &package.version);
    if own && matches!(arch, Arch::All | Arch::Source) {
        return Ok(());
    }
    let expected = format!("{}-{}.all.rock", package.name, package.version);
    let what = format!("field `artifact`: expected `{expected}` or its source, got `{}`", package.artifact);
    Err(of_package(&package.name, &what))
}

fn invalid(what: &str) -> Error {
    Error::new(ErrorKind::LockInvalid, format!("lock file: {what}"))
}

fn of_package(name: &PackageName, what: &str) -> Error {
    invalid(&format!("package `{name}`: {what}"))
}

fn of_toml(text: &str, error: &toml::de::Error) -> Error {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    invalid(&format!("line {line}: {}", error.message()))
}

impl From<&LockedPackage> for Package {
    fn from(locked: &LockedPackage) -> Package {
        let dependency =
            |(name, version): &(PackageName, Version)| Shown(Dependency(name.clone(), version.clone()));
        Package {
            name: locked.name.clone(),
            version: locked.version.clone(),
            repo: Name(locked.repository.clone()),
            artifact: Shown(locked.artifact.clone()),
            sha256: Hash(locked.sha256.clone()),
            size: locked.size,
            rockspec_sha256: Hash(locked.rockspec_sha256.clone()),
            tree_sha256: Hash(locked.tree_sha256.clone()),
            dependencies: locked.dependencies.iter().map(dependency).collect(),
            signed_by: locked.signed_by.clone().map(Name),
        }
    }
}

impl From<Package> for LockedPackage {
    fn from(package: Package) -> LockedPackage {
        let mut dependencies: Vec<(PackageName, Version)> = package
            .dependencies
            .into_iter()
            .map(|Shown(Dependency(name, version))| (name, version))
            .collect();
        dependencies.sort();
        LockedPackage {
            name: package.name,
            version: package.version,
            repository: package.repo.0,
            artifact: package.artifact.0,
            sha256: package.sha256.0,
            size: package.size,
            rockspec_sha256: package.rockspec_sha256.0,
            tree_sha256: package.tree_sha256.0,
            dependencies,
            signed_by: package.signed_by.map(|key| key.0),
        }
    }
}

impl TryFrom<String> for Hash {
    type Error = String;

    fn try_from(text: String) -> Result<Hash, String> {
        let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == DIGITS && text.bytes().all(digit) {
            return Ok(Hash(text));
        }
        Err(format!("expected {DIGITS} small hexadecimal digits"))
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Name, String> {
        if (1..=LONGEST_NAME).contains(&text.len()) && !text.contains(char::is_control) {
            return Ok(Name(text));
        }
        Err(format!("expected a name of 1 to {LONGEST_NAME} bytes"))
    }
}

impl FromStr for Dependency {
    type Err = Error;

    fn from_str(text: &str) -> Result<Dependency> {
        let (name, version) = text
            .split_once(' ')
            .ok_or_else(|| invalid("expected a name and a version, such as `say 1.4.1-3`"))?;
        Ok(Dependency(name.parse()?, version.parse()?))
    }
}

impl fmt::Display for Dependency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.0, self.1)
    }
}

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr<Err = Error>> Deserialize<'de> for Shown<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Shown<T>, D::Error> {
        String::deserialize(deserializer)?.parse().map(Shown).map_err(de::Error::custom)
    }
}
