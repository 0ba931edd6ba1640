//! Zip, good and hostile.

use super::forged_zip::*;
use super::*;

#[track_caller]
fn bad(forge: Forge, words: &str) {
    refuses(&forge.bytes(), Archive::Zip, words);
}

#[track_caller]
fn bad_entry(entry: Entry, words: &str) {
    bad(forge([stored("before", b"1"), entry, stored("after", b"2")]), words);
}

#[test]
fn files_come_out_as_they_went_in() {
    let extra = b"UT\x05\x00\x03abcdux\x03\x00\x01\x00\x00".to_vec();
    let archive = forge([
        stored("a/", b""),
        deflated("a/long.lua", &[b'x'; 900]),
        stored("b", b"").with(|entry| entry.attributes = 0),
        deflated("c", b""),
        stored("d", b"dd").both(|record| record.extra = extra.clone()),
        deflated("e", b"eee").described(),
        stored("f", b"ff").described().with(|entry| entry.descriptor = entry.descriptor.split_off(4)),
        stored("mode", b"").with(|entry| entry.attributes = 0o106777 << 16),
    ]);
    let archive = archive.with(|archive| archive.comment = b"a comment, as git writes one".to_vec());
    let expected: Vec<(String, Vec<u8>)> = [
        ("a/long.lua", &[b'x'; 900][..]),
        ("b", b""),
        ("c", b""),
        ("d", b"dd"),
        ("e", b"eee"),
        ("f", b"ff"),
        ("mode", b""),
    ]
    .map(|(name, content)| (name.to_string(), content.to_vec()))
    .into();
    assert_eq!(unpacked(&archive.bytes(), Archive::Zip).expect("it is good"), expected);
    assert_eq!(unpacked(&forge([]).bytes(), Archive::Zip).expect("it is good"), []);
}

#[test]
fn entries_may_be_listed_in_any_order() {
    let archive =
        forge([stored("a", b"1"), stored("b", b"22")]).with(|archive| archive.order = Order::Backwards);
    assert_eq!(unpacked(&archive.bytes(), Archive::Zip).expect("it is good").len(), 2);
}

// P1, P9
#[test]
fn names_that_lead_elsewhere_are_refused() {
    let long = "x".repeat(300);
    let deep = "d/".repeat(1000) + "x";
    for name in [
        "../../x",
        "a/../../x",
        "/abs",
        "C:\\x",
        "a\\..\\b",
        "a\0b",
        "a\nb",
        "./a",
        "a/./b",
        "a//b",
        "//",
        "/",
        "",
        "a.",
        "a ",
        "a./b",
        "\u{1b}[31m",
        "..",
        "../",
        &long,
        &deep,
    ] {
        bad_entry(stored(name, b""), "");
    }
    bad_entry(stored("x", b"").both(|record| record.name = b"caf\xe9".to_vec()), "no text");
}

// P2, P3, P4, P5
#[test]
fn what_is_neither_file_nor_folder_is_refused() {
    for kind in [0o120777, 0o060644, 0o020644, 0o010644, 0o140644, 0o040755] {
        bad_entry(stored("x", b"../../etc/passwd").with(|entry| entry.attributes = kind << 16), "link");
    }
    bad_entry(stored("x/", b"").with(|entry| entry.attributes = 0o100644 << 16), "link");
    bad_entry(stored("x/", b"").with(|entry| entry.attributes = 0o120777 << 16), "link");
    bad_entry(stored("x", b"").with(|entry| entry.attributes = 0x10), "folder");
    bad_entry(stored("x/", b"content"), "folder");
    // Also when it says that it was made elsewhere than on Unix.
    let link = |entry: &mut Entry| (entry.attributes, entry.made_by) = (0o120777 << 16, 20);
    bad_entry(stored("x", b"y").with(link), "link");
}

// P7, P8
#[test]
fn names_that_clash_are_refused() {
    bad(forge([stored("a", b"1"), stored("a", b"2")]), "twice");
    bad(forge([stored("a/", b""), stored("a/", b"")]), "twice");
    bad(forge([stored("a", b"1"), stored("A", b"2")]), "capitals");
    bad(forge([stored("a/x", b"1"), stored("A/y", b"2")]), "capitals");
    bad(forge([stored("a", b"1"), stored("a/b", b"2")]), "both");
    bad(forge([stored("a/b", b"1"), stored("a", b"2")]), "both");
    bad(forge([stored("a", b"1"), stored("a/", b"")]), "both");
}

