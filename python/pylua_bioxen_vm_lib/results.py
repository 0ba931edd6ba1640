"""What a run gives: plain dictionaries, described here for those who check types."""

from __future__ import annotations

from typing import Any, List, Optional, TypedDict


class Usage(TypedDict):
    """What a run used."""

    fuel: int  #: units, about one for each machine instruction of the sandbox
    time: float  #: seconds on the wall, waiting included
    memory: int  #: the most bytes the VM has had
    stdout: int  #: bytes
    stderr: int  #: bytes
    host_calls: int  #: calls of registered functions


class LuaError(TypedDict):
    """Why a run failed."""

    kind: str  #: ``syntax``, ``runtime``, ``conversion`` or ``exit``
    message: str  #: Lua's message
    traceback: str  #: Lua's traceback, empty where there is none
    value: Any  #: the error value, where it can leave Lua
    incomplete: bool  #: a syntax error that more source could mend
    exception: Optional[BaseException]  #: what a registered function raised, if that is what ended the run


class Result(TypedDict):
    """What a run came to. The first four keys are those of the old library."""

    stdout: str  #: what was printed, without blanks at both ends; bytes that are no UTF-8 as ``\\xff``
    stderr: str  #: the same of standard error; behind it the message of an error
    return_code: int  #: 0, 1 after an error, or the status of ``os.exit``
    success: bool  #: whether ``return_code`` is 0
    value: Any  #: the first value that was returned
    values: List[Any]  #: all of them
    usage: Usage  #: what it used
    error: Optional[LuaError]  #: why it failed
