//! `bioxen install`, `update`, `remove` and `vendor`: what changes the packages of an environment, or copies them.

use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bioxen_lua::{
    Change, Dependents, Edition, Environment, Error, ErrorKind, InstallOptions, PackageName, SecretKey,
    Version,
};
use serde_json::{Value, json};

use crate::machine;
use crate::report::{self, Fault};
use crate::streams::Streams;

use super::arguments::{
    DEFAULT, EnvironmentArguments, FormArguments, InstallArguments, RemoveArguments, UpdateArguments,
    VendorArguments,
};
use super::home::{explained, get};
use super::progress::shown;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Adds packages.
pub fn install(arguments: &InstallArguments, streams: &Streams) -> Result<u8, Fault> {
    let environment = or_made(&arguments.environment)?;
    let options = options(arguments.offline);
    let options = if arguments.frozen { options.frozen() } else { options };
    let mut requirements = arguments.requirements.clone();
    if let Some(file) = &arguments.luarocks_lock {
        let text = std::fs::read(file).map_err(|error| unusable(file, &error))?;
        let environments = arguments.environment.home.open(&machine::engine()?)?;
        requirements.extend(environments.read_luarocks_lock(text).wait()?);
    }
    let change = environment.install(&requirements, options).wait()?;
    tell(&change, &arguments.form, streams);
    Ok(report::FINE)
}

/// Takes newer versions.
pub fn update(arguments: &UpdateArguments, streams: &Streams) -> Result<u8, Fault> {
    let environment = opened(&arguments.environment)?;
    let change = environment.update(&arguments.packages, options(arguments.offline)).wait()?;
    tell(&change, &arguments.form, streams);
    Ok(report::FINE)
}

/// Takes packages away.
pub fn remove(arguments: &RemoveArguments, streams: &Streams) -> Result<u8, Fault> {
    let environment = opened(&arguments.environment)?;
    let dependents = if arguments.force { Dependents::Remove } else { Dependents::Keep };
    let change = environment.remove(&arguments.packages, dependents).wait()?;
    tell(&change, &arguments.form, streams);
    Ok(report::FINE)
}

fn options(offline: bool) -> InstallOptions {
    let options = InstallOptions::default();
    if offline { options.offline() } else { options }
}

fn opened(arguments: &EnvironmentArguments) -> Result<Environment, Fault> {
    get(&shown(&arguments.home.open(&machine::engine()?)?), &arguments.name)
}

/// The environment that commands use without a name is made when it is first needed.
fn or_made(arguments: &EnvironmentArguments) -> Result<Environment, Fault> {
    let environments = shown(&arguments.home.open(&machine::engine()?)?);
    let missing = |error: &Error| error.kind() == ErrorKind::EnvironmentNotFound;
    match environments.get(&arguments.name).wait() {
        Err(error) if missing(&error) && arguments.name == DEFAULT => {
            Ok(environments.create(DEFAULT).wait()?)
        }
        found => found.map_err(|error| explained(error, &arguments.name)),
    }
}

fn tell(change: &Change, form: &FormArguments, streams: &Streams) {
    if form.json {
        streams.stdout.line(&object(change).to_string());
        return;
    }
    let mut lines = Vec::new();
    lines.extend(change.removed.iter().map(|(name, version)| format!("- {name} {version}")));
    lines.extend(change.replaced.iter().map(|(name, old, new)| format!("  {name} {old} -> {new}")));
    lines.extend(change.added.iter().map(|(name, version)| format!("+ {name} {version}")));
    if lines.is_empty() {
        lines.push("nothing to do".into());
    }
    streams.stdout.line(&lines.join("\n"));
}

fn object(change: &Change) -> Value {
    let pairs = |list: &[(PackageName, Version)]| -> Vec<Value> {
        let pair = |(name, version): &(PackageName, Version)| json!({ "name": name.as_str(), "version": version.to_string() });
        list.iter().map(pair).collect()
    };
    let replaced = change.replaced.iter().map(|(name, old, new)| {
        json!({ "name": name.as_str(), "from": old.to_string(), "version": new.to_string() })
    });
    json!({
        "generation": change.generation,
        "added": pairs(&change.added),
        "replaced": replaced.collect::<Vec<_>>(),
        "removed": pairs(&change.removed),
    })
}

/// Copies all artifacts of an environment into a folder that is a repository.
pub fn vendor(arguments: &VendorArguments) -> Result<u8, Fault> {
    let signed = match &arguments.secret_key {
        Some(file) => Some((edition(arguments)?, secret_key(file)?)),
        None => None,
    };
    let folder =
        std::path::absolute(&arguments.folder).map_err(|error| unusable(&arguments.folder, &error))?;
    opened(&arguments.environment)?.vendor(folder, signed).wait()?;
    Ok(report::FINE)
}

/// The moment is the serial: whoever saw this index takes no older one.
fn edition(arguments: &VendorArguments) -> Result<Edition, Fault> {
    let created = SystemTime::now();
    let serial = created.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let expires = created
        .checked_add(DAY.saturating_mul(arguments.expires))
        .ok_or_else(|| Fault::Usage(format!("--expires {}: expected fewer days", arguments.expires)))?;
    let id = arguments.id.clone().unwrap_or_else(|| arguments.environment.name.clone());
    Ok(Edition { id, serial, created, expires })
}

fn secret_key(file: &Path) -> Result<SecretKey, Fault> {
    let text = std::fs::read_to_string(file).map_err(|error| unusable(file, &error))?;
    Ok(SecretKey::read(&text)?)
}

fn unusable(path: &Path, error: &io::Error) -> Fault {
    Fault::Usage(format!("cannot use `{}`: {}", path.display(), report::plain(error)))
}
