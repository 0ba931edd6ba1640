//! One repository, asked: what it has, and its files, as far as they are what they should be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::Folder;
use crate::package::evaluate::Evaluator;
use crate::package::manifest::{Arch, ArtifactName, Manifest};
use crate::package::name::PackageName;
use crate::package::version::Version;

use super::cache::{Cache, Kept, KeptIndex};
use super::forms::{Candidate, candidates, member, refuse_page};
use super::index::{INDEX, MOST_INDEX, MOST_SIGNATURE, SIGNATURE, SignedIndex, sha256};
use super::key::PublicKey;
use super::moment::Moment;
use super::seen::SeenLog;
use super::transport::{Answer, Asked, Carried, Certificates, Deadline, Patience, Reach, Transport};
use super::{CATALOGUE, ManifestForm, Repository, Trust};

/// Bytes of a rock, as [`Transport`] gives it.
pub(super) const MOST_ROCK: u64 = 64 << 20;

/// Bytes of a rockspec.
const MOST_ROCKSPEC: u64 = 1 << 20;

/// What every repository needs to be asked.
#[derive(Debug, Clone)]
pub(super) struct Means {
    pub root: Folder,
    pub evaluator: Evaluator,
    pub patience: Patience,
}

/// A repository that can be asked.
#[derive(Debug)]
pub(super) struct Origin {
    pub name: String,
    address: String,
    trust: Trust,
    form: ManifestForm,
    transport: Transport,
    pub cache: Cache,
    seen: SeenLog,
    /// What was seen of its files, by name, when that was first asked for.
    seen_before: OnceLock<BTreeMap<String, String>>,
    means: Means,
}

/// What is known of a repository.
#[derive(Debug)]
pub(super) struct Known {
    pub manifest: Manifest,
    index: Option<SignedIndex>,
    /// When it was last known to be so.
    checked: Moment,
}

/// What asking a repository came to.
pub(super) enum Asking {
    Changed(Known),
    Unchanged(Known),
    /// It gave no answer that can be used: this was known before.
    Kept {
        known: Known,
        error: Error,
    },
}

/// A file that is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct File<'a> {
    pub name: &'a str,
    /// Bytes that it may have.
    pub most: u64,
}

/// A file that is what it should be.
#[derive(Debug)]
pub(super) struct Had {
    pub bytes: Vec<u8>,
    pub sha256: String,
    pub signed_by: Option<String>,
}

impl Origin {
    pub fn new(repository: &Repository, means: &Means, system: &Certificates) -> Origin {
        let certificates = match repository.certificates() {
            Some(file) => Certificates::File(file.to_path_buf()),
            None => system.clone(),
        };
        Origin {
            name: repository.name().to_string(),
            address: repository.address(),
            trust: repository.trust().clone(),
            form: repository.manifest(),
            transport: Transport::new(&repository.address, certificates, means.patience),
            cache: Cache::new(&means.root, repository.name()),
            seen: SeenLog::new(&means.root),
            seen_before: OnceLock::new(),
            means: means.clone(),
        }
    }

    /// The packages that the program carries.
    pub fn catalogue(files: Carried, means: &Means) -> Origin {
        Origin {
            name: CATALOGUE.to_string(),
            address: CATALOGUE.to_string(),
            trust: Trust::Unsigned,
            form: ManifestForm::Lua,
            transport: Transport::Carried(files),
            cache: Cache::new(&means.root, CATALOGUE),
            seen: SeenLog::new(&means.root),
            seen_before: OnceLock::new(),
            means: means.clone(),
        }
    }

    /// Whether its files are beside us, so that nothing of them is kept.
    pub fn is_near(&self) -> bool {
        !self.transport.is_web()
    }

    /// Whether nothing of it is believed without an index.
    pub fn is_signed(&self) -> bool {
        matches!(self.trust, Trust::Signed(_))
    }

    /// What is known of it, by asking it where that may be. An error when that is nothing.
    pub fn known(&self, reach: Reach) -> Result<Known> {
        if reach == Reach::Offline && !self.is_near() {
            return self.kept()?.ok_or_else(|| self.missed("its manifest"));
        }
        match self.refresh()? {
            Asking::Changed(known) | Asking::Unchanged(known) => Ok(known),
            Asking::Kept { known, error } => {
                let age = in_words(known.age());
                tracing::warn!(repository = self.name, age, %error, "a repository is used as it was before");
                Ok(known)
            }
        }
    }

