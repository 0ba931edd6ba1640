//! Where the source of a package is.

use crate::error::Result;
use crate::package::rockspec::fields::{Fields, file_name, invalid, path, shown};

/// Longest address, in bytes, as browsers and servers have it.
const LONGEST_ADDRESS: usize = 2_000;

/// Where the source of a package is, as its rockspec says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    /// An address, or the name of a file.
    pub url: String,
    /// What the md5 of the archive has to be, in small hexadecimal digits.
    pub md5: Option<String>,
    /// The file name of the archive, if it is not the last part of `url`.
    pub file: Option<String>,
    /// The folder inside the archive where the package is, `.` being the top; it has to be found when
    /// the rockspec does not say.
    pub dir: Option<String>,
    /// The tag in version control.
    pub tag: Option<String>,
    /// The branch in version control.
    pub branch: Option<String>,
}

impl Source {
    pub(super) fn read(mut fields: Fields<'_>) -> Result<Source> {
        let field = fields.name("url");
        let url = fields.required_text("url")?;
        if url.is_empty() || url.len() > LONGEST_ADDRESS || url.contains(char::is_control) {
            return Err(invalid(&field, &format!("expected an address, got {}", shown(&url))));
        }
        let module = text_of(&mut fields, ["module", "cvs_module"])?;
        let tag = text_of(&mut fields, ["tag", "cvs_tag"])?;
        let source = Source {
            url,
            md5: md5(&mut fields)?,
            file: file(&mut fields)?,
            dir: folder(&mut fields)?.or(module),
            tag,
            branch: fields.text("branch")?,
        };
        fields.finish()?;
        Ok(source)
    }

    /// How the source would be fetched: what stands before `://`, or `file`.
    pub(crate) fn scheme(&self) -> &str {
        self.url.split_once("://").map_or("file", |(scheme, _)| scheme)
    }

    /// Whether the source is in a version control system, not in an archive.
    pub(crate) fn is_versioned(&self) -> bool {
        !matches!(self.scheme(), "http" | "https" | "ftp" | "file")
    }

    /// The file name of the archive.
    pub(crate) fn file_name(&self) -> &str {
        self.file.as_deref().unwrap_or_else(|| file_name(self.url.trim_end_matches('/')))
    }
}

/// A field with an older name; the older one wins, as in LuaRocks.
fn text_of(fields: &mut Fields<'_>, names: [&str; 2]) -> Result<Option<String>> {
    let text = fields.text(names[0])?;
    Ok(fields.text(names[1])?.or(text))
}

fn md5(fields: &mut Fields<'_>) -> Result<Option<String>> {
    let Some(md5) = fields.text("md5")? else { return Ok(None) };
    // Templates of rockspecs have an empty one, which says nothing.
    if md5.is_empty() {
        return Ok(None);
    }
    if md5.len() == 32 && md5.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Some(md5.to_ascii_lowercase()));
    }
    Err(invalid(&fields.name("md5"), &format!("expected 32 hexadecimal digits, got {}", shown(&md5))))
}

fn file(fields: &mut Fields<'_>) -> Result<Option<String>> {
    let Some(file) = fields.text("file")? else { return Ok(None) };
    let file = path(&fields.name("file"), &file)?;
    if file.contains('/') {
        return Err(invalid(&fields.name("file"), "expected the name of a file without a folder"));
    }
    Ok(Some(file))
}

fn folder(fields: &mut Fields<'_>) -> Result<Option<String>> {
    match fields.text("dir")? {
        None => Ok(None),
        Some(dir) if dir.trim_end_matches('/') == "." => Ok(Some(".".to_owned())),
        Some(dir) => path(&fields.name("dir"), &dir).map(Some),
    }
}
