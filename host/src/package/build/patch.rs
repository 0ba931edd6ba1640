//! Patches that a rockspec carries: unified diffs, applied to the source in memory.

use std::collections::BTreeMap;

use diffy::Patch;
use diffy::patch_set::{FileOperation, FilePatch, ParseOptions, PatchSet};

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::package::rock::RelativePath;

/// Most comparisons of lines for one file: finding the place of a hunk tries every line of the file. The
/// largest files and patches of real packages need a thousandth of it.
const MOST_COMPARISONS: usize = 200_000_000;

type Sources = BTreeMap<RelativePath, Vec<u8>>;

/// Applies a patch, cutting the first folder off its paths, as LuaRocks does.
///
/// # Errors
///
/// [`ErrorKind::RockspecInvalid`] when it is no patch or does not fit, and [`ErrorKind::ArchiveUnsafe`] for
/// paths that leave the source.
pub(super) fn apply(name: &str, patch: &[u8], sources: &mut Sources) -> Result<()> {
    for file in PatchSet::parse_bytes(patch, ParseOptions::unidiff()) {
        let file = file.map_err(|error| invalid(name, "it is no unified diff").with_source(error))?;
        apply_to_file(name, &file, sources)?;
    }
    Ok(())
}

fn apply_to_file(name: &str, file: &FilePatch<'_, [u8]>, sources: &mut Sources) -> Result<()> {
    let text = file.patch().as_text().ok_or_else(|| invalid(name, "it is binary"))?;
    match file.operation().strip_prefix(1) {
        FileOperation::Delete(path) => {
            let path = RelativePath::from_bytes(&path)?;
            let old = sources.remove(&path).ok_or_else(|| missing(name, &path))?;
            patched(name, &path, &old, text).map(drop)
        }
        FileOperation::Create(path) => create(name, &path, text, sources),
        FileOperation::Modify { original, modified } => {
            let (original, modified) =
                (RelativePath::from_bytes(&original)?, RelativePath::from_bytes(&modified)?);
            modify(name, original, modified, text, sources)
        }
        _ => Err(invalid(name, "it renames or copies files")),
    }
}

fn create(name: &str, path: &[u8], text: &Patch<'_, [u8]>, sources: &mut Sources) -> Result<()> {
    let path = RelativePath::from_bytes(path)?;
    let content = patched(name, &path, b"", text)?;
    sources.insert(path, content);
    Ok(())
}

/// The file by its name before, else by its name after; a file that is not there may begin from nothing.
fn modify(
    name: &str,
    original: RelativePath,
    modified: RelativePath,
    text: &Patch<'_, [u8]>,
    sources: &mut Sources,
) -> Result<()> {
    let there = [original, modified.clone()].into_iter().find(|path| sources.contains_key(path));
    let Some(path) = there else {
        let from_nothing = text.hunks().iter().all(|hunk| hunk.old_range().is_empty());
        return match from_nothing {
            true => create(name, modified.as_str().as_bytes(), text, sources),
            false => Err(missing(name, &modified)),
        };
    };
    if let Some(content) = sources.get_mut(&path) {
        *content = patched(name, &path, content, text)?;
    }
    Ok(())
}

fn patched(name: &str, path: &RelativePath, old: &[u8], text: &Patch<'_, [u8]>) -> Result<Vec<u8>> {
    let lines = old.iter().filter(|byte| **byte == b'\n').count() + 1;
    let changed: usize = text.hunks().iter().map(|hunk| hunk.lines().len() + 1).sum();
    if lines.saturating_mul(changed) > MOST_COMPARISONS {
        return Err(invalid(name, &format!("`{path}` and it are too large for each other")));
    }
    diffy::apply_bytes(old, text)
        .map_err(|error| invalid(name, &format!("it does not fit `{path}`")).with_source(error))
}

fn missing(name: &str, path: &RelativePath) -> Error {
    invalid(name, &format!("it changes `{path}`, which is not there"))
}

fn invalid(name: &str, reason: &str) -> Error {
    Error::new(ErrorKind::RockspecInvalid, format!("`build.patches`: patch `{name}`: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANY: &str = "\
A comment.

--- old/src/a.lua	2020-01-01
+++ new/src/a.lua	2020-01-02
@@ -1,3 +1,3 @@
 one
-two
+2
 three
--- /dev/null
+++ new/b.lua
@@ -0,0 +1 @@
+new
--- old/c.lua
+++ /dev/null
@@ -1 +0,0 @@
-gone
";

    fn sources() -> Sources {
        [("src/a.lua", "one\ntwo\nthree\n"), ("c.lua", "gone\n"), ("d.lua", "same\n")]
            .map(|(path, text)| (RelativePath::new(path).unwrap(), text.as_bytes().to_vec()))
            .into()
    }

    fn applied(patch: &str) -> Result<Vec<(String, String)>> {
        let mut sources = sources();
        apply("fix", patch.as_bytes(), &mut sources)?;
        let text = |content| String::from_utf8(content).unwrap();
        Ok(sources.into_iter().map(|(path, content)| (path.to_string(), text(content))).collect())
    }

    #[test]
    fn files_are_changed_added_and_removed() {
        let expected = [("b.lua", "new\n"), ("d.lua", "same\n"), ("src/a.lua", "one\n2\nthree\n")];
        assert_eq!(applied(MANY).unwrap(), expected.map(|(path, text)| (path.to_string(), text.to_string())));
    }

    #[test]
    fn a_file_has_its_name_before_or_after() {
        let patch = "--- a/d.lua.orig\n+++ b/d.lua\n@@ -1 +1 @@\n-same\n+other\n";
        assert!(applied(patch).unwrap().contains(&("d.lua".to_string(), "other\n".to_string())));
        let patch = "--- a/e.lua\n+++ b/e.lua\n@@ -0,0 +1 @@\n+new\n";
        assert!(applied(patch).unwrap().contains(&("e.lua".to_string(), "new\n".to_string())));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for patch in [
            "no patch",
            "",
            "--- a/d.lua\n+++ b/d.lua\n@@ -1 +1 @@\n-another\n+other\n",
            "--- a/missing.lua\n+++ b/missing.lua\n@@ -1 +1 @@\n-same\n+other\n",
            "--- a/c.lua\n+++ /dev/null\n@@ -1 +0,0 @@\n-another\n",
            "--- a/../../etc/passwd\n+++ b/../../etc/passwd\n@@ -0,0 +1 @@\n+root\n",
            "--- /dev/null\n+++ b//etc/passwd\n@@ -0,0 +1 @@\n+root\n",
        ] {
            assert!(applied(patch).is_err(), "{patch:?}");
        }
    }

    #[test]
    fn hunks_are_not_sought_for_ever() {
        let mut sources = Sources::from([(RelativePath::new("a").unwrap(), b"\n".repeat(1 << 20))]);
        let patch = format!("--- a/a\n+++ b/a\n@@ -1,999 +1,1000 @@\n{}-x\n+y\n+z\n", " \n".repeat(998));
        let error = apply("fix", patch.as_bytes(), &mut sources).unwrap_err();
        assert!(error.to_string().contains("too large"), "{error}");
    }
}
