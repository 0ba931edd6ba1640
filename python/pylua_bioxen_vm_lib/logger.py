"""``VMLogger``: logging of one component, over Python's ``logging``."""

from __future__ import annotations

import logging
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Union

from .log_records import LogRecords

#: The logger that all components are below.
ROOT = "pylua_bioxen_vm_lib"

#: Values of PYLUA_DEBUG that switch debug messages on.
_ON = ("true", "1", "yes", "on")

#: Between INFO and WARNING.
SUCCESS = 25

Context = Optional[Mapping[str, Any]]


class VMLogger:
    """Messages of a component: ``[time][LEVEL][component] message | key=value`` on standard error, each once.

    ``debug`` says nothing unless ``debug_mode`` is set, or the variable PYLUA_DEBUG is true, 1, yes or on. A
    program that has set up ``logging`` gets the messages there instead, from the logger
    ``pylua_bioxen_vm_lib.<component>``. Files are written only when they are asked for.
    """

    def __init__(
        self,
        debug_mode: bool = False,
        component: str = "VM",
        log_dir: "Union[str, os.PathLike[str], None]" = None,
        enable_file_logging: Optional[bool] = None,
    ) -> None:
        """``log_dir``: the folder of the files, default ``logs``; ``enable_file_logging``: whether to write
        files, default when ``log_dir`` is given. The folder is made with the first message."""
        self.debug_mode = debug_mode or os.environ.get("PYLUA_DEBUG", "").strip().lower() in _ON
        self.component = component
        self.enable_file_logging = log_dir is not None if enable_file_logging is None else enable_file_logging
        self.log_dir = Path(log_dir if log_dir is not None else "logs")
        self.records = LogRecords(component, self.log_dir if self.enable_file_logging else None)
        self._logger = logging.getLogger(f"{ROOT}.{component}")
        self._progress: Dict[str, Dict[str, Any]] = {}

    @classmethod
    def get_instance(cls, component: str = "VM", **arguments: Any) -> "VMLogger":
        """A logger of a component; the same as the constructor."""
        return cls(component=component, **arguments)

    def debug(self, message: str, context: Context = None) -> None:
        """Says what only those who look for an error want to know."""
        if self.debug_mode:
            self._say(logging.DEBUG, message, context)

    def info(self, message: str, context: Context = None) -> None:
        """Says what goes on."""
        self._say(logging.INFO, message, context)

    def success(self, message: str, context: Context = None) -> None:
        """Says what went well."""
        self._say(SUCCESS, message, context)

    def warning(self, message: str, context: Context = None) -> None:
        """Says what may be wrong."""
        self._say(logging.WARNING, message, context)

    def error(self, message: str, context: Context = None) -> None:
        """Says what is wrong."""
        self._say(logging.ERROR, message, context)

    @contextmanager
    def timed_operation(self, name: str, context: Context = None) -> Iterator[None]:
        """Measures what is done inside: it is in ``get_performance_metrics``."""
        begun = time.perf_counter()
        failure: Optional[str] = None
        try:
            yield
        except BaseException as error:
            failure = repr(error)
            raise
        finally:
            seconds = time.perf_counter() - begun
            self.records.operation(name, seconds, failure is None, dict(context or {}))
            took = {**(context or {}), "duration": f"{seconds:.3f}s"}
            if failure is None:
                self.debug(f"{name} is done", took)
            else:
                self.error(f"{name} failed: {failure}", took)

    def start_progress(self, operation_id: str, name: str, total_steps: int) -> None:
        """Begins an operation of so many steps."""
        self._progress[operation_id] = {"name": name, "total": total_steps, "begun": time.perf_counter()}
        self.info(f"{name}: {total_steps} steps")

    def update_progress(self, operation_id: str, step: int, message: str = "") -> None:
        """An operation has done ``step`` steps; with the last one it is done. Raises ``KeyError`` for one
        that was not begun."""
        progress = self._progress[operation_id]
        total = progress["total"]
        self.info(f"{progress['name']}: {step} of {total}{': ' if message else ''}{message}")
        if step >= total:
            self._end(operation_id, success=True)

    def fail_progress(self, operation_id: str, error: str) -> None:
        """An operation has failed. Raises ``KeyError`` for one that was not begun."""
        self.error(f"{self._progress[operation_id]['name']} failed: {error}")
        self._end(operation_id, success=False)

    def log_installation(
        self,
        package: str,
        version: str,
        success: bool,
        duration: float = 0.0,
        error: Optional[str] = None,
        context: Context = None,
    ) -> None:
        """Says that a package was installed, or not; ``duration`` in seconds."""
        self.records.installation(package, version, success, duration, error, dict(context or {}))
        if success:
            self.success(f"{package} {version} was installed", context)
        else:
            self.error(f"{package} {version} was not installed: {error}", context)

    def get_installation_history(
        self, package: Optional[str] = None, days: float = 30
    ) -> List[Dict[str, Any]]:
        """What ``log_installation`` was told in the last ``days``, of one package or all."""
        return self.records.installations(package, days)

    def get_performance_metrics(
        self, operation: Optional[str] = None, hours: float = 24
    ) -> Dict[str, Dict[str, Any]]:
        """count, failures, and total, average, least and most seconds of each operation in the last
        ``hours``."""
        return self.records.metrics(operation, hours)

    def cleanup_old_logs(self, days: float = 30) -> int:
        """Removes this package's log files that are older than ``days``; the number of them."""
        return self.records.remove_old(days)

    def export_logs(self, file: "Union[str, os.PathLike[str], None]" = None) -> str:
        """Writes what was logged as JSON lines to ``file`` (default ``logs_export_<time>.jsonl`` in the
        folder of the logs); the path of it."""
        return self.records.export(
            file if file is not None else self.log_dir / f"logs_export_{int(time.time())}.jsonl"
        )

    def _end(self, operation_id: str, success: bool) -> None:
        progress = self._progress.pop(operation_id)
        self.records.operation(progress["name"], time.perf_counter() - progress["begun"], success, {})

    def _say(self, level: int, message: str, context: Context) -> None:
        _prepare()
        text = (
            f"{message} | {' '.join(f'{key}={value}' for key, value in context.items())}"
            if context
            else message
        )
        self._logger.log(level, "%s", text)
        self.records.message(
            logging.getLevelName(level), message, dict(context or {}), formatted(level, self.component, text)
        )


