//! Folders on a real disk.

use std::sync::Mutex;

use super::*;

fn room() -> (tempfile::TempDir, Folder) {
    let room = tempfile::tempdir().expect("it works");
    let folder = Folder::open_or_create(&room.path().join("a/b")).expect("it works");
    (room, folder)
}

#[test]
fn files_are_written_read_moved_and_removed() {
    let (_room, folder) = room();
    folder.create_folder("x/y").expect("it works").write_new("one", b"1").expect("it works");
    assert_eq!(folder.write_new("x/y/one", b"2").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    folder.write_whole("x/two", b"22").expect("it works");
    folder.write_whole("x/two", b"222").expect("it works");
    assert_eq!(folder.read("x/two", 3).expect("it works"), b"222");
    assert_eq!(folder.read("x/two", 2).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    assert_eq!(folder.read("x", 9).unwrap_err().kind(), io::ErrorKind::InvalidData);
    folder.rename("x", &folder.folder("").expect("it works"), "z").expect("it works");
    let names: Vec<String> =
        folder.list("z").expect("it works").into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["two", "y"]);
    folder.set_read_only("z/y/one").expect("it works");
    folder.sync("z/y").expect("it works");
    folder.remove_all("z").expect("it works");
    folder.remove_all("z").expect("it works");
    assert_eq!(folder.kind("z").expect("it works"), None);
}

#[test]
fn nothing_leaves_the_folder() {
    let (room, folder) = room();
    std::fs::write(room.path().join("secret"), "s").expect("it works");
    for path in ["../../secret", "/etc/passwd", "x/../../../secret", ".", "a\0b", "x/."] {
        assert!(folder.read(path, 9).is_err(), "{path:?}");
        assert!(folder.write_whole(path, b"x").is_err(), "{path:?}");
        assert!(folder.create_folder(path).is_err(), "{path:?}");
    }
}

#[cfg(unix)]
#[test]
fn links_are_neither_followed_out_nor_taken_for_files() {
    let (room, folder) = room();
    std::fs::write(room.path().join("secret"), "s").expect("it works");
    std::os::unix::fs::symlink("../..", folder.path().join("out")).expect("it works");
    std::os::unix::fs::symlink("../../secret", folder.path().join("link")).expect("it works");
    assert_eq!(folder.kind("link").expect("it works"), Some(EntryKind::Link));
    assert!(folder.read("link", 9).is_err());
    assert!(folder.read("out/secret", 9).is_err());
    assert!(folder.folder("out").is_err());
    assert!(folder.lock("link", Hold::Shared).is_err());
    assert!(folder.write_new("out/new", b"x").is_err());
    folder.write_whole("link", b"x").expect("it works"); // in its place, not through it
    folder.remove_all("out").expect("it works");
    assert_eq!(std::fs::read(room.path().join("secret")).expect("it works"), b"s");
}

#[test]
fn a_linked_file_is_the_same_and_stays_when_the_first_goes() {
    let (_room, folder) = room();
    folder.write_new("one", b"1").expect("it works");
    folder.set_read_only("one").expect("it works");
    let other = folder.create_folder("other").expect("it works");
    folder.link_or_copy("one", &other, "two").expect("it works");
    assert!(folder.link_or_copy("one", &other, "two").is_err());
    assert!(folder.link_or_copy("other", &other, "three").is_err());
    folder.remove_file("one").expect("it works");
    assert_eq!(other.read("two", 1).expect("it works"), b"1");
}

#[test]
fn a_file_is_copied_where_no_link_can_be() {
    let (_room, folder) = room();
    folder.write_new("one", b"1").expect("it works");
    folder.set_read_only("one").expect("it works");
    folder.copy("one", &folder, "two").expect("it works");
    assert_eq!(folder.read("two", 1).expect("it works"), b"1");
    let metadata = std::fs::metadata(folder.path().join("two")).expect("it works");
    assert!(metadata.permissions().readonly());
}

#[test]
fn a_lock_has_one_exclusive_holder_or_many_that_share_it() {
    let (_room, folder) = room();
    let shared = folder.lock("lock", Hold::Shared).expect("it works");
    assert!(folder.try_lock("lock", Hold::Shared).expect("it works").is_some());
    assert!(folder.try_lock("lock", Hold::Exclusive).expect("it works").is_none());
    drop(shared);
    assert!(folder.try_lock("lock", Hold::Exclusive).expect("it works").is_some());
}

#[test]
fn a_write_that_fails_at_any_step_leaves_the_file_before_or_the_new_one() {
    for failing in 0.. {
        let (_room, folder) = room();
        folder.write_whole("file", b"old").expect("it works");
        let left = Mutex::new(failing);
        let folder = folder.with_steps(Steps::new(move |_| {
            let mut left = left.lock().expect("no panic");
            *left -= 1;
            if *left == -1 { Err(io::Error::other("full")) } else { Ok(()) }
        }));
        let written = folder.folder("").expect("it works").write_whole("file", b"new");
        let content = folder.read("file", 9).expect("it works");
        assert_eq!(folder.list("").expect("it works").len(), 1);
        if written.is_ok() {
            assert_eq!((content.as_slice(), failing), (&b"new"[..], 5));
            return;
        }
        assert!(content == b"old" || content == b"new");
    }
}
