//! `cargo xtask fuzz`: builds the fuzz targets, runs them one after the other, and prints what came of it.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::workspace::{self, Workspace};
use crate::{guest, setup};

/// Tells the targets that run guests where the compiled images are.
const IMAGES: &str = "BIOXEN_FUZZ_GUEST";

/// What is built for the fuzzer comes here, of both packages: most of it is the same.
const TARGET: &str = "fuzz/target";

struct Target {
    name: &'static str,
    /// Its package's folder.
    folder: &'static str,
    /// Runs of a whole round, as `fuzz/README.md` records it.
    runs: u64,
    /// Bytes of an input.
    longest: usize,
}

const fn decoder(name: &'static str, longest: usize) -> Target {
    Target { name, folder: "fuzz", runs: 10_000_000, longest }
}

const fn guests(name: &'static str, runs: u64, longest: usize) -> Target {
    Target { name, folder: "fuzz/guests", runs, longest }
}

const TARGETS: [Target; 14] = [
    decoder("constraint", 512),
    decoder("host_call", 512),
    decoder("index", 1024),
    decoder("lock", 1024),
    decoder("manifest", 512),
    decoder("manifest_json", 512),
    decoder("record", 512),
    decoder("rock", 2048),
    decoder("rockspec", 1024),
    decoder("snapshot", 512),
    decoder("values", 512),
    guests("script", 1_000_000, 64),
    guests("image", 100_000, 250),
    guests("imports", 100_000, 512),
];

/// How long each target runs.
#[derive(Debug, PartialEq, Clone, Copy)]
enum Length {
    Whole,
    Runs(u64),
    Seconds(u64),
}

#[derive(Debug, PartialEq)]
struct Request {
    names: Vec<String>,
    length: Length,
    sanitizer: &'static str,
}

/// What a run came to.
struct Round {
    name: &'static str,
    runs: u64,
    seconds: u64,
    well: bool,
}

pub fn verb(workspace: &Workspace, arguments: Vec<OsString>) -> Result<ExitCode> {
    let request = Request::read(&arguments)?;
    let chosen: Vec<&Target> = TARGETS
        .iter()
        .filter(|target| request.names.is_empty() || request.names.iter().any(|name| name == target.name))
        .collect();
    if chosen.iter().any(|target| target.folder != "fuzz") {
        provide_images(workspace)?;
    }
    seed(workspace)?;
    for target in &chosen {
        workspace::succeed(&mut fuzz(workspace, target, "build", request.sanitizer))?;
    }
    let rounds: Vec<Round> =
        chosen.iter().map(|target| run(workspace, target, &request)).collect::<Result<_>>()?;
    print!("{}", table(&rounds));
    Ok(if rounds.iter().all(|round| round.well) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Request {
    fn read(arguments: &[OsString]) -> Result<Request> {
        let mut request = Request { names: Vec::new(), length: Length::Whole, sanitizer: "none" };
        let mut words = arguments.iter().map(|word| word.to_string_lossy());
        while let Some(word) = words.next() {
            let mut number = || {
                let number = words.next().and_then(|number| number.replace('_', "").parse().ok());
                number.with_context(|| format!("expected a number behind `{word}`"))
            };
            match &*word {
                "--runs" => request.length = Length::Runs(number()?),
                "--time" => request.length = Length::Seconds(number()?),
                "--address" => request.sanitizer = "address",
                name if TARGETS.iter().any(|target| target.name == name) => request.names.push(name.into()),
                other => bail!(
                    "no fuzz target `{other}`; there are {}",
                    TARGETS.map(|target| target.name).join(", ")
                ),
            }
        }
        Ok(request)
    }
}

/// Lays the compiled images where the build of the fuzz targets takes them: it has no compiler.
fn provide_images(workspace: &Workspace) -> Result<()> {
    setup::compiler(workspace)?;
    let folder = workspace.root().join(TARGET).join("guest");
    fs::create_dir_all(&folder)?;
    for (package, file) in [("bioxen-lua-guest", "guest.cwasm"), ("bioxen-hostile-guests", "puppet.cwasm")] {
        let made = guest::output_of_tests(workspace, package)?.join(file);
        put(&folder.join(file), &fs::read(&made).with_context(|| format!("no `{}`", made.display()))?)?;
    }
    let record = fs::read_to_string(workspace.root().join("guest-lua/guest.sha256"))?;
    let digest = record.split_whitespace().next().context("`guest.sha256` is empty")?;
    put(&folder.join("guest.sha256"), digest.as_bytes())
}

/// Writes a file unless it is the same: what is built of it need not be built again.
fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|known| known == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| format!("cannot write `{}`", path.display()))
}

