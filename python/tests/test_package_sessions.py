"""Packages in VMs and sessions."""

from __future__ import annotations

from pathlib import Path

import pytest

from package_fixtures import folder, shelf  # noqa: F401
from pylua_bioxen_vm_lib import VMManager, create_vm
from pylua_bioxen_vm_lib.exceptions import LuaProcessError, NameNotFoundError, PackageError
from pylua_bioxen_vm_lib.package_manager import EnvironmentManager, LuaEnvironment, PackageInstaller
from rocks import Shelf


def printed(manager: VMManager, vm_id: str, code: str) -> str:
    manager.send_input(vm_id, code)
    return manager.read_output(vm_id, timeout=10).strip()


def test_the_example_of_the_specification():
    installer = PackageInstaller()
    installer.install_package("math_package")
    with VMManager() as manager:
        session = manager.create_interactive_vm("package_vm")
        session.load_package("math_package")
        assert printed(manager, "package_vm", "print(math_package.compute(10))") == "20"


def test_a_session_without_an_environment_sees_what_is_installed_when_it_asks(folder: Path):
    with VMManager() as manager:
        session = manager.create_interactive_vm("plain")
        with pytest.raises(NameNotFoundError, match="`math_package`"):
            session.load_package("math_package")
        assert not folder.exists()
        PackageInstaller().install_package("math_package")
        assert printed(manager, "plain", "print((pcall(require, 'math_package')))") == "false"
        session.load_package("math_package")
        assert printed(manager, "plain", "print(math_package.compute(1))") == "2"
        PackageInstaller().install_package("bio-utils")
        session.load_package("bio-utils")
        assert printed(manager, "plain", "print(type(bio_utils), type(math_package))") == "table\ttable"
        with pytest.raises(NameNotFoundError, match="`nope`"):
            session.load_package("nope")
        assert printed(manager, "plain", "print(math_package.compute(2))") == "4"


def test_the_active_environment_is_the_one_that_is_loaded_from(shelf: Shelf):
    shelf.rock("say", "1.0-1")
    shelf.rock("say", "2.0-1")
    PackageInstaller().install_package("say", "1.0")
    LuaEnvironment("new").create().install("say")
    manager = EnvironmentManager()
    for name, version in [("default", "1.0-1"), ("new", "2.0-1")]:
        manager.activate_environment(name)
        with create_vm("vm") as vm:
            vm.load_package("say")
            assert vm.execute_string("return say.version")["stdout"] == version


def test_a_vm_is_given_an_environment(tmp_path: Path):
    elsewhere = LuaEnvironment("lab", home=tmp_path / "elsewhere").create()
    elsewhere.install("math_package")
    LuaEnvironment("near").create().install("bio-utils")
    with create_vm("far", environment=elsewhere) as far, create_vm("near", environment="near") as near:
        assert far.execute_string("return require('math_package').compute(4)")["value"] == 8
        assert near.execute_string("return (pcall(require, 'math_package'))")["value"] is False
        assert near.execute_string("return (pcall(require, 'bio_utils'))")["value"] is True
    with pytest.raises(PackageError, match="`nowhere`"):
        create_vm("lost", environment="nowhere")


def test_a_session_changes_its_environment():
    LuaEnvironment("one").create().install("math_package")
    LuaEnvironment("two").create().install("bio-utils")
    with VMManager() as manager:
        session = manager.create_interactive_vm("moving", environment="one")
        session.load_package("math_package")
        session.set_environment("two")
        session.load_package("bio-utils")
        assert printed(manager, "moving", "print(math_package.compute(5), type(bio_utils))") == "10\ttable"
        with pytest.raises(PackageError, match="`nowhere`"):
            session.set_environment("nowhere")


def test_a_package_that_fails_says_so(shelf: Shelf):
    shelf.rock("sick", modules={"sick": "error('no room')"})
    PackageInstaller().install_package("sick")
    with create_vm("vm") as vm, pytest.raises(LuaProcessError, match="no room"):
        vm.load_package("sick")


def test_a_vm_looks_after_its_packages():
    LuaEnvironment("lab").create()
    with create_vm("vm", environment="lab") as vm:
        installed = vm.install_package("math_package")
        assert (installed["success"], installed["installed_version"]) == (True, "1.0.0-1")
        assert vm.execute_string("return require('math_package').compute(3)")["value"] == 6
        failed = vm.install_package("math_pakage")
        assert failed["success"] is False
        profile = vm.setup_packages("bioinformatics")
        assert profile["success"] and profile["total_packages"] == 5
        assert [one.name for one in LuaEnvironment("lab").packages()] == profile["packages_installed"]
        assert "math_package" in vm.get_curator_manifest()["packages"] and vm.check_environment_health()["vm_info"]
        assert EnvironmentManager().list_environments()[0].name == "lab"


def test_a_package_gives_a_script_nothing_more(shelf: Shelf):
    """What comes from a package is as much in the sandbox as the script."""
    hostile = {
        "hostile": "return { home = os.getenv('HOME'), ran = pcall(os.execute, 'true') and os.execute('true'), "
        "read = io.open('/etc/passwd'), loaded = package.loadlib and package.loadlib('/lib/libc.so.6', '*') }"
    }
    shelf.rock("hostile", modules=hostile)
    PackageInstaller().install_package("hostile")
    with create_vm("vm") as vm:
        vm.load_package("hostile")
        seen = vm.execute_string("return hostile.home, hostile.ran, hostile.read, hostile.loaded")["values"]
        assert not any(seen), seen
