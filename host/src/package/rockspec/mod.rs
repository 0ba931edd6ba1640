//! What a package says of itself: its rockspec, checked.
//!
//! A rockspec is a program; what it sets when it is run, with nothing in reach, arrives here as a table.

mod build;
mod fields;
mod installable;
mod source;

use crate::error::{Error, ErrorKind, Result};
use crate::package::name::PackageName;
use crate::package::requirement::Requirement;
use crate::package::version::Version;
use crate::value::Table;

pub(crate) use build::{Build, BuildKind, Install, ModuleSource, Placed};
pub(crate) use source::Source;

use fields::{Fields, invalid, shown};

/// What one package may need; the largest real ones need about twenty.
const MOST_DEPENDENCIES: usize = 1_000;

/// What a package says of itself.
///
/// All names and paths in it were checked: no path leaves the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rockspec {
    pub format: Format,
    pub package: PackageName,
    pub version: Version,
    pub summary: Option<String>,
    pub detailed: Option<String>,
    pub homepage: Option<String>,
    pub license: Option<String>,
    pub maintainer: Option<String>,
    pub labels: Vec<String>,
    pub issues_url: Option<String>,
    /// What the package needs to run, `lua` among it.
    pub dependencies: Vec<Requirement>,
    /// What programs that build the package need; they never run.
    pub build_dependencies: Vec<Requirement>,
    /// What the package's own tests need.
    pub test_dependencies: Vec<Requirement>,
    /// Platforms it is for, or not for where `!` stands before the name; none means all.
    pub supported_platforms: Vec<String>,
    /// Names of things outside of Lua that it needs, such as C libraries.
    pub external_dependencies: Vec<String>,
    pub source: Source,
    pub build: Build,
    /// Whether it wants commands run when it is installed.
    pub has_hooks: bool,
}

/// The version of the format in which a rockspec is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Format {
    V1_0,
    V1_1,
    V3_0,
    V3_1,
}

impl Rockspec {
    /// The rockspec whose evaluation set these globals, with what it says for Unix and Linux applied.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RockspecInvalid`], naming the field: it is unknown, missing, of another type or newer
    /// than the rockspec's format, or its name or path may not stand in a package.
    pub(crate) fn from_table(globals: &Table) -> Result<Rockspec> {
        let mut fields = Fields::of_globals(globals)?;
        let format = format(&mut fields)?;
        format.refuse_newer(&fields, &[(Format::V1_1, "deploy"), (Format::V3_0, "build_dependencies")])?;
        format.refuse_newer(&fields, &[(Format::V3_0, "test_dependencies"), (Format::V3_0, "test")])?;
        let mut description = description(&mut fields, format)?;
        let rockspec = Rockspec {
            format,
            package: package(&mut fields)?,
            version: version(&mut fields)?,
            summary: description.prose("summary")?,
            detailed: description.prose("detailed")?,
            homepage: description.prose("homepage")?,
            license: description.prose("license")?,
            maintainer: description.prose("maintainer")?,
            labels: plain(description.list("labels")?),
            issues_url: description.prose("issues_url")?,
            dependencies: requirements(&mut fields, "dependencies", format)?,
            build_dependencies: requirements(&mut fields, "build_dependencies", format)?,
            test_dependencies: requirements(&mut fields, "test_dependencies", format)?,
            supported_platforms: plain(fields.list("supported_platforms")?),
            external_dependencies: external_dependencies(&mut fields)?,
            source: source(&mut fields)?,
            build: Build::read(fields.table_of_platforms("build")?, format)?,
            has_hooks: has_hooks(&mut fields)?,
        };
        description.finish()?;
        skip_what_never_runs(&mut fields)?;
        fields.finish()?;
        Ok(rockspec)
    }

    /// Whether it is of the package and version that were asked for.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::RockspecInvalid`] when it is of another one.
    pub(crate) fn check_is(&self, name: &PackageName, version: &Version) -> Result<()> {
        if self.package == *name && self.version == *version {
            return Ok(());
        }
        let found = format!("{} {}", self.package, self.version);
        let what = format!("the rockspec of `{name} {version}` is that of `{found}`");
        Err(Error::new(ErrorKind::RockspecInvalid, what))
    }
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Format::V1_0 => "1.0",
            Format::V1_1 => "1.1",
            Format::V3_0 => "3.0",
            Format::V3_1 => "3.1",
        }
    }

    /// Refuses fields that came with a later format than this.
    fn refuse_newer(self, fields: &Fields<'_>, newer: &[(Format, &str)]) -> Result<()> {
        let found = newer.iter().find(|(since, field)| self < *since && fields.has(field));
        let Some((since, field)) = found else { return Ok(()) };
        let needed = format!("needs `rockspec_format = \"{}\"`, and this is {}", since.name(), self.name());
        Err(invalid(&fields.name(field), &needed))
    }
}