/// A command of the nightly compiler's cargo, in the folder of the decoders.
fn nightly(workspace: &Workspace) -> Command {
    let mut command = Command::new("rustup");
    workspace.prepare(&mut command);
    command.current_dir(workspace.root().join("fuzz")).args(["run", "nightly", "cargo"]);
    // An outer cargo has said which compiler, and from where.
    command.env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    command.env(IMAGES, workspace.root().join(TARGET).join("guest"));
    command
}

/// Puts the seeds where the fuzzer begins.
fn seed(workspace: &Workspace) -> Result<()> {
    let mut cargo = nightly(workspace);
    cargo.args(["run", "--release", "--quiet", "--bin", "corpus"]);
    workspace::succeed(&mut cargo).context("`rustup toolchain install nightly` installs what is needed")
}

fn fuzz(workspace: &Workspace, target: &Target, verb: &str, sanitizer: &str) -> Command {
    let mut cargo = nightly(workspace);
    cargo.current_dir(workspace.root().join(target.folder));
    cargo.args(["fuzz", verb, "--fuzz-dir", ".", "--sanitizer", sanitizer, "--target-dir"]);
    cargo.arg(workspace.root().join(TARGET)).arg(target.name);
    cargo
}

fn run(workspace: &Workspace, target: &Target, request: &Request) -> Result<Round> {
    let corpus = corpus(workspace, target)?;
    let mut cargo = fuzz(workspace, target, "run", request.sanitizer);
    cargo.arg(corpus).arg("--").arg("-print_final_stats=1").arg(format!("-max_len={}", target.longest));
    match request.length {
        Length::Whole => cargo.arg(format!("-runs={}", target.runs)),
        Length::Runs(runs) => cargo.arg(format!("-runs={runs}")),
        Length::Seconds(seconds) => cargo.arg(format!("-max_total_time={seconds}")),
    };
    if target.folder != "fuzz" {
        cargo.arg("-len_control=0"); // each byte is worth as much
    }
    let mut running = cargo.stderr(Stdio::piped()).spawn().context("cannot start `cargo fuzz`")?;
    let printed = BufReader::new(running.stderr.take().context("its output is piped")?);
    let begin = std::time::Instant::now();
    let runs = pass_on(printed)?;
    let well = running.wait()?.success();
    Ok(Round { name: target.name, runs, seconds: begin.elapsed().as_secs(), well })
}

/// Shows all but how the fuzzer gets on, and gives how many inputs it ran.
fn pass_on(printed: impl BufRead) -> Result<u64> {
    let mut runs = 0;
    for line in printed.split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        if let Some(count) = line.strip_prefix("stat::number_of_executed_units:") {
            runs = count.trim().parse().unwrap_or(0);
        }
        if !line.starts_with(['#', '\t']) && !line.starts_with("stat::") {
            eprintln!("{line}");
        }
    }
    Ok(runs)
}

fn corpus(workspace: &Workspace, target: &Target) -> Result<PathBuf> {
    let folder = workspace.root().join(target.folder).join("corpus").join(target.name);
    fs::create_dir_all(&folder)?;
    ensure!(folder.is_dir(), "no folder `{}`", folder.display());
    Ok(folder)
}

fn table(rounds: &[Round]) -> String {
    let mut text = String::from("| target | runs | seconds | inputs that failed |\n|---|---|---|---|\n");
    for Round { name, runs, seconds, well } in rounds {
        let failed = if *well { "none" } else { "one: see `artifacts/`" };
        text += &format!("| `{name}` | {runs} | {seconds} | {failed} |\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Request> {
        Request::read(&words.iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn targets_and_lengths_are_read() {
        let all = read(&[]).unwrap();
        assert_eq!(all, Request { names: Vec::new(), length: Length::Whole, sanitizer: "none" });
        let some = read(&["script", "--runs", "1_000", "lock", "--address"]).unwrap();
        assert_eq!(some.names, ["script", "lock"]);
        assert_eq!((some.length, some.sanitizer), (Length::Runs(1_000), "address"));
        assert_eq!(read(&["--time", "60"]).unwrap().length, Length::Seconds(60));
        for bad in [&["none"][..], &["--runs"], &["--time", "long"], &["--fast"]] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn runs_are_read_of_what_the_fuzzer_prints() {
        let printed = "#12\tNEW    cov: 1\nDone 12 runs in 1 second(s)\nstat::number_of_executed_units: 12\n";
        assert_eq!(pass_on(printed.as_bytes()).unwrap(), 12);
        assert_eq!(pass_on(&b""[..]).unwrap(), 0);
    }

    #[test]
    fn a_target_of_each_name_is_built_by_its_package() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for target in TARGETS {
            let manifest = fs::read_to_string(root.join(target.folder).join("Cargo.toml")).unwrap();
            assert!(manifest.contains(&format!("name = \"{}\"", target.name)), "{}", target.name);
        }
    }
}
