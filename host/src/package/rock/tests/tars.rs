//! Tar, good and hostile.

use super::forged_tar::*;
use super::*;

#[track_caller]
fn good(parts: impl IntoIterator<Item = Part>) -> Vec<String> {
    let files = unpacked(&archive(parts), Archive::Tar).expect("it is good");
    files.into_iter().map(|(name, _)| name).collect()
}

#[track_caller]
fn bad(parts: impl IntoIterator<Item = Part>, words: &str) {
    refuses(&archive(parts), Archive::Tar, words);
}

#[test]
fn files_come_out_as_they_went_in() {
    let parts = [
        folder("a/"),
        file("a/b", &[b'x'; 600]),
        file("c", b"").gnu(),
        part(0, b"d", b"dd").old(),
        folder("e"),
    ];
    let files = unpacked(&archive(parts), Archive::Tar).expect("it is good");
    let expected = [("a/b", vec![b'x'; 600]), ("c", vec![]), ("d", b"dd".to_vec())];
    assert_eq!(files, expected.map(|(name, content)| (name.to_string(), content)));
    assert!(good([]).is_empty());
}

#[test]
fn longer_names_are_read_in_both_ways() {
    let long = format!("{}/{}", "f".repeat(120), "n".repeat(120));
    assert_eq!(good([gnu_name(&long), file(&long[..100], b"1").gnu()]), [long.as_str()]);
    assert_eq!(good([extended(&record("path", &long)), file("short", b"1")]), [long.as_str()]);
    let split = file(&"n".repeat(100), b"1").with(|header| header[345..445].fill(b'f'));
    assert_eq!(good([split]), [format!("{}/{}", "f".repeat(100), "n".repeat(100))]);
    let times = record("mtime", "1.5") + &record("path", "b") + &record("LIBARCHIVE.creationtime", "1");
    assert_eq!(good([extended(&times), file("a", b"1"), file("c", b"2")]), ["b", "c"]);
}

/// So begins what git makes of a tag, which is what most packages are made of.
#[test]
fn a_comment_may_stand_before_all() {
    let comment = part(b'g', b"pax_global_header", record("comment", &"0".repeat(40)).as_bytes());
    assert_eq!(good([comment, file("a", b"1")]), ["a"]);
}

#[test]
fn what_other_programs_write_is_read() {
    let mut builder = ::tar::Builder::new(Vec::new());
    let long = format!("{}/{}.lua", "a".repeat(90), "b".repeat(90));
    for (name, content) in [("x/y.lua", &b"return 1"[..]), (&long, b"return 2")] {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, content).expect("memory takes it");
    }
    let files = unpacked(&builder.into_inner().expect("memory takes it"), Archive::Tar).expect("it is good");
    assert_eq!(files, [(long, b"return 2".to_vec()), ("x/y.lua".to_string(), b"return 1".to_vec())]);
}

// P1, P9
#[test]
fn names_that_lead_elsewhere_are_refused() {
    let deep = "d/".repeat(49) + "x";
    for name in [
        "../../x",
        "a/../../x",
        "/abs",
        "C:\\x",
        "a\\..\\b",
        "a\nb",
        "./a",
        "a/./b",
        "a//b",
        "/",
        "",
        "a.",
        "a ",
        "..",
        "\u{1b}[31m",
        "a/",
        &deep,
    ] {
        bad([file(name, b"")], "");
        bad([extended(&record("path", name)), file("x", b"")], "");
        if !name.is_empty() {
            bad([gnu_name(name), file(name, b"").gnu()], "");
        }
    }
    bad([extended(&record("path", "a\0b")), file("a", b"")], "");
    bad([gnu_name("a\0b"), file("a", b"").gnu()], "");
    bad([gnu_name(&"x".repeat(300)), file(&"x".repeat(100), b"").gnu()], "longer");
    bad([part(b'0', b"caf\xe9", b"")], "no text");
    bad([file("x", b"").with(|header| header[345..347].copy_from_slice(b".."))], "");
}

// P2, P3, P4, P5
#[test]
fn what_is_neither_file_nor_folder_is_refused() {
    for kind in [b'1', b'2'] {
        bad([part(kind, b"x", b"").linked_to(b"/etc/passwd")], "link");
        bad([file("a", b""), part(kind, b"x", b"").linked_to(b"a")], "link");
        bad([part(kind, b"x", b"").linked_to(b"/tmp"), folder("x/"), file("x/y", b"")], "link");
    }
    bad([part(b'K', b"././@LongLink", b"/etc/passwd\0").gnu(), file("x", b"")], "link");
    for kind in [b'3', b'4', b'6', b'7', b'S', b'M', b'D', b'V', b'N', b'A', b'X', b'?', 1, 0xff] {
        bad([part(kind, b"x", b"")], "neither");
    }
    bad([folder("x/").sized(5)], "content");
}

