"""What a VM may use: the keywords that say so, checked."""

from __future__ import annotations

import math
from typing import Any, Dict, Mapping, Optional, Union

#: What each limit is counted in, and the least it can be.
LIMITS: Mapping[str, "tuple[str, Union[int, float]]"] = {
    "memory": ("bytes", 1 << 20),
    "fuel": ("units", 1),
    "time": ("seconds", 0.0),
    "stdout": ("bytes", 0),
    "stderr": ("bytes", 0),
    "result": ("bytes", 0),
    "error_text": ("bytes", 0),
    "source": ("bytes", 0),
    "host_calls": ("calls", 0),
    "host_call_time": ("seconds", 0.0),
    "host_call_size": ("bytes", 0),
    "open_files": ("files", 0),
    "disk": ("bytes", 0),
    "files": ("files", 0),
}

#: The keywords that functions have for the limits that are set most, and the limits that they are.
KEYWORDS: Mapping[str, str] = {"memory": "memory", "fuel": "fuel", "timeout": "time", "output": "stdout"}

#: The greatest number that the sandbox counts to.
_MOST = 2**63 - 1

Number = Union[int, float]


def limits(
    *,
    memory: Optional[Number] = None,
    fuel: Optional[Number] = None,
    timeout: Optional[Number] = None,
    output: Optional[Number] = None,
    limits: Optional[Mapping[str, Optional[Number]]] = None,
) -> Dict[str, Optional[Number]]:
    """The limits of a VM as the native part takes them.

    ``memory`` in bytes (1 MiB or more), ``fuel`` in units (1 or more), ``timeout`` in seconds (more than 0),
    ``output`` in bytes of standard output; ``limits`` names any of them and the others in ``LIMITS``.
    ``None`` is the default, ``float("inf")`` lifts a limit.

    Raises ``TypeError`` for what is no number, or no limit; ``ValueError`` for a number out of range, or a
    limit given twice.
    """
    given = {"memory": memory, "fuel": fuel, "timeout": timeout, "output": output}
    found: Dict[str, Optional[Number]] = {}
    for keyword, value in given.items():
        if value is not None:
            found[KEYWORDS[keyword]] = limit(keyword, KEYWORDS[keyword], value)
    for name, value in (limits or {}).items():
        if name not in LIMITS:
            raise TypeError(f"no limit `{name}`: expected one of {', '.join(LIMITS)}")
        if name in found:
            raise ValueError(f"limit `{name}` is given twice: expected it as a keyword or in `limits`")
        if value is not None:
            found[name] = limit(f"limits['{name}']", name, value)
    return found


def limit(keyword: str, name: str, value: Any) -> Optional[Number]:
    """One limit, ``None`` when it is lifted; ``keyword`` is what messages call it.

    Raises ``TypeError`` and ``ValueError`` as ``limits``.
    """
    unit, least = LIMITS[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"`{keyword}` is {_kind(value)}: expected a number of {unit}, None or float('inf')")
    if value == math.inf:
        return None
    if unit != "seconds" and value != value // 1:
        raise ValueError(f"`{keyword}` is {value}: expected a whole number of {unit}")
    # Written so that what is not a number fails too.
    if not (value > 0 if unit == "seconds" else value >= least) or value > _MOST:
        raise ValueError(f"`{keyword}` is {value}: expected {_range(unit, least)}")
    return value if unit == "seconds" else int(value)


def _range(unit: str, least: Number) -> str:
    return "more than 0 seconds" if unit == "seconds" else f"{least} {unit} or more, up to {_MOST}"


def _kind(value: object) -> str:
    return f"of type {type(value).__name__}"
