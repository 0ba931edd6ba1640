//! What the guest asks of its host and offers to it: a short list, on record.

use std::path::Path;

use wasmtime::{Config, Engine, ExternType, Module};

fn contract() -> Vec<String> {
    let mut config = Config::new();
    bioxen_lua_guest::configure(&mut config);
    let engine = Engine::new(&config).expect("an engine");
    // SAFETY: the build step of the guest made these bytes under the same settings.
    let module = unsafe { Module::deserialize(&engine, bioxen_lua_guest::IMAGE) }.expect("the guest");
    let imports = module
        .imports()
        .map(|import| format!("import {} {} {}", import.module(), import.name(), kind(&import.ty())));
    let mut imports: Vec<_> = imports.collect();
    let exports = module.exports().map(|export| format!("export {} {}", export.name(), kind(&export.ty())));
    let mut exports: Vec<_> = exports.collect();
    imports.sort();
    exports.sort();
    imports.append(&mut exports);
    imports
}

/// With its type: a changed parameter is a changed contract.
fn kind(kind: &ExternType) -> String {
    match kind {
        ExternType::Func(function) => {
            let list = |types: Vec<String>| types.join(" ");
            let parameters = list(function.params().map(|kind| kind.to_string()).collect());
            let results = list(function.results().map(|kind| kind.to_string()).collect());
            format!("function ({parameters}) -> ({results})")
        }
        ExternType::Memory(_) => "memory".into(),
        _ => "other".into(),
    }
}

#[test]
fn the_list_is_the_one_on_record() {
    let contract = contract().join("\n") + "\n";
    let record = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/imports.txt");
    if std::env::var_os("BIOXEN_BLESS").is_some() {
        std::fs::create_dir_all(record.parent().expect("a folder")).expect("made");
        std::fs::write(&record, &contract).expect("written");
    }
    let expected = std::fs::read_to_string(&record).expect("`cargo xtask bless --golden` writes it");
    assert_eq!(contract, expected, "a new import is a new way out: `cargo xtask bless --golden` accepts it");
}

#[test]
fn no_import_reaches_further_than_files_and_clocks() {
    for line in contract().iter().filter(|line| line.starts_with("import")) {
        assert!(line.contains(" function ("), "{line}");
        for forbidden in ["sock", "random", "poll", "symlink", "path_link", "raise", "sched", " env "] {
            assert!(!line.contains(forbidden), "{line}");
        }
    }
}
