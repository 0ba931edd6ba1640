//! The licences of everything that is linked or built: each must be one that may be passed on
//! under MIT or Apache-2.0.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::report;
use crate::workspace::Workspace;

const ALLOWED: [&str; 13] = [
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "MPL-2.0",
    "Zlib",
    "Unicode-3.0",
    "ISC",
    "CC0-1.0",
    "Unlicense",
    "0BSD",
    "BSL-1.0",
];

pub fn check(workspace: &Workspace) -> Result<()> {
    let metadata = workspace.metadata(&["--locked"])?;
    let packages = metadata["packages"].as_array().context("`cargo metadata` lists no packages")?;
    report("licences that are not allowed", &packages.iter().filter_map(fault).collect::<Vec<_>>())
}

fn fault(package: &Value) -> Option<String> {
    let name = package["name"].as_str().unwrap_or("?");
    let Some(expression) = package["license"].as_str() else {
        return Some(format!("`{name}` names no licence"));
    };
    match permits(expression) {
        Ok(true) => None,
        Ok(false) => Some(format!("`{name}` is under `{expression}`")),
        Err(error) => Some(format!("`{name}`: {error}")),
    }
}

/// Whether an SPDX licence expression can be met with the allowed licences alone.
fn permits(expression: &str) -> Result<bool> {
    let mut words = Words { rest: words(expression), expression };
    let permitted = words.any_of()?;
    match words.rest.first() {
        None => Ok(permitted),
        Some(_) => words.refuse(),
    }
}

/// Cargo allowed `MIT/Apache-2.0` for "or" before it took SPDX expressions.
fn words(expression: &str) -> Vec<String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// A recursive descent over the words: OR binds weakest, then AND, then WITH.
struct Words<'a> {
    rest: Vec<String>,
    expression: &'a str,
}

impl Words<'_> {
    fn any_of(&mut self) -> Result<bool> {
        let mut permitted = self.all_of()?;
        while self.take("OR") {
            permitted |= self.all_of()?;
        }
        Ok(permitted)
    }

    fn all_of(&mut self) -> Result<bool> {
        let mut permitted = self.one()?;
        while self.take("AND") {
            permitted &= self.one()?;
        }
        Ok(permitted)
    }

    fn one(&mut self) -> Result<bool> {
        if self.take("(") {
            let permitted = self.any_of()?;
            return if self.take(")") { Ok(permitted) } else { self.refuse() };
        }
        let mut licence = self.name()?;
        if self.take("WITH") {
            licence = format!("{licence} WITH {}", self.name()?);
        }
        Ok(ALLOWED.contains(&licence.as_str()))
    }

    fn name(&mut self) -> Result<String> {
        match self.rest.first().map(String::as_str) {
            None | Some("OR" | "AND" | "WITH" | "(" | ")") => self.refuse(),
            Some(_) => Ok(self.rest.remove(0)),
        }
    }

    fn take(&mut self, word: &str) -> bool {
        let next = self.rest.first().is_some_and(|next| next == word);
        if next {
            self.rest.remove(0);
        }
        next
    }

    fn refuse<T>(&self) -> Result<T> {
        bail!("`{}` is no licence expression", self.expression)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(expression: &str, expected: bool) {
        assert_eq!(permits(expression).unwrap(), expected, "{expression}");
    }

    #[test]
    fn an_expression_is_met_or_not() {
        check("MIT", true);
        check("GPL-3.0", false);
        check("MIT OR GPL-3.0", true);
        check("GPL-3.0 OR MIT", true);
        check("MIT AND GPL-3.0", false);
        check("GPL-2.0/MIT", true);
        check("(MIT OR Apache-2.0) AND Unicode-3.0", true);
        check("(MIT OR Apache-2.0) AND GPL-3.0", false);
        check("((MIT))", true);
    }

    #[test]
    fn and_binds_tighter_than_or() {
        check("GPL-3.0 AND GPL-2.0 OR MIT", true);
        check("MIT OR GPL-3.0 AND GPL-2.0", true);
        check("GPL-3.0 AND (GPL-2.0 OR MIT)", false);
        check("(MIT OR GPL-3.0) AND GPL-2.0", false);
    }

    #[test]
    fn an_exception_belongs_to_its_licence() {
        check("Apache-2.0 WITH LLVM-exception", true);
        check("Apache-2.0 WITH Classpath-exception-2.0", false);
        check("MIT WITH LLVM-exception", false);
        check("GPL-2.0 WITH Classpath-exception-2.0 OR MIT", true);
        check("GPL-2.0+", false);
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in
            ["", "OR", "MIT OR", "MIT Apache-2.0", "(MIT", "MIT)", "MIT WITH", "AND MIT", "()", "/MIT"]
        {
            assert!(permits(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_package_without_a_licence_is_a_fault() {
        let package = serde_json::json!({"name": "a", "license": null, "license_file": "LICENSE"});
        assert!(fault(&package).unwrap().contains("`a` names no licence"));
        assert_eq!(fault(&serde_json::json!({"name": "a", "license": "MIT"})), None);
        assert!(fault(&serde_json::json!({"name": "a", "license": "GPL-3.0"})).is_some());
    }
}
