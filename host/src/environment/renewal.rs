//! Changing what is installed in an environment.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::package::{
    Choice, Edition, LockedPackage, Lockfile, Mirror, PackageName, Ready, RepositorySupply, Requirement,
    SecretKey, Upgrade, Version, Wanted, Workshop, module_owner, provided, resolve, write_tree,
};

use super::Inner;
use super::installed::Change;
use super::inventory::Inventory;
use super::name::EnvironmentName;
use super::progress::{Progress, Watcher};
use super::settings::Settings;
use super::state::State;
use super::writer::{Description, Writer, published_lock};

/// How packages are installed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstallOptions {
    /// Installs what `env.lock` names and nothing else; an error of kind [`ErrorKind::LockOutOfDate`] when
    /// that is not what was asked for. The lock file is never changed.
    pub frozen: bool,
    /// Never uses the network: what is not on this machine is an error of kind [`ErrorKind::OfflineMiss`].
    pub offline: bool,
    /// Takes the newest versions of the packages that are named, or of all where none are, though others are
    /// installed.
    pub upgrade: bool,
}

impl InstallOptions {
    /// As [`InstallOptions::frozen`] says.
    pub fn frozen(self) -> InstallOptions {
        InstallOptions { frozen: true, ..self }
    }

    /// As [`InstallOptions::offline`] says.
    pub fn offline(self) -> InstallOptions {
        InstallOptions { offline: true, ..self }
    }

    /// As [`InstallOptions::upgrade`] says.
    pub fn upgrade(self) -> InstallOptions {
        InstallOptions { upgrade: true, ..self }
    }
}

/// A change of the packages of one environment.
pub(super) struct Renewal<'a> {
    inner: &'a Inner,
    watcher: &'a Watcher,
    writer: Writer,
    before: State,
    settings: Settings,
}

/// What is to be installed.
struct Target {
    wanted: Vec<Requirement>,
    choices: Vec<Choice>,
    provided: Vec<(PackageName, Version)>,
    /// The guest that provides it.
    guest: String,
}

