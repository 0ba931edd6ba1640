"""Interactive sessions: what is sent, what is read, and how they end."""

from __future__ import annotations

import threading
from typing import Any, List

import pytest
from conftest import PATIENCE, Run
from pylua_bioxen_vm_lib import (
    DetachError,
    InteractiveSession,
    InteractiveSessionError,
    LuaProcess,
    LuaProcessError,
    SessionAlreadyExistsError,
    SessionManager,
    SessionStateError,
    VMManager,
    create_interactive_session,
    create_vm,
)
from pylua_bioxen_vm_lib.exceptions import NameNotFoundError, PackageError

LONG = float(PATIENCE)


def check(session: InteractiveSession, sent: str, expected: str) -> None:
    """Sends, and compares what is read when all of it has run."""
    session.send_input(sent)
    assert session.read_output(LONG) == expected


@pytest.fixture
def session() -> Any:
    with create_interactive_session("lab") as session:
        yield session


def test_output_has_no_echo_no_prompt_and_no_control_codes(session: InteractiveSession) -> None:
    check(session, "x = 42\nprint('Value:', x)\n", "Value:\t42\n")


def test_a_missing_newline_is_added(session: InteractiveSession) -> None:
    check(session, "print(1)", "1\n")


def test_values_are_printed_as_a_prompt_does(session: InteractiveSession) -> None:
    check(session, "2 + 2", "4\n")
    check(session, "return 2 + 2", "4\n")
    check(session, "1, nil, 'x'", "1\tnil\tx\n")


def test_an_error_is_output_and_the_session_goes_on(session: InteractiveSession) -> None:
    session.send_input("error('boom')\nprint('on')")
    text = session.read_output(LONG)
    assert "stdin:1: boom" in text and "stack traceback:" in text and text.endswith("on\n")


def test_a_statement_may_come_in_parts(session: InteractiveSession) -> None:
    check(session, "for i = 1, 3 do", "")
    assert session.state == "unfinished"
    check(session, "print(i)\nend", "1\n2\n3\n")
    assert session.state == "idle"


def test_each_line_is_a_chunk_of_its_own(session: InteractiveSession) -> None:
    check(session, "local z = 9\nprint(z)", "nil\n")


def test_nothing_to_read_is_an_empty_text(session: InteractiveSession) -> None:
    assert session.read_output() == "" and session.read_output(0) == ""
    check(session, "", "")


def test_reading_waits_for_what_was_sent_and_no_longer_than_told(session: InteractiveSession) -> None:
    session.send_input("print('first') while true do end")
    assert session.read_output(0.2) == "first\n"
    assert session.state == "running"
    session.interrupt()


def test_an_interrupt_leaves_the_state_as_before_the_line(session: InteractiveSession) -> None:
    check(session, "x = 1", "")
    session.send_input("x = 2 while true do end\nx = 3")
    session.read_output(0.1)
    session.interrupt()
    session.read_output(LONG)
    check(session, "x", "1\n")


def test_os_exit_ends_the_session(session: InteractiveSession) -> None:
    session.send_input("x = 1\nprint('bye') os.exit(7)")
    assert session.read_output(LONG) == "bye\n"
    assert (session.is_running(), session.state, session.exit_status) == (False, "ended", 7)
    with pytest.raises(InteractiveSessionError):
        session.send_input("print(1)")
    # The VM goes on with a fresh state.
    assert session.vm_instance.execute_string("return x")["value"] is None


def test_a_command_may_be_several_lines(session: InteractiveSession) -> None:
    session.send_command(["y = 1", "print(y)"])
    assert session.read_output(LONG) == "1\n"
    session.send_command("print(2)")
    assert session.read_output(LONG) == "2\n"


def test_the_answer_of_a_command_is_its_own(session: InteractiveSession) -> None:
    session.send_input("print('earlier')")
    session.vm_instance.execute_string("return 1")
    assert session.execute_and_wait("print('answer')", LONG) == "answer\n"
    assert session.read_output() == "earlier\n"


def test_what_a_script_reads_is_sent_too(session: InteractiveSession) -> None:
    check(session, "print('got', io.read())\nGATTACA\n", "got\tGATTACA\n")
    session.send_input("print('got', io.read())")
    assert session.read_output(0.2) == ""
    assert session.state == "awaiting_input"
    check(session, "late", "got\tlate\n")


