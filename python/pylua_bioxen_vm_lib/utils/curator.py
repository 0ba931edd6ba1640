"""The curator: looks after the packages of one environment, and recommends others.

Importing this module gives everything that programs look for here: ``PackageInstaller``, ``search_packages`` and the
others too.
"""

from __future__ import annotations

import logging
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Union

from ..exceptions import InstallationError, LuaVMError
from ..packages.bootstrap import bootstrap_lua_environment, quick_install
from ..packages.home import Location, Named, placed
from ..packages.installer import InstallationManager, PackageInstaller
from ..packages.lua_environment import LuaEnvironment
from ..packages.manager import PackageManager
from ..packages.manifest import manifest_of, write_manifest
from ..packages.package import LUA_VERSION, Package, of_found
from ..packages.profiles import PROFILES, bootstrap, bring, packages_of
from ..packages.registry import PackageRegistry, get_available_packages, known_packages, provided, search_packages
from ..packages.repositories import RepositoryManager
from ..packages.resolver import DependencyResolver
from ..packages.validator import PackageValidator

__all__ = [
    "Curator",
    "DependencyResolver",
    "InstallationManager",
    "LuaEnvironment",
    "Package",
    "PackageInstaller",
    "PackageManager",
    "PackageRegistry",
    "PackageValidator",
    "RepositoryManager",
    "bootstrap_lua_environment",
    "get_available_packages",
    "get_curator",
    "quick_install",
    "search_packages",
]

#: How many packages are recommended at most.
_RECOMMENDED = 5
#: The priority from which on a package of a catalogue counts as critical.
_CRITICAL = 8
#: What VMs of an environment look for modules by.
_PATH = "/env/share/lua/5.4/?.lua;/env/share/lua/5.4/?/init.lua"


