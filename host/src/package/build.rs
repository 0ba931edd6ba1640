//! From the source of a package to the files that are installed: copying, never running.

mod layout;
mod patch;
mod source;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::package::manifest::{Arch, ArtifactName, Form};
use crate::package::name::{ModuleName, PackageName};
#[cfg(test)]
use crate::package::rock::pack;
use crate::package::rock::{Ceilings, Files, ROCK_MANIFEST, RelativePath, Rock, RockManifest};
use crate::package::rockspec::Rockspec;
use crate::package::version::Version;
use crate::value::Table;

use source::Sources;

/// Where modules go in a generation.
pub(crate) const MODULES: &str = "share/lua/5.4";
/// Where commands go in a generation.
pub(crate) const COMMANDS: &str = "bin";
/// Where all else of a package goes in a generation, below its name and version.
pub(crate) const ROCKS: &str = "lib/luarocks/rocks-5.4";

/// The files of a package as they are installed, all rules kept: those of an `.all.rock`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Built {
    pub name: PackageName,
    pub version: Version,
    /// Modules below `lua`, commands below `bin`, settings below `conf`, then documentation and other
    /// folders, the rockspec and `rock_manifest`.
    files: BTreeMap<RelativePath, Vec<u8>>,
}

impl Built {
    /// From a rock that somebody else built: its files, once they are those that its `rock_manifest` names.
    /// The table is what the evaluation of that set.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::IntegrityMismatch`], [`ErrorKind::ManifestInvalid`] when it is none,
    /// [`ErrorKind::RockspecInvalid`] when the rockspec is that of another package, and those of
    /// [`Rockspec::check_installable`].
    pub fn from_rock(
        rock: Rock,
        rockspec: &Rockspec,
        manifest: &Table,
        provides: &dyn Fn(&ModuleName) -> bool,
    ) -> Result<Built> {
        check(&rock, rockspec, Form::Built, provides)?;
        let files = rock.into_files();
        let named = RockManifest::from_table(manifest)?;
        named.check(&RockManifest::of(files.iter()))?;
        Ok(Built::of(rockspec, files.into_contents()))
    }

    /// From a rock with the source of a package in Lua.
    ///
    /// # Errors
    ///
    /// As [`Built::from_rock`], and [`ErrorKind::ArchiveUnsafe`] and [`ErrorKind::SourceUnsupported`] for
    /// the archive in it.
    pub fn from_source(
        rock: Rock,
        rockspec: &Rockspec,
        ceilings: &Ceilings,
        provides: &dyn Fn(&ModuleName) -> bool,
    ) -> Result<Built> {
        check(&rock, rockspec, Form::Source, provides)?;
        let text = rock.rockspec().to_vec();
        let sources = source::unpack_source(rock.into_files(), rockspec, ceilings)?;
        Built::from_files(&text, rockspec, sources, ceilings, provides)
    }

    /// From the files of a source, by their paths in the folder of the package, and the text of the rockspec.
    ///
    /// # Errors
    ///
    /// As [`Built::from_source`].
    pub fn from_files(
        text: &[u8],
        rockspec: &Rockspec,
        mut sources: Sources,
        ceilings: &Ceilings,
        provides: &dyn Fn(&ModuleName) -> bool,
    ) -> Result<Built> {
        rockspec.check_installable(Form::Source, provides)?;
        for (path, content) in &rockspec.build.extra_files {
            sources.insert(RelativePath::new(path)?, content.clone());
        }
        for (name, patch) in &rockspec.build.patches {
            patch::apply(name, patch, &mut sources)?;
        }
        let mut rock = layout::lay_out(&rockspec.build, &sources, provides)?;
        rock.insert(rockspec_path(&rockspec.package, &rockspec.version)?, text.to_vec());
        let manifest = RockManifest::of(rock.iter().map(|(path, content)| (path, content.as_slice())));
        rock.insert(RelativePath::new(ROCK_MANIFEST)?, manifest.text().into_bytes());
        Ok(Built::of(rockspec, checked(rock, ceilings)?))
    }

    fn of(rockspec: &Rockspec, files: BTreeMap<RelativePath, Vec<u8>>) -> Built {
        Built { name: rockspec.package.clone(), version: rockspec.version.clone(), files }
    }

