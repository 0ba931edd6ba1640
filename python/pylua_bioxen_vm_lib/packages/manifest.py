"""The manifest: what is installed, as one JSON file."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, Iterable, Mapping

from ..exceptions import StorageError
from .package import LUA_VERSION, Package


def manifest_of(packages: Iterable[Package], profiles: Mapping[str, Any]) -> Dict[str, Any]:
    """A manifest of these packages. The times are of now: it is made when somebody asks."""
    now = datetime.now(timezone.utc).isoformat()
    return {
        "version": "1.0",
        "created": now,
        "lua_version": LUA_VERSION,
        "packages": {package.name: asdict(package) for package in packages},
        "profiles": dict(profiles),
        "last_updated": now,
    }


def write_manifest(path: Path, manifest: Mapping[str, Any]) -> None:
    """Writes it in the place of the one that is there, as a whole; ``created`` stays."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    text = json.dumps({**manifest, "created": _created(path) or manifest["created"]}, indent=2)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text + "\n", encoding="utf-8")
        os.replace(unfinished, path)
    except OSError as error:
        raise StorageError(f"cannot write manifest `{path}`: {error.strerror}") from error


def _created(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8")).get("created")
    except (OSError, ValueError, AttributeError):
        return None  # none there, or not one of ours: it is written anew
