"""Each limit: just under, just over, and the VM afterwards."""

from __future__ import annotations

from typing import Any, Dict

import pytest
from pylua_bioxen_vm_lib import LuaProcess, LuaProcessError, VMLimitError, VMTimeoutError, create_vm

SPIN = "while true do end"


def stopped(vm: LuaProcess, code: str, resource: str) -> LuaProcessError:
    """Runs code that is stopped, and looks whether the VM is as before."""
    vm.execute_string("kept = 'kept' changed = nil")
    with pytest.raises(LuaProcessError) as caught:
        vm.execute_string("changed = 1 " + code)
    assert vm.execute_string("return kept, changed")["values"] == ["kept", None]
    error = caught.value
    assert error.resource == resource and isinstance(error, VMLimitError)
    assert isinstance(error, VMTimeoutError) == (resource == "time")
    assert error.usage is not None and error.usage["fuel"] >= 0
    return error


def test_time() -> None:
    with create_vm(timeout=0.2) as vm:
        error = stopped(vm, "print('so far') io.stderr:write('warned') " + SPIN, "time")
        assert (error.stdout, error.stderr, error.limit) == ("so far", "warned", 0.2)
        assert str(error) == "Lua execution timed out after 0.2 seconds"
        assert error.return_code is None


def test_time_of_one_call() -> None:
    with create_vm() as vm:
        with pytest.raises(VMTimeoutError) as caught:
            vm.execute_string(SPIN, timeout=0.05)
        assert caught.value.limit == 0.05
        assert vm.execute_string("for i = 1, 10^6 do end return 1", timeout=float("inf"))["value"] == 1


def test_time_of_files_and_temporary_scripts(tmp_path: Any) -> None:
    script = tmp_path / "spin.lua"
    script.write_text(SPIN)
    with create_vm() as vm:
        with pytest.raises(VMTimeoutError):
            vm.execute_file(script, timeout=0.05)
        with pytest.raises(VMTimeoutError):
            vm.execute_temp_script(SPIN, timeout=0.05)


def test_fuel() -> None:
    with create_vm(fuel=5_000_000) as vm:
        error = stopped(vm, "print('so far') " + SPIN, "fuel")
        assert (error.stdout, error.limit) == ("so far", 5_000_000)
        assert vm.execute_string("for i = 1, 1000 do end return 1")["value"] == 1


def test_fuel_used_repeats() -> None:
    code = "local t = {} for i = 1, 1000 do t[i] = i end"
    first, second = (create_vm(seed=1).execute_string(code)["usage"]["fuel"] for _ in range(2))
    assert first == second > 1000


def test_output() -> None:
    with create_vm(output=100) as vm:
        assert vm.execute_string("io.write(('x'):rep(100))")["stdout"] == "x" * 100
        error = stopped(vm, "io.write(('x'):rep(60)) io.write(('y'):rep(60))", "stdout")
        assert error.stdout is not None and error.stdout.startswith("x" * 60) and len(error.stdout) <= 100
        assert error.limit == 100


def test_error_output() -> None:
    with create_vm(limits={"stderr": 10}) as vm:
        assert vm.execute_string("io.stderr:write('1234567890')")["stderr"] == "1234567890"
        stopped(vm, "io.stderr:write('12345678901')", "stderr")


def test_memory() -> None:
    with create_vm(memory=4 << 20) as vm:
        assert vm.execute_string("local s = ('x'):rep(1 << 20) return #s")["value"] == 1 << 20
        vm.execute_string("kept = 1")
        with pytest.raises(LuaProcessError) as caught:
            vm.execute_string(
                "changed = 1 local t = {} while true do t[#t + 1] = ('x'):rep(1 << 16) .. #t end"
            )
        assert caught.value.resource == "memory" and "memory" in str(caught.value)
        assert vm.execute_string("return kept, changed")["values"] == [1, None]
        caught_in_lua = "return select(2, pcall(string.rep, 'x', 1 << 23))"
        assert "not enough memory" in vm.execute_string(caught_in_lua)["value"]


def test_results() -> None:
    with create_vm(limits={"result": 1000}) as vm:
        assert len(vm.execute_string("return ('x'):rep(900)")["value"]) == 900
        stopped(vm, "return ('x'):rep(1001)", "result")


def test_source() -> None:
    with create_vm(limits={"source": 100}) as vm:
        assert vm.execute_string("--" + "x" * 98)["success"]
        with pytest.raises(LuaProcessError) as caught:
            vm.execute_string("--" + "x" * 99)
        assert (caught.value.resource, caught.value.limit) == ("source", 100)
        assert vm.execute_string("return 1")["value"] == 1


def test_host_calls() -> None:
    with create_vm(limits={"host_calls": 5}, functions={"f": lambda: None}) as vm:
        assert vm.execute_string("for i = 1, 5 do f() end")["success"]
        stopped(vm, "for i = 1, 6 do f() end", "host_calls")


def test_usage_says_what_a_run_used(vm: LuaProcess) -> None:
    usage = vm.execute_string("io.write('123') io.stderr:write('12')")["usage"]
    assert (usage["stdout"], usage["stderr"], usage["host_calls"]) == (3, 2, 0)
    assert usage["fuel"] > 0 and 0 <= usage["time"] < 60 and usage["memory"] > 0


@pytest.mark.parametrize("settings", [{"memory": 1}, {"fuel": 0}, {"timeout": -1}, {"memory": 1 << 50}])
def test_a_limit_out_of_range_makes_no_vm(settings: Dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        create_vm(**settings)


def test_limits_hold_in_sessions_too() -> None:
    from pylua_bioxen_vm_lib import VMManager

    with VMManager(timeout=0.1) as manager:
        session = manager.create_interactive_vm("s")
        text = session.execute_and_wait("x = 1\nwhile true do x = 2 end\nprint('x is', x)", timeout=30)
        assert "x is\t1" in text and "limit" in text
