//! Environments, repositories and packages: each call is a process of its own.

use serde_json::Value;

use crate::command::{Bioxen, Ended};

/// A folder of environments.
struct Home(Bioxen);

impl Home {
    fn new() -> Home {
        Home(Bioxen::new())
    }

    fn call(&self, arguments: &[&str]) -> Ended {
        let mut command = self.0.command(arguments);
        command.env("BIOXEN_HOME", self.0.folder().join("home"));
        Ended::new(command.output().unwrap())
    }

    #[track_caller]
    fn json(&self, arguments: &[&str]) -> Value {
        let ended = self.call(&[arguments, &["--json"]].concat());
        assert_eq!((ended.status, ended.stderr.as_str()), (0, ""));
        serde_json::from_str(&ended.stdout).unwrap()
    }

    /// With an environment `bio` that is ready for work.
    fn ready() -> Home {
        let home = Home::new();
        home.call(&["env", "bootstrap", "bio"]).check(0, "`bio` is ready\n", "");
        home
    }
}

#[test]
fn an_environment_is_ready_without_any_network() {
    let home = Home::ready();
    home.call(&["env", "bootstrap", "bio"]).check(0, "`bio` was ready before\n", "");
    let program = "print(require('math_package').compute(10))";
    std::fs::write(home.0.folder().join("a.lua"), program).unwrap();
    home.call(&["run", "--environment", "bio", "a.lua"]).check(0, "20\n", "");
    let names = home.json(&["list", "--environment", "bio"]);
    let names: Vec<_> =
        names.as_array().unwrap().iter().map(|package| package["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"math_package"), "{names:?}");
    home.call(&["verify", "--environment", "bio"]).check(0, "`bio` is as it was installed\n", "");
    assert_eq!(home.call(&["env", "health", "bio"]).status, 0);
    let listed = home.json(&["env", "list"]);
    assert_eq!(listed[0]["name"], "bio");
}

#[test]
fn packages_are_found_installed_and_removed() {
    let home = Home::new();
    let found = home.json(&["search", "math"]);
    assert_eq!(found[0]["name"], "math_package");
    home.call(&["install", "math_package"]).check(0, "+ math_package 1.0.0-1\n", "");
    home.call(&["install", "math_package"]).check(0, "nothing to do\n", "");
    let eval = "require('math_package').compute(4)";
    home.call(&["eval", "--environment", "default", eval]).check(0, "8\n", "");
    assert!(home.call(&["info", "math_package"]).stdout.contains("installed    1.0.0-1 from catalogue"));
    home.call(&["remove", "math_package"]).check(0, "- math_package 1.0.0-1\n", "");
    home.call(&["env", "rollback", "default"]).check(0, "generation 2\n", "");
    home.call(&["eval", "--environment", "default", eval]).check(0, "8\n", "");
    home.call(&["env", "remove", "default"]).check(0, "", "");
    assert_eq!(home.json(&["env", "list"]).as_array().unwrap().len(), 0);
}

#[test]
fn what_an_environment_gives_is_kept_with_it() {
    let home = Home::new();
    std::fs::create_dir(home.0.folder().join("data")).unwrap();
    std::fs::write(home.0.folder().join("data/x"), "GATTACA").unwrap();
    home.call(&["env", "create", "lab"]).check(0, "", "");
    home.call(&["env", "set", "lab", "STRAIN=K12"]).check(0, "", "");
    home.call(&["env", "mount", "lab", "data:/data"]).check(0, "", "");
    let eval = "os.getenv('STRAIN') .. io.open('/data/x'):read()";
    home.call(&["eval", "--environment", "lab", eval]).check(0, "K12GATTACA\n", "");
    let shown = home.json(&["env", "show", "lab"]);
    assert_eq!(
        (&shown["variables"]["STRAIN"], &shown["mounts"][0]["guest"]),
        (&"K12".into(), &"/data".into())
    );
    home.call(&["env", "unmount", "lab", "/data"]).check(0, "", "");
    home.call(&["eval", "--environment", "lab", "io.open('/data/x')"]).complains(0, &[]);
}

#[test]
fn a_vendored_folder_is_a_repository() {
    let home = Home::ready();
    home.call(&["vendor", "--environment", "bio", "vendored"]).check(0, "", "");
    home.call(&["repository", "add", "vendored", "vendored"]).check(0, "", "");
    let listed = home.json(&["repository", "list"]);
    assert_eq!((&listed[0]["name"], &listed[0]["trust"]), (&"vendored".into(), &"unsigned".into()));
    assert_eq!(home.json(&["repository", "refresh"])[0]["result"], "changed");
    home.call(&["repository", "remove", "vendored"]).check(0, "", "");
    let lock = home.call(&["env", "export", "bio", "--format", "luarocks"]);
    assert!(lock.stdout.contains("[\"math_package\"] = \"1.0.0-1\""), "{}", lock.stdout);
    std::fs::write(home.0.folder().join("luarocks.lock"), &lock.stdout).unwrap();
    home.call(&["env", "create", "same"]).check(0, "", "");
    let installed = home.call(&["install", "--environment", "same", "--luarocks-lock", "luarocks.lock"]);
    assert!(installed.stdout.contains("+ math_package 1.0.0-1"), "{}", installed.stdout);
    let bill = home.call(&["env", "export", "bio"]);
    assert_eq!(serde_json::from_str::<Value>(&bill.stdout).unwrap()["bomFormat"], "CycloneDX");
}

#[test]
fn mistakes_are_told_with_the_next_step() {
    let home = Home::new();
    home.call(&["install", "--environment", "lab", "x"])
        .complains(2, &["no environment named `lab`", "env create lab"]);
    home.call(&["run", "--environment", "lab", "-"]).complains(2, &["no environment named `lab`"]);
    home.call(&["install", "math_packag"]).complains(2, &["math_packag", "math_package"]);
    home.call(&["install", "math_package >= 7"]).complains(2, &["math_package", "7"]);
    home.call(&["install", "a b c"]).complains(2, &["a b c"]);
    home.call(&["env", "create", "../x"]).complains(2, &["../x"]);
    home.call(&["env", "create", "lab"]).check(0, "", "");
    home.call(&["env", "create", "lab"]).complains(2, &["`lab` exists"]);
    home.call(&["repository", "add", "far", "https://rocks.example"]).complains(2, &["far", "key"]);
    home.call(&["repository", "add", "far", "http://rocks.example"]).complains(2, &["http"]);
    home.call(&["repository", "remove", "none"]).complains(2, &["none"]);
}

#[test]
fn a_changed_file_is_found() {
    let home = Home::ready();
    let generation = home.0.folder().join("home/envs/bio/gen");
    let newest = std::fs::read_dir(generation).unwrap().map(|entry| entry.unwrap().path()).max().unwrap();
    let module = newest.join("share/lua/5.4/math_package.lua");
    std::fs::remove_file(&module).unwrap(); // it is read-only, and shared with the store
    std::fs::write(&module, "return {}").unwrap();
    let ended = home.call(&["verify", "--environment", "bio"]);
    ended.complains(4, &["1 fault", "bioxen install --environment bio"]);
    assert!(ended.stdout.contains("math_package.lua` was changed"), "{}", ended.stdout);
}
