"""What the native module offers. The package's own modules use it; programs use those.

Every call that runs Lua or waits releases the interpreter lock. On the main thread signals are looked for
every 10 ms meanwhile: when a handler raises, the guest is interrupted, and the exception goes on from here.

Errors of the caller and of the host are exceptions that ``exceptions.of_error(kind, message)`` makes, hard stops
such that ``exceptions.of_stop(...)`` makes. What Lua code does wrong by itself is in the result.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from os import PathLike
from typing import Any, List as _List, final

from .results import Result

#: Python's side of a Lua value. To Python: integers, floats, str (bytes where a string is not UTF-8), a list for
#: a table that is a sequence, else a dict; an empty table is a dict. To Lua: also tuple, bytearray, anything with
#: ``__index__`` or ``__float__``, any ``collections.abc.Mapping`` or ``Sequence``.
_LuaValue = Any

__all__ = [
    "Environment",
    "Environments",
    "Functions",
    "Manager",
    "Session",
    "Vm",
    "VmConfig",
    "__version__",
    "forked",
    "guest_digest",
    "live_vms",
    "reserve_vms",
    "shutdown",
]

__version__: str

def guest_digest() -> str:
    """SHA-256 of the Lua inside, in hexadecimal."""

def forked() -> None:
    """Marks this process as a fork: from now on every call is an error, and nothing waits for threads that are not here."""

def reserve_vms(count: int) -> None:
    """Makes room for so many VMs, 1 to 100,000, before the first one is made. Unasked there is room for 2,000. Only address space is
    taken, and some 7 us for each. Kind ``InvalidConfig`` when VMs are there already and room for fewer was made."""

def shutdown() -> None:
    """Ends every manager of this process, at most 2 s each. For ``atexit``."""

def live_vms() -> int:
    """VMs (sessions included) of this process that have not ended."""

@final
class Functions:
    """Python callables that scripts may call, by name; shared by the VMs that are made with it."""

    def __new__(cls) -> Functions: ...
    def names(self) -> list[str]: ...

@final
class VmConfig:
    """What a VM is given. Checked when a VM is made from it.

    ``limits``: any of memory, stdout, stderr, result, error_text, source, host_call_size, disk (bytes), fuel (units),
    time, host_call_time (seconds), host_calls, open_files, files (numbers); ``None`` or ``inf`` lifts one, a missing one
    has its default. ``mounts``: (folder of the host, folder in the VM, whether it may be written).
    """

    def __new__(
        cls,
        *,
        limits: Mapping[str, float | int | None] | None = ...,
        mounts: Sequence[tuple[str, str, bool]] = ...,
        variables: Mapping[str, str] | None = ...,
        environment: Environment | None = None,
        module_path: str | None = None,
        seed: int | None = None,
        stdin: bytes | None = None,
        functions: Functions | None = None,
    ) -> VmConfig: ...

@final
class Vm:
    """A VM of its own, which runs on the thread that asks."""

    def __new__(cls, config: VmConfig, snapshot: bytes | None = None) -> Vm: ...
    def exec(
        self,
        source: str | bytes,
        name: str,
        *,
        arguments: Sequence[_LuaValue] | None = None,
        timeout: float | None = None,
        fuel: int | None = None,
    ) -> Result:
        """Runs a chunk. What it returns is printed as a prompt does and is in the result too. ``timeout`` in seconds
        (``inf`` lifts it) and ``fuel`` (-1 lifts it) take the place of the VM's limits."""
    def call(self, name: str, arguments: Sequence[_LuaValue]) -> Result:
        """Calls a global function, or one in tables (``a.b.c``)."""
    def get(self, name: str) -> _LuaValue: ...
    def set(self, name: str, value: _LuaValue) -> None: ...
    def register(self, name: str, function: Callable[..., Any] | None) -> None:
        """Makes a callable a global function of Lua (``a.b`` in a table that is made if it is missing); ``None`` takes it
        away. A tuple that it returns is several values, ``None`` is nil; an exception is a Lua error."""
    def snapshot(self) -> bytes: ...
    def restore(self, snapshot: bytes) -> None: ...
    def fork(self) -> Vm: ...
    def reset(self) -> None:
        """A fresh Lua state; registered functions stay registered."""
    def interrupt(self) -> None:
        """Stops what runs now, from any thread."""
    def close(self) -> None:
        """Stops what runs and frees the VM; idempotent. Every later call is an error of kind ``Terminated``."""
    @property
    def is_running(self) -> bool: ...
    @property
    def is_closed(self) -> bool: ...

