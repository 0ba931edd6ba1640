"""Errors of the native part as those who work with packages expect them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Iterator, Sequence

from ..exceptions import InstallationError, PackageError, SessionAlreadyExistsError


@contextmanager
def explained(work: str, names: Sequence[str]) -> Iterator[None]:
    """Whoever installs has one class to catch, whatever it is about the packages. ``kind`` stays."""
    try:
        yield
    except InstallationError:
        raise
    except PackageError as error:
        listed = ", ".join(f"`{name}`" for name in names) or "packages"
        failed = InstallationError(f"cannot {work} {listed}: {error}")
        failed.kind = error.kind
        raise failed from error


@contextmanager
def about_packages() -> Iterator[None]:
    """What is there already is no session here."""
    try:
        yield
    except SessionAlreadyExistsError as error:
        taken = PackageError(str(error))
        taken.kind = error.kind
        raise taken from error
