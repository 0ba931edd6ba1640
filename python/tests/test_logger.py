"""Logging: where lines go, and how often."""

from __future__ import annotations

import json
import logging
import os
import re
from pathlib import Path

import pytest
from conftest import Run
from pylua_bioxen_vm_lib.logger import VMLogger, get_logger

MAKE = "from pylua_bioxen_vm_lib.logger import VMLogger\n"


def test_a_line_has_time_level_component_and_context_and_is_there_once(run: Run) -> None:
    done = run(MAKE + "VMLogger(component='MyApp').info('something', {'k': 1})")
    assert re.fullmatch(
        r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]\[INFO\]\[MyApp\] something \| k=1\n", done.stderr
    ), done.stderr
    assert done.stdout == ""


def test_many_loggers_of_a_component_print_once(run: Run) -> None:
    done = run(MAKE + "[VMLogger(component='A') for _ in range(5)][0].warning('once')")
    assert done.stderr.count("once") == 1


@pytest.mark.parametrize(
    "value, count", [("true", 1), ("1", 1), ("yes", 1), ("ON", 1), ("false", 0), ("", 0)]
)
def test_the_variable_switches_debug_messages_on(run: Run, value: str, count: int) -> None:
    done = run(MAKE + "VMLogger(component='A').debug('detail')", PYLUA_DEBUG=value)
    assert done.stderr.count("detail") == count


def test_debug_messages_need_debug_mode(run: Run) -> None:
    done = run(MAKE + "VMLogger().debug('no'); VMLogger(debug_mode=True).debug('yes')")
    assert "no" not in done.stderr and done.stderr.count("yes") == 1


def test_a_program_that_logs_itself_gets_the_messages_there(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        VMLogger(component="There", debug_mode=True).debug("hello")
    assert capsys.readouterr().err == ""
    assert [(record.name, record.getMessage()) for record in caplog.records] == [
        ("pylua_bioxen_vm_lib.There", "hello")
    ]


def test_a_message_with_a_percent_sign_is_said_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    VMLogger().warning("100 %s")
    assert caplog.records[0].getMessage() == "100 %s"


def test_no_file_is_written_unless_asked(tmp_path: Path) -> None:
    VMLogger().error("nothing")
    assert os.listdir() == []


def test_files_are_written_when_asked(tmp_path: Path) -> None:
    logger = VMLogger(component="MyApp", log_dir=tmp_path / "logs")
    assert not (tmp_path / "logs").exists()
    logger.info("kept", {"k": 1})
    logger.log_installation("say", "1.4-1", True, 0.5)
    names = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert [re.sub(r"\d{8}", "DAY", name) for name in names] == [
        "history_DAY.jsonl",
        "installation_history.jsonl",
        "myapp_DAY.log",
    ]
    assert "[INFO][MyApp] kept | k=1" in (tmp_path / "logs" / names[2]).read_text()
    first = json.loads((tmp_path / "logs" / names[0]).read_text().splitlines()[0])
    assert (first["level"], first["component"], first["message"], first["context"]) == (
        "INFO",
        "MyApp",
        "kept",
        {"k": 1},
    )
    fresh = VMLogger(log_dir=tmp_path / "logs")
    assert [one["package"] for one in fresh.get_installation_history()] == ["say"]


def test_installations_are_remembered() -> None:
    logger = get_logger("Installer")
    logger.log_installation("say", "1.4-1", True)
    logger.log_installation("other", "1", False, error="gone")
    assert [one["success"] for one in logger.get_installation_history()] == [True, False]
    assert [one["error"] for one in logger.get_installation_history("other")] == ["gone"]
    assert logger.get_installation_history(days=-1) == []


def test_operations_are_measured_and_failures_counted() -> None:
    logger = VMLogger()
    with logger.timed_operation("load"):
        pass
    with pytest.raises(KeyError):
        with logger.timed_operation("load"):
            raise KeyError("x")
    figures = logger.get_performance_metrics("load")["load"]
    assert (figures["count"], figures["failures"]) == (2, 1)
    assert 0 <= figures["min_duration"] <= figures["avg_duration"] <= figures["max_duration"]


def test_progress_ends_with_its_last_step() -> None:
    logger = VMLogger()
    logger.start_progress("one", "copying", 2)
    logger.update_progress("one", 1)
    logger.update_progress("one", 2)
    logger.start_progress("two", "copying", 2)
    logger.fail_progress("two", "disk full")
    figures = logger.get_performance_metrics()["copying"]
    assert (figures["count"], figures["failures"]) == (2, 1)
    with pytest.raises(KeyError):
        logger.update_progress("one", 2)


def test_old_files_are_removed_and_others_stay(tmp_path: Path) -> None:
    logger = VMLogger(component="A", log_dir=tmp_path)
    old, other = tmp_path / "a_20200101.log", tmp_path / "mine.log"
    for path in (old, other):
        path.write_text("")
        os.utime(path, (0, 0))
    assert logger.cleanup_old_logs(days=30) == 1
    assert not old.exists() and other.exists()


def test_what_was_logged_is_exported(tmp_path: Path) -> None:
    logger = VMLogger()
    logger.info("first")
    logger.log_installation("say", "1", True)
    path = logger.export_logs(tmp_path / "out" / "all.jsonl")
    assert [json.loads(line).get("message") for line in Path(path).read_text().splitlines()][0] == "first"
