//! Runs every file under `tests/lua` as a test named after its path. `tests/lua/README.md` describes
//! the header and the `-->` comments.

mod case;

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Trial};

use case::Case;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lua");
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    assert!(files.len() > 100, "the cases under `tests/lua` are gone");
    let trials = files.into_iter().map(|file| {
        let name = file.strip_prefix(&folder).unwrap_or(&file).with_extension("");
        Trial::test(name.display().to_string().replace('/', "::"), move || Ok(Case::read(&file)?.check()?))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit();
}

/// Folders that hold no cases of this program: what cases use, programs that need an environment with packages,
/// and attacks, which `tests/attack` runs.
const NO_CASES: [&str; 3] = ["fixtures", "packages", "hostile"];

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).expect("a folder of cases can be read");
    for path in entries.map(|entry| entry.expect("a folder of cases can be read").path()) {
        if path.is_dir() && path.file_name().is_some_and(|name| NO_CASES.iter().all(|no| name != *no)) {
            collect(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "lua") {
            files.push(path);
        }
    }
}
