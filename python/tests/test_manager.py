"""A manager: VMs and sessions by name."""

from __future__ import annotations

import gc
import threading
import time
from concurrent.futures import TimeoutError as FutureTimeout

import pytest
from conftest import PATIENCE
from pylua_bioxen_vm_lib import (
    AttachError,
    DetachError,
    InteractiveSession,
    InteractiveSessionError,
    LuaProcess,
    LuaProcessError,
    NetworkedLuaVM,
    SessionAlreadyExistsError,
    SessionNotFoundError,
    VMManager,
    VMTimeoutError,
    create_interactive_manager,
    create_manager,
)
from pylua_bioxen_vm_lib.exceptions import VMInterruptedError, VMManagerError

LONG = float(PATIENCE)
SPIN = "while true do end"


def test_vms_are_made_found_listed_and_removed(manager: VMManager) -> None:
    vm = manager.create_vm("a")
    assert isinstance(vm, LuaProcess) and vm.name == "a"
    assert isinstance(manager.create_vm("b", True), NetworkedLuaVM)
    assert manager.get_vm("a") is vm and manager.get_vm("c") is None
    assert manager.list_vms() == ["a", "b"]
    assert manager.remove_vm("a") is True and manager.remove_vm("a") is False
    assert manager.list_vms() == ["b"]
    manager.create_vm("a")


def test_a_name_in_use_is_refused(manager: VMManager) -> None:
    manager.create_vm("a")
    for make in (manager.create_vm, manager.create_interactive_vm):
        with pytest.raises(SessionAlreadyExistsError, match="VM with ID 'a' already exists") as caught:
            make("a")
        assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("name", ["", "../lab", "a/b", "-a", "x" * 129, "é"])
def test_a_name_that_breaks_the_rules_is_refused(manager: VMManager, name: str) -> None:
    with pytest.raises(VMManagerError) as caught:
        manager.create_vm(name)
    assert isinstance(caught.value, ValueError)
    assert manager.list_vms() == []


def test_code_runs_on_the_state_that_the_vm_keeps(manager: VMManager) -> None:
    vm = manager.create_vm("a")
    assert manager.execute_vm_sync("a", "x = 5 print('Result:', 2 + 2)")["stdout"] == "Result:\t4"
    assert manager.execute_vm_sync("a", "return x")["stdout"] == "5"
    assert vm.execute_string("return x")["value"] == 5
    assert manager.execute_vm_sync("a", "os.exit(4)")["return_code"] == 4
    assert manager.execute_vm_sync("a", "return x")["value"] == 5


def test_a_vm_that_is_not_there_is_told(manager: VMManager) -> None:
    for action in (
        lambda: manager.execute_vm_sync("zz", "return 1"),
        lambda: manager.execute_vm_async("zz", "return 1"),
        lambda: manager.attach_to_vm("zz"),
        lambda: manager.send_input("zz", "x"),
        lambda: manager.read_output("zz"),
        lambda: manager.clone_vm_session("zz", "b"),
    ):
        with pytest.raises(SessionNotFoundError) as caught:
            action()
        assert isinstance(caught.value, ValueError) and "zz" in str(caught.value)


def test_a_stop_raises_and_carries_the_output(manager: VMManager) -> None:
    manager.create_vm("a")
    with pytest.raises(VMTimeoutError) as caught:
        manager.execute_vm_sync("a", "print('so far') " + SPIN, timeout=0.1)
    assert caught.value.stdout == "so far" and isinstance(caught.value, LuaProcessError)
    assert manager.execute_vm_sync("a", "return 1")["value"] == 1


def test_futures_have_the_result(manager: VMManager) -> None:
    manager.create_vm("a")
    future = manager.execute_vm_async("a", "return 6 * 7")
    assert future.result(LONG)["value"] == 42 and future.result()["stdout"] == "42"
    assert manager.futures["a"] is future
    assert manager.wait_for_vm("a", LONG)["value"] == 42
    assert manager.get_vm_status("a") == "done"
    assert manager.get_vm_status("b") is None
    failed = manager.execute_vm_async("a", SPIN, timeout=0.05)
    with pytest.raises(VMTimeoutError):
        failed.result(LONG)
    with pytest.raises(ValueError, match="Lua code cannot be empty"):
        manager.execute_vm_async("a", " ")
    with pytest.raises(ValueError, match="No running operation for VM 'b'"):
        manager.wait_for_vm("b")


