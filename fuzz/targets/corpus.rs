//! Puts the seeds where the fuzzer begins: `cargo run --bin corpus` in this folder.

use std::fs;
use std::path::Path;

#[path = "../rock_seeds.rs"]
mod rock_seeds;

fn main() -> std::io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for target in ["constraint", "lock", "manifest_json"] {
        let corpus = here.join("corpus").join(target);
        fs::create_dir_all(&corpus)?;
        for seed in fs::read_dir(here.join("seeds").join(target))? {
            let seed = seed?;
            fs::copy(seed.path(), corpus.join(seed.file_name()))?;
        }
    }
    let corpus = here.join("corpus/rock");
    fs::create_dir_all(&corpus)?;
    rock_seeds::seeds().iter().try_for_each(|(name, bytes)| fs::write(corpus.join(name), bytes))
}
