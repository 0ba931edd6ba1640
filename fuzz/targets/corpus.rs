//! Puts the seeds where the fuzzer begins: `cargo run --bin corpus` in this folder.

use std::fs;
use std::path::Path;

#[path = "../oracles/mod.rs"]
#[allow(dead_code)]
mod oracles;
#[path = "../seeds/mod.rs"]
mod seeds;

/// From the package to `seeds/`.
const FOLDER: &str = ".";

fn main() -> std::io::Result<()> {
    for (target, _) in oracles::TARGETS {
        let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
        fs::create_dir_all(&corpus)?;
        for (name, bytes) in seeds::of(target)? {
            fs::write(corpus.join(name), bytes)?;
        }
    }
    Ok(())
}
