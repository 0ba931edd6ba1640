//! What can be typed about environments, repositories and packages.

use std::path::PathBuf;

use bioxen_lua::{PackageName, Requirement};
use clap::{Args, Subcommand};

use super::home::HomeArguments;

/// The environment of commands that name none.
pub const DEFAULT: &str = "default";

const HOME: &str = "\
Environments are kept in the folder that --home names, else BIOXEN_HOME, else $XDG_DATA_HOME/bioxen or
~/.local/share/bioxen.";

const EXAMPLES: &str = "\
Examples:
  bioxen env bootstrap bio                        an environment with the packages that come with bioxen
  bioxen install --environment bio 'say >= 1.4'   adds one from a repository
  bioxen run --environment bio script.lua         a program that sees them";

const REQUIREMENT: &str = "\
A requirement is a name, with constraints on the version where they matter: penlight, 'say >= 1.4, < 2'.";

/// An environment.
#[derive(Debug, Args)]
pub struct EnvironmentArguments {
    /// The environment
    #[arg(short, long = "environment", value_name = "NAME", default_value = DEFAULT)]
    pub name: String,
    #[command(flatten)]
    pub home: HomeArguments,
}

/// How results are shown.
#[derive(Debug, Args)]
pub struct FormArguments {
    /// As one line of JSON
    #[arg(long)]
    pub json: bool,
}

/// Environments: named sets of packages that programs see
#[derive(Debug, Args)]
#[command(after_help = format!("{EXAMPLES}\n\n{HOME}"))]
pub struct EnvArguments {
    #[command(subcommand)]
    pub command: EnvCommand,
}

/// What to do with environments.
#[derive(Debug, Subcommand)]
pub enum EnvCommand {
    /// Make an environment without packages
    Create(EnvNameArguments),
    /// Make an environment ready for work, without any network
    Bootstrap(BootstrapArguments),
    /// Show every environment
    List(EnvListArguments),
    /// Show one environment: its generations, variables and folders
    Show(EnvShowArguments),
    /// Remove an environment with all that is installed in it
    Remove(EnvNameArguments),
    /// Go back to an earlier generation of packages
    Rollback(RollbackArguments),
    /// Check that an environment is sound, and say what to do where it is not
    Health(EnvShowArguments),
    /// Give programs a variable, or take it away
    Set(SetArguments),
    /// Give programs another folder
    Mount(MountArguments),
    /// Take a folder away
    Unmount(UnmountArguments),
    /// Write a list of the packages for other tools
    Export(ExportArguments),
    /// Remove what no environment needs any more
    Clean(CleanArguments),
}

/// `bioxen env create`, `bioxen env remove`
#[derive(Debug, Args)]
pub struct EnvNameArguments {
    /// Its name: 1 to 64 of a-z 0-9 . _ -
    pub name: String,
    #[command(flatten)]
    pub home: HomeArguments,
}

/// `bioxen env bootstrap`
#[derive(Debug, Args)]
pub struct BootstrapArguments {
    /// Its name: 1 to 64 of a-z 0-9 . _ -
    pub name: String,
    /// What it is for: minimal, standard, full, bioinformatics or development
    #[arg(long, value_name = "PROFILE")]
    pub profile: Option<String>,
    #[command(flatten)]
    pub home: HomeArguments,
    #[command(flatten)]
    pub form: FormArguments,
}

/// `bioxen env list`
#[derive(Debug, Args)]
pub struct EnvListArguments {
    #[command(flatten)]
    pub home: HomeArguments,
    #[command(flatten)]
    pub form: FormArguments,
}

/// `bioxen env show`, `bioxen env health`
#[derive(Debug, Args)]
pub struct EnvShowArguments {
    /// The environment
    #[arg(default_value = DEFAULT)]
    pub name: String,
    #[command(flatten)]
    pub home: HomeArguments,
    #[command(flatten)]
    pub form: FormArguments,
}

/// `bioxen env rollback`
#[derive(Debug, Args)]
pub struct RollbackArguments {
    /// The environment
    pub name: String,
    /// The number of the generation [default: the one before]
    pub generation: Option<u64>,
    #[command(flatten)]
    pub home: HomeArguments,
}

/// `bioxen env set`
#[derive(Debug, Args)]
pub struct SetArguments {
    /// The environment
    pub name: String,
    /// NAME=VALUE, or NAME alone to take it away
    pub variable: String,
    #[command(flatten)]
    pub home: HomeArguments,
}

/// `bioxen env mount`
#[derive(Debug, Args)]
pub struct MountArguments {
    /// The environment
    pub name: String,
    /// HOST:GUEST, or HOST:GUEST:rw to let programs change it
    pub folder: String,
    /// Let `require` find modules there too, behind those of the packages
    #[arg(long)]
    pub modules: bool,
    #[command(flatten)]
    pub home: HomeArguments,
}

/// `bioxen env unmount`
#[derive(Debug, Args)]
pub struct UnmountArguments {
    /// The environment
    pub name: String,
    /// Where programs see it
    pub guest: String,
    #[command(flatten)]
    pub home: HomeArguments,
}

/// `bioxen env export`
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The environment
    pub name: String,
    /// What to write
    #[arg(long, value_enum, default_value_t = ExportForm::Cyclonedx)]
    pub format: ExportForm,
    #[command(flatten)]
    pub home: HomeArguments,
}

/// What `bioxen env export` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ExportForm {
    /// A bill of materials, CycloneDX as JSON
    Cyclonedx,
    /// The lock file: every package with its hashes
    Lock,
    /// What is pinned, as LuaRocks reads it, without hashes
    Luarocks,
}

/// `bioxen env clean`
#[derive(Debug, Args)]
pub struct CleanArguments {
    #[command(flatten)]
    pub home: HomeArguments,
}

