//! Packages that do not keep the rules, in environments that must stay as they were.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};
use bioxen_lua::testing::{Steps, environments_on};
use bioxen_lua::{
    Dependents, Edition, Environment, Environments, EnvironmentsConfig, Error, ErrorKind, Fault,
    InstallOptions, Repository, SecretKey, Trust, Vm,
};

use crate::case::{Case, Ending, Stage};
use crate::row::{alone, holding, refused, taking};
use crate::shared::rocks::{Rock, Shelf, everything};
use crate::shared::shelf::{Shelf as Files, zipped};

const SLOW: Duration = Duration::from_secs(20);
const MEMORY: u64 = 64 << 20;

/// An environment, and a folder that it installs from.
struct Bench {
    environments: Environments,
    environment: Environment,
}

impl Bench {
    fn new(stage: &Stage, shelf: &Path) -> Result<Bench> {
        Bench::trusting(stage, shelf, Trust::FirstUse)
    }

    fn trusting(stage: &Stage, shelf: &Path, trust: Trust) -> Result<Bench> {
        let environments = Environments::open(stage.engine, stage.work.join("home"))?;
        let repository = Repository::new("shelf", shelf.to_str().context("text")?)?.with_trust(trust);
        environments.repositories().add(repository).wait()?;
        let environment = environments.create("bio").wait()?;
        Ok(Bench { environments, environment })
    }

    fn install(&self, wanted: &[&str]) -> Result<Result<(), Error>> {
        let wanted = wanted.iter().map(|text| text.parse()).collect::<Result<Vec<_>, Error>>()?;
        Ok(self.environment.install(&wanted, InstallOptions::default()).wait().map(drop))
    }

    /// As `install`, of what must not be installed: then all is as before.
    fn refuses(&self, stage: &Stage, wanted: &[&str]) -> Result<Result<(), Error>> {
        let home = stage.work.join("home");
        let (before, lock) = (trees(&home), self.environment.lockfile().wait()?);
        let result = self.install(wanted)?;
        if result.is_err() {
            ensure!(trees(&home) == before, "the environment was changed");
            ensure!(self.environment.lockfile().wait()? == lock, "the lock was changed");
            let faults = self.environment.verify().wait()?;
            ensure!(faults.is_empty(), "{faults:?}");
        }
        Ok(result)
    }

    fn says(&self, stage: &Stage, chunk: &str) -> Result<String> {
        Ok(Vm::new(stage.engine, self.environment.vm_config()?)?.exec(chunk).wait()?.value()?)
    }
}

/// Names of everything in environments, and of what is not finished. Repositories and the store keep what they
/// had.
fn trees(home: &Path) -> Vec<String> {
    let mut names = everything(home);
    let left = |name: &String| name.contains('~') || name.contains(".tmp") || name.contains("unpublished");
    names.retain(|name| name.starts_with("envs") || left(name));
    names
}

/// Rocks of which one must not be installed.
fn rocks(
    name: &'static str,
    kind: ErrorKind,
    words: &'static str,
    rocks: fn() -> Vec<Rock>,
    wanted: &'static [&'static str],
) -> Case {
    let case = refused(name, kind, words, move |stage| {
        let shelf = Shelf::new(&rocks());
        Bench::new(stage, shelf.path())?.refuses(stage, wanted)
    });
    holding(taking(case, SLOW), MEMORY)
}

/// A rockspec that must not be followed, with the files of its rock.
fn spec(
    name: &'static str,
    kind: ErrorKind,
    words: &'static str,
    text: fn() -> String,
    files: &'static [(&'static str, &'static [u8])],
) -> Case {
    let case = refused(name, kind, words, move |stage| {
        let (shelf, text) = (stage.work.join("shelf"), text());
        let mut inside = vec![("x-1.0-1.rockspec", text.as_bytes())];
        inside.extend(files);
        let mut rocks = Files::default();
        rocks
            .put("x-1.0-1.rockspec", text.as_bytes())
            .put("x-1.0-1.src.rock", zipped(&inside))
            .listed()
            .write(&shelf);
        Bench::new(stage, &shelf)?.refuses(stage, &["x"])
    });
    holding(taking(case, SLOW), MEMORY)
}

