//! What a VM is given.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::io::Write;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::fs::{Access, Mount, check_clashes};
use crate::func::{HostFunction, HostModule};
use crate::id::TenantId;
use crate::limits::Limits;
use crate::registration::Registration;
use crate::stream::{Sink, Stdin};

/// What becomes of a VM that was stopped hard: by a limit, an interrupt or a trap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum OnStop {
    /// The VM stays stopped until [`Vm::reset`](crate::Vm::reset) makes it fresh.
    #[default]
    Discard,
    /// The VM has the state it had before the call; so it has when memory ran out and the script did not
    /// catch that, and when its results were too large. Each call begins with a checkpoint, which costs in
    /// proportion to what the call before it wrote. Files that were open are closed.
    RollBack,
}

/// What a VM is given. The default sees no file, no variable and no network, and has the default
/// [`Limits`].
///
/// ```
/// use bioxen_lua::{Limits, OnStop, VmConfig};
/// let config = VmConfig::default()
///     .limits(Limits { fuel: Some(1_000_000), ..Limits::default() })
///     .var("LANG", "C")
///     .on_stop(OnStop::RollBack);
/// # let _ = config;
/// ```
#[derive(Clone, Default)]
pub struct VmConfig {
    pub(crate) limits: Limits,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) modules: Vec<HostModule>,
    pub(crate) module_path: Option<String>,
    /// Modules of the packages of an environment, by the package's name.
    pub(crate) packages: Arc<BTreeMap<String, Vec<String>>>,
    pub(crate) seed: Option<u64>,
    pub(crate) stdin: Stdin,
    pub(crate) stdout: Option<Sink>,
    pub(crate) stderr: Option<Sink>,
    pub(crate) on_stop: OnStop,
    pub(crate) tenant: Option<TenantId>,
    /// Of a VM that belongs to a manager.
    pub(crate) registration: Option<Arc<Registration>>,
}

impl VmConfig {
    /// What the VM may use.
    pub fn limits(mut self, limits: Limits) -> VmConfig {
        self.limits = limits;
        self
    }

    /// Lets the VM see a folder.
    pub fn mount(mut self, mount: Mount) -> VmConfig {
        self.mounts.push(mount);
        self
    }

    /// A variable for `os.getenv`, which finds no other.
    pub fn var(mut self, name: impl Into<String>, value: impl Into<String>) -> VmConfig {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// A module of host functions, which the VM loads with `require`.
    pub fn module(mut self, module: HostModule) -> VmConfig {
        self.modules.push(module);
        self
    }

    /// `package.path`: where `require` looks in the mounts. By default `?.lua` and `?/init.lua` in each
    /// of them.
    pub fn module_path(mut self, path: impl Into<String>) -> VmConfig {
        self.module_path = Some(path.into());
        self
    }

    /// Modules of installed packages, for those who know a package by its name.
    pub(crate) fn packages(mut self, packages: BTreeMap<String, Vec<String>>) -> VmConfig {
        self.packages = Arc::new(packages);
        self
    }

    /// Seeds all randomness that the VM can reach. With a seed a run that does not read the clock
    /// repeats, to the unit of fuel; without one every VM differs.
    pub fn seed(mut self, seed: u64) -> VmConfig {
        self.seed = Some(seed);
        self
    }

    /// Where `io.read` reads from. Default: nothing.
    pub fn stdin(mut self, stdin: Stdin) -> VmConfig {
        self.stdin = stdin;
        self
    }

    /// Receives standard output as it is written, instead of collecting it in the
    /// [`Outcome`](crate::Outcome). It counts against the limit all the same.
    ///
    /// The writer is called on the thread that polls the call: one that blocks holds that thread, past
    /// the call's deadline too.
    pub fn stdout(mut self, writer: impl Write + Send + 'static) -> VmConfig {
        self.stdout = Some(Sink::new(writer));
        self
    }

    /// As [`stdout`](VmConfig::stdout), for standard error.
    pub fn stderr(mut self, writer: impl Write + Send + 'static) -> VmConfig {
        self.stderr = Some(Sink::new(writer));
        self
    }

    /// What becomes of the VM after a hard stop.
    pub fn on_stop(mut self, on_stop: OnStop) -> VmConfig {
        self.on_stop = on_stop;
        self
    }

    /// Whether standard streams were given.
    pub(crate) fn has_streams(&self) -> bool {
        self.stdout.is_some() || self.stderr.is_some() || !self.stdin.is_default()
    }

    /// The same, with the standard streams that a VM has by default.
    pub(crate) fn without_streams(self) -> VmConfig {
        VmConfig { stdin: Stdin::default(), stdout: None, stderr: None, ..self }
    }

    /// Whose VM it is; host functions can ask.
    pub fn tenant(mut self, tenant: TenantId) -> VmConfig {
        self.tenant = Some(tenant);
        self
    }
}

impl fmt::Debug for VmConfig {
    /// The settings that are plain values: what host functions and streams do cannot be shown.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("VmConfig")
            .field("limits", &self.limits)
            .field("on_stop", &self.on_stop)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

/// A configuration that was checked, as a VM's store holds it.
pub(crate) struct Setup {
    pub config: VmConfig,
    /// Every function of every module by its number.
    pub functions: HashMap<u32, HostFunction>,
    pub package_path: Option<String>,
    /// With its last `/`.
    pub temporary_folder: Option<String>,
}

impl Setup {
    pub fn new(config: VmConfig, engine_memory: u64) -> Result<Arc<Setup>> {
        config.limits.check(engine_memory)?;
        check_clashes(&config.mounts)?;
        check_variables(&config.variables)?;
        check_modules(&config.modules)?;
        if let Some(registration) = &config.registration {
            registration.name_functions(function_names(&config.modules));
        }
        Ok(Arc::new(Setup {
            functions: numbered(&config.modules)?,
            package_path: package_path(&config),
            temporary_folder: temporary_folder(&config),
            config,
        }))
    }