/// `bioxen install`
#[derive(Debug, Args)]
#[command(after_help = format!("{REQUIREMENT}\nWithout any, what the environment asks for is installed again.\n\n{HOME}"))]
pub struct InstallArguments {
    /// What to install
    #[arg(value_name = "REQUIREMENT", value_parser = requirement)]
    pub requirements: Vec<Requirement>,
    /// Install what a `luarocks.lock` pins, too
    #[arg(long, value_name = "FILE", conflicts_with = "frozen")]
    pub luarocks_lock: Option<PathBuf>,
    /// Install what the lock file says, and fail where it would have to change
    #[arg(long)]
    pub frozen: bool,
    /// Use no network: only what was fetched before
    #[arg(long)]
    pub offline: bool,
    #[command(flatten)]
    pub environment: EnvironmentArguments,
    #[command(flatten)]
    pub form: FormArguments,
}

/// `bioxen update`
#[derive(Debug, Args)]
pub struct UpdateArguments {
    /// Packages to update [default: all]
    #[arg(value_name = "PACKAGE", value_parser = package)]
    pub packages: Vec<PackageName>,
    /// Use no network: only what was fetched before
    #[arg(long)]
    pub offline: bool,
    #[command(flatten)]
    pub environment: EnvironmentArguments,
    #[command(flatten)]
    pub form: FormArguments,
}

/// `bioxen remove`
#[derive(Debug, Args)]
pub struct RemoveArguments {
    /// Packages to remove
    #[arg(value_name = "PACKAGE", required = true, value_parser = package)]
    pub packages: Vec<PackageName>,
    /// Remove the packages that need them too
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub environment: EnvironmentArguments,
    #[command(flatten)]
    pub form: FormArguments,
}

/// `bioxen search`
#[derive(Debug, Args)]
pub struct SearchArguments {
    /// Part of a name, a summary or a label; everything without it
    #[arg(default_value = "")]
    pub query: String,
    /// Use no network: only what was fetched before
    #[arg(long)]
    pub offline: bool,
    #[command(flatten)]
    pub home: HomeArguments,
    #[command(flatten)]
    pub form: FormArguments,
}

/// `bioxen list`, `bioxen verify`
#[derive(Debug, Args)]
pub struct ShowArguments {
    #[command(flatten)]
    pub environment: EnvironmentArguments,
    #[command(flatten)]
    pub form: FormArguments,
}

/// `bioxen info`
#[derive(Debug, Args)]
pub struct InfoArguments {
    /// The package
    #[arg(value_parser = package)]
    pub package: PackageName,
    /// Use no network: only what was fetched before
    #[arg(long)]
    pub offline: bool,
    #[command(flatten)]
    pub environment: EnvironmentArguments,
    #[command(flatten)]
    pub form: FormArguments,
}

/// `bioxen vendor`
#[derive(Debug, Args)]
#[command(after_help = "\
The folder is a repository with exactly what the lock file of the environment names. Elsewhere it is used with
`bioxen repository add vendor DIR`. A secret key without a password is made by `minisign -GW`.")]
pub struct VendorArguments {
    /// The folder to write; it must be empty or not be there
    pub folder: PathBuf,
    /// Sign its index with this minisign secret key, which must have no password
    #[arg(long, value_name = "FILE")]
    pub secret_key: Option<PathBuf>,
    /// What the signed index calls this repository [default: the name of the environment]
    #[arg(long, value_name = "ID", requires = "secret_key")]
    pub id: Option<String>,
    /// Days after which the signed index is refused
    #[arg(long, value_name = "DAYS", default_value_t = 365, requires = "secret_key")]
    pub expires: u32,
    #[command(flatten)]
    pub environment: EnvironmentArguments,
}

/// Repositories: where packages come from
#[derive(Debug, Args)]
#[command(after_help = "\
The first repository that has a package of a name is the only one asked for it. The packages that come with bioxen
are in the repository `catalogue`, which is always there.")]
pub struct RepositoryArguments {
    #[command(subcommand)]
    pub command: RepositoryCommand,
}

/// What to do with repositories.
#[derive(Debug, Subcommand)]
pub enum RepositoryCommand {
    /// Use another repository, behind the others
    Add(AddArguments),
    /// Show the repositories in their order
    List(EnvListArguments),
    /// Use a repository no more
    Remove(EnvNameArguments),
    /// Ask repositories what they have now
    Refresh(EnvListArguments),
}

/// `bioxen repository add`
#[derive(Debug, Args)]
pub struct AddArguments {
    /// Its name: 1 to 64 of a-z 0-9 . _ -
    pub name: String,
    /// A folder, or the address of a LuaRocks server: file://, https://, or http:// on this machine
    pub location: String,
    /// Trust an index that is signed with this minisign public key; may be given more than once
    #[arg(long = "key", value_name = "KEY")]
    pub keys: Vec<String>,
    /// Trust what it sends the first time, and refuse other bytes later [default without --key for folders: trust it]
    #[arg(long, conflicts_with = "keys")]
    pub trust_on_first_use: bool,
    /// Ask it before the others
    #[arg(long)]
    pub first: bool,
    /// Certificates of its server, where the system does not know them: a PEM file
    #[arg(long, value_name = "FILE")]
    pub certificates: Option<PathBuf>,
    #[command(flatten)]
    pub home: HomeArguments,
}

fn requirement(text: &str) -> Result<Requirement, String> {
    text.parse().map_err(|error: bioxen_lua::Error| error.to_string())
}

fn package(text: &str) -> Result<PackageName, String> {
    text.parse().map_err(|error: bioxen_lua::Error| error.to_string())
}
