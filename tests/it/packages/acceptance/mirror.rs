//! The LuaRocks server that `tests/mirror.sh` makes out of Debian's packages, and the programs that tests compare with.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::support::skip;

/// What `tests/mirror.sh` made; its head says what is in which folder.
pub struct Mirror {
    folder: PathBuf,
}

/// The mirror, or nothing after a line that says what is skipped: `let Some(mirror) = mirror() else { return };`
#[track_caller]
pub fn mirror() -> Option<&'static Mirror> {
    static MIRROR: OnceLock<Option<Mirror>> = OnceLock::new();
    let mirror = MIRROR.get_or_init(|| {
        let folder = tests().join("../target/mirror").join(digest());
        folder.join("count").is_file().then_some(Mirror { folder })
    });
    if mirror.is_none() {
        skip("the mirror of packages: `cargo xtask mirror` makes it");
    }
    mirror.as_ref()
}

/// A program that a test needs beside the mirror.
#[track_caller]
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    if found.is_none() {
        skip(&format!("`{name}`: `apt-get install {name}`"));
    }
    found
}

/// The folder of this crate.
pub fn tests() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What `tests/mirror.sh` names its folder.
fn digest() -> String {
    let script = fs::read(tests().join("mirror.sh")).expect("the script is beside the tests");
    let hash = Sha256::digest(script);
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

impl Mirror {
    /// A folder of the mirror: `server`, `zip`, `json`, `signed`, `native`, `keys`, `rockspecs`.
    pub fn folder(&self, name: &str) -> PathBuf {
        let folder = self.folder.join(name);
        assert!(folder.is_dir(), "the mirror has no `{name}`");
        folder
    }

    /// A file of the server.
    pub fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder("server").join(name)).unwrap_or_else(|error| panic!("`{name}`: {error}"))
    }

    /// How many of something the script made.
    pub fn count(&self, of: &str) -> usize {
        let text = fs::read_to_string(self.folder.join("count")).expect("it was looked for");
        let line = text.lines().find_map(|line| line.strip_prefix(of)?.strip_prefix(' '));
        line.and_then(|number| number.parse().ok())
            .unwrap_or_else(|| panic!("`count` says nothing of `{of}`"))
    }

    /// The native interpreter with Debian's files of all packages, in a folder, and nothing of the environment but
    /// the way to programs.
    pub fn native(&self, folder: &Path, arguments: &[&OsStr]) -> Output {
        let modules = self.folder("debian").join("share/lua/5.4");
        let compiled = self.folder("debian").join("lib/lua/5.4");
        let mut lua = Command::new("lua5.4");
        lua.current_dir(folder).args(arguments).stdin(Stdio::null()).env_clear();
        lua.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        lua.env("LUA_PATH", format!("{0}/?.lua;{0}/?/init.lua", modules.display()));
        lua.env("LUA_CPATH", format!("{}/?.so", compiled.display()));
        lua.output().expect("lua5.4 can be started")
    }
}

/// All files below a folder with this ending, in order.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("`{}`: {error}", folder.display())) {
            let path = entry.expect("an entry").path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.to_string_lossy().ends_with(ending) => found.push(path),
                false => {}
            }
        }
    }
    found.sort();
    found
}

/// A copy of a folder, files and folders alike.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for file in files(from, "") {
        let target = to.join(file.strip_prefix(from).expect("below"));
        fs::create_dir_all(target.parent().expect("a parent")).expect("a folder");
        fs::copy(&file, &target).expect("a copy");
    }
}