    /// Whether calls need the engine's threads from the start: wasmtime-wasi looks for a runtime when it
    /// touches files, and asynchronous functions may use one's timers. Others start them when they block.
    pub fn needs_threads(&self) -> bool {
        !self.config.mounts.is_empty() || self.functions.values().any(HostFunction::is_async)
    }
}

/// The number by which a guest calls a host function: a hash of its name (FNV-1a, 32 bits). A function
/// that a guest took from `require` keeps its meaning when the VM is restored with other modules.
pub(crate) fn function_number(module: &str, function: &str) -> u32 {
    let name = module.bytes().chain([b'.']).chain(function.bytes());
    name.fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

fn numbered(modules: &[HostModule]) -> Result<HashMap<u32, HostFunction>> {
    let mut functions = HashMap::new();
    for module in modules {
        for (name, function) in &module.functions {
            let number = function_number(&module.name, name);
            if functions.insert(number, function.clone()).is_some() {
                return Err(Error::new(
                    ErrorKind::InvalidConfig,
                    format!(
                        "host function `{}.{name}` cannot be told from another one: rename it",
                        module.name
                    ),
                ));
            }
        }
    }
    Ok(functions)
}

fn check_variables(variables: &[(String, String)]) -> Result<()> {
    variables.iter().try_for_each(|(name, value)| check_variable(name, value))
}

pub(crate) fn check_variable(name: &str, value: &str) -> Result<()> {
    if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
        return Err(Error::new(
            ErrorKind::InvalidConfig,
            format!("variable {name:?}: expected a name without `=` and no NUL in name or value"),
        ));
    }
    Ok(())
}

fn check_modules(modules: &[HostModule]) -> Result<()> {
    let mut names = HashSet::new();
    for module in modules {
        if !names.insert(&module.name) {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                format!("host module `{}` is given twice: expected one of each name", module.name),
            ));
        }
        let mut functions = HashSet::new();
        if let Some((twice, _)) = module.functions.iter().find(|(name, _)| !functions.insert(name)) {
            return Err(Error::new(
                ErrorKind::InvalidConfig,
                format!(
                    "host module `{}` has two functions `{twice}`: expected one of each name",
                    module.name
                ),
            ));
        }
    }
    Ok(())
}

/// `module.function` of every function, with its number.
fn function_names(modules: &[HostModule]) -> impl Iterator<Item = (u32, String)> {
    modules.iter().flat_map(|module| {
        let named = module.functions.iter();
        named.map(|(name, _)| (function_number(&module.name, name), format!("{}.{name}", module.name)))
    })
}

fn package_path(config: &VmConfig) -> Option<String> {
    if config.module_path.is_some() {
        return config.module_path.clone();
    }
    if config.mounts.is_empty() {
        return None;
    }
    let patterns = config.mounts.iter().map(|mount| {
        let folder = mount.guest().trim_end_matches('/');
        format!("{folder}/?.lua;{folder}/?/init.lua")
    });
    Some(patterns.collect::<Vec<_>>().join(";"))
}

fn temporary_folder(config: &VmConfig) -> Option<String> {
    let writable = config.mounts.iter().find(|mount| mount.access() == Access::ReadWrite)?;
    Some(format!("{}/", writable.guest().trim_end_matches('/')))
}
