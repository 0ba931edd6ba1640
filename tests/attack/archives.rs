//! Archives: each is unpacked, and then installed from a folder of rocks into an environment, which must stay
//! as it was.

use std::fs;
use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bioxen_lua::testing::unpack;
use bioxen_lua::{Environments, Error, InstallOptions, Repository};
use flate2::{Compress, Compression, FlushCompress};

use crate::case::{Case, Ending, Stage};
use crate::row::{Numbers, alone, holding, of_refusal, taking};
use crate::shared::forged_tar::{BLOCK, Part, archive, extended, file, folder, gnu_name, part, record};
use crate::shared::forged_zip::{Entry, Forge, Listing, deflated, forge, stored};
use crate::shared::rocks::everything;

/// What the rules for archives let in memory.
const CEILING: u64 = 64 << 20;

/// Packed by whom.
#[derive(Clone, Copy)]
enum Format {
    Zip,
    Tar,
    TarGz,
}
use Format::{Tar, TarGz, Zip};

/// Name, how it is packed, its bytes, and words of the refusal.
type Row = (&'static str, Format, fn() -> Vec<u8>, &'static str);

fn tar(parts: impl IntoIterator<Item = Part>) -> Vec<u8> {
    archive([folder("x-1.0"), file("x-1.0/x.lua", b"return 1")].into_iter().chain(parts))
}

fn named(name: &str) -> Vec<u8> {
    tar([file(name, b"x")])
}

fn posix(key: &str, value: &str) -> Vec<u8> {
    tar([extended(&record(key, value)), file("x-1.0/a", b"12345")])
}

/// With what makes it a rock that could be installed.
fn rock(entries: impl IntoIterator<Item = Entry>) -> Forge {
    let manifest = stored("rock_manifest", b"rock_manifest = {}\n");
    forge([stored("x-1.0-1.rockspec", rockspec().as_bytes()), manifest].into_iter().chain(entries))
}

fn zip(entries: impl IntoIterator<Item = Entry>) -> Vec<u8> {
    rock(entries).bytes()
}

fn zipped(name: &str) -> Vec<u8> {
    zip([stored("before", b"1"), stored(name, b"x"), stored("after", b"2")])
}

fn changed(change: impl Fn(&mut Entry)) -> Vec<u8> {
    zip([stored("before", b"1"), stored("a", b"12345").with(change), stored("after", b"2")])
}

fn kind(name: &str, attributes: u32) -> Vec<u8> {
    zip([stored(name, b"../../canary").with(|entry| entry.attributes = attributes << 16)])
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// Ten gibibytes of zeros in ten mebibytes: the same block again and again.
fn bomb() -> Vec<u8> {
    let mut bytes = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3];
    let mut compress = Compress::new(Compression::best(), false);
    let zeros = vec![0; 1 << 20];
    for times in [1, 10 << 10] {
        let mut block = Vec::with_capacity(1 << 16);
        compress.compress_vec(&zeros, &mut block, FlushCompress::Sync).expect("memory takes it");
        bytes.extend(block.repeat(times));
    }
    bytes
}

