//! Whether an environment is sound, point by point.

use std::fmt;

use crate::error::{ErrorKind, Result};
use crate::fs::Folder;
use crate::package::{PackageName, RefreshResult, Repositories, Requirement, in_words, provided};
use crate::task::Task;

use super::Environment;
use super::generations::Generations;
use super::inspection::Inspection;
use super::installed::Fault;

/// Whether an environment is sound, point by point.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// What was looked at: `lock`, `files`, `requirements`, `provided`, `generations`, `repositories`.
    pub checks: Vec<HealthCheck>,
}

/// One point that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HealthCheck {
    /// Its name.
    pub name: &'static str,
    /// How it stands.
    pub condition: Condition,
    /// What was found, in sentences for people.
    pub notes: Vec<String>,
}

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// As it should be.
    Sound,
    /// Everything works, and something is to be known.
    Notable,
    /// Something does not work, or may not.
    Faulty,
}

impl Health {
    /// How the worst of it stands.
    pub fn condition(&self) -> Condition {
        self.checks.iter().map(|check| check.condition).max().unwrap_or(Condition::Sound)
    }

    /// The check of a name.
    pub fn check(&self, name: &str) -> Option<&HealthCheck> {
        self.checks.iter().find(|check| check.name == name)
    }
}

impl fmt::Display for HealthCheck {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let condition = match self.condition {
            Condition::Sound => "sound",
            Condition::Notable => "notable",
            Condition::Faulty => "faulty",
        };
        write!(formatter, "{}: {condition}", self.name)?;
        self.notes.iter().try_for_each(|note| write!(formatter, "; {note}"))
    }
}

impl HealthCheck {
    fn new(name: &'static str) -> HealthCheck {
        HealthCheck { name, condition: Condition::Sound, notes: Vec::new() }
    }

    fn note(&mut self, condition: Condition, note: String) {
        self.condition = self.condition.max(condition);
        self.notes.push(note);
    }
}

impl Environment {
    /// Looks at everything that should be so: the lock fits what is installed, all files are as they were
    /// installed, all requirements are met, VMs have what was counted on, nothing is left behind, and
    /// repositories answer. It changes nothing; repositories are asked what they have.
    ///
    /// # Errors
    ///
    /// In the task: [`ErrorKind::EnvironmentNotFound`], [`ErrorKind::Storage`]. What is wrong with the
    /// environment is no error.
    pub fn health(&self) -> Task<Health> {
        self.health_with(self.environments.repositories().clone())
    }

    /// As [`Environment::health`], without the network: of servers it says how old is what is known of them.
    ///
    /// # Errors
    ///
    /// As [`Environment::health`].
    pub fn health_offline(&self) -> Task<Health> {
        self.health_with(self.environments.repositories().offline())
    }

    fn health_with(&self, repositories: Repositories) -> Task<Health> {
        self.task(move |environment| {
            let folder = environment.environments.inner.home.environment(&environment.name)?;
            let mut checks = contents(environment, folder.clone())?;
            checks.push(generations(environment, folder)?);
            checks.push(asked(&repositories)?);
            Ok(Health { checks })
        })
    }
}

/// The checks of what is installed. What cannot be read at all is one fault.
fn contents(environment: &Environment, folder: Folder) -> Result<Vec<HealthCheck>> {
    let inspection = match Inspection::of(folder) {
        Err(error) if error.kind() == ErrorKind::StoreCorrupt => {
            let mut lock = HealthCheck::new("lock");
            lock.note(Condition::Faulty, error.to_string());
            return Ok(vec![lock]);
        }
        inspection => inspection?,
    };
    let guest = environment.environments.inner.engine.guest_digest();
    let [lock, files] = faults(&inspection)?;
    Ok(vec![lock, files, requirements(&inspection), given(&inspection, guest)])
}

/// What `verify` finds, by what it is about.
fn faults(inspection: &Inspection) -> Result<[HealthCheck; 2]> {
    let (mut lock, mut files) = (HealthCheck::new("lock"), HealthCheck::new("files"));
    for fault in inspection.verify()? {
        match fault {
            Fault::Disagreement { .. } => lock.note(Condition::Faulty, fault.to_string()),
            Fault::OutOfDate { .. } => lock.note(Condition::Notable, fault.to_string()),
            _ => files.note(Condition::Faulty, fault.to_string()),
        }
    }
    Ok([lock, files])
}