@final
class Manager:
    """Sessions by name, on threads of its own."""

    def __new__(cls, *, workers: int, state_dir: str | None = None, shutdown_time: float = 2.0) -> Manager:
        """``state_dir``: where persistent sessions are kept; one process at a time (kind ``InUse``). Managers of one process with one
        state directory share it."""
    def create(
        self,
        id: str,
        config: VmConfig,
        *,
        persistent: bool = False,
        snapshot: bytes | None = None,
    ) -> Session:
        """A new session. Kind ``Exists`` when there is one of that name, on disk too."""
    def open(self, id: str, config: VmConfig) -> Session:
        """A persistent session that is on disk, with what ``config`` gives. Kind ``NotFound``."""
    def stored(self) -> list[dict[str, Any]]:
        """Persistent sessions, in memory and on disk: id, state, memory (bytes), fuel, idle (seconds or None)."""
    def remove(self, id: str) -> None:
        """Ends a session, or removes a stored one."""
    def shutdown(self) -> list[tuple[str, str]]:
        """Ends everything, whatever guests do, within ``shutdown_time``. Gives (VM, function) for each Python callable that still holds a
        thread. Idempotent."""
    @property
    def is_shut_down(self) -> bool: ...

@final
class Session:
    """A VM of a manager: chunks go in and results come out, or input is sent and output is read, on one Lua state."""

    @property
    def id(self) -> str: ...
    # As those of Vm. What a chunk prints is in its result, not in the session's output.
    def exec(
        self,
        source: str | bytes,
        name: str,
        *,
        arguments: Sequence[_LuaValue] | None = None,
        timeout: float | None = None,
        fuel: int | None = None,
    ) -> Result: ...
    def exec_future(
        self,
        source: str | bytes,
        name: str,
        *,
        arguments: Sequence[_LuaValue] | None = None,
        timeout: float | None = None,
        fuel: int | None = None,
    ) -> Future[Result]:
        """As ``exec``, behind what waits already. ``Future.cancel`` takes back what has not begun; ``running()`` is true from when it
        runs."""
    def call(self, name: str, arguments: Sequence[_LuaValue]) -> Result: ...
    def get(self, name: str) -> _LuaValue: ...
    def set(self, name: str, value: _LuaValue) -> None: ...
    def register(self, name: str, function: Callable[..., Any] | None) -> None: ...
    def snapshot(self) -> bytes: ...
    def restore(self, snapshot: bytes) -> None: ...
    def fork(self, id: str) -> Session:
        """A session of that name with the same Lua state, settings and registered functions."""
    def reset(self) -> None: ...
    # The interactive side.
    def send(self, text: str) -> None:
        """Queues input, read line by line as a prompt reads it; a missing newline at the end is added. Does not wait."""
    def read(self, timeout: float = 0.0) -> tuple[str, int]:
        """What was written and not read yet, and how many bytes were lost before it (the session keeps 256 KiB). With a ``timeout`` it waits until all
        input has run, or so many seconds."""
    def send_and_read(self, text: str, timeout: float) -> tuple[str, bool]:
        """Sends, waits until it has run, reads: the output, and whether all has run within ``timeout`` seconds."""
    def wait(self, timeout: float) -> bool:
        """Waits until something was written and not read, all input has run, or the session is gone; False when time was over."""
    def interrupt(self) -> None:
        """Stops what runs, and drops input that waits."""
    def end_input(self) -> None:
        """An ``io.read`` that waits finds the end of the input."""
    def load_package(self, name: str) -> None: ...
    def set_environment(self, config: VmConfig) -> None: ...
    def terminate(self) -> None:
        """Ends the session; a persistent one is gone from disk."""
    def close(self) -> None:
        """Lets go of it: a persistent one is put to disk and stays there, any other ends."""
    @property
    def state(self) -> str:
        """idle, unfinished, running, awaiting_input, ended, stored, damaged or terminated."""
    @property
    def exit_status(self) -> int | None: ...
    @property
    def persistent(self) -> bool: ...
    @property
    def usage(self) -> dict[str, Any]:
        """memory (bytes now), fuel (units, all calls), written, unread (bytes), idle (seconds or None)."""