def test_runs_of_a_vm_are_one_after_the_other(manager: VMManager) -> None:
    manager.create_vm("a")
    futures = [manager.execute_vm_async("a", "n = (n or 0) + 1 return n") for _ in range(20)]
    assert [future.result(LONG)["value"] for future in futures] == list(range(1, 21))


def test_a_run_that_waits_is_taken_back_and_one_that_runs_is_stopped(manager: VMManager) -> None:
    manager.create_vm("a", timeout=float("inf"), fuel=float("inf"))
    started = threading.Event()
    manager.vms["a"].register("started", started.set)
    running = manager.execute_vm_async("a", "x = 1 started() " + SPIN)
    assert started.wait(LONG)
    assert manager.get_vm_status("a") == "running"
    waiting = manager.execute_vm_async("a", "x = 2")
    assert manager.cancel_vm("a") and waiting.cancelled()
    assert manager.get_vm_status("a") == "cancelled"
    with pytest.raises(FutureTimeout):
        running.result(0.01)
    manager.futures["a"] = running
    assert manager.cancel_vm("a")
    with pytest.raises(VMInterruptedError):
        running.result(LONG)
    assert not manager.cancel_vm("a") and not manager.cancel_vm("nobody")
    assert manager.execute_vm_sync("a", "return x")["value"] is None


def test_a_vm_that_spins_delays_no_other() -> None:
    with VMManager(max_workers=1) as manager:
        manager.create_vm("spins", timeout=float("inf"), fuel=float("inf"))
        manager.create_vm("works")
        manager.execute_vm_async("spins", SPIN)
        assert manager.execute_vm_sync("works", "return 1")["value"] == 1


def test_an_interactive_vm_is_started_and_attached(manager: VMManager) -> None:
    session = manager.create_interactive_vm("a")
    assert isinstance(session, InteractiveSession) and session.is_attached() and session.is_running()
    assert not manager.create_interactive_vm("b", False, False).is_attached()
    manager.send_input("a", "x = 42\nprint('Value:', x)\n")
    assert manager.read_output("a", LONG) == "Value:\t42\n"
    assert manager.read_output("a") == ""
    assert manager.execute_vm_sync("a", "return x")["value"] == 42


def test_attaching_finds_the_session_or_begins_one(manager: VMManager) -> None:
    session = manager.create_interactive_vm("a")
    assert manager.attach_to_vm("a") is session
    vm = manager.create_vm("plain")
    vm.execute_string("x = 7")
    other = manager.attach_to_vm("plain")
    assert other.vm_instance is vm
    assert other.execute_and_wait("print(x)", LONG) == "7\n"
    with pytest.raises(SessionNotFoundError, match="VM 'nonexistent' not found"):
        manager.attach_to_vm("nonexistent")


def test_what_was_written_while_detached_is_there(manager: VMManager) -> None:
    manager.create_interactive_vm("a")
    manager.detach_from_vm("a")
    with pytest.raises(DetachError):
        manager.detach_from_vm("a")
    manager.send_input("a", "print('meanwhile')")
    manager.attach_to_vm("a")
    assert manager.read_output("a", LONG) == "meanwhile\n"
    manager.detach_from_vm("nobody")


def test_a_callback_is_given_the_output(manager: VMManager) -> None:
    manager.create_interactive_vm("a")
    seen, done = [], threading.Event()

    def callback(text: str) -> None:
        seen.append(text)
        done.set()

    manager.attach_to_vm("a", callback)
    manager.send_input("a", "print(1)")
    assert done.wait(LONG) and "".join(seen) == "1\n"


