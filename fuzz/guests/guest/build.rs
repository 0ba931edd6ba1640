//! Takes the guest that `cargo xtask fuzz` laid into the folder that `BIOXEN_FUZZ_GUEST` names: the compiled image,
//! and its digest.

use std::path::Path;
use std::{env, fs};

const FOLDER: &str = "BIOXEN_FUZZ_GUEST";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-env-changed={FOLDER}");
    let folder = env::var(FOLDER).map_err(|_| "no guest: start this with `cargo xtask fuzz`")?;
    let image = Path::new(&folder).join("guest.cwasm");
    let digest = Path::new(&folder).join("guest.sha256");
    for file in [&image, &digest] {
        println!("cargo::rerun-if-changed={}", file.display());
    }
    fs::copy(&image, Path::new(&env::var("OUT_DIR")?).join("guest.cwasm"))?;
    println!("cargo::rustc-env=BIOXEN_GUEST_DIGEST={}", fs::read_to_string(&digest)?.trim());
    Ok(())
}
