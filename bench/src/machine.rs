//! Where and with what something was measured.

use std::fmt;
use std::fs;
use std::process::Command;

use bioxen_lua::Engine;
use serde::Serialize;

/// The lock file of the workspace this was built in.
const LOCK: &str = include_str!("../../Cargo.lock");

/// What a measurement depends on besides the code.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    /// Cores that other processes kept busy while this one measured: above zero makes timings noisy.
    pub others: f64,
    /// The commit, with `+` behind it when files differ from it.
    pub commit: String,
    pub wasmtime: String,
    /// Lua in the guest, and the crate that carries its sources.
    pub guest_lua: String,
    /// The rival's Lua, and the crate that carries its sources.
    pub native_lua: String,
    pub mlua: String,
    pub guest_digest: String,
}

impl Machine {
    pub fn of(engine: &Engine) -> Machine {
        Machine {
            processor: processor().unwrap_or_else(|| "unknown".into()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            others: 0.0,
            commit: commit().unwrap_or_else(|| "unknown".into()),
            wasmtime: locked("wasmtime"),
            guest_lua: lua(&locked_beside("bioxen-lua-guest-build", "lua-src")),
            native_lua: lua(&locked_beside("mlua-sys", "lua-src")),
            mlua: locked("mlua"),
            guest_digest: engine.guest_digest().to_string(),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = self.guest_digest.get(..12).unwrap_or(&self.guest_digest);
        writeln!(
            formatter,
            "{}, {} cores, {:.2} of them used by others",
            self.processor, self.cores, self.others
        )?;
        writeln!(
            formatter,
            "ours: commit {}, wasmtime {}, Lua {}, guest {digest}",
            self.commit, self.wasmtime, self.guest_lua
        )?;
        writeln!(formatter, "native: mlua {}, Lua {}", self.mlua, self.native_lua)
    }
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_string())
}

fn commit() -> Option<String> {
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changed = git(&["status", "--porcelain"])?;
    Some(if changed.is_empty() { commit } else { commit + "+" })
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_string())
}

fn locked(package: &str) -> String {
    let entry = format!("name = \"{package}\"\nversion = \"");
    let version = LOCK.split_once(&entry).and_then(|(_, rest)| rest.split('"').next());
    version.unwrap_or("unknown").to_string()
}

/// The version that one package of the lock file uses of another, where several are in it: then the
/// dependency's line carries the version.
fn locked_beside(package: &str, dependency: &str) -> String {
    let entry = format!("name = \"{package}\"\n");
    let block = LOCK.split_once(&entry).and_then(|(_, rest)| rest.split("\n\n").next()).unwrap_or_default();
    let line = format!(" \"{dependency} ");
    let version = block.split_once(&line).and_then(|(_, rest)| rest.split('"').next());
    version.map_or_else(|| locked(dependency), str::to_string)
}

/// The version of `lua-src` does not say which 5.4 it carries; its folders do.
fn lua(lua_src: &str) -> String {
    let release = match lua_src {
        "551.1.0" => "5.4.9",
        "550.1.1" => "5.4.8",
        _ => "5.4",
    };
    format!("{release} (lua-src {lua_src})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_from_the_lock_file() {
        assert!(locked("wasmtime").starts_with("48."));
        assert_eq!(locked("no-such-package"), "unknown");
        assert!(locked_beside("mlua-sys", "lua-src").starts_with("55"));
        assert_eq!(locked_beside("bioxen-bench", "wasmtime"), locked("wasmtime"));
    }
}
