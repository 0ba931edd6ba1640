"""What is known of a manager's VMs."""

from __future__ import annotations

import time
from typing import Any, Dict, List, Optional

from .lua_process import LuaProcess
from .networking import NetworkedLuaVM
from .settings import state_exists
from .vm_registry import VmRegistry


class VmReports(VmRegistry):
    """Figures and lists."""

    def get_stats(self) -> Dict[str, Any]:
        """How many VMs, sessions and operations there are: total_vms, networked_vms, basic_vms,
        persistent_vms, interactive_sessions, attached_sessions, running_operations, completed_operations
        (the newest one of each VM); and max_workers, lua_executable."""
        vms = list(self.vms.values())
        networked = sum(isinstance(vm, NetworkedLuaVM) for vm in vms)
        sessions = list(self.session_manager.sessions.values())
        running = [not future.done() for future in list(self.futures.values())]
        return {
            "total_vms": len(vms),
            "networked_vms": networked,
            "basic_vms": len(vms) - networked,
            "persistent_vms": sum(vm.persistent for vm in vms),
            "interactive_sessions": len(sessions),
            "attached_sessions": sum(session.is_attached() for session in sessions),
            "running_operations": sum(running),
            "completed_operations": len(running) - sum(running),
            "max_workers": self.max_workers,
            "lua_executable": self.lua_executable,
        }

    def get_vm_info(self, vm_id: str) -> Optional[Dict[str, Any]]:
        """What is known of a VM, ``None`` when there is none: vm_id, vm_name, vm_type, persistent,
        session_exists, session_attached, process_running, interactive_capable, memory (bytes), fuel (units).
        """
        vm = self.vms.get(vm_id)
        if vm is None:
            return None
        usage = vm.machine.session().usage
        info = {"vm_id": vm_id, "vm_name": vm.name, "vm_type": _type(vm), "persistent": vm.persistent}
        info.update(
            self._session_report(vm_id), interactive_capable=True, memory=usage["memory"], fuel=usage["fuel"]
        )
        return info

    def list_persistent_vms(self) -> Dict[str, Dict[str, Any]]:
        """Persistent VMs by name, those on disk that nobody has taken up among them.

        Of each: created_at (the start of its last use, seconds since 1970, or None), vm_type, networked,
        interactive_capable, session_active, vm_class, session_attached, process_running, vm_exists (whether
        it is taken up), state, memory (bytes).
        """
        return {entry["id"]: self._persistent_report(entry) for entry in self._stored()}

    def _stored(self) -> List[Dict[str, Any]]:
        if state_exists(self.settings):
            self._durable_manager(self.settings)
        return [entry for manager in list(self._durable.values()) for entry in manager.stored()]

    def _persistent_report(self, entry: Dict[str, Any]) -> Dict[str, Any]:
        vm = self.vms.get(entry["id"])
        report = self._session_report(entry["id"])
        idle = entry["idle"]
        return {
            "created_at": None if idle is None else time.time() - idle,
            "vm_type": "basic" if vm is None else _type(vm),
            "networked": isinstance(vm, NetworkedLuaVM),
            "interactive_capable": True,
            "session_active": report["session_exists"],
            "vm_class": LuaProcess.__name__ if vm is None else type(vm).__name__,
            "session_attached": report["session_attached"],
            "process_running": report["process_running"],
            "vm_exists": vm is not None,
            "state": entry["state"],
            "memory": entry["memory"],
        }

    def _session_report(self, vm_id: str) -> Dict[str, Any]:
        session = self.session_manager.get_session(vm_id)
        return {
            "session_exists": session is not None,
            "session_attached": session is not None and session.is_attached(),
            "process_running": session is not None and session.is_running(),
        }


def _type(vm: LuaProcess) -> str:
    return "networked" if isinstance(vm, NetworkedLuaVM) else "basic"
