"""Making environments ready for work."""

from __future__ import annotations

from typing import Iterable, Optional, Union

from .home import Home, Location, Named, placed
from .installer import PackageInstaller
from .profiles import PROFILES, bootstrap

#: The profile of those who name none.
_STANDARD = "standard"


def bootstrap_lua_environment(
    env_name: Optional[str] = None, profile: Optional[str] = None, *, home: Location = None
) -> bool:
    """Makes an environment if it is not there, and installs what a profile names, without a network. True: it is
    ready.

    ``env_name`` is the name of the environment. Where it is the name of a profile and no ``profile`` is given, it is
    both: ``bootstrap_lua_environment("minimal")`` makes an environment ``minimal`` with what the profile ``minimal``
    names. ``profile`` alone does the same. ``home``: the folder of environments; ``None`` for the one that the
    command ``bioxen`` uses. Of the packages that do not come with the library those are installed that a repository
    is known to have. ``ValueError`` for a profile that is not known, ``PackageError`` for what cannot be done.
    """
    name = env_name or profile or _STANDARD
    bootstrap(Home.of(home), name, profile or (name if name in PROFILES else _STANDARD))
    return True


def quick_install(
    packages: Union[str, Iterable[str]],
    profile: Optional[str] = None,
    *,
    environment: Named = None,
    home: Location = None,
    offline: bool = False,
) -> bool:
    """Installs packages, one or several, and before them those of a profile. True: all of ``packages`` are there.

    ``environment``: its name, or ``None`` for the active one. Raises ``InstallationError`` for what cannot be
    installed.
    """
    home, name = placed(environment, home)
    if profile is not None:
        bootstrap(home, home.active if name is None else name, profile)
    return PackageInstaller(name, home=home, offline=offline).install_packages(packages)
