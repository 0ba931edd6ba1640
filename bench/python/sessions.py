"""A session: a line goes in, what it prints comes out."""

from __future__ import annotations

from typing import List

from lupa import lua54
from measure import in_turn
from process import Prompt
from pylua_bioxen_vm_lib import VMManager
from report import Row, Target

#: Asked for, in seconds.
_ROUND_TRIP = 1e-3


def rows(lua: str, rounds: int) -> List[Row]:
    prompt = Prompt(lua)
    with VMManager(max_workers=2) as manager:
        manager.create_interactive_vm("bench")
        try:
            return [_waiting(prompt, manager), _prompt(prompt, manager, rounds)]
        finally:
            prompt.close()


def _waiting(prompt: Prompt, manager: VMManager) -> Row:
    """With the sleeps of the old library, a few times: each takes a quarter of a second."""

    def old(turns: int) -> None:
        for _ in range(turns):
            prompt.send("print(6 * 7)")
            assert "42" in prompt.after_waits()

    samples = in_turn(5, {"process": old, "ours": _ours(manager)})
    ratios = (("process over ours", samples.ratio("process", "ours")),)
    return Row("session, there and back, as it waited", samples.of("process"), None, samples.of("ours"), ratios)


def _prompt(prompt: Prompt, manager: VMManager, rounds: int) -> Row:
    """Beside a client that reads the terminal until the prompt is there, and a Lua in this process."""
    runtime = lua54.LuaRuntime()
    collected: List[int] = []
    runtime.globals().print = collected.append

    def old(turns: int) -> None:
        for _ in range(turns):
            prompt.send("print(6 * 7)")
            assert "42" in prompt.until_prompt()

    def in_process(turns: int) -> None:
        for _ in range(turns):
            runtime.execute("print(6 * 7)")
            assert collected.pop() == 42

    samples = in_turn(rounds, {"process": old, "lupa": in_process, "ours": _ours(manager)})
    took = samples.of("ours")
    return Row(
        "session, there and back, no waits",
        samples.of("process"),
        samples.of("lupa"),
        took,
        (("process over ours", samples.ratio("process", "ours")),),
        (Target("ours", took.median, _ROUND_TRIP, "s"),),
    )


def _ours(manager: VMManager):  # type: ignore[no-untyped-def]
    def run(turns: int) -> None:
        for _ in range(turns):
            manager.send_input("bench", "print(6 * 7)")
            assert manager.read_output("bench", timeout=5) == "42\n"

    return run
