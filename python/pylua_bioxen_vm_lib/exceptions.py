"""Every exception of the package.

What Lua code does wrong by itself is no exception: it is in the result of the run. What raises is a stop by a
limit (``LuaProcessError``), a call that makes no sense, and what the host cannot do.
"""

from __future__ import annotations

import math
from typing import Dict, Optional, Type, Union

from .results import Usage


class LuaVMError(Exception):
    """The root of all exceptions of the package."""

    #: What sort of error of the native part it is, such as ``QuotaExceeded``; ``None`` for all others.
    kind: Optional[str] = None


class LuaProcessError(LuaVMError):
    """Lua code was stopped from outside, or could not run at all. After a stop the VM has the state it had
    before the call."""

    def __init__(self, message: str, return_code: Optional[int] = None, stderr: Optional[str] = None) -> None:
        super().__init__(message)
        self.return_code = return_code
        #: What was written to standard error before the stop.
        self.stderr = stderr
        #: What was printed before the stop; ``None`` where nothing ran.
        self.stdout: Optional[str] = None
        #: What stopped it: time, fuel, memory, stdout, stderr, result, source, host_calls, interrupted, trap.
        self.resource: Optional[str] = None
        #: What the run used.
        self.usage: Optional[Usage] = None
        #: How much of the resource was used, in its unit: seconds, bytes, units of fuel, or calls; ``None``
        #: where there is no such figure.
        self.used: Union[int, float, None] = None
        #: The limit that was met, in the same unit.
        self.limit: Union[int, float, None] = None


class VMLimitError(LuaProcessError):
    """A run met a limit; ``resource`` and ``limit`` say which."""


class VMTimeoutError(VMLimitError):
    """A run used up its time."""


class VMInterruptedError(LuaProcessError):
    """A run was interrupted from outside."""


class InvalidSettingError(LuaVMError, ValueError):
    """Settings that contradict each other, or a value outside its range."""


class InvalidValueError(LuaVMError, TypeError, ValueError):
    """A value that cannot cross between Lua and Python."""


class NameNotFoundError(LuaVMError, LookupError):
    """No Lua function, table, file or folder of that name."""


class SnapshotError(LuaVMError, ValueError):
    """A snapshot that this VM cannot take up: damaged, of another version or another VM, or too large."""


class StorageError(LuaVMError, OSError):
    """The file system, or a stream that was given, failed."""


class LuaNotFoundError(LuaVMError):
    """No Lua. Kept for programs that catch it: Lua is inside this package."""


class ScriptGenerationError(LuaVMError):
    """A temporary script could not be made. Kept for programs that catch it: no file is made any more."""


class PTYError(LuaVMError):
    """A terminal failed. Kept for programs that catch it: sessions need no terminal."""


class VMConnectionError(LuaVMError):
    """A connection between VMs failed. Kept for programs that catch it."""


class XCPngConnectionError(LuaVMError):
    """A connection to a hypervisor failed. Kept for programs that catch it."""


class NetworkingError(LuaVMError):
    """Something that needs the network."""


class LuaSocketNotFoundError(LuaVMError):
    """No LuaSocket."""


class NetworkingNotOfferedError(NetworkingError, LuaSocketNotFoundError):
    """VMs have no network yet."""


class InteractiveSessionError(LuaVMError):
    """An interactive session could not do what was asked."""


class AttachError(InteractiveSessionError):
    """A session cannot be attached to."""


class DetachError(InteractiveSessionError):
    """A session that is not attached cannot be detached from."""


class SessionNotFoundError(InteractiveSessionError, ValueError):
    """No VM or session of that name."""


class SessionAlreadyExistsError(InteractiveSessionError, ValueError):
    """A VM or session of that name is there already."""


class IOThreadError(InteractiveSessionError):
    """A callback for output cannot be served."""


class SessionStateError(InteractiveSessionError):
    """A session is not in a state in which that can be done."""


class VMStateError(SessionStateError, LuaProcessError):
    """A VM is closed, or its program has ended, or it is busy with the call that asks."""


class VMManagerError(LuaVMError):
    """A manager could not do what was asked."""