fn with(lines: &str) -> String {
    format!("package = 'x' version = '1.0-1' source = {{ url = 'https://example.org/x-1.0.tar' }} {lines}\n")
}

fn fine(name: &'static str, run: fn(&Stage) -> Result<Ending>) -> Case {
    holding(taking(Case::new(name, "ok", run), SLOW), MEMORY)
}

pub fn cases() -> Vec<Case> {
    specs().into_iter().chain(choices()).chain(trusts()).chain(lives()).chain(names()).map(alone).collect()
}

fn specs() -> Vec<Case> {
    use ErrorKind::{BuildUnsupported, EvaluationLimit, HookRefused, NativeUnsupported, RockspecInvalid};
    const SOURCE: &[(&str, &[u8])] = &[("x-1.0.tar", b"")];
    vec![
        spec("P21_a_rockspec_without_end", EvaluationLimit, "", || "while true do end".into(), SOURCE),
        spec(
            "P21_a_rockspec_that_takes_all_memory",
            EvaluationLimit,
            "",
            || "x = ('a'):rep(1 << 31 - 1)".into(),
            SOURCE,
        ),
        spec(
            "P21_a_rockspec_of_two_mebibytes",
            ErrorKind::RepositoryUnreachable,
            "",
            || " ".repeat(2 << 20),
            SOURCE,
        ),
        spec(
            "P21_a_rockspec_that_reads_files",
            RockspecInvalid,
            "",
            || "x = io.open('/etc/passwd'):read('a')".into(),
            SOURCE,
        ),
        spec(
            "P21_a_rockspec_that_is_deep",
            RockspecInvalid,
            "",
            || with(&format!("x = {}{}", "{".repeat(250), "}".repeat(250))),
            SOURCE,
        ),
        spec("P21_a_rockspec_of_bytecode", RockspecInvalid, "", || "\x1bLua\x54\0".into(), SOURCE),
        spec(
            "P22_another_name",
            RockspecInvalid,
            "",
            || with("package = 'y' build = { type = 'none' }"),
            SOURCE,
        ),
        spec(
            "P22_another_version",
            RockspecInvalid,
            "",
            || with("version = '2.0-1' build = { type = 'none' }"),
            SOURCE,
        ),
        spec(
            "P22_a_module_that_leads_out",
            RockspecInvalid,
            "",
            || with("build = { type = 'builtin', modules = { x = '../../../canary' } }"),
            SOURCE,
        ),
        spec(
            "P22_a_module_that_is_absolute",
            RockspecInvalid,
            "",
            || with("build = { type = 'builtin', modules = { x = '/etc/passwd' } }"),
            SOURCE,
        ),
        spec(
            "P22_a_file_installed_outside",
            RockspecInvalid,
            "",
            || with("build = { type = 'none', install = { lua = { ['../../evil'] = 'x.lua' } } }"),
            SOURCE,
        ),
        spec(
            "P22_a_folder_outside",
            RockspecInvalid,
            "",
            || with("build = { type = 'none', copy_directories = { '../..' } }"),
            SOURCE,
        ),
        spec(
            "P05_a_hook",
            HookRefused,
            "wants a command run",
            || with("build = { type = 'none' } hooks = { post_install = 'touch /tmp/hooked' }"),
            SOURCE,
        ),
        spec(
            "P05_a_command",
            BuildUnsupported,
            "command",
            || with("build = { type = 'command', build_command = 'touch /tmp/built' }"),
            SOURCE,
        ),
        spec("P05_a_makefile", BuildUnsupported, "make", || with("build = { type = 'make' }"), SOURCE),
        spec(
            "P05_code_in_c",
            NativeUnsupported,
            "",
            || with("build = { type = 'builtin', modules = { x = 'x.c' } }"),
            SOURCE,
        ),
    ]
}

