//! What no file of the repository may hold, and how long one of them may grow.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::report;
use crate::workspace::Workspace;

/// The architecture document is a map; past this many lines nobody reads it as one.
const ARCHITECTURE_LINES: usize = 200;
/// The commands that README promises, run by the tests and by `ci`.
const README: [&str; 2] = ["cargo xtask run examples/gc_content.lua", "cargo xtask test"];

/// Split, so that this file does not hold them.
const HOMES: [&str; 3] = [concat!("/ho", "me/"), concat!("/ro", "ot/"), concat!("/Us", "ers/")];
const UNFINISHED: [&str; 4] =
    [concat!("#[ign", "ore"), concat!("to", "do!"), concat!("unimple", "mented!"), concat!("db", "g!")];

pub fn check(workspace: &Workspace) -> Result<()> {
    let root = workspace.root();
    let mut faults = Vec::new();
    for file in workspace.files()? {
        let path = root.join(&file);
        let bytes = fs::read(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
        faults.extend(file_faults(&file, &String::from_utf8_lossy(&bytes), root));
    }
    report("the tree is not tidy", &faults)
}

/// README must show the commands that are tested.
pub fn check_readme(workspace: &Workspace) -> Result<()> {
    let readme = fs::read_to_string(workspace.root().join("README.md")).context("cannot read README.md")?;
    let missing =
        README.iter().filter(|command| !readme.lines().any(|line| line.trim().starts_with(*command)));
    report(
        "README.md has no line that begins with",
        &missing.map(|command| format!("`{command}`")).collect::<Vec<_>>(),
    )
}

fn file_faults(file: &Path, text: &str, root: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    let root = root.to_string_lossy();
    for (number, line) in text.lines().enumerate() {
        let fault = |what: &str| format!("{}:{}: {what}", file.display(), number + 1);
        // A checkout in a folder of one short name proves nothing: `/app` is in many texts.
        if HOMES.iter().any(|home| line.contains(home))
            || (root.matches('/').count() > 1 && line.contains(&*root))
        {
            faults.push(fault("a path of somebody's machine"));
        }
        if file.extension().is_some_and(|extension| extension == "rs") {
            faults.extend(UNFINISHED.iter().filter(|word| line.contains(*word)).map(|word| fault(word)));
        }
    }
    let lines = text.lines().count();
    if file == Path::new("ARCHITECTURE.md") && lines > ARCHITECTURE_LINES {
        faults.push(format!("ARCHITECTURE.md: {lines} lines, at most {ARCHITECTURE_LINES} are allowed"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(file: &str, text: &str, expected: usize) {
        let faults = file_faults(Path::new(file), text, Path::new("/srv/checkout"));
        assert_eq!(faults.len(), expected, "{faults:?}");
    }

    #[test]
    fn paths_of_a_machine_are_found_in_every_file() {
        for home in HOMES {
            check("a.md", &format!("see {home}somebody\n"), 1);
        }
        check("a.md", "built in /srv/checkout/target\n", 1);
        check("a.md", "/etc/passwd and ~/.config\n", 0);
    }

    #[test]
    fn unfinished_work_is_found_in_rust_alone() {
        for word in UNFINISHED {
            check("src/a.rs", &format!("fn a() {{}}\n    {word}\n"), 1);
            check("a.md", word, 0);
        }
    }

    #[test]
    fn the_architecture_document_has_a_ceiling() {
        check("ARCHITECTURE.md", &"line\n".repeat(ARCHITECTURE_LINES), 0);
        check("ARCHITECTURE.md", &"line\n".repeat(ARCHITECTURE_LINES + 1), 1);
        check("docs.md", &"line\n".repeat(ARCHITECTURE_LINES + 1), 0);
    }
}