def test_a_terminated_session_frees_its_name(manager: VMManager) -> None:
    manager.create_interactive_vm("a")
    manager.send_input("a", "x = 1\n" + SPIN)
    manager.terminate_vm_session("a")
    manager.terminate_vm_session("a")
    assert manager.list_vms() == [] and manager.list_sessions() == []
    with pytest.raises(SessionNotFoundError):
        manager.attach_to_vm("a")
    session = manager.create_interactive_vm("a")
    assert session.execute_and_wait("print(x)", LONG) == "nil\n"
    manager.session_manager.terminate_session("a")
    assert manager.list_vms() == []
    manager.create_interactive_vm("a").terminate()
    assert manager.list_vms() == []
    manager.create_vm("a")


def test_sessions_are_listed_for_both_ways_of_asking(manager: VMManager) -> None:
    manager.create_interactive_vm("a")
    (info,) = manager.list_sessions()
    assert info.vm_id == info["vm_id"] == "a" and isinstance(info, dict)
    assert info.attached and info.running and info.last_activity <= time.time()
    with pytest.raises(AttributeError, match="no `colour` of a session"):
        info.colour
    details = manager.session_manager.list_sessions()
    assert manager.list_interactive_sessions() == details
    assert list(details["a"]) == ["attached", "running", "last_activity"]


def test_a_command_gives_its_output(manager: VMManager) -> None:
    manager.create_interactive_vm("a")
    assert manager.execute_interactive_command("a", "6 * 7", LONG) == "42\n"
    assert manager.read_output("a") == ""


def test_a_clone_has_the_state_and_goes_its_own_way(manager: VMManager) -> None:
    manager.create_interactive_vm("a", functions={"site": lambda: "here"})
    manager.execute_vm_sync("a", "local n = 1 function count() n = n + 1 return n end count()")
    clone = manager.clone_vm_session("a", "b")
    assert isinstance(clone, InteractiveSession) and clone.is_attached()
    assert clone.execute_and_wait("count(), site()", LONG) == "3\there\n"
    assert manager.execute_vm_sync("a", "return count()")["value"] == 3
    with pytest.raises(SessionAlreadyExistsError):
        manager.clone_vm_session("a", "b")
    assert sorted(manager.list_vms()) == ["a", "b"]


def test_stats_count(manager: VMManager) -> None:
    manager.create_vm("a", networked=True)
    manager.create_interactive_vm("b", auto_attach=False)
    manager.execute_vm_async("a", "return 1").result(LONG)
    assert manager.get_stats() == {
        "total_vms": 2,
        "networked_vms": 1,
        "basic_vms": 1,
        "persistent_vms": 0,
        "interactive_sessions": 1,
        "attached_sessions": 0,
        "running_operations": 0,
        "completed_operations": 1,
        "max_workers": 10,
        "lua_executable": "lua",
    }
    assert repr(manager) == "VMManager(vms=2, interactive_sessions=1, max_workers=10)"


def test_what_is_known_of_a_vm(manager: VMManager) -> None:
    manager.create_vm("a", networked=True)
    info = manager.get_vm_info("a")
    assert info is not None
    assert (info["vm_id"], info["vm_name"], info["vm_type"], info["persistent"]) == (
        "a",
        "a",
        "networked",
        False,
    )
    assert (info["session_exists"], info["session_attached"], info["process_running"]) == (
        False,
        False,
        False,
    )
    assert info["interactive_capable"] and info["memory"] > 0
    manager.attach_to_vm("a")
    info = manager.get_vm_info("a")
    assert (
        info is not None and info["session_exists"] and info["session_attached"] and info["process_running"]
    )
    assert manager.get_vm_info("b") is None


def test_settings_of_a_manager_are_for_all_its_vms() -> None:
    with VMManager(variables={"LAB": "7"}) as manager:
        assert manager.create_vm("a").execute_string("return os.getenv('LAB')")["value"] == "7"
        other = manager.create_vm("b", variables={"LAB": "8"})
        assert other.execute_string("return os.getenv('LAB')")["value"] == "8"


def test_parameters_are_those_of_the_specification(manager: VMManager) -> None:
    assert isinstance(manager.create_vm("a", True, False), NetworkedLuaVM)
    assert create_manager(3, "lua", True).max_workers == 3
    assert isinstance(create_interactive_manager(), VMManager)
    for wrong, error in ((0, ValueError), (-1, ValueError), ("10", TypeError), (True, TypeError)):
        with pytest.raises(error, match="`max_workers`"):
            VMManager(wrong)  # type: ignore[arg-type]


