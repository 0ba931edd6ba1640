//! Why no versions fit together: the facts that exclude each other, in the words of the rockspecs.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::sync::Arc;

use pubgrub::{DerivationTree, External};

use crate::error::{Error, ErrorKind};
use crate::package::name::PackageName;
use crate::package::requirement::Requirement;
use crate::package::resolve::provider::{Node, Obstacle, Provider};
use crate::package::resolve::set::Set;
use crate::package::resolve::unsolved;
use crate::package::version::Version;

/// Facts that a message has; beyond that nobody reads on.
const MOST_FACTS: usize = 30;

/// Rockspecs that are looked at for obstacles that the solver did not get to.
const MOST_LOOKS: usize = 100;

type Proof = DerivationTree<Node, Set, Obstacle>;

/// What excludes each other.
#[derive(Default)]
struct Facts {
    /// What needs which package.
    needs: BTreeMap<Option<PackageName>, BTreeMap<PackageName, BTreeSet<u32>>>,
    /// Versions that cannot be chosen at all.
    obstacles: BTreeMap<PackageName, BTreeMap<u32, Obstacle>>,
}

/// The error that says why.
pub(super) fn no_solution(provider: &Provider<'_>, proof: Proof) -> Error {
    let mut facts = Facts::of(&proof);
    take_apart(proof);
    let kind = facts.kind();
    facts.look_further(provider);
    let mut lines = facts.lines(provider);
    if lines.len() > MOST_FACTS {
        let more = lines.len() - MOST_FACTS;
        lines.truncate(MOST_FACTS);
        lines.push(format!("and {more} facts more"));
    }
    unsolved(kind, format!("no choice of versions meets all of this:\n  {}", lines.join("\n  ")))
}

impl Facts {
    /// Collects the facts from the leaves of a proof.
    fn of(proof: &Proof) -> Facts {
        let mut facts = Facts::default();
        let mut seen = HashSet::new();
        let mut parts = vec![proof];
        while let Some(part) = parts.pop() {
            if !seen.insert(std::ptr::from_ref(part)) {
                continue;
            }
            match part {
                DerivationTree::External(external) => facts.add(external),
                DerivationTree::Derived(derived) => parts.extend([&*derived.cause1, &*derived.cause2]),
            }
        }
        facts
    }

    fn add(&mut self, fact: &External<Node, Set, Obstacle>) {
        match fact {
            External::FromDependencyOf(Node::Wanted, _, Node::Package(needed), _) => {
                self.needs.entry(None).or_default().entry(needed.clone()).or_default();
            }
            External::FromDependencyOf(Node::Package(name), versions, Node::Package(needed), _) => {
                let needed = self.needs.entry(Some(name.clone())).or_default().entry(needed.clone());
                needed.or_default().extend(versions.listed());
            }
            External::Custom(Node::Package(name), versions, obstacle) => {
                let obstacles = self.obstacles.entry(name.clone()).or_default();
                obstacles.extend(versions.listed().map(|at| (at, obstacle.clone())));
            }
            // The rest says that something was asked for at all, or follows from the facts above.
            External::Custom(..)
            | External::FromDependencyOf(..)
            | External::NoVersions(..)
            | External::NotRoot(..) => {}
        }
    }

    /// The one kind of all obstacles, if it is they and not requirements against each other that leave no
    /// choice.
    fn kind(&self) -> ErrorKind {
        let mut kinds = self.obstacles.values().flat_map(BTreeMap::values).map(|obstacle| obstacle.kind);
        let mut needed = BTreeSet::new();
        let twice = self.needs.values().flat_map(BTreeMap::keys).any(|name| !needed.insert(name));
        match kinds.next() {
            Some(first) if !twice && kinds.all(|kind| kind == first) => first,
            _ => ErrorKind::NoSolution,
        }
    }

    /// The solver ends at the first obstacle; whoever removes it should not run into the next one.
    fn look_further(&mut self, provider: &Provider<'_>) {
        let mut looks = 0;
        let dependents: Vec<(PackageName, u32)> = self
            .needs
            .iter()
            .filter_map(|(name, needed)| Some((name.clone()?, *needed.values().flatten().max()?)))
            .collect();
        for (name, at) in dependents {
            // The solver had these needs already: they are known, and no error is dropped here.
            let Ok(needs) = provider.needs(&name, at) else { continue };
            let Ok(needs) = &*needs else { continue };
            for (needed, need) in &needs.packages {
                if let Some(obstacles) = hopeless(provider, needed, &need.allowed, &mut looks) {
                    self.needs
                        .entry(Some(name.clone()))
                        .or_default()
                        .entry(needed.clone())
                        .or_default()
                        .insert(at);
                    self.obstacles.entry(needed.clone()).or_default().extend(obstacles);
                }
            }
        }
    }

