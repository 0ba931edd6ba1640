//! Names in a state directory: `assembly@000012.state` is generation 12 of session `assembly`.

use std::ffi::OsStr;
use std::fmt;

use crate::id::VmId;

use super::host_disk::LOCK;

const STATE: &str = ".state";
const TEMPORARY: &str = ".tmp";
/// Written and removed when a directory is opened, to see whether it can be written.
pub(super) const PROBE: &str = "probe.tmp";

/// A generation of a session, which is a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StateFile {
    pub id: VmId,
    pub generation: u64,
}

/// What a name in a state directory is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named {
    State(StateFile),
    /// Left over by a save that was cut off.
    Temporary,
    Lock,
    /// Not of this library's making.
    Stranger,
}

impl StateFile {
    pub fn new(id: &VmId, generation: u64) -> StateFile {
        StateFile { id: id.clone(), generation }
    }

    /// Where it is written before it gets its name. No serial number is used twice by one holder.
    pub fn temporary(&self, serial: u64) -> String {
        format!("{}@{:06}.{serial}{TEMPORARY}", self.id, self.generation)
    }

    /// Only the way in which names are written: two names for one generation would be two truths.
    fn parse(name: &str) -> Option<StateFile> {
        let (id, generation) = name.strip_suffix(STATE)?.split_once('@')?;
        let file = StateFile { id: VmId::new(id).ok()?, generation: generation.parse().ok()? };
        (file.to_string() == name).then_some(file)
    }
}

impl fmt::Display for StateFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{:06}{STATE}", self.id, self.generation)
    }
}

impl Named {
    pub fn of(name: &OsStr) -> Named {
        let Some(name) = name.to_str() else { return Named::Stranger };
        if name == LOCK {
            Named::Lock
        } else if name == PROBE || is_temporary(name) {
            Named::Temporary
        } else {
            StateFile::parse(name).map_or(Named::Stranger, Named::State)
        }
    }
}

fn is_temporary(name: &str) -> bool {
    let Some((id, rest)) = name.strip_suffix(TEMPORARY).and_then(|name| name.split_once('@')) else {
        return false;
    };
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    VmId::new(id).is_ok() && rest.split_once('.').is_some_and(|(one, two)| number(one) && number(two))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Named {
        Named::of(OsStr::new(name))
    }

    #[track_caller]
    fn check_state(name: &str, id: &str, generation: u64) {
        let file = StateFile::new(&VmId::new(id).expect("a valid name"), generation);
        assert_eq!(file.to_string(), name);
        assert_eq!(named(name), Named::State(file));
    }

    #[test]
    fn states_are_named_after_session_and_generation() {
        check_state("assembly@000012.state", "assembly", 12);
        check_state("a.b:c_d-1.state@1234567.state", "a.b:c_d-1.state", 1_234_567);
        check_state(&format!("x@{}.state", u64::MAX), "x", u64::MAX);
    }

    #[test]
    fn one_generation_has_one_name() {
        let names = ["a@12.state", "a@0000012.state", "a@+00012.state", "a@00000x.state", "a@.state"];
        for name in names.into_iter().chain(["@000001.state", "a@000001", "a@000001.state~", ".state"]) {
            assert_eq!(named(name), Named::Stranger, "{name}");
        }
    }

    #[test]
    fn names_that_are_no_session_are_strangers() {
        for name in ["..a@000001.state", "a b@000001.state", "-a@000001.state", "LOCK", "notes.txt", "a.tmp"]
        {
            assert_eq!(named(name), Named::Stranger, "{name}");
        }
    }

    #[test]
    fn what_a_save_writes_first_is_temporary() {
        let id = VmId::new("a.b").expect("a valid name");
        assert_eq!(named(&StateFile::new(&id, 7).temporary(3)), Named::Temporary);
        assert_eq!(named(PROBE), Named::Temporary);
        for name in ["a@1.tmp", "a@1..tmp", "a@.1.tmp", "@1.1.tmp", "a@1.1.1.tmp"] {
            assert_eq!(named(name), Named::Stranger, "{name}");
        }
        assert_eq!(named(LOCK), Named::Lock);
    }
}
