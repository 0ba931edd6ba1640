"""VMs under asyncio."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Coroutine

import pytest
from conftest import PATIENCE
from pylua_bioxen_vm_lib import LuaProcess, VMManager, VMTimeoutError, create_vm

LONG = float(PATIENCE)
INF = float("inf")
SPIN = "while true do end"


def in_time(task: Coroutine[Any, Any, Any]) -> Any:
    async def main() -> Any:
        return await asyncio.wait_for(task, LONG)

    return asyncio.run(main())


def test_a_vm_of_ones_own_is_awaited(vm: LuaProcess) -> None:
    assert in_time(vm.execute("x = 42 return x"))["value"] == 42
    assert vm.execute_string("return x")["value"] == 42


def test_a_managers_vm_and_its_session_are_awaited(manager: VMManager) -> None:
    session = manager.create_interactive_vm("a")

    async def main() -> None:
        assert (await manager.execute("a", "x = 1 return x"))["value"] == 1
        assert (await session.execute("return x + 1"))["value"] == 2
        session.send_input("print(x)")
        assert await session.read_output_async(LONG) == "1\n"

    in_time(main())


def test_stops_and_wrong_code_raise(vm: LuaProcess, manager: VMManager) -> None:
    manager.create_vm("a")

    async def main() -> None:
        with pytest.raises(VMTimeoutError):
            await vm.execute(SPIN, timeout=0.05)
        with pytest.raises(VMTimeoutError):
            await manager.execute("a", SPIN, timeout=0.05)
        with pytest.raises(ValueError, match="Lua code cannot be empty"):
            await vm.execute("")
        assert (await vm.execute("error('boom')"))["return_code"] == 1

    in_time(main())


def cancelled(vm: LuaProcess) -> None:
    """Cancels a run and looks whether the VM is as before."""
    started = threading.Event()
    vm.register("started", started.set)
    vm.execute_string("x = 'before'")

    async def main() -> None:
        task = asyncio.ensure_future(vm.execute("x = 'changed' started() " + SPIN))
        while not started.is_set():
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await vm.execute("return x"))["value"] == "before"

    in_time(main())


def test_cancelling_stops_the_code_of_a_vm_of_ones_own() -> None:
    with create_vm(timeout=INF, fuel=INF) as vm:
        cancelled(vm)


def test_cancelling_stops_the_code_of_a_managers_vm() -> None:
    with VMManager(timeout=INF, fuel=INF) as manager:
        cancelled(manager.create_vm("a"))


def test_a_time_limit_of_asyncio_stops_the_code() -> None:
    with create_vm(timeout=INF, fuel=INF) as vm:

        async def main() -> None:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(vm.execute(SPIN), 0.1)
            assert (await vm.execute("return 1"))["value"] == 1

        in_time(main())


def test_what_waits_is_cancelled_without_running(manager: VMManager) -> None:
    vm = manager.create_vm("a", timeout=INF, fuel=INF)
    started = threading.Event()
    vm.register("started", started.set)

    async def main() -> None:
        first = asyncio.ensure_future(vm.execute("started() " + SPIN))
        while not started.is_set():
            await asyncio.sleep(0)
        second = asyncio.ensure_future(vm.execute("x = 1"))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        assert not first.done()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert (await vm.execute("return x"))["value"] is None

    in_time(main())


def test_many_vms_are_awaited_at_once(manager: VMManager) -> None:
    names = manager.create_vm_cluster("c", 50)

    async def main() -> Any:
        return await asyncio.gather(
            *(manager.execute(name, f"return {number}") for number, name in enumerate(names))
        )

    assert [result["value"] for result in in_time(main())] == list(range(50))


def test_the_loop_goes_on_meanwhile(vm: LuaProcess) -> None:
    async def main() -> int:
        task = asyncio.ensure_future(vm.execute("for i = 1, 3 * 10^7 do end return 1"))
        turns = 0
        while not task.done():
            turns += 1
            await asyncio.sleep(0.001)
        return turns

    assert in_time(main()) > 3