fn choices() -> Vec<Case> {
    use ErrorKind::{ModuleConflict, NoSolution, PackageNotFound};
    fn chain(length: usize, last: &str) -> Vec<Rock> {
        let rock = |at: usize| {
            let next = if at == length { last.to_string() } else { format!("p{}", at + 1) };
            let rock = Rock::plain(&format!("p{at}"), "1.0-1");
            if next.is_empty() { rock } else { rock.needs(&next) }
        };
        (1..=length).map(rock).collect()
    }
    vec![
        rocks(
            "P25_what_nobody_has",
            NoSolution,
            "nowhere",
            || vec![Rock::plain("a", "1.0-1").needs("nowhere")],
            &["a"],
        ),
        rocks(
            "P25_two_versions_of_one",
            NoSolution,
            "c",
            || {
                vec![
                    Rock::plain("a", "1.0-1").needs("c < 2"),
                    Rock::plain("b", "1.0-1").needs("c >= 2"),
                    Rock::plain("c", "1.0-1"),
                    Rock::plain("c", "2.0-1"),
                ]
            },
            &["a", "b"],
        ),
        rocks(
            "P25_a_version_of_itself_that_is_not_there",
            NoSolution,
            "a",
            || vec![Rock::plain("a", "1.0-1").needs("a >= 2")],
            &["a"],
        ),
        rocks(
            "P25_a_long_chain_to_nowhere",
            NoSolution,
            "`p1 1.0-1` needs `p2`",
            || chain(100, "nowhere"),
            &["p1"],
        ),
        rocks(
            "P25_nothing_of_that_name",
            PackageNotFound,
            "`zzz`",
            || vec![Rock::plain("say", "1.0-1")],
            &["zzz"],
        ),
        fine("P25_a_circle", |stage| chosen(stage, &chain(3, "p1"), 3)),
        fine("P25_a_diamond", |stage| {
            chosen(
                stage,
                &[
                    Rock::plain("p1", "1.0-1").needs("l").needs("r"),
                    Rock::plain("l", "1.0-1").needs("d >= 1"),
                    Rock::plain("r", "1.0-1").needs("d < 2"),
                    Rock::plain("d", "1.5-1"),
                    Rock::plain("d", "2.0-1"),
                ],
                4,
            )
        }),
        fine("P25_itself", |stage| chosen(stage, &[Rock::plain("p1", "1.0-1").needs("p1")], 1)),
        fine("P25_a_chain_of_200", |stage| chosen(stage, &chain(200, ""), 200)),
        rocks(
            "P32_a_module_of_another",
            ModuleConflict,
            "`say`",
            || vec![Rock::plain("say", "1.0-1"), Rock::plain("twin", "1.0-1").module("say", "return 'twin'")],
            &["say", "twin"],
        ),
        rocks(
            "P32_a_module_of_the_standard_library",
            ModuleConflict,
            "`string`",
            || vec![Rock::plain("a", "1.0-1").module("string", "return 'evil'")],
            &["a"],
        ),
        rocks(
            "P32_a_module_inside_the_guest",
            ModuleConflict,
            "`lfs`",
            || vec![Rock::plain("a", "1.0-1").module("lfs", "return 'evil'")],
            &["a"],
        ),
        rocks(
            "P34_bytecode",
            ErrorKind::ArchiveUnsafe,
            "compiled Lua",
            || vec![Rock::plain("a", "1.0-1").module("a.b", "\u{1b}Lua\x54\0")],
            &["a"],
        ),
        rocks(
            "P34_bytecode_behind_an_interpreter",
            ErrorKind::ArchiveUnsafe,
            "compiled Lua",
            || vec![Rock::plain("a", "1.0-1").module("a.b", "#!/usr/bin/lua\n\u{1b}Lua\x54\0")],
            &["a"],
        ),
        rocks(
            "P34_a_source_of_17_mib",
            ErrorKind::ArchiveUnsafe,
            "are allowed for a file",
            || vec![Rock::plain("a", "1.0-1").module("a.b", &" ".repeat(17 << 20))],
            &["a"],
        ),
    ]
}

/// What is installed when there is a choice, within the time of one.
fn chosen(stage: &Stage, rocks: &[Rock], count: usize) -> Result<Ending> {
    let shelf = Shelf::new(rocks);
    let bench = Bench::new(stage, shelf.path())?;
    bench.install(&["p1"])??;
    let installed = bench.environment.packages().wait()?.len();
    ensure!(installed == count, "{installed} packages");
    ensure!(bench.environment.verify().wait()?.is_empty());
    Ok(Ending::fine(""))
}

fn edition(serial: u64) -> Edition {
    let created = SystemTime::now();
    Edition { id: "shelf".into(), serial, created, expires: created + Duration::from_secs(3600) }
}

