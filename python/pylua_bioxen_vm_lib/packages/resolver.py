"""Choosing versions, without installing anything."""

from __future__ import annotations

from typing import Iterable, List, Union

from .._native import Environments
from ..exceptions import InstallationError
from .home import Location, Named
from .installer import InstallationManager
from .package import Package
from .requirement import requirement

#: Kinds of errors that say that there is no choice of versions.
_HOPELESS = ("NoSolution", "PackageNotFound", "LuaVersionMismatch")


class DependencyResolver:
    """Says which versions an installation would choose, beside what is in an environment.

    The keywords are those of ``PackageInstaller``.
    """

    def __init__(self, environment: Named = None, *, home: Location = None, offline: bool = False) -> None:
        self._manager = InstallationManager(environment, home=home, offline=offline)

    def resolve(self, names: Union[str, Iterable[str]]) -> List[Package]:
        """Packages that an installation of these would add, or give another version, by name.

        Raises ``InstallationError``; of kind ``NoSolution`` when there is no choice of versions, with the reasons.
        """
        change = self._manager.plan(names)
        replaced = [(name, new) for name, _, new in change["replaced"]]
        return [Package(name, version) for name, version in sorted(change["added"] + replaced)]

    def dependencies(self, name: str) -> List[str]:
        """What a package itself asks for in its newest version, as requirements, ``lua`` among it; nothing for one
        that nobody has."""
        environments = self._manager.home.environments
        known = environments.info(Environments.package_of(requirement(name)), offline=self._manager.offline)
        return [] if known is None else list(known["dependencies"])

    def is_satisfiable(self, names: Union[str, Iterable[str]]) -> bool:
        """Whether there is a choice of versions for these."""
        try:
            self._manager.plan(names)
        except InstallationError as error:
            if error.kind not in _HOPELESS:
                raise
            return False
        return True
