"""One VM: making it, running small chunks, calling a function."""

from __future__ import annotations

import subprocess
from typing import Any, Callable, List

import process
from measure import Side, in_turn
from report import Row, Target

from lupa import lua54
from pylua_bioxen_vm_lib import create_vm

#: Asked for: at least so many times faster than a process for each call, at most so many times lupa.
_FASTER_THAN_PROCESS = 20.0
_TIMES_LUPA = 3.0

_READ = "GATTACACCGTAGGCTAATCGGCTTAACGGATCGATTTAGC" * 25  # about 1 kB

#: Name, what comes before `return` in a chunk, what it returns, and that as text. A chunk without gives nothing back.
_CHUNKS = (
    ("return 2 + 2", "", "2 + 2", "4"),
    ("a print", 'print("Hello, BioXen!")', "", "Hello, BioXen!"),
    ("GC count of 1 kB", f'local _, n = ("{_READ}"):gsub("[GC]", "") ', "n", str(sum(map(_READ.count, "GC")))),
)


def rows(lua: str, rounds: int) -> List[Row]:
    return [_create(lua, rounds), *(_execute(lua, rounds, *chunk) for chunk in _CHUNKS), _call(rounds)]


def _create(lua: str, rounds: int) -> Row:
    """A VM that is made, runs a line and is gone. The old library started `lua -v` for it, and the line's process."""

    def old(turns: int) -> None:
        for _ in range(turns):
            subprocess.run([lua, "-v"], capture_output=True, check=True)
            process.run(lua, "return 1")

    def in_process(turns: int) -> None:
        for _ in range(turns):
            assert lua54.LuaRuntime().execute("return 1") == 1

    def ours(turns: int) -> None:
        for _ in range(turns):
            with create_vm("bench") as vm:
                assert vm.execute_string("return 1")["value"] == 1

    samples = in_turn(rounds, {"process": old, "lupa": in_process, "ours": ours})
    ratios = (("of lupa", samples.ratio("ours", "lupa")), ("process over ours", samples.ratio("process", "ours")))
    return Row("a new VM for one line", *map(samples.of, ("process", "lupa", "ours")), ratios)


def _execute(lua: str, rounds: int, name: str, body: str, value: str, expected: str) -> Row:
    chunk = f"{body}return {value}" if value else body
    runtime = lua54.LuaRuntime()
    collected: List[str] = []
    runtime.globals().print = collected.append
    vm = create_vm("bench")
    # A process hands out no values: what the chunk returns has to be printed.
    printed = f"{body}print({value})" if value else body

    def old(turns: int) -> None:
        for _ in range(turns):
            assert process.run(lua, printed) == expected

    def in_process(turns: int) -> None:
        for _ in range(turns):
            result = runtime.execute(chunk)
            assert (str(result) if value else collected.pop()) == expected

    def ours(turns: int) -> None:
        for _ in range(turns):
            assert vm.execute_string(chunk)["stdout"] == expected

    samples = in_turn(rounds, {"process": old, "lupa": in_process, "ours": ours})
    vm.cleanup()
    faster, slower = samples.ratio("process", "ours"), samples.ratio("ours", "lupa")
    return Row(
        f"execute_string: {name}",
        *map(samples.of, ("process", "lupa", "ours")),
        (("process over ours", faster), ("of lupa", slower)),
        (
            Target("process over ours", faster.median, _FASTER_THAN_PROCESS, at_least=True),
            Target("of lupa", slower.median, _TIMES_LUPA),
        ),
    )


def _call(rounds: int) -> Row:
    """A function that is there: a process has none between two calls."""
    source = "function add(a, b) return a + b end"
    runtime = lua54.LuaRuntime()
    runtime.execute(source)
    vm = create_vm("bench")
    vm.execute_string(source)

    def side(add: Callable[[int, int], Any]) -> Side:
        def run(turns: int) -> None:
            for turn in range(turns):
                assert add(turn, 2) == turn + 2

        return run

    add = runtime.globals().add
    samples = in_turn(rounds, {"lupa": side(add), "ours": side(lambda a, b: vm.call("add", a, b)["value"])})
    vm.cleanup()
    ratios = (("of lupa", samples.ratio("ours", "lupa")),)
    return Row("call of a function", None, samples.of("lupa"), samples.of("ours"), ratios)
