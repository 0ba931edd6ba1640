"""Measures the Python package beside a `lua` process for each call, and beside lupa: Lua in this process, without a
sandbox. All three in the same run, one after the other in each round."""

from __future__ import annotations

import argparse
import os
import platform
import sys

import calls
import lupa
import many
import process
import sessions
from pylua_bioxen_vm_lib import __version__
from report import Report


def main() -> int:
    parser = argparse.ArgumentParser(prog="cargo xtask bench-python", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="some seconds instead of a minute")
    parser.add_argument("--memory-of", choices=("ours", "lupa"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory_of:
        print(many.memory_of(arguments.memory_of))
        return 0
    lua = process.executable()
    if lua is None:
        print("error: `lua5.4` is missing: type `apt-get install lua5.4` and try again", file=sys.stderr)
        return 1
    rounds = 20 if arguments.quick else 200
    report = Report([*calls.rows(lua, rounds), *sessions.rows(lua, rounds), *many.rows(lua, rounds)])
    print(f"pylua_bioxen_vm_lib {__version__}, lupa {lupa.__version__}, {os.path.basename(lua)} as a process, ", end="")
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors\n")
    print(report.table())
    return 0


if __name__ == "__main__":
    sys.exit(main())