class InvalidVMIdError(VMManagerError, ValueError):
    """A name that breaks the rules for names of VMs."""


class ProcessRegistryError(VMManagerError):
    """The state directory cannot be used."""


class PackageError(LuaVMError):
    """A package, repository or environment; ``kind`` says what about it."""


class InstallationError(PackageError):
    """A package that cannot be installed, updated or removed."""


class ValidationError(PackageError, ValueError):
    """A name, requirement, file or signature that is not as it has to be."""


#: The name that a draft of the old library used.
VMNotFoundError = SessionNotFoundError

_KINDS: Dict[str, Type[LuaVMError]] = {
    "InvalidConfig": InvalidSettingError,
    "InvalidId": InvalidVMIdError,
    "InvalidValue": InvalidValueError,
    "NotFound": NameNotFoundError,
    "Exists": SessionAlreadyExistsError,
    "Attached": AttachError,
    "Detached": DetachError,
    "Busy": VMStateError,
    "Failed": LuaProcessError,
    "Stopped": VMStateError,
    "Ended": VMStateError,
    "Terminated": VMStateError,
    "QuotaExceeded": VMManagerError,
    "QueueFull": InteractiveSessionError,
    "SnapshotDamaged": SnapshotError,
    "SnapshotVersion": SnapshotError,
    "SnapshotGuest": SnapshotError,
    "SnapshotTooLarge": SnapshotError,
    "SnapshotOwner": SnapshotError,
    "InUse": ProcessRegistryError,
    "InvalidName": ValidationError,
    "InvalidVersion": ValidationError,
    "InvalidRequirement": ValidationError,
    "RepositoryNotFound": PackageError,
    "RepositoryUnreachable": InstallationError,
    "ManifestInvalid": ValidationError,
    "RockspecInvalid": ValidationError,
    "EvaluationLimit": InstallationError,
    "PackageNotFound": InstallationError,
    "NoSolution": InstallationError,
    "NativeUnsupported": InstallationError,
    "BuildUnsupported": InstallationError,
    "HookRefused": InstallationError,
    "SourceUnsupported": InstallationError,
    "LuaVersionMismatch": InstallationError,
    "IntegrityMismatch": ValidationError,
    "SignatureMissing": ValidationError,
    "SignatureInvalid": ValidationError,
    "IndexExpired": ValidationError,
    "IndexRollback": ValidationError,
    "ArchiveUnsafe": ValidationError,
    "ModuleConflict": InstallationError,
    "PackageNeeded": InstallationError,
    "EnvironmentNotFound": PackageError,
    "EnvironmentExists": PackageError,
    "EnvironmentBusy": PackageError,
    "LockInvalid": ValidationError,
    "LockOutOfDate": InstallationError,
    "OfflineMiss": InstallationError,
    "StoreCorrupt": ValidationError,
    "WouldBlock": LuaVMError,
    "Storage": StorageError,
    "Stream": StorageError,
    "Engine": LuaVMError,
}


def of_error(kind: str, message: str) -> Exception:
    """The exception for an error of the native part.

    ``kind`` is one of its sorts; one that is not known here gives the root of all exceptions.
    """
    error = _KINDS.get(kind, LuaVMError)(message)
    error.kind = kind
    return error


def of_stop(
    resource: str,
    message: str,
    stdout: str,
    stderr: str,
    usage: Usage,
    used: Union[int, float, None],
    limit: Union[int, float, None],
) -> Exception:
    """The exception for a run that was stopped, with what it came to until then."""
    error = _class_of_stop(resource)(message, stderr=stderr)
    error.resource = resource
    error.stdout = stdout
    error.usage = usage
    error.used = _figure(resource, used)
    error.limit = _figure(resource, limit)
    return error


def _figure(resource: str, number: Union[int, float, None]) -> Union[int, float, None]:
    if number is None or math.isnan(number) or resource in ("interrupted", "trap"):
        return None
    return number if resource == "time" or math.isinf(number) else int(number)


def _class_of_stop(resource: str) -> Type[LuaProcessError]:
    if resource == "time":
        return VMTimeoutError
    if resource == "interrupted":
        return VMInterruptedError
    return LuaProcessError if resource == "trap" else VMLimitError
