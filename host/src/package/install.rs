//! Getting packages ready for a generation: fetched, held against the lock, unpacked, built and stored.

use crate::error::{Error, ErrorKind, Result};
use crate::package::build::{Built, ROCKS, sha256};
use crate::package::evaluate::{Evaluator, Text};
use crate::package::lockfile::LockedPackage;
use crate::package::manifest::{Arch, ArtifactName};
use crate::package::name::{ModuleName, PackageName};
use crate::package::provided::PROVIDED;
use crate::package::repository::{Fetched, RepositorySupply};
use crate::package::resolve::{Provided, Resolved, Supply};
use crate::package::rock::{Ceilings, Rock};
use crate::package::rockspec::Rockspec;
use crate::package::store::{Store, StoredTree};
use crate::package::tree::Planted;
use crate::package::version::Version;

/// Largest rockspec that is read, in bytes: no evaluation takes more.
const MOST_ROCKSPEC: u64 = 1 << 20;

/// Where packages are made ready.
pub(crate) struct Workshop<'a> {
    pub supply: &'a RepositorySupply,
    pub store: &'a Store,
    pub evaluator: &'a Evaluator,
    pub ceilings: &'a Ceilings,
}

/// A package that can be put into a generation.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    /// Where it came from, to the byte.
    pub locked: LockedPackage,
    pub rockspec: Rockspec,
    pub tree: StoredTree,
}

/// What is to be made ready.
#[derive(Debug, Clone)]
pub(crate) enum Choice {
    /// What a lock names, and nothing else.
    Locked(LockedPackage),
    /// A version that was chosen just now.
    New(Resolved),
}

impl Choice {
    pub fn name(&self) -> &PackageName {
        match self {
            Choice::Locked(locked) => &locked.name,
            Choice::New(resolved) => &resolved.name,
        }
    }

    pub fn version(&self) -> &Version {
        match self {
            Choice::Locked(locked) => &locked.version,
            Choice::New(resolved) => &resolved.version,
        }
    }
}

impl Ready {
    /// As it goes into a tree.
    pub fn planted(&self) -> Planted {
        Planted {
            name: self.locked.name.clone(),
            version: self.locked.version.clone(),
            dependencies: self.rockspec.dependencies.clone(),
            needs: self.locked.dependencies.clone(),
            tree: self.tree.clone(),
        }
    }
}

impl Ready {
    /// The text of its rockspec.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`].
    pub fn rockspec_text(&self) -> Result<Vec<u8>> {
        let path = rockspec_path(&self.locked);
        self.tree.folder.read(&path, MOST_ROCKSPEC).map_err(|error| {
            let message = format!("cannot read `{}`: {error}", self.tree.folder.path().join(path).display());
            Error::new(ErrorKind::Storage, message).with_source(error)
        })
    }
}

/// Where the rockspec of a package is in a tree.
fn rockspec_path(locked: &LockedPackage) -> String {
    format!("{ROCKS}/{0}/{1}/{0}-{1}.rockspec", locked.name, locked.version)
}

