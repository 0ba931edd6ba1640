//! Small repositories, made by the tests that use them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The files of a repository.
#[derive(Clone, Default)]
pub struct Shelf {
    pub files: BTreeMap<String, Vec<u8>>,
}

/// An archive with these files.
pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).expect("a name");
        writer.write_all(bytes).expect("written");
    }
    writer.finish().expect("finished").into_inner()
}

/// The rockspec of a package without files.
pub fn rockspec(name: &str, version: &str, summary: &str) -> String {
    format!(
        "rockspec_format = '3.0'\npackage = '{name}'\nversion = '{version}'\n\
         source = {{ url = 'file:///nowhere/{name}.tar.gz' }}\n\
         description = {{ summary = '{summary}', labels = {{ 'label-of-{name}' }} }}\n\
         dependencies = {{ 'lua >= 5.1' }}\nbuild = {{ type = 'builtin', modules = {{}} }}\n"
    )
}

impl Shelf {
    pub fn put(&mut self, name: &str, bytes: impl Into<Vec<u8>>) -> &mut Shelf {
        self.files.insert(name.to_string(), bytes.into());
        self
    }

    /// The rockspec of a package.
    pub fn rockspec(&mut self, name: &str, version: &str, summary: &str) -> &mut Shelf {
        self.put(&format!("{name}-{version}.rockspec"), rockspec(name, version, summary))
    }

    /// A rock with nothing but its rockspec.
    pub fn rock(&mut self, name: &str, version: &str, arch: &str) -> &mut Shelf {
        let text = rockspec(name, version, "of a rock");
        let bytes = zipped(&[(&format!("{name}-{version}.rockspec"), text.as_bytes())]);
        self.put(&format!("{name}-{version}.{arch}.rock"), bytes)
    }

    /// The manifest of all rocks and rockspecs, as LuaRocks would write it.
    pub fn manifest(&self) -> String {
        let mut packages: BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
        for name in self.files.keys() {
            let Some((stem, arch)) = stem_and_arch(name) else { continue };
            let (before, _) = stem.rsplit_once('-').expect("a revision");
            let (package, _) = before.rsplit_once('-').expect("a version");
            let version = &stem[package.len() + 1..];
            packages.entry(package).or_default().entry(version).or_default().insert(arch);
        }
        let mut text = String::from("commands = {}\nmodules = {}\nrepository = {\n");
        for (package, versions) in packages {
            text += &format!("   ['{package}'] = {{\n");
            for (version, archs) in versions {
                let archs: Vec<String> = archs
                    .iter()
                    .map(|arch| format!("      {{\n         arch = '{arch}'\n      }}"))
                    .collect();
                text += &format!("      ['{version}'] = {{\n{}\n      }},\n", archs.join(",\n"));
            }
            text += "   },\n";
        }
        text + "}\n"
    }

    /// With a plain manifest.
    pub fn listed(&mut self) -> &mut Shelf {
        let manifest = self.manifest();
        self.put("manifest-5.4", manifest)
    }

    /// Writes all files into a folder, and removes what else is there.
    pub fn write(&self, folder: &Path) {
        fs::create_dir_all(folder).expect("a folder");
        for entry in fs::read_dir(folder).expect("a folder") {
            fs::remove_file(entry.expect("an entry").path()).expect("removed");
        }
        for (name, bytes) in &self.files {
            fs::write(folder.join(name), bytes).expect("written");
        }
    }

    /// All files of a folder.
    pub fn read(folder: &Path) -> Shelf {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        let file = |path: std::path::PathBuf| {
            (path.file_name().expect("a name").to_string_lossy().into_owned(), fs::read(&path).expect("read"))
        };
        Shelf { files: entries.map(file).collect() }
    }
}

fn stem_and_arch(name: &str) -> Option<(&str, &str)> {
    match name.strip_suffix(".rockspec") {
        Some(stem) => Some((stem, "rockspec")),
        None => name.strip_suffix(".rock")?.rsplit_once('.'),
    }
}

/// Two packages, in the forms in which they are had.
pub fn small() -> Shelf {
    let mut shelf = Shelf::default();
    shelf.rockspec("say", "1.4.1-3", "Translations").rock("say", "1.4.1-3", "all");
    shelf.rockspec("say", "1.3-1", "Translations").rock("say", "1.3-1", "src");
    shelf.rockspec("inspect", "3.1.1-0", "Tables as text").rock("inspect", "3.1.1-0", "src");
    shelf.listed();
    shelf
}
