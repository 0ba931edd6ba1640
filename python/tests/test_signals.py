"""Ctrl-C, and forks of the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import Any, Callable, Iterator

import pytest
from conftest import PATIENCE, Run

#: How late an interrupt may be, in seconds: ten times the 50 ms that are promised.
LATE = 0.5

BEGIN = """
import sys, time
from pylua_bioxen_vm_lib import VMManager, create_vm
INF = float("inf")
def report():
    print("spinning", flush=True)
"""

#: Each prints "spinning" and spins until Ctrl-C; then it prints when that was seen, and that the VM still works.
END = """
except KeyboardInterrupt:
    print(time.monotonic())
    print(vm.execute_string("return x")["value"])
"""

WAYS = {
    "a run": "vm.execute_string('x = 2 report() while true do end')",
    "a run that has no end of its own": "vm.execute_string('report() while true do end', timeout=INF)",
    "a pattern match": 'vm.execute_string(\'report() \' + \'return ("a"):rep(1000):find((".-"):rep(50) .. "b")\')',
    "a call": "vm.call('spin')",
}

STARTS = {
    "a VM of one's own": "vm = create_vm('a', timeout=INF, fuel=INF, functions={'report': report})\n",
    "a manager's VM": "vm = VMManager().create_vm('a', timeout=INF, fuel=INF, functions={'report': report})\n",
}


@pytest.fixture
def child() -> Iterator[Callable[[str], Any]]:
    children = []

    def child(code: str) -> Any:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        children.append(process)
        return process

    yield child
    for process in children:
        process.kill()
        process.wait()


def wait_until_it_spins(process: Any) -> None:
    """The word for it comes from a Python function that has not returned then: behind it comes processor time."""
    assert process.stdout.readline() == "spinning\n"
    begin = processor_time(process.pid)
    while processor_time(process.pid) < begin + 5:
        time.sleep(0)


def processor_time(pid: int) -> int:
    """In ticks, ten milliseconds each."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("way", WAYS)
def test_ctrl_c_stops_lua_and_raises(child: Callable[[str], Any], start: str, way: str) -> None:
    prepare = "vm.execute_string('x = 1 function spin() report() while true do end end')\n"
    process = child(BEGIN + STARTS[start] + prepare + "try:\n    " + WAYS[way] + END)
    wait_until_it_spins(process)
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    seen, value = out.split()
    assert float(seen) - sent < LATE and value == "1", (out, err)
    assert process.returncode == 0


@pytest.mark.parametrize(
    "wait",
    [
        "session.send_input('report() while true do end'); session.read_output(INF)",
        "session.execute_and_wait('print(1)', INF)",
        "manager.execute_vm_async('a', 'report()').result()",
        "manager.wait_for_vm('a')",
    ],
)
def test_ctrl_c_ends_waiting_for_a_session(child: Callable[[str], Any], wait: str) -> None:
    process = child(
        BEGIN
        + "manager = VMManager()\n"
        + "session = manager.create_interactive_vm('a', timeout=INF, fuel=INF, functions={'report': report})\n"
        + "future = manager.execute_vm_async('a', 'report() while true do end', timeout=INF)\n"
        + f"try:\n    {wait}\n"
        + "except KeyboardInterrupt:\n    print(time.monotonic())\n"
        + "begin = time.monotonic()\nmanager.shutdown_all()\nprint(time.monotonic() - begin)\n"
    )
    wait_until_it_spins(process)
    sent = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    seen, took = out.split()
    assert float(seen) - sent < LATE and float(took) < 20, (out, err)


def test_an_exception_of_another_handler_goes_on(run: Run) -> None:
    done = run(
        "import signal\n"
        "from pylua_bioxen_vm_lib import create_vm\n"
        "class Late(Exception): pass\n"
        "def late(*_): raise Late()\n"
        "signal.signal(signal.SIGALRM, late)\n"
        "vm = create_vm('a')\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.1)\n"
        "try:\n"
        "    vm.execute_string('x = 1 while true do end')\n"
        "except Late:\n"
        "    print('late', vm.execute_string('return x')['value'])\n"
    )
    assert done.stdout == "late None\n", done.stderr


def test_the_process_ends_while_lua_spins(run: Run) -> None:
    done = run(
        "from pylua_bioxen_vm_lib import VMManager\n"
        "manager = VMManager()\n"
        "manager.create_vm('a', timeout=float('inf'), fuel=float('inf'))\n"
        "manager.execute_vm_async('a', 'while true do end')\n"
        "session = manager.create_interactive_vm('b', timeout=float('inf'), fuel=float('inf'))\n"
        "session.attach(lambda text: None)\n"
        "session.send_input('while true do end')\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


FORKED = """
import os, sys
from pylua_bioxen_vm_lib import VMManager, create_vm
from pylua_bioxen_vm_lib.exceptions import LuaVMError
vm = create_vm("a")
manager = VMManager()
manager.create_interactive_vm("b")
vm.execute_string("x = 1")
child = os.fork()
if child == 0:
    for action in (
        lambda: vm.execute_string("return 1"),
        lambda: create_vm("c"),
        lambda: manager.execute_vm_sync("b", "return 1"),
        lambda: manager.create_vm("d"),
    ):
        try:
            action()
        except LuaVMError as error:
            print("refused:", error, flush=True)
    manager.shutdown_all()
    vm.cleanup()
    sys.exit(0)
_, status = os.waitpid(child, 0)
print(status, vm.execute_string("return x")["value"], manager.execute_vm_sync("b", "return 2")["value"])
"""


def test_a_fork_of_the_process_is_refused_and_the_parent_goes_on(run: Run) -> None:
    done = run(FORKED)
    lines = done.stdout.splitlines()
    assert len(lines) == 5 and lines[4] == "0 1 2", (lines, done.stderr)
    assert all(line.startswith("refused: ") and "fork" in line for line in lines[:4])


def test_a_worker_of_multiprocessing_by_fork_is_refused_and_by_spawn_works(run: Run) -> None:
    code = (
        "import multiprocessing\n"
        "from pylua_bioxen_vm_lib import create_vm\n"
        "def work(_):\n"
        "    try:\n"
        "        return create_vm('w').execute_string('return 7')['value']\n"
        "    except Exception as error:\n"
        "        return str(error)\n"
        "if __name__ == '__main__':\n"
        "    create_vm('first').execute_string('return 1')\n"
        "    for method in ('fork', 'spawn'):\n"
        "        with multiprocessing.get_context(method).Pool(1) as pool:\n"
        "            print(pool.map_async(work, [0]).get(50)[0])\n"
    )
    script = os.path.abspath("workers.py")
    with open(script, "w", encoding="utf-8") as file:
        file.write(code)
    done = run(f"import runpy; runpy.run_path({script!r}, run_name='__main__')")
    del done
    done = subprocess.run(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    refused, worked = done.stdout.splitlines()
    assert "fork" in refused and worked == "7", done.stderr
