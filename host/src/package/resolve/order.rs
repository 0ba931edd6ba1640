//! Chosen versions in the order in which they are installed.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Result;
use crate::package::name::PackageName;
use crate::package::resolve::provider::Provider;
use crate::package::resolve::{Resolution, Resolved};

/// Each package behind those it needs. Where packages need each other, the one whose name is reached first,
/// in the order of names, comes last.
pub(super) fn in_order(provider: &Provider<'_>, chosen: BTreeMap<PackageName, u32>) -> Result<Resolution> {
    let mut provided = provider.need(&provider.wanted.requirements)?.provided;
    let mut resolved = BTreeMap::new();
    for (name, at) in &chosen {
        if let Ok(needs) = &*provider.needs(name, *at)? {
            provided.extend(needs.provided.clone());
        }
        resolved.insert(name.clone(), one(provider, &chosen, name, *at)?);
    }
    let order = behind_what_they_need(&resolved);
    let packages = order.iter().filter_map(|name| resolved.remove(name)).collect();
    Ok(Resolution { packages, provided: provided.into_iter().collect() })
}

fn one(
    provider: &Provider<'_>,
    chosen: &BTreeMap<PackageName, u32>,
    name: &PackageName,
    at: u32,
) -> Result<Resolved> {
    let version = provider.known(name)?.versions[at as usize].clone();
    let mut dependencies = BTreeMap::new();
    if let Ok(needs) = &*provider.needs(name, at)? {
        dependencies.extend(needs.provided.clone());
        for needed in needs.packages.keys() {
            if let Some(at) = chosen.get(needed) {
                dependencies.insert(needed.clone(), provider.known(needed)?.versions[*at as usize].clone());
            }
        }
    }
    Ok(Resolved { name: name.clone(), version, dependencies: dependencies.into_iter().collect() })
}

/// A walk in depth with a stack of its own: chains of packages may be longer than a thread's stack.
fn behind_what_they_need(resolved: &BTreeMap<PackageName, Resolved>) -> Vec<PackageName> {
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    for name in resolved.keys() {
        let mut stack = vec![(name, 0)];
        while let Some((name, next)) = stack.pop() {
            if next == 0 && !seen.insert(name) {
                continue;
            }
            let Some(one) = resolved.get(name) else { continue };
            match one.dependencies.get(next) {
                Some((needed, _)) => {
                    stack.push((name, next + 1));
                    stack.push((needed, 0));
                }
                None => order.push(name.clone()),
            }
        }
    }
    order
}
