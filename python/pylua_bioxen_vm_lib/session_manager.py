"""``SessionManager``: interactive sessions by name."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Dict, Optional, TypedDict

from .exceptions import SessionAlreadyExistsError
from .interactive_session import InteractiveSession
from .logger import VMLogger

if TYPE_CHECKING:
    from .lua_process import LuaProcess


class SessionDetails(TypedDict):
    """What is known of a session."""

    attached: bool  #: whether it is attached
    running: bool  #: whether it has not ended
    last_activity: float  #: when it was last used, in seconds since 1970


class SessionManager:
    """Makes, finds and ends interactive sessions."""

    def __init__(self, debug_mode: bool = False) -> None:
        self.debug_mode = debug_mode
        self.logger = VMLogger(debug_mode=debug_mode, component="SessionManager")
        self.sessions: Dict[str, InteractiveSession] = {}
        self._lock = threading.RLock()  # a signal may come while it is held

    def create_session(self, session_id: str, vm_instance: "LuaProcess") -> InteractiveSession:
        """Begins a session of a VM. Raises ``SessionAlreadyExistsError`` for a name that is in use."""
        session = InteractiveSession(session_id, vm_instance, debug_mode=self.debug_mode)
        with self._lock:
            if session_id in self.sessions:
                raise SessionAlreadyExistsError(f"Session '{session_id}' already exists")
            self.sessions[session_id] = session
        try:
            session.start()
        except BaseException:
            self.remove_session(session_id)
            raise
        session.when_ended(self.remove_session)
        return session

    def get_session(self, session_id: str) -> Optional[InteractiveSession]:
        """The session of that name, if there is one."""
        return self.sessions.get(session_id)

    def remove_session(self, session_id: str) -> None:
        """Forgets a session without ending it; one that is not there is no error."""
        with self._lock:
            self.sessions.pop(session_id, None)

    def terminate_session(self, vm_id: str) -> None:
        """Ends a session and frees its name; one that is not there is no error."""
        session = self.sessions.get(vm_id)
        if session is not None:
            session.terminate()

    def cleanup_all(self) -> None:
        """Ends all sessions."""
        for session_id in list(self.sessions):
            self.terminate_session(session_id)

    def list_sessions(self) -> Dict[str, SessionDetails]:
        """What is known of each session, by name."""
        return {
            name: SessionDetails(
                attached=session.is_attached(),
                running=session.is_running(),
                last_activity=session.last_activity,
            )
            for name, session in list(self.sessions.items())
        }

    def __repr__(self) -> str:
        return f"SessionManager(sessions={len(self.sessions)})"
