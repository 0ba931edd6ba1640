"""VMs that were to have a network. Networking is not offered yet: what needs it says so."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from .exceptions import NetworkingNotOfferedError
from .lua_process import LuaProcess
from .results import Result
from .templates import LuaScriptTemplate, validate_host, validate_port

__all__ = ["LuaScriptTemplate", "NetworkedLuaVM", "not_offered", "validate_host", "validate_port"]

_NEXT = "give scripts a Python function instead, with `vm.register`"

#: What programs with a network would want, as ``get_networking_recommendations`` gives it.
_WANTED = (
    ("luasocket", "high", "core", "sockets"),
    ("http", "medium", "web", "requests over HTTP"),
)


class NetworkedLuaVM(LuaProcess):
    """A VM as any other. Its methods that need sockets raise ``NetworkingNotOfferedError``, which is a
    ``NetworkingError`` and a ``LuaSocketNotFoundError``; in Lua ``require "socket"`` finds no module."""

    def start_server(self, port: int, timeout: Optional[float] = None) -> Result:
        """Raises ``ValueError`` for a port out of range, else ``NetworkingNotOfferedError``."""
        validate_port(port)
        raise not_offered("start_server")

    def start_client(
        self, host: str, port: int, message: str = "Hello from Lua Client!", timeout: Optional[float] = None
    ) -> Result:
        """Raises ``ValueError`` for a blank host or a port out of range, else
        ``NetworkingNotOfferedError``."""
        validate_host(host)
        validate_port(port)
        raise not_offered("start_client")

    def start_p2p(
        self,
        local_port: int,
        peer_host: Optional[str] = None,
        peer_port: Optional[int] = None,
        run_duration: float = 30,
        send_interval: float = 5,
        timeout: Optional[float] = None,
    ) -> Result:
        """Raises ``ValueError`` for a blank host or a port out of range, else
        ``NetworkingNotOfferedError``."""
        validate_port(local_port)
        if peer_host is not None:
            validate_host(peer_host)
        if peer_port is not None:
            validate_port(peer_port)
        raise not_offered("start_p2p")

    def setup_networking_packages(self, include_advanced: bool = False) -> Dict[str, Any]:
        """Says that there is nothing to set up: ``success`` False, with the reason in ``error``."""
        wanted = ["luasocket", "http", "json", "lpeg"] if include_advanced else ["luasocket"]
        return {
            "success": False,
            "error": str(not_offered("setup_networking_packages")),
            "networking_ready": False,
            "packages_installed": [],
            "failed_packages": wanted,
        }

    def get_networking_recommendations(self) -> List[Dict[str, Any]]:
        """What programs with a network would want: package, priority, networking_category, rationale,
        estimated_benefit."""
        return [
            {
                "package": package,
                "priority": priority,
                "networking_category": category,
                "rationale": f"{what}; networking is not offered yet",
                "estimated_benefit": "none before networking is offered",
            }
            for package, priority, category, what in _WANTED
        ]

    def check_networking_health(self) -> Dict[str, Any]:
        """``check_environment_health`` with ``networking`` and ``overall_networking_health``."""
        health = self.check_environment_health()
        health["networking"] = {
            "luasocket_available": False,
            "http_available": False,
            "json_available": self.execute_string("return (pcall(require, 'cjson'))")["value"] is True,
            "networking_packages_verified": False,
            "network_connectivity_tests": {},
            "recommended_networking_packages": [
                entry["package"] for entry in self.get_networking_recommendations()
            ],
            "networking_readiness_percentage": 0.0,
            "is_network_ready": False,
        }
        health["overall_networking_health"] = "needs_packages"
        return health

    def load_packages_from_environment(self, env: Any) -> None:
        """As ``set_environment``."""
        self.set_environment(env)


def not_offered(what: str) -> NetworkingNotOfferedError:
    """The error of everything that needs a network."""
    return NetworkingNotOfferedError(f"`{what}`: networking is not offered yet; {_NEXT}")
