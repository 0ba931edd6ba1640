//! The memory of a VM at an earlier moment between two calls, and how it is brought up to date.

use std::collections::VecDeque;
use std::ops::Range;

use crate::error::Result;
use crate::guest::{Image, Instance, PAGE, Pages};
use crate::quota::Charge;
use crate::registration::Registration;

/// Pages that are looked at before other VMs have their turn: 1 MiB, some 0.4 ms.
const PIECE: usize = 256;

/// The memory of an instance at an earlier moment between two calls.
pub(super) struct Checkpoint {
    pub pages: Pages,
    /// What it costs, where a manager counts.
    charge: Option<Charge>,
    /// What is left to look at, while it is brought up to date. The kernel tells of a page once, so this
    /// outlives a call that is dropped before it begins.
    told: Option<Told>,
}

struct Told {
    rest: VecDeque<Range<usize>>,
    changed: Vec<usize>,
}

/// Whether a checkpoint is that of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    More,
    Done,
}

impl From<Pages> for Checkpoint {
    fn from(pages: Pages) -> Checkpoint {
        Checkpoint { pages, charge: None, told: None }
    }
}

impl Checkpoint {
    /// Takes over the next piece of what was written since the last time. The instance must not be entered
    /// before all is done.
    pub fn catch_up(&mut self, instance: &mut Instance, image: &Image) -> Progress {
        let told = self
            .told
            .get_or_insert_with(|| Told { rest: instance.written(image).into(), changed: Vec::new() });
        let piece = told.next_piece();
        told.changed.extend(instance.take_pages(image, &mut self.pages, &piece));
        if !told.rest.is_empty() {
            return Progress::More;
        }
        instance.note_written(image, &told.changed);
        self.told = None;
        Progress::Done
    }

    /// Counts it as memory of a VM.
    pub fn count(&mut self, registration: &Registration) -> Result<()> {
        let bytes = (self.pages.held() * PAGE) as u64;
        match &mut self.charge {
            Some(charge) => charge.set(bytes)?,
            none => *none = Some(registration.charge_memory(bytes)?),
        }
        Ok(())
    }
}

impl Told {
    fn next_piece(&mut self) -> Vec<Range<usize>> {
        let (mut piece, mut room) = (Vec::new(), PIECE);
        while room > 0 {
            let Some(pages) = self.rest.pop_front() else { break };
            let end = pages.end.min(pages.start + room);
            if end < pages.end {
                self.rest.push_front(end..pages.end);
            }
            room -= end - pages.start;
            piece.push(pages.start..end);
        }
        piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_bounded_and_nothing_is_left_out() {
        let mut told = Told { rest: [3..5, 10..10 + 3 * PIECE, 9_000..9_001].into(), changed: Vec::new() };
        let (mut all, mut pieces) = (Vec::new(), 0);
        while !told.rest.is_empty() {
            let piece: Vec<usize> = told.next_piece().into_iter().flatten().collect();
            assert!((1..=PIECE).contains(&piece.len()));
            all.extend(piece);
            pieces += 1;
        }
        let expected: Vec<usize> = (3..5).chain(10..10 + 3 * PIECE).chain(9_000..9_001).collect();
        assert_eq!((all, pieces), (expected, 4));
    }
}