const NAMES: &[Row] = &[
    ("P01_tar_up", Tar, || named("../../x"), "`.` or `..`"),
    ("P01_tar_in_and_up", Tar, || named("a/../../x"), "`.` or `..`"),
    ("P01_tar_absolute", Tar, || named("/abs"), "begins with `/`"),
    ("P01_tar_drive", Tar, || named("C:\\x"), "`\\` or `:`"),
    ("P01_tar_backslashes", Tar, || named("a\\..\\b"), "`\\` or `:`"),
    ("P01_tar_up_by_posix", Tar, || posix("path", "../../x"), "`.` or `..`"),
    ("P01_tar_up_by_gnu", Tar, || tar([gnu_name("../../x"), file("../../x", b"").gnu()]), "`.` or `..`"),
    (
        "P01_tar_up_by_prefix",
        Tar,
        || tar([file("x", b"").with(|header| header[345..347].copy_from_slice(b".."))]),
        "`.` or `..`",
    ),
    ("P01_zip_up", Zip, || zipped("../../x"), "`.` or `..`"),
    ("P01_zip_in_and_up", Zip, || zipped("a/../../x"), "`.` or `..`"),
    ("P01_zip_absolute", Zip, || zipped("/abs"), "begins with `/`"),
    ("P01_zip_drive", Zip, || zipped("C:\\x"), "`\\` or `:`"),
    ("P01_zip_backslashes", Zip, || zipped("a\\..\\b"), "`\\` or `:`"),
    ("P09_tar_zero_byte", Tar, || posix("path", "a\0b"), "printable"),
    ("P09_tar_newline", Tar, || named("a\nb"), "printable"),
    ("P09_tar_escape", Tar, || named("\u{1b}[2J"), "printable"),
    ("P09_tar_no_text", Tar, || tar([part(b'0', b"caf\xe9", b"")]), "no text"),
    ("P09_tar_dot", Tar, || named("./a"), "`.` or `..`"),
    ("P09_tar_empty_part", Tar, || named("a//b"), "empty"),
    ("P09_tar_no_name", Tar, || named(""), "no name"),
    ("P09_tar_trailing_dot", Tar, || named("a."), "space or dot"),
    ("P09_tar_trailing_space", Tar, || named("a "), "space or dot"),
    ("P09_tar_300_bytes", Tar, || posix("path", &"x".repeat(300)), "longer than 255"),
    ("P09_tar_4_kib", Tar, || posix("path", &"x/".repeat(2048)), "longer than 255"),
    ("P09_tar_50_folders", Tar, || named(&("d/".repeat(49) + "x")), "15 folders"),
    ("P09_tar_composed_letters", Tar, || posix("path", "e\u{301}"), "printable"),
    ("P09_zip_zero_byte", Zip, || zipped("a\0b"), "printable"),
    ("P09_zip_newline", Zip, || zipped("a\nb"), "printable"),
    ("P09_zip_escape", Zip, || zipped("\u{1b}]0;x\u{7}"), "printable"),
    ("P09_zip_text_that_turns", Zip, || zipped("\u{202e}aul.x"), "printable"),
    (
        "P09_zip_no_text",
        Zip,
        || zip([stored("x", b"").both(|record| record.name = b"caf\xe9".to_vec())]),
        "no text",
    ),
    ("P09_zip_no_name", Zip, || zipped(""), "no name"),
    ("P09_zip_trailing_dot", Zip, || zipped("a./b"), "space or dot"),
    ("P09_zip_300_bytes", Zip, || zipped(&"x".repeat(300)), "longer than 255"),
    ("P09_zip_a_thousand_folders", Zip, || zipped(&("d/".repeat(1000) + "x")), "longer than 255"),
];

