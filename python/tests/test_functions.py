"""Python functions that end a run, and room for VMs."""

from __future__ import annotations

from typing import Any, Iterator

import pytest
from pylua_bioxen_vm_lib import LuaProcess, VMManager, create_vm

from conftest import Run


def leave() -> None:
    raise KeyboardInterrupt


@pytest.fixture(params=["alone", "managed"])
def vm(request: Any) -> Iterator[LuaProcess]:
    if request.param == "alone":
        with create_vm("lab") as vm:
            yield vm
    else:
        with VMManager() as manager:
            yield manager.create_vm("lab")


@pytest.mark.parametrize("code", ["x = 2 leave()", "x = 2 pcall(leave) x = 3", "x = 2 coroutine.wrap(leave)() x = 3"])
def test_an_interrupt_inside_a_function_undoes_the_run(vm: LuaProcess, code: str) -> None:
    vm.register("leave", leave)
    vm.execute_string("x = 1")
    with pytest.raises(KeyboardInterrupt):
        vm.execute_string(code)
    assert vm.execute_string("return x")["value"] == 1


def test_what_a_function_raises_is_an_error_of_lua(vm: LuaProcess) -> None:
    def fail() -> None:
        raise LookupError("no such gene")

    vm.register("fail", fail)
    caught = vm.execute_string("x = 2 local ok, message = pcall(fail) return ok, message")
    assert caught["values"][0] is False and "LookupError: no such gene" in caught["values"][1]
    result = vm.execute_string("fail()")
    assert result["return_code"] == 1 and "LookupError: no such gene" in result["stderr"]
    assert result["error"] is not None and isinstance(result["error"]["exception"], LookupError)
    assert vm.execute_string("return x")["value"] == 2


def test_what_cannot_be_registered_is_not_there(vm: LuaProcess) -> None:
    with pytest.raises(ValueError, match="cannot be registered"):
        vm.register("print.loud", len)  # `print` is a function
    vm.register("bio.length", len)
    vm.register("bio.length", None)
    vm.register("bio.length", lambda text: 1)
    with pytest.raises(ValueError, match="cannot be registered"):
        vm.register("bio.length.deep", len)
    vm.reset()
    assert vm.execute_string("return bio.length('GATTACA')")["value"] == 1


def test_functions_come_back_in_their_order(vm: LuaProcess) -> None:
    for name in ("bio.a", "bio.b", "gc", "at"):
        vm.register(name, lambda name=name: name)
    vm.register("bio", lambda: "alone")  # takes the place of the table
    vm.reset()
    assert vm.execute_string("return bio(), gc(), at()")["values"] == ["alone", "gc", "at"]


def test_a_closed_vm_lets_go_of_the_engine(run: Run) -> None:
    told = run(
        "import os, time\n"
        "from pylua_bioxen_vm_lib import create_vm\n"
        "vm = create_vm('lab')\n"
        "vm.register('one', lambda: 1)\n"
        "assert vm.execute_string('return one()')['value'] == 1\n"
        "vm.cleanup()\n"
        "end = time.monotonic() + 30\n"
        "while len(os.listdir('/proc/self/task')) > 1 and time.monotonic() < end:\n"
        "    time.sleep(0.01)\n"
        "print(len(os.listdir('/proc/self/task')))\n"
    )
    assert told.stdout == "1\n", told.stderr


def test_room_for_vms_is_reserved_before_the_first(run: Run) -> None:
    told = run(
        "from pylua_bioxen_vm_lib import create_vm, reserve_vms\n"
        "from pylua_bioxen_vm_lib.exceptions import LuaVMError\n"
        "reserve_vms(3000)\n"
        "vms = [create_vm(str(n)) for n in range(2500)]\n"
        "print(vms[-1].execute_string('return 1')['value'])\n"
        "try:\n"
        "    reserve_vms(3001)\n"
        "except ValueError as error:\n"
        "    print(error)\n"
    )
    assert told.stdout == "1\nroom for 3000 VMs was made and is in use: reserve more before the first VM\n", told.stderr


def test_more_vms_than_there_is_room_for_are_refused(run: Run) -> None:
    told = run(
        "import pylua_bioxen_vm_lib as lib\n"
        "vms = []\n"
        "try:\n"
        "    while True:\n"
        "        vms.append(lib.create_vm('x'))\n"
        "except lib.LuaVMError as error:\n"
        "    print(len(vms), error)\n"
    )
    expected = "2000 2000 VMs live, for as many as there is room; close some, or call `reserve_vms` before the first"
    assert told.stdout.startswith(expected), told.stdout + told.stderr


@pytest.mark.parametrize("count", [100_001])
def test_room_out_of_range_is_refused(run: Run, count: int) -> None:
    told = run(
        "import pylua_bioxen_vm_lib as lib\n"
        f"try:\n    lib.reserve_vms({count})\nexcept ValueError as error:\n    print(error)\n"
    )
    assert "expected 1 to 100,000" in told.stdout, told.stdout + told.stderr
