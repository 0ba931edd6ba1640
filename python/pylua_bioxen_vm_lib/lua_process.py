"""``LuaProcess``: a Lua VM."""

from __future__ import annotations

import math
import os
import stat
import sys
import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, Type, Union

from .exceptions import VMTimeoutError
from .limits import limit
from .logger import VMLogger
from .machine import Machine
from .persistence import open_or_create
from .results import Result
from .settings import checked, refuse_stray_state, state_folder
from .vm_packages import VmPackages

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .settings import Settings

#: What Lua's messages call code that is no file, as they always did.
COMMAND_LINE = "=(command line)"

#: The name that asks for the Lua that there is, which is the one in this package.
LUA = "lua"

Code = Union[str, bytes]


class LuaProcess(VmPackages):
    """A Lua VM of its own: Lua 5.4 in a sandbox, with a state that its calls share.

    What Lua code does wrong is in the result: ``success`` False, ``return_code`` 1. A stop by a limit raises
    ``LuaProcessError`` (``VMTimeoutError`` when it is time), and the VM has the state it had before the call.
    ``os.exit(n)`` ends the run, and the VM has the state it had before it; sent to the interactive session it
    ends that, and the next run has a fresh state. The VM may be used from any thread; runs are one after the
    other. A VM that was ended raises ``VMStateError``.
    """

    def __init__(
        self,
        name: str = "LuaVM",
        lua_executable: str = LUA,
        debug_mode: bool = False,
        *,
        persistent: bool = False,
        config: Optional[Mapping[str, Any]] = None,
        machine: Optional[Machine] = None,
        **settings: "Unpack[Settings]",
    ) -> None:
        """A VM that sees only what ``settings`` give it; their names, units and defaults are in
        ``settings.Settings``.

        ``persistent`` has the state outlive the process: a VM of that name in the state directory goes on.
        ``config``: the same settings as a mapping. ``lua_executable`` is not used: Lua is inside the package.
        ``machine`` is for managers.

        Raises ``TypeError`` and ``ValueError`` for settings that are wrong.
        """
        if not isinstance(name, str):
            raise TypeError(f"`name` is of type {type(name).__name__}: expected text")
        if machine is None:  # a manager has looked already
            check_executable(lua_executable)
        self.name = name
        self.lua_executable = lua_executable
        self.debug_mode = debug_mode
        self.persistent = persistent
        self.logger = VMLogger(debug_mode=debug_mode, component=type(self).__name__)
        given = checked(settings, config)
        refuse_stray_state(given, persistent)
        self.machine = machine if machine is not None else _machine(name, persistent, given)
        self.logger.debug(f"VM `{name}` is there")

    def execute_string(self, lua_code: Code, timeout: Optional[float] = None) -> Result:
        """Runs code. What it returns is printed as a prompt prints it, and is in the result.

        ``timeout`` in seconds, for this call; ``None`` is that of the VM, ``float("inf")`` lifts it. Raises
        ``ValueError`` for code that is empty, ``LuaProcessError`` for a stop.
        """
        check_code(lua_code)
        return self._run(lua_code, COMMAND_LINE, timeout)

    def execute_file(
        self, script_path: "Union[str, os.PathLike[str]]", timeout: Optional[float] = None
    ) -> Result:
        """Runs a file of the host. Raises ``FileNotFoundError``, ``ValueError`` for what is no file,
        ``OSError``, else as ``execute_string``."""
        return self._run(read_script(script_path), "@" + os.fspath(script_path), timeout)

    def execute_temp_script(self, lua_code: Code, timeout: Optional[float] = None) -> Result:
        """Runs code as a script of its own, which may be empty: messages call it ``temporary script``. No
        file is made. ``timeout`` and errors as of ``execute_string``."""
        return self._run(_text(lua_code), "@temporary script", timeout)

    async def execute(self, lua_code: Code, timeout: Optional[float] = None) -> Result:
        """``execute_string`` for ``asyncio``. Cancelling stops the code, and the VM has the state it had
        before."""
        check_code(lua_code)
        return await self.machine.execute(lua_code, COMMAND_LINE, call_time(timeout))

    def call(self, function_name: str, *arguments: Any) -> Result:
        """Calls a global Lua function, or one in tables (``a.b.c``), with Python values. The time is that
        of the VM.

        Raises ``NameNotFoundError`` for no such function, ``InvalidValueError`` for an argument that Lua
        has no value for, ``LuaProcessError`` for a stop.
        """
        return self._logged(lambda: self.machine.call(function_name, arguments))

    def get(self, name: str) -> Any:
        """The value of a global (``a.b`` in a table); ``None`` for nil. Raises ``InvalidValueError`` for one
        that cannot leave Lua."""
        return self.machine.revived(lambda: self.machine.native.get(name))

    def set(self, name: str, value: Any) -> None:
        """Sets a global (``a.b`` in a table). Raises ``InvalidValueError`` for a value that Lua has none
        for."""
        self.machine.revived(lambda: self.machine.native.set(name, value))

    def register(self, name: str, function: Optional[Callable[..., Any]]) -> None:
        """Makes a Python callable a global function of Lua, or one in a table (``a.b``); ``None`` takes it
        away.

        A tuple that it returns is several values. An exception that it raises is a Lua error, and in
        ``error["exception"]`` of the result if nothing in Lua catches it. It has all rights of the
        program, and arguments that a script chose. It runs on a thread of the package: the run ends at its
        deadline, the function when it returns. It cannot ask the VM that called it. Raises ``TypeError``
        for what is no callable.
        """
        if function is not None and not callable(function):
            raise TypeError(
                f"function `{name}` is of type {type(function).__name__}: expected a callable or None"
            )
        self.machine.revived(lambda: self.machine.native.register(name, function))

    def snapshot(self) -> bytes:
        """The whole Lua state as bytes: closures, coroutines, everything. For ``restore``, or
        ``snapshot=`` of a new VM, in this process or another. Registered functions are given anew there,
        by name."""
        return self.machine.native.snapshot()

    def restore(self, snapshot: bytes) -> None:
        """Puts the VM into the state of a snapshot. Raises ``SnapshotError`` for what is none, is damaged, of
        another version of the package, or larger than the VM's memory."""
        self.machine.native.restore(snapshot)

    def fork(self, name: Optional[str] = None) -> "LuaProcess":
        """A VM of its own, of no manager, with a copy of this one's state, settings and functions. ``name``:
        default this one's and ``-fork``."""
        name = name if name is not None else f"{self.name}-fork"
        return type(self)(name, LUA, self.debug_mode, machine=self.machine.fork())

    def reset(self) -> None:
        """A fresh Lua state. Registered functions stay registered."""
        self.machine.reset()

    def interrupt(self) -> None:
        """Stops what runs now, from any thread: that call raises ``VMInterruptedError``, and the VM has
        the state it had before. Nothing runs: nothing happens."""
        self.machine.native.interrupt()

    def cleanup(self) -> None:
        """Ends the VM and frees what it has; idempotent. A persistent VM stays on disk. Every later call
        raises ``VMStateError``."""
        self._end_interaction()
        self.machine.close()
        self.logger.debug(f"VM `{self.name}` has ended")

    @property
    def is_closed(self) -> bool:
        """Whether it was ended."""
        return self.machine.is_closed

    def __enter__(self) -> "LuaProcess":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.cleanup()

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}(name={self.name!r}, lua_executable={self.lua_executable!r}, "
            f"debug_mode={self.debug_mode!r}, packages_setup={self.packages_setup!r})"
        )

    def _run(self, source: Code, name: str, timeout: Optional[float]) -> Result:
        seconds = call_time(timeout)
        return self._logged(lambda: self.machine.exec(source, name, (), seconds))

    def _logged(self, run: Callable[[], Result]) -> Result:
        result = run()
        self.logger.debug(f"VM `{self.name}` ran: return code {result['return_code']}")
        return result


