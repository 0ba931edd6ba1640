//! What is kept of a repository, so that it is not asked for it again.

use std::collections::BTreeMap;
use std::io;

use serde::{Deserialize, Serialize};

use crate::fs::Folder;
use crate::package::manifest::Manifest;

use super::moment::Moment;
use super::transport::Validator;

/// The one form that this version reads: any other is no cache.
const VERSION: u32 = 1;

const MANIFEST: &str = "manifest.json";
const SUMMARIES: &str = "summaries.json";
const ROCKSPECS: &str = "rockspecs";

/// Bytes of a manifest, as it is kept.
const MOST_MANIFEST: u64 = 256 << 20;
const MOST_SUMMARIES: u64 = 64 << 20;
const MOST_ROCKSPEC: u64 = 1 << 20;

/// The folder of one repository. What cannot be read there counts as missing, and what cannot be written is
/// asked for again the next time: neither stops anybody.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    root: Folder,
    repository: String,
}

/// What a repository said when it was asked last. It is one file, so that its parts belong together.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Kept {
    pub version: u32,
    /// Where it was then.
    pub address: String,
    /// The file that the manifest is from, and its hash.
    pub file: String,
    pub sha256: String,
    pub validator: Option<Validator>,
    /// When it was last known to be what the repository has.
    pub checked: Moment,
    pub index: Option<KeptIndex>,
    pub manifest: Manifest,
}

/// A signed index, which is verified again whenever it is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptIndex {
    pub text: String,
    pub signature: String,
}

/// What a search looks at in a rockspec.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Summary {
    pub summary: Option<String>,
    pub labels: Vec<String>,
}

/// Summaries by the hash of their rockspec.
pub(super) type Summaries = BTreeMap<String, Summary>;

impl Kept {
    pub fn new(address: String, file: &str, sha256: String, manifest: Manifest) -> Kept {
        let (checked, file) = (Moment::now(), file.to_string());
        Kept { version: VERSION, address, file, sha256, validator: None, checked, index: None, manifest }
    }

    /// The same, known to be so now.
    pub fn renewed(self) -> Kept {
        Kept { checked: Moment::now(), ..self }
    }
}

impl Cache {
    pub fn new(root: &Folder, repository: &str) -> Cache {
        Cache { root: root.clone(), repository: repository.to_string() }
    }

    /// What was kept of a repository at this address.
    pub fn kept(&self, address: &str) -> Option<Kept> {
        let kept: Kept = self.read_json(MANIFEST, MOST_MANIFEST)?;
        (kept.version == VERSION && kept.address == address).then_some(kept)
    }

    pub fn keep(&self, kept: &Kept) {
        self.write_json(MANIFEST, kept);
    }

    /// The rockspec of a file with this hash: the file itself, or what was in it.
    pub fn rockspec(&self, of: &str) -> Option<Vec<u8>> {
        self.read(&format!("{ROCKSPECS}/{of}"), MOST_ROCKSPEC)
    }

    pub fn keep_rockspec(&self, of: &str, bytes: &[u8]) {
        self.write(&format!("{ROCKSPECS}/{of}"), bytes);
    }

    pub fn summaries(&self) -> Summaries {
        self.read_json(SUMMARIES, MOST_SUMMARIES).unwrap_or_default()
    }

    pub fn keep_summaries(&self, summaries: &Summaries) {
        self.write_json(SUMMARIES, summaries);
    }

    /// Forgets everything.
    pub fn clear(&self) -> io::Result<()> {
        self.root.remove_all(&self.path(""))
    }

    fn path(&self, name: &str) -> String {
        format!("cache/{}/{name}", self.repository).trim_end_matches('/').to_string()
    }

    fn read(&self, name: &str, most: u64) -> Option<Vec<u8>> {
        match self.root.read(&self.path(name), most) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::warn!(repository = self.repository, name, %error, "a cached file cannot be read");
                None
            }
        }
    }

    fn read_json<T: for<'de> Deserialize<'de>>(&self, name: &str, most: u64) -> Option<T> {
        let bytes = self.read(name, most)?;
        let read = serde_json::from_slice(&bytes);
        if let Err(error) = &read {
            tracing::warn!(repository = self.repository, name, %error, "a cached file is damaged");
        }
        read.ok()
    }

    fn write_json(&self, name: &str, value: &impl Serialize) {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.write(name, &bytes),
            Err(error) => tracing::warn!(repository = self.repository, name, %error, "cannot be cached"),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let written = self.root.create_folder(folder).and_then(|_| self.root.write_whole(&path, bytes));
        if let Err(error) = written {
            tracing::warn!(repository = self.repository, name, %error, "a file cannot be cached");
        }
    }
}
