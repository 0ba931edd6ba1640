"""Installing, updating and removing packages."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Optional, Union

from .. import exceptions
from .errors import explained
from .home import Location, Named, Progress, placed
from .package import Package
from .registry import PackageRegistry
from .requirement import requirement, requirements

#: What a change made of an environment: generation, added, replaced, removed.
Change = Dict[str, Any]


class PackageInstaller:
    """Installs packages into one environment, with all that they need. A change is there as a whole, or not at all.

    ``environment``: its name, a ``LuaEnvironment``, or ``None`` for the active one, which is ``default`` until
    another is activated, and is made when it is first installed into. Any other has to be there. ``home``: the folder
    of environments; ``None`` for the one that the command ``bioxen`` uses. ``offline``: never use the network.
    ``progress`` is called with a line of text for each step.

    What cannot be done raises ``InstallationError``; its ``kind`` says why.
    """

    InstallationError = exceptions.InstallationError

    def __init__(
        self,
        environment: Named = None,
        *,
        home: Location = None,
        offline: bool = False,
        progress: Optional[Progress] = None,
    ) -> None:
        self.home, self.environment = placed(environment, home, progress)
        self.offline = offline
        #: What the last call changed: generation, and added, replaced and removed packages.
        self.last_change: Optional[Change] = None

    def install_package(self, name: str, version: str = "latest", *, upgrade: bool = False) -> bool:
        """Installs a package. True: it is there.

        ``version``: ``latest``, ``1.4`` for that one, or constraints such as ``>= 1.4, < 2``. ``upgrade``: take the
        newest version, though another one is installed that would do.
        """
        return self.install_packages([requirement(name, version)], upgrade=upgrade)

    def install_packages(
        self, names: Union[str, Iterable[str]], *, upgrade: bool = False, frozen: bool = False
    ) -> bool:
        """Installs several, all of them or none; each a name or a requirement such as ``say >= 1.4``. None at all:
        what the environment asks for. ``frozen``: what its lock file names and nothing else."""
        wanted = requirements(names)
        with explained("install", wanted):
            environment = self.home.needed(self.environment)
            self.last_change = environment.install(wanted, offline=self.offline, upgrade=upgrade, frozen=frozen)
        return True

    def update_package(self, name: str) -> bool:
        """Takes the newest version of an installed package that the requirements allow. True: that is there now."""
        return self.update_packages([name])

    def update_packages(self, names: Union[str, Iterable[str]] = ()) -> bool:
        """As ``update_package``, of several; without any, of all."""
        names = requirements(names)
        with explained("update", names):
            self.last_change = self.home.existing(self.environment).update(names, offline=self.offline)
        return True

    def remove_package(self, name: str, *, dependents: bool = False) -> bool:
        """Removes a package, and those that were only there because it needed them. True: it is gone.

        ``dependents``: remove packages that need it too; otherwise it is an error that there are any.
        """
        with explained("remove", [name]):
            self.last_change = self.home.existing(self.environment).remove([requirement(name)], dependents=dependents)
        return True

    def list_packages(self) -> List[Package]:
        """Packages that are installed, by name."""
        return PackageRegistry(self.environment, home=self.home).get_installed_packages()


class InstallationManager:
    """What an environment was, is, and could become: its generations, and whether it is as it was installed.

    The keywords are those of ``PackageInstaller``.
    """

    def __init__(self, environment: Named = None, *, home: Location = None, offline: bool = False) -> None:
        self.home, self.environment = placed(environment, home)
        self.offline = offline

    def plan(self, names: Union[str, Iterable[str]], *, upgrade: bool = False) -> Change:
        """What an installation of these would change. Nothing is installed."""
        wanted = requirements(names)
        with explained("plan", wanted):
            return self.home.needed(self.environment).plan(wanted, offline=self.offline, upgrade=upgrade)

    def verify(self) -> List[Dict[str, Any]]:
        """All that is not as it was installed: fault, subject, message. Reads every file."""
        return self.home.existing(self.environment).verify()

    def generations(self) -> List[int]:
        """Generations that can be gone back to, oldest first."""
        return list(self.home.existing(self.environment).generations()["all"])

    def current_generation(self) -> int:
        """The one that VMs are given."""
        return int(self.home.existing(self.environment).generations()["current"])

    def rollback(self, generation: Optional[int] = None) -> int:
        """Goes back to a generation, by default to the one before. Gives its number. ``NameNotFoundError`` when it is
        not kept."""
        return self.home.existing(self.environment).rollback(generation)

    def reinstall(self) -> Change:
        """Installs what the environment asks for."""
        return self.home.existing(self.environment).install(offline=self.offline)
