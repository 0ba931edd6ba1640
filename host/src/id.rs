//! Names that callers choose, valid once they exist.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};

/// Longest name, in bytes.
const MAX_LENGTH: usize = 128;

/// Whose VM it is: what a multi-tenant host accounts by.
///
/// 1 to 128 bytes of `A-Z a-z 0-9 . _ : -`, the first a letter or digit, no `..`.
///
/// ```
/// use bioxen_lua::TenantId;
/// assert_eq!(TenantId::new("lab-7")?.as_str(), "lab-7");
/// assert!(TenantId::new("../lab").is_err());
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(Arc<str>);

impl TenantId {
    /// # Errors
    ///
    /// [`ErrorKind::InvalidId`] when the name breaks the rule above.
    pub fn new(name: impl Into<String>) -> Result<TenantId> {
        let name = name.into();
        check(&name)?;
        Ok(TenantId(name.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a VM or session in its manager, by the rule of [`TenantId`].
///
/// ```
/// use bioxen_lua::VmId;
/// assert_eq!(VmId::new("assembly:7")?.as_str(), "assembly:7");
/// assert!(VmId::new("").is_err());
/// # Ok::<(), bioxen_lua::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VmId(Arc<str>);

impl VmId {
    /// # Errors
    ///
    /// [`ErrorKind::InvalidId`] when the name breaks the rule of [`TenantId`].
    pub fn new(name: impl Into<String>) -> Result<VmId> {
        let name = name.into();
        check(&name)?;
        Ok(VmId(name.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VmId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn check(name: &str) -> Result<()> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    let valid = (1..=MAX_LENGTH).contains(&name.len())
        && name.bytes().all(allowed)
        && name.as_bytes()[0].is_ascii_alphanumeric()
        && !name.contains("..");
    if valid {
        return Ok(());
    }
    let shown: String = name.chars().take(MAX_LENGTH).collect();
    Err(Error::new(
        ErrorKind::InvalidId,
        format!(
            "name {shown:?}: expected 1 to {MAX_LENGTH} of A-Z a-z 0-9 . _ : - beginning with a letter or digit, \
             without `..`"
        ),
    ))
}
