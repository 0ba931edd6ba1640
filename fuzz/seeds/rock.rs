//! Small archives that the fuzzing of archives begins with. They are made here, because a repository is no place for
//! them. Nothing is compressed but what a library would compress.

/// Each with a name for its file.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let files: [(&str, &[u8]); 4] = [
        ("lua/say/init.lua", b"return {}\n"),
        ("doc/say.md", b"# say\n"),
        ("say-1.0-1.rockspec", b"package = 'say'\nversion = '1.0-1'\n"),
        ("rock_manifest", b"rock_manifest = {}\n"),
    ];
    let hostile: [(&str, &[u8]); 2] = [("../out.lua", b"x"), ("a/./b", b"y")];
    let clash: [(&str, &[u8]); 3] = [("a", b"1"), ("A", b"2"), ("a/b", b"3")];
    vec![
        ("plain.zip", zip(&files)),
        ("hostile.zip", zip(&hostile)),
        ("clash.zip", zip(&clash)),
        ("empty.zip", zip(&[])),
        ("plain.tar", tar(&files)),
        ("hostile.tar", tar(&hostile)),
        ("clash.tar", tar(&clash)),
        ("plain.tar.gz", gzip(&tar(&files))),
        ("empty.tar.gz", gzip(&tar(&[]))),
    ]
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let at = bytes.len() as u32;
        let mut common = vec![0x14, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x58]; // version, flags, stored, a date
        common.extend(crc32(content).to_le_bytes());
        common.extend((content.len() as u32).to_le_bytes().repeat(2));
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&common);
        bytes.extend(name.bytes());
        bytes.extend(*content);
        list.extend(b"PK\x01\x02\x14\x03");
        list.extend(&common);
        list.extend([0; 6]);
        list.extend((0o100_644_u32 << 16).to_le_bytes());
        list.extend(at.to_le_bytes());
        list.extend(name.bytes());
    }
    let (start, count) = (bytes.len() as u32, files.len() as u16);
    bytes.extend(&list);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.to_le_bytes().repeat(2));
    bytes.extend((list.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, content) in files {
        let mut header = [0; 512];
        let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
        put(0, name.as_bytes());
        put(100, b"0000644\0");
        put(108, b"0000000\0");
        put(116, b"0000000\0");
        put(124, format!("{:011o}\0", content.len()).as_bytes());
        put(136, b"00000000000\0");
        put(148, b"        0");
        put(257, b"ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        bytes.extend(header);
        bytes.extend(*content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

/// One block that is not compressed.
fn gzip(content: &[u8]) -> Vec<u8> {
    let length = content.len() as u16;
    let mut bytes = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1];
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend(content);
    bytes.extend(crc32(content).to_le_bytes());
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 },
        )
    })
}
