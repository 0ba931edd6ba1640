//! What a program that the host starts has of the host's: nothing but what it is given.

use std::path::Path;
use std::process::{Command, Stdio};

use bioxen_lua::{Environments, Limits};
use libtest_mimic::Trial;

use crate::world::{World, integer};
use crate::{actor, trial};

pub fn trials() -> Vec<Trial> {
    vec![trial("inherited::programs_that_the_host_starts_have_none_of_its_handles", started)]
}

/// In a process of its own, whose handles are its own alone.
fn started() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = actor("role:inherited", folder.path());
    let output = command.stdin(Stdio::null()).output().expect("it starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

pub fn role(directory: &Path, _: &[String]) {
    // Whoever started this process may have left it something.
    let before = handles(std::process::id());
    let mut world = World::new(directory);
    world.does_everything();
    let environments = Environments::open(&world.engine, directory.join("home")).expect("opened");
    let environment = environments.create("bio").wait().expect("made");
    let leased = environment.vm_config().expect("a configuration").limits(Limits::default());
    let chunk = "f = assert(io.open('/data/kept', 'w')) return io.type(f) == 'file' and 1 or 0";
    assert_eq!(integer(&world.exec(chunk)), 1);
    let own = handles(std::process::id());
    assert!(own.len() > before.len() + 10, "there is something to inherit: {own:?}");

    let mut child = Command::new("sleep").arg("60").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let child = child.as_mut().expect("it starts");
    // It is that program, not a copy of this one any more: `spawn` waits for that.
    let mut inherited = handles(child.id());
    inherited.retain(|handle| !before.contains(handle));
    child.kill().expect("killed");
    child.wait().expect("gone");
    assert!(
        matches!(&inherited[..], [pipe] if pipe.starts_with("pipe:")),
        "only what it was given: {inherited:?}"
    );
    world.computes();
    drop((leased, environments));
}

fn handles(process: u32) -> Vec<String> {
    let open = std::fs::read_dir(format!("/proc/{process}/fd")).expect("Linux");
    let target = |entry: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_link(entry.ok()?.path()).ok().map(|path| path.display().to_string())
    };
    open.filter_map(target).collect()
}