impl<'a> Renewal<'a> {
    pub fn of(inner: &'a Inner, watcher: &'a Watcher, name: &EnvironmentName) -> Result<Renewal<'a>> {
        let writer = Writer::open(&inner.home, name)?;
        let before = State::of(writer.generations())?;
        let settings = Settings::read(writer.folder())?;
        Ok(Renewal { inner, watcher, writer, before, settings })
    }

    /// Installs what is asked for beside what was.
    pub fn install(&self, asked: &[Requirement], options: InstallOptions) -> Result<Change> {
        let supply = self.supply(options)?;
        match self.target(asked, options, &supply)? {
            Some(target) => self.apply(target, &supply),
            None => Ok(self.unchanged()),
        }
    }

    /// What an install would make of it. Chooses, and fetches no more than that takes.
    pub fn plan(&self, asked: &[Requirement], options: InstallOptions) -> Result<Change> {
        let supply = self.supply(options)?;
        let Some(target) = self.target(asked, options, &supply)? else { return Ok(self.unchanged()) };
        let choices = target.choices.iter();
        let now = choices.map(|choice| (choice.name().clone(), choice.version().clone())).collect();
        Ok(Change::between(self.before.generation, &self.before.lock.versions(), &now))
    }

    /// What is to be installed, if it is not what is there.
    fn target(
        &self,
        asked: &[Requirement],
        options: InstallOptions,
        supply: &RepositorySupply,
    ) -> Result<Option<Target>> {
        if options.frozen && options.upgrade {
            return Err(contradiction("`frozen` and `upgrade` exclude each other"));
        }
        let wanted = merged(&self.settings.requirements, asked);
        let text = published_lock(self.writer.folder())?.unwrap_or_else(|| self.before.text.clone());
        let same_guest = self.before.lock.guest_sha256 == self.inner.engine.guest_digest();
        if !options.upgrade && (options.frozen || same_guest) && self.is_as_wanted(&wanted, &text) {
            return Ok(None);
        }
        let lock = Lockfile::read(&text)?;
        if options.frozen {
            return self.frozen(wanted, lock).map(Some);
        }
        let upgrade = match (options.upgrade, asked) {
            (false, _) => Upgrade::Nothing,
            (true, []) => Upgrade::Everything,
            (true, asked) => {
                Upgrade::These(asked.iter().map(|requirement| requirement.name.clone()).collect())
            }
        };
        self.resolved(wanted, &lock, upgrade, supply).map(Some)
    }

    /// Takes the newest versions of these packages, or of all where none are named.
    pub fn update(&self, names: &[PackageName], options: InstallOptions) -> Result<Change> {
        if options.frozen {
            return Err(contradiction("an update changes what `frozen` keeps"));
        }
        names.iter().try_for_each(|name| self.check_there(name))?;
        let upgrade = match names {
            [] => Upgrade::Everything,
            names => Upgrade::These(names.iter().cloned().collect()),
        };
        let supply = self.supply(options)?;
        let wanted = self.settings.requirements.clone();
        self.apply(self.resolved(wanted, &self.before.lock, upgrade, &supply)?, &supply)
    }

    /// Removes packages, and those that were only there because these needed them.
    pub fn remove(&self, names: &[PackageName], dependents: Dependents) -> Result<Change> {
        if self.settings.requirements != self.before.wanted {
            return Err(Error::new(
                ErrorKind::LockOutOfDate,
                "the requirements in `env.toml` were changed since packages were installed: install first",
            ));
        }
        names.iter().try_for_each(|name| self.check_there(name))?;
        let leaving = match dependents {
            Dependents::Keep => names.iter().collect(),
            Dependents::Remove => self.before.need(names),
        };
        let stays = |requirement: &&Requirement| !leaving.contains(&requirement.name);
        let wanted: Vec<Requirement> = self.before.wanted.iter().filter(stays).cloned().collect();
        let kept = self.before.needed_by(wanted.iter().map(|requirement| &requirement.name));
        if let Some(name) = names.iter().find(|name| kept.contains(name)) {
            return Err(self.needed(name, &kept));
        }
        let packages = self.before.lock.packages.iter().filter(|package| kept.contains(&package.name));
        let given = self.before.lock.provided.iter().filter(|(name, _)| kept.contains(name));
        let target = Target {
            choices: packages.cloned().map(Choice::Locked).collect(),
            provided: given.cloned().collect(),
            guest: self.before.lock.guest_sha256.clone(),
            wanted: wanted.clone(),
        };
        self.apply(target, &self.inner.repositories.supply()?)
    }

    /// Writes a repository with exactly what is installed into an empty folder.
    pub fn vendor(&self, path: &Path, signed: Option<&(Edition, SecretKey)>) -> Result<()> {
        let choices: Vec<Choice> = self.before.lock.packages.iter().cloned().map(Choice::Locked).collect();
        let supply = self.inner.repositories.supply()?;
        let ready = self.make_ready(&choices, &supply)?;
        Mirror { workshop: self.workshop(&supply) }.write(path, &ready, &self.before.text, signed)
    }

    /// Whether the current generation was made for this, and of this.
    fn is_as_wanted(&self, wanted: &[Requirement], text: &str) -> bool {
        *wanted == *self.before.wanted && text == self.before.text
    }

    fn unchanged(&self) -> Change {
        let versions = self.before.lock.versions();
        Change::between(self.before.generation, &versions, &versions)
    }

    fn supply(&self, options: InstallOptions) -> Result<RepositorySupply> {
        match options.offline {
            true => self.inner.repositories.offline().supply(),
            false => self.inner.repositories.supply(),
        }
    }

    /// What the lock names, if it was made for what is asked.
    fn frozen(&self, wanted: Vec<Requirement>, lock: Lockfile) -> Result<Target> {
        if !lock.is_for(&wanted) {
            return Err(out_of_date("it was made for other requirements"));
        }
        let here = provided().packages;
        if let Some((name, version)) =
            lock.provided.iter().find(|(name, version)| here.get(name) != Some(version))
        {
            return Err(out_of_date(&format!(
                "it needs `{name}` {version} in every VM, which is not so here"
            )));
        }
        let choices = lock.packages.into_iter().map(Choice::Locked).collect();
        Ok(Target { wanted, choices, provided: lock.provided, guest: lock.guest_sha256 })
    }

    fn resolved(
        &self,
        wanted: Vec<Requirement>,
        lock: &Lockfile,
        upgrade: Upgrade,
        supply: &RepositorySupply,
    ) -> Result<Target> {
        self.watcher.tell(&Progress::Resolving);
        let task =
            Wanted { requirements: wanted.clone(), locked: lock.versions(), upgrade, provided: provided() };
        let resolution = resolve(&task, supply)?;
        let choices = resolution.packages.into_iter().map(|resolved| {
            let known = lock.package(&resolved.name).filter(|known| known.version == resolved.version);
            match known {
                // What it needs may have another version now.
                Some(known) => {
                    Choice::Locked(LockedPackage { dependencies: resolved.dependencies, ..known.clone() })
                }
                None => Choice::New(resolved),
            }
        });
        let guest = self.inner.engine.guest_digest().to_string();
        Ok(Target { wanted, choices: choices.collect(), provided: resolution.provided, guest })
    }

    /// Makes a generation of what is to be installed, if it is not what is there.
    fn apply(&self, target: Target, supply: &RepositorySupply) -> Result<Change> {
        let ready = self.make_ready(&target.choices, supply)?;
        let lock = Lockfile::new(
            &target.wanted,
            &target.guest,
            ready.iter().map(|ready| ready.locked.clone()).collect(),
            target.provided,
        );
        let (text, versions) = (lock.text()?, self.before.lock.versions());
        if self.is_as_wanted(&target.wanted, &text) {
            self.writer.publish(self.before.generation)?;
            return Ok(self.unchanged());
        }
        self.watcher.tell(&Progress::Installing { packages: ready.len() });
        let planted: Vec<_> = ready.iter().map(Ready::planted).collect();
        let description = Description { wanted: &target.wanted, lock: &text };
        let generation = self.writer.commit(description, |folder| {
            write_tree(folder, &planted, &module_owner)?;
            Inventory::of(&ready, &planted).write(folder)
        })?;
        // What cannot be removed now is removed by the next change, or when garbage is collected.
        let _ = self.writer.generations().prune(self.inner.config.generations);
        let now = lock.versions();
        Ok(Change::between(generation, &versions, &now))
    }

    fn make_ready(&self, choices: &[Choice], supply: &RepositorySupply) -> Result<Vec<Ready>> {
        let workshop = self.workshop(supply);
        let mut ready = choices.iter().map(|choice| workshop.stored(choice)).collect::<Result<Vec<_>>>()?;
        let of = ready.iter().filter(|ready| ready.is_none()).count();
        let missing = ready.iter_mut().zip(choices).filter(|(ready, _)| ready.is_none());
        for (number, (ready, choice)) in missing.enumerate() {
            *ready = Some(self.make_one_ready(&workshop, choice, number + 1, of)?);
        }
        Ok(ready.into_iter().flatten().collect())
    }

    fn workshop<'b>(&'b self, supply: &'b RepositorySupply) -> Workshop<'b> {
        let Inner { store, evaluator, ceilings, .. } = self.inner;
        Workshop { supply, store, evaluator, ceilings }
    }

    fn make_one_ready(
        &self,
        workshop: &Workshop<'_>,
        choice: &Choice,
        number: usize,
        of: usize,
    ) -> Result<Ready> {
        let (name, version) = (choice.name().clone(), choice.version().clone());
        self.watcher.tell(&Progress::Fetching { name: name.clone(), version: version.clone(), number, of });
        let fetched = workshop.fetch(choice)?;
        let bytes = fetched.bytes.len() as u64;
        self.watcher.tell(&Progress::Fetched { name: name.clone(), version: version.clone(), bytes });
        self.watcher.tell(&Progress::Unpacking { name, version });
        workshop.unpack(choice, fetched)
    }

    fn check_there(&self, name: &PackageName) -> Result<()> {
        if self.before.package(name).is_some() || self.before.wants(name) {
            return Ok(());
        }
        Err(not_installed(name))
    }

    fn needed(&self, name: &PackageName, kept: &BTreeSet<&PackageName>) -> Error {
        let packages = self.before.lock.packages.iter().filter(|package| kept.contains(&package.name));
        let by = packages.filter(|package| package.dependencies.iter().any(|(other, _)| other == name));
        let by: Vec<String> = by.map(|package| format!("`{}`", package.name)).collect();
        Error::new(
            ErrorKind::PackageNeeded,
            format!("package `{name}` is needed by {}: remove these too, or force it", by.join(", ")),
        )
    }
}

/// What becomes of packages that need the ones that are removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dependents {
    /// They stay, and nothing is removed.
    Keep,
    /// They are removed too.
    Remove,
}

/// Requirements by name: what is asked for now in the place of what was asked for before.
fn merged(before: &[Requirement], asked: &[Requirement]) -> Vec<Requirement> {
    let all = before.iter().chain(asked).map(|requirement| (requirement.name.clone(), requirement.clone()));
    all.collect::<BTreeMap<_, _>>().into_values().collect()
}

pub(super) fn not_installed(name: &PackageName) -> Error {
    Error::new(
        ErrorKind::PackageNotFound,
        format!("package `{name}` is not installed: look at the list of packages"),
    )
}

fn contradiction(message: &str) -> Error {
    Error::new(ErrorKind::InvalidConfig, message)
}

fn out_of_date(why: &str) -> Error {
    Error::new(
        ErrorKind::LockOutOfDate,
        format!("`env.lock` is out of date: {why}; install without `frozen` to make it anew"),
    )
}
