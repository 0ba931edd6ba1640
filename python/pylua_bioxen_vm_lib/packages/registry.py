"""What is installed, and what there is to install."""

from __future__ import annotations

from typing import Dict, List, Optional

from .._native import Environments
from ..exceptions import InstallationError
from .home import Home, Location, Named, placed
from .package import Package, of_found, of_installed, of_known, of_provided
from .requirement import requirement


class PackageRegistry:
    """The packages of one environment.

    ``environment``: its name, a ``LuaEnvironment``, or ``None`` for the active one. An environment that is not there
    has no packages. ``home``: the folder of environments; ``None`` for the one that the command ``bioxen`` uses.
    """

    def __init__(self, environment: Named = None, *, home: Location = None) -> None:
        self.home, self.environment = placed(environment, home)

    def get_installed_packages(self) -> List[Package]:
        """Packages that are installed, by name."""
        environment = self.home.found(self.environment)
        return [] if environment is None else [of_installed(package) for package in environment.packages()]

    def get_package_info(self, name: str, *, offline: bool = False) -> Optional[Package]:
        """What is known of a package, as it is installed, else as it would be; ``None`` for one that nobody has.

        ``offline``: of servers only what was known before.
        """
        named = Environments.package_of(requirement(name))
        installed = self._installed().get(named)
        known = self.home.environments.info(named, offline=offline) if installed is None else None
        return installed if known is None else of_known(known)

    def is_installed(self, name: str, version: Optional[str] = None) -> bool:
        """Whether scripts find a package, in a version that meets ``version`` (``>= 1.4``; ``1.4`` is that one). What
        every VM has inside is there."""
        wanted = requirement(name, version)
        named = Environments.package_of(wanted)
        there = self._installed().get(named) or provided().get(named)
        return there is not None and Environments.allows(wanted, there.version)

    def list_modules(self, name: str) -> List[str]:
        """The modules of an installed package, as ``require`` takes them."""
        named = Environments.package_of(requirement(name))
        environment = self.home.found(self.environment)
        packages = [] if environment is None else environment.packages()
        return [module for package in packages if package["name"] == named for module in package["modules"]]

    def _installed(self) -> Dict[str, Package]:
        return {package.name: package for package in self.get_installed_packages()}


def provided() -> Dict[str, Package]:
    """The packages that every VM has inside, by name."""
    return {package["name"]: of_provided(package) for package in Environments.provided()}


def known_packages(home: Home) -> Dict[str, Package]:
    """Packages that are known without asking a server, by name. Where one was never asked, those that come with the
    library."""
    try:
        found = search_packages("", home=home, offline=True)
    except InstallationError as error:
        if error.kind != "OfflineMiss":
            raise
        found = [*_carried(home), *provided().values()]
    return {package.name: package for package in found}


def search_packages(query: str = "", *, home: Location = None, offline: bool = False) -> List[Package]:
    """Packages that have a text in their name, summary or labels; those first whose name has it. An empty text is in
    all.

    ``home``: the folder of environments. ``offline``: of servers only what was known before. Kind
    ``RepositoryUnreachable`` when a repository was never asked before and does not answer.
    """
    if not isinstance(query, str):
        raise TypeError(f"query: expected a str, not {type(query).__name__}")
    home = Home.of(home)
    installed = {package.name for package in PackageRegistry(home=home).get_installed_packages()}
    found = [of_found(one, one["name"] in installed) for one in home.environments.search(query, offline=offline)]
    names = {package.name for package in found}
    text = query.strip().lower()
    inside = [package for name, package in sorted(provided().items()) if text in name and name not in names]
    return found + inside


def get_available_packages(*, home: Location = None, offline: bool = False) -> List[Package]:
    """Every package that could be installed, and those that every VM has inside."""
    return search_packages("", home=home, offline=offline)


def _carried(home: Home) -> List[Package]:
    names = {name for profile in home.environments.profiles() for name in profile["carried"]}
    known = [home.environments.info(name, offline=True) for name in sorted(names)]
    return [of_known(package) for package in known if package is not None]
