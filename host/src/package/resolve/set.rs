//! Sets of versions of one package, by their places in the list of its versions. All versions are known
//! before any is chosen, so a requirement is the set of those that it allows: exactly, for every operator.

use std::fmt;

use pubgrub::VersionSet;

/// Numbers in one word of a set.
const WORD: u32 = u64::BITS;

/// A set of numbers, or of all numbers but some.
///
/// Invariant: the last word is not 0, so that equal sets are written alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set {
    words: Vec<u64>,
    inverted: bool,
}

impl Set {
    fn new(mut words: Vec<u64>, inverted: bool) -> Set {
        let end = words.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        words.truncate(end);
        Set { words, inverted }
    }

    fn word(&self, at: usize) -> u64 {
        self.words.get(at).copied().unwrap_or(0)
    }

    /// Both lists of words, word by word.
    fn zip(&self, other: &Set, both: impl Fn(u64, u64) -> u64) -> Vec<u64> {
        let length = self.words.len().max(other.words.len());
        (0..length).map(|at| both(self.word(at), other.word(at))).collect()
    }

    /// The numbers of a set that is not inverted, the least first; of an inverted one, those it lacks.
    pub(super) fn listed(&self) -> impl Iterator<Item = u32> {
        let bits = |(at, word): (usize, &u64)| {
            let (at, word) = (at as u32, *word);
            (0..WORD).filter(move |bit| word & (1 << bit) != 0).map(move |bit| at * WORD + bit)
        };
        self.words.iter().enumerate().flat_map(bits)
    }

    /// The numbers below `end` that are in the set, the greatest first.
    pub(super) fn descending(&self, end: u32) -> impl Iterator<Item = u32> {
        (0..end).rev().filter(|number| self.contains(number))
    }

    /// How many numbers below `end` are in the set.
    pub(super) fn count(&self, end: u32) -> u32 {
        let listed: u32 = self.words.iter().map(|word| word.count_ones()).sum();
        if self.inverted { end.saturating_sub(listed) } else { listed }
    }
}

impl FromIterator<u32> for Set {
    fn from_iter<I: IntoIterator<Item = u32>>(numbers: I) -> Set {
        let mut words = Vec::new();
        for number in numbers {
            let at = (number / WORD) as usize;
            if words.len() <= at {
                words.resize(at + 1, 0);
            }
            words[at] |= 1_u64 << (number % WORD);
        }
        Set::new(words, false)
    }
}

impl VersionSet for Set {
    type V = u32;

    fn empty() -> Set {
        Set { words: Vec::new(), inverted: false }
    }

    fn singleton(number: u32) -> Set {
        std::iter::once(number).collect()
    }

    fn complement(&self) -> Set {
        Set { words: self.words.clone(), inverted: !self.inverted }
    }

    fn intersection(&self, other: &Set) -> Set {
        match (self.inverted, other.inverted) {
            (false, false) => Set::new(self.zip(other, |own, other| own & other), false),
            (false, true) => Set::new(self.zip(other, |own, other| own & !other), false),
            (true, false) => Set::new(self.zip(other, |own, other| !own & other), false),
            (true, true) => Set::new(self.zip(other, |own, other| own | other), true),
        }
    }

    fn contains(&self, number: &u32) -> bool {
        let listed = self.word((number / WORD) as usize) & (1 << (number % WORD)) != 0;
        listed != self.inverted
    }
}

impl fmt::Display for Set {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.inverted { "all but " } else { "" };
        write!(formatter, "{mark}{:?}", self.listed().collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;

    use super::*;
    use crate::package::requirement::Requirement;
    use crate::package::version::Version;

    /// Numbers up to which sets are looked at; beyond them, only whether they are inverted tells.
    const END: u32 = 200;

    fn set() -> impl Strategy<Value = Set> {
        let set = |(numbers, inverted): (BTreeSet<u32>, bool)| {
            let set: Set = numbers.into_iter().collect();
            if inverted { set.complement() } else { set }
        };
        (btree_set(0..END - 1, 0..8), any::<bool>()).prop_map(set)
    }

    fn numbers(set: &Set) -> BTreeSet<u32> {
        (0..END).filter(|number| set.contains(number)).collect()
    }

    fn version() -> impl Strategy<Value = String> {
        "[0-3](\\.[0-3]){0,2}(rc1|beta|[a-c])?(-[1-3])?|scm-1"
    }

    fn requirement() -> impl Strategy<Value = Requirement> {
        let constraint =
            ("(==|~=|<|<=|>|>=|~>)", version()).prop_map(|(sign, version)| format!("{sign} {version}"));
        vec(constraint, 0..4)
            .prop_map(|list| format!("x {}", list.join(", ")).parse().expect("a requirement"))
    }

    proptest! {
        #[test]
        fn sets_are_those_of_mathematics(left in set(), right in set(), number in 0..END) {
            let (own, other) = (numbers(&left), numbers(&right));
            prop_assert_eq!(numbers(&left.intersection(&right)), &own & &other);
            prop_assert_eq!(numbers(&left.union(&right)), &own | &other);
            prop_assert_eq!(numbers(&left.complement()), &numbers(&Set::full()) - &own);
            prop_assert_eq!(left == right, own == other);
            prop_assert_eq!(left.subset_of(&right), own.is_subset(&other));
            prop_assert_eq!(left.is_disjoint(&right), own.is_disjoint(&other));
            prop_assert_eq!(numbers(&Set::singleton(number)), BTreeSet::from([number]));
            prop_assert_eq!(left.count(END) as usize, own.len());
            prop_assert!(left.descending(END).eq(own.into_iter().rev()));
            prop_assert!(left.listed().all(|number| left.contains(&number) != left.inverted));
            prop_assert_eq!(left.listed().count(), left.complement().listed().count());
        }

        #[test]
        fn sets_of_requirements_are_what_they_allow(
            texts in btree_set(version(), 1..20), left in requirement(), right in requirement(),
        ) {
            let mut versions: Vec<Version> = texts.iter().map(|text| text.parse().expect("a version")).collect();
            versions.sort();
            let set = |wanted: &Requirement| -> Set {
                (0..versions.len()).filter(|at| wanted.allows(&versions[*at])).map(|at| at as u32).collect()
            };
            for (at, version) in versions.iter().enumerate() {
                let at = at as u32;
                prop_assert_eq!(set(&left).contains(&at), left.allows(version));
                let both = set(&left).intersection(&set(&right)).contains(&at);
                prop_assert_eq!(both, left.allows(version) && right.allows(version));
                let one = set(&left).union(&set(&right).complement()).contains(&at);
                prop_assert_eq!(one, left.allows(version) || !right.allows(version));
            }
        }
    }
}
