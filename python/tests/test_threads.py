"""Threads, and many VMs."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import PATIENCE, Run
from pylua_bioxen_vm_lib import LuaProcess, SessionAlreadyExistsError, VMManager, create_vm

LONG = float(PATIENCE)


def test_eight_threads_drive_eight_vms() -> None:
    def work(number: int) -> int:
        with create_vm(f"vm{number}") as vm:
            for _ in range(100):
                vm.execute_string("n = (n or 0) + 1")
            return int(vm.execute_string("return n")["value"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [100] * 8


def test_python_goes_on_while_lua_runs(vm: LuaProcess) -> None:
    finished = threading.Event()

    def run() -> None:
        vm.execute_string("for i = 1, 3 * 10^7 do end")
        finished.set()

    thread = threading.Thread(target=run)
    thread.start()
    turns = 0
    while not finished.is_set():
        turns += 1
        time.sleep(0.001)
    thread.join()
    assert turns > 3


def test_two_vms_run_at_the_same_time() -> None:
    # Each waits for the other: alone, none would end.
    barrier = threading.Barrier(2, timeout=LONG)
    vms = [create_vm(f"vm{number}", functions={"meet": lambda: barrier.wait() >= 0}) for number in range(2)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda vm: vm.execute_string("return meet()")["value"], vms))
    assert results == [True, True]


def test_one_vm_is_used_from_many_threads(vm: LuaProcess) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: vm.execute_string("n = (n or 0) + 1 return n")["value"], range(64)))
    assert sorted(results) == list(range(1, 65))


def test_one_manager_is_used_from_many_threads(manager: VMManager) -> None:
    def work(number: int) -> int:
        name = f"vm{number % 4}"
        try:
            manager.create_vm(name)
        except ValueError:
            pass
        while manager.get_vm(name) is None:
            time.sleep(0)
        return int(manager.execute_vm_sync(name, "n = (n or 0) + 1 return n")["value"])

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(work, range(40))) == sorted(list(range(1, 11)) * 4)


def test_a_name_is_given_once_however_many_ask(tmp_path: Path) -> None:
    def make(manager: VMManager, number: int) -> int:
        try:
            manager.create_vm("a", persistent=number % 2 == 0)
        except SessionAlreadyExistsError:
            return 0
        return 1

    for attempt in range(20):
        with VMManager(state_dir=tmp_path / str(attempt)) as manager, ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(make, [manager] * 8, range(8))) == 1


def test_an_interrupt_comes_from_another_thread() -> None:
    from pylua_bioxen_vm_lib import VMInterruptedError

    started = threading.Event()
    with create_vm(timeout=float("inf"), fuel=float("inf"), functions={"started": started.set}) as vm:
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(vm.execute_string, "x = 1 started() while true do end")
            assert started.wait(LONG)
            vm.interrupt()
            assert isinstance(future.exception(LONG), VMInterruptedError)
        assert vm.execute_string("return x")["value"] is None


def test_a_thousand_vms_in_one_process() -> None:
    vms = [create_vm(f"vm{number}") for number in range(1000)]
    for number, vm in enumerate(vms):
        vm.set("x", number)
    assert sum(vm.get("x") for vm in vms) == sum(range(1000))
    for vm in vms:
        vm.cleanup()


def test_a_thousand_vms_of_a_manager() -> None:
    with VMManager() as manager:
        names = manager.create_vm_cluster("c", 1000)
        results = manager.wait_for_cluster(manager.broadcast_to_cluster("c_*", "return 7"), LONG)
        assert [results[name]["value"] for name in names] == [7] * 1000


COUNT = """
import os
from pylua_bioxen_vm_lib import VMManager, create_vm, create_interactive_session
from pylua_bioxen_vm_lib._native import live_vms
def threads():
    return len(os.listdir("/proc/self/task"))
def use():
    with VMManager() as manager:
        session = manager.create_interactive_vm("a")
        session.attach(lambda text: None)
        session.execute_and_wait("print(1)")
        manager.execute_vm_async("a", "return 1").result()
        manager.create_vm("b").execute_string("return 1")
    with create_vm("c") as vm:
        vm.execute_string("return 1")
        vm.start_interactive_session()
        vm.send_input("print(1)")
        vm.read_output(5)
    create_interactive_session("d").terminate()
    create_interactive_session("e")
use()
first = threads()
for _ in range(20):
    use()
import gc, time
gc.collect()
# A thread that has ended its work may be on its way out.
deadline = time.monotonic() + 30
while threads() > first and time.monotonic() < deadline:
    time.sleep(0)
print(first, threads(), live_vms())
"""


def test_no_threads_and_no_vms_are_left_behind(run: Run) -> None:
    done = run(COUNT)
    first, last, live = map(int, done.stdout.split())
    assert last <= first and live == 0, done.stderr


def test_no_threads_are_left_when_nothing_lives(run: Run) -> None:
    done = run(COUNT.replace("use()\nfirst = threads()", "first = threads()"))
    first, last, _ = map(int, done.stdout.split())
    assert first == last == 1, (first, last)


CLOSED = """
import faulthandler, sys, threading
faulthandler.dump_traceback_later(20, exit=True)  # whoever holds the interpreter lock stops everything else
from pylua_bioxen_vm_lib import LuaVMError, _native
sys.setswitchinterval(1e-6)
manager = _native.Manager(workers=1)
session = manager.create("a", _native.VmConfig())
if sys.argv[1] == "session":
    session.close()
    used = lambda: session.get("x")
else:
    manager.shutdown()
    used = lambda: manager.stored()
def use():
    for _ in range(3000):
        try:
            used()
        except LuaVMError:
            pass
threads = [threading.Thread(target=use) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("done")
"""


@pytest.mark.parametrize("what", ["session", "manager"])
def test_what_is_closed_is_refused_to_many_threads_at_once(run: Run, what: str) -> None:
    done = run(CLOSED.replace("sys.argv[1]", repr(what)))
    assert done.stdout == "done\n", done.stderr
