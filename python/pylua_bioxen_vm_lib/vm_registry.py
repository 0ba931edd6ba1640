"""The VMs of a manager, by name, and the native managers behind them."""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Set, Tuple, Type

from . import _native
from .exceptions import SessionAlreadyExistsError, SessionNotFoundError, VMManagerError
from .logger import VMLogger
from .lua_process import LUA, LuaProcess, check_executable
from .machine import Machine
from .networking import NetworkedLuaVM
from .persistence import new_session, open_or_create
from .results import Result
from .session_manager import SessionManager
from .settings import checked, refuse_stray_state, state_folder

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .settings import Settings

#: How long a native manager may wait for guests and functions to end, in seconds. It may need another second
#: to tell its futures, and all of that is to be over within two.
_SHUTDOWN_TIME = 0.8


class VmRegistry:
    """Makes, finds and ends VMs. Nothing is begun before the first VM, and behind ``shutdown_all`` it can
    begin again."""

    def __init__(
        self,
        max_workers: int = 10,
        lua_executable: str = LUA,
        debug_mode: bool = False,
        **settings: "Unpack[Settings]",
    ) -> None:
        """``max_workers``: how many threads run Lua at most, 1 or more; there are never more than processors.
        ``settings`` are what each VM is given unless it says otherwise. Raises ``TypeError`` and
        ``ValueError`` for what is wrong."""
        if isinstance(max_workers, bool) or not isinstance(max_workers, int):
            raise TypeError(f"`max_workers` is of type {type(max_workers).__name__}: expected a whole number")
        if max_workers < 1:
            raise ValueError(f"`max_workers` is {max_workers}: expected 1 or more")
        check_executable(lua_executable)
        self.max_workers = max_workers
        self.lua_executable = lua_executable
        self.debug_mode = debug_mode
        self.settings = checked(settings)
        self.logger = VMLogger(debug_mode=debug_mode, component="VMManager")
        self.vms: Dict[str, LuaProcess] = {}
        #: The newest future of each VM.
        self.futures: Dict[str, "Future[Result]"] = {}
        self.session_manager = SessionManager(debug_mode=debug_mode)
        self._lock = threading.RLock()  # a signal may come while it is held
        self._making: Set[str] = set()
        self._volatile: Optional[_native.Manager] = None
        #: Managers of persistent VMs, by their folder.
        self._durable: Dict[str, _native.Manager] = {}

    def create_vm(
        self,
        vm_id: str,
        networked: bool = False,
        persistent: bool = False,
        debug_mode: Optional[bool] = None,
        lua_executable: Optional[str] = None,
        *,
        vm_type: str = "basic",
        config: Optional[Mapping[str, Any]] = None,
        **settings: "Unpack[Settings]",
    ) -> LuaProcess:
        """A VM of that name: 1 to 128 of ``A-Z a-z 0-9 . _ : -``, first a letter or digit, without ``..``.
        ``persistent``: its state outlives the process, and the VM of that name on disk goes on;
        ``settings`` as ``config`` or as keywords: see ``settings.Settings``.

        Raises ``SessionAlreadyExistsError`` (a ``ValueError`` too) for a name in use, ``ValueError`` and
        ``TypeError`` for settings that are wrong.
        """
        vm_class = class_of(vm_type, networked)
        own = checked(settings, config)
        refuse_stray_state(own, persistent)
        given = checked({**self.settings, **own})
        if lua_executable is not None:
            check_executable(lua_executable)
        executable = lua_executable if lua_executable is not None else self.lua_executable
        with self._reserved(vm_id):
            machine = self._machine(vm_id, persistent, given)
            debug = self.debug_mode if debug_mode is None else debug_mode
            return self._adopt(vm_id, vm_class, machine, executable, debug, persistent)

    def get_vm(self, vm_id: str) -> Optional[LuaProcess]:
        """The VM of that name, if there is one."""
        return self.vms.get(vm_id)

    def list_vms(self) -> List[str]:
        """The names of all VMs."""
        return list(self.vms)

    def remove_vm(self, vm_id: str) -> bool:
        """Ends a VM and its session, a persistent one on disk too; whether there was one."""
        session = self.session_manager.get_session(vm_id)
        if session is not None:
            session.terminate()
        vm = self.vms.pop(vm_id, None)
        self.futures.pop(vm_id, None)
        if vm is None:
            return session is not None
        vm._end_interaction()
        vm.machine.end()
        return True

    def shutdown_all(self) -> None:
        """Ends all VMs within 2 s, whatever they do. Persistent ones stay on disk. The manager may be used
        again."""
        with self._lock:
            natives, self._durable, self._volatile = self._natives(), {}, None
            vms, self.vms = self.vms, {}
            sessions, self.session_manager.sessions = self.session_manager.sessions, {}
        for vm_id, function in _shut_down(natives):
            self.logger.warning(
                f"function `{function}` of VM `{vm_id}` still holds a thread: it never returned"
            )
        for session in sessions.values():
            session.close()
        for vm in vms.values():
            vm._end_interaction()
        self.logger.debug(f"{len(vms)} VMs have ended")

    def _vm(self, vm_id: str) -> LuaProcess:
        """The VM of that name. Raises ``SessionNotFoundError``."""
        vm = self.vms.get(vm_id)
        if vm is None:
            raise SessionNotFoundError(f"VM '{vm_id}' not found; expected one of those that `list_vms` gives")
        return vm

    @contextmanager
    def _reserved(self, vm_id: str) -> Iterator[None]:
        """Keeps others from making a VM of that name meanwhile. Raises ``SessionAlreadyExistsError``."""
        if not isinstance(vm_id, str):
            raise TypeError(f"`vm_id` is of type {type(vm_id).__name__}: expected text")
        with self._lock:
            if vm_id in self.vms or vm_id in self._making:
                raise SessionAlreadyExistsError(f"VM with ID '{vm_id}' already exists")
            self._making.add(vm_id)
        try:
            yield
        finally:
            with self._lock:
                self._making.discard(vm_id)

    def _adopt(
        self,
        vm_id: str,
        vm_class: Type[LuaProcess],
        machine: Machine,
        executable: str,
        debug_mode: bool,
        persistent: bool,
    ) -> LuaProcess:
        vm = vm_class(vm_id, executable, debug_mode, persistent=persistent, machine=machine)
        self.vms[vm_id] = vm
        return vm

    def _machine(self, vm_id: str, persistent: bool, settings: "Settings") -> Machine:
        if persistent:
            return open_or_create(self._durable_manager(settings), vm_id, settings)
        return new_session(self._manager(), vm_id, settings)

    def _manager(self) -> _native.Manager:
        with self._lock:
            if self._volatile is None:
                self._volatile = _native.Manager(workers=self._workers(), shutdown_time=_SHUTDOWN_TIME)
            return self._volatile

    def _durable_manager(self, settings: "Settings") -> _native.Manager:
        folder = state_folder(settings)
        with self._lock:
            if folder not in self._durable:
                self._durable[folder] = _native.Manager(
                    workers=self._workers(), state_dir=folder, shutdown_time=_SHUTDOWN_TIME
                )
            return self._durable[folder]

    def _natives(self) -> List[_native.Manager]:
        volatile = [self._volatile] if self._volatile is not None else []
        return volatile + list(self._durable.values())

    def _workers(self) -> int:
        return min(self.max_workers, os.cpu_count() or 1)


def _shut_down(natives: List[_native.Manager]) -> List[Tuple[str, str]]:
    """Ends them at the same time, so that many need no longer than one; what still holds a thread."""
    if len(natives) < 2:
        return [held for native in natives for held in native.shutdown()]
    with ThreadPoolExecutor(len(natives)) as pool:
        return [held for shutdown in pool.map(_native.Manager.shutdown, natives) for held in shutdown]


def class_of(vm_type: str, networked: object) -> Type[LuaProcess]:
    """The class of a VM. Raises ``ValueError`` for a type that there is not, ``VMManagerError`` for one that
    there is no more."""
    if not isinstance(networked, bool):
        raise TypeError(
            f"`networked` is {networked!r}: expected True or False; the type of a VM is the keyword `vm_type`"
        )
    if vm_type == "xcpng":
        raise VMManagerError(
            "vm_type `xcpng` is not offered: expected `basic`, a VM that is sandboxed inside this process"
        )
    if vm_type != "basic":
        raise ValueError(f"Unknown VM type: {vm_type}. Supported types: basic")
    return NetworkedLuaVM if networked else LuaProcess
