//! Whether a package can be installed where nothing is compiled and no command is run.

use crate::error::{Error, ErrorKind, Result};
use crate::package::manifest::Form;
use crate::package::name::ModuleName;
use crate::package::rockspec::fields::PLATFORMS;
use crate::package::rockspec::{BuildKind, Rockspec};

/// Modules that an error names: enough to recognise the package by.
const MOST_NAMED: usize = 5;

impl Rockspec {
    /// Checks that this package can be installed: by copying files, when it is offered in this form.
    ///
    /// Machine code may be missing where every VM `provides` the module.
    ///
    /// # Errors
    ///
    /// - [`ErrorKind::HookRefused`]: it wants a command run.
    /// - [`ErrorKind::NativeUnsupported`]: it has modules in C, or needs C libraries.
    /// - [`ErrorKind::BuildUnsupported`]: a program builds it, or it is for other platforms.
    /// - [`ErrorKind::SourceUnsupported`]: its source is elsewhere.
    pub(crate) fn check_installable(&self, form: Form, provides: &dyn Fn(&ModuleName) -> bool) -> Result<()> {
        self.check_platform()?;
        if self.has_hooks {
            return Err(self.refused(ErrorKind::HookRefused, "wants a command run, which never happens"));
        }
        if let Some(name) = self.external_dependencies.first() {
            let what = format!("needs {name:?} outside of Lua, and nothing outside of a VM can be used");
            return Err(self.refused(ErrorKind::NativeUnsupported, &what));
        }
        self.check_native(provides)?;
        match form {
            // It was built by somebody else; what is inside is checked when it is unpacked.
            Form::Built => Ok(()),
            Form::Source => self.check_build(),
            Form::Rockspec => Err(self.elsewhere()),
        }
    }

    fn check_platform(&self) -> Result<()> {
        let ours = |name: &&str| PLATFORMS.contains(name);
        let refused: Vec<&str> =
            self.supported_platforms.iter().filter_map(|name| name.strip_prefix('!')).collect();
        let wanted: Vec<&str> = self
            .supported_platforms
            .iter()
            .map(String::as_str)
            .filter(|name| !name.starts_with('!'))
            .collect();
        if refused.iter().any(ours) || !(wanted.is_empty() || wanted.iter().any(ours)) {
            let what = format!("supports {:?}, and VMs are {PLATFORMS:?}", self.supported_platforms);
            return Err(self.refused(ErrorKind::BuildUnsupported, &what));
        }
        Ok(())
    }

    fn check_native(&self, provides: &dyn Fn(&ModuleName) -> bool) -> Result<()> {
        let modules = self.build.native_modules().filter(|module| !provides(module));
        let mut names: Vec<String> = modules.map(|module| format!("`{module}`")).collect();
        names.extend(self.build.install.lib.iter().map(|file| format!("`{}`", file.to)));
        if names.is_empty() {
            return Ok(());
        }
        names.truncate(MOST_NAMED);
        let what = format!("has modules of machine code ({}), which never runs in a VM", names.join(", "));
        Err(self.refused(ErrorKind::NativeUnsupported, &what))
    }

    fn check_build(&self) -> Result<()> {
        match &self.build.kind {
            BuildKind::Builtin | BuildKind::None => Ok(()),
            BuildKind::Program(program) => {
                let what = format!(
                    "is built by {program:?}, and no programs are run; a repository that has it as an `.all.rock` will do"
                );
                Err(self.refused(ErrorKind::BuildUnsupported, &what))
            }
        }
    }

    fn elsewhere(&self) -> Error {
        let place = if self.source.is_versioned() { "a version control system" } else { "another place" };
        let what = format!(
            "has its source in {place} (`{}`), and only what the repository itself has is installed; one that has it as \
             an `.all.rock` or `.src.rock` will do",
            self.source.url
        );
        self.refused(ErrorKind::SourceUnsupported, &what)
    }

    fn refused(&self, kind: ErrorKind, what: &str) -> Error {
        Error::new(kind, format!("`{} {}` {what}", self.package, self.version))
    }
}
