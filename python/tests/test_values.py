"""Values that cross, both ways; functions, copies."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest
from pylua_bioxen_vm_lib import LuaProcess, create_vm
from pylua_bioxen_vm_lib.exceptions import InvalidValueError, LuaVMError, NameNotFoundError, SnapshotError


@pytest.mark.parametrize(
    "value, back",
    [
        (None, None),
        (True, True),
        (7, 7),
        (-(2**63), -(2**63)),
        (1.5, 1.5),
        (float("inf"), float("inf")),
        ("text é\0", "text é\0"),
        (b"\xff\x00", b"\xff\x00"),
        (bytearray(b"x"), "x"),
        ([1, "two", [3]], [1, "two", [3]]),
        ((1, 2), [1, 2]),
        ({"a": {"b": 1}, 5: 6}, {"a": {"b": 1}, 5: 6}),
        (OrderedDict(a=1), {"a": 1}),
        ([], {}),
        ({}, {}),
    ],
    ids=repr,
)
def test_a_value_comes_back(vm: LuaProcess, value: Any, back: Any) -> None:
    vm.set("x", value)
    found = vm.get("x")
    assert found == back and type(found) is type(back)


def test_a_number_with_a_point_stays_one(vm: LuaProcess) -> None:
    vm.set("x", 3.0)
    assert vm.execute_string("return math.type(x)")["value"] == "float"


def test_values_that_lua_has_none_for_are_refused(vm: LuaProcess) -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    for value in (2**63, object(), lambda: 1, cycle, {None: 1}, {1, 2}):
        with pytest.raises((InvalidValueError, TypeError, ValueError, OverflowError)):
            vm.set("x", value)
    assert vm.get("x") is None


def test_names_go_into_tables(vm: LuaProcess) -> None:
    vm.execute_string("lab = {reads = {}}")
    vm.set("lab.reads.first", "GATTACA")
    assert vm.get("lab.reads.first") == "GATTACA"
    assert vm.get("lab.nothing") is None


def test_functions_of_lua_are_called(vm: LuaProcess) -> None:
    vm.execute_string("math.double = function(x) print('doubling') return x * 2, 'and more' end")
    result = vm.call("math.double", 21)
    assert (result["value"], result["values"], result["stdout"]) == (
        42,
        [42, "and more"],
        "doubling\n42\tand more",
    ) or (result["values"] == [42, "and more"] and result["stdout"].startswith("doubling"))
    assert vm.call("error", "boom")["return_code"] == 1
    with pytest.raises(NameNotFoundError):
        vm.call("nothing")


def test_functions_of_python_are_called(vm: LuaProcess) -> None:
    vm.register("gc", lambda text: (text.count("G") + text.count("C")) / len(text))
    vm.register("bio.pair", lambda a, b=2: (a, b))
    vm.register("nothing", lambda: None)
    assert vm.execute_string("return gc('GATTACCA'), bio.pair(1)")["values"] == [0.375, 1, 2]
    assert vm.execute_string("return nothing()")["values"] == [None]
    vm.register("gc", None)
    assert vm.execute_string("return gc")["value"] is None
    with pytest.raises(TypeError, match="function `x` is of type int"):
        vm.register("x", 5)  # type: ignore[arg-type]
    with pytest.raises(LuaVMError, match="no name"):
        vm.register("not a name", print)


def test_what_a_function_raises_is_an_error_of_lua(vm: LuaProcess) -> None:
    failure = KeyError("no such read")

    def fail() -> None:
        raise failure

    vm.register("fail", fail)
    result = vm.execute_string("fail()")
    assert result["return_code"] == 1 and "KeyError" in result["stderr"]
    assert result["error"] is not None and result["error"]["exception"] is failure
    caught = vm.execute_string("local ok, message = pcall(fail) return ok, message")
    assert caught["value"] is False and "KeyError" in caught["values"][1] and caught["error"] is None


def test_functions_may_be_given_at_the_start() -> None:
    with create_vm(functions={"add": lambda a, b: a + b}) as vm:
        assert vm.execute_string("return add(1, 2)")["value"] == 3


def test_a_function_that_asks_its_own_vm_is_refused(vm: LuaProcess) -> None:
    vm.register("again", lambda: vm.execute_string("return 1"))
    result = vm.execute_string("return again()")
    assert result["success"] is False
    assert vm.execute_string("return 5")["value"] == 5


def test_a_function_may_use_another_vm(vm: LuaProcess) -> None:
    with create_vm("other") as other:
        vm.register("ask", lambda code: other.execute_string(code)["value"])
        assert vm.execute_string("return ask('return 6 * 7')")["value"] == 42


COUNTER = "local n = 0 function count() n = n + 1 return n end"


def test_a_snapshot_takes_everything_along(vm: LuaProcess) -> None:
    vm.execute_string(COUNTER)
    vm.call("count")
    state = vm.snapshot()
    assert vm.call("count")["value"] == 2
    vm.restore(state)
    assert vm.call("count")["value"] == 2
    with create_vm(snapshot=state) as copy:
        assert copy.call("count")["value"] == 2
    with pytest.raises(SnapshotError):
        vm.restore(b"none")
    with pytest.raises(SnapshotError):
        vm.restore(state[:-1])
    assert vm.call("count")["value"] == 3


def test_a_snapshot_finds_the_functions_of_its_new_vm() -> None:
    with create_vm(functions={"site": lambda: "old"}) as vm:
        state = vm.snapshot()
    with create_vm(functions={"site": lambda: "new"}, snapshot=state) as vm:
        assert vm.execute_string("return site()")["value"] == "new"


def test_a_fork_goes_its_own_way(vm: LuaProcess) -> None:
    vm.register("site", lambda: "here")
    vm.execute_string(COUNTER)
    vm.call("count")
    with vm.fork("copy") as copy:
        assert copy.name == "copy"
        assert [copy.call("count")["value"] for _ in range(2)] == [2, 3]
        assert copy.execute_string("return site()")["value"] == "here"
    assert vm.call("count")["value"] == 2
