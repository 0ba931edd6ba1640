"""Python functions that run away, block, or keep their VM alive; and results that Python has no form for."""

from __future__ import annotations

import asyncio
import gc
import json
import time
import weakref
from collections.abc import Sequence
from typing import Any

import pytest
from pylua_bioxen_vm_lib import VMManager, create_vm
from pylua_bioxen_vm_lib.exceptions import LuaVMError, VMStateError, VMTimeoutError

from conftest import Run


def test_a_deep_recursion_in_python_is_an_error_and_no_crash(run: Run) -> None:
    told = run(
        "import json\n"
        "from pylua_bioxen_vm_lib import create_vm\n"
        "vm = create_vm('lab')\n"
        "def nest(n):\n"
        "    return sorted([1], key=lambda _: nest(n - 1) or 1) if n else []\n"
        "vm.register('nest', nest)\n"
        "vm.register('parse', json.loads)\n"
        "for code in ('nest(100000)', \"parse(('['):rep(100000))\"):\n"
        "    print(vm.execute_string(code)['error']['exception'].__class__.__name__)\n"
    )
    assert told.stdout.split() == ["RecursionError", "RecursionError"], told.stderr
    assert told.returncode == 0


def test_time_runs_out_while_functions_block() -> None:
    with create_vm("lab", timeout=0.3) as vm:
        vm.register("nap", lambda: time.sleep(0.05))
        vm.execute_string("x = 1")
        start = time.monotonic()
        with pytest.raises(VMTimeoutError):
            vm.execute_string("x = 2 while true do nap() end")
        assert time.monotonic() - start < 3
        with pytest.raises(VMTimeoutError):
            vm.execute_string("x = 2 for _ = 1, 7 do nap() end return 'late'")
        assert vm.execute_string("return x")["value"] == 1


def test_a_function_cannot_ask_the_vm_that_waits_for_it() -> None:
    with create_vm("a") as a, create_vm("b") as b:
        a.register("ask_a", lambda: a.execute_string("return 1")["value"])
        a.register("ask_b", lambda: b.execute_string("return ask_a()")["stderr"])
        b.register("ask_a", lambda: a.execute_string("return 1")["value"])
        error = a.execute_string("return ask_a()")["error"]
        assert error is not None and "cannot ask the VM that calls it" in error["message"]
        outer = a.execute_string("return ask_b()")
        assert "cannot ask the VM that calls it" in outer["value"]
        assert b.execute_string("return ask_a()")["value"] == 1


def test_a_vm_whose_function_knows_it_is_collected() -> None:
    def made() -> "weakref.ref[Any]":
        vm = create_vm("lab")
        vm.register("name", lambda: vm.name)
        assert vm.execute_string("return name()")["value"] == "lab"
        return weakref.ref(vm)

    kept = made()
    gc.collect()
    assert kept() is None


def test_cancelling_one_task_leaves_the_other_alone() -> None:
    async def main() -> None:
        with create_vm("lab") as vm:
            busy = asyncio.create_task(vm.execute("local t = os.clock() while os.clock() - t < 0.3 do end return 'done'"))
            waiting = asyncio.create_task(vm.execute("x = 1"))
            await asyncio.sleep(0.05)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert (await busy)["value"] == "done"
            assert (await vm.execute("return x"))["value"] is None

    asyncio.run(main())


@pytest.mark.parametrize("code", ["return {[{}] = 1}", "return {[true] = 'a', 'b', 'c'}", "return {[1] = 1, [1.5] = print}"])
def test_a_result_without_a_form_in_python_loses_no_output(code: str) -> None:
    with create_vm("lab") as vm:
        result = vm.execute_string("print('out') x = 1 " + code)
        assert result["success"] and result["stdout"].startswith("out\ntable: ") and result["value"] is None
        assert result["error"] is not None and result["error"]["kind"] == "conversion"
        assert vm.execute_string("return x")["value"] == 1


class Endless(Sequence):  # type: ignore[type-arg]
    """A sequence that never ends."""

    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, index: Any) -> int:
        return 1


def test_an_endless_sequence_is_refused() -> None:
    with create_vm("lab") as vm:
        with pytest.raises(ValueError, match="values at once"):
            vm.set("x", Endless())
        vm.register("endless", Endless)
        assert "values at once" in vm.execute_string("endless()")["stderr"]


def test_code_goes_by_two_names() -> None:
    with VMManager() as manager:
        manager.create_vm("lab")
        assert manager.execute_vm_sync("lab", code="return 1")["value"] == 1
        assert manager.execute_vm_sync("lab", lua_code="return 2")["value"] == 2
        assert manager.execute_vm_async(vm_id="lab", code="return 3").result()["value"] == 3
        with pytest.raises(TypeError):
            manager.execute_vm_sync("lab", "return 1", lua_code="return 2")
        with pytest.raises(ValueError, match="at most"):
            manager.create_vm_cluster("many", 10**29)


def test_defaults_are_those_of_the_command() -> None:
    with create_vm("lab", fuel=1_000_000) as vm:
        with pytest.raises(LuaVMError):
            vm.execute_string("while true do end")
    with create_vm("lab") as vm:
        assert vm.execute_string("local t = os.clock() while os.clock() - t < 5.5 do end return 1")["value"] == 1
