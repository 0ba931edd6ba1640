"""What a VM is given, as the keywords of everything that makes one."""

from __future__ import annotations

import os
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    TypedDict,
    Union,
    cast,
)

from .limits import KEYWORDS, Number, limits

if TYPE_CHECKING:
    from . import _native

#: (folder of the host, folder in the VM), with True behind them for one that may be written.
Mount = Union[Tuple["Union[str, os.PathLike[str]]", str], Tuple["Union[str, os.PathLike[str]]", str, bool]]


class Settings(TypedDict, total=False):
    """Keywords of whatever makes a VM. A VM sees only what it is given here.

    The rarer limits, with their defaults: ``stderr`` (256 KiB), ``result`` (1 MiB), ``error_text`` (64
    KiB), ``source`` (1 MiB), ``host_call_size`` (1 MiB each way), ``disk`` (64 MiB) in bytes;
    ``host_calls`` (10^6), ``open_files`` (64), ``files`` (1,024); ``host_call_time`` (10 s).
    In ``limits`` the time of a call is ``time`` and its output ``stdout``.
    """

    memory: Optional[Number]  #: bytes, 1 MiB or more; default 64 MiB
    fuel: Optional[Number]  #: units for one call, about one for each instruction; default 10^12
    timeout: Optional[Number]  #: seconds for one call, waiting included; default 30
    output: Optional[Number]  #: bytes of standard output for one call; default 1 MiB
    limits: Optional[Mapping[str, Optional[Number]]]  #: any limit by its name: those above and the rarer ones
    mounts: Sequence[Mount]  #: folders of the host that Lua sees, read-only unless the third item is True
    variables: Mapping[str, str]  #: what ``os.getenv`` finds
    environment: Any  #: the name of an environment of packages, or an environment
    module_path: Optional[str]  #: ``package.path``; default the mounts
    functions: Mapping[str, Callable[..., Any]]  #: Python callables for Lua, by the name of their global
    seed: Optional[int]  #: makes all randomness repeat: 0 to 2^64-1
    stdin: Union[str, bytes, None]  #: what ``io.read`` finds; default nothing
    snapshot: Optional[bytes]  #: the state to begin with, from ``snapshot()``
    #: where persistent VMs are kept; default ``pylua_bioxen_vm_lib`` in the user's state folder
    state_dir: Union[str, "os.PathLike[str]", None]


#: The keywords, for checks and messages.
NAMES = tuple(Settings.__annotations__)


def checked(settings: Mapping[str, Any], config: Optional[Mapping[str, Any]] = None) -> Settings:
    """The settings, with those of ``config`` (a mapping with the same keywords) below them.

    Raises ``TypeError`` for a keyword that there is not, and for values of a wrong type; ``ValueError`` for a
    value out of range.
    """
    if config is not None and not isinstance(config, Mapping):
        raise TypeError(
            f"`config` is of type {type(config).__name__}: expected a mapping with {', '.join(NAMES)}"
        )
    merged = {**(config or {}), **settings}
    for name in merged:
        if name not in NAMES:
            raise TypeError(f"no setting `{name}`: expected one of {', '.join(NAMES)}")
    found = cast(Settings, merged)
    limits_of(found)
    _check_types(found)
    return found


def refuse_stray_state(settings: Settings, persistent: bool) -> None:
    """Raises ``ValueError`` for a state directory of a VM that is not persistent."""
    if settings.get("state_dir") is not None and not persistent:
        raise ValueError("`state_dir` is where persistent VMs are kept: expected `persistent=True` with it")


def limits_of(settings: Settings) -> Dict[str, Optional[Number]]:
    """The limits among settings."""
    named = {keyword: settings.get(keyword) for keyword in KEYWORDS}
    return limits(limits=settings.get("limits"), **cast(Dict[str, Any], named))


def config_of(
    settings: Settings, functions: "_native.Functions", environment: Any = None
) -> "_native.VmConfig":
    """The configuration of a VM; ``environment`` takes the place of the one in the settings."""
    environment = environment if environment is not None else settings.get("environment")
    given: Dict[str, Any] = {
        "limits": limits_of(settings),
        "mounts": mounts_of(settings),
        "variables": dict(settings.get("variables") or {}),
        "module_path": settings.get("module_path"),
        "seed": settings.get("seed"),
        "stdin": stdin_of(settings),
        "functions": functions,
    }
    if environment is None:
        from . import _native

        return _native.VmConfig(**given)
    from .env import vm_config_for

    config: _native.VmConfig = vm_config_for(environment, **given)
    return config


def mounts_of(settings: Settings) -> List[Tuple[str, str, bool]]:
    """The mounts as the native part takes them."""
    return [_mount(mount) for mount in settings.get("mounts") or ()]


def stdin_of(settings: Settings) -> Optional[bytes]:
    """What ``io.read`` finds, as bytes."""
    given = settings.get("stdin")
    return given.encode() if isinstance(given, str) else given


def state_folder(settings: Settings) -> str:
    """The folder of persistent VMs: ``state_dir``, else the one in the user's state folder."""
    given = settings.get("state_dir")
    if given is not None:
        return os.path.abspath(os.fspath(given))
    base = os.environ.get("XDG_STATE_HOME", "")
    # As the rules for such folders say, a relative path is ignored.
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "pylua_bioxen_vm_lib")


def _mount(mount: Mount) -> Tuple[str, str, bool]:
    expected = (
        "expected (folder of the host, folder in the VM) or (..., ..., True) for one that may be written"
    )
    if isinstance(mount, str) or not isinstance(mount, Sequence) or len(mount) not in (2, 3):
        raise TypeError(f"mount {mount!r}: {expected}")
    host: object = mount[0]
    guest: object = mount[1]
    writable: object = mount[2] if len(mount) == 3 else False
    if (
        not isinstance(host, (str, os.PathLike))
        or not isinstance(guest, str)
        or not isinstance(writable, bool)
    ):
        raise TypeError(f"mount {mount!r}: {expected}")
    return os.fspath(host), guest, writable


def _check_types(settings: Settings) -> None:
    mounts_of(settings)
    for name, value in (settings.get("variables") or {}).items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise TypeError(f"variable {name!r} is {value!r}: expected text for both")
    for function_name, function in (settings.get("functions") or {}).items():
        if not callable(function):
            raise TypeError(
                f"function `{function_name}` is of type {type(function).__name__}: expected a callable"
            )
    for key, kinds, expected in _TYPES:
        given = settings.get(key)
        if given is not None and (isinstance(given, bool) or not isinstance(given, kinds)):
            raise TypeError(f"`{key}` is of type {type(given).__name__}: expected {expected}")
    seed = settings.get("seed")
    if seed is not None and not 0 <= seed < 2**64:
        raise ValueError(f"`seed` is {seed}: expected 0 to 2^64-1")


_TYPES: Tuple[Tuple[str, Tuple[type, ...], str], ...] = (
    ("seed", (int,), "a whole number"),
    ("stdin", (str, bytes), "text or bytes"),
    ("snapshot", (bytes,), "bytes from `snapshot()`"),
    ("state_dir", (str, os.PathLike), "a folder"),
    ("module_path", (str,), "text"),
)


def state_exists(settings: Settings) -> bool:
    """Whether there is a folder of persistent VMs already."""
    return os.path.isdir(state_folder(settings))
