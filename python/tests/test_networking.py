"""Networking is not offered yet, and everything that needs it says so."""

from __future__ import annotations

from typing import Callable

import pytest
from pylua_bioxen_vm_lib import LuaSocketNotFoundError, NetworkedLuaVM, NetworkingError, VMManager, create_vm


@pytest.fixture
def networked() -> NetworkedLuaVM:
    vm = create_vm("net", networked=True)
    assert isinstance(vm, NetworkedLuaVM)
    return vm


def refused(action: Callable[[], object]) -> None:
    with pytest.raises(NetworkingError, match="networking is not offered yet") as caught:
        action()
    assert isinstance(caught.value, LuaSocketNotFoundError)


def test_a_networked_vm_runs_code_as_any_other(networked: NetworkedLuaVM) -> None:
    assert networked.execute_string("return 1")["stdout"] == "1"
    result = networked.execute_string("require 'socket'")
    assert result["return_code"] == 1 and "module 'socket' not found" in result["stderr"]


def test_methods_with_sockets_raise(networked: NetworkedLuaVM) -> None:
    refused(lambda: networked.start_server(8080))
    refused(lambda: networked.start_client("localhost", 8080))
    refused(lambda: networked.start_p2p(8080, "localhost", 8081))


def test_arguments_are_looked_at_first(networked: NetworkedLuaVM) -> None:
    for action in (
        lambda: networked.start_server(80),
        lambda: networked.start_client("localhost", 70000),
        lambda: networked.start_p2p(80),
    ):
        with pytest.raises(ValueError, match="Port must be between 1024 and 65535"):
            action()
    with pytest.raises(ValueError, match="Host cannot be empty"):
        networked.start_client(" ", 8080)


def test_methods_of_a_manager(manager: VMManager) -> None:
    manager.create_vm("plain")
    manager.create_vm("net", networked=True)
    refused(lambda: manager.start_server_vm("net", 8080))
    refused(lambda: manager.start_client_vm("net", "localhost", 8080))
    refused(lambda: manager.start_p2p_vm("net", 8080))
    refused(lambda: manager.setup_p2p_cluster("c", 2))
    with pytest.raises(ValueError, match="Networked VM 'plain' not found"):
        manager.start_server_vm("plain", 8080)
    with pytest.raises(ValueError, match="P2P cluster requires at least 2 VMs"):
        manager.setup_p2p_cluster("c", 1)


def test_what_it_says_of_networking_has_the_old_shape(networked: NetworkedLuaVM) -> None:
    setup = networked.setup_networking_packages(include_advanced=True)
    assert list(setup) == ["success", "error", "networking_ready", "packages_installed", "failed_packages"]
    assert setup["success"] is False and "not offered yet" in setup["error"]
    wanted = networked.get_networking_recommendations()
    assert [(entry["package"], entry["priority"], entry["networking_category"]) for entry in wanted] == [
        ("luasocket", "high", "core"),
        ("http", "medium", "web"),
    ]
    health = networked.check_networking_health()
    assert health["overall_networking_health"] == "needs_packages"
    assert health["networking"]["is_network_ready"] is False
    assert health["networking"]["json_available"] is True
