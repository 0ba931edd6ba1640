"""What the tests of packages begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from pylua_bioxen_vm_lib.package_manager import RepositoryManager
from rocks import Shelf


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of environments, which is not there yet; the user's own is out of reach."""
    folder = tmp_path / "home"
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path / "user"))
    monkeypatch.setenv("BIOXEN_HOME", str(folder))
    return folder


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
