"""The tree of exceptions, and those that are two things at once."""

from __future__ import annotations

import pickle

import pytest
from pylua_bioxen_vm_lib import exceptions
from pylua_bioxen_vm_lib.exceptions import of_error, of_stop
from pylua_bioxen_vm_lib.results import Usage

USAGE = Usage(fuel=1, time=0.5, memory=2, stdout=3, stderr=0, host_calls=0)

PARENTS = {
    "LuaProcessError": "LuaVMError",
    "NetworkingError": "LuaVMError",
    "LuaNotFoundError": "LuaVMError",
    "PTYError": "LuaVMError",
    "LuaSocketNotFoundError": "LuaVMError",
    "VMConnectionError": "LuaVMError",
    "VMTimeoutError": "LuaVMError LuaProcessError",
    "ScriptGenerationError": "LuaVMError",
    "XCPngConnectionError": "LuaVMError",
    "InteractiveSessionError": "LuaVMError",
    "AttachError": "InteractiveSessionError",
    "DetachError": "InteractiveSessionError",
    "SessionNotFoundError": "InteractiveSessionError",
    "SessionAlreadyExistsError": "InteractiveSessionError",
    "IOThreadError": "InteractiveSessionError",
    "SessionStateError": "InteractiveSessionError",
    "VMManagerError": "LuaVMError",
    "ProcessRegistryError": "VMManagerError",
    "InstallationError": "PackageError",
    "ValidationError": "PackageError",
}


@pytest.mark.parametrize("name", PARENTS)
def test_the_tree_is_the_old_one(name: str) -> None:
    for parent in PARENTS[name].split():
        assert issubclass(getattr(exceptions, name), getattr(exceptions, parent))


def test_a_name_in_use_and_an_unknown_one_are_value_errors_too() -> None:
    assert issubclass(exceptions.SessionAlreadyExistsError, ValueError)
    assert issubclass(exceptions.SessionNotFoundError, ValueError)
    assert exceptions.VMNotFoundError is exceptions.SessionNotFoundError


@pytest.mark.parametrize(
    "kind, expected",
    [
        ("Exists", exceptions.SessionAlreadyExistsError),
        ("NotFound", exceptions.NameNotFoundError),
        ("InvalidConfig", ValueError),
        ("InvalidValue", TypeError),
        ("Ended", exceptions.VMStateError),
        ("Storage", OSError),
        ("PackageNotFound", exceptions.InstallationError),
        ("RockspecInvalid", exceptions.ValidationError),
        ("EnvironmentNotFound", exceptions.PackageError),
        ("SomethingNew", exceptions.LuaVMError),
    ],
)
def test_errors_of_the_native_part_have_their_class(kind: str, expected: type) -> None:
    error = of_error(kind, "what happened")
    assert isinstance(error, expected) and isinstance(error, exceptions.LuaVMError)
    assert (error.kind, str(error)) == (kind, "what happened")


def test_package_errors_are_told_apart_by_their_kind() -> None:
    error = of_error("NoSolution", "")
    assert isinstance(error, exceptions.PackageError) and error.kind == "NoSolution"


def test_a_stop_carries_what_it_came_to() -> None:
    error = of_stop("time", "too long", "out", "err", USAGE, 2.0, 1.5)
    assert isinstance(error, exceptions.VMTimeoutError) and isinstance(error, exceptions.LuaProcessError)
    assert (error.stdout, error.stderr, error.usage, error.used, error.limit) == (
        "out",
        "err",
        USAGE,
        2.0,
        1.5,
    )
    assert error.return_code is None


@pytest.mark.parametrize(
    "resource, expected",
    [
        ("fuel", exceptions.VMLimitError),
        ("interrupted", exceptions.VMInterruptedError),
        ("trap", exceptions.LuaProcessError),
    ],
)
def test_other_stops_are_no_timeouts(resource: str, expected: type) -> None:
    error = of_stop(resource, "", "", "", USAGE, 0, 0)
    assert type(error) is expected and not isinstance(error, exceptions.VMTimeoutError)


def test_they_go_from_process_to_process() -> None:
    error = pickle.loads(pickle.dumps(of_stop("fuel", "no more", "out", "", USAGE, 1, 1)))
    assert (error.resource, error.stdout, str(error)) == ("fuel", "out", "no more")
    assert pickle.loads(pickle.dumps(of_error("InUse", "used"))).kind == "InUse"