const KINDS: &[Row] = &[
    (
        "P02_tar_link_out",
        Tar,
        || tar([part(b'2', b"x-1.0/l", b"").linked_to(b"/etc"), file("x-1.0/l/passwd", b"x")]),
        "link",
    ),
    ("P02_tar_link_within", Tar, || tar([part(b'2', b"x-1.0/l", b"").linked_to(b"x.lua")]), "link"),
    ("P02_zip_link_out", Zip, || kind("l", 0o120777), "link"),
    (
        "P02_zip_link_made_elsewhere",
        Zip,
        || changed(|entry| (entry.attributes, entry.made_by) = (0o120777 << 16, 20)),
        "link",
    ),
    ("P03_tar_hard_link_out", Tar, || tar([part(b'1', b"x-1.0/l", b"").linked_to(b"/etc/passwd")]), "link"),
    (
        "P03_tar_hard_link_within",
        Tar,
        || tar([part(b'1', b"x-1.0/l", b"").linked_to(b"x-1.0/x.lua")]),
        "link",
    ),
    (
        "P03_tar_long_link",
        Tar,
        || tar([part(b'K', b"././@LongLink", b"/etc/passwd\0").gnu(), file("x", b"")]),
        "link",
    ),
    (
        "P04_tar_folder_over_a_link",
        Tar,
        || tar([part(b'2', b"x-1.0/l", b"").linked_to(b"/tmp"), folder("x-1.0/l/")]),
        "link",
    ),
    (
        "P04_zip_folder_over_a_link",
        Zip,
        || zip([stored("l", b"/tmp").with(|entry| entry.attributes = 0o120777 << 16), stored("l/", b"")]),
        "link",
    ),
    ("P05_tar_character_device", Tar, || tar([part(b'3', b"x", b"")]), "neither"),
    ("P05_tar_block_device", Tar, || tar([part(b'4', b"x", b"")]), "neither"),
    ("P05_tar_pipe", Tar, || tar([part(b'6', b"x", b"")]), "neither"),
    ("P05_tar_sparse", Tar, || tar([part(b'S', b"x", b"").gnu()]), "neither"),
    ("P05_tar_multi_volume", Tar, || tar([part(b'M', b"x", b"").gnu()]), "neither"),
    ("P05_tar_contiguous", Tar, || tar([part(b'7', b"x", b"")]), "neither"),
    ("P05_tar_unknown", Tar, || tar([part(b'?', b"x", b"")]), "neither"),
    ("P05_tar_folder_with_content", Tar, || tar([folder("x-1.0/f").sized(5)]), "content"),
    ("P05_zip_device", Zip, || kind("d", 0o020644), "link, a device"),
    ("P05_zip_pipe", Zip, || kind("p", 0o010644), "link, a device"),
    ("P05_zip_file_as_folder", Zip, || kind("f/", 0o100644), "link, a device"),
    ("P05_zip_folder_with_content", Zip, || zip([stored("f/", b"content")]), "content"),
    ("P07_tar_twice", Tar, || tar([file("x-1.0/a", b"1"), file("x-1.0/a", b"2")]), "twice"),
    ("P07_tar_capitals", Tar, || tar([file("x-1.0/a", b"1"), file("x-1.0/A", b"2")]), "capitals"),
    (
        "P07_tar_twice_by_posix",
        Tar,
        || tar([file("x-1.0/b", b"1"), extended(&record("path", "x-1.0/b")), file("a", b"2")]),
        "twice",
    ),
    ("P07_zip_twice", Zip, || zip([stored("a", b"1"), stored("a", b"2")]), "twice"),
    ("P07_zip_two_rockspecs", Zip, || zip([stored("x-1.0-1.rockspec", b"evil = 1")]), "twice"),
    (
        "P07_zip_folders_that_differ_in_capitals",
        Zip,
        || zip([stored("a/x", b"1"), stored("A/y", b"2")]),
        "capitals",
    ),
    ("P08_tar_file_and_folder", Tar, || tar([file("x-1.0/a", b"1"), folder("x-1.0/a")]), "both"),
    ("P08_tar_file_and_below", Tar, || tar([file("x-1.0/a", b"1"), file("x-1.0/a/b", b"2")]), "both"),
    ("P08_zip_file_and_folder", Zip, || zip([stored("a", b"1"), stored("a/", b"")]), "both"),
    ("P08_zip_below_and_file", Zip, || zip([stored("a/b", b"1"), stored("a", b"2")]), "both"),
];