@final
class Environments:
    """Named sets of packages under one folder, which is made if it is not there. Any number of processes may use it.

    ``progress`` is called with a line of text for each step, on a thread of the library. ``patience``: how many seconds others
    that change the same environment are waited for. ``generations``: how many are kept of each environment, 1 to 1,000.
    """

    def __new__(
        cls,
        root: str | PathLike[str],
        *,
        progress: Callable[[str], object] | None = None,
        patience: float = 30.0,
        generations: int = 3,
    ) -> Environments: ...
    @property
    def root(self) -> str: ...
    def create(self, name: str) -> Environment: ...
    def get(self, name: str) -> Environment: ...
    def list(self) -> _List[Environment]: ...
    def remove(self, name: str) -> None: ...
    def bootstrap(self, name: str, profile: str = ...) -> bool:
        """Makes it if it is not there, and installs what a profile names, offline. Gives whether anything was missing."""
    def search(self, query: str, *, offline: bool = False) -> _List[dict[str, Any]]:
        """name, version, repository, summary (or None), labels."""
    def info(self, name: str, *, offline: bool = False) -> dict[str, Any] | None:
        """name, provided (the version inside every VM, or None), repository (or None), versions (newest first), summary, detailed,
        homepage, license (each or None), labels, dependencies (requirements)."""
    def profiles(self) -> _List[dict[str, Any]]:
        """name, summary, carried (packages that come with the library), others (taken where a repository has them)."""
    def recommendations(self, installed: Sequence[str]) -> _List[dict[str, Any]]:
        """package (as ``search`` gives it), reasons (sentences). The best first; offline."""
    def repositories(self) -> _List[dict[str, Any]]:
        """name, location, trust (signed, first-use or unsigned), keys, certificates (or None); in the order in which they are asked."""
    def add_repository(
        self,
        name: str,
        location: str,
        *,
        trust: str | None = None,
        keys: Sequence[str] = ...,
        certificates: str | PathLike[str] | None = None,
        first: bool = False,
    ) -> None:
        """A folder, or a LuaRocks server: file://, https://, or http:// on this machine. ``keys``: minisign public keys, one of which
        signs its index. Without trust and keys a folder is unsigned; a server has to be given one or the other."""
    def remove_repository(self, name: str) -> None: ...
    def reorder_repositories(self, names: Sequence[str]) -> None: ...
    def update_repositories(self) -> _List[dict[str, Any]]:
        """name, result (changed, unchanged, kept or failed), packages (how many, or None), age (seconds, or None), error (or None)."""
    def read_luarocks_lock(self, text: bytes) -> _List[str]:
        """What a ``luarocks.lock`` pins, as requirements."""
    def collect_garbage(self) -> None: ...
    @staticmethod
    def provided() -> _List[dict[str, Any]]:
        """Packages that every VM has inside: name, version, modules."""
    @staticmethod
    def package_of(requirement: str) -> str:
        """The name in a requirement, as LuaRocks writes it: ``say >= 1.4, < 2``."""
    @staticmethod
    def allows(requirement: str, version: str) -> bool: ...

@final
class Environment:
    """One of them. A change makes a new generation, all or nothing; VMs keep the one that they were given.

    A change is a dictionary: generation, added and removed (lists of (name, version)), replaced (lists of (name, old, new)).
    """

    @property
    def name(self) -> str: ...
    def install(
        self,
        requirements: Sequence[str] = ...,
        *,
        offline: bool = False,
        frozen: bool = False,
        upgrade: bool = False,
    ) -> dict[str, Any]:
        """Without requirements, what the environment asks for. ``frozen``: what the lock file names and nothing else; ``upgrade``: the
        newest versions, though others are installed."""
    def plan(
        self,
        requirements: Sequence[str] = ...,
        *,
        offline: bool = False,
        frozen: bool = False,
        upgrade: bool = False,
    ) -> dict[str, Any]:
        """What ``install`` would change. Nothing is installed."""
    def update(self, names: Sequence[str] = ..., *, offline: bool = False) -> dict[str, Any]: ...
    def remove(self, names: Sequence[str], *, dependents: bool = False) -> dict[str, Any]: ...
    def packages(self) -> _List[dict[str, Any]]:
        """name, version, requested, summary, license, homepage, modules, dependencies (name, version), repository, sha256, size (bytes)."""
    def which(self, module: str) -> str | None:
        """The package that a module belongs to."""
    def files(self, name: str) -> _List[str]: ...
    def verify(self) -> _List[dict[str, Any]]:
        """All that is not as it was installed: fault (missing, changed, unknown, disagreement or out_of_date), subject, message."""
    def rollback(self, generation: int | None = None) -> int:
        """The generation that VMs are given now."""
    def generations(self) -> dict[str, Any]:
        """current (a number), all (a list, oldest first)."""
    def health(self, *, offline: bool = True) -> _List[dict[str, Any]]:
        """name, condition (sound, notable or faulty), notes (sentences)."""
    def variables(self) -> dict[str, str]: ...
    def set_variable(self, name: str, value: str | None) -> None: ...
    def mounts(self) -> _List[dict[str, Any]]:
        """host, guest, writable, modules (whether ``require`` looks there)."""
    def add_mount(
        self, host: str | PathLike[str], guest: str, *, writable: bool = False, modules: bool = False
    ) -> None: ...
    def remove_mount(self, guest: str) -> None: ...
    def lockfile(self) -> str:
        """What is installed, to the byte, as TOML."""
    def luarocks_lock(self) -> str: ...
    def cyclonedx(self) -> str:
        """A bill of materials, CycloneDX in JSON."""
    def vendor(
        self,
        folder: str | PathLike[str],
        *,
        secret_key: str | None = None,
        id: str | None = None,
        expires: int = ...,
    ) -> None:
        """A repository with exactly what is installed, in an empty folder; signed with the text of a minisign secret key that has no
        password, and then refused after so many days."""
