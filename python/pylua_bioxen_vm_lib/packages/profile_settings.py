"""Which profile a program works with, and what that means for it."""

from __future__ import annotations

import json
import os
import platform
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Union

from ..exceptions import StorageError
from .home import Home
from .package import LUA_VERSION
from .profiles import PROFILES, bootstrap
from .registry import PackageRegistry, known_packages

_STANDARD = "standard"
#: Where VMs of an environment look for modules.
_MODULES = "/env/share/lua/5.4"


class ProfileSettings:
    """The profile of a program, kept in a file when it is asked for. ``EnvironmentManager`` has all of this."""

    #: Profiles by name: description, packages, luarocks_required, development_tools, networking.
    PROFILES = PROFILES

    def __init__(
        self, home: Home, profile: Optional[str], config_path: Union[str, os.PathLike[str], None], debug_mode: bool
    ) -> None:
        self.home = home
        self.debug_mode = debug_mode
        self.config_path: Path = Path(config_path) if config_path is not None else default_config_path(os.environ)
        self.profile: str = self._known(profile if profile is not None else self._saved())

    def set_profile(self, profile: str, save_config: bool = True) -> None:
        """Works with another profile; with ``save_config`` also next time. ``ValueError`` for one that is not known."""
        self.profile = self._known(profile)
        if save_config:
            self.save_config()

    def get_profile_info(self, name: Optional[str] = None) -> Dict[str, Any]:
        """What a profile is, by default the current one. ``ValueError`` for one that is not known."""
        known = self.PROFILES[self._known(self.profile if name is None else name)]
        return {**known, "packages": list(known["packages"])}

    def list_available_profiles(self) -> List[Dict[str, Any]]:
        """All profiles, each with name and is_current."""
        return [
            {"name": name, "is_current": name == self.profile, **self.get_profile_info(name)} for name in self.PROFILES
        ]

    def is_development_mode(self) -> bool:
        """Whether the profile is for those who write packages."""
        return bool(self.get_profile_info()["development_tools"])

    def is_production_mode(self) -> bool:
        """Whether the profile is ``production``."""
        return self.profile == "production"

    def is_networking_enabled(self) -> bool:
        """Whether the profile is for programs of the network."""
        return bool(self.get_profile_info()["networking"])

    def get_recommended_packages(self) -> List[str]:
        """Packages of the profile."""
        return list(self.get_profile_info()["packages"])

    def check_package_availability(self, packages: Optional[List[str]] = None) -> Dict[str, bool]:
        """Of each package, by default those of the profile, whether scripts of the active environment find it."""
        registry = PackageRegistry(home=self.home)
        names = self.get_recommended_packages() if packages is None else packages
        return {name: registry.is_installed(name) for name in names}

    def install_profile_packages(self) -> Dict[str, bool]:
        """Installs the packages of the profile into the active environment, without a network: of each, whether it is
        there now."""
        return bootstrap(self.home, self.home.active, self.profile)

    def get_environment_variables(self) -> Dict[str, str]:
        """What scripts of the active environment are given: where they find modules, its variables, and those of the
        profile."""
        environment = self.home.found()
        stored = {} if environment is None else environment.variables()
        paths = {"LUA_PATH": f"{_MODULES}/?.lua;{_MODULES}/?/init.lua", "LUA_CPATH": ""}
        return {**paths, **self._modes(), **stored}

    def setup_environment_variables(self) -> Dict[str, str]:
        """Stores the variables of the profile with the active environment, which is made if it is ``default`` and
        missing. Gives them.

        Variables of this process stay as they are: no VM sees them.
        """
        environment = self.home.needed()
        for name, value in self._modes().items():
            environment.set_variable(name, value)
        return self._modes()

    def get_lua_paths(self) -> Dict[str, List[str]]:
        """Folders in a VM in which ``require`` looks: lua_path, and lua_cpath, which is empty."""
        return {"lua_path": [f"{_MODULES}/?.lua", f"{_MODULES}/?/init.lua"], "lua_cpath": []}

    def resolve_lua_path(self) -> str:
        """``get_lua_paths`` as ``package.path`` has it."""
        return ";".join(self.get_lua_paths()["lua_path"])

    def detect_lua(self) -> str:
        """The version of Lua, which is inside."""
        return LUA_VERSION

    def detect_luarocks(self) -> Optional[str]:
        """``None``: LuaRocks is neither looked for nor needed."""
        return None

    def get_cross_platform_path(self, *parts: str) -> str:
        """Parts of a path put together as this system has it."""
        return os.path.join(*parts) if parts else ""

    def get_system_info(self) -> Dict[str, Any]:
        """platform, lua, luarocks, environment and validation, each a dictionary or list."""
        return {
            "platform": {
                "system": platform.system(),
                "machine": platform.machine(),
                "python": platform.python_version(),
            },
            "lua": {"version": LUA_VERSION, "available": True},
            "luarocks": {"version": None, "available": False, "required": False},
            "environment": {"profile": self.profile, "home": self.home.folder, "active": self.home.active},
            "validation": self.validate_environment(),
        }

    def validate_environment(self) -> List[str]:
        """All that is wrong with the active environment, in sentences; nothing when all is well.

        Packages of the profile that are missing are among it, and not those that no repository has.
        """
        environment = self.home.found()
        if environment is None:
            return [f"no environment `{self.home.active}` yet: `install_profile_packages` makes it"]
        faulty = [check for check in environment.health() if check["condition"] == "faulty"]
        return [note for check in faulty for note in check["notes"]] + self._missing()

    def validate(self) -> bool:
        """Whether ``validate_environment`` finds nothing."""
        return not self.validate_environment()

    def validate_config(self) -> bool:
        """Whether the file with the profile can be read, or there is none."""
        try:
            return not self.config_path.exists() or self._read()["profile"] in self.PROFILES
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def create_env_summary(self) -> str:
        """A few lines for people."""
        issues = self.validate_environment()
        return "\n".join(
            [
                f"profile      {self.profile}: {self.get_profile_info()['description']}",
                f"environment  {self.home.active} in {self.home.folder}",
                f"lua          {LUA_VERSION}, inside",
                f"packages     {len(PackageRegistry(home=self.home).get_installed_packages())} installed",
                *(f"issue        {issue}" for issue in issues),
            ]
        )

    def save_config(self) -> None:
        """Writes the profile to ``config_path``. ``StorageError`` when that cannot be done."""
        saved = {
            "profile": self.profile,
            "last_updated": datetime.now(timezone.utc).isoformat(),
            "system_info": {"system": platform.system(), "machine": platform.machine(), "lua_version": LUA_VERSION},
        }
        unfinished = self.config_path.with_name(f"{self.config_path.name}.{os.getpid()}")
        try:
            self.config_path.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(saved, indent=2) + "\n", encoding="utf-8")
            os.replace(unfinished, self.config_path)
        except OSError as error:
            raise StorageError(f"cannot write `{self.config_path}`: {error.strerror}") from error

    def reset_config(self) -> None:
        """Works with ``standard``, and removes the file."""
        self.profile = _STANDARD
        self.config_path.unlink(missing_ok=True)

    def _saved(self) -> str:
        """The saved profile. A file that is none of ours counts as none: ``validate_config`` tells of it."""
        try:
            saved = self._read()["profile"]
        except (OSError, ValueError, KeyError, TypeError):
            return _STANDARD
        return saved if saved in self.PROFILES else _STANDARD

    def _read(self) -> Any:
        return json.loads(self.config_path.read_text(encoding="utf-8"))

    def _missing(self) -> List[str]:
        known = known_packages(self.home)
        there = self.check_package_availability()
        return [
            f"package `{name}` of profile `{self.profile}` is not installed: `install_profile_packages` does that"
            for name, is_there in there.items()
            if not is_there and name in known
        ]

    def _modes(self) -> Dict[str, str]:
        modes = {"LUA_DEV_MODE": self.is_development_mode(), "LUA_DEBUG": self.debug_mode}
        modes.update(LUA_PRODUCTION=self.is_production_mode(), LUA_NETWORKING=self.is_networking_enabled())
        return {name: "1" for name, is_on in modes.items() if is_on}

    def _known(self, profile: str) -> str:
        if profile in self.PROFILES:
            return profile
        raise ValueError(f"Unknown profile '{profile}'. Available profiles: {', '.join(self.PROFILES)}")


def default_config_path(variables: Mapping[str, str]) -> Path:
    """Where the profile is kept when nobody says: the file that the old library wrote."""
    config = variables.get("XDG_CONFIG_HOME", "")
    base = Path(config) if os.path.isabs(config) else Path(os.path.expanduser("~")) / ".config"
    return base / "pylua_vm" / "environment.json"
