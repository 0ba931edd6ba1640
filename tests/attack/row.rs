//! Short ways to write a case that is one row of a table.

use std::fmt::Debug;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use bioxen_lua::{Engine, EngineConfig, Error, ErrorKind};
use sha2::{Digest, Sha256};

use crate::case::{Case, Ending, Stage};

/// An operation of the host that must end in an error of this kind, with these words in its message. What the
/// message shows of the attacker's text must be fit for a terminal.
pub fn refused<T: Debug>(
    name: impl Into<String>,
    kind: ErrorKind,
    words: &'static str,
    attack: impl Fn(&Stage) -> Result<Result<T, Error>> + 'static,
) -> Case {
    Case::new(name, format!("error {kind:?}"), move |stage| match attack(stage)? {
        Ok(taken) => Ok(Ending::fine(format!("it was taken: {taken:?}"))),
        Err(error) => of_refusal(&error, words),
    })
}

/// How a refusal ends a case, if it says what it should.
pub fn of_refusal(error: &Error, words: &str) -> Result<Ending> {
    let message = error.to_string();
    ensure!(message.contains(words), "expected `{words}` in: {message}");
    let control = message.chars().find(|letter| letter.is_control() && *letter != '\n');
    ensure!(control.is_none(), "{control:?} is in the message {message:?}");
    Ok(Ending::of_error(error))
}

/// The same case, which may take so long. Without that a case is quick.
pub fn taking(case: Case, time: Duration) -> Case {
    after(case, move |ending| ending.deadline += time)
}

/// The same case, which may use so much memory, in bytes.
pub fn holding(case: Case, memory: u64) -> Case {
    after(case, move |ending| ending.memory += memory)
}

/// The same case on an engine of its own, whose threads end with it: what waits for disks and networks runs on
/// threads that an engine keeps for a while. On a busy machine that takes its time.
pub fn alone(case: Case) -> Case {
    let Case { name, expect, run } = holding(taking(case, Duration::from_secs(2)), 16 << 20);
    Case::new(name, expect, move |stage| {
        let engine = Engine::with(EngineConfig { live_vms: 16, ..EngineConfig::default() })?;
        run(&Stage { engine: &engine, ..*stage })
    })
}

fn after(case: Case, change: impl Fn(&mut Ending) + 'static) -> Case {
    let Case { name, expect, run } = case;
    Case::new(name, expect, move |stage| {
        let mut ending = run(stage)?;
        change(&mut ending);
        Ok(ending)
    })
}

/// Names, kinds, times of changes and contents of everything in a folder, as one number.
pub fn digest(folder: &Path) -> Result<Vec<u8>> {
    let mut hash = Sha256::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let mut paths = fs::read_dir(&next)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        paths.sort();
        for path in paths {
            let about = path.symlink_metadata()?;
            hash.update(format!("{path:?} {:?} {:?} ", about.permissions(), about.modified()?));
            if about.is_dir() {
                folders.push(path);
            } else if about.is_symlink() {
                hash.update(fs::read_link(&path)?.as_os_str().as_encoded_bytes());
            } else if about.is_file() && about.len() < 1 << 20 {
                hash.update(fs::read(&path)?);
            }
        }
    }
    Ok(hash.finalize().to_vec())
}

/// Numbers that look random and are the same in every run.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}