/// A signed folder with two versions, and what an attacker changes in it before it is installed from.
fn signed(
    name: &'static str,
    kind: ErrorKind,
    change: fn(&Path, &Environments, &SecretKey) -> Result<()>,
) -> Case {
    let case = refused(name, kind, "", move |stage| {
        let shelf = Shelf::new(&[Rock::plain("say", "1.3-1"), Rock::plain("say", "1.4-1")]);
        let key = SecretKey::generate()?;
        let bench = Bench::trusting(stage, shelf.path(), Trust::Signed(vec![key.public()?]))?;
        bench.environments.repositories().write_index(shelf.path(), edition(7), key.clone()).wait()?;
        bench.install(&["say == 1.3"])??;
        change(shelf.path(), &bench.environments, &key)?;
        // What was known of it is gone, as on another machine that has the lock alone.
        let _ = fs::remove_dir_all(stage.work.join("home/cache"));
        bench.refuses(stage, &["say >= 1.4"])
    });
    holding(taking(case, SLOW), MEMORY)
}

fn trusts() -> Vec<Case> {
    use ErrorKind::{IndexExpired, IndexRollback, IntegrityMismatch, SignatureInvalid, SignatureMissing};
    vec![
        signed("P23_another_sum", IntegrityMismatch, |shelf, _, _| {
            let path = shelf.join("say-1.4-1.all.rock");
            let mut bytes = fs::read(&path)?;
            bytes[40] ^= 1;
            Ok(fs::write(path, bytes)?)
        }),
        signed("P23_another_length", IntegrityMismatch, |shelf, _, _| {
            let path = shelf.join("say-1.4-1.all.rock");
            let mut bytes = fs::read(&path)?;
            bytes.push(0);
            Ok(fs::write(path, bytes)?)
        }),
        signed("P23_an_unknown_key", SignatureInvalid, |shelf, environments, _| {
            Ok(environments.repositories().write_index(shelf, edition(8), SecretKey::generate()?).wait()?)
        }),
        signed("P23_no_signature", SignatureMissing, |shelf, _, _| {
            Ok(fs::remove_file(shelf.join("index.toml.minisig"))?)
        }),
        signed("P23_a_signature_of_noise", SignatureInvalid, |shelf, _, _| {
            Ok(fs::write(shelf.join("index.toml.minisig"), [0xff; 300])?)
        }),
        signed("P23_an_index_that_was_changed", SignatureInvalid, |shelf, _, _| {
            let path = shelf.join("index.toml");
            let text = fs::read_to_string(&path)?;
            Ok(fs::write(path, text.replace("serial = 7", "serial = 8"))?)
        }),
        signed("P23_an_index_past_its_date", IndexExpired, |shelf, environments, key| {
            let edition = Edition { expires: SystemTime::now() - Duration::from_secs(1), ..edition(8) };
            Ok(environments.repositories().write_index(shelf, edition, key.clone()).wait()?)
        }),
        signed("P24_an_index_that_is_older", IndexRollback, |shelf, environments, key| {
            Ok(environments.repositories().write_index(shelf, edition(6), key.clone()).wait()?)
        }),
        signed("P24_the_bytes_of_another_version", IntegrityMismatch, |shelf, _, _| {
            fs::copy(shelf.join("say-1.3-1.all.rock"), shelf.join("say-1.4-1.all.rock"))?;
            Ok(())
        }),
        signed("P24_an_index_of_another", IntegrityMismatch, |shelf, environments, key| {
            let edition = Edition { id: "mirror".into(), ..edition(8) };
            Ok(environments.repositories().write_index(shelf, edition, key.clone()).wait()?)
        }),
        holding(
            taking(
                refused("P23_a_rock_that_changed_since_it_was_locked", IntegrityMismatch, "say", |stage| {
                    let mut shelf = Shelf::new(&[Rock::plain("say", "1.3-1")]);
                    let bench = Bench::new(stage, shelf.path())?;
                    bench.install(&["say"])??;
                    let lock = bench.environment.lockfile().wait()?;
                    shelf.put(&Rock::plain("say", "1.3-1").module("evil", "return 1"));
                    // Another machine, with the lock.
                    let work = stage.work.join("other");
                    fs::create_dir_all(&work)?;
                    let other = Stage { work: &work, ..*stage };
                    let bench = Bench::new(&other, shelf.path())?;
                    fs::write(work.join("home/envs/bio/env.lock"), lock)?;
                    let result = bench.install(&["say"])?;
                    ensure!(bench.environment.packages().wait()?.is_empty(), "something was installed");
                    Ok(result)
                }),
                SLOW,
            ),
            MEMORY,
        ),
    ]
}

