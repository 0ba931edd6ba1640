"""Environments: named sets of packages, which VMs and sessions are given as a whole."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, List, Optional, Union

from . import _native
from .packages.home import DEFAULT, Home, Location
from .packages.lua_environment import LuaEnvironment
from .packages.profile_settings import ProfileSettings
from .packages.profiles import bootstrap

if TYPE_CHECKING:
    from ._native import VmConfig

__all__ = ["EnvironmentManager", "LuaEnvironment", "default_environment", "vm_config_for"]

#: What ``environment=`` takes.
Given = Union[str, LuaEnvironment, "_native.Environment", None]


class EnvironmentManager(ProfileSettings):
    """Makes, lists, activates and deletes environments; and knows which profile a program works with.

    An environment is a named set of packages that nothing in another one changes. The active one is used where none
    is named: by ``PackageInstaller()``, and by ``load_package`` in a session that was given none. It is ``default``
    until another is activated.

    ``profile``: one of ``PROFILES``; ``None`` for the one that was saved last, else ``standard``. ``config_path``:
    the JSON file it is saved in; by default ``pylua_vm/environment.json`` in the user's folder for settings.
    ``debug_mode``: gives scripts the variable ``LUA_DEBUG``. ``home``: the folder of environments; ``None`` for the
    one that the command ``bioxen`` uses. ``logger`` is kept. Nothing is read or made here but the file with the
    profile, which is read.
    """

    def __init__(
        self,
        profile: Optional[str] = None,
        config_path: Union[str, os.PathLike[str], None] = None,
        debug_mode: bool = False,
        *,
        home: Location = None,
        logger: Optional[Any] = None,
    ) -> None:
        super().__init__(Home.of(home), profile, config_path, debug_mode)
        self.logger = logger

    def create_environment(self, name: str, profile: Optional[str] = None) -> LuaEnvironment:
        """Makes an environment, empty or with the packages of a profile.

        ``name``: 1 to 64 of ``a-z 0-9 . _ -``, first a letter or a digit. Kind ``EnvironmentExists``, ``InvalidName``.
        """
        if profile is not None:
            self._known(profile)
        environment = LuaEnvironment(name, home=self.home).create()
        if profile is not None:
            bootstrap(self.home, name, profile)
        return environment

    def list_environments(self) -> List[LuaEnvironment]:
        """All environments, by name; each has ``name`` and ``is_active``. Makes nothing."""
        if not os.path.isdir(self.home.folder):
            return []
        return [LuaEnvironment(environment.name, home=self.home) for environment in self.home.environments.list()]

    def get_environment(self, name: Optional[str] = None) -> LuaEnvironment:
        """An environment that is there, by default the active one. Kind ``EnvironmentNotFound``."""
        environment = LuaEnvironment(name, home=self.home)
        self.home.existing(environment.name)
        return environment

    @property
    def active_environment(self) -> str:
        """The name of the environment that is used where none is named."""
        return self.home.active

    def activate_environment(self, name: str) -> LuaEnvironment:
        """Uses an environment where none is named, from now on, in every process. ``default`` is made if it is
        missing. Kind ``EnvironmentNotFound``."""
        if name == DEFAULT:
            self.home.made(name)
        self.home.activate(name)
        return LuaEnvironment(name, home=self.home)

    def deactivate_environment(self) -> None:
        """Uses ``default`` again where none is named."""
        self.home.deactivate()

    def delete_environment(self, name: str) -> bool:
        """Removes an environment with all that is installed in it. True: it is gone. VMs that see it go on seeing it.
        Kind ``EnvironmentNotFound``."""
        LuaEnvironment(name, home=self.home).delete()
        return True

    def bootstrap_environment(self, name: str, profile: Optional[str] = None) -> LuaEnvironment:
        """Makes an environment if it is not there, and installs what a profile names, by default the current one."""
        bootstrap(self.home, name, self.profile if profile is None else profile)
        return LuaEnvironment(name, home=self.home)


def vm_config_for(environment: Given, *, home: Location = None, **given: Any) -> VmConfig:
    """What a VM is given to see an environment, with what ``_native.VmConfig`` takes beside it.

    ``environment``: a name, a ``LuaEnvironment``, or ``None`` for none at all. Kind ``EnvironmentNotFound``.
    """
    return _native.VmConfig(environment=_seen(environment, home), **given)


def default_environment(*, home: Location = None) -> Optional[LuaEnvironment]:
    """The active environment; ``None`` where that is ``default`` and nothing was installed yet.

    A session that was given no environment takes this when a package is loaded. Makes nothing on disk. Kind
    ``EnvironmentNotFound`` when another one was activated that is gone.
    """
    environment = LuaEnvironment(home=home)
    return None if environment.name == DEFAULT and not environment.exists else environment


def _seen(environment: Given, home: Location) -> Optional[_native.Environment]:
    if isinstance(environment, str):
        return Home.of(home).existing(environment)
    return environment.native if isinstance(environment, LuaEnvironment) else environment
