//! Programs beside native Lua, and forged states.

#[path = "../../../fuzz/guests/grammar/mod.rs"]
mod grammar;
#[path = "../../../fuzz/guests/image.rs"]
mod image;
#[path = "../../../fuzz/guests/script.rs"]
#[allow(dead_code)]
mod script;

use self::script::Comparison;
use super::Numbers;

/// Some 10 s.
const PROGRAMS: usize = 2_000;
const FORGED: usize = 600;

#[test]
fn programs_do_what_they_do_in_native_lua() {
    let mut numbers = Numbers(7);
    let mut compared = 0;
    for _ in 0..PROGRAMS {
        let program = grammar::program(&numbers.next().to_le_bytes());
        compared += usize::from(script::compare(&program) == Comparison::Same);
    }
    assert!(compared > PROGRAMS * 9 / 10, "{compared} of {PROGRAMS} programs ended without a limit");
}

#[test]
#[should_panic(expected = "--- native")]
fn a_program_that_differs_is_noticed() {
    script::compare(b"print(type(vm), string.packsize('T'))");
}

#[test]
fn forged_states_harm_nobody() {
    let mut numbers = Numbers(9);
    for _ in 0..FORGED {
        let steps = 1 + numbers.below(40);
        let input: Vec<u8> = (0..1 + 6 * steps).map(|_| numbers.below(256) as u8).collect();
        image::image(&input);
    }
}