class Curator:
    """Looks after the packages of one environment.

    Methods that answer with a bool say ``False`` for what cannot be done; why is logged as an error and is in
    ``last_error``. ``PackageInstaller`` raises instead.

    ``lua_path``: accepted and kept; Lua is inside. ``manifest_path``: a JSON file that is written after each change;
    none by default, since the environment has a lock file. ``packages_catalog`` (name to ``Package`` or dictionary)
    and ``profiles_catalog`` (name to a list of packages, or a dictionary with ``packages``) are added to what the
    library knows. ``environment``: the name of the environment, or a ``LuaEnvironment``; ``None`` for the active one.
    ``home``: the folder of environments. ``env_manager``: an ``EnvironmentManager``, whose folder is used then.
    """

    def __init__(
        self,
        lua_path: Optional[str] = None,
        manifest_path: Union[str, Path, None] = None,
        packages_catalog: Optional[Mapping[str, Any]] = None,
        profiles_catalog: Optional[Mapping[str, Any]] = None,
        *,
        env_manager: Optional[Any] = None,
        logger: Optional[Any] = None,
        environment: Named = None,
        home: Location = None,
        offline: bool = False,
    ) -> None:
        self.home, self._name = placed(
            environment, env_manager.home if env_manager is not None and home is None else home
        )
        self.lua_path = lua_path
        self.manifest_path = None if manifest_path is None else Path(manifest_path)
        self.logger: Any = logger or logging.getLogger(__name__)
        #: Why the last call that said ``False`` did.
        self.last_error: Optional[LuaVMError] = None
        self._given = {name: _package(name, given) for name, given in (packages_catalog or {}).items()}
        self._profiles = dict(profiles_catalog or {})
        self.registry = PackageRegistry(self._name, home=self.home)
        self.installer = PackageInstaller(self._name, home=self.home, offline=offline)

    @property
    def environment(self) -> LuaEnvironment:
        """The environment that it looks after, there or not yet."""
        return LuaEnvironment(self._name, home=self.home)

    @property
    def catalog(self) -> Dict[str, Package]:
        """Packages that are known without asking a server, by name, with those of ``packages_catalog``. Where a
        server was never asked, those that come with the library."""
        return {**known_packages(self.home), **self._given}

    @property
    def profiles_catalog(self) -> Dict[str, Any]:
        """Profiles by name, with those that were given."""
        return {**PROFILES, **self._profiles}

    @property
    def manifest(self) -> Dict[str, Any]:
        """What is installed: version, created, lua_version, packages (by name), profiles, last_updated."""
        return manifest_of(self.registry.get_installed_packages(), self.get_available_profiles())

    def generate_manifest(self, path: Union[str, Path, None] = None) -> Dict[str, Any]:
        """The manifest; written to ``path`` too, or to ``manifest_path`` where one was given."""
        manifest, path = self.manifest, path or self.manifest_path
        if path is not None:
            write_manifest(Path(path), manifest)
        return manifest

    def install_package(self, name: str, version: str = "latest", force: bool = False) -> bool:
        """Installs a package; ``version`` as ``PackageInstaller.install_package`` takes it. ``force``: take the
        newest version that fits, though another one is installed."""
        return self._tried(f"install `{name}`", lambda: self.installer.install_package(name, version, upgrade=force))

    def update_package(self, name: str) -> bool:
        """Takes the newest version of an installed package."""
        return self._tried(f"update `{name}`", lambda: self.installer.update_package(name))

    def remove_package(self, name: str) -> bool:
        """Removes a package. True where it was not installed, too."""
        if name not in {package.name for package in self.registry.get_installed_packages()}:
            return True
        return self._tried(f"remove `{name}`", lambda: self.installer.remove_package(name))

    def is_package_installed(self, name: str, version: Optional[str] = None) -> bool:
        """Whether scripts find a package, in a version that fits (``>= 1.4``; ``1.4`` is that one)."""
        return self.registry.is_installed(name, version)

    def list_installed_packages(self) -> List[Dict[str, Any]]:
        """Packages that are installed: name, version, category, installed, description, priority."""
        catalog = self.catalog
        return [_listed(package, catalog) for package in self.registry.get_installed_packages()]

    def get_installed_packages(self) -> List[Package]:
        """Packages that are installed, by name."""
        return self.registry.get_installed_packages()

    def curate_environment(self, profile: str = "standard") -> bool:
        """Installs what a profile names, into an environment that is made if it is missing. True: all is there that
        comes with the library, or that was named by the application; packages that no repository has are left out of
        the library's profiles."""
        return self._tried(f"install profile `{profile}`", lambda: self._curated(profile))

    def get_available_profiles(self) -> Dict[str, Dict[str, Any]]:
        """Profiles by name, each with packages, description and category."""
        return {name: _profile(name, given) for name, given in self.profiles_catalog.items()}

    def get_recommendations(self, installed: Optional[List[str]] = None) -> List[Package]:
        """At most five packages that go well with those that are installed, or with these, the best first."""
        names = [package.name for package in self.registry.get_installed_packages()] if installed is None else installed
        found = self._recommended(list(names))
        known = {package.name for package in found}.union(names)
        given = [package for name, package in self._given.items() if name not in known]
        return (found + sorted(given, key=lambda package: -package.priority))[:_RECOMMENDED]

    def recommend_packages(self) -> List[Package]:
        """As ``get_recommendations``."""
        return self.get_recommendations()

    def resolve_dependencies(self, name: str) -> List[str]:
        """Names of the packages that an installation of this one would add. Raises ``InstallationError``."""
        resolver = DependencyResolver(self._name, home=self.home, offline=self.installer.offline)
        return [package.name for package in resolver.resolve(name)]

    def cleanup_orphaned_packages(self) -> List[str]:
        """Packages that nobody asked for and none needs. There are none: a package leaves with the last that needs
        it. Removes what no environment needs any more from the disk."""
        PackageManager(home=self.home).clean_cache()
        environment = self.home.found(self._name)
        packages = [] if environment is None else environment.packages()
        needed = {name for package in packages for name, _ in package["dependencies"]}
        return [one["name"] for one in packages if not one["requested"] and one["name"] not in needed]

    def verify_local_package_installation(self, name: str) -> bool:
        """Whether a package is installed and all of its files are as they were, or every VM has it inside."""
        return not PackageValidator(self._name, home=self.home).faults(name)

    def health_check(self) -> Dict[str, Any]:
        """How the environment stands.

        status (``healthy``, ``notable``, ``faulty``, or ``empty`` for one that is not there yet), issues (sentences),
        luarocks_available (packages can be installed), lua_version, installed_packages, manifest_valid, catalog_size,
        available_profiles, timestamp, critical_packages_ratio (of a catalogue that was given: priority 8 and up).
        """
        checks = self._checks()
        faulty = any(check["condition"] == "faulty" for check in checks or ())
        return {
            "status": _status(checks),
            "issues": [note for check in checks or () if check["condition"] != "sound" for note in check["notes"]],
            "luarocks_available": True,
            "lua_version": LUA_VERSION,
            "installed_packages": len(self.registry.get_installed_packages()),
            "manifest_valid": not faulty,
            "catalog_size": len(self.catalog),
            "available_profiles": len(self.profiles_catalog),
            "timestamp": datetime.now(timezone.utc).isoformat(),
            "critical_packages_ratio": self._critical(),
        }

    def get_lua_env(self) -> Dict[str, str]:
        """Where scripts of the environment look for modules. There are none in machine code."""
        return {"LUA_PATH": _PATH, "LUA_CPATH": ""}

    def _recommended(self, installed: List[str]) -> List[Package]:
        try:
            return [of_found(one["package"]) for one in self.home.environments.recommendations(installed)]
        except InstallationError as error:
            if error.kind != "OfflineMiss":  # a server that was never asked: nothing is known of what goes with what
                raise
            return []

    def _curated(self, profile: str) -> bool:
        name = self.environment.name
        if profile not in self._profiles:
            bootstrap(self.home, name, profile)
            return True
        return all(bring(self.home, name, packages_of(profile, self._profiles)).values())

    def _tried(self, work: str, attempt: Callable[[], bool]) -> bool:
        try:
            done = attempt()
        except (LuaVMError, ValueError) as error:
            self.last_error = error if isinstance(error, LuaVMError) else LuaVMError(str(error))
            self.logger.error(f"cannot {work}: {error}")
            return False
        if self.manifest_path is not None:
            self.generate_manifest()
        return done

    def _checks(self) -> Optional[List[Dict[str, Any]]]:
        environment = self.home.found(self._name)
        return None if environment is None else environment.health()

    def _critical(self) -> str:
        critical = [name for name, package in self._given.items() if package.priority >= _CRITICAL]
        there = {package.name for package in self.registry.get_installed_packages()} | set(provided())
        return f"{len(there.intersection(critical))}/{len(critical)}" if self._given else "N/A (no catalog)"


def get_curator(*arguments: Any, **keywords: Any) -> Curator:
    """A new curator; takes what ``Curator`` takes."""
    return Curator(*arguments, **keywords)


def _package(name: str, given: Any) -> Package:
    if isinstance(given, Package):
        return given
    return Package(**{"name": name, **given})


def _profile(name: str, given: Any) -> Dict[str, Any]:
    described = given if isinstance(given, Mapping) else {}
    return {
        "packages": packages_of(name, {name: given}),
        "description": described.get("description", ""),
        "category": described.get("category", "general"),
    }


def _listed(package: Package, catalog: Mapping[str, Package]) -> Dict[str, Any]:
    known = catalog.get(package.name, package)
    return {
        "name": package.name,
        "version": package.version,
        "category": known.category,
        "installed": True,
        "description": package.description or known.description,
        "priority": known.priority,
    }


def _status(checks: Optional[List[Dict[str, Any]]]) -> str:
    if checks is None:
        return "empty"
    conditions = {check["condition"] for check in checks}
    return "faulty" if "faulty" in conditions else "notable" if "notable" in conditions else "healthy"
