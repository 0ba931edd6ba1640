//! Which pages of a guest's memory were written, as the kernel tells it: asynchronous write protection
//! (userfaultfd) and PAGEMAP_SCAN, both in Linux since 6.7. Where they are missing, every page counts as
//! written: slower, and as right.
//!
//! wasmtime wipes a used slot of its pool by the same scan, and takes a page that is write-protected for
//! one that nobody wrote to. A [`Watch`] therefore takes the protection off when it is dropped, which
//! must be before the instance.

use std::ops::Range;

use super::pages::PAGE;

/// Page numbers that may have changed.
pub(crate) type Changed = Vec<Range<usize>>;

/// All pages of a memory.
fn all(size: usize) -> Changed {
    vec![0..size / PAGE]
}

#[cfg(target_os = "linux")]
pub(crate) use linux::{Tracker, Watch};

#[cfg(not(target_os = "linux"))]
pub(crate) use portable::{Tracker, Watch};

#[cfg(not(target_os = "linux"))]
mod portable {
    use super::{Changed, all};

    /// Where no kernel tells what was written.
    pub(crate) struct Tracker;

    /// Nothing is watched.
    pub(crate) enum Watch {}

    impl Tracker {
        pub fn open() -> Tracker {
            Tracker
        }

        pub fn touched(&self, memory: &[u8]) -> Changed {
            all(memory.len())
        }

        pub fn written(&self, _: &mut Option<Watch>, memory: &[u8]) -> Changed {
            all(memory.len())
        }
    }

