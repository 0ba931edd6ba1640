"""The curator, in the shapes of the old library."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path

import pytest

from package_fixtures import folder, shelf  # noqa: F401
from pylua_bioxen_vm_lib.env import EnvironmentManager, LuaEnvironment
from pylua_bioxen_vm_lib.exceptions import InstallationError
from pylua_bioxen_vm_lib.package_manager import RepositoryManager
from pylua_bioxen_vm_lib.utils import curator as module
from pylua_bioxen_vm_lib.utils.curator import Curator, Package, bootstrap_lua_environment, get_curator, quick_install
from rocks import Shelf


def test_every_name_is_where_programs_look_for_it():
    from pylua_bioxen_vm_lib import env, package_manager

    for name in ("Package", "Curator", "get_curator", "quick_install", "bootstrap_lua_environment"):
        assert getattr(module, name) is getattr(package_manager, name)
    for name in (
        "PackageRegistry PackageInstaller PackageManager RepositoryManager InstallationManager DependencyResolver PackageValidator "
        "LuaEnvironment search_packages get_available_packages"
    ).split():
        assert getattr(module, name) is getattr(package_manager, name)
    assert env.EnvironmentManager is package_manager.EnvironmentManager
    assert set(package_manager.__all__) <= set(dir(package_manager))


def test_a_package_has_its_old_fields():
    package = Package("say", "1.4", "text", "words", None, True, "2025-01-01", "git", 7)
    old = {"name": "say", "version": "1.4", "category": "text", "description": "words", "dependencies": []}
    old.update(installed=True, install_date="2025-01-01", source="git", priority=7)
    assert old.items() <= asdict(package).items()
    assert old | {"version": "latest"} != asdict(Package("say"))
    assert Package("say") == Package("say", "latest", "utility", "", [], False, None, "luarocks", 5)


def test_packages_come_and_go():
    curator = Curator()
    assert curator.install_package("math_package") is True and curator.install_package("math_package") is True
    assert curator.is_package_installed("math_package") and curator.is_package_installed("math_package", ">= 1.0")
    assert not curator.is_package_installed("math_package", "2.0") and not curator.is_package_installed("bio-utils")
    assert curator.is_package_installed("lua-cjson")
    [listed] = curator.list_installed_packages()
    assert listed == {
        "name": "math_package",
        "version": "1.0.0-1",
        "category": "math",
        "installed": True,
        "description": "Statistics, combinatorics and least-squares fits that say when a number cannot be trusted",
        "priority": 5,
    }
    assert curator.verify_local_package_installation("math_package") and curator.verify_local_package_installation(
        "lpeg"
    )
    assert not curator.verify_local_package_installation("bio-utils")
    assert curator.update_package("math_package") and curator.cleanup_orphaned_packages() == []
    assert curator.remove_package("math_package") is True and curator.remove_package("math_package") is True
    assert curator.list_installed_packages() == []


def test_what_cannot_be_done_is_false_and_says_why(caplog: pytest.LogCaptureFixture):
    curator = Curator()
    with caplog.at_level(logging.ERROR):
        assert curator.install_package("math_pakage") is False
    assert isinstance(curator.last_error, InstallationError) and curator.last_error.kind == "PackageNotFound"
    assert "did you mean `math_package`" in caplog.text and "cannot install `math_pakage`" in caplog.text
    assert curator.curate_environment("no such profile") is False
    assert "Unknown profile 'no such profile'" in str(curator.last_error)


def test_a_newer_version_is_taken_by_force(shelf: Shelf):
    shelf.rock("say", "1.0-1")
    curator = Curator()
    curator.install_package("say")
    shelf.rock("say", "2.0-1")
    assert curator.install_package("say") and curator.is_package_installed("say", "1.0")
    assert curator.install_package("say", force=True) and curator.is_package_installed("say", "2.0")
    assert curator.install_package("say", "1.0") and curator.is_package_installed("say", "1.0")


def test_profiles_are_installed(shelf: Shelf):
    shelf.rock("penlight")
    curator = Curator()
    assert curator.curate_environment() is True
    names = [package.name for package in curator.get_installed_packages()]
    assert names == ["bio-utils", "math_package", "penlight", "sequence-parser"]
    profile = curator.get_available_profiles()["standard"]
    assert profile.keys() == {"packages", "description", "category"} and "penlight" in profile["packages"]


def test_an_application_brings_its_own_catalogue(shelf: Shelf, caplog: pytest.LogCaptureFixture):
    shelf.rock("say")
    curator = Curator(
        packages_catalog={
            "say": Package("say", category="text", priority=9),
            "lua-cjson": {"category": "data", "priority": 10},
            "missing": {"priority": 8},
        },
        profiles_catalog={
            "mine": {"packages": ["say", "lua-cjson"], "description": "what mine needs", "category": "app"},
            "plain": ["say", "missing"],
        },
    )
    assert curator.catalog["lua-cjson"].priority == 10 and "math_package" in curator.catalog
    assert curator.get_available_profiles()["mine"] == {
        "packages": ["say", "lua-cjson"],
        "description": "what mine needs",
        "category": "app",
    }
    assert curator.get_available_profiles()["plain"]["packages"] == ["say", "missing"]
    assert curator.health_check()["critical_packages_ratio"] == "1/3"
    assert curator.curate_environment("mine") is True
    assert [(one["name"], one["category"]) for one in curator.list_installed_packages()] == [("say", "text")]
    assert curator.curate_environment("plain") is False and "missing" in caplog.text
    assert curator.health_check()["critical_packages_ratio"] == "2/3"


def test_what_goes_well_with_what_is_installed():
    curator = Curator()
    assert curator.get_recommendations() == []
    curator.install_package("bio-utils")
    names = [package.name for package in curator.get_recommendations()]
    assert {"genome-tools", "phylo-tree", "sequence-parser"} <= set(names) and "bio-utils" not in names
    assert [one.name for one in curator.recommend_packages()] == names
    assert "bio-utils" in [one.name for one in curator.get_recommendations(["genome-tools"])]
    many = {f"package-{number}": {"priority": number % 10} for number in range(9)}
    given = Curator(packages_catalog=many, environment="empty").get_recommendations()
    assert [one.priority for one in given] == [8, 7, 6, 5, 4]


def test_health_has_its_old_keys(folder: Path):
    curator = get_curator()
    health = curator.health_check()
    assert health.keys() == {
        "status",
        "issues",
        "luarocks_available",
        "lua_version",
        "installed_packages",
        "manifest_valid",
        "catalog_size",
        "available_profiles",
        "timestamp",
        "critical_packages_ratio",
    }
    assert (health["status"], health["installed_packages"], health["lua_version"]) == ("empty", 0, "5.4")
    assert health["critical_packages_ratio"] == "N/A (no catalog)" and health["catalog_size"] >= 13
    curator.install_package("math_package")
    assert curator.health_check()["status"] == "healthy"
    [file] = folder.glob("envs/default/gen/000002/share/lua/5.4/math_package.lua")
    file.unlink()
    broken = curator.health_check()
    assert (broken["status"], broken["manifest_valid"]) == ("faulty", False) and "math_package.lua" in broken["issues"][
        0
    ]


def test_the_manifest_is_written_where_somebody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Curator().install_package("math_package")
    assert not (tmp_path / "manifest.json").exists()
    path = tmp_path / "deep" / "manifest.json"
    curator = Curator(manifest_path=path)
    curator.install_package("bio-utils")
    written = json.loads(path.read_text())
    assert written.keys() == {"version", "created", "lua_version", "packages", "profiles", "last_updated"}
    assert written["packages"].keys() == {"bio-utils", "math_package"} == curator.manifest["packages"].keys()
    assert written["packages"]["bio-utils"]["version"] == "1.0.0-1" and "standard" in written["profiles"]
    curator.remove_package("bio-utils")
    again = json.loads(path.read_text())
    assert again["packages"].keys() == {"math_package"} and again["created"] == written["created"]
    assert curator.generate_manifest(tmp_path / "other.json")["packages"].keys() == {"math_package"}
    assert (tmp_path / "other.json").exists() and sorted(path.parent.iterdir()) == [path]


def test_what_a_package_needs(shelf: Shelf):
    shelf.rock("sun")
    shelf.rock("earth", needs=["sun"])
    assert Curator().resolve_dependencies("earth") == ["earth", "sun"]
    with pytest.raises(InstallationError):
        Curator().resolve_dependencies("nope")


def test_it_works_on_the_environment_that_it_is_given(tmp_path: Path):
    elsewhere = LuaEnvironment("there", home=tmp_path / "elsewhere").create()
    curator = Curator(environment=elsewhere)
    assert curator.install_package("math_package")
    assert [one.name for one in elsewhere.packages()] == ["math_package"]
    assert (curator.environment.name, curator.environment.home.folder) == ("there", str(tmp_path / "elsewhere"))
    logger = logging.getLogger("mine")
    manager = EnvironmentManager(home=tmp_path / "elsewhere")
    given = Curator(env_manager=manager, logger=logger)
    assert given.home is manager.home and given.logger is logger and given.environment.name == "default"
    assert Curator("/usr/bin/lua").lua_path == "/usr/bin/lua"


def test_a_server_that_was_never_asked_is_in_nobodys_way():
    RepositoryManager().add_repository("far", "https://127.0.0.1:1", trust="first-use")
    curator = Curator()
    assert curator.install_package("math_package") and "phylo-tree" in curator.catalog
    assert curator.get_recommendations() == [] and curator.health_check()["installed_packages"] == 1
    assert curator.list_installed_packages()[0]["category"] == "math"


def test_bootstrap_takes_a_name_or_a_profile():
    assert bootstrap_lua_environment("lab") is True
    assert [one.name for one in LuaEnvironment("lab").packages()] == ["bio-utils", "math_package", "sequence-parser"]
    assert bootstrap_lua_environment("minimal") and bootstrap_lua_environment("minimal")
    assert [one.name for one in LuaEnvironment("minimal").packages()] == ["math_package"]
    assert bootstrap_lua_environment("genes", profile="bioinformatics")
    assert len(LuaEnvironment("genes").packages()) == 5
    assert bootstrap_lua_environment(profile="production")
    assert [one.name for one in LuaEnvironment("production").packages()] == [
        "bio-utils",
        "math_package",
        "sequence-parser",
    ]
    with pytest.raises(ValueError, match="Unknown profile 'x'. Available profiles: minimal, standard"):
        bootstrap_lua_environment("lab", "x")


def test_quick_install_does_not_take_a_name_letter_by_letter():
    assert quick_install("math_package")
    assert [one.name for one in Curator().get_installed_packages()] == ["math_package"]