fn format(fields: &mut Fields<'_>) -> Result<Format> {
    let Some(text) = fields.text("rockspec_format")? else { return Ok(Format::V1_0) };
    let formats = [Format::V1_0, Format::V1_1, Format::V3_0, Format::V3_1];
    if let Some(format) = formats.into_iter().find(|format| format.name() == text) {
        return Ok(format);
    }
    let newest: Version = Format::V3_1.name().parse()?;
    let newer = text.parse::<Version>().is_ok_and(|version| newest.is_below(&version));
    let what = if newer { "this version reads formats up to 3.1" } else { "expected 1.0, 1.1, 3.0 or 3.1" };
    Err(invalid("rockspec_format", &format!("{what}, got {}", shown(&text))))
}

fn package(fields: &mut Fields<'_>) -> Result<PackageName> {
    let name = fields.required_text("package")?;
    name.parse().map_err(|error| invalid("package", "expected the name of a package").with_source(error))
}

fn version(fields: &mut Fields<'_>) -> Result<Version> {
    let text = fields.required_text("version")?;
    let version =
        text.parse().ok().filter(|version: &Version| version.is_plain() && version.as_str() == text);
    version.ok_or_else(|| invalid("version", &format!("expected one like \"1.4.1-3\", got {}", shown(&text))))
}

fn description<'a>(fields: &mut Fields<'a>, format: Format) -> Result<Fields<'a>> {
    let Some(description) = fields.table("description")? else { return Ok(Fields::empty("description")) };
    format.refuse_newer(&description, &[(Format::V3_0, "labels"), (Format::V3_0, "issues_url")])?;
    Ok(description)
}

fn plain(texts: Option<Vec<(String, String)>>) -> Vec<String> {
    texts.unwrap_or_default().into_iter().map(|(_, text)| text).collect()
}

fn requirements(fields: &mut Fields<'_>, name: &str, format: Format) -> Result<Vec<Requirement>> {
    let Some(table) = fields.table_of_platforms(name)? else { return Ok(Vec::new()) };
    let read = |(field, text): (String, String)| {
        let requirement: Requirement = text.parse().map_err(|error| {
            let what = format!("expected a dependency such as \"say >= 1.4\", got {}", shown(&text));
            invalid(&field, &what).with_source(error)
        })?;
        if requirement.namespace.is_some() && format < Format::V3_0 {
            let what =
                format!("a name with a `/` needs `rockspec_format = \"3.0\"`, and this is {}", format.name());
            return Err(invalid(&field, &what));
        }
        Ok(requirement)
    };
    let texts = table.into_texts()?;
    if texts.len() > MOST_DEPENDENCIES {
        return Err(invalid(name, &format!("expected at most {MOST_DEPENDENCIES} dependencies")));
    }
    texts.into_iter().map(read).collect()
}

fn external_dependencies(fields: &mut Fields<'_>) -> Result<Vec<String>> {
    let Some(mut table) = fields.table_of_platforms("external_dependencies")? else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for name in table.names() {
        let field = table.name(name);
        let mut needed = table.table(name)?.ok_or_else(|| invalid(&field, "expected a table"))?;
        for part in ["program", "header", "library"] {
            needed.text(part)?;
        }
        needed.finish()?;
        names.push(name.to_owned());
    }
    table.finish()?;
    Ok(names)
}

fn source(fields: &mut Fields<'_>) -> Result<Source> {
    let table = fields.table_of_platforms("source")?;
    Source::read(table.ok_or_else(|| invalid("source", "expected a table, and it is missing"))?)
}

fn has_hooks(fields: &mut Fields<'_>) -> Result<bool> {
    let Some(mut table) = fields.table_of_platforms("hooks")? else { return Ok(false) };
    let has_hooks = table.text("post_install")?.is_some();
    table.finish()?;
    Ok(has_hooks)
}

/// Checks the tables that are about starting programs, which is never done.
fn skip_what_never_runs(fields: &mut Fields<'_>) -> Result<()> {
    fields.table("test")?;
    if let Some(mut deploy) = fields.table("deploy")? {
        deploy.boolean("wrap_bin_scripts")?;
        deploy.finish()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
