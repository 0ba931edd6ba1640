"""Cuts the examples out of the specification's text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional

#: Where the text is.
TEXT = Path(__file__).parent / "data" / "spec_examples.md"

#: A label whose code begins on the same line, and the first line of code elsewhere.
_LABEL = re.compile(r"^(?:Usage|Example):(?=from |import )")
_CODE = re.compile(r"^(?:from|import) ")
_OUTPUT = re.compile(r"# Output: (.*)$")


@dataclass
class Example:
    """An example: under which heading it is, and its code."""

    heading: str
    code: str

    @property
    def outputs(self) -> List[str]:
        """What the comments beside the code say that it prints."""
        return [match.group(1) for match in map(_OUTPUT.search, self.code.splitlines()) if match]


def examples(text: Optional[str] = None) -> List[Example]:
    """All examples, in their order: code goes from its first line to the next empty one."""
    found: List[Example] = []
    heading = ""
    for block in (TEXT.read_text(encoding="utf-8") if text is None else text).split("\n\n"):
        lines = [_LABEL.sub("", line) for line in block.strip("\n").splitlines()]
        begin = next((number for number, line in enumerate(lines) if _CODE.match(line)), None)
        if begin is not None:
            found.append(Example(heading, "\n".join(lines[begin:]) + "\n"))
        elif lines:
            heading = lines[-1]
    return found


def matches(printed: str, expected: str) -> bool:
    """Whether a printed line is what a comment says; Lua separates by tabs, ``<...>`` stands for anything."""
    pattern = "".join(
        ".*" if part.startswith("<") else re.escape(part) for part in re.split(r"(<[^>]*>)", expected)
    )
    return re.fullmatch(pattern, printed.replace("\t", " ")) is not None
