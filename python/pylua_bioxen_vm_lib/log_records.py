"""What a logger remembers: in memory, and in files where they are asked for."""

from __future__ import annotations

import json
import os
import time
from collections import deque
from pathlib import Path
from typing import Any, Deque, Dict, List, Optional, Union

#: So many of each sort are kept in memory.
_KEPT = 1000

_DAY = 24 * 60 * 60


class LogRecords:
    """Messages, operations and installations, the oldest of which are forgotten; of installations the files
    know all."""

    def __init__(self, component: str, folder: Optional[Path]) -> None:
        """``folder``: where files are written; ``None`` for none."""
        self._component = component
        self._folder = folder
        self._messages: Deque[Dict[str, Any]] = deque(maxlen=_KEPT)
        self._operations: Deque[Dict[str, Any]] = deque(maxlen=_KEPT)
        self._installations: Deque[Dict[str, Any]] = deque(maxlen=_KEPT)

    def message(self, level: str, message: str, context: Dict[str, Any], line: str) -> None:
        """A message, and the line that says it."""
        record = self._record(level=level, message=message, context=context, duration=None)
        self._messages.append(record)
        day = time.strftime("%Y%m%d")
        self._write(f"{self._component.lower()}_{day}.log", line)
        self._write(f"history_{day}.jsonl", _json(record))

    def operation(self, name: str, seconds: float, success: bool, context: Dict[str, Any]) -> None:
        """An operation that took so long."""
        record = self._record(level="INFO", message=name, context=context, duration=seconds)
        record["success"] = success
        self._operations.append(record)
        self._write(f"history_{time.strftime('%Y%m%d')}.jsonl", _json(record))

    def installation(
        self,
        package: str,
        version: str,
        success: bool,
        duration: float,
        error: Optional[str],
        context: Dict[str, Any],
    ) -> None:
        """A package that was installed, or not."""
        record = self._record(
            package=package, version=version, success=success, duration=duration, error=error, context=context
        )
        self._installations.append(record)
        self._write("installation_history.jsonl", _json(record))

    def installations(self, package: Optional[str], days: float) -> List[Dict[str, Any]]:
        """Those of the last days, of one package or all."""
        since = time.time() - days * _DAY
        known = (
            self._read("installation_history.jsonl")
            if self._folder is not None
            else list(self._installations)
        )
        return [
            record
            for record in known
            if record["timestamp"] >= since and (package is None or record["package"] == package)
        ]

    def metrics(self, operation: Optional[str], hours: float) -> Dict[str, Dict[str, Any]]:
        """Figures of each operation."""
        since = time.time() - hours * 60 * 60
        groups: Dict[str, List[Dict[str, Any]]] = {}
        for record in self._operations:
            if record["timestamp"] >= since and operation in (None, record["message"]):
                groups.setdefault(record["message"], []).append(record)
        return {name: _figures(records) for name, records in groups.items()}

    def remove_old(self, days: float) -> int:
        """Removes files that are older."""
        if self._folder is None or not self._folder.is_dir():
            return 0
        before = time.time() - days * _DAY
        own = [f"{self._component.lower()}_[0-9]*.log", "history_[0-9]*.jsonl"]
        old = [
            path for pattern in own for path in self._folder.glob(pattern) if path.stat().st_mtime < before
        ]
        for path in old:
            path.unlink()
        return len(old)

    def export(self, file: "Union[str, os.PathLike[str]]") -> str:
        """Writes everything in memory as JSON lines."""
        records = sorted(
            [*self._messages, *self._operations, *self._installations], key=lambda one: one["timestamp"]
        )
        path = Path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(_json(record) + "\n" for record in records), encoding="utf-8")
        return str(path)

    def _record(self, **fields: Any) -> Dict[str, Any]:
        return {"timestamp": time.time(), "component": self._component, **fields}

    def _write(self, name: str, line: str) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        with open(self._folder / name, "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def _read(self, name: str) -> List[Dict[str, Any]]:
        assert self._folder is not None, "only read where files are written"
        path = self._folder / name
        if not path.exists():
            return []
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _json(record: Dict[str, Any]) -> str:
    return json.dumps(record, default=str, ensure_ascii=False)


def _figures(records: List[Dict[str, Any]]) -> Dict[str, Any]:
    seconds = [record["duration"] for record in records]
    return {
        "count": len(records),
        "failures": sum(not record["success"] for record in records),
        "total_duration": sum(seconds),
        "avg_duration": sum(seconds) / len(seconds),
        "min_duration": min(seconds),
        "max_duration": max(seconds),
    }