    impl Watch {
        pub fn note(&mut self, _: impl Fn(usize) -> bool) {
            match *self {}
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::c_void;
    use std::ops::Range;
    use std::os::fd::OwnedFd;
    use std::sync::Arc;

    use rustix::fs::{Mode, OFlags};
    use rustix::ioctl::{Ioctl, IoctlOutput, Opcode, Updater, ioctl, opcode};
    use rustix::mm::{UserfaultfdFlags, userfaultfd};

    use super::super::hot::HotPages;
    use super::{Changed, PAGE, all};

    /// What the kernel offers to this process.
    pub(crate) struct Tracker(Option<Arc<Kernel>>);

    struct Kernel {
        pagemap: OwnedFd,
        /// Missing where a sandbox around this process forbids it.
        faults: Option<OwnedFd>,
        /// Both belong to the memory of the process that opened them, not to that of a child.
        process: u32,
    }

    /// A memory whose written pages are told since they were asked for last.
    pub(crate) struct Watch {
        kernel: Arc<Kernel>,
        start: u64,
        size: u64,
        hot: HotPages,
        /// What the kernel told of the others when it was asked last.
        told: Changed,
        /// What it told of all, hot ones included.
        written: Changed,
    }

    /// Which pages are asked for.
    #[derive(Clone, Copy)]
    enum Pages {
        /// That were ever touched.
        Touched,
        /// That were written since they are watched, and those that are not watched.
        Written,
        /// The same; they are watched from then on.
        WrittenToWatch,
    }

    impl Tracker {
        pub fn open() -> Tracker {
            let pagemap =
                rustix::fs::open("/proc/self/pagemap", OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
            let Ok(pagemap) = pagemap else { return Tracker(None) };
            let kernel = Kernel { pagemap, faults: fault_handler(), process: std::process::id() };
            let page = Aligned([0; PAGE]);
            let offered = kernel.scan(&page.0, Pages::Touched, &mut Vec::new()).is_ok();
            Tracker(offered.then(|| Arc::new(kernel)))
        }

        fn kernel(&self) -> Option<&Arc<Kernel>> {
            self.0.as_ref().filter(|kernel| kernel.process == std::process::id())
        }

        /// Pages that were ever touched: all others are as in a fresh guest.
        pub fn touched(&self, memory: &[u8]) -> Changed {
            let mut found = Vec::new();
            match self.kernel().map(|kernel| kernel.scan(memory, Pages::Touched, &mut found)) {
                Some(Ok(())) => found,
                _ => all(memory.len()),
            }
        }

        /// Pages written since the last time, and those touched when it is the first.
        pub fn written(&self, watch: &mut Option<Watch>, memory: &[u8]) -> Changed {
            let Some(kernel) = self.kernel().filter(|kernel| kernel.faults.is_some()) else {
                return all(memory.len());
            };
            let start = memory.as_ptr().addr() as u64;
            let watch = watch.get_or_insert_with(|| Watch::new(kernel.clone(), start));
            watch.written(memory).unwrap_or_else(|error| {
                tracing::warn!(%error, "cannot tell which pages a guest wrote");
                all(memory.len())
            })
        }
    }

    impl Watch {
        fn new(kernel: Arc<Kernel>, start: u64) -> Watch {
            Watch { kernel, start, size: 0, hot: HotPages::default(), told: Vec::new(), written: Vec::new() }
        }

        /// Pages that may have been written since the last time, in order.
        fn written(&mut self, memory: &[u8]) -> rustix::io::Result<Changed> {
            self.cover(memory)?;
            let (mut maybe, watched) = self.hot.split(0..memory.len() / PAGE);
            self.told.clear();
            // One look at all of it, and further ones only where something was written: a small call often
            // writes to hot pages alone.
            let mut written = std::mem::take(&mut self.written);
            written.clear();
            self.kernel.scan(memory, Pages::Written, &mut written)?;
            for pages in watched.into_iter().filter(|pages| overlap(&written, pages)) {
                let part = &memory[pages.start * PAGE..pages.end * PAGE];
                let before = self.told.len();
                self.kernel.scan(part, Pages::WrittenToWatch, &mut self.told)?;
                for found in &mut self.told[before..] {
                    *found = found.start + pages.start..found.end + pages.start;
                }
            }
            self.written = written;
            maybe.extend_from_slice(&self.told);
            maybe.sort_unstable_by_key(|pages| pages.start);
            Ok(maybe)
        }

        /// Takes note of which pages were written indeed.
        pub fn note(&mut self, has_changed: impl Fn(usize) -> bool) {
            self.hot.note(&self.told, has_changed);
        }

        /// Watches what the memory has grown by.
        fn cover(&mut self, memory: &[u8]) -> rustix::io::Result<()> {
            let size = memory.len() as u64;
            let Some(faults) = &self.kernel.faults else { return Err(rustix::io::Errno::NOSYS) };
            if self.size >= size {
                return Ok(());
            }
            let mut register = Register {
                range: Span { start: self.start + self.size, size: size - self.size },
                mode: WRITE_PROTECT_MODE,
                ioctls: 0,
            };
            // SAFETY: the memory is a mapping of wasmtime's pool, which outlives the instance and with it this
            // watch; asynchronous write protection changes nothing that a program can see.
            unsafe {
                ioctl(
                    faults,
                    Updater::<{ opcode::read_write::<Register>(0xaa, 0x00) }, _>::new(&mut register),
                )
            }?;
            self.size = size;
            Ok(())
        }
    }

    impl Drop for Watch {
        fn drop(&mut self) {
            if self.size == 0 || self.kernel.process != std::process::id() {
                return; // a child of fork has no such protection
            }
            let Some(faults) = &self.kernel.faults else { return };
            let mut span = Span { start: self.start, size: self.size };
            // SAFETY: as in `cover`, of which this is the opposite.
            let done =
                unsafe { ioctl(faults, Updater::<{ opcode::read::<Span>(0xaa, 0x01) }, _>::new(&mut span)) };
            if done.is_err() {
                // The next VM in this slot would see memory of this one. The kernel refuses only ranges that were
                // never registered, so this is not reached.
                std::process::abort();
            }
        }
    }

    impl Kernel {
        /// Adds pages.
        fn scan(&self, memory: &[u8], pages: Pages, found: &mut Changed) -> rustix::io::Result<()> {
            // Untouched pages count as written too: what matters is only what is in memory or swapped out.
            let (flags, all_of) = match pages {
                Pages::Touched => (0, 0),
                Pages::Written => (REFUSE_UNWATCHED, WRITTEN),
                Pages::WrittenToWatch => (PROTECT | REFUSE_UNWATCHED, WRITTEN),
            };
            let start = memory.as_ptr().addr() as u64;
            let end = start + memory.len() as u64;
            let mut regions = [Region::default(); REGIONS];
            let mut from = start;
            loop {
                let mut scan = Scan {
                    size: size_of::<Scan>() as u64,
                    flags,
                    start: from,
                    end,
                    regions: regions.as_mut_ptr().addr() as u64,
                    count: REGIONS as u64,
                    all_of,
                    any_of: PRESENT | SWAPPED,
                    ..Scan::default()
                };
                // SAFETY: the kernel writes at most `count` regions, into the array above, and only reads page tables
                // or, with `PROTECT`, protects pages of a memory that is watched.
                let count = unsafe { ioctl(&self.pagemap, ScanCall(&mut scan)) }?;
                found.extend(regions[..count.min(REGIONS)].iter().map(|region| {
                    let page = |address: u64| (address.saturating_sub(start) / PAGE as u64) as usize;
                    page(region.start)..page(region.end)
                }));
                if scan.walked >= end || scan.walked <= from {
                    return Ok(());
                }
                from = scan.walked;
            }
        }
    }

    /// Whether one of the ranges, which are in order, has pages of another.
    fn overlap(ranges: &[Range<usize>], pages: &Range<usize>) -> bool {
        let at = ranges.partition_point(|range| range.end <= pages.start);
        ranges.get(at).is_some_and(|range| range.start < pages.end)
    }

    /// A handler that resolves faults by itself and only remembers them.
    fn fault_handler() -> Option<OwnedFd> {
        // SAFETY: nobody but this module gets the handle, and no fault is ever left unanswered.
        let faults =
            unsafe { userfaultfd(UserfaultfdFlags::CLOEXEC | UserfaultfdFlags::NONBLOCK | USER_MODE_ONLY) };
        let faults = faults.ok()?;
        let mut api = Api { api: 0xaa, features: WP_ASYNC | WP_UNPOPULATED, ioctls: 0 };
        // SAFETY: the struct is the kernel's.
        unsafe { ioctl(&faults, Updater::<{ opcode::read_write::<Api>(0xaa, 0x3f) }, _>::new(&mut api)) }
            .ok()?;
        Some(faults)
    }

    /// A page of this process, to ask the kernel about.
    #[repr(align(4096))]
    struct Aligned([u8; PAGE]);

    /// Regions that one call of the kernel may report; a small call of a guest writes to fewer.
    const REGIONS: usize = 64;

    // Numbers of linux/userfaultfd.h and linux/fs.h.
    const USER_MODE_ONLY: UserfaultfdFlags = UserfaultfdFlags::from_bits_retain(1);
    const WP_UNPOPULATED: u64 = 1 << 13;
    const WP_ASYNC: u64 = 1 << 15;
    const WRITE_PROTECT_MODE: u64 = 1 << 1;
    const PROTECT: u64 = 1;
    const REFUSE_UNWATCHED: u64 = 2;
    const WRITTEN: u64 = 1 << 1;
    const PRESENT: u64 = 1 << 3;
    const SWAPPED: u64 = 1 << 4;

    /// `uffdio_api`
    #[repr(C)]
    struct Api {
        api: u64,
        features: u64,
        ioctls: u64,
    }

    /// `uffdio_range`
    #[repr(C)]
    struct Span {
        start: u64,
        size: u64,
    }

    /// `uffdio_register`
    #[repr(C)]
    struct Register {
        range: Span,
        mode: u64,
        ioctls: u64,
    }

    /// `page_region`
    #[repr(C)]
    #[derive(Clone, Copy, Default)]
    struct Region {
        start: u64,
        end: u64,
        categories: u64,
    }

    /// `pm_scan_arg`
    #[repr(C)]
    #[derive(Default)]
    struct Scan {
        size: u64,
        flags: u64,
        start: u64,
        end: u64,
        walked: u64,
        regions: u64,
        count: u64,
        most_pages: u64,
        inverted: u64,
        all_of: u64,
        any_of: u64,
        reported: u64,
    }

    struct ScanCall<'a>(&'a mut Scan);

    // SAFETY: number and struct are the kernel's PAGEMAP_SCAN, which answers with the number of regions.
    unsafe impl Ioctl for ScanCall<'_> {
        type Output = usize;

        const IS_MUTATING: bool = true;

        fn opcode(&self) -> Opcode {
            opcode::read_write::<Scan>(b'f', 16)
        }

        fn as_ptr(&mut self) -> *mut c_void {
            std::ptr::from_mut(self.0).cast()
        }

        unsafe fn output_from_ptr(count: IoctlOutput, _: *mut c_void) -> rustix::io::Result<usize> {
            Ok(usize::try_from(count).unwrap_or(0))
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        const PAGES: usize = 300;

        /// Linux tells what was written since 6.7.
        fn is_told() -> bool {
            let release = rustix::system::uname().release().to_string_lossy().into_owned();
            let mut parts = release.split(|letter: char| !letter.is_ascii_digit()).map(str::parse::<u32>);
            let (Some(Ok(major)), Some(Ok(minor))) = (parts.next(), parts.next()) else { return false };
            (major, minor) >= (6, 7)
        }

        /// Pages that nobody has touched, for the rest of the process. Those of the allocator may have been
        /// in use before.
        fn fresh_pages() -> &'static mut [u8] {
            use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
            const SIZE: usize = (PAGES - 1) * PAGE;
            let access = ProtFlags::READ | ProtFlags::WRITE;
            // SAFETY: a mapping of its own, of this size, that nobody else knows and nobody takes away.
            unsafe {
                let start = mmap_anonymous(std::ptr::null_mut(), SIZE, access, MapFlags::PRIVATE);
                std::slice::from_raw_parts_mut(start.expect("a mapping").cast(), SIZE)
            }
        }

        #[test]
        fn only_written_pages_are_told() {
            if !is_told() {
                return; // then every page counts as written, and the other tests go that way
            }
            let tracker = Tracker::open();
            let memory = fresh_pages();
            memory[5 * PAGE] = 1;
            assert_eq!(tracker.touched(memory), [5..6]);
            let Some(kernel) = tracker.kernel().filter(|kernel| kernel.faults.is_some()) else {
                return; // a sandbox around this process forbids it
            };
            assert!(kernel.process > 0);
            let mut watch = None;
            assert_eq!(tracker.written(&mut watch, &memory[..100 * PAGE]), [5..6]);
            assert_eq!(tracker.written(&mut watch, &memory[..100 * PAGE]), []);
            memory[5 * PAGE + 9] = 2;
            memory[7 * PAGE] = 2;
            memory[200 * PAGE] = 2;
            assert_eq!(tracker.written(&mut watch, memory), [5..6, 7..8, 200..201], "it has grown");
            for page in (0..PAGES - 1).step_by(2) {
                memory[page * PAGE] = 3;
            }
            let told = tracker.written(&mut watch, memory);
            assert_eq!(told.len(), PAGES / 2, "more regions than one call of the kernel reports");
            drop(watch);
            memory[9 * PAGE] = 4;
        }
    }
}
