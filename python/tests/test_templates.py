"""Ports, hosts, and Lua sources with texts in them. Needs no VM but for what Lua makes of the sources."""

from __future__ import annotations

from typing import Any

import pytest
from pylua_bioxen_vm_lib import LuaScriptTemplate, create_vm, validate_host, validate_port
from pylua_bioxen_vm_lib.templates import lua_string


@pytest.mark.parametrize("port", [1024, 8080, 65535])
def test_a_port_in_range_is_fine(port: int) -> None:
    assert validate_port(port) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize("port", [1023, 65536, -1, "8080", True, None, 2000.0])
def test_any_other_port_is_refused(port: Any) -> None:
    with pytest.raises(ValueError, match="Port must be between 1024 and 65535"):
        validate_port(port)


@pytest.mark.parametrize("host", ["", "  ", None])
def test_a_blank_host_is_refused(host: Any) -> None:
    with pytest.raises(ValueError, match="Host cannot be empty"):
        validate_host(host)


NASTY = '"); os.exit(7) --\n\\]]\x00é'


def test_text_comes_back_from_lua_as_it_was() -> None:
    with create_vm() as vm:
        assert vm.execute_string(f"return {lua_string(NASTY)}")["value"] == NASTY


@pytest.mark.parametrize(
    "source",
    [
        LuaScriptTemplate.simple_echo_server(9000),
        LuaScriptTemplate.heartbeat_client(NASTY, 9000, 0.5, 3),
        LuaScriptTemplate.http_client_template(NASTY, NASTY),
    ],
)
def test_templates_are_lua_whatever_is_put_in(source: str) -> None:
    with create_vm(functions={"source": lambda: source}) as vm:
        assert vm.execute_string("return (assert(load(source())))~=nil")["value"] is True
        stopped = vm.execute_string(source)
    assert "socket" in stopped["stderr"] and "not found" in stopped["stderr"] and stopped["return_code"] == 1


def test_templates_check_what_they_are_given() -> None:
    for wrong in (
        lambda: LuaScriptTemplate.simple_echo_server(80),
        lambda: LuaScriptTemplate.heartbeat_client("", 9000),
        lambda: LuaScriptTemplate.heartbeat_client("a", 9000, float("nan")),
        lambda: LuaScriptTemplate.heartbeat_client("a", 9000, 1, -1),
        lambda: LuaScriptTemplate.http_client_template(" "),
    ):
        with pytest.raises(ValueError):
            wrong()
