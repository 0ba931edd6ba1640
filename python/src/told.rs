//! What is told of packages, as dictionaries with these fields as keys.

use bioxen_lua::{
    Access, Change, Condition, Fault, FoundPackage, HealthCheck, InstalledPackage, PackageInfo, Profile,
    ProfileSource, Progress, Provided, Recommendation, RefreshResult, Refreshed, Repository, StoredMount,
    Trust,
};
use pyo3::prelude::*;

/// A package that a repository has.
#[derive(IntoPyObject)]
pub struct Found {
    name: String,
    version: String,
    repository: String,
    summary: Option<String>,
    labels: Vec<String>,
}

impl From<FoundPackage> for Found {
    fn from(found: FoundPackage) -> Found {
        Found {
            name: found.name.to_string(),
            version: found.version.to_string(),
            repository: found.repository,
            summary: found.summary,
            labels: found.labels,
        }
    }
}

/// All that is known of a package.
#[derive(IntoPyObject)]
pub struct Known {
    name: String,
    provided: Option<String>,
    repository: Option<String>,
    versions: Vec<String>,
    summary: Option<String>,
    detailed: Option<String>,
    homepage: Option<String>,
    license: Option<String>,
    labels: Vec<String>,
    dependencies: Vec<String>,
}

impl From<PackageInfo> for Known {
    fn from(info: PackageInfo) -> Known {
        Known {
            name: info.name.to_string(),
            provided: info.provided.map(|version| version.to_string()),
            repository: info.repository,
            versions: texts(&info.versions),
            summary: info.summary,
            detailed: info.detailed,
            homepage: info.homepage,
            license: info.license,
            labels: info.labels,
            dependencies: texts(&info.dependencies),
        }
    }
}

/// A package that goes well with what is installed, and why, in sentences.
#[derive(IntoPyObject)]
pub struct Recommended {
    package: Found,
    reasons: Vec<String>,
}

impl From<Recommendation> for Recommended {
    fn from(recommendation: Recommendation) -> Recommended {
        let reasons = texts(&recommendation.reasons);
        Recommended { package: recommendation.package.into(), reasons }
    }
}

/// A set of packages.
#[derive(IntoPyObject)]
pub struct Set {
    name: &'static str,
    summary: &'static str,
    /// Those that come with the library.
    carried: Vec<String>,
    /// Those that are taken where a repository has them.
    others: Vec<String>,
}

impl From<Profile> for Set {
    fn from(profile: Profile) -> Set {
        let of = |source: ProfileSource| {
            let packages = profile.packages.iter().filter(|package| package.source == source);
            packages.map(|package| package.requirement.to_string()).collect()
        };
        let (carried, others) = (of(ProfileSource::Catalogue), of(ProfileSource::Repository));
        Set { name: profile.name, summary: profile.summary, carried, others }
    }
}

/// A package that every VM has inside.
#[derive(IntoPyObject)]
pub struct Inside {
    name: &'static str,
    version: &'static str,
    modules: Vec<&'static str>,
}

impl From<&Provided> for Inside {
    fn from(provided: &Provided) -> Inside {
        Inside { name: provided.rock, version: provided.version, modules: provided.modules.to_vec() }
    }
}

/// A place that packages come from.
#[derive(IntoPyObject)]
pub struct Place {
    name: String,
    location: String,
    trust: &'static str,
    keys: Vec<String>,
    certificates: Option<String>,
}

impl From<Repository> for Place {
    fn from(repository: Repository) -> Place {
        let (trust, keys) = match repository.trust() {
            Trust::Signed(keys) => ("signed", texts(keys)),
            Trust::FirstUse => ("first-use", Vec::new()),
            Trust::Unsigned => ("unsigned", Vec::new()),
        };
        Place {
            name: repository.name().to_string(),
            location: repository.address(),
            trust,
            keys,
            certificates: repository.certificates().map(|file| file.display().to_string()),
        }
    }
}

/// What asking a repository came to.
#[derive(IntoPyObject)]
pub struct Asked {
    name: String,
    result: &'static str,
    packages: Option<usize>,
    /// Seconds since what is used of it was asked.
    age: Option<f64>,
    error: Option<String>,
}