const LIES: &[Row] = &[
    ("P10_posix_size", Tar, || posix("size", "1"), "changes"),
    ("P10_posix_sparse_size", Tar, || posix("GNU.sparse.realsize", "1"), "changes"),
    ("P10_posix_real_size", Tar, || posix("SCHILY.realsize", "9"), "changes"),
    (
        "P10_posix_for_all",
        Tar,
        || tar([part(b'g', b"g", record("size", "1").as_bytes()), file("a", b"1")]),
        "for all",
    ),
    (
        "P10_posix_path_for_all",
        Tar,
        || tar([part(b'g', b"g", record("path", "b").as_bytes()), file("a", b"1")]),
        "for all",
    ),
    ("P10_gnu_name_of_another", Tar, || tar([gnu_name("other"), file("a", b"1").gnu()]), "another entry"),
    (
        "P10_two_names",
        Tar,
        || tar([gnu_name("a"), extended(&record("path", "b")), file("a", b"1")]),
        "announced",
    ),
    ("P11_posix_without_an_end", Tar, || tar([extended("9 path=b"), file("a", b"1")]), "malformed"),
    ("P11_posix_too_long", Tar, || tar([extended("99 path=b\n"), file("a", b"1")]), "malformed"),
    (
        "P11_posix_endless_number",
        Tar,
        || tar([extended("99999999999999999999999 path=b\n"), file("a", b"1")]),
        "malformed",
    ),
    ("P11_posix_without_a_number", Tar, || tar([extended("path=b\n"), file("a", b"1")]), "malformed"),
    (
        "P11_posix_twice",
        Tar,
        || tar([extended(&(record("path", "b") + &record("path", "c"))), file("a", b"1")]),
        "twice",
    ),
    ("P11_posix_of_70_kb", Tar, || posix("comment", &"x".repeat(70_000)), "65536 are allowed"),
    ("P11_posix_before_nothing", Tar, || tar([extended(&record("path", "b"))]), "announced"),
    (
        "P12_wrong_sum",
        Tar,
        || {
            let mut bytes = named("a");
            bytes[150] ^= 1;
            bytes
        },
        "sum",
    ),
    ("P16_tar_size_in_base_256", Tar, || sized(b"\x80\0\0\0\0\0\0\0\0\0\0\x01"), "no number"),
    ("P16_tar_negative_size", Tar, || sized(b"-0000000001\0"), "no number"),
    ("P16_tar_size_of_8_gib", Tar, || tar([file("x-1.0/a", b"1").sized(0o77777777777)]), "are allowed"),
    (
        "P14_zip_one_content_for_all",
        Zip,
        || zip((0..50).map(|at| stored(&at.to_string(), b"11").with(|entry| entry.start = Some(0)))),
        "",
    ),
    (
        "P14_zip_content_over_the_next",
        Zip,
        || {
            zip([
                stored("a", b"1").both(|record| (record.packed, record.unpacked) = (40, 40)),
                stored("b", &[b'2'; 60]),
            ])
        },
        "",
    ),
    (
        "P14_zip_an_entry_within_another",
        Zip,
        || {
            let start = zip_start() + 31;
            let inner = forge([stored("b", b"2")]).bytes();
            zip([stored("a", &inner), stored("b", b"2").with(|entry| entry.start = Some(start))])
        },
        "",
    ),
    ("P15_names_differ", Zip, || changed(|entry| entry.local.name = b"b".to_vec()), "disagree"),
    ("P15_name_leads_out_in_one", Zip, || changed(|entry| entry.local.name = b"../x".to_vec()), "disagree"),
    ("P15_sizes_differ", Zip, || changed(|entry| entry.local.unpacked = 2), "disagree"),
    ("P15_sums_differ", Zip, || changed(|entry| entry.local.sum = 0), "disagree"),
    ("P15_methods_differ", Zip, || changed(|entry| entry.local.method = 8), "disagree"),
    ("P15_flags_differ", Zip, || changed(|entry| entry.local.flags = 2), "disagree"),
    (
        "P15_an_entry_that_is_not_listed",
        Zip,
        || zip([stored("hidden", b"2").with(|entry| entry.listing = Listing::Hidden), stored("a", b"1")]),
        "follow",
    ),
    ("P16_sizes_of_64_bits", Zip, || extra(b"\x01\x00\x08\x0012345678"), "extra"),
    ("P16_another_name", Zip, || extra(b"\x75\x70\x01\x00x"), "extra"),
    ("P16_half_a_field", Zip, || extra(b"UT\x09\x00x"), "extra"),
    ("P16_wrong_sum", Zip, || zip([stored("a", b"1").both(|record| record.sum ^= 1)]), "damaged"),
    ("P16_encrypted", Zip, || zip([stored("a", b"1").both(|record| record.flags = 1)]), "encrypted"),
    ("P16_unknown_method", Zip, || zip([stored("a", b"1").both(|record| record.method = 99)]), "method 99"),
    (
        "P16_a_descriptor_that_lies",
        Zip,
        || zip([stored("a", b"1").described().with(|entry| entry.descriptor[8] ^= 1), stored("b", b"2")]),
        "follow",
    ),
    (
        "P16_size_that_is_too_small",
        Zip,
        || zip([deflated("a", &vec![0; 100_000]).both(|record| record.unpacked = 5)]),
        "damaged",
    ),
    (
        "P16_size_of_4_gib",
        Zip,
        || zip([stored("a", b"1").both(|record| record.unpacked = u32::MAX)]),
        "are allowed",
    ),
    ("P16_on_another_disk", Zip, || zip([stored("a", b"1").with(|entry| entry.disk = 1)]), "cut off"),
    ("P18_zstd", Zip, || zip([stored("a", b"1").both(|record| record.method = 93)]), "method 93"),
    ("P18_lzma", Zip, || zip([stored("a", b"1").both(|record| record.method = 14)]), "method 14"),
    (
        "P17_fewer_than_it_says",
        Zip,
        || rock([]).with(|forge| forge.count = Some(u16::MAX)).bytes(),
        "are allowed",
    ),
    ("P17_more_than_it_says", Zip, || rock([]).with(|forge| forge.count = Some(1)).bytes(), "more entries"),
    ("P19_zip_bytes_after", Zip, || rock([]).with(|forge| forge.after = vec![0]).bytes(), "after it"),
    (
        "P19_zip_bytes_before",
        Zip,
        || rock([]).with(|forge| forge.before = b"#!/bin/sh\n".to_vec()).bytes(),
        "before",
    ),
    ("P19_zip_bytes_between", Zip, || rock([]).with(|forge| forge.between = vec![0; 5]).bytes(), "follow"),
    ("P19_zip_two_in_one", Zip, || [zip([]), zip([])].concat(), "fit"),
    (
        "P19_zip_another_end_in_the_comment",
        Zip,
        || rock([]).with(|forge| forge.comment = forge_of_nothing()).bytes(),
        "clear",
    ),
    ("P19_tar_two_in_one", Tar, || [tar([]), tar([])].concat(), "follows"),
    ("P19_tar_bytes_after", Tar, || [&tar([])[..], &[0; BLOCK - 1], b"x"].concat(), "follows"),
    ("P19_gzip_two_in_one", TarGz, || [gzip(&tar([])), gzip(&tar([]))].concat(), "follow its end"),
    ("P19_gzip_bytes_after", TarGz, || [&gzip(&tar([]))[..], b"x"].concat(), "follow its end"),
    (
        "P12_gzip_wrong_sum",
        TarGz,
        || {
            let mut bytes = gzip(&tar([]));
            let at = bytes.len() - 8;
            bytes[at] ^= 1;
            bytes
        },
        "damaged",
    ),
    (
        "P12_gzip_wrong_length",
        TarGz,
        || {
            let mut bytes = gzip(&tar([]));
            let at = bytes.len() - 1;
            bytes[at] ^= 1;
            bytes
        },
        "damaged",
    ),
    ("P34_zip_bytecode", Zip, || zip([stored("lua/x.lua", b"\x1bLua\x54\0")]), "compiled Lua"),
    (
        "P34_zip_bytecode_behind_a_mark",
        Zip,
        || zip([stored("lua/x.lua", b"\xef\xbb\xbf#!lua\n\x1bLua\x54\0")]),
        "compiled Lua",
    ),
    (
        "P34_tar_bytecode",
        Tar,
        || archive([folder("x-1.0"), file("x-1.0/x.lua", b"\x1bLJ\x02")]),
        "compiled Lua",
    ),
];

