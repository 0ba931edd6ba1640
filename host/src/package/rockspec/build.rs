//! How a package is built, as far as copying files can build one.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::package::name::ModuleName;
use crate::package::rockspec::Format;
use crate::package::rockspec::fields::{Fields, file_name, invalid, path};

/// What no package may copy beside its modules: these names mean something in an installed rock.
const TAKEN: [&str; 3] = ["lua", "lib", "rock_manifest"];

/// How a package is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Build {
    pub kind: BuildKind,
    /// The modules, by name; `None` when they have to be found in the source, which only
    /// [`BuildKind::Builtin`] does, and only from format 3.0 on.
    pub modules: Option<BTreeMap<ModuleName, ModuleSource>>,
    pub install: Install,
    /// Folders that are copied whole, and have to be there; `None` means `doc`, if there is one.
    pub copy_directories: Option<Vec<String>>,
    /// Unified diffs, by name, to apply in the order of their names, one folder of their paths being cut.
    pub patches: BTreeMap<String, Vec<u8>>,
    /// Files to write into the source before the patches, by path.
    pub extra_files: BTreeMap<String, Vec<u8>>,
}

/// Who builds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BuildKind {
    /// LuaRocks itself: files are copied, C is compiled.
    Builtin,
    /// Nobody: files are copied.
    None,
    /// A program, such as `make`, or a package of its own.
    Program(String),
}

/// What a module is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ModuleSource {
    /// A Lua file of the source and where it goes, below the folder of Lua modules.
    Lua(Placed),
    /// Files to compile, as the rockspec names them.
    Native(Vec<String>),
}

/// A file that is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Its path in the source.
    pub from: String,
    /// Its path below the folder of its sort.
    pub to: String,
}

/// Files that are copied as they are, by the folder where they go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Install {
    pub lua: Vec<Placed>,
    pub lib: Vec<Placed>,
    pub conf: Vec<Placed>,
    pub bin: Vec<Placed>,
}

impl Build {
    /// `fields` is `None` when the rockspec has no such table.
    pub(super) fn read(fields: Option<Fields<'_>>, format: Format) -> Result<Build> {
        let Some(mut fields) = fields else {
            if format < Format::V3_0 {
                return Err(invalid("build", "expected a table, and it is missing"));
            }
            return Ok(Build::automatic());
        };
        let kind = kind(&mut fields, format)?;
        let modules = modules(&mut fields)?;
        if modules.is_none() && kind == BuildKind::Builtin && format < Format::V3_0 {
            return Err(invalid(&fields.name("modules"), "expected a table, and it is missing"));
        }
        // What else stands here is for the programs that build it, which never run.
        Ok(Build {
            kind,
            modules,
            install: install(&mut fields)?,
            copy_directories: copy_directories(&mut fields)?,
            patches: files(&mut fields, "patches")?,
            extra_files: files(&mut fields, "extra_files")?,
        })
    }

    fn automatic() -> Build {
        Build {
            kind: BuildKind::Builtin,
            modules: None,
            install: Install::default(),
            copy_directories: None,
            patches: BTreeMap::new(),
            extra_files: BTreeMap::new(),
        }
    }

    /// The modules that are made of machine code.
    pub(crate) fn native_modules(&self) -> impl Iterator<Item = &ModuleName> {
        let modules = self.modules.iter().flatten();
        modules.filter(|(_, source)| matches!(source, ModuleSource::Native(_))).map(|(name, _)| name)
    }
}

fn kind(fields: &mut Fields<'_>, format: Format) -> Result<BuildKind> {
    let field = fields.name("type");
    let kind = match fields.text("type")?.as_deref() {
        Some("builtin" | "module") => BuildKind::Builtin,
        Some("none") => BuildKind::None,
        Some(other) if !other.is_empty() => BuildKind::Program(other.to_owned()),
        None if format >= Format::V3_0 => BuildKind::Builtin,
        _ => return Err(invalid(&field, "expected a string, such as \"builtin\"")),
    };
    Ok(kind)
}

