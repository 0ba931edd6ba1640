"""Whether names, requirements and installed packages are as they have to be."""

from __future__ import annotations

from typing import List, Optional

from .. import exceptions
from .._native import Environment, Environments
from .home import Location, Named, placed
from .registry import provided
from .requirement import requirement


class PackageValidator:
    """Checks names and installed packages. What is not as it has to be raises ``ValidationError``, or is listed.

    ``environment``: its name, a ``LuaEnvironment``, or ``None`` for the active one. ``home``: the folder of
    environments.
    """

    ValidationError = exceptions.ValidationError

    def __init__(self, environment: Named = None, *, home: Location = None) -> None:
        self.home, self.environment = placed(environment, home)

    def validate_name(self, name: str) -> str:
        """A name of a package, as it is compared: in lower case. Kind ``InvalidName`` or ``InvalidRequirement``."""
        named = Environments.package_of(requirement(name))
        if named != name.strip().lower():
            raise exceptions.ValidationError(
                f"`{name}`: expected the name of a package and nothing else, such as `{named}`"
            )
        return named

    def validate_requirement(self, name: str, version: Optional[str] = None) -> str:
        """A requirement as LuaRocks writes it, such as ``say >= 1.4``. Kind ``InvalidRequirement``."""
        wanted = requirement(name, version)
        Environments.package_of(wanted)
        return wanted

    def validate_package(self, name: str) -> bool:
        """True: a package is installed, and all of its files are as they were installed, or every VM has it inside.
        Anything else raises ``ValidationError``, with what is wrong."""
        named = self.validate_name(name)
        wrong = self.faults(named)
        if wrong:
            raise exceptions.ValidationError(f"package `{named}`: {'; '.join(wrong)}")
        return True

    def faults(self, name: str) -> List[str]:
        """All that is wrong with a package, in sentences."""
        environment = self.home.found(self.environment)
        packages = [] if environment is None else environment.packages()
        if environment is not None and any(package["name"] == name for package in packages):
            return _faults(environment, name)
        return [] if name in provided() else ["it is not installed; `install_package` installs it"]


def _faults(environment: Environment, name: str) -> List[str]:
    own = {name, *environment.files(name)}
    return [fault["message"] for fault in environment.verify() if fault["subject"] in own]
