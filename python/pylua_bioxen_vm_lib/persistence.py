"""VMs that are sessions of a manager, and those whose state outlives the process."""

from __future__ import annotations


from . import _native
from .exceptions import NameNotFoundError, SessionAlreadyExistsError
from .machine import Machine
from .settings import Settings, config_of


def open_or_create(
    manager: _native.Manager, name: str, settings: Settings, *, private: bool = False
) -> Machine:
    """The persistent VM of that name: the one on disk with what ``settings`` give it, else a new one.

    Raises ``SessionAlreadyExistsError`` for one on disk when there is a snapshot to begin with.
    """
    try:
        machine = open_stored(manager, name, settings, private=private)
    except NameNotFoundError:
        return new_session(manager, name, settings, persistent=True, private=private)
    if settings.get("snapshot") is not None:
        machine.close()
        raise SessionAlreadyExistsError(
            f"VM `{name}` is on disk with a state of its own: expected no `snapshot`, or `restore` afterwards"
        )
    return machine


def open_stored(manager: _native.Manager, name: str, settings: Settings, *, private: bool = False) -> Machine:
    """The persistent VM on disk of that name. Raises ``NameNotFoundError``."""
    functions = _native.Functions()
    session = manager.open(name, config_of(settings, functions))
    return _machine(session, functions, settings, manager, private)


def new_session(
    manager: _native.Manager,
    name: str,
    settings: Settings,
    *,
    persistent: bool = False,
    private: bool = False,
) -> Machine:
    """A new session of a manager. Raises ``SessionAlreadyExistsError``."""
    functions = _native.Functions()
    session = manager.create(name, config_of(settings, functions), persistent=persistent)
    machine = _machine(session, functions, settings, manager, private)
    snapshot = settings.get("snapshot")
    if snapshot is not None:
        session.restore(snapshot)
    return machine


def _machine(
    session: _native.Session,
    functions: _native.Functions,
    settings: Settings,
    manager: _native.Manager,
    private: bool,
) -> Machine:
    # Registered before anything is restored or run, which may name them.
    for name, function in (settings.get("functions") or {}).items():
        session.register(name, function)
    return Machine(settings, functions=functions, native=session, manager=manager, private=private)
