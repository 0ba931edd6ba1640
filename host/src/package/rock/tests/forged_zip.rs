//! Zip archives that can lie.

/// An archive that is put together byte by byte, so that it can lie.
#[derive(Clone)]
pub struct Forge {
    pub entries: Vec<Entry>,
    /// What the end says about the number of entries, if not the truth.
    pub count: Option<u16>,
    pub order: Order,
    pub before: Vec<u8>,
    pub between: Vec<u8>,
    pub comment: Vec<u8>,
    pub after: Vec<u8>,
}

#[derive(Clone)]
pub struct Entry {
    pub local: Record,
    pub listed: Record,
    pub packed: Vec<u8>,
    pub descriptor: Vec<u8>,
    pub attributes: u32,
    pub made_by: u16,
    pub disk: u16,
    /// Where it says that it starts, if not where it does.
    pub start: Option<u32>,
    pub listing: Listing,
}

#[derive(Clone, PartialEq)]
pub enum Listing {
    Listed,
    Hidden,
}

/// The order of the list.
#[derive(Clone, PartialEq)]
pub enum Order {
    Forwards,
    Backwards,
}

#[derive(Clone)]
pub struct Record {
    pub name: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    pub sum: u32,
    pub packed: u32,
    pub unpacked: u32,
    pub extra: Vec<u8>,
}

impl Record {
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes
            .extend([self.flags, self.method, 0x6000, 0x5a21].iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend([self.sum, self.packed, self.unpacked].iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend((self.name.len() as u16).to_le_bytes());
        bytes.extend((self.extra.len() as u16).to_le_bytes());
        bytes
    }
}

pub fn sum(content: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    crc.sum()
}

pub fn deflate(content: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

pub fn stored(name: &str, content: &[u8]) -> Entry {
    let size = content.len() as u32;
    let record = Record {
        name: name.as_bytes().to_vec(),
        flags: 0,
        method: 0,
        sum: sum(content),
        packed: size,
        unpacked: size,
        extra: vec![],
    };
    Entry {
        local: record.clone(),
        listed: record,
        packed: content.to_vec(),
        descriptor: vec![],
        attributes: if name.ends_with('/') { 0o40755 << 16 | 0x10 } else { 0o100644 << 16 },
        made_by: 3 << 8 | 30,
        disk: 0,
        start: None,
        listing: Listing::Listed,
    }
}

pub fn deflated(name: &str, content: &[u8]) -> Entry {
    let mut entry = stored(name, content);
    entry.packed = deflate(content);
    for record in [&mut entry.local, &mut entry.listed] {
        record.method = 8;
        record.packed = entry.packed.len() as u32;
    }
    entry
}

impl Entry {
    /// Changes both records.
    pub fn both(mut self, change: impl Fn(&mut Record)) -> Entry {
        change(&mut self.local);
        change(&mut self.listed);
        self
    }

    pub fn with(mut self, change: impl Fn(&mut Entry)) -> Entry {
        change(&mut self);
        self
    }

    /// Its record in the list.
    pub fn listed(&self, start: u32) -> Vec<u8> {
        let mut record = b"PK\x01\x02".to_vec();
        record.extend([self.made_by, 10].iter().flat_map(|number| number.to_le_bytes()));
        record.extend(self.listed.bytes());
        record.extend([0u16, self.disk, 0].iter().flat_map(|number| number.to_le_bytes()));
        record.extend([self.attributes, start].iter().flat_map(|number| number.to_le_bytes()));
        record.extend([&self.listed.name[..], &self.listed.extra].concat());
        record
    }

    /// With its sizes after the content.
    pub fn described(self) -> Entry {
        let mut entry = self.both(|record| record.flags |= 8);
        let Record { sum, packed, unpacked, .. } = entry.listed;
        entry.descriptor = b"PK\x07\x08".to_vec();
        entry.descriptor.extend([sum, packed, unpacked].iter().flat_map(|number| number.to_le_bytes()));
        (entry.local.sum, entry.local.packed, entry.local.unpacked) = (0, 0, 0);
        entry
    }
}

pub fn forge(entries: impl IntoIterator<Item = Entry>) -> Forge {
    Forge {
        entries: entries.into_iter().collect(),
        count: None,
        order: Order::Forwards,
        before: vec![],
        between: vec![],
        comment: vec![],
        after: vec![],
    }
}

impl Forge {
    pub fn with(mut self, change: impl Fn(&mut Forge)) -> Forge {
        change(&mut self);
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.before.clone();
        let mut list = Vec::new();
        for entry in &self.entries {
            let start = entry.start.unwrap_or(bytes.len() as u32);
            bytes.extend(b"PK\x03\x04\x0a\x00");
            bytes.extend(entry.local.bytes());
            bytes.extend(
                [&entry.local.name[..], &entry.local.extra, &entry.packed, &entry.descriptor].concat(),
            );
            if entry.listing == Listing::Hidden {
                continue;
            }
            list.push(entry.listed(start));
        }
        if self.order == Order::Backwards {
            list.reverse();
        }
        bytes.extend(&self.between);
        let count = self.count.unwrap_or(list.len() as u16);
        let list = list.concat();
        let (start, length) = (bytes.len() as u32, list.len() as u32);
        bytes.extend(list);
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        bytes.extend([count, count].iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend([length, start].iter().flat_map(|number| number.to_le_bytes()));
        bytes.extend((self.comment.len() as u16).to_le_bytes());
        bytes.extend([&self.comment[..], &self.after].concat());
        bytes
    }
}