def test_execute_and_the_session_share_the_state(session: InteractiveSession) -> None:
    vm = session.vm_instance
    check(session, "x = 5", "")
    assert vm.execute_string("print('apart') x = x + 1 return x")["stdout"] == "apart\n6"
    check(session, "x", "6\n")
    vm.register("double", lambda x: 2 * x)
    check(session, "double(x)", "12\n")


def test_starting_twice_is_an_error(session: InteractiveSession) -> None:
    with pytest.raises(InteractiveSessionError, match="Session already running"):
        session.start()


def test_nothing_works_before_the_start() -> None:
    session = InteractiveSession("s", create_vm("s"))
    for action in (
        lambda: session.send_input("x"),
        lambda: session.send_command("x"),
        lambda: session.read_output(),
        lambda: session.attach(),
    ):
        with pytest.raises(InteractiveSessionError, match="Session not running"):
            action()
    assert not session.is_running() and session.state == "stopped"
    assert issubclass(SessionStateError, InteractiveSessionError)


def test_attaching_again_is_fine_and_detaching_twice_is_not(session: InteractiveSession) -> None:
    assert session.is_attached()
    session.attach()
    session.detach()
    assert not session.is_attached()
    check(session, "print(1)", "1\n")
    with pytest.raises(DetachError, match="`lab` is not attached"):
        session.detach()
    session.attach()
    session.detach()


def test_input_that_is_no_text_is_a_type_error(session: InteractiveSession) -> None:
    with pytest.raises(TypeError, match="input is of type bytes: expected text"):
        session.send_input(b"x")  # type: ignore[arg-type]


class Listener:
    """A callback that can be waited for."""

    def __init__(self, until: str) -> None:
        self.text = ""
        self.until = until
        self.done = threading.Event()
        self.threads: List[threading.Thread] = []

    def __call__(self, text: str) -> None:
        self.text += text
        self.threads.append(threading.current_thread())
        if self.until in self.text:
            self.done.set()


def test_a_callback_gets_output_as_it_comes_and_reading_gets_it_too(session: InteractiveSession) -> None:
    listener = Listener("running on")
    session.attach(listener)
    session.send_input("print('first')\nprint('running on') while true do end")
    assert listener.done.wait(LONG) and listener.text == "first\nrunning on\n"
    session.interrupt()
    assert session.read_output(LONG).startswith("first\nrunning on\n")


def test_a_callback_has_no_thread_when_there_is_nothing_to_come(session: InteractiveSession) -> None:
    listener = Listener("two")
    session.attach(listener)
    for word in ("one", "two"):
        session.send_input(f"print('{word}')")
        assert session.read_output(LONG) == word + "\n"
    assert listener.done.wait(LONG)
    for thread in listener.threads:
        thread.join(LONG)
        assert not thread.is_alive()
    session.send_input("print('three') while true do end")
    session.detach()
    assert all(not thread.name.startswith("output") for thread in threading.enumerate())
    session.interrupt()
    assert session.read_output(LONG).startswith("three\n") or "three" not in listener.text


