//! Flags that say what a program is given: limits, folders, variables, a seed.

use bioxen_lua::{Access, Engine, Limits, Mount, VmConfig};
use clap::Args;

use crate::isolate::{self, Isolation, Reach};
use crate::limits_table::{defaults, memory_bounds};
use crate::packages::{self, HomeArguments};
use crate::report::Fault;
use crate::units::{Count, Size, Span};

/// What the program is given.
#[derive(Debug, Args)]
pub struct VmArguments {
    /// Let the program see the folder HOST as GUEST; it may change it only with `:rw`
    #[arg(long = "mount", value_name = "HOST:GUEST[:rw]", value_parser = mount)]
    mounts: Vec<Mount>,
    /// A variable for os.getenv, which finds no other
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = variable)]
    variables: Vec<(String, String)>,
    /// Let the program see the packages, folders and variables of this environment
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    #[command(flatten)]
    home: HomeArguments,
    /// Make all randomness repeat: a whole number
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = seed)]
    seed: Option<u64>,
    /// Lock this process in: no_new_privs, seccomp and Landlock, as far as the kernel has them; with
    /// `--isolate=required` it does not start without all three
    #[arg(long = "isolate", value_name = "HOW", hide_possible_values = true)]
    #[arg(num_args = 0..=1, require_equals = true, default_missing_value = "offered")]
    isolation: Option<Isolation>,
    #[command(flatten)]
    limits: LimitArguments,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
struct LimitArguments {
    /// Memory of the program
    #[arg(long, value_name = "SIZE", default_value_t = Size(defaults().memory), value_parser = memory)]
    memory: Size,
    /// Units of work, about one for each instruction
    #[arg(long, value_name = "N", default_value_t = Count(defaults().fuel), value_parser = fuel)]
    fuel: Count,
    /// Time on the clock, waiting for input included
    #[arg(long, value_name = "TIME", default_value_t = Span(defaults().time))]
    time: Span,
    /// What is written to standard output
    #[arg(long, visible_alias = "stdout", value_name = "SIZE", default_value_t = Size(defaults().stdout))]
    output: Size,
    /// What is written to standard error
    #[arg(long, value_name = "SIZE", default_value_t = Size(defaults().stderr))]
    stderr: Size,
    /// What the program returns
    #[arg(long, value_name = "SIZE", default_value_t = Size(defaults().result))]
    result: Size,
    /// An error's message, and its traceback
    #[arg(long, value_name = "SIZE", default_value_t = Size(defaults().error_text))]
    error_text: Size,
    /// The program's text
    #[arg(long, value_name = "SIZE", default_value_t = Size(defaults().source))]
    source: Size,
    /// Calls of host functions
    #[arg(long, value_name = "N", default_value_t = Count(defaults().host_calls))]
    host_calls: Count,
    /// Time of one call of a host function
    #[arg(long, value_name = "TIME", default_value_t = Span(defaults().host_call_time))]
    host_call_time: Span,
    /// What one call of a host function carries, each way
    #[arg(long, value_name = "SIZE", default_value_t = Size(defaults().host_call_size))]
    host_call_size: Size,
    /// Files open at once
    #[arg(long, value_name = "N", default_value_t = Count(defaults().open_files))]
    open_files: Count,
    /// Growth of all read-write mounts together
    #[arg(long, value_name = "SIZE", default_value_t = Size(defaults().disk))]
    disk: Size,
    /// Files and folders added to read-write mounts
    #[arg(long, value_name = "N", default_value_t = Count(defaults().files))]
    files: Count,
}

impl VmArguments {
    /// What the program may use.
    pub fn limits(&self) -> Limits {
        let limits = &self.limits;
        Limits {
            memory: limits.memory.0,
            fuel: limits.fuel.0,
            time: limits.time.0,
            stdout: limits.output.0,
            stderr: limits.stderr.0,
            result: limits.result.0,
            error_text: limits.error_text.0,
            source: limits.source.0,
            host_calls: limits.host_calls.0,
            host_call_time: limits.host_call_time.0,
            host_call_size: limits.host_call_size.0,
            open_files: limits.open_files.0,
            disk: limits.disk.0,
            files: limits.files.0,
        }
    }

    /// Makes the engine, in a process that can do no more than the program was given where that is asked for. What
    /// the command itself needs comes on top.
    pub fn isolated<T>(&self, needs: Reach, make: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
        isolate::around(self.isolation, || Ok(self.reach()?.and(needs)), make)
    }

    /// The folders of the mounts, and where the packages are.
    fn reach(&self) -> Result<Reach, Fault> {
        let mut reach = Reach::none();
        for mount in &self.mounts {
            let folders = match mount.access() {
                Access::ReadWrite => &mut reach.written,
                _ => &mut reach.read,
            };
            folders.push(mount.host().to_path_buf());
        }
        if self.environment.is_some() {
            reach.written.push(self.home.path()?); // the locks of its generations
        }
        Ok(reach)
    }

