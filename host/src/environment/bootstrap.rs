//! Making an environment ready for use.

use crate::error::ErrorKind;
use crate::error::Result;
use crate::package::{Profile, ProfileSource, Repositories, Requirement, Supply, provided};

use super::Environments;
use super::generations::Generations;
use super::name::EnvironmentName;
use super::renewal::{InstallOptions, Renewal};
use super::state::State;

/// Makes an environment if it is not there, and installs what is missing of a profile without a network. Gives
/// whether anything was missing.
pub(super) fn bootstrap(
    environments: &Environments,
    name: &EnvironmentName,
    profile: &Profile,
) -> Result<bool> {
    let home = &environments.inner.home;
    let made = match home.environment(name) {
        Err(error) if error.kind() == ErrorKind::EnvironmentNotFound => {
            environments.inner.create(name).map(|_| true)
        }
        there => there.map(|_| false),
    };
    let made = match made {
        // Somebody else made it just now.
        Err(error) if error.kind() == ErrorKind::EnvironmentExists => false,
        made => made?,
    };
    let state = State::of(&Generations::of(home.environment(name)?))?;
    let missing = |wanted: Vec<Requirement>| -> Vec<Requirement> {
        wanted.into_iter().filter(|requirement| !is_there(&state, requirement)).collect()
    };
    let carried = missing(profile.from(ProfileSource::Catalogue));
    let others = missing(profile.from(ProfileSource::Repository));
    let others = known(others, environments.repositories())?;
    let all: Vec<Requirement> = carried.iter().chain(&others).cloned().collect();
    if all.is_empty() {
        return Ok(made);
    }
    match install(environments, name, &all) {
        Err(error) if !others.is_empty() && is_about_packages(error.kind()) => {
            tracing::warn!(profile = profile.name, %error, "packages of a profile are left out");
            Ok(one_by_one(environments, name, &carried, &others)? || made)
        }
        installed => installed.map(|()| true),
    }
}

/// Something that packages of others need cannot be installed: then each of them for which all can. Gives whether
/// anything was installed.
fn one_by_one(
    environments: &Environments,
    name: &EnvironmentName,
    carried: &[Requirement],
    others: &[Requirement],
) -> Result<bool> {
    if !carried.is_empty() {
        install(environments, name, carried)?;
    }
    let mut installed = !carried.is_empty();
    for other in others {
        match install(environments, name, std::slice::from_ref(other)) {
            Err(error) if is_about_packages(error.kind()) => {} // the warning before this said why
            result => {
                result?;
                installed = true;
            }
        }
    }
    Ok(installed)
}

/// Whether an error says something of a package, and nothing of the environment or the disk.
fn is_about_packages(kind: ErrorKind) -> bool {
    use ErrorKind::{
        ArchiveUnsafe, BuildUnsupported, HookRefused, IntegrityMismatch, LuaVersionMismatch, ModuleConflict,
        NativeUnsupported, NoSolution, OfflineMiss, PackageNotFound, RepositoryUnreachable, RockspecInvalid,
        SourceUnsupported,
    };
    matches!(
        kind,
        ArchiveUnsafe
            | BuildUnsupported
            | HookRefused
            | IntegrityMismatch
            | LuaVersionMismatch
            | ModuleConflict
            | NativeUnsupported
            | NoSolution
            | OfflineMiss
            | PackageNotFound
            | RepositoryUnreachable
            | RockspecInvalid
            | SourceUnsupported
    )
}

fn install(environments: &Environments, name: &EnvironmentName, wanted: &[Requirement]) -> Result<()> {
    let renewal = Renewal::of(&environments.inner, &environments.watcher, name)?;
    renewal.install(wanted, InstallOptions::default().offline()).map(drop)
}

/// Those of the packages that a repository is known to have. One of which nothing is known has none.
fn known(wanted: Vec<Requirement>, repositories: &Repositories) -> Result<Vec<Requirement>> {
    if wanted.is_empty() {
        return Ok(wanted);
    }
    let supply = repositories.offline().supply()?;
    let has = |requirement: &Requirement| {
        let versions = supply.versions(&requirement.name).unwrap_or_default();
        versions.iter().any(|version| requirement.allows(version))
    };
    Ok(wanted.into_iter().filter(has).collect())
}

fn is_there(state: &State, requirement: &Requirement) -> bool {
    let given = || provided().packages.get(&requirement.name).cloned();
    let version = state.package(&requirement.name).map(|package| package.version.clone()).or_else(given);
    version.is_some_and(|version| requirement.allows(&version))
}