/// Of which memory is what they are after.
const BOMBS: &[Row] = &[
    ("P13_gzip_of_ten_gibibytes", TarGz, bomb, "unpacks to more than"),
    (
        "P13_gzip_of_a_large_file",
        TarGz,
        || gzip(&tar([file("x-1.0/a", &vec![0; 17 << 20])])),
        "are allowed for a file",
    ),
    ("P13_zip_of_a_large_file", Zip, || zip([deflated("a", &vec![0; 17 << 20])]), "are allowed for a file"),
    (
        "P13_zip_of_many_large_files",
        Zip,
        || {
            let one = deflated("a", &vec![0; 15 << 20]);
            zip((0..5).map(|at| one.clone().both(|record| record.name = format!("{at}").into_bytes())))
        },
        "the files have more than",
    ),
    (
        "P17_tar_of_10001_folders",
        Tar,
        || tar((0..10_001).map(|at| folder(&format!("x-1.0/{at}")))),
        "more than 10000 entries",
    ),
    (
        "P17_zip_of_10001_files",
        Zip,
        || zip((0..10_001).map(|at| stored(&at.to_string(), b""))),
        "10000 are allowed",
    ),
    (
        "P17_zip_of_65535_files",
        Zip,
        || zip((0..65_533).map(|at| stored(&at.to_string(), b""))),
        "10000 are allowed",
    ),
];

