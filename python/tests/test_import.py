"""Importing changes nothing, and every name is where it was promised."""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
from pathlib import Path
from typing import Any, Iterator, Tuple

import pytest
from conftest import Run


def test_importing_prints_nothing_makes_no_file_and_no_thread(run: Run, home: Path) -> None:
    done = run(
        "import os, logging\n"
        "before = len(os.listdir('/proc/self/task'))\n"
        "import pylua_bioxen_vm_lib, pylua_bioxen_vm_lib.utils.curator, pylua_bioxen_vm_lib.env\n"
        "import pylua_bioxen_vm_lib.package_manager, pylua_bioxen_vm_lib.logger\n"
        "assert len(os.listdir('/proc/self/task')) == before\n"
        "assert not logging.getLogger().handlers\n"
        "pylua_bioxen_vm_lib.VMManager(), pylua_bioxen_vm_lib.VMLogger()\n"
        "assert len(os.listdir('/proc/self/task')) == before\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert os.listdir(home) == [] and os.listdir() == []


TOP = """
LuaProcess NetworkedLuaVM VMManager VMCluster InteractiveSession SessionManager LuaScriptTemplate
VMLogger validate_port validate_host create_vm create_manager create_interactive_manager
create_interactive_session __version__ LuaVMError LuaProcessError NetworkingError LuaNotFoundError
PTYError LuaSocketNotFoundError VMConnectionError VMTimeoutError ScriptGenerationError
XCPngConnectionError InteractiveSessionError AttachError DetachError SessionNotFoundError
SessionAlreadyExistsError IOThreadError SessionStateError VMManagerError ProcessRegistryError
"""


@pytest.mark.parametrize("name", TOP.split())
def test_name_is_at_the_top(name: str) -> None:
    package = importlib.import_module("pylua_bioxen_vm_lib")
    assert getattr(package, name) is not None
    assert name in package.__all__


PLACES = {
    "lua_process": ["LuaProcess"],
    "vm_manager": ["VMManager", "VMCluster"],
    "interactive_session": ["InteractiveSession"],
    "session_manager": ["SessionManager"],
    "networking": ["NetworkedLuaVM", "LuaScriptTemplate", "validate_port", "validate_host"],
    "logger": ["VMLogger", "get_logger", "setup_global_logging", "integrate_with_curator_logger"],
    "exceptions": TOP.split()[15:],
}


@pytest.mark.parametrize("place", PLACES)
def test_names_are_at_the_old_places(place: str) -> None:
    module = importlib.import_module(f"pylua_bioxen_vm_lib.{place}")
    assert [name for name in PLACES[place] if not hasattr(module, name)] == []


def test_every_name_of_all_is_there() -> None:
    package = importlib.import_module("pylua_bioxen_vm_lib")
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
    assert not hasattr(package, "no_such_name")


def public_names() -> Iterator[Tuple[str, Any]]:
    """Every module, class, function, method and property of the package. What is native has its texts in the
    stub."""
    package = importlib.import_module("pylua_bioxen_vm_lib")
    for found in [None, *pkgutil.walk_packages(package.__path__, "pylua_bioxen_vm_lib.")]:
        module = importlib.import_module(found.name) if found is not None else package
        if module.__name__.endswith("._native"):
            continue
        yield module.__name__, module
        for name, thing in vars(module).items():
            place = str(getattr(thing, "__module__", ""))
            if name.startswith("_") or place.endswith("._native") or not place.startswith(package.__name__):
                continue
            yield f"{module.__name__}.{name}", thing
            for part, member in vars(thing).items() if inspect.isclass(thing) else ():
                if not part.startswith("_") and (inspect.isroutine(member) or isinstance(member, property)):
                    yield f"{module.__name__}.{name}.{part}", member


def test_every_public_name_has_a_docstring() -> None:
    named = list(public_names())
    assert len(named) > 300
    assert [name for name, thing in named if not inspect.getdoc(thing)] == []


def test_the_version_upgrades_the_old_library() -> None:
    package = importlib.import_module("pylua_bioxen_vm_lib")
    assert tuple(map(int, package.__version__.split("."))) > (0, 1, 22)
