//! What the solver asks: which versions there are, and what they need.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use pubgrub::{Dependencies, DependencyProvider, PackageResolutionStatistics, VersionSet};

use crate::error::{Error, ErrorKind, Result};
use crate::package::name::{ModuleName, PackageName};
use crate::package::requirement::Requirement;
use crate::package::resolve::set::Set;
use crate::package::resolve::{Supply, Wanted, unsolved};
use crate::package::rockspec::Rockspec;
use crate::package::version::Version;

/// Packages that one resolution may choose versions of. The largest real ones have some tens.
const MOST_PACKAGES: usize = 20_000;

/// What a resolution may spend on choices that it has to take back. Each costs as many units as packages
/// were seen and choices were taken back before, which is what the solver goes through; a real resolution
/// takes some thousand units, and this many take about a second (measured).
const MOST_EFFORT: usize = 1_000_000;

/// Versions, or reasons, that a message lists.
const MOST_SHOWN: usize = 5;

/// The name under which packages ask for a version of Lua.
const LUA: &str = "lua";

/// What the solver chooses versions of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    /// What was asked for, as a package of its own.
    Wanted,
    Package(PackageName),
}

/// Why a version cannot be chosen, whatever else is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Obstacle {
    pub kind: ErrorKind,
    pub text: String,
}

/// What there is of one package.
pub(super) struct Known {
    /// In ascending order; their places are the numbers that the solver works with.
    pub versions: Vec<Version>,
    /// Moving versions that nobody asked for by name.
    pub hidden: Vec<Version>,
}

/// What is needed of one package: all requirements, and the places of the versions that meet them.
pub(super) struct Need {
    pub requirements: Vec<Requirement>,
    pub allowed: Set,
}

/// What a version needs, by name.
#[derive(Default)]
pub(super) struct Needs {
    pub packages: BTreeMap<PackageName, Need>,
    /// What of it every VM has, Lua itself left out.
    pub provided: BTreeMap<PackageName, Version>,
}

/// What a version needs, or why it cannot be chosen.
pub(super) type Answer = Result<Needs, Obstacle>;

/// How much the solver did so far.
#[derive(Default)]
struct Effort {
    chosen: HashSet<PackageName>,
    taken_back: usize,
    spent: usize,
}

pub(super) struct Provider<'a> {
    pub wanted: &'a Wanted,
    pub supply: &'a dyn Supply,
    known: RefCell<HashMap<PackageName, Arc<Known>>>,
    needs: RefCell<HashMap<(PackageName, u32), Arc<Answer>>>,
    effort: RefCell<Effort>,
}

impl Need {
    fn none() -> Need {
        Need { requirements: Vec::new(), allowed: Set::empty() }
    }
}