fn sized(field: &'static [u8]) -> Vec<u8> {
    tar([file("x-1.0/a", b"1").with(|header| header[124..136].copy_from_slice(field))])
}

fn extra(field: &'static [u8]) -> Vec<u8> {
    zip([stored("a", b"1").both(|record| record.extra = field.to_vec())])
}

fn forge_of_nothing() -> Vec<u8> {
    forge([]).bytes()
}

/// Where the first entry begins behind what makes a rock.
fn zip_start() -> u32 {
    let with = forge([
        stored("x-1.0-1.rockspec", rockspec().as_bytes()),
        stored("rock_manifest", b"rock_manifest = {}\n"),
    ]);
    let local = |entry: &Entry| 30 + entry.local.name.len() + entry.packed.len();
    with.entries.iter().map(local).sum::<usize>() as u32
}

pub fn cases() -> Vec<Case> {
    let rows = NAMES.iter().chain(KINDS).chain(LIES).map(|row| of(*row));
    let bombs = BOMBS.iter().map(|row| holding(taking(of(*row), Duration::from_secs(10)), 4 * CEILING));
    rows.chain(harmless()).chain(bombs).chain(sweeps()).map(alone).collect()
}

fn of((name, format, bytes, words): Row) -> Case {
    Case::new(name, "error ArchiveUnsafe", move |stage| {
        let bytes = bytes();
        let ending = match unpack(file_name(format), &bytes) {
            Ok(files) => return Ok(Ending::fine(format!("it was unpacked: {:?}", files.keys()))),
            Err(error) => of_refusal(&error, words)?,
        };
        match installed(stage, format, &bytes)? {
            Ok(()) => Ok(Ending::fine("it was installed")),
            Err(error) => {
                of_refusal(&error, words).map(|other| ensure_same(&ending, &other).map(|()| other))?
            }
        }
    })
}

fn ensure_same(one: &Ending, other: &Ending) -> Result<()> {
    ensure!(one.kind == other.kind, "unpacked it ends as `{}`, installed as `{}`", one.kind, other.kind);
    Ok(())
}

fn file_name(format: Format) -> &'static str {
    match format {
        Zip => "x-1.0-1.all.rock",
        Tar => "x-1.0.tar",
        TarGz => "x-1.0.tar.gz",
    }
}

