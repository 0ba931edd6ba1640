//! The library keeps its layers: a module uses those of its own layer and below, and what is
//! dangerous or heavy has one home each.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom up. A module that is in no layer fails the test: say where it belongs.
const LAYERS: [(&str, &[&str]); 7] = [
    ("words", &["chunk", "error", "escape", "id", "limits", "outcome", "quota", "record", "stream", "value"]),
    ("ground", &["fs", "runtime"]),
    ("what a VM is given", &["config", "func", "registration"]),
    ("the guest", &["guest"]),
    ("one VM", &["engine", "exec", "snapshot", "task", "vm"]),
    ("packages", &["environment", "package"]),
    ("many VMs", &["job", "manager", "session", "testing"]),
];

/// What may be named where only: the text, and the files or folders.
const HOMES: [(&str, &[&str]); 8] = [
    ("std::fs", &["fs/"]),
    ("cap_std", &["fs/"]),
    ("wasmtime::", &["guest/"]),
    ("wasmtime_wasi", &["guest/"]),
    ("wiggle", &["guest/"]),
    ("unsafe ", &["guest/image.rs", "guest/track.rs"]),
    ("std::env", &[]),
    ("static mut", &[]),
];

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../host/src")
}

/// Every file of the library, by its path below `src`, without comments and without its tests.
fn code() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![sources()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the library is there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).expect("source is text");
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
            let name = path.strip_prefix(sources()).expect("below").display().to_string();
            if name.contains("/tests/") || name.ends_with("/tests.rs") {
                continue;
            }
            files.insert(name, lines.collect::<Vec<_>>().join("\n"));
        }
    }
    assert!(files.len() > 20, "the library's sources are gone");
    files
}

fn layer(module: &str) -> usize {
    let found = LAYERS.iter().position(|(_, modules)| modules.contains(&module));
    found.unwrap_or_else(|| {
        panic!("module `{module}` is in no layer: say in tests/it/tidy.rs where it belongs")
    })
}

/// Modules by the names that lib.rs hands out of them.
fn names(code: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for statement in code["lib.rs"].split(';') {
        let Some((_, list)) = statement.split_once("pub use ") else { continue };
        let (module, list) = list.split_once("::").expect("modules hand out names");
        for name in list.split([',', '{', '}']).map(str::trim).filter(|name| !name.is_empty()) {
            names.insert(name.to_string(), module.trim().to_string());
        }
    }
    names
}

/// The modules that a file uses.
fn used(text: &str, names: &BTreeMap<String, String>) -> Vec<String> {
    let mut modules = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        if text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            continue;
        }
        let name: String =
            text[at + 7..].chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
        assert!(!name.is_empty(), "`use crate::{{..}}` hides what is used: name one module a line");
        modules.push(names.get(&name).cloned().unwrap_or(name));
    }
    modules
}

#[test]
fn modules_use_their_own_layer_and_those_below() {
    let code = code();
    let names = names(&code);
    for (file, text) in code.iter().filter(|(file, _)| *file != "lib.rs") {
        let own = file.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        for other in used(text, &names) {
            assert!(
                layer(&other) <= layer(own),
                "{file} ({}) uses `{other}` of a higher layer ({})",
                LAYERS[layer(own)].0,
                LAYERS[layer(&other)].0
            );
        }
    }
}

#[test]
fn every_module_of_the_library_has_a_layer() {
    for line in code()["lib.rs"].lines().map(str::trim) {
        if let Some(module) = line.strip_prefix("mod ").and_then(|line| line.strip_suffix(';')) {
            layer(module);
        }
    }
}

#[test]
fn what_is_dangerous_or_heavy_has_one_home() {
    for (file, text) in code() {
        for (what, homes) in HOMES {
            let at_home = homes.iter().any(|home| file.starts_with(home));
            assert!(at_home || !text.contains(what), "{file} names `{what}`, which belongs to {homes:?}");
        }
    }
}

#[test]
fn nothing_panics_by_the_way() {
    for (file, text) in code() {
        for what in [".unwrap()", "println!", "eprintln!"] {
            assert!(!text.contains(what), "{file} has {what}");
        }
    }
}

/// Where the clock of the wall is named, and what for. It jumps; nothing waits by it.
const DATES: [(&str, &str); 4] = [
    ("guest/wasi.rs", "what Lua is told"),
    ("package/repository/moment.rs", "dates that are written down"),
    ("package/repository/signing.rs", "the dates of an edition"),
    ("session/durable/mod.rs", "when a session was used, for the list"),
];

#[test]
fn deadlines_read_no_clock_that_jumps() {
    let code = code();
    let named: Vec<&str> =
        code.iter().filter(|(_, text)| text.contains("SystemTime")).map(|(file, _)| file.as_str()).collect();
    assert_eq!(named, DATES.map(|(file, _)| file), "deadlines are of `Instant`, which only goes forward");
}
