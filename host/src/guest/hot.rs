//! Pages that nearly every call writes to: the Lua stack, the state, the buffers. To be told of a write
//! costs a page fault of about a microsecond, to compare a page a tenth of that: these are not watched,
//! but looked at each time.

use std::ops::Range;

/// Pages that may be hot at once: a small call writes to about a dozen.
const MOST: usize = 32;

/// Looks that find a page unchanged before it is watched again. Many calls write what was there before, so it
/// takes long to know that a page is left alone; a look costs a twentieth of being told.
const PATIENCE: u8 = 64;

/// Watched pages between two hot ones that are fewer than this are not worth a call of the kernel.
const GAP: usize = 4;

/// The pages that are not watched.
#[derive(Debug, Default)]
pub(crate) struct HotPages {
    /// In order, each with the looks since it last changed.
    pages: Vec<(usize, u8)>,
    /// What was written between the last two looks, of all that is watched.
    written: Vec<Range<usize>>,
}

impl HotPages {
    /// Splits pages into those that are looked at, whatever happened, and those that are watched.
    pub fn split(&self, pages: Range<usize>) -> (Vec<Range<usize>>, Vec<Range<usize>>) {
        let (mut looked_at, mut watched) = (Vec::new(), Vec::new());
        let mut from = pages.start;
        for (page, _) in &self.pages {
            if *page >= pages.end {
                break;
            }
            let gap = from..*page;
            if gap.len() < GAP && from > pages.start {
                looked_at.push(from..page + 1);
            } else {
                looked_at.push(*page..page + 1);
                watched.extend(Some(gap).filter(|gap| !gap.is_empty()));
            }
            from = page + 1;
        }
        watched.extend(Some(from..pages.end).filter(|rest| !rest.is_empty()));
        (looked_at, watched)
    }

    /// Takes note of a look: what was told of the watched pages, in order, and which of the hot ones have changed.
    /// A page that was written twice in a row is hot from now on.
    pub fn note(&mut self, told: &[Range<usize>], has_changed: impl Fn(usize) -> bool) {
        self.pages.retain_mut(|(page, unchanged)| {
            *unchanged = if has_changed(*page) { 0 } else { *unchanged + 1 };
            *unchanged < PATIENCE
        });
        let again = told.iter().cloned().flatten().filter(|page| contains(&self.written, *page));
        let room = MOST - self.pages.len();
        let entering: Vec<(usize, u8)> = again.take(room).map(|page| (page, 0)).collect();
        self.pages.extend(entering);
        self.pages.sort_unstable();
        self.pages.dedup_by_key(|(page, _)| *page);
        self.written = told.to_vec();
    }
}

/// Whether a page is in ranges that are in order. A guest decides how many there are.
fn contains(ranges: &[Range<usize>], page: usize) -> bool {
    let at = ranges.partition_point(|range| range.end <= page);
    ranges.get(at).is_some_and(|range| range.contains(&page))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hot(pages: &[usize]) -> HotPages {
        let told: Vec<Range<usize>> = pages.iter().map(|page| *page..page + 1).collect();
        let mut hot = HotPages::default();
        hot.note(&told, |_| true);
        hot.note(&told, |_| true);
        hot
    }

    #[test]
    fn what_is_written_twice_in_a_row_is_hot() {
        let mut hot = HotPages::default();
        assert_eq!(hot.split(0..9), (vec![], vec![0..9]));
        hot.note(&[2..4], |_| true);
        hot.note(&[3..5], |_| true);
        assert_eq!(hot.split(0..9), (vec![3..4], vec![0..3, 4..9]));
    }

    #[test]
    fn what_stays_unchanged_is_watched_again() {
        let mut hot = hot(&[3]);
        for _ in 1..PATIENCE {
            hot.note(&[], |_| false);
            assert_eq!(hot.split(0..9).0.len(), 1);
        }
        hot.note(&[], |_| false);
        assert_eq!(hot.split(0..9), (vec![], vec![0..9]));
    }

    #[test]
    fn short_gaps_are_looked_at_too() {
        let hot = hot(&[0, 10, 12, 20]);
        assert_eq!(hot.split(0..30), (vec![0..1, 10..11, 11..13, 20..21], vec![1..10, 13..20, 21..30]));
        assert_eq!(hot.split(0..12), (vec![0..1, 10..11], vec![1..10, 11..12]), "a memory that is smaller");
    }

    #[test]
    fn a_guest_that_scatters_its_writes_costs_no_more_than_it_writes() {
        const RANGES: usize = 1 << 17;
        let scattered =
            |first: usize| (0..RANGES).map(|at| 4 * at + first..4 * at + first + 1).collect::<Vec<_>>();
        let mut hot = HotPages::default();
        let start = std::time::Instant::now();
        hot.note(&scattered(0), |_| true);
        hot.note(&scattered(2), |_| true);
        // A few milliseconds; many seconds where each page is compared with each range.
        assert!(start.elapsed() < std::time::Duration::from_secs(2), "{:?}", start.elapsed());
        assert_eq!(hot.split(0..9), (vec![], vec![0..9]));
    }

    #[test]
    fn every_page_is_in_one_part() {
        let hot = hot(&[1, 2, 5, 9, 17, 18, 30, 31]);
        let (looked_at, watched) = hot.split(0..40);
        let mut pages: Vec<usize> = looked_at.into_iter().chain(watched).flatten().collect();
        pages.sort_unstable();
        assert_eq!(pages, (0..40).collect::<Vec<_>>());
    }

    #[test]
    fn no_more_are_hot_than_there_is_room_for() {
        let hot = hot(&(0..100).collect::<Vec<_>>());
        assert_eq!(hot.split(0..100), ((0..MOST).map(|page| page..page + 1).collect(), vec![MOST..100]));
    }
}
