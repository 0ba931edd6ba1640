"""``VMCluster``, and many VMs at once."""

from __future__ import annotations

import time
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from fnmatch import fnmatchcase
from typing import Any, Dict, List, Mapping, Optional

from .exceptions import LuaVMError, SessionNotFoundError
from .interactive_session import COMMAND_TIME, InteractiveSession
from .networking import NetworkedLuaVM, not_offered, validate_host, validate_port
from .results import Result
from .vm_execution import VmExecution
from .vm_sessions import VmSessions


#: VMs that a process can make room for: see ``reserve_vms``.
_MOST = 100_000

class VmClusters(VmSessions, VmExecution):
    """VMs whose names match a pattern, such as ``lab_*``."""

    def create_vm_cluster(self, cluster_id: str, n: int, networked: bool = True) -> List[str]:
        """Makes ``n`` VMs; their names, ``<cluster_id>_000`` and so on. Raises ``SessionAlreadyExistsError``,
        and then none is made."""
        names = _names(cluster_id, n)
        for made, name in enumerate(names):
            try:
                self.create_vm(name, networked)
            except Exception:
                for other in names[:made]:
                    self.remove_vm(other)
                raise
        return names

    def bulk_create_interactive_cluster(
        self, cluster_id: str, n: int, networked: bool = True
    ) -> Dict[str, InteractiveSession]:
        """As ``create_vm_cluster``, each VM with a session that is not attached; the sessions by name."""
        return {
            name: self._session_of(name, self._vm(name))
            for name in self.create_vm_cluster(cluster_id, n, networked)
        }

    def broadcast_to_cluster(
        self, pattern: str, lua_code: str, timeout: Optional[float] = None
    ) -> Dict[str, "Future[Result]"]:
        """Runs code on every VM that matches; the futures by name. Raises ``ValueError`` when none
        matches."""
        names = self._matching(pattern)
        if not names:
            raise ValueError(f"No VMs found matching pattern: {pattern}")
        return {name: self.execute_vm_async(name, lua_code, timeout) for name in names}

    def broadcast_to_interactive_sessions(
        self, pattern: str, command: str, timeout: float = COMMAND_TIME
    ) -> Dict[str, str]:
        """Sends a command to every attached session that matches; what each wrote within ``timeout`` seconds,
        or ``Error: ...``.

        Raises ``ValueError`` when none matches.
        """
        sessions = {
            name: session
            for name, session in list(self.session_manager.sessions.items())
            if session.is_attached() and fnmatchcase(name, pattern)
        }
        if not sessions:
            raise ValueError(f"No attached sessions found matching pattern: {pattern}")
        begun = {name: _begun(session, command) for name, session in sessions.items()}
        deadline = time.monotonic() + timeout
        return {name: _answer(sessions[name], failure, deadline) for name, failure in begun.items()}

    def wait_for_cluster(
        self, futures: Mapping[str, "Future[Result]"], timeout: Optional[float] = None
    ) -> Dict[str, Dict[str, Any]]:
        """The result of each future, all within ``timeout`` seconds. Where one failed: error, success False,
        stdout, stderr, return_code -1."""
        deadline = None if timeout is None else time.monotonic() + timeout
        return {name: _result(future, deadline) for name, future in futures.items()}

    def get_cluster_status(self, pattern: str) -> Dict[str, str]:
        """What each VM that matches does: ``idle``, or as ``get_vm_status``."""
        return {name: self.get_vm_status(name) or "idle" for name in self._matching(pattern)}

    def cleanup_cluster(self, pattern: str) -> int:
        """Ends every VM that matches; how many."""
        return sum(self.remove_vm(name) for name in self._matching(pattern))

    def setup_p2p_cluster(
        self, cluster_id: str, n: int, base_port: int = 8080, run_duration: float = 60
    ) -> List["Future[Result]"]:
        """Raises ``ValueError`` for fewer than 2 VMs or a port out of range, else
        ``NetworkingNotOfferedError``."""
        if n < 2:
            raise ValueError("P2P cluster requires at least 2 VMs")
        validate_port(base_port)
        validate_port(base_port + n - 1)
        raise not_offered("setup_p2p_cluster")

    def start_server_vm(self, vm_id: str, port: int, timeout: Optional[float] = None) -> "Future[Result]":
        """Raises ``ValueError`` for no networked VM of that name or a port out of range, else
        ``NetworkingNotOfferedError``."""
        self._networked(vm_id)
        validate_port(port)
        raise not_offered("start_server_vm")

    def start_client_vm(
        self,
        vm_id: str,
        host: str,
        port: int,
        message: str = "Hello from client!",
        timeout: Optional[float] = None,
    ) -> "Future[Result]":
        """As ``start_server_vm``; ``ValueError`` for a blank host too."""
        self._networked(vm_id)
        validate_host(host)
        validate_port(port)
        raise not_offered("start_client_vm")

    def start_p2p_vm(
        self,
        vm_id: str,
        local_port: int,
        peer_host: Optional[str] = None,
        peer_port: Optional[int] = None,
        run_duration: float = 30,
        timeout: Optional[float] = None,
    ) -> "Future[Result]":
        """As ``start_client_vm``."""
        self._networked(vm_id)
        validate_port(local_port)
        if peer_host is not None:
            validate_host(peer_host)
        if peer_port is not None:
            validate_port(peer_port)
        raise not_offered("start_p2p_vm")

    def _matching(self, pattern: str) -> List[str]:
        return [name for name in list(self.vms) if fnmatchcase(name, pattern)]

    def _networked(self, vm_id: str) -> None:
        if not isinstance(self.vms.get(vm_id), NetworkedLuaVM):
            raise SessionNotFoundError(f"Networked VM '{vm_id}' not found")


