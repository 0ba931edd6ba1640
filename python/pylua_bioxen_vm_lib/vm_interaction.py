"""The interactive methods of a VM."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from .exceptions import LuaProcessError
from .interactive_session import READ_TIME, InteractiveSession

if TYPE_CHECKING:
    from .logger import VMLogger
    from .machine import Machine


class VmInteraction:
    """Input is sent to the VM as to a prompt and output is read, on the state that ``execute_*`` have too."""

    machine: "Machine"
    logger: "VMLogger"
    name: str
    debug_mode: bool
    _interactive: Optional[InteractiveSession] = None

    def start_interactive_session(self) -> None:
        """Begins. Raises ``InteractiveSessionError`` when it was begun already."""
        session = self._interactive
        if session is None or not session.is_running():
            session = InteractiveSession(self.name, self, debug_mode=self.debug_mode)  # type: ignore[arg-type]
        session.start()
        session.attach()
        self._interactive = session

    def stop_interactive_session(self) -> None:
        """Ends what runs and drops input that waits; the VM and its state stay. Does nothing when it was not
        begun."""
        session, self._interactive = self._interactive, None
        if session is None:
            return
        if session.is_running():
            session.interrupt()
        session.close()
        self.machine.leave_session()

    def start(self) -> None:
        """As ``start_interactive_session``."""
        self.start_interactive_session()

    def stop(self) -> None:
        """As ``stop_interactive_session``."""
        self.stop_interactive_session()

    def send_input(self, input: str) -> None:
        """Sends Lua code, line by line. Raises ``LuaProcessError`` before ``start_interactive_session``."""
        self._begun().send_input(input)

    def read_output(self, timeout: float = READ_TIME) -> str:
        """What was written and not read yet, when all input has run or after ``timeout`` seconds; ``""`` for
        nothing.

        Raises ``LuaProcessError`` before ``start_interactive_session``.
        """
        return self._begun().read_output(timeout)

    def is_interactive_running(self) -> bool:
        """Whether an interactive session was begun and has not ended."""
        return self._interactive is not None and self._interactive.is_running()

    def load_package(self, package_name: str) -> None:
        """``require``\\ s a module, or the modules of a package, and makes it a global of its name. A VM
        without an environment gets the one named ``default``, if it is there. Raises ``NameNotFoundError``
        when there is no such module, ``LuaProcessError`` when its code fails."""
        if self.machine.environment is None:
            from .env import default_environment

            environment = default_environment()
            if environment is not None:
                self.machine.set_environment(environment)
        self.machine.session().load_package(package_name)

    def set_environment(self, env_name: Any) -> None:
        """Gives the VM the packages, folders and variables of an environment, by its name; the Lua state
        stays. Raises ``PackageError``."""
        self.machine.set_environment(env_name)

    def end_session(self) -> None:
        """Ends the session that the VM is: a VM of its own goes on without it, one of a manager ends."""
        if not self.machine.leave_session():
            self.machine.end()

    def _begun(self) -> InteractiveSession:
        if self._interactive is None:
            raise LuaProcessError(
                "Interactive session not running: expected `start_interactive_session` before"
            )
        return self._interactive

    def _end_interaction(self) -> None:
        session, self._interactive = self._interactive, None
        if session is not None:
            session.close()
