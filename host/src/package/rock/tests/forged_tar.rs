//! Tar archives that can lie.

pub const BLOCK: usize = 512;

/// One header with what follows it.
#[derive(Clone)]
pub struct Part {
    pub header: [u8; BLOCK],
    pub content: Vec<u8>,
}

/// A header of POSIX's format.
pub fn part(kind: u8, name: &[u8], content: &[u8]) -> Part {
    let mut part = Part { header: [0; BLOCK], content: content.to_vec() };
    part.header[..name.len()].copy_from_slice(name);
    part.header[100..108].copy_from_slice(b"0000644\0");
    part.header[108..116].copy_from_slice(b"0000000\0");
    part.header[116..124].copy_from_slice(b"0000000\0");
    part.header[136..148].copy_from_slice(b"00000000000\0");
    part.header[156] = kind;
    part.header[257..265].copy_from_slice(b"ustar\x0000");
    part.sized(content.len())
}

pub fn file(name: &str, content: &[u8]) -> Part {
    part(b'0', name.as_bytes(), content)
}

pub fn folder(name: &str) -> Part {
    part(b'5', name.as_bytes(), b"")
}

impl Part {
    pub fn sized(self, size: usize) -> Part {
        self.with(|header| header[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes()))
    }

    /// Changes the header, whose sum stays right.
    pub fn with(mut self, change: impl Fn(&mut [u8; BLOCK])) -> Part {
        change(&mut self.header);
        self.header[148..156].fill(b' ');
        let sum: u32 = self.header.iter().map(|byte| u32::from(*byte)).sum();
        self.header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        self
    }

    pub fn linked_to(self, target: &[u8]) -> Part {
        self.with(|header| header[157..157 + target.len()].copy_from_slice(target))
    }

    /// As GNU's format has it.
    pub fn gnu(self) -> Part {
        self.with(|header| header[257..265].copy_from_slice(b"ustar  \0"))
    }

    /// As before POSIX.
    pub fn old(self) -> Part {
        self.with(|header| header[257..265].fill(0))
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = [&self.header[..], &self.content].concat();
        bytes.resize(bytes.len().next_multiple_of(BLOCK), 0);
        bytes
    }
}

/// Parts and the end of an archive.
pub fn archive(parts: impl IntoIterator<Item = Part>) -> Vec<u8> {
    let mut bytes: Vec<u8> = parts.into_iter().flat_map(|part| part.bytes()).collect();
    bytes.resize(bytes.len() + 2 * BLOCK, 0);
    bytes
}

/// POSIX's extended header for the next entry.
pub fn extended(records: &str) -> Part {
    part(b'x', b"PaxHeaders/x", records.as_bytes())
}

pub fn record(key: &str, value: &str) -> String {
    let length = key.len() + value.len() + 3;
    let digits = (length + 1).to_string().len();
    let whole = length + digits;
    format!("{} {key}={value}\n", whole + usize::from(whole.to_string().len() > digits))
}

pub fn gnu_name(name: &str) -> Part {
    part(b'L', b"././@LongLink", &[name.as_bytes(), b"\0"].concat()).gnu()
}
