//! Real packages: the rocks that `cargo xtask mirror` makes of Debian's. Skipped, with a line, where they
//! are not there.

use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// A folder of the mirror.
fn mirror(name: &str) -> Option<PathBuf> {
    let mirrors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/mirror");
    let mirrors = fs::read_dir(mirrors).into_iter().flatten().flatten().map(|entry| entry.path());
    let found =
        mirrors.filter(|mirror| mirror.join("count").is_file()).map(|mirror| mirror.join(name)).next();
    if found.is_none() {
        println!("skipped: `cargo xtask mirror` makes the rocks that this reads");
    }
    found
}

/// Rocks of a folder, by their names.
fn rocks(folder: &Path) -> Vec<(ArtifactName, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("the mirror has it").map(|entry| entry.expect("an entry"));
    let named = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let content = name.ends_with(".rock").then(|| fs::read(entry.path()).expect("a rock"))?;
        Some((name.parse().unwrap_or_else(|error| panic!("{error}")), content))
    });
    named.collect()
}

#[test]
fn real_rocks_are_read_and_native_ones_refused() {
    let Some(server) = mirror("server") else { return };
    let mut built = 0;
    for (name, bytes) in rocks(&server) {
        let rock = Rock::read(&bytes, &name, &Ceilings::default());
        if let Arch::Native(_) = name.arch {
            assert_eq!(rock.expect_err("it is refused").kind(), ErrorKind::NativeUnsupported, "{name}");
            continue;
        }
        let rock = rock.unwrap_or_else(|error| panic!("{error}"));
        let rockspec = rockspec(&String::from_utf8_lossy(rock.rockspec()));
        let package = match rock.manifest().map(globals) {
            Some(manifest) => Built::from_rock(rock, &rockspec, &manifest, &|_| true),
            None => Built::from_source(rock, &rockspec, &Ceilings::default(), &|_| true),
        };
        let package = package.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!package.modules().is_empty(), "{name}");
        let packed = package.pack().expect("it is packed");
        let again = Rock::read(&packed, &package.artifact(), &Ceilings::default()).expect("it is good");
        assert_eq!(again.into_files().into_contents(), package.files, "{name}");
        built += 1;
    }
    assert!(built > 15, "{built} rocks are few");
}

#[test]
fn native_rocks_are_named_as_such() {
    let Some(native) = mirror("native") else { return };
    let rocks = rocks(&native);
    assert!(!rocks.is_empty());
    for (name, bytes) in rocks.into_iter().filter(|(name, _)| name.arch != Arch::Source) {
        let error = Rock::read(&bytes, &name, &Ceilings::default()).expect_err("it is refused");
        assert_eq!(error.kind(), ErrorKind::NativeUnsupported, "{name}: {error}");
    }
}