def formatted(level: int, component: str, text: str) -> str:
    """A line of the log."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    return f"[{stamp}][{logging.getLevelName(level)}][{component}] {text}"


class _ErrorStream(logging.Handler):
    """Writes to what standard error is at the time, unless the program has set up ``logging`` itself."""

    def emit(self, record: logging.LogRecord) -> None:
        if logging.getLogger().handlers:
            return
        component = record.name[len(ROOT) + 1 :]
        try:
            print(formatted(record.levelno, component, record.getMessage()), file=sys.stderr)
        except Exception:
            self.handleError(record)


def _prepare() -> None:
    # With the first message, so that importing changes nothing.
    root = logging.getLogger(ROOT)
    if not any(isinstance(handler, _ErrorStream) for handler in root.handlers):
        logging.addLevelName(SUCCESS, "SUCCESS")
        root.addHandler(_ErrorStream())
        root.setLevel(logging.DEBUG)


def get_logger(component: str = "VM", debug_mode: bool = False, **arguments: Any) -> VMLogger:
    """A logger of a component."""
    return VMLogger(debug_mode=debug_mode, component=component, **arguments)


def setup_global_logging(
    debug_mode: bool = False, log_dir: "Union[str, os.PathLike[str], None]" = None
) -> VMLogger:
    """A logger for a whole program."""
    return VMLogger(debug_mode=debug_mode, component="Global", log_dir=log_dir)


def integrate_with_curator_logger(curator: Any, debug_mode: bool = False) -> VMLogger:
    """Gives a curator a logger, and gives that back."""
    curator.logger = VMLogger(debug_mode=debug_mode, component="Curator")
    logger: VMLogger = curator.logger
    return logger
