//! The memory of a guest at rest, as the pages in which it differs from a fresh guest's. Between two
//! calls memory is all there is: with a fresh instance it makes the VM again.

use std::ops::Range;
use std::sync::Arc;

/// Bytes of a page: those of the machine, in which the kernel tells what was written.
pub(crate) const PAGE: usize = 4096;

/// A page's content. Copies of a VM share what none of them has changed.
pub(crate) type Page = Arc<[u8; PAGE]>;

const ZEROS: [u8; PAGE] = [0; PAGE];

/// The memory of a fresh guest; zero outside of what is kept here.
#[derive(Debug)]
pub(crate) struct Base {
    stack_end: u32,
    size: usize,
    first: usize,
    pages: Vec<[u8; PAGE]>,
}

impl Base {
    /// Of a fresh guest's memory. Its stack lies at the beginning, and nothing in it.
    pub fn new(memory: &[u8], stack_end: u32) -> Base {
        let (pages, _) = memory.as_chunks::<PAGE>();
        let used = |page: &[u8; PAGE]| *page != ZEROS;
        let first = pages.iter().position(used).unwrap_or(0);
        let end = pages.iter().rposition(used).map_or(0, |last| last + 1);
        Base { stack_end, size: memory.len(), first, pages: pages[first..end].to_vec() }
    }

    /// Where the stack ends, and what the stack pointer is between two calls.
    pub fn stack_end(&self) -> u32 {
        self.stack_end
    }

    /// Bytes of memory that a fresh guest has.
    pub fn size(&self) -> usize {
        self.size
    }

    pub fn page(&self, number: usize) -> &[u8; PAGE] {
        number.checked_sub(self.first).and_then(|at| self.pages.get(at)).unwrap_or(&ZEROS)
    }
}

/// The memory of a guest, less what is as in a fresh one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pages {
    size: usize,
    held: usize,
    pages: Vec<Option<Page>>,
}

impl Pages {
    /// Memory of so many bytes, all as in a fresh guest.
    pub fn fresh(size: usize) -> Pages {
        Pages { size, held: 0, pages: Vec::new() }
    }

    /// Bytes of memory.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Pages that differ from a fresh guest's.
    pub fn held(&self) -> usize {
        self.held
    }

    /// The pages that differ, by number.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Page)> {
        self.pages.iter().enumerate().filter_map(|(number, page)| Some((number, page.as_ref()?)))
    }

    /// Takes over the memory as it is now, of which only the given pages may have changed. The answer has
    /// those that did.
    pub fn update(&mut self, base: &Base, memory: &[u8], maybe: &[Range<usize>]) -> Vec<usize> {
        let (pages, _) = memory.as_chunks::<PAGE>();
        self.size = memory.len();
        let mut changed = Vec::new();
        for number in maybe.iter().cloned().flatten() {
            if pages.get(number).is_some_and(|page| self.set(number, page, base)) {
                changed.push(number);
            }
        }
        changed
    }

    /// Puts a page in; one that is as in a fresh guest is left out. Whether this changed anything.
    pub fn set(&mut self, number: usize, page: &[u8; PAGE], base: &Base) -> bool {
        if page == base.page(number) {
            let known = self.pages.get_mut(number).and_then(Option::take);
            self.held -= usize::from(known.is_some());
            return known.is_some();
        }
        if self.pages.len() <= number {
            self.pages.resize(number + 1, None);
        }
        match &mut self.pages[number] {
            Some(known) if **known == *page => return false,
            Some(known) => match Arc::get_mut(known) {
                Some(own) => own.copy_from_slice(page),
                None => *known = Arc::new(*page),
            },
            none => {
                *none = Some(Arc::new(*page));
                self.held += 1;
            }
        }
        true
    }

    /// Writes a word into the memory that these pages stand for.
    pub fn write_u32(&mut self, base: &Base, address: u32, value: u32) {
        let (number, at) = (address as usize / PAGE, address as usize % PAGE);
        let mut page = self.pages.get(number).and_then(Option::as_deref).copied();
        let page = page.get_or_insert_with(|| *base.page(number));
        if let Some(place) = page.get_mut(at..at + 4) {
            place.copy_from_slice(&value.to_le_bytes());
        }
        self.set(number, page, base);
    }

    /// Writes the pages into the memory of a fresh guest, which is as large.
    pub fn put(&self, memory: &mut [u8]) {
        let (places, _) = memory.as_chunks_mut::<PAGE>();
        for (number, page) in self.iter() {
            if let Some(place) = places.get_mut(number) {
                *place = **page;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory(pages: &[u8]) -> Vec<u8> {
        pages.iter().flat_map(|byte| [*byte; PAGE]).collect()
    }

    #[test]
    fn only_what_differs_is_held() {
        let base = Base::new(&memory(&[0, 7, 0, 8, 0]), 0);
        let now = memory(&[1, 7, 0, 9, 0]);
        let mut pages = Pages::fresh(base.size());
        pages.update(&base, &now, &[0..5]);
        assert_eq!(
            pages.iter().map(|(number, page)| (number, page[0])).collect::<Vec<_>>(),
            [(0, 1), (3, 9)]
        );
        assert_eq!(pages.held(), 2);
        let mut again = memory(&[0, 7, 0, 8, 0]);
        pages.put(&mut again);
        assert_eq!(again, now);
    }

    #[test]
    fn what_is_fresh_again_is_dropped_and_what_grew_is_kept() {
        let base = Base::new(&memory(&[5, 6]), 0);
        let mut pages = Pages::fresh(base.size());
        pages.update(&base, &memory(&[9, 9]), &[0..2]);
        pages.update(&base, &memory(&[9, 6, 0, 3]), &[1..2, 2..4]);
        assert_eq!(
            pages.iter().map(|(number, page)| (number, page[0])).collect::<Vec<_>>(),
            [(0, 9), (3, 3)]
        );
        assert_eq!((pages.size(), pages.held()), (4 * PAGE, 2));
    }

    #[test]
    fn copies_share_pages_until_one_changes() {
        let base = Base::new(&memory(&[0, 0]), 0);
        let mut first = Pages::fresh(base.size());
        first.update(&base, &memory(&[1, 2]), &[0..2]);
        let second = first.clone();
        first.update(&base, &memory(&[1, 3]), &[0..2]);
        let contents = |pages: &Pages| pages.iter().map(|(_, page)| page[0]).collect::<Vec<_>>();
        assert_eq!((contents(&first), contents(&second)), (vec![1, 3], vec![1, 2]));
        let shared = first.iter().zip(second.iter()).filter(|(a, b)| Arc::ptr_eq(a.1, b.1)).count();
        assert_eq!(shared, 1);
    }

    #[test]
    fn a_word_can_be_written_where_the_fresh_guest_has_one() {
        let base = Base::new(&memory(&[5]), 0);
        let mut pages = Pages::fresh(base.size());
        pages.write_u32(&base, 8, 0x0505_0505);
        assert_eq!(pages.held(), 0);
        pages.write_u32(&base, 8, 1);
        assert_eq!(pages.iter().next().map(|(_, page)| (page[7], page[8], page[12])), Some((5, 1, 5)));
        pages.write_u32(&base, PAGE as u32 - 2, 1);
    }
}
