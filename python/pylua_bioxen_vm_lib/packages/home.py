"""The folder that environments are kept in, which the command ``bioxen`` uses too."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Callable, Mapping, Optional, Tuple, Union

from .._native import Environment, Environments
from ..exceptions import InvalidSettingError, PackageError, StorageError, ValidationError

if TYPE_CHECKING:
    from .lua_environment import LuaEnvironment

#: The environment of those who name none; it is made when something is first installed in it.
DEFAULT = "default"

#: The file that says which environment is used where none is named, in the folder.
_ACTIVE = "active"
#: Bytes that are read of it: a name has 64 at most.
_LONGEST = 128

#: Called with a line of text for each step of an installation.
Progress = Callable[[str], object]


class Home:
    """The folder of environments.

    Nothing is opened or made before it is needed. ``folder``: a path, or ``None`` for the folder that the command
    ``bioxen`` uses: ``BIOXEN_HOME``, else ``$XDG_DATA_HOME/bioxen``, else ``~/.local/share/bioxen``. ``progress`` is
    called with a line of text for each step of an installation, on another thread.
    """

    def __init__(
        self, folder: Union[str, os.PathLike[str], None] = None, *, progress: Optional[Progress] = None
    ) -> None:
        self.folder: str = os.path.abspath(os.fspath(folder) if folder is not None else default_folder(os.environ))
        self._progress = progress
        self._environments: Optional[Environments] = None

    @classmethod
    def of(cls, home: Location, progress: Optional[Progress] = None) -> Home:
        """What was given for ``home=``, as one of these. One that is shared keeps its own ``progress``."""
        return home if isinstance(home, Home) else cls(home, progress=progress)

    @property
    def environments(self) -> Environments:
        """All environments there. Makes the folder."""
        if self._environments is None:
            self._environments = Environments(self.folder, progress=self._progress)
        return self._environments

    @property
    def active(self) -> str:
        """The name of the environment that is used where none is named."""
        try:
            with open(self._active, encoding="utf-8") as file:
                return _checked(file.read(_LONGEST).strip(), self._active)
        except FileNotFoundError:
            return DEFAULT

    def activate(self, name: str) -> None:
        """Uses an environment where none is named, from now on, in every process. Kind ``EnvironmentNotFound``."""
        self.environments.get(name)
        # Beside it first: who reads meanwhile finds the old name or the new one.
        unfinished = f"{self._active}.{os.getpid()}"
        try:
            with open(unfinished, "w", encoding="utf-8") as file:
                file.write(name + "\n")
            os.replace(unfinished, self._active)
        except OSError as error:
            raise StorageError(f"cannot write `{self._active}`: {error.strerror}") from error

    def deactivate(self) -> None:
        """Uses ``default`` again where none is named."""
        try:
            os.remove(self._active)
        except FileNotFoundError:
            pass

    def existing(self, name: Optional[str] = None) -> Environment:
        """An environment, by default the active one. Kind ``EnvironmentNotFound``."""
        return self.environments.get(self.active if name is None else name)

    def needed(self, name: Optional[str] = None) -> Environment:
        """As ``existing``, but one that was not named and was never activated is made if it is missing."""
        name = self.active if name is None else name
        return self.made(name) if name == DEFAULT else self.environments.get(name)

    def made(self, name: str) -> Environment:
        """An environment of that name, which is made if it is missing."""
        try:
            return self.environments.get(name)
        except PackageError as error:
            if error.kind != "EnvironmentNotFound":
                raise
        try:
            return self.environments.create(name)
        except PackageError as error:
            if error.kind != "EnvironmentExists":
                raise
        return self.environments.get(name)  # another process was faster

    def found(self, name: Optional[str] = None) -> Optional[Environment]:
        """As ``existing``, but ``None`` where there is no such environment. Makes nothing, the folder neither."""
        if not os.path.isdir(self.folder):
            return None
        try:
            return self.existing(name)
        except PackageError as error:
            if error.kind != "EnvironmentNotFound":
                raise
        return None

    @property
    def _active(self) -> str:
        return os.path.join(self.folder, _ACTIVE)

    def __repr__(self) -> str:
        return f"Home({self.folder!r})"


#: What ``home=`` takes.
Location = Union[str, "os.PathLike[str]", Home, None]


#: What ``environment=`` takes: a name, an environment, or nothing for the active one.
Named = Union[str, "LuaEnvironment", Environment, None]


def placed(environment: Named, home: Location, progress: Optional[Progress] = None) -> Tuple[Home, Optional[str]]:
    """The folder and the name of what was given for ``environment=``. A ``LuaEnvironment`` brings its folder along."""
    if environment is None or isinstance(environment, str):
        return Home.of(home, progress), environment
    name: object = getattr(environment, "name", None)
    if not isinstance(name, str):
        raise TypeError(f"environment: expected a name or an environment, not {type(environment).__name__}")
    return Home.of(getattr(environment, "home", None) if home is None else home, progress), name


def default_folder(variables: Mapping[str, str]) -> str:
    """The folder that the command ``bioxen`` uses when these are its environment variables."""
    if variables.get("BIOXEN_HOME"):
        return variables["BIOXEN_HOME"]
    data = variables.get("XDG_DATA_HOME", "")
    # As the rules for such folders say, a relative path is ignored.
    if os.path.isabs(data):
        return os.path.join(data, "bioxen")
    if variables.get("HOME"):
        return os.path.join(variables["HOME"], ".local", "share", "bioxen")
    raise InvalidSettingError("no folder for environments: expected `home=`, or BIOXEN_HOME or HOME to be set")


def _checked(name: str, file: str) -> str:
    if name:
        return name
    raise ValidationError(f"`{file}` names no environment: activate one, or remove that file")
