"""Code that is run on a manager's VMs, at once or later."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Optional

from .lua_process import COMMAND_LINE, Code, call_time, check_code
from .results import Result
from .vm_registry import VmRegistry


class VmExecution(VmRegistry):
    """Runs on a VM are one after the other; those of different VMs are at the same time."""

    def execute_vm_sync(
        self,
        vm_id: str,
        code: Optional[Code] = None,
        timeout: Optional[float] = None,
        *,
        lua_code: Optional[Code] = None,
    ) -> Result:
        """As ``LuaProcess.execute_string`` of that VM; the keyword of the code has two names. Raises
        ``SessionNotFoundError``, a ``ValueError`` too."""
        return self._vm(vm_id).execute_string(_given(code, lua_code), timeout)

    def execute_vm_async(
        self,
        vm_id: str,
        code: Optional[Code] = None,
        timeout: Optional[float] = None,
        *,
        lua_code: Optional[Code] = None,
    ) -> "Future[Result]":
        """As ``execute_vm_sync`` without waiting: its result, or what it raises, is in the future.

        Raises ``SessionNotFoundError``, and ``ValueError`` for code that is empty, at once.
        """
        vm = self._vm(vm_id)
        source = _given(code, lua_code)
        check_code(source)
        future = vm.machine.begin(source, COMMAND_LINE, call_time(timeout))
        self.futures[vm_id] = future
        return future

    async def execute(self, vm_id: str, lua_code: Code, timeout: Optional[float] = None) -> Result:
        """As ``execute_vm_sync`` for ``asyncio``. Cancelling stops the code, and the VM has the state it had
        before."""
        return await self._vm(vm_id).execute(lua_code, timeout)

    def wait_for_vm(self, vm_id: str, timeout: Optional[float] = None) -> Result:
        """The result of the newest ``execute_vm_async`` of a VM. Raises what it raised,
        ``concurrent.futures.TimeoutError`` after ``timeout`` seconds, ``ValueError`` when there is none."""
        future = self.futures.get(vm_id)
        if future is None:
            raise ValueError(f"No running operation for VM '{vm_id}'; expected `execute_vm_async` before")
        return future.result(timeout)

    def cancel_vm(self, vm_id: str) -> bool:
        """Takes back the newest ``execute_vm_async`` of a VM, or stops it when it runs; whether there was
        something to stop.

        One that ran raises ``VMInterruptedError`` in its future.
        """
        future = self.futures.get(vm_id)
        if future is None or future.done():
            return False
        if not future.cancel():
            vm = self.vms.get(vm_id)
            if vm is None:
                return False
            vm.interrupt()
        return True

    def get_vm_status(self, vm_id: str) -> Optional[str]:
        """``running``, ``done`` or ``cancelled``: the newest ``execute_vm_async`` of a VM; ``None`` when
        there was none."""
        future = self.futures.get(vm_id)
        if future is None:
            return None
        if future.cancelled():
            return "cancelled"
        return "done" if future.done() else "running"


def _given(code: Optional[Code], lua_code: Optional[Code]) -> Code:
    """The code, by whichever name it came."""
    given = [each for each in (code, lua_code) if each is not None]
    if len(given) != 1:
        raise TypeError("expected Lua code, once: as `code` or as `lua_code`")
    return given[0]
