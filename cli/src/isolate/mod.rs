//! `--isolate`: the command locks itself in before it runs anything, so that whoever broke out of the sandbox
//! would find a process that can do no more than the program was given. A second wall, of the kernel's.
//!
//! In two steps: [`enter`] before the first thread starts, since Landlock holds for the thread that asks and for
//! those that it starts; and [`seal`] when the guest is loaded, since that maps code.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod files;

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::report::{self, Fault};

/// How much of it must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Isolation {
    /// What the kernel offers; what it does not is told.
    Offered,
    /// All of it, or the command does not start.
    Required,
}

/// What the process still needs of the file system.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Files, and folders with all in them, that are read.
    pub read: Vec<PathBuf>,
    /// The same, changed too.
    pub written: Vec<PathBuf>,
}

impl Reach {
    /// Nothing beside what the VM is given.
    pub fn none() -> Reach {
        Reach::default()
    }

    /// A file that is replaced: by a new one beside it, that takes its name.
    pub fn replacing(file: &Path) -> Reach {
        let folder = match file.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        Reach { written: vec![folder.to_path_buf()], ..Reach::default() }
    }

    /// A file that is read.
    pub fn reading(file: &Path) -> Reach {
        Reach { read: vec![file.to_path_buf()], ..Reach::default() }
    }

    /// Both.
    pub fn and(mut self, other: Reach) -> Reach {
        self.read.extend(other.read);
        self.written.extend(other.written);
        self
    }
}

/// Makes something, an engine, in a process that locks itself in before it, and closes the last door behind it.
pub fn around<T>(
    isolation: Option<Isolation>,
    reach: impl FnOnce() -> Result<Reach, Fault>,
    make: impl FnOnce() -> Result<T, Fault>,
) -> Result<T, Fault> {
    let Some(isolation) = isolation else { return make() };
    let mut gaps = enter(&reach()?);
    let made = make()?;
    gaps.extend(seal());
    if let Some(message) = told(isolation, &gaps)? {
        report::before_start(&message);
    }
    Ok(made)
}

/// What to say of gaps; a fault where there may be none.
fn told(isolation: Isolation, gaps: &[String]) -> Result<Option<String>, Fault> {
    let list = gaps.join("; ");
    match isolation {
        _ if gaps.is_empty() => Ok(None),
        Isolation::Offered => Ok(Some(format!("not isolated in full: {list}"))),
        Isolation::Required => Err(Fault::Host(format!("cannot isolate this process in full: {list}"))),
    }
}

/// Gives up everything but the reach. Says what was not possible.
#[cfg(target_os = "linux")]
fn enter(reach: &Reach) -> Vec<String> {
    let mut gaps = Vec::new();
    gaps.extend(files::restrict(reach));
    gaps.extend(calls::allow_needed());
    // Both of them ask for it.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    if !status.lines().any(|line| line.split_whitespace().eq(["NoNewPrivs:", "1"])) {
        gaps.push("no_new_privs: this kernel has none".into());
    }
    gaps
}

/// Gives up making code, and changing what was given up. Says what was not possible.
#[cfg(target_os = "linux")]
fn seal() -> Vec<String> {
    calls::forbid_code().into_iter().collect()
}

#[cfg(not(target_os = "linux"))]
fn enter(_: &Reach) -> Vec<String> {
    vec!["this system has none of no_new_privs, Landlock and seccomp".into()]
}

#[cfg(not(target_os = "linux"))]
fn seal() -> Vec<String> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_replaced_needs_its_folder() {
        let folders = |file: &str| Reach::replacing(Path::new(file)).written;
        assert_eq!(folders("a.snap"), [PathBuf::from(".")]);
        assert_eq!(folders("out/a.snap"), [PathBuf::from("out")]);
        assert_eq!(folders("/a.snap"), [PathBuf::from("/")]);
    }

    #[test]
    fn gaps_are_told_or_refused() {
        let gaps = ["Landlock: not in this kernel".to_string(), "seccomp: no".to_string()];
        let message = "not isolated in full: Landlock: not in this kernel; seccomp: no";
        assert_eq!(told(Isolation::Offered, &gaps).unwrap().as_deref(), Some(message));
        let fault = told(Isolation::Required, &gaps).unwrap_err().to_string();
        assert!(fault.contains("cannot isolate") && fault.contains("Landlock"), "{fault}");
        for isolation in [Isolation::Offered, Isolation::Required] {
            assert!(told(isolation, &[]).unwrap().is_none());
        }
    }

    /// All of it in a thread of its own, which is all that it holds for.
    #[cfg(target_os = "linux")]
    #[test]
    fn who_is_inside_reaches_what_is_given_and_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for name in ["read", "written", "beside"] {
            std::fs::create_dir(at(name)).unwrap();
            std::fs::write(at(name).join("x"), "x").unwrap();
        }
        let reach = Reach { read: vec![at("read")], written: vec![at("written")] };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let inside = std::thread::scope(|scope| {
            let inside = scope.spawn(|| {
                assert_eq!(files::restrict(&reach), None, "this kernel has no Landlock");
                assert!(std::fs::read(at("read/x")).is_ok());
                assert!(std::fs::write(at("read/x"), "y").is_err());
                assert!(std::fs::write(at("written/y"), "y").is_ok());
                assert!(std::fs::rename(at("written/y"), at("written/z")).is_ok());
                assert!(std::fs::read(at("beside/x")).is_err());
                assert!(std::fs::read("/etc/passwd").is_err());
                assert!(std::net::TcpStream::connect(address).is_err());
                calls::of_thread(calls::needed()).unwrap();
                assert!(std::fs::read(at("read/x")).is_ok());
                assert!(std::thread::Builder::new().spawn(|| ()).unwrap().join().is_ok());
                assert!(std::net::UdpSocket::bind("127.0.0.1:0").is_err());
                assert!(std::process::Command::new("/bin/true").spawn().is_err());
                let code = || memmap2::MmapMut::map_anon(4096).unwrap().make_exec();
                assert!(code().is_ok());
                calls::of_thread(calls::code()).unwrap();
                assert!(code().is_err());
                assert!(calls::of_thread(calls::code()).is_err(), "nothing can be changed any more");
            });
            inside.join()
        });
        assert!(inside.is_ok());
    }
}
