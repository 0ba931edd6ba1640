"""``VMManager``: many VMs by name."""

from __future__ import annotations

from types import TracebackType
from typing import Optional, Type

from .vm_cluster import VmClusters
from .vm_reports import VmReports


class VMManager(VmClusters, VmReports):
    """Manages VMs, each with one Lua state that ``execute_*`` and its interactive session share.

    VMs run on threads of the manager, which take turns: one that never ends delays no other. ``with
    VMManager() as manager`` ends all VMs within 2 s, whatever they do; the manager can be entered again. A
    manager may be used from any thread.
    """

    def __enter__(self) -> "VMManager":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.shutdown_all()

    def __repr__(self) -> str:
        sessions = len(self.session_manager.sessions)
        return (
            f"VMManager(vms={len(self.vms)}, interactive_sessions={sessions}, max_workers={self.max_workers})"
        )
