"""Many VMs at once."""

from __future__ import annotations

import pytest
from conftest import PATIENCE
from pylua_bioxen_vm_lib import NetworkedLuaVM, SessionAlreadyExistsError, VMCluster, VMManager

LONG = float(PATIENCE)


def test_a_cluster_is_made_asked_and_cleaned_up(manager: VMManager) -> None:
    assert manager.create_vm_cluster("c", 3) == ["c_000", "c_001", "c_002"]
    assert isinstance(manager.get_vm("c_000"), NetworkedLuaVM)
    manager.create_vm("other")
    futures = manager.broadcast_to_cluster("c_*", "return 6 * 7")
    results = manager.wait_for_cluster(futures, LONG)
    assert {name: result["stdout"] for name, result in results.items()} == dict.fromkeys(futures, "42")
    assert manager.get_cluster_status("*") == {**dict.fromkeys(futures, "done"), "other": "idle"}
    assert manager.cleanup_cluster("c_*") == 3
    assert manager.list_vms() == ["other"]
    with pytest.raises(ValueError, match=r"No VMs found matching pattern: c_\*"):
        manager.broadcast_to_cluster("c_*", "return 1")


def test_a_cluster_is_made_as_a_whole_or_not(manager: VMManager) -> None:
    manager.create_vm("c_001")
    with pytest.raises(SessionAlreadyExistsError):
        manager.create_vm_cluster("c", 3)
    assert manager.list_vms() == ["c_001"]
    with pytest.raises(ValueError, match="number of VMs is -1"):
        manager.create_vm_cluster("d", -1)


def test_a_run_that_failed_is_in_its_place(manager: VMManager) -> None:
    manager.create_vm_cluster("c", 2, networked=False)
    futures = {
        "c_000": manager.execute_vm_async("c_000", "while true do end", timeout=0.05),
        "c_001": manager.execute_vm_async("c_001", "return 1"),
    }
    results = manager.wait_for_cluster(futures, LONG)
    failed = results["c_000"]
    assert (failed["success"], failed["stdout"], failed["return_code"]) == (False, "", -1)
    assert failed["error"] == failed["stderr"] and "timed out after 0.05 seconds" in failed["stderr"]
    assert results["c_001"]["stdout"] == "1"


def test_sessions_are_made_and_asked(manager: VMManager) -> None:
    sessions = manager.bulk_create_interactive_cluster("s", 2, networked=False)
    assert list(sessions) == ["s_000", "s_001"]
    assert not any(session.is_attached() for session in sessions.values())
    with pytest.raises(ValueError, match="No attached sessions found matching pattern"):
        manager.broadcast_to_interactive_sessions("s_*", "print(1)")
    for session in sessions.values():
        session.attach()
    assert manager.broadcast_to_interactive_sessions("s_*", "print(1)", LONG) == {
        "s_000": "1\n",
        "s_001": "1\n",
    }
    sessions["s_001"].execute_and_wait("os.exit()", LONG)
    answers = manager.broadcast_to_interactive_sessions("s_*", "print(2)", LONG)
    assert answers["s_000"] == "2\n" and answers["s_001"].startswith("Error: ")


def test_a_cluster_object(manager: VMManager) -> None:
    cluster = VMCluster(manager, "c", manager.create_vm_cluster("c", 2))
    assert len(cluster) == 2
    assert cluster.get_status() == {"c_000": "idle", "c_001": "idle"}
    results = cluster.wait_all(cluster.broadcast("return 1"), LONG)
    assert [result["value"] for result in results.values()] == [1, 1]
    assert cluster.cleanup() == 2 and len(cluster) == 0
    assert manager.list_vms() == []