    /// Asks it what it has.
    ///
    /// # Errors
    ///
    /// When it gives no answer that can be used, and nothing was known before.
    pub fn refresh(&self) -> Result<Asking> {
        if let Transport::Carried(files) = &self.transport {
            return Ok(Asking::Unchanged(Known {
                manifest: listed(files)?,
                index: None,
                checked: Moment::now(),
            }));
        }
        let before = self.cache.kept(&self.address);
        match self.ask(before.as_ref()) {
            Ok(kept) => {
                let changed = before.is_none_or(|before| before.sha256 != kept.sha256);
                // Of a folder that is asked each time, only what it has is worth a write.
                if changed || !self.is_near() {
                    self.cache.keep(&kept);
                }
                let known = self.known_of(kept)?;
                Ok(if changed { Asking::Changed(known) } else { Asking::Unchanged(known) })
            }
            Err(error) => match before.and_then(|kept| self.known_of(kept).ok()) {
                Some(known) => Ok(Asking::Kept { known, error }),
                None => Err(self.unknown_yet(error)),
            },
        }
    }

    /// What was kept of it, if its signature is still right.
    fn kept(&self) -> Result<Option<Known>> {
        self.cache.kept(&self.address).map(|kept| self.known_of(kept)).transpose()
    }

    fn known_of(&self, kept: Kept) -> Result<Known> {
        let index = match (&self.trust, &kept.index) {
            (Trust::Signed(keys), Some(index)) => {
                let signed = SignedIndex::read(index.text.as_bytes(), index.signature.as_bytes(), keys)?;
                signed.check_date(Moment::now())?;
                Some(signed)
            }
            (Trust::Signed(_), None) => return Err(self.unsigned()),
            _ => None,
        };
        Ok(Known { manifest: kept.manifest, index, checked: kept.checked })
    }

    /// Asks for the index and the manifest.
    fn ask(&self, before: Option<&Kept>) -> Result<Kept> {
        let deadline = Deadline::of(self.means.patience);
        let signed = match &self.trust {
            Trust::Signed(keys) => Some(self.ask_index(keys, deadline)?),
            _ => None,
        };
        let (index, signed) = signed.unzip();
        for candidate in candidates(self.form) {
            if let Some(signed) = &signed
                && !signed.index.files.contains_key(candidate.name)
            {
                continue;
            }
            if let Some(kept) = self.ask_manifest(candidate, signed.as_ref(), before, deadline)? {
                return Ok(Kept { index, ..kept });
            }
        }
        let message = "it has no manifest: expected the address of a repository of LuaRocks";
        Err(Error::new(ErrorKind::RepositoryUnreachable, message))
    }

    fn ask_index(&self, keys: &[PublicKey], deadline: Deadline) -> Result<(KeptIndex, SignedIndex)> {
        let text = self.ask_text(INDEX, MOST_INDEX, deadline)?;
        let signature = self.ask_text(SIGNATURE, MOST_SIGNATURE, deadline)?;
        let signed = SignedIndex::read(text.as_bytes(), signature.as_bytes(), keys)?;
        signed.check_date(Moment::now())?;
        self.seen.meet_index(&self.name, &signed)?;
        Ok((KeptIndex { text, signature }, signed))
    }

    fn ask_text(&self, name: &str, most: u64, deadline: Deadline) -> Result<String> {
        match self.transport.get(Asked { name, known: None, most }, deadline)? {
            Answer::File { bytes, .. } => String::from_utf8(bytes).map_err(|error| {
                let message = format!("`{name}`: expected a text");
                Error::new(ErrorKind::SignatureInvalid, message).with_source(error)
            }),
            Answer::Unchanged | Answer::Missing => Err(self.unsigned()),
        }
    }

