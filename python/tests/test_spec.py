"""Every example of the specification, as it stands there."""

from __future__ import annotations

import pytest
from conftest import Run
from spec_examples import Example, examples, matches

EXAMPLES = examples()

#: What examples print that have no comment beside it.
SILENT = {
    "6. Exception Handling": ["Session not found, as expected"],
    "Package Management": ["20"],
    "Example Application": ["Result: 20"],
}

#: This one uses `time` without importing it: it is given the import.
GIVEN = {"Package Management": "import time\n"}


def test_all_examples_are_found() -> None:
    assert [example.heading for example in EXAMPLES] == [
        "1. VM Creation",
        "2. VM Manager",
        "3. Interactive Session",
        "4. Session Manager",
        "5. Package Management",
        "6. Exception Handling",
        "7. Logging",
        "Basic VM Execution",
        "Managed VMs",
        "Interactive Sessions",
        "Package Management",
        "Example Application",
    ]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.heading)
def test_example_prints_what_it_says(example: Example, run: Run) -> None:
    done = run(GIVEN.get(example.heading, "") + example.code)
    assert done.returncode == 0, done.stderr
    printed = [line for line in done.stdout.splitlines() if line]
    expected = example.outputs or SILENT.get(example.heading, [])
    assert len(printed) == len(expected), printed
    for line, text in zip(printed, expected):
        assert matches(line, text), f"printed {line!r}, expected {text!r}"


def test_the_logging_example_writes_one_line_of_its_component(run: Run) -> None:
    (example,) = [one for one in EXAMPLES if one.heading == "7. Logging"]
    lines = run(example.code).stderr.splitlines()
    assert len(lines) == 1 and lines[0].endswith("[DEBUG][MyApp] Debug message"), lines


def test_a_wrong_line_does_not_match() -> None:
    assert matches("Result:\t4", "Result: 4")
    assert not matches("Result:\t5", "Result: 4")
    assert not matches("", "Result: 4")
    assert matches("{'test_session': {'attached': True}}", "{'test_session': <session_details>}")
