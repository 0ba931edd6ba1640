//! No compiler in the library: a process that embeds it holds nothing that could turn bytes into
//! machine code.

use anyhow::{Result, ensure};

use super::report;
use crate::workspace::{Workspace, output};

/// The packages that people link.
const PRODUCTS: [&str; 3] = ["bioxen-lua", "bioxen-cli", "bioxen-python"];
/// Every code generator that wasmtime can be built with.
const COMPILERS: [&str; 4] =
    ["cranelift-codegen", "wasmtime-internal-cranelift", "winch-codegen", "wasmtime-internal-winch"];

pub fn check(workspace: &Workspace) -> Result<()> {
    for product in PRODUCTS {
        let mut cargo = workspace.cargo();
        cargo.args(["tree", "--locked", "--edges", "normal", "--target", "all", "--prefix", "none"]);
        cargo.args(["--all-features", "--package", product]);
        let tree = output(&mut cargo)?;
        // A tree without the engine would pass whatever the rest of it is.
        ensure!(
            packages(&tree).any(|name| name == "wasmtime"),
            "`cargo tree` shows no wasmtime in `{product}`"
        );
        report(&format!("`{product}` links a compiler"), &compilers(&tree))?;
    }
    Ok(())
}

fn compilers(tree: &str) -> Vec<String> {
    COMPILERS
        .iter()
        .filter(|compiler| packages(tree).any(|name| name == **compiler))
        .map(|c| c.to_string())
        .collect()
}

/// The names in what `cargo tree --prefix none` prints: `name vVERSION ...` on each line.
fn packages(tree: &str) -> impl Iterator<Item = &str> {
    tree.lines().filter_map(|line| line.split_whitespace().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_is_found_by_its_whole_name() {
        assert_eq!(compilers("a v1.0.0 (/a)\ncranelift-codegen v0.135.8 (*)\n"), ["cranelift-codegen"]);
        assert_eq!(compilers("a v1.0.0\ncranelift-codegen-shared v0.135.8\n\n"), [""; 0]);
        assert_eq!(compilers(""), [""; 0]);
    }
}