    /// Asks for one file that may be the manifest. Nothing when it is not there.
    fn ask_manifest(
        &self,
        candidate: Candidate,
        signed: Option<&SignedIndex>,
        before: Option<&Kept>,
        deadline: Deadline,
    ) -> Result<Option<Kept>> {
        let name = candidate.name;
        let before = before.filter(|kept| kept.file == name);
        if let (Some(signed), Some(kept)) = (signed, before)
            && signed.listed(name)?.sha256 == kept.sha256
        {
            return Ok(Some(kept.clone().renewed()));
        }
        // Behind a signed index the server's own word on what has changed counts for nothing.
        let known = before.filter(|_| signed.is_none()).and_then(|kept| kept.validator.as_ref());
        let (bytes, validator) =
            match self.transport.get(Asked { name, known, most: candidate.most() }, deadline)? {
                Answer::File { bytes, validator } => (bytes, validator),
                Answer::Missing => return Ok(None),
                Answer::Unchanged => return Ok(before.map(|kept| kept.clone().renewed())),
            };
        refuse_page(name, &bytes)?;
        if let Some(signed) = signed {
            signed.check(name, &bytes)?;
        }
        let hash = sha256(&bytes);
        if let Some(kept) = before.filter(|kept| kept.sha256 == hash) {
            return Ok(Some(Kept { validator, ..kept.clone().renewed() }));
        }
        let manifest = candidate.read(&bytes, &self.means.evaluator)?;
        Ok(Some(Kept { validator, ..Kept::new(self.address.clone(), name, hash, manifest) }))
    }

    /// A file of it, if it is the one that was signed, or that was seen before.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::IntegrityMismatch`] when it is another one, [`ErrorKind::OfflineMiss`] when it is behind a
    /// network that is not to be used.
    pub fn file(&self, file: File<'_>, index: Option<&SignedIndex>, reach: Reach) -> Result<Had> {
        let File { name, most } = file;
        if reach == Reach::Offline && !self.is_near() {
            return Err(self.missed(&format!("`{name}`")));
        }
        let deadline = Deadline::of(self.means.patience);
        let bytes = match self.transport.get(Asked { name, known: None, most }, deadline) {
            Ok(Answer::File { bytes, .. }) => bytes,
            Ok(_) => return Err(self.failed(&format!("`{name}` is not there, though its manifest names it"))),
            Err(error) => return Err(self.with_name(error)),
        };
        refuse_page(name, &bytes)?;
        let sha256 = sha256(&bytes);
        let signed_by = match &self.trust {
            Trust::Signed(_) => {
                let signed = index.ok_or_else(|| self.unsigned())?;
                signed.check(name, &bytes)?;
                Some(signed.signed_by.clone())
            }
            Trust::FirstUse => {
                self.seen.meet_file(&self.name, name, &sha256)?;
                None
            }
            Trust::Unsigned => None,
        };
        Ok(Had { bytes, sha256, signed_by })
    }

    /// The rockspec of a version that is there in these forms.
    pub fn rockspec(
        &self,
        name: &PackageName,
        version: &Version,
        known: &Known,
        reach: Reach,
    ) -> Result<Vec<u8>> {
        let arch = self.arch_with_rockspec(name, version, &known.manifest)?;
        let file = ArtifactName { name: name.clone(), version: version.clone(), arch };
        let file_name = file.to_string();
        if let Some(bytes) = self.kept_rockspec(&file, known)? {
            return Ok(bytes);
        }
        let most = if file.arch == Arch::Rockspec { MOST_ROCKSPEC } else { MOST_ROCK };
        let had = self.file(File { name: &file_name, most }, known.index(), reach)?;
        let bytes = match file.arch {
            Arch::Rockspec => had.bytes,
            _ => member(&had.bytes, &rockspec_name(name, version), MOST_ROCKSPEC)?,
        };
        if !self.is_near() {
            self.cache.keep_rockspec(&had.sha256, &bytes);
        }
        Ok(bytes)
    }

