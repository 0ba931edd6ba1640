//! A process that has as many mappings of memory as Linux allows one.

use std::fs::File;
use std::io::{BufRead, BufReader};

use bioxen_lua::{ErrorKind, Failure, Outcome, Vm, VmConfig};
use wasmtime::{Config, Engine, Memory, MemoryType, Store};

use crate::world::{integer, small_engine};

/// Above this many it would take too much memory of the kernel's to use them up.
const MOST: usize = 200_000;
/// Memories that a store may have.
const A_STORE: usize = 9_000;

/// Memories of a few pages, each with an inaccessible page behind it: two mappings that cannot be joined.
struct Filling(Vec<(Store<()>, Vec<Memory>)>);

impl Filling {
    fn new() -> Filling {
        let mut config = Config::new();
        config.memory_reservation(0).memory_reservation_for_growth(0).memory_guard_size(1 << 16);
        let engine = Engine::new(&config).expect("an engine");
        let mut filling = Filling(Vec::new());
        while filling.add(&engine) {}
        filling
    }

    /// Whether there may be room for more.
    fn add(&mut self, engine: &Engine) -> bool {
        let mut store = Store::new(engine, ());
        let kind = MemoryType::new(1, Some(1));
        let memories: Vec<Memory> =
            std::iter::from_fn(|| Memory::new(&mut store, kind.clone()).ok()).take(A_STORE).collect();
        let full = memories.len() < A_STORE;
        self.0.push((store, memories));
        !full
    }
}

fn allowed() -> usize {
    let text = std::fs::read_to_string("/proc/sys/vm/max_map_count").expect("Linux");
    text.trim().parse().expect("a number")
}

fn mappings() -> usize {
    // Line by line: there is no room for all of them at once.
    BufReader::new(File::open("/proc/self/maps").expect("Linux")).lines().count()
}

fn run(vm: &mut Vm, chunk: &str) -> Outcome {
    vm.exec(chunk).wait().expect("an outcome")
}

pub fn without_mappings() {
    if allowed() > MOST {
        eprintln!("skipped: `vm.max_map_count` is {}", allowed());
        return;
    }
    let engine = small_engine();
    let new = || Vm::new(&engine, VmConfig::default());
    let mut old: Vec<Vm> = (0..5).map(|_| new().expect("a VM")).collect();
    for vm in &mut old {
        assert_eq!(integer(&run(vm, "n = 1 pcall(error) return n")), 1);
    }
    let filling = Filling::new();
    assert!(mappings() + 100 > allowed(), "{} of {} mappings", mappings(), allowed());

    let mut refused = 0;
    for round in 0..20 {
        for vm in &mut old {
            assert_eq!(integer(&run(vm, "pcall(error) return n")), 1, "round {round}");
            // Memory that grows needs a mapping at most once; without one there is not enough of it.
            let grown = run(vm, "local x = ('x'):rep(1 << 20) return #x");
            match &grown.result {
                Ok(_) => assert_eq!(integer(&grown), 1 << 20),
                Err(Failure::Raised { message, .. }) => {
                    assert_eq!(message, "not enough memory");
                    refused += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        match new() {
            Ok(mut vm) => assert_eq!(integer(&run(&mut vm, "return 1")), 1),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Engine, "{error}");
                refused += 1;
            }
        }
        if let Some(mut vm) = old.pop().filter(|_| round % 4 == 0) {
            match vm.reset() {
                Ok(()) => assert_eq!(integer(&run(&mut vm, "return 1")), 1),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Engine, "{error}"),
            }
        }
    }

    assert!(refused > 0, "nothing was refused");

    drop(filling);
    for _ in 0..3 {
        let mut vms: Vec<Vm> = (0..20 - old.len()).map(|_| new().expect("there is room again")).collect();
        for vm in &mut vms {
            assert_eq!(integer(&run(vm, "local x = ('x'):rep(1 << 20) pcall(error) return #x")), 1 << 20);
        }
    }
}
