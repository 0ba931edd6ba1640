//! Runs Lua that nobody trusts. Each [`Vm`] is PUC Lua 5.4 compiled to WebAssembly, alone in its own
//! instance, with finite fuel, memory, time and output.
//!
//! ```
//! use bioxen_lua::{Engine, Failure, Vm, VmConfig};
//!
//! let engine = Engine::new()?;
//! let mut vm = Vm::new(&engine, VmConfig::default())?;
//! let outcome = vm.exec("print('GC', ...); return #'GATTACA'").wait()?;
//! assert_eq!(outcome.stdout.to_text(), "GC\n");
//! assert_eq!(outcome.value::<i64>()?, 7);
//!
//! let runaway = vm.exec("while true do end").wait()?;
//! assert!(matches!(runaway.result, Err(Failure::Limit { .. })));
//! # Ok::<(), bioxen_lua::Error>(())
//! ```
//!
//! What a guest does wrong is data: a [`Failure`] inside an [`Outcome`], beside the output that was made
//! before it. An [`Error`] is the host's or the caller's. Every operation that runs guest code returns a
//! future that can be `.await`ed, on any executor, or `.wait()`ed for.

/// The example of the README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

mod chunk;
mod config;
mod engine;
mod environment;
mod error;
mod escape;
mod exec;
mod fs;
mod func;
mod guest;
mod id;
mod job;
mod limits;
mod manager;
mod outcome;
mod package;
mod quota;
mod record;
mod registration;
mod runtime;
mod session;
mod snapshot;
mod stream;
mod task;
#[doc(hidden)]
pub mod testing;
mod value;
mod vm;

pub use chunk::Chunk;
pub use config::{OnStop, VmConfig};
pub use engine::{Engine, EngineConfig};
pub use environment::{
    Change, Condition, Dependents, Environment, Environments, EnvironmentsConfig, Fault, GenerationList,
    Health, HealthCheck, InstallOptions, InstalledPackage, Progress, StoredMount,
};
pub use error::{Error, ErrorKind, Result};
pub use exec::Exec;
pub use fs::{Access, Mount};
pub use func::{Caller, FunctionError, HostModule};
pub use id::{TenantId, VmId};
pub use job::Job;
pub use limits::{Limits, Resource, Usage};
pub use manager::{ManagedVm, Manager, ManagerConfig, SessionConfigs, Shutdown, VmState, VmStatus};
pub use outcome::{Failure, Outcome, Output};
pub use package::{
    Catalogue, Constraint, Edition, FoundPackage, ManifestForm, ModuleName, Operator, PROVIDED, PackageInfo,
    PackageName, Profile, ProfilePackage, ProfileSource, Provided, PublicKey, Reason, Recommendation,
    RefreshResult, Refreshed, Repositories, Repository, Requirement, SecretKey, Trust, Version,
};
pub use quota::Quota;
pub use registration::HeldThread;
pub use session::{
    Export, LeftOut, NoData, Persistence, Prompt, Prompts, Reading, Saved, SecondClient, Sent, Session,
    SessionConfig, SessionState, SessionStatus, Typed,
};
pub use snapshot::Snapshot;
pub use stream::Stdin;
pub use task::Task;
pub use value::{
    ConversionError, FromLua, FromLuaMulti, IntoLua, IntoLuaMulti, LuaString, MAX_DEPTH, Table, Value,
    Values, from_value, to_value,
};
pub use vm::{InterruptHandle, Vm};
