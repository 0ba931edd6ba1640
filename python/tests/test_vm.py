"""A VM: what its runs give, one test for each behaviour."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pylua_bioxen_vm_lib import (
    LuaProcess,
    LuaProcessError,
    NetworkedLuaVM,
    VMManagerError,
    VMTimeoutError,
    create_vm,
)
from pylua_bioxen_vm_lib.exceptions import VMStateError


def check(vm: LuaProcess, code: str, stdout: str = "", stderr: str = "", return_code: int = 0) -> None:
    """Runs code and compares the four keys that the old library had."""
    result = vm.execute_string(code)
    found = (result["stdout"], result["stderr"], result["return_code"], result["success"])
    assert found == (stdout, stderr, return_code, return_code == 0)


def test_a_result_has_the_four_old_keys_first_and_four_more(vm: LuaProcess) -> None:
    assert list(vm.execute_string("return 1")) == [
        *("stdout", "stderr", "return_code", "success"),
        *("value", "values", "usage", "error"),
    ]


def test_what_is_printed_is_stripped_at_both_ends(vm: LuaProcess) -> None:
    check(vm, 'print("Hello, BioXen!")', "Hello, BioXen!")
    check(vm, 'print("  lead and trail  ")', "lead and trail")
    check(vm, 'print("a\\n\\nb\\n")', "a\n\nb")
    check(vm, 'io.write("no newline")', "no newline")


def test_print_separates_by_tabs(vm: LuaProcess) -> None:
    check(vm, 'print("Result:", 2 + 2)', "Result:\t4")


def test_what_is_returned_is_printed_as_a_prompt_does(vm: LuaProcess) -> None:
    check(vm, "return 2 + 2", "4")
    check(vm, "return 1, nil, 'x'", "1\tnil\tx")
    check(vm, "print('first') return 7", "first\n7")


def test_what_is_returned_is_in_the_result(vm: LuaProcess) -> None:
    result = vm.execute_string("return 1, 'two', {3, 4}")
    assert (result["value"], result["values"]) == (1, [1, "two", [3, 4]])
    result = vm.execute_string("x = 1")
    assert (result["value"], result["values"], result["stdout"]) == (None, [], "")


def test_standard_error_is_apart_and_no_failure(vm: LuaProcess) -> None:
    check(vm, 'io.stderr:write("warn\\n")', "", "warn")


def test_an_error_is_in_the_result_with_its_traceback(vm: LuaProcess) -> None:
    result = vm.execute_string('print("before") error("boom")')
    assert (result["return_code"], result["success"], result["stdout"]) == (1, False, "before")
    assert result["stderr"].startswith("lua: (command line):1: boom\nstack traceback:\n\t")
    error = result["error"]
    assert error is not None
    assert (error["kind"], error["message"]) == ("runtime", "(command line):1: boom")
    assert "stack traceback" in error["traceback"]


def test_an_error_value_that_is_no_text_comes_along(vm: LuaProcess) -> None:
    result = vm.execute_string("error({code = 1})")
    assert result["error"] is not None and result["error"]["value"] == {"code": 1}
    assert "lua: (error object is a table value)" in result["stderr"]
    assert vm.execute_string("error()")["return_code"] == 1


def test_a_syntax_error_names_the_place(vm: LuaProcess) -> None:
    result = vm.execute_string("x = = 1")
    assert result["stderr"].startswith("lua: (command line):1: unexpected symbol near '='")
    assert result["error"] is not None
    assert (result["error"]["kind"], result["error"]["incomplete"]) == ("syntax", False)
    begun = vm.execute_string("for i = 1, 3 do")["error"]
    assert begun is not None and begun["incomplete"]


def test_os_exit_ends_the_run_and_gives_its_status(vm: LuaProcess) -> None:
    check(vm, "x = 1")
    check(vm, "print('bye') os.exit(3) print('never')", "bye", "", 3)
    check(vm, "return x", "1")
    check(vm, "os.exit(true)")
    check(vm, "os.exit(false)", "", "", 1)
    check(vm, "os.exit(3, true)", "", "", 3)
    check(vm, "return x", "1")


def test_the_state_stays_between_runs(vm: LuaProcess) -> None:
    vm.execute_string("local n = 0 function count() n = n + 1 return n end")
    check(vm, "return count()", "1")
    check(vm, "return count()", "2")
    vm.reset()
    check(vm, "return count", "nil")


@pytest.mark.parametrize("code", ["", "  \n\t", b" "])
def test_empty_code_is_a_value_error(vm: LuaProcess, code: Any) -> None:
    with pytest.raises(ValueError, match="Lua code cannot be empty"):
        vm.execute_string(code)


@pytest.mark.parametrize("code", [None, 5, ["x"]])
def test_code_that_is_no_text_is_a_type_error(vm: LuaProcess, code: Any) -> None:
    with pytest.raises(TypeError, match="expected text"):
        vm.execute_string(code)
    with pytest.raises(TypeError, match="expected text"):
        vm.execute_temp_script(code)


def test_a_zero_byte_in_code_and_output_is_a_character_like_others(vm: LuaProcess) -> None:
    check(vm, 'io.write("a\0b", #"\0")', "a\0b1")


def test_code_of_a_megabyte_runs(vm: LuaProcess) -> None:
    code = "return 1 --" + "x" * (1 << 20)
    assert vm.execute_string(code[: 1 << 20])["value"] == 1
    with pytest.raises(LuaProcessError, match="source"):
        vm.execute_string(code)
    check(vm, "return 2", "2")


def test_output_that_is_no_text_is_not_lost(vm: LuaProcess) -> None:
    check(vm, 'print("\\xff é")', "\\xff é")
    assert vm.execute_string('return "\\xff"')["value"] == b"\xff"


def test_the_standard_input_of_python_is_not_the_scripts(vm: LuaProcess) -> None:
    check(vm, "return io.read()", "nil")
    with create_vm(stdin="one\ntwo\n") as other:
        check(other, "return io.read(), io.read('a')", "one\ttwo")


def test_nothing_of_the_host_is_there(vm: LuaProcess) -> None:
    os.environ["BIOXEN_TEST_SECRET"] = "x"
    check(
        vm,
        "return os.getenv('BIOXEN_TEST_SECRET'), io.open('/etc/passwd')",
        "nil\tnil\t/etc/passwd: No such file or directory\t44",
    )
    assert vm.execute_string("return os.execute('true')")["value"] is not True
    assert vm.execute_string("return io.popen('id')")["success"] is False


def test_mounts_and_variables_are_there(tmp_path: Path) -> None:
    (tmp_path / "read").mkdir()
    (tmp_path / "write").mkdir()
    (tmp_path / "read" / "a.txt").write_text("GATTACA")
    mounts = [(tmp_path / "read", "/in"), (str(tmp_path / "write"), "/out", True)]
    with create_vm(mounts=mounts, variables={"LAB": "7"}) as vm:
        check(vm, "return io.open('/in/a.txt'):read('a'), os.getenv('LAB')", "GATTACA\t7")
        check(vm, "return (io.open('/in/b.txt', 'w'))", "nil")
        check(vm, "io.open('/out/b.txt', 'w'):write('x'):close()")
    assert (tmp_path / "write" / "b.txt").read_text() == "x"


def test_a_module_that_is_not_there_is_told(vm: LuaProcess) -> None:
    result = vm.execute_string('require("nope")')
    assert result["return_code"] == 1 and "module 'nope' not found:" in result["stderr"]


def test_files_run(vm: LuaProcess, tmp_path: Path) -> None:
    script = tmp_path / "a script.lua"
    script.write_text("#!/usr/bin/env lua\nprint('from a file')\nerror('third line')")
    result = vm.execute_file(script)
    assert result["stdout"] == "from a file"
    assert "a script.lua:3: third line" in result["stderr"]
    script.write_bytes(b"\xef\xbb\xbfreturn 1")
    assert vm.execute_file(str(script))["value"] == 1
    script.write_text("")
    assert vm.execute_file(script)["success"]


def test_a_file_that_is_none_is_refused(vm: LuaProcess, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="Lua script not found: .*nope.lua"):
        vm.execute_file(tmp_path / "nope.lua")
    with pytest.raises(ValueError, match="Path is not a file"):
        vm.execute_file(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="Path is not a file"):
        vm.execute_file(tmp_path / "pipe")


def test_bytecode_is_refused(vm: LuaProcess) -> None:
    dumped = vm.execute_string("return string.dump(function() end)")["value"]
    if isinstance(dumped, bytes):
        assert vm.execute_string(dumped)["success"] is False


def test_temporary_scripts_make_no_file(vm: LuaProcess) -> None:
    assert vm.execute_temp_script("")["success"]
    result = vm.execute_temp_script("\nerror('here')")
    assert "temporary script:2: here" in result["stderr"]
    assert os.listdir() == []


def test_a_deadline_that_has_passed_is_a_timeout(vm: LuaProcess) -> None:
    for timeout in (0, -1, -0.5):
        with pytest.raises(VMTimeoutError) as caught:
            vm.execute_string("x = 1", timeout=timeout)
        assert isinstance(caught.value, LuaProcessError) and caught.value.stdout == ""
    check(vm, "return x", "nil")


@pytest.mark.parametrize("timeout", ["1", True, [1]])
def test_a_timeout_that_is_no_number_is_a_type_error(vm: LuaProcess, timeout: Any) -> None:
    with pytest.raises(TypeError, match="`timeout` is of type"):
        vm.execute_string("x = 1", timeout=timeout)


def test_positions_of_parameters_are_those_of_the_specification() -> None:
    vm = create_vm("a", True, False, False, "lua")
    assert isinstance(vm, NetworkedLuaVM) and vm.name == "a"
    with pytest.raises(TypeError, match="`networked` is 'basic'.*keyword `vm_type`"):
        create_vm("a", "basic")  # type: ignore[arg-type]


def test_types_of_vms() -> None:
    assert create_vm(vm_type="basic").name == "default"
    with pytest.raises(ValueError, match="Unknown VM type: bad. Supported types: basic"):
        create_vm(vm_type="bad")
    with pytest.raises(VMManagerError, match="`xcpng` is not offered: expected `basic`"):
        create_vm(vm_type="xcpng", config={"xcp_host": "a"})


def test_another_executable_is_not_used_and_that_is_said_once() -> None:
    with pytest.warns(UserWarning, match="`luajit` is not used") as told:
        vm = create_vm(lua_executable="luajit")
    assert len(told) == 1 and told[0].filename == __file__
    with pytest.warns(UserWarning) as told:
        LuaProcess("b", "luajit")
    assert [one.filename for one in told] == [__file__]
    assert vm.lua_executable == "luajit"
    check(vm, "return _VERSION", "Lua 5.4")
    with pytest.raises(TypeError, match="`lua_executable` is of type NoneType"):
        create_vm(lua_executable=None)  # type: ignore[arg-type]


def test_its_text_is_the_old_one() -> None:
    text = "LuaProcess(name='t', lua_executable='lua', debug_mode=False, packages_setup=False)"
    assert repr(create_vm("t")) == text


def test_an_empty_name_is_a_name() -> None:
    check(create_vm(""), "return 1", "1")


def test_a_vm_that_was_cleaned_up_says_so() -> None:
    vm = create_vm("gone")
    vm.cleanup()
    vm.cleanup()
    assert vm.is_closed
    with pytest.raises(VMStateError):
        vm.execute_string("return 1")
    assert issubclass(VMStateError, LuaProcessError)


def test_a_seed_makes_randomness_repeat() -> None:
    first, second = (create_vm(seed=7).execute_string("return math.random(10^9)")["value"] for _ in range(2))
    assert first == second


def test_settings_as_a_mapping() -> None:
    with create_vm(config={"variables": {"A": "b"}}) as vm:
        check(vm, "return os.getenv('A')", "b")


def test_no_child_process_is_there(vm: LuaProcess) -> None:
    vm.execute_string("os.execute('sleep 30 &') print('bg')")
    children = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "comm="], capture_output=True, text=True
    )
    assert set(children.stdout.split()) <= {"ps"}


def test_a_number_is_no_script_and_closes_no_file_of_the_process(vm: LuaProcess, tmp_path: Path) -> None:
    script = tmp_path / "script.lua"
    script.write_text("return 1")
    number = os.open(script, os.O_RDONLY)
    not_a_path: Any = number
    with pytest.raises(TypeError):
        vm.execute_file(not_a_path)
    os.close(number)
