"""Many VMs: work for a hundred at once, and the memory of each."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import List

import process
from lupa import lua54
from measure import Summary, in_turn
from pylua_bioxen_vm_lib import VMManager, create_vm
from report import Row

_VMS = 100
#: Some milliseconds of work for Lua on a machine of our day.
_WORK = "local sum = 0\nfor i = 1, 200000 do sum = sum + i % 7 end\nprint(sum)"
_SUM = "599997"
#: A line that every VM runs before its memory is counted.
_LINE = "reads = {} for i = 1, 10 do reads[i] = 'GATTACA' .. i end"


def rows(lua: str, rounds: int) -> List[Row]:
    return [_parallel(lua, max(3, rounds // 10)), _memory(lua)]


def _parallel(lua: str, rounds: int) -> Row:
    """A hundred VMs are there and idle; each is given the same work. What runs at once is bounded by the machine."""
    workers = os.cpu_count() or 1
    runtimes = [lua54.LuaRuntime() for _ in range(_VMS)]
    sums: List[int] = []
    for runtime in runtimes:
        runtime.globals().print = sums.append
    threads = ThreadPoolExecutor(workers)
    manager = VMManager(max_workers=workers)
    names = [f"vm-{number}" for number in range(_VMS)]
    for name in names:
        manager.create_vm(name)

    def old(turns: int) -> None:
        for _ in range(turns):
            assert set(threads.map(lambda _: process.run(lua, _WORK), names)) == {_SUM}

    def in_process(turns: int) -> None:
        for _ in range(turns):
            list(threads.map(lambda runtime: runtime.execute(_WORK), runtimes))
            assert {str(sums.pop()) for _ in range(_VMS)} == {_SUM}

    def ours(turns: int) -> None:
        for _ in range(turns):
            futures = [manager.execute_vm_async(name, _WORK) for name in names]
            assert {future.result()["stdout"] for future in futures} == {_SUM}

    samples = in_turn(rounds, {"process": old, "lupa": in_process, "ours": ours})
    threads.shutdown()
    manager.shutdown_all()
    ratios = (("of lupa", samples.ratio("ours", "lupa")), ("process over ours", samples.ratio("process", "ours")))
    return Row("work for 100 VMs at once", *map(samples.of, ("process", "lupa", "ours")), ratios)


def _memory(lua: str) -> Row:
    """Bytes for each of a hundred VMs that ran a line and are idle; ours and lupa's in a Python of their own."""
    prompt = process.Prompt(lua)
    prompt.send(_LINE)
    prompt.until_prompt()
    old = _resident(prompt.pid)
    prompt.close()
    ours, lupa = (_apart(side) for side in ("ours", "lupa"))
    ratio = Summary.of([ours / lupa])
    sides = (Summary.of([bytes_]) for bytes_ in (old, lupa, ours))
    return Row("memory of an idle VM", *sides, (("of lupa", ratio),), unit="B")


def _apart(side: str) -> float:
    done = subprocess.run(
        [sys.executable, "-B", "-I", os.path.dirname(os.path.abspath(__file__)), "--memory-of", side],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def memory_of(side: str) -> float:
    """What a VM adds to this process. The first ten are not counted: they bring what all of them share."""
    kept: List[object] = []
    for _ in range(10):
        kept.append(_one(side))
    before = _resident(os.getpid())
    for _ in range(_VMS):
        kept.append(_one(side))
    return (_resident(os.getpid()) - before) / _VMS


def _one(side: str) -> object:
    if side == "lupa":
        runtime = lua54.LuaRuntime()
        runtime.execute(_LINE)
        return runtime
    vm = create_vm("bench")
    vm.execute_string(_LINE)
    return vm


def _resident(pid: int) -> float:
    """Bytes of a process in memory; what it shares with others counts in part."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            if line.startswith("Pss:"):
                return float(line.split()[1]) * 1024
    raise OSError(f"`/proc/{pid}/smaps_rollup` has no line `Pss`")
