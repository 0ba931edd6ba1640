"""Settings: what is refused, and what is said then. Needs no VM."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict

import pytest
from pylua_bioxen_vm_lib.limits import limits
from pylua_bioxen_vm_lib.settings import checked, mounts_of, state_folder

INF = float("inf")


def test_limits_have_the_names_of_the_sandbox() -> None:
    assert limits(memory=1 << 20, fuel=1, timeout=0.5, output=0) == {
        "memory": 1 << 20,
        "fuel": 1,
        "time": 0.5,
        "stdout": 0,
    }
    assert limits(limits={"host_calls": 3, "stderr": 5}) == {"host_calls": 3, "stderr": 5}
    assert limits() == {}


def test_none_is_the_default_and_infinity_lifts() -> None:
    assert limits(timeout=None, fuel=INF, limits={"disk": None, "files": INF}) == {
        "fuel": None,
        "files": None,
    }


def test_a_float_that_is_whole_is_a_number_of_bytes() -> None:
    found = limits(memory=64e6)
    assert found == {"memory": 64_000_000} and type(found["memory"]) is int


@pytest.mark.parametrize(
    "given, message",
    [
        (
            {"memory": (1 << 20) - 1},
            "`memory` is 1048575: expected 1048576 bytes or more, up to 9223372036854775807",
        ),
        ({"memory": 2**63}, "expected 1048576 bytes or more"),
        ({"fuel": 0}, "`fuel` is 0: expected 1 units or more"),
        ({"fuel": 1.5}, "`fuel` is 1.5: expected a whole number of units"),
        ({"timeout": 0}, "`timeout` is 0: expected more than 0 seconds"),
        ({"timeout": -1.0}, "`timeout` is -1.0: expected more than 0 seconds"),
        ({"timeout": float("nan")}, "`timeout` is nan: expected more than 0 seconds"),
        ({"output": -1}, "`output` is -1: expected 0 bytes or more"),
        ({"output": float("nan")}, "`output` is nan: expected"),
        ({"memory": -INF}, "`memory` is -inf: expected"),
        ({"limits": {"time": 0}}, "`limits['time']` is 0: expected more than 0 seconds"),
        ({"timeout": 1, "limits": {"time": 1}}, "limit `time` is given twice"),
    ],
)
def test_a_limit_out_of_range_is_a_value_error(given: Dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        limits(**given)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "given, message",
    [
        ({"memory": "64MiB"}, "`memory` is of type str: expected a number of bytes, None or float('inf')"),
        ({"fuel": True}, "`fuel` is of type bool: expected a number of units"),
        ({"limits": {"speed": 1}}, "no limit `speed`: expected one of memory, fuel, time"),
    ],
)
def test_a_limit_that_is_no_number_is_a_type_error(given: Dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        limits(**given)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "given, message",
    [
        ({"colour": 1}, "no setting `colour`: expected one of memory"),
        ({"mounts": ["/data:/data"]}, "mount '/data:/data': expected (folder of the host"),
        ({"mounts": [("a", "/b", "rw")]}, "expected (folder of the host"),
        ({"variables": {"A": 1}}, "variable 'A' is 1: expected text for both"),
        ({"functions": {"f": 1}}, "function `f` is of type int: expected a callable"),
        ({"seed": 1.5}, "`seed` is of type float: expected a whole number"),
        ({"stdin": 5}, "`stdin` is of type int: expected text or bytes"),
        ({"snapshot": "text"}, "`snapshot` is of type str: expected bytes"),
    ],
)
def test_a_setting_of_a_wrong_type_is_a_type_error(given: Dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        checked(given)
    assert message in str(caught.value)


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match="expected 0 to 2\\^64-1"):
        checked({"seed": seed})


def test_keywords_win_over_the_mapping() -> None:
    assert checked({"fuel": 5}, {"fuel": 3, "memory": 2 << 20}) == {"fuel": 5, "memory": 2 << 20}
    with pytest.raises(TypeError, match="no setting `xcp_host`"):
        checked({}, {"xcp_host": "a"})
    with pytest.raises(TypeError, match="`config` is of type list"):
        checked({}, ["a"])  # type: ignore[arg-type]


def test_mounts_are_read_only_unless_they_say_so(tmp_path: Path) -> None:
    found = mounts_of(checked({"mounts": [(tmp_path, "/a"), ("x", "/b", True)]}))
    assert found == [(os.fspath(tmp_path), "/a", False), ("x", "/b", True)]


def test_the_state_folder_is_the_users_unless_one_is_given(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state_folder({}) == str(home / ".local/state/pylua_bioxen_vm_lib")
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert state_folder({}) == str(home / ".local/state/pylua_bioxen_vm_lib")
    monkeypatch.setenv("XDG_STATE_HOME", "/state")
    assert state_folder({}) == "/state/pylua_bioxen_vm_lib"
    assert state_folder({"state_dir": "here"}) == os.path.abspath("here")