fn lives() -> Vec<Case> {
    vec![
        fine("F19_two_environments_with_one_name", |stage| {
            let shelf = Shelf::new(&[Rock::plain("say", "1.3-1"), Rock::plain("say", "1.4-1")]);
            let bench = Bench::new(stage, shelf.path())?;
            bench.install(&["say == 1.3"])??;
            let environment = bench.environments.create("other").wait()?;
            let other = Bench { environments: bench.environments.clone(), environment };
            other.install(&["say == 1.4"])??;
            let said = [&bench, &other].map(|bench| bench.says(stage, "return require('say').version"));
            let [one, two] = said;
            ensure!((one?.as_str(), two?.as_str()) == ("1.3-1", "1.4-1"));
            Ok(Ending::fine(""))
        }),
        fine("P28_installed_from_many_threads_at_once", |stage| {
            let shelf =
                Shelf::new(&[Rock::plain("say", "1.3-1"), Rock::plain("checks", "1.0-1").needs("say")]);
            let bench = Bench::new(stage, shelf.path())?;
            let results = thread::scope(|scope| {
                let threads: Vec<_> = (0..8)
                    .map(|_| {
                        scope.spawn(|| {
                            let mine = Environments::open(stage.engine, stage.work.join("home"))?;
                            mine.get("bio")
                                .wait()?
                                .install(&["checks".parse()?], InstallOptions::default())
                                .wait()
                                .map(drop)
                        })
                    })
                    .collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().map_err(|_| anyhow::anyhow!("a panic")))
                    .collect::<Result<Vec<_>>>()
            })?;
            for result in results {
                result?;
            }
            ensure!(bench.environment.verify().wait()?.is_empty(), "it is not whole");
            ensure!(bench.environment.packages().wait()?.len() == 2);
            ensure!(bench.says(stage, "return require('checks').version")? == "1.0-1");
            Ok(Ending::fine(""))
        }),
        fine("P30_a_disk_that_fails_at_every_step_of_an_install", |stage| {
            let shelf = Shelf::new(&[Rock::plain("say", "1.3-1"), Rock::plain("say", "1.4-1")]);
            let bench = Bench::new(stage, shelf.path())?;
            bench.install(&["say == 1.3"])??;
            let home = stage.work.join("home");
            for at in 0..200_u64 {
                let taken = AtomicU64::new(0);
                let steps = Steps::new(move |_| match taken.fetch_add(1, Ordering::Relaxed) {
                    step if step >= at => Err(std::io::ErrorKind::StorageFull.into()),
                    _ => Ok(()),
                });
                let failing = environments_on(stage.engine, EnvironmentsConfig::new(&home), steps)?;
                let wanted = ["say >= 1.4".parse()?];
                let result =
                    failing.get("bio").wait()?.install(&wanted, InstallOptions::default().upgrade()).wait();
                // Who comes next finds one or the other.
                let environments = Environments::open(stage.engine, &home)?;
                let bench = Bench { environment: environments.get("bio").wait()?, environments };
                let version = bench.says(stage, "return require('say').version")?;
                let faults = bench.environment.verify().wait()?;
                ensure!(faults.is_empty(), "step {at}: {result:?}, {faults:?}");
                match result {
                    Ok(_) => {
                        ensure!(version == "1.4-1" && at > 5, "{version} after {at} steps");
                        return Ok(Ending::fine(""));
                    }
                    // What failed may be the last thing, behind which the new one counts.
                    Err(_) if version == "1.4-1" && at > 5 => return Ok(Ending::fine("")),
                    Err(error) => ensure!(
                        error.kind() == ErrorKind::Storage && version == "1.3-1",
                        "step {at}: {error}, {version}"
                    ),
                }
            }
            anyhow::bail!("two hundred steps and no end")
        }),
        fine("P31_removed_while_it_is_loaded", |stage| {
            let shelf = Shelf::new(&[Rock::plain("say", "1.3-1").module("say.later", "return 'later'")]);
            let bench = Bench::new(stage, shelf.path())?;
            bench.install(&["say"])??;
            let mut vm = Vm::new(stage.engine, bench.environment.vm_config()?)?;
            vm.exec("say = require 'say'").wait()?.value::<()>()?;
            bench.environment.remove(&["say".parse()?], Dependents::Keep).wait()?;
            bench.environments.collect_garbage().wait()?;
            ensure!(vm.exec("return require('say.later')").wait()?.value::<String>()? == "later");
            ensure!(bench.says(stage, "return tostring(pcall(require, 'say'))")? == "false");
            Ok(Ending::fine(""))
        }),
        fine("P33_an_installed_file_that_was_changed", |stage| {
            let shelf = Shelf::new(&[Rock::plain("say", "1.3-1")]);
            let bench = Bench::new(stage, shelf.path())?;
            bench.install(&["say"])??;
            let home = stage.work.join("home");
            let name = everything(&home)
                .into_iter()
                .find(|name| name.ends_with("share/lua/5.4/say.lua"))
                .context("the file")?;
            fs::remove_file(home.join(&name))?;
            fs::write(home.join(&name), "return 'evil'")?;
            let faults = bench.environment.verify().wait()?;
            ensure!(matches!(&faults[..], [Fault::Changed { .. }]), "{faults:?}");
            Ok(Ending::fine(""))
        }),
        fine("F23_a_guest_changes_nothing_of_its_packages", |stage| {
            let shelf = Shelf::new(&[Rock::plain("say", "1.3-1")]);
            let bench = Bench::new(stage, shelf.path())?;
            bench.install(&["say"])??;
            let script = "local path, done = package.searchpath('say', package.path), 0 \
                for _, mode in ipairs{'w', 'a', 'r+', 'w+'} do if io.open(path, mode) then done = done + 1 end end \
                if os.remove(path) or os.rename(path, path .. 'x') or require('lfs').touch(path) then done = done + 1 end \
                return path .. ' ' .. done";
            let said = bench.says(stage, script)?;
            ensure!(said.ends_with("say.lua 0"), "{said}");
            ensure!(bench.environment.verify().wait()?.is_empty());
            Ok(Ending::fine(said))
        }),
        refused("F11_a_pipe_in_a_folder_of_rocks", ErrorKind::RepositoryUnreachable, "", |stage| {
            let shelf = stage.work.join("shelf");
            fs::create_dir_all(&shelf)?;
            ensure!(std::process::Command::new("mkfifo").arg(shelf.join("manifest-5.4")).status()?.success());
            Bench::new(stage, &shelf)?.install(&["say"])
        }),
        refused("F03_a_link_out_of_a_folder_of_rocks", ErrorKind::RepositoryUnreachable, "", |stage| {
            let shelf = stage.work.join("shelf");
            fs::create_dir_all(&shelf)?;
            std::os::unix::fs::symlink("../../canary", shelf.join("manifest-5.4"))?;
            Bench::new(stage, &shelf)?.install(&["say"])
        }),
    ]
}

/// Of a case, and the name that it tries.
type Name = (&'static str, fn() -> String);

/// Names of environments, which are names of folders too.
fn names() -> Vec<Case> {
    let rows: [Name; 8] = [
        ("F20_up", || "..".into()),
        ("F20_a_path", || "a/b".into()),
        ("F20_nothing", String::new),
        ("F20_300_letters", || "a".repeat(300)),
        ("F20_letters_that_look_alike", || "b\u{456}o".into()),
        ("F20_hidden", || ".bio".into()),
        ("F20_capitals", || "BIO".into()),
        ("F20_a_zero_byte", || "a\0b".into()),
    ];
    let case = |(name, text): Name| {
        refused(name, ErrorKind::InvalidName, "environment", move |stage| {
            let environments = Environments::open(stage.engine, stage.work.join("home"))?;
            ensure!(
                environments
                    .remove(&text())
                    .wait()
                    .is_err_and(|error| error.kind() == ErrorKind::InvalidName)
            );
            Ok(environments.create(&text()).wait().map(|_| ()))
        })
    };
    rows.into_iter().map(case).collect()
}
