//! What a session's scripts find around them: packages, and another environment.

use crate::chunk::Chunk;
use crate::config::VmConfig;
use crate::error::{Error, ErrorKind, Result};
use crate::job::Job;
use crate::manager::Work;
use crate::outcome::Outcome;
use crate::value::Value;

use super::Session;

/// Gives whether there is such a module, or are those of the package of that name; which an error of
/// `require` does not tell apart from a failure inside it.
const LOAD: &str = "
local name, modules = ...
local function found(module)
  if package.loaded[module] ~= nil then return true end
  for _, search in ipairs(package.searchers) do
    local loader = search(module)
    if type(loader) == 'function' then return true end
  end
  return false
end
if found(name) then modules = {name} end
for _, module in ipairs(modules) do
  if not found(module) then return false end
  _G[module:match('[^.]*$')] = require(module)
end
return #modules > 0
";

impl Session {
    /// Gives the session's VM the mounts, variables, modules and module path of a configuration, behind the
    /// input that waits. Its Lua state stays, with its limits and streams; files that were open are
    /// closed, and modules that were loaded stay loaded.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Detached`] and [`ErrorKind::Terminated`]. In the job: [`ErrorKind::InvalidConfig`] for
    /// settings that contradict each other, and [`ErrorKind::Ended`] behind `os.exit`.
    pub fn set_environment(&self, environment: VmConfig) -> Result<Job<()>> {
        self.core.check_attached(self.client)?;
        let work: Work<()> = Box::new(move |vm| Box::pin(async move { vm.set_environment(environment) }));
        self.vm.actor().submit(work)
    }

    /// Loads a module with `require`, behind the input that waits, and makes it the global variable of its
    /// name; of `a.b` that is `b`. Where no module has that name but a package of the session's
    /// [`Environment`](crate::Environment) has, its modules are loaded: of `bio-utils` that is `bio_utils`.
    /// Modules below other ones of the package are left to those.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidValue`] for a name that ends in no name, [`ErrorKind::Detached`] and
    /// [`ErrorKind::Terminated`]. In the job: [`ErrorKind::NotFound`] when the session sees no such module,
    /// [`ErrorKind::Failed`] when it is there and its code fails.
    pub fn load_package(&self, name: &str) -> Result<Job<()>> {
        self.core.check_attached(self.client)?;
        let name = name.to_string();
        if name.is_empty() || name.ends_with('.') {
            return Err(Error::new(
                ErrorKind::InvalidValue,
                format!("package {name:?}: expected the name of a module, as `require` takes it"),
            ));
        }
        self.vm.actor().submit(Box::new(move |vm| {
            Box::pin(async move {
                // Names of packages are the same in upper and lower case.
                let modules = vm.modules_of(&name.to_ascii_lowercase()).to_vec();
                let chunk = Chunk::new(LOAD).name("=load_package").arguments((name.as_str(), modules));
                loaded(&name, vm.exec(chunk).await?)
            })
        }))
    }
}

fn loaded(name: &str, outcome: Outcome) -> Result<()> {
    match outcome.result {
        Ok(values) if values == [Value::Boolean(true)] => Ok(()),
        Ok(_) => Err(Error::new(
            ErrorKind::NotFound,
            format!(
                "no package `{name}` in the session's mounts and modules; install it, or mount its folder"
            ),
        )),
        Err(failure) => Err(Error::failed(failure)),
    }
}
