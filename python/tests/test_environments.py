"""Environments and profiles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from package_fixtures import begun, folder, shelf  # noqa: F401
from pylua_bioxen_vm_lib import _native, exceptions
from pylua_bioxen_vm_lib.env import EnvironmentManager, LuaEnvironment, default_environment, vm_config_for
from pylua_bioxen_vm_lib.package_manager import Home, PackageInstaller, PackageRegistry
from pylua_bioxen_vm_lib.packages.home import default_folder
from pylua_bioxen_vm_lib.packages.profiles import PROFILES
from rocks import Shelf


def run(config: object, source: str) -> object:
    """What a VM that is given this returns."""
    result = _native.Vm(config).exec(source, "=test")
    assert result["success"], result["stderr"]
    return result["value"]


def names(environment: LuaEnvironment) -> list:
    return [package.name for package in environment.packages()]


def test_environments_are_made_listed_activated_and_deleted(folder: Path):
    manager = EnvironmentManager()
    assert manager.list_environments() == [] and manager.active_environment == "default"
    assert not folder.exists()
    made = manager.create_environment("lab")
    assert isinstance(made, LuaEnvironment) and made.exists and not made.is_active
    manager.create_environment("field", profile="minimal")
    assert [(one.name, one.is_active) for one in manager.list_environments()] == [("field", False), ("lab", False)]
    manager.activate_environment("lab")
    assert [(one.name, one.is_active) for one in EnvironmentManager().list_environments()] == [
        ("field", False),
        ("lab", True),
    ]
    PackageInstaller().install_package("bio-utils")
    assert names(made) == ["bio-utils"] and names(manager.get_environment("field")) == ["math_package"]
    assert manager.get_environment().name == "lab" and default_environment().name == "lab"
    assert manager.delete_environment("lab") is True and manager.active_environment == "default"
    assert [one.name for one in manager.list_environments()] == ["field"] and not made.exists
    manager.activate_environment("default")
    assert LuaEnvironment().exists
    manager.deactivate_environment()


@pytest.mark.parametrize(
    ("kind", "work"),
    [
        ("EnvironmentExists", lambda manager: manager.create_environment("there")),
        ("EnvironmentNotFound", lambda manager: manager.activate_environment("nowhere")),
        ("EnvironmentNotFound", lambda manager: manager.delete_environment("nowhere")),
        ("EnvironmentNotFound", lambda manager: manager.get_environment("nowhere")),
        ("EnvironmentNotFound", lambda _: LuaEnvironment("nowhere").packages()),
        ("InvalidName", lambda manager: manager.create_environment("../up")),
        ("InvalidName", lambda manager: manager.create_environment("Big")),
        ("InvalidName", lambda manager: manager.delete_environment("")),
    ],
)
def test_errors_have_their_kinds(kind: str, work):
    manager = EnvironmentManager()
    manager.create_environment("there")
    with pytest.raises(exceptions.PackageError) as caught:
        work(manager)
    assert caught.value.kind == kind
    assert manager.active_environment == "default"


def test_an_active_environment_that_is_gone_is_an_error_and_not_another_one():
    manager = EnvironmentManager()
    manager.create_environment("lab")
    manager.activate_environment("lab")
    Home().environments.remove("lab")  # as the command does
    with pytest.raises(exceptions.PackageError, match="`lab`"):
        PackageInstaller().install_package("math_package")
    assert PackageRegistry().get_installed_packages() == []
    manager.deactivate_environment()
    assert PackageInstaller().install_package("math_package")


def test_the_folder_is_the_one_of_the_command():
    everything = {"BIOXEN_HOME": "/b", "XDG_DATA_HOME": "/x", "HOME": "/h"}
    assert default_folder(everything) == "/b"
    assert default_folder({**everything, "BIOXEN_HOME": ""}) == "/x/bioxen"
    assert (
        default_folder({"HOME": "/h"})
        == default_folder({"XDG_DATA_HOME": "x", "HOME": "/h"})
        == "/h/.local/share/bioxen"
    )
    with pytest.raises(exceptions.InvalidSettingError, match="home="):
        default_folder({})


def test_a_folder_is_given_by_keyword(tmp_path: Path, folder: Path):
    for home in (tmp_path / "a", str(tmp_path / "b"), Home(tmp_path / "c")):
        EnvironmentManager(home=home).create_environment("lab")
        assert [one.name for one in EnvironmentManager(home=home).list_environments()] == ["lab"]
    assert sorted(path.name for path in tmp_path.iterdir() if len(path.name) == 1) == ["a", "b", "c"]
    assert not folder.exists()


def test_scripts_see_their_environment():
    PackageInstaller().install_package("math_package")
    assert run(vm_config_for("default"), "return require('math_package').compute(10)") == 20
    assert run(vm_config_for(LuaEnvironment()), "return require('math_package').compute(10)") == 20
    assert run(vm_config_for(Home().existing()), "return require('math_package').compute(10)") == 20
    assert run(vm_config_for(None), "return (pcall(require, 'math_package'))") is False
    assert run(vm_config_for("default", variables={"MORE": "1"}), "return os.getenv('MORE')") == "1"
    with pytest.raises(exceptions.PackageError):
        vm_config_for("nowhere")
    with pytest.raises(TypeError):
        vm_config_for(7)


def test_environments_see_nothing_of_each_other(shelf: Shelf):
    for version in ("1.0-1", "2.0-1"):
        shelf.rock("say", version)
    for name, version in [("old", "1.0"), ("new", "2.0")]:
        LuaEnvironment(name).create().install(f"say == {version}")
    LuaEnvironment("old").set_variable("ONLY", "here")
    source = "return require('say').version .. ' ' .. tostring(os.getenv('ONLY'))"
    assert run(vm_config_for("old"), source) == "1.0-1 here"
    assert run(vm_config_for("new"), source) == "2.0-1 nil"
    refused = run(vm_config_for("old"), "return select(2, io.open('/env/share/lua/5.4/say.lua', 'w'))")
    assert isinstance(refused, str) and run(vm_config_for("old"), source) == "1.0-1 here"


def test_a_vm_keeps_what_it_was_given(shelf: Shelf):
    shelf.rock("say", "1.0-1")
    environment = LuaEnvironment("lab").create()
    environment.install("say")
    vm = _native.Vm(vm_config_for(environment))
    shelf.rock("say", "2.0-1")
    environment.update()
    assert vm.exec("return require('say').version", "=test")["value"] == "1.0-1"
    assert run(vm_config_for(environment), "return require('say').version") == "2.0-1"
    environment.rollback()
    assert run(vm_config_for(environment), "return require('say').version") == "1.0-1"
    EnvironmentManager().delete_environment("lab")
    assert vm.exec("return #package.searchpath('say', package.path)", "=test")["success"]


def test_the_default_environment_is_there_once_something_was_installed(folder: Path):
    assert default_environment() is None and not folder.exists()
    PackageInstaller().install_package("math_package")
    assert run(vm_config_for(default_environment()), "return require('math_package').compute(10)") == 20


def test_folders_and_variables_come_with_an_environment(tmp_path: Path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "greet.lua").write_text("return 'hello'")
    environment = LuaEnvironment("lab").create()
    environment.add_mount(data, "/data", modules=True)
    environment.set_variable("LANG", "C")
    assert environment.mounts() == [{"host": str(data), "guest": "/data", "writable": False, "modules": True}]
    assert environment.variables == {"LANG": "C"}
    assert run(vm_config_for("lab"), "return require('greet') .. os.getenv('LANG')") == "helloC"
    environment.remove_mount("/data")
    environment.set_variable("LANG", None)
    assert environment.mounts() == [] and environment.variables == {}
    with pytest.raises(exceptions.NameNotFoundError):
        environment.remove_mount("/data")
    with pytest.raises(exceptions.InvalidSettingError):
        environment.add_mount(data, "/env/x")


def test_the_profiles_are_those_of_the_library():
    for profile in Home().environments.profiles():
        known = PROFILES[profile["name"]]
        assert sorted(known["packages"]) == sorted(profile["carried"] + profile["others"]), profile["name"]
        assert known["description"] == profile["summary"]
    keys = {"description", "packages", "luarocks_required", "development_tools", "networking"}
    assert all(profile.keys() == keys for profile in EnvironmentManager.PROFILES.values())
    assert {"minimal", "standard", "full", "development", "production", "networking"} <= PROFILES.keys()


def test_a_profile_is_chosen_and_kept(home: Path):
    path = home / ".config" / "pylua_vm" / "environment.json"
    manager = EnvironmentManager()
    assert manager.profile == "standard" and manager.config_path == path and not path.exists()
    manager.set_profile("development", save_config=False)
    assert manager.is_development_mode() and EnvironmentManager().profile == "standard" and not path.exists()
    manager.set_profile("production")
    assert manager.is_production_mode() and not manager.is_development_mode() and not manager.is_networking_enabled()
    saved = json.loads(path.read_text())
    assert saved.keys() == {"profile", "last_updated", "system_info"} and saved["profile"] == "production"
    assert EnvironmentManager().profile == "production" and EnvironmentManager("minimal").profile == "minimal"
    assert [one["name"] for one in manager.list_available_profiles() if one["is_current"]] == ["production"]
    for wrong in (
        lambda: EnvironmentManager("x"),
        lambda: manager.set_profile("x"),
        lambda: manager.get_profile_info("x"),
    ):
        with pytest.raises(ValueError, match="Unknown profile 'x'. Available profiles: minimal, standard"):
            wrong()
    path.write_text("{")
    assert EnvironmentManager().profile == "standard" and not EnvironmentManager().validate_config()
    manager.reset_config()
    assert not path.exists() and manager.profile == "standard" and manager.validate_config()


def test_the_packages_of_a_profile_are_installed(shelf: Shelf):
    shelf.rock("penlight")
    manager = EnvironmentManager()
    assert [issue for issue in manager.validate_environment() if "`default`" in issue] and not manager.validate()
    there = manager.install_profile_packages()
    assert {name for name, is_there in there.items() if is_there} == {
        "bio-utils",
        "math_package",
        "sequence-parser",
        "penlight",
    }
    assert manager.check_package_availability() == there == manager.check_package_availability(list(there))
    assert manager.validate_environment() == [] and manager.validate()
    PackageInstaller().remove_package("bio-utils")
    [issue] = manager.validate_environment()
    assert "`bio-utils` of profile `standard` is not installed" in issue
    assert manager.get_recommended_packages() == PROFILES["standard"]["packages"]
    assert "`bio-utils`" in manager.create_env_summary()


def test_what_it_says_of_itself():
    manager = EnvironmentManager("development", debug_mode=True)
    info = manager.get_system_info()
    assert info.keys() == {"platform", "lua", "luarocks", "environment", "validation"}
    assert info["lua"]["version"] == manager.detect_lua() == "5.4" and manager.detect_luarocks() is None
    given = manager.get_environment_variables()
    assert given.keys() == {"LUA_PATH", "LUA_CPATH", "LUA_DEV_MODE", "LUA_DEBUG"}
    before = dict(os.environ)
    assert manager.setup_environment_variables() == {"LUA_DEV_MODE": "1", "LUA_DEBUG": "1"} and os.environ == before
    source = "return os.getenv('LUA_DEBUG') .. ' ' .. package.path"
    assert run(vm_config_for("default"), source) == "1 " + manager.resolve_lua_path() == "1 " + given["LUA_PATH"]
    assert manager.get_lua_paths()["lua_cpath"] == []
    assert manager.get_cross_platform_path("a", "b") == os.path.join("a", "b")


def test_importing_writes_and_prints_nothing(tmp_path: Path):
    program = (
        "import threading, pylua_bioxen_vm_lib.package_manager, pylua_bioxen_vm_lib.utils.curator, pylua_bioxen_vm_lib.env as env;"
        "env.EnvironmentManager(); assert threading.active_count() == 1"
    )
    folder = tmp_path / "empty"
    folder.mkdir()
    # The package is found from anywhere; nothing but files of bytecode, which are none of ours, may be written.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, filter(None, sys.path)))}
    for name in ("HOME", "BIOXEN_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        environment[name] = str(folder / name)
    ran = subprocess.run(
        [sys.executable, "-B", "-c", program], cwd=folder, env=environment, capture_output=True, timeout=60
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"") and list(folder.iterdir()) == []


def test_a_fork_is_refused_and_the_parent_goes_on():
    program = """
