//! `bioxen env`: environments themselves.

use bioxen_lua::{Access, Condition, Environment, HealthCheck, StoredMount};
use serde_json::{Value, json};

use crate::machine;
use crate::report::{self, Fault};
use crate::streams::Streams;
use crate::table::table;

use super::arguments::{
    BootstrapArguments, CleanArguments, EnvArguments, EnvCommand, EnvListArguments, EnvNameArguments,
    EnvShowArguments, ExportArguments, ExportForm, MountArguments, RollbackArguments, SetArguments,
    UnmountArguments,
};
use super::home::{HomeArguments, explained, get};
use super::progress::shown;

/// Does what was asked for, and says with which status to leave.
pub fn env(arguments: &EnvArguments, streams: &Streams) -> Result<u8, Fault> {
    match &arguments.command {
        EnvCommand::Create(arguments) => create(arguments),
        EnvCommand::Bootstrap(arguments) => bootstrap(arguments, streams),
        EnvCommand::List(arguments) => list(arguments, streams),
        EnvCommand::Show(arguments) => show(arguments, streams),
        EnvCommand::Remove(arguments) => remove(arguments),
        EnvCommand::Rollback(arguments) => rollback(arguments, streams),
        EnvCommand::Health(arguments) => health(arguments, streams),
        EnvCommand::Set(arguments) => set(arguments),
        EnvCommand::Mount(arguments) => mount(arguments),
        EnvCommand::Unmount(arguments) => unmount(arguments),
        EnvCommand::Export(arguments) => export(arguments, streams),
        EnvCommand::Clean(arguments) => clean(arguments),
    }
}

fn opened(home: &HomeArguments, name: &str) -> Result<Environment, Fault> {
    get(&home.open(&machine::engine()?)?, name)
}

fn create(arguments: &EnvNameArguments) -> Result<u8, Fault> {
    let environments = arguments.home.open(&machine::engine()?)?;
    environments.create(&arguments.name).wait().map_err(|error| explained(error, &arguments.name))?;
    Ok(report::FINE)
}

fn remove(arguments: &EnvNameArguments) -> Result<u8, Fault> {
    let environments = arguments.home.open(&machine::engine()?)?;
    environments.remove(&arguments.name).wait().map_err(|error| explained(error, &arguments.name))?;
    Ok(report::FINE)
}

fn list(arguments: &EnvListArguments, streams: &Streams) -> Result<u8, Fault> {
    let environments = arguments.home.open(&machine::engine()?)?.list().wait()?;
    let mut rows = Vec::new();
    for environment in &environments {
        rows.push((
            environment.name(),
            environment.generations().wait()?.current,
            environment.packages().wait()?.len(),
        ));
    }
    let object = |row: &(&str, u64, usize)| json!({ "name": row.0, "generation": row.1, "packages": row.2 });
    let cells = |row: &(&str, u64, usize)| [row.0.to_string(), row.1.to_string(), row.2.to_string()];
    streams.stdout.line(&match arguments.form.json {
        true => Value::Array(rows.iter().map(object).collect()).to_string(),
        false => table(["NAME", "GENERATION", "PACKAGES"], rows.iter().map(cells)),
    });
    Ok(report::FINE)
}

fn show(arguments: &EnvShowArguments, streams: &Streams) -> Result<u8, Fault> {
    let environment = opened(&arguments.home, &arguments.name)?;
    let generations = environment.generations().wait()?;
    let variables = environment.variables().wait()?;
    let mounts = environment.mounts().wait()?;
    if arguments.form.json {
        let variables: serde_json::Map<_, _> =
            variables.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        let object = json!({
            "name": environment.name(),
            "generation": generations.current,
            "generations": generations.all,
            "variables": variables,
            "mounts": mounts.iter().map(mount_object).collect::<Vec<_>>(),
        });
        streams.stdout.line(&object.to_string());
        return Ok(report::FINE);
    }
    let numbers: Vec<_> = generations.all.iter().map(u64::to_string).collect();
    let mut lines = vec![
        format!("name         {}", environment.name()),
        format!("generation   {} (of {})", generations.current, numbers.join(", ")),
    ];
    lines.extend(variables.iter().map(|(name, value)| format!("variable     {name}={value}")));
    lines.extend(mounts.iter().map(|mount| format!("folder       {}", written(mount))));
    streams.stdout.line(&lines.join("\n"));
    Ok(report::FINE)
}

fn mount_object(mount: &StoredMount) -> Value {
    json!({
        "host": mount.host(),
        "guest": mount.guest(),
        "writable": mount.access() == Access::ReadWrite,
        "modules": mount.has_modules(),
    })
}