class VMCluster:
    """VMs of a manager that are used together."""

    def __init__(self, manager: VmClusters, cluster_id: str, vm_ids: List[str]) -> None:
        self.manager = manager
        self.cluster_id = cluster_id
        self.vm_ids = list(vm_ids)

    def broadcast(self, lua_code: str, timeout: Optional[float] = None) -> Dict[str, "Future[Result]"]:
        """Runs code on every VM; the futures by name."""
        return {name: self.manager.execute_vm_async(name, lua_code, timeout) for name in self.vm_ids}

    def wait_all(
        self, futures: Mapping[str, "Future[Result]"], timeout: Optional[float] = None
    ) -> Dict[str, Dict[str, Any]]:
        """As ``VMManager.wait_for_cluster``."""
        return self.manager.wait_for_cluster(futures, timeout)

    def get_status(self) -> Dict[str, str]:
        """What each VM does: ``idle``, or as ``VMManager.get_vm_status``."""
        return {name: self.manager.get_vm_status(name) or "idle" for name in self.vm_ids}

    def cleanup(self) -> int:
        """Ends every VM; how many."""
        names, self.vm_ids = self.vm_ids, []
        return sum(self.manager.remove_vm(name) for name in names)

    def __len__(self) -> int:
        return len(self.vm_ids)

    def __repr__(self) -> str:
        return f"VMCluster(cluster_id={self.cluster_id!r}, vms={len(self)})"


def _names(cluster_id: str, n: int) -> List[str]:
    if isinstance(n, bool) or not isinstance(n, int) or n < 0:
        raise ValueError(f"number of VMs is {n!r}: expected a whole number, 0 or more")
    if n > _MOST:
        raise ValueError(f"number of VMs is {n}: expected at most {_MOST}, for as many a process has room")
    return [f"{cluster_id}_{number:03d}" for number in range(n)]


def _begun(session: InteractiveSession, command: str) -> Optional[LuaVMError]:
    try:
        session.begin_command(command)
    except LuaVMError as error:
        return error
    return None


def _answer(session: InteractiveSession, failure: Optional[LuaVMError], deadline: float) -> str:
    try:
        if failure is not None:
            raise failure
        return session.end_command(max(0.0, deadline - time.monotonic()))
    except LuaVMError as error:
        return f"Error: {error}"


def _result(future: "Future[Result]", deadline: Optional[float]) -> Dict[str, Any]:
    try:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        return dict(future.result(left))
    except (Exception, CancelledError, FutureTimeout) as error:
        text = str(error) or type(error).__name__
        return {"error": text, "success": False, "stdout": "", "stderr": text, "return_code": -1}
