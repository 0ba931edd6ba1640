"""The interactive sessions of a manager's VMs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, List, Mapping, Optional

from .exceptions import LuaVMError, NameNotFoundError, SessionNotFoundError
from .interactive_session import COMMAND_TIME, READ_TIME, InteractiveSession
from .lua_process import LuaProcess
from .persistence import open_stored
from .session_info import SessionInfo
from .settings import state_exists
from .vm_registry import VmRegistry

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .settings import Settings


class VmSessions(VmRegistry):
    """Each VM may have one interactive session, which works on the VM's own Lua state."""

    def create_interactive_vm(
        self,
        vm_id: str,
        networked: bool = False,
        auto_attach: bool = True,
        *,
        vm_type: str = "basic",
        config: Optional[Mapping[str, Any]] = None,
        persistent: bool = False,
        **settings: "Unpack[Settings]",
    ) -> InteractiveSession:
        """A VM with a session that has begun, and is attached unless ``auto_attach`` is False. Parameters and
        errors as of ``create_vm``."""
        vm = self.create_vm(vm_id, networked, persistent, vm_type=vm_type, config=config, **settings)
        session = self._session_of(vm_id, vm)
        if auto_attach:
            session.attach()
        return session

    def create_interactive_session(self, vm_id: Optional[str] = None, **settings: Any) -> InteractiveSession:
        """As ``create_interactive_vm``, with a name of its own when none is given."""
        return self.create_interactive_vm(vm_id if vm_id is not None else self._free_id(), **settings)

    def attach_to_vm(
        self, vm_id: str, output_callback: Optional[Callable[[str], object]] = None
    ) -> InteractiveSession:
        """The session of a VM, attached; a VM without one gets one. A persistent VM on disk is taken up.

        One that ``os.exit`` has ended begins anew, with a fresh Lua state. ``output_callback`` is called with
        output as it comes. Raises ``SessionNotFoundError`` when there is no such VM.
        """
        vm = self.vms.get(vm_id)
        if vm is None:
            vm = self._taken_up(vm_id)
        session = self._session_of(vm_id, vm)
        if session.state == "ended":
            vm.machine.begin_anew()
        session.attach(output_callback)
        return session

    def attach_to_session(
        self, vm_id: str, output_callback: Optional[Callable[[str], object]] = None
    ) -> InteractiveSession:
        """As ``attach_to_vm``."""
        return self.attach_to_vm(vm_id, output_callback)

    def detach_from_vm(self, vm_id: str) -> None:
        """Detaches from a session, which goes on. A VM without one is no error; ``DetachError`` when it is
        not attached."""
        session = self.session_manager.get_session(vm_id)
        if session is not None:
            session.detach()

    def terminate_vm_session(self, vm_id: str) -> None:
        """Ends a session with its VM and frees the name; one that is not there is no error."""
        if self.session_manager.get_session(vm_id) is not None:
            self.session_manager.terminate_session(vm_id)

    def send_input(self, vm_id: str, input: str) -> None:
        """Sends Lua code to a session and does not wait. Raises ``SessionNotFoundError``, else as
        ``InteractiveSession.send_input``."""
        self._session(vm_id).send_input(input)

    def read_output(self, vm_id: str, timeout: float = READ_TIME) -> str:
        """What a session wrote and nobody read, when all input has run or after ``timeout`` seconds; ``""``
        for nothing.

        Raises ``SessionNotFoundError``.
        """
        return self._session(vm_id).read_output(timeout)

    def execute_interactive_command(self, vm_id: str, command: str, timeout: float = COMMAND_TIME) -> str:
        """Sends, waits until it has run or for ``timeout`` seconds, and gives what was written. Raises
        ``SessionNotFoundError``."""
        return self._session(vm_id).execute_and_wait(command, timeout)

    def list_sessions(self) -> List[SessionInfo]:
        """What is known of each session: see ``SessionInfo``."""
        return [
            SessionInfo(
                vm_id=name,
                attached=session.is_attached(),
                running=session.is_running(),
                last_activity=session.last_activity,
                state=session.state,
                persistent=session.vm_instance.persistent,
            )
            for name, session in list(self.session_manager.sessions.items())
        ]

    def list_interactive_sessions(self) -> Mapping[str, Any]:
        """As ``session_manager.list_sessions``."""
        return self.session_manager.list_sessions()

    def clone_vm_session(self, source_id: str, target_id: str) -> InteractiveSession:
        """A session with a copy of another VM's Lua state, settings and registered functions.

        Raises ``SessionNotFoundError`` for no such VM, ``SessionAlreadyExistsError`` for a name in use.
        """
        source = self._vm(source_id)
        with self._reserved(target_id):
            machine = source.machine.fork_session(target_id)
            vm = self._adopt(
                target_id, type(source), machine, source.lua_executable, source.debug_mode, source.persistent
            )
        session = self._session_of(target_id, vm)
        session.attach()
        return session

    def _session(self, vm_id: str) -> InteractiveSession:
        session = self.session_manager.get_session(vm_id)
        if session is None:
            raise SessionNotFoundError(f"No interactive session for VM '{vm_id}'; `attach_to_vm` begins one")
        return session

    def _session_of(self, vm_id: str, vm: LuaProcess) -> InteractiveSession:
        known = self.session_manager.get_session(vm_id)
        if known is not None:
            return known
        session = self.session_manager.create_session(vm_id, vm)
        session.when_ended(self._forget)
        return session

    def _forget(self, vm_id: str) -> None:
        self.vms.pop(vm_id, None)
        self.futures.pop(vm_id, None)

    def _taken_up(self, vm_id: str) -> LuaProcess:
        """The persistent VM on disk of that name."""
        cause: Optional[LuaVMError] = None
        if isinstance(vm_id, str) and state_exists(self.settings):
            try:
                with self._reserved(vm_id):
                    machine = open_stored(self._durable_manager(self.settings), vm_id, self.settings)
                    return self._adopt(vm_id, LuaProcess, machine, self.lua_executable, self.debug_mode, True)
            except NameNotFoundError:
                pass
            except LuaVMError as error:
                cause = error
        why = f": {cause}" if cause is not None else ""
        raise SessionNotFoundError(f"VM '{vm_id}' not found{why}") from cause

    def _free_id(self) -> str:
        number = 1
        while f"interactive_{number}" in self.vms:
            number += 1
        return f"interactive_{number}"
