"""Lua virtual machines for Python, strictly sandboxed.

>>> from pylua_bioxen_vm_lib import create_vm
>>> vm = create_vm("lab")
>>> vm.execute_string("return 6 * 7")["value"]
42
"""

from __future__ import annotations

import atexit
import os
from importlib import import_module
from typing import Any, List

from . import _native
from ._native import reserve_vms
from .creation import create_interactive_manager, create_interactive_session, create_manager, create_vm
from .exceptions import (
    AttachError,
    DetachError,
    InstallationError,
    InteractiveSessionError,
    InvalidSettingError,
    InvalidValueError,
    InvalidVMIdError,
    IOThreadError,
    LuaNotFoundError,
    LuaProcessError,
    LuaSocketNotFoundError,
    LuaVMError,
    NameNotFoundError,
    NetworkingError,
    NetworkingNotOfferedError,
    PackageError,
    ProcessRegistryError,
    PTYError,
    ScriptGenerationError,
    SessionAlreadyExistsError,
    SessionNotFoundError,
    SessionStateError,
    SnapshotError,
    StorageError,
    ValidationError,
    VMConnectionError,
    VMInterruptedError,
    VMLimitError,
    VMManagerError,
    VMNotFoundError,
    VMStateError,
    VMTimeoutError,
    XCPngConnectionError,
)
from .interactive_session import InteractiveSession
from .logger import VMLogger
from .lua_process import LuaProcess
from .networking import NetworkedLuaVM
from .results import LuaError, Result, Usage
from .session_manager import SessionManager
from .settings import Settings
from .templates import LuaScriptTemplate, validate_host, validate_port
from .vm_cluster import VMCluster
from .vm_manager import VMManager

__version__: str = _native.__version__

#: What is loaded with its first use, and where it is.
_LATER = {
    "Curator": ".utils.curator",
    "get_curator": ".utils.curator",
    "quick_install": ".utils.curator",
    "bootstrap_lua_environment": ".utils.curator",
    "search_packages": ".utils.curator",
    "EnvironmentManager": ".env",
    "PackageInstaller": ".package_manager",
    "PackageManager": ".package_manager",
    "PackageRegistry": ".package_manager",
    "RepositoryManager": ".package_manager",
}

__all__ = [
    "AttachError",
    "DetachError",
    "IOThreadError",
    "InstallationError",
    "InteractiveSession",
    "InteractiveSessionError",
    "InvalidSettingError",
    "InvalidVMIdError",
    "InvalidValueError",
    "LuaError",
    "LuaNotFoundError",
    "LuaProcess",
    "LuaProcessError",
    "LuaScriptTemplate",
    "LuaSocketNotFoundError",
    "LuaVMError",
    "NameNotFoundError",
    "NetworkedLuaVM",
    "NetworkingError",
    "NetworkingNotOfferedError",
    "PTYError",
    "PackageError",
    "ProcessRegistryError",
    "Result",
    "ScriptGenerationError",
    "SessionAlreadyExistsError",
    "SessionManager",
    "SessionNotFoundError",
    "SessionStateError",
    "Settings",
    "SnapshotError",
    "StorageError",
    "Usage",
    "VMCluster",
    "VMConnectionError",
    "VMInterruptedError",
    "VMLimitError",
    "VMLogger",
    "VMManager",
    "VMManagerError",
    "VMNotFoundError",
    "VMStateError",
    "VMTimeoutError",
    "ValidationError",
    "XCPngConnectionError",
    "__version__",
    "create_interactive_manager",
    "create_interactive_session",
    "create_manager",
    "create_vm",
    "reserve_vms",
    "validate_host",
    "validate_port",
]

# The threads of a VM are not in a forked process: there every call is an error instead of a wait without end.
os.register_at_fork(after_in_child=_native.forked)
# Before the interpreter goes: what runs is stopped, what is persistent is on disk.
atexit.register(_native.shutdown)


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name], __name__), name)


def __dir__() -> List[str]:
    return sorted({*globals(), *_LATER})
