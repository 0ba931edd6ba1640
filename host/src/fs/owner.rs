//! Whose a folder must be to hold states.

use cap_std::fs::Metadata;

/// Why a folder must not hold states: somebody else could read, replace or remove them.
#[cfg(target_os = "linux")]
pub(super) fn refuse(metadata: &Metadata) -> Option<String> {
    use cap_std::fs::MetadataExt;

    /// The rights of group and others to write.
    const OTHERS_WRITE: u32 = 0o022;

    let own = rustix::process::geteuid().as_raw();
    if metadata.uid() != own {
        return Some(format!(
            "it belongs to user {}, and this process runs as user {own}; choose a folder of your own",
            metadata.uid()
        ));
    }
    if metadata.mode() & OTHERS_WRITE != 0 {
        return Some(format!(
            "others may write to it (mode {:03o}); take that right away with `chmod go-w`",
            metadata.mode() & 0o777
        ));
    }
    None
}

/// Elsewhere the system's own rules have to do.
#[cfg(not(target_os = "linux"))]
pub(super) fn refuse(_: &Metadata) -> Option<String> {
    None
}
