//! What is to be measured, and how thoroughly.

use std::path::PathBuf;

use bioxen_lua::Engine;

/// How long measuring may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effort {
    /// Some 20 seconds for everything.
    Quick,
    /// At most 5 minutes for everything.
    Full,
}

/// What every benchmark is given.
pub struct Plan {
    pub engine: Engine,
    pub effort: Effort,
    /// Names of benchmarks and programs; empty for all.
    pub only: Vec<String>,
    /// Where cargo put this program, and puts the command.
    pub binaries: PathBuf,
    /// Where results go.
    pub folder: PathBuf,
}

impl Plan {
    /// The number that belongs to the effort.
    pub fn rounds(&self, quick: usize, full: usize) -> usize {
        match self.effort {
            Effort::Quick => quick,
            Effort::Full => full,
        }
    }

    /// Whether a benchmark or program was asked for.
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == name)
    }
}