fn rockspec() -> String {
    rockspec_of("x-1.0.tar")
}

fn rockspec_of(source: &str) -> String {
    format!(
        "package = 'x'\nversion = '1.0-1'\nsource = {{ url = 'https://example.org/{source}' }}\n\
         build = {{ type = 'builtin', modules = {{ x = 'x.lua' }} }}\n"
    )
}

/// Installs a rock that is an archive, or that has one inside. What was there must be as before.
fn installed(stage: &Stage, format: Format, bytes: &[u8]) -> Result<Result<(), Error>> {
    let (home, shelf) = (stage.work.join("home"), stage.work.join("shelf"));
    fs::create_dir_all(&shelf)?;
    let spec = rockspec_of(file_name(format));
    let (arch, rock) = match format {
        Zip => ("all", bytes.to_vec()),
        Tar | TarGz => {
            let inside = [stored("x-1.0-1.rockspec", spec.as_bytes()), stored(file_name(format), bytes)];
            ("src", forge(inside).bytes())
        }
    };
    fs::write(shelf.join(format!("x-1.0-1.{arch}.rock")), rock)?;
    fs::write(shelf.join("x-1.0-1.rockspec"), spec)?;
    let list = format!("['1.0-1'] = {{ {{ arch = '{arch}' }}, {{ arch = 'rockspec' }} }}");
    fs::write(
        shelf.join("manifest-5.4"),
        format!("commands = {{}} modules = {{}} repository = {{ x = {{ {list} }} }}"),
    )?;
    let environments = Environments::open(stage.engine, &home)?;
    let address = shelf.to_str().context("a path that is text")?;
    environments.repositories().add(Repository::new("shelf", address)?).wait()?;
    let environment = environments.create("target").wait()?;
    let before = everything(&home);
    let result = environment.install(&["x".parse()?], InstallOptions::default()).wait().map(drop);
    if result.is_err() {
        let now = everything(&home);
        let new: Vec<_> =
            now.iter().filter(|name| !before.contains(name) && !name.starts_with("cache")).collect();
        ensure!(new.is_empty(), "left behind: {new:?}");
        ensure!(environment.verify().wait()?.is_empty(), "the environment was changed");
    }
    Ok(result)
}

/// One good archive, changed in each place. The first that is taken is named.
fn sweeps() -> Vec<Case> {
    let good_tar = || {
        let long = extended(&record("path", "x-1.0/c"));
        tar([
            file("x-1.0/b", b"12345"),
            long,
            file("x", b"1"),
            gnu_name("x-1.0/d"),
            file("x-1.0/d", b"2").gnu(),
        ])
    };
    let good_zip = || zip([stored("a", b"1"), deflated("b/c", b"22222"), stored("d", b"3").described()]);
    let cut = |name: &'static str, format: Format, bytes: fn() -> Vec<u8>| {
        sweep(name, move |_| {
            let bytes = bytes();
            unpack(file_name(format), &bytes)?;
            for length in 0..bytes.len() {
                ensure!(unpack(file_name(format), &bytes[..length]).is_err(), "cut off after {length} bytes");
            }
            Ok(())
        })
    };
    vec![
        cut("P12_tar_cut_off_anywhere", Tar, good_tar),
        cut("P12_zip_cut_off_anywhere", Zip, good_zip),
        cut("P12_gzip_cut_off_anywhere", TarGz, || gzip(&tar([file("x-1.0/b", b"12345")]))),
        sweep("P12_tar_every_bit_of_a_header", |_| {
            let files = unpack("x.tar", &tar([]))?;
            for bit in 0..BLOCK * 8 {
                let mut bytes = tar([]);
                bytes[bit / 8] ^= 1 << (bit % 8);
                // A digit of the sum may become a space, which is the same number.
                if let Ok(other) = unpack("x.tar", &bytes) {
                    ensure!(other == files, "bit {bit}: {:?}", other.keys());
                }
            }
            Ok(())
        }),
        sweep("P15_zip_every_bit", move |_| {
            let good = good_zip();
            let files = unpack("x.zip", &good)?;
            for bit in 0..good.len() * 8 {
                let mut bytes = good.clone();
                bytes[bit / 8] ^= 1 << (bit % 8);
                // Times, versions and owners may be any; contents and their number may not change unseen.
                if let Ok(other) = unpack("x.zip", &bytes) {
                    ensure!(other.values().eq(files.values()), "bit {bit}: {:?}", other.keys());
                }
            }
            Ok(())
        }),
        sweep("P07_random_changes_of_archives", move |_| {
            let mut numbers = Numbers(7);
            for (name, good) in
                [("x.zip", good_zip()), ("x.tar", good_tar()), ("x.tar.gz", gzip(&good_tar()))]
            {
                for _ in 0..5_000 {
                    let mut bytes = good.clone();
                    for _ in 0..=numbers.below(6) {
                        let at = numbers.below(bytes.len());
                        bytes[at] = numbers.next() as u8;
                    }
                    let Ok(files) = unpack(name, &bytes) else { continue };
                    let plain = |path: &String| !path.split('/').any(|part| ["", ".", ".."].contains(&part));
                    ensure!(files.keys().all(plain), "{:?}", files.keys());
                }
            }
            Ok(())
        }),
    ]
}

