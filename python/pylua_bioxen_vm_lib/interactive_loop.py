"""A prompt on a session, for people."""

from __future__ import annotations

import builtins
import sys
from typing import Callable, Optional, TextIO

from . import _native

#: Before a statement, before its further lines, and before a line that ``io.read`` asked for.
_PROMPTS = {"idle": "> ", "unfinished": ">> ", "awaiting_input": ""}

#: The line that leaves.
_LEAVE = "exit"

#: How long to wait for output at once, in seconds; what is written is shown as it comes.
_TURN = 1.0


class InteractiveLoop:
    """Reads lines, sends them, shows what comes, until the end of the input or a line ``exit``."""

    def __init__(
        self,
        session: _native.Session,
        input: Optional[Callable[[str], str]] = None,
        output: Optional[TextIO] = None,
    ) -> None:
        """``input`` is called with the prompt and gives a line or raises ``EOFError``; default the
        terminal's, with its line editing."""
        self._session = session
        self._input = input if input is not None else builtins.input
        self._output = output if output is not None else sys.stdout

    def run(self) -> None:
        """Runs until it is left. Ctrl-C stops the statement that runs, or drops the one that is being
        typed."""
        self._show()
        while self._session.state in _PROMPTS:
            try:
                if not self._step():
                    return
                self._settle()
            except KeyboardInterrupt:
                self._session.interrupt()
                self._output.write("\n")
                self._settle()

    def _step(self) -> bool:
        state = self._session.state
        try:
            line = self._input(_PROMPTS.get(state, "> "))
        except EOFError:
            if state != "awaiting_input":
                return False
            self._session.end_input()
            return True
        if state == "idle" and line.strip() == _LEAVE:
            return False
        self._session.send(line)
        return True

    def _settle(self) -> None:
        """Shows what comes until the session waits for input."""
        while True:
            self._session.wait(_TURN)
            if not self._show() and self._session.state != "running":
                return

    def _show(self) -> bool:
        text, lost = self._session.read()
        if lost:
            self._output.write(f"[{lost} bytes were lost]\n")
        self._output.write(text)
        self._output.flush()
        return bool(text)
