"""What all tests share: folders of their own, and child processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Callable, Iterator

import pytest

#: A test asserts that things end; this is when it gives up, in seconds.
PATIENCE = 60

# Who runs the tests in the background may have SIGINT ignored, and children would inherit that: none could be
# interrupted then.
signal.signal(signal.SIGINT, signal.default_int_handler)

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees the user's folders, and each works in an empty one."""
    folder = tmp_path_factory.mktemp("home")
    work = tmp_path_factory.mktemp("work")
    monkeypatch.setenv("HOME", str(folder))
    for name in (
        "XDG_DATA_HOME",
        "XDG_STATE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
        "BIOXEN_HOME",
        "PYLUA_DEBUG",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(work)
    return folder


@pytest.fixture
def run(home: Path) -> Run:
    """Runs Python code in a process of its own."""

    def run(code: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-W", "error::DeprecationWarning", "-c", code],
            # The same package as here, however it is found: a relative path would not do in another folder.
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **variables},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    return run


@pytest.fixture
def manager() -> Iterator["object"]:
    from pylua_bioxen_vm_lib import VMManager

    with VMManager() as manager:
        yield manager


@pytest.fixture
def vm() -> Iterator["object"]:
    from pylua_bioxen_vm_lib import create_vm

    with create_vm("test") as vm:
        yield vm
