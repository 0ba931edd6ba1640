#![no_main]

#[path = "../grammar/mod.rs"]
mod grammar;
#[path = "../script.rs"]
#[allow(dead_code)]
mod script;

libfuzzer_sys::fuzz_target!(|input: &[u8]| script::script(input));
