"""The Lua state behind a VM: alone on the caller's thread, or a session of a manager. The one becomes the
other when asked."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Callable, Optional, Sequence, TypeVar, Union

from . import _native
from .exceptions import VMStateError
from .results import Result
from .settings import Settings, config_of

if TYPE_CHECKING:
    import asyncio

#: How often a cancelled run is told again to end, in seconds: it may not have begun.
_AGAIN = 0.01

#: The name of the one session of a VM that has a manager for itself.
_ALONE = "vm"

#: States of a session behind which there is no Lua state to take along.
_GONE = ("ended", "terminated", "damaged")

Source = Union[str, bytes]
Answer = TypeVar("Answer")


class Machine:
    """A Lua state with what it was given. It belongs to one VM object, whose methods call these."""

    def __init__(
        self,
        settings: Settings,
        *,
        functions: Optional[_native.Functions] = None,
        native: Union[_native.Vm, _native.Session, None] = None,
        manager: Optional[_native.Manager] = None,
        private: bool = False,
    ) -> None:
        """A new VM, or one over ``native``, which was made with ``functions``: a session of ``manager``,
        which nobody else uses if it is ``private``."""
        self.settings = settings
        self.functions = functions if functions is not None else _native.Functions()
        self.environment: Any = settings.get("environment")
        # Kept, so that a VM outlives the object that it was made with: a manager ends with its last user.
        self._manager = manager
        self._private = manager if private else None
        self._becoming = threading.RLock()  # a signal may come while it is held
        self._native: Union[_native.Vm, _native.Session] = native if native is not None else self._begin()

    @property
    def native(self) -> Union[_native.Vm, _native.Session]:
        """What runs Lua at the moment."""
        return self._native

    @property
    def is_closed(self) -> bool:
        """Whether it is closed for good."""
        native = self._native
        return native.is_closed if isinstance(native, _native.Vm) else native.state == "terminated"

    def config(self) -> _native.VmConfig:
        """The configuration that it has now."""
        return config_of(self.settings, self.functions, self.environment)

    def exec(self, source: Source, name: str, arguments: Sequence[Any], timeout: Optional[float]) -> Result:
        """Runs a chunk."""
        return self.revived(lambda: self._native.exec(source, name, arguments=arguments, timeout=timeout))

    def call(self, name: str, arguments: Sequence[Any]) -> Result:
        """Calls a Lua function by its name."""
        return self.revived(lambda: self._native.call(name, arguments))

    def begin(self, source: Source, name: str, timeout: Optional[float]) -> "Future[Result]":
        """Runs a chunk behind what waits already; a VM of its own becomes a session."""
        return self.revived(lambda: self.session().exec_future(source, name, timeout=timeout))

    def revived(self, action: Callable[[], Answer]) -> Answer:
        """Does it, on a fresh Lua state where an earlier run has ended with ``os.exit``."""
        try:
            return action()
        except VMStateError as error:
            if error.kind != "Ended":
                raise
        self.begin_anew()
        return action()

    def begin_anew(self) -> None:
        """A fresh Lua state for a session that ``os.exit`` has ended, which goes on then."""
        native = self._native
        if isinstance(native, _native.Session) and native.state == "ended":
            fresh = _native.Vm(self.config())
            native.restore(fresh.snapshot())
            fresh.close()
        native.reset()

    async def execute(self, source: Source, name: str, timeout: Optional[float]) -> Result:
        """Runs a chunk for ``asyncio``. Cancelling stops it, and waits until it has stopped."""
        import asyncio  # here, because most programs do without, and it takes as long as all the rest

        # As a session it has a queue: what waits there can be taken back, and an interrupt stops what is ours.
        future = self.begin(source, name, timeout)
        waiting = asyncio.wrap_future(future)
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            waiting.add_done_callback(_seen)
            while not future.cancel() and not future.done():
                self._native.interrupt()
                await asyncio.wait([waiting], timeout=_AGAIN)
            raise

    def session(self) -> _native.Session:
        """The session that this is; a VM of its own becomes one, with its state."""
        with self._becoming:
            if isinstance(self._native, _native.Session):
                return self._native
            private = _native.Manager(workers=1)
            session = private.create(_ALONE, self.config(), snapshot=self._state())
            self._native.close()
            self._private, self._native = private, session
            return session

    def leave_session(self) -> bool:
        """Makes what became a session a VM of its own again, with its state; False for a session of a shared
        manager, or on disk."""
        with self._becoming:
            native, private = self._native, self._private
            if private is None or not isinstance(native, _native.Session) or native.persistent:
                return isinstance(native, _native.Vm)
            if native.state not in _GONE:
                native.interrupt()
            self._native = _native.Vm(self.config(), snapshot=self._state())
            self._private = None
        private.shutdown()
        return True

    def fork(self) -> "Machine":
        """A VM of its own with a copy of the state."""
        native = self._native
        copy = (
            native.fork() if isinstance(native, _native.Vm) else _native.Vm(self.config(), native.snapshot())
        )
        machine = Machine(self.settings, functions=self.functions, native=copy)
        machine.environment = self.environment
        return machine

    def fork_session(self, name: str) -> "Machine":
        """A session of the same manager with a copy of the state."""
        session = self.session().fork(name)
        machine = Machine(self.settings, functions=self.functions, native=session, manager=self._manager)
        machine.environment = self.environment
        return machine

    def set_environment(self, environment: Any) -> None:
        """Gives it an environment's packages, folders and variables; the Lua state stays."""
        self.session().set_environment(config_of(self.settings, self.functions, environment))
        self.environment = environment

    def reset(self) -> None:
        """A fresh Lua state."""
        self._native.reset()

    def close(self) -> None:
        """Stops what runs and frees everything; idempotent. A persistent one stays on disk."""
        self._native.close()
        if self._private is not None:
            self._private.shutdown()

    def end(self) -> None:
        """As ``close``, and a persistent one is gone from disk; idempotent."""
        native = self._native
        if isinstance(native, _native.Session) and native.state != "terminated":
            native.terminate()
        self.close()

    def _begin(self) -> _native.Vm:
        vm = _native.Vm(self.config())
        # Registered before the snapshot is restored, which may name them.
        for name, function in (self.settings.get("functions") or {}).items():
            vm.register(name, function)
        snapshot = self.settings.get("snapshot")
        if snapshot is not None:
            vm.restore(snapshot)
        return vm

    def _state(self) -> Optional[bytes]:
        """A snapshot, or nothing behind ``os.exit``: then there is none, and what comes next is fresh."""
        try:
            return self._native.snapshot()
        except VMStateError as error:
            if error.kind != "Ended":
                raise
            return None


def _seen(future: "asyncio.Future[Any]") -> None:
    # What a cancelled run ended with is nobody's any more; asyncio would complain that nobody looked.
    if not future.cancelled():
        future.exception()
