//! Making an environment ready for use.

use crate::error::ErrorKind;
use crate::error::Result;
use crate::package::{Requirement, provided};

use super::Environments;
use super::generations::Generations;
use super::name::EnvironmentName;
use super::renewal::{InstallOptions, Renewal};
use super::state::State;

/// Makes an environment if it is not there, and installs what is missing of these packages without a network.
/// Gives whether anything was missing.
pub(super) fn bootstrap(
    environments: &Environments,
    name: &EnvironmentName,
    wanted: &[Requirement],
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
    let missing: Vec<Requirement> =
        wanted.iter().filter(|requirement| !is_there(&state, requirement)).cloned().collect();
    if missing.is_empty() {
        return Ok(made);
    }
    let renewal = Renewal::of(&environments.inner, &environments.watcher, name)?;
    renewal.install(&missing, InstallOptions::default().offline())?;
    Ok(true)
}

fn is_there(state: &State, requirement: &Requirement) -> bool {
    let given = || provided().packages.get(&requirement.name).cloned();
    let version = state.package(&requirement.name).map(|package| package.version.clone()).or_else(given);
    version.is_some_and(|version| requirement.allows(&version))
}