import os
from pylua_bioxen_vm_lib.exceptions import LuaVMError
from pylua_bioxen_vm_lib.package_manager import EnvironmentManager, PackageInstaller
installer, manager = PackageInstaller(), EnvironmentManager()
installer.install_package("math_package")
child = os.fork()
if not child:
    for work in (installer.list_packages, manager.list_environments, PackageInstaller().list_packages):
        try:
            work()
        except LuaVMError as error:
            print("refused:", "forked" in str(error), flush=True)
    raise SystemExit  # with everything let go as in any process
os.waitpid(child, 0)
print(installer.list_packages()[0].name)
"""
    process = begun(program)
    told, _ = process.communicate(timeout=60)
    assert (process.returncode, told.split("\n")) == (0, ["refused: True"] * 3 + ["math_package", ""])


def test_no_thread_is_left_when_all_is_let_go():
    program = """
import os, time
from pylua_bioxen_vm_lib.package_manager import EnvironmentManager, PackageInstaller
PackageInstaller().install_package("math_package")
EnvironmentManager().validate_environment()
end = time.monotonic() + 30
while len(os.listdir("/proc/self/task")) > 1 and time.monotonic() < end:
    time.sleep(0.01)
print(len(os.listdir("/proc/self/task")))
"""
    told, _ = begun(program).communicate(timeout=60)
    assert told == "1\n"
