//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::plan::Effort;
use crate::{BENCHMARKS, programs};

pub const HELP: &str = "\
Measures bioxen-lua, all limits on, beside native Lua in the same run.

Usage: bioxen-bench [--quick] [--only NAME,..] [--json FILE] [--svg FILE]

  --quick        about 20 seconds instead of up to 5 minutes
  --only NAME,.. these benchmarks or programs alone
  --json FILE    where the numbers go (default: bench/bench.json in the target folder)
  --svg FILE     where the plot goes (default: bench/bench.svg in the target folder)";

/// What was typed.
#[derive(Debug, PartialEq)]
pub struct Arguments {
    pub effort: Effort,
    pub only: Vec<String>,
    pub json: Option<PathBuf>,
    pub svg: Option<PathBuf>,
    pub help: bool,
}

impl Arguments {
    pub fn parse(typed: impl IntoIterator<Item = OsString>) -> Result<Arguments, String> {
        let mut arguments =
            Arguments { effort: Effort::Full, only: Vec::new(), json: None, svg: None, help: false };
        let mut typed = typed.into_iter();
        while let Some(argument) = typed.next() {
            let mut value = || typed.next().ok_or_else(|| format!("`{}` needs a value", argument.display()));
            match argument.to_str() {
                Some("--quick") => arguments.effort = Effort::Quick,
                Some("--only") => arguments.only.extend(names(&value()?.to_string_lossy())?),
                Some("--json") => arguments.json = Some(value()?.into()),
                Some("--svg") => arguments.svg = Some(value()?.into()),
                Some("--help" | "-h") => arguments.help = true,
                _ => return Err(format!("unknown argument `{}`", argument.display())),
            }
        }
        Ok(arguments)
    }
}

fn names(list: &str) -> Result<Vec<String>, String> {
    let known: Vec<&str> = BENCHMARKS.iter().map(|&(name, _)| name).chain(programs::names()).collect();
    list.split(',')
        .map(|name| match known.contains(&name) {
            true => Ok(name.to_string()),
            false => Err(format!("no benchmark `{name}`: expected one of {}", known.join(", "))),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn benchmarks_and_programs_have_names() {
        assert_eq!(parse("--quick --only fresh,fib").unwrap().only, ["fresh", "fib"]);
        assert!(parse("--only nothing").unwrap_err().starts_with("no benchmark `nothing`"));
        assert_eq!(parse("--only").unwrap_err(), "`--only` needs a value");
        assert_eq!(parse("--fast").unwrap_err(), "unknown argument `--fast`");
    }
}
