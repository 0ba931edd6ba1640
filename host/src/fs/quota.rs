//! How much a VM has made its read-write mounts grow. What it frees, it may use again; a file that was
//! removed while open counts until it is closed.

use std::collections::HashMap;

/// Which file: the mount's place in the configuration, and the file's number there.
pub(crate) type FileId = (usize, u64);

/// Growth of all read-write mounts of a VM together.
#[derive(Debug, Default)]
pub(crate) struct DiskUse {
    bytes: u64,
    files: u64,
    open: HashMap<FileId, OpenFile>,
}

/// A file that is open, whose size is therefore followed.
#[derive(Debug)]
struct OpenFile {
    size: u64,
    handles: u32,
    removed: bool,
}

impl DiskUse {
    /// Growth so far, in bytes and files, with nothing open.
    pub fn used(bytes: u64, files: u64) -> DiskUse {
        DiskUse { bytes, files, open: HashMap::new() }
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    pub fn files(&self) -> u64 {
        self.files
    }

    /// Whether one more file fits.
    pub fn file_fits(&self, limit: Option<u64>) -> bool {
        limit.is_none_or(|limit| self.files < limit)
    }

    /// A file or folder is about to be added.
    pub fn file_added(&mut self) {
        self.files += 1;
    }

    /// It was not added after all, or a folder is gone.
    pub fn name_removed(&mut self) {
        self.files = self.files.saturating_sub(1);
    }

    /// A file was opened; `freed` is what opening it cut away.
    pub fn opened(&mut self, id: FileId, size: u64, freed: u64) {
        self.bytes = self.bytes.saturating_sub(freed);
        let file = self.open.entry(id).or_insert(OpenFile { size, handles: 0, removed: false });
        file.size = size;
        file.handles += 1;
    }

    pub fn closed(&mut self, id: FileId) {
        let Some(file) = self.open.get_mut(&id) else { return };
        file.handles -= 1;
        if file.handles > 0 {
            return;
        }
        if file.removed {
            self.bytes = self.bytes.saturating_sub(file.size);
        }
        self.open.remove(&id);
    }

    /// The last name of a file is gone.
    pub fn removed(&mut self, id: FileId, size: u64) {
        self.files = self.files.saturating_sub(1);
        match self.open.get_mut(&id) {
            Some(file) => file.removed = true,
            None => self.bytes = self.bytes.saturating_sub(size),
        }
    }

    pub fn size(&self, id: FileId) -> u64 {
        self.open.get(&id).map_or(0, |file| file.size)
    }

    /// Whether a write that ends at `end` stays within the limit.
    pub fn growth_fits(&self, id: FileId, end: u64, limit: Option<u64>) -> bool {
        let growth = end.saturating_sub(self.size(id));
        growth == 0 || limit.is_none_or(|limit| self.bytes.saturating_add(growth) <= limit)
    }

    /// A write that ends at `end` begins. Counted before it happens: a call may be cut off meanwhile, and
    /// the write happens all the same.
    pub fn grown(&mut self, id: FileId, end: u64) {
        if let Some(file) = self.open.get_mut(&id) {
            self.bytes = self.bytes.saturating_add(end.saturating_sub(file.size));
            file.size = file.size.max(end);
        }
    }

    /// That write came only to `end`; before it the file had `before` bytes.
    pub fn fell_short(&mut self, id: FileId, before: u64, end: u64) {
        if let Some(file) = self.open.get_mut(&id) {
            let size = before.max(end).min(file.size);
            self.bytes = self.bytes.saturating_sub(file.size - size);
            file.size = size;
        }
    }

    /// Every handle was closed at once, with the instance that held them.
    pub fn all_closed(&mut self) {
        let removed: u64 = self.open.values().filter(|file| file.removed).map(|file| file.size).sum();
        self.bytes = self.bytes.saturating_sub(removed);
        self.open.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = (0, 7);

    #[test]
    fn a_write_fits_up_to_the_limit_and_not_past_it() {
        let mut disk = DiskUse::default();
        disk.opened(FILE, 0, 0);
        assert!(disk.growth_fits(FILE, 100, Some(100)));
        assert!(!disk.growth_fits(FILE, 101, Some(100)));
        disk.grown(FILE, 100);
        assert!(disk.growth_fits(FILE, 100, Some(100)), "overwriting is no growth");
        assert!(!disk.growth_fits(FILE, 101, Some(100)));
    }

    #[test]
    fn a_removed_file_counts_until_it_is_closed() {
        let mut disk = DiskUse::default();
        disk.opened(FILE, 0, 0);
        disk.grown(FILE, 100);
        disk.removed(FILE, 100);
        assert!(!disk.growth_fits((0, 8), 1, Some(100)));
        disk.closed(FILE);
        assert!(disk.growth_fits((0, 8), 100, Some(100)));
    }

    #[test]
    fn a_write_that_falls_short_counts_what_it_wrote() {
        let mut disk = DiskUse::default();
        disk.opened(FILE, 10, 0);
        disk.grown(FILE, 100);
        disk.fell_short(FILE, 10, 40);
        assert!(disk.growth_fits(FILE, 110, Some(100)));
        assert!(!disk.growth_fits(FILE, 111, Some(100)));
    }

    #[test]
    fn truncating_gives_back() {
        let mut disk = DiskUse::default();
        disk.opened(FILE, 0, 0);
        disk.grown(FILE, 80);
        disk.closed(FILE);
        disk.opened(FILE, 0, 80);
        assert!(disk.growth_fits(FILE, 100, Some(100)));
    }
}