fn sweep(name: &'static str, check: impl Fn(&Stage) -> Result<()> + 'static) -> Case {
    let case = Case::new(name, "ok", move |stage| {
        check(stage)?;
        Ok(Ending::fine(""))
    });
    taking(case, Duration::from_secs(20))
}

/// What is unusual and does no harm, so that the refusals beside it are for their reasons.
fn harmless() -> Vec<Case> {
    let fine = |name: &'static str, format: Format, bytes: fn() -> Vec<u8>, files: usize| {
        Case::new(name, "ok", move |stage| {
            let bytes = bytes();
            let found = unpack(file_name(format), &bytes)?;
            ensure!(found.len() == files, "{:?}", found.keys());
            if !matches!(format, Zip) {
                installed(stage, format, &bytes)??;
                check_modes(stage)?;
            }
            Ok(Ending::fine(format!("{:?}", found.keys())))
        })
    };
    vec![
        fine("P00_a_good_tar", Tar, || tar([]), 1),
        fine("P00_a_good_gzip", TarGz, || gzip(&tar([])), 1),
        fine("P00_a_good_zip", Zip, || zip([stored("a", b"1")]), 3),
        fine(
            "P06_tar_with_all_modes",
            Tar,
            || tar([file("x-1.0/a", b"1").with(|header| header[100..108].copy_from_slice(b"0007777\0"))]),
            2,
        ),
        fine(
            "P06_tar_of_another_owner",
            Tar,
            || {
                tar([file("x-1.0/a", b"1")
                    .with(|header| header[108..124].copy_from_slice(b"7777777\x007777777\0"))])
            },
            2,
        ),
        fine(
            "P06_zip_with_all_modes",
            Zip,
            || zip([stored("a", b"1").with(|entry| entry.attributes = 0o107777 << 16)]),
            3,
        ),
        fine("P20_an_archive_in_a_tar", Tar, || tar([file("x-1.0/inner.tar", &named("../../x"))]), 2),
        fine("P20_an_archive_in_a_zip", Zip, || zip([stored("inner.zip", &zipped("../../x"))]), 3),
    ]
}

/// Nothing that was installed may be written by others, or run as somebody else.
fn check_modes(stage: &Stage) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let home = stage.work.join("home");
    for name in everything(&home) {
        let mode = home.join(&name).symlink_metadata()?.permissions().mode();
        ensure!(mode & 0o7022 == 0, "`{name}` has mode {mode:o}");
    }
    Ok(())
}