def test_an_executable_is_warned_of_once(recwarn: pytest.WarningsRecorder) -> None:
    with VMManager(lua_executable="luajit") as manager:
        manager.create_vm("a")
        assert [(one.filename, one.category) for one in recwarn.list] == [(__file__, UserWarning)]
        manager.create_vm("b", lua_executable="lua5.1")
    assert [one.filename for one in recwarn.list] == [__file__] * 2


def test_older_names_of_sessions(manager: VMManager) -> None:
    with manager.create_interactive_session() as session:
        assert manager.attach_to_session(session.session_id) is session
    assert manager.list_vms() == []


def test_with_ends_in_time_whatever_guests_do() -> None:
    begin = time.monotonic()
    with VMManager() as manager:
        for number in range(5):
            manager.create_vm(f"vm{number}", timeout=float("inf"), fuel=float("inf"))
            manager.execute_vm_async(f"vm{number}", SPIN)
        manager.create_interactive_vm("asks").send_input("io.read()")
        entered = time.monotonic()
    assert time.monotonic() - entered < 20, "ten times the figure"
    assert begin <= entered


def test_with_ends_in_time_when_a_function_never_returns() -> None:
    release, entered = threading.Event(), threading.Event()

    def block() -> None:
        entered.set()
        release.wait(LONG)

    with VMManager() as manager:
        manager.create_vm("a", functions={"block": block}).machine.session()
        future = manager.execute_vm_async("a", "block()")
        assert entered.wait(LONG)
        begin = time.monotonic()
    assert time.monotonic() - begin < 20, "ten times the figure"
    release.set()
    with pytest.raises(Exception):
        future.result(LONG)


def test_a_manager_can_be_entered_again() -> None:
    manager = VMManager()
    for _ in range(3):
        with manager:
            assert manager.list_vms() == []
            manager.create_interactive_vm("a")
            assert manager.execute_vm_sync("a", "return 1")["value"] == 1
    manager.create_vm("a")
    assert manager.execute_vm_sync("a", "return 2")["value"] == 2
    manager.shutdown_all()
    manager.shutdown_all()


def test_a_vm_outlives_the_manager_that_nobody_keeps() -> None:
    vm = VMManager().create_vm("a")
    session = VMManager().create_interactive_vm("b")
    gc.collect()
    assert vm.execute_string("return 1")["value"] == 1
    assert session.execute_and_wait("6 * 7", LONG) == "42\n"


def test_errors_inside_with_go_on() -> None:
    with pytest.raises(KeyError):
        with VMManager():
            raise KeyError("mine")


def test_a_vm_of_a_manager_that_has_ended_says_so() -> None:
    with VMManager() as manager:
        vm = manager.create_vm("a")
        session = manager.create_interactive_vm("b")
    with pytest.raises(LuaProcessError):
        vm.execute_string("return 1")
    with pytest.raises(InteractiveSessionError):
        session.send_input("x")
    with pytest.raises(AttachError, match="`b` was terminated"):
        session.attach()
    assert not session.is_running()


def test_a_session_that_os_exit_ended_begins_anew(manager: VMManager) -> None:
    manager.create_interactive_vm("lab")
    manager.vms["lab"].register("greet", lambda: "hello")
    manager.send_input("lab", "x = 1 os.exit(3)")
    manager.read_output("lab", LONG)
    assert manager.session_manager.sessions["lab"].exit_status == 3
    session = manager.attach_to_vm("lab")
    assert session.state == "idle"
    manager.send_input("lab", "print(x, greet())")
    assert manager.read_output("lab", LONG) == "nil\thello\n"
    manager.send_input("lab", "os.exit(4)")
    manager.read_output("lab", LONG)
    assert manager.execute_vm_sync("lab", "y = 2 return y")["value"] == 2
    manager.send_input("lab", "print(y)")
    assert manager.read_output("lab", LONG) == "2\n"
