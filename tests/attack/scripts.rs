//! `tests/lua/hostile`: a file is an attack, whose first lines say how it must end and under what limits.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use bioxen_lua::Limits;

use crate::case::{Case, Ending};
use crate::lua_case;

pub fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lua/hostile");
    let entries = fs::read_dir(folder).expect("the folder of hostile scripts");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| of(file).unwrap_or_else(|error| panic!("{}: {error:#}", file.display())))
        .collect()
}

fn of(file: &Path) -> Result<Case> {
    let script = lua_case::Case::read(file)?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Case::new(name, script.kinds(), move |stage| {
        let outcome = script.check_on(stage.engine, stage.work)?;
        let Limits { time, memory, .. } = script.limits();
        Ok(Ending::of_outcome(&outcome, time.unwrap_or_default(), memory.unwrap_or_default()))
    }))
}
