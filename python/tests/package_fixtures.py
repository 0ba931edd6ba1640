"""What the tests of packages begin with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pylua_bioxen_vm_lib.package_manager import RepositoryManager
from rocks import Shelf


@pytest.fixture(autouse=True)
def folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of environments, which is not there yet."""
    folder = tmp_path / "environments"
    monkeypatch.setenv("BIOXEN_HOME", str(folder))
    return folder


def begun(program: str, *arguments: str) -> "subprocess.Popen[str]":
    """A Python program in a process of its own, which finds the same package."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A repository `shelf` in a folder, empty."""
    shelf = Shelf(tmp_path / "shelf")
    RepositoryManager().add_repository("shelf", shelf.folder)
    return shelf


def mirror() -> Path:
    """A LuaRocks server as a folder, where one was made with `cargo xtask mirror`."""
    target = Path(__file__).resolve().parents[2] / "target" / "mirror"
    made = sorted(target.glob("*/server/manifest-5.4"))
    if not made:
        pytest.skip("no mirror: `cargo xtask mirror` makes one")
    return made[-1].parent
