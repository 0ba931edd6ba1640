//! Which files of a source go where in a rock, by the rules of LuaRocks' `builtin`.

use crate::error::Error;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::package::name::ModuleName;
use crate::package::rock::RelativePath;
use crate::package::rockspec::{Build, BuildKind, Install, ModuleSource, Placed};

use super::source::Sources;

/// The folder that holds the modules when the rockspec does not name them: the first that is there.
const MODULE_FOLDERS: [&str; 3] = ["src", "lua", "lib"];
/// And what in it is none of them.
const NO_MODULES: [&str; 5] = ["spec", ".luarocks", "lua_modules", "test.lua", "tests.lua"];
/// Folders of commands, then.
const COMMAND_FOLDERS: [&str; 2] = ["src/bin", "bin"];
/// Folders that are copied, then.
const COPIED_FOLDERS: [&str; 4] = ["doc", "docs", "samples", "tests"];
/// What is copied when the rockspec does not say what.
const DOC: &str = "doc";
/// What the names of files begin with that are documentation all the same.
const DOC_FILES: [&str; 3] = ["readme", "license", "copying"];

/// Puts the files of a rock together from a source.
///
/// # Errors
///
/// [`ErrorKind::RockspecInvalid`] when a file is not there, [`ErrorKind::NativeUnsupported`] for C, and
/// [`ErrorKind::ArchiveUnsafe`] for paths that are none.
pub(super) fn lay_out(
    build: &Build,
    sources: &Sources,
    provides: &dyn Fn(&ModuleName) -> bool,
) -> Result<Sources> {
    let mut layout = Layout { sources, provides, rock: Sources::new() };
    // The order of LuaRocks: what comes later takes the place of what came before.
    let found = match (&build.kind, &build.modules) {
        (BuildKind::Builtin, None) => Some(layout.find()?),
        _ => None,
    };
    if build.kind == BuildKind::Builtin {
        layout.modules(build)?;
        layout.folder("lua", "lua")?;
    }
    let found = found.unwrap_or_default();
    let install = if build.install == Install::default() { &found.install } else { &build.install };
    layout.install(install)?;
    layout.copy(build.copy_directories.as_deref().or(found.copied.as_deref()))?;
    Ok(layout.rock)
}

struct Layout<'a> {
    sources: &'a Sources,
    provides: &'a dyn Fn(&ModuleName) -> bool,
    rock: Sources,
}

/// What was found in a source beside its modules.
#[derive(Default)]
struct Found {
    install: Install,
    copied: Option<Vec<String>>,
}

