//! `bioxen search`, `list`, `info` and `verify`: what there is, and whether it is sound.

use bioxen_lua::{Environment, Environments, ErrorKind, FoundPackage, InstalledPackage, PackageName};
use serde_json::{Value, json};

use crate::machine;
use crate::report::{self, Fault};
use crate::streams::Streams;
use crate::table::table;

use super::arguments::{EnvironmentArguments, InfoArguments, SearchArguments, ShowArguments};
use super::home::get;

/// Shows packages that repositories have.
pub fn search(arguments: &SearchArguments, streams: &Streams) -> Result<u8, Fault> {
    let environments = arguments.home.open(&machine::engine()?)?;
    let found = match arguments.offline {
        true => environments.repositories().offline().search(&arguments.query).wait()?,
        false => environments.repositories().search(&arguments.query).wait()?,
    };
    let cells = |found: &FoundPackage| {
        let summary = found.summary.clone().unwrap_or_default();
        [found.name.to_string(), found.version.to_string(), found.repository.clone(), summary]
    };
    streams.stdout.line(&match arguments.form.json {
        true => Value::Array(found.iter().map(found_object).collect()).to_string(),
        false => table(["NAME", "VERSION", "REPOSITORY", "SUMMARY"], found.iter().map(cells)),
    });
    Ok(report::FINE)
}

fn found_object(found: &FoundPackage) -> Value {
    json!({
        "name": found.name.as_str(),
        "version": found.version.to_string(),
        "repository": found.repository,
        "summary": found.summary,
        "labels": found.labels,
    })
}

fn opened(arguments: &EnvironmentArguments) -> Result<Environment, Fault> {
    get(&arguments.home.open(&machine::engine()?)?, &arguments.name)
}

/// Shows packages that are installed.
pub fn list(arguments: &ShowArguments, streams: &Streams) -> Result<u8, Fault> {
    let packages = opened(&arguments.environment)?.packages().wait()?;
    let cells = |package: &InstalledPackage| {
        let why = if package.requested { "requested" } else { "needed" };
        let summary = package.summary.clone().unwrap_or_default();
        [
            package.name.to_string(),
            package.version.to_string(),
            why.into(),
            package.repository.clone(),
            summary,
        ]
    };
    streams.stdout.line(&match arguments.form.json {
        true => Value::Array(packages.iter().map(object).collect()).to_string(),
        false => table(["NAME", "VERSION", "WHY", "REPOSITORY", "SUMMARY"], packages.iter().map(cells)),
    });
    Ok(report::FINE)
}

fn object(package: &InstalledPackage) -> Value {
    let dependency = |(name, version): &(PackageName, bioxen_lua::Version)| json!({ "name": name.as_str(), "version": version.to_string() });
    json!({
        "name": package.name.as_str(),
        "version": package.version.to_string(),
        "requested": package.requested,
        "summary": package.summary,
        "license": package.license,
        "homepage": package.homepage,
        "modules": package.modules.keys().map(ToString::to_string).collect::<Vec<_>>(),
        "dependencies": package.dependencies.iter().map(dependency).collect::<Vec<_>>(),
        "repository": package.repository,
        "sha256": package.sha256,
        "size": package.size,
    })
}

/// Checks every installed file. What is wrong is told, and so is the status.
pub fn verify(arguments: &ShowArguments, streams: &Streams) -> Result<u8, Fault> {
    let faults = opened(&arguments.environment)?.verify().wait()?;
    if arguments.form.json {
        let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
        streams.stdout.line(&json!({ "sound": faults.is_empty(), "faults": told }).to_string());
    } else {
        faults.iter().for_each(|fault| streams.stdout.line(&fault.to_string()));
    }
    let name = &arguments.environment.name;
    match faults.is_empty() {
        true if arguments.form.json => Ok(report::FINE),
        true => {
            streams.stdout.line(&format!("`{name}` is as it was installed"));
            Ok(report::FINE)
        }
        false => Err(Fault::Host(format!(
            "{} in `{name}`; `bioxen install --environment {name}` installs it again",
            counted(faults.len())
        ))),
    }
}

/// Shows a package as it is installed, and as repositories have it.
pub fn info(arguments: &InfoArguments, streams: &Streams) -> Result<u8, Fault> {
    let environments = arguments.environment.home.open(&machine::engine()?)?;
    let name = &arguments.package;
    let installed = installed(&environments, &arguments.environment.name, name)?;
    let repositories = match arguments.offline {
        true => environments.repositories().offline(),
        false => environments.repositories().clone(),
    };
    let found = repositories.search(name.as_str()).wait()?.into_iter().find(|found| found.name == *name);
    if installed.is_none() && found.is_none() {
        return Err(Fault::Usage(format!("no repository has `{name}`; `bioxen search` shows what there is")));
    }
    streams.stdout.line(&match arguments.form.json {
        true => json!({
            "name": name.as_str(),
            "installed": installed.as_ref().map(object),
            "available": found.as_ref().map(found_object),
        })
        .to_string(),
        false => described(name, installed.as_ref(), found.as_ref()).join("\n"),
    });
    Ok(report::FINE)
}

/// Nothing is installed in an environment that is not there, which is no fault here.
fn installed(
    environments: &Environments,
    environment: &str,
    name: &PackageName,
) -> Result<Option<InstalledPackage>, Fault> {
    let environment = match environments.get(environment).wait() {
        Err(error) if error.kind() == ErrorKind::EnvironmentNotFound => return Ok(None),
        found => found?,
    };
    Ok(environment.packages().wait()?.into_iter().find(|package| package.name == *name))
}

fn described(
    name: &PackageName,
    installed: Option<&InstalledPackage>,
    found: Option<&FoundPackage>,
) -> Vec<String> {
    let mut lines = vec![format!("name         {name}")];
    let summary = installed.and_then(|package| package.summary.clone()).or_else(|| found?.summary.clone());
    lines.extend(summary.map(|summary| format!("summary      {summary}")));
    if let Some(found) = found {
        lines.push(format!("available    {} from {}", found.version, found.repository));
        if !found.labels.is_empty() {
            lines.push(format!("labels       {}", found.labels.join(", ")));
        }
    }
    if let Some(package) = installed {
        let joined = |list: Vec<String>| list.join(", ");
        lines.push(format!("installed    {} from {}", package.version, package.repository));
        lines.extend(package.license.iter().map(|license| format!("licence      {license}")));
        lines.extend(package.homepage.iter().map(|page| format!("homepage     {page}")));
        lines.push(format!(
            "modules      {}",
            joined(package.modules.keys().map(ToString::to_string).collect())
        ));
        if !package.dependencies.is_empty() {
            let needed = package.dependencies.iter().map(|(name, version)| format!("{name} {version}"));
            lines.push(format!("needs        {}", joined(needed.collect())));
        }
        lines.push(format!("sha256       {}", package.sha256));
    }
    lines
}

fn counted(faults: usize) -> String {
    if faults == 1 { "1 fault".into() } else { format!("{faults} faults") }
}
