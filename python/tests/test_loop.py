"""The prompt for people."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from typing import Any, Callable, List, Tuple

import pytest
from conftest import PATIENCE
from pylua_bioxen_vm_lib import InteractiveSession, create_interactive_session


def talk(session: InteractiveSession, *lines: Any) -> Tuple[List[str], str]:
    """Types lines, then Ctrl-D; an exception stands for a key. Gives the prompts and what was shown."""
    prompts: List[str] = []
    typed = iter(lines)

    def read(prompt: str) -> str:
        prompts.append(prompt)
        line = next(typed, EOFError())
        if isinstance(line, BaseException):
            raise line
        return str(line)

    shown = io.StringIO()
    session.interactive_loop(input=read, output=shown)
    return prompts, shown.getvalue()


@pytest.fixture
def session() -> Any:
    with create_interactive_session("lab") as session:
        yield session


def test_values_are_shown_until_the_end_of_input(session: InteractiveSession) -> None:
    assert talk(session, "x = 6", "x * 7") == (["> ", "> ", "> "], "42\n")


def test_exit_leaves_and_the_session_goes_on(session: InteractiveSession) -> None:
    assert talk(session, "x = 6", " exit ", "x = 7") == (["> ", "> "], "")
    assert talk(session, "x") == (["> ", "> "], "6\n")


def test_a_statement_that_goes_on_has_another_prompt(session: InteractiveSession) -> None:
    prompts, shown = talk(session, "for i = 1, 2 do", "print(i)", "end")
    assert (prompts, shown) == (["> ", ">> ", ">> ", "> "], "1\n2\n")


def test_exit_inside_a_statement_is_part_of_it(session: InteractiveSession) -> None:
    prompts, shown = talk(session, "exit = 3 print(", "exit", ")")
    assert (prompts, shown) == (["> ", ">> ", ">> ", "> "], "3\n")


def test_a_script_reads_what_is_typed(session: InteractiveSession) -> None:
    prompts, shown = talk(session, "print('got', io.read())", "GATTACA", "1")
    assert (prompts, shown) == (["> ", "", "> ", "> "], "got\tGATTACA\n1\n")


def test_the_end_of_input_is_the_end_of_what_a_script_reads(session: InteractiveSession) -> None:
    prompts, shown = talk(session, "print('got', io.read())", EOFError(), "1")
    assert (prompts, shown) == (["> ", "", "> ", "> "], "got\tnil\n1\n")


def test_ctrl_c_drops_what_is_being_typed(session: InteractiveSession) -> None:
    prompts, shown = talk(session, "for i = 1, 2 do", KeyboardInterrupt(), "7")
    assert (prompts, shown) == (["> ", ">> ", "> ", "> "], "\n7\n")


def test_an_error_is_shown_and_the_loop_goes_on(session: InteractiveSession) -> None:
    _, shown = talk(session, "error('boom')", "8")
    assert "boom" in shown and shown.endswith("8\n")


def test_os_exit_ends_the_loop(session: InteractiveSession) -> None:
    assert talk(session, "print('bye') os.exit(3)", "1") == (["> "], "bye\n")
    assert session.exit_status == 3


LOOP = """
from pylua_bioxen_vm_lib import create_interactive_session
create_interactive_session("lab").interactive_loop()
print("left")
"""


@pytest.fixture
def terminal() -> Any:
    """The loop in a process of its own, at a terminal."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", LOOP],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_take_terminal,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "dumb"},
    )
    os.close(theirs)
    yield ours, child
    child.kill()
    child.wait()
    os.close(ours)


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def wait_for(terminal: int, seen: Callable[[str], bool]) -> str:
    text = ""
    while not seen(text):
        text += os.read(terminal, 4096).decode()
    return text


def test_ctrl_c_at_a_terminal_stops_the_statement(terminal: Any) -> None:
    ours, child = terminal
    wait_for(ours, lambda text: text.endswith("> "))
    os.write(ours, b"x = 5\nprint('spinning') while true do end\n")
    wait_for(ours, lambda text: "\nspinning\r\n" in text.replace("\r\n", "\r\n"))
    os.write(ours, b"\x03")
    wait_for(ours, lambda text: text.endswith("> "))
    os.write(ours, b"x\n")
    wait_for(ours, lambda text: "5\r\n> " in text)
    os.write(ours, b"\x04")
    wait_for(ours, lambda text: "left" in text)
    assert child.wait(PATIENCE) == 0
