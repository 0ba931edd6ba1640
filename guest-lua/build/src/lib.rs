//! From C to an image that the library can load, in four steps: compile and link (`compile`),
//! make the Lua state (`preinit`), compare with the digest on record (`digest`), compile ahead of
//! time (`ahead`). [`provide`] decides where the module comes from and runs the rest.

mod ahead;
mod compile;
mod config; // the file of `bioxen_lua_guest`, which shares it
mod digest;
pub use digest::of as digest;
mod preinit;
mod texts;
mod toolchain;

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};

pub use ahead::{compile_component, compile_module};
pub use toolchain::Toolchain;

/// What a build left in its output folder.
pub struct Guest {
    /// The pre-initialised module, `guest.wasm`.
    pub module: PathBuf,
    /// SHA-256 of the module, in hexadecimal.
    pub digest: String,
}

/// Puts `guest.wasm` and `guest.cwasm` into `out` for the crate at `guest_crate`.
///
/// The module is, in this order: the file that `BIOXEN_GUEST` names, a `guest.wasm` that the crate
/// carries, or one built here with the guest compiler. Its digest must be the one in `guest.sha256`,
/// unless `BIOXEN_BLESS` is set.
///
/// # Errors
///
/// When no module and no compiler is found, when the digest differs, or when a step fails.
pub fn provide(guest_crate: &Path, out: &Path) -> Result<Guest> {
    let module = out.join("guest.wasm");
    let wasm = match ready_module(guest_crate)? {
        Some(wasm) => wasm,
        None => built_module(guest_crate, out)?,
    };
    fs::write(&module, &wasm)?;
    let digest = digest::of(&wasm);
    if env::var_os("BIOXEN_BLESS").is_none() {
        digest::check(&digest, &guest_crate.join("guest.sha256"))?;
    }
    fs::write(out.join("guest.cwasm"), ahead::compile_module(&wasm)?)?;
    Ok(Guest { module, digest })
}

/// Builds the module from its sources in `out`, whatever else is there; nothing is reused.
///
/// # Errors
///
/// When the compiler is not found or a step fails.
pub fn build(guest_crate: &Path, out: &Path) -> Result<Vec<u8>> {
    let toolchain = Toolchain::find(guest_crate, out)?;
    let linked = compile::module(&toolchain, &guest_crate.join("src"), out)?;
    preinit::initialised(&linked)
}

fn ready_module(guest_crate: &Path) -> Result<Option<Vec<u8>>> {
    let given = env::var_os("BIOXEN_GUEST").map(PathBuf::from);
    let carried = guest_crate.join("guest.wasm");
    let path = match given {
        Some(path) => path,
        None if carried.exists() => carried,
        None => return Ok(None),
    };
    println!("cargo::rerun-if-changed={}", path.display());
    let wasm = fs::read(&path).with_context(|| format!("cannot read the guest `{}`", path.display()))?;
    Ok(Some(wasm))
}

/// A build from source, kept under the digest of all that went into it.
fn built_module(guest_crate: &Path, out: &Path) -> Result<Vec<u8>> {
    let toolchain = Toolchain::find(guest_crate, out)?;
    let key = digest::of_inputs(&guest_crate.join("src"), &toolchain)?;
    let kept = toolchain.cache().join("guests").join(format!("{key}.wasm"));
    if let Ok(wasm) = fs::read(&kept) {
        return Ok(wasm);
    }
    let wasm = build(guest_crate, out)?;
    if let Some(folder) = kept.parent() {
        fs::create_dir_all(folder)?;
    }
    let unfinished = kept.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&unfinished, &wasm)?;
    fs::rename(&unfinished, &kept)?;
    Ok(wasm)
}
