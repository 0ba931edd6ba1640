//! Landlock: of the file system only the reach is left, of the network nothing, and no signal to, or abstract
//! socket of, a process outside.

use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, LandlockStatus, PathBeneath, PathFd,
    Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetError, RulesetStatus, Scope,
};

use super::Reach;

/// The newest rights that are asked for; older kernels know a part of them.
const RIGHTS: ABI = ABI::V6;

/// What the process itself looks at: its own mappings, and how many processors it has.
const ITS_OWN: [&str; 3] = ["/proc/self", "/sys/fs/cgroup", "/sys/devices/system/cpu"];

/// The terminal, which a prompt opens anew.
const TERMINAL: &str = "/dev/tty";

/// For this thread, and for all that it starts. Says what was not possible.
pub fn restrict(reach: &Reach) -> Option<String> {
    match ask(reach) {
        Err(error) => Some(format!("Landlock: {error}")),
        Ok((RulesetStatus::FullyEnforced, _)) => None,
        Ok((RulesetStatus::PartiallyEnforced, LandlockStatus::Available { effective_abi, .. })) => {
            Some(format!(
                "Landlock: this kernel enforces a part of it ({effective_abi:?}; all of it from Linux 6.12 on)"
            ))
        }
        Ok((RulesetStatus::PartiallyEnforced, _)) => {
            Some("Landlock: this kernel enforces a part of it".into())
        }
        Ok((RulesetStatus::NotEnforced, LandlockStatus::NotEnabled)) => {
            Some("Landlock: switched off in this kernel".into())
        }
        Ok((RulesetStatus::NotEnforced, _)) => Some("Landlock: not in this kernel".into()),
    }
}

fn ask(reach: &Reach) -> Result<(RulesetStatus, LandlockStatus), RulesetError> {
    let read = AccessFs::ReadFile | AccessFs::ReadDir;
    let written = read
        | AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir
        | AccessFs::Refer;
    let terminal = AccessFs::ReadFile | AccessFs::WriteFile | AccessFs::IoctlDev;
    let rules = (reach.read.iter().map(|path| (path.as_path(), read)))
        .chain(ITS_OWN.iter().map(|path| (Path::new(path), read)))
        .chain(reach.written.iter().map(|path| (path.as_path(), written)))
        .chain([(Path::new(TERMINAL), terminal)]);
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(RIGHTS))?
        .handle_access(AccessNet::from_all(RIGHTS))?
        .scope(Scope::from_all(RIGHTS))?
        .create()?
        .add_rules(rules.filter_map(|(path, access)| rule(path, access)))?
        .restrict_self()?;
    Ok((status.ruleset, status.landlock))
}

/// What is not there needs no rule, and is not there for the process either.
fn rule(path: &Path, access: BitFlags<AccessFs>) -> Option<Result<PathBeneath<PathFd>, RulesetError>> {
    let opened = PathFd::new(path).ok()?;
    let access = if path.is_dir() { access } else { access & AccessFs::from_file(RIGHTS) };
    Some(Ok(PathBeneath::new(opened, access)))
}