    /// The configuration of its VM, without the streams. What the command line gives comes on top of what the
    /// environment gives.
    pub fn config(&self, engine: &Engine) -> Result<VmConfig, Fault> {
        let given = match &self.environment {
            Some(name) => packages::get(&self.home.open(engine)?, name)?.vm_config()?,
            None => VmConfig::default(),
        };
        let mut config = given.limits(self.limits());
        for mount in &self.mounts {
            config = config.mount(mount.clone());
        }
        for (name, value) in &self.variables {
            config = config.var(name, value);
        }
        Ok(match self.seed {
            Some(seed) => config.seed(seed),
            None => config,
        })
    }
}

fn memory(text: &str) -> Result<Size, String> {
    let size: Size = text.parse()?;
    let [least, most] = memory_bounds();
    match size.0 {
        Some(bytes) if !(least..=most).contains(&bytes) => {
            Err(format!("expected {} to {}, or `none`", Size(Some(least)), Size(Some(most))))
        }
        _ => Ok(size),
    }
}

fn fuel(text: &str) -> Result<Count, String> {
    match text.parse()? {
        Count(Some(0)) => Err("expected 1 or more, or `none`".into()),
        count => Ok(count),
    }
}

fn seed(text: &str) -> Result<u64, String> {
    let plain = text.replace('_', "");
    let parsed = match plain.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => plain.parse(),
    };
    parsed.map_err(|_| "expected a whole number from 0 to 2^64-1".into())
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_string(), value.to_string())),
        _ => Err("expected NAME=VALUE, such as LANG=C".into()),
    }
}

/// Opens the folder, so that a wrong one is known before anything starts.
fn mount(text: &str) -> Result<Mount, String> {
    const EXPECTED: &str = "expected HOST:GUEST or HOST:GUEST:rw, such as ./data:/data";
    let (folders, writable) = match text.strip_suffix(":rw") {
        Some(folders) => (folders, true),
        None => (text.strip_suffix(":ro").unwrap_or(text), false),
    };
    let (host, guest) = folders.rsplit_once(':').ok_or(EXPECTED)?;
    if host.is_empty() || !guest.starts_with('/') {
        return Err(EXPECTED.into());
    }
    let mount = if writable { Mount::read_write(host, guest) } else { Mount::read_only(host, guest) };
    mount.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        vm: VmArguments,
    }

    fn parse(line: &str) -> Result<VmArguments, String> {
        let words = ["bioxen"].into_iter().chain(line.split_whitespace());
        Line::try_parse_from(words).map(|line| line.vm).map_err(|error| error.render().to_string())
    }

    #[track_caller]
    fn refused(line: &str, expected: &[&str]) {
        let message = parse(line).expect_err(line);
        for part in expected {
            assert!(message.contains(part), "{line}: {message}");
        }
    }

    #[test]
    fn limits_are_the_defaults_but_for_flags() {
        assert_eq!(parse("").unwrap().limits(), defaults());
        let line = "--memory 8M --fuel 1e9 --time 500ms --output none";
        let expected = Limits {
            memory: Some(8 << 20),
            fuel: Some(1_000_000_000),
            time: Some(Duration::from_millis(500)),
            stdout: None,
            ..defaults()
        };
        assert_eq!(parse(line).unwrap().limits(), expected);
        assert_eq!(parse("--stdout none").unwrap().limits().stdout, None);
    }

    #[test]
    fn a_wrong_limit_names_its_flag() {
        refused("--memory 64X", &["--memory", "no unit", "64MiB"]);
        refused("--memory 1k", &["--memory", "expected 1MiB to 4GiB"]);
        refused("--time 0s", &["--time", "more than no time"]);
        refused("--fuel 0", &["--fuel", "1 or more"]);
        refused("--fuel lots", &["--fuel", "such as 1e9"]);
        refused("--feul 1", &["--feul", "--fuel"]);
    }

    #[test]
    fn mounts() {
        let folder = tempfile::tempdir().unwrap();
        let host = folder.path().to_str().unwrap();
        let check = |text: &str, access: Access| {
            let mount = mount(text).unwrap();
            assert_eq!((mount.host(), mount.guest(), mount.access()), (folder.path(), "/data", access));
        };
        check(&format!("{host}:/data"), Access::ReadOnly);
        check(&format!("{host}:/data:ro"), Access::ReadOnly);
        check(&format!("{host}:/data:rw"), Access::ReadWrite);
        std::fs::create_dir(folder.path().join("a:b")).unwrap();
        assert!(mount(&format!("{host}/a:b:/data")).is_ok());
        for wrong in ["", "data", ":/data", "data:", "data:data", "data:rw", "/data:rw"] {
            refused(&format!("--mount {wrong:?}"), &["--mount", "HOST:GUEST"]);
        }
        refused("--mount ./no-such-folder:/data", &["--mount", "cannot mount `./no-such-folder`"]);
        refused("--mount .:/a/../b", &["--mount", "absolute path"]);
    }

    #[test]
    fn variables_and_seed() {
        assert_eq!(variable("A=b=c"), Ok(("A".into(), "b=c".into())));
        assert_eq!(variable("A="), Ok(("A".into(), "".into())));
        refused("--env A", &["--env", "NAME=VALUE"]);
        refused("--env =x", &["--env", "NAME=VALUE"]);
        assert_eq!(parse("--seed 0xff").unwrap().seed, Some(255));
        refused("--seed -1", &["--seed"]);
        refused("--seed abc", &["--seed", "whole number"]);
    }
}
