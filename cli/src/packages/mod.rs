//! `bioxen env`, `bioxen repository`, and the commands on the packages of an environment.

mod arguments;
mod change;
mod environments;
mod home;
mod progress;
mod repositories;
mod show;

pub use arguments::{
    EnvArguments, InfoArguments, InstallArguments, RemoveArguments, RepositoryArguments, SearchArguments,
    ShowArguments, UpdateArguments, VendorArguments,
};
pub use change::{install, remove, update, vendor};
pub use environments::env;
pub use home::{HomeArguments, get};
pub use repositories::repository;
pub use show::{info, list, search, verify};
