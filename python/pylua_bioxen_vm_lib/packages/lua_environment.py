"""One environment, as those see it who work with it."""

from __future__ import annotations

import os
from typing import Any, Dict, Iterable, List, Optional, Union

from .._native import Environment
from .errors import about_packages
from .home import Home, Location, Progress
from .installer import Change, InstallationManager, PackageInstaller
from .package import Package, of_installed


class LuaEnvironment:
    """A named set of packages, with variables and folders, which VMs are given as a whole.

    ``name``: 1 to 64 of ``a-z 0-9 . _ -``, first a letter or a digit; ``None`` for the active one. ``home``: the
    folder of environments; ``None`` for the one that the command ``bioxen`` uses. It is looked for when something is
    asked of it; one that is not there raises ``PackageError`` of kind ``EnvironmentNotFound``.
    """

    def __init__(
        self, name: Optional[str] = None, *, home: Location = None, progress: Optional[Progress] = None
    ) -> None:
        self.home = Home.of(home, progress)
        self.name: str = self.home.active if name is None else name

    @property
    def native(self) -> Environment:
        """What VMs are made with."""
        return self.home.existing(self.name)

    @property
    def exists(self) -> bool:
        """Whether it is there."""
        return self.home.found(self.name) is not None

    @property
    def is_active(self) -> bool:
        """Whether it is the one that is used where none is named."""
        return self.home.active == self.name

    def create(self) -> LuaEnvironment:
        """Makes it, without packages. Kind ``EnvironmentExists``, ``InvalidName``."""
        self.home.environments.create(self.name)
        return self

    def delete(self) -> None:
        """Removes it with all that is installed in it. VMs that see it go on seeing it."""
        self.home.environments.remove(self.name)
        if self.is_active:
            self.home.deactivate()

    def packages(self) -> List[Package]:
        """Packages that are installed, by name."""
        return [of_installed(package) for package in self.native.packages()]

    def install(
        self,
        names: Union[str, Iterable[str]] = (),
        *,
        offline: bool = False,
        frozen: bool = False,
        upgrade: bool = False,
    ) -> Change:
        """Installs packages; as ``PackageInstaller.install_packages``. Gives what changed."""
        installer = self._installer(offline)
        installer.install_packages(names, frozen=frozen, upgrade=upgrade)
        return installer.last_change or {}

    def update(self, names: Union[str, Iterable[str]] = (), *, offline: bool = False) -> Change:
        """Takes the newest versions of packages, or of all. Gives what changed."""
        installer = self._installer(offline)
        installer.update_packages(names)
        return installer.last_change or {}

    def remove(self, name: str, *, dependents: bool = False) -> Change:
        """Removes a package; as ``PackageInstaller.remove_package``. Gives what changed."""
        installer = self._installer(offline=True)
        installer.remove_package(name, dependents=dependents)
        return installer.last_change or {}

    def verify(self) -> List[Dict[str, Any]]:
        """All that is not as it was installed: fault, subject, message."""
        return self.native.verify()

    def health(self, *, offline: bool = True) -> List[Dict[str, Any]]:
        """How it stands, point by point: name, condition (``sound``, ``notable`` or ``faulty``), notes."""
        return self.native.health(offline=offline)

    def generations(self) -> List[int]:
        """Generations that can be gone back to, oldest first."""
        return InstallationManager(self.name, home=self.home).generations()

    def rollback(self, generation: Optional[int] = None) -> int:
        """Goes back to a generation, by default to the one before. Gives its number."""
        return self.native.rollback(generation)

    @property
    def variables(self) -> Dict[str, str]:
        """Variables that scripts find with ``os.getenv``."""
        return self.native.variables()

    def set_variable(self, name: str, value: Optional[str]) -> None:
        """Gives scripts a variable, or takes it away with ``None``."""
        self.native.set_variable(name, value)

    def mounts(self) -> List[Dict[str, Any]]:
        """Folders that scripts see beside the packages: host, guest, writable, modules."""
        return self.native.mounts()

    def add_mount(
        self, host: Union[str, os.PathLike[str]], guest: str, *, writable: bool = False, modules: bool = False
    ) -> None:
        """Lets scripts see the folder ``host`` at ``guest``, an absolute path that is not below ``/env``.
        ``modules``: ``require`` looks there too, behind the packages."""
        self.native.add_mount(host, guest, writable=writable, modules=modules)

    def remove_mount(self, guest: str) -> None:
        """Takes a folder away. ``NameNotFoundError`` where there is none."""
        self.native.remove_mount(guest)

    def lockfile(self) -> str:
        """What is installed, to the byte, as TOML."""
        return self.native.lockfile()

    def export_luarocks_lock(self) -> str:
        """The versions that are installed as a ``luarocks.lock``, which LuaRocks takes as a pin. It has no hashes."""
        return self.native.luarocks_lock()

    def install_luarocks_lock(self, text: Union[str, bytes], *, offline: bool = False) -> Change:
        """Installs what a ``luarocks.lock`` pins. Kind ``LockInvalid`` for a text that is none."""
        encoded = text.encode() if isinstance(text, str) else text
        return self.install(self.home.environments.read_luarocks_lock(encoded), offline=offline)

    def export_cyclonedx(self) -> str:
        """A bill of materials with hashes and licences, CycloneDX in JSON."""
        return self.native.cyclonedx()

    def vendor(
        self,
        folder: Union[str, os.PathLike[str]],
        *,
        secret_key: Optional[str] = None,
        id: Optional[str] = None,
        expires: int = 365,
    ) -> None:
        """Writes a repository with exactly what is installed into an empty folder.

        ``secret_key``: the text of a minisign key without a password, which signs it as ``id``, by default the name
        of the environment; it is refused after ``expires`` days. ``PackageError`` of kind ``Exists`` for a folder
        that is not empty.
        """
        with about_packages():
            self.native.vendor(folder, secret_key=secret_key, id=id, expires=expires)

    def _installer(self, offline: bool) -> PackageInstaller:
        return PackageInstaller(self.name, home=self.home, offline=offline)

    def __repr__(self) -> str:
        return f"LuaEnvironment({self.name!r}, home={self.home.folder!r})"
