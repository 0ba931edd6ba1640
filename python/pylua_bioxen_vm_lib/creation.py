"""Functions that make VMs, managers and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional

from .interactive_session import InteractiveSession
from .lua_process import LUA, LuaProcess
from .vm_manager import VMManager
from .vm_registry import class_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .settings import Settings


def create_vm(
    vm_id: str = "default",
    networked: bool = False,
    persistent: bool = False,
    debug_mode: bool = False,
    lua_executable: str = LUA,
    *,
    vm_type: str = "basic",
    config: Optional[Mapping[str, Any]] = None,
    **settings: "Unpack[Settings]",
) -> LuaProcess:
    """A VM of its own. It sees only what it is given.

    ``networked``: a VM as any other; networking is not offered yet. ``persistent``: its state outlives the
    process, and the VM of that name on disk goes on. ``debug_mode``: says on standard error what goes on.
    ``lua_executable`` is not used: Lua is inside the package. ``vm_type``: ``basic``. ``config``: the
    settings as a mapping. ``settings``, all keywords:

    - ``memory`` bytes (default 64 MiB), ``fuel`` units for a call (10^12), ``timeout`` seconds for a call
      (30), ``output`` bytes of a call's standard output (1 MiB), ``limits`` any of them by name;
      ``float("inf")`` lifts one;
    - ``mounts`` [(folder of the host, folder in the VM[, True to write])], ``variables`` for ``os.getenv``,
      ``environment`` the name of an environment of packages, ``functions`` {name: Python callable},
      ``module_path`` for ``require``;
    - ``seed`` for randomness that repeats, ``stdin`` for ``io.read``, ``snapshot`` to begin with,
      ``state_dir`` for persistent VMs.

    Raises ``TypeError`` and ``ValueError`` for settings that are wrong.
    """
    vm_class = class_of(vm_type, networked)
    return vm_class(vm_id, lua_executable, debug_mode, persistent=persistent, config=config, **settings)


def create_manager(
    max_workers: int = 10, lua_executable: str = LUA, debug_mode: bool = False, **settings: "Unpack[Settings]"
) -> VMManager:
    """A manager; ``max_workers`` and errors as of ``VMManager``, ``settings`` are for each VM that it
    makes."""
    return VMManager(max_workers, lua_executable, debug_mode, **settings)


def create_interactive_manager(
    max_workers: int = 10, lua_executable: str = LUA, debug_mode: bool = False, **settings: "Unpack[Settings]"
) -> VMManager:
    """As ``create_manager``."""
    return VMManager(max_workers, lua_executable, debug_mode, **settings)


def create_interactive_session(
    vm_id: str = "interactive",
    networked: bool = False,
    lua_executable: str = LUA,
    auto_attach: bool = True,
    debug_mode: bool = False,
    **settings: "Unpack[Settings]",
) -> InteractiveSession:
    """A session on a VM of its own, which has begun, and is attached unless ``auto_attach`` is False.
    Parameters and errors as of ``create_vm``."""
    vm = create_vm(vm_id, networked, False, debug_mode, lua_executable, **settings)
    session = InteractiveSession(vm_id, vm, lua_executable, debug_mode)
    session.start()
    if auto_attach:
        session.attach()
    return session
