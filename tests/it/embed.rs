//! Another workspace depends on the library. These tests run cargo, so they stand apart from those
//! that watch the clock; what they compile is kept in the workspace's own target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PROGRAM: &str = r#"use bioxen_lua::{Engine, Vm, VmConfig};

fn main() -> bioxen_lua::Result<()> {
    let engine = Engine::new()?;
    let mut vm = Vm::new(&engine, VmConfig::default())?;
    let outcome = vm.exec("print('GC', ...); return #'GATTACA'").wait()?;
    println!("{}{}", outcome.stdout, outcome.value::<i64>()?);
    Ok(())
}
"#;

/// As the workspace's own, so that what both need is compiled once.
const PROFILE: &str = "
[profile.release.build-override]
opt-level = 2
codegen-units = 16
";

fn workspace() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).expect("the workspace is there")
}

fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder")
}

/// Cargo without network, in a folder, with nothing said about the guest.
fn cargo(folder: &Path, verb: &str) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(folder).args([verb, "--release", "--offline", "--target-dir"]).arg(target());
    for variable in ["BIOXEN_GUEST", "BIOXEN_ZIG", "BIOXEN_BLESS"] {
        command.env_remove(variable);
    }
    command
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_program_of_ten_lines_embeds_the_library() {
    let folder = tempfile::tempdir().expect("a folder");
    let host = workspace().join("host");
    let manifest = format!(
        "[package]\nname = \"embedding\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nbioxen-lua = {{ path = {host:?} }}\n{PROFILE}"
    );
    fs::create_dir(folder.path().join("src")).expect("made");
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("written");
    fs::write(folder.path().join("src/main.rs"), PROGRAM).expect("written");
    fs::copy(workspace().join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("copied");
    let output = cargo(folder.path(), "run").output().expect("cargo runs");
    assert!(output.status.success(), "{}", errors(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "GC\n7\n");
}

/// The library without its toolchain, as a dependency's checkout is.
fn checkout() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest = fs::read_to_string(workspace().join("Cargo.toml")).expect("a manifest");
    let members = manifest.lines().find(|line| line.starts_with("members")).expect("members");
    let manifest = manifest.replace(members, r#"members = ["guest-lua", "guest-lua/build"]"#);
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("written");
    fs::copy(workspace().join("Cargo.lock"), folder.path().join("Cargo.lock")).expect("copied");
    copy(&workspace().join("guest-lua"), &folder.path().join("guest-lua"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).expect("made");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let place = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy(&path, &place);
        } else {
            fs::copy(&path, place).expect("copied");
        }
    }
}

#[test]
fn without_a_compiler_one_sentence_says_what_to_do() {
    let checkout = checkout();
    let build = || {
        let mut command = cargo(checkout.path(), "build");
        command.args(["--package", "bioxen-lua-guest"]);
        command
    };
    let output = build().output().expect("cargo runs");
    assert!(!output.status.success());
    let message = errors(&output);
    for part in [
        "no guest compiler: run `cargo xtask setup`",
        "`BIOXEN_ZIG`",
        "`BIOXEN_GUEST`",
        "`cargo xtask guest`",
    ] {
        assert!(message.contains(part), "no {part} in: {message}");
    }

    let absent = build().env("BIOXEN_ZIG", "/absent/zig").output().expect("cargo runs");
    assert!(
        errors(&absent).contains("`BIOXEN_ZIG` names `/absent/zig`, which is no file"),
        "{}",
        errors(&absent)
    );

    let damaged = checkout.path().join("damaged.wasm");
    fs::write(&damaged, b"\0asm\x01\0\0\0").expect("written");
    let output = build().env("BIOXEN_GUEST", &damaged).output().expect("cargo runs");
    assert!(errors(&output).contains("the guest's digest is"), "{}", errors(&output));

    // A ready guest needs no compiler and no network.
    let ready = concat!(env!("OUT_DIR"), "/guest.wasm");
    let output = build().env("BIOXEN_GUEST", ready).output().expect("cargo runs");
    assert!(output.status.success(), "{}", errors(&output));
}