def test_a_callback_that_fails_ends_nothing(
    session: InteractiveSession, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(text: str) -> None:
        raise KeyError(text)

    session.attach(fail)
    check(session, "print(1)", "1\n")
    session.detach()
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "KeyError" in caplog.text
    check(session, "print(2)", "2\n")


def test_a_callback_may_detach(session: InteractiveSession) -> None:
    detached = threading.Event()

    def leave(text: str) -> None:
        session.detach()
        detached.set()

    session.attach(leave)
    session.send_input("print(1)")
    assert detached.wait(LONG) and not session.is_attached()
    check(session, "print(2)", "2\n") if session.read_output(0) else check(session, "print(2)", "2\n")


def test_more_output_than_is_kept_is_lost_with_a_word(
    session: InteractiveSession, caplog: pytest.LogCaptureFixture
) -> None:
    session.send_input("for i = 1, 10 do print(('x'):rep(50000)) end")
    while session.state == "running":
        session.vm_instance.execute_string("return 1")
    text = session.read_output(LONG)
    assert len(text) <= 256 * 1024 and "were lost" in caplog.text
    check(session, "print(1)", "1\n")


def test_terminating_is_idempotent_and_leaves_the_vm_of_ones_own() -> None:
    vm = create_vm("own")
    session = InteractiveSession("s", vm)
    session.start()
    session.send_input("x = 1\nwhile true do end")
    session.read_output(0.1)
    session.terminate()
    session.terminate()
    assert not session.is_running()
    assert vm.execute_string("return x")["value"] == 1
    session.start()
    check(session, "x", "1\n")
    vm.cleanup()


def test_the_methods_of_a_vm(vm: LuaProcess) -> None:
    for action in (lambda: vm.send_input("x"), lambda: vm.read_output()):
        with pytest.raises(LuaProcessError, match="Interactive session not running"):
            action()
    vm.execute_string("x = 41")
    vm.register("site", lambda: "here")
    vm.start_interactive_session()
    assert vm.is_interactive_running()
    with pytest.raises(InteractiveSessionError, match="Session already running"):
        vm.start_interactive_session()
    vm.send_input("x = x + 1\nprint(x, site())")
    assert vm.read_output(LONG) == "42\there\n"
    vm.stop_interactive_session()
    vm.stop_interactive_session()
    assert not vm.is_interactive_running()
    assert vm.execute_string("return x, site()")["values"] == [42, "here"]
    vm.start()
    vm.send_input("print(x)")
    assert vm.read_output(LONG) == "42\n"
    vm.stop()


def test_packages_that_every_vm_has_are_loaded_as_globals(session: InteractiveSession) -> None:
    check(session, "cjson", "nil\n")
    session.load_package("cjson")
    check(session, "cjson.encode({1, 2})", "[1,2]\n")
    with pytest.raises(NameNotFoundError, match="nope"):
        session.load_package("nope")


def test_an_environment_that_is_not_there_is_told(session: InteractiveSession) -> None:
    with pytest.raises(PackageError, match="nope"):
        session.set_environment("nope")


def test_a_session_manager_on_its_own() -> None:
    manager = SessionManager()
    vm = create_vm("d")
    session = manager.create_session("d", vm)
    assert manager.get_session("d") is session and manager.get_session("e") is None
    with pytest.raises(SessionAlreadyExistsError, match="Session 'd' already exists") as caught:
        manager.create_session("d", create_vm("d"))
    assert isinstance(caught.value, ValueError)
    details = manager.list_sessions()["d"]
    assert list(details) == ["attached", "running", "last_activity"]
    assert details["running"] and not details["attached"] and details["last_activity"] > 1.6e9
    manager.terminate_session("nobody")
    manager.terminate_session("d")
    assert manager.list_sessions() == {}
    manager.create_session("d", vm)
    manager.cleanup_all()
    assert manager.list_sessions() == {}
    vm.cleanup()


FORK = """
import os, threading
from pylua_bioxen_vm_lib import VMManager
manager = VMManager()
session = manager.create_interactive_vm("a")
session.attach(lambda text: None)
# As its thread has it now and then: that thread is not in the fork.
with session._listener._lock:
    child = os.fork()
    if child == 0:
        manager.shutdown_all()
        os._exit(0)
for _ in range(100):
    done, status = os.waitpid(child, os.WNOHANG)
    if done:
        break
    threading.Event().wait(0.1)
else:
    os.kill(child, 9)
manager.shutdown_all()
print("ended" if done else "hangs")
"""


def test_a_fork_ends_what_has_a_callback(run: Run) -> None:
    assert run(FORK).stdout == "ended\n"


def test_a_callback_is_something_that_can_be_called(manager: VMManager) -> None:
    session = manager.create_interactive_vm("a")
    wrong: Any = "print"
    with pytest.raises(TypeError, match="output_callback"):
        session.attach(wrong)


@pytest.mark.parametrize("timeout", [float("inf"), 1e300, -1.0])
def test_any_number_of_seconds_is_a_time_with_a_callback(manager: VMManager, timeout: float) -> None:
    session = manager.create_interactive_vm("a")
    session.attach(lambda text: None)
    session.send_input("print(1)")
    assert session.read_output(timeout) in ("1\n", "")
