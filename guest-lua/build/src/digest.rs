//! Digests: of a module, of everything that goes into one, and the one on record.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::compile::PROVIDED;
use crate::toolchain::Toolchain;

/// Versions and settings that shape the module and stand in no source file.
const RECIPE: &str = "lua-src 551.1.0, wasmtime-wizer 48, recipe 1";

/// SHA-256 in hexadecimal.
pub fn of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Digest of the sources, the compiler's version and the recipe.
pub fn of_inputs(sources: &Path, toolchain: &Toolchain) -> Result<String> {
    let files = [files_of(sources)?, files_of(&sources.join(PROVIDED))?].concat();
    let mut hash = Sha256::new();
    hash.update(RECIPE);
    hash.update(toolchain.version()?);
    hash.update(include_bytes!("compile.rs"));
    hash.update(include_bytes!("preinit.rs"));
    hash.update(include_bytes!("texts.rs"));
    for file in files.iter().filter(|file| file.extension().is_none_or(|kind| kind != "rs")) {
        hash.update(file.file_name().unwrap_or_default().as_encoded_bytes());
        hash.update(fs::read(file)?);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Sorted; without folders.
fn files_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.retain(|file| file.is_file());
    files.sort();
    Ok(files)
}

/// Compares with the record (`<hex>  guest.wasm`).
pub fn check(digest: &str, record: &Path) -> Result<()> {
    let recorded = fs::read_to_string(record)
        .with_context(|| format!("cannot read `{}`; `cargo xtask bless` writes it", record.display()))?;
    let recorded = recorded.split_whitespace().next().unwrap_or_default();
    if recorded != digest {
        bail!(
            "the guest's digest is {digest}, the one on record in `{}` is {recorded}; if the guest was meant to \
             change, run `cargo xtask bless`",
            record.display()
        );
    }
    Ok(())
}