impl<'a> Provider<'a> {
    pub(super) fn new(wanted: &'a Wanted, supply: &'a dyn Supply) -> Provider<'a> {
        Provider {
            wanted,
            supply,
            known: RefCell::default(),
            needs: RefCell::default(),
            effort: RefCell::default(),
        }
    }

    /// Refuses what was asked for where one look is enough.
    pub(super) fn check_wanted(&self) -> Result<()> {
        for requirement in &self.wanted.requirements {
            let provided = self.wanted.provided.packages.contains_key(&requirement.name);
            if !provided && requirement.namespace.is_none() {
                self.check_known(&requirement.name)?;
            }
        }
        match self.obstacle_of(&self.wanted.requirements)? {
            Some(obstacle) => {
                let kind = match obstacle.kind {
                    ErrorKind::RockspecInvalid => ErrorKind::InvalidRequirement,
                    kind => kind,
                };
                Err(unsolved(kind, format!("what was asked for {}", obstacle.text)))
            }
            None => Ok(()),
        }
    }

    fn check_known(&self, name: &PackageName) -> Result<()> {
        let known = self.known(name)?;
        if !known.versions.is_empty() || !known.hidden.is_empty() {
            return Ok(());
        }
        let names = self.supply.names();
        let similar: Vec<String> = name.similar(&names).into_iter().map(|name| format!("`{name}`")).collect();
        let hint = match similar.as_slice() {
            [] => "check its name, or add a repository that has it".to_owned(),
            similar => format!("did you mean {}?", similar.join(", ")),
        };
        Err(unsolved(ErrorKind::PackageNotFound, format!("no repository has a package `{name}`; {hint}")))
    }

    /// What there is of a package.
    pub(super) fn known(&self, name: &PackageName) -> Result<Arc<Known>> {
        if let Some(known) = self.known.borrow().get(name) {
            return Ok(known.clone());
        }
        let own: Vec<&Requirement> =
            self.wanted.requirements.iter().filter(|requirement| requirement.name == *name).collect();
        let mut all = self.supply.versions(name)?;
        all.sort();
        all.dedup();
        let visible = |version: &Version| {
            !version.is_moving() || own.iter().any(|requirement| requirement.names(version))
        };
        let (versions, hidden) = all.into_iter().partition(visible);
        let known = Arc::new(Known { versions, hidden });
        self.known.borrow_mut().insert(name.clone(), known.clone());
        Ok(known)
    }

    /// The package and version behind a choice of the solver.
    pub(super) fn chosen(&self, node: &Node, at: u32) -> Option<(PackageName, u32)> {
        match node {
            Node::Wanted => None,
            Node::Package(name) => Some((name.clone(), at)),
        }
    }

    /// What a version needs, or why it cannot be chosen. The outer error ends the resolution.
    pub(super) fn needs(&self, name: &PackageName, at: u32) -> Result<Arc<Answer>> {
        let key = (name.clone(), at);
        if let Some(needs) = self.needs.borrow().get(&key) {
            return Ok(needs.clone());
        }
        let version = &self.known(name)?.versions[at as usize];
        let needs = match self.rockspec(name, version) {
            Ok(rockspec) => self.needs_of(name, version, &rockspec)?,
            Err(error) if is_of_this_version(error.kind()) => {
                Err(Obstacle { kind: error.kind(), text: error.to_string() })
            }
            Err(error) => return Err(error),
        };
        let needs = Arc::new(needs);
        self.needs.borrow_mut().insert(key, needs.clone());
        Ok(needs)
    }

    fn rockspec(&self, name: &PackageName, version: &Version) -> Result<Arc<Rockspec>> {
        let rockspec = self.supply.rockspec(name, version)?;
        rockspec.check_is(name, version)?;
        let provides = |module: &ModuleName| self.wanted.provided.modules.contains(module);
        rockspec.check_installable(self.supply.form(name, version)?, &provides)?;
        Ok(rockspec)
    }

    fn needs_of(&self, name: &PackageName, version: &Version, rockspec: &Rockspec) -> Result<Answer> {
        let own = |requirement: &&Requirement| requirement.name == *name && requirement.namespace.is_none();
        if let Some(wrong) = rockspec.dependencies.iter().filter(own).find(|own| !own.allows(version)) {
            let text = format!("`{name} {version}` needs another version of itself, `{wrong}`");
            return Ok(Err(Obstacle { kind: ErrorKind::NoSolution, text }));
        }
        let others: Vec<Requirement> =
            rockspec.dependencies.iter().filter(|requirement| !own(requirement)).cloned().collect();
        if let Some(obstacle) = self.obstacle_of(&others)? {
            let text = format!("`{name} {version}` {}", obstacle.text);
            return Ok(Err(Obstacle { text, ..obstacle }));
        }
        self.need(&others).map(Ok)
    }

    /// What some requirements say together.
    pub(super) fn need(&self, requirements: &[Requirement]) -> Result<Needs> {
        let mut needs = Needs::default();
        for requirement in requirements {
            let name = &requirement.name;
            if let Some(version) = self.wanted.provided.packages.get(name) {
                if name.as_str() != LUA {
                    needs.provided.insert(name.clone(), version.clone());
                }
                continue;
            }
            let need = needs.packages.entry(name.clone()).or_insert_with(Need::none);
            need.requirements.push(requirement.clone());
        }
        for (name, need) in &mut needs.packages {
            let known = self.known(name)?;
            let allows = |version: &Version| need.requirements.iter().all(|one| one.allows(version));
            let places = known.versions.iter().enumerate().filter(|(_, version)| allows(version));
            need.allowed = places.map(|(at, _)| at as u32).collect();
        }
        Ok(needs)
    }

    /// Why some requirements cannot be met together, whatever else is chosen: what each of them needs.
    fn obstacle_of(&self, requirements: &[Requirement]) -> Result<Option<Obstacle>> {
        let mut obstacles: Vec<Obstacle> =
            requirements.iter().filter_map(|one| self.fixed_obstacle(one)).collect();
        if obstacles.is_empty() {
            for (name, need) in self.need(requirements)?.packages {
                if need.allowed == Set::empty() {
                    let text = self.nothing_allowed(&name, &need)?;
                    obstacles.push(Obstacle { kind: ErrorKind::NoSolution, text });
                }
            }
        }
        let Some(Obstacle { kind, .. }) = obstacles.first() else { return Ok(None) };
        let alike = obstacles.iter().all(|obstacle| obstacle.kind == *kind);
        let kind = if alike { *kind } else { ErrorKind::NoSolution };
        let texts: Vec<String> =
            obstacles.into_iter().take(MOST_SHOWN).map(|obstacle| obstacle.text).collect();
        Ok(Some(Obstacle { kind, text: texts.join(", and ") }))
    }

    /// Why one requirement cannot be met, as far as that does not depend on any repository.
    fn fixed_obstacle(&self, requirement: &Requirement) -> Option<Obstacle> {
        if let Some(namespace) = &requirement.namespace {
            let text = format!(
                "needs `{requirement}` of a namespace; add the repository of `{namespace}` and ask for `{}` instead",
                requirement.name
            );
            return Some(Obstacle { kind: ErrorKind::RockspecInvalid, text });
        }
        let provided = self.wanted.provided.packages.get(&requirement.name)?;
        if requirement.allows(provided) {
            return None;
        }
        let name = &requirement.name;
        let kind = if name.as_str() == LUA { ErrorKind::LuaVersionMismatch } else { ErrorKind::NoSolution };
        Some(Obstacle { kind, text: format!("needs `{requirement}`, and every VM has `{name} {provided}`") })
    }

    fn nothing_allowed(&self, name: &PackageName, need: &Need) -> Result<String> {
        let wanted: Vec<String> = need.requirements.iter().map(|one| format!("`{one}`")).collect();
        let wanted = wanted.join(" and ");
        let known = self.known(name)?;
        let hidden =
            known.hidden.iter().find(|version| need.requirements.iter().all(|one| one.allows(version)));
        Ok(match (known.versions.as_slice(), hidden) {
            (_, Some(hidden)) => format!(
                "needs {wanted}, which only a moving version meets; ask for `{name} == {hidden}` to have it"
            ),
            ([], None) => format!("needs {wanted}, which no repository has"),
            (versions, None) => format!("needs {wanted}, and there is {}", listed(versions)),
        })
    }
}

