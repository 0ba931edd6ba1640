//! `bioxen repository`: where packages come from.

use std::path::{Path, PathBuf};

use bioxen_lua::{PublicKey, RefreshResult, Refreshed, Repositories, Repository, Trust};
use serde_json::{Value, json};

use crate::figures::shown_time;
use crate::machine;
use crate::report::{self, Fault};
use crate::streams::Streams;
use crate::table::table;

use super::arguments::{AddArguments, EnvListArguments, RepositoryArguments, RepositoryCommand};
use super::home::HomeArguments;

/// Does what was asked for, and says with which status to leave.
pub fn repository(arguments: &RepositoryArguments, streams: &Streams) -> Result<u8, Fault> {
    match &arguments.command {
        RepositoryCommand::Add(arguments) => add(arguments),
        RepositoryCommand::List(arguments) => list(arguments, streams),
        RepositoryCommand::Remove(arguments) => {
            opened(&arguments.home)?.remove(&arguments.name).wait()?;
            Ok(report::FINE)
        }
        RepositoryCommand::Refresh(arguments) => refresh(arguments, streams),
    }
}

fn opened(home: &HomeArguments) -> Result<Repositories, Fault> {
    Ok(home.open(&machine::engine()?)?.repositories().clone())
}

fn add(arguments: &AddArguments) -> Result<u8, Fault> {
    let mut repository = Repository::new(&arguments.name, &absolute(&arguments.location)?)?;
    if let Some(trust) = trust(arguments)? {
        repository = repository.with_trust(trust);
    }
    if let Some(file) = &arguments.certificates {
        repository = repository.with_certificates(path(file)?);
    }
    let repositories = opened(&arguments.home)?;
    repositories.add(repository).wait()?;
    if arguments.first {
        let known = repositories.list().wait()?;
        let others = known.iter().map(Repository::name).filter(|name| *name != arguments.name);
        let order: Vec<_> = std::iter::once(arguments.name.as_str()).chain(others).collect();
        repositories.reorder(&order).wait()?;
    }
    Ok(report::FINE)
}

fn trust(arguments: &AddArguments) -> Result<Option<Trust>, Fault> {
    if arguments.trust_on_first_use {
        return Ok(Some(Trust::FirstUse));
    }
    if arguments.keys.is_empty() {
        return Ok(None);
    }
    let keys: Result<Vec<PublicKey>, _> = arguments.keys.iter().map(|key| key.parse()).collect();
    Ok(Some(Trust::Signed(keys?)))
}

/// A folder by its whole path: it is used from anywhere later. A URL as it is.
fn absolute(location: &str) -> Result<String, Fault> {
    if location.contains("://") {
        return Ok(location.to_string());
    }
    let path = path(Path::new(location))?;
    path.into_os_string()
        .into_string()
        .map_err(|path| Fault::Usage(format!("`{}`: expected a path that is text", path.display())))
}

fn path(path: &Path) -> Result<PathBuf, Fault> {
    let unusable = |error| Fault::Usage(format!("`{}`: {}", path.display(), report::plain(&error)));
    std::path::absolute(path).map_err(unusable)
}

fn list(arguments: &EnvListArguments, streams: &Streams) -> Result<u8, Fault> {
    let repositories = opened(&arguments.home)?.list().wait()?;
    streams.stdout.line(&match arguments.form.json {
        true => Value::Array(repositories.iter().map(object).collect()).to_string(),
        false => table(["NAME", "TRUST", "ADDRESS"], repositories.iter().map(row)),
    });
    Ok(report::FINE)
}

fn object(repository: &Repository) -> Value {
    let keys = match repository.trust() {
        Trust::Signed(keys) => keys.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    json!({
        "name": repository.name(),
        "address": repository.address(),
        "trust": shown(repository.trust()),
        "keys": keys,
    })
}

fn row(repository: &Repository) -> [String; 3] {
    [repository.name().into(), shown(repository.trust()).into(), repository.address()]
}

fn shown(trust: &Trust) -> &'static str {
    match trust {
        Trust::Signed(_) => "signed",
        Trust::FirstUse => "first-use",
        Trust::Unsigned => "unsigned",
    }
}

/// One that gives no answer is reported, and the status tells of it.
fn refresh(arguments: &EnvListArguments, streams: &Streams) -> Result<u8, Fault> {
    let refreshed = opened(&arguments.home)?.refresh().wait()?;
    if arguments.form.json {
        streams.stdout.line(&Value::Array(refreshed.iter().map(told).collect()).to_string());
    } else {
        for one in &refreshed {
            streams.stdout.line(&format!("{}: {}", one.repository, said(one)));
        }
    }
    let silent =
        |one: &Refreshed| matches!(one.result, RefreshResult::Kept { .. } | RefreshResult::Failed(_));
    match refreshed.iter().any(silent) {
        true => Err(Fault::Host("not every repository gave an answer".into())),
        false => Ok(report::FINE),
    }
}

fn said(refreshed: &Refreshed) -> String {
    match &refreshed.result {
        RefreshResult::Changed { packages } => format!("{packages} packages, changed"),
        RefreshResult::Unchanged { packages } => format!("{packages} packages, as before"),
        RefreshResult::Kept { age, error } => {
            format!("no answer, used as it was {} ago: {error}", shown_time(*age))
        }
        RefreshResult::Failed(error) => format!("no answer: {error}"),
        _ => "unknown".into(),
    }
}

fn told(refreshed: &Refreshed) -> Value {
    let (result, packages, age, error) = match &refreshed.result {
        RefreshResult::Changed { packages } => ("changed", Some(*packages), None, None),
        RefreshResult::Unchanged { packages } => ("unchanged", Some(*packages), None, None),
        RefreshResult::Kept { age, error } => ("kept", None, Some(age.as_secs()), Some(error.to_string())),
        RefreshResult::Failed(error) => ("failed", None, None, Some(error.to_string())),
        _ => ("unknown", None, None, None),
    };
    json!({
        "name": refreshed.repository,
        "result": result,
        "packages": packages,
        "age": age,
        "error": error,
    })
}
