"""Lua sources for programs with sockets, for interpreters that have LuaSocket. VMs of this package have no
network."""

from __future__ import annotations

from typing import Union

#: Ports below are the system's, those above do not exist.
LOWEST_PORT = 1024
HIGHEST_PORT = 65535


def validate_port(port: int) -> None:
    """Raises ``ValueError`` unless ``port`` is a whole number from 1024 to 65535."""
    if isinstance(port, bool) or not isinstance(port, int) or not LOWEST_PORT <= port <= HIGHEST_PORT:
        raise ValueError(f"Port must be between {LOWEST_PORT} and {HIGHEST_PORT}, not {port!r}")


def validate_host(host: str) -> None:
    """Raises ``ValueError`` unless ``host`` is text that is not blank."""
    if not isinstance(host, str) or not host.strip():
        raise ValueError("Host cannot be empty")


def lua_string(text: str) -> str:
    """A Lua string literal of any text, on one line."""
    return '"' + "".join(map(_escaped, text.encode("utf-8", "surrogateescape"))) + '"'


def _escaped(byte: int) -> str:
    character = chr(byte)
    plain = 32 <= byte < 127 and character not in '"\\'
    return character if plain else f"\\{byte:03d}"


class LuaScriptTemplate:
    """Lua sources with names, ports and texts put in as literals, whatever they contain."""

    @staticmethod
    def simple_echo_server(port: int) -> str:
        """A server that sends each line of one client back. Raises ``ValueError`` for a port out of range."""
        validate_port(port)
        return f"""local socket = require("socket")
local server = assert(socket.bind("*", {port}))
print("Echo server: listening on port {port}")
local client = assert(server:accept())
for line in function() return (client:receive("*l")) end do
  assert(client:send(line .. "\\n"))
end
client:close()
server:close()
"""

    @staticmethod
    def heartbeat_client(host: str, port: int, interval: Union[int, float] = 1, count: int = 10) -> str:
        """A client that sends ``count`` lines, one each ``interval`` seconds.

        Raises ``ValueError`` for a blank host, a port out of range, a negative interval or count.
        """
        validate_host(host)
        validate_port(port)
        if (
            isinstance(interval, bool)
            or not isinstance(interval, (int, float))
            or not 0 <= interval < float("inf")
        ):
            raise ValueError(f"interval is {interval!r}: expected seconds, 0 or more")
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise ValueError(f"count is {count!r}: expected a whole number, 0 or more")
        return f"""local socket = require("socket")
local client = assert(socket.connect({lua_string(host)}, {port}))
for beat = 1, {count} do
  assert(client:send("heartbeat " .. beat .. "\\n"))
  socket.sleep({interval!r})
end
client:close()
"""

    @staticmethod
    def http_client_template(url: str, method: str = "GET") -> str:
        """A request whose status and body are printed. Raises ``ValueError`` for a blank URL or method."""
        if not isinstance(url, str) or not url.strip():
            raise ValueError("url is empty: expected an address such as `http://localhost:8080/`")
        if not isinstance(method, str) or not method.strip():
            raise ValueError("method is empty: expected one such as `GET`")
        return f"""local http = require("socket.http")
local body = {{}}
local ok, status = http.request {{
  url = {lua_string(url)},
  method = {lua_string(method)},
  sink = require("ltn12").sink.table(body),
}}
assert(ok, status)
print("Status:", status)
print(table.concat(body))
"""