/// Some versions, the newest first.
fn listed(versions: &[Version]) -> String {
    let mut shown: Vec<String> = versions.iter().rev().take(MOST_SHOWN).map(Version::to_string).collect();
    if versions.len() > MOST_SHOWN {
        shown.push(format!("{} older", versions.len() - MOST_SHOWN));
    }
    shown.join(", ")
}

/// Errors that are about one version alone, so that another one may do.
fn is_of_this_version(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::RockspecInvalid
            | ErrorKind::EvaluationLimit
            | ErrorKind::NativeUnsupported
            | ErrorKind::BuildUnsupported
            | ErrorKind::HookRefused
            | ErrorKind::SourceUnsupported
            | ErrorKind::OfflineMiss
    )
}

impl DependencyProvider for Provider<'_> {
    type P = Node;
    type V = u32;
    type VS = Set;
    type M = Obstacle;
    type Priority = (u32, Reverse<u32>);
    type Err = Error;

    /// Packages that were in conflicts come first, then those with few versions to choose from: wrong
    /// choices show early.
    fn prioritize(
        &self,
        node: &Node,
        allowed: &Set,
        conflicts: &PackageResolutionStatistics,
    ) -> Self::Priority {
        let end = match node {
            Node::Wanted => 1,
            Node::Package(name) => {
                self.known.borrow().get(name).map_or(0, |known| known.versions.len() as u32)
            }
        };
        (conflicts.conflict_count(), Reverse(allowed.count(end)))
    }

    fn choose_version(&self, node: &Node, allowed: &Set) -> Result<Option<u32>> {
        let Node::Package(name) = node else { return Ok(Some(0)) };
        self.effort.borrow_mut().choose(name);
        let known = self.known(name)?;
        let kept = self.wanted.locked.get(name).filter(|_| !self.wanted.upgrade.includes(name));
        let kept = kept.and_then(|kept| known.versions.iter().position(|version| version == kept));
        let mut best = allowed.descending(known.versions.len() as u32);
        Ok(match kept.map(|at| at as u32) {
            Some(at) if allowed.contains(&at) => Some(at),
            _ => best.next(),
        })
    }

    fn get_dependencies(&self, node: &Node, at: &u32) -> Result<Dependencies<Node, Set, Obstacle>> {
        let edges = |needs: &Needs| {
            let edge =
                |(name, need): (&PackageName, &Need)| (Node::Package(name.clone()), need.allowed.clone());
            Dependencies::Available(needs.packages.iter().map(edge).collect())
        };
        let Node::Package(name) = node else { return Ok(edges(&self.need(&self.wanted.requirements)?)) };
        Ok(match &*self.needs(name, *at)? {
            Ok(needs) => edges(needs),
            Err(obstacle) => Dependencies::Unavailable(obstacle.clone()),
        })
    }

    fn should_cancel(&self) -> Result<()> {
        let effort = self.effort.borrow();
        if effort.chosen.len() <= MOST_PACKAGES && effort.spent <= MOST_EFFORT {
            return Ok(());
        }
        let what = format!(
            "no choice of versions was found among {} packages after {} attempts; ask for narrower versions, such as \
             `say >= 1.4`",
            effort.chosen.len(),
            effort.taken_back
        );
        Err(unsolved(ErrorKind::NoSolution, what))
    }
}

impl Effort {
    fn choose(&mut self, name: &PackageName) {
        if !self.chosen.contains(name) {
            self.chosen.insert(name.clone());
            return;
        }
        self.taken_back += 1;
        self.spent += self.chosen.len() + self.taken_back;
    }
}

impl fmt::Display for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::Wanted => formatter.write_str("what was asked for"),
            Node::Package(name) => write!(formatter, "{name}"),
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
