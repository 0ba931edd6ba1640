"""``InteractiveSession``: input is sent to a VM as to a prompt, and what it writes is read."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, List, Optional, Sequence, TextIO, Type, Union

from . import _native
from .exceptions import AttachError, DetachError, InteractiveSessionError, LuaVMError, SessionStateError
from .interactive_loop import InteractiveLoop
from .logger import VMLogger
from .output_listener import OutputListener
from .results import Result

if TYPE_CHECKING:
    from .lua_process import LuaProcess

#: How long ``read_output`` waits for a session that runs, in seconds, unless it is told.
READ_TIME = 0.1

#: How long ``execute_and_wait`` waits, in seconds, unless it is told.
COMMAND_TIME = 5.0


class InteractiveSession:
    """The interactive side of a VM, on the same Lua state as its ``execute_*`` methods.

    Output is what Lua writes and what a prompt prints: values of expressions, messages of errors. There is no
    echo of the input, no prompt, no control code in it. The session keeps the last 256 KiB that were not
    read.
    """

    def __init__(
        self,
        session_id: str,
        vm_instance: "LuaProcess",
        lua_executable: str = "lua",
        debug_mode: bool = False,
    ) -> None:
        """A session of ``vm_instance``, to be started. ``lua_executable`` is not used: Lua is inside the
        package."""
        self.session_id = session_id
        self.vm_instance = vm_instance
        self.lua_executable = lua_executable
        self.debug_mode = debug_mode
        self.logger = VMLogger(debug_mode=debug_mode, component="InteractiveSession")
        #: When it was last used, in seconds since 1970.
        self.last_activity = time.time()
        self._session: Optional[_native.Session] = None
        self._attached = False
        self._listener: Optional[OutputListener] = None
        self._unread = ""
        self._before = ""
        self._when_ended: List[Callable[[str], None]] = []

    def start(self) -> None:
        """Begins. Raises ``InteractiveSessionError`` when it runs already, or its VM cannot."""
        if self.is_running():
            raise InteractiveSessionError("Session already running")
        try:
            self._session = self.vm_instance.machine.session()
        except LuaVMError as error:
            raise InteractiveSessionError(f"Failed to start session: {error}") from error
        self._touch("started")

    def attach(self, output_callback: Optional[Callable[[str], object]] = None) -> None:
        """Attaches. ``output_callback`` is called with output as it comes, on a thread that ``detach`` joins;
        attaching again with another one replaces it. Raises ``InteractiveSessionError`` before ``start``,
        ``AttachError`` when its VM has ended, ``TypeError`` for what cannot be called."""
        if output_callback is not None and not callable(output_callback):
            raise TypeError(
                f"`output_callback` is of type {type(output_callback).__name__}: expected a callable or None"
            )
        session = self._running()
        if session.state == "terminated":
            raise AttachError(f"session `{self.session_id}` was terminated: make another one")
        if output_callback is not None:
            self._stop_listening()
            self._listener = OutputListener(session, output_callback, self.logger)
            self._listener.listen()
        self._attached = True
        self._touch("attached")

    def detach(self) -> None:
        """Detaches; the session goes on, and keeps what it writes. Raises ``DetachError`` when it is not
        attached."""
        if not self._attached:
            raise DetachError(
                f"session `{self.session_id}` is not attached: expected `attach` before `detach`"
            )
        self._attached = False
        self._stop_listening()
        self._touch("detached")

    def is_attached(self) -> bool:
        """Whether it is attached."""
        return self._attached

    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._session is not None and self._session.state not in ("ended", "terminated", "damaged")

    @property
    def state(self) -> str:
        """idle, unfinished (a statement is only begun), running, awaiting_input (``io.read``), ended,
        terminated or stopped."""
        return "stopped" if self._session is None else self._session.state

    @property
    def exit_status(self) -> Optional[int]:
        """What ``os.exit`` was called with, if it was."""
        return None if self._session is None else self._session.exit_status

    def send_input(self, input: str) -> None:
        """Sends Lua code, read line by line as a prompt reads it: each line is a chunk of its own unless the
        statement goes on. A missing newline at the end is added. Does not wait until it has run.

        Raises ``InteractiveSessionError`` before ``start``, after the end, and when more waits than the
        session takes.
        """
        if not isinstance(input, str):
            raise TypeError(f"input is of type {type(input).__name__}: expected text")
        self._running().send(input)
        self._touch("was sent input")
        if self._listener is not None:
            self._listener.listen()

    def send_command(self, command: Union[str, Sequence[str]]) -> None:
        """Sends one command, or several, as ``send_input``."""
        commands = [command] if isinstance(command, str) else list(command)
        self.send_input("\n".join(commands))

    def read_output(self, timeout: float = READ_TIME) -> str:
        """What was written and not read yet; ``""`` when there is nothing. Waits until all input has run, or
        for ``timeout`` seconds.

        Raises ``InteractiveSessionError`` before ``start``.
        """
        session = self._running()
        if self._listener is not None:
            text = self._listener.read(timeout)
        else:
            text, lost = session.read(timeout)
            if lost:
                self.logger.warning(
                    f"{lost} bytes of output of `{self.session_id}` were lost: read more often"
                )
        kept, self._unread = self._unread, ""
        return kept + text

    def execute_and_wait(self, command: str, timeout: float = COMMAND_TIME) -> str:
        """Sends, waits until it has run or for ``timeout`` seconds, and gives what was written."""
        self.begin_command(command)
        return self.end_command(timeout)

    def begin_command(self, command: str) -> None:
        """Sends, and keeps apart what was written before: the first half of ``execute_and_wait``."""
        self._before += self.read_output(0.0)
        self.send_input(command)

    def end_command(self, timeout: float = COMMAND_TIME) -> str:
        """Waits until all input has run or for ``timeout`` seconds, and gives what was written: the second
        half of ``execute_and_wait``."""
        text = self.read_output(timeout)
        # What came before belongs to whoever reads next.
        self._unread, self._before = self._before + self._unread, ""
        return text

    async def execute(self, lua_code: str, timeout: Optional[float] = None) -> Result:
        """Runs a chunk on the session's state and gives its result, for ``asyncio``; what it prints is in the
        result, not in the output of the session. Cancelling stops it."""
        return await self.vm_instance.execute(lua_code, timeout)

    async def read_output_async(self, timeout: float = READ_TIME) -> str:
        """``read_output`` for ``asyncio``."""
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(None, self.read_output, timeout)

    def interactive_loop(
        self, *, input: Optional[Callable[[str], str]] = None, output: Optional[TextIO] = None
    ) -> None:
        """A prompt on this session until a line ``exit`` or Ctrl-D; Ctrl-C stops the statement that runs. The
        session goes on behind it.

        ``input`` is called with the prompt and gives a line, or raises ``EOFError``; ``output`` is written
        to. Defaults: the terminal.
        """
        InteractiveLoop(self._running(), input, output).run()

    def load_package(self, package_name: str) -> None:
        """``require``\\ s a module, or the modules of a package, and makes it a global of its name. A session
        without an environment gets the one named ``default``. Raises ``NameNotFoundError`` when there is no
        such module, ``LuaProcessError`` when its code fails."""
        self.start_if_needed()
        self.vm_instance.load_package(package_name)
        self._touch(f"loaded `{package_name}`")

    def set_environment(self, env_name: Any) -> None:
        """Gives the session the packages, folders and variables of an environment, by its name; the Lua state
        stays.

        Raises ``PackageError`` when there is no such environment.
        """
        self.start_if_needed()
        self.vm_instance.set_environment(env_name)
        self._touch("has another environment")

    def interrupt(self) -> None:
        """Stops what runs and drops input that waits. The state is as before the line that was stopped."""
        self._running().interrupt()

    def terminate(self) -> None:
        """Ends the session and frees its name; idempotent. A persistent one is gone from disk."""
        self._let_go()
        session, self._session = self._session, None
        if session is None:
            return
        self.vm_instance.end_session()
        for ended in self._when_ended:
            ended(self.session_id)
        self.logger.debug(f"session `{self.session_id}` was terminated")

    def start_if_needed(self) -> None:
        """Begins, if that was not done yet."""
        if self._session is None:
            self.start()

    def when_ended(self, action: Callable[[str], None]) -> None:
        """Has ``action`` called with the name of the session when it is terminated."""
        self._when_ended.append(action)

    def close(self) -> None:
        """Joins the thread of a callback; the VM stays. For whoever ends many sessions at once."""
        self._let_go()

    def __enter__(self) -> "InteractiveSession":
        self.start_if_needed()
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.terminate()

    def __repr__(self) -> str:
        what = f"session_id={self.session_id!r}, state={self.state!r}, attached={self._attached}"
        return f"InteractiveSession({what})"

    def _running(self) -> _native.Session:
        if self._session is None:
            raise SessionStateError("Session not running: expected `start` before")
        return self._session

    def _let_go(self) -> None:
        self._attached = False
        self._stop_listening()

    def _stop_listening(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            self._unread += listener.close()

    def _touch(self, what: str) -> None:
        self.last_activity = time.time()
        self.logger.debug(f"session `{self.session_id}` {what}")
