"""Packages: finding, installing, updating, removing; repositories; environments.

Every name here is in a file of ``packages`` or in ``env``; this is where programs look for them.
"""

from __future__ import annotations

from .env import EnvironmentManager
from .exceptions import InstallationError, PackageError, ValidationError
from .packages.bootstrap import bootstrap_lua_environment, quick_install
from .packages.home import Home
from .packages.installer import InstallationManager, PackageInstaller
from .packages.lua_environment import LuaEnvironment
from .packages.manager import PackageManager
from .packages.package import Package
from .packages.registry import PackageRegistry, get_available_packages, search_packages
from .packages.repositories import Repository, RepositoryManager
from .packages.resolver import DependencyResolver
from .packages.validator import PackageValidator
from .utils.curator import Curator, get_curator

__all__ = [
    "Curator",
    "DependencyResolver",
    "EnvironmentManager",
    "Home",
    "InstallationError",
    "InstallationManager",
    "LuaEnvironment",
    "Package",
    "PackageError",
    "PackageInstaller",
    "PackageManager",
    "PackageRegistry",
    "PackageValidator",
    "Repository",
    "RepositoryManager",
    "ValidationError",
    "bootstrap_lua_environment",
    "get_available_packages",
    "get_curator",
    "quick_install",
    "search_packages",
]
