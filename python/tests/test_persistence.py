"""VMs whose state outlives the process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import PATIENCE, Run
from pylua_bioxen_vm_lib import (
    SessionAlreadyExistsError,
    SessionNotFoundError,
    VMManager,
    VMManagerError,
    create_vm,
)

LONG = float(PATIENCE)


def test_the_state_outlives_the_process(run: Run) -> None:
    first = run(
        "from pylua_bioxen_vm_lib import create_vm\n"
        "vm = create_vm('lab', persistent=True)\n"
        "vm.execute_string('local n = 5 function count() n = n + 1 return n end')\n"
    )
    assert first.returncode == 0, first.stderr
    again = run(
        "from pylua_bioxen_vm_lib import create_vm\n"
        "print(create_vm('lab', persistent=True).execute_string('return count()')['value'])\n"
    )
    assert (again.stdout, again.stderr) == ("6\n", "")


def test_the_state_of_a_managers_vm_outlives_it(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with VMManager(state_dir=state) as manager:
        manager.create_vm("lab", persistent=True).execute_string("x = 42")
        manager.create_vm("gone").execute_string("x = 42")
    assert sorted(VMManager(state_dir=state).list_persistent_vms()) == ["lab"]
    with VMManager(state_dir=state) as manager:
        session = manager.attach_to_vm("lab")
        assert session.execute_and_wait("x", LONG) == "42\n"
        with pytest.raises(SessionNotFoundError):
            manager.attach_to_vm("gone")
        with pytest.raises(SessionAlreadyExistsError):
            manager.create_vm("lab", persistent=True)


def test_create_vm_goes_on_with_the_one_on_disk(tmp_path: Path) -> None:
    for expected in (1, 2, 3):
        with create_vm("lab", persistent=True, state_dir=tmp_path / "state") as vm:
            assert vm.execute_string("n = (n or 0) + 1 return n")["value"] == expected


def test_functions_are_given_anew(tmp_path: Path) -> None:
    for site in ("first", "second"):
        functions = {"site": lambda site=site: site}
        with create_vm("lab", persistent=True, state_dir=tmp_path / "state", functions=functions) as vm:
            assert vm.execute_string("return site()")["value"] == site


def test_a_snapshot_and_a_state_on_disk_are_one_too_many(tmp_path: Path) -> None:
    with create_vm("lab", persistent=True, state_dir=tmp_path / "state") as vm:
        state = vm.snapshot()
    with pytest.raises(SessionAlreadyExistsError, match="`lab` is on disk with a state of its own"):
        create_vm("lab", persistent=True, state_dir=tmp_path / "state", snapshot=state)


def test_a_persistent_vm_is_gone_when_it_is_removed(tmp_path: Path) -> None:
    with VMManager(state_dir=tmp_path / "state") as manager:
        manager.create_vm("a", persistent=True)
        manager.create_interactive_vm("b", persistent=True)
        manager.remove_vm("a")
        manager.terminate_vm_session("b")
        assert manager.list_persistent_vms() == {}


def test_what_is_listed(tmp_path: Path) -> None:
    with VMManager(state_dir=tmp_path / "state") as manager:
        manager.create_interactive_vm("lab", persistent=True)
        report = manager.list_persistent_vms()["lab"]
        assert (report["vm_type"], report["vm_class"], report["networked"]) == ("basic", "LuaProcess", False)
        assert (
            report["session_active"]
            and report["session_attached"]
            and report["process_running"]
            and report["vm_exists"]
        )
        info = manager.get_vm_info("lab")
        assert info is not None and info["persistent"] is True
        assert manager.get_stats()["persistent_vms"] == 1
    report = VMManager(state_dir=tmp_path / "state").list_persistent_vms()["lab"]
    assert not report["vm_exists"] and not report["session_active"]


def test_a_folder_that_another_process_uses_is_refused(tmp_path: Path, run: Run) -> None:
    with create_vm("lab", persistent=True, state_dir=tmp_path / "state"):
        other = run(
            "from pylua_bioxen_vm_lib import create_vm, VMManager\n"
            "from pylua_bioxen_vm_lib.exceptions import ProcessRegistryError, SessionNotFoundError\n"
            f"folder = {str(tmp_path / 'state')!r}\n"
            "try:\n"
            "    create_vm('lab', persistent=True, state_dir=folder)\n"
            "except ProcessRegistryError as error:\n"
            "    print(error)\n"
            "try:\n"
            "    VMManager(state_dir=folder).attach_to_vm('lab')\n"
            "except SessionNotFoundError as error:\n"
            "    print(error)\n"
        )
    lines = other.stdout.splitlines()
    assert len(lines) == 2 and str(os.getpid()) in lines[0], other
    assert lines[1].startswith("VM 'lab' not found: ")


def test_nothing_is_on_disk_without_persistence(home: Path) -> None:
    with VMManager() as manager:
        manager.create_vm("a").execute_string("x = 1")
        manager.create_interactive_vm("b")
        with pytest.raises(SessionNotFoundError):
            manager.attach_to_vm("c")
        assert manager.list_persistent_vms() == {}
    assert os.listdir(home) == [] and os.listdir() == []


def test_a_folder_needs_persistence(tmp_path: Path, manager: VMManager) -> None:
    for make in (create_vm, manager.create_vm):
        with pytest.raises(ValueError, match="expected `persistent=True` with it"):
            make("lab", state_dir=tmp_path / "state")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((VMManagerError, OSError)):
        create_vm("lab", persistent=True, state_dir=tmp_path / "file" / "state")
