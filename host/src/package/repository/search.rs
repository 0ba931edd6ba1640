//! Looking for packages in what all repositories have.

use std::collections::BTreeSet;

use crate::error::{ErrorKind, Result};
use crate::package::evaluate::{Evaluator, Text};
use crate::package::name::PackageName;
use crate::package::rockspec::Rockspec;
use crate::package::version::Version;

use super::cache::{Summaries, Summary};
use super::index::sha256;
use super::origin::{Known, Origin};
use super::supply::Opened;
use super::transport::Reach;

/// A package that was found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FoundPackage {
    /// Its name.
    pub name: PackageName,
    /// Its newest version; a moving one, such as `scm-1`, only where there is no other.
    pub version: Version,
    /// The repository that it would be installed from.
    pub repository: String,
    /// What its rockspec says of it, where that is on this machine.
    pub summary: Option<String>,
    /// The labels that its rockspec gives it, where that is on this machine.
    pub labels: Vec<String>,
}

/// All packages whose name, summary or labels have a text in them, small and capital letters being the same; by
/// name, those first whose name has it.
pub(super) fn search(
    opened: &[Opened],
    text: &str,
    reach: Reach,
    evaluator: &Evaluator,
) -> Result<Vec<FoundPackage>> {
    let text = text.trim().to_lowercase();
    let mut taken = BTreeSet::new();
    let mut found = Vec::new();
    for opened in opened {
        let known = known(opened, reach)?;
        let mut summaries = Kept::of(&opened.origin, evaluator);
        for (name, versions) in &known.manifest.packages {
            let Some(version) = newest(versions.keys()) else { continue };
            if !taken.insert(name.clone()) {
                continue; // a repository before this one has that name
            }
            let summary = summaries.of_version(name, &version, known);
            if matches(name, &summary, &text) {
                let (repository, Summary { summary, labels }) = (opened.origin.name.clone(), summary);
                found.push(FoundPackage { name: name.clone(), version, repository, summary, labels });
            }
        }
        summaries.keep();
    }
    found.sort_by(|one, other| rank(one, &text).cmp(&rank(other, &text)));
    Ok(found)
}

/// What was known before is enough to search in: a repository is asked only when nothing of it is known.
fn known(opened: &Opened, reach: Reach) -> Result<&Known> {
    match opened.known(Reach::Offline) {
        Err(error) if error.kind() == ErrorKind::OfflineMiss => opened.known(reach),
        known => known,
    }
}

fn rank<'a>(found: &'a FoundPackage, text: &str) -> (bool, &'a PackageName) {
    (!found.name.as_str().contains(text), &found.name)
}

fn matches(name: &PackageName, Summary { summary, labels }: &Summary, text: &str) -> bool {
    let mut said = summary.iter().chain(labels);
    name.as_str().contains(text) || said.any(|said| said.to_lowercase().contains(text))
}

fn newest<'a>(texts: impl Iterator<Item = &'a String>) -> Option<Version> {
    let versions = texts.filter_map(|text| text.parse::<Version>().ok());
    versions.reduce(|best, version| {
        let better = match (best.is_moving(), version.is_moving()) {
            (false, true) => false,
            (true, false) => true,
            _ => best.is_below(&version),
        };
        if better { version } else { best }
    })
}

/// Summaries of the rockspecs that are on this machine. Each rockspec is evaluated once, and its summary kept
/// by its hash for as long as it is the newest.
struct Kept<'a> {
    origin: &'a Origin,
    evaluator: &'a Evaluator,
    before: Summaries,
    now: Summaries,
}

impl<'a> Kept<'a> {
    fn of(origin: &'a Origin, evaluator: &'a Evaluator) -> Kept<'a> {
        Kept { origin, evaluator, before: origin.cache.summaries(), now: Summaries::new() }
    }

    /// A rockspec that is not here, or cannot be read, says nothing.
    fn of_version(&mut self, name: &PackageName, version: &Version, known: &Known) -> Summary {
        let Ok(text) = self.origin.rockspec(name, version, known, Reach::Offline) else {
            return Summary::default();
        };
        let hash = sha256(&text);
        let known = self.before.get(&hash).cloned();
        let summary = known.unwrap_or_else(|| self.read(&text).unwrap_or_default());
        self.now.insert(hash, summary.clone());
        summary
    }

    fn read(&self, text: &[u8]) -> Result<Summary> {
        let rockspec = Rockspec::from_table(&self.evaluator.evaluate(Text::Rockspec, text)?)?;
        Ok(Summary { summary: rockspec.summary, labels: rockspec.labels })
    }

    fn keep(self) {
        if self.now != self.before {
            self.origin.cache.keep_summaries(&self.now);
        }
    }
}
