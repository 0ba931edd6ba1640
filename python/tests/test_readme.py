"""Every Python block of the README prints what the comments beside it say."""

from __future__ import annotations

from typing import List

import pytest
from conftest import Run
from readme_examples import README, Block, blocks, matches
from spec_examples import examples
from test_spec import GIVEN

BLOCKS = blocks()


def check(block: Block, run: Run) -> None:
    done = run(block.code)
    assert done.returncode == 0, done.stderr
    same(done.stdout, block.outputs)
    if block.errors:
        same(done.stderr, block.errors)


def same(printed: str, expected: List[str]) -> None:
    lines = [line for line in printed.splitlines() if line]
    assert len(lines) == len(expected), lines
    for line, text in zip(lines, expected):
        assert matches(line, text), f"printed {line!r}, the README says {text!r}"


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"line {block.line}")
def test_block_prints_what_it_says(block: Block, run: Run) -> None:
    check(block, run)


def test_every_block_is_found() -> None:
    assert len(BLOCKS) == README.read_text(encoding="utf-8").count("```python") > 20
    said = sum(len(block.outputs) + len(block.errors) for block in BLOCKS)
    assert said == README.read_text(encoding="utf-8").count("# Output: ") + 1


def test_the_specifications_examples_are_all_there() -> None:
    code = [block.plain for block in BLOCKS]
    wanted = [GIVEN.get(one.heading, "") + Block(0, one.code).plain for one in examples()]
    assert [one for one in wanted if one not in code] == []


@pytest.mark.parametrize(
    "wrong",
    ["print(1)  # Output: 2", "print(1)", "x = 1  # Output: 1", "print('a\\tb')  # Output: a b"],
)
def test_a_wrong_comment_is_found(wrong: str, run: Run) -> None:
    (block,) = blocks(f"# Title\n\n```python\n{wrong}\n```\n")
    with pytest.raises(AssertionError):
        check(block, run)


def test_links_lead_out_of_the_checkout() -> None:
    """A registry shows the page by itself, so nothing beside it is there."""
    text = README.read_text(encoding="utf-8")
    assert text.count("](") == text.count("](https://") > 0
