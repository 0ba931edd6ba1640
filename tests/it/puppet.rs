//! Thousands of programs that call any import with any numbers: `fuzz/guests/imports.rs` says what must hold of each.
//! The seeds are fixed: a program that fails does so every time.

use std::time::Duration;

use bioxen_lua::testing::{CompiledGuest, engine_of};
use bioxen_lua::{Engine, EngineConfig, Value};

use crate::{Holdings, alone};

#[path = "../../fuzz/guests/imports.rs"]
mod oracle;

use oracle::{Import, Program, plain};

/// Programs of a run, some 2 ms each.
const PROGRAMS: u64 = 1_500;
/// Calls of a program, at most.
const CALLS: u64 = 24;

fn engine() -> Engine {
    let puppet = bioxen_hostile_guests::named("puppet").expect("the puppet");
    // SAFETY: the build step of `bioxen-hostile-guests` has made these bytes so.
    let guest = unsafe { CompiledGuest::new(puppet.image) };
    let config = EngineConfig { live_vms: 4, max_memory: 64 << 20, blocking_threads: 4 };
    engine_of(guest, config).expect("an engine")
}

/// Numbers by chance, the same for a seed (xorshift).
struct Chance(u64);

impl Chance {
    fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 33) % end
    }

    fn one_of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u64) as usize]
    }

    /// An argument: mostly one that means something, or is at the edge of that.
    fn argument(&mut self) -> u64 {
        const END: u64 = 0x50000; // of the puppet's memory
        const EDGES: [u64; 32] = [
            0,
            1,
            2,
            3,
            4,
            5,
            8,
            9,
            16,
            17,
            64,
            255,
            4_095,
            4_096,
            65_535,
            65_536,
            65_537,
            65_540,
            0x11000,
            0x13000,
            0x13100,
            0x18000,
            END - 8,
            END - 1,
            END,
            END + 1,
            0x7fff_ffff,
            0x8000_0000,
            0xffff_fff8,
            0xffff_ffff,
            1 << 63,
            u64::MAX,
        ];
        match self.below(8) {
            0 => self.next(),
            1 => self.below(END),
            _ => *self.one_of(&EDGES),
        }
    }

    /// Calls, each as it should be, or with some of its arguments changed.
    fn program(&mut self, imports: &[Import]) -> Program {
        let calls = plain::calls();
        let mut program = plain::ground();
        for _ in 0..=self.below(CALLS) {
            let (name, mut arguments) = match self.below(6) {
                0 => {
                    let import = self.one_of(imports);
                    (import.name, import.arguments.iter().map(|_| self.argument()).collect())
                }
                _ => self.one_of(&calls).clone(),
            };
            if name.ends_with("exit") && self.below(8) > 0 {
                continue; // few programs should end early
            }
            for argument in &mut arguments {
                if self.below(8) == 0 {
                    *argument = self.argument();
                }
            }
            program = program.call(name, &arguments);
            match self.below(16) {
                0 => program = program.grow(self.below(80) as u8),
                1 => {
                    let bytes: Vec<u8> = (0..self.below(64)).map(|_| self.next() as u8).collect();
                    program =
                        program.put(*self.one_of(&[0x10000, 0x10100, 0x11000, 0x13000, 0x13400]), &bytes);
                }
                _ => {}
            }
        }
        program
    }
}

#[test]
fn any_import_may_be_called_with_any_numbers() {
    let _alone = alone();
    let engine = engine();
    oracle::imports(&engine, &[]); // threads start
    let before = Holdings::now();
    let imports = oracle::list();
    for seed in 0..PROGRAMS {
        let Program(bytes) = Chance::new(seed).program(&imports);
        let run = || oracle::imports(&engine, &bytes);
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err() {
            panic!("the program of seed {seed} failed");
        }
    }
    let after = Holdings::now();
    assert!(after.handles <= before.handles, "{before:?}, {after:?}");
    assert!(after.resident < before.resident + (8 << 20), "{before:?}, {after:?}");
}

#[test]
fn bytes_that_are_no_program_do_no_harm() {
    let _alone = alone();
    let engine = engine();
    for seed in 0..200 {
        let mut chance = Chance::new(seed);
        let size = chance.below(400);
        let bytes: Vec<u8> = (0..size).map(|_| chance.next() as u8 % 48).collect();
        oracle::imports(&engine, &bytes);
    }
}

#[test]
fn the_puppet_reaches_every_import() {
    let _alone = alone();
    let engine = engine();
    let calls = plain::calls();
    let missing: Vec<_> = oracle::list()
        .into_iter()
        .map(|import| import.name)
        .filter(|name| calls.iter().all(|(called, _)| called != name))
        .collect();
    assert_eq!(missing, [""; 0], "imports that no plain call is of");
    oracle::seeds().iter().for_each(|seed| oracle::imports(&engine, seed));
}

#[test]
fn plain_calls_go_well() {
    let _alone = alone();
    let mut calls = plain::calls();
    // The first ends the program; the other answers how long it has run.
    calls.retain(|(name, _)| !name.ends_with("exit") && *name != "running-time");
    let program = calls.iter().fold(plain::ground(), |program, (name, values)| program.call(name, values));
    let outcome = oracle::outcome(&engine(), &program.0, Duration::from_secs(5));
    let answers: Vec<i64> = outcome.result.expect("no stop").iter().map(integer).collect();
    let mut expected = [0; 29];
    expected[7] = 58; // whether a file appends is settled when it is opened
    expected[22] = 69; // a read-only mount
    expected[23..26].fill(63); // ways out of a mount
    assert_eq!(answers, expected);
    assert_eq!(outcome.stdout.to_text(), "text that is wri\0\0\0\0\0", "two parts");
}

fn integer(value: &Value) -> i64 {
    match value {
        Value::Integer(integer) => *integer,
        other => panic!("expected a number, got {other:?}"),
    }
}