/// As it is typed for `--mount`.
fn written(mount: &StoredMount) -> String {
    let writable = if mount.access() == Access::ReadWrite { ":rw" } else { "" };
    let modules = if mount.has_modules() { " (with modules)" } else { "" };
    format!("{}:{}{writable}{modules}", mount.host().display(), mount.guest())
}

fn rollback(arguments: &RollbackArguments, streams: &Streams) -> Result<u8, Fault> {
    let environment = opened(&arguments.home, &arguments.name)?;
    let generation = environment.rollback(arguments.generation).wait()?;
    streams.stdout.line(&format!("generation {generation}"));
    Ok(report::FINE)
}

fn bootstrap(arguments: &BootstrapArguments, streams: &Streams) -> Result<u8, Fault> {
    let environments = shown(&arguments.home.open(&machine::engine()?)?);
    let changed = match &arguments.profile {
        None => environments.bootstrap(&arguments.name),
        Some(profile) => environments.bootstrap_with(&arguments.name, profile),
    };
    let changed = changed.wait()?;
    streams.stdout.line(&match (arguments.form.json, changed) {
        (true, _) => json!({ "name": arguments.name, "changed": changed }).to_string(),
        (false, true) => format!("`{}` is ready", arguments.name),
        (false, false) => format!("`{}` was ready before", arguments.name),
    });
    Ok(report::FINE)
}

fn set(arguments: &SetArguments) -> Result<u8, Fault> {
    let environment = opened(&arguments.home, &arguments.name)?;
    let (name, value) = match arguments.variable.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (arguments.variable.as_str(), None),
    };
    environment.set_variable(name, value).wait()?;
    Ok(report::FINE)
}

fn mount(arguments: &MountArguments) -> Result<u8, Fault> {
    const EXPECTED: &str = "expected HOST:GUEST or HOST:GUEST:rw, such as ./data:/data";
    let (folders, writable) = match arguments.folder.strip_suffix(":rw") {
        Some(folders) => (folders, true),
        None => (arguments.folder.as_str(), false),
    };
    let wrong = || Fault::Usage(format!("folder `{}`: {EXPECTED}", arguments.folder));
    let (host, guest) = folders.rsplit_once(':').filter(|(host, _)| !host.is_empty()).ok_or_else(wrong)?;
    // It is used from anywhere later.
    let host = std::path::absolute(host).map_err(|_| wrong())?;
    let stored = match writable {
        true => StoredMount::read_write(host, guest)?,
        false => StoredMount::read_only(host, guest)?,
    };
    let stored = if arguments.modules { stored.with_modules() } else { stored };
    opened(&arguments.home, &arguments.name)?.add_mount(stored).wait()?;
    Ok(report::FINE)
}

fn unmount(arguments: &UnmountArguments) -> Result<u8, Fault> {
    opened(&arguments.home, &arguments.name)?.remove_mount(&arguments.guest).wait()?;
    Ok(report::FINE)
}

fn export(arguments: &ExportArguments, streams: &Streams) -> Result<u8, Fault> {
    let environment = opened(&arguments.home, &arguments.name)?;
    let text = match arguments.format {
        ExportForm::Cyclonedx => environment.export_cyclonedx().wait()?,
        ExportForm::Lock => environment.lockfile().wait()?,
        ExportForm::Luarocks => environment.luarocks_lock().wait()?,
    };
    streams.stdout.line(text.trim_end());
    Ok(report::FINE)
}

fn clean(arguments: &CleanArguments) -> Result<u8, Fault> {
    arguments.home.open(&machine::engine()?)?.collect_garbage().wait()?;
    Ok(report::FINE)
}

/// Shows each check. One that failed is a fault of the environment.
fn health(arguments: &EnvShowArguments, streams: &Streams) -> Result<u8, Fault> {
    let health = opened(&arguments.home, &arguments.name)?.health().wait()?;
    let word = |condition: Condition| match condition {
        Condition::Sound => "sound",
        Condition::Notable => "notable",
        Condition::Faulty => "faulty",
    };
    let object = |check: &HealthCheck| json!({ "name": check.name, "condition": word(check.condition), "notes": check.notes });
    streams.stdout.line(&match arguments.form.json {
        true => Value::Array(health.checks.iter().map(object).collect()).to_string(),
        false => health.checks.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    });
    match health.condition() {
        Condition::Faulty => Err(Fault::Host(format!("something is wrong with `{}`", arguments.name))),
        Condition::Sound | Condition::Notable => Ok(report::FINE),
    }
}
