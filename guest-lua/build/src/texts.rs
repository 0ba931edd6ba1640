//! Modules written in Lua as data of the guest: each `<module>.lua` of a folder becomes an entry of the table
//! that `provided.h` declares. They stay text, and are compiled when a VM asks for them.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// The C source of the table.
pub fn as_c(folder: &Path) -> Result<String> {
    let mut data = String::from("#include \"provided.h\"\n");
    let mut entries = String::new();
    for (number, name) in modules(folder)?.iter().enumerate() {
        let text = fs::read(folder.join(format!("{name}.lua")))?;
        ensure!(!text.is_empty(), "module `{name}` is an empty file");
        let bytes: Vec<String> = text.iter().map(u8::to_string).collect();
        writeln!(data, "static const unsigned char text_{number}[] = {{{}}};", bytes.join(","))?;
        writeln!(entries, "  {{\"{name}\", \"=[{name}]\", text_{number}, sizeof text_{number}}},")?;
    }
    Ok(format!("{data}const ProvidedText provided_texts[] = {{\n{entries}  {{0, 0, 0, 0}}}};\n"))
}

/// Names of the modules, sorted.
fn modules(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "lua") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
            ensure!(name.chars().all(plain), "`{}` is no name of a module", path.display());
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
