"""Scripts that mean harm: each ends as it should, and the VM works afterwards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pylua_bioxen_vm_lib import LuaProcessError, create_vm

SCRIPTS = Path(__file__).parents[2] / "tests" / "lua" / "hostile"

#: Some of each sort: loops, recursion, patterns, memory, coroutines, collector, output, bytecode, metatables.
NAMES = """
A01_busy A03_tailrec A05_pcall_nest A08_coro_loop A14_sortcmp A16_pm_exp A18_pm_gsub
A21_str_rep_huge A23_str_rep_big A27_concat_t A29_unpack_huge A36_fmt_width A39_pack A44_rec
A45_cstack_gsub A48_tostring_rec A53_paren A63_coro_bomb A65_coro_close_deep A67_table_bomb
A74_gc_stop A80_print_flood A84_error_nil A86_mt_string A88_dump_load A94_hashflood A98_oom_catch
A99_oom_in_gc
""".split()

#: What stops each sort of end that a script names.
STOPS = {"cpu": ("fuel", "time"), "output": ("stdout", "stderr"), "memory": ("memory",)}


@pytest.mark.skipif(not SCRIPTS.is_dir(), reason="the scripts are in the repository, not in the package")
@pytest.mark.parametrize("name", NAMES)
def test_script_ends_as_it_says(name: str) -> None:
    source = (SCRIPTS / f"{name}.lua").read_bytes()
    expected = re.match(rb"--- expect: (\w+)", source)
    assert expected is not None
    kind = expected.group(1).decode()
    with create_vm(name, fuel=4_000_000_000, timeout=20) as vm:
        vm.execute_string("kept = 1")
        try:
            result = vm.execute_temp_script(source)
        except LuaProcessError as error:
            assert kind in STOPS and error.resource in STOPS[kind], error
        else:
            _check_end(kind, result["return_code"], result["stdout"] + result["stderr"])
        vm.reset()
        assert vm.execute_string("return 6 * 7")["value"] == 42


def _check_end(kind: str, return_code: int, text: str) -> None:
    if kind == "memory":
        # Lua may have caught it.
        assert return_code == 0 or "memory" in text, text
    else:
        assert return_code == {"ok": 0, "raised": 1, "syntax": 1}.get(kind, -1), text
