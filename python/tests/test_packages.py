"""Finding, installing, updating and removing packages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import List

import pytest

from package_fixtures import folder, mirror, shelf  # noqa: F401
from pylua_bioxen_vm_lib import exceptions
from pylua_bioxen_vm_lib.package_manager import (
    DependencyResolver,
    InstallationManager,
    LuaEnvironment,
    PackageInstaller,
    PackageManager,
    PackageRegistry,
    PackageValidator,
    Repository,
    RepositoryManager,
    get_available_packages,
    quick_install,
    search_packages,
)
from rocks import Shelf

CARRIED = ["bio-utils", "genome-tools", "math_package", "phylo-tree", "sequence-parser"]


def names(packages: list) -> List[str]:
    return [package.name for package in packages]


def installed() -> List[str]:
    return [f"{package.name} {package.version}" for package in PackageRegistry().get_installed_packages()]


def refused(kind: str, call, *arguments, **keywords) -> str:
    """The message of the error of this kind."""
    with pytest.raises(exceptions.PackageError) as caught:
        call(*arguments, **keywords)
    assert caught.value.kind == kind
    return str(caught.value)


def test_the_example_of_the_specification():
    installer = PackageInstaller()
    packages = search_packages("math")
    assert [(package.name, package.version) for package in packages] == [("math_package", "1.0.0-1")]
    assert packages[0].description and packages[0].category == "math" and not packages[0].installed
    assert installer.install_package("math_package") is True
    assert search_packages("math")[0].installed
    assert installed() == ["math_package 1.0.0-1"]


def test_what_there_is_to_install():
    assert names(get_available_packages())[:5] == CARRIED
    inside = {package.name: package for package in get_available_packages() if package.category == "provided"}
    assert inside["lua-cjson"].installed and "`cjson`" in inside["lua-cjson"].description
    assert names(search_packages("CJSON")) == ["lua-cjson"]
    assert search_packages("no such thing") == []
    with pytest.raises(TypeError):
        search_packages(None)


def test_an_installation_brings_what_is_needed(shelf: Shelf):
    shelf.rock("sun")
    shelf.rock("earth", needs=["sun >= 1"])
    shelf.rock("moon", "2.0-1", needs=["earth"])
    installer = PackageInstaller()
    assert installer.install_package("moon")
    assert installed() == ["earth 1.0-1", "moon 2.0-1", "sun 1.0-1"]
    assert installer.last_change["added"] == [("earth", "1.0-1"), ("moon", "2.0-1"), ("sun", "1.0-1")]
    moon = PackageRegistry().get_package_info("moon")
    assert (moon.version, moon.description, moon.dependencies) == ("2.0-1", "what moon is", ["earth == 1.0-1"])
    assert (moon.installed, moon.repository, moon.license) == (True, "shelf", "MIT")
    assert PackageRegistry().list_modules("moon") == ["moon"]


def test_versions_are_asked_for_as_luarocks_does(shelf: Shelf):
    for version in ("1.0-1", "1.4-1", "2.0-1"):
        shelf.rock("say", version)
    installer = PackageInstaller()
    for version, expected in [("1.0", "1.0-1"), (">= 1.2, < 2", "1.4-1"), ("~> 2", "2.0-1"), ("== 1.4-1", "1.4-1")]:
        assert installer.install_package("say", version)
        assert installed() == [f"say {expected}"]
    assert installer.install_package("say", "latest") and installed() == ["say 1.4-1"]
    assert installer.install_package("say", upgrade=True) and installed() == ["say 2.0-1"]
    assert installer.install_package("say < 2") and installed() == ["say 1.4-1"]
    registry = PackageRegistry()
    assert (
        registry.is_installed("say") and registry.is_installed("say", "1.4") and registry.is_installed("say", ">= 1.4")
    )
    assert not registry.is_installed("say", "1.0") and not registry.is_installed("say", "> 1.10")
    assert not registry.is_installed("nope") and registry.is_installed("lua-cjson")


def test_an_update_stays_within_what_was_asked_for(shelf: Shelf):
    shelf.rock("say", "1.0-1")
    shelf.rock("free", "1.0-1")
    installer = PackageInstaller()
    installer.install_packages(["say < 2", "free"])
    for name in ("say", "free"):
        for version in ("1.5-1", "2.0-1"):
            shelf.rock(name, version)
    assert installer.update_package("say") and installed() == ["free 1.0-1", "say 1.5-1"]
    assert installer.update_packages() and installed() == ["free 2.0-1", "say 1.5-1"]
    assert installer.last_change["replaced"] == [("free", "1.0-1", "2.0-1")]
    refused("PackageNotFound", installer.update_package, "nope")


def test_a_package_leaves_with_what_only_it_needed(shelf: Shelf):
    shelf.rock("sun")
    shelf.rock("earth", needs=["sun"])
    installer = PackageInstaller()
    installer.install_packages(["earth", "math_package"])
    assert "`earth`" in refused("PackageNeeded", installer.remove_package, "sun")
    assert installer.remove_package("earth") and installed() == ["math_package 1.0.0-1"]
    refused("PackageNotFound", installer.remove_package, "earth")
    installer.install_package("earth")
    assert installer.remove_package("sun", dependents=True) and installed() == ["math_package 1.0.0-1"]


def test_an_environment_goes_back_and_forth(shelf: Shelf):
    shelf.rock("say", "1.0-1")
    installer, manager = PackageInstaller(), InstallationManager()
    installer.install_package("say")
    before = manager.current_generation()
    shelf.rock("say", "2.0-1")
    installer.update_package("say")
    assert manager.rollback() == before and installed() == ["say 1.0-1"]
    assert manager.rollback(before + 1) == before + 1 and installed() == ["say 2.0-1"]
    assert before in manager.generations() and manager.current_generation() == before + 1
    with pytest.raises(exceptions.NameNotFoundError):
        manager.rollback(99)


def test_what_was_changed_is_found(folder: Path):
    PackageInstaller().install_packages(["math_package", "bio-utils"])
    manager, validator = InstallationManager(), PackageValidator()
    assert manager.verify() == [] and validator.validate_package("math_package")
    # One copy in the store and its names in generations: a new file in the place of one of them.
    [file] = folder.glob("envs/default/gen/*/share/lua/5.4/math_package.lua")
    file.parent.chmod(0o755)
    file.unlink()
    assert [(one["fault"], Path(one["subject"]).name) for one in manager.verify()] == [("missing", "math_package.lua")]
    with pytest.raises(PackageValidator.ValidationError, match="math_package.lua` is missing"):
        validator.validate_package("math_package")
    assert validator.validate_package("bio-utils") and validator.validate_package("lpeg")
    with pytest.raises(exceptions.ValidationError, match="not installed"):
        validator.validate_package("genome-tools")


def test_a_plan_installs_nothing(shelf: Shelf):
    shelf.rock("sun", "1.0-1")
    shelf.rock("sun", "2.0-1")
    shelf.rock("earth", needs=["sun < 2"])
    resolver = DependencyResolver()
    assert [(one.name, one.version) for one in resolver.resolve("earth")] == [("earth", "1.0-1"), ("sun", "1.0-1")]
    assert resolver.dependencies("earth") == ["lua >= 5.1", "sun < 2"] and resolver.dependencies("nope") == []
    assert resolver.is_satisfiable("earth") and not resolver.is_satisfiable(["earth", "sun >= 2"])
    assert installed() == [] and InstallationManager().generations() == [1]
    PackageInstaller().install_package("sun")
    assert [(one.name, one.version) for one in resolver.resolve("earth")] == [("earth", "1.0-1"), ("sun", "1.0-1")]
    assert resolver.resolve("sun") == [] and installed() == ["sun 2.0-1"]


def test_errors_say_what_is_wrong(shelf: Shelf):
    installer = PackageInstaller()
    assert "did you mean `math_package`" in refused("PackageNotFound", installer.install_package, "math_pakage")
    assert "there is 1.0.0-1" in refused("NoSolution", installer.install_package, "bio-utils", ">= 9")
    refused("InvalidRequirement", installer.install_package, "bio-utils", ">= ")
    refused("InvalidRequirement", installer.install_package, "$")
    refused("EnvironmentNotFound", PackageInstaller("nowhere").install_package, "math_package")
    refused("InvalidName", PackageInstaller("../up").install_package, "math_package")
    for wrong in (None, 7, b"math_package"):
        with pytest.raises(TypeError):
            installer.install_package(wrong)
    with pytest.raises(TypeError):
        installer.install_package("math_package", 1.0)
    assert installed() == []


def test_every_failure_of_an_installation_is_an_installation_error(shelf: Shelf):
    """The archive below is a `ValidationError` by its kind; whoever installs has one class to catch."""
    shelf.rock("climber", entries={"../../outside.lua": b"return 1"})
    shelf.rock("sender", modules={"cjson": "return {}"})
    shelf.native("compiled")
    for name, kind in [
        ("climber", "ArchiveUnsafe"),
        ("sender", "ModuleConflict"),
        ("compiled", "NativeUnsupported"),
        ("nope", "PackageNotFound"),
    ]:
        with pytest.raises(PackageInstaller.InstallationError) as caught:
            PackageInstaller().install_packages(["math_package", name])
        assert (caught.value.kind, installed()) == (kind, []), name
    assert "../../outside.lua" in refused("ArchiveUnsafe", PackageInstaller().install_package, "climber")
    assert not (shelf.folder.parent / "outside.lua").exists()


def test_bytes_that_changed_are_refused(shelf: Shelf):
    path = shelf.rock("say")
    first = LuaEnvironment("first").create()
    first.install("say")
    lock = first.lockfile()
    path.write_bytes(b"something else")
    assert LuaEnvironment("second").create().exists
    with pytest.raises(exceptions.PackageError):
        LuaEnvironment("second").install("say")
    assert first.verify() == [] and first.lockfile() == lock


def test_without_the_network_a_server_is_not_asked():
    RepositoryManager().add_repository("far", "https://127.0.0.1:1", trust="first-use")
    assert PackageInstaller(offline=True).install_package("math_package")
    refused("OfflineMiss", PackageInstaller(offline=True).install_package, "say")
    refused("OfflineMiss", search_packages, "say", offline=True)
    [told] = RepositoryManager().update_repositories()
    assert (told["name"], told["result"]) == ("far", "failed") and told["error"]
    refused("RepositoryUnreachable", PackageInstaller().install_package, "say")


def test_repositories(shelf: Shelf, tmp_path: Path):
    repositories = RepositoryManager()
    assert repositories.list_repositories() == [
        Repository("catalogue", ""),
        Repository("shelf", str(shelf.folder)),
    ]
    other = Shelf(tmp_path / "other")
    other.rock("say", "9.0-1")
    shelf.rock("say", "1.0-1")
    assert repositories.add_repository("other", other.folder, first=True) == Repository("other", str(other.folder))
    assert names(repositories.list_repositories()) == ["catalogue", "other", "shelf"]
    assert search_packages("say")[0].version == "9.0-1"
    repositories.reorder_repositories(["shelf", "other"])
    assert search_packages("say")[0].version == "1.0-1"
    assert "shelf" in refused("Exists", repositories.add_repository, "shelf", shelf.folder)
    assert repositories.remove_repository("shelf") and repositories.get_repository("shelf") is None
    refused("RepositoryNotFound", repositories.remove_repository, "shelf")
    with pytest.raises(exceptions.InvalidSettingError, match="key|trust"):
        repositories.add_repository("far", "https://rocks.example")
    with pytest.raises(ValueError, match="expected `signed`"):
        repositories.add_repository("far", "https://rocks.example", trust="blind")
    with pytest.raises(ValueError, match="exclude each other"):
        repositories.add_repository("far", "https://rocks.example", trust="first-use", keys=["x"])
    refused("InvalidName", repositories.add_repository, "a/b", tmp_path)


def test_a_copy_is_installed_from_elsewhere(shelf: Shelf, tmp_path: Path):
    shelf.rock("sun")
    shelf.rock("earth", needs=["sun"])
    environment = LuaEnvironment("here").create()
    environment.install(["earth", "math_package"])
    environment.vendor(tmp_path / "copy")
    refused("Exists", environment.vendor, tmp_path / "copy")
    elsewhere = tmp_path / "elsewhere"
    RepositoryManager(home=elsewhere).add_repository("copy", tmp_path / "copy")
    there = LuaEnvironment("there", home=elsewhere).create()
    there.install("earth", offline=True)
    assert names(there.packages()) == ["earth", "sun"]


def test_a_lock_of_luarocks_goes_in_and_out(shelf: Shelf):
    shelf.rock("say", "1.0-1")
    shelf.rock("say", "2.0-1")
    environment = LuaEnvironment("locked").create()
    change = environment.install_luarocks_lock("return { dependencies = { say = '1.0-1' } }")
    assert change["added"] == [("say", "1.0-1")]
    copy = LuaEnvironment("copy").create()
    copy.install_luarocks_lock(environment.export_luarocks_lock())
    assert [(one.name, one.version) for one in copy.packages()] == [("say", "1.0-1")]
    assert '"CycloneDX"' in environment.export_cyclonedx() and 'name = "say"' in environment.lockfile()
    refused("LockInvalid", environment.install_luarocks_lock, "return { dependencies = 7 }")
    refused("EvaluationLimit", environment.install_luarocks_lock, "while true do end")
    refused("LockOutOfDate", environment.install, "say >= 2", frozen=True)


def test_progress_is_told(shelf: Shelf):
    shelf.rock("say")
    lines: List[str] = []
    PackageInstaller(progress=lines.append).install_package("say")
    assert lines == [
        "choosing versions",
        "fetching say 1.0-1 (1 of 1)",
        lines[2],
        "unpacking say 1.0-1",
        "installing 1 package",
    ]
    assert lines[2].startswith("fetched say 1.0-1: ")


def test_a_progress_that_raises_stops_nothing(monkeypatch: pytest.MonkeyPatch):
    told: List[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: told.append(str(unraisable.exc_value)))

    def broken(line: str) -> None:
        raise RuntimeError(f"no room for {line}")

    assert PackageInstaller(progress=broken).install_package("math_package")
    assert installed() == ["math_package 1.0.0-1"]
    assert told[0] == "no room for choosing versions" and len(told) == 5


def test_the_manager_has_it_all_behind_one_name(folder: Path):
    manager = PackageManager()
    settings = manager.get_settings()
    assert (settings["home"], settings["environment"], settings["environments"]) == (str(folder), "default", [])
    assert settings["repositories"] == ["catalogue"] and not folder.exists()
    manager.clean_cache()
    assert not folder.exists()
    assert manager.install_package("math_package") and names(manager.list_installed()) == ["math_package"]
    assert manager.get_package_info("bio-utils").version == "1.0.0-1" and manager.get_package_info("nope") is None
    assert manager.update_package("math_package") and names(manager.search_packages("melting")) == ["bio-utils"]
    assert manager.remove_package("math_package") and manager.get_settings()["environments"] == ["default"]
    manager.clean_cache()


def test_quick_install_takes_one_name_or_several():
    assert quick_install("math_package") and installed() == ["math_package 1.0.0-1"]
    assert quick_install(["bio-utils", "phylo-tree"], profile="minimal")
    assert installed() == ["bio-utils 1.0.0-1", "math_package 1.0.0-1", "phylo-tree 1.0.0-1"]


def test_names_are_checked():
    validator = PackageValidator()
    assert validator.validate_name("Math_Package") == "math_package"
    assert validator.validate_requirement("say", "1.4") == "say == 1.4"
    for wrong in ("say >= 1", "", "$"):
        with pytest.raises(PackageValidator.ValidationError):
            validator.validate_name(wrong)


def test_real_packages_of_a_server():
    RepositoryManager().add_repository("mirror", mirror())
    assert PackageInstaller().install_packages(["penlight >= 1.13", "luassert"])
    assert {"penlight 1.13.1-1", "luassert 1.9.0-1", "say 1.4.1-3"} <= set(installed())
    assert InstallationManager().verify() == []
    refused("NativeUnsupported", PackageInstaller().install_package, "luasocket")


def test_a_signed_repository_needs_its_key(tmp_path: Path):
    made = mirror().parent
    key = (made / "keys" / "mirror.pub").read_text().strip().splitlines()[-1]
    other = (made / "keys" / "other.pub").read_text().strip().splitlines()[-1]
    repositories = RepositoryManager(home=tmp_path / "right")
    assert repositories.add_repository("signed", made / "signed", keys=[key]).trust == "signed"
    assert PackageInstaller(home=tmp_path / "right").install_package("inspect")
    RepositoryManager(home=tmp_path / "wrong").add_repository("signed", made / "signed", keys=[other])
    refused("SignatureInvalid", PackageInstaller(home=tmp_path / "wrong").install_package, "inspect")


def test_two_processes_install_at_once(shelf: Shelf):
    shelf.rock("sun")
    shelf.rock("moon")
    program = (
        "import sys; from pylua_bioxen_vm_lib.package_manager import *; PackageInstaller().install_package(sys.argv[1])"
    )
    running = [subprocess.Popen([sys.executable, "-c", program, name]) for name in ("sun", "moon", "math_package")]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]
    assert installed() == ["math_package 1.0.0-1", "moon 1.0-1", "sun 1.0-1"]