    /// The files, by their paths in a rock.
    pub fn files(&self) -> impl Iterator<Item = (&RelativePath, &[u8])> {
        self.files.iter().map(|(path, content)| (path, content.as_slice()))
    }

    /// The files, by their paths in a generation. Commands are there twice, as LuaRocks has them: among the
    /// files of the package, and where all commands are.
    pub fn installed(&self) -> BTreeMap<String, &[u8]> {
        let own = format!("{ROCKS}/{}/{}", self.name, self.version);
        let mut files = BTreeMap::new();
        for (path, content) in self.files() {
            match path.split_first() {
                ("lua", Some(rest)) => files.insert(format!("{MODULES}/{rest}"), content),
                ("bin", Some(rest)) => {
                    files.insert(format!("{COMMANDS}/{rest}"), content);
                    files.insert(format!("{own}/{path}"), content)
                }
                _ => files.insert(format!("{own}/{path}"), content),
            };
        }
        files
    }

    /// Modules by the names that `require` takes, with their files in a generation.
    #[cfg(test)]
    pub fn modules(&self) -> BTreeMap<ModuleName, String> {
        modules(self.installed().into_keys())
    }

    /// SHA-256 over the files in a generation, in hexadecimal: `path NUL sha256 LF` of each, by path.
    pub fn digest(&self) -> String {
        digest(self.installed().into_iter().map(|(path, content)| (path, sha256(content))))
    }

    /// An `.all.rock` of it: the same files give the same bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] when it is too large for an archive, which no package is that was read
    /// with the default ceilings.
    #[cfg(test)]
    pub fn pack(&self) -> Result<Vec<u8>> {
        pack(self.files())
    }

    /// The name of that rock.
    pub fn artifact(&self) -> ArtifactName {
        ArtifactName { name: self.name.clone(), version: self.version.clone(), arch: Arch::All }
    }
}

/// The modules among files of a generation.
pub(crate) fn modules(files: impl IntoIterator<Item = String>) -> BTreeMap<ModuleName, String> {
    let named = files.into_iter().filter_map(|file| {
        let path = file.strip_prefix(MODULES)?.strip_prefix('/')?.strip_suffix(".lua")?;
        let path = path.strip_suffix("/init").unwrap_or(path);
        // `require` takes a dot in a name for a folder.
        let module = (!path.contains('.')).then(|| path.replace('/', "."))?;
        Some((module.parse().ok()?, file))
    });
    // Of `a.lua` and `a/init.lua`, `require` takes the first; it comes first here too.
    named.fold(BTreeMap::new(), |mut modules, (name, file)| {
        modules.entry(name).or_insert(file);
        modules
    })
}

/// SHA-256 over files, in hexadecimal: `path NUL sha256 LF` of each, in the order that they come in.
pub(crate) fn digest(files: impl IntoIterator<Item = (String, String)>) -> String {
    let mut hash = Sha256::new();
    for (path, sum) in files {
        hash.update(format!("{path}\0{sum}\n"));
    }
    hexadecimal(&hash.finalize())
}

/// SHA-256 of some bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The path of a rockspec in its rock.
pub(crate) fn rockspec_path(name: &PackageName, version: &Version) -> Result<RelativePath> {
    RelativePath::new(&format!("{name}-{version}.rockspec"))
}

fn check(rock: &Rock, rockspec: &Rockspec, form: Form, provides: &dyn Fn(&ModuleName) -> bool) -> Result<()> {
    let ArtifactName { name, version, arch } = rock.artifact();
    rockspec.check_is(name, version)?;
    let expected = if form == Form::Built { Arch::All } else { Arch::Source };
    if *arch != expected {
        let what = format!("`{}`: expected the name of a `.{expected}.rock`", rock.artifact());
        return Err(Error::new(ErrorKind::InvalidName, what));
    }
    rockspec.check_installable(form, provides)
}

/// The rules for archives hold for what was put together as well: nothing may depend on who did it.
fn checked(rock: Sources, ceilings: &Ceilings) -> Result<BTreeMap<RelativePath, Vec<u8>>> {
    let mut files = Files::new(ceilings.clone());
    for (path, content) in rock {
        files.add_file(path, content)?;
    }
    files.check_contents()?;
    Ok(files.into_contents())
}

#[cfg(test)]
pub(crate) mod tests;
