//! Archives, good and hostile.

mod forged_tar;
mod forged_zip;
mod gzips;
mod tars;
mod zips;

use super::*;

/// What an archive unpacks to: its files with their contents.
fn unpacked(bytes: &[u8], format: Archive) -> Result<Vec<(String, Vec<u8>)>> {
    let ceilings = Ceilings { packed: 1 << 20, entries: 20, file: 1000, total: 1500 };
    let files = unpack(bytes, format, &ceilings)?;
    Ok(files.into_contents().into_iter().map(|(path, content)| (path.to_string(), content)).collect())
}

/// Checks that an archive is refused, by a rule whose text has these words in it.
#[track_caller]
fn refuses(bytes: &[u8], format: Archive, words: &str) {
    let error = unpacked(bytes, format).expect_err("it is refused");
    assert_eq!(error.kind(), ErrorKind::ArchiveUnsafe, "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn formats_are_known_by_the_endings_of_names() {
    assert_eq!(Archive::of("say-1.4.1-3.all.rock"), Some(Archive::Zip));
    assert_eq!(Archive::of("v1.4.zip"), Some(Archive::Zip));
    assert_eq!(Archive::of("say.tar.gz"), Some(Archive::TarGz));
    assert_eq!(Archive::of("say.tgz"), Some(Archive::TarGz));
    assert_eq!(Archive::of("say.tar"), Some(Archive::Tar));
    assert_eq!(Archive::of("say.tar.bz2"), None);
    assert_eq!(Archive::of("say.lua"), None);
}

#[test]
fn the_archive_itself_is_not_larger_than_its_ceiling() {
    refuses(&vec![0; (1 << 20) + 1], Archive::Zip, "1048576 are allowed");
}