/// Everything that was asked for, and that packages need, is there.
fn requirements(inspection: &Inspection) -> HealthCheck {
    let mut check = HealthCheck::new("requirements");
    let provided = provided().packages;
    let version = |name: &PackageName| {
        let installed = inspection.state.package(name).map(|package| &package.version);
        installed.or_else(|| provided.get(name)).cloned()
    };
    let mut wants = |who: String, requirement: &Requirement| match version(&requirement.name) {
        Some(version) if requirement.allows(&version) => {}
        Some(version) => check.note(
            Condition::Faulty,
            format!("{who} `{requirement}`, and `{}` {version} is there", requirement.name),
        ),
        None => check.note(Condition::Faulty, format!("{who} `{requirement}`, which is not there")),
    };
    for requirement in &inspection.state.wanted {
        wants("somebody asked for".to_string(), requirement);
    }
    for package in &inspection.state.lock.packages {
        for (name, version) in &package.dependencies {
            let there = inspection.state.package(name).map(|package| &package.version);
            if there.or_else(|| provided.get(name)) != Some(version) {
                let note = format!("`{}` needs `{name}` {version}, which is not there", package.name);
                check.note(Condition::Faulty, note);
            }
        }
    }
    check
}

/// VMs have inside what packages were chosen with.
fn given(inspection: &Inspection, guest: &str) -> HealthCheck {
    let mut check = HealthCheck::new("provided");
    let (lock, now) = (&inspection.state.lock, provided().packages);
    for (name, version) in &lock.provided {
        match now.get(name) {
            Some(other) if other == version => {}
            Some(other) => check.note(
                Condition::Faulty,
                format!("packages were chosen for `{name}` {version}, and VMs have {other}: install again"),
            ),
            None => check.note(Condition::Faulty, format!("VMs have no `{name}` {version} any more")),
        }
    }
    if lock.guest_sha256 != guest {
        let note =
            "packages were installed with another version of this library: install again to check them";
        check.note(Condition::Notable, note.to_string());
    }
    check
}

/// Nothing is left behind, and what is kept is what was to be kept.
fn generations(environment: &Environment, folder: Folder) -> Result<HealthCheck> {
    let mut check = HealthCheck::new("generations");
    let generations = Generations::of(folder);
    let (current, numbers) = (generations.current(), generations.numbers()?);
    let kept = environment.environments.inner.config.generations;
    let old = &numbers[..numbers.len().saturating_sub(kept)];
    match current {
        Err(error) => check.note(Condition::Faulty, error.to_string()),
        Ok(current) if !numbers.contains(&current) => {
            check.note(Condition::Faulty, format!("generation {current}, which VMs are given, is missing"));
        }
        Ok(current) => {
            for number in old.iter().filter(|number| **number != current) {
                let note = match generations.is_seen(*number)? {
                    true => format!("generation {number} is kept for VMs that see it"),
                    false => format!("generation {number} is needed no more; garbage collection removes it"),
                };
                check.note(Condition::Notable, note);
            }
        }
    }
    for name in generations.left_over()? {
        let note =
            format!("`{name}` was left behind by somebody who was stopped; garbage collection removes it");
        check.note(Condition::Notable, note);
    }
    Ok(check)
}

/// Repositories answer, or it is known how old is what is known of them.
fn asked(repositories: &Repositories) -> Result<HealthCheck> {
    let mut check = HealthCheck::new("repositories");
    if repositories.is_offline() {
        for (name, age) in repositories.ages()? {
            match age {
                Some(age) => {
                    check.note(Condition::Sound, format!("`{name}` was asked {} ago", in_words(age)));
                }
                None => check.note(Condition::Notable, format!("nothing is known of `{name}` yet")),
            }
        }
        return Ok(check);
    }
    for refreshed in repositories.refresh_now()? {
        let name = refreshed.repository;
        match refreshed.result {
            RefreshResult::Changed { packages } | RefreshResult::Unchanged { packages } => {
                check.note(Condition::Sound, format!("`{name}` has {packages} packages"));
            }
            RefreshResult::Kept { age, error } => {
                let note = format!("`{name}` is used as it was {} ago: {error}", in_words(age));
                check.note(Condition::Notable, note);
            }
            RefreshResult::Failed(error) => check.note(Condition::Notable, error.to_string()),
        }
    }
    Ok(check)
}
