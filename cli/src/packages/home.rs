//! The folder that environments are kept in.

use std::ffi::OsString;
use std::path::PathBuf;

use bioxen_lua::{Engine, Environment, Environments, Error, ErrorKind};
use clap::Args;

use crate::report::Fault;

/// Where environments are kept.
#[derive(Debug, Args)]
pub struct HomeArguments {
    /// The folder of the environments [default: BIOXEN_HOME, else the user's data folder]
    #[arg(long = "home", value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

impl HomeArguments {
    /// All environments there.
    pub fn open(&self, engine: &Engine) -> Result<Environments, Fault> {
        Ok(Environments::open(engine, self.path()?)?)
    }

    /// Where that is.
    pub fn path(&self) -> Result<PathBuf, Fault> {
        folder(self.folder.clone(), |name| std::env::var_os(name))
    }
}

/// The environment of a name.
pub fn get(environments: &Environments, name: &str) -> Result<Environment, Fault> {
    environments.get(name).wait().map_err(|error| explained(error, name))
}

/// What the library says, with the command that helps.
pub fn explained(error: Error, name: &str) -> Fault {
    match error.kind() {
        ErrorKind::EnvironmentNotFound => Fault::Usage(format!(
            "no environment named `{name}`; `bioxen env list` shows them, `bioxen env create {name}` makes one"
        )),
        ErrorKind::EnvironmentExists => Fault::Usage(format!(
            "an environment named `{name}` exists: expected a free name; `bioxen env remove {name}` removes that one"
        )),
        _ => error.into(),
    }
}

/// As the rules for such folders say, a relative path in XDG_DATA_HOME is ignored.
fn folder(flag: Option<PathBuf>, variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf, Fault> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let of_user = || {
        let base = set("XDG_DATA_HOME").filter(|path| path.is_absolute());
        let base = base.or_else(|| Some(set("HOME")?.join(".local/share")))?;
        Some(base.join("bioxen"))
    };
    flag.or_else(|| set("BIOXEN_HOME")).or_else(of_user).ok_or_else(|| {
        Fault::Usage(
            "no folder for environments: expected --home DIR, or BIOXEN_HOME or HOME to be set".into(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(flag: Option<&str>, variables: &[(&str, &str)], expected: &str) {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        };
        let found = folder(flag.map(PathBuf::from), variable);
        assert_eq!(found.map_err(|fault| fault.to_string()), Ok(PathBuf::from(expected)));
    }

    #[test]
    fn the_folder_is_the_first_that_is_named() {
        let all = [("BIOXEN_HOME", "b"), ("XDG_DATA_HOME", "/x"), ("HOME", "/h")];
        check(Some("flag"), &all, "flag");
        check(None, &all, "b");
        check(None, &all[1..], "/x/bioxen");
        check(None, &all[2..], "/h/.local/share/bioxen");
        check(
            None,
            &[("BIOXEN_HOME", ""), ("XDG_DATA_HOME", "relative"), ("HOME", "/h")],
            "/h/.local/share/bioxen",
        );
        assert!(folder(None, |_| None).unwrap_err().to_string().contains("--home DIR"));
    }
}
