//! Rocks and repositories that the tests make themselves.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use md5::{Digest, Md5};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A rock in Lua alone.
#[derive(Debug, Clone)]
pub struct Rock {
    name: String,
    version: String,
    dependencies: Vec<String>,
    /// Lua files by module.
    modules: BTreeMap<String, String>,
    /// Other files by their paths in the rock.
    files: BTreeMap<String, Vec<u8>>,
}

impl Rock {
    pub fn new(name: &str, version: &str) -> Rock {
        let (name, version) = (name.to_string(), version.to_string());
        Rock {
            name,
            version,
            dependencies: vec!["lua >= 5.1".into()],
            modules: BTreeMap::new(),
            files: BTreeMap::new(),
        }
    }

    /// A rock with one module of its name, which says its version.
    pub fn plain(name: &str, version: &str) -> Rock {
        Rock::new(name, version).module(name, &format!("return {{ version = '{version}' }}\n"))
    }

    pub fn needs(mut self, dependency: &str) -> Rock {
        self.dependencies.push(dependency.into());
        self
    }

    pub fn module(mut self, module: &str, source: &str) -> Rock {
        self.modules.insert(module.into(), source.into());
        self
    }

    /// `NAME-VERSION`.
    pub fn stem(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    pub fn rockspec(&self) -> String {
        let quoted = |texts: &mut dyn Iterator<Item = String>| texts.collect::<Vec<_>>().join(", ");
        let dependencies = quoted(&mut self.dependencies.iter().map(|text| format!("{text:?}")));
        let modules =
            quoted(&mut self.modules.keys().map(|module| format!("[{module:?}] = \"{}\"", path(module))));
        format!(
            "package = {:?}\nversion = {:?}\nsource = {{ url = \"https://example.org/{}.tar.gz\" }}\n\
             description = {{ summary = \"the rock {}\", license = \"MIT\", homepage = \"https://example.org/\" }}\n\
             dependencies = {{ {dependencies} }}\n\
             build = {{ type = \"builtin\", modules = {{ {modules} }} }}\n",
            self.name,
            self.version,
            self.stem(),
            self.name,
        )
    }

    /// The `.all.rock`, as LuaRocks packs it.
    pub fn pack(&self) -> Vec<u8> {
        let mut files = self.files.clone();
        files.insert(format!("{}.rockspec", self.stem()), self.rockspec().into_bytes());
        for (module, source) in &self.modules {
            files.insert(format!("lua/{}", path(module)), source.clone().into_bytes());
        }
        files.insert("rock_manifest".into(), rock_manifest(&files).into_bytes());
        zipped(&files)
    }
}

/// The file of a module.
fn path(module: &str) -> String {
    format!("{}.lua", module.replace('.', "/"))
}

fn rock_manifest(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut root = Tree::default();
    for (path, content) in files {
        root.insert(path, hexadecimal(&Md5::digest(content)));
    }
    format!("rock_manifest = {}\n", root.print())
}

#[derive(Default)]
struct Tree {
    files: BTreeMap<String, String>,
    folders: BTreeMap<String, Tree>,
}

impl Tree {
    fn insert(&mut self, path: &str, digest: String) {
        match path.split_once('/') {
            Some((folder, rest)) => self.folders.entry(folder.into()).or_default().insert(rest, digest),
            None => drop(self.files.insert(path.into(), digest)),
        }
    }

    fn print(&self) -> String {
        let files = self.files.iter().map(|(name, digest)| format!("[{name:?}] = {digest:?}"));
        let folders = self.folders.iter().map(|(name, tree)| format!("[{name:?}] = {}", tree.print()));
        format!("{{ {} }}", files.chain(folders).collect::<Vec<_>>().join(", "))
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes everything");
        text
    })
}

fn zipped(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        archive.start_file(path.as_str(), SimpleFileOptions::default()).expect("a new name");
        archive.write_all(content).expect("memory");
    }
    archive.finish().expect("memory").into_inner()
}

/// A folder with rocks and a manifest of them.
pub struct Shelf {
    folder: TempDir,
    versions: BTreeMap<String, BTreeMap<String, Vec<&'static str>>>,
}

impl Shelf {
    pub fn new(rocks: &[Rock]) -> Shelf {
        let folder = quick_folder();
        let mut shelf = Shelf { folder, versions: BTreeMap::new() };
        rocks.iter().for_each(|rock| shelf.put(rock));
        shelf
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a rock there, or another one in its place.
    pub fn put(&mut self, rock: &Rock) {
        fs::write(self.path().join(format!("{}.all.rock", rock.stem())), rock.pack()).expect("written");
        fs::write(self.path().join(format!("{}.rockspec", rock.stem())), rock.rockspec()).expect("written");
        let versions = self.versions.entry(rock.name.clone()).or_default();
        versions.insert(rock.version.clone(), vec!["all", "rockspec"]);
        let mut manifest = String::from("commands = {}\nmodules = {}\nrepository = {\n");
        for (name, versions) in &self.versions {
            writeln!(manifest, "  [{name:?}] = {{").expect("a text takes everything");
            for (version, archs) in versions {
                let archs: Vec<String> = archs.iter().map(|arch| format!("{{ arch = {arch:?} }}")).collect();
                writeln!(manifest, "    [{version:?}] = {{ {} }},", archs.join(", ")).expect("a text");
            }
            manifest.push_str("  },\n");
        }
        manifest.push_str("}\n");
        fs::write(self.path().join("manifest-5.4"), manifest).expect("written");
    }
}

/// Names of everything in a folder, and below it, without those of locks.
pub fn everything(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(folder).expect("below").display().to_string();
            if path.is_dir() {
                folders.push(path);
            }
            found.push(name);
        }
    }
    found.retain(|name| !name.starts_with("lock"));
    found.sort();
    found
}

/// A folder in memory where there is such a place: tests that write much and prove nothing about disks would
/// mostly wait for one.
pub fn quick_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}