// P7, P8
#[test]
fn names_that_clash_are_refused() {
    bad([file("a", b"1"), file("a", b"2")], "twice");
    bad([file("a", b"1"), file("A", b"2")], "capitals");
    bad([file("a/x", b"1"), file("A/y", b"2")], "capitals");
    bad([file("a", b"1"), folder("a/")], "both");
    bad([file("a", b"1"), file("a/b", b"2")], "both");
    bad([file("b", b"1"), extended(&record("path", "b")), file("a", b"2")], "twice");
}

// P10, P11
#[test]
fn what_changes_the_next_entry_is_refused() {
    for (key, value) in [
        ("size", "1"),
        ("linkpath", "x"),
        ("GNU.sparse.major", "1"),
        ("GNU.sparse.name", "y"),
        ("hdrcharset", "BINARY"),
        ("SCHILY.realsize", "9"),
        ("unknown", "1"),
    ] {
        bad([extended(&record(key, value)), file("a", b"12345")], "changes");
    }
    for records in ["9 path=b", "8 path=b\n", "11 path=b\n", "path=b\n", "x", "\n", "9 path=b\n\0\0\0"] {
        bad([extended(records), file("a", b"1")], "malformed");
    }
    bad([extended(&(record("path", "b") + &record("path", "c"))), file("a", b"1")], "twice");
    for records in [record("path", "b"), record("size", "1"), "x".to_string()] {
        bad([part(b'g', b"x", records.as_bytes()), file("a", b"1")], "");
    }
    bad([gnu_name("other"), file("a", b"1").gnu()], "another");
    bad([gnu_name("a"), gnu_name("a"), file("a", b"1").gnu()], "announced");
    bad([gnu_name("a"), extended(&record("path", "b")), file("a", b"1")], "announced");
    bad([extended(""), extended(""), file("a", b"1")], "announced");
    bad([extended(&record("path", "b"))], "announced");
    bad([extended(&record("comment", &"x".repeat(70_000))), file("a", b"1")], "65536 are allowed");
}

// P12
#[test]
fn sums_must_be_right() {
    for at in 0..BLOCK {
        let mut bytes = archive([file("a", b"1")]);
        bytes[at] ^= 1;
        assert!(unpacked(&bytes, Archive::Tar).is_err(), "byte {at}");
    }
}

// P12
#[test]
fn an_archive_that_is_cut_off_anywhere_is_refused() {
    let bytes =
        archive([folder("a"), file("a/b", b"12345"), extended(&record("path", "c")), file("x", b"1")]);
    for length in 0..bytes.len() {
        assert!(unpacked(&bytes[..length], Archive::Tar).is_err(), "cut off after {length} bytes");
    }
}

// P13, P16
#[test]
fn sizes_are_kept_and_must_be_numbers() {
    bad([file("a", &[0; 1001])], "1000 are allowed");
    bad([file("a", &[0; 800]), file("b", &[0; 701])], "1500");
    bad([file("a", b"1").sized(0o77777777777)], "1000 are allowed");
    bad([file("a", b"1").sized(600)], "");
    for size in [
        &b"\x80\0\0\0\0\0\0\0\0\0\0\x01"[..],
        b"+0000000001\0",
        b"-0000000001\0",
        b"0x000000001\0",
        b"0000000008\0\0",
        b"\0\0\0\0\0\0\0\0\0\0\0\0",
        b"            ",
        b"1\x001\0\0\0\0\0\0\0\0\0",
    ] {
        bad([file("a", b"1").with(|header| header[124..136].copy_from_slice(size))], "number");
    }
    assert_eq!(
        good([file("a", b"1").with(|header| header[124..136].copy_from_slice(b"          1 "))]),
        ["a"]
    );
}

// P17
#[test]
fn there_are_not_too_many_entries() {
    let parts = |count: usize| (0..count).map(|number| file(&number.to_string(), b""));
    assert_eq!(good(parts(20)).len(), 20);
    bad(parts(21), "more than 20 entries");
    bad((0..21).map(|number| folder(&number.to_string())), "more than 20 entries");
}

// P19
#[test]
fn nothing_follows_the_end() {
    let one = archive([file("a", b"1")]);
    let filled = [&one[..], &[0; 20 * BLOCK]].concat();
    assert!(unpacked(&filled, Archive::Tar).is_ok());
    refuses(&[&one[..], &archive([file("b", b"2")])].concat(), Archive::Tar, "follows");
    refuses(&[&one[..], &[0; BLOCK - 1], b"x"].concat(), Archive::Tar, "follows");
    refuses(&[&one[..], &[0; 100]].concat(), Archive::Tar, "cut off");
    let mut gap = file("a", b"1").bytes();
    gap.extend([0; BLOCK]);
    gap.extend(archive([file("b", b"2")]));
    refuses(&gap, Archive::Tar, "follows");
}

#[test]
fn no_changed_byte_makes_it_panic() {
    let bytes = archive([
        folder("a"),
        file("a/b", b"1"),
        extended(&record("path", "c")),
        file("x", b"1"),
        gnu_name("d"),
        file("d", b"2").gnu(),
    ]);
    for at in 0..bytes.len() {
        for value in [0, 1, b'7', 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] = value;
            let _ = unpacked(&changed, Archive::Tar);
        }
    }
}
