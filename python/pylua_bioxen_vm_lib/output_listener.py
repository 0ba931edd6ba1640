"""The callback of an attachment: it is given the output of a session as it comes."""

from __future__ import annotations

import os
import threading
from typing import Callable, List, Optional

from . import _native
from .exceptions import LuaVMError
from .logger import VMLogger

#: How long the thread waits at once, in seconds: so late it notices that it is to end.
_TURN = 0.05

#: How long the end of an attachment waits for a callback that runs, in seconds.
_PATIENCE = 1.0

#: As much output is kept for ``read_output`` as a session itself keeps, in characters.
_KEPT = 256 * 1024


class OutputListener:
    """Reads a session for a callback. It has a thread only while there is something to come, and ``close``
    joins it."""

    def __init__(self, session: _native.Session, callback: Callable[[str], object], logger: VMLogger) -> None:
        self._session = session
        self._callback = callback
        self._logger = logger
        self._lock = threading.Lock()
        self._thread: Optional[threading.Thread] = None
        self._closing = False
        self._quiet = threading.Event()
        self._quiet.set()
        self._kept: List[str] = []
        self._process = os.getpid()

    def listen(self) -> None:
        """Something was sent, or may be there to read: from now on the callback gets what comes."""
        with self._lock:
            if self._closing or self._thread is not None:
                return
            self._quiet.clear()
            self._thread = threading.Thread(target=self._work, name=f"output of {self._session.id}")
            self._thread.start()

    def read(self, timeout: float) -> str:
        """What the callback was given and nobody read yet, when nothing is to come any more or after
        ``timeout`` seconds."""
        if self._is_forked():
            return ""
        if threading.current_thread() is not self._thread:
            # Longer than a lock can wait is as long as it takes; what is no number of seconds fails here.
            self._quiet.wait(max(0.0, min(timeout, threading.TIMEOUT_MAX)))
        with self._lock:
            text, self._kept = "".join(self._kept), []
        return text

    def close(self) -> str:
        """Ends it, and gives what nobody read yet. From the callback itself the thread ends when that
        returns."""
        if self._is_forked():
            return ""
        with self._lock:
            self._closing, thread = True, self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join(_PATIENCE)
            if thread.is_alive():
                self._logger.warning(f"the output callback of `{self._session.id}` has not returned")
        return self.read(0)

    def _is_forked(self) -> bool:
        # In a fork the lock may be held for ever, by the thread, which is not there.
        return os.getpid() != self._process

    def _work(self) -> None:
        try:
            while self._step():
                pass
        except LuaVMError as error:
            # The session is gone, and whoever uses it is told so; a callback has nobody to tell.
            self._logger.debug(f"the output of `{self._session.id}` ends: {error}")
            self._finish()

    def _step(self) -> bool:
        self._session.wait(_TURN)
        if self._closing:
            return not self._over()  # what comes now is for whoever reads next
        text, lost = self._session.read()
        if text:
            self._give(text, lost)
            return True
        return not self._over()

    def _over(self) -> bool:
        # Decided under the lock: who sends does so before it calls `listen`, so one of the two sees the other.
        with self._lock:
            stopping = self._closing or not threading.main_thread().is_alive()
            if not stopping and (self._session.state == "running" or self._session.usage["unread"]):
                return False
            self._thread = None
        self._quiet.set()
        return True

    def _finish(self) -> None:
        with self._lock:
            self._thread = None
        self._quiet.set()

    def _give(self, text: str, lost: int) -> None:
        if lost:
            self._logger.warning(
                f"{lost} bytes of output of `{self._session.id}` were lost: it came faster than it was read"
            )
        with self._lock:
            self._kept.append(text)
            while len(self._kept) > 1 and sum(map(len, self._kept)) > _KEPT:
                del self._kept[0]
        try:
            self._callback(text)
        except Exception as error:
            self._logger.error(f"the output callback of `{self._session.id}` failed: {error!r}")
