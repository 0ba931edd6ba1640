"""Everything about packages behind one name."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Optional

from .home import Location, Named, Progress, placed
from .installer import PackageInstaller
from .package import CATALOGUE, LUA_VERSION, Package
from .profiles import PROFILES
from .registry import PackageRegistry, search_packages
from .repositories import RepositoryManager


class PackageManager:
    """Finds, installs, updates and removes packages of one environment. The keywords are those of
    ``PackageInstaller``."""

    def __init__(
        self,
        environment: Named = None,
        *,
        home: Location = None,
        offline: bool = False,
        progress: Optional[Progress] = None,
    ) -> None:
        self.home, name = placed(environment, home, progress)
        self.installer = PackageInstaller(name, home=self.home, offline=offline)
        self.registry = PackageRegistry(name, home=self.home)
        self.repositories = RepositoryManager(home=self.home)

    def install_package(self, name: str, version: str = "latest", *, upgrade: bool = False) -> bool:
        """Installs a package; as ``PackageInstaller.install_package``."""
        return self.installer.install_package(name, version, upgrade=upgrade)

    def update_package(self, name: str) -> bool:
        """Takes the newest version of a package; as ``PackageInstaller.update_package``."""
        return self.installer.update_package(name)

    def remove_package(self, name: str, *, dependents: bool = False) -> bool:
        """Removes a package; as ``PackageInstaller.remove_package``."""
        return self.installer.remove_package(name, dependents=dependents)

    def search_packages(self, query: str = "") -> List[Package]:
        """Packages that have a text in their name, summary or labels."""
        return search_packages(query, home=self.home, offline=self.installer.offline)

    def list_installed(self) -> List[Package]:
        """Packages that are installed, by name."""
        return self.registry.get_installed_packages()

    def get_package_info(self, name: str) -> Optional[Package]:
        """What is known of a package; ``None`` for one that nobody has."""
        return self.registry.get_package_info(name, offline=self.installer.offline)

    def get_settings(self) -> Dict[str, Any]:
        """home (a folder), environment, active_environment, environments, repositories (names), profiles, offline,
        lua_version.

        Makes nothing: where the folder is not there yet, there are no environments.
        """
        there = os.path.isdir(self.home.folder)
        active = self.home.active
        return {
            "home": self.home.folder,
            "environment": self.installer.environment or active,
            "active_environment": active,
            "environments": [one.name for one in self.home.environments.list()] if there else [],
            "repositories": [one.name for one in self.repositories.list_repositories()] if there else [CATALOGUE],
            "profiles": list(PROFILES),
            "offline": self.installer.offline,
            "lua_version": LUA_VERSION,
        }

    def clean_cache(self) -> None:
        """Removes what nobody needs any more: old generations that no VM sees, and packages that no generation has."""
        if os.path.isdir(self.home.folder):
            self.home.environments.collect_garbage()