    /// The facts, beginning with what was asked for, each package below one that needs it.
    fn lines(&self, provider: &Provider<'_>) -> Vec<String> {
        let mut lines = Vec::new();
        let mut seen = BTreeSet::from([None]);
        let mut queue = VecDeque::from([None]);
        while let Some(name) = queue.pop_front() {
            let needed = self.needs.get(&name);
            for (needed, versions) in needed.into_iter().flatten() {
                lines.push(need(provider, name.as_ref(), needed, versions));
                if seen.insert(Some(needed.clone())) {
                    queue.push_back(Some(needed.clone()));
                }
            }
            if let Some(name) = &name {
                lines.extend(
                    self.obstacles.get(name).into_iter().flat_map(|list| obstacles(provider, name, list)),
                );
            }
        }
        lines
    }
}

/// Drops a proof part by part: it may be deeper than a thread's stack, which dropping it whole would use
/// up.
fn take_apart(proof: Proof) {
    let mut parts = vec![Arc::new(proof)];
    while let Some(part) = parts.pop() {
        if let Ok(DerivationTree::Derived(derived)) = Arc::try_unwrap(part) {
            parts.extend([derived.cause1, derived.cause2]);
        }
    }
}

/// The obstacles of all versions that are allowed, if each has one.
fn hopeless(
    provider: &Provider<'_>,
    name: &PackageName,
    allowed: &Set,
    looks: &mut usize,
) -> Option<BTreeMap<u32, Obstacle>> {
    let mut obstacles = BTreeMap::new();
    let places: Vec<u32> = allowed.listed().collect();
    // The newest first: where it can be chosen, no other needs a look.
    for at in places.into_iter().rev() {
        *looks += 1;
        if *looks > MOST_LOOKS {
            return None;
        }
        // What cannot be looked at only leaves the message shorter; why there is no solution is known.
        match &*provider.needs(name, at).ok()? {
            Ok(_) => return None,
            Err(obstacle) => obstacles.insert(at, obstacle.clone()),
        };
    }
    Some(obstacles)
}

/// That something needs a package, in the words of its newest version.
fn need(
    provider: &Provider<'_>,
    name: Option<&PackageName>,
    needed: &PackageName,
    versions: &BTreeSet<u32>,
) -> String {
    let of_one = |requirements: &[Requirement]| {
        let own = requirements.iter().filter(|requirement| requirement.name == *needed);
        own.map(|requirement| format!("`{requirement}`")).collect::<Vec<_>>().join(" and ")
    };
    let Some(name) = name else {
        return format!("{} is wanted", of_one(&provider.wanted.requirements));
    };
    let newest = versions.last().copied().unwrap_or_default();
    let words = match provider.needs(name, newest).as_deref() {
        Ok(Ok(needs)) => needs.packages.get(needed).map(|need| of_one(&need.requirements)),
        _ => None,
    };
    format!(
        "`{name} {}` needs {}",
        span(provider, name, versions),
        words.unwrap_or_else(|| format!("`{needed}`"))
    )
}

/// What is wrong with some versions of a package: those where it is the same are told of once.
fn obstacles(provider: &Provider<'_>, name: &PackageName, list: &BTreeMap<u32, Obstacle>) -> Vec<String> {
    let mut groups: Vec<(String, Vec<u32>)> = Vec::new();
    for (at, obstacle) in list.iter().rev() {
        let version = one(provider, name, *at);
        let alike = obstacle.text.replace(&format!("`{name} {version}`"), "");
        match groups.iter_mut().find(|(text, _)| *text == alike) {
            Some((_, versions)) => versions.push(*at),
            None => groups.push((alike, vec![*at])),
        }
    }
    let line = |(_, versions): (String, Vec<u32>)| {
        let text = &list[&versions[0]].text;
        match versions.len() {
            1 => text.clone(),
            2 => format!("{text}; the same for 1 other version"),
            count => format!("{text}; the same for {} other versions", count - 1),
        }
    };
    groups.into_iter().map(line).collect()
}

fn one(provider: &Provider<'_>, name: &PackageName, at: u32) -> String {
    let known = provider.known(name).ok();
    known.and_then(|known| known.versions.get(at as usize).map(Version::to_string)).unwrap_or_default()
}

/// Some versions, from the oldest to the newest.
fn span(provider: &Provider<'_>, name: &PackageName, versions: &BTreeSet<u32>) -> String {
    match (versions.first(), versions.last()) {
        (Some(oldest), Some(newest)) if oldest != newest => {
            format!("{} to {}", one(provider, name, *oldest), one(provider, name, *newest))
        }
        (_, newest) => one(provider, name, newest.copied().unwrap_or_default()),
    }
}