fn modules(fields: &mut Fields<'_>) -> Result<Option<BTreeMap<ModuleName, ModuleSource>>> {
    let Some(mut table) = fields.table("modules")? else { return Ok(None) };
    let mut modules = BTreeMap::new();
    for name in table.names() {
        let field = table.name(name);
        let module: ModuleName = module_name(&field, name)?;
        let source = if table.is_text(name) {
            let file = table.required_text(name)?;
            single_source(&field, &module, &file)?
        } else {
            ModuleSource::Native(native_sources(&mut table, name)?)
        };
        modules.insert(module, source);
    }
    table.finish()?;
    Ok(Some(modules))
}

fn module_name(field: &str, name: &str) -> Result<ModuleName> {
    name.parse().map_err(|error| invalid(field, "expected the name of a module").with_source(error))
}

fn single_source(field: &str, module: &ModuleName, file: &str) -> Result<ModuleSource> {
    let from = path(field, file)?;
    if !from.ends_with(".lua") {
        return Ok(ModuleSource::Native(vec![from]));
    }
    let folder = file_name(&from) == "init.lua" && !module.as_str().ends_with(".init");
    let ending = if folder { "/init.lua" } else { ".lua" };
    let to = module.path() + ending;
    Ok(ModuleSource::Lua(Placed { from, to }))
}

/// The files of a module in C: the list itself, or its field `sources`. Its other fields are for a
/// compiler.
fn native_sources(modules: &mut Fields<'_>, name: &str) -> Result<Vec<String>> {
    let field = modules.name(name);
    let mut table = modules.table(name)?.ok_or_else(|| invalid(&field, "expected a string or a table"))?;
    let mut sources = table.sequence()?;
    sources.extend(table.texts("sources")?.unwrap_or_default());
    sources.into_iter().map(|(field, file)| path(&field, &file)).collect()
}

fn install(fields: &mut Fields<'_>) -> Result<Install> {
    let Some(mut table) = fields.table("install")? else { return Ok(Install::default()) };
    let install = Install {
        lua: placed(&mut table, "lua", module_target)?,
        lib: placed(&mut table, "lib", module_target)?,
        conf: placed(&mut table, "conf", file_target)?,
        bin: placed(&mut table, "bin", file_target)?,
    };
    table.finish()?;
    Ok(install)
}

/// The files of one sort: those without a name keep that of their file, the others go where `target` puts
/// their name.
fn placed(
    install: &mut Fields<'_>,
    sort: &str,
    target: fn(&str, &str, &str) -> Result<String>,
) -> Result<Vec<Placed>> {
    let Some(mut table) = install.table(sort)? else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    for (field, file) in table.sequence()? {
        let from = path(&field, &file)?;
        files.push(Placed { to: file_name(&from).to_owned(), from });
    }
    for name in table.names() {
        let field = table.name(name);
        let from = path(&field, &table.required_text(name)?)?;
        files.push(Placed { to: target(&field, name, &from)?, from });
    }
    table.finish()?;
    Ok(files)
}

/// A module's name says the folder, and the file's name if that is a Lua file.
fn module_target(field: &str, name: &str, from: &str) -> Result<String> {
    let module = module_name(field, name)?.path();
    if from.ends_with(".lua") {
        return Ok(module + ".lua");
    }
    Ok(match module.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{}", file_name(from)),
        None => file_name(from).to_owned(),
    })
}

fn file_target(field: &str, name: &str, _from: &str) -> Result<String> {
    path(field, name)
}

fn copy_directories(fields: &mut Fields<'_>) -> Result<Option<Vec<String>>> {
    let Some(folders) = fields.list("copy_directories")? else { return Ok(None) };
    let folder = |(field, text): (String, String)| {
        let folder = path(&field, &text)?;
        let first = folder.split('/').next().unwrap_or_default();
        if TAKEN.contains(&first) || first.ends_with(".rockspec") {
            return Err(invalid(
                &field,
                &format!("folder `{folder}` has a name that installed packages need"),
            ));
        }
        Ok(folder)
    };
    folders.into_iter().map(folder).collect::<Result<_>>().map(Some)
}

fn files(fields: &mut Fields<'_>, name: &str) -> Result<BTreeMap<String, Vec<u8>>> {
    let Some(table) = fields.table(name)? else { return Ok(BTreeMap::new()) };
    let field = fields.name(name);
    let file = |(name, bytes): (String, Vec<u8>)| Ok((path(&format!("{field}[{name:?}]"), &name)?, bytes));
    table.files()?.into_iter().map(file).collect()
}