impl Layout<'_> {
    fn modules(&mut self, build: &Build) -> Result<()> {
        for (name, source) in build.modules.iter().flatten() {
            match source {
                ModuleSource::Lua(placed) => self.place(placed, "lua", "build.modules")?,
                ModuleSource::Native(_) if (self.provides)(name) => {}
                ModuleSource::Native(files) => return Err(native(name.as_str(), files.first())),
            }
        }
        Ok(())
    }

    /// Finds the modules in the source, and places them.
    fn find(&mut self) -> Result<Found> {
        let prefix = MODULE_FOLDERS.into_iter().find(|folder| self.is_folder(folder)).unwrap_or_default();
        let sources = self.sources;
        for (path, content) in sources {
            let Some(file) = path.below(prefix) else { continue };
            if NO_MODULES.contains(&file.split('/').next().unwrap_or_default()) {
                continue;
            }
            if let Some(module) = file.strip_suffix(".lua") {
                self.put(&format!("lua/{}", found_module(module)), content)?;
            } else if let Some(module) = file.strip_suffix(".c") {
                self.check_native(module, content)?;
            }
        }
        let folders = COPIED_FOLDERS.into_iter().filter(|folder| self.is_folder(folder));
        let copied: Vec<String> = folders.map(str::to_string).collect();
        let bin = COMMAND_FOLDERS.into_iter().find(|folder| self.is_folder(folder));
        let bin = bin.map(|folder| self.files_in(folder)).unwrap_or_default();
        let install = Install { bin, ..Install::default() };
        Ok(Found { install, copied: (!copied.is_empty()).then_some(copied) })
    }

    /// Refuses a file in C, unless every VM has its module.
    fn check_native(&self, file: &str, content: &[u8]) -> Result<()> {
        let module = opened_in(content).unwrap_or_else(|| dotted(file));
        let provided = module.parse().is_ok_and(|module| (self.provides)(&module));
        if provided { Ok(()) } else { Err(native(&module, Some(&format!("{file}.c")))) }
    }

    fn install(&mut self, install: &Install) -> Result<()> {
        if let Some(file) = install.lib.first() {
            return Err(native(&file.to, Some(&file.from)));
        }
        for (files, sort) in [(&install.lua, "lua"), (&install.bin, "bin"), (&install.conf, "conf")] {
            for placed in files {
                self.place(placed, sort, &format!("build.install.{sort}"))?;
            }
        }
        Ok(())
    }

    /// Copies folders; without any, the documentation that is there.
    fn copy(&mut self, named: Option<&[String]>) -> Result<()> {
        let mut copied = 0;
        for folder in named.unwrap_or_default() {
            if !self.is_folder(folder) {
                return Err(missing("build.copy_directories", folder));
            }
            copied += self.folder(folder, folder)?;
        }
        if named.is_none() {
            copied += self.folder(DOC, DOC)?;
        }
        if copied > 0 {
            return Ok(());
        }
        let sources = self.sources;
        for (path, content) in sources.iter().filter(|(path, _)| is_documentation(path.as_str())) {
            self.put(&format!("{DOC}/{path}"), content)?;
        }
        Ok(())
    }

    /// Copies a folder, if it is there, and says how many files that were.
    fn folder(&mut self, from: &str, to: &str) -> Result<usize> {
        let sources = self.sources;
        let files = sources.iter().filter_map(|(path, content)| Some((path.below(from)?, content)));
        let mut count = 0;
        for (file, content) in files {
            self.put(&format!("{to}/{file}"), content)?;
            count += 1;
        }
        Ok(count)
    }

    fn place(&mut self, placed: &Placed, sort: &str, field: &str) -> Result<()> {
        let content = self.sources.get(placed.from.as_str()).ok_or_else(|| missing(field, &placed.from))?;
        self.put(&format!("{sort}/{}", placed.to), content)
    }

    fn put(&mut self, to: &str, content: &[u8]) -> Result<()> {
        self.rock.insert(RelativePath::new(to)?, content.to_vec());
        Ok(())
    }

    fn is_folder(&self, folder: &str) -> bool {
        self.sources.keys().any(|path| path.below(folder).is_some())
    }

    /// Files right in a folder, each to keep its name.
    fn files_in(&self, folder: &str) -> Vec<Placed> {
        let names = self.sources.keys().filter_map(|path| path.below(folder));
        let names = names.filter(|name| !name.contains('/'));
        names.map(|name| Placed { from: format!("{folder}/{name}"), to: name.to_string() }).collect()
    }
}

/// Where a module goes that was found as a file, which is named here without its ending.
fn found_module(file: &str) -> String {
    let module = dotted(file);
    let is_init = file.rsplit('/').next() == Some("init");
    let ending = if is_init && !module.ends_with(".init") { "/init.lua" } else { ".lua" };
    module.replace('.', "/") + ending
}

/// The name of the module in a file, which is named here without its ending.
fn dotted(file: &str) -> String {
    file.replace('/', ".").trim_matches('.').to_string()
}

/// The name behind `int luaopen_` in a file in C.
fn opened_in(content: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(content);
    let (_, rest) = text.match_indices("luaopen_").map(|(at, _)| text.split_at(at)).find(|(before, _)| {
        let type_name = before.trim_end();
        type_name.len() < before.len() && type_name.ends_with("int")
    })?;
    let name = rest.trim_start_matches("luaopen_");
    let end =
        name.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(name.len());
    (end > 0).then(|| name[..end].to_string())
}

fn is_documentation(path: &str) -> bool {
    let name = path.to_ascii_lowercase();
    !path.contains('/') && (name.contains(".md") || DOC_FILES.iter().any(|start| name.starts_with(start)))
}

fn missing(field: &str, path: &str) -> Error {
    Error::new(ErrorKind::RockspecInvalid, format!("`{field}`: `{path}` is not in the source"))
}

fn native(module: &str, file: Option<&String>) -> Error {
    let file = file.map(|file| format!(" (`{file}`)")).unwrap_or_default();
    let what = format!("module `{module}`{file} is machine code, which never runs in a VM");
    Error::new(ErrorKind::NativeUnsupported, what)
}
