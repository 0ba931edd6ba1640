//! `cargo xtask run`: a Lua program in the sandbox, from a fresh checkout.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::workspace::{self, Workspace};
use crate::{USAGE, setup};

pub const HELP: &str = "\
Arguments of `run` after SCRIPT:
  run SCRIPT A B                  A and B go to the script
  run SCRIPT --stats --time 2s    a first argument that starts with `-`: all go to `bioxen run`
  run SCRIPT --stats -- A B       with `--`: what is before it to `bioxen run`, the rest to the script";

pub fn verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    let line = match Line::parse(arguments) {
        Ok(line) => line,
        Err(message) => {
            eprintln!("error: {message}\n\n{HELP}");
            return Ok(ExitCode::from(USAGE));
        }
    };
    setup::compiler(workspace)?;
    let mut bioxen = build(workspace)?;
    let mut mount = workspace.root().join("examples/data").into_os_string();
    mount.push(":/data");
    bioxen.args(["run", "--mount"]).arg(mount);
    bioxen.args(line.options).arg(line.script).args(line.arguments);
    eprintln!("run: starting the program");
    workspace::status(&mut bioxen)
}

/// Builds the command and hands it out, ready for arguments.
fn build(workspace: &Workspace) -> Result<Command> {
    eprintln!(
        "run: building the command `bioxen` (the first time takes minutes: it builds wasmtime and its compiler)"
    );
    workspace::succeed(workspace.cargo().args(["build", "--release", "--package", "bioxen-cli"]))?;
    let name = format!("bioxen{}", std::env::consts::EXE_SUFFIX);
    Ok(Command::new(workspace.cargo_target()?.join("release").join(name)))
}

/// What was typed after `run`, sorted into its three receivers.
#[derive(Debug, PartialEq)]
struct Line {
    options: Vec<OsString>,
    script: OsString,
    arguments: Vec<OsString>,
}

impl Line {
    fn parse(typed: Vec<OsString>) -> Result<Line, String> {
        let mut typed = typed.into_iter();
        let script = typed.next().ok_or("`run` needs a script: `cargo xtask run examples/gc_content.lua`")?;
        if is_option(&script) {
            return Err(format!("the script comes first, before `{}`", script.display()));
        }
        let mut options: Vec<OsString> = typed.collect();
        let arguments = match options.iter().position(|word| word == "--") {
            Some(at) => {
                let arguments = options.split_off(at + 1);
                options.pop();
                arguments
            }
            None if options.first().is_some_and(is_option) => Vec::new(),
            None => std::mem::take(&mut options),
        };
        match options.first() {
            Some(word) if !is_option(word) => Err(format!(
                "`{}` stands before `--`, where only options of `bioxen run` belong",
                word.display()
            )),
            _ => Ok(Line { options, script, arguments }),
        }
    }
}

/// A lone `-` is standard input, not an option.
fn is_option(word: &OsString) -> bool {
    word.as_encoded_bytes().starts_with(b"-") && word != "-"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(typed: &str) -> Result<Line, String> {
        Line::parse(typed.split_whitespace().map(OsString::from).collect())
    }

    #[track_caller]
    fn check(typed: &str, options: &str, script: &str, arguments: &str) {
        let words = |text: &str| text.split_whitespace().map(OsString::from).collect();
        let expected = Line { options: words(options), script: script.into(), arguments: words(arguments) };
        assert_eq!(parse(typed), Ok(expected));
    }

    #[test]
    fn arguments_reach_their_receiver() {
        check("a.lua", "", "a.lua", "");
        check("a.lua x --y", "", "a.lua", "x --y");
        check("a.lua - x", "", "a.lua", "- x");
        check("a.lua --memory 8MiB", "--memory 8MiB", "a.lua", "");
        check("a.lua --stats -- x -- y", "--stats", "a.lua", "x -- y");
        check("a.lua -- --x", "", "a.lua", "--x");
        check("a.lua --", "", "a.lua", "");
        check("- --stats", "--stats", "-", "");
    }

    #[test]
    fn a_line_that_cannot_be_sorted_is_refused() {
        assert!(parse("").unwrap_err().contains("needs a script"));
        assert!(parse("--stats a.lua").unwrap_err().contains("comes first"));
        assert!(parse("a.lua x -- y").unwrap_err().contains("stands before `--`"));
    }
}
