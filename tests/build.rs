//! Makes what the tests compare: the guest as a component, compiled ahead of time, and the digests of
//! two builds of the guest in two folders.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::Result;
use bioxen_lua_guest_build as guest;

fn main() -> Result<()> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for input in ["wit", "guest-lua/src", "guest-lua/guest.sha256"] {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    println!("cargo::rerun-if-changed=build.rs");
    for variable in ["BIOXEN_GUEST", "BIOXEN_ZIG", "BIOXEN_BLESS"] {
        println!("cargo::rerun-if-env-changed={variable}");
    }
    let guest_crate = root.join("guest-lua");
    let made = guest::provide(&guest_crate, &out)?;
    let component = component(&std::fs::read(&made.module)?, &root.join("wit"))?;
    std::fs::write(out.join("guest.component.wasm"), &component)?;
    std::fs::write(out.join("guest.component.cwasm"), guest::compile_component(&component)?)?;
    twice(&guest_crate, &out)
}

/// Builds from source in two folders of different depth and notes both digests.
fn twice(guest_crate: &Path, out: &Path) -> Result<()> {
    for folder in ["one", "two/and/deeper"] {
        let place = out.join(folder);
        std::fs::create_dir_all(&place)?;
        let wasm = guest::build(guest_crate, &place)?;
        std::fs::write(place.join("digest"), guest::digest(&wasm))?;
    }
    Ok(())
}

fn component(module: &[u8], contract: &Path) -> Result<Vec<u8>> {
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) = resolve.push_dir(contract)?;
    let world = resolve.select_world(&[package], Some("guest"))?;
    let mut module = module.to_vec();
    wit_component::embed_component_metadata(
        &mut module,
        &resolve,
        world,
        wit_component::StringEncoding::UTF8,
    )?;
    wit_component::ComponentEncoder::default()
        .module(&module)?
        .adapter(
            wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME,
            wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
        )?
        .validate(true)
        .encode()
}
