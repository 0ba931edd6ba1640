//! Attacks, a corpus for each kind, and after each of them the same questions: did the process, its memory,
//! its handles, the files beside and the neighbours stay as they were (`checks`)?
//!
//! `cargo xtask attack [CORPUS[/NAME]]` runs them and prints the table. One case after the other, in one process.

mod archives;
mod case;
mod checks;
mod guests;
#[path = "../it/case/mod.rs"]
mod lua_case;
mod neighbour;
mod network;
mod packages;
mod paths;
mod process;
mod row;
mod scripts;
mod sessions;
mod shared;
mod snapshots;
#[path = "../it/support.rs"]
#[allow(dead_code)] // the ordinary tests use more of it
mod support;
mod table;

use std::process::ExitCode;

use bioxen_lua::{Engine, EngineConfig};

use case::Case;
use checks::Checks;
use table::Table;

/// A corpus: its name, the number of cases below which something was lost, and how it is read.
type Corpus = (&'static str, usize, fn() -> Vec<Case>);

const CORPORA: [Corpus; 8] = [
    ("scripts", 267, scripts::cases),
    ("guests", 239, guests::cases),
    ("paths", 99, paths::cases),
    ("archives", 143, archives::cases),
    ("snapshots", 72, snapshots::cases),
    ("sessions", 54, sessions::cases),
    ("network", 136, network::cases),
    ("packages", 58, packages::cases),
];

/// Beside the stage's own VMs the neighbours live in it.
const LIVE_VMS: u32 = 200;

fn main() -> ExitCode {
    // As the test command calls a test program; anything that is no option names what to run.
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let secret = process::secret();
    // SAFETY: nothing else runs in this process yet.
    unsafe { std::env::set_var("BIOXEN_CANARY", &secret) };
    process::count_panics();
    let config = EngineConfig { live_vms: LIVE_VMS, ..EngineConfig::default() };
    let engine = Engine::with(config).expect("an engine can be made");
    let mut checks = Checks::new(&engine, &secret);
    let mut table = Table::default();
    for (corpus, least, cases) in CORPORA {
        let cases = cases();
        assert!(cases.len() >= least, "{corpus}: expected {least} cases, {} are left", cases.len());
        for case in &cases {
            let name = format!("{corpus}/{}", case.name);
            if wanted.is_empty() || wanted.iter().any(|wanted| name.starts_with(wanted)) {
                table.add(corpus, &name, checks.run(case));
            }
        }
    }
    table.end_of_run(checks.finish());
    table.print()
}