// P12
#[test]
fn an_archive_that_is_cut_off_anywhere_is_refused() {
    let archive = forge([stored("a", b"1"), deflated("b", b"22222"), stored("c", b"3").described()]).bytes();
    for length in 0..archive.len() {
        assert!(unpacked(&archive[..length], Archive::Zip).is_err(), "cut off after {length} bytes");
    }
    for skipped in 1..archive.len() {
        assert!(unpacked(&archive[skipped..], Archive::Zip).is_err(), "begins after {skipped} bytes");
    }
}

// P13, P16
#[test]
fn sizes_are_kept_and_must_be_true() {
    bad_entry(stored("x", &[0; 1001]), "1000 are allowed");
    bad_entry(deflated("x", &[0; 1001]), "1000 are allowed");
    bad(forge([stored("a", &[0; 800]), stored("b", &[0; 701])]), "1500");
    // A bomb that says that it is small, and one that says it is large.
    bad_entry(deflated("x", &vec![0; 100_000]).both(|record| record.unpacked = 5), "damaged");
    bad_entry(deflated("x", b"12345").both(|record| record.unpacked = 999), "damaged");
    bad_entry(stored("x", b"12345").both(|record| record.unpacked = 6), "damaged");
    bad_entry(stored("x", b"12345").both(|record| record.unpacked = 4), "damaged");
    bad_entry(stored("x", b"12345").both(|record| record.packed = 4), "follow");
    bad_entry(stored("x", b"12345").both(|record| record.packed = 6), "overlaps");
    bad_entry(stored("x", b"12345").both(|record| record.packed = u32::MAX), "overlaps");
    bad_entry(stored("x", b"12345").both(|record| record.unpacked = u32::MAX), "1000 are allowed");
    bad_entry(stored("x", b"12345").both(|record| record.sum ^= 1), "damaged");
    bad_entry(deflated("x", b"12345").both(|record| record.sum ^= 1), "damaged");
    // Garbage, and bytes after the end of the compressed content.
    bad_entry(deflated("x", b"12345").with(|entry| entry.packed[0] = 0xff), "damaged");
    let longer = deflated("x", b"12345").with(|entry| entry.packed.push(0)).both(|record| record.packed += 1);
    bad_entry(longer, "damaged");
}

// P14
#[test]
fn entries_that_overlap_are_refused() {
    // Two entries of the list share one content.
    bad(forge([stored("a", b"1"), stored("a", b"1").with(|entry| entry.start = Some(0))]), "");
    let bomb =
        forge((0..5).map(|number| stored(&number.to_string(), b"11").with(|entry| entry.start = Some(0))));
    bad(bomb, "");
    // One content reaches over the next entry.
    let wide = stored("a", b"1").both(|record| (record.packed, record.unpacked) = (40, 40));
    bad(forge([wide, stored("b", &[b'2'; 60])]), "");
    // An entry hidden inside another one's content.
    let inner = forge([stored("b", b"2")]).bytes();
    bad(forge([stored("a", &inner), stored("b", b"2").with(|entry| entry.start = Some(31))]), "");
}

// P15
#[test]
fn what_the_list_and_the_entry_say_must_agree() {
    bad_entry(stored("x", b"1").with(|entry| entry.local.name = b"y".to_vec()), "disagree");
    bad_entry(stored("x", b"1").with(|entry| entry.local.name = b"../x".to_vec()), "disagree");
    bad_entry(stored("x", b"1").with(|entry| entry.local.unpacked = 2), "disagree");
    bad_entry(stored("x", b"1").with(|entry| entry.local.packed = 0), "disagree");
    bad_entry(stored("x", b"1").with(|entry| entry.local.sum = 0), "disagree");
    bad_entry(stored("x", b"1").with(|entry| entry.local.flags = 1), "disagree");
    bad_entry(deflated("x", b"1").with(|entry| entry.local.method = 0), "disagree");
    let hidden = stored("hidden", b"2").with(|entry| entry.listing = Listing::Hidden);
    bad(forge([stored("a", b"1"), hidden.clone()]), "follow");
    bad(forge([hidden, stored("a", b"1")]), "before");
}

