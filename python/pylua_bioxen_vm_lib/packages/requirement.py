"""What is asked for: the name of a package, and a version where that matters."""

from __future__ import annotations

from typing import Iterable, List, Optional, Union

_OPERATORS = ("<", ">", "=", "~", "!")


def requirement(name: str, version: Optional[str] = None) -> str:
    """A requirement as LuaRocks writes it.

    ``version``: ``None``, empty or ``latest`` for any; ``1.4`` for that one; ``>= 1.4, < 2`` as it stands. ``name``
    may be a whole requirement already.
    """
    if not isinstance(name, str):
        raise TypeError(f"package: expected a name as a str, not {type(name).__name__}")
    if version is None or version in ("", "latest"):
        return name
    if not isinstance(version, str):
        raise TypeError(f"version of `{name}`: expected a str, not {type(version).__name__}")
    return f"{name} {version}" if version.lstrip().startswith(_OPERATORS) else f"{name} == {version}"


def requirements(names: Union[str, Iterable[str]]) -> List[str]:
    """One requirement or several, as a list: a single ``str`` is never taken letter by letter."""
    return [requirement(name) for name in ([names] if isinstance(names, str) else names)]
