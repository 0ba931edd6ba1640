"""The methods of a VM that look after its packages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List

from .exceptions import LuaVMError
from .vm_interaction import VmInteraction

if TYPE_CHECKING:
    from .utils.curator import Curator


class VmPackages(VmInteraction):
    """Packages of the environment of a VM: its own, or the one named ``default``, which the VM is given by
    the first change."""

    lua_executable: str
    packages_setup: bool = False

    def setup_packages(self, profile: str = "standard") -> Dict[str, Any]:
        """Installs what a profile names.

        Gives success, profile, packages_installed, failed_packages, total_packages, curator_recommendations;
        on failure error too.
        """
        answer: Dict[str, Any] = {
            "success": False,
            "profile": profile,
            "packages_installed": [],
            "failed_packages": [],
            "total_packages": 0,
            "curator_recommendations": [],
        }
        try:
            curator = self._curator()
            answer["success"] = curator.curate_environment(profile)
            if not answer["success"]:
                answer["error"] = str(curator.last_error)
                return answer
            self.machine.set_environment(curator.environment)
            answer["packages_installed"] = [package["name"] for package in curator.list_installed_packages()]
            answer["total_packages"] = len(answer["packages_installed"])
            answer["curator_recommendations"] = [package.name for package in curator.get_recommendations()]
        except (LuaVMError, ValueError) as error:
            answer["error"] = str(error)
        self.packages_setup = self.packages_setup or answer["success"]
        return answer

    def install_package(self, name: str, version: str = "latest") -> Dict[str, Any]:
        """Installs a package with what it needs; the VM sees it at once.

        Gives success, package, version, installed_version, dependencies; on failure error too.
        """
        answer: Dict[str, Any] = {
            "success": False,
            "package": name,
            "version": version,
            "installed_version": None,
            "dependencies": [],
        }
        try:
            curator = self._curator()
            answer["success"] = curator.install_package(name, version)
            if not answer["success"]:
                answer["error"] = str(curator.last_error)
                return answer
            self.machine.set_environment(curator.environment)
            for package in curator.list_installed_packages():
                if package["name"] == name:
                    answer["installed_version"] = package["version"]
                    answer["dependencies"] = list(package.get("dependencies", []))
        except (LuaVMError, ValueError) as error:
            answer["error"] = str(error)
        return answer

    def get_package_recommendations(self) -> List[Any]:
        """Packages that go with what is installed, five at most."""
        return list(self._curator().get_recommendations())

    def get_installed_packages(self) -> List[Dict[str, Any]]:
        """name, version, category and more of each installed package."""
        return list(self._curator().list_installed_packages())

    def get_curator_manifest(self) -> Dict[str, Any]:
        """What is installed, as the curator keeps it."""
        manifest: Dict[str, Any] = self._curator().manifest
        return manifest

    def check_environment_health(self) -> Dict[str, Any]:
        """The curator's ``health_check`` with ``vm_info``; ``overall_health`` is ``error`` where it
        failed."""
        try:
            health: Dict[str, Any] = dict(self._curator().health_check())
        except (LuaVMError, OSError) as error:
            health = {"overall_health": "error", "error": str(error)}
        health["vm_info"] = {
            "name": self.name,
            "lua_executable": self.lua_executable,
            "packages_setup": self.packages_setup,
            "interactive_session_running": self.is_interactive_running(),
            "temp_scripts_count": 0,
        }
        return health

    def _curator(self) -> "Curator":
        from .utils.curator import Curator

        if self.machine.environment is None:
            return Curator()
        return Curator(environment=self.machine.environment)
