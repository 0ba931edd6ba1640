//! Makes the guest: see `bioxen_lua_guest_build`, which does the work and says where it looks.

use std::path::Path;

use bioxen_lua_guest_build as guest;

fn main() -> anyhow::Result<()> {
    let out = std::env::var("OUT_DIR")?;
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    for variable in ["BIOXEN_GUEST", "BIOXEN_ZIG", "BIOXEN_BLESS"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    for file in ["src", "guest.sha256", "build.rs"] {
        println!("cargo::rerun-if-changed={file}");
    }
    let made = guest::provide(here, Path::new(&out))?;
    println!("cargo::rustc-env=BIOXEN_GUEST_DIGEST={}", made.digest);
    Ok(())
}
