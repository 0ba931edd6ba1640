//! C to a WASI module: Lua's library as the crate `lua-src` builds it, our sources over it, linked.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail};

use crate::texts;
use crate::toolchain::Toolchain;

/// Lua reports errors with longjmp, which becomes a wasm exception.
const EXCEPTIONS: [&str; 5] =
    ["-mexception-handling", "-mllvm", "-wasm-enable-sjlj", "-mllvm", "-wasm-use-legacy-eh=false"];

/// Wasm has no computed goto: the jump table that Lua uses by default becomes a worse switch than the
/// compiler makes of one. Measured: 10 to 25 % faster programs.
const OPTIMISATION: [&str; 2] = ["-O3", "-DLUA_USE_JUMPTABLE=0"];

/// Functions of libc that Lua calls and the guest answers itself (iolib.c, oslib.c, random.c).
const RENAMED: [&str; 5] = [
    "-Dfopen=bioxen_fopen",
    "-Dfclose=bioxen_fclose",
    "-Dfreopen=bioxen_freopen",
    "-Dgetenv=bioxen_getenv",
    "-Darc4random=bioxen_arc4random",
];

/// Bytes of shadow stack. Lua's limit of 200 nested C calls needs 256 KiB; twice that, since running
/// over its end silently overwrites data. Untouched pages cost nothing.
const STACK: u32 = 512 * 1024;

/// The folder, below that of the sources, of the modules that every guest has inside.
pub const PROVIDED: &str = "provided";

/// The linked module, before its state is made.
pub fn module(toolchain: &Toolchain, sources: &Path, out: &Path) -> Result<Vec<u8>> {
    let work = out.join("guest-build");
    if work.exists() {
        fs::remove_dir_all(&work)?;
    }
    fs::create_dir_all(&work)?;
    let lua = lua_library(toolchain, &work)?;
    let provided = sources.join(PROVIDED);
    let texts = work.join("provided_texts.c");
    fs::write(&texts, texts::as_c(&provided)?)?;
    let mut files = [source_files(sources)?, source_files(&provided)?].concat();
    files.push(texts);
    let include = [lua.include_dir(), sources, &provided];
    let mut objects = Vec::new();
    for (number, source) in files.iter().enumerate() {
        let object = work.join(format!("{number}.o"));
        compile(toolchain, source, &include, &object)?;
        objects.push(object);
    }
    let module = work.join("linked.wasm");
    let mut link = toolchain.command("cc");
    link.args(["-target", "wasm32-wasi", "-mexec-model=reactor", "-O2", "-s"])
        .args(EXCEPTIONS)
        .arg(format!("-Wl,--stack,{STACK}"))
        .arg("-Wl,--export=__stack_pointer") // the one mutable global: the host checks it
        .args(&objects)
        .arg(lua.lib_dir().join("liblua5.4.a"))
        .arg("-lwasi-emulated-signal")
        .arg("-o")
        .arg(&module);
    run(link)?;
    Ok(fs::read(module)?)
}

/// Sorted, so that the module does not depend on the order of a directory.
fn source_files(sources: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = fs::read_dir(sources)
        .with_context(|| format!("cannot read `{}`", sources.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|kind| kind == "c" || kind == "s"));
    files.sort();
    Ok(files)
}

fn compile(toolchain: &Toolchain, source: &Path, include: &[&Path], object: &Path) -> Result<()> {
    let mut compile = toolchain.command("cc");
    compile.args(["-target", "wasm32-wasi", "-c"]);
    if source.extension().is_some_and(|kind| kind == "c") {
        compile.args(EXCEPTIONS).args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror"]);
        for folder in include {
            compile.arg("-I").arg(folder);
        }
    }
    run(compile.arg(source).arg("-o").arg(object))
}

fn lua_library(toolchain: &Toolchain, work: &Path) -> Result<lua_src::Artifacts> {
    let flags = OPTIMISATION.iter().chain(&EXCEPTIONS).chain(&RENAMED).copied().collect::<Vec<_>>().join(" ");
    let variables = [
        ("CC_wasm32_wasip1", toolchain.script(work, "cc")?.into_os_string()),
        ("AR_wasm32_wasip1", toolchain.script(work, "ar")?.into_os_string()),
        ("CFLAGS_wasm32_wasip1", flags.into()),
        // The profile of whoever builds must not shape the module.
        ("DEBUG", "false".into()),
        ("CFLAGS", "".into()),
        ("CRATE_CC_NO_DEFAULTS", "1".into()), // all flags are in `flags`
    ];
    for (name, value) in variables {
        // SAFETY: a build step has one thread until it starts a compiler, and `cc`, which reads
        // these, offers no other way in through `lua-src`.
        unsafe { env::set_var(name, value) };
    }
    lua_src::Build::new()
        .out_dir(work.join("lua"))
        .target("wasm32-wasip1")
        .opt_level("2")
        .debug(false)
        .try_build(lua_src::Lua54)
        .map_err(|error| anyhow::anyhow!("compiling Lua failed: {error}"))
}

fn run(mut command: impl std::borrow::BorrowMut<Command>) -> Result<()> {
    let command = command.borrow_mut();
    let output = command.output().with_context(|| format!("cannot run {:?}", command.get_program()))?;
    if !output.status.success() {
        bail!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