impl Workshop<'_> {
    /// A package that is ready in the store, or can be made so from what is there; nothing when it has to be
    /// fetched.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::IntegrityMismatch`] when what the lock names does not fit together,
    /// [`ErrorKind::Storage`], and those of an evaluation.
    pub fn stored(&self, choice: &Choice) -> Result<Option<Ready>> {
        let Choice::Locked(locked) = choice else { return Ok(None) };
        if let Some(tree) = self.store.tree(&locked.tree_sha256)?
            && let Some(ready) = self.unpacked(locked, tree)?
        {
            return Ok(Some(ready));
        }
        let Some(bytes) = self.store.artifact(&locked.sha256)? else { return Ok(None) };
        let (built, rockspec) = self.build(&bytes, &locked.artifact)?;
        self.keep(built, rockspec, locked.clone()).and_then(|ready| as_locked(ready, locked)).map(Some)
    }

    /// Gets the file that a package is made from.
    ///
    /// # Errors
    ///
    /// Those of [`RepositorySupply::fetch`]; [`ErrorKind::IntegrityMismatch`] when it is not the locked one.
    pub fn fetch(&self, choice: &Choice) -> Result<Fetched> {
        let locked = match choice {
            Choice::New(resolved) => return self.supply.fetch(&resolved.name, &resolved.version),
            Choice::Locked(locked) => locked,
        };
        match self.supply.fetch_locked(&locked.repository, &locked.artifact, &locked.sha256) {
            // The hash says what it has to be, whoever has it.
            Err(error) if error.kind() == ErrorKind::RepositoryNotFound => {
                let fetched = self.supply.fetch(&locked.name, &locked.version)?;
                if fetched.sha256 == locked.sha256 {
                    return Ok(fetched);
                }
                Err(mismatch(locked, "file", &locked.sha256, &fetched.sha256))
            }
            fetched => fetched,
        }
    }

    /// Unpacks, builds and stores a package.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::IntegrityMismatch`] when a lock or the repository's own rockspec says otherwise;
    /// [`ErrorKind::ArchiveUnsafe`], those of an evaluation and of [`Rockspec::check_installable`],
    /// [`ErrorKind::Storage`].
    pub fn unpack(&self, choice: &Choice, fetched: Fetched) -> Result<Ready> {
        let (built, rockspec) = self.build(&fetched.bytes, &fetched.artifact)?;
        self.store.keep_artifact(&fetched.bytes)?;
        match choice {
            Choice::Locked(locked) => as_locked(self.keep(built, rockspec, locked.clone())?, locked),
            Choice::New(resolved) => {
                self.check_resolved(resolved, &rockspec)?;
                let locked = newly_locked(resolved, &fetched, &built)?;
                self.keep(built, rockspec, locked)
            }
        }
    }

    /// From a stored tree whose files are intact, if the rockspec in it is the locked one.
    fn unpacked(&self, locked: &LockedPackage, tree: StoredTree) -> Result<Option<Ready>> {
        let Ok(text) = tree.folder.read(&rockspec_path(locked), MOST_ROCKSPEC) else { return Ok(None) };
        if sha256(&text) != locked.rockspec_sha256 {
            return Ok(None);
        }
        let rockspec = self.read_rockspec(&text)?;
        Ok(Some(Ready { locked: locked.clone(), rockspec, tree }))
    }

    fn build(&self, bytes: &[u8], artifact: &ArtifactName) -> Result<(Built, Rockspec)> {
        let rock = Rock::read(bytes, artifact, self.ceilings)?;
        let rockspec = self.read_rockspec(rock.rockspec())?;
        let built = match rock.manifest().filter(|_| artifact.arch == Arch::All) {
            Some(manifest) => {
                let manifest = self.evaluator.evaluate(Text::RockManifest, manifest)?;
                Built::from_rock(rock, &rockspec, &manifest, &provides)?
            }
            None => Built::from_source(rock, &rockspec, self.ceilings, &provides)?,
        };
        Ok((built, rockspec))
    }

    fn read_rockspec(&self, text: &[u8]) -> Result<Rockspec> {
        Rockspec::from_table(&self.evaluator.evaluate(Text::Rockspec, text)?)
    }

    fn keep(&self, built: Built, rockspec: Rockspec, locked: LockedPackage) -> Result<Ready> {
        let locked = LockedPackage { tree_sha256: built.digest(), ..locked };
        let tree = self.store.keep_tree(&built)?;
        Ok(Ready { locked, rockspec, tree })
    }

    /// The dependencies were chosen by the rockspec that the repository shows: the rock has to mean the same.
    fn check_resolved(&self, resolved: &Resolved, rockspec: &Rockspec) -> Result<()> {
        let shown = self.supply.rockspec(&resolved.name, &resolved.version)?;
        if shown.dependencies == rockspec.dependencies {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::IntegrityMismatch,
            format!(
                "the repository's rockspec of `{}` {} names other dependencies than the one in the rock: tell its owner",
                resolved.name, resolved.version
            ),
        ))
    }
}

fn newly_locked(resolved: &Resolved, fetched: &Fetched, built: &Built) -> Result<LockedPackage> {
    let path = format!("{}-{}.rockspec", resolved.name, resolved.version);
    let text = built.files().find(|(file, _)| file.as_str() == path).map(|(_, text)| text);
    Ok(LockedPackage {
        name: resolved.name.clone(),
        version: resolved.version.clone(),
        repository: fetched.repository.clone(),
        artifact: fetched.artifact.clone(),
        sha256: fetched.sha256.clone(),
        size: fetched.bytes.len() as u64,
        rockspec_sha256: sha256(text.unwrap_or_default()), // a rock without it was refused
        tree_sha256: built.digest(),
        dependencies: resolved.dependencies.clone(),
        signed_by: fetched.signed_by.clone(),
    })
}

/// What was made has to be what the lock says.
fn as_locked(ready: Ready, locked: &LockedPackage) -> Result<Ready> {
    if ready.locked.tree_sha256 == locked.tree_sha256 {
        return Ok(ready);
    }
    Err(mismatch(locked, "files", &locked.tree_sha256, &ready.locked.tree_sha256))
}

fn mismatch(locked: &LockedPackage, what: &str, expected: &str, got: &str) -> Error {
    Error::new(
        ErrorKind::IntegrityMismatch,
        format!(
            "the {what} of `{}` {} changed since the package was locked: expected SHA-256 {expected}, got {got}",
            locked.name, locked.version
        ),
    )
}

/// What Lua itself counts as among rocks, with the revision that LuaRocks gives it.
const LUA: [(&str, &str); 2] = [("lua", "5.4-1"), ("utf8", "5.4-1")];

/// What every VM has, as a resolution takes it.
pub(crate) fn provided() -> Provided {
    let rocks = LUA.into_iter().chain(PROVIDED.iter().map(|rock| (rock.rock, rock.version)));
    let packages = rocks.filter_map(|(rock, version)| Some((rock.parse().ok()?, version.parse().ok()?)));
    let modules = PROVIDED.iter().flat_map(|rock| rock.modules).filter_map(|module| module.parse().ok());
    Provided { packages: packages.collect(), modules: modules.collect() }
}

/// Whether every VM has a module.
fn provides(module: &ModuleName) -> bool {
    owner(module.as_str()).is_some()
}

/// Whose a module is that every VM has.
pub(crate) fn owner(module: &str) -> Option<String> {
    let rock = PROVIDED.iter().find(|rock| rock.modules.contains(&module))?;
    Some(format!("rock `{}`, which every VM has", rock.rock))
}
