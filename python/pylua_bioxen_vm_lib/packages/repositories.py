"""Where packages come from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Optional, Tuple, Union

from .errors import about_packages
from .home import Home, Location
from .package import CATALOGUE


@dataclass(frozen=True)
class Repository:
    """A place that packages come from."""

    name: str
    #: A folder, or the address of a LuaRocks server; empty for the packages that come with the library.
    location: str
    #: ``signed``, ``first-use`` or ``unsigned``.
    trust: str = "unsigned"
    #: Minisign public keys, one of which signs what is there.
    keys: Tuple[str, ...] = ()


class RepositoryManager:
    """The repositories of a folder of environments. The first one that has a package of a name is the only one asked
    for it.

    The packages that come with the library are in ``catalogue``, which is always there and always first. ``home``:
    the folder of environments; ``None`` for the one that the command ``bioxen`` uses.
    """

    def __init__(self, *, home: Location = None) -> None:
        self.home = Home.of(home)

    def list_repositories(self) -> List[Repository]:
        """All of them, in the order in which they are asked."""
        return [Repository(CATALOGUE, ""), *map(_repository, self.home.environments.repositories())]

    def get_repository(self, name: str) -> Optional[Repository]:
        """The one of a name."""
        return next((repository for repository in self.list_repositories() if repository.name == name), None)

    def add_repository(
        self,
        name: str,
        location: Union[str, os.PathLike[str]],
        *,
        trust: Optional[str] = None,
        keys: Iterable[str] = (),
        certificates: Union[str, os.PathLike[str], None] = None,
        first: bool = False,
    ) -> Repository:
        """Adds a repository behind the others, or before them.

        ``name``: 1 to 64 of ``a-z 0-9 _ -``. ``location``: a folder with rocks, or the address of a LuaRocks server:
        ``https://``, ``file://``, or ``http://`` on this machine. A server needs a ``trust``: ``signed``, with
        ``keys``, or ``first-use``: what it sends the first time is believed, and has to stay as it was. A folder is
        believed unless ``keys`` are given. ``certificates``: a PEM file, where the system does not know those of the
        server. Raises ``InvalidSettingError`` for settings that contradict each other, ``PackageError`` of kind
        ``Exists`` for a name that is taken.
        """
        given = [keys] if isinstance(keys, str) else list(keys)
        with about_packages():
            self.home.environments.add_repository(
                name, os.fspath(location), trust=trust, keys=given, certificates=certificates, first=first
            )
        return next(repository for repository in self.list_repositories() if repository.name == name)

    def remove_repository(self, name: str) -> bool:
        """Uses a repository no more; what was installed from it stays. Kind ``RepositoryNotFound``."""
        self.home.environments.remove_repository(name)
        return True

    def reorder_repositories(self, names: Iterable[str]) -> None:
        """Asks them in another order: all names but ``catalogue``, each once."""
        self.home.environments.reorder_repositories(list(names))

    def update_repositories(self) -> List[Dict[str, Any]]:
        """Asks all repositories what they have now, each for 30 s at most.

        Of each: name, result (``changed``, ``unchanged``, ``kept`` or ``failed``), packages (how many), age (seconds
        since what is used of it was asked), error. One that gives no answer stops no other.
        """
        return self.home.environments.update_repositories()


def _repository(told: Dict[str, Any]) -> Repository:
    return Repository(told["name"], told["location"], told["trust"], tuple(told["keys"]))
