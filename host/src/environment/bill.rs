//! A bill of materials: what is installed, for programs that look for known weaknesses and for licences.

use serde_json::{Value, json};

use crate::package::{PackageName, Version};

use super::installed::InstalledPackage;

/// Of CycloneDX, <https://cyclonedx.org>: the newest one that the common readers know.
const FORMAT: &str = "1.6";

/// What is installed in an environment, as a CycloneDX document in JSON. The same packages make the same
/// document: it has no date and no random number.
pub(crate) fn cyclonedx(
    environment: &str,
    packages: &[InstalledPackage],
    provided: &[(PackageName, Version)],
) -> String {
    let components = packages.iter().map(component);
    let given = provided.iter().map(|(name, version)| part(name, version));
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": FORMAT,
        "version": 1,
        "metadata": {
            "component": { "type": "application", "bom-ref": environment, "name": environment },
            "tools": { "components": [{
                "type": "library",
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
            }] },
        },
        "components": components.chain(given).collect::<Vec<_>>(),
        "dependencies": packages.iter().map(dependencies).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

/// The package URL of a rock: <https://github.com/package-url/purl-spec>. Names and versions have no letter
/// that it would escape.
fn url(name: &PackageName, version: &Version) -> String {
    format!("pkg:luarocks/{name}@{version}")
}

fn part(name: &PackageName, version: &Version) -> Value {
    let url = url(name, version);
    json!({
        "type": "library",
        "bom-ref": url,
        "name": name.as_str(),
        "version": version.as_str(),
        "purl": url,
    })
}

fn component(package: &InstalledPackage) -> Value {
    let mut component = part(&package.name, &package.version);
    component["hashes"] = json!([{ "alg": "SHA-256", "content": package.sha256 }]);
    if let Some(summary) = &package.summary {
        component["description"] = json!(summary);
    }
    if let Some(license) = &package.license {
        // A rockspec's licence is free text: it need not be one of the short names that the format lists.
        component["licenses"] = json!([{ "license": { "name": license } }]);
    }
    if let Some(homepage) = &package.homepage {
        component["externalReferences"] = json!([{ "type": "website", "url": homepage }]);
    }
    component
}

fn dependencies(package: &InstalledPackage) -> Value {
    let needs = package.dependencies.iter().map(|(name, version)| url(name, version));
    json!({ "ref": url(&package.name, &package.version), "dependsOn": needs.collect::<Vec<_>>() })
}
