//! The command, and what came of it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The built command, in a folder of its own.
pub struct Bioxen {
    folder: TempDir,
}

/// What came of it.
pub struct Ended {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Bioxen {
    pub fn new() -> Bioxen {
        Bioxen { folder: tempfile::tempdir().unwrap() }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Puts a file into its folder.
    pub fn file(self, name: &str, content: &str) -> Bioxen {
        std::fs::write(self.folder().join(name), content).unwrap();
        self
    }

    /// Ready to be started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bioxen"));
        command.args(arguments).current_dir(self.folder());
        command
    }

    /// Runs it without input.
    pub fn call(&self, arguments: &[&str]) -> Ended {
        self.call_with(arguments, "")
    }

    /// Runs it with input.
    pub fn call_with(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A program that reads nothing may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Ended::new(child.wait_with_output().unwrap())
    }
}

impl Ended {
    pub fn new(output: Output) -> Ended {
        Ended {
            status: output.status.code().expect("it ends by itself, not by a signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// All of what it said, and its status.
    #[track_caller]
    pub fn check(&self, status: i32, stdout: &str, stderr: &str) {
        assert_eq!((self.stdout.as_str(), self.stderr.as_str()), (stdout, stderr));
        assert_eq!(self.status, status);
    }

    /// Its status, and parts of what it said on standard error.
    #[track_caller]
    pub fn complains(&self, status: i32, parts: &[&str]) {
        for part in parts {
            assert!(self.stderr.contains(part), "no {part:?} in {:?}", self.stderr);
        }
        assert_eq!(self.status, status, "{:?}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{:?}", self.stderr);
    }
}

/// Runs a program from standard input under options.
#[track_caller]
pub fn run(options: &[&str], program: &str) -> Ended {
    let arguments = [&["run"], options, &["-"]].concat();
    Bioxen::new().call_with(&arguments, program)
}

/// Evaluates a chunk under options.
#[track_caller]
pub fn eval(options: &[&str], chunk: &str) -> Ended {
    let arguments = [&["eval"], options, &[chunk]].concat();
    Bioxen::new().call(&arguments)
}