    /// A rockspec that was had before, if it is known by its hash that it is still the one to have.
    fn kept_rockspec(&self, file: &ArtifactName, known: &Known) -> Result<Option<Vec<u8>>> {
        if self.is_near() {
            return Ok(None);
        }
        let name = file.to_string();
        let hash = match (&self.trust, known.index()) {
            (Trust::Signed(_), Some(signed)) => Some(signed.listed(&name)?.sha256.clone()),
            (Trust::FirstUse, _) => self.seen_before()?.get(&name).cloned(),
            _ => None,
        };
        let Some(hash) = hash else { return Ok(None) };
        let kept = self.cache.rockspec(&hash);
        Ok(kept.filter(|bytes| file.arch != Arch::Rockspec || sha256(bytes) == hash))
    }

    /// What was seen of it when it was first looked for.
    fn seen_before(&self) -> Result<&BTreeMap<String, String>> {
        if let Some(seen) = self.seen_before.get() {
            return Ok(seen);
        }
        let seen = self.seen.files(&self.name)?;
        Ok(self.seen_before.get_or_init(|| seen))
    }

    /// The file to take the rockspec of a version from.
    fn arch_with_rockspec(&self, name: &PackageName, version: &Version, manifest: &Manifest) -> Result<Arch> {
        let archs = manifest.archs(name, version).ok_or_else(|| self.unknown(name, version))?;
        let found = [Arch::Rockspec, Arch::All, Arch::Source].into_iter().find(|arch| archs.contains(arch));
        found.ok_or_else(|| native(name, version, archs))
    }

    fn unsigned(&self) -> Error {
        let message = format!(
            "repository `{}` has no signed index (`{INDEX}` and `{SIGNATURE}`), which its settings ask for",
            self.name
        );
        Error::new(ErrorKind::SignatureMissing, message)
    }

    pub fn unknown(&self, name: &PackageName, version: &Version) -> Error {
        let message = format!("repository `{}` has no version {version} of `{name}`", self.name);
        Error::new(ErrorKind::PackageNotFound, message)
    }

    fn missed(&self, what: &str) -> Error {
        let message = format!(
            "{what} of repository `{}` is not on this machine, and the network is not to be used",
            self.name
        );
        Error::new(ErrorKind::OfflineMiss, message)
    }

    fn failed(&self, why: &str) -> Error {
        Error::new(ErrorKind::RepositoryUnreachable, format!("repository `{}`: {why}", self.name))
    }

    /// The same error, which says whose it is.
    fn with_name(&self, error: Error) -> Error {
        Error::new(error.kind(), format!("repository `{}`: {error}", self.name)).with_source(error)
    }

    /// The same error, which says that nothing can stand in for an answer.
    fn unknown_yet(&self, error: Error) -> Error {
        let message = format!("repository `{}`, of which nothing is known yet: {error}", self.name);
        Error::new(error.kind(), message).with_source(error)
    }
}

impl Known {
    pub fn index(&self) -> Option<&SignedIndex> {
        self.index.as_ref()
    }

    /// How long ago it was known to be so.
    pub fn age(&self) -> Duration {
        self.checked.until(Moment::now())
    }
}

/// A package of which there is only machine code.
pub(super) fn native(name: &PackageName, version: &Version, archs: &BTreeSet<Arch>) -> Error {
    let machines: Vec<String> = archs.iter().map(|arch| format!("`{arch}`")).collect();
    let message = format!(
        "`{name}` {version} is there as machine code for {} only, which never runs here",
        machines.join(", ")
    );
    Error::new(ErrorKind::NativeUnsupported, message)
}

pub(super) fn rockspec_name(name: &PackageName, version: &Version) -> String {
    ArtifactName { name: name.clone(), version: version.clone(), arch: Arch::Rockspec }.to_string()
}

/// What the names of the files say.
fn listed(files: Carried) -> Result<Manifest> {
    let mut manifest = Manifest::default();
    for (name, _) in files {
        let ArtifactName { name, version, arch } = name.parse()?;
        let versions = manifest.packages.entry(name).or_default();
        versions.entry(version.to_string()).or_default().insert(arch);
    }
    Ok(manifest)
}

/// A time in words, roughly.
pub(crate) fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    let (count, unit) = match seconds {
        0..120 => (seconds, "seconds"),
        120..7_200 => (seconds / 60, "minutes"),
        7_200..172_800 => (seconds / 3_600, "hours"),
        _ => (seconds / 86_400, "days"),
    };
    format!("{count} {unit}")
}
