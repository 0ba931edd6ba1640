"""The old way: the `lua` of the machine, a process for each call, and a prompt on a terminal for each session."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import time
from typing import Optional

#: What the old library slept after each input, and waited for more before it gave output: its least for a round trip.
WAITS = (0.15, 0.1)

_PROMPT = b"> "


def executable() -> Optional[str]:
    """Lua 5.4 of the machine."""
    return shutil.which("lua5.4") or shutil.which("lua")


def run(lua: str, code: str) -> str:
    """Runs code in a process of its own, and gives what it printed."""
    done = subprocess.run([lua, "-e", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


class Prompt:
    """`lua -i` on a terminal of its own."""

    def __init__(self, lua: str) -> None:
        self._terminal, child = pty.openpty()
        self._process = subprocess.Popen(
            [lua, "-i"], stdin=child, stdout=child, stderr=child, start_new_session=True, env={"TERM": "dumb"}
        )
        os.close(child)
        self.until_prompt()

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, line: str) -> None:
        os.write(self._terminal, line.encode() + b"\n")

    def until_prompt(self) -> str:
        """Reads until Lua asks for the next line: what a client that does not sleep could do at best."""
        text = b""
        while not text.endswith(_PROMPT):
            text += os.read(self._terminal, 65536)
        return text.decode()

    def after_waits(self) -> str:
        """Sleeps and then reads until nothing comes for a while, as the old library did."""
        sleep, more = WAITS
        time.sleep(sleep)
        text = b""
        while select.select([self._terminal], [], [], more)[0]:
            text += os.read(self._terminal, 65536)
        return text.decode()

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)