// P16, P18
#[test]
fn what_is_unusual_is_refused() {
    for flag in [0, 4, 5, 6, 7, 9, 12, 13, 15] {
        bad_entry(stored("x", b"1").both(|record| record.flags = 1 << flag), "flags");
    }
    for method in [1, 6, 9, 12, 14, 93, 95, 99, u16::MAX] {
        bad_entry(stored("x", b"1").both(|record| record.method = method), "method");
    }
    // 64-bit sizes, another name, encryption, a field that is longer than all of them, half a field.
    for extra in
        [&b"\x01\x00\x08\x0012345678"[..], b"\x75\x70\x01\x00x", b"\x01\x99\x00\x00", b"UT\x09\x00x", b"UT"]
    {
        bad_entry(stored("x", b"1").both(|record| record.extra = extra.to_vec()), "extra");
        bad_entry(stored("x", b"1").with(|entry| entry.local.extra = extra.to_vec()), "extra");
        bad_entry(stored("x", b"1").with(|entry| entry.listed.extra = extra.to_vec()), "extra");
    }
    bad_entry(stored("x", b"1").with(|entry| entry.disk = 1), "cut off");
}

#[test]
fn what_follows_the_content_must_be_its_sizes() {
    for at in 0..16 {
        bad_entry(stored("x", b"12345").described().with(|entry| entry.descriptor[at] ^= 1), "follow");
    }
    bad_entry(stored("x", b"1").described().with(|entry| entry.descriptor.clear()), "follow");
    bad_entry(stored("x", b"1").described().with(|entry| entry.descriptor.push(0)), "follow");
    let announced = stored("x", b"1").described().both(|record| record.flags = 0);
    bad_entry(announced, "disagree");
}

// P17
#[test]
fn there_are_not_too_many_entries() {
    let names: Vec<String> = (0..21).map(|number| number.to_string()).collect();
    assert_eq!(
        unpacked(&forge(names[1..].iter().map(|name| stored(name, b""))).bytes(), Archive::Zip)
            .expect("it is good")
            .len(),
        20
    );
    bad(forge(names.iter().map(|name| stored(name, b""))), "20 are allowed");
    bad(forge([stored("a", b"1")]).with(|archive| archive.count = Some(2)), "cut off");
    bad(
        forge([stored("a", b"1"), stored("b", b"2")]).with(|archive| archive.count = Some(1)),
        "more entries",
    );
    bad(forge([stored("a", b"1")]).with(|archive| archive.count = Some(u16::MAX)), "allowed");
}

/// The numbers of disks, of the entries on this one and on all, and where the list is.
#[test]
fn the_end_must_fit_the_file() {
    let archive = forge([stored("a", b"1")]).bytes();
    for at in [4, 5, 6, 7, 8, 10, 12, 13, 16, 17, 19] {
        let mut changed = archive.clone();
        let from = archive.len() - 22;
        changed[from + at] ^= 2;
        refuses(&changed, Archive::Zip, "does not fit");
    }
}

// P19
#[test]
fn nothing_stands_around_an_archive() {
    bad(forge([stored("a", b"1")]).with(|archive| archive.after = vec![0]), "after it");
    bad(forge([stored("a", b"1")]).with(|archive| archive.before = b"#!/bin/sh\n".to_vec()), "before");
    bad(forge([stored("a", b"1")]).with(|archive| archive.between = vec![0; 5]), "follow");
    let one = forge([stored("a", b"1")]).bytes();
    refuses(&[&one[..], &one].concat(), Archive::Zip, "fit");
    // The end of another archive in the comment.
    bad(forge([stored("a", b"1")]).with(|archive| archive.comment = forge([]).bytes()), "clear");
}

// P20
#[test]
fn an_archive_in_an_archive_stays_one() {
    let inner = forge([stored("x", b"1")]).bytes();
    let files = unpacked(&forge([stored("inner.zip", &inner)]).bytes(), Archive::Zip).expect("it is good");
    assert_eq!(files, [("inner.zip".to_string(), inner)]);
}

#[test]
fn no_changed_byte_makes_it_panic_or_adds_a_file() {
    let archive =
        forge([stored("a", b"1"), deflated("b/c", b"22222"), stored("d", b"3").described()]).bytes();
    for at in 0..archive.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff, archive[at] ^ 1, archive[at] ^ 0x20] {
            let mut changed = archive.clone();
            changed[at] = value;
            if let Ok(files) = unpacked(&changed, Archive::Zip) {
                assert_eq!(files.len(), 3, "byte {at} as {value}");
            }
        }
    }
}
