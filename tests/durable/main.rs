//! Durable state under what only other processes can show: a second process on the directory, limits and
//! full disks of the system's own, and SIGKILL at random moments.
//!
//! This program starts itself again as the other process: `durable ROLE DIRECTORY ...`.

mod disks;
mod exhausted;
mod fill;
mod hold;
mod inherited;
mod kill;
mod killing;
mod mappings;
mod packages;
#[path = "../it/packages/rocks.rs"]
mod rocks;
mod sessions;
mod state;
mod world;

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Trial};

/// What this program does as another process: in a directory, with the other arguments.
type Role = fn(&Path, &[String]);

/// The roles, by the first argument. Test programs are called with options or names of tests there.
const ROLES: [(&str, Role); 9] = [
    ("role:disks", disks::role),
    ("role:exhausted", exhausted::role),
    ("role:hold", hold::role),
    ("role:fill", fill::role),
    ("role:inherited", inherited::role),
    ("role:work", kill::role),
    ("role:sessions", sessions::role),
    ("role:packages", packages::role),
    ("role:crowd", packages::role_in_a_crowd),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, directory, rest @ ..] = arguments.as_slice()
        && let Some((_, play)) = ROLES.iter().find(|(name, _)| name == role)
    {
        play(Path::new(directory), rest);
        return ExitCode::SUCCESS;
    }
    let trials = [
        hold::trials(),
        fill::trials(),
        kill::trials(),
        sessions::trials(),
        packages::trials(),
        disks::trials(),
        exhausted::trials(),
        inherited::trials(),
    ];
    let trials = trials.into_iter().flatten();
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

/// A test that fails by panicking.
fn trial(name: &str, test: fn()) -> Trial {
    Trial::test(name, move || {
        test();
        Ok(())
    })
}

/// This program in another role.
fn actor(role: &str, directory: &Path) -> Command {
    let mut command = Command::new(program());
    command.arg(role).arg(directory);
    command
}

fn program() -> OsString {
    std::env::current_exe().expect("this program has a path").into_os_string()
}
