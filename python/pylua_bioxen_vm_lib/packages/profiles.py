"""Profiles: sets of packages that go together."""

from __future__ import annotations

import logging
from typing import Any, Dict, Iterable, List, Mapping, Set

from .._native import Environment, Environments
from ..exceptions import InstallationError, ValidationError
from .home import Home
from .registry import provided

_LOGGER = logging.getLogger(__name__)


def _profile(
    description: str, packages: List[str], *, development: bool = False, networking: bool = False
) -> Dict[str, Any]:
    return {
        "description": description,
        "packages": packages,
        "luarocks_required": False,
        "development_tools": development,
        "networking": networking,
    }


_BIOLOGY = ["bio-utils", "genome-tools", "math_package", "phylo-tree", "sequence-parser"]
_STANDARD = ["bio-utils", "math_package", "sequence-parser", "dkjson", "inspect", "penlight"]
_TRIED = ["argparse", "basexx", "binaryheap", "dkjson", "fifo", "inifile", "inspect", "lua-messagepack"]

#: Profiles by name. Packages that do not come with the library are installed where a repository is known to have them.
#: ``luarocks_required`` is false for all: nothing has to be on this machine.
PROFILES: Dict[str, Dict[str, Any]] = {
    "minimal": _profile("one package, to see that everything works", ["math_package"]),
    "standard": _profile("what most programs use: numbers, sequences and their files, JSON, tables", _STANDARD),
    "full": _profile(
        "everything that comes with the library, and the packages that were tried with it",
        [*_BIOLOGY, *_TRIED, "luassert", "luaunit", "penlight", "say"],
        development=True,
    ),
    "bioinformatics": _profile("sequences, genomes and trees", _BIOLOGY),
    "development": _profile(
        "for those who write packages: tests, documentation, arguments",
        ["math_package", "argparse", "busted", "inspect", "ldoc", "luassert", "luaunit", "penlight"],
        development=True,
    ),
    "production": _profile(
        "what programs in use need: files, JSON, tables, sequences",
        ["luafilesystem", "lua-cjson", "bio-utils", "math_package", "sequence-parser", "penlight"],
    ),
    "networking": _profile(
        "what programs of the network share; VMs have no network yet", ["lua-cjson", "penlight"], networking=True
    ),
}


def bring(home: Home, name: str, packages: Iterable[str]) -> Dict[str, bool]:
    """Installs packages into an environment, which is made if it is missing, offline: of each, whether it is there now.

    All at once when that can be done, else those that can be installed; why one cannot is logged as a warning.
    """
    environment = home.made(name)
    wanted = {package: Environments.package_of(package) for package in packages}
    there = _there(environment)
    missing = [package for package, named in wanted.items() if named not in there]
    if missing and not _brought(environment, missing, logging.DEBUG):
        for package in missing:
            _brought(environment, [package], logging.WARNING)
    there = _there(environment)
    return {package: named in there for package, named in wanted.items()}


def bootstrap(home: Home, name: str, profile: str) -> Dict[str, bool]:
    """Makes an environment ready with a profile: of each of its packages, whether it is there now.

    ``ValueError`` for a profile that is not known.
    """
    packages = packages_of(profile)
    if profile not in {known["name"] for known in home.environments.profiles()}:
        return bring(home, name, packages)
    home.environments.bootstrap(name, profile)
    there = _there(home.existing(name))
    return {package: package in there for package in packages}


def packages_of(profile: str, profiles: Mapping[str, Any] = PROFILES) -> List[str]:
    """What a profile names: a list of packages, or what is under ``packages`` of a dictionary."""
    if profile not in profiles:
        raise ValueError(f"Unknown profile '{profile}'. Available profiles: {', '.join(profiles)}")
    known = profiles[profile]
    return list(known["packages"] if isinstance(known, Mapping) else known)


def _brought(environment: Environment, packages: List[str], level: int) -> bool:
    try:
        environment.install(packages, offline=True)
    except (InstallationError, ValidationError) as error:
        if error.kind == "StoreCorrupt":  # about the environment, and not about these packages
            raise
        _LOGGER.log(level, "cannot install %s: %s", ", ".join(packages), error)
        return False
    return True


def _there(environment: Environment) -> Set[str]:
    return {package["name"] for package in environment.packages()} | set(provided())
