"""A package, as it is told to those who look for one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional

#: The language of all VMs.
LUA_VERSION = "5.4"

#: The repository of the packages that come with the library.
CATALOGUE = "catalogue"

#: What a package is about when nobody says.
_CATEGORY = "utility"


@dataclass
class Package:
    """A package: one that is installed, or one that could be."""

    name: str
    #: ``latest`` where no version is known.
    version: str = "latest"
    #: What it is about, in a word.
    category: str = _CATEGORY
    #: What it is, in a line.
    description: str = ""
    #: What it needs, as requirements.
    dependencies: List[str] = field(default_factory=list)
    installed: bool = False
    #: Kept for programs that read it; environments keep no dates.
    install_date: Optional[str] = None
    #: ``local`` for what comes with the library, else ``luarocks``.
    source: str = "luarocks"
    #: 1 to 10, 10 for what matters most.
    priority: int = 5
    #: The repository that it is from; ``None`` for what every VM has inside.
    repository: Optional[str] = None
    license: Optional[str] = None
    homepage: Optional[str] = None

    def __post_init__(self) -> None:
        # Programs pass None for none at all.
        self.dependencies = list(self.dependencies or ())


def of_found(found: Dict[str, Any], installed: bool = False) -> Package:
    """What a search found."""
    return Package(
        found["name"],
        found["version"],
        _category(found["labels"]),
        found["summary"] or "",
        installed=installed,
        source=_source(found["repository"]),
        repository=found["repository"],
    )


def of_known(known: Dict[str, Any], installed: bool = False) -> Package:
    """All that is known of a package, in its newest version."""
    versions: List[str] = known["versions"]
    return Package(
        known["name"],
        known["provided"] or (versions[0] if versions else "latest"),
        _category(known["labels"]),
        known["summary"] or "",
        list(known["dependencies"]),
        installed or known["provided"] is not None,
        source=_source(known["repository"]),
        repository=known["repository"],
        license=known["license"],
        homepage=known["homepage"],
    )


def of_installed(package: Dict[str, Any]) -> Package:
    """A package of an environment."""
    return Package(
        package["name"],
        package["version"],
        description=package["summary"] or "",
        dependencies=[f"{name} == {version}" for name, version in package["dependencies"]],
        installed=True,
        source=_source(package["repository"]),
        repository=package["repository"],
        license=package["license"],
        homepage=package["homepage"],
    )


def of_provided(provided: Dict[str, Any]) -> Package:
    """A package that every VM has inside."""
    modules = ", ".join(f"`{module}`" for module in provided["modules"] if "." not in module)
    description = f"inside every VM: {modules}"
    return Package(provided["name"], provided["version"], "provided", description, installed=True, source="local")


def _category(labels: List[str]) -> str:
    return labels[0] if labels else _CATEGORY


def _source(repository: Optional[str]) -> str:
    return "local" if repository in (None, CATALOGUE) else "luarocks"