impl From<Refreshed> for Asked {
    fn from(refreshed: Refreshed) -> Asked {
        let (result, packages, age, error) = match refreshed.result {
            RefreshResult::Changed { packages } => ("changed", Some(packages), None, None),
            RefreshResult::Unchanged { packages } => ("unchanged", Some(packages), None, None),
            RefreshResult::Kept { age, error } => {
                ("kept", None, Some(age.as_secs_f64()), Some(error.to_string()))
            }
            RefreshResult::Failed(error) => ("failed", None, None, Some(error.to_string())),
            _ => ("unknown", None, None, None),
        };
        Asked { name: refreshed.repository, result, packages, age, error }
    }
}

/// What a change made of an environment.
#[derive(IntoPyObject)]
pub struct Changed {
    generation: u64,
    added: Vec<(String, String)>,
    replaced: Vec<(String, String, String)>,
    removed: Vec<(String, String)>,
}

impl From<Change> for Changed {
    fn from(change: Change) -> Changed {
        let replaced = change.replaced.iter();
        Changed {
            generation: change.generation,
            added: pairs(&change.added),
            replaced: replaced
                .map(|(name, old, new)| (name.to_string(), old.to_string(), new.to_string()))
                .collect(),
            removed: pairs(&change.removed),
        }
    }
}

/// A package of an environment.
#[derive(IntoPyObject)]
pub struct Installed {
    name: String,
    version: String,
    requested: bool,
    summary: Option<String>,
    license: Option<String>,
    homepage: Option<String>,
    modules: Vec<String>,
    dependencies: Vec<(String, String)>,
    repository: String,
    sha256: String,
    size: u64,
}

impl From<InstalledPackage> for Installed {
    fn from(package: InstalledPackage) -> Installed {
        Installed {
            name: package.name.to_string(),
            version: package.version.to_string(),
            requested: package.requested,
            summary: package.summary,
            license: package.license,
            homepage: package.homepage,
            modules: package.modules.keys().map(ToString::to_string).collect(),
            dependencies: pairs(&package.dependencies),
            repository: package.repository,
            sha256: package.sha256,
            size: package.size,
        }
    }
}

/// Something that is not as it was installed.
#[derive(IntoPyObject)]
pub struct Wrong {
    fault: &'static str,
    /// A file below the generation, or the package that it is about.
    subject: String,
    message: String,
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Wrong {
        let message = fault.to_string();
        let (fault, subject) = match fault {
            Fault::Missing { path } => ("missing", path),
            Fault::Changed { path } => ("changed", path),
            Fault::Unknown { path } => ("unknown", path),
            Fault::Disagreement { name, .. } => ("disagreement", name.to_string()),
            Fault::OutOfDate { file } => ("out_of_date", file),
            _ => ("other", String::new()),
        };
        Wrong { fault, subject, message }
    }
}

/// How one point of an environment stands.
#[derive(IntoPyObject)]
pub struct Point {
    name: &'static str,
    condition: &'static str,
    notes: Vec<String>,
}

impl From<HealthCheck> for Point {
    fn from(check: HealthCheck) -> Point {
        let condition = match check.condition {
            Condition::Sound => "sound",
            Condition::Notable => "notable",
            Condition::Faulty => "faulty",
        };
        Point { name: check.name, condition, notes: check.notes }
    }
}

/// A folder of the host that the VMs of an environment see.
#[derive(IntoPyObject)]
pub struct Shared {
    host: String,
    guest: String,
    writable: bool,
    modules: bool,
}

impl From<StoredMount> for Shared {
    fn from(mount: StoredMount) -> Shared {
        Shared {
            host: mount.host().display().to_string(),
            guest: mount.guest().to_string(),
            writable: mount.access() == Access::ReadWrite,
            modules: mount.has_modules(),
        }
    }
}

/// A line for people who wait.
pub fn line(progress: &Progress) -> String {
    match progress {
        Progress::Resolving => "choosing versions".into(),
        Progress::Fetching { name, version, number, of } => {
            format!("fetching {name} {version} ({number} of {of})")
        }
        Progress::Fetched { name, version, bytes } => format!("fetched {name} {version}: {bytes} bytes"),
        Progress::Unpacking { name, version } => format!("unpacking {name} {version}"),
        Progress::Installing { packages: 1 } => "installing 1 package".into(),
        Progress::Installing { packages } => format!("installing {packages} packages"),
        _ => "working".into(),
    }
}

/// Each of a list as what is told of it.
pub fn each<T, V: From<T>>(list: Vec<T>) -> Vec<V> {
    list.into_iter().map(V::from).collect()
}

fn texts(list: &[impl ToString]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn pairs(list: &[(impl ToString, impl ToString)]) -> Vec<(String, String)> {
    list.iter().map(|(name, version)| (name.to_string(), version.to_string())).collect()
}
