//! Puts each `*.wat` into a whole module and compiles it ahead of time. A file holds what is hostile and no more: the imports
//! and exports of the real guest come from the list on record, the rest from `pieces/`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, anyhow};

/// What is common to all: memory, the addresses that the host asks for, replies.
const PRELUDE: &str = include_str!("pieces/prelude.wat");

/// A file that is a whole module says so.
const WHOLE: &str = ";; form: whole";
/// Exports that are left out, parted by spaces.
const WITHOUT: &str = ";; without: ";
/// Stands for the calls of all imports by number, with arguments that are read from the program.
const DISPATCH: &str = "(;dispatch;)";

/// Stands for more globals than an instance may have.
const GLOBALS: &str = "(;globals;)";

const VM: &str = "bioxen:lua/vm@0.1.0#";

fn main() -> Result<()> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    println!("cargo::rerun-if-changed={}", here.display());
    let record = here.join("../../golden/imports.txt");
    println!("cargo::rerun-if-changed={}", record.display());
    let contract = Contract::read(&fs::read_to_string(record)?)?;
    let mut list = String::from("&[\n");
    for file in guests(here)? {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let image = out.join(format!("{name}.cwasm"));
        compile(&contract, &fs::read_to_string(&file)?, &image)
            .with_context(|| format!("cannot build `{}`", file.display()))?;
        writeln!(
            list,
            "HostileGuest {{ name: {name:?}, source: include_str!({file:?}), image: include_bytes!({image:?}) }},"
        )?;
    }
    list.push(']');
    Ok(fs::write(out.join("guests.rs"), list)?)
}

fn guests(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|kind| kind == "wat"));
    files.sort();
    Ok(files)
}

fn compile(contract: &Contract, source: &str, image: &Path) -> Result<()> {
    let text = if source.contains(WHOLE) { source.to_string() } else { contract.module(source)? };
    let wasm = wat::parse_str(&text).map_err(|error| anyhow!("{error}"))?;
    Ok(fs::write(image, bioxen_lua_guest_build::compile_module(&wasm)?)?)
}

/// What the real guest imports and exports.
struct Contract {
    imports: Vec<Function>,
    exports: Vec<Function>,
}

struct Function {
    module: String,
    name: String,
    parameters: Vec<String>,
    result: String,
}

impl Contract {
    fn read(record: &str) -> Result<Contract> {
        let functions = |kind: &str| {
            let lines = record.lines().filter(|line| line.starts_with(kind) && line.contains(" function "));
            lines.map(Function::read).collect::<Result<Vec<_>>>()
        };
        Ok(Contract { imports: functions("import")?, exports: functions("export")? })
    }

    /// A module around what a file says.
    fn module(&self, source: &str) -> Result<String> {
        let mut text = String::from("(module\n");
        for import in &self.imports {
            let Function { module, name, .. } = import;
            writeln!(text, "(import {module:?} {name:?} (func ${name} {}))", import.kind())?;
        }
        text.push_str(PRELUDE);
        if !source.contains("(export \"memory\"") && !is_without(source, "memory") {
            text.push_str("(memory (export \"memory\") 5)\n");
        }
        if !source.contains("(export \"__stack_pointer\"") && !is_without(source, "__stack_pointer") {
            text.push_str("(global (export \"__stack_pointer\") (mut i32) (i32.const 0x10000))\n");
        }
        for export in &self.exports {
            let name = &export.name;
            if !source.contains(&format!("(export {name:?}")) && !is_without(source, name) {
                writeln!(text, "(func (export {name:?}) {} {})", export.kind(), usual(export, source))?;
            }
        }
        let globals = || "(global (mut i32) (i32.const 1))\n".repeat(100_000);
        let source =
            if source.contains(GLOBALS) { source.replace(GLOBALS, &globals()) } else { source.into() };
        text.push_str(&source.replace(DISPATCH, &self.dispatch()?));
        text.push_str("\n)\n");
        Ok(text)
    }

    /// `$dispatch`: calls the import of a number, and notes its result.
    fn dispatch(&self) -> Result<String> {
        let mut text = String::from("(func $dispatch (param $number i32)\n");
        for (number, import) in self.imports.iter().enumerate() {
            let arguments = import.parameters.iter().map(|kind| match kind.as_str() {
                "i64" => "(call $long)",
                _ => "(call $word)",
            });
            let call = format!("(call ${} {})", import.name, arguments.collect::<Vec<_>>().join(" "));
            let noted = match import.result.as_str() {
                "" => call,
                "i64" => format!("(call $note {call})"),
                _ => format!("(call $note (i64.extend_i32_s {call}))"),
            };
            writeln!(text, "(if (i32.eq (local.get $number) (i32.const {number})) (then {noted}))")?;
        }
        text.push_str(")\n");
        Ok(text)
    }
}

impl Function {
    /// Of a line such as `import MODULE NAME function (i32 i64) -> (i32)`.
    fn read(line: &str) -> Result<Function> {
        let (names, kind) = line.split_once(" function ").context("a function")?;
        let (parameters, result) = kind.split_once(" -> ").context("a type")?;
        let bare = |list: &str| list.trim_matches(['(', ')']).to_string();
        let (first, name) = names.rsplit_once(' ').context("a name")?;
        let module = first.split_once(' ').map_or("", |(_, module)| module); // exports are of none
        Ok(Function {
            name: name.to_string(),
            module: module.to_string(),
            parameters: bare(parameters).split_whitespace().map(str::to_string).collect(),
            result: bare(result),
        })
    }

    fn kind(&self) -> String {
        let result = if self.result.is_empty() { String::new() } else { format!("(result {})", self.result) };
        format!("(param {}) {result}", self.parameters.join(" "))
    }
}

fn is_without(source: &str, export: &str) -> bool {
    let left_out = source.lines().find_map(|line| line.strip_prefix(WITHOUT)).unwrap_or_default();
    left_out.split_whitespace().any(|name| name == export || VM.to_string() + name == export)
}

/// What an export does that a file says nothing about: with `$attack`, whatever the host asks is answered by that.
fn usual(export: &Function, source: &str) -> &'static str {
    let attack = if source.contains("(func $attack") { "(call $attack)" } else { "(call $nothing)" };
    match export.name.strip_prefix(VM).unwrap_or(&export.name) {
        "layout" => "(i32.const 0x10000)",
        "allocate" => "(call $place (local.get 0))",
        "cabi_realloc" => "(i32.const 0)",
        "collect" => "(i32.const 1)",
        _ if export.result.is_empty() => "",
        _ => attack,
    }
}