def call_time(timeout: Optional[float]) -> Optional[float]:
    """The time of a call as the native part takes it. Raises ``VMTimeoutError`` when none is left: a deadline
    may have passed."""
    if timeout is None or timeout == math.inf:
        return timeout
    if isinstance(timeout, (int, float)) and not isinstance(timeout, bool) and timeout <= 0:
        error = VMTimeoutError(
            f"Lua execution timed out after {timeout} seconds: no time was left to begin", stderr=""
        )
        error.stdout, error.resource, error.used, error.limit = "", "time", 0, timeout
        raise error
    return limit("timeout", "time", timeout)


def check_executable(lua_executable: str) -> None:
    """Warns when a Lua of the host is asked for. Raises ``TypeError`` for what is no text."""
    if not isinstance(lua_executable, str):
        raise TypeError(f"`lua_executable` is of type {type(lua_executable).__name__}: expected text")
    if lua_executable != LUA:
        warnings.warn(
            f"lua_executable `{lua_executable}` is not used: the Lua of this package runs instead",
            stacklevel=_level_of_caller(),
        )


def read_script(path: "Union[str, os.PathLike[str]]") -> bytes:
    """A script's bytes. Raises ``TypeError`` for what is no path, ``FileNotFoundError``, ``ValueError`` for
    what is no regular file, ``OSError``."""
    path = os.fspath(path)  # a number would be an open file of this process, which would be closed
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        raise FileNotFoundError(f"Lua script not found: {path}") from None
    if not stat.S_ISREG(mode):
        # Before it is opened: opening a pipe would wait for whoever writes to it.
        raise ValueError(f"Path is not a file: {path}")
    with open(path, "rb") as script:
        return script.read()


def _level_of_caller() -> int:
    """How many frames above the one that warns is the program that called this package."""
    package = __name__.partition(".")[0]
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == package:
        level, frame = level + 1, frame.f_back
    return level


def check_code(code: Code) -> None:
    """Raises ``TypeError`` for code that is no text, ``ValueError`` for code that is empty."""
    if not _text(code).strip():
        raise ValueError("Lua code cannot be empty")


def _text(code: Code) -> Code:
    if not isinstance(code, (str, bytes)):
        raise TypeError(f"Lua code is of type {type(code).__name__}: expected text")
    return code


def _machine(name: str, persistent: bool, settings: "Settings") -> Machine:
    if not persistent:
        return Machine(settings)
    from ._native import Manager

    return open_or_create(Manager(workers=1, state_dir=state_folder(settings)), name, settings, private=True)
