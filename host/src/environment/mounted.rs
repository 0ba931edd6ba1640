//! What a VM is given to see an environment.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::VmConfig;
use crate::error::Result;
use crate::fs::{Folder, Mount};
use crate::package::PROVIDED;

use super::PACKAGES;
use super::generations::Generations;
use super::inventory::Inventory;
use super::settings::{Settings, StoredMount};

/// Where Lua modules are in a LuaRocks tree.
const MODULES: &str = "share/lua/5.4";

/// The current generation of the environment in a folder, its mounts and its variables.
pub(crate) fn mounted(folder: &Folder) -> Result<VmConfig> {
    let settings = Settings::read(folder)?;
    let leased = Generations::of(folder.clone()).lease()?;
    let known = Inventory::read(&leased.folder)?;
    let packages = Mount::leased(&leased.folder, PACKAGES, Arc::new(leased.lease))?;
    let mut config = VmConfig::default().mount(packages).module_path(module_path(&settings.mounts));
    for mount in &settings.mounts {
        config = config.mount(mount.open()?);
    }
    for (name, value) in &settings.variables {
        config = config.var(name, value);
    }
    Ok(config.packages(loadable(&known)))
}

/// Modules that are loaded of each package, those included that every VM has.
fn loadable(known: &Inventory) -> BTreeMap<String, Vec<String>> {
    let given = PROVIDED.iter().map(|rock| {
        let modules = rock.modules.iter().filter(|module| !module.contains('.'));
        (rock.rock.to_string(), modules.map(ToString::to_string).collect())
    });
    let installed = known.packages.iter().map(|(name, contents)| (name.to_string(), contents.roots()));
    given.chain(installed).collect()
}

/// `package.path`: the packages first, then the mounts for modules, in their order.
fn module_path(mounts: &[StoredMount]) -> String {
    let stored = mounts.iter().filter(|mount| mount.has_modules());
    let folders = stored.map(|mount| mount.guest().trim_end_matches('/').to_string());
    let folders = [format!("{PACKAGES}/{MODULES}")].into_iter().chain(folders);
    folders.map(|folder| format!("{folder}/?.lua;{folder}/?/init.lua")).collect::<Vec<_>>().join(";")
}
